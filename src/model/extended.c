/* A copy of a dataset with further periods: what a forecast is put into. */
#include "model/vocabulary.h"

#include <plumbline/base/date.h>
#include <plumbline/model/dataset.h>
#include <plumbline/table/table.h>

#include <stdlib.h>

/* A record of the base in one row of the copy. */
typedef struct entry {
    size_t row, record;
} entry;

typedef struct extending {
    const pl_dataset *base;
    const pl_extension *by;
    pl_dataset *copy;
    size_t *moved_to; /* per period of the base: its place in the copy */
    bool *is_new;     /* per period of the copy */
    uint64_t *seen;   /* of events: rows of the sheet that were met */
    entry *entries;   /* of the list that is being copied */
    size_t count, capacity;
} extending;

/* ---- periods ---- */

static bool is_there(const pl_str *periods, size_t count, pl_str label) {
    for (size_t i = 0; i < count; i++)
        if (pl_period_same(periods[i], label)) return true;
    return false;
}

static int by_time(const void *a, const void *b) { return pl_period_compare(*(const pl_str *)a, *(const pl_str *)b); }

static pl_status merge_periods(extending *x) {
    pl_dataset *d = x->copy;
    size_t room = x->base->period_count + x->by->period_count + 1;
    d->periods = pl_arena_array(&d->arena, room, sizeof *d->periods);
    x->moved_to = calloc(room, sizeof *x->moved_to);
    x->is_new = calloc(room, sizeof *x->is_new);
    if (!d->periods || !x->moved_to || !x->is_new) return PL_MEMORY;
    for (size_t p = 0; p < x->base->period_count; p++) d->periods[d->period_count++] = x->base->periods[p];
    for (size_t p = 0; p < x->by->period_count; p++) {
        pl_str label;
        if (is_there(d->periods, d->period_count, x->by->periods[p])) continue;
        if (!pl_str_copy(&label, &d->arena, x->by->periods[p])) return PL_MEMORY;
        d->periods[d->period_count++] = label;
    }
    qsort(d->periods, d->period_count, sizeof *d->periods, by_time);
    for (size_t p = 0, q = 0; p < d->period_count; p++) {
        x->is_new[p] = q == x->base->period_count || !pl_str_equal(d->periods[p], x->base->periods[q]);
        if (!x->is_new[p]) x->moved_to[q++] = p;
    }
    return PL_OK;
}

static bool is_left_out(const extending *x, pl_str label) {
    return x->by->end && pl_period_end(pl_period_parse(label)) > x->by->end;
}

/* ---- values ---- */

static pl_status copy_element(const extending *x, const pl_element *from, pl_element *to) {
    size_t units = x->base->unit_count, rows = x->copy->period_count * units;
    *to = *from;
    to->numbers = NULL;
    to->scaled = NULL;
    to->present = NULL;
    if (!from->present) return PL_OK;
    to->numbers = calloc(rows + 1, sizeof *to->numbers);
    to->present = calloc(pl_present_words(rows) + 1, sizeof *to->present);
    if (!to->numbers || !to->present) return PL_MEMORY;
    for (size_t p = 0; p < x->base->period_count; p++) {
        if (is_left_out(x, x->base->periods[p])) continue;
        for (size_t unit = 0; unit < units; unit++) {
            if (!pl_present(from->present, p * units + unit)) continue;
            to->numbers[x->moved_to[p] * units + unit] = pl_element_number(from, p * units + unit);
            pl_set_present(to->present, x->moved_to[p] * units + unit);
        }
    }
    return PL_OK;
}

static pl_status copy_rows(const extending *x) {
    const pl_dataset *base = x->base;
    pl_dataset *d = x->copy;
    size_t units = base->unit_count, rows = d->period_count * units;
    d->reported = calloc(pl_present_words(rows) + 1, sizeof *d->reported);
    d->source_rows = calloc(rows + 1, sizeof *d->source_rows);
    if (!d->reported || !d->source_rows) return PL_MEMORY;
    for (size_t p = 0; p < base->period_count; p++) {
        for (size_t unit = 0; unit < units; unit++) {
            size_t from = p * units + unit, to = x->moved_to[p] * units + unit;
            d->source_rows[to] = base->source_rows ? base->source_rows[from] : unit + 2;
            if (pl_present(base->reported, from) && !is_left_out(x, base->periods[p])) pl_set_present(d->reported, to);
        }
    }
    return PL_OK;
}

static pl_status copy_elements(extending *x) {
    pl_dataset *d = x->copy;
    d->elements = pl_arena_array(&d->arena, x->base->element_count + 1, sizeof *d->elements);
    if (!d->elements) return PL_MEMORY;
    pl_status status = PL_OK;
    for (size_t i = 0; i < x->base->element_count && status == PL_OK; i++, d->element_count++)
        status = copy_element(x, &x->base->elements[i], &d->elements[i]);
    return status;
}

