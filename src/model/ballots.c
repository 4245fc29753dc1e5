#include "model/gathering.h"
#include "model/loading.h"

#include <stdlib.h>

static int by_rater(const void *a, const void *b) {
    const pl_ballot *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    if (x->rater != y->rater) return x->rater < y->rater ? -1 : 1;
    if (x->element != y->element) return x->element < y->element ? -1 : 1;
    return (x->source_row > y->source_row) - (x->source_row < y->source_row);
}

static bool same_record(const pl_ballot *a, const pl_ballot *b) { return a->row == b->row && a->rater == b->rater; }

static pl_status report_twice(const pl_gathering *g, const pl_ballot *first, const pl_ballot *again) {
    const pl_dataset *d = g->dataset;
    return pl_problem_add(
        g->problems, PL_ERROR, "E333", (pl_place){again->file, again->source_row, d->elements[again->element].name.at},
        "the rater \"%.*s\" gave \"%.*s\" a value in row %zu already", PL_ARG(pl_intern_text(d->texts, again->rater)),
        PL_ARG(d->units[again->row % d->unit_count].code), first->source_row);
}

/* A field of numbers for each element that has ballots, in the order of the elements. */
static pl_status add_elements(pl_gathering *g, pl_record_list *list) {
    pl_dataset *d = g->dataset;
    pl_record_field **of = calloc(d->element_count + 1, sizeof *of);
    pl_status status = of ? PL_OK : PL_MEMORY;
    for (size_t e = 0; e < d->element_count && status == PL_OK; e++) {
        if (!d->elements[e].has_ballots) continue;
        of[e] = &list->fields[list->field_count++];
        *of[e] = (pl_record_field){.name = d->elements[e].name, .meaning = -1, .element = true, .type = PL_TYPE_NUMBER};
        of[e]->numbers = calloc(list->count + 1, sizeof *of[e]->numbers);
        of[e]->present = calloc(pl_present_words(list->count) + 1, sizeof *of[e]->present);
        if (!of[e]->numbers || !of[e]->present) status = PL_MEMORY;
    }
    size_t record = 0;
    for (size_t i = 0; i < g->ballot_count && status == PL_OK; i++) {
        const pl_ballot *ballot = &g->ballots[i];
        if (i && !same_record(ballot, &g->ballots[i - 1])) record++;
        pl_record_field *field = of[ballot->element];
        if (pl_present(field->present, record)) {
            pl_gathering_keep(g, report_twice(g, &g->ballots[i - 1], ballot));
            continue;
        }
        field->numbers[record] = ballot->value;
        pl_set_present(field->present, record);
    }
    free(of);
    return status;
}

/* Rows of the raters sheet by the number of the rater's code among the dataset's texts: 1 + row; 0: not listed. */
static pl_status index_raters(pl_gathering *g, const pl_table *table, const uint32_t *texts, uint32_t **out) {
    size_t column = pl_column_of(table, pl_rater_words, RATER_CODE);
    *out = calloc(pl_intern_count(g->dataset->texts) + 1, sizeof **out);
    if (!*out) return PL_MEMORY;
    for (size_t row = 0; row < table->rows; row++) {
        uint32_t own = table->columns[column].texts[row], code = texts ? texts[own] : own;
        pl_place place = pl_table_cell_place(table, column, row);
        pl_status status = PL_OK;
        if (!code)
            status = pl_problem_add(g->problems, PL_ERROR, "E319", place, "this rater has no code");
        else if ((*out)[code])
            status = pl_problem_add(g->problems, PL_ERROR, "E311", place, "the rater \"%.*s\" is listed twice",
                                    PL_ARG(pl_intern_text(g->dataset->texts, code)));
        else
            (*out)[code] = (uint32_t)row + 1;
        pl_gathering_keep(g, status);
    }
    return PL_OK;
}

static pl_status add_attribute(pl_gathering *g, pl_record_list *list, const pl_table *table, size_t column, const uint32_t *texts,
                               const uint32_t *row_of) {
    const pl_column *from = &table->columns[column];
    pl_record_field *field = &list->fields[list->field_count++];
    field->meaning = pl_word_find(pl_rater_words, from->name);
    field->type = from->numbers ? PL_TYPE_NUMBER : PL_TYPE_TEXT;
    field->numbers = from->numbers ? calloc(list->count + 1, sizeof *field->numbers) : NULL;
    field->present = from->numbers ? calloc(pl_present_words(list->count) + 1, sizeof *field->present) : NULL;
    field->texts = from->numbers ? NULL : calloc(list->count + 1, sizeof *field->texts);
    if (!pl_str_copy(&field->name, &g->dataset->arena, from->name)) return PL_MEMORY;
    if (from->numbers ? !field->numbers || !field->present : !field->texts) return PL_MEMORY;
    size_t record = 0;
    for (size_t i = 0; i < g->ballot_count; i++) {
        if (i && same_record(&g->ballots[i], &g->ballots[i - 1])) continue;
        uint32_t row = row_of[g->ballots[i].rater];
        if (row && from->texts) field->texts[record] = texts ? texts[from->texts[row - 1]] : from->texts[row - 1];
        if (row && from->numbers && pl_present(from->present, row - 1)) {
            field->numbers[record] = from->numbers[row - 1];
            pl_set_present(field->present, record);
        }
        record++;
    }
    return PL_OK;
}

