#include "table/cell.h"
#include "table/json_piece.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

#define MOST_BYTES ((size_t)64 << 30)
#define RELEASE_BYTES ((size_t)1 << 20)

/* The columns of the table; the last one only where there are periods. */
enum { ELEMENT, UNIT, VALUE, PERIOD, COLUMNS };
static const char *const keys[COLUMNS] = {"dataElement", "orgUnit", "value", "period"};

typedef struct reading {
    pl_table *table;
    pl_json_cursor cursor;
    pl_source *source;
    size_t released; /* pages before this are let go */
    json_t *set;     /* the keys of the whole document; the values of those that stand in for what entries lack */
    bool has_list;
    size_t capacity; /* rows that there is room for */
    pl_status worst;
} reading;

static void keep(reading *r, pl_status status) { r->worst = pl_status_worse(r->worst, status); }

static pl_place place_of(const reading *r, size_t entry, const char *key) {
    return (pl_place){r->table->name, PL_ENTRY | entry, key};
}

/* ---- columns ---- */

static pl_status make_columns(pl_table *table) {
    table->columns = pl_arena_array(&table->arena, COLUMNS, sizeof *table->columns);
    if (!table->columns) return PL_MEMORY;
    table->column_count = COLUMNS;
    for (int i = 0; i < COLUMNS; i++)
        table->columns[i] = (pl_column){.name = pl_str_of(keys[i]), .kind = i == VALUE ? PL_COLUMN_NUMBERS : PL_COLUMN_TEXTS};
    return PL_OK;
}

static bool enlarge(void **items, size_t count, size_t size) {
    void *larger = realloc(*items, count * size);
    if (larger) *items = larger;
    return larger != NULL;
}

/* Room for one more row than the table has, and one to spare as other readers give. */
static bool make_room(reading *r) {
    pl_table *table = r->table;
    if (table->rows + 1 < r->capacity) return true;
    size_t count = r->capacity ? 2 * r->capacity : 1024;
    bool good = enlarge((void **)&table->source_rows, count, sizeof *table->source_rows);
    for (int i = 0; good && i < COLUMNS; i++)
        if (i != VALUE) good = enlarge((void **)&table->columns[i].texts, count, sizeof *table->columns[i].texts);
    pl_column *value = &table->columns[VALUE];
    good = good && enlarge((void **)&value->numbers, count, sizeof *value->numbers) &&
           enlarge((void **)&value->present, count / 64 + 1, sizeof *value->present);
    if (!good) return false;
    size_t words = r->capacity ? r->capacity / 64 + 1 : 0;
    memset(value->present + words, 0, (count / 64 + 1 - words) * sizeof *value->present);
    r->capacity = count;
    return true;
}

/* ---- fields ---- */

static pl_str string_of(const json_t *text) { return pl_str_trim((pl_str){json_string_value(text), json_string_length(text)}); }

/* A code or period as the number of its text: a text, or a whole number that is written as one; 0 where there is none. False, with
 * a problem, where it is something else. */
static bool take_text(reading *r, const json_t *value, pl_place place, uint32_t *out) {
    char room[PL_NUMBER_SIZE];
    pl_str text = {0};
    *out = 0;
    if (!value || json_is_null(value)) return true;
    double number = json_is_real(value) ? json_real_value(value) : 0.5;
    if (json_is_string(value)) {
        text = string_of(value);
    } else if (number == floor(number) && fabs(number) < 9007199254740992.0) {
        text = (pl_str){room, pl_number_print(room, number)};
    } else {
        keep(r, pl_problem_add(r->cursor.problems, PL_ERROR, "E136", place, "must be a text"));
        return false;
    }
    if (text.len) keep(r, pl_intern_add(r->table->texts, text, out));
    return true;
}

static void take_value(reading *r, const json_t *value, size_t index, size_t row) {
    pl_column *column = &r->table->columns[VALUE];
    double number = 0;
    pl_cell_kind kind = PL_CELL_MISSING;
    pl_place place = place_of(r, index, keys[VALUE]);
    if (json_is_real(value)) {
        number = json_real_value(value);
        kind = PL_CELL_NUMBER;
    } else if (json_is_string(value)) {
        kind = pl_cell_number(string_of(value), &number);
        if (kind == PL_CELL_OTHER) keep(r, pl_cell_not_a_number(r->cursor.problems, place, string_of(value)));
    } else if (value && !json_is_null(value)) {
        keep(r, pl_problem_add(r->cursor.problems, PL_ERROR, "E136", place, "must be a number or a text"));
    }
    column->numbers[row] = kind == PL_CELL_NUMBER ? number : 0;
    if (kind == PL_CELL_NUMBER)
        pl_set_present(column->present, row);
    else
        pl_set_missing(column->present, row);
}