/* ---- what does not depend on periods ---- */

/* A copy of `size` bytes; NULL for NULL, which is no failure. */
static void *copy_of(const void *from, size_t size, bool *good) {
    void *to = from && *good ? malloc(size ? size : 1) : NULL;
    if (to) memcpy(to, from, size);
    *good = *good && (to || !from);
    return to;
}

static pl_status copy_attributes(extending *x) {
    pl_dataset *d = x->copy;
    const pl_dataset *base = x->base;
    size_t units = base->unit_count;
    bool good = true;
    d->attributes = pl_arena_array(&d->arena, base->attribute_count + 1, sizeof *d->attributes);
    if (!d->attributes) return PL_MEMORY;
    for (size_t i = 0; i < base->attribute_count && good; i++, d->attribute_count++) {
        const pl_attribute *from = &base->attributes[i];
        pl_attribute *to = &d->attributes[i];
        *to = (pl_attribute){.name = from->name, .type = from->type};
        to->numbers = copy_of(from->numbers, units * sizeof *to->numbers, &good);
        to->present = copy_of(from->present, pl_present_words(units) * sizeof *to->present, &good);
        to->texts = copy_of(from->texts, units * sizeof *to->texts, &good);
    }
    return good ? PL_OK : PL_MEMORY;
}

static pl_status copy_rest(extending *x) {
    pl_dataset *d = x->copy;
    const pl_dataset *base = x->base;
    bool good = true;
    d->units = copy_of(base->units, base->unit_count * sizeof *d->units, &good);
    d->unit_count = base->unit_count;
    d->groups = base->groups;
    d->group_count = base->group_count;
    d->data_name = base->data_name;
    memcpy(d->digest, base->digest, sizeof d->digest);
    if (!good) return PL_MEMORY;
    pl_status status = base->texts ? pl_intern_create(&d->texts, 0) : PL_OK;
    uint32_t id;
    for (size_t i = 1; base->texts && i <= pl_intern_count(base->texts) && status == PL_OK; i++)
        status = pl_intern_add(d->texts, pl_intern_text(base->texts, (uint32_t)i), &id);
    return status == PL_OK ? copy_attributes(x) : status;
}

/* ---- records ---- */

static bool add_entry(extending *x, size_t row, size_t record) {
    if (pl_reserve((void **)&x->entries, &x->capacity, x->count + 1, sizeof *x->entries, 0)) return false;
    x->entries[x->count++] = (entry){row, record};
    return true;
}

/* When an event was: the months from year 0 in which it begins and ends. False where neither day nor period is given. */
static bool event_time(const extending *x, const pl_record_list *list, size_t record, int64_t *begin, int64_t *end) {
    const pl_record_field *date = pl_record_field_of(list, EVENT_DATE, (pl_str){0});
    const pl_record_field *label = pl_record_field_of(list, EVENT_PERIOD, (pl_str){0});
    pl_period period = {0};
    if (label && label->texts) period = pl_period_parse(pl_intern_text(x->base->texts, label->texts[record]));
    if (period.kind == PL_PERIOD_OTHER && date && pl_present(date->present, record)) {
        int32_t year, month, day;
        pl_date_split((int32_t)date->numbers[record], &year, &month, &day);
        period = (pl_period){PL_PERIOD_MONTH, year, month};
    }
    *begin = pl_period_begin(period);
    *end = pl_period_end(period);
    return period.kind != PL_PERIOD_OTHER;
}

/* An event stands once in each period that contains it: the first of these entries is the one that new periods look at. */
static bool is_first(extending *x, const pl_record_list *list, size_t record) {
    size_t source = list->source_rows[record];
    bool first = !pl_present(x->seen, source);
    pl_set_present(x->seen, source);
    return first;
}

static bool note_sources(extending *x, const pl_record_list *list) {
    size_t most = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->source_rows[i] > most) most = list->source_rows[i];
    x->seen = calloc(pl_present_words(most + 1), sizeof *x->seen);
    return x->seen;
}

static bool add_events(extending *x, const pl_record_list *list, size_t record) {
    size_t units = x->base->unit_count, unit = list->row_of[record] % units;
    int64_t begin, end;
    bool timed = event_time(x, list, record, &begin, &end), good = true;
    if (timed && x->by->end && end > x->by->end) return true;
    good = add_entry(x, x->moved_to[list->row_of[record] / units] * units + unit, record);
    bool first = timed && is_first(x, list, record);
    for (size_t p = 0; first && p < x->copy->period_count && good; p++) {
        pl_period period = pl_period_parse(x->copy->periods[p]);
        bool inside =
            x->is_new[p] && period.kind != PL_PERIOD_OTHER && pl_period_begin(period) <= begin && end <= pl_period_end(period);
        if (inside) good = add_entry(x, p * units + unit, record);
    }
    return good;
}

