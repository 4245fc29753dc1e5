/* How units came to where they stand, and how they go on: the model's own scores of every period, today and the year's end. */
#include "study/forecasting.h"

#include "score/rank.h"

#include <stdlib.h>

typedef struct finding {
    pl_forecast_course *out;
    const pl_forecast *f;
    const pl_forecast_models *m;
    const pl_course_options *options;
    pl_dataset *data; /* that of the year's end, and the earlier periods of the kind that is scored */
    pl_compiled *compiled;
    pl_evaluation *evaluation;
    size_t *rows; /* per period of the course: its place among those of the data */
} finding;

static pl_period period_at(const pl_dataset *d, size_t p) { return pl_period_parse(d->periods[p]); }

/* ---- periods ---- */

/* Whether the data goes back to the beginning of a period. */
static bool has_beginning(const pl_dataset *d, pl_period period) {
    for (size_t p = 0; p < d->period_count; p++) {
        pl_period part = period_at(d, p);
        if (pl_period_contains(period, part) && pl_period_begin(part) == pl_period_begin(period)) return true;
    }
    return false;
}

static pl_status add_label(finding *x, pl_period period, pl_str *to) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_period_write(period, &text);
    bool good = !text.failed && pl_str_copy(to, &x->out->arena, pl_buffer_view(&text));
    pl_buffer_free(&text);
    return good ? PL_OK : PL_MEMORY;
}

/* Years are scored of which the data has the months only: those before this one come in as well. */
static pl_status extend(finding *x) {
    const pl_dataset *then = x->m->then_data;
    int64_t last = pl_period_ordinal(x->m->target), first = last;
    for (size_t p = 0; p < then->period_count; p++) {
        pl_period have = period_at(then, p);
        if (have.kind == PL_PERIOD_OTHER) continue;
        int64_t ordinal = pl_period_ordinal((pl_period){x->m->target.kind, have.year, 1});
        if (ordinal < first) first = ordinal;
    }
    size_t count = 0;
    pl_str *labels = pl_arena_array(&x->out->arena, (size_t)(last - first) + 1, sizeof *labels);
    pl_status status = labels ? PL_OK : PL_MEMORY;
    for (int64_t ordinal = first; ordinal < last && status == PL_OK; ordinal++) {
        pl_period period = pl_period_numbered(x->m->target.kind, ordinal);
        if (has_beginning(then, period)) status = add_label(x, period, &labels[count++]);
    }
    return status == PL_OK ? pl_dataset_extended(&x->data, then, &(pl_extension){.periods = labels, .period_count = count})
                           : status;
}

/* The periods of the kind that is scored, up to the one that is forecast. */
static pl_status list_periods(finding *x) {
    const pl_dataset *d = x->data;
    x->out->periods = pl_arena_array(&x->out->arena, d->period_count + 1, sizeof *x->out->periods);
    x->rows = malloc((d->period_count + 1) * sizeof *x->rows);
    if (!x->out->periods || !x->rows) return PL_MEMORY;
    for (size_t p = 0; p < d->period_count; p++) {
        pl_period have = period_at(d, p);
        bool wanted = have.kind == x->m->target.kind && pl_period_ordinal(have) <= pl_period_ordinal(x->m->target);
        if (wanted && !pl_str_copy(&x->out->periods[x->out->count], &x->out->arena, d->periods[p])) return PL_MEMORY;
        if (wanted) x->rows[x->out->count++] = p;
    }
    return PL_OK;
}

/* ---- scores ---- */

/* Nothing is told of what cannot be computed: earlier periods may have had less data, and the rest was told of the forecast. */
static pl_status evaluate(finding *x) {
    pl_problems untold;
    pl_problems_init(&untold, 1);
    pl_status status = pl_compile(&x->compiled, &x->m->then_model, x->data, "all", &untold);
    pl_problems_free(&untold);
    if (status != PL_OK) return status;
    const pl_indicator_nodes *nodes = x->compiled->nodes;
    const pl_settings *s = &x->m->model->settings;
    size_t count = 0;
    pl_node *wanted = malloc((s->tie_break_count + 2) * sizeof *wanted);
    if (!wanted) return PL_MEMORY;
    wanted[count++] = nodes[0].score;
    for (size_t i = 0; i < s->tie_break_count; i++) wanted[count++] = nodes[s->tie_break[i]].score;
    if (x->options->indicator != PL_NO_INDEX) wanted[count++] = nodes[x->options->indicator].value;
    pl_evaluate_options how = {.pool = x->options->pool, .quiet = true};
    status = pl_evaluate(&x->evaluation, x->compiled->program, &x->compiled->frame, wanted, count, &how, NULL);
    free(wanted);
    return status;
}

