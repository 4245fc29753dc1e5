#include <plumbline/model/interchange.h>

#include <plumbline/base/number.h>
#include <plumbline/lang/period.h>

#include <stdio.h>

/* One present value after the other, in order. */
typedef struct walk {
    const pl_dataset *dataset;
    size_t period, unit, element;
} walk;

/* Moves to the next value, from `element` on; false at the end. */
static bool find_value(walk *w, double *value) {
    const pl_dataset *d = w->dataset;
    for (; w->period < d->period_count; w->period++, w->unit = 0) {
        for (; w->unit < d->unit_count; w->unit++, w->element = 0) {
            size_t row = w->period * d->unit_count + w->unit;
            for (; w->element < d->element_count; w->element++) {
                const pl_element *element = &d->elements[w->element];
                if (!element->present || !pl_present(element->present, row)) continue;
                *value = pl_element_number(element, row);
                return true;
            }
        }
    }
    return false;
}

/* The label as DHIS2 spells it; what is no year, half-year, quarter or month stays as it is. */
static pl_str spell_period(pl_str label, char room[32]) {
    pl_period p = pl_period_parse(label);
    int length = 0;
    switch (p.kind) {
    case PL_PERIOD_OTHER: return label;
    case PL_PERIOD_YEAR: length = snprintf(room, 32, "%04d", p.year); break;
    case PL_PERIOD_HALF: length = snprintf(room, 32, "%04dS%d", p.year, p.number); break;
    case PL_PERIOD_QUARTER: length = snprintf(room, 32, "%04dQ%d", p.year, p.number); break;
    case PL_PERIOD_MONTH: length = snprintf(room, 32, "%04d%02d", p.year, p.number); break;
    }
    return (pl_str){room, (size_t)length};
}

static bool has_periods(const pl_dataset *dataset) { return dataset->period_count > 1 || dataset->periods[0].len; }

void pl_values_write_csv(const pl_dataset *dataset, pl_output *output) {
    walk w = {.dataset = dataset};
    bool periods = has_periods(dataset);
    pl_csv_writer csv;
    pl_csv_begin(&csv, output, false);
    pl_csv_text(&csv, pl_str_of("dataElement"));
    if (periods) pl_csv_text(&csv, pl_str_of("period"));
    pl_csv_text(&csv, pl_str_of("orgUnit"));
    pl_csv_text(&csv, pl_str_of("value"));
    pl_csv_end_row(&csv);
    char room[32];
    double value;
    for (; find_value(&w, &value); w.element++) {
        pl_csv_text(&csv, dataset->elements[w.element].name);
        if (periods) pl_csv_text(&csv, spell_period(dataset->periods[w.period], room));
        pl_csv_text(&csv, dataset->units[w.unit].code);
        pl_csv_number(&csv, value);
        pl_csv_end_row(&csv);
    }
}

static void write_entry(pl_json_writer *json, const walk *w, bool periods, double value) {
    const pl_dataset *d = w->dataset;
    char room[32], number[PL_NUMBER_SIZE];
    pl_json_object(json);
    pl_json_key(json, "dataElement");
    pl_json_text(json, d->elements[w->element].name);
    if (periods) {
        pl_json_key(json, "period");
        pl_json_text(json, spell_period(d->periods[w->period], room));
    }
    pl_json_key(json, "orgUnit");
    pl_json_text(json, d->units[w->unit].code);
    pl_json_key(json, "value");
    pl_json_text(json, (pl_str){number, pl_number_print(number, value)});
    pl_json_end(json);
}

void pl_values_write_json(const pl_dataset *dataset, pl_output *output) {
    walk w = {.dataset = dataset};
    bool periods = has_periods(dataset);
    double value;
    pl_json_writer json;
    pl_json_begin(&json, output, true);
    pl_json_object(&json);
    pl_json_key(&json, "dataValues");
    pl_json_array(&json);
    for (; find_value(&w, &value); w.element++) write_entry(&json, &w, periods, value);
    pl_json_end(&json);
    pl_json_end(&json);
}
