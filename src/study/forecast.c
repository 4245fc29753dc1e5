#include "study/forecasting.h"

#include <plumbline/base/date.h>

#include <stdlib.h>

/* ---- series ---- */

static pl_status list_series(pl_forecast *f, const pl_model *model) {
    static const pl_period_kind kinds[] = {PL_PERIOD_YEAR, PL_PERIOD_HALF, PL_PERIOD_QUARTER, PL_PERIOD_MONTH};
    pl_forecast_models *m = f->models;
    size_t room = m->today_data->element_count * 4 + 1;
    int64_t until = pl_period_end(m->target);
    f->series = pl_arena_array(&f->arena, room, sizeof *f->series);
    m->series = calloc(room, sizeof *m->series);
    if (!f->series || !m->series) return PL_MEMORY;
    pl_status status = PL_OK;
    for (size_t i = 0; i < m->today_data->element_count; i++) {
        for (size_t k = 0; k < 4 && status == PL_OK; k++) {
            bool any;
            pl_series *to = &m->series[m->count];
            status = pl_series_make(to, model, m->today_data, i, kinds[k], until, &f->series[m->count], &any);
            if (status == PL_OK && any)
                m->count++;
            else
                pl_series_free(to);
        }
    }
    f->series_count = m->count;
    return status;
}

typedef struct forecasting {
    pl_series *series;
    pl_forecast_method method;
    pl_status *status;
} forecasting;

static void forecast_one(void *context, size_t index, unsigned worker) {
    (void)worker;
    forecasting *x = context;
    x->status[index] = pl_series_forecast(&x->series[index], x->method);
}

static pl_status forecast_series(pl_forecast *f, const pl_forecast_options *options) {
    pl_forecast_models *m = f->models;
    forecasting x = {m->series, options->method, calloc(m->count + 1, sizeof *x.status)};
    if (!x.status) return PL_MEMORY;
    pl_pool_run(options->pool, m->count, forecast_one, &x);
    pl_status status = PL_OK;
    for (size_t i = 0; i < m->count; i++) status = pl_status_worse(status, x.status[i]);
    free(x.status);
    return status;
}

/* ---- data ---- */

static pl_status make_today(pl_forecast *f, const pl_dataset *data) {
    pl_forecast_models *m = f->models;
    pl_extension by = {.periods = &f->now, .period_count = 1, .end = m->limit};
    return pl_dataset_extended(&m->today_data, data, &by);
}

static bool add_label(pl_forecast *f, pl_period period, pl_str *labels, size_t *count) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_period_write(period, &text);
    bool known = false;
    for (size_t i = 0; i < *count && !known; i++) known = !text.failed && pl_str_equal(labels[i], pl_buffer_view(&text));
    bool good = !text.failed && (known || pl_str_copy(&labels[*count], &f->arena, pl_buffer_view(&text)));
    if (good && !known) ++*count;
    pl_buffer_free(&text);
    return good;
}

/* The periods that are forecast, and the one that is scored. */
static pl_status list_labels(pl_forecast *f, pl_str **out, size_t *count) {
    const pl_forecast_models *m = f->models;
    size_t room = 1;
    for (size_t i = 0; i < m->count; i++) room += m->series[i].ahead;
    pl_str *labels = *out = calloc(room, sizeof *labels);
    if (!labels) return PL_MEMORY;
    bool good = add_label(f, m->target, labels, count);
    for (size_t i = 0; i < m->count; i++) {
        const pl_series *s = &m->series[i];
        for (int64_t t = s->end - (int64_t)s->ahead + 1; t <= s->end && good; t++)
            if (s->expected[pl_series_slot(s, t)]) good = add_label(f, pl_period_numbered(s->facts->kind, t), labels, count);
    }
    return good ? PL_OK : PL_MEMORY;
}

static size_t find_period(const pl_dataset *d, pl_period period) {
    for (size_t p = 0; p < d->period_count; p++) {
        pl_period have = pl_period_parse(d->periods[p]);
        if (have.kind == period.kind && pl_period_ordinal(have) == pl_period_ordinal(period)) return p;
    }
    return PL_NO_INDEX;
}

