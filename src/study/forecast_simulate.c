/* The band: what would come if the methods were as wrong as they were in earlier years.
 *
 * A run gives each unit the errors that some unit met in some earlier year, of all elements together where it has them all, and
 * scores the result. What a run draws depends on the seed, its number and the unit, and on nothing else, so runs may be made in any
 * order on any number of threads. */
#include "study/forecasting.h"

#include "score/rank.h"

#include <plumbline/base/random.h>

#include <stdlib.h>

#define MOST_CELLS ((size_t)50000000)

/* Columns of one thread, which a run overwrites where values are forecast. */
typedef struct bench {
    pl_input *columns;
    double **numbers; /* per element; NULL: nothing of it is forecast */
} bench;

typedef struct simulation {
    pl_forecast *f;
    const pl_forecast_options *options;
    pl_compiled *compiled;
    size_t period; /* of the year's end */
    size_t *rows;  /* per series and period to come, series_rows[s] + (end - ordinal): where its first unit stands; PL_NO_INDEX */
    size_t *series_rows;
    pl_case *joint; /* units and years whose errors are known of the most elements */
    size_t joint_count;
    bench *benches;
    size_t bench_count;
    size_t *line_of;        /* per unit; PL_NO_INDEX: none */
    double *totals, *ranks; /* run * lines + line; NAN: none */
    double *leaves;         /* run * leaves * 2: values, then scores */
    pl_node *wanted, *asked;
    size_t wanted_count, asked_count;
    pl_status *status; /* per run */
} simulation;

/* ---- chance ---- */

/* A whole number below `count` for one purpose of a unit in one run. */
static size_t draw(uint64_t seed, uint64_t run, uint64_t unit, uint64_t purpose, size_t count) {
    pl_random random = pl_random_stream(seed, purpose << 32 | unit, run);
    return (size_t)pl_random_below(&random, count);
}

/* ---- errors ---- */

/* How many elements know the errors of a unit in a year. */
static size_t count_known(const pl_forecast_models *m, size_t unit, size_t back) {
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++) {
        const pl_series *s = &m->series[i];
        count += back <= s->most_back && s->case_of[unit * s->most_back + back - 1];
    }
    return count;
}

static pl_status find_joint(simulation *x) {
    const pl_forecast_models *m = x->f->models;
    size_t units = x->compiled->frame.units, most_back = 0, best = 1;
    for (size_t i = 0; i < m->count; i++)
        if (m->series[i].most_back > most_back) most_back = m->series[i].most_back;
    x->joint = malloc((units * most_back + 1) * sizeof *x->joint);
    if (!x->joint) return PL_MEMORY;
    for (size_t unit = 0; unit < units; unit++) {
        for (size_t back = 1; back <= most_back; back++) {
            size_t known = count_known(m, unit, back);
            if (known < best) continue;
            if (known > best) x->joint_count = 0;
            best = known;
            x->joint[x->joint_count++] = (pl_case){(uint32_t)unit, (uint32_t)back};
        }
    }
    return PL_OK;
}

/* The errors that a unit meets in a run: those of the case drawn for it where this element has them, else any. NULL: none are
 * known. */
static const double *draw_errors(const simulation *x, size_t series, const pl_case *drawn, size_t run, size_t unit) {
    const pl_series *s = &x->f->models->series[series];
    size_t known = drawn && drawn->years_back <= s->most_back ? s->case_of[drawn->unit * s->most_back + drawn->years_back - 1] : 0;
    if (!known && s->case_count) known = 1 + draw(x->options->seed, run, unit, series + 1, s->case_count);
    return known ? s->errors + (known - 1) * s->ahead : NULL;
}

static double with_error(const pl_series *s, size_t unit, double forecast, double error) {
    if (isnan(error)) return forecast;
    double value = s->facts->relative ? forecast * error : forecast + error * s->scale[unit];
    value = fmin(fmax(value, s->least), s->most);
    return isfinite(value) ? value : forecast;
}

static void draw_unit(const simulation *x, const bench *b, size_t run, size_t unit) {
    const pl_forecast_models *m = x->f->models;
    const pl_case *drawn = NULL;
    if (x->joint_count) drawn = &x->joint[draw(x->options->seed, run, unit, 0, x->joint_count)];
    for (size_t i = 0; i < m->count; i++) {
        const pl_series *s = &m->series[i];
        const double *errors = draw_errors(x, i, drawn, run, unit);
        for (size_t at = 0; errors && at < s->ahead; at++) {
            double forecast = s->forecast[unit * s->ahead + at];
            size_t row = x->rows[x->series_rows[i] + at];
            if (isnan(forecast) || row == PL_NO_INDEX) continue;
            b->numbers[s->facts->element][row + unit] = with_error(s, unit, forecast, errors[at]);
        }
    }
}

