/* What is known of an element: its values by unit and period, what kind of figure it is, and what a year of it looks like. */
#include "study/forecasting.h"

#include <plumbline/table/table.h>

#include <stdlib.h>

/* ---- periods ---- */

static int32_t slots_of(pl_period_kind kind) {
    static const int32_t slots[] = {[PL_PERIOD_YEAR] = 1, [PL_PERIOD_HALF] = 2, [PL_PERIOD_QUARTER] = 4, [PL_PERIOD_MONTH] = 12};
    return kind == PL_PERIOD_OTHER ? 1 : slots[kind];
}

pl_period pl_period_numbered(pl_period_kind kind, int64_t ordinal) {
    int32_t slots = slots_of(kind);
    return (pl_period){kind, (int32_t)(ordinal / slots), (int32_t)(ordinal % slots) + 1};
}

void pl_period_write(pl_period period, pl_buffer *out) {
    switch (period.kind) {
    case PL_PERIOD_HALF: pl_buffer_print(out, "%04d-H%d", period.year, period.number); break;
    case PL_PERIOD_QUARTER: pl_buffer_print(out, "%04d-Q%d", period.year, period.number); break;
    case PL_PERIOD_MONTH: pl_buffer_print(out, "%04d-%02d", period.year, period.number); break;
    default: pl_buffer_print(out, "%04d", period.year); break;
    }
}

/* ---- reading ---- */

static bool has_any(const pl_element *element, size_t units, size_t period) {
    for (size_t unit = 0; unit < units; unit++)
        if (pl_present(element->present, period * units + unit)) return true;
    return false;
}

/* The first and last period of the kind in which the element has values. */
static bool find_bounds(pl_series *s, const pl_element *element) {
    bool any = false;
    for (size_t p = 0; p < s->data->period_count; p++) {
        pl_period period = pl_period_parse(s->data->periods[p]);
        if (period.kind != s->facts->kind || !has_any(element, s->units, p)) continue;
        s->last = pl_period_ordinal(period);
        s->facts->last = s->data->periods[p];
        if (!any) s->first = s->last;
        any = true;
    }
    return any;
}

/* The last period of the kind that is over by a month. */
static int64_t last_until(pl_period_kind kind, int64_t month) { return month / (12 / slots_of(kind)) - 1; }

static void read_values(pl_series *s, const pl_element *element) {
    for (size_t i = 0; i < s->units * s->width; i++) s->values[i] = NAN;
    for (size_t p = 0; p < s->data->period_count; p++) {
        pl_period period = pl_period_parse(s->data->periods[p]);
        if (period.kind != s->facts->kind) continue;
        int64_t ordinal = pl_period_ordinal(period);
        if (ordinal < s->first || ordinal > s->last) continue;
        for (size_t unit = 0; unit < s->units; unit++)
            if (pl_present(element->present, p * s->units + unit))
                pl_series_row(s, unit)[ordinal - s->first] = pl_element_number(element, p * s->units + unit);
    }
}

/* ---- which periods of a year are reported ---- */

static bool is_reported(const pl_series *s, int64_t ordinal) {
    for (size_t unit = 0; unit < s->units; unit++)
        if (!isnan(pl_series_row(s, unit)[ordinal - s->first])) return true;
    return false;
}

