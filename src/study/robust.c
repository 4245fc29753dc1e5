#include "study/robusting.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#define MOST_BYTES ((double)4 * 1024 * 1024 * 1024)
#define REPLICATES 1000
#define FEW_UNITS 16 /* whose places are collected together, so that each line of memory is read once */

/* The runs under way. */
typedef struct running {
    robusting *r;
    robust_worker *workers;
    size_t per_row;      /* scorings for each row: 1, or with sensitivity assumptions + 2 */
    size_t targets;      /* results kept of each scoring: the shift, and the totals of watched units */
    double *results;     /* [target][row][scoring]; NULL without sensitivity */
    unsigned char *done; /* per scoring */
    atomic_bool stopped, failed;
} running;

/* ---- the list of units ---- */

static int by_place(const void *a, const void *b, void *context) {
    const pl_robust_unit *x = a, *y = b;
    const pl_unit *units = context;
    if (x->group != y->group) return x->group > y->group ? 1 : -1;
    if (x->place != y->place) return x->place > y->place ? 1 : -1;
    return pl_str_compare(units[x->unit].code, units[y->unit].code);
}

static size_t studied_period(const pl_compiled *c) {
    size_t last = 0;
    for (size_t p = 0; p < c->frame.periods; p++)
        if (c->scored[p]) last = p;
    return last;
}

/* Who has a place in the model as it is. */
static pl_status list_units(robusting *r) {
    const pl_compiled *c = r->variants[0].compiled;
    const pl_evaluation *base = pl_rerun_base(r->variants[0].rerun);
    size_t units = c->frame.units;
    pl_placer placer;
    r->period = r->out->period = studied_period(c);
    double *places = malloc((units + 1) * sizeof *places);
    r->out->units = pl_arena_array(&r->out->arena, units + 1, sizeof *r->out->units);
    pl_status status = pl_placer_init(&placer, c, r->period, r->options->within_groups);
    if (!places || !r->out->units) status = PL_MEMORY;
    if (status == PL_OK) {
        const double *totals = pl_evaluation_column(base, c->nodes[0].score, NULL);
        pl_placer_run(&placer, base, places);
        for (size_t unit = 0; unit < units; unit++)
            if (places[unit] > 0)
                r->out->units[r->out->unit_count++] =
                    (pl_robust_unit){.unit = (uint32_t)unit,
                                     .group = r->options->within_groups ? r->dataset->units[unit].group : PL_NOBODY,
                                     .place = places[unit],
                                     .total = totals[r->period * units + unit]};
        qsort_r(r->out->units, r->out->unit_count, sizeof *r->out->units, by_place, r->dataset->units);
        if (!r->out->unit_count)
            status = pl_problem_add(r->problems, PL_ERROR, "E711", (pl_place){.file = r->model->path},
                                    "no unit has a place in the period that is scored");
    }
    pl_placer_free(&placer);
    free(places);
    return status;
}

/* ---- one scoring ---- */

static bool prepare_worker(const robusting *r, robust_worker *w) {
    if (w->ready) return true;
    size_t units = r->dataset->unit_count, rows = units * r->dataset->period_count;
    const pl_compiled *c = r->variants[0].compiled;
    w->parameters = malloc((3 * r->model->indicator_count + 1) * sizeof *w->parameters);
    w->places = malloc((units + 1) * sizeof *w->places);
    w->columns = malloc((r->dataset->element_count + 1) * sizeof *w->columns);
    w->values = calloc(r->noise_count + 1, sizeof *w->values);
    bool good = pl_placer_init(&w->placer, c, r->period, r->options->within_groups) == PL_OK;
    if (!good || !w->parameters || !w->places || !w->columns || !w->values) return false;
    memcpy(w->columns, c->columns, r->dataset->element_count * sizeof *w->columns);
    for (size_t n = 0; n < r->noise_count; n++) {
        w->values[n] = malloc((rows + 1) * sizeof **w->values);
        if (!w->values[n]) return false;
        w->columns[r->noise[n].column].numbers = w->values[n];
        w->columns[r->noise[n].column].scaled = NULL;
    }
    w->ready = true;
    return true;
}

