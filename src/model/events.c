#include "model/gathering.h"
#include "model/loading.h"

#include <plumbline/base/date.h>

#include <math.h>
#include <stdlib.h>

/* An event in one of the periods that it falls into. */
typedef struct entry {
    size_t row;   /* period * units + unit */
    size_t event; /* row of the sheet */
    size_t indicator;
} entry;

typedef struct reader {
    pl_gathering *g;
    pl_table table;
    size_t columns[EVENT_COUNT]; /* table.column_count: not there */
    double *points, *dates;      /* per row of the sheet; NAN: none */
    entry *entries;
    size_t count, capacity;
    size_t outside; /* events that fall into no period */
} reader;

static void keep(reader *r, pl_status status) { pl_gathering_keep(r->g, status); }

static bool has_column(const reader *r, pl_event_field field) { return r->columns[field] < r->table.column_count; }

static pl_str cell(const reader *r, pl_event_field field, size_t row) {
    return has_column(r, field) ? pl_table_text(&r->table, r->columns[field], row) : (pl_str){0};
}

static pl_place place(const reader *r, pl_event_field field, size_t row) {
    if (has_column(r, field)) return pl_table_cell_place(&r->table, r->columns[field], row);
    pl_place at = pl_table_cell_place(&r->table, r->columns[EVENT_UNIT], row);
    at.field = NULL;
    return at;
}

static size_t unit_of(reader *r, size_t row) {
    const pl_gathering *g = r->g;
    pl_str code = cell(r, EVENT_UNIT, row);
    uint32_t text = pl_intern_find(g->dataset->texts, code);
    if (text && text < g->unit_of_size && g->unit_of[text]) return g->unit_of[text] - 1;
    if (code.len)
        keep(r, pl_gather_unknown_unit(r->g, place(r, EVENT_UNIT, row), code));
    else
        keep(r, pl_problem_add(g->problems, PL_ERROR, "E319", place(r, EVENT_UNIT, row), "this event names no unit"));
    return PL_NO_INDEX;
}

static size_t indicator_of(reader *r, size_t row) {
    const pl_model *model = r->g->model;
    pl_str code = cell(r, EVENT_ELEMENT, row);
    size_t index = pl_model_find(model, code);
    if (index != PL_NO_INDEX || pl_model_removed(model, code)) return index;
    pl_str *codes = malloc((model->indicator_count + 1) * sizeof *codes);
    for (size_t i = 0; codes && i < model->indicator_count; i++) codes[i] = model->indicators[i].code;
    size_t nearest = codes && model->indicator_count <= 10000 ? pl_text_nearest(code, codes, model->indicator_count) : SIZE_MAX;
    if (nearest < model->indicator_count)
        keep(r, pl_problem_add(r->g->problems, PL_ERROR, "E361", place(r, EVENT_ELEMENT, row),
                               "there is no indicator \"%.*s\" (did you mean \"%.*s\"?)", PL_ARG(code), PL_ARG(codes[nearest])));
    else
        keep(r, codes ? pl_problem_add(r->g->problems, PL_ERROR, "E361", place(r, EVENT_ELEMENT, row),
                                       "there is no indicator \"%.*s\"", PL_ARG(code))
                      : PL_MEMORY);
    free(codes);
    return PL_NO_INDEX;
}

/* Whether an event belongs to a period: by its own period, which a longer one contains, or by its day. */
static bool falls_into(pl_period period, pl_str label, pl_str own_label, double date) {
    pl_period own = pl_period_parse(own_label);
    if (own_label.len) return pl_str_equal(label, own_label) || pl_period_contains(period, own);
    if (period.kind == PL_PERIOD_OTHER) return true;
    int64_t begin = pl_period_begin(period), end = pl_period_end(period);
    return date >= pl_date_number((int32_t)(begin / 12), (int32_t)(begin % 12) + 1, 1) &&
           date < pl_date_number((int32_t)(end / 12), (int32_t)(end % 12) + 1, 1);
}

static bool add_entry(reader *r, entry added) {
    bool room = pl_reserve((void **)&r->entries, &r->capacity, r->count + 1, sizeof *r->entries, 0) == 0;
    if (room)
        r->entries[r->count++] = added;
    else
        keep(r, PL_MEMORY);
    return room;
}