static void put_series(pl_dataset *d, const pl_series *s) {
    for (size_t at = 0; at < s->ahead; at++) {
        size_t period = find_period(d, pl_period_numbered(s->facts->kind, s->end - (int64_t)at));
        for (size_t unit = 0; period != PL_NO_INDEX && unit < s->units; unit++) {
            double value = s->forecast[unit * s->ahead + at];
            if (!isnan(value)) pl_dataset_put(d, s->facts->element, period * d->unit_count + unit, value);
        }
    }
}

static pl_status make_then(pl_forecast *f) {
    pl_forecast_models *m = f->models;
    pl_str *labels = NULL;
    size_t count = 0;
    pl_status status = list_labels(f, &labels, &count);
    pl_extension by = {.periods = labels, .period_count = count, .ballots_from = f->now, .ballots_to = f->to};
    if (status == PL_OK) status = pl_dataset_extended(&m->then_data, m->today_data, &by);
    for (size_t i = 0; status == PL_OK && i < m->count; i++) put_series(m->then_data, &m->series[i]);
    free(labels);
    return status;
}

/* ---- scores ---- */

/* Of the year's end only errors are told: the rest was said of today's data, or is about values that nobody reported. */
static pl_status score_then(pl_forecast *f, pl_pool *pool, pl_problems *problems) {
    pl_forecast_models *m = f->models;
    pl_problems found;
    pl_problems_init(&found, 0);
    m->then_model = *m->model;
    m->then_model.settings.has_as_of = false;
    pl_status status = pl_compile(&m->then, &m->then_model, m->then_data, f->to.at, &found);
    if (status == PL_OK) status = pl_score(&m->then_scores, m->then, PL_NODES_ROOT, pool, &found);
    for (size_t i = 0; i < found.count && status != PL_MEMORY; i++) {
        const pl_problem *p = &found.items[i];
        if (p->level != PL_ERROR) continue;
        pl_status added = pl_problem_add(problems, PL_ERROR, p->code, p->place, "at the year's end: %s", p->text);
        if (added == PL_MEMORY) status = added;
    }
    pl_problems_free(&found);
    return status;
}

static pl_status score_today(pl_forecast *f, pl_pool *pool, pl_problems *problems) {
    pl_forecast_models *m = f->models;
    m->today_model = *m->model;
    if (m->limit) {
        m->today_model.settings.has_as_of = true;
        m->today_model.settings.as_of_date = pl_date_number((int32_t)(m->limit / 12), (int32_t)(m->limit % 12) + 1, 1) - 1;
    }
    pl_status status = pl_compile(&m->today, &m->today_model, m->today_data, f->now.at, problems);
    return status == PL_OK ? pl_score(&m->today_scores, m->today, PL_NODES_ROOT, pool, problems) : status;
}

/* ---- lines ---- */

static pl_status make_lines(pl_forecast *f) {
    const pl_scores *now = f->models->today_scores, *then = f->models->then_scores;
    const pl_score_line **of = calloc(f->models->today->frame.units + 1, sizeof *of);
    f->lines = pl_arena_array(&f->arena, then->line_count + 1, sizeof *f->lines);
    if (!of || !f->lines) {
        free(of);
        return PL_MEMORY;
    }
    for (size_t i = 0; i < now->line_count; i++) of[now->lines[i].unit] = &now->lines[i];
    for (size_t i = 0; i < then->line_count; i++) {
        const pl_score_line *line = &then->lines[i], *today = of[line->unit];
        pl_forecast_line *to = &f->lines[f->line_count++];
        *to = (pl_forecast_line){.unit = line->unit,
                                 .has_then = line->has_total,
                                 .then = line->total,
                                 .rank_then = line->rank,
                                 .total = {NAN, NAN},
                                 .rank = {NAN, NAN},
                                 .keeps = NAN,
                                 .first = NAN};
        to->has_now = today && today->has_total;
        if (!to->has_now) continue;
        to->now = today->total;
        to->rank_now = today->rank;
    }
    free(of);
    return PL_OK;
}

double pl_forecast_value(const pl_scores *scores, pl_node node, size_t unit) {
    const pl_compiled *c = scores->compiled;
    double value;
    size_t period = 0;
    while (!c->scored[period]) period++;
    return pl_evaluation_value(scores->evaluation, node, period * c->frame.units + unit, &value) ? value : NAN;
}

