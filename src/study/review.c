#include "study/reviewing.h"
#include "study/thresholds.h"

#include <plumbline/base/number.h>
#include <plumbline/model/shares.h>

#include <stdlib.h>

/* ---- telling ---- */

bool pl_reviewing_silenced(const pl_reviewing *r, const char *code, size_t indicator) {
    const pl_settings *s = &r->model->settings;
    for (size_t i = 0; i < s->silence_count; i++)
        if (pl_str_is(s->silence[i].code, code) && (s->silence[i].indicator == PL_NO_INDEX || s->silence[i].indicator == indicator))
            return true;
    return false;
}

void pl_reviewing_tell(pl_reviewing *r, pl_level level, const char *code, size_t indicator, pl_place place, const char *format,
                       ...) {
    if (pl_reviewing_silenced(r, code, indicator)) return;
    pl_buffer text;
    pl_buffer_init(&text, 0);
    va_list arguments;
    va_start(arguments, format);
    pl_buffer_vprint(&text, format, arguments);
    va_end(arguments);
    pl_status status = text.failed ? PL_MEMORY : pl_problem_add(r->problems, level, code, place, "%s", text.at);
    r->worst = pl_status_worse(r->worst, status);
    pl_buffer_free(&text);
}

pl_place pl_reviewing_place(const pl_reviewing *r, size_t indicator, const char *field) {
    return pl_indicator_place(r->model, &r->model->indicators[indicator], field);
}

pl_reviewed_number pl_reviewing_number(double x, int digits) {
    pl_reviewed_number out;
    double rounded = x > -1e15 && x < 1e15 ? pl_number_round(x, digits) : x;
    pl_number_print(out.text, rounded);
    return out;
}

pl_str pl_reviewing_unit(const pl_reviewing *r, size_t row) {
    return r->compiled->dataset->units[row % r->compiled->frame.units].code;
}

/* ---- columns ---- */

pl_reviewed_column pl_reviewing_column(const pl_reviewing *r, pl_node node) {
    pl_reviewed_column column = {0};
    column.values = pl_evaluation_column(r->evaluation, node, &column.present);
    return column;
}

size_t pl_reviewing_gather(const pl_reviewing *r, pl_node node, double *values) {
    pl_reviewed_column column = pl_reviewing_column(r, node);
    size_t count = 0;
    for (size_t i = 0; i < r->row_count; i++)
        if (pl_reviewed_present(column, r->rows[i])) values[count++] = column.values[r->rows[i]];
    return count;
}

/* ---- the run ---- */

static bool too_large(const pl_reviewing *r) {
    double cells = (double)r->model->indicator_count * (double)r->compiled->frame.units * (double)r->compiled->frame.periods;
    return cells > MOST_CELLS;
}

static pl_status choose_rows(pl_reviewing *r) {
    const pl_frame *frame = &r->compiled->frame;
    r->rows = malloc((frame->units * frame->periods + 1) * sizeof *r->rows);
    r->leaves = malloc((r->model->indicator_count + 1) * sizeof *r->leaves);
    if (!r->rows || !r->leaves) return PL_MEMORY;
    for (size_t p = 0; p < frame->periods; p++)
        for (size_t unit = 0; frame->scored[p] && unit < frame->units; unit++)
            if (pl_present(r->compiled->dataset->reported, p * frame->units + unit))
                r->rows[r->row_count++] = p * frame->units + unit;
    for (size_t i = 0; i < r->model->indicator_count; i++)
        if (!r->model->indicators[i].child_count) r->leaves[r->leaf_count++] = i;
    r->scratch = malloc((4 * r->row_count + 1) * sizeof *r->scratch);
    return r->scratch ? PL_OK : PL_MEMORY;
}

/* All counts of all parts hang on one node, so that no more than one column is kept for them. */
static pl_status join_counts(pl_reviewing *r, pl_node *out) {
    pl_part *counts = malloc((2 * r->part_count + 1) * sizeof *counts);
    if (!counts) return PL_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < r->part_count; i++) {
        const pl_inspected *part = &r->parts[i].part;
        if (part->yes) counts[count++] = (pl_part){.score = part->yes, .weight = 1, .full = -1};
        if (part->no) counts[count++] = (pl_part){.score = part->no, .weight = 1, .full = -1};
    }
    pl_status status = pl_program_combine(r->compiled->program, PL_COMBINE_SUM, counts, count, false, PL_SCOPE_ALL, out);
    free(counts);
    return status;
}

