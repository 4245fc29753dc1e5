#include "model/gathering.h"
#include "model/loading.h"

#include <stdlib.h>

static const char *period_text(const pl_gathering *g, const pl_data_file *file, size_t row, uint32_t *number) {
    uint32_t own = file->table.columns[file->columns[DATA_PERIOD]].texts[row];
    *number = file->texts ? file->texts[own] : own;
    return pl_intern_text(g->dataset->texts, *number).at;
}

static int by_time(const void *a, const void *b) { return pl_period_compare(*(const pl_str *)a, *(const pl_str *)b); }

/* Numbers of the period labels among the texts, marked in `is_period`. */
static pl_status find_labels(pl_gathering *g, uint32_t *is_period) {
    pl_status worst = PL_OK;
    for (size_t i = 0; i < g->file_count; i++) {
        const pl_data_file *file = &g->files[i];
        if (file->columns[DATA_PERIOD] == file->table.column_count) continue;
        for (size_t row = 0; row < file->table.rows; row++) {
            uint32_t number;
            period_text(g, file, row, &number);
            is_period[number] = 1;
            if (!number)
                worst = pl_status_worse(worst, pl_problem_add(g->problems, PL_ERROR, "E319",
                                                              pl_cell_place(&file->table, file->columns[DATA_PERIOD], row),
                                                              "this row names no period"));
        }
    }
    return worst;
}

/* Data without periods belongs to the one that the settings name. */
static pl_status single_period(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    const pl_settings *s = &g->model->settings;
    d->periods = pl_arena_array(&d->arena, 1, sizeof *d->periods);
    if (!d->periods || !pl_str_copy(&d->periods[0], &d->arena, s->period.len ? s->period : s->year)) return PL_MEMORY;
    d->period_count = 1;
    return PL_OK;
}

static pl_status number_rows(pl_gathering *g, uint32_t *index_of) {
    pl_dataset *d = g->dataset;
    for (size_t p = 0; p < d->period_count; p++) index_of[pl_intern_find(d->texts, d->periods[p])] = (uint32_t)p;
    for (size_t i = 0; i < g->file_count; i++) {
        pl_data_file *file = &g->files[i];
        if (file->columns[DATA_PERIOD] == file->table.column_count) {
            if (d->period_count == 1) continue;
            return pl_problem_add(g->problems, PL_ERROR, "E332", (pl_place){file->table.name, 1, NULL},
                                  "needs a column period, as the other data has");
        }
        file->period = malloc((file->table.rows + 1) * sizeof *file->period);
        if (!file->period) return PL_MEMORY;
        for (size_t row = 0; row < file->table.rows; row++) {
            uint32_t number;
            period_text(g, file, row, &number);
            file->period[row] = index_of[number];
        }
    }
    return PL_OK;
}

pl_status pl_gather_periods(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    size_t texts = pl_intern_count(d->texts) + 1;
    uint32_t *index_of = calloc(texts, sizeof *index_of);
    if (!index_of) return PL_MEMORY;
    pl_status status = find_labels(g, index_of);
    size_t count = 0;
    for (size_t i = 1; i < texts; i++) count += index_of[i];
    if (status == PL_OK && !count) {
        status = single_period(g);
    } else if (status == PL_OK) {
        d->periods = pl_arena_array(&d->arena, count, sizeof *d->periods);
        for (size_t i = 1; d->periods && i < texts; i++)
            if (index_of[i]) d->periods[d->period_count++] = pl_intern_text(d->texts, (uint32_t)i);
        if (!d->periods) status = PL_MEMORY;
        if (status == PL_OK) {
            qsort(d->periods, d->period_count, sizeof *d->periods, by_time);
            status = number_rows(g, index_of);
        }
    }
    free(index_of);
    return status;
}

/* ---- values ---- */

static size_t row_of(const pl_gathering *g, const pl_data_file *file, size_t row) {
    return (file->period ? file->period[row] : 0) * g->dataset->unit_count + file->unit[row];
}

