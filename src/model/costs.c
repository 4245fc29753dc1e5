#include "model/loading.h"

#include <plumbline/model/compile.h>

/* The costs sheet while it is read. */
typedef struct cost_reader {
    pl_model *model;
    const pl_table *table;
    pl_problems *problems;
    size_t columns[COST_COUNT];
    const char *file;
    pl_status worst;
} cost_reader;

static void keep(cost_reader *r, pl_status status) { r->worst = pl_status_worse(r->worst, status); }

static pl_place cell_place(const cost_reader *r, pl_cost_field field, size_t row) {
    return pl_table_cell_place(r->table, r->columns[field], row);
}

static pl_str cell(const cost_reader *r, pl_cost_field field, size_t row) {
    return r->columns[field] < r->table->column_count ? pl_table_text(r->table, r->columns[field], row) : (pl_str){0};
}

/* A number above 0 where `positive`; *out stays where the cell is empty. */
static bool read_number(cost_reader *r, pl_cost_field field, size_t row, bool positive, double *out) {
    if (!cell(r, field, row).len) return false;
    double value;
    size_t errors = r->problems->errors;
    if (!pl_table_number(r->table, r->columns[field], row, &value, r->problems)) {
        if (r->problems->errors > errors) keep(r, PL_INPUT);
        return r->problems->errors > errors; /* an empty word such as NA is nothing */
    }
    if (positive && value <= 0)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E742", cell_place(r, field, row), "%g is not above 0", value));
    else
        *out = value;
    return true;
}

/* Places outlive the table. */
static pl_place lasting(cost_reader *r, pl_place place) {
    pl_str field = {0};
    if (!pl_str_copy(&field, &r->model->arena, pl_str_of(place.field))) keep(r, PL_MEMORY);
    return (pl_place){r->file, place.row, place.field ? field.at : NULL, place.column};
}

static void read_row(cost_reader *r, size_t row) {
    static const struct {
        pl_cost_field field;
        const char *what;
    } needed[] = {{COST_ELEMENT, "the element is missing"},
                  {COST_COST, "the cost of one step is missing"},
                  {COST_UP_TO, "how far it can be improved is missing; write the value that can be reached"}};
    pl_cost *to = &r->model->costs[r->model->cost_count];
    *to = (pl_cost){.step = 1, .cost = 1};
    int stepwise = 1;
    bool given[] = {cell(r, COST_ELEMENT, row).len > 0, read_number(r, COST_COST, row, true, &to->cost),
                    read_number(r, COST_UP_TO, row, false, &to->up_to)};
    for (size_t i = 0; i < 3; i++)
        if (!given[i])
            keep(r, pl_problem_add(r->problems, PL_ERROR, "E741", cell_place(r, needed[i].field, row), "%s", needed[i].what));
    read_number(r, COST_STEP, row, true, &to->step);
    keep(r, pl_cell_word(r->table, r->columns[COST_KIND], row, pl_cost_kind_words, &stepwise, r->problems));
    to->stepwise = stepwise;
    to->place = lasting(r, cell_place(r, COST_ELEMENT, row));
    bool has_units = r->columns[COST_UNIT] < r->table->column_count;
    to->unit_place = has_units ? lasting(r, cell_place(r, COST_UNIT, row)) : to->place;
    if (!pl_str_copy(&to->element, &r->model->arena, cell(r, COST_ELEMENT, row)) ||
        !pl_str_copy(&to->unit, &r->model->arena, cell(r, COST_UNIT, row)))
        keep(r, PL_MEMORY);
    r->model->cost_count++;
}

static bool has_columns(cost_reader *r) {
    bool good = r->columns[COST_ELEMENT] < r->table->column_count && r->columns[COST_COST] < r->table->column_count &&
                r->columns[COST_UP_TO] < r->table->column_count;
    if (!good)
        keep(r, pl_problem_add(r->problems, PL_ERROR, "E741", pl_table_header_place(r->table),
                               "needs the columns element (数据项), cost (成本) and up_to (可达值)"));
    return good;
}

pl_status pl_costs_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems) {
    if (!sheet) return PL_OK;
    pl_problems own;
    pl_problems_init(&own, 0);
    pl_table table;
    pl_status status = pl_sheet_read(&table, sheet, NULL, &own);
    cost_reader r = {.model = model, .table = &table, .problems = &own, .file = sheet->name, .worst = status};
    for (int field = 0; field < COST_COUNT; field++) r.columns[field] = pl_column_of(&table, pl_cost_words, field);
    if (status == PL_OK && has_columns(&r)) {
        model->costs = pl_arena_array(&model->arena, table.rows + 1, sizeof *model->costs);
        if (!model->costs) keep(&r, PL_MEMORY);
        for (size_t row = 0; model->costs && row < table.rows && r.worst != PL_MEMORY; row++) read_row(&r, row);
    }
    keep(&r, pl_problems_append(problems, &own));
    pl_problems_free(&own);
    pl_table_free(&table);
    return r.worst;
}

/* ---- against the data ---- */

static pl_status check_unit(const pl_cost *cost, const pl_dataset *d, pl_problems *problems) {
    if (!cost->unit.len || pl_dataset_find_unit(d, cost->unit) != PL_NO_INDEX) return PL_OK;
    return pl_problem_add(problems, PL_ERROR, "E743", cost->unit_place, "there is no unit \"%.*s\"", PL_ARG(cost->unit));
}

static pl_status check_element(const pl_cost *cost, const pl_dataset *d, pl_problems *problems) {
    if (!cost->element.len) return PL_OK; /* E741 */
    for (size_t i = 0; i < d->element_count; i++)
        if (pl_str_equal(d->elements[i].name, cost->element)) return PL_OK;
    return pl_problem_add(problems, PL_WARNING, "W741", cost->place,
                          "no indicator uses an element \"%.*s\" of the data; the row does nothing", PL_ARG(cost->element));
}

/* The rows of one element and unit are prices one after the other. Of the rows before, the last two say which way it goes. */
static pl_status check_order(const pl_model *model, size_t index, pl_problems *problems) {
    const pl_cost *own = &model->costs[index], *last = NULL, *before = NULL;
    for (size_t i = 0; i < index; i++) {
        if (!pl_str_equal(model->costs[i].element, own->element) || !pl_str_equal(model->costs[i].unit, own->unit)) continue;
        before = last;
        last = &model->costs[i];
    }
    if (!last || (own->up_to != last->up_to && (!before || (own->up_to > last->up_to) == (last->up_to > before->up_to))))
        return PL_OK;
    return pl_problem_add(
        problems, PL_ERROR, "E744", own->place,
        "\"%.*s\" up to %g does not go on from the row before, up to %g; values must rise from row to row, or fall",
        PL_ARG(own->element), own->up_to, last->up_to);
}

pl_status pl_costs_check(const pl_model *model, const pl_dataset *dataset, pl_problems *problems) {
    pl_status worst = PL_OK;
    for (size_t i = 0; i < model->cost_count && worst != PL_MEMORY; i++) {
        worst = pl_status_worse(worst, check_unit(&model->costs[i], dataset, problems));
        worst = pl_status_worse(worst, check_element(&model->costs[i], dataset, problems));
        worst = pl_status_worse(worst, check_order(model, i, problems));
    }
    return worst;
}