static void free_worker(const robusting *r, robust_worker *w) {
    pl_placer_free(&w->placer);
    for (size_t n = 0; w->values && n < r->noise_count; n++) free(w->values[n]);
    free(w->values);
    free(w->columns);
    free(w->parameters);
    free(w->places);
}

/* Mean over the list of how far places are from those of the model. */
static double mean_shift(const robusting *r, const double *places) {
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < r->out->unit_count; i++) {
        const pl_robust_unit *u = &r->out->units[i];
        if (places[u->unit] <= 0) continue;
        sum += fabs(places[u->unit] - u->place);
        count++;
    }
    return count ? sum / (double)count : 0;
}

static void keep_results(running *g, const robust_worker *w, const robust_variant *v, const pl_evaluation *e, size_t index) {
    const robusting *r = g->r;
    size_t row = index / g->per_row, which = index % g->per_row, all = r->options->runs * g->per_row;
    double shift = mean_shift(r, w->places);
    if (which == 0)
        for (size_t i = 0; i < r->out->unit_count; i++)
            r->out->places[row * r->out->unit_count + i] = (uint32_t)(2 * w->places[r->out->units[i].unit]);
    g->results[index] = shift;
    const uint64_t *present;
    const double *totals = pl_evaluation_column(e, v->compiled->nodes[0].score, &present);
    for (size_t t = 1; t < g->targets; t++) {
        size_t at = r->period * r->dataset->unit_count + r->options->watched[t - 1];
        g->results[t * all + index] = pl_present(present, at) ? totals[at] : 0;
    }
}

/* The streams of a scoring: those of A, of B, or of A but for one assumption. */
static void open_streams(const robusting *r, size_t row, size_t which, pl_random *streams) {
    for (size_t i = 0; i < r->out->assumption_count; i++) {
        bool second = which == 1 || which == i + 2;
        streams[i] = pl_random_stream(r->options->seed, 2 * i + second, row);
    }
}

static bool score_once(running *g, robust_worker *w, size_t index, pl_random *streams) {
    robusting *r = g->r;
    open_streams(r, index / g->per_row, index % g->per_row, streams);
    const robust_variant *v = robust_draw(r, w, streams);
    pl_frame frame = v->compiled->frame;
    frame.parameters = w->parameters;
    frame.columns = w->columns;
    pl_evaluation *e;
    if (pl_rerun_run(&e, v->rerun, &frame) != PL_OK) return false;
    w->placer.compiled = v->compiled;
    pl_placer_run(&w->placer, e, w->places);
    keep_results(g, w, v, e, index);
    pl_evaluation_free(e);
    return true;
}

static void run_task(void *context, size_t index, unsigned worker) {
    running *g = context;
    const pl_robust_options *o = g->r->options;
    robust_worker *w = &g->workers[worker];
    if (atomic_load(&g->failed) || atomic_load(&g->stopped)) return;
    if (o->stop && o->stop(o->context)) {
        atomic_store(&g->stopped, true);
        return;
    }
    pl_random *streams = malloc((g->r->out->assumption_count + 1) * sizeof *streams);
    if (!streams || !prepare_worker(g->r, w) || !score_once(g, w, index, streams))
        atomic_store(&g->failed, true);
    else
        g->done[index] = 1;
    free(streams);
}

/* ---- what the runs say ---- */

/* The value at a share of the way through sorted numbers, between neighbours (type 7). */
static double quantile(const uint32_t *sorted, size_t count, double share) {
    double at = share * (double)(count - 1);
    size_t below = (size_t)at;
    double low = sorted[below], high = sorted[below + 1 < count ? below + 1 : below];
    return (low + (at - (double)below) * (high - low)) / 2;
}

