#include <plumbline/study/scenario.h>

#include "model/vocabulary.h"

#include <plumbline/table/csv.h>

#include <stdlib.h>

typedef enum column { COLUMN_SCENARIO, COLUMN_SET, COLUMN_WITHOUT, COLUMN_COPY, COLUMNS } column;

typedef struct reader {
    pl_scenario_sheet *out;
    size_t columns[COLUMNS]; /* column_count: not there */
    uint32_t *scenario_of;   /* by the number of a name's text: 1 + its scenario */
    pl_problems *problems;
} reader;

static pl_str cell(const reader *r, column which, size_t row) {
    const pl_table *table = &r->out->table;
    return r->columns[which] < table->column_count ? pl_str_trim(pl_table_text(table, r->columns[which], row)) : (pl_str){0};
}

static pl_status find_columns(reader *r) {
    const pl_table *table = &r->out->table;
    for (int which = 0; which < COLUMNS; which++) {
        r->columns[which] = table->column_count;
        for (size_t i = table->column_count; i-- > 0;)
            if (table->columns[i].name.len && pl_word_find(pl_scenario_words, table->columns[i].name) == which)
                r->columns[which] = i;
    }
    bool changes = false;
    for (int which = COLUMN_SET; which < COLUMNS; which++) changes |= r->columns[which] < table->column_count;
    if (r->columns[COLUMN_SCENARIO] < table->column_count && changes) return PL_OK;
    return pl_problem_add(r->problems, PL_ERROR, "E724", pl_table_header_place(table),
                          "needs the columns scenario and set, without or copy (情景, 改动, 去掉, 复制)");
}

/* How many changes a row says. */
static size_t changes_in(const reader *r, size_t row) {
    size_t count = 0;
    for (int which = COLUMN_SET; which < COLUMNS; which++) count += cell(r, (column)which, row).len > 0;
    return count;
}

/* Numbers the scenarios and counts the lines of each, in from[scenario + 1]. */
static pl_status count_lines(reader *r) {
    const pl_table *table = &r->out->table;
    pl_status worst = PL_OK;
    for (size_t row = 0; row < table->rows; row++) {
        size_t scenario = r->columns[COLUMN_SCENARIO];
        uint32_t name = table->columns[scenario].texts[row];
        if (!name || !changes_in(r, row)) {
            worst = pl_status_worse(worst, pl_problem_add(r->problems, PL_ERROR, "E724", pl_table_cell_place(table, scenario, row),
                                                          name ? "this row says no change" : "this row names no scenario"));
            continue;
        }
        if (!r->scenario_of[name]) {
            r->out->names[r->out->count++] = cell(r, COLUMN_SCENARIO, row);
            r->scenario_of[name] = (uint32_t)r->out->count;
        }
        r->out->from[r->scenario_of[name]] += changes_in(r, row);
    }
    if (worst == PL_OK && !r->out->count)
        return pl_problem_add(r->problems, PL_ERROR, "E724", (pl_place){.file = table->name}, "has no scenarios");
    return worst;
}

static pl_scenario_kind kind_of(column which) {
    return which == COLUMN_WITHOUT ? PL_SCENARIO_WITHOUT : which == COLUMN_COPY ? PL_SCENARIO_COPY : PL_SCENARIO_SET;
}

static void take_lines(reader *r) {
    pl_scenario_sheet *out = r->out;
    for (size_t i = 1; i <= out->count; i++) out->from[i] += out->from[i - 1];
    for (size_t row = out->table.rows; row-- > 0;) {
        size_t scenario = r->scenario_of[out->table.columns[r->columns[COLUMN_SCENARIO]].texts[row]];
        for (int which = COLUMNS - 1; which >= COLUMN_SET; which--) {
            pl_str text = cell(r, (column)which, row);
            if (text.len)
                out->lines[--out->from[scenario]] =
                    (pl_scenario_line){text, kind_of((column)which), pl_table_cell_place(&out->table, r->columns[which], row)};
        }
    }
    /* from[scenario] has gone down from where it ends to where it begins. */
    for (size_t i = 0; i < out->count; i++) out->from[i] = out->from[i + 1];
}

static pl_status read_table(reader *r) {
    pl_scenario_sheet *out = r->out;
    size_t rows = out->table.rows;
    pl_status status = find_columns(r);
    if (status != PL_OK) return status;
    out->names = pl_arena_array(&out->arena, rows + 1, sizeof *out->names);
    out->lines = pl_arena_array(&out->arena, (COLUMNS - 1) * rows + 1, sizeof *out->lines);
    out->from = pl_arena_array(&out->arena, rows + 2, sizeof *out->from);
    r->scenario_of = pl_arena_array(&out->arena, pl_intern_count(out->table.texts) + 1, sizeof *r->scenario_of);
    if (!out->names || !out->lines || !out->from || !r->scenario_of) return PL_MEMORY;
    status = count_lines(r);
    if (status != PL_OK) return status;
    size_t total = 0;
    for (size_t i = 1; i <= out->count; i++) total += out->from[i];
    take_lines(r);
    out->from[out->count] = total;
    return PL_OK;
}

pl_status pl_scenario_sheet_read(pl_scenario_sheet *out, const char *path, pl_problems *problems) {
    *out = (pl_scenario_sheet){0};
    pl_arena_init(&out->arena, 0);
    reader r = {.out = out, .problems = problems};
    pl_status status = pl_csv_read(&out->table, path, NULL, problems);
    return status == PL_OK ? read_table(&r) : status;
}

void pl_scenario_sheet_free(pl_scenario_sheet *sheet) {
    pl_table_free(&sheet->table);
    pl_arena_free(&sheet->arena);
    *sheet = (pl_scenario_sheet){0};
}
