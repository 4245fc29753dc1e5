#include "score/run.h"

#include <stdlib.h>

/* ---- what happened ---- */

/* The indicator that has a node at one of its stages, or PL_NO_INDEX. */
static size_t indicator_of(const pl_compiled *c, pl_node node) {
    for (size_t i = 0; i < c->model->indicator_count; i++)
        for (pl_stage stage = PL_STAGE_VALUE; stage <= PL_STAGE_AGGREGATED; stage++)
            if (pl_compiled_stage(c, i, stage) == node) return i;
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

static pl_status report_incidents(const pl_compiled *c, const pl_evaluation *evaluation, pl_problems *problems) {
    size_t count;
    const pl_incident *incidents = pl_evaluation_incidents(evaluation, &count);
    pl_status worst = PL_OK;
    for (size_t i = 0; i < count; i++) {
        pl_status status = report(c, &incidents[i], problems);
        if (status != PL_OK) worst = status;
    }
    return worst;
}

/* ---- who was left out ---- */

#define MOST_NAMES 50

static bool is_left_out(const pl_compiled *c, const pl_evaluation *evaluation, size_t row) {
    const uint64_t *present;
    const double *kept = pl_evaluation_column(evaluation, c->kept, &present);
    return pl_present(c->dataset->reported, row) && kept && pl_present(present, row) && kept[row] == 0;
}

/* Names those left out in the periods that are scored; with several periods each with its period. */
static void name_units(const pl_compiled *c, const pl_evaluation *evaluation, pl_buffer *names, size_t *out, size_t *reported) {
    const pl_dataset *d = c->dataset;
    size_t scored = 0;
    for (size_t p = 0; p < d->period_count; p++) scored += c->scored[p];
    *out = *reported = 0;
    for (size_t row = 0; row < d->period_count * d->unit_count; row++) {
        size_t period = row / d->unit_count;
        if (!c->scored[period]) continue;
        *reported += pl_present(d->reported, row);
        if (!is_left_out(c, evaluation, row) || ++*out > MOST_NAMES) continue;
        pl_buffer_print(names, "%s%.*s", *out > 1 ? ", " : "", PL_ARG(d->units[row % d->unit_count].name));
        if (scored > 1) pl_buffer_print(names, " (%.*s)", PL_ARG(d->periods[period]));
    }
    if (*out > MOST_NAMES) pl_buffer_text(names, ", ...");
}

static pl_status report_left_out(const pl_compiled *c, const pl_evaluation *evaluation, pl_problems *problems) {
    pl_buffer names;
    size_t out, reported;
    if (!c->kept) return PL_OK;
    pl_buffer_init(&names, 0);
    name_units(c, evaluation, &names, &out, &reported);
    pl_status status = names.failed ? PL_MEMORY : PL_OK;
    pl_place place = {.file = c->dataset->data_name};
    if (status == PL_OK && out)
        status =
            pl_problem_add(problems, PL_NOTE, "N341", place, "%zu unit%s left out for having fewer than %g %% of the values: %s",
                           out, out == 1 ? "" : "s", c->model->settings.screen * 100, names.at);
    if (status == PL_OK && out && out == reported)
        status = pl_problem_add(problems, PL_WARNING, "W345", place, "no unit has values enough to be scored");
    pl_buffer_free(&names);
    return status;
}

/* ---- running ---- */

/* Only the periods that are scored, unless some expression looks at others. */
static pl_evaluate_options options_for(const pl_compiled *c, pl_pool *pool) {
    pl_evaluate_options options = {.pool = pool};
    size_t first = c->frame.periods, last = 0;
    for (size_t p = 0; p < c->frame.periods; p++) {
        if (!c->scored[p]) continue;
        if (first > p) first = p;
        last = p;
    }
    if (c->spans_periods) return options;
    options.first_period = first;
    options.period_count = last - first + 1;
    return options;
}

/* The values on the way to the scores, of which an explanation tells, although a score may take none of them. */
static size_t list_asked(const pl_compiled *c, pl_node *out) {
    size_t count = 0;
    for (size_t i = 0; i < c->model->indicator_count; i++)
        for (pl_stage stage = PL_STAGE_VALUE; stage <= PL_STAGE_AGGREGATED; stage++) {
            pl_node node = pl_compiled_stage(c, i, stage);
            if (node) out[count++] = node;
        }
    return count;
}

pl_status pl_run(pl_evaluation **out, pl_compiled *compiled, pl_node *wanted, size_t count, pl_pool *pool, pl_problems *problems) {
    pl_evaluate_options options = options_for(compiled, pool);
    if (compiled->kept) wanted[count++] = compiled->kept;
    pl_node *asked = malloc((compiled->model->indicator_count * (PL_STAGE_AGGREGATED + 1) + 1) * sizeof *asked);
    if (!asked) return PL_MEMORY;
    options.asked = asked;
    options.asked_count = list_asked(compiled, asked);
    pl_status status = pl_evaluate(out, compiled->program, &compiled->frame, wanted, count, &options, problems);
    free(asked);
    if (status == PL_OK) status = report_incidents(compiled, *out, problems);
    return status == PL_OK ? report_left_out(compiled, *out, problems) : status;
}

pl_status pl_run_prepare(pl_rerun **out, pl_compiled *compiled, pl_node *wanted, size_t count, const pl_varying *varying,
                         pl_pool *pool, pl_problems *problems) {
    pl_evaluate_options options = options_for(compiled, pool);
    if (compiled->kept) wanted[count++] = compiled->kept;
    pl_status status = pl_rerun_prepare(out, compiled->program, &compiled->frame, wanted, count, varying, &options, problems);
    if (status == PL_OK) status = report_incidents(compiled, pl_rerun_base(*out), problems);
    return status == PL_OK ? report_left_out(compiled, pl_rerun_base(*out), problems) : status;
}
