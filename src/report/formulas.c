#include "report/formulas.h"

#include <plumbline/base/number.h>
#include <plumbline/lang/spreadsheet.h>

#include <stdlib.h>
#include <xlsxwriter.h>

/* A cell holds a formula of 8192 characters, a function takes 255 arguments; rows have up to 7 digits. */
#define MOST_FORMULA 8000
#define ROW_DIGITS 7
#define MOST_NEEDS 250

typedef struct making {
    const formula_sheet *sheet;
    const pl_indicator *node;
    formula *out;
    pl_str x; /* while the score expression is said: what the children combine to */
    bool scoring;
} making;

/* ---- references ---- */

static void add_column(const making *m, pl_buffer *out, size_t indicator) {
    char name[LXW_MAX_COL_NAME_LENGTH];
    lxw_col_to_name(name, (lxw_col_t)(m->sheet->first_column + indicator), LXW_FALSE);
    pl_buffer_text(out, name);
}

static void add_cell(const making *m, pl_buffer *out, size_t indicator) {
    add_column(m, out, indicator);
    pl_buffer_char(out, FORMULA_ROW);
}

static void add_constant(const making *m, pl_buffer *out, size_t indicator, size_t row) {
    add_column(m, out, indicator);
    pl_buffer_print(out, "$%zu", row);
}

static pl_status need(formula *f, size_t indicator) {
    for (size_t i = 0; i < f->need_count; i++)
        if (f->needs[i] == indicator) return PL_OK;
    size_t capacity = f->need_count;
    if (pl_reserve((void **)&f->needs, &capacity, f->need_count + 1, sizeof *f->needs, 0)) return PL_MEMORY;
    f->needs[f->need_count++] = indicator;
    return PL_OK;
}

/* "C7,E7:H7": cells side by side make a range. */
static void add_cells(const making *m, pl_buffer *out) {
    const formula *f = m->out;
    for (size_t i = 0, run; i < f->need_count; i += run) {
        for (run = 1; i + run < f->need_count && f->needs[i + run] == f->needs[i] + run;) run++;
        if (i) pl_buffer_char(out, ',');
        add_cell(m, out, f->needs[i]);
        if (run == 1) continue;
        pl_buffer_char(out, ':');
        add_cell(m, out, f->needs[i + run - 1]);
    }
}

/* ---- combinations ---- */

/* One term for each child, joined by +: `pattern` with c for its cell, w for its weight, f for its full. */
static void add_terms(const making *m, pl_buffer *out, const char *pattern) {
    const formula *f = m->out;
    for (size_t i = 0; i < f->need_count; i++) {
        if (i) pl_buffer_char(out, '+');
        for (const char *p = pattern; *p; p++) {
            if (*p == 'c')
                add_cell(m, out, f->needs[i]);
            else if (*p == 'w')
                add_constant(m, out, f->needs[i], m->sheet->weight_row);
            else if (*p == 'f')
                add_constant(m, out, f->needs[i], m->sheet->full_row);
            else if (*p == '?')
                pl_buffer_text(out, m->sheet->absent);
            else
                pl_buffer_char(out, *p);
        }
    }
}

/* Whether the points of children that do not apply are spread over the others. */
static bool is_spread(const making *m) {
    const pl_model *model = m->sheet->model;
    bool some = false;
    double full = 0;
    for (size_t i = 0; i < m->out->need_count; i++) {
        const pl_indicator *child = &model->indicators[m->out->needs[i]];
        if (!child->full.given) return false;
        full += child->full.value;
        some |= child->applies != NULL;
    }
    return some && full > 0;
}

static void add_call(const making *m, pl_buffer *out, const char *function) {
    pl_buffer_print(out, "%s(", function);
    add_cells(m, out);
    pl_buffer_char(out, ')');
}