/* Puts a number of a period to what is known or what is expected. */
static void put(const finding *x, size_t unit, size_t period, double value) {
    bool past = pl_period_compare(x->out->periods[period], x->f->now) <= 0;
    (past ? x->out->known : x->out->expected)[unit * x->out->count + period] = value;
}

static void put_values(finding *x) {
    const pl_course_options *o = x->options;
    pl_node node = x->compiled->nodes[o->indicator].value;
    for (size_t i = 0; i < o->unit_count; i++) {
        for (size_t p = 0; p < x->out->count; p++) {
            double value;
            size_t row = x->rows[p] * x->data->unit_count + o->units[i];
            put(x, i, p, pl_evaluation_value(x->evaluation, node, row, &value) ? value : NAN);
        }
    }
}

static void put_total(const finding *x, size_t unit, const pl_score_line *line) {
    for (size_t p = 0; line->has_total && p < x->out->count; p++)
        if (x->rows[p] == line->period) put(x, unit, p, line->total);
}

/* Totals as they are published, which ranking sees to. */
static pl_status put_totals(finding *x) {
    const pl_course_options *o = x->options;
    pl_scores scores = {.compiled = x->compiled, .evaluation = x->evaluation};
    pl_status status = pl_rank_lines(&scores, x->compiled, o->pool);
    for (size_t i = 0; status == PL_OK && i < scores.line_count; i++)
        for (size_t unit = 0; unit < o->unit_count; unit++)
            if (o->units[unit] == scores.lines[i].unit) put_total(x, unit, &scores.lines[i]);
    free(scores.lines);
    return status;
}

/* Today and the year's end are what the forecast says they are: today a period may be under way. */
static void put_forecast(finding *x) {
    const pl_forecast *f = x->f;
    const pl_course_options *o = x->options;
    size_t last = x->out->count - 1;
    for (size_t i = 0; i < o->unit_count; i++) {
        double now = NAN, then = NAN;
        for (size_t k = 0; o->indicator == PL_NO_INDEX && k < f->line_count; k++) {
            if (f->lines[k].unit != o->units[i]) continue;
            if (f->lines[k].has_now) now = f->lines[k].now;
            if (f->lines[k].has_then) then = f->lines[k].then;
        }
        if (o->indicator != PL_NO_INDEX) {
            now = pl_forecast_value(x->m->today_scores, x->m->today->nodes[o->indicator].value, o->units[i]);
            then = pl_forecast_value(x->m->then_scores, x->m->then->nodes[o->indicator].value, o->units[i]);
        }
        for (size_t p = 0; p <= last; p++)
            if (pl_period_same(x->out->periods[p], f->now)) x->out->known[i * x->out->count + p] = now;
        x->out->expected[i * x->out->count + last] = then;
    }
}

static bool is_empty(const pl_forecast_course *c, size_t units, size_t period) {
    for (size_t i = 0; i < units; i++)
        if (!isnan(c->known[i * c->count + period]) || !isnan(c->expected[i * c->count + period])) return false;
    return true;
}

static pl_status fill(finding *x) {
    pl_forecast_course *out = x->out;
    size_t cells = x->options->unit_count * out->count;
    out->known = pl_arena_array(&out->arena, cells + 1, sizeof *out->known);
    out->expected = pl_arena_array(&out->arena, cells + 1, sizeof *out->expected);
    if (!out->known || !out->expected) return PL_MEMORY;
    for (size_t i = 0; i < cells; i++) out->known[i] = out->expected[i] = NAN;
    pl_status status = PL_OK;
    if (x->options->indicator == PL_NO_INDEX)
        status = put_totals(x);
    else
        put_values(x);
    if (status == PL_OK && out->count) put_forecast(x);
    while (out->first < out->count && is_empty(out, x->options->unit_count, out->first)) out->first++;
    const pl_evaluation *const read[] = {x->evaluation, x->m->today_scores->evaluation, x->m->then_scores->evaluation};
    for (size_t i = 0; i < 3; i++) status = pl_status_worse(status, pl_evaluation_status(read[i]));
    return status;
}

pl_status pl_forecast_course_find(pl_forecast_course *out, const pl_forecast *forecast, const pl_course_options *options) {
    *out = (pl_forecast_course){0};
    pl_arena_init(&out->arena, 0);
    finding x = {.out = out, .f = forecast, .m = forecast->models, .options = options};
    pl_status status = extend(&x);
    if (status == PL_OK) status = list_periods(&x);
    if (status == PL_OK) status = evaluate(&x);
    if (status == PL_OK) status = fill(&x);
    pl_evaluation_free(x.evaluation);
    pl_compiled_free(x.compiled);
    pl_dataset_free(x.data);
    free(x.rows);
    return status;
}

void pl_forecast_course_free(pl_forecast_course *course) {
    pl_arena_free(&course->arena);
    *course = (pl_forecast_course){0};
}
