#include <plumbline/table/json.h>

#include "table/cell.h"
#include "table/source.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- documents ---- */

/* What the parser found wrong, in our words where it has a code of its own. */
static pl_status complain(const json_error_t *error, const char *name, pl_problems *problems) {
    char column[24];
    snprintf(column, sizeof column, "%d", error->column);
    pl_place place = {name, error->line > 0 ? (size_t)error->line : 0, error->line > 0 ? column : NULL};
    switch (json_error_code(error)) {
    case json_error_unknown:
    case json_error_out_of_memory: return PL_MEMORY;
    case json_error_stack_overflow:
        return pl_problem_add(problems, PL_ERROR, "E132", place, "is nested too deep; the values lie two levels down");
    case json_error_duplicate_key:
        return pl_problem_add(problems, PL_ERROR, "E133", place, "a key is given twice in one object (%s)", error->text);
    case json_error_numeric_overflow:
        return pl_problem_add(problems, PL_ERROR, "E134", place, "this number is too large (%s)", error->text);
    case json_error_invalid_utf8: return pl_problem_add(problems, PL_ERROR, "E131", place, "is not UTF-8; save it as UTF-8");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return pl_problem_add(problems, PL_ERROR, "E131", place, "a text has the character U+0000 in it, which none may have");
    default: return pl_problem_add(problems, PL_ERROR, "E131", place, "is no JSON from here on: %s", error->text);
    }
}

static pl_status parse(json_t **out, pl_source *source, const char *name, pl_problems *problems) {
    pl_status status = pl_source_unmark(source, name, problems);
    if (status != PL_OK) return status;
    json_error_t error = {0};
    *out = json_loadb(source->bytes.at ? source->bytes.at : "", source->bytes.len,
                      JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY, &error);
    return *out ? PL_OK : complain(&error, name, problems);
}

pl_status pl_json_read(json_t **out, const char *path, const char *name, pl_problems *problems) {
    *out = NULL;
    if (!name) name = path;
    pl_source source;
    pl_status status = pl_source_open(&source, path, name, PL_JSON_BYTES, problems);
    if (status == PL_OK) status = parse(out, &source, name, problems);
    pl_source_close(&source);
    return status;
}

pl_status pl_json_read_bytes(json_t **out, const char *name, pl_str bytes, pl_problems *problems) {
    *out = NULL;
    if (bytes.len > PL_JSON_BYTES)
        return pl_problem_add(problems, PL_ERROR, "E102", (pl_place){.file = name}, "is larger than %zu bytes", PL_JSON_BYTES);
    pl_source source = {.bytes = bytes};
    pl_status status = parse(out, &source, name, problems);
    pl_source_close(&source);
    return status;
}

/* ---- data values ---- */

/* The columns of the table; the last one only where there are periods. */
enum { ELEMENT, UNIT, VALUE, PERIOD, COLUMNS };
static const char *const keys[COLUMNS] = {"dataElement", "orgUnit", "value", "period"};

typedef struct reading {
    pl_table *table;
    const json_t *set; /* the whole document, for what its entries leave out */
    pl_problems *problems;
    pl_status worst;
    bool periods; /* some entry has one */
} reading;

static void keep(reading *r, pl_status status) { r->worst = pl_status_worse(r->worst, status); }

static pl_place place_of(const reading *r, size_t entry, const char *key) {
    return (pl_place){r->table->name, PL_ENTRY | entry, key};
}

static pl_str string_of(const json_t *text) { return pl_str_trim((pl_str){json_string_value(text), json_string_length(text)}); }

/* A code or period: a text, or a whole number that is written as one. Memory for the latter is `room`. */
static bool text_of(reading *r, const json_t *entry, size_t index, int column, char room[PL_NUMBER_SIZE], pl_str *out) {
    const json_t *value = json_object_get(entry, keys[column]);
    if (!value && (column == PERIOD || column == UNIT)) value = json_object_get(r->set, keys[column]);
    *out = (pl_str){0};
    if (!value || json_is_null(value)) return true;
    if (json_is_string(value)) {
        *out = string_of(value);
        return true;
    }
    double number = json_is_real(value) ? json_real_value(value) : 0.5;
    if (number == floor(number) && fabs(number) < 9007199254740992.0) {
        *out = (pl_str){room, pl_number_print(room, number)};
        return true;
    }
    keep(r, pl_problem_add(r->problems, PL_ERROR, "E136", place_of(r, index, keys[column]), "must be a text"));
    return false;
}

/* A code that no entry can do without. */
static bool code_of(reading *r, const json_t *entry, size_t index, int column, size_t row) {
    char room[PL_NUMBER_SIZE];
    pl_str text;
    if (!text_of(r, entry, index, column, room, &text)) return false;
    if (text.len) {
        keep(r, pl_intern_add(r->table->texts, text, &r->table->columns[column].texts[row]));
        return true;
    }
    keep(r, pl_problem_add(r->problems, PL_ERROR, "E137", place_of(r, index, keys[column]), "this entry has no %s", keys[column]));
    return false;
}

static void take_period(reading *r, const json_t *entry, size_t index, size_t row) {
    char room[PL_NUMBER_SIZE];
    pl_str text;
    if (!text_of(r, entry, index, PERIOD, room, &text) || !text.len) return;
    keep(r, pl_intern_add(r->table->texts, text, &r->table->columns[PERIOD].texts[row]));
    r->periods = true;
}