static pl_status make_leaves(pl_forecast *f, size_t unit) {
    const pl_forecast_models *m = f->models;
    if (unit == PL_NO_INDEX) return PL_OK;
    f->leaves = pl_arena_array(&f->arena, m->model->indicator_count, sizeof *f->leaves);
    if (!f->leaves) return PL_MEMORY;
    for (size_t i = 0; i < m->model->indicator_count; i++) {
        if (m->model->indicators[i].child_count) continue;
        f->leaves[f->leaf_count++] =
            (pl_forecast_leaf){.indicator = i,
                               .now = pl_forecast_value(m->today_scores, m->today->nodes[i].value, unit),
                               .then = pl_forecast_value(m->then_scores, m->then->nodes[i].value, unit),
                               .points_now = pl_forecast_value(m->today_scores, m->today->nodes[i].score, unit),
                               .points = pl_forecast_value(m->then_scores, m->then->nodes[i].score, unit),
                               .value = {NAN, NAN},
                               .score = {NAN, NAN}};
    }
    return pl_status_worse(pl_evaluation_status(m->today_scores->evaluation), pl_evaluation_status(m->then_scores->evaluation));
}

/* ---- all of it ---- */

static pl_status tell_unknown(const pl_forecast *f, pl_problems *problems) {
    const pl_forecast_models *m = f->models;
    pl_str rest = m->model->settings.cumulative, item;
    pl_status status = PL_OK;
    while (pl_list_next(&rest, &item) && status == PL_OK) {
        bool known = pl_str_is_fold(item, "none") || pl_str_is(item, "无");
        for (size_t i = 0; i < m->today_data->element_count; i++) known |= pl_str_equal(m->today_data->elements[i].name, item);
        if (!known)
            status = pl_problem_add(problems, PL_WARNING, "W851", (pl_place){.file = "settings"},
                                    "the setting cumulative names \"%.*s\", which no rule uses", PL_ARG(item));
    }
    return status;
}

static pl_status make(pl_forecast *f, const pl_dataset *data, const pl_forecast_options *options, pl_problems *problems) {
    pl_status status = pl_forecast_span(f, data, options, problems);
    if (status == PL_OK) status = make_today(f, data);
    if (status == PL_OK) status = tell_unknown(f, problems);
    if (status == PL_OK) status = score_today(f, options->pool, problems);
    if (status == PL_OK) status = list_series(f, f->models->model);
    if (status == PL_OK) status = forecast_series(f, options);
    if (status == PL_OK) status = make_then(f);
    if (status == PL_OK) status = score_then(f, options->pool, problems);
    if (status == PL_OK) status = make_lines(f);
    if (status == PL_OK) status = make_leaves(f, options->unit);
    if (status == PL_OK) status = pl_forecast_light(f, options->unit, options->pool, problems);
    if (status == PL_OK) status = pl_forecast_simulate(f, options);
    return status;
}

pl_status pl_forecast_make(pl_forecast **out, const pl_model *model, const pl_dataset *dataset, const pl_forecast_options *options,
                           pl_problems *problems) {
    *out = NULL;
    pl_forecast *f = calloc(1, sizeof *f);
    if (!f) return PL_MEMORY;
    pl_arena_init(&f->arena, 0);
    f->models = calloc(1, sizeof *f->models);
    pl_status status = f->models ? PL_OK : PL_MEMORY;
    if (f->models) f->models->model = model;
    if (status == PL_OK) status = make(f, dataset, options, problems);
    if (status == PL_OK)
        *out = f;
    else
        pl_forecast_free(f);
    return status;
}

void pl_forecast_free(pl_forecast *f) {
    if (!f) return;
    pl_forecast_models *m = f->models;
    if (m) {
        pl_scores_free(m->today_scores);
        pl_scores_free(m->then_scores);
        pl_compiled_free(m->today);
        pl_compiled_free(m->then);
        pl_dataset_free(m->then_data);
        pl_dataset_free(m->today_data);
        for (size_t i = 0; m->series && i < m->count; i++) pl_series_free(&m->series[i]);
        free(m->series);
        free(m);
    }
    pl_arena_free(&f->arena);
    free(f);
}

const pl_dataset *pl_forecast_data(const pl_forecast *f) { return f->models->then_data; }