/* ---- one run ---- */

static void keep_leaves(const simulation *x, const pl_evaluation *evaluation, size_t run) {
    const pl_forecast *f = x->f;
    size_t row = x->period * x->compiled->frame.units + x->options->unit;
    double *to = x->leaves + run * f->leaf_count * 2;
    for (size_t i = 0; i < x->asked_count; i++)
        if (!pl_evaluation_value(evaluation, x->asked[i], row, &to[i])) to[i] = NAN;
}

static pl_status keep_run(simulation *x, pl_evaluation *evaluation, size_t run) {
    pl_scores scores = {.compiled = x->compiled, .evaluation = evaluation};
    pl_status status = pl_rank_lines(&scores, x->compiled, NULL);
    double *totals = x->totals + run * x->f->line_count, *ranks = x->ranks + run * x->f->line_count;
    for (size_t i = 0; i < x->f->line_count; i++) totals[i] = ranks[i] = NAN;
    for (size_t i = 0; status == PL_OK && i < scores.line_count; i++) {
        size_t line = x->line_of[scores.lines[i].unit];
        if (line == PL_NO_INDEX || !scores.lines[i].has_total) continue;
        totals[line] = scores.lines[i].total;
        ranks[line] = scores.lines[i].rank;
    }
    free(scores.lines);
    if (status == PL_OK && x->asked_count) keep_leaves(x, evaluation, run);
    return status == PL_OK ? pl_evaluation_status(evaluation) : status;
}

static void run_once(void *context, size_t run, unsigned worker) {
    simulation *x = context;
    const bench *b = &x->benches[worker];
    pl_frame frame = x->compiled->frame;
    frame.columns = b->columns;
    for (size_t unit = 0; unit < frame.units; unit++) draw_unit(x, b, run, unit);
    pl_evaluate_options options = {.asked = x->asked, .asked_count = x->asked_count};
    if (!x->compiled->spans_periods) {
        options.first_period = x->period;
        options.period_count = 1;
    }
    pl_evaluation *evaluation = NULL;
    x->status[run] = pl_evaluate(&evaluation, x->compiled->program, &frame, x->wanted, x->wanted_count, &options, NULL);
    if (x->status[run] == PL_OK) x->status[run] = keep_run(x, evaluation, run);
    pl_evaluation_free(evaluation);
}

/* ---- preparing ---- */

static size_t row_of(const pl_dataset *d, pl_period period) {
    for (size_t p = 0; p < d->period_count; p++) {
        pl_period have = pl_period_parse(d->periods[p]);
        if (have.kind == period.kind && pl_period_ordinal(have) == pl_period_ordinal(period)) return p * d->unit_count;
    }
    return PL_NO_INDEX;
}

static pl_status find_rows(simulation *x) {
    const pl_forecast_models *m = x->f->models;
    size_t count = 0;
    x->series_rows = malloc((m->count + 1) * sizeof *x->series_rows);
    if (!x->series_rows) return PL_MEMORY;
    for (size_t i = 0; i < m->count; i++) {
        x->series_rows[i] = count;
        count += m->series[i].ahead;
    }
    x->rows = malloc((count + 1) * sizeof *x->rows);
    if (!x->rows) return PL_MEMORY;
    for (size_t i = 0; i < m->count; i++) {
        const pl_series *s = &m->series[i];
        for (size_t at = 0; at < s->ahead; at++)
            x->rows[x->series_rows[i] + at] = row_of(m->then_data, pl_period_numbered(s->facts->kind, s->end - (int64_t)at));
    }
    return PL_OK;
}

