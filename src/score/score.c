#include <plumbline/score/score.h>

#include "score/rank.h"
#include "score/run.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

static bool is_asked_for(const pl_model *model, size_t index, pl_score_nodes nodes) {
    return index == 0 || nodes == PL_NODES_ALL || (nodes == PL_NODES_GROUPS && model->indicators[index].child_count > 0);
}

static pl_status choose_nodes(pl_scores *scores, pl_score_nodes nodes) {
    const pl_model *model = scores->compiled->model;
    scores->nodes = malloc((model->indicator_count + 1) * sizeof *scores->nodes);
    if (!scores->nodes) return PL_MEMORY;
    for (size_t i = 0; i < model->indicator_count; i++)
        if (is_asked_for(model, i, nodes)) scores->nodes[scores->node_count++] = i;
    return PL_OK;
}

static pl_status evaluate(pl_scores *scores, pl_compiled *compiled, pl_pool *pool, pl_problems *problems) {
    const pl_settings *s = &compiled->model->settings;
    size_t grades = compiled->model->grade_count;
    pl_node *wanted = malloc((scores->node_count + s->tie_break_count + grades + 1) * sizeof *wanted);
    if (!wanted) return PL_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < scores->node_count; i++) wanted[count++] = compiled->nodes[scores->nodes[i]].score;
    for (size_t i = 0; i < s->tie_break_count; i++) wanted[count++] = compiled->nodes[s->tie_break[i]].score;
    for (size_t i = 0; i < grades; i++)
        if (compiled->barred[i]) wanted[count++] = compiled->barred[i];
    pl_status status = pl_run(&scores->evaluation, compiled, wanted, count, pool, problems);
    free(wanted);
    return status;
}

pl_status pl_score(pl_scores **out, pl_compiled *compiled, pl_score_nodes nodes, pl_pool *pool, pl_problems *problems) {
    *out = NULL;
    pl_scores *scores = calloc(1, sizeof *scores);
    if (!scores) return PL_MEMORY;
    scores->compiled = compiled;
    pl_status status = choose_nodes(scores, nodes);
    if (status == PL_OK) status = evaluate(scores, compiled, pool, problems);
    if (status == PL_OK) status = pl_rank_lines(scores, compiled, pool);
    if (status == PL_OK) status = pl_grade_lines(scores);
    if (status == PL_OK)
        *out = scores;
    else
        pl_scores_free(scores);
    return status;
}

void pl_scores_free(pl_scores *scores) {
    if (!scores) return;
    pl_evaluation_free(scores->evaluation);
    free(scores->nodes);
    free(scores->lines);
    free(scores);
}

bool pl_scores_value(const pl_scores *scores, size_t column, const pl_score_line *line, double *out) {
    const pl_compiled *c = scores->compiled;
    const uint64_t *present;
    if (column == 0) { /* the root's, which the line has */
        *out = line->total;
        return line->has_total;
    }
    const double *values = pl_evaluation_column(scores->evaluation, c->nodes[scores->nodes[column]].score, &present);
    size_t row = pl_scores_row(scores, line);
    if (!values || !pl_present(present, row)) return false;
    int digits = c->model->settings.digits;
    *out = digits >= 0 ? pl_number_round(values[row], digits) : values[row];
    return true;
}
