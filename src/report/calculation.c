/* The sheet in which a sceptic can follow every total: leaves as values, inner nodes as formulas over them. */
#include "report/formulas.h"
#include "report/results.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROW_NAME = 3, ROW_CODE, ROW_WEIGHT, ROW_FULL, FIRST_ROW };
#define WIDTH 12

typedef struct calculation {
    results *r;
    lxw_worksheet *sheet;
    formula_sheet where;
    formula *formulas; /* per indicator; nothing for leaves */
    pl_buffer text;
} calculation;

static bool score_of(const calculation *c, size_t indicator, const pl_score_line *line, double *out) {
    const uint64_t *present;
    const double *values = pl_evaluation_column(c->r->scores->evaluation, c->r->compiled->nodes[indicator].score, &present);
    size_t row = pl_scores_row(c->r->scores, line);
    if (!values || !pl_present(present, row)) return false;
    *out = values[row];
    return true;
}

/* Whether the score is what the rule gave, and not what stands in for a missing one. */
static bool is_filled(const calculation *c, size_t indicator, const pl_score_line *line) {
    double points;
    return !pl_evaluation_value(c->r->scores->evaluation, c->r->compiled->nodes[indicator].points,
                                pl_scores_row(c->r->scores, line), &points);
}

static size_t count_present(const calculation *c, const formula *f, const pl_score_line *line) {
    size_t count = 0;
    double value;
    for (size_t i = 0; i < f->need_count; i++) count += score_of(c, f->needs[i], line, &value);
    return count;
}

/* Why this cell is a value although its column has a formula; NULL: it can be the formula. */
static const char *exception(const calculation *c, size_t indicator, const pl_score_line *line, bool present) {
    const book *b = c->r->book;
    const formula *f = &c->formulas[indicator];
    size_t have = count_present(c, f, line);
    bool gives = f->all_needed ? have == f->need_count : have > 0;
    if (present && is_filled(c, indicator, line))
        return book_word(b, "Missing; filled in by the rule for missing values.", "缺失，按缺失处理规则填补。");
    if (present && !gives)
        return book_word(b, "A value: the rule does without what is missing in this row.", "此处是数值：规则绕过了本行缺失的值。");
    if (!present && gives)
        return book_word(b, "The rule has no result here, such as a division by zero.", "规则在此没有结果，如除数为零。");
    return NULL;
}

static void write_inner(calculation *c, size_t row, size_t column, size_t indicator, const pl_score_line *line) {
    book *b = c->r->book;
    double value = 0;
    bool present = score_of(c, indicator, line, &value);
    const char *absent = present ? NULL : results_absent(c->r, indicator, line);
    bool applies = present || strcmp(absent, c->where.absent) != 0;
    const char *why = c->formulas[indicator].why_not || !applies ? NULL : exception(c, indicator, line, present);
    if (applies && !why && !c->formulas[indicator].why_not) {
        pl_buffer_clear(&c->text);
        formula_print(&c->formulas[indicator], row + 1, &c->text);
        if (c->text.failed) b->status = PL_MEMORY;
        book_formula(b, c->sheet, row, column, c->text.at, present ? &value : NULL, STYLE_SCORE);
        return;
    }
    if (present)
        book_number(b, c->sheet, row, column, value, STYLE_SCORE);
    else
        book_words(b, c->sheet, row, column, absent, STYLE_ABSENT);
    if (why) book_comment(b, c->sheet, row, column, why);
}

static void write_line(calculation *c, size_t row, const pl_score_line *line) {
    const results *r = c->r;
    book_text(r->book, c->sheet, row, 0, r->dataset->units[line->unit].code, STYLE_TEXT);
    book_text(r->book, c->sheet, row, 1, results_unit_name(r, line->unit), STYLE_TEXT);
    if (r->periods) book_text(r->book, c->sheet, row, 2, r->dataset->periods[line->period], STYLE_TEXT);
    for (size_t i = 0; i < r->model->indicator_count && r->book->status == PL_OK; i++) {
        size_t column = c->where.first_column + i;
        double value;
        if (r->model->indicators[i].child_count)
            write_inner(c, row, column, i, line);
        else if (score_of(c, i, line, &value))
            book_number(r->book, c->sheet, row, column, value, STYLE_SCORE);
        else
            book_words(r->book, c->sheet, row, column, results_absent(r, i, line), STYLE_ABSENT);
    }
}

/* ---- the head ---- */

