#include "lang/compiler.h"

pl_str pl_expression_source(const pl_expression *expression) { return expression->source; }

/* What surrounds a node whose names are being visited. */
typedef struct visiting {
    const pl_library *library;
    pl_visit_reference *visit; /* NULL where only compared texts are asked for, and */
    pl_visit_text *compared;   /* the other way round */
    void *context;
    pl_str records;                /* the list of records around, or empty */
    const pl_definition *function; /* of the library, whose formula is being visited: its parameters are no references */
    const struct visiting *outer;
} visiting;

static pl_status visit_each(const visiting *v, const pl_syntax *node);

static bool is_parameter(const visiting *v, pl_str name) {
    for (size_t i = 0; v->function && i < v->function->count; i++)
        if (pl_str_equal(v->function->names[i], name)) return true;
    return false;
}

static pl_status mention(const visiting *v, pl_reference_kind kind, pl_str name) {
    if (!v->visit || (kind == PL_REFERENCE_NAME && is_parameter(v, name))) return PL_OK;
    pl_reference reference = {kind, name, v->records};
    return v->visit(v->context, &reference);
}

/* What a function of the library names besides its parameters, and the defaults it brings along. */
static pl_status visit_function(const visiting *v, pl_str name) {
    const pl_definition *definition = pl_library_definition(v->library, name);
    if (!definition) return PL_OK;
    for (const visiting *around = v; around; around = around->outer)
        if (around->function == definition) return PL_OK; /* it uses itself, which is reported elsewhere */
    visiting inside = *v;
    inside.function = definition;
    inside.outer = v;
    pl_status status = definition->body ? visit_each(&inside, definition->body) : PL_OK;
    for (size_t i = 0; i < definition->count && status == PL_OK; i++)
        if (definition->defaults[i]) status = visit_each(v, definition->defaults[i]);
    return status;
}

static pl_status visit_call(const visiting *v, const pl_syntax *node) {
    visiting inside = *v;
    bool records = !node->by_attribute && (pl_str_is_fold(node->scope, "events") || pl_str_is_fold(node->scope, "raters"));
    if (records) inside.records = node->scope;
    pl_status status = visit_function(v, node->text);
    if (status == PL_OK && node->by_attribute) status = mention(v, PL_REFERENCE_ATTRIBUTE, node->scope);
    for (size_t i = 0; i < node->count && status == PL_OK; i++) status = visit_each(&inside, node->arguments[i]);
    if (status == PL_OK && node->where) status = visit_each(&inside, node->where);
    return status == PL_OK && node->once ? visit_each(&inside, node->once) : status;
}

static pl_status visit_comparison(const visiting *v, const pl_syntax *node) {
    bool compares = node->kind == SYNTAX_BINARY && (node->symbol == SYMBOL_EQUAL || node->symbol == SYMBOL_UNEQUAL);
    if (!v->compared || !compares) return PL_OK;
    bool first = node->arguments[0]->kind == SYNTAX_TEXT;
    const pl_syntax *text = node->arguments[!first], *other = node->arguments[first];
    pl_reference reference = {PL_REFERENCE_NAME, other->text, v->records};
    if (other->kind == SYNTAX_ATTRIBUTE) reference.kind = PL_REFERENCE_ATTRIBUTE;
    if (other->kind == SYNTAX_FIELD) reference.kind = PL_REFERENCE_FIELD;
    bool named = other->kind == SYNTAX_ATTRIBUTE || other->kind == SYNTAX_FIELD ||
                 (other->kind == SYNTAX_NAME && !is_parameter(v, other->text));
    return text->kind == SYNTAX_TEXT && named ? v->compared(v->context, &reference, text->text) : PL_OK;
}

static pl_status visit_each(const visiting *v, const pl_syntax *node) {
    pl_status status = visit_comparison(v, node);
    bool score = node->kind == SYNTAX_CALL && pl_str_is_fold(node->text, "score") && node->count == 1 &&
                 node->arguments[0]->kind == SYNTAX_NAME;
    if (score) return mention(v, PL_REFERENCE_SCORE, node->arguments[0]->text);
    switch (node->kind) {
    case SYNTAX_NAME: return mention(v, PL_REFERENCE_NAME, node->text);
    case SYNTAX_ATTRIBUTE: return mention(v, PL_REFERENCE_ATTRIBUTE, node->text);
    case SYNTAX_FIELD: return mention(v, PL_REFERENCE_FIELD, node->text);
    case SYNTAX_CALL: return visit_call(v, node);
    default: break;
    }
    for (size_t i = 0; i < node->count && status == PL_OK; i++) status = visit_each(v, node->arguments[i]);
    return status;
}

pl_status pl_expression_references(const pl_expression *expression, const pl_library *library, pl_visit_reference *visit,
                                   void *context) {
    visiting v = {.library = library, .visit = visit, .context = context};
    return visit_each(&v, expression->root);
}

pl_status pl_expression_texts(const pl_expression *expression, const pl_library *library, pl_visit_text *visit, void *context) {
    visiting v = {.library = library, .compared = visit, .context = context};
    return visit_each(&v, expression->root);
}

static bool spans_scope(const pl_syntax *node) {
    static const char *const words[] = {"periods", "months", "quarters", "halves", "years"};
    for (size_t i = 0; !node->by_attribute && i < sizeof words / sizeof *words; i++)
        if (pl_str_is_fold(node->scope, words[i])) return true;
    return false;
}

/* `depth` keeps functions that use themselves, which are reported elsewhere, from going on for ever. */
static bool spans(const pl_syntax *node, const pl_library *library, unsigned depth) {
    if (node->kind == SYNTAX_SHIFT || spans_scope(node)) return true;
    for (size_t i = 0; i < node->count; i++)
        if (spans(node->arguments[i], library, depth)) return true;
    const pl_definition *definition = node->kind == SYNTAX_CALL ? pl_library_definition(library, node->text) : NULL;
    if (definition && definition->body && depth < pl_library_count(library) && spans(definition->body, library, depth + 1))
        return true;
    return (node->where && spans(node->where, library, depth)) || (node->once && spans(node->once, library, depth));
}

bool pl_expression_spans_periods(const pl_expression *expression, const pl_library *library) {
    return spans(expression->root, library, 0);
}
