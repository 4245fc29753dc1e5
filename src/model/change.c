#include <plumbline/model/change.h>

#include "model/loading.h"

#include <stdlib.h>

/* Sheets with rows that a key names. */
typedef struct keyed_sheet {
    pl_sheet_kind kind;
    const pl_word *words;
    int key;
    const char *what; /* a row of it */
} keyed_sheet;

static const keyed_sheet keyed_sheets[] = {
    {SHEET_INDICATORS, pl_field_words, FIELD_CODE, "indicator"},
    {SHEET_SETTINGS, pl_key_words, 0, "setting"},
    {SHEET_UNITS, pl_unit_words, DATA_UNIT, "unit"},
    {SHEET_GRADES, pl_grade_words, GRADE_NAME, "grade"},
    {SHEET_FUNCTIONS, pl_function_words, FUNCTION_NAME, "function"},
    {SHEET_RATERS, pl_rater_words, RATER_CODE, "rater"},
    {SHEET_UNCOVERED, pl_uncovered_words, 0, "row for the indicator"},
};

static const keyed_sheet *keyed(int kind) {
    for (size_t i = 0; i < sizeof keyed_sheets / sizeof *keyed_sheets; i++)
        if ((int)keyed_sheets[i].kind == kind) return &keyed_sheets[i];
    return NULL;
}

static int kind_of(const pl_sheet_change *change) { return pl_word_find(pl_sheet_words, change->sheet); }

/* ---- laying changes over a table ---- */

typedef struct laying {
    pl_table *table;
    const keyed_sheet *sheet;
    size_t key; /* the column that has the keys */
    pl_problems *problems;
} laying;

/* Records that there is no such thing, with the one that was perhaps meant. */
static pl_status none_such(pl_problems *problems, const char *code, const pl_sheet_change *change, const char *what, pl_str name,
                           pl_str nearest) {
    return pl_problem_add(problems, PL_ERROR, code, change->place, "there is no %s \"%.*s\"%s%.*s%s", what, PL_ARG(name),
                          nearest.len ? " (did you mean \"" : "", PL_ARG(nearest), nearest.len ? "\"?)" : "");
}

static pl_status no_row(const laying *l, const pl_sheet_change *change) {
    if (l->sheet->kind == SHEET_SETTINGS)
        return none_such(l->problems, "E371", change, l->sheet->what, change->row,
                         pl_str_of(pl_word_nearest(pl_setting_words, change->row)));
    size_t rows = l->table->rows;
    pl_str *keys = malloc((rows + 1) * sizeof *keys);
    if (!keys) return PL_MEMORY;
    for (size_t row = 0; row < rows; row++) keys[row] = pl_table_text(l->table, l->key, row);
    size_t nearest = rows <= 10000 ? pl_text_nearest(change->row, keys, rows) : rows;
    pl_status status =
        none_such(l->problems, "E371", change, l->sheet->what, change->row, nearest < rows ? keys[nearest] : (pl_str){0});
    free(keys);
    return status;
}

/* Settings are the same by their meaning, other keys by their text. */
static size_t find_row(const laying *l, pl_str key) {
    const uint32_t *texts = l->table->columns[l->key].texts;
    bool settings = l->sheet->kind == SHEET_SETTINGS;
    int meaning = settings ? pl_word_find(pl_setting_words, key) : -1;
    uint32_t id = pl_intern_find(l->table->texts, key);
    for (size_t row = 0; row < l->table->rows; row++) {
        bool same = settings ? meaning >= 0 && pl_word_find(pl_setting_words, pl_table_text(l->table, l->key, row)) == meaning
                             : id && texts[row] == id;
        if (same) return row;
    }
    return PL_NO_INDEX;
}

static pl_status add_column(laying *l, const char *name, size_t *out) {
    pl_table *table = l->table;
    pl_column *columns = pl_arena_array(&table->arena, table->column_count + 1, sizeof *columns);
    uint32_t *texts = calloc(table->rows + 1, sizeof *texts);
    if (!columns || !texts) {
        free(texts);
        return PL_MEMORY;
    }
    memcpy(columns, table->columns, table->column_count * sizeof *columns);
    columns[table->column_count] = (pl_column){.name = pl_str_of(name), .kind = PL_COLUMN_TEXTS, .texts = texts};
    table->columns = columns;
    *out = table->column_count++;
    return PL_OK;
}

