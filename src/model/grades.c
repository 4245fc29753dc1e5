#include "model/loading.h"

#include <plumbline/base/number.h>

/* The grades sheet while it is read. */
typedef struct grade_reader {
    pl_model *model;
    const pl_table *table;
    pl_problems *problems;
    size_t columns[GRADE_COUNT];
    const char *file;
    pl_status worst;
} grade_reader;

static void keep(grade_reader *r, pl_status status) { r->worst = pl_status_worse(r->worst, status); }

static pl_str cell(const grade_reader *r, pl_grade_field field, size_t row) {
    return r->columns[field] < r->table->column_count ? pl_table_text(r->table, r->columns[field], row) : (pl_str){0};
}

static void read_min(grade_reader *r, size_t row, pl_grade *to) {
    if (r->columns[GRADE_MIN] == r->table->column_count) return;
    size_t errors = r->problems ? r->problems->errors : 0;
    to->min.given = pl_table_number(r->table, r->columns[GRADE_MIN], row, &to->min.value, r->problems);
    if (r->problems && r->problems->errors > errors) keep(r, PL_INPUT);
}

/* 30 % or 0.3. */
static void read_share(grade_reader *r, size_t row, pl_grade *to) {
    pl_str text = cell(r, GRADE_SHARE, row);
    if (!text.len) return;
    to->share.given = pl_share_parse(text, &to->share.value);
    if (!to->share.given)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E365", pl_table_cell_place(r->table, r->columns[GRADE_SHARE], row),
                               "\"%.*s\" is no share of the units; write it as 30%% or 0.3", PL_ARG(text)));
}

static void read_row(grade_reader *r, size_t row) {
    pl_grade *to = &r->model->grades[r->model->grade_count++];
    int rounding = PL_ROUNDING_DOWN, include = 1, moves_up = 0;
    bool has_barred = r->columns[GRADE_BARRED] < r->table->column_count;
    to->place = pl_table_cell_place(r->table, r->columns[has_barred ? GRADE_BARRED : GRADE_NAME], row);
    to->place.file = r->file; /* outlives the table */
    to->place.field = "barred";
    pl_str name = cell(r, GRADE_NAME, row);
    if (!name.len)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E319", pl_table_cell_place(r->table, r->columns[GRADE_NAME], row),
                               "this grade has no name"));
    if (!pl_str_copy(&to->name, &r->model->arena, name)) keep(r, PL_MEMORY);
    read_min(r, row, to);
    read_share(r, row, to);
    keep(r, pl_cell_word(r->table, r->columns[GRADE_ROUNDING], row, pl_rounding_words, &rounding, r->problems));
    keep(r, pl_cell_word(r->table, r->columns[GRADE_TIES], row, pl_tied_words, &include, r->problems));
    keep(r, pl_cell_word(r->table, r->columns[GRADE_MOVES_UP], row, pl_yes_words, &moves_up, r->problems));
    to->rounding = (pl_rounding)rounding;
    to->include_ties = include;
    to->moves_up = moves_up;
    pl_str barred = cell(r, GRADE_BARRED, row);
    if (barred.len) keep(r, pl_expression_parse(&to->barred, &r->model->arena, barred, to->place, r->problems));
}

pl_status pl_grades_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems) {
    if (!sheet) return PL_OK;
    pl_table table;
    pl_status status = pl_sheet_read(&table, sheet, NULL, problems);
    grade_reader r = {.model = model, .table = &table, .problems = problems, .file = sheet->name, .worst = status};
    for (int field = 0; field < GRADE_COUNT; field++) r.columns[field] = pl_column_of(&table, pl_grade_words, field);
    if (status == PL_OK && r.columns[GRADE_NAME] == table.column_count)
        keep(&r, pl_problem_add(problems, PL_ERROR, "E332", pl_table_header_place(&table), "needs a column name (等次)"));
    if (r.worst == PL_OK) {
        model->grades = pl_arena_array(&model->arena, table.rows + 1, sizeof *model->grades);
        if (!model->grades) r.worst = PL_MEMORY;
    }
    for (size_t row = 0; model->grades && row < table.rows && r.worst != PL_MEMORY; row++) read_row(&r, row);
    pl_table_free(&table);
    return r.worst;
}
