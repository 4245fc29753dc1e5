#include <plumbline/score/score.h>

#include "score/rank.h"

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
    pl_evaluate_options options = {.pool = pool};
    size_t first = compiled->frame.periods, last = 0;
    for (size_t p = 0; p < compiled->frame.periods; p++) {
        if (!compiled->scored[p]) continue;
        if (first > p) first = p;
        last = p;
    }
    if (!compiled->spans_periods) {
        options.first_period = first;
        options.period_count = last - first + 1;
    }
    pl_status status = pl_evaluate(&scores->evaluation, compiled->program, &compiled->frame, wanted, count, &options, problems);
    free(wanted);
    return status;
}

/* The indicator whose value, points or score a node is, or PL_NO_INDEX. */
static size_t indicator_of(const pl_compiled *c, pl_node node) {
    for (size_t i = 0; i < c->model->indicator_count; i++)
        if (c->nodes[i].value == node || c->nodes[i].points == node || c->nodes[i].score == node) return i;
    return PL_NO_INDEX;
}

static pl_status report(const pl_compiled *c, const pl_incident *incident, pl_problems *problems) {
    static const struct {
        pl_level level;
        const char *code, *text;
    } kinds[] = {
        [PL_INCIDENT_DIVISION] = {PL_WARNING, "W401", "division by zero gives no value"},
        [PL_INCIDENT_OVERFLOW] = {PL_WARNING, "W402", "the result is too large to be a number, so there is no value"},
        [PL_INCIDENT_DOMAIN] = {PL_WARNING, "W403", "a root or logarithm of a number that has none gives no value"},
        [PL_INCIDENT_NOT_POSITIVE] = {PL_ERROR, "E404",
                                      "a geometric mean needs values above 0, a harmonic mean values other than 0"},
        [PL_INCIDENT_REQUIRED] = {PL_ERROR, "E405", "the value is missing, and the indicator says missing = fail"},
    };
    const pl_dataset *d = c->dataset;
    size_t unit = incident->first_row % c->frame.units, period = incident->first_row / c->frame.units;
    size_t index = indicator_of(c, incident->node);
    pl_place place = {incident->place_file.at, incident->place_row, incident->place_field.at, incident->place_column};
    if (index != PL_NO_INDEX) {
        const pl_indicator *node = &c->model->indicators[index];
        place = pl_indicator_place(c->model, node, incident->place_field.len ? incident->place_field.at : NULL);
    }
    pl_str code = index == PL_NO_INDEX ? (pl_str){0} : c->model->indicators[index].code;
    pl_str label = d->periods[period];
    return pl_problem_add(
        problems, kinds[incident->kind].level, kinds[incident->kind].code, place, "%s%.*s%s%s (%zu %s, the first: unit %.*s%s%.*s)",
        code.len ? "\"" : "", PL_ARG(code), code.len ? "\": " : "", kinds[incident->kind].text, incident->rows,
        incident->rows == 1 ? "unit" : "units", PL_ARG(d->units[unit].code), label.len ? " in " : "", PL_ARG(label));
}

static pl_status report_all(const pl_scores *scores, pl_problems *problems) {
    size_t count;
    const pl_incident *incidents = pl_evaluation_incidents(scores->evaluation, &count);
    pl_status worst = PL_OK;
    for (size_t i = 0; i < count; i++) {
        pl_status status = report(scores->compiled, &incidents[i], problems);
        if (status != PL_OK) worst = status;
    }
    return worst;
}

pl_status pl_score(pl_scores **out, pl_compiled *compiled, pl_score_nodes nodes, pl_pool *pool, pl_problems *problems) {
    *out = NULL;
    pl_scores *scores = calloc(1, sizeof *scores);
    if (!scores) return PL_MEMORY;
    scores->compiled = compiled;
    pl_status status = choose_nodes(scores, nodes);
    if (status == PL_OK) status = evaluate(scores, compiled, pool, problems);
    if (status == PL_OK) status = report_all(scores, problems);
    if (status == PL_OK) status = pl_rank_lines(scores, compiled);
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
    const double *values = pl_evaluation_column(scores->evaluation, c->nodes[scores->nodes[column]].score, &present);
    size_t row = pl_scores_row(scores, line);
    if (!values || !pl_present(present, row)) return false;
    int digits = c->model->settings.digits;
    *out = digits >= 0 ? pl_number_round(values[row], digits) : values[row];
    return true;
}