/* A row that stands nowhere in the file. */
static pl_status add_row(laying *l, pl_str key, size_t *out) {
    pl_table *table = l->table;
    size_t *places = malloc((table->rows + 2) * sizeof *places);
    if (!places) return PL_MEMORY;
    for (size_t row = 0; row < table->rows; row++) places[row] = pl_table_source_row(table, row);
    places[table->rows] = 0;
    free(table->source_rows);
    table->source_rows = places;
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].texts) continue;
        uint32_t *grown = realloc(table->columns[i].texts, (table->rows + 2) * sizeof *grown);
        if (!grown) return PL_MEMORY;
        grown[table->rows] = 0;
        table->columns[i].texts = grown;
    }
    *out = table->rows++;
    return pl_intern_add(table->texts, key, &table->columns[l->key].texts[*out]);
}

static pl_status cannot(pl_problems *problems, const pl_sheet_change *change, const char *why) {
    return pl_problem_add(problems, PL_ERROR, "E373", change->place, "%s", why);
}

/* The column that the change is about, made where it is not there. */
static pl_status find_column(laying *l, const pl_sheet_change *change, size_t *out) {
    int meaning = l->sheet->kind == SHEET_SETTINGS ? 1 : pl_word_find(l->sheet->words, change->column);
    *out = meaning < 0 ? pl_table_find(l->table, change->column) : pl_column_of(l->table, l->sheet->words, meaning);
    if (*out == l->key || meaning == l->sheet->key) return cannot(l->problems, change, "the key of a row cannot be changed");
    if (*out < l->table->column_count) return PL_OK;
    if (meaning >= 0) return add_column(l, pl_word_for(l->sheet->words, meaning, false), out);
    return none_such(l->problems, "E372", change, "column", change->column,
                     pl_str_of(pl_word_nearest(l->sheet->words, change->column)));
}

static pl_status lay_one(laying *l, const pl_sheet_change *change, uint64_t *keep) {
    size_t row = find_row(l, change->row), column;
    bool addable =
        l->sheet->kind == SHEET_SETTINGS && change->act == PL_ACT_CELL && pl_word_find(pl_setting_words, change->row) >= 0;
    if (row == PL_NO_INDEX && !addable) return no_row(l, change);
    if (change->act == PL_ACT_REMOVE) {
        pl_set_missing(keep, row);
        return PL_OK;
    }
    pl_status status = find_column(l, change, &column);
    if (status == PL_OK && row == PL_NO_INDEX) status = add_row(l, change->row, &row);
    uint32_t text = 0;
    if (status == PL_OK && change->text.len) status = pl_intern_add(l->table->texts, change->text, &text);
    if (status == PL_OK) l->table->columns[column].texts[row] = text;
    return status;
}

pl_status pl_sheet_lay_changes(pl_table *table, const pl_sheet *sheet, pl_problems *problems) {
    int kind = pl_sheet_kind_of(sheet);
    laying l = {.table = table, .sheet = keyed(kind), .problems = problems};
    if (!l.sheet || kind == SHEET_UNITS) return PL_OK;
    l.key = pl_column_of(table, l.sheet->words, l.sheet->key);
    if (l.key == table->column_count) return PL_OK; /* which whoever reads the table says */
    size_t words = pl_present_words(table->rows + sheet->change_count);
    uint64_t *keep = malloc((words + 1) * sizeof *keep);
    if (!keep) return PL_MEMORY;
    memset(keep, 0xFF, (words + 1) * sizeof *keep);
    pl_status worst = PL_OK;
    bool removes = false;
    for (size_t i = 0; i < sheet->change_count && worst != PL_MEMORY; i++) {
        if (kind_of(&sheet->changes[i]) != kind || sheet->changes[i].act == PL_ACT_COPY) continue;
        removes |= sheet->changes[i].act == PL_ACT_REMOVE;
        worst = pl_status_worse(worst, lay_one(&l, &sheet->changes[i], keep));
    }
    if (removes && worst != PL_MEMORY && pl_table_keep(table, keep) != PL_OK) worst = PL_MEMORY;
    free(keep);
    /* The rest of the sheet is looked at all the same: whoever loads the model sees that an error was recorded. */
    return worst == PL_INPUT && problems && kind != SHEET_RATERS ? PL_OK : worst;
}

/* ---- what a cell says before ---- */

static pl_status copy_cell(pl_str *out, pl_arena *arena, pl_table *table, const keyed_sheet *sheet, const pl_sheet_change *cell) {
    laying l = {.table = table, .sheet = sheet, .key = pl_column_of(table, sheet->words, sheet->key)};
    if (l.key == table->column_count) return PL_OK;
    int meaning = sheet->kind == SHEET_SETTINGS ? 1 : pl_word_find(sheet->words, cell->column);
    size_t row = find_row(&l, cell->row);
    size_t column = meaning < 0 ? pl_table_find(table, cell->column) : pl_column_of(table, sheet->words, meaning);
    if (row == PL_NO_INDEX || column >= table->column_count) return PL_OK;
    return pl_str_copy(out, arena, pl_table_text(table, column, row)) ? PL_OK : PL_MEMORY;
}

