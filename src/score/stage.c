#include <plumbline/score/stage.h>

#include "score/run.h"

#include <stdlib.h>

static bool choose_indicators(pl_staged *s) {
    const pl_model *model = s->compiled->model;
    s->indicators = malloc((model->indicator_count + 1) * sizeof *s->indicators);
    for (size_t i = 0; s->indicators && i < model->indicator_count; i++)
        if (!model->indicators[i].child_count || s->stage == PL_STAGE_AGGREGATED) s->indicators[s->indicator_count++] = i;
    return s->indicators;
}

static bool is_left_out(const pl_staged *s, size_t row) {
    if (!s->compiled->kept || s->stage < PL_STAGE_SCREENED) return false;
    const double *kept = pl_evaluation_column(s->evaluation, s->compiled->kept, NULL);
    return kept[row] == 0;
}

/* A row is listed where the unit reported, or something was computed for it. */
static bool is_listed(const pl_staged *s, size_t row) {
    double value;
    bool listed = pl_present(s->compiled->dataset->reported, row);
    for (size_t i = 0; i < s->indicator_count && !listed; i++) listed = pl_staged_value(s, i, row, &value);
    return listed && !is_left_out(s, row);
}

static bool choose_rows(pl_staged *s) {
    const pl_compiled *c = s->compiled;
    size_t units = c->frame.units, rows = units * c->frame.periods;
    s->rows = malloc((rows + 1) * sizeof *s->rows);
    for (size_t row = 0; s->rows && row < rows; row++)
        if (c->scored[row / units] && is_listed(s, row)) s->rows[s->row_count++] = row;
    return s->rows;
}

static pl_status evaluate(pl_staged *s, pl_compiled *compiled, pl_pool *pool, pl_problems *problems) {
    pl_node *wanted = malloc((s->indicator_count + 1) * sizeof *wanted);
    if (!wanted) return PL_MEMORY;
    for (size_t i = 0; i < s->indicator_count; i++) wanted[i] = pl_compiled_stage(compiled, s->indicators[i], s->stage);
    pl_status status = pl_run(&s->evaluation, compiled, wanted, s->indicator_count, pool, problems);
    free(wanted);
    return status;
}

pl_status pl_stage_values(pl_staged **out, pl_compiled *compiled, pl_stage stage, pl_pool *pool, pl_problems *problems) {
    *out = NULL;
    pl_staged *s = calloc(1, sizeof *s);
    if (!s) return PL_MEMORY;
    s->compiled = compiled;
    s->stage = stage;
    pl_status status = choose_indicators(s) ? evaluate(s, compiled, pool, problems) : PL_MEMORY;
    if (status == PL_OK && !choose_rows(s)) status = PL_MEMORY;
    if (status == PL_OK)
        *out = s;
    else
        pl_staged_free(s);
    return status;
}

void pl_staged_free(pl_staged *s) {
    if (!s) return;
    pl_evaluation_free(s->evaluation);
    free(s->indicators);
    free(s->rows);
    free(s);
}

bool pl_staged_value(const pl_staged *s, size_t column, size_t row, double *out) {
    const uint64_t *present;
    const double *values =
        pl_evaluation_column(s->evaluation, pl_compiled_stage(s->compiled, s->indicators[column], s->stage), &present);
    *out = values ? values[row] : 0;
    return values && pl_present(present, row);
}