/* Sorts places by counting each: there are far fewer different ones than runs. `counts` has room for one more than the largest. */
static void sort_places(uint32_t *places, size_t count, uint32_t *counts) {
    uint32_t low = UINT32_MAX, high = 0;
    for (size_t i = 0; i < count; i++) {
        low = places[i] < low ? places[i] : low;
        high = places[i] > high ? places[i] : high;
    }
    for (uint32_t place = low; place <= high; place++) counts[place] = 0;
    for (size_t i = 0; i < count; i++) counts[places[i]]++;
    for (uint32_t place = low; place <= high; place++)
        for (uint32_t n = counts[place]; n; n--) *places++ = place;
}

static void summarise(pl_robust_unit *u, uint32_t *own, size_t count, uint32_t *counts) {
    double sum = 0;
    size_t first = 0, top3 = 0;
    for (size_t i = 0; i < count; i++) {
        sum += own[i];
        first += own[i] == 2;
        top3 += own[i] <= 6;
    }
    u->placed = count;
    u->median = u->low = u->high = u->mean = u->first = u->top3 = NAN;
    if (!count) return;
    sort_places(own, count, counts);
    u->median = quantile(own, count, 0.5);
    u->low = quantile(own, count, 0.05);
    u->high = quantile(own, count, 0.95);
    u->mean = sum / 2 / (double)count;
    u->first = (double)first / (double)count;
    u->top3 = (double)top3 / (double)count;
}

double pl_robust_ahead(const pl_robust *robust, size_t a, size_t b) {
    size_t twice = 0, both = 0;
    if (robust->units[a].group != robust->units[b].group) return NAN;
    for (size_t run = 0; run < robust->runs; run++) {
        const uint32_t *places = robust->places + run * robust->unit_count;
        if (!places[a] || !places[b]) continue;
        both++;
        twice += places[a] < places[b] ? 2 : places[a] == places[b];
    }
    return both ? (double)twice / 2 / (double)both : NAN;
}

typedef struct summarising {
    pl_robust *out;
    size_t largest; /* of the places, twice */
    atomic_bool failed;
} summarising;

/* Collects the places of a few units in one sweep over the runs. */
static void summarise_few(void *context, size_t index, unsigned worker) {
    (void)worker;
    summarising *s = context;
    pl_robust *out = s->out;
    size_t first = index * FEW_UNITS, end = first + FEW_UNITS < out->unit_count ? first + FEW_UNITS : out->unit_count;
    uint32_t *own = malloc((FEW_UNITS * out->runs + 1) * sizeof *own);
    uint32_t *occurrences = malloc((s->largest + 2) * sizeof *occurrences);
    size_t counts[FEW_UNITS] = {0};
    if (!own || !occurrences) {
        atomic_store(&s->failed, true);
        free(own);
        free(occurrences);
        return;
    }
    for (size_t run = 0; run < out->runs; run++)
        for (size_t i = first; i < end; i++) {
            uint32_t place = out->places[run * out->unit_count + i];
            if (place) own[(i - first) * out->runs + counts[i - first]++] = place;
        }
    for (size_t i = first; i < end; i++) {
        summarise(&out->units[i], own + (i - first) * out->runs, counts[i - first], occurrences);
        out->units[i].ahead = i + 1 < out->unit_count ? pl_robust_ahead(out, i, i + 1) : NAN;
    }
    free(own);
    free(occurrences);
}

static pl_status estimate(running *g, size_t target, size_t rows, pl_sensitivity *out) {
    const robusting *r = g->r;
    const double *results = g->results + target * r->options->runs * g->per_row;
    return pl_sensitivity_estimate(out, results, rows, r->out->assumption_count, REPLICATES, r->options->seed + target);
}

static pl_status find_sensitivity(running *g) {
    pl_robust *out = g->r->out;
    size_t count = out->assumption_count;
    pl_sensitivity *indices = malloc((count + 1) * sizeof *indices);
    pl_status status = indices ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < count && status == PL_OK; i++) {
        out->assumptions[i].watched = pl_arena_array(&out->arena, g->targets, sizeof *indices);
        if (!out->assumptions[i].watched) status = PL_MEMORY;
    }
    for (size_t t = 0; t < g->targets && status == PL_OK; t++) {
        status = estimate(g, t, out->runs, indices);
        for (size_t i = 0; i < count && status == PL_OK; i++)
            *(t ? &out->assumptions[i].watched[t - 1] : &out->assumptions[i].shift) = indices[i];
    }
    free(indices);
    return status;
}