/* An event of a unit in one of its periods, and of every copy of the unit. */
static bool add_in_period(reader *r, size_t row, size_t unit, size_t period, size_t indicator) {
    const pl_gathering *g = r->g;
    size_t units = g->dataset->unit_count;
    bool good = add_entry(r, (entry){period * units + unit, row, indicator});
    for (size_t copy = g->first_copy; good && copy < units; copy++)
        if (pl_gather_original(g, copy) == unit) good = add_entry(r, (entry){period * units + copy, row, indicator});
    return good;
}

static void add_entries(reader *r, size_t row, size_t unit, size_t indicator) {
    const pl_dataset *d = r->g->dataset;
    const pl_settings *s = &r->g->model->settings;
    pl_str own = cell(r, EVENT_PERIOD, row);
    bool any = false, late = s->has_as_of && r->dates[row] > s->as_of_date;
    if (!own.len && isnan(r->dates[row]) && d->period_count > 1) {
        keep(r, pl_problem_add(r->g->problems, PL_ERROR, "E362", place(r, EVENT_DATE, row),
                               "this event has neither a date nor a period, and the data has %zu periods", d->period_count));
        return;
    }
    for (size_t p = 0; p < d->period_count && !late; p++) {
        bool here =
            (!own.len && isnan(r->dates[row])) || falls_into(pl_period_parse(d->periods[p]), d->periods[p], own, r->dates[row]);
        if (!here) continue;
        any = true;
        if (!add_in_period(r, row, unit, p, indicator)) return;
    }
    r->outside += !any;
}

static void read_date(reader *r, size_t row) {
    pl_str text = cell(r, EVENT_DATE, row);
    int32_t date;
    r->dates[row] = NAN;
    if (!text.len) return;
    if (pl_date_parse(text, &date))
        r->dates[row] = date;
    else
        keep(r, pl_problem_add(r->g->problems, PL_ERROR, "E363", place(r, EVENT_DATE, row),
                               "\"%.*s\" is no date; write it as 2025-06-30", PL_ARG(text)));
}

static void read_points(reader *r, size_t row) {
    r->points[row] = NAN;
    if (!has_column(r, EVENT_POINTS)) return;
    double value;
    size_t errors = r->g->problems ? r->g->problems->errors : 0;
    if (pl_table_number(&r->table, r->columns[EVENT_POINTS], row, &value, r->g->problems)) r->points[row] = value;
    if (r->g->problems && r->g->problems->errors > errors) keep(r, PL_INPUT);
}