static pl_status make_bench(simulation *x, bench *b) {
    const pl_forecast_models *m = x->f->models;
    const pl_frame *frame = &x->compiled->frame;
    size_t rows = frame->units * frame->periods;
    b->columns = malloc((frame->column_count + 1) * sizeof *b->columns);
    b->numbers = calloc(frame->column_count + 1, sizeof *b->numbers);
    if (!b->columns || !b->numbers) return PL_MEMORY;
    memcpy(b->columns, frame->columns, frame->column_count * sizeof *b->columns);
    for (size_t i = 0; i < m->count; i++) {
        size_t element = m->series[i].facts->element;
        if (b->numbers[element]) continue;
        b->numbers[element] = malloc((rows + 1) * sizeof **b->numbers);
        if (!b->numbers[element]) return PL_MEMORY;
        for (size_t row = 0; row < rows; row++) b->numbers[element][row] = pl_input_number(&frame->columns[element], row);
        b->columns[element].numbers = b->numbers[element];
        b->columns[element].scaled = NULL;
    }
    return PL_OK;
}

static void free_bench(const simulation *x, bench *b) {
    for (size_t i = 0; b->numbers && i < x->compiled->frame.column_count; i++) free(b->numbers[i]);
    free(b->numbers);
    free(b->columns);
}

static pl_status list_nodes(simulation *x) {
    const pl_forecast *f = x->f;
    const pl_settings *s = &x->compiled->model->settings;
    x->wanted = malloc((s->tie_break_count + 1) * sizeof *x->wanted);
    x->asked = malloc((f->leaf_count * 2 + 1) * sizeof *x->asked);
    if (!x->wanted || !x->asked) return PL_MEMORY;
    x->wanted[x->wanted_count++] = x->compiled->nodes[0].score;
    for (size_t i = 0; i < s->tie_break_count; i++) x->wanted[x->wanted_count++] = x->compiled->nodes[s->tie_break[i]].score;
    for (size_t i = 0; i < f->leaf_count; i++) x->asked[x->asked_count++] = x->compiled->nodes[f->leaves[i].indicator].value;
    for (size_t i = 0; i < f->leaf_count; i++) x->asked[x->asked_count++] = x->compiled->nodes[f->leaves[i].indicator].score;
    return PL_OK;
}

static pl_status prepare(simulation *x) {
    const pl_forecast *f = x->f;
    size_t runs = x->options->runs, units = x->compiled->frame.units;
    x->bench_count = pl_pool_threads(x->options->pool);
    x->benches = calloc(x->bench_count, sizeof *x->benches);
    x->line_of = malloc((units + 1) * sizeof *x->line_of);
    x->totals = malloc((runs * f->line_count + 1) * sizeof *x->totals);
    x->ranks = malloc((runs * f->line_count + 1) * sizeof *x->ranks);
    x->leaves = malloc((runs * f->leaf_count * 2 + 1) * sizeof *x->leaves);
    x->status = calloc(runs + 1, sizeof *x->status);
    if (!x->benches || !x->line_of || !x->totals || !x->ranks || !x->leaves || !x->status) return PL_MEMORY;
    while (!x->compiled->scored[x->period]) x->period++;
    for (size_t unit = 0; unit < units; unit++) x->line_of[unit] = PL_NO_INDEX;
    for (size_t line = 0; line < f->line_count; line++) x->line_of[f->lines[line].unit] = line;
    pl_status status = find_rows(x);
    if (status == PL_OK) status = find_joint(x);
    if (status == PL_OK) status = list_nodes(x);
    for (size_t i = 0; i < x->bench_count && status == PL_OK; i++) status = make_bench(x, &x->benches[i]);
    return status;
}

static void free_simulation(simulation *x) {
    for (size_t i = 0; x->benches && i < x->bench_count; i++) free_bench(x, &x->benches[i]);
    free(x->benches);
    free(x->rows);
    free(x->series_rows);
    free(x->joint);
    free(x->line_of);
    free(x->totals);
    free(x->ranks);
    free(x->leaves);
    free(x->wanted);
    free(x->asked);
    free(x->status);
}

/* ---- what comes of it ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the 5th and the 95th percent of the runs' values, every `stride`th from `values` on, the outer one where two are equally
 * near. */
static pl_forecast_band band_of(const double *values, size_t stride, size_t runs, double *sorted) {
    size_t count = 0;
    for (size_t run = 0; run < runs; run++)
        if (!isnan(values[run * stride])) sorted[count++] = values[run * stride];
    if (!count) return (pl_forecast_band){NAN, NAN};
    qsort(sorted, count, sizeof *sorted, by_size);
    size_t outside = (count - 1) / 20;
    return (pl_forecast_band){sorted[outside], sorted[count - 1 - outside]};
}