static void write_node_head(calculation *c, size_t indicator) {
    book *b = c->r->book;
    size_t column = c->where.first_column + indicator;
    book_width(b, c->sheet, column, book_width_of(WIDTH));
    const formula *f = &c->formulas[indicator];
    if (f->why_not) book_comment(b, c->sheet, ROW_NAME, column, book_word(b, f->why_not, f->why_not_zh));
}

static void write_row_head(calculation *c, size_t row, const char *title) {
    const results *r = c->r;
    book *b = r->book;
    book_words(b, c->sheet, row, 0, title, STYLE_HEAD);
    for (size_t column = 1; column < c->where.first_column; column++) book_words(b, c->sheet, row, column, "", STYLE_HEAD);
    for (size_t i = 0; i < r->model->indicator_count && b->status == PL_OK; i++) {
        const pl_indicator *node = &r->model->indicators[i];
        size_t column = c->where.first_column + i;
        if (row == ROW_NAME) book_text(b, c->sheet, row, column, results_node_name(r, i), STYLE_HEAD);
        if (row == ROW_CODE) book_text(b, c->sheet, row, column, node->code, STYLE_HEAD);
        if (row >= ROW_WEIGHT) book_words(b, c->sheet, row, column, "", STYLE_HEAD);
        if (row == ROW_WEIGHT && node->parent != PL_NO_INDEX) book_number(b, c->sheet, row, column, node->weight, STYLE_HEAD);
        if (row == ROW_FULL && node->full.given) book_number(b, c->sheet, row, column, node->full.value, STYLE_HEAD);
    }
}

static void write_head(calculation *c) {
    const results *r = c->r;
    book *b = r->book;
    results_heading(c->r, c->sheet, pl_str_of(book_word(b, "calculation", "计算过程")));
    book_words(b, c->sheet, 2, 0,
               book_word(b,
                         "Indicators without others below them are values, all others formulas over the cells of their row, not "
                         "rounded (cells hold more digits than they show); a note on the head says where that cannot be.",
                         "末级指标是数值，其余各列是引用本行单元格的公式，均未修约（单元格中的位数多于显示的）；不能写成公式的，表"
                         "头批注说明原因。"),
               STYLE_NOTE);
    size_t lines = 1;
    for (size_t i = 0; i < r->model->indicator_count; i++) {
        size_t own = pl_text_width(results_node_name(r, i)) / WIDTH + 1;
        if (own > lines) lines = own;
        write_node_head(c, i);
    }
    book_width(b, c->sheet, 0, book_width_of(10));
    book_width(b, c->sheet, 1, book_width_of(22));
    book_row(b, c->sheet, ROW_NAME, lines, 0);
    write_row_head(c, ROW_NAME, book_word(b, "name", "名称"));
    write_row_head(c, ROW_CODE, book_word(b, "code", "代码"));
    write_row_head(c, ROW_WEIGHT, book_word(b, "weight", "权重"));
    write_row_head(c, ROW_FULL, book_word(b, "full", "满分"));
    double width = (double)r->model->indicator_count * book_width_of(WIDTH) + 40;
    book_print_setup(b, c->sheet, ROW_NAME, ROW_FULL, 2, 1 + (unsigned)(width / 190));
}

static pl_status make_formulas(calculation *c) {
    const pl_model *model = c->r->model;
    c->formulas = calloc(model->indicator_count + 1, sizeof *c->formulas);
    if (!c->formulas) return PL_MEMORY;
    pl_status status = PL_OK;
    for (size_t i = 0; i < model->indicator_count && status == PL_OK; i++)
        if (model->indicators[i].child_count) status = formula_make(&c->formulas[i], &c->where, i);
    return status;
}

void results_calculation(results *r) {
    calculation c = {.r = r, .sheet = book_sheet(r->book, r->calculation_name)};
    if (!c.sheet) return;
    c.where = (formula_sheet){.model = r->model,
                              .first_column = r->periods ? 3 : 2,
                              .weight_row = ROW_WEIGHT + 1,
                              .full_row = ROW_FULL + 1,
                              .absent = book_word(r->book, "does not apply", "不适用")};
    pl_buffer_init(&c.text, 0);
    if (r->book->status == PL_OK) r->book->status = make_formulas(&c);
    if (r->book->status == PL_OK) write_head(&c);
    for (size_t i = 0; i < r->scores->line_count && r->book->status == PL_OK; i++) {
        write_line(&c, FIRST_ROW + i, &r->scores->lines[i]);
        results_step(r, 1);
    }
    for (size_t i = 0; c.formulas && i < r->model->indicator_count; i++) formula_free(&c.formulas[i]);
    free(c.formulas);
    pl_buffer_free(&c.text);
}
