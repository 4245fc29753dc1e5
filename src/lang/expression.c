#include "lang/syntax.h"

pl_str pl_expression_source(const pl_expression *expression) { return expression->source; }

static pl_status visit_each(const pl_syntax *node, bool shifted, pl_visit_reference *visit, void *context) {
    pl_status status = PL_OK;
    if (node->kind == SYNTAX_NAME) return visit(context, PL_REFERENCE_NAME, node->text, shifted);
    if (node->kind == SYNTAX_ATTRIBUTE) return visit(context, PL_REFERENCE_ATTRIBUTE, node->text, shifted);
    bool score = node->kind == SYNTAX_CALL && pl_str_is_fold(node->text, "score") && node->count == 1 &&
                 node->arguments[0]->kind == SYNTAX_NAME;
    if (score) return visit(context, PL_REFERENCE_SCORE, node->arguments[0]->text, shifted);
    shifted |= node->kind == SYNTAX_SHIFT;
    for (size_t i = 0; i < node->count && status == PL_OK; i++) status = visit_each(node->arguments[i], shifted, visit, context);
    if (status == PL_OK && node->where) status = visit_each(node->where, shifted, visit, context);
    return status;
}

pl_status pl_expression_references(const pl_expression *expression, pl_visit_reference *visit, void *context) {
    return visit_each(expression->root, false, visit, context);
}

static bool spans(const pl_syntax *node) {
    if (node->kind == SYNTAX_SHIFT || pl_str_is_fold(node->scope, "periods")) return true;
    for (size_t i = 0; i < node->count; i++)
        if (spans(node->arguments[i])) return true;
    return node->where && spans(node->where);
}

bool pl_expression_spans_periods(const pl_expression *expression) { return spans(expression->root); }
