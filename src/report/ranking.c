/* The ranking, the same for each group with all nodes, and a chart of the totals. */
#include "report/results.h"

#include <plumbline/base/number.h>

#include <stdio.h>
#include <stdlib.h>

#define CHART_LINES 30
#define WIDEST_TEXT 30   /* of a column of names, in columns of a terminal; longer ones are shortened by the sheet's edge */
#define NODE_WIDTH 12    /* of a column of scores: names of nodes are wrapped into it */
#define PAGE_WIDTH 165.0 /* of columns that are still legible on one page across */

enum { HEAD_ROW = 3, FIRST_ROW = 4, NAME_COLUMN = 2 };

/* ---- columns ---- */

typedef enum column_kind {
    COLUMN_PLACE,
    COLUMN_UNIT,
    COLUMN_NAME,
    COLUMN_GROUP,
    COLUMN_PERIOD,
    COLUMN_NODE,
    COLUMN_GROUP_PLACE,
    COLUMN_GRADE
} column_kind;

typedef struct column {
    column_kind kind;
    size_t node; /* among the nodes of the scores */
    size_t width;
} column;

typedef struct table {
    results *r;
    lxw_worksheet *sheet;
    column *columns;
    size_t count;
    bool all_nodes;
    uint32_t group; /* only its units; PL_NOBODY: everybody */
} table;

static void add_column(table *t, column_kind kind, size_t node) { t->columns[t->count++] = (column){kind, node, 0}; }

/* What a line shows, from left to right: the one place to add to. Each kind of column has its title in `title_of` and its cell in
 * `write_cell`. */
static pl_status choose_columns(table *t) {
    const results *r = t->r;
    bool groups = r->dataset->group_count > 0, one_group = t->group != PL_NOBODY;
    t->columns = malloc((r->scores->node_count + 8) * sizeof *t->columns);
    if (!t->columns) return PL_MEMORY;
    add_column(t, one_group ? COLUMN_GROUP_PLACE : COLUMN_PLACE, 0);
    add_column(t, COLUMN_UNIT, 0);
    add_column(t, COLUMN_NAME, 0);
    if (groups && !one_group) add_column(t, COLUMN_GROUP, 0);
    if (r->periods) add_column(t, COLUMN_PERIOD, 0);
    for (size_t k = 0; k < r->scores->node_count; k++) {
        const pl_indicator *node = &r->model->indicators[r->scores->nodes[k]];
        if (t->all_nodes || k == 0 || (node->depth == 1 && node->child_count)) add_column(t, COLUMN_NODE, k);
    }
    if (groups) add_column(t, one_group ? COLUMN_PLACE : COLUMN_GROUP_PLACE, 0);
    if (r->model->grade_count) add_column(t, COLUMN_GRADE, 0);
    return PL_OK;
}

/* Where the ranking has the totals, which the chart shows. */
static size_t total_column(const results *r) { return 3 + (r->dataset->group_count > 0) + r->periods; }

static pl_str title_of(const table *t, const column *c) {
    const results *r = t->r;
    bool one_group = t->group != PL_NOBODY;
    switch (c->kind) {
    case COLUMN_PLACE:
        return pl_str_of(one_group ? book_word(r->book, "place overall", "总名次") : book_word(r->book, "place", "名次"));
    case COLUMN_UNIT: return pl_str_of(book_word(r->book, "unit", "单位"));
    case COLUMN_NAME: return pl_str_of(book_word(r->book, "name", "名称"));
    case COLUMN_GROUP: return pl_str_of(book_word(r->book, "group", "类别"));
    case COLUMN_PERIOD: return pl_str_of(book_word(r->book, "period", "期间"));
    case COLUMN_NODE: return results_node_name(r, r->scores->nodes[c->node]);
    case COLUMN_GRADE: return pl_str_of(book_word(r->book, "grade", "等次"));
    case COLUMN_GROUP_PLACE: break;
    }
    return pl_str_of(one_group ? book_word(r->book, "place", "名次") : book_word(r->book, "place in group", "类内名次"));
}

