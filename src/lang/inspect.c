#include <plumbline/lang/inspect.h>

#include "lang/builtin.h"
#include "lang/compiler.h"

typedef struct inspector {
    pl_compiler compiler;
    pl_str source;
    pl_visit_inspected *visit;
    void *context;
} inspector;

/* `guard`: where the part is reached at all; 0: everywhere. */
static pl_status walk(inspector *in, const pl_syntax *s, pl_node guard);

/* ---- the text of a part ---- */

/* Where the parenthesis opens that stands before `from`: ( or the full-width one. */
static size_t opening(pl_str source, size_t from) {
    for (size_t at = from; at-- > 0;) {
        if (source.at[at] == '(') return at;
        if (at + 3 <= from && memcmp(source.at + at, "（", 3) == 0) return at;
    }
    return from;
}

/* A tree begins where its first operand does, whose parentheses belong to it. */
static size_t start_of(pl_str source, const pl_syntax *s) {
    if (s->kind != SYNTAX_BINARY && s->kind != SYNTAX_PERCENT && s->kind != SYNTAX_SHIFT) return s->from;
    size_t from = start_of(source, s->arguments[0]);
    return s->arguments[0]->parenthesised ? opening(source, from) : from;
}

static pl_str text_of(const inspector *in, const pl_syntax *s) {
    size_t from = start_of(in->source, s);
    return (pl_str){in->source.at + from, s->to - from};
}

/* ---- nodes ---- */

static pl_status both(inspector *in, pl_node guard, pl_node condition, pl_node *out) {
    *out = condition;
    return guard ? pl_graph_binary(in->compiler.program, OP_AND, PL_TYPE_BOOLEAN, guard, condition, out) : PL_OK;
}

/* In how many units of the period a condition holds, where the guard does. */
static pl_status count(inspector *in, pl_node guard, pl_node condition, pl_node *out) {
    pl_program *program = in->compiler.program;
    pl_node one, none, counted;
    pl_status status = both(in, guard, condition, &counted);
    if (status == PL_OK) status = pl_program_number(program, 1, &one);
    if (status == PL_OK) status = pl_program_missing(program, PL_TYPE_NUMBER, &none);
    if (status == PL_OK) status = pl_graph_if(program, counted, one, none, &counted);
    return status != PL_OK ? status : pl_graph_reduce(program, REDUCE_COUNT, (pl_range){PL_SCOPE_ALL, 0}, counted, 0, 0, out);
}

/* Counts where a condition holds and where it does not, and hands the part over. */
static pl_status hand_over(inspector *in, pl_inspected part, pl_node guard, pl_node condition) {
    pl_node opposite;
    pl_status status = pl_graph_unary(in->compiler.program, OP_NOT, PL_TYPE_BOOLEAN, condition, &opposite);
    if (status == PL_OK) status = count(in, guard, condition, &part.yes);
    if (status == PL_OK) status = count(in, guard, opposite, &part.no);
    return status == PL_OK ? in->visit(in->context, &part) : status;
}

static pl_status compile(inspector *in, const pl_syntax *s, pl_node *out) { return pl_compile_syntax(&in->compiler, s, out); }

static pl_status walk_all(inspector *in, const pl_syntax *s, pl_node guard) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < s->count && status == PL_OK; i++) status = walk(in, s->arguments[i], guard);
    if (status == PL_OK && s->where) status = walk(in, s->where, guard);
    return status;
}

/* ---- conditions ---- */

static bool is_zero(const pl_syntax *s) { return s->kind == SYNTAX_NUMBER && s->number == 0; }

static bool is_exception(const pl_syntax *s, bool outcome);

static bool joined_exception(const pl_syntax *s, bool outcome) {
    bool left = is_exception(s->arguments[0], outcome), right = is_exception(s->arguments[1], outcome);
    return (s->symbol == SYMBOL_AND) == outcome ? left || right : left && right;
}

