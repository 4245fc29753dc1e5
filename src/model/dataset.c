#include "model/gathering.h"
#include "model/loading.h"

#include <plumbline/base/date.h>
#include <plumbline/table/json.h>

#include <stdlib.h>

void pl_gathering_keep(pl_gathering *g, pl_status status) { g->worst = pl_status_worse(g->worst, status); }

/* ---- what the model wants of the data ---- */

static bool is_constant(pl_str name) {
    for (const char *const *word = pl_constant_names; *word; word++)
        if (pl_str_is_fold(name, *word)) return true;
    return false;
}

/* The expression whose names are being gathered, and the indicator it belongs to. */
typedef struct wanting {
    pl_gathering *g;
    const pl_indicator *node;
} wanting;

static pl_status want(void *context, const pl_reference *reference) {
    const wanting *w = context;
    pl_str name = reference->name;
    uint32_t id;
    if (reference->kind == PL_REFERENCE_ATTRIBUTE) return pl_intern_add(w->g->attributes, name, &id);
    bool ballots = w->node->child_count == 0 && pl_str_is_fold(reference->records, "raters") && pl_str_is_fold(name, "x");
    if (ballots) return pl_intern_add(w->g->elements, w->node->code, &id);
    if (reference->kind != PL_REFERENCE_NAME || is_constant(name) || pl_is_field(reference)) return PL_OK;
    bool own = pl_str_equal(name, w->node->code) && w->node->child_count == 0; /* its own element, not itself */
    if (!own && pl_model_find(w->g->model, name) != PL_NO_INDEX) return PL_OK;
    return pl_intern_add(w->g->elements, name, &id);
}

/* A denominator is an attribute where the units sheet has it or an expression makes it one; else a column of the data, which may
 * change from period to period. */
static pl_status want_denominators(pl_gathering *g) {
    const pl_model *model = g->model;
    pl_status status = PL_OK;
    uint32_t id;
    for (size_t i = 0; model->settings.denominate && i < model->indicator_count && status == PL_OK; i++) {
        const pl_indicator *node = &model->indicators[i];
        bool wanted = !node->child_count && node->denominator.len;
        if (!wanted || pl_intern_find(g->attributes, node->denominator)) continue;
        status = pl_intern_add(g->elements, node->denominator, &id);
        if (status == PL_OK && model->units_sheet) status = pl_intern_add(g->attributes, node->denominator, &id);
    }
    return status;
}

static pl_status want_all(pl_gathering *g) {
    static const char *const always[] = {"code", "name", "group", "parent"};
    const pl_model *model = g->model;
    uint32_t id;
    pl_status status = PL_OK;
    for (size_t i = 0; i < 4 && status == PL_OK; i++) status = pl_intern_add(g->attributes, pl_str_of(always[i]), &id);
    for (size_t i = 0; i < model->indicator_count && status == PL_OK; i++) {
        wanting w = {g, &model->indicators[i]};
        const pl_expression *expressions[] = {w.node->value,   w.node->score,  w.node->child_count ? w.node->combine : NULL,
                                              w.node->applies, w.node->impute, w.node->treat};
        if (!w.node->child_count && !w.node->value) status = pl_intern_add(g->elements, w.node->code, &id);
        for (size_t k = 0; k < sizeof expressions / sizeof *expressions && status == PL_OK; k++)
            if (expressions[k]) status = pl_expression_references(expressions[k], model->library, want, &w);
    }
    wanting w = {g, &model->indicators[0]};
    for (size_t i = 0; i < model->grade_count && status == PL_OK; i++)
        if (model->grades[i].barred) status = pl_expression_references(model->grades[i].barred, model->library, want, &w);
    if (status == PL_OK && model->settings.group.len) status = pl_intern_add(g->attributes, model->settings.group, &id);
    return status == PL_OK ? want_denominators(g) : status;
}

/* ---- reading ---- */

typedef struct choosing {
    pl_gathering *g;
    pl_data_file *file;
    pl_buffer unused;
} choosing;

