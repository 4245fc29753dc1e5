#include "model/loading.h"
#include "model/sheets.h"

#include <plumbline/model/interchange.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

/* One sheet while it is described. */
typedef struct describing {
    const pl_model *model;
    pl_json_writer *w;
    const pl_sheet *sheet;
    int kind;
    const pl_sheet_description *description; /* NULL: of the sheet nothing is known but its cells */
    pl_table table;
} describing;

static void text(pl_json_writer *w, const char *key, const char *value) {
    pl_json_key(w, key);
    pl_json_text(w, pl_str_of(value));
}

/* ---- columns ---- */

static size_t column_of(const describing *d, int meaning) {
    return d->description ? pl_column_of(&d->table, d->description->words, meaning) : d->table.column_count;
}

/* Whether every cell that is filled is one of the words, to the letter: a combination may also be an expression. */
static bool all_words(const describing *d, size_t column, const pl_word *words) {
    for (size_t row = 0; row < d->table.rows; row++) {
        pl_str cell = pl_table_text(&d->table, column, row);
        bool known = cell.len == 0 || pl_str_is(cell, "NA");
        for (const pl_word *word = words; !known && word->words[0]; word++)
            for (size_t i = 0; i < sizeof word->words / sizeof *word->words && word->words[i]; i++)
                known |= pl_str_is(cell, word->words[i]);
        if (!known) return false;
    }
    return true;
}

static void write_enum(pl_json_writer *w, const pl_word *words) {
    pl_json_key(w, "enum");
    pl_json_array(w);
    for (; words->words[0]; words++)
        for (size_t i = 0; i < sizeof words->words / sizeof *words->words && words->words[i]; i++)
            pl_json_text(w, pl_str_of(words->words[i]));
    pl_json_end(w);
}

static void write_constraints(const describing *d, size_t index, const pl_sheet_column *column) {
    bool words = column->values && all_words(d, index, column->values);
    if (!column->required && !column->unique && !words) return;
    pl_json_key(d->w, "constraints");
    pl_json_object(d->w);
    if (column->required) {
        pl_json_key(d->w, "required");
        pl_json_bool(d->w, true);
    }
    if (column->unique) {
        pl_json_key(d->w, "unique");
        pl_json_bool(d->w, true);
    }
    if (words) write_enum(d->w, column->values);
    pl_json_end(d->w);
}

/* What an element of the data is called: as the indicator with its code. */
static pl_str element_title(const describing *d, pl_str header) {
    size_t index = d->kind == SHEET_DATA ? pl_model_find(d->model, header) : PL_NO_INDEX;
    return index == PL_NO_INDEX ? (pl_str){0} : d->model->indicators[index].name;
}

static void write_known(const describing *d, size_t index, const pl_sheet_column *column) {
    const char *title = pl_word_chinese(d->description->words, column->meaning);
    if (title) text(d->w, "title", title);
    text(d->w, "type", column->type);
    pl_buffer both;
    pl_buffer_init(&both, 0);
    pl_buffer_print(&both, "%s / %s", column->chinese, column->english);
    if (both.failed) d->w->output->status = PL_MEMORY;
    pl_json_key(d->w, "description");
    pl_json_text(d->w, pl_buffer_view(&both));
    pl_buffer_free(&both);
    write_constraints(d, index, column);
}

/* A column that no word describes: its cells say what it holds. */
static pl_status write_field(describing *d, size_t index) {
    pl_str header = d->table.columns[index].name;
    const pl_sheet_column *column = pl_sheet_column_find(d->description, header);
    if (column && column_of(d, column->meaning) != index) column = NULL; /* the word is taken by an earlier column */
    pl_json_object(d->w);
    pl_json_key(d->w, "name");
    pl_json_text(d->w, header);
    bool numbers = false;
    pl_status status = PL_OK;
    if (column) {
        write_known(d, index, column);
    } else {
        pl_str title = element_title(d, header);
        if (title.len) {
            pl_json_key(d->w, "title");
            pl_json_text(d->w, title);
        }
        status = pl_table_to_numbers(&d->table, index, &numbers);
        text(d->w, "type", numbers ? "number" : "string");
    }
    pl_json_end(d->w);
    return status;
}

/* ---- keys ---- */