/* A condition that asks whether there is something to work with comes out as `outcome` only for cases that need not occur: its
 * branch is a precaution, and that nobody needs it is no fault. */
static bool is_exception(const pl_syntax *s, bool outcome) {
    if (s->kind == SYNTAX_NOT) return is_exception(s->arguments[0], !outcome);
    if (s->kind == SYNTAX_CALL && pl_str_is_fold(s->text, "missing")) return outcome;
    if (s->kind == SYNTAX_CALL && pl_str_is_fold(s->text, "present")) return !outcome;
    if (s->kind != SYNTAX_BINARY) return false;
    if (s->symbol == SYMBOL_AND || s->symbol == SYMBOL_OR) return joined_exception(s, outcome);
    bool right = is_zero(s->arguments[1]), left = is_zero(s->arguments[0]);
    if (!left && !right) return false;
    switch (s->symbol) {
    case SYMBOL_EQUAL: return outcome;
    case SYMBOL_UNEQUAL: return !outcome;
    case SYMBOL_LESS:
    case SYMBOL_LESS_EQUAL: return right ? outcome : !outcome;
    case SYMBOL_GREATER:
    case SYMBOL_GREATER_EQUAL: return right ? !outcome : outcome;
    default: return false;
    }
}

static pl_status walk_if(inspector *in, const pl_syntax *s, pl_node guard) {
    pl_node condition = 0, opposite, then = 0, otherwise = 0;
    pl_status status = compile(in, s->arguments[0], &condition);
    if (status == PL_OK) status = pl_graph_unary(in->compiler.program, OP_NOT, PL_TYPE_BOOLEAN, condition, &opposite);
    if (status == PL_OK) status = both(in, guard, condition, &then);
    if (status == PL_OK) status = both(in, guard, opposite, &otherwise);
    if (status != PL_OK) return status;
    pl_inspected part = {.kind = PL_INSPECTED_IF,
                         .source = text_of(in, s),
                         .part = text_of(in, s->arguments[1]),
                         .other = text_of(in, s->arguments[2]),
                         .yes_is_exception = is_exception(s->arguments[0], true),
                         .no_is_exception = is_exception(s->arguments[0], false)};
    status = hand_over(in, part, guard, condition);
    if (status == PL_OK) status = walk(in, s->arguments[0], guard);
    if (status == PL_OK) status = walk(in, s->arguments[1], then);
    return status == PL_OK ? walk(in, s->arguments[2], otherwise) : status;
}

/* ---- bands and bounds ---- */

static pl_status walk_bands(inspector *in, const pl_syntax *s, pl_node guard) {
    bool up = in->compiler.meaning->direction > 0, has_easiest = false;
    double limit, easiest = 0;
    pl_node x;
    pl_status status = compile(in, s->arguments[0], &x);
    for (size_t i = 1; i + 1 < s->count && status == PL_OK; i += 2) {
        pl_node at, reached;
        status = compile(in, s->arguments[i], &at);
        if (status != PL_OK) break;
        pl_inspected part = {.kind = PL_INSPECTED_BAND,
                             .source = text_of(in, s),
                             .part = text_of(in, s->arguments[i]),
                             .other = text_of(in, s->arguments[i + 1])};
        bool constant = pl_program_constant(in->compiler.program, at, &limit);
        part.shadowed = constant && has_easiest && (up ? limit >= easiest : limit <= easiest);
        if (constant && !part.shadowed) easiest = limit;
        has_easiest |= constant;
        status = pl_graph_binary(in->compiler.program, OP_LESS_EQUAL, PL_TYPE_BOOLEAN, up ? at : x, up ? x : at, &reached);
        if (status == PL_OK) status = hand_over(in, part, guard, reached);
    }
    return status == PL_OK ? walk_all(in, s, guard) : status;
}