/* ---- entries ---- */

static bool is_deleted(const json_t *entry) {
    const json_t *deleted = json_object_get(entry, "deleted");
    return json_is_true(deleted) || (json_is_string(deleted) && pl_str_is_fold(string_of(deleted), "true"));
}

/* False where the element or unit is of a wrong kind: the entry is left out then. What is missing may still come from the whole. */
static bool take_texts(reading *r, const json_t *entry, size_t index, size_t row) {
    bool good = true;
    for (int column = 0; column < COLUMNS; column++) {
        if (column == VALUE) continue;
        uint32_t *text = &r->table->columns[column].texts[row];
        bool fits = take_text(r, json_object_get(entry, keys[column]), place_of(r, index, keys[column]), text);
        good = good && (fits || column == PERIOD);
    }
    return good;
}

static void take_entry(reading *r, const json_t *entry, size_t index) {
    pl_table *table = r->table;
    size_t row = table->rows;
    if (!json_is_object(entry)) {
        keep(r, pl_problem_add(r->cursor.problems, PL_ERROR, "E136", place_of(r, index, NULL),
                               "must be an object with dataElement, period, orgUnit and value"));
        return;
    }
    if (is_deleted(entry)) return;
    if (!make_room(r)) {
        keep(r, PL_MEMORY);
        return;
    }
    bool good = take_texts(r, entry, index, row);
    take_value(r, json_object_get(entry, keys[VALUE]), index, row);
    table->source_rows[row] = PL_ENTRY | index;
    table->rows += good;
    if (!good) pl_set_missing(table->columns[VALUE].present, row);
}

/* Lets the pages go that have been read, a good many at a time. */
static void release(reading *r) {
    if (r->cursor.at - r->released < RELEASE_BYTES) return;
    pl_source_release(r->source, r->cursor.bytes.at + r->released, r->cursor.bytes.at + r->cursor.at);
    r->released = r->cursor.at;
}

static pl_status take_list(reading *r) {
    pl_json_cursor *c = &r->cursor;
    pl_status status = pl_json_expect(c, '[', "'['");
    if (status == PL_OK && pl_json_peek(c) == ']') return pl_json_expect(c, ']', "']'");
    for (size_t index = 0; status == PL_OK; index++) {
        json_t *entry;
        status = pl_json_piece(c, &entry);
        if (status != PL_OK) return status;
        take_entry(r, entry, index);
        json_decref(entry);
        if (r->worst == PL_MEMORY) return PL_MEMORY;
        release(r);
        if (pl_json_peek(c) == ']') return pl_json_expect(c, ']', "']'");
        status = pl_json_expect(c, ',', "',' or ']'");
    }
    return status;
}

/* ---- the whole ---- */

static pl_status no_set(const reading *r) {
    return pl_problem_add(r->cursor.problems, PL_ERROR, "E135", (pl_place){.file = r->cursor.name},
                          "is no set of data values: an object with a list \"dataValues\"");
}

static bool stands_in(const char *key) { return strcmp(key, keys[UNIT]) == 0 || strcmp(key, keys[PERIOD]) == 0; }

/* What follows a key and its colon. Only values that are needed later are kept, and all keys. */
static pl_status take_member(reading *r, const char *key) {
    if (json_object_get(r->set, key)) return pl_json_problem(&r->cursor, "E133", "a key is given twice in one object");
    json_t *value = NULL;
    pl_status status;
    bool list = strcmp(key, "dataValues") == 0 && pl_json_peek(&r->cursor) == '[';
    if (list)
        status = take_list(r);
    else
        status = pl_json_piece(&r->cursor, &value);
    r->has_list |= list;
    if (status == PL_OK && json_object_set_new(r->set, key, stands_in(key) ? json_incref(value) : json_null())) status = PL_MEMORY;
    json_decref(value);
    return status;
}

static pl_status take_key(reading *r) {
    json_t *key = NULL;
    if (pl_json_peek(&r->cursor) != '"') return pl_json_expect(&r->cursor, '"', "a key in quotes");
    pl_status status = pl_json_piece(&r->cursor, &key);
    if (status == PL_OK) status = pl_json_expect(&r->cursor, ':', "':'");
    if (status == PL_OK) status = take_member(r, json_string_value(key));
    json_decref(key);
    return status;
}

/* Something that is no object: JSON all the same, or not even that. */
static pl_status take_other(reading *r) {
    json_t *value;
    pl_status status = pl_json_piece(&r->cursor, &value);
    json_decref(value);
    if (status == PL_OK) status = pl_json_expect_end(&r->cursor);
    return status == PL_OK ? no_set(r) : status;
}

