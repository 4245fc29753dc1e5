/* Which method would have been best: at the same point of earlier years, from what was known then, against what came. */
#include "study/forecasting.h"

#include <stdlib.h>

/* Fewer cases than the first say nothing about an element, fewer of its own than the second nothing about a unit. */
#define LEAST_CASES 3
#define LEAST_OF_ITS_OWN 5

/* Sums of errors of one method. */
typedef struct tally {
    double absolute, percent, scaled;
    size_t periods, cases;
} tally;

typedef struct testing {
    pl_series *s;
    double *to, *last; /* forecasts of one case, by the method and by `last` */
    tally all[PL_FORECAST_METHODS];
    tally *own;     /* unit * PL_FORECAST_METHODS + method */
    bool with_year; /* only cases that know the year before */
} testing;

/* ---- cases ---- */

static bool is_known(const pl_series *s, size_t unit, int64_t t) {
    return t >= s->first && t <= s->last && !isnan(pl_series_row(s, unit)[t - s->first]);
}

static size_t count_known(const pl_series *s, size_t unit, int64_t until) {
    size_t count = 0;
    for (int64_t t = s->first; t <= until; t++) count += is_known(s, unit, t);
    return count;
}

/* Whether something that was to come then is known now. */
static bool has_outcome(const pl_series *s, size_t unit, int64_t origin, int64_t end) {
    for (int64_t t = origin + 1; t <= end; t++)
        if (s->expected[pl_series_slot(s, t)] && is_known(s, unit, t)) return true;
    return false;
}

static bool is_case(const testing *x, size_t unit, size_t back) {
    const pl_series *s = x->s;
    int64_t years = (int64_t)back * s->slots, origin = s->origin[unit] - years;
    if (!is_known(s, unit, origin) || !has_outcome(s, unit, origin, s->end - years)) return false;
    if (!x->with_year) return true;
    return s->slots > 1 ? is_known(s, unit, origin - s->slots) : count_known(s, unit, origin) >= 3;
}

static void find_cases(testing *x) {
    pl_series *s = x->s;
    for (size_t unit = 0; unit < s->units; unit++) {
        bool forecast = s->origin[unit] >= 0 && s->origin[unit] < s->end;
        for (size_t back = 1; forecast && back <= s->most_back; back++) {
            if (!is_case(x, unit, back)) continue;
            s->cases[s->case_count++] = (pl_case){(uint32_t)unit, (uint32_t)back};
            s->case_of[unit * s->most_back + back - 1] = s->case_count;
        }
    }
}

/* ---- errors ---- */

/* The forecast of a case; `last` takes over where the method has too little to go by. */
static const double *predict_case(const testing *x, const pl_case *c, pl_forecast_method method) {
    const pl_series *s = x->s;
    int64_t years = (int64_t)c->years_back * s->slots, origin = s->origin[c->unit] - years, end = s->end - years;
    if (pl_series_predict(s, method, c->unit, origin, end, x->to)) return x->to;
    pl_series_predict(s, PL_FORECAST_LAST, c->unit, origin, end, x->last);
    return x->last;
}

static void add_case(tally *to, const pl_series *s, const pl_case *c, const double *forecast) {
    int64_t years = (int64_t)c->years_back * s->slots, origin = s->origin[c->unit] - years;
    double absolute = 0, percent = 0;
    size_t periods = 0;
    for (int64_t t = origin + 1; t <= s->end - years; t++) {
        if (!s->expected[pl_series_slot(s, t)] || !is_known(s, c->unit, t)) continue;
        double actual = pl_series_row(s, c->unit)[t - s->first], error = fabs(actual - forecast[t - origin - 1]);
        absolute += error;
        if (s->facts->relative) percent += error / actual;
        periods++;
    }
    to->absolute += absolute;
    to->percent += percent;
    to->scaled += absolute / (double)periods / s->scale[c->unit];
    to->periods += periods;
    to->cases++;
}

static void test_all(testing *x) {
    const pl_series *s = x->s;
    for (size_t i = 0; i < s->case_count; i++) {
        for (int m = 0; m < PL_FORECAST_METHODS; m++) {
            const double *forecast = predict_case(x, &s->cases[i], (pl_forecast_method)m);
            add_case(&x->all[m], s, &s->cases[i], forecast);
            add_case(&x->own[s->cases[i].unit * PL_FORECAST_METHODS + (size_t)m], s, &s->cases[i], forecast);
        }
    }
}

static pl_forecast_error error_of(const tally *t, bool relative) {
    pl_forecast_error none = {NAN, NAN, NAN};
    if (!t->cases) return none;
    return (pl_forecast_error){t->absolute / (double)t->periods, relative ? t->percent / (double)t->periods : NAN,
                               t->scaled / (double)t->cases};
}

