#include "report/results.h"

#include <math.h>
#include <stdlib.h>

/* From so many lines on, rows are written once and forgotten, which needs an open file for each sheet. */
#define STREAMING_LINES 5000
#define STREAMING_SHEETS 300

/* ---- what the sheets share ---- */

pl_str results_node_name(const results *r, size_t indicator) {
    const pl_indicator *node = &r->model->indicators[indicator];
    return node->name.len ? node->name : node->code;
}

pl_str results_unit_name(const results *r, uint32_t unit) {
    const pl_unit *u = &r->dataset->units[unit];
    return u->name.len ? u->name : u->code;
}

pl_str results_group(const results *r, uint32_t unit) {
    uint32_t group = r->dataset->units[unit].group;
    return group == PL_NOBODY ? (pl_str){0} : r->dataset->groups[group];
}

/* A model without a name is called as its folder or workbook is. */
pl_str results_title(const results *r) {
    if (r->model->settings.name.len) return r->model->settings.name;
    pl_str path = pl_str_of(r->model->path);
    size_t end = path.len;
    while (end > 1 && path.at[end - 1] == '/') end--;
    size_t start = end;
    while (start && path.at[start - 1] != '/') start--;
    return (pl_str){path.at + start, end - start};
}

static bool applies_to(const results *r, size_t indicator, const pl_score_line *line) {
    pl_node applies = r->compiled->nodes[indicator].applies;
    double value;
    if (!applies) return true;
    return pl_evaluation_value(r->scores->evaluation, applies, pl_scores_row(r->scores, line), &value) && value != 0;
}

const char *results_absent(const results *r, size_t indicator, const pl_score_line *line) {
    if (applies_to(r, indicator, line)) return book_word(r->book, "missing", "缺失");
    return book_word(r->book, "does not apply", "不适用");
}

/* ---- the best of the peers ---- */

/* Peers are a group, or everybody; units without a group are their own peers then, as one. */
static size_t peer_count(const results *r) { return r->model->settings.peers == PL_SCOPE_GROUP ? r->dataset->group_count + 1 : 1; }

static size_t peers_of(const results *r, uint32_t unit) {
    uint32_t group = r->dataset->units[unit].group;
    if (r->model->settings.peers != PL_SCOPE_GROUP) return 0;
    return group == PL_NOBODY ? r->dataset->group_count : group;
}

static double *best_of(const results *r, size_t column, const pl_score_line *line) {
    size_t row = r->period_index[line->period] * r->scores->node_count + column;
    return &r->best[row * peer_count(r) + peers_of(r, line->unit)];
}

pl_status results_find_best(results *r) {
    size_t periods = 0;
    r->period_index = calloc(r->dataset->period_count + 1, sizeof *r->period_index);
    if (!r->period_index) return PL_MEMORY;
    for (size_t p = 0; p < r->dataset->period_count; p++) r->period_index[p] = r->compiled->scored[p] ? periods++ : 0;
    size_t count = periods * r->scores->node_count * peer_count(r);
    r->best = malloc((count + 1) * sizeof *r->best);
    if (!r->best) return PL_MEMORY;
    for (size_t i = 0; i < count; i++) r->best[i] = -INFINITY;
    for (size_t i = 0; i < r->scores->line_count; i++) {
        for (size_t column = 0; column < r->scores->node_count; column++) {
            double value, *best = best_of(r, column, &r->scores->lines[i]);
            if (pl_scores_value(r->scores, column, &r->scores->lines[i], &value) && value > *best) *best = value;
        }
    }
    return PL_OK;
}

bool results_best(const results *r, size_t column, const pl_score_line *line, double *out) {
    *out = *best_of(r, column, line);
    return isfinite(*out);
}

/* ---- the workbook ---- */

