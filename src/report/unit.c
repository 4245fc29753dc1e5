/* One sheet for a unit: the indicator tree with the reasons of every score. */
#include "report/results.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

/* Of what can be reached a lamp is green from this share on, and yellow from that. */
#define GREEN_FROM 0.9
#define YELLOW_FROM 0.6

enum {
    AT_NAME,
    AT_CODE,
    AT_X,
    AT_MEASURE,
    AT_REASON,
    AT_POINTS,
    AT_FULL,
    AT_WEIGHT,
    AT_CONTRIBUTION,
    AT_REACHED,
    AT_LAMP,
    COLUMNS
};

static const struct {
    const char *title, *title_zh;
    unsigned width;
} columns[COLUMNS] = {
    [AT_NAME] = {"indicator", "指标", 32},
    [AT_CODE] = {"code", "代码", 12},
    [AT_X] = {"value x", "取值 x", 10},
    [AT_MEASURE] = {"unit of measure", "计量单位", 10},
    [AT_REASON] = {"how the points come about", "得分如何算出", 64},
    [AT_POINTS] = {"points", "得分", 10},
    [AT_FULL] = {"full", "满分", 8},
    [AT_WEIGHT] = {"weight", "权重", 8},
    [AT_CONTRIBUTION] = {"part in the total", "对总分的贡献", 10},
    [AT_REACHED] = {"reached", "达到比例", 8},
    [AT_LAMP] = {"lamp", "亮灯", 14},
};

typedef struct unit_sheet {
    results *r;
    lxw_worksheet *sheet;
    size_t row;
    pl_buffer text;
} unit_sheet;

/* ---- reasons ---- */

static void add_number(pl_buffer *out, double x) { pl_buffer_number(out, fabs(x) < 1e9 ? pl_number_round(x, 4) : x); }

static void add_line_end(pl_buffer *out) {
    if (out->len) pl_buffer_char(out, '\n');
}

/* "score = full * x / target = 10 * 72 / 80 = 9", and what it was compared with. */
static void add_trace(unit_sheet *u, const char *label, const pl_trace *trace) {
    const book *b = u->r->book;
    if (!trace->formula.len) return;
    add_line_end(&u->text);
    pl_buffer_print(&u->text, "%s = %.*s", label, PL_ARG(trace->formula));
    if (!pl_str_equal(trace->formula, trace->numbers)) pl_buffer_print(&u->text, " = %.*s", PL_ARG(trace->numbers));
    if (trace->present) {
        pl_buffer_text(&u->text, " = ");
        add_number(&u->text, trace->value);
    }
    for (size_t i = 0; i < trace->comparison_count; i++) {
        const pl_comparison *c = &trace->comparisons[i];
        pl_buffer_print(&u->text, "\n%s%.*s = ", book_word(b, "  where ", "  其中 "), PL_ARG(c->what));
        if (c->present)
            add_number(&u->text, c->value);
        else
            pl_buffer_text(&u->text, book_word(b, "missing", "缺失"));
    }
}

static void add_combination(unit_sheet *u, const pl_indicator *node) {
    static const char *const words[][2] = {
        {"weighted mean of the indicators below", "下级指标的加权平均"},
        {"sum of the indicators below", "下级指标求和"},
        {"weighted geometric mean of the indicators below", "下级指标的加权几何平均"},
        {"weighted harmonic mean of the indicators below", "下级指标的加权调和平均"},
        {"median of the indicators below", "下级指标的中位数"},
        {"smallest of the indicators below", "下级指标的最小值"},
        {"largest of the indicators below", "下级指标的最大值"},
        {"pairwise comparison (Copeland) on the indicators below", "按下级指标两两比较（科普兰法）"},
    };
    pl_buffer_text(&u->text, words[node->how][u->r->book->chinese]);
}

static void find_reason(unit_sheet *u, const pl_step *step) {
    const pl_indicator *node = &u->r->model->indicators[step->indicator];
    const book *b = u->r->book;
    pl_buffer_clear(&u->text);
    if (step->state == PL_STEP_NOT_APPLICABLE) return;
    if (node->child_count && !node->combine) add_combination(u, node);
    add_trace(u, node->child_count ? book_word(b, "combined", "合成") : "x", &step->value);
    if (step->has_score_trace) add_trace(u, book_word(b, "score", "得分"), &step->score);
}

