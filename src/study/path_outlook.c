/* The model with some values changed: evaluated, ranked, and put back. */
#include "score/rank.h"
#include "study/pathing.h"

#include <stdlib.h>
#include <time.h>

double pl_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double *pl_outlook_numbers(pl_outlook *o, size_t element) {
    const pl_dataset *d = o->compiled->dataset;
    if (o->changed[element]) return o->changed[element];
    size_t rows = d->unit_count * d->period_count;
    double *copy = malloc((rows + 1) * sizeof *copy);
    if (!copy) return NULL;
    for (size_t row = 0; row < rows; row++) copy[row] = pl_element_number(&d->elements[element], row);
    o->columns[element].numbers = copy;
    o->columns[element].scaled = NULL;
    return o->changed[element] = copy;
}

static pl_status list_wanted(pl_outlook *o) {
    const pl_settings *s = &o->compiled->model->settings;
    o->wanted = malloc((s->tie_break_count + 1) * sizeof *o->wanted);
    if (!o->wanted) return PL_MEMORY;
    o->wanted[o->wanted_count++] = o->compiled->nodes[0].score;
    for (size_t i = 0; i < s->tie_break_count; i++) o->wanted[o->wanted_count++] = o->compiled->nodes[s->tie_break[i]].score;
    return PL_OK;
}

pl_status pl_outlook_open(pl_outlook *o, pl_compiled *compiled, const pl_score_line *line, bool among_group, pl_move *moves,
                          size_t move_count, bool trend) {
    *o = (pl_outlook){.compiled = compiled,
                      .unit = line->unit,
                      .period = line->period,
                      .among_group = among_group,
                      .moves = moves,
                      .move_count = move_count,
                      .frame = compiled->frame};
    size_t elements = compiled->dataset->element_count;
    pl_arena_init(&o->arena, 0);
    o->columns = malloc((elements + 1) * sizeof *o->columns);
    o->changed = calloc(elements + 1, sizeof *o->changed);
    if (!o->columns || !o->changed) return PL_MEMORY;
    memcpy(o->columns, compiled->columns, elements * sizeof *o->columns);
    o->frame.columns = o->columns;
    pl_status status = list_wanted(o);
    for (size_t i = 0; i < move_count && status == PL_OK; i++)
        if (!pl_outlook_numbers(o, moves[i].element)) status = PL_MEMORY;
    return status == PL_OK && trend ? pl_outlook_trend(o) : status;
}

void pl_outlook_close(pl_outlook *o) {
    for (size_t i = 0; o->changed && i < o->compiled->dataset->element_count; i++) free(o->changed[i]);
    free(o->changed);
    free(o->columns);
    free(o->wanted);
    pl_arena_free(&o->arena);
    *o = (pl_outlook){0};
}

void pl_outlook_set(pl_outlook *o, const double *values) {
    size_t row = o->period * o->frame.units + o->unit;
    for (size_t i = 0; i < o->move_count; i++) o->changed[o->moves[i].element][row] = values[i];
}

pl_status pl_outlook_evaluate(pl_outlook *o, const pl_node *wanted, size_t count, pl_evaluation **out) {
    pl_evaluate_options options = {0};
    if (!o->compiled->spans_periods) {
        options.first_period = o->period;
        options.period_count = 1;
    }
    o->evaluations++;
    return pl_evaluate(out, o->compiled->program, &o->frame, wanted, count, &options, NULL);
}

pl_status pl_outlook_rank(pl_outlook *o, const double *values, pl_scores **out) {
    *out = NULL;
    pl_scores *scores = calloc(1, sizeof *scores);
    if (!scores) return PL_MEMORY;
    scores->compiled = o->compiled;
    pl_outlook_set(o, values);
    pl_status status = pl_outlook_evaluate(o, o->wanted, o->wanted_count, &scores->evaluation);
    if (status == PL_OK) status = pl_rank_lines(scores, o->compiled, NULL);
    if (status == PL_OK)
        *out = scores;
    else
        pl_scores_free(scores);
    return status;
}

pl_status pl_outlook_judge(pl_outlook *o, const double *values, pl_judgement *out) {
    pl_scores *scores;
    *out = (pl_judgement){0};
    pl_status status = pl_outlook_rank(o, values, &scores);
    for (size_t i = 0; status == PL_OK && i < scores->line_count; i++) {
        const pl_score_line *line = &scores->lines[i];
        if (line->unit != o->unit || line->period != o->period) continue;
        *out = (pl_judgement){line->has_total, line->total, o->among_group ? line->group_rank : line->rank};
    }
    pl_scores_free(scores);
    return status;
}