static void choose_units(results *r) {
    const pl_results_options *o = r->options;
    for (size_t i = 0; o->units && i < o->unit_count; i++) r->unit_names[o->units[i]][0] = '?';
    bool all = o->every_unit || (!o->units && r->dataset->unit_count <= PL_RESULTS_UNIT_SHEETS);
    for (size_t i = 0; i < r->scores->line_count; i++)
        if (all) r->unit_names[r->scores->lines[i].unit][0] = '?';
    for (size_t unit = 0; unit < r->dataset->unit_count; unit++) r->unit_sheets += r->unit_names[unit][0] != 0;
}

/* Names are settled first, since the ranking leads to sheets that come later. */
static void name_sheets(results *r) {
    book *b = r->book;
    book_name(b, pl_str_of(book_word(b, "ranking", "名次表")), r->ranking_name);
    book_name(b, pl_str_of(book_word(b, "chart", "总分图")), r->chart_name);
    if (r->options->formulas) book_name(b, pl_str_of(book_word(b, "calculation", "计算过程")), r->calculation_name);
    for (size_t unit = 0; unit < r->dataset->unit_count; unit++)
        if (r->unit_names[unit][0]) book_name(b, results_unit_name(r, (uint32_t)unit), r->unit_names[unit]);
}

static pl_status check_size(const results *r) {
    size_t columns = r->scores->node_count + 10, rows = r->scores->line_count + 20;
    if (columns <= BOOK_COLUMNS && rows <= BOOK_ROWS) return PL_OK;
    return pl_problem_add(r->problems, PL_ERROR, "E701", (pl_place){.file = r->model->path},
                          "%zu lines of %zu nodes do not fit into a worksheet of %d rows and %d columns; use --format csv",
                          r->scores->line_count, r->scores->node_count, (int)BOOK_ROWS, (int)BOOK_COLUMNS);
}

void results_step(results *r, size_t steps) {
    r->steps += steps;
    pl_watcher_tell(r->options->watcher, r->steps, r->step_count);
}

static void write_sheets(results *r) {
    size_t tables = r->options->formulas ? 3 : 2; /* each line stands in the ranking, in a group and in the calculation */
    r->step_count = tables * r->scores->line_count + RESULTS_UNIT_STEPS * r->unit_sheets;
    name_sheets(r);
    results_ranking(r);
    results_chart(r);
    results_groups(r);
    if (r->options->formulas) results_calculation(r);
    results_units(r);
}

static pl_status write_book(results *r, pl_output *output) {
    book *b = r->book;
    bool streaming = r->scores->line_count > STREAMING_LINES && r->unit_sheets + r->dataset->group_count < STREAMING_SHEETS;
    book_options how = {r->options->chinese, r->model->settings.digits, streaming, r->options->folder};
    pl_status status = book_open(b, &how, r->problems);
    if (status == PL_OK && r->unit_sheets) b->status = results_find_best(r);
    if (b->status == PL_OK) write_sheets(r);
    if (b->status == PL_OK) b->status = pl_evaluation_status(r->scores->evaluation);
    return book_finish(b, output, r->problems);
}

pl_status pl_report_results(pl_output *output, const pl_scores *scores, pl_compiled *compiled, const pl_results_options *options,
                            pl_problems *problems) {
    book b;
    results r = {.book = &b,
                 .scores = scores,
                 .compiled = compiled,
                 .model = compiled->model,
                 .dataset = compiled->dataset,
                 .options = options,
                 .problems = problems};
    pl_status status = check_size(&r);
    if (status != PL_OK) return status;
    size_t scored = 0;
    for (size_t p = 0; p < r.dataset->period_count; p++) scored += compiled->scored[p];
    r.periods = scored > 1;
    r.unit_names = calloc(r.dataset->unit_count + 1, sizeof *r.unit_names);
    if (!r.unit_names) return PL_MEMORY;
    choose_units(&r);
    status = write_book(&r, output);
    free(r.unit_names);
    free(r.best);
    free(r.period_index);
    return status;
}