/* ---- lamps ---- */

/* The share of `full`, else of the best peer's points, that is reached. False where there is nothing above 0 to reach. */
static bool find_reached(const results *r, const pl_score_line *line, const pl_step *step, double *out) {
    const pl_indicator *node = &r->model->indicators[step->indicator];
    double most;
    if (!step->has_score) return false;
    if (node->full.given)
        most = node->full.value;
    else if (!results_best(r, step->indicator, line, &most))
        return false;
    if (most <= 0) return false;
    *out = step->points / most;
    return true;
}

static void write_lamp(unit_sheet *u, const pl_step *step, bool known, double reached) {
    book *b = u->r->book;
    const char *word = book_word(b, "none", "不亮灯");
    book_style style = STYLE_ABSENT;
    if (step->state == PL_STEP_NOT_APPLICABLE) {
        word = book_word(b, "does not apply", "不适用");
    } else if (!step->has_score) {
        word = book_word(b, "missing", "缺失");
    } else if (known) {
        bool green = reached >= GREEN_FROM, yellow = reached >= YELLOW_FROM;
        style = green ? STYLE_GREEN : yellow ? STYLE_YELLOW : STYLE_RED;
        word = green ? book_word(b, "green", "绿灯") : yellow ? book_word(b, "yellow", "黄灯") : book_word(b, "red", "红灯");
        book_number(b, u->sheet, u->row, AT_REACHED, reached, STYLE_SHARE);
    }
    book_words(b, u->sheet, u->row, AT_LAMP, word, style);
}

/* ---- rows ---- */

static void write_points(unit_sheet *u, const pl_step *step) {
    book *b = u->r->book;
    const pl_indicator *node = &u->r->model->indicators[step->indicator];
    if (!step->has_score) {
        bool applies = step->state != PL_STEP_NOT_APPLICABLE;
        book_words(b, u->sheet, u->row, AT_POINTS,
                   applies ? book_word(b, "missing", "缺失") : book_word(b, "does not apply", "不适用"), STYLE_ABSENT);
        return;
    }
    book_number(b, u->sheet, u->row, AT_POINTS, step->points, STYLE_SCORE);
    if (node->parent != PL_NO_INDEX && step->share > 0) book_number(b, u->sheet, u->row, AT_WEIGHT, step->share, STYLE_SHARE);
    if (step->additive) book_number(b, u->sheet, u->row, AT_CONTRIBUTION, step->contribution, STYLE_SCORE);
}

/* Lines that a text takes in a column, its own line ends included. */
static size_t lines_of(pl_str text, size_t width) {
    size_t lines = 0;
    while (text.len) {
        const char *end = memchr(text.at, '\n', text.len);
        pl_str line = {text.at, end ? (size_t)(end - text.at) : text.len};
        size_t own = (pl_text_width(line) + width - 1) / width;
        lines += own ? own : 1;
        text.at += line.len + (end != NULL);
        text.len -= line.len + (end != NULL);
    }
    return lines ? lines : 1;
}