static int by_row(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

/* ---- fields ---- */

static bool field_of_numbers(const reader *r, pl_record_field *field, const double *values) {
    field->type = PL_TYPE_NUMBER;
    field->numbers = calloc(r->count + 1, sizeof *field->numbers);
    field->present = calloc(pl_present_words(r->count) + 1, sizeof *field->present);
    if (!field->numbers || !field->present) return false;
    for (size_t i = 0; i < r->count; i++) {
        if (isnan(values[r->entries[i].event])) continue;
        field->numbers[i] = values[r->entries[i].event];
        pl_set_present(field->present, i);
    }
    return true;
}

/* A column that is not one of the known ones is numbers where every value is one, as attributes of units are. */
static bool field_of_column(const reader *r, pl_record_field *field, const pl_column *column, const uint32_t *texts) {
    field->type = column->numbers ? PL_TYPE_NUMBER : PL_TYPE_TEXT;
    if (column->numbers) {
        field->numbers = calloc(r->count + 1, sizeof *field->numbers);
        field->present = calloc(pl_present_words(r->count) + 1, sizeof *field->present);
    } else {
        field->texts = calloc(r->count + 1, sizeof *field->texts);
    }
    if (column->numbers ? !field->numbers || !field->present : !field->texts) return false;
    for (size_t i = 0; i < r->count; i++) {
        size_t row = r->entries[i].event;
        if (!column->numbers) {
            field->texts[i] = texts ? texts[column->texts[row]] : column->texts[row];
        } else if (pl_present(column->present, row)) {
            field->numbers[i] = column->numbers[row];
            pl_set_present(field->present, i);
        }
    }
    return true;
}

static pl_status make_fields(reader *r, pl_record_list *list) {
    pl_dataset *d = r->g->dataset;
    list->fields = calloc(r->table.column_count + 1, sizeof *list->fields);
    if (!list->fields) return PL_MEMORY;
    for (size_t i = 0; i < r->table.column_count; i++) {
        bool converted;
        bool known = pl_word_find(pl_event_words, r->table.columns[i].name) >= 0;
        if (!known && pl_table_to_numbers(&r->table, i, &converted) != PL_OK) return PL_MEMORY;
    }
    uint32_t *texts;
    pl_status status = pl_gather_texts(r->g, &r->table, &texts);
    for (size_t i = 0; i < r->table.column_count && status == PL_OK; i++) {
        const pl_column *column = &r->table.columns[i];
        if (column->kind == PL_COLUMN_SKIPPED || i == r->columns[EVENT_UNIT]) continue;
        pl_record_field *field = &list->fields[list->field_count++];
        int meaning = pl_word_find(pl_event_words, column->name);
        field->meaning = meaning >= 0 && r->columns[meaning] == i ? meaning : -1;
        field->date = field->meaning == EVENT_DATE;
        bool good = pl_str_copy(&field->name, &d->arena, column->name);
        if (good && field->meaning == EVENT_POINTS)
            good = field_of_numbers(r, field, r->points);
        else if (good && field->meaning == EVENT_DATE)
            good = field_of_numbers(r, field, r->dates);
        else if (good)
            good = field_of_column(r, field, column, texts);
        if (!good) status = PL_MEMORY;
    }
    free(texts);
    return status;
}

static pl_status make_list(reader *r) {
    pl_record_list *list = &r->g->dataset->lists[PL_LIST_EVENTS];
    if (r->count) qsort(r->entries, r->count, sizeof *r->entries, by_row);
    list->count = r->count;
    list->row_of = malloc((r->count + 1) * sizeof *list->row_of);
    list->source_rows = malloc((r->count + 1) * sizeof *list->source_rows);
    list->indicator = malloc((r->count + 1) * sizeof *list->indicator);
    if (!list->row_of || !list->source_rows || !list->indicator) return PL_MEMORY;
    for (size_t i = 0; i < r->count; i++) {
        list->row_of[i] = r->entries[i].row;
        list->source_rows[i] = pl_table_source_row(&r->table, r->entries[i].event);
        list->indicator[i] = r->entries[i].indicator;
    }
    pl_status status = make_fields(r, list);
    if (status == PL_OK) list->name = r->g->model->events_sheet->name;
    return status;
}

static pl_status read_events(reader *r) {
    const pl_sheet *sheet = r->g->model->events_sheet;
    for (int field = 0; field < EVENT_COUNT; field++) r->columns[field] = pl_column_of(&r->table, pl_event_words, field);
    if (!has_column(r, EVENT_UNIT) || !has_column(r, EVENT_ELEMENT))
        return pl_problem_add(r->g->problems, PL_ERROR, "E332", pl_table_header_place(&r->table),
                              "needs the columns unit and element (单位, 指标)");
    r->points = malloc((r->table.rows + 1) * sizeof *r->points);
    r->dates = malloc((r->table.rows + 1) * sizeof *r->dates);
    if (!r->points || !r->dates) return PL_MEMORY;
    for (size_t row = 0; row < r->table.rows && r->g->worst != PL_MEMORY; row++) {
        read_date(r, row);
        read_points(r, row);
        size_t unit = unit_of(r, row), indicator = indicator_of(r, row);
        if (unit != PL_NO_INDEX && indicator != PL_NO_INDEX) add_entries(r, row, unit, indicator);
    }
    if (r->outside)
        keep(r, pl_problem_add(r->g->problems, PL_NOTE, "N361", (pl_place){.file = sheet->name},
                               "%zu event%s into none of the periods%s and do not count", r->outside,
                               r->outside == 1 ? " falls" : "s fall", r->g->model->settings.has_as_of ? " up to as_of" : ""));
    return r->g->worst == PL_MEMORY ? PL_MEMORY : make_list(r);
}

pl_status pl_gather_events(pl_gathering *g) {
    if (!g->model->events_sheet) return PL_OK;
    reader r = {.g = g};
    pl_status status = pl_sheet_read(&r.table, g->model->events_sheet, NULL, g->problems);
    if (status == PL_OK) status = read_events(&r);
    pl_table_free(&r.table);
    free(r.points);
    free(r.dates);
    free(r.entries);
    return status;
}