/* Raters that the sheet does not list have no attributes: said once. */
static pl_status note_unlisted(pl_gathering *g, const uint32_t *row_of) {
    size_t unlisted = 0;
    uint32_t first = 0;
    for (size_t i = 0; i < g->ballot_count; i++) {
        if (row_of[g->ballots[i].rater]) continue;
        if (!unlisted++) first = g->ballots[i].rater;
    }
    if (!unlisted) return PL_OK;
    return pl_problem_add(g->problems, PL_WARNING, "W361", (pl_place){.file = g->model->raters_sheet->name},
                          "%zu ballot%s from raters that are not listed here; the first is \"%.*s\"", unlisted,
                          unlisted == 1 ? " comes" : "s come", PL_ARG(pl_intern_text(g->dataset->texts, first)));
}

static pl_status add_attributes(pl_gathering *g, pl_record_list *list, pl_table *table) {
    size_t code = pl_column_of(table, pl_rater_words, RATER_CODE);
    if (code == table->column_count)
        return pl_problem_add(g->problems, PL_ERROR, "E332", pl_table_header_place(table), "needs a column code (代码)");
    pl_status status = PL_OK;
    for (size_t i = 0; i < table->column_count && status == PL_OK; i++) {
        bool converted;
        if (pl_word_find(pl_rater_words, table->columns[i].name) < 0) status = pl_table_to_numbers(table, i, &converted);
    }
    uint32_t *texts = NULL, *row_of = NULL;
    if (status == PL_OK) status = pl_gather_texts(g, table, &texts);
    if (status == PL_OK) status = index_raters(g, table, texts, &row_of);
    for (size_t i = 0; i < table->column_count && status == PL_OK; i++)
        if (i != code && table->columns[i].kind != PL_COLUMN_SKIPPED) status = add_attribute(g, list, table, i, texts, row_of);
    if (status == PL_OK) status = note_unlisted(g, row_of);
    free(texts);
    free(row_of);
    return status;
}

static pl_status add_codes(pl_gathering *g, pl_record_list *list) {
    pl_record_field *field = &list->fields[list->field_count++];
    *field = (pl_record_field){.name = pl_str_of("code"), .meaning = RATER_CODE, .type = PL_TYPE_TEXT};
    field->texts = calloc(list->count + 1, sizeof *field->texts);
    if (!field->texts) return PL_MEMORY;
    size_t record = 0;
    for (size_t i = 0; i < g->ballot_count; i++)
        if (!i || !same_record(&g->ballots[i], &g->ballots[i - 1])) field->texts[record++] = g->ballots[i].rater;
    return PL_OK;
}

static pl_status make_records(pl_gathering *g, pl_record_list *list) {
    for (size_t i = 0; i < g->ballot_count; i++) list->count += !i || !same_record(&g->ballots[i], &g->ballots[i - 1]);
    list->row_of = malloc((list->count + 1) * sizeof *list->row_of);
    list->source_rows = malloc((list->count + 1) * sizeof *list->source_rows);
    if (!list->row_of || !list->source_rows) return PL_MEMORY;
    size_t record = 0;
    for (size_t i = 0; i < g->ballot_count; i++) {
        if (i && same_record(&g->ballots[i], &g->ballots[i - 1])) continue;
        list->row_of[record] = g->ballots[i].row;
        list->source_rows[record++] = g->ballots[i].source_row;
    }
    return PL_OK;
}

/* Whoever rated a unit rated its copies too. */
static pl_status copy_ballots(pl_gathering *g) {
    size_t units = g->dataset->unit_count, given = g->ballot_count;
    for (size_t unit = g->first_copy; unit < units; unit++) {
        for (size_t i = 0; i < given; i++) {
            size_t original = pl_gather_original(g, unit), period = g->ballots[i].row / units;
            if (g->ballots[i].row % units != original) continue;
            if (pl_reserve((void **)&g->ballots, &g->ballot_capacity, g->ballot_count + 1, sizeof *g->ballots, 0)) return PL_MEMORY;
            g->ballots[g->ballot_count] = g->ballots[i];
            g->ballots[g->ballot_count++].row = period * units + unit;
        }
    }
    return PL_OK;
}

pl_status pl_gather_ballots(pl_gathering *g) {
    if (!g->ballot_count) return PL_OK;
    if (copy_ballots(g) != PL_OK) return PL_MEMORY;
    pl_record_list *list = &g->dataset->lists[PL_LIST_BALLOTS];
    pl_table raters = {0};
    pl_status status = g->model->raters_sheet ? pl_sheet_read(&raters, g->model->raters_sheet, NULL, g->problems) : PL_OK;
    qsort(g->ballots, g->ballot_count, sizeof *g->ballots, by_rater);
    if (status == PL_OK) status = make_records(g, list);
    list->fields = calloc(g->dataset->element_count + raters.column_count + 2, sizeof *list->fields);
    if (!list->fields) status = PL_MEMORY;
    if (status == PL_OK) status = add_codes(g, list);
    if (status == PL_OK) status = add_elements(g, list);
    if (status == PL_OK && g->model->raters_sheet) status = add_attributes(g, list, &raters);
    if (status == PL_OK) list->name = g->dataset->data_name;
    pl_table_free(&raters);
    return status;
}
