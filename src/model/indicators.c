#include "model/loading.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

/* The indicators sheet while it is read. */
typedef struct indicator_reader {
    pl_model *model;
    const pl_defaults *defaults;
    const pl_table *table;
    pl_problems *problems;
    size_t columns[FIELD_COUNT]; /* table->column_count: not there */
    const char *field_names[FIELD_COUNT];
    const char *file;
    pl_indicator *read;
    pl_str *parents;
    size_t count;
    bool denominators;
    pl_status worst;
} indicator_reader;

static void keep(indicator_reader *r, pl_status status) { r->worst = pl_status_worse(r->worst, status); }

static pl_str cell(const indicator_reader *r, pl_field field, size_t row) {
    size_t column = r->columns[field];
    return column < r->table->column_count ? pl_table_text(r->table, column, row) : (pl_str){0};
}

static pl_place place(const indicator_reader *r, pl_field field, size_t row) {
    return (pl_place){r->file, pl_table_source_row(r->table, row), r->field_names[field],
                      r->model->field_columns ? r->model->field_columns[field] : 0};
}

static void read_text(indicator_reader *r, pl_field field, size_t row, pl_str *out) {
    if (!pl_str_copy(out, &r->model->arena, cell(r, field, row))) keep(r, PL_MEMORY);
}

static bool read_number(indicator_reader *r, pl_field field, size_t row, double *out) {
    if (r->columns[field] == r->table->column_count) return false;
    size_t errors = r->problems ? r->problems->errors : 0;
    bool given = pl_table_number(r->table, r->columns[field], row, out, r->problems);
    if (r->problems && r->problems->errors > errors) keep(r, PL_INPUT);
    return given;
}

static void read_expression(indicator_reader *r, pl_field field, size_t row, const pl_expression **out) {
    pl_str text = cell(r, field, row);
    if (text.len) keep(r, pl_expression_parse(out, &r->model->arena, text, place(r, field, row), r->problems));
}

static void read_weight(indicator_reader *r, size_t row, pl_indicator *to) {
    to->weight = 1;
    read_number(r, FIELD_WEIGHT, row, &to->weight);
    if (to->weight < 0)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E315", place(r, FIELD_WEIGHT, row), "a weight cannot be negative"));
}

static void read_direction(indicator_reader *r, size_t row, pl_indicator *to) {
    pl_str text = cell(r, FIELD_DIRECTION, row);
    to->direction = 1;
    if (!text.len || pl_str_is(text, "NA")) return;
    int word = pl_word_find(pl_direction_words, text);
    if (word < 0)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E317", place(r, FIELD_DIRECTION, row),
                               "\"%.*s\" is no direction; it is 1 where higher is better, -1 where lower is", PL_ARG(text)));
    else
        to->direction = word ? 1 : -1;
}

/* A value whose rule cannot be read is not the element of that name: it gets a rule that can be. */
static void read_value(indicator_reader *r, size_t row, pl_indicator *to) {
    read_expression(r, FIELD_VALUE, row, &to->value);
    if (!to->value && cell(r, FIELD_VALUE, row).len)
        keep(r, pl_expression_parse(&to->value, &r->model->arena, pl_str_of("0"), place(r, FIELD_VALUE, row), NULL));
}

static void read_rules(indicator_reader *r, size_t row, pl_indicator *to) {
    read_value(r, row, to);
    read_expression(r, FIELD_SCORE, row, &to->score);
    read_expression(r, FIELD_APPLIES, row, &to->applies);
    read_expression(r, FIELD_IMPUTE, row, &to->impute);
    read_expression(r, FIELD_TREAT, row, &to->treat);
    to->score_place = place(r, FIELD_SCORE, row);
    to->impute_place = place(r, FIELD_IMPUTE, row);
    to->treat_place = place(r, FIELD_TREAT, row);
    to->how = r->defaults->how;
    to->combine = r->defaults->combine;
    pl_str combine = cell(r, FIELD_COMBINE, row);
    if (combine.len)
        keep(r, pl_combine_parse(r->model, combine, place(r, FIELD_COMBINE, row), r->problems, &to->how, &to->combine));
    to->missing = r->defaults->missing;
    pl_str missing = cell(r, FIELD_MISSING, row);
    int word = missing.len ? pl_word_find(pl_missing_words, missing) : (int)to->missing;
    if (word < 0)
        keep(r, pl_unknown_word(r->problems, "E318", place(r, FIELD_MISSING, row), missing, pl_missing_words));
    else
        to->missing = (pl_missing_rule)word;
}

/* How far off values may be: for studies of how firm the places are. */
static void read_error(indicator_reader *r, size_t row, pl_indicator *to) {
    pl_str text = cell(r, FIELD_ERROR, row);
    size_t sign = pl_percent_sign(text);
    to->error_is_share = sign > 0;
    bool good =
        !text.len || (pl_number_parse(pl_str_trim((pl_str){text.at, text.len - sign}), &to->error.value) && to->error.value >= 0);
    if (sign) to->error.value /= 100;
    to->error.given = good && text.len;
    read_text(r, FIELD_ERROR, row, &to->error_text);
    if (!good)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E329", place(r, FIELD_ERROR, row),
                               "must be a standard deviation such as 0.5, or a share of the value such as 2%%"));
    to->rounding.given = read_number(r, FIELD_ROUNDING, row, &to->rounding.value);
    if (to->rounding.given && to->rounding.value <= 0)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E329", place(r, FIELD_ROUNDING, row), "must be above 0, such as 0.1"));
}