static int64_t divisor(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Whether an earlier year reports all that the last one does so far: then it tells what else is to come. */
static bool is_comparable(const pl_series *s, int64_t year) {
    int64_t begin = s->last / s->slots * s->slots, back = begin - year * s->slots;
    for (int64_t t = begin > s->first ? begin : s->first; t <= s->last; t++)
        if (is_reported(s, t) && (t - back < s->first || !is_reported(s, t - back))) return false;
    return true;
}

/* Those that were ever reported, so that a survey of every June is not taken for a monthly figure. Where no earlier year is like
 * the last one, the step in which its reports came so far goes on as well. */
static void find_slots(pl_series *s) {
    int64_t step = 0, before = -1, this_year = s->last / s->slots;
    bool comparable = false;
    for (int64_t t = s->first; t <= s->last; t++) {
        if (!is_reported(s, t)) continue;
        s->expected[pl_series_slot(s, t)] = true;
        if (t / s->slots < this_year) continue;
        if (before >= 0) step = divisor(step, t - before);
        before = t;
    }
    for (int64_t year = s->first / s->slots; year < this_year; year++) comparable |= is_comparable(s, year);
    if (comparable) return;
    for (int64_t t = s->last; t < s->last + s->slots; t += step ? step : 1) s->expected[pl_series_slot(s, t)] = true;
}

static bool has_expected(const pl_series *s, int64_t after) {
    for (int64_t t = after + 1; t <= s->end; t++)
        if (s->expected[pl_series_slot(s, t)]) return true;
    return false;
}

/* Where each unit stands. One that has reported nothing for over a year has stopped. */
static bool find_origins(pl_series *s) {
    bool any = false;
    int64_t earliest = s->end;
    for (size_t unit = 0; unit < s->units; unit++) {
        int64_t at = s->last;
        while (at >= s->first && isnan(pl_series_row(s, unit)[at - s->first])) at--;
        bool stopped = at < s->first || at < s->last - s->slots;
        s->origin[unit] = stopped ? -1 : at;
        if (stopped || !has_expected(s, at)) continue;
        any = true;
        if (at < earliest) earliest = at;
    }
    s->ahead = (size_t)(s->end - earliest);
    return any;
}

/* ---- what kind of figure it is ---- */

typedef struct shape {
    size_t steps, falls;     /* from one reported period to the next of the same year */
    size_t starts, restarts; /* from one year to the next, and those that fall below three quarters */
    double least, most;
} shape;

static void look_at(const pl_series *s, size_t unit, shape *found) {
    const double *v = pl_series_row(s, unit);
    int64_t before = -1;
    for (int64_t t = s->first; t <= s->last; t++) {
        double x = v[t - s->first];
        if (isnan(x)) continue;
        found->least = fmin(found->least, x);
        found->most = fmax(found->most, x);
        bool same_year = before >= 0 && t / s->slots == before / s->slots;
        bool next_year = before >= 0 && t / s->slots == before / s->slots + 1;
        double earlier = before >= 0 ? v[before - s->first] : 0;
        found->steps += same_year;
        found->falls += same_year && x < earlier;
        found->starts += next_year;
        found->restarts += next_year && x < 0.75 * earlier;
        before = t;
    }
}

/* Cumulative figures hardly ever fall within a year (2 % for corrections) and nearly always start anew with the next (90 %). */
static bool looks_cumulative(const pl_series *s, const shape *found) {
    return s->slots > 1 && found->least >= 0 && found->starts && found->steps >= 2 &&
           (double)found->falls <= 0.02 * (double)found->steps && (double)found->restarts >= 0.9 * (double)found->starts;
}

static bool is_named(pl_str list, pl_str name) {
    pl_str item;
    while (pl_list_next(&list, &item))
        if (pl_str_equal(item, name)) return true;
    return false;
}

static bool is_percentage(pl_str measure) { return pl_str_is(measure, "%") || pl_str_is(measure, "％"); }

/* Forecasts stay within the declared bounds of the indicator that the element feeds, where all values so far do; what was never
 * below 0 does not go there, and a percentage that was never outside 0 to 100 does not pass 100, unless `high` says it may. */
static void find_limits(pl_series *s, const pl_model *model, const shape *found) {
    size_t index = pl_model_find(model, s->data->elements[s->facts->element].name);
    const pl_indicator *leaf = index == PL_NO_INDEX ? NULL : &model->indicators[index];
    if (leaf && (leaf->child_count || leaf->value)) leaf = NULL;
    s->least = found->least >= 0 ? 0 : -INFINITY;
    s->most = INFINITY;
    if (leaf && leaf->low.given && leaf->low.value <= found->least) s->least = fmax(s->least, leaf->low.value);
    if (leaf && leaf->high.given && leaf->high.value >= found->most)
        s->most = leaf->high.value;
    else if (leaf && is_percentage(leaf->unit_of_measure) && found->least >= 0 && found->most <= 100)
        s->most = 100;
}

/* The mean absolute step from one period to the next; where it never moved its own size, so that errors can be told at all. */
static double scale_of(const pl_series *s, size_t unit) {
    const double *v = pl_series_row(s, unit);
    double steps = 0, sizes = 0;
    size_t step_count = 0, count = 0;
    for (int64_t t = s->first; t <= s->last; t++) {
        double x = v[t - s->first];
        if (isnan(x)) continue;
        sizes += fabs(x);
        count++;
        bool starts_anew = s->facts->cumulative && pl_series_slot(s, t) == 0;
        if (t == s->first || starts_anew || isnan(v[t - 1 - s->first])) continue;
        steps += fabs(x - v[t - 1 - s->first]);
        step_count++;
    }
    if (steps > 0) return steps / (double)step_count;
    return sizes > 0 ? sizes / (double)count : 1;
}

/* Values are away from 0 where each unit's least, in the slots that are to come, is a tenth of its mean there or more. */
static bool is_away_from_zero(const pl_series *s) {
    bool any = false;
    for (size_t unit = 0; unit < s->units; unit++) {
        const double *v = pl_series_row(s, unit);
        double least = INFINITY, sum = 0;
        size_t count = 0;
        for (int64_t t = s->first; t <= s->last; t++) {
            int64_t later = t + (s->end - t) / s->slots * s->slots; /* the same slot, at the end */
            if (isnan(v[t - s->first]) || later <= s->last) continue;
            least = fmin(least, v[t - s->first]);
            sum += v[t - s->first];
            count++;
        }
        if (!count) continue;
        any = true;
        if (!(least > 0) || least < 0.1 * sum / (double)count) return false;
    }
    return any;
}

/* ---- seasons ---- */

bool pl_series_add_year(const pl_series *s, size_t unit, int64_t year, pl_season *to) {
    const double *v = pl_series_row(s, unit);
    double whole = 0, at[MOST_SLOTS] = {0};
    for (int64_t slot = 0; slot < s->slots; slot++) {
        int64_t t = year * s->slots + slot;
        if (!s->expected[slot]) continue;
        if (t < s->first || t > s->last || isnan(v[t - s->first]) || v[t - s->first] < 0) return false;
        at[slot] = v[t - s->first];
        whole = s->facts->cumulative ? at[slot] : whole + at[slot];
    }
    if (!(whole > 0)) return false;
    for (int64_t slot = 0; slot < s->slots; slot++) to->part[slot] += at[slot] / whole;
    to->years++;
    return true;
}

void pl_season_mean(pl_season *season) {
    for (size_t slot = 0; season->years && slot < MOST_SLOTS; slot++) season->part[slot] /= (double)season->years;
}

/* For each year, the mean of all complete years before it. */
static pl_status find_seasons(pl_series *s) {
    int64_t first_year = s->first / s->slots;
    s->years = (size_t)(s->end / s->slots - first_year) + 2;
    s->pooled = calloc(s->years, sizeof *s->pooled);
    if (!s->pooled) return PL_MEMORY;
    pl_season sum = {0};
    for (size_t y = 0; y < s->years; y++) {
        s->pooled[y] = sum;
        pl_season_mean(&s->pooled[y]);
        for (size_t unit = 0; s->slots > 1 && unit < s->units; unit++) pl_series_add_year(s, unit, first_year + (int64_t)y, &sum);
    }
    return PL_OK;
}

/* ---- all of it ---- */

static pl_status describe(pl_series *s, const pl_model *model) {
    shape found = {.least = INFINITY, .most = -INFINITY};
    pl_str declared = model->settings.cumulative;
    for (size_t unit = 0; unit < s->units; unit++) look_at(s, unit, &found);
    s->facts->cumulative = s->slots > 1 && (declared.len ? is_named(declared, s->data->elements[s->facts->element].name)
                                                         : looks_cumulative(s, &found));
    s->facts->relative = is_away_from_zero(s);
    find_limits(s, model, &found);
    for (size_t unit = 0; unit < s->units; unit++) s->scale[unit] = scale_of(s, unit);
    return find_seasons(s);
}

pl_status pl_series_make(pl_series *out, const pl_model *model, const pl_dataset *data, size_t element, pl_period_kind kind,
                         int64_t until, pl_forecast_series *facts, bool *any) {
    *any = false;
    *facts = (pl_forecast_series){.element = element, .kind = kind};
    *out = (pl_series){.facts = facts, .data = data, .units = data->unit_count, .slots = slots_of(kind)};
    const pl_element *values = &data->elements[element];
    if (!values->present || !find_bounds(out, values)) return PL_OK;
    out->end = last_until(kind, until);
    if (out->end < out->last) out->end = out->last;
    out->width = (size_t)(out->end - out->first) + 1;
    out->values = calloc(out->units * out->width + 1, sizeof *out->values);
    out->origin = calloc(out->units + 1, sizeof *out->origin);
    out->scale = calloc(out->units + 1, sizeof *out->scale);
    out->method = calloc(out->units + 1, sizeof *out->method);
    if (!out->values || !out->origin || !out->scale || !out->method) return PL_MEMORY;
    read_values(out, values);
    find_slots(out);
    *any = find_origins(out);
    return *any ? describe(out, model) : PL_OK;
}

void pl_series_free(pl_series *s) {
    free(s->values);
    free(s->origin);
    free(s->scale);
    free(s->pooled);
    free(s->method);
    free(s->cases);
    free(s->case_of);
    free(s->errors);
    free(s->forecast);
}