/* The same sums as lang/combining.c. */
static void add_combination(const making *m, pl_buffer *out) {
    switch (m->node->how) {
    case PL_COMBINE_MEAN:
        pl_buffer_char(out, '(');
        add_terms(m, out, "N(c)*w");
        pl_buffer_text(out, ")/(");
        add_terms(m, out, "ISNUMBER(c)*w");
        pl_buffer_char(out, ')');
        break;
    case PL_COMBINE_GEOMEAN:
        pl_buffer_text(out, "EXP((");
        add_terms(m, out, "IF(ISNUMBER(c),w*LN(c),0)");
        pl_buffer_text(out, ")/(");
        add_terms(m, out, "ISNUMBER(c)*w");
        pl_buffer_text(out, "))");
        break;
    case PL_COMBINE_HARMEAN:
        pl_buffer_char(out, '(');
        add_terms(m, out, "ISNUMBER(c)*w");
        pl_buffer_text(out, ")/(");
        add_terms(m, out, "IF(ISNUMBER(c),w/c,0)");
        pl_buffer_char(out, ')');
        break;
    case PL_COMBINE_SUM:
        add_call(m, out, "SUM");
        if (!is_spread(m)) break;
        pl_buffer_text(out, "*(");
        add_terms(m, out, "f");
        pl_buffer_text(out, ")/(");
        add_terms(m, out, "(c<>\"?\")*f");
        pl_buffer_char(out, ')');
        break;
    case PL_COMBINE_MEDIAN: add_call(m, out, "MEDIAN"); break;
    case PL_COMBINE_MIN: add_call(m, out, "MIN"); break;
    case PL_COMBINE_MAX: add_call(m, out, "MAX"); break;
    case PL_COMBINE_COPELAND: break;
    }
}

/* ---- names in expressions ---- */

static bool add_constant_of_row(const making *m, pl_str name, pl_buffer *out) {
    const pl_indicator *n = m->node;
    const struct {
        const char *name;
        pl_optional value;
    } constants[] = {{"full", n->full}, {"target", n->target},         {"low", n->low},
                     {"high", n->high}, {"weight", {true, n->weight}}, {"direction", {true, n->direction}}};
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (!pl_str_is(name, constants[i].name) || !constants[i].value.given) continue;
        pl_buffer_char(out, '(');
        pl_buffer_number(out, constants[i].value.value);
        pl_buffer_char(out, ')');
        return true;
    }
    return false;
}

/* What is no code: x is what the children combine to, the rest stands in the indicator's row. */
static bool add_other_name(const making *m, pl_str name, pl_buffer *out) {
    if (!pl_str_is(name, "x")) return add_constant_of_row(m, name, out);
    pl_buffer_char(out, '(');
    pl_buffer_str(out, m->x);
    pl_buffer_char(out, ')');
    return m->scoring;
}

/* The sheet has scores: of every node for score(CODE), of inner nodes for a bare code, and of children where they are combined. */
static bool add_name(void *context, pl_reference_kind kind, pl_str name, pl_buffer *out) {
    making *m = context;
    const pl_model *model = m->sheet->model;
    if (kind == PL_REFERENCE_ATTRIBUTE) return false;
    size_t indicator = pl_model_find(model, name);
    if (indicator == PL_NO_INDEX) return kind == PL_REFERENCE_NAME && add_other_name(m, name, out);
    const pl_indicator *node = &model->indicators[indicator];
    bool child = node->parent != PL_NO_INDEX && &model->indicators[node->parent] == m->node;
    if (kind == PL_REFERENCE_NAME && !node->child_count && (m->scoring || !child)) return false;
    if (need(m->out, indicator) != PL_OK) out->failed = true;
    add_cell(m, out, indicator);
    return true;
}

/* ---- the whole ---- */

static void refuse(formula *f, const char *why, const char *why_zh) {
    f->why_not = why;
    f->why_not_zh = why_zh;
}

static void refuse_expression(formula *f) {
    refuse(f,
           "A value, not a formula: the rule looks at more than this row holds, such as other units, raw values or other periods.",
           "此列是数值，不是公式：规则用到了本行以外的内容，如其他单位、原始值或其他期间。");
}

