/* Where the other units will be if they go on as they did. */
#include "study/pathing.h"

#include <stdlib.h>

/* The periods of the kind of the scored one, up to it, and how far ahead the trend looks. */
typedef struct history {
    const pl_dataset *dataset;
    bool *counts; /* per period */
    double *at;   /* its place on the scale of its kind */
    double ahead;
} history;

static int32_t last_of_year(pl_period_kind kind) {
    return kind == PL_PERIOD_HALF ? 2 : kind == PL_PERIOD_QUARTER ? 4 : kind == PL_PERIOD_MONTH ? 12 : 1;
}

/* To the end of the year; from there, and from labels that are no periods, to the next of its kind. */
static double steps_ahead(pl_period period) {
    int32_t last = last_of_year(period.kind);
    return period.number < last ? (double)(last - period.number) : 1;
}

static pl_status name_target(pl_outlook *o, pl_period period, double ahead) {
    static const char *const signs[] = {[PL_PERIOD_HALF] = "-H", [PL_PERIOD_QUARTER] = "-Q", [PL_PERIOD_MONTH] = "-"};
    pl_buffer name;
    pl_buffer_init(&name, 0);
    int32_t last = last_of_year(period.kind), number = period.number + (int32_t)ahead;
    int32_t year = period.year + (number - 1) / last;
    number = (number - 1) % last + 1;
    if (period.kind == PL_PERIOD_OTHER)
        pl_buffer_text(&name, "+1");
    else if (period.kind == PL_PERIOD_YEAR)
        pl_buffer_print(&name, "%d", (int)year);
    else
        pl_buffer_print(&name, period.kind == PL_PERIOD_MONTH ? "%d%s%02d" : "%d%s%d", (int)year, signs[period.kind], (int)number);
    bool good = !name.failed && pl_str_copy(&o->trend_to, &o->arena, pl_buffer_view(&name));
    pl_buffer_free(&name);
    return good ? PL_OK : PL_MEMORY;
}

/* The slope of the line of least squares through the values of one unit; false with fewer than two. */
static bool slope_of(const history *h, const pl_element *element, size_t unit, double *slope, bool *negative) {
    double count = 0, sum_t = 0, sum_y = 0, tt = 0, ty = 0;
    *negative = false;
    for (int turn = 0; turn < 2; turn++)
        for (size_t p = 0; p < h->dataset->period_count; p++) {
            size_t row = p * h->dataset->unit_count + unit;
            if (!h->counts[p] || !pl_present(element->present, row)) continue;
            double t = h->at[p], y = pl_element_number(element, row);
            *negative |= y < 0;
            if (turn) {
                tt += (t - sum_t / count) * (t - sum_t / count);
                ty += (t - sum_t / count) * (y - sum_y / count);
            } else {
                count++;
                sum_t += t;
                sum_y += y;
            }
        }
    if (count < 2) return false;
    *slope = ty / tt;
    return true;
}

static double within_bounds(const pl_model *model, pl_str element, double value, bool negative) {
    size_t index = pl_model_find(model, element);
    const pl_indicator *leaf = index == PL_NO_INDEX ? NULL : &model->indicators[index];
    if (value < 0 && !negative) value = 0; /* what never was below 0 will not be */
    if (leaf && leaf->low.given && value < leaf->low.value) value = leaf->low.value;
    if (leaf && leaf->high.given && value > leaf->high.value) value = leaf->high.value;
    return value;
}

static pl_status move_element(pl_outlook *o, const history *h, size_t index) {
    const pl_element *element = &h->dataset->elements[index];
    for (size_t unit = 0; unit < h->dataset->unit_count; unit++) {
        size_t row = o->period * h->dataset->unit_count + unit;
        double slope;
        bool negative;
        if (unit == o->unit || !pl_present(element->present, row)) continue;
        if (!slope_of(h, element, unit, &slope, &negative)) {
            o->still++;
            continue;
        }
        double *numbers = pl_outlook_numbers(o, index);
        if (!numbers) return PL_MEMORY;
        numbers[row] = within_bounds(o->compiled->model, element->name, numbers[row] + slope * h->ahead, negative);
        o->trended++;
    }
    return PL_OK;
}

static void look_back(history *h, size_t scored) {
    pl_period now = pl_period_parse(h->dataset->periods[scored]);
    for (size_t p = 0; p <= scored; p++) {
        pl_period one = pl_period_parse(h->dataset->periods[p]);
        h->counts[p] = one.kind == now.kind;
        h->at[p] = one.kind == PL_PERIOD_OTHER ? (double)p : (double)pl_period_ordinal(one);
    }
    h->ahead = steps_ahead(now);
}

pl_status pl_outlook_trend(pl_outlook *o) {
    const pl_dataset *d = o->compiled->dataset;
    history h = {
        .dataset = d, .counts = calloc(d->period_count + 1, sizeof *h.counts), .at = calloc(d->period_count + 1, sizeof *h.at)};
    pl_status status = h.counts && h.at ? PL_OK : PL_MEMORY;
    if (status == PL_OK) look_back(&h, o->period);
    for (size_t i = 0; i < d->element_count && status == PL_OK; i++)
        if (d->elements[i].present) status = move_element(o, &h, i);
    if (status == PL_OK && o->trended) status = name_target(o, pl_period_parse(d->periods[o->period]), h.ahead);
    free(h.counts);
    free(h.at);
    return status;
}