/* Rows are counted up to the first that is not whole, so that a study that was stopped is one of fewer runs. */
static pl_status conclude(running *g) {
    pl_robust *out = g->r->out;
    size_t scorings = 0;
    while (scorings < g->r->options->runs * g->per_row && g->done[scorings]) scorings++;
    out->runs = scorings / g->per_row;
    double sum = 0;
    for (size_t row = 0; row < out->runs; row++) sum += g->results[row * g->per_row];
    out->mean_shift = out->runs ? sum / (double)out->runs : NAN;
    summarising s = {.out = out, .largest = 2 * g->r->dataset->unit_count};
    pl_pool_run(g->r->options->pool, (out->unit_count + FEW_UNITS - 1) / FEW_UNITS, summarise_few, &s);
    if (atomic_load(&s.failed)) return PL_MEMORY;
    return g->r->options->sensitivity ? find_sensitivity(g) : PL_OK;
}

/* ---- the study ---- */

static pl_status run(robusting *r) {
    const pl_robust_options *o = r->options;
    size_t threads = pl_pool_threads(o->pool);
    running g = {
        .r = r, .per_row = o->sensitivity ? r->out->assumption_count + 2 : 1, .targets = o->sensitivity ? o->watched_count + 1 : 1};
    double scorings = (double)o->runs * (double)g.per_row;
    double bytes =
        (double)o->runs * (double)r->out->unit_count * sizeof *r->out->places + scorings * (double)g.targets * sizeof *g.results;
    if (bytes > MOST_BYTES)
        return pl_problem_add(r->problems, PL_ERROR, "E712", (pl_place){.file = r->model->path},
                              "%zu runs of %zu units would need %.1f GB; ask for fewer runs", o->runs, r->out->unit_count,
                              bytes / (1024.0 * 1024 * 1024));
    r->out->places = calloc(o->runs * r->out->unit_count + 1, sizeof *r->out->places);
    g.workers = calloc(threads, sizeof *g.workers);
    g.results = calloc(o->runs * g.per_row * g.targets + 1, sizeof *g.results);
    g.done = calloc(o->runs * g.per_row + 1, 1);
    pl_status status = PL_MEMORY;
    if (r->out->places && g.workers && g.results && g.done) {
        pl_pool_run(o->pool, o->runs * g.per_row, run_task, &g);
        status = atomic_load(&g.failed) ? PL_MEMORY : conclude(&g);
    }
    for (size_t i = 0; g.workers && i < threads; i++) free_worker(r, &g.workers[i]);
    free(g.workers);
    free(g.results);
    free(g.done);
    return status;
}

static void free_study(robusting *r) {
    for (size_t i = 0; i < r->variant_count; i++) {
        pl_rerun_free(r->variants[i].rerun);
        pl_compiled_free(r->variants[i].compiled);
        pl_model_free(r->variants[i].model);
    }
    free(r->variants);
    free(r->leaves);
    free(r->noise);
}

pl_status pl_robust_study(pl_robust **out, const pl_model *model, const pl_dataset *dataset, const pl_robust_options *options,
                          pl_problems *problems) {
    *out = NULL;
    pl_robust *robust = calloc(1, sizeof *robust);
    if (!robust) return PL_MEMORY;
    pl_arena_init(&robust->arena, 0);
    robust->runs_asked = options->runs;
    robusting r = {.model = model, .dataset = dataset, .options = options, .problems = problems, .out = robust};
    pl_status status = robust_assumptions(&r);
    if (status == PL_OK) status = robust_variants(&r);
    if (status == PL_OK) status = list_units(&r);
    if (status == PL_OK) status = run(&r);
    free_study(&r);
    if (status == PL_OK)
        *out = robust;
    else
        pl_robust_free(robust);
    return status;
}

void pl_robust_free(pl_robust *robust) {
    if (!robust) return;
    free(robust->places);
    pl_arena_free(&robust->arena);
    free(robust);
}