static bool make_column(const pl_gathering *g, pl_element *element) {
    size_t rows = g->dataset->unit_count * g->dataset->period_count;
    if (!element->numbers) element->numbers = calloc(rows + 1, sizeof *element->numbers);
    if (!element->present) element->present = calloc(rows / 64 + 1, sizeof *element->present);
    return element->numbers && element->present;
}

static pl_status twice(pl_gathering *g, const pl_data_file *file, size_t row, size_t first, pl_str element) {
    const pl_dataset *d = g->dataset;
    size_t unit = row_of(g, file, row) % d->unit_count, period = row_of(g, file, row) / d->unit_count;
    pl_place place = {file->table.name, pl_table_source_row(&file->table, row), element.at};
    const char *in = d->periods[period].len ? " in " : "";
    if (!first)
        return pl_problem_add(g->problems, PL_ERROR, "E333", place, "\"%.*s\"%s%.*s was already given", PL_ARG(d->units[unit].code),
                              in, PL_ARG(d->periods[period]));
    return pl_problem_add(g->problems, PL_ERROR, "E333", place, "\"%.*s\"%s%.*s was already given in row %zu",
                          PL_ARG(d->units[unit].code), in, PL_ARG(d->periods[period]), first);
}

/* Puts one value; a second one for the same cell is an error. */
static pl_status put(pl_gathering *g, const pl_data_file *file, size_t row, pl_element *element, double value) {
    size_t at = row_of(g, file, row);
    if (pl_present(element->present, at))
        return twice(g, file, row, g->dataset->source_rows ? g->dataset->source_rows[at] : 0, element->name);
    element->numbers[at] = value;
    element->present[at / 64] |= UINT64_C(1) << (at % 64);
    return PL_OK;
}

/* Marks the rows that the file has a line for. */
static pl_status mark_rows(pl_gathering *g, const pl_data_file *file) {
    pl_dataset *d = g->dataset;
    pl_status worst = PL_OK;
    for (size_t row = 0; row < file->table.rows; row++) {
        if (file->unit[row] == NO_UNIT) continue;
        size_t at = row_of(g, file, row);
        if (d->source_rows[at] && !file->is_long && g->file_count == 1)
            worst = pl_status_worse(worst, twice(g, file, row, d->source_rows[at], (pl_str){0}));
        d->reported[at / 64] |= UINT64_C(1) << (at % 64);
        d->source_rows[at] = pl_table_source_row(&file->table, row);
    }
    return worst;
}

/* `once`: no unit has two rows, so that the cells can be put. */
static pl_status take_wide(pl_gathering *g, pl_data_file *file, bool once) {
    for (size_t i = 0; i < file->table.column_count; i++) {
        const pl_column *column = &file->table.columns[i];
        uint32_t id = column->numbers ? pl_intern_find(g->elements, column->name) : 0;
        if (!id) continue;
        pl_element *element = &g->dataset->elements[id - 1];
        if (!make_column(g, element)) return PL_MEMORY;
        for (size_t row = 0; once && row < file->table.rows; row++)
            if (pl_present(column->present, row) && file->unit[row] != NO_UNIT)
                pl_gathering_keep(g, put(g, file, row, element, column->numbers[row]));
        pl_table_drop(&file->table, i);
    }
    return g->worst;
}

static pl_status take_long(pl_gathering *g, pl_data_file *file) {
    const pl_table *table = &file->table;
    const uint32_t *names = table->columns[file->columns[DATA_ELEMENT]].texts;
    const pl_column *values = &table->columns[file->columns[DATA_VALUE]];
    for (size_t row = 0; row < table->rows && g->worst != PL_MEMORY; row++) {
        uint32_t text = file->texts ? file->texts[names[row]] : names[row];
        uint32_t id = pl_intern_find(g->elements, pl_intern_text(g->dataset->texts, text));
        if (!id || !pl_present(values->present, row) || file->unit[row] == NO_UNIT) continue;
        pl_element *element = &g->dataset->elements[id - 1];
        if (!make_column(g, element)) return PL_MEMORY;
        pl_gathering_keep(g, put(g, file, row, element, values->numbers[row]));
    }
    return g->worst;
}