static void choose_kind(choosing *c, pl_column *column, size_t index) {
    pl_gathering *g = c->g;
    int field = pl_word_find(pl_data_words, column->name);
    bool known = field >= 0 && c->file->columns[field] == index;
    if (c->file->is_long && (field == DATA_DELETED || field == DATA_LEFT_OUT)) {
        column->kind = known && field == DATA_DELETED ? PL_COLUMN_TEXTS : PL_COLUMN_SKIPPED;
        return;
    }
    bool kept_as_text =
        field == DATA_UNIT || field == DATA_PERIOD || field == DATA_RATER || (field == DATA_ELEMENT && c->file->is_long);
    if (known && kept_as_text) return;
    column->kind = PL_COLUMN_SKIPPED;
    if (c->file->is_long && known && field == DATA_VALUE) {
        column->kind = PL_COLUMN_NUMBERS;
    } else if (!c->file->is_long && pl_intern_find(g->elements, column->name)) {
        column->kind = PL_COLUMN_NUMBERS;
        c->file->columns[DATA_VALUE] = index;
    } else if (known && (field == DATA_NAME || field == DATA_GROUP || field == DATA_PARENT)) {
        if (!g->has_units) column->kind = PL_COLUMN_TEXTS;
    } else if (pl_intern_find(g->attributes, column->name)) {
        column->kind = PL_COLUMN_TEXTS;
    } else {
        for (size_t i = 0; i < g->model->attribute_count; i++)
            if (pl_str_equal(g->model->attributes[i], column->name)) return;
        if (c->unused.len < 400)
            pl_buffer_print(&c->unused, "%s%.*s", c->unused.len ? ", " : "", PL_ARG(column->name));
        else if (c->unused.at[c->unused.len - 1] != '.')
            pl_buffer_text(&c->unused, ", ...");
    }
}

static void choose(void *context, pl_column *columns, size_t count) {
    choosing *c = context;
    pl_buffer_free(&c->unused); /* of an earlier answer */
    for (int field = 0; field < DATA_COUNT; field++) c->file->columns[field] = count;
    for (size_t i = count; i-- > 0;) {
        int field = columns[i].name.len ? pl_word_find(pl_data_words, columns[i].name) : -1;
        if (field >= 0 && !(field != DATA_UNIT && pl_intern_find(c->g->elements, columns[i].name))) c->file->columns[field] = i;
    }
    c->file->is_long = c->file->columns[DATA_ELEMENT] < count && c->file->columns[DATA_VALUE] < count;
    for (size_t i = 0; i < count; i++)
        if (columns[i].name.len) choose_kind(c, &columns[i], i);
}

/* A JSON document comes as a long table, with the kinds that its columns have in long data. */
static pl_status read_json(choosing *c, const pl_sheet *sheet) {
    pl_table *table = &c->file->table;
    pl_status status = sheet->path ? pl_values_read(table, sheet->path, sheet->name, c->g->problems)
                                   : pl_values_read_bytes(table, sheet->name, sheet->bytes, c->g->problems);
    for (int field = 0; field < DATA_COUNT; field++) c->file->columns[field] = table->column_count;
    for (size_t i = 0; i < table->column_count; i++) c->file->columns[pl_word_find(pl_data_words, table->columns[i].name)] = i;
    c->file->is_long = true;
    return status;
}

static pl_status read_table(choosing *c, const pl_sheet *sheet) {
    if (!sheet->workbook && pl_is_json(sheet->name)) return read_json(c, sheet);
    pl_csv_options options = {.choose = choose, .context = c, .pool = c->g->options->pool, .scaled = true};
    return pl_sheet_read(&c->file->table, sheet, &options, c->g->problems);
}

/* Long data may mark rows as deleted: they are as if they were not there. */
static pl_status drop_deleted(pl_data_file *file) {
    pl_table *table = &file->table;
    size_t column = file->columns[DATA_DELETED];
    if (!file->is_long || column == table->column_count || !table->columns[column].texts) return PL_OK;
    uint64_t *kept = calloc(table->rows / 64 + 1, sizeof *kept);
    if (!kept) return PL_MEMORY;
    for (size_t row = 0; row < table->rows; row++)
        if (!pl_str_is_fold(pl_table_text(table, column, row), "true")) pl_set_present(kept, row);
    pl_status status = pl_table_keep(table, kept);
    free(kept);
    pl_table_drop(table, column);
    return status;
}