static pl_str text_of(const table *t, const column *c, const pl_score_line *line) {
    const results *r = t->r;
    switch (c->kind) {
    case COLUMN_UNIT: return r->dataset->units[line->unit].code;
    case COLUMN_NAME: return results_unit_name(r, line->unit);
    case COLUMN_GROUP: return results_group(r, line->unit);
    case COLUMN_PERIOD: return r->dataset->periods[line->period];
    case COLUMN_GRADE: return line->grade == PL_NOBODY ? (pl_str){0} : r->model->grades[line->grade].name;
    default: return (pl_str){0};
    }
}

/* ---- cells ---- */

static void write_place(const table *t, size_t row, size_t at, double place) {
    if (place > 0) book_number(t->r->book, t->sheet, row, at, place, STYLE_PLACE);
}

static void write_cell(const table *t, size_t row, size_t at, const pl_score_line *line) {
    const results *r = t->r;
    const column *c = &t->columns[at];
    double value;
    switch (c->kind) {
    case COLUMN_PLACE: write_place(t, row, at, line->rank); return;
    case COLUMN_GROUP_PLACE: write_place(t, row, at, line->group_rank); return;
    case COLUMN_NODE:
        if (pl_scores_value(r->scores, c->node, line, &value))
            book_number(r->book, t->sheet, row, at, value, STYLE_SCORE);
        else
            book_words(r->book, t->sheet, row, at, results_absent(r, r->scores->nodes[c->node], line), STYLE_ABSENT);
        return;
    case COLUMN_NAME:
        if (r->unit_names[line->unit][0]) {
            book_link(r->book, t->sheet, row, at, r->unit_names[line->unit], text_of(t, c, line), STYLE_LINK);
            return;
        }
        break;
    default: break;
    }
    book_text(r->book, t->sheet, row, at, text_of(t, c, line), STYLE_TEXT);
}

static bool is_shown(const table *t, const pl_score_line *line) {
    return t->group == PL_NOBODY || t->r->dataset->units[line->unit].group == t->group;
}

/* ---- layout ---- */

/* Names of nodes are wrapped; what stands in the lines is not. */
static size_t least_width(const table *t, const column *c) {
    size_t title = pl_text_width(title_of(t, c));
    if (c->kind != COLUMN_NODE && c->kind != COLUMN_PLACE && c->kind != COLUMN_GROUP_PLACE) return title;
    size_t least = c->kind == COLUMN_NODE ? 8 : 4;
    return title < least ? least : title > NODE_WIDTH ? NODE_WIDTH : title;
}

static double set_widths(const table *t) {
    const results *r = t->r;
    for (size_t at = 0; at < t->count; at++) t->columns[at].width = least_width(t, &t->columns[at]);
    for (size_t i = 0; i < r->scores->line_count; i++) {
        if (!is_shown(t, &r->scores->lines[i])) continue;
        for (size_t at = 0; at < t->count; at++) {
            size_t width = pl_text_width(text_of(t, &t->columns[at], &r->scores->lines[i]));
            if (width > t->columns[at].width) t->columns[at].width = width < WIDEST_TEXT ? width : WIDEST_TEXT;
        }
    }
    double sum = 0;
    for (size_t at = 0; at < t->count; at++) {
        double width = book_width_of(t->columns[at].width);
        book_width(r->book, t->sheet, at, width);
        sum += width;
    }
    return sum;
}

static void write_header(const table *t) {
    size_t lines = 1;
    for (size_t at = 0; at < t->count; at++) {
        pl_str title = title_of(t, &t->columns[at]);
        size_t needed = (pl_text_width(title) + NODE_WIDTH - 1) / NODE_WIDTH;
        if (needed > lines) lines = needed;
    }
    book_row(t->r->book, t->sheet, HEAD_ROW, lines + (lines > 1), 0);
    for (size_t at = 0; at < t->count; at++)
        book_text(t->r->book, t->sheet, HEAD_ROW, at, title_of(t, &t->columns[at]), STYLE_HEAD);
}