/* One wide file of one period whose rows are the units in their order: its columns can be taken as they are. */
static bool in_order(const pl_gathering *g) {
    const pl_data_file *file = &g->files[0];
    if (g->file_count != 1 || file->is_long || g->dataset->period_count != 1 || file->table.rows != g->dataset->unit_count)
        return false;
    for (size_t row = 0; row < file->table.rows; row++)
        if (file->unit[row] != row) return false;
    return true;
}

static pl_status take_columns(pl_gathering *g) {
    pl_data_file *file = &g->files[0];
    pl_dataset *d = g->dataset;
    for (size_t i = 0; i < file->table.column_count; i++) {
        pl_column *column = &file->table.columns[i];
        uint32_t id = column->numbers ? pl_intern_find(g->elements, column->name) : 0;
        if (!id || d->elements[id - 1].numbers) continue; /* a header given twice is an error already */
        d->elements[id - 1].numbers = column->numbers;
        d->elements[id - 1].present = column->present;
        column->numbers = NULL;
        column->present = NULL;
    }
    memset(d->reported, 0xFF, d->unit_count / 64 * sizeof *d->reported);
    if (d->unit_count % 64) d->reported[d->unit_count / 64] = (UINT64_C(1) << (d->unit_count % 64)) - 1;
    d->source_rows = file->table.source_rows;
    file->table.source_rows = NULL;
    return PL_OK;
}

static pl_status warn_of_silent_units(pl_gathering *g) {
    const pl_dataset *d = g->dataset;
    pl_buffer names;
    pl_buffer_init(&names, 0);
    size_t silent = 0;
    for (size_t unit = 0; g->has_units && unit < d->unit_count; unit++) {
        bool any = false;
        for (size_t p = 0; p < d->period_count && !any; p++) any = pl_present(d->reported, p * d->unit_count + unit);
        if (any) continue;
        if (++silent <= 5) pl_buffer_print(&names, "%s%.*s", silent > 1 ? ", " : "", PL_ARG(d->units[unit].code));
    }
    if (silent > 5) pl_buffer_text(&names, ", ...");
    pl_status status = names.failed ? PL_MEMORY : PL_OK;
    if (silent && status == PL_OK)
        status = pl_problem_add(g->problems, PL_WARNING, "W331", (pl_place){.file = g->model->units_sheet->name},
                                "%zu unit%s without any data: %s", silent, silent == 1 ? "" : "s", names.at);
    pl_buffer_free(&names);
    return status;
}

pl_status pl_gather_values(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    size_t rows = d->unit_count * d->period_count;
    d->element_count = pl_intern_count(g->elements);
    d->elements = pl_arena_array(&d->arena, d->element_count + 1, sizeof *d->elements);
    d->reported = calloc(rows / 64 + 1, sizeof *d->reported);
    if (!d->elements || !d->reported) return PL_MEMORY;
    for (size_t i = 0; i < d->element_count; i++)
        if (!pl_str_copy(&d->elements[i].name, &d->arena, pl_intern_text(g->elements, (uint32_t)i + 1))) return PL_MEMORY;
    if (in_order(g)) return take_columns(g);
    d->source_rows = calloc(rows + 1, sizeof *d->source_rows);
    if (!d->source_rows) return PL_MEMORY;
    for (size_t i = 0; i < g->file_count && g->worst != PL_MEMORY; i++) {
        pl_data_file *file = &g->files[i];
        pl_status marked = mark_rows(g, file);
        pl_gathering_keep(g, marked);
        pl_gathering_keep(g, file->is_long ? take_long(g, file) : take_wide(g, file, marked == PL_OK));
    }
    return g->worst == PL_OK ? warn_of_silent_units(g) : g->worst;
}