static pl_status take_set(reading *r) {
    pl_json_cursor *c = &r->cursor;
    if (pl_json_peek(c) != '{') return take_other(r);
    pl_status status = pl_json_expect(c, '{', "'{'");
    bool more = pl_json_peek(c) != '}';
    while (status == PL_OK && more) {
        status = take_key(r);
        more = status == PL_OK && pl_json_peek(c) != '}';
        if (more) status = pl_json_expect(c, ',', "',' or '}'");
    }
    if (status == PL_OK) status = pl_json_expect(c, '}', "'}'");
    if (status == PL_OK) status = pl_json_expect_end(c);
    return status == PL_OK && !r->has_list ? no_set(r) : status;
}

/* ---- what entries leave out ---- */

/* Puts the whole's period or unit where a row has none. */
static void fill(reading *r, int column) {
    uint32_t text;
    pl_place place = {r->cursor.name, 0, keys[column]};
    if (!take_text(r, json_object_get(r->set, keys[column]), place, &text) || !text) return;
    for (size_t row = 0; row < r->table->rows; row++)
        if (!r->table->columns[column].texts[row]) r->table->columns[column].texts[row] = text;
}

static bool has_text(reading *r, size_t row, int column) {
    if (r->table->columns[column].texts[row]) return true;
    pl_place place = place_of(r, r->table->source_rows[row] & ~PL_ENTRY, keys[column]);
    keep(r, pl_problem_add(r->cursor.problems, PL_ERROR, "E137", place, "this entry has no %s", keys[column]));
    return false;
}

/* Leaves out the rows without an element or a unit. */
static void drop_incomplete(reading *r) {
    pl_table *table = r->table;
    size_t count = 0;
    uint64_t *whole = calloc(table->rows / 64 + 1, sizeof *whole);
    if (!whole) keep(r, PL_MEMORY);
    for (size_t row = 0; whole && row < table->rows; row++) {
        bool element = has_text(r, row, ELEMENT), unit = has_text(r, row, UNIT);
        if (!element || !unit) continue;
        pl_set_present(whole, row);
        count++;
    }
    if (whole && count < table->rows) keep(r, pl_table_keep(table, whole));
    free(whole);
}

/* Whether any row has a period. */
static bool has_periods(const pl_table *table) {
    for (size_t row = 0; row < table->rows; row++)
        if (table->columns[PERIOD].texts[row]) return true;
    return false;
}

static void settle(reading *r) {
    if (!make_room(r)) keep(r, PL_MEMORY); /* a table without rows has columns too */
    if (r->worst == PL_MEMORY) return;
    fill(r, PERIOD);
    fill(r, UNIT);
    drop_incomplete(r);
    if (has_periods(r->table)) return;
    pl_table_drop(r->table, PERIOD);
    r->table->column_count = PERIOD;
}

/* A document that breaks off gives no table, so that nothing is said about what it would have held. */
static void give_up(pl_table *table) {
    for (size_t i = 0; i < table->column_count; i++) pl_table_drop(table, i);
    table->column_count = 0;
    table->rows = 0;
}

static pl_status read_all(pl_table *table, pl_source *source, const char *name, pl_problems *problems) {
    pl_buffer list;
    pl_str kept;
    pl_buffer_init(&list, 0);
    pl_buffer_print(&list, "%s:dataValues", name);
    bool named = !list.failed && pl_str_copy(&kept, &table->arena, pl_buffer_view(&list));
    pl_buffer_free(&list);
    if (!named) return PL_MEMORY;
    table->name = kept.at;
    reading r = {.table = table, .source = source};
    pl_status status = pl_json_open(&r.cursor, source, name, problems);
    if (status == PL_OK) status = pl_intern_create(&table->texts, 0);
    if (status == PL_OK) status = make_columns(table);
    if (status != PL_OK) return status;
    r.set = json_object();
    status = r.set ? take_set(&r) : PL_MEMORY;
    if (status == PL_OK)
        settle(&r);
    else
        give_up(table);
    json_decref(r.set);
    return pl_status_worse(status, r.worst);
}

pl_status pl_values_read(pl_table *table, const char *path, const char *name, pl_problems *problems) {
    *table = (pl_table){0};
    if (!name) name = path;
    pl_source source;
    pl_status status = pl_source_open(&source, path, name, MOST_BYTES, problems);
    if (status == PL_OK) status = read_all(table, &source, name, problems);
    pl_source_close(&source);
    return status;
}

pl_status pl_values_read_bytes(pl_table *table, const char *name, pl_str bytes, pl_problems *problems) {
    *table = (pl_table){0};
    pl_source source = {.bytes = bytes};
    pl_status status = read_all(table, &source, name, problems);
    pl_source_close(&source);
    return status;
}