static size_t find_same(const pl_dataset *d, pl_str label) {
    for (size_t p = 0; label.len && p < d->period_count; p++)
        if (pl_period_same(d->periods[p], label)) return p;
    return PL_NO_INDEX;
}

static bool add_ballots(extending *x, const pl_record_list *list, size_t record) {
    size_t units = x->base->unit_count, unit = list->row_of[record] % units, period = list->row_of[record] / units;
    if (is_left_out(x, x->base->periods[period])) return true;
    size_t from = find_same(x->base, x->by->ballots_from), to = find_same(x->copy, x->by->ballots_to);
    bool good = add_entry(x, x->moved_to[period] * units + unit, record);
    if (good && period == from && to != PL_NO_INDEX && x->is_new[to]) good = add_entry(x, to * units + unit, record);
    return good;
}

static int by_row(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static bool gather_field(const extending *x, const pl_record_field *from, pl_record_field *to) {
    *to = *from;
    to->numbers = from->numbers ? calloc(x->count + 1, sizeof *to->numbers) : NULL;
    to->present = from->present ? calloc(pl_present_words(x->count) + 1, sizeof *to->present) : NULL;
    to->texts = from->texts ? calloc(x->count + 1, sizeof *to->texts) : NULL;
    if ((from->numbers && !to->numbers) || (from->present && !to->present) || (from->texts && !to->texts)) return false;
    for (size_t i = 0; i < x->count; i++) {
        size_t record = x->entries[i].record;
        if (from->numbers) to->numbers[i] = from->numbers[record];
        if (from->texts) to->texts[i] = from->texts[record];
        if (from->present && pl_present(from->present, record)) pl_set_present(to->present, i);
    }
    return true;
}

static pl_status gather_list(const extending *x, const pl_record_list *from, pl_record_list *to) {
    bool good = true;
    to->name = from->name;
    to->count = x->count;
    to->fields = calloc(from->field_count + 1, sizeof *to->fields);
    to->row_of = calloc(x->count + 1, sizeof *to->row_of);
    to->source_rows = from->source_rows ? calloc(x->count + 1, sizeof *to->source_rows) : NULL;
    to->indicator = from->indicator ? calloc(x->count + 1, sizeof *to->indicator) : NULL;
    if (!to->fields || !to->row_of || (from->source_rows && !to->source_rows) || (from->indicator && !to->indicator))
        return PL_MEMORY;
    for (size_t i = 0; i < x->count; i++) {
        to->row_of[i] = x->entries[i].row;
        if (to->source_rows) to->source_rows[i] = from->source_rows[x->entries[i].record];
        if (to->indicator) to->indicator[i] = from->indicator[x->entries[i].record];
    }
    for (size_t i = 0; i < from->field_count && good; i++, to->field_count++)
        good = gather_field(x, &from->fields[i], &to->fields[i]);
    return good ? PL_OK : PL_MEMORY;
}

static pl_status copy_list(extending *x, int which) {
    const pl_record_list *from = &x->base->lists[which];
    if (!from->name && !from->count) return PL_OK;
    bool good = which != PL_LIST_EVENTS || note_sources(x, from);
    x->count = 0;
    for (size_t i = 0; i < from->count && good; i++)
        good = which == PL_LIST_EVENTS ? add_events(x, from, i) : add_ballots(x, from, i);
    if (good && x->count) qsort(x->entries, x->count, sizeof *x->entries, by_row);
    return good ? gather_list(x, from, &x->copy->lists[which]) : PL_MEMORY;
}

/* ---- all of it ---- */

pl_status pl_dataset_extended(pl_dataset **out, const pl_dataset *base, const pl_extension *extension) {
    *out = NULL;
    pl_dataset *copy = calloc(1, sizeof *copy);
    if (!copy) return PL_MEMORY;
    pl_arena_init(&copy->arena, 0);
    extending x = {.base = base, .by = extension, .copy = copy};
    pl_status status = merge_periods(&x);
    if (status == PL_OK) status = copy_rest(&x);
    if (status == PL_OK) status = copy_rows(&x);
    if (status == PL_OK) status = copy_elements(&x);
    for (int list = 0; list < PL_LIST_COUNT && status == PL_OK; list++) status = copy_list(&x, list);
    free(x.moved_to);
    free(x.is_new);
    free(x.seen);
    free(x.entries);
    if (status == PL_OK)
        *out = copy;
    else
        pl_dataset_free(copy);
    return status;
}

void pl_dataset_put(pl_dataset *dataset, size_t element, size_t row, double value) {
    pl_element *to = &dataset->elements[element];
    to->numbers[row] = value;
    pl_set_present(to->present, row);
    pl_set_present(dataset->reported, row);
}