static void take_value(reading *r, const json_t *entry, size_t index, size_t row) {
    pl_column *column = &r->table->columns[VALUE];
    const json_t *value = json_object_get(entry, keys[VALUE]);
    double number = 0;
    pl_cell_kind kind = PL_CELL_MISSING;
    if (json_is_real(value)) {
        number = json_real_value(value);
        kind = PL_CELL_NUMBER;
    } else if (json_is_string(value)) {
        kind = pl_cell_number(string_of(value), &number);
        if (kind == PL_CELL_OTHER) keep(r, pl_cell_not_a_number(r->problems, place_of(r, index, keys[VALUE]), string_of(value)));
    } else if (value && !json_is_null(value)) {
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E136", place_of(r, index, keys[VALUE]), "must be a number or a text"));
    }
    if (kind != PL_CELL_NUMBER) return;
    column->numbers[row] = number;
    pl_set_present(column->present, row);
}

static bool is_deleted(const json_t *entry) {
    const json_t *deleted = json_object_get(entry, "deleted");
    return json_is_true(deleted) || (json_is_string(deleted) && pl_str_is_fold(string_of(deleted), "true"));
}

/* An entry that lacks what it needs is left out, so that nothing else is said about it. */
static void take_entry(reading *r, const json_t *entry, size_t index) {
    pl_table *table = r->table;
    size_t row = table->rows;
    if (!json_is_object(entry)) {
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E136", place_of(r, index, NULL),
                               "must be an object with dataElement, "
                               "period, orgUnit and value"));
        return;
    }
    if (is_deleted(entry)) return;
    bool element = code_of(r, entry, index, ELEMENT, row), unit = code_of(r, entry, index, UNIT, row);
    take_period(r, entry, index, row);
    take_value(r, entry, index, row);
    if (!element || !unit) {
        pl_set_missing(table->columns[VALUE].present, row);
        table->columns[VALUE].numbers[row] = 0;
        table->columns[PERIOD].texts[row] = 0;
        return;
    }
    table->source_rows[row] = PL_ENTRY | index;
    table->rows++;
}

static pl_status make_columns(pl_table *table, size_t rows) {
    table->columns = pl_arena_array(&table->arena, COLUMNS, sizeof *table->columns);
    if (!table->columns) return PL_MEMORY;
    table->column_count = COLUMNS;
    table->source_rows = malloc((rows + 1) * sizeof *table->source_rows);
    bool good = table->source_rows != NULL;
    for (int i = 0; i < COLUMNS; i++) {
        pl_column *column = &table->columns[i];
        column->name = pl_str_of(keys[i]);
        column->kind = i == VALUE ? PL_COLUMN_NUMBERS : PL_COLUMN_TEXTS;
        if (i != VALUE) {
            column->texts = calloc(rows + 1, sizeof *column->texts);
            good = good && column->texts;
            continue;
        }
        column->numbers = calloc(rows + 1, sizeof *column->numbers);
        column->present = calloc(rows / 64 + 1, sizeof *column->present);
        good = good && column->numbers && column->present;
    }
    return good ? PL_OK : PL_MEMORY;
}

static pl_status take_set(reading *r, const char *name) {
    const json_t *list = json_object_get(r->set, "dataValues");
    if (!json_is_array(list))
        return pl_problem_add(r->problems, PL_ERROR, "E135", (pl_place){.file = name},
                              "is no set of data values: an object with a list \"dataValues\"");
    size_t count = json_array_size(list);
    pl_status status = make_columns(r->table, count);
    if (status != PL_OK) return status;
    for (size_t i = 0; i < count && r->worst != PL_MEMORY; i++) take_entry(r, json_array_get(list, i), i);
    if (!r->periods) {
        pl_table_drop(r->table, PERIOD);
        r->table->column_count = PERIOD;
    }
    return r->worst;
}

/* `document` is what reading it gave, with that status; it is not needed afterwards. */
static pl_status take_document(pl_table *table, json_t *document, pl_status status, const char *name, pl_problems *problems) {
    pl_buffer list;
    pl_str kept;
    pl_buffer_init(&list, 0);
    pl_buffer_print(&list, "%s:dataValues", name);
    if (list.failed || !pl_str_copy(&kept, &table->arena, pl_buffer_view(&list)))
        status = PL_MEMORY;
    else
        table->name = kept.at;
    pl_buffer_free(&list);
    if (status == PL_OK) status = pl_intern_create(&table->texts, 0);
    reading r = {.table = table, .set = document, .problems = problems};
    if (status == PL_OK) status = take_set(&r, name);
    json_decref(document);
    return status;
}

pl_status pl_values_read(pl_table *table, const char *path, const char *name, pl_problems *problems) {
    *table = (pl_table){0};
    json_t *document;
    pl_status status = pl_json_read(&document, path, name, problems);
    return take_document(table, document, status, name ? name : path, problems);
}

pl_status pl_values_read_bytes(pl_table *table, const char *name, pl_str bytes, pl_problems *problems) {
    *table = (pl_table){0};
    json_t *document;
    pl_status status = pl_json_read_bytes(&document, name, bytes, problems);
    return take_document(table, document, status, name, problems);
}