static void write_names(const describing *d, const int *meanings, size_t count) {
    pl_json_array(d->w);
    for (size_t i = 0; i < count; i++) {
        size_t column = column_of(d, meanings[i]);
        if (column < d->table.column_count) pl_json_text(d->w, d->table.columns[column].name);
    }
    pl_json_end(d->w);
}

/* Data may hold the same key twice where rows are marked as deleted. What tells prices apart may be an empty unit, which no key may
 * be. */
static void write_primary_key(const describing *d) {
    static const int code[] = {FIELD_CODE}, unit[] = {DATA_UNIT}, key[] = {0}, cell[] = {DATA_PERIOD, DATA_UNIT, DATA_ELEMENT};
    bool deletes = d->kind == SHEET_DATA && column_of(d, DATA_DELETED) < d->table.column_count;
    bool repeats = d->kind == SHEET_EVENTS || d->kind == SHEET_COSTS; /* a unit has many events, an element many prices */
    if (!d->description || deletes || repeats) return;
    bool is_long = d->kind == SHEET_DATA && column_of(d, DATA_VALUE) < d->table.column_count;
    pl_json_key(d->w, "primaryKey");
    switch (d->kind) {
    case SHEET_INDICATORS: write_names(d, code, 1); break;
    case SHEET_UNITS: write_names(d, unit, 1); break;
    case SHEET_DATA: write_names(d, cell, is_long ? 3 : 2); break;
    default: write_names(d, key, 1);
    }
}

static void write_reference(const describing *d, size_t column, const char *resource, pl_str target) {
    pl_json_object(d->w);
    pl_json_key(d->w, "fields");
    pl_json_text(d->w, d->table.columns[column].name);
    pl_json_key(d->w, "reference");
    pl_json_object(d->w);
    text(d->w, "resource", resource);
    pl_json_key(d->w, "fields");
    pl_json_text(d->w, target);
    pl_json_end(d->w);
    pl_json_end(d->w);
}

/* `unit_code`: the header of the codes in the sheet of units; empty where there is no such sheet. */
static void write_foreign_keys(const describing *d, pl_str unit_code) {
    size_t count = d->table.column_count;
    size_t parent = d->kind == SHEET_INDICATORS ? column_of(d, FIELD_PARENT)
                    : d->kind == SHEET_UNITS    ? column_of(d, DATA_PARENT)
                                                : count;
    size_t unit = !unit_code.len           ? count
                  : d->kind == SHEET_DATA  ? column_of(d, DATA_UNIT)
                  : d->kind == SHEET_COSTS ? column_of(d, COST_UNIT)
                                           : count;
    if (parent == count && unit == count) return;
    pl_json_key(d->w, "foreignKeys");
    pl_json_array(d->w);
    if (parent < count) {
        size_t code = column_of(d, d->kind == SHEET_INDICATORS ? (int)FIELD_CODE : (int)DATA_UNIT);
        write_reference(d, parent, "", d->table.columns[code].name);
    }
    if (unit < count) write_reference(d, unit, "units", unit_code);
    pl_json_end(d->w);
}

/* ---- resources ---- */

static pl_status write_schema(describing *d, pl_str unit_code) {
    static const char *const missing[] = {"", "NA", "-", ".."};
    pl_json_key(d->w, "schema");
    pl_json_object(d->w);
    pl_json_key(d->w, "fields");
    pl_json_array(d->w);
    pl_status status = PL_OK;
    for (size_t i = 0; i < d->table.column_count && status == PL_OK; i++) status = write_field(d, i);
    pl_json_end(d->w);
    pl_json_key(d->w, "missingValues");
    pl_json_array(d->w);
    for (size_t i = 0; i < 4; i++) pl_json_text(d->w, pl_str_of(missing[i]));
    pl_json_end(d->w);
    write_primary_key(d);
    write_foreign_keys(d, unit_code);
    pl_json_end(d->w);
    return status;
}

static void write_dialect(const describing *d) {
    pl_json_key(d->w, "dialect");
    pl_json_object(d->w);
    pl_json_key(d->w, "delimiter");
    pl_json_text(d->w, (pl_str){&d->table.separator, 1});
    text(d->w, "quoteChar", "\"");
    pl_json_key(d->w, "doubleQuote");
    pl_json_bool(d->w, true);
    pl_json_key(d->w, "header");
    pl_json_bool(d->w, true);
    pl_json_end(d->w);
}