static size_t write_lines(const table *t) {
    size_t row = FIRST_ROW;
    for (size_t i = 0; i < t->r->scores->line_count && t->r->book->status == PL_OK; i++) {
        if (!is_shown(t, &t->r->scores->lines[i])) continue;
        for (size_t at = 0; at < t->count; at++) write_cell(t, row, at, &t->r->scores->lines[i]);
        results_step(t->r, 1);
        row++;
    }
    return row;
}

static void write_digest(results *r, lxw_worksheet *sheet, size_t row, const char *what, const unsigned char *digest) {
    char hex[PL_DIGEST_HEX], text[160];
    pl_digest_hex(digest, hex);
    snprintf(text, sizeof text, "%s %s", what, hex);
    book_words(r->book, sheet, row, 0, text, STYLE_NOTE);
}

static void write_foot(const table *t, size_t row) {
    results *r = t->r;
    write_digest(r, t->sheet, row, book_word(r->book, "SHA-256 of the model:", "模型的 SHA-256："), r->model->digest);
    write_digest(r, t->sheet, row + 1, book_word(r->book, "SHA-256 of the data: ", "数据的 SHA-256："), r->dataset->digest);
    book_words(r->book, t->sheet, row + 2, 0,
               book_word(r->book, "computed by plumbline " PLUMBLINE_VERSION "; the same model and data give the same numbers",
                         "由准绳 plumbline " PLUMBLINE_VERSION " 计算；同样的模型和数据得到同样的数字"),
               STYLE_NOTE);
}

static void write_table(table *t) {
    results *r = t->r;
    if (r->book->status == PL_OK) r->book->status = choose_columns(t);
    if (r->book->status == PL_OK) {
        double width = set_widths(t);
        book_print_setup(r->book, t->sheet, HEAD_ROW, HEAD_ROW, 3, 1 + (unsigned)(width / PAGE_WIDTH));
        write_header(t);
        size_t row = write_lines(t);
        if (r->book->status == PL_OK && row > FIRST_ROW)
            book_check(r->book, worksheet_autofilter(t->sheet, HEAD_ROW, 0, (lxw_row_t)row - 1, (lxw_col_t)(t->count - 1)));
        write_foot(t, row + 1);
    }
    free(t->columns);
}

/* ---- sheets ---- */

void results_heading(results *r, lxw_worksheet *sheet, pl_str about) {
    book *b = r->book;
    pl_buffer line;
    pl_buffer_init(&line, 0);
    pl_str year = r->model->settings.year;
    if (year.len) pl_buffer_print(&line, book_word(b, "year %.*s; ", "%.*s 年度；"), PL_ARG(year));
    pl_buffer_text(&line, book_word(b, "period ", "期间 "));
    bool first = true;
    for (size_t p = 0; p < r->dataset->period_count; p++) {
        if (!r->compiled->scored[p]) continue;
        pl_str period = r->dataset->periods[p];
        if (!first) pl_buffer_text(&line, book_word(b, ", ", "、"));
        first = false;
        if (period.len)
            pl_buffer_str(&line, period);
        else
            pl_buffer_text(&line, book_word(b, "not named", "未注明"));
    }
    if (about.len) pl_buffer_print(&line, "%s%.*s", book_word(b, "; ", "；"), PL_ARG(about));
    if (line.failed) b->status = PL_MEMORY;
    book_row(b, sheet, 0, 2, 0);
    book_text(b, sheet, 0, 0, results_title(r), STYLE_TITLE);
    book_text(b, sheet, 1, 0, pl_buffer_view(&line), STYLE_NOTE);
    pl_buffer_free(&line);
}

