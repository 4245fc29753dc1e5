/* What a unit can move, and to which values: the sheet of costs, read for one unit. */
#include "study/pathing.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

/* Decimals that values are kept to, so that 0.1 taken three times is 0.3. */
#define VALUE_DIGITS 10

/* The rows of one element that hold for a unit: its own where it has some. */
typedef struct price_list {
    const pl_model *model;
    pl_str element, unit;
    double way; /* 1: values rise, -1: they fall */
    double end;
} price_list;

static bool is_of(const price_list *list, const pl_cost *cost) {
    return pl_str_equal(cost->element, list->element) && pl_str_equal(cost->unit, list->unit);
}

/* The price at which the next bit after `value` is had, or NULL at the end. */
static const pl_cost *price_after(const price_list *list, double value) {
    for (size_t i = 0; i < list->model->cost_count; i++) {
        const pl_cost *cost = &list->model->costs[i];
        if (is_of(list, cost) && (cost->up_to - value) * list->way > 1e-9 * fabs(cost->up_to)) return cost;
    }
    return NULL;
}

/* The direction of the leaf that is this element; 0: none is. */
static double known_direction(const pl_model *model, pl_str element) {
    size_t index = pl_model_find(model, element);
    if (index == PL_NO_INDEX || model->indicators[index].child_count || model->indicators[index].value) return 0;
    return model->indicators[index].direction;
}

static bool list_open(price_list *list, const pl_model *model, pl_str element, pl_str unit, double from) {
    *list = (price_list){.model = model, .element = element, .unit = unit};
    size_t own = 0, common = 0;
    for (size_t i = 0; i < model->cost_count; i++) {
        own += is_of(list, &model->costs[i]);
        common += pl_str_equal(model->costs[i].element, element) && !model->costs[i].unit.len;
    }
    if (!own && !common) return false;
    if (!own) list->unit = (pl_str){0};
    for (size_t i = 0; i < model->cost_count; i++)
        if (is_of(list, &model->costs[i])) list->end = model->costs[i].up_to;
    list->way = known_direction(model, element);
    if (list->way == 0) list->way = list->end < from ? -1 : 1;
    return (list->end - from) * list->way > 0;
}

static pl_status add_level(pl_move *move, pl_rung level) {
    if (pl_reserve((void **)&move->levels, &move->capacity, move->count + 1, sizeof *move->levels, 0)) return PL_MEMORY;
    move->levels[move->count++] = level;
    return PL_OK;
}

/* Goes on from the last level. *more is false at the end. */
static pl_status next_level(pl_move *move, const price_list *list, bool *more) {
    pl_rung *last = &move->levels[move->count - 1];
    const pl_cost *price = price_after(list, last->value);
    *more = price && move->count < PATH_MOST_LEVELS;
    if (!*more) return PL_OK;
    double to = price->stepwise ? pl_number_round(last->value + list->way * price->step, VALUE_DIGITS) : price->up_to;
    double left = (list->end - to) * list->way;
    *more = left >= -1e-9 * fabs(list->end) && to != last->value; /* no whole step is left */
    if (!*more) return PL_OK;
    double steps = price->stepwise ? 1 : fabs(to - last->value) / price->step;
    last->divisible = !price->stepwise;
    return add_level(move, (pl_rung){to, last->cost + steps * price->cost, last->steps + steps, false});
}

static pl_status make_move(pl_move *move, const price_list *list, size_t element, double from) {
    *move = (pl_move){.element = element};
    bool more = true;
    pl_status status = add_level(move, (pl_rung){.value = from});
    while (status == PL_OK && more) status = next_level(move, list, &more);
    return status;
}

pl_status pl_moves_list(pl_move **out, size_t *count, const pl_compiled *compiled, size_t unit, size_t period) {
    const pl_dataset *d = compiled->dataset;
    size_t row = period * d->unit_count + unit;
    *count = 0;
    *out = calloc(d->element_count + 1, sizeof **out);
    pl_status status = *out ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < d->element_count && status == PL_OK; i++) {
        const pl_element *element = &d->elements[i];
        price_list list;
        if (!element->present || !pl_present(element->present, row) ||
            !list_open(&list, compiled->model, element->name, d->units[unit].code, pl_element_number(element, row)))
            continue;
        pl_move *move = &(*out)[(*count)++];
        status = make_move(move, &list, i, pl_element_number(element, row));
        if (status == PL_OK && move->count == 1) {
            free(move->levels);
            (*count)--;
        }
    }
    return status;
}

void pl_moves_free(pl_move *moves, size_t count) {
    for (size_t i = 0; moves && i < count; i++) free(moves[i].levels);
    free(moves);
}

/* The stretch or level where a value lies: the last level that it has come to. */
static size_t level_of(const pl_move *move, double value) {
    double way = move->levels[move->count - 1].value > move->levels[0].value ? 1 : -1;
    size_t at = 0;
    while (at + 1 < move->count && (value - move->levels[at + 1].value) * way >= 0) at++;
    return at;
}

double pl_move_cost(const pl_move *move, double value, double *steps) {
    const pl_rung *at = &move->levels[level_of(move, value)];
    double part = at->divisible ? (value - at->value) / (at[1].value - at->value) : 0;
    if (steps) *steps = at->steps + (part != 0 ? part * (at[1].steps - at->steps) : 0);
    return at->cost + (part != 0 ? part * (at[1].cost - at->cost) : 0);
}

pl_status pl_move_split(pl_move *move, size_t index, double value) {
    double steps, cost = pl_move_cost(move, value, &steps);
    pl_rung level = {value, cost, steps, move->levels[index].divisible, move->levels[index].opens};
    pl_status status = add_level(move, level);
    if (status != PL_OK) return status;
    memmove(&move->levels[index + 2], &move->levels[index + 1], (move->count - index - 2) * sizeof *move->levels);
    move->levels[index + 1] = level;
    return PL_OK;
}