static void write_step(unit_sheet *u, const pl_score_line *line, const pl_step *step) {
    book *b = u->r->book;
    const pl_indicator *node = &u->r->model->indicators[step->indicator];
    pl_str name = results_node_name(u->r, step->indicator);
    find_reason(u, step);
    if (step->filled) {
        add_line_end(&u->text);
        pl_buffer_text(&u->text, book_word(b, "missing; filled in by the rule for missing values", "缺失，按缺失处理规则填补"));
    }
    if (u->text.failed) b->status = PL_MEMORY;
    /* A line breaks before it is full, and an indented name has less room. */
    size_t lines = lines_of(pl_buffer_view(&u->text), columns[AT_REASON].width - 6);
    size_t indented = 3 * (size_t)(node->depth < BOOK_INDENTS ? node->depth : BOOK_INDENTS);
    size_t room = columns[AT_NAME].width > indented + 8 ? columns[AT_NAME].width - indented : 8;
    size_t name_lines = lines_of(name, room), code_lines = lines_of(node->code, columns[AT_CODE].width);
    if (name_lines > lines) lines = name_lines;
    if (code_lines > lines) lines = code_lines;
    book_row(b, u->sheet, u->row, lines, node->depth);
    for (size_t i = 0; i < COLUMNS; i++) book_words(b, u->sheet, u->row, i, "", STYLE_TEXT); /* so that the line runs through */
    book_indented(b, u->sheet, u->row, AT_NAME, name, node->depth);
    book_text(b, u->sheet, u->row, AT_CODE, node->code, STYLE_WRAP);
    if (!node->child_count && step->has_x)
        book_number(b, u->sheet, u->row, AT_X, step->x, STYLE_EXACT);
    else if (!node->child_count && step->state != PL_STEP_NOT_APPLICABLE)
        book_words(b, u->sheet, u->row, AT_X, book_word(b, "missing", "缺失"), STYLE_ABSENT);
    if (node->unit_of_measure.len) book_text(b, u->sheet, u->row, AT_MEASURE, node->unit_of_measure, STYLE_WRAP);
    book_text(b, u->sheet, u->row, AT_REASON, pl_buffer_view(&u->text), STYLE_WRAP);
    if (node->full.given) book_number(b, u->sheet, u->row, AT_FULL, node->full.value, STYLE_EXACT);
    write_points(u, step);
    double reached = 0;
    bool known = find_reached(u->r, line, step, &reached);
    write_lamp(u, step, known, reached);
    u->row++;
}

static void add_place(pl_buffer *out, const book *b, const char *what, double place, size_t among) {
    if (place <= 0) return;
    pl_buffer_text(out, what);
    pl_buffer_number(out, place);
    pl_buffer_print(out, book_word(b, " of %zu", "/%zu"), among);
}

/* "2025: total 63.76, place 25 of 32, group county 9 of 12" */
static void write_standing(unit_sheet *u, const pl_explanation *e) {
    book *b = u->r->book;
    const pl_score_line *line = e->line;
    pl_str period = u->r->dataset->periods[line->period], group = results_group(u->r, line->unit);
    pl_buffer_clear(&u->text);
    if (period.len) pl_buffer_print(&u->text, "%.*s%s", PL_ARG(period), book_word(b, ": ", "："));
    if (line->has_total) {
        char total[PL_FIXED_SIZE];
        int digits = u->r->model->settings.digits;
        if (digits >= 0)
            pl_number_fixed(total, line->total, digits);
        else
            pl_number_print(total, pl_number_round(line->total, 6));
        pl_buffer_print(&u->text, "%s%s", book_word(b, "total ", "总分 "), total);
    } else {
        pl_buffer_text(&u->text, book_word(b, "no total", "没有总分"));
    }
    add_place(&u->text, b, book_word(b, ", place ", "，名次 "), line->rank, e->units_ranked);
    if (group.len) pl_buffer_print(&u->text, "%s%.*s", book_word(b, ", group ", "，类别 "), PL_ARG(group));
    add_place(&u->text, b, " ", line->group_rank, e->group_ranked);
    if (line->grade != PL_NOBODY)
        pl_buffer_print(&u->text, "%s%.*s", book_word(b, ", grade ", "，等次 "), PL_ARG(u->r->model->grades[line->grade].name));
    if (u->text.failed) b->status = PL_MEMORY;
    book_text(b, u->sheet, u->row++, 0, pl_buffer_view(&u->text), STYLE_PLAIN);
}

static void write_refusal(unit_sheet *u, const pl_score_line *line, const pl_refusal *refusal) {
    book *b = u->r->book;
    const pl_model *model = u->r->model;
    pl_buffer_clear(&u->text);
    pl_buffer_print(&u->text, "%s%.*s%s", book_word(b, "not ", "未评"), PL_ARG(model->grades[refusal->grade].name),
                    book_word(b, ": ", "："));
    pl_refusal_write(refusal, model, line, b->chinese, &u->text);
    if (u->text.failed) b->status = PL_MEMORY;
    book_text(b, u->sheet, u->row++, 0, pl_buffer_view(&u->text), STYLE_NOTE);
}