static pl_status combine(making *m, pl_buffer *out) {
    const pl_model *model = m->sheet->model;
    if (m->node->combine) {
        m->out->all_needed = true;
        pl_status status = pl_expression_spreadsheet(m->node->combine, add_name, m, out);
        if (status == PL_INPUT) refuse_expression(m->out);
        return status == PL_MEMORY ? PL_MEMORY : PL_OK;
    }
    for (size_t child = m->node->first_child; child != PL_NO_INDEX; child = model->indicators[child].next_sibling)
        if (need(m->out, child) != PL_OK) return PL_MEMORY;
    if (m->node->how == PL_COMBINE_COPELAND)
        refuse(m->out, "A value, not a formula: Copeland's method compares every pair of units.",
               "此列是数值，不是公式：科普兰法要把单位两两比较。");
    else
        add_combination(m, out);
    return PL_OK;
}

/* The score expression over what the children combine to. Where it names other nodes, all of them are needed. */
static pl_status apply_score(making *m, pl_str x, pl_buffer *out) {
    size_t children = m->out->need_count;
    m->scoring = true;
    m->x = x;
    pl_status status = pl_expression_spreadsheet(m->node->score, add_name, m, out);
    bool more = m->out->need_count > children && !m->out->all_needed;
    if (status == PL_INPUT || more) refuse_expression(m->out);
    return status == PL_MEMORY ? PL_MEMORY : PL_OK;
}

/* Where no child has a value, or one of those that an expression names has none, there is none. */
static void guard(making *m, pl_str inner) {
    pl_buffer *out = &m->out->pattern;
    if (!m->out->need_count) {
        pl_buffer_str(out, inner);
        return;
    }
    pl_buffer_text(out, "IF(COUNT(");
    add_cells(m, out);
    if (m->out->all_needed)
        pl_buffer_print(out, ")=%zu,", m->out->need_count);
    else
        pl_buffer_text(out, ")=0,\"\",");
    pl_buffer_str(out, inner);
    pl_buffer_text(out, m->out->all_needed ? ",\"\")" : ")");
}

static bool is_too_long(const formula *f) {
    size_t length = f->pattern.len;
    for (size_t i = 0; i < f->pattern.len; i++) length += f->pattern.at[i] == FORMULA_ROW ? ROW_DIGITS : 0;
    return length > MOST_FORMULA || f->need_count > MOST_NEEDS;
}

pl_status formula_make(formula *out, const formula_sheet *sheet, size_t indicator) {
    *out = (formula){.need_count = 0};
    making m = {.sheet = sheet, .node = &sheet->model->indicators[indicator], .out = out};
    pl_buffer x, score;
    pl_buffer_init(&x, 0);
    pl_buffer_init(&score, 0);
    pl_buffer_init(&out->pattern, 0);
    pl_status status = combine(&m, &x);
    if (status == PL_OK && !out->why_not && m.node->score) status = apply_score(&m, pl_buffer_view(&x), &score);
    if (status == PL_OK && !out->why_not) {
        guard(&m, pl_buffer_view(m.node->score ? &score : &x));
        if (is_too_long(out))
            refuse(out, "A value, not a formula: with so many indicators below it the formula would be too long for a cell.",
                   "此列是数值，不是公式：下级指标过多，公式超出单元格的长度。");
    }
    if (x.failed || score.failed || out->pattern.failed) status = PL_MEMORY;
    pl_buffer_free(&x);
    pl_buffer_free(&score);
    return status;
}

void formula_free(formula *f) {
    pl_buffer_free(&f->pattern);
    free(f->needs);
}

void formula_print(const formula *f, size_t row, pl_buffer *out) {
    pl_buffer_char(out, '=');
    for (size_t i = 0; i < f->pattern.len; i++) {
        if (f->pattern.at[i] == FORMULA_ROW)
            pl_buffer_print(out, "%zu", row);
        else
            pl_buffer_char(out, f->pattern.at[i]);
    }
}