/* The first of those with the least scaled error, so that a simpler method wins where nothing tells them apart. */
static pl_forecast_method best_of(const tally *tallies) {
    int best = PL_FORECAST_LAST;
    for (int m = 1; m < PL_FORECAST_METHODS; m++)
        if (tallies[m].scaled < tallies[best].scaled * (1 - 1e-9)) best = m;
    return (pl_forecast_method)best;
}

static void choose(testing *x, pl_forecast_method wanted) {
    const pl_series *s = x->s;
    pl_forecast_series *facts = s->facts;
    bool free_choice = wanted == PL_FORECAST_CHOOSE;
    facts->cases = s->case_count;
    facts->tested = free_choice && s->case_count >= LEAST_CASES;
    facts->method = !free_choice ? wanted : facts->tested ? best_of(x->all) : PL_FORECAST_LAST;
    for (int m = 0; m < PL_FORECAST_METHODS; m++) facts->errors[m] = error_of(&x->all[m], facts->relative);
    for (size_t unit = 0; unit < s->units; unit++) {
        const tally *own = &x->own[unit * PL_FORECAST_METHODS];
        bool long_enough = free_choice && own->cases >= LEAST_OF_ITS_OWN;
        s->method[unit] = long_enough ? best_of(own) : facts->method;
        facts->with_own += long_enough;
    }
}

/* What the methods that are used got wrong in each case and period: a ratio where values are away from 0. */
static void keep_errors(testing *x) {
    pl_series *s = x->s;
    tally used = {0};
    for (size_t i = 0; i < s->case_count * s->ahead; i++) s->errors[i] = NAN;
    for (size_t i = 0; i < s->case_count; i++) {
        const pl_case *c = &s->cases[i];
        int64_t years = (int64_t)c->years_back * s->slots, origin = s->origin[c->unit] - years, end = s->end - years;
        const double *forecast = predict_case(x, c, s->method[c->unit]);
        add_case(&used, s, c, forecast);
        for (int64_t t = origin + 1; t <= end; t++) {
            double expected = forecast[t - origin - 1], *to = &s->errors[i * s->ahead + (size_t)(end - t)];
            if (!is_known(s, c->unit, t) || isnan(expected)) continue;
            double actual = pl_series_row(s, c->unit)[t - s->first];
            if (!s->facts->relative)
                *to = (actual - expected) / s->scale[c->unit];
            else if (expected > 0)
                *to = actual / expected;
        }
    }
    s->facts->error = error_of(&used, s->facts->relative);
}

/* ---- the forecast itself ---- */

static void forecast_units(testing *x) {
    pl_series *s = x->s;
    for (size_t i = 0; i < s->units * s->ahead; i++) s->forecast[i] = NAN;
    for (size_t unit = 0; unit < s->units; unit++) {
        int64_t origin = s->origin[unit];
        if (origin < 0 || origin >= s->end) continue;
        if (!pl_series_predict(s, s->method[unit], unit, origin, s->end, x->to))
            pl_series_predict(s, PL_FORECAST_LAST, unit, origin, s->end, x->to);
        for (int64_t t = origin + 1; t <= s->end; t++) s->forecast[unit * s->ahead + (size_t)(s->end - t)] = x->to[t - origin - 1];
    }
}

static pl_status run(testing *x, pl_forecast_method method) {
    pl_series *s = x->s;
    find_cases(x);
    if (!s->case_count) {
        x->with_year = false;
        find_cases(x);
    }
    s->errors = malloc((s->case_count * s->ahead + 1) * sizeof *s->errors);
    if (!s->errors) return PL_MEMORY;
    test_all(x);
    choose(x, method);
    keep_errors(x);
    forecast_units(x);
    return PL_OK;
}

pl_status pl_series_forecast(pl_series *s, pl_forecast_method method) {
    testing x = {.s = s, .with_year = true};
    s->most_back = (size_t)((s->last - s->first) / s->slots);
    s->cases = malloc((s->units * s->most_back + 1) * sizeof *s->cases);
    s->case_of = calloc(s->units * s->most_back + 1, sizeof *s->case_of);
    s->forecast = malloc((s->units * s->ahead + 1) * sizeof *s->forecast);
    x.to = calloc(s->ahead + 1, sizeof *x.to);
    x.last = calloc(s->ahead + 1, sizeof *x.last);
    x.own = calloc(s->units * PL_FORECAST_METHODS + 1, sizeof *x.own);
    bool good = s->cases && s->case_of && s->forecast && x.to && x.last && x.own;
    pl_status status = good ? run(&x, method) : PL_MEMORY;
    free(x.to);
    free(x.last);
    free(x.own);
    return status;
}