/* A node's values where the indicator applies. */
static pl_status restrict_to(pl_program *program, pl_node applies, pl_node node, pl_node *out) {
    pl_node none;
    *out = node;
    if (!applies) return PL_OK;
    pl_status status = pl_program_missing(program, PL_TYPE_NUMBER, &none);
    return status == PL_OK ? pl_program_if(program, applies, node, none, out) : status;
}

static pl_status make_nodes(pl_reviewing *r) {
    pl_program *program = r->compiled->program;
    r->nodes = calloc(r->model->indicator_count + 1, sizeof *r->nodes);
    pl_status status = r->nodes ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < r->model->indicator_count && status == PL_OK; i++) {
        const pl_indicator *node = &r->model->indicators[i];
        const pl_indicator_nodes *own = &r->compiled->nodes[i];
        pl_reviewed_nodes *to = &r->nodes[i];
        pl_node above = node->parent == PL_NO_INDEX ? 0 : r->nodes[node->parent].applies;
        to->applies = own->applies ? own->applies : above;
        if (own->applies && above) status = pl_program_if(program, above, own->applies, above, &to->applies);
        if (status == PL_OK) status = restrict_to(program, to->applies, own->value, &to->value);
        if (status == PL_OK) status = restrict_to(program, to->applies, node->child_count ? own->score : own->points, &to->score);
    }
    return status;
}

static pl_status evaluate(pl_reviewing *r, pl_pool *pool) {
    const pl_compiled *c = r->compiled;
    pl_node *wanted = malloc((3 * r->model->indicator_count + 1) * sizeof *wanted);
    if (!wanted) return PL_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < r->model->indicator_count; i++) {
        wanted[count++] = r->nodes[i].score;
        wanted[count++] = r->nodes[i].value;
        if (r->nodes[i].applies) wanted[count++] = r->nodes[i].applies;
    }
    pl_evaluate_options options = {.pool = pool};
    pl_status status = join_counts(r, &wanted[count++]);
    if (status == PL_OK) status = pl_evaluate(&r->evaluation, c->program, &c->frame, wanted, count, &options, NULL);
    free(wanted);
    return status;
}

static pl_status count_parts(pl_reviewing *r) {
    const pl_frame *frame = &r->compiled->frame;
    for (size_t p = 0; p < frame->periods; p++) {
        for (size_t i = 0; i < r->part_count; i++) {
            double yes = 0, no = 0;
            pl_reviewed_part *to = &r->parts[r->parts[i].same_as];
            pl_evaluation_value(r->evaluation, r->parts[i].part.yes, p * frame->units, &yes);
            pl_evaluation_value(r->evaluation, r->parts[i].part.no, p * frame->units, &no);
            to->yes += frame->scored[p] ? yes : 0;
            to->no += frame->scored[p] ? no : 0;
            to->yes_other += frame->scored[p] ? 0 : yes;
        }
    }
    return pl_evaluation_status(r->evaluation);
}

static pl_status review_data(pl_reviewing *r, pl_pool *pool) {
    if (too_large(r)) {
        pl_reviewing_tell(r, PL_NOTE, "N506", PL_NO_INDEX, (pl_place){.file = r->compiled->dataset->data_name},
                          "more than %u values: what the review asks of data was left out", MOST_CELLS);
        return PL_OK;
    }
    pl_status status = choose_rows(r);
    if (status == PL_OK) status = make_nodes(r);
    if (status == PL_OK) status = pl_review_collect_parts(r);
    if (status == PL_OK) status = evaluate(r, pool);
    if (status == PL_OK) status = count_parts(r);
    if (status != PL_OK) return status;
    pl_review_parts(r);
    pl_review_peers(r);
    pl_review_values(r);
    pl_review_relations(r);
    return PL_OK;
}

pl_status pl_review(pl_compiled *compiled, pl_pool *pool, pl_problems *problems) {
    pl_reviewing r = {.compiled = compiled, .model = compiled->model, .problems = problems};
    r.shares = malloc((r.model->indicator_count + 1) * sizeof *r.shares);
    r.said = malloc((r.model->indicator_count + 1) * sizeof *r.said);
    pl_status status = r.shares && r.said ? PL_OK : PL_MEMORY;
    if (status == PL_OK) {
        pl_model_shares(r.model, r.shares, r.said);
        pl_review_weights(&r);
        pl_review_texts(&r);
        status = r.worst == PL_OK ? review_data(&r, pool) : r.worst;
    }
    pl_evaluation_free(r.evaluation);
    free(r.shares);
    free(r.said);
    free(r.nodes);
    free(r.rows);
    free(r.leaves);
    free(r.parts);
    free(r.scratch);
    return pl_status_worse(status, r.worst);
}
