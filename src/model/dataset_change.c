#include <plumbline/model/change.h>

#include "model/vocabulary.h"

#include <plumbline/table/table.h>

#include <stdlib.h>

/* A dataset that shares every block with its base, but for an array of elements of its own. */
static pl_dataset *share(const pl_dataset *base) {
    pl_dataset *d = malloc(sizeof *d);
    if (!d) return NULL;
    *d = *base;
    d->base = base;
    memset(d->digest, 0, sizeof d->digest);
    pl_arena_init(&d->arena, 0);
    d->elements = pl_arena_array(&d->arena, base->element_count + 1, sizeof *d->elements);
    if (!d->elements) {
        pl_arena_free(&d->arena);
        free(d);
        return NULL;
    }
    memcpy(d->elements, base->elements, base->element_count * sizeof *d->elements);
    return d;
}

static void *copy_of(const void *from, size_t count, size_t size) {
    void *copy = calloc(count + 1, size);
    return copy && from ? memcpy(copy, from, count * size) : copy;
}

/* Gives a dataset a column of its own for an element, unless it has one: its base's, or an empty one. */
static pl_status own_column(pl_dataset *d, size_t index) {
    pl_element *element = &d->elements[index];
    const pl_element *of_base = &d->base->elements[index];
    size_t rows = d->unit_count * d->period_count;
    if (element->present && element->present != of_base->present) return PL_OK;
    double *numbers = calloc(rows + 1, sizeof *numbers);
    for (size_t row = 0; numbers && of_base->present && row < rows; row++) numbers[row] = pl_element_number(of_base, row);
    uint64_t *present = copy_of(of_base->present, pl_present_words(rows), sizeof *present);
    if (!numbers || !present) {
        free(numbers);
        free(present);
        return PL_MEMORY;
    }
    element->numbers = numbers;
    element->scaled = NULL;
    element->present = present;
    if (!element->file) element->file = d->data_name;
    return PL_OK;
}

static pl_status change_value(pl_dataset *d, const pl_value_change *change) {
    pl_status status = own_column(d, change->element);
    if (status != PL_OK) return status;
    pl_element *element = &d->elements[change->element];
    size_t row = change->period * d->unit_count + change->unit;
    element->numbers[row] = change->present ? change->value : 0;
    pl_set_missing(element->present, row);
    if (!change->present) return PL_OK;
    pl_set_present(element->present, row);
    pl_set_present(d->reported, row);
    element->has_values = true;
    return PL_OK;
}

pl_status pl_dataset_changed(pl_dataset **out, const pl_dataset *base, const pl_value_change *changes, size_t count) {
    *out = NULL;
    pl_dataset *d = share(base);
    if (!d) return PL_MEMORY;
    d->reported = copy_of(base->reported, pl_present_words(d->unit_count * d->period_count), sizeof *d->reported);
    pl_status status = d->reported ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < count && status == PL_OK; i++) status = change_value(d, &changes[i]);
    if (status == PL_OK)
        *out = d;
    else
        pl_dataset_free(d);
    return status;
}

/* ---- units left out ---- */

/* Where everything of the base stays, in rising order. */
typedef struct leaving {
    const pl_dataset *base;
    pl_dataset *d;
    uint32_t *unit_of; /* per unit of the base: its index from now on, or PL_NOBODY */
    size_t *units;     /* those that stay */
    size_t *rows;      /* of those the rows, period by period */
    size_t row_count;
    size_t *row_of; /* per row of the base: its index from now on, or PL_NO_INDEX */
} leaving;

static double *pick_numbers(const double *from, const size_t *at, size_t count) {
    double *picked = malloc((count + 1) * sizeof *picked);
    for (size_t i = 0; picked && i < count; i++) picked[i] = from[at[i]];
    return picked;
}

static double *pick_element(const pl_element *from, const size_t *at, size_t count) {
    double *picked = malloc((count + 1) * sizeof *picked);
    for (size_t i = 0; picked && i < count; i++) picked[i] = pl_element_number(from, at[i]);
    return picked;
}