static double share_up_to(const double *ranks, size_t stride, size_t runs, double place) {
    size_t count = 0, good = 0;
    for (size_t run = 0; run < runs; run++) {
        count += !isnan(ranks[run * stride]);
        good += ranks[run * stride] <= place;
    }
    return count ? (double)good / (double)count : NAN;
}

/* A band without width of something that rests on values whose errors are not known says nothing. */
static pl_forecast_band known_band(pl_forecast_band band, bool unknown) {
    return unknown && band.low == band.high ? (pl_forecast_band){NAN, NAN} : band;
}

static pl_status leave_out_unknown(const simulation *x) {
    pl_forecast *f = x->f;
    const pl_indicator_nodes *nodes = x->compiled->nodes;
    bool *unknown;
    pl_status status = pl_forecast_unknown(f->models, &unknown);
    for (size_t i = 0; i < f->line_count && status == PL_OK; i++) {
        pl_forecast_line *line = &f->lines[i];
        line->total = known_band(line->total, unknown[nodes[0].score]);
        if (!isnan(line->total.low)) continue;
        line->rank = (pl_forecast_band){NAN, NAN};
        line->keeps = line->first = NAN;
    }
    for (size_t i = 0; i < f->leaf_count && status == PL_OK; i++) {
        pl_forecast_leaf *leaf = &f->leaves[i];
        leaf->value = known_band(leaf->value, unknown[nodes[leaf->indicator].value]);
        leaf->score = known_band(leaf->score, unknown[nodes[leaf->indicator].score]);
    }
    free(unknown);
    return status;
}

static pl_status summarise(const simulation *x) {
    pl_forecast *f = x->f;
    size_t runs = x->options->runs;
    double *sorted = malloc((runs + 1) * sizeof *sorted);
    if (!sorted) return PL_MEMORY;
    for (size_t i = 0; i < f->line_count; i++) {
        pl_forecast_line *line = &f->lines[i];
        line->total = band_of(x->totals + i, f->line_count, runs, sorted);
        line->rank = band_of(x->ranks + i, f->line_count, runs, sorted);
        if (line->has_now) line->keeps = share_up_to(x->ranks + i, f->line_count, runs, line->rank_now);
        line->first = share_up_to(x->ranks + i, f->line_count, runs, 1.5); /* shared firsts under ties = average have 1.5 */
    }
    for (size_t i = 0; i < f->leaf_count; i++) {
        f->leaves[i].value = band_of(x->leaves + i, f->leaf_count * 2, runs, sorted);
        f->leaves[i].score = band_of(x->leaves + f->leaf_count + i, f->leaf_count * 2, runs, sorted);
    }
    free(sorted);
    return leave_out_unknown(x);
}

/* How far the band is to be trusted: as far as the element with the fewest errors. */
static pl_forecast_trust trust_of(const pl_forecast *f) {
    pl_forecast_trust trust = PL_FORECAST_NO_BAND;
    bool few = false;
    for (size_t i = 0; i < f->series_count; i++) {
        if (f->series[i].cases) trust = PL_FORECAST_BAND;
        if (f->series[i].cases < PL_FORECAST_ERRORS) few = true;
    }
    return trust == PL_FORECAST_BAND && few ? PL_FORECAST_GUESS : trust;
}

static bool is_too_large(const pl_forecast *f, const pl_forecast_options *options) {
    const pl_frame *frame = &f->models->then->frame;
    double cells = (double)frame->units * (double)frame->periods * (double)f->series_count * pl_pool_threads(options->pool);
    double results = (double)options->runs * ((double)f->line_count + (double)f->leaf_count) * 2;
    return cells > MOST_CELLS || results > MOST_CELLS;
}

pl_status pl_forecast_simulate(pl_forecast *f, const pl_forecast_options *options) {
    pl_forecast_trust trust = options->runs ? trust_of(f) : PL_FORECAST_NO_BAND;
    if (trust == PL_FORECAST_NO_BAND) return PL_OK;
    f->too_large = is_too_large(f, options);
    if (f->too_large) return PL_OK;
    simulation x = {.f = f, .options = options, .compiled = f->models->then};
    pl_status status = prepare(&x);
    if (status == PL_OK) pl_pool_run(options->pool, options->runs, run_once, &x);
    for (size_t run = 0; run < options->runs && status == PL_OK; run++) status = x.status[run];
    if (status == PL_OK) status = summarise(&x);
    free_simulation(&x);
    f->trust = trust;
    f->runs = options->runs;
    return status;
}