static pl_status write_identity(const describing *d, pl_problems *problems) {
    struct stat about;
    unsigned char digest[PL_DIGEST_SIZE];
    char hex[PL_DIGEST_HEX], hash[sizeof "sha256:" + PL_DIGEST_HEX] = "sha256:";
    pl_digest *sum;
    pl_status status = stat(d->sheet->path, &about) ? PL_IO : pl_digest_create(&sum, PL_SHA256);
    if (status == PL_OK) {
        status = pl_digest_add_file(sum, d->sheet->path);
        if (status == PL_OK) status = pl_digest_finish(sum, digest);
        pl_digest_free(sum);
    }
    if (status == PL_IO)
        pl_problem_add(problems, PL_ERROR, "E101", (pl_place){.file = d->sheet->name}, "cannot be read: %s", strerror(errno));
    if (status != PL_OK) return status;
    pl_digest_hex(digest, hex);
    memcpy(hash + strlen("sha256:"), hex, sizeof hex);
    pl_json_key(d->w, "bytes");
    pl_json_integer(d->w, (long long)about.st_size);
    text(d->w, "hash", hash);
    return PL_OK;
}

static pl_status write_resource(describing *d, pl_str unit_code, pl_problems *problems) {
    pl_status status = pl_sheet_read(&d->table, d->sheet, NULL, problems);
    pl_json_object(d->w);
    text(d->w, "profile", "tabular-data-resource");
    text(d->w, "name", pl_word_for(pl_sheet_words, d->kind, false));
    text(d->w, "title", pl_word_chinese(pl_sheet_words, d->kind));
    text(d->w, "path", d->sheet->name);
    text(d->w, "format", "csv");
    text(d->w, "mediatype", "text/csv");
    if (status == PL_OK) {
        text(d->w, "encoding", d->table.encoding);
        status = write_identity(d, problems);
    }
    if (status == PL_OK) {
        write_dialect(d);
        status = write_schema(d, unit_code);
    }
    pl_json_end(d->w);
    pl_table_free(&d->table);
    return status;
}

/* The header of the codes in the sheet of units, copied. */
static pl_status find_unit_code(const pl_model *model, pl_arena *arena, pl_str *out) {
    *out = (pl_str){0};
    if (!model->units_sheet) return PL_OK;
    pl_table table;
    pl_status status = pl_sheet_read(&table, model->units_sheet, NULL, NULL);
    size_t column = pl_column_of(&table, pl_unit_words, DATA_UNIT);
    if (status == PL_OK && column < table.column_count && !pl_str_copy(out, arena, table.columns[column].name)) status = PL_MEMORY;
    pl_table_free(&table);
    return status == PL_INPUT ? PL_OK : status; /* the sheet itself will say what is wrong */
}

static pl_status write_resources(const pl_model *model, pl_json_writer *w, pl_str unit_code, pl_problems *problems) {
    pl_status worst = PL_OK;
    for (size_t i = 0; i < model->sheet_count && worst != PL_MEMORY; i++) {
        const pl_sheet *sheet = &model->sheets[i];
        int kind = pl_sheet_kind_of(sheet);
        if (kind < 0 || !sheet->path) continue;
        if (pl_is_json(sheet->name)) {
            worst = pl_status_worse(worst, pl_problem_add(problems, PL_WARNING, "W344", (pl_place){.file = sheet->name},
                                                          "is no table and stays out of the descriptor; write it as CSV"));
            continue;
        }
        describing d = {
            .model = model, .w = w, .sheet = sheet, .kind = kind, .description = pl_sheet_described((pl_sheet_kind)kind)};
        worst = pl_status_worse(worst, write_resource(&d, unit_code, problems));
    }
    return worst;
}

pl_status pl_datapackage_write(const pl_model *model, pl_output *output, pl_problems *problems) {
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_str unit_code;
    pl_status status = find_unit_code(model, &arena, &unit_code);
    pl_json_writer w;
    pl_json_begin(&w, output, true);
    pl_json_object(&w);
    text(&w, "profile", "tabular-data-package");
    if (model->settings.name.len) {
        pl_json_key(&w, "title");
        pl_json_text(&w, model->settings.name);
    }
    pl_json_key(&w, "resources");
    pl_json_array(&w);
    if (status == PL_OK) status = write_resources(model, &w, unit_code, problems);
    pl_json_end(&w);
    pl_json_end(&w);
    pl_arena_free(&arena);
    return status;
}