static pl_status cell_of_sheet(pl_str *out, pl_arena *arena, const pl_model *base, const pl_sheet_change *cell) {
    int kind = kind_of(cell);
    const keyed_sheet *keys = keyed(kind);
    const pl_sheet *sheet = NULL;
    for (size_t i = 0; i < base->sheet_count; i++)
        if (pl_sheet_kind_of(&base->sheets[i]) == kind) sheet = &base->sheets[i];
    if (!keys || !sheet) return PL_OK;
    pl_table table;
    pl_status status = pl_sheet_read(&table, sheet, NULL, NULL);
    if (status == PL_OK) status = copy_cell(out, arena, &table, keys, cell);
    pl_table_free(&table);
    return status;
}

/* The attribute that a column of units is; NULL where the data were read without it. */
static const pl_attribute *attribute_of(const pl_dataset *d, pl_str column) {
    static const char *const names[] = {
        [DATA_UNIT] = "code", [DATA_NAME] = "name", [DATA_GROUP] = "group", [DATA_PARENT] = "parent"};
    int meaning = pl_word_find(pl_unit_words, column);
    pl_str name = meaning >= 0 && meaning <= DATA_PARENT ? pl_str_of(names[meaning]) : column;
    for (size_t i = 0; i < d->attribute_count; i++) {
        const pl_attribute *attribute = &d->attributes[i];
        if (pl_str_equal(attribute->name, name)) return attribute->texts || attribute->numbers ? attribute : NULL;
    }
    return NULL;
}

static pl_status attribute_text(pl_str *out, pl_arena *arena, const pl_dataset *d, const pl_attribute *attribute, size_t unit) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    if (attribute->type != PL_TYPE_NUMBER && attribute->texts && attribute->texts[unit])
        pl_buffer_print(&text, "%.*s", PL_ARG(pl_intern_text(d->texts, attribute->texts[unit])));
    if (attribute->type == PL_TYPE_NUMBER && pl_present(attribute->present, unit))
        pl_buffer_number(&text, attribute->numbers[unit]);
    bool copied = !text.failed && pl_str_copy(out, arena, pl_buffer_view(&text));
    pl_buffer_free(&text);
    return copied ? PL_OK : PL_MEMORY;
}

pl_status pl_change_before(pl_str *out, pl_arena *arena, const pl_model *base, const pl_dataset *dataset,
                           const pl_sheet_change *change) {
    *out = (pl_str){0};
    size_t unit = kind_of(change) == SHEET_UNITS ? pl_dataset_find_unit(dataset, change->row) : PL_NO_INDEX;
    const pl_attribute *attribute = unit != PL_NO_INDEX ? attribute_of(dataset, change->column) : NULL;
    if (attribute) return attribute_text(out, arena, dataset, attribute, unit);
    return cell_of_sheet(out, arena, base, change);
}

/* ---- indicators that leave ---- */

bool pl_model_removed(const pl_model *model, pl_str code) {
    for (size_t i = 0; i < model->change_count; i++) {
        const pl_sheet_change *change = &model->changes[i];
        if (change->act == PL_ACT_REMOVE && pl_str_equal(change->row, code) && kind_of(change) == SHEET_INDICATORS) return true;
    }
    return false;
}

typedef struct expanding {
    const pl_model *base;
    pl_sheet_change *changes;
    size_t count, capacity;
    size_t *parent; /* per indicator of the base, after the changes */
    size_t *by;     /* the change that removes it, or PL_NO_INDEX */
} expanding;

static void note_change(expanding *e, size_t index) {
    const pl_sheet_change *change = &e->changes[index];
    size_t row = kind_of(change) == SHEET_INDICATORS ? pl_model_find(e->base, change->row) : PL_NO_INDEX;
    if (row == PL_NO_INDEX) return;
    if (change->act == PL_ACT_REMOVE) e->by[row] = index;
    if (change->act == PL_ACT_CELL && pl_word_find(pl_field_words, change->column) == FIELD_PARENT)
        e->parent[row] = pl_model_find(e->base, change->text);
}

/* The change that removes an indicator or one above it. */
static size_t removed_by(const expanding *e, size_t row) {
    for (size_t steps = 0; row != PL_NO_INDEX && steps <= e->base->indicator_count; steps++) {
        if (e->by[row] != PL_NO_INDEX) return e->by[row];
        row = e->parent[row];
    }
    return PL_NO_INDEX;
}