static pl_status read_sheet(pl_gathering *g, pl_data_file *file, const pl_sheet *sheet) {
    choosing c = {.g = g, .file = file};
    pl_str name;
    if (!pl_str_copy(&name, &g->dataset->arena, pl_str_of(sheet->name))) return PL_MEMORY;
    g->dataset->data_name = file->name = name.at;
    pl_status status = read_table(&c, sheet);
    if (status >= PL_INPUT) status = pl_status_worse(status, drop_deleted(file));
    if (c.unused.len && status == PL_OK)
        status = pl_problem_add(g->problems, PL_NOTE, "N331", (pl_place){.file = sheet->name}, "columns that no indicator uses: %s",
                                c.unused.at);
    if (c.unused.failed) status = PL_MEMORY;
    pl_buffer_free(&c.unused);
    if (status == PL_OK && file->columns[DATA_UNIT] == file->table.column_count)
        status =
            pl_problem_add(g->problems, PL_ERROR, "E332", pl_table_header_place(&file->table), "needs a column unit (单位, uCode)");
    return status;
}

/* A data file that the user named. */
static pl_status read_given(pl_gathering *g, pl_data_file *file, const char *path) {
    pl_sheet sheet = {.name = path, .path = path};
    if (!pl_is_workbook(path)) return read_sheet(g, file, &sheet);
    pl_workbook *workbook;
    pl_status status = pl_workbook_open(&workbook, path, path, g->problems);
    if (status == PL_OK) status = pl_data_sheet(&sheet, &g->dataset->arena, workbook, path, g->problems);
    if (status == PL_OK) status = read_sheet(g, file, &sheet);
    pl_workbook_free(workbook);
    return status;
}

static pl_status read_files(pl_gathering *g) {
    const pl_model *model = g->model;
    size_t count = g->options->file_count;
    if (!count && !model->data_sheet)
        return pl_problem_add(g->problems, PL_ERROR, "E331", (pl_place){.file = model->path},
                              "has no %s; add it, or name a file with --data",
                              pl_is_workbook(model->path) ? "sheet data (数据, idata)" : "data.csv (数据.csv, idata.csv)");
    g->files = calloc(count ? count : 1, sizeof *g->files);
    if (!g->files) return PL_MEMORY;
    g->file_count = count ? count : 1;
    for (size_t i = 0; i < g->file_count && g->worst != PL_MEMORY; i++)
        pl_gathering_keep(g, count ? read_given(g, &g->files[i], g->options->files[i])
                                   : read_sheet(g, &g->files[i], model->data_sheet));
    return g->worst;
}

static pl_status digest_files(pl_gathering *g) {
    pl_digest *digest;
    pl_status status = pl_digest_create(&digest, PL_SHA256);
    const pl_model *model = g->model;
    const pl_sheet *sheets[] = {model->units_sheet, model->events_sheet, model->raters_sheet,
                                g->options->file_count ? NULL : model->data_sheet};
    bool workbook = false; /* it was taken in already, and is all of it */
    for (size_t i = 0; i < 4 && status == PL_OK; i++) {
        if (!sheets[i] || (sheets[i]->workbook && workbook)) continue;
        workbook |= sheets[i]->workbook != NULL;
        status = pl_sheet_digest(digest, sheets[i]);
    }
    for (size_t i = 0; i < g->options->file_count && status == PL_OK; i++)
        status = pl_digest_add_file(digest, g->options->files[i]);
    if (status == PL_OK) status = pl_digest_finish(digest, g->dataset->digest);
    pl_digest_free(digest);
    return status;
}