static size_t *pick_sizes(const size_t *from, const size_t *at, size_t count) {
    size_t *picked = malloc((count + 1) * sizeof *picked);
    for (size_t i = 0; picked && i < count; i++) picked[i] = from ? from[at[i]] : at[i] + 2;
    return picked;
}

static uint32_t *pick_texts(const uint32_t *from, const size_t *at, size_t count) {
    uint32_t *picked = malloc((count + 1) * sizeof *picked);
    for (size_t i = 0; picked && i < count; i++) picked[i] = from[at[i]];
    return picked;
}

static uint64_t *pick_present(const uint64_t *from, const size_t *at, size_t count) {
    uint64_t *picked = calloc(pl_present_words(count) + 1, sizeof *picked);
    for (size_t i = 0; picked && i < count; i++)
        if (pl_present(from, at[i])) pl_set_present(picked, i);
    return picked;
}

/* Numbers every unit and row that stays. */
static pl_status number_all(leaving *l, const size_t *out, size_t count) {
    const pl_dataset *base = l->base;
    size_t units = base->unit_count, rows = units * base->period_count;
    l->unit_of = calloc(units + 1, sizeof *l->unit_of);
    l->units = malloc((units + 1) * sizeof *l->units);
    l->rows = malloc((rows + 1) * sizeof *l->rows);
    l->row_of = malloc((rows + 1) * sizeof *l->row_of);
    if (!l->unit_of || !l->units || !l->rows || !l->row_of) return PL_MEMORY;
    for (size_t i = 0; i < count; i++) l->unit_of[out[i]] = PL_NOBODY;
    l->d->unit_count = 0;
    for (size_t unit = 0; unit < units; unit++) {
        if (l->unit_of[unit] == PL_NOBODY) continue;
        l->unit_of[unit] = (uint32_t)l->d->unit_count;
        l->units[l->d->unit_count++] = unit;
    }
    for (size_t row = 0; row < rows; row++) {
        bool stays = l->unit_of[row % units] != PL_NOBODY;
        l->row_of[row] = stays ? l->row_count : PL_NO_INDEX;
        if (stays) l->rows[l->row_count++] = row;
    }
    return PL_OK;
}

/* Units, with the groups in the order in which they come among those that stay. */
static pl_status keep_units(leaving *l) {
    pl_dataset *d = l->d;
    uint32_t *group_of = calloc(l->base->group_count + 1, sizeof *group_of);
    d->units = malloc((d->unit_count + 1) * sizeof *d->units);
    d->groups = pl_arena_array(&d->arena, l->base->group_count + 1, sizeof *d->groups);
    d->group_count = 0;
    if (!group_of || !d->units || !d->groups) {
        free(group_of);
        return PL_MEMORY;
    }
    for (size_t i = 0; i < d->unit_count; i++) {
        pl_unit *unit = &d->units[i];
        *unit = l->base->units[l->units[i]];
        if (unit->parent != PL_NOBODY) unit->parent = l->unit_of[unit->parent];
        if (unit->group == PL_NOBODY) continue;
        if (!group_of[unit->group]) {
            d->groups[d->group_count] = l->base->groups[unit->group];
            group_of[unit->group] = (uint32_t)++d->group_count;
        }
        unit->group = group_of[unit->group] - 1;
    }
    free(group_of);
    return PL_OK;
}

static pl_status keep_attribute(const leaving *l, const pl_attribute *from, pl_attribute *to) {
    size_t count = l->d->unit_count;
    *to = (pl_attribute){.name = from->name, .type = from->type};
    if (from->numbers) to->numbers = pick_numbers(from->numbers, l->units, count);
    if (from->present) to->present = pick_present(from->present, l->units, count);
    if (from->texts) to->texts = pick_texts(from->texts, l->units, count);
    bool whole = !from->numbers == !to->numbers && !from->present == !to->present && !from->texts == !to->texts;
    if (!whole || !from->texts || !pl_str_is(from->name, "parent")) return whole ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (l->d->units[i].parent == PL_NOBODY) to->texts[i] = 0;
    return PL_OK;
}