/* Adds a removal for everything below an indicator that leaves. */
static pl_status expand(expanding *e) {
    size_t rows = e->base->indicator_count, given = e->count;
    e->parent = malloc((rows + 1) * sizeof *e->parent);
    e->by = malloc((rows + 1) * sizeof *e->by);
    if (!e->parent || !e->by) return PL_MEMORY;
    for (size_t row = 0; row < rows; row++) {
        e->parent[row] = e->base->indicators[row].parent;
        e->by[row] = PL_NO_INDEX;
    }
    for (size_t i = 0; i < given; i++) note_change(e, i);
    for (size_t row = 0; row < rows; row++) {
        size_t by = removed_by(e, row);
        if (by == PL_NO_INDEX || e->by[row] != PL_NO_INDEX) continue;
        if (pl_reserve((void **)&e->changes, &e->capacity, e->count + 1, sizeof *e->changes, 0)) return PL_MEMORY;
        e->changes[e->count] = e->changes[by];
        e->changes[e->count++].row = e->base->indicators[row].code;
    }
    return PL_OK;
}

/* ---- loading ---- */

/* What can be said before anything is read. */
static pl_status check(const pl_model *base, const pl_sheet_change *change, pl_problems *problems) {
    int kind = kind_of(change);
    const keyed_sheet *sheet = keyed(kind);
    if (kind < 0)
        return none_such(problems, "E373", change, "sheet", change->sheet,
                         pl_str_of(pl_word_nearest(pl_sheet_words, change->sheet)));
    if (!sheet) return cannot(problems, change, "rows of this sheet have no key by which they could be changed");
    if (change->act == PL_ACT_COPY && kind != SHEET_UNITS) return cannot(problems, change, "nothing but a unit can be copied");
    if (kind == SHEET_UNITS)
        return change->act == PL_ACT_REMOVE ? cannot(problems, change, "a unit leaves the data, not the sheet of units") : PL_OK;
    for (size_t i = 0; i < base->sheet_count; i++)
        if (pl_sheet_kind_of(&base->sheets[i]) == kind) return PL_OK;
    if (kind == SHEET_SETTINGS) return PL_OK;
    return pl_problem_add(problems, PL_ERROR, "E373", change->place, "%s has no sheet %s", base->path,
                          pl_word_for(pl_sheet_words, kind, false));
}

/* The sheets of the base; a sheet of settings is added where it has none, so that settings have a place. */
static pl_sheet *list_sheets(const pl_model *base, size_t *count) {
    static const char header[] = "key,value\n";
    pl_sheet *sheets = malloc((base->sheet_count + 1) * sizeof *sheets);
    if (!sheets) return NULL;
    bool has_settings = false;
    for (*count = 0; *count < base->sheet_count; ++*count) {
        sheets[*count] = base->sheets[*count];
        has_settings |= pl_sheet_kind_of(&sheets[*count]) == SHEET_SETTINGS;
    }
    if (!has_settings) sheets[(*count)++] = (pl_sheet){.name = "settings.csv", .bytes = {header, sizeof header - 1}};
    return sheets;
}

static pl_status load(pl_model **out, expanding *e, pl_problems *problems) {
    size_t count;
    pl_sheet *sheets = list_sheets(e->base, &count);
    pl_status status = sheets ? expand(e) : PL_MEMORY;
    if (status == PL_OK) status = pl_model_load_with(out, e->base->path, sheets, count, e->changes, e->count, problems);
    free(sheets);
    return status;
}

pl_status pl_model_load_changed(pl_model **out, const pl_model *base, const pl_sheet_change *changes, size_t count,
                                pl_problems *problems) {
    *out = NULL;
    pl_status status = PL_OK;
    for (size_t i = 0; i < count; i++) status = pl_status_worse(status, check(base, &changes[i], problems));
    if (status < PL_INPUT) return status;
    expanding e = {.base = base};
    if (pl_reserve((void **)&e.changes, &e.capacity, base->change_count + count + 1, sizeof *e.changes, 0)) return PL_MEMORY;
    for (size_t i = 0; i < base->change_count; i++) e.changes[e.count++] = base->changes[i];
    for (size_t i = 0; i < count; i++) e.changes[e.count++] = changes[i];
    pl_model *model = NULL;
    pl_status loaded = load(&model, &e, problems);
    free(e.changes);
    free(e.parent);
    free(e.by);
    if (model) model->flawed |= status != PL_OK;
    *out = model;
    return pl_status_worse(status, loaded);
}