static void write_line(unit_sheet *u, const pl_score_line *line) {
    pl_explanation *e;
    pl_status status = pl_explain(&e, u->r->scores, u->r->compiled, line, 0);
    if (status != PL_OK) {
        u->r->book->status = status;
        return;
    }
    write_standing(u, e);
    for (size_t i = 0; i < e->refusal_count; i++) write_refusal(u, line, &e->refusals[i]);
    for (size_t i = 0; i < e->step_count && u->r->book->status == PL_OK; i++) write_step(u, line, &e->steps[i]);
    pl_explanation_free(e);
    u->row++;
}

/* ---- sheets ---- */

static void write_top(unit_sheet *u, uint32_t unit) {
    results *r = u->r;
    book *b = r->book;
    pl_buffer_clear(&u->text);
    pl_str name = results_unit_name(r, unit), code = r->dataset->units[unit].code;
    pl_buffer_str(&u->text, name);
    if (!pl_str_equal(name, code)) pl_buffer_print(&u->text, " (%.*s)", PL_ARG(code));
    if (u->text.failed) b->status = PL_MEMORY;
    book_row(b, u->sheet, 0, 2, 0);
    book_text(b, u->sheet, 0, 0, pl_buffer_view(&u->text), STYLE_TITLE);
    book_text(b, u->sheet, 1, 0, results_title(r), STYLE_NOTE);
    book_link(b, u->sheet, 2, 0, r->ranking_name, pl_str_of(book_word(b, "back to the ranking", "返回名次表")), STYLE_LINK);
    book_words(
        b, u->sheet, 3, 0,
        book_word(b,
                  "Lamps: points as a share of full, or of the best among the peers where there is no full: green from 90 %, "
                  "yellow from 60 %, red below.",
                  "亮灯规则：得分占满分的比例（无满分时占同类最好得分的比例）：90% 以上绿灯，60% 以上黄灯，其余红灯。"),
        STYLE_NOTE);
    size_t lines = 1;
    for (size_t i = 0; i < COLUMNS; i++) {
        pl_str title = pl_str_of(book_word(b, columns[i].title, columns[i].title_zh));
        size_t own = lines_of(title, columns[i].width);
        if (own > lines) lines = own;
        book_width(b, u->sheet, i, book_width_of(columns[i].width));
    }
    book_row(b, u->sheet, 4, lines, 0);
    for (size_t i = 0; i < COLUMNS; i++)
        book_words(b, u->sheet, 4, i, book_word(b, columns[i].title, columns[i].title_zh), STYLE_HEAD);
    book_print_setup(b, u->sheet, 4, 4, 1, 1);
    u->row = 5;
}

/* The newest period first. */
static void write_unit(results *r, uint32_t unit) {
    unit_sheet u = {.r = r, .sheet = book_sheet(r->book, r->unit_names[unit])};
    if (!u.sheet) return;
    pl_buffer_init(&u.text, 0);
    worksheet_outline_settings(u.sheet, LXW_TRUE, LXW_FALSE, LXW_FALSE, LXW_FALSE);
    write_top(&u, unit);
    for (size_t i = r->scores->line_count; i-- > 0 && r->book->status == PL_OK;)
        if (r->scores->lines[i].unit == unit) write_line(&u, &r->scores->lines[i]);
    pl_buffer_free(&u.text);
}

/* In the order of the ranking's first period; a unit comes once. */
void results_units(results *r) {
    bool *written = calloc(r->dataset->unit_count + 1, sizeof *written);
    if (!written) {
        r->book->status = PL_MEMORY;
        return;
    }
    for (size_t i = 0; i < r->scores->line_count && r->book->status == PL_OK; i++) {
        uint32_t unit = r->scores->lines[i].unit;
        if (!r->unit_names[unit][0] || written[unit]) continue;
        written[unit] = true;
        write_unit(r, unit);
        results_step(r, RESULTS_UNIT_STEPS);
    }
    free(written);
}