/* Says why units that are looked for have no sheet. */
static void write_note(results *r, lxw_worksheet *sheet) {
    if (r->unit_sheets == r->dataset->unit_count) return;
    pl_buffer note;
    pl_buffer_init(&note, 0);
    pl_buffer_print(&note,
                    book_word(r->book,
                              "%zu of %zu units have a sheet with their reasons; --units A,B or --units all writes others.",
                              "%zu 个单位（共 %zu 个）有说明得分理由的工作表；其余用 --units 甲,乙 或 --units all 写出。"),
                    r->unit_sheets, r->dataset->unit_count);
    if (note.failed) r->book->status = PL_MEMORY;
    book_text(r->book, sheet, 2, 0, pl_buffer_view(&note), STYLE_NOTE);
    pl_buffer_free(&note);
}

void results_ranking(results *r) {
    table t = {.r = r, .sheet = book_sheet(r->book, r->ranking_name), .group = PL_NOBODY};
    if (!t.sheet) return;
    char about[64];
    snprintf(about, sizeof about, book_word(r->book, "%zu units", "%zu 个单位"), r->dataset->unit_count);
    results_heading(r, t.sheet, pl_str_of(about));
    write_note(r, t.sheet);
    write_table(&t);
}

void results_groups(results *r) {
    size_t groups = r->dataset->group_count;
    for (size_t group = 0; group < (groups ? groups : 1) && r->book->status == PL_OK; group++) {
        char name[BOOK_NAME_SIZE];
        book_name(r->book, groups ? r->dataset->groups[group] : pl_str_of(book_word(r->book, "all nodes", "全部指标")), name);
        table t = {.r = r, .sheet = book_sheet(r->book, name), .all_nodes = true, .group = groups ? (uint32_t)group : PL_NOBODY};
        if (!t.sheet) return;
        results_heading(r, t.sheet, groups ? r->dataset->groups[group] : (pl_str){0});
        book_link(r->book, t.sheet, 2, 0, r->ranking_name, pl_str_of(book_word(r->book, "back to the ranking", "返回名次表")),
                  STYLE_LINK);
        write_table(&t);
    }
}

/* The best of the last period, the first at the top. */
void results_chart(results *r) {
    size_t lines = r->scores->line_count, from = lines;
    while (from > 0 && r->scores->lines[from - 1].period == r->scores->lines[lines - 1].period) from--;
    size_t to = from;
    while (to < lines && to - from < CHART_LINES && r->scores->lines[to].has_total) to++;
    if (r->book->status != PL_OK || from == to) return;
    lxw_chartsheet *sheet = workbook_add_chartsheet(r->book->workbook, r->chart_name);
    lxw_chart *chart = sheet ? workbook_add_chart(r->book->workbook, LXW_CHART_BAR) : NULL;
    lxw_chart_series *series = chart ? chart_add_series(chart, NULL, NULL) : NULL;
    if (!series) {
        r->book->status = PL_MEMORY;
        return;
    }
    lxw_row_t first = (lxw_row_t)(FIRST_ROW + from), last = (lxw_row_t)(FIRST_ROW + to - 1);
    lxw_col_t names = NAME_COLUMN, totals = (lxw_col_t)total_column(r);
    chart_series_set_categories(series, r->ranking_name, first, names, last, names);
    chart_series_set_values(series, r->ranking_name, first, totals, last, totals);
    chart_series_set_name_range(series, r->ranking_name, HEAD_ROW, totals);
    chart_series_set_labels(series);
    lxw_chart_font small = {.size = 8};
    lxw_chart_line pale = {.color = 0xD9D9D9};
    chart_axis_set_num_font(chart->y_axis, &small); /* bars lie down: the names stand on the axis called y */
    chart_axis_set_interval_unit(chart->y_axis, 1);
    chart_axis_major_gridlines_set_line(chart->x_axis, &pale);
    chart_axis_set_reverse(chart->y_axis);
    chart_axis_set_crossing_max(chart->y_axis);
    chart_set_series_gap(chart, 40);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    chartsheet_set_landscape(sheet);
    chartsheet_set_paper(sheet, 9);
    book_check(r->book, chartsheet_set_chart(sheet, chart));
}