static pl_status bound(inspector *in, const pl_syntax *s, const pl_syntax *limit, const pl_syntax *value, bool floor,
                       pl_node guard) {
    pl_node at, x, chosen;
    pl_status status = compile(in, limit, &at);
    if (status == PL_OK) status = compile(in, value, &x);
    if (status != PL_OK) return status;
    pl_inspected part = {.kind = PL_INSPECTED_BOUND,
                         .source = text_of(in, s),
                         .part = text_of(in, limit),
                         .other = text_of(in, value),
                         .floor = floor};
    part.fixed = pl_program_constant(in->compiler.program, at, &part.bound);
    status = pl_graph_binary(in->compiler.program, OP_LESS_EQUAL, PL_TYPE_BOOLEAN, floor ? x : at, floor ? at : x, &chosen);
    return status == PL_OK ? hand_over(in, part, guard, chosen) : status;
}

/* Of min(a, b) the bound is what is the same in every row; the first where neither is. */
static pl_status walk_extreme(inspector *in, const pl_syntax *s, bool floor, pl_node guard) {
    pl_node second;
    double value;
    pl_status status = compile(in, s->arguments[1], &second);
    if (status != PL_OK) return status;
    bool swapped = pl_program_constant(in->compiler.program, second, &value);
    status = bound(in, s, s->arguments[swapped], s->arguments[!swapped], floor, guard);
    return status == PL_OK ? walk_all(in, s, guard) : status;
}

static pl_status walk_clamp(inspector *in, const pl_syntax *s, pl_node guard) {
    pl_status status = bound(in, s, s->arguments[1], s->arguments[0], true, guard);
    if (status == PL_OK) status = bound(in, s, s->arguments[2], s->arguments[0], false, guard);
    return status == PL_OK ? walk_all(in, s, guard) : status;
}

/* ---- divisions ---- */

static pl_status walk_division(inspector *in, const pl_syntax *s, pl_node guard) {
    pl_program *program = in->compiler.program;
    pl_node dividend, divisor, zero, nothing, something, hit;
    double value;
    pl_status status = compile(in, s->arguments[0], &dividend);
    if (status == PL_OK) status = compile(in, s->arguments[1], &divisor);
    if (status == PL_OK && !pl_program_constant(program, divisor, &value)) {
        pl_inspected part = {.kind = PL_INSPECTED_DIVISION, .source = text_of(in, s), .part = text_of(in, s->arguments[1])};
        status = pl_program_number(program, 0, &zero);
        if (status == PL_OK) status = pl_graph_binary(program, OP_EQUAL, PL_TYPE_BOOLEAN, divisor, zero, &nothing);
        if (status == PL_OK) status = pl_graph_unary(program, OP_PRESENT, PL_TYPE_BOOLEAN, dividend, &something);
        if (status == PL_OK) status = both(in, nothing, something, &hit);
        if (status == PL_OK) status = count(in, guard, nothing, &part.yes);
        if (status == PL_OK) status = count(in, guard, hit, &part.no);
        if (status == PL_OK) status = in->visit(in->context, &part);
    }
    return status == PL_OK ? walk_all(in, s, guard) : status;
}

/* ---- comparisons with other units ---- */

typedef struct scopes {
    bool all, group;
} scopes;

/* Only the units' own groups: other classes may be as small as they like. */
static scopes found(scopes a, pl_range range) {
    a.all |= range.scope == PL_SCOPE_ALL;
    a.group |= range.scope == PL_SCOPE_GROUP && range.which == 0;
    return a;
}

/* What the text of a definition runs over. */
static scopes scopes_of(const inspector *in, const pl_syntax *s, scopes so_far) {
    if (!s->by_attribute && pl_str_is_fold(s->scope, "peers")) so_far = found(so_far, (pl_range){in->compiler.meaning->peers, 0});
    if (!s->by_attribute && pl_str_is_fold(s->scope, "group")) so_far = found(so_far, (pl_range){PL_SCOPE_GROUP, 0});
    if (!s->by_attribute && pl_str_is_fold(s->scope, "all")) so_far = found(so_far, (pl_range){PL_SCOPE_ALL, 0});
    for (size_t i = 0; i < s->count; i++) so_far = scopes_of(in, s->arguments[i], so_far);
    return so_far;
}

