#include "model/gathering.h"
#include "model/loading.h"

#include <stdlib.h>

static const char *period_text(const pl_gathering *g, const pl_data_file *file, size_t row, uint32_t *number) {
    uint32_t own = file->table.columns[file->columns[DATA_PERIOD]].texts[row];
    *number = file->texts ? file->texts[own] : own;
    return pl_intern_text(g->dataset->texts, *number).at;
}

/* A period's label as the data writes it. Two labels may mean the same period: the one that comes first in the data is shown. */
typedef struct label {
    pl_str text;
    uint32_t number; /* of its text */
    uint32_t order;  /* of appearance */
} label;

static int by_time(const void *a, const void *b) { return pl_period_compare(((const label *)a)->text, ((const label *)b)->text); }

/* Writes the order of appearance, from 1, of every period label into `order_of`, by the number of its text. */
static pl_status find_labels(pl_gathering *g, uint32_t *order_of, uint32_t *count) {
    pl_status worst = PL_OK;
    *count = 0;
    for (size_t i = 0; i < g->file_count; i++) {
        const pl_data_file *file = &g->files[i];
        if (file->columns[DATA_PERIOD] == file->table.column_count) continue;
        for (size_t row = 0; row < file->table.rows; row++) {
            uint32_t number;
            period_text(g, file, row, &number);
            if (number && !order_of[number]) order_of[number] = ++*count;
            if (!number)
                worst = pl_status_worse(worst, pl_problem_add(g->problems, PL_ERROR, "E319",
                                                              pl_table_cell_place(&file->table, file->columns[DATA_PERIOD], row),
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

/* Sorts the labels; those that mean the same period stand together then and become one. Sets the period of each by the number of
 * its text. */
static void make_periods(pl_dataset *d, label *labels, size_t count, uint32_t *index_of) {
    qsort(labels, count, sizeof *labels, by_time);
    uint32_t shown = 0; /* order of the label that is shown */
    for (size_t i = 0; i < count; i++) {
        bool same = i > 0 && pl_period_same(labels[i].text, labels[i - 1].text);
        if (!same) d->period_count++;
        if (!same || labels[i].order < shown) {
            d->periods[d->period_count - 1] = labels[i].text;
            shown = labels[i].order;
        }
        index_of[labels[i].number] = (uint32_t)(d->period_count - 1);
    }
}

static pl_status number_rows(pl_gathering *g, const uint32_t *index_of) {
    pl_dataset *d = g->dataset;
    for (size_t i = 0; i < g->file_count; i++) {
        pl_data_file *file = &g->files[i];
        if (file->columns[DATA_PERIOD] == file->table.column_count) {
            if (d->period_count == 1) continue;
            return pl_problem_add(g->problems, PL_ERROR, "E332", pl_table_header_place(&file->table),
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

/* The period that the settings name is scored even where the data has only parts of it, such as its months. */
static void add_asked_period(const pl_gathering *g, uint32_t asked, size_t texts, uint32_t *order_of, uint32_t *count) {
    pl_period wanted = pl_period_parse(pl_intern_text(g->dataset->texts, asked));
    bool parts = false;
    for (size_t i = 1; i < texts; i++) {
        pl_period have = order_of[i] ? pl_period_parse(pl_intern_text(g->dataset->texts, (uint32_t)i)) : (pl_period){0};
        if (!pl_period_contains(wanted, have)) continue;
        if (have.kind == wanted.kind) return;
        parts = true;
    }
    if (parts) order_of[asked] = ++*count;
}

/* `index_of` holds the labels' order of appearance, and afterwards their periods. */
static pl_status several_periods(pl_gathering *g, uint32_t *index_of, size_t texts, size_t count) {
    pl_dataset *d = g->dataset;
    label *labels = malloc(count * sizeof *labels);
    d->periods = pl_arena_array(&d->arena, count, sizeof *d->periods);
    size_t found = 0;
    for (size_t i = 1; labels && i < texts; i++)
        if (index_of[i]) labels[found++] = (label){pl_intern_text(d->texts, (uint32_t)i), (uint32_t)i, index_of[i]};
    if (labels && d->periods) make_periods(d, labels, count, index_of);
    free(labels);
    return d->period_count ? number_rows(g, index_of) : PL_MEMORY;
}

pl_status pl_gather_periods(pl_gathering *g) {
    uint32_t asked = 0, count;
    pl_str label_asked = g->model->settings.period;
    if (label_asked.len && pl_intern_add(g->dataset->texts, label_asked, &asked) != PL_OK) return PL_MEMORY;
    size_t texts = pl_intern_count(g->dataset->texts) + 1;
    uint32_t *index_of = calloc(texts, sizeof *index_of);
    if (!index_of) return PL_MEMORY;
    pl_status status = find_labels(g, index_of, &count);
    add_asked_period(g, asked, texts, index_of, &count);
    if (status == PL_OK) status = count ? several_periods(g, index_of, texts, count) : single_period(g);
    free(index_of);
    return status;
}

/* ---- values ---- */

static size_t row_of(const pl_gathering *g, const pl_data_file *file, size_t row) {
    return (file->period ? file->period[row] : 0) * g->dataset->unit_count + file->unit[row];
}

/* The element's values come from this column of the file, the last of those that bring any. */
static void brought_by(const pl_data_file *file, size_t column, pl_element *element) {
    element->file = file->name;
    element->column = file->table.sheet_header ? column + 1 : 0;
}

static bool make_column(const pl_gathering *g, pl_element *element) {
    size_t rows = g->dataset->unit_count * g->dataset->period_count;
    if (!element->numbers) element->numbers = calloc(rows + 1, sizeof *element->numbers);
    if (!element->present) element->present = calloc(rows / 64 + 1, sizeof *element->present);
    return element->numbers && element->present;
}

static pl_status twice(pl_gathering *g, const pl_data_file *file, size_t column, size_t row, size_t first, pl_str element) {
    const pl_dataset *d = g->dataset;
    size_t unit = row_of(g, file, row) % d->unit_count, period = row_of(g, file, row) / d->unit_count;
    pl_place place = pl_table_cell_place(&file->table, column, row);
    place.field = element.at;
    const char *in = d->periods[period].len ? " in " : "";
    if (!first)
        return pl_problem_add(g->problems, PL_ERROR, "E333", place, "\"%.*s\"%s%.*s was already given", PL_ARG(d->units[unit].code),
                              in, PL_ARG(d->periods[period]));
    return pl_problem_add(g->problems, PL_ERROR, "E333", place, "\"%.*s\"%s%.*s was already given in %s %zu",
                          PL_ARG(d->units[unit].code), in, PL_ARG(d->periods[period]), first & PL_ENTRY ? "entry" : "row",
                          first & ~PL_ENTRY);
}

#define MOST_SEARCHES 100

/* The line of the file that gave the value of a later row's cell first; 0 where another file did. Long data is searched for it,
 * unless there are too many of these to be worth it. */
static size_t given_before(const pl_gathering *g, const pl_data_file *file, size_t row) {
    if (!file->is_long) return g->file_count == 1 ? g->dataset->source_rows[row_of(g, file, row)] : 0;
    if (g->problems && g->problems->errors > MOST_SEARCHES) return 0;
    const uint32_t *names = file->table.columns[file->columns[DATA_ELEMENT]].texts;
    const uint64_t *present = file->table.columns[file->columns[DATA_VALUE]].present;
    for (size_t i = 0; i < row; i++)
        if (names[i] == names[row] && file->unit[i] != NO_UNIT && row_of(g, file, i) == row_of(g, file, row) &&
            pl_present(present, i))
            return pl_table_source_row(&file->table, i);
    return 0;
}

/* Puts one value; a second one for the same cell is an error. */
static pl_status put(pl_gathering *g, const pl_data_file *file, size_t column, size_t row, pl_element *element, double value) {
    size_t at = row_of(g, file, row);
    if (pl_present(element->present, at)) return twice(g, file, column, row, given_before(g, file, row), element->name);
    element->has_values = true;
    element->numbers[at] = value;
    element->present[at / 64] |= UINT64_C(1) << (at % 64);
    return PL_OK;
}

/* The number of the rater that a row names among the dataset's texts; 0: none. */
static uint32_t rater_of(const pl_data_file *file, size_t row) {
    size_t column = file->columns[DATA_RATER];
    if (column == file->table.column_count || !file->table.columns[column].texts) return 0;
    uint32_t own = file->table.columns[column].texts[row];
    return file->texts ? file->texts[own] : own;
}

/* A value with a rater is one of many; it becomes a record. */
static pl_status take_value(pl_gathering *g, const pl_data_file *file, size_t column, size_t row, pl_element *element,
                            double value) {
    uint32_t rater = rater_of(file, row);
    if (!rater) return put(g, file, column, row, element, value);
    if (pl_reserve((void **)&g->ballots, &g->ballot_capacity, g->ballot_count + 1, sizeof *g->ballots, 0)) return PL_MEMORY;
    element->has_ballots = true;
    g->ballots[g->ballot_count++] = (pl_ballot){.row = row_of(g, file, row),
                                                .rater = rater,
                                                .element = (uint32_t)(element - g->dataset->elements),
                                                .value = value,
                                                .file = file->table.name,
                                                .source_row = pl_table_source_row(&file->table, row)};
    return PL_OK;
}

/* Marks the rows that the file has a line for. In long data each value has a line of its own, so that none is the row's. */
static pl_status mark_rows(pl_gathering *g, const pl_data_file *file) {
    pl_dataset *d = g->dataset;
    pl_status worst = PL_OK;
    for (size_t row = 0; row < file->table.rows; row++) {
        if (file->unit[row] == NO_UNIT) continue;
        size_t at = row_of(g, file, row);
        d->reported[at / 64] |= UINT64_C(1) << (at % 64);
        if (rater_of(file, row)) continue;
        if (d->source_rows[at] && !file->is_long && g->file_count == 1)
            worst = pl_status_worse(worst, twice(g, file, file->columns[DATA_UNIT], row, d->source_rows[at], (pl_str){0}));
        if (!file->is_long) d->source_rows[at] = pl_table_source_row(&file->table, row);
    }
    return worst;
}

/* `once`: no unit has two rows, so that the cells can be put. */
static pl_status take_wide(pl_gathering *g, pl_data_file *file, bool once) {
    for (size_t i = 0; i < file->table.column_count; i++) {
        const pl_column *column = &file->table.columns[i];
        uint32_t id = column->present ? pl_intern_find(g->elements, column->name) : 0;
        if (!id) continue;
        pl_element *element = &g->dataset->elements[id - 1];
        if (!make_column(g, element)) return PL_MEMORY;
        brought_by(file, i, element);
        for (size_t row = 0; once && row < file->table.rows; row++)
            if (pl_present(column->present, row) && file->unit[row] != NO_UNIT)
                pl_gathering_keep(g, take_value(g, file, i, row, element, pl_column_number(column, row)));
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
        if (!id || file->unit[row] == NO_UNIT) continue;
        pl_element *element = &g->dataset->elements[id - 1];
        if (!make_column(g, element)) return PL_MEMORY;
        brought_by(file, file->columns[DATA_VALUE], element);
        if (!pl_present(values->present, row)) continue;
        pl_gathering_keep(g, take_value(g, file, file->columns[DATA_VALUE], row, element, pl_column_number(values, row)));
    }
    return g->worst;
}

/* One wide file of one period whose rows are the units in their order: its columns can be taken as they are. */
static bool in_order(const pl_gathering *g) {
    const pl_data_file *file = &g->files[0];
    if (g->file_count != 1 || file->is_long || g->dataset->period_count != 1 || file->table.rows != g->dataset->unit_count ||
        file->columns[DATA_RATER] < file->table.column_count)
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
        uint32_t id = column->present ? pl_intern_find(g->elements, column->name) : 0;
        if (!id || d->elements[id - 1].present) continue; /* a header twice is an error already */
        d->elements[id - 1].has_values = true;
        d->elements[id - 1].numbers = column->numbers;
        d->elements[id - 1].scaled = column->scaled;
        d->elements[id - 1].power = column->power;
        d->elements[id - 1].present = column->present;
        brought_by(file, i, &d->elements[id - 1]);
        column->numbers = NULL;
        column->scaled = NULL;
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
    bool *has_children = calloc(d->unit_count + 1, sizeof *has_children); /* those may live on what is below them */
    if (!has_children) return PL_MEMORY;
    for (size_t unit = 0; unit < d->unit_count; unit++)
        if (d->units[unit].parent != PL_NOBODY) has_children[d->units[unit].parent] = true;
    pl_buffer names;
    pl_buffer_init(&names, 0);
    size_t silent = 0;
    for (size_t unit = 0; g->has_units && unit < d->unit_count; unit++) {
        bool any = has_children[unit];
        for (size_t p = 0; p < d->period_count && !any; p++) any = pl_present(d->reported, p * d->unit_count + unit);
        if (any) continue;
        if (++silent <= 5) pl_buffer_print(&names, "%s%.*s", silent > 1 ? ", " : "", PL_ARG(d->units[unit].code));
    }
    free(has_children);
    if (silent > 5) pl_buffer_text(&names, ", ...");
    pl_status status = names.failed ? PL_MEMORY : PL_OK;
    if (silent && status == PL_OK)
        status = pl_problem_add(g->problems, PL_WARNING, "W331", (pl_place){.file = g->model->units_sheet->name},
                                "%zu unit%s without any data: %s", silent, silent == 1 ? "" : "s", names.at);
    pl_buffer_free(&names);
    return status;
}

static void copy_row(pl_dataset *d, size_t from, size_t to) {
    if (pl_present(d->reported, from)) pl_set_present(d->reported, to);
    d->source_rows[to] = d->source_rows[from];
    for (size_t i = 0; i < d->element_count; i++) {
        pl_element *element = &d->elements[i];
        if (!element->present || !pl_present(element->present, from)) continue;
        element->numbers[to] = element->numbers[from];
        pl_set_present(element->present, to);
    }
}

/* Units that are copies report what the others do, in the same rows of the file. */
static void copy_rows(const pl_gathering *g) {
    pl_dataset *d = g->dataset;
    for (size_t unit = g->first_copy; unit < d->unit_count; unit++)
        for (size_t p = 0; p < d->period_count; p++)
            copy_row(d, p * d->unit_count + pl_gather_original(g, unit), p * d->unit_count + unit);
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
    if (g->worst != PL_OK) return g->worst;
    copy_rows(g);
    return warn_of_silent_units(g);
}