/* The first text table's texts become the dataset's; later ones are entered into it. */
pl_status pl_gather_texts(pl_gathering *g, pl_table *table, uint32_t **texts) {
    *texts = NULL;
    if (!g->dataset->texts) {
        g->dataset->texts = table->texts;
        table->texts = NULL;
        return PL_OK;
    }
    size_t count = pl_intern_count(table->texts);
    *texts = malloc((count + 1) * sizeof **texts);
    if (!*texts) return PL_MEMORY;
    return pl_intern_add_all(g->dataset->texts, table->texts, *texts);
}

static pl_status read_units(pl_gathering *g) {
    if (!g->model->units_sheet) return PL_OK;
    g->has_units = true;
    pl_status status = pl_sheet_read(&g->units, g->model->units_sheet, NULL, g->problems);
    if (status == PL_OK && pl_column_of(&g->units, pl_unit_words, DATA_UNIT) == g->units.column_count)
        status =
            pl_problem_add(g->problems, PL_ERROR, "E332", pl_table_header_place(&g->units), "needs a column code (代码, uCode)");
    return status;
}

/* A table whose reading broke off early has no cells at all. */
static bool has_cells(const pl_table *table) {
    for (size_t i = 0; i < table->column_count; i++) {
        const pl_column *column = &table->columns[i];
        if (column->kind == PL_COLUMN_TEXTS && !column->texts) return false;
        if (column->kind == PL_COLUMN_NUMBERS && !column->numbers && !column->scaled) return false;
    }
    return table->column_count > 0;
}

/* Whether what was read, wrong cells and all, can be put together. */
static bool can_go_on(const pl_gathering *g) {
    if (g->worst < PL_INPUT) return false;
    if (g->has_units && (!has_cells(&g->units) || pl_column_of(&g->units, pl_unit_words, DATA_UNIT) == g->units.column_count))
        return false;
    for (size_t i = 0; i < g->file_count; i++)
        if (!has_cells(&g->files[i].table) || g->files[i].columns[DATA_UNIT] == g->files[i].table.column_count) return false;
    return g->file_count > 0;
}

static pl_status gather(pl_gathering *g, bool *whole) {
    *whole = false;
    pl_gathering_keep(g, want_all(g));
    if (g->worst == PL_OK) pl_gathering_keep(g, read_units(g));
    if (g->worst >= PL_INPUT) pl_gathering_keep(g, read_files(g));
    if (can_go_on(g)) pl_gathering_keep(g, pl_gather_units(g));
    if (g->worst >= PL_INPUT && g->dataset->unit_count) pl_gathering_keep(g, pl_gather_periods(g));
    if (g->worst < PL_INPUT || !g->dataset->period_count) return g->worst;
    pl_gathering_keep(g, pl_gather_attributes(g));
    if (g->worst >= PL_INPUT) pl_gathering_keep(g, pl_gather_values(g));
    if (g->worst >= PL_INPUT && g->dataset->elements) pl_gathering_keep(g, pl_gather_ballots(g));
    if (g->worst >= PL_INPUT && g->dataset->elements) pl_gathering_keep(g, pl_gather_events(g));
    if (g->worst == PL_OK && g->options->digest) pl_gathering_keep(g, digest_files(g));
    *whole = g->worst >= PL_INPUT;
    return g->worst;
}

static void free_gathering(pl_gathering *g) {
    for (size_t i = 0; i < g->file_count; i++) {
        pl_table_free(&g->files[i].table);
        free(g->files[i].texts);
        free(g->files[i].unit);
        free(g->files[i].period);
    }
    free(g->files);
    pl_table_free(&g->units);
    free(g->unit_of);
    free(g->unit_rows);
    free(g->attribute_given);
    free(g->copy_of);
    free(g->ballots);
    pl_intern_free(g->elements);
    pl_intern_free(g->attributes);
}