/* What an aggregate reads in other rows does not depend on the conditions in this one. */
static pl_status walk_call(inspector *in, const pl_syntax *s, pl_node guard) {
    const pl_function *f = pl_library_find(pl_graph_library(in->compiler.program), s->text);
    pl_call_frame frame = {0};
    if (!f || f->builtin == BUILTIN_SCORE) return PL_OK;
    pl_status status = pl_definition_of(in->compiler.program, f, &frame.definition);
    if (status == PL_OK) status = pl_compile_scope(&in->compiler, s, f, &frame);
    if (status != PL_OK) return status;
    if (frame.has_scope && frame.range.scope == PL_SCOPE_RECORDS) return PL_OK; /* it goes one way or the other for each record */
    scopes over = {0};
    if (frame.has_scope)
        over = found(over, frame.range);
    else if (f->builtin == BUILTIN_DEFINED)
        over = scopes_of(in, frame.definition->body, over);
    if (over.all || over.group) {
        pl_inspected part = {
            .kind = PL_INSPECTED_PEERS, .source = text_of(in, s), .scope = over.group ? PL_SCOPE_GROUP : PL_SCOPE_ALL};
        status = in->visit(in->context, &part);
    }
    if (status != PL_OK) return status;
    if (frame.has_scope || over.all || over.group) return walk_all(in, s, 0);
    if (f->builtin == BUILTIN_IF) return walk_if(in, s, guard);
    if (f->builtin == BUILTIN_BANDS) return walk_bands(in, s, guard);
    if (pl_str_is(pl_str_of(f->name), "clamp")) return walk_clamp(in, s, guard);
    bool extreme = f->builtin == BUILTIN_PARTS && (f->detail == PL_COMBINE_MIN || f->detail == PL_COMBINE_MAX) && s->count == 2;
    return extreme ? walk_extreme(in, s, f->detail == PL_COMBINE_MAX, guard) : walk_all(in, s, guard);
}

/* The second operand of `and` counts where the first holds, that of `or` where it does not. */
static pl_status walk_logic(inspector *in, const pl_syntax *s, pl_node guard) {
    pl_node first, second = 0;
    pl_status status = walk(in, s->arguments[0], guard);
    if (status == PL_OK) status = compile(in, s->arguments[0], &first);
    if (status == PL_OK && s->symbol == SYMBOL_OR)
        status = pl_graph_unary(in->compiler.program, OP_NOT, PL_TYPE_BOOLEAN, first, &first);
    if (status == PL_OK) status = both(in, guard, first, &second);
    return status == PL_OK ? walk(in, s->arguments[1], second) : status;
}

static pl_status walk_binary(inspector *in, const pl_syntax *s, pl_node guard) {
    switch (s->symbol) {
    case SYMBOL_DIVIDE: return walk_division(in, s, guard);
    case SYMBOL_AND:
    case SYMBOL_OR: return walk_logic(in, s, guard);
    default: return walk_all(in, s, guard);
    }
}

static pl_status walk(inspector *in, const pl_syntax *s, pl_node guard) {
    switch (s->kind) {
    case SYNTAX_CALL: return walk_call(in, s, guard);
    case SYNTAX_BINARY: return walk_binary(in, s, guard);
    case SYNTAX_SHIFT: return walk_all(in, s, 0); /* another period, where other branches are taken */
    default: return walk_all(in, s, guard);
    }
}

pl_status pl_expression_inspect(pl_program *program, const pl_expression *expression, const pl_meaning *meaning, pl_node applies,
                                pl_visit_inspected *visit, void *context) {
    inspector in = {.compiler = {.program = program, .meaning = meaning, .records = PL_NO_RECORDS},
                    .source = expression->source,
                    .visit = visit,
                    .context = context};
    return walk(&in, expression->root, applies);
}
