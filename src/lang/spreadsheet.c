#include <plumbline/lang/spreadsheet.h>

#include "lang/syntax.h"

#include <plumbline/base/number.h>

typedef struct translating {
    pl_spreadsheet_name *name;
    void *context;
    pl_buffer *out;
} translating;

/* Functions that give the same in a spreadsheet. In `formula` $1, $2 stand for arguments and $* for all of them with commas. */
static const struct {
    const char *name;
    unsigned least, most;
    const char *formula;
} functions[] = {
    {"abs", 1, 1, "ABS($1)"},        {"ceil", 1, 1, "(-INT(-($1)))"},    {"clamp", 3, 3, "MAX($2,MIN($3,$1))"},
    {"exp", 1, 1, "EXP($1)"},        {"floor", 1, 1, "INT($1)"},         {"if", 3, 3, "IF($1,$2,$3)"},
    {"ln", 1, 1, "LN($1)"},          {"log", 1, 1, "LOG10($1)"},         {"log", 2, 2, "LOG($1,$2)"},
    {"log10", 1, 1, "LOG10($1)"},    {"mod", 2, 2, "MOD($1,$2)"},        {"round", 1, 1, "ROUND($1,0)"},
    {"round", 2, 2, "ROUND($1,$2)"}, {"sign", 1, 1, "SIGN($1)"},         {"sqrt", 1, 1, "SQRT($1)"},
    {"trunc", 1, 1, "TRUNC($1)"},    {"geomean", 2, 255, "GEOMEAN($*)"}, {"harmean", 2, 255, "HARMEAN($*)"},
    {"max", 2, 255, "MAX($*)"},      {"mean", 2, 255, "AVERAGE($*)"},    {"median", 2, 255, "MEDIAN($*)"},
    {"min", 2, 255, "MIN($*)"},      {"sum", 2, 255, "SUM($*)"},
};

static bool translate(const translating *t, const pl_syntax *node);

static bool translate_all(const translating *t, const pl_syntax *call, const char *separator) {
    for (size_t i = 0; i < call->count; i++) {
        if (i) pl_buffer_text(t->out, separator);
        if (!translate(t, call->arguments[i])) return false;
    }
    return true;
}

static bool fill_in(const translating *t, const char *formula, const pl_syntax *call) {
    for (; *formula; formula++) {
        if (*formula != '$') {
            pl_buffer_char(t->out, *formula);
            continue;
        }
        formula++;
        if (*formula == '*' ? !translate_all(t, call, ",") : !translate(t, call->arguments[*formula - '1'])) return false;
    }
    return true;
}

static bool translate_call(const translating *t, const pl_syntax *call) {
    if (call->scope.len || call->where) return false;
    if (pl_str_is_fold(call->text, "score"))
        return call->count == 1 && call->arguments[0]->kind == SYNTAX_NAME &&
               t->name(t->context, PL_REFERENCE_SCORE, call->arguments[0]->text, t->out);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (pl_str_is_fold(call->text, functions[i].name) && call->count >= functions[i].least && call->count <= functions[i].most)
            return fill_in(t, functions[i].formula, call);
    return false;
}

/* An operand in parentheses, unless it is a single thing: signs and powers bind differently from one spreadsheet to the next. */
static bool translate_operand(const translating *t, const pl_syntax *node) {
    bool single = node->kind != SYNTAX_BINARY && node->kind != SYNTAX_NEGATE && node->kind != SYNTAX_PERCENT;
    if (!single) pl_buffer_char(t->out, '(');
    if (!translate(t, node)) return false;
    if (!single) pl_buffer_char(t->out, ')');
    return true;
}

/* Sums and products read from the left need no parentheses there. */
static bool runs_on(const pl_syntax *node) {
    const pl_syntax *left = node->arguments[0];
    return left->kind == SYNTAX_BINARY && node->symbol <= SYMBOL_DIVIDE && left->symbol <= SYMBOL_DIVIDE &&
           pl_syntax_precedence(left) >= pl_syntax_precedence(node);
}

static bool translate_binary(const translating *t, const pl_syntax *node) {
    if (node->symbol == SYMBOL_AND || node->symbol == SYMBOL_OR) {
        pl_buffer_text(t->out, node->symbol == SYMBOL_AND ? "AND(" : "OR(");
        if (!translate_all(t, node, ",")) return false;
        pl_buffer_char(t->out, ')');
        return true;
    }
    if (!(runs_on(node) ? translate(t, node->arguments[0]) : translate_operand(t, node->arguments[0]))) return false;
    pl_buffer_text(t->out, pl_symbol_text(node->symbol));
    return translate_operand(t, node->arguments[1]);
}

static bool translate_number(const translating *t, double x) {
    char text[PL_NUMBER_SIZE];
    size_t length = pl_number_print(text, x);
    for (size_t i = 0; i < length; i++) pl_buffer_char(t->out, text[i] == 'e' ? 'E' : text[i]);
    return true;
}

static bool translate(const translating *t, const pl_syntax *node) {
    switch (node->kind) {
    case SYNTAX_NUMBER: return translate_number(t, node->number);
    case SYNTAX_BOOLEAN: pl_buffer_text(t->out, node->number != 0 ? "TRUE" : "FALSE"); return true;
    case SYNTAX_NAME: return t->name(t->context, PL_REFERENCE_NAME, node->text, t->out);
    case SYNTAX_ATTRIBUTE: return t->name(t->context, PL_REFERENCE_ATTRIBUTE, node->text, t->out);
    case SYNTAX_NEGATE: pl_buffer_char(t->out, '-'); return translate_operand(t, node->arguments[0]);
    case SYNTAX_PERCENT:
        if (!translate_operand(t, node->arguments[0])) return false;
        pl_buffer_text(t->out, "/100");
        return true;
    case SYNTAX_NOT:
        pl_buffer_text(t->out, "NOT(");
        if (!translate(t, node->arguments[0])) return false;
        pl_buffer_char(t->out, ')');
        return true;
    case SYNTAX_BINARY: return translate_binary(t, node);
    case SYNTAX_CALL: return translate_call(t, node);
    case SYNTAX_TEXT:
    case SYNTAX_FIELD:
    case SYNTAX_SHIFT: break;
    }
    return false;
}

pl_status pl_expression_spreadsheet(const pl_expression *expression, pl_spreadsheet_name *name, void *context, pl_buffer *out) {
    translating t = {name, context, out};
    size_t before = out->len;
    bool said = translate(&t, expression->root);
    if (out->failed) return PL_MEMORY;
    if (said) return PL_OK;
    out->len = before;
    if (out->at) out->at[before] = 0;
    return PL_INPUT;
}
