/* The methods, each from the values of one unit up to a period. Their formulas stand in study/forecast.h and docs/forecast.md. */
#include "study/forecasting.h"

#define YEARS_OF_ITS_OWN 3

static const char *const names[] = {"last", "seasonal", "growth", "share", "trend"};

const char *pl_forecast_method_name(pl_forecast_method method) { return method < PL_FORECAST_METHODS ? names[method] : "choose"; }

/* Where a unit stands while its next periods are forecast. */
typedef struct standing {
    const pl_series *series;
    const double *values; /* of the unit */
    size_t unit;
    int64_t origin, end;
    double *to;
} standing;

/* The value of a period: known, or forecast already. NAN: neither. */
static double value_at(const standing *a, int64_t t) {
    if (t > a->origin) return a->to[t - a->origin - 1];
    return t < a->series->first ? NAN : a->values[t - a->series->first];
}

static bool predict_last(const standing *a) {
    double last = value_at(a, a->origin);
    for (int64_t t = a->origin + 1; t <= a->end; t++) a->to[t - a->origin - 1] = last;
    return !isnan(last);
}

/* The same period of the year before, times `factor`; a year further on times its square, and so forth. */
static bool predict_from_year_before(const standing *a, double factor) {
    const pl_series *s = a->series;
    if (s->slots == 1) return false;
    for (int64_t t = a->origin + 1; t <= a->end; t++) {
        double before = s->expected[pl_series_slot(s, t)] ? value_at(a, t - s->slots) : 0;
        if (isnan(before)) return false;
        a->to[t - a->origin - 1] = before * factor;
    }
    return true;
}

/* This year so far over the same periods of the year before; of cumulative figures the last value over that of a year ago. */
static bool growth(const standing *a, double *out) {
    const pl_series *s = a->series;
    double now = 0, before = 0;
    int64_t begin = s->facts->cumulative ? a->origin : a->origin / s->slots * s->slots;
    for (int64_t t = begin; t <= a->origin; t++) {
        double x = value_at(a, t), y = value_at(a, t - s->slots);
        if (isnan(x) || isnan(y)) continue;
        now += x;
        before += y;
    }
    *out = before > 0 ? now / before : -1;
    return *out >= 0 && isfinite(*out);
}

/* What parts of a year its slots usually have, from the years before this one: of the unit itself where it has three, else of all.
 */
static pl_season season_of(const standing *a) {
    const pl_series *s = a->series;
    int64_t first = s->first / s->slots, year = a->origin / s->slots;
    pl_season own = {0};
    for (int64_t y = first; y < year; y++) pl_series_add_year(s, a->unit, y, &own);
    if (own.years < YEARS_OF_ITS_OWN) return s->pooled[year - first];
    pl_season_mean(&own);
    return own;
}

/* What the whole year comes to, judged by what is done so far. */
static bool predict_whole(const standing *a, const pl_season *season, double *whole) {
    const pl_series *s = a->series;
    double done = 0, part = 0;
    if (s->facts->cumulative) {
        done = value_at(a, a->origin);
        part = season->part[pl_series_slot(s, a->origin)];
    } else {
        for (int64_t t = a->origin / s->slots * s->slots; t <= a->origin; t++) {
            double x = value_at(a, t);
            if (isnan(x)) continue;
            done += x;
            part += season->part[pl_series_slot(s, t)];
        }
    }
    *whole = part > 0 ? done / part : -1;
    return *whole >= 0 && isfinite(*whole);
}

static bool predict_share(const standing *a) {
    const pl_series *s = a->series;
    double whole;
    if (s->slots == 1 || s->least < 0) return false;
    pl_season season = season_of(a);
    if (!season.years || !predict_whole(a, &season, &whole)) return false;
    for (int64_t t = a->origin + 1; t <= a->end; t++) a->to[t - a->origin - 1] = whole * season.part[pl_series_slot(s, t)];
    return true;
}

/* Least squares, with both variables taken from their means, so that nothing is lost to large ordinals. */
static bool predict_trend(const standing *a) {
    const pl_series *s = a->series;
    int64_t begin = s->facts->cumulative ? a->origin / s->slots * s->slots : s->first;
    double sum_t = 0, sum_x = 0, tt = 0, tx = 0;
    size_t count = 0;
    if (s->facts->cumulative && a->end / s->slots != a->origin / s->slots) return false;
    if (begin < s->first) begin = s->first;
    for (int64_t t = begin; t <= a->origin; t++) {
        double x = value_at(a, t);
        if (isnan(x)) continue;
        sum_t += (double)(t - begin);
        sum_x += x;
        count++;
    }
    if (count < 3) return false;
    double mean_t = sum_t / (double)count, mean_x = sum_x / (double)count;
    for (int64_t t = begin; t <= a->origin; t++) {
        double x = value_at(a, t);
        if (isnan(x)) continue;
        tt += ((double)(t - begin) - mean_t) * ((double)(t - begin) - mean_t);
        tx += ((double)(t - begin) - mean_t) * (x - mean_x);
    }
    for (int64_t t = a->origin + 1; t <= a->end; t++) a->to[t - a->origin - 1] = mean_x + tx / tt * ((double)(t - begin) - mean_t);
    return true;
}

static bool predict(const standing *a, pl_forecast_method method) {
    double factor;
    switch (method) {
    case PL_FORECAST_SEASONAL: return predict_from_year_before(a, 1);
    case PL_FORECAST_GROWTH: return a->series->slots > 1 && growth(a, &factor) && predict_from_year_before(a, factor);
    case PL_FORECAST_SHARE: return predict_share(a);
    case PL_FORECAST_TREND: return predict_trend(a);
    default: return predict_last(a);
    }
}

bool pl_series_predict(const pl_series *s, pl_forecast_method method, size_t unit, int64_t origin, int64_t end, double *to) {
    standing a = {s, pl_series_row(s, unit), unit, origin, end, to};
    bool good = predict(&a, method);
    for (int64_t t = origin + 1; good && t <= end; t++) {
        double *x = &to[t - origin - 1];
        *x = s->expected[pl_series_slot(s, t)] ? fmin(fmax(*x, s->least), s->most) : NAN;
        if (isinf(*x)) good = false;
    }
    return good;
}