/* COINr's iMeta lists columns that are no indicators: they are attributes of the units. */
static bool is_attribute(const indicator_reader *r, size_t row) {
    pl_str type = cell(r, FIELD_TYPE, row);
    return pl_str_is_fold(type, "Group") || pl_str_is_fold(type, "Denominator") || pl_str_is_fold(type, "Other");
}

static void read_row(indicator_reader *r, size_t row) {
    pl_str code = cell(r, FIELD_CODE, row);
    if (!code.len) {
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E319", place(r, FIELD_CODE, row), "this indicator has no code"));
        return;
    }
    if (is_attribute(r, row)) {
        read_text(r, FIELD_CODE, row, &r->model->attributes[r->model->attribute_count++]);
        return;
    }
    pl_indicator *to = &r->read[r->count];
    to->file = r->file;
    to->row = pl_table_source_row(r->table, row);
    read_text(r, FIELD_CODE, row, &to->code);
    read_text(r, FIELD_NAME, row, &to->name);
    pl_str parent = cell(r, FIELD_PARENT, row);
    if (r->model->coinr && pl_str_is(parent, "NA")) parent = (pl_str){0};
    if (!pl_str_copy(&r->parents[r->count], &r->model->arena, parent)) keep(r, PL_MEMORY);
    read_weight(r, row, to);
    read_direction(r, row, to);
    to->full.given = read_number(r, FIELD_FULL, row, &to->full.value);
    to->target.given = read_number(r, FIELD_TARGET, row, &to->target.value);
    to->low.given = read_number(r, FIELD_LOW, row, &to->low.value);
    to->high.given = read_number(r, FIELD_HIGH, row, &to->high.value);
    read_error(r, row, to);
    read_rules(r, row, to);
    read_text(r, FIELD_OWNER, row, &to->owner);
    read_text(r, FIELD_SOURCE, row, &to->source);
    read_text(r, FIELD_COVERS, row, &to->covers);
    read_text(r, FIELD_MEASURE, row, &to->unit_of_measure);
    read_text(r, FIELD_NOTE, row, &to->note);
    pl_str denominator = cell(r, FIELD_DENOMINATOR, row);
    if (denominator.len && !pl_str_is(denominator, "NA")) {
        r->denominators = true;
        read_text(r, FIELD_DENOMINATOR, row, &to->denominator);
    }
    r->count++;
}

/* Where the fields stand in a sheet of a workbook, kept for the problems that come later; a field without a column is shown at the
 * code's. */
static pl_status keep_columns(indicator_reader *r) {
    if (!r->table->sheet_header) return PL_OK;
    size_t *kept = r->model->field_columns = pl_arena_array(&r->model->arena, FIELD_COUNT, sizeof *kept);
    if (!kept) return PL_MEMORY;
    for (int field = 0; field < FIELD_COUNT; field++) {
        size_t column = r->columns[field] < r->table->column_count ? r->columns[field] : r->columns[FIELD_CODE];
        kept[field] = column + 1;
    }
    return PL_OK;
}

static void find_columns(indicator_reader *r) {
    const pl_table *table = r->table;
    for (int field = 0; field < FIELD_COUNT; field++) {
        r->columns[field] = pl_column_of(table, pl_field_words, field);
        pl_str name = {0};
        if (r->columns[field] < table->column_count &&
            !pl_str_copy(&name, &r->model->arena, table->columns[r->columns[field]].name))
            keep(r, PL_MEMORY);
        r->field_names[field] = name.at;
    }
    keep(r, keep_columns(r));
    pl_buffer unused;
    pl_buffer_init(&unused, 0);
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].name.len || pl_word_find(pl_field_words, table->columns[i].name) >= 0) continue;
        pl_buffer_print(&unused, "%s%.*s", unused.len ? ", " : "", PL_ARG(table->columns[i].name));
    }
    if (unused.len)
        keep(r,
             pl_problem_add(r->problems, PL_NOTE, "N301", (pl_place){.file = r->file}, "columns that are not used: %s", unused.at));
    if (unused.failed) keep(r, PL_MEMORY);
    pl_buffer_free(&unused);
}

static pl_status read_table(indicator_reader *r) {
    size_t rows = r->table->rows;
    pl_model *model = r->model;
    find_columns(r);
    if (r->columns[FIELD_CODE] == r->table->column_count)
        return pl_problem_add(r->problems, PL_ERROR, "E303", pl_table_header_place(r->table), "needs a column code (代码, iCode)");
    r->read = pl_arena_array(&model->arena, rows + 1, sizeof *r->read);
    r->parents = pl_arena_array(&model->arena, rows + 1, sizeof *r->parents);
    model->attributes = pl_arena_array(&model->arena, rows + 1, sizeof *model->attributes);
    if (!r->read || !r->parents || !model->attributes) return PL_MEMORY;
    for (size_t row = 0; row < rows && r->worst != PL_MEMORY; row++) read_row(r, row);
    if (r->denominators && !model->settings.denominate)
        keep(r,
             pl_problem_add(r->problems, PL_NOTE, "N302", (pl_place){.file = r->file, .field = r->field_names[FIELD_DENOMINATOR]},
                            "denominators are kept but not applied; the setting denominate, yes applies them"));
    if (r->worst == PL_MEMORY) return PL_MEMORY;
    return pl_status_worse(r->worst, pl_tree_make(model, r->read, r->parents, r->count, r->problems));
}

pl_status pl_indicators_load(pl_model *model, const pl_defaults *defaults, const pl_sheet *sheet, pl_problems *problems) {
    pl_table table;
    pl_status status = pl_sheet_read(&table, sheet, NULL, problems);
    indicator_reader r = {.model = model, .defaults = defaults, .table = &table, .problems = problems, .file = sheet->name};
    if (status == PL_OK) status = read_table(&r);
    pl_table_free(&table);
    return status;
}
