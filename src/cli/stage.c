#include "cli/stage.h"

#include "cli/grid.h"
#include "cli/output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* In the order of pl_stage. */
static const char *const names[] = {"value", "denominated", "imputed", "screened", "treated", "normalised", "aggregated"};

pl_stage cli_stage_named(const char *word) {
    size_t i = 0;
    while (i + 1 < sizeof names / sizeof *names && strcmp(word, names[i]) != 0) i++;
    return (pl_stage)i;
}

static bool has_periods(const cli_session *s) {
    size_t scored = 0;
    for (size_t p = 0; p < s->dataset->period_count; p++) scored += s->compiled->scored[p];
    return scored > 1;
}

static const pl_unit *unit_of(const cli_session *s, size_t row) { return &s->dataset->units[row % s->dataset->unit_count]; }
static pl_str period_of(const cli_session *s, size_t row) { return s->dataset->periods[row / s->dataset->unit_count]; }
static pl_str code_of(const cli_session *s, size_t k) { return s->model->indicators[s->staged->indicators[k]].code; }

static pl_str group_of(const cli_session *s, size_t row) {
    uint32_t group = unit_of(s, row)->group;
    return group == PL_NOBODY ? (pl_str){0} : s->dataset->groups[group];
}

static void write_csv(const cli_session *s, bool for_people, pl_output *output) {
    static const char *const heads[] = {"unit", "name", "group", "period"};
    const pl_staged *staged = s->staged;
    bool periods = has_periods(s);
    pl_csv_writer w;
    pl_csv_begin(&w, output, for_people);
    for (size_t i = 0; i < (periods ? 4 : 3); i++) pl_csv_text(&w, pl_str_of(heads[i]));
    for (size_t k = 0; k < staged->indicator_count; k++) pl_csv_text(&w, code_of(s, k));
    pl_csv_end_row(&w);
    for (size_t i = 0; i < staged->row_count; i++) {
        size_t row = staged->rows[i];
        double value;
        pl_csv_text(&w, unit_of(s, row)->code);
        pl_csv_text(&w, unit_of(s, row)->name);
        pl_csv_text(&w, group_of(s, row));
        if (periods) pl_csv_text(&w, period_of(s, row));
        for (size_t k = 0; k < staged->indicator_count; k++) {
            if (pl_staged_value(staged, k, row, &value))
                pl_csv_number(&w, value);
            else
                pl_csv_missing(&w);
        }
        pl_csv_end_row(&w);
    }
}

static void json_row(const cli_session *s, pl_json_writer *w, size_t row) {
    double value;
    pl_json_object(w);
    pl_json_key(w, "unit");
    pl_json_text(w, unit_of(s, row)->code);
    pl_json_key(w, "name");
    pl_json_text(w, unit_of(s, row)->name);
    pl_json_key(w, "group");
    pl_json_text_or_null(w, group_of(s, row));
    pl_json_key(w, "period");
    pl_json_text_or_null(w, period_of(s, row));
    pl_json_key(w, "values");
    pl_json_object(w);
    for (size_t k = 0; k < s->staged->indicator_count; k++) {
        pl_json_key_str(w, code_of(s, k));
        if (pl_staged_value(s->staged, k, row, &value))
            pl_json_number(w, value);
        else
            pl_json_null(w);
    }
    pl_json_end(w);
    pl_json_end(w);
}

static void write_json(const cli_session *s, pl_output *output) {
    pl_json_writer w;
    pl_json_begin(&w, output, true);
    pl_json_object(&w);
    pl_json_key(&w, "schema");
    pl_json_text(&w, pl_str_of("plumbline/stages/1"));
    pl_json_key(&w, "name");
    pl_json_text(&w, s->model->settings.name);
    pl_json_key(&w, "stage");
    pl_json_text(&w, pl_str_of(names[s->staged->stage]));
    pl_json_key(&w, "lines");
    pl_json_array(&w);
    for (size_t i = 0; i < s->staged->row_count; i++) json_row(s, &w, s->staged->rows[i]);
    pl_json_end(&w);
    pl_json_end(&w);
}

/* Decimals that show six digits of the largest value of a column. */
static int digits_of(const pl_staged *staged, size_t column) {
    double largest = 0, value;
    for (size_t i = 0; i < staged->row_count; i++)
        if (pl_staged_value(staged, column, staged->rows[i], &value)) largest = fmax(largest, fabs(value));
    double digits = largest > 0 ? 5 - floor(log10(largest)) : 0;
    return digits < 0 ? 0 : digits > 15 ? 15 : (int)digits;
}

static void table_row(const cli_session *s, cli_grid *grid, size_t row, const int *digits, bool periods, bool groups) {
    double value;
    if (periods) cli_grid_text(grid, period_of(s, row));
    cli_grid_text(grid, unit_of(s, row)->code);
    if (groups) cli_grid_text(grid, group_of(s, row));
    for (size_t k = 0; k < s->staged->indicator_count; k++) {
        if (pl_staged_value(s->staged, k, row, &value))
            cli_grid_number(grid, value, digits[k]);
        else
            cli_grid_right(grid, pl_str_of("-"));
    }
}

static void write_table(const cli_session *s, const cli_call *call, size_t top, pl_output *output) {
    bool periods = has_periods(s), groups = s->dataset->group_count > 0;
    const pl_staged *staged = s->staged;
    int *digits = malloc((staged->indicator_count + 1) * sizeof *digits);
    if (!digits) {
        output->status = PL_MEMORY;
        return;
    }
    for (size_t k = 0; k < staged->indicator_count; k++) digits[k] = digits_of(staged, k);
    cli_grid grid;
    cli_grid_init(&grid, 1 + periods + groups + staged->indicator_count);
    if (periods) cli_grid_text(&grid, pl_str_of(cli_text(call, "period", "期间")));
    cli_grid_text(&grid, pl_str_of(cli_text(call, "unit", "单位")));
    if (groups) cli_grid_text(&grid, pl_str_of(cli_text(call, "group", "类别")));
    for (size_t k = 0; k < staged->indicator_count; k++) cli_grid_right(&grid, code_of(s, k));
    size_t count = staged->row_count < top ? staged->row_count : top;
    for (size_t i = 0; i < count; i++) table_row(s, &grid, staged->rows[i], digits, periods, groups);
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    free(digits);
    if (count == staged->row_count) return;
    char more[64];
    snprintf(more, sizeof more, cli_text(call, "... and %zu more\n", "……另有 %zu 行\n"), staged->row_count - count);
    pl_output_add(output, pl_str_of(more));
}

int cli_stage_run(const cli_call *call, pl_stage stage, const char *format, bool for_people, size_t top) {
    cli_session s;
    cli_result result;
    int status = cli_session_open_stage(&s, call, call->arguments[0], stage);
    if (status == EXIT_DONE) {
        status = cli_result_open(&result, call);
        if (status == EXIT_DONE) {
            if (strcmp(format, "json") == 0)
                write_json(&s, &result.output);
            else if (strcmp(format, "csv") == 0)
                write_csv(&s, for_people, &result.output);
            else
                write_table(&s, call, top, &result.output);
            status = cli_result_close(&result);
        }
    }
    cli_session_close(&s);
    return status;
}