static pl_status keep_attributes(leaving *l) {
    pl_dataset *d = l->d;
    size_t count = d->attribute_count;
    pl_attribute *attributes = pl_arena_array(&d->arena, count + 1, sizeof *attributes);
    if (!attributes) return PL_MEMORY;
    d->attributes = attributes;
    pl_status status = PL_OK;
    for (size_t i = 0; i < count && status == PL_OK; i++) status = keep_attribute(l, &l->base->attributes[i], &attributes[i]);
    return status;
}

static pl_status keep_elements(leaving *l) {
    for (size_t i = 0; i < l->d->element_count; i++) {
        const pl_element *from = &l->base->elements[i];
        pl_element *to = &l->d->elements[i];
        if (!from->present) continue;
        to->numbers = pick_element(from, l->rows, l->row_count);
        to->scaled = NULL;
        to->present = pick_present(from->present, l->rows, l->row_count);
        if (!to->numbers || !to->present) return PL_MEMORY;
    }
    return PL_OK;
}

static pl_status keep_field(const pl_record_field *from, pl_record_field *to, const size_t *records, size_t count) {
    *to = *from;
    to->numbers = from->numbers ? pick_numbers(from->numbers, records, count) : NULL;
    to->present = from->present ? pick_present(from->present, records, count) : NULL;
    to->texts = from->texts ? pick_texts(from->texts, records, count) : NULL;
    bool whole = !from->numbers == !to->numbers && !from->present == !to->present && !from->texts == !to->texts;
    return whole ? PL_OK : PL_MEMORY;
}

static pl_status keep_records(const leaving *l, const pl_record_list *from, pl_record_list *to, const size_t *records) {
    to->row_of = pick_sizes(from->row_of, records, to->count);
    to->source_rows = pick_sizes(from->source_rows, records, to->count);
    to->indicator = from->indicator ? pick_sizes(from->indicator, records, to->count) : NULL;
    to->fields = calloc(from->field_count + 1, sizeof *to->fields);
    if (!to->row_of || !to->source_rows || !to->fields || !from->indicator != !to->indicator) return PL_MEMORY;
    for (size_t i = 0; i < to->count; i++) to->row_of[i] = l->row_of[to->row_of[i]];
    pl_status status = PL_OK;
    for (size_t i = 0; i < from->field_count && status == PL_OK; i++)
        status = keep_field(&from->fields[i], &to->fields[to->field_count++], records, to->count);
    return status;
}

static pl_status keep_list(const leaving *l, size_t index) {
    const pl_record_list *from = &l->base->lists[index];
    pl_record_list *to = &l->d->lists[index];
    if (!from->name) return PL_OK;
    *to = (pl_record_list){.name = from->name};
    size_t *records = malloc((from->count + 1) * sizeof *records);
    if (!records) return PL_MEMORY;
    for (size_t i = 0; i < from->count; i++)
        if (l->row_of[from->row_of[i]] != PL_NO_INDEX) records[to->count++] = i;
    pl_status status = keep_records(l, from, to, records);
    free(records);
    return status;
}

static pl_status leave(leaving *l, const size_t *units, size_t count) {
    pl_status status = number_all(l, units, count);
    if (status == PL_OK) status = keep_units(l);
    if (status == PL_OK) status = keep_attributes(l);
    if (status == PL_OK) status = keep_elements(l);
    for (size_t i = 0; i < PL_LIST_COUNT && status == PL_OK; i++) status = keep_list(l, i);
    if (status != PL_OK) return status;
    l->d->reported = pick_present(l->base->reported, l->rows, l->row_count);
    l->d->source_rows = pick_sizes(l->base->source_rows, l->rows, l->row_count);
    return l->d->reported && l->d->source_rows ? PL_OK : PL_MEMORY;
}

pl_status pl_dataset_without(pl_dataset **out, const pl_dataset *base, const size_t *units, size_t count) {
    *out = NULL;
    leaving l = {.base = base, .d = share(base)};
    if (!l.d) return PL_MEMORY;
    pl_status status = leave(&l, units, count);
    free(l.unit_of);
    free(l.units);
    free(l.rows);
    free(l.row_of);
    if (status == PL_OK)
        *out = l.d;
    else
        pl_dataset_free(l.d);
    return status;
}