pl_status pl_dataset_load(pl_dataset **out, const pl_model *model, const pl_dataset_options *options, pl_problems *problems) {
    static const pl_dataset_options defaults;
    *out = NULL;
    pl_dataset *dataset = calloc(1, sizeof *dataset);
    if (!dataset) return PL_MEMORY;
    pl_arena_init(&dataset->arena, 0);
    pl_gathering g = {.model = model, .options = options ? options : &defaults, .dataset = dataset, .problems = problems};
    pl_status status = pl_intern_create(&g.elements, 0);
    if (status == PL_OK) status = pl_intern_create(&g.attributes, 0);
    bool whole = false;
    if (status == PL_OK) status = gather(&g, &whole);
    free_gathering(&g);
    dataset->flawed = status != PL_OK;
    if (whole)
        *out = dataset;
    else
        pl_dataset_free(dataset);
    return status;
}

/* Frees a block that is not the base's. */
static void free_own(void *own, const void *of_base) {
    if (own != of_base) free(own);
}

static void free_list(pl_record_list *list, const pl_record_list *base) {
    bool shared = base->fields && list->fields == base->fields;
    for (size_t i = 0; !shared && list->fields && i < list->field_count; i++) {
        free(list->fields[i].numbers);
        free(list->fields[i].present);
        free(list->fields[i].texts);
    }
    free_own(list->fields, base->fields);
    free_own(list->row_of, base->row_of);
    free_own(list->source_rows, base->source_rows);
    free_own(list->indicator, base->indicator);
}

void pl_record_field_write(const pl_dataset *dataset, const pl_record_field *field, size_t record, pl_buffer *out) {
    char date[PL_DATE_SIZE];
    if (field->type == PL_TYPE_TEXT) {
        pl_buffer_str(out, pl_intern_text(dataset->texts, field->texts[record]));
    } else if (pl_present(field->present, record) && field->date) {
        pl_date_print(date, (int32_t)field->numbers[record]);
        pl_buffer_text(out, date);
    } else if (pl_present(field->present, record)) {
        pl_buffer_number(out, field->numbers[record]);
    }
}

const pl_record_field *pl_record_field_of(const pl_record_list *list, int meaning, pl_str name) {
    for (size_t i = 0; i < list->field_count; i++) {
        const pl_record_field *field = &list->fields[i];
        if (meaning >= 0 ? field->meaning == meaning : field->meaning < 0 && pl_str_equal(field->name, name)) return field;
    }
    return NULL;
}

void pl_dataset_free(pl_dataset *dataset) {
    static const pl_dataset nobody;
    if (!dataset) return;
    const pl_dataset *base = dataset->base ? dataset->base : &nobody;
    for (size_t i = 0; i < dataset->element_count; i++) {
        static const pl_element none;
        const pl_element *of_base = dataset->base ? &base->elements[i] : &none;
        free_own(dataset->elements[i].numbers, of_base->numbers);
        free_own(dataset->elements[i].scaled, of_base->scaled);
        free_own(dataset->elements[i].present, of_base->present);
    }
    for (size_t i = 0; dataset->attributes != base->attributes && i < dataset->attribute_count; i++) {
        free(dataset->attributes[i].numbers);
        free(dataset->attributes[i].present);
        free(dataset->attributes[i].texts);
    }
    for (size_t i = 0; i < PL_LIST_COUNT; i++) free_list(&dataset->lists[i], &base->lists[i]);
    free_own(dataset->units, base->units);
    free_own(dataset->reported, base->reported);
    free_own(dataset->source_rows, base->source_rows);
    if (dataset->texts != base->texts) pl_intern_free(dataset->texts);
    pl_arena_free(&dataset->arena);
    free(dataset);
}

size_t pl_dataset_find_unit(const pl_dataset *dataset, pl_str code) {
    size_t named = PL_NO_INDEX, names = 0;
    for (size_t i = 0; i < dataset->unit_count; i++) {
        if (pl_str_equal(dataset->units[i].code, code)) return i;
        if (!pl_str_equal(dataset->units[i].name, code)) continue;
        named = i;
        names++;
    }
    return names == 1 ? named : PL_NO_INDEX;
}

size_t pl_dataset_find_period(const pl_dataset *dataset, pl_str label) {
    for (size_t i = 0; i < dataset->period_count; i++)
        if (pl_str_equal(dataset->periods[i], label)) return i;
    return PL_NO_INDEX;
}
