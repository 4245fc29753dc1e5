#include "lang/builtin.h"
#include "lang/compiler.h"
#include "lang/treatment.h"

#include <math.h>

/* Scopes as they are written, in the order of pl_scope as far as they need nothing more to be known. */
static const struct {
    const char *word;
    pl_scope scope;
} scope_words[] = {
    {"all", PL_SCOPE_ALL},       {"group", PL_SCOPE_GROUP},       {"periods", PL_SCOPE_PERIODS},
    {"months", PL_SCOPE_MONTHS}, {"quarters", PL_SCOPE_QUARTERS}, {"halves", PL_SCOPE_HALVES},
    {"years", PL_SCOPE_YEARS},   {"children", PL_SCOPE_CHILDREN}, {"below", PL_SCOPE_BELOW},
};
#define SCOPES "all, group, peers, children, below, periods, months, events, raters or unit.NAME"

static pl_status unknown_scope(pl_compiler *c, pl_str word) {
    static const pl_str candidates[] = {{"all", 3},      {"group", 5},    {"peers", 5},  {"periods", 7},
                                        {"months", 6},   {"quarters", 8}, {"halves", 6}, {"years", 5},
                                        {"children", 8}, {"below", 5},    {"events", 6}, {"raters", 6}};
    return pl_compile_unknown(c, "E215", "scope", word, candidates, sizeof candidates / sizeof *candidates);
}

static pl_status attribute_scope(pl_compiler *c, pl_str name, pl_range *range) {
    range->scope = PL_SCOPE_GROUP;
    range->which = UINT32_MAX;
    pl_status status = c->meaning->grouping ? c->meaning->grouping(c->meaning->context, name, &range->which) : PL_OK;
    if (status != PL_OK || range->which != UINT32_MAX) return status;
    const pl_str *names = NULL;
    size_t count = c->meaning->names ? c->meaning->names(c->meaning->context, PL_REFERENCE_ATTRIBUTE, &names) : 0;
    return pl_compile_unknown(c, "E211", "attribute of units", name, names, count);
}

static pl_status record_scope(pl_compiler *c, const pl_syntax *s, const pl_function *function, pl_call_frame *frame) {
    frame->range = (pl_range){PL_SCOPE_RECORDS, PL_NO_RECORDS};
    pl_status status = PL_OK;
    if (c->meaning->records)
        status = c->meaning->records(c->meaning->context, s->scope, s->of, &frame->range.which, &frame->condition);
    if (status != PL_OK) return status;
    bool known = pl_str_is_fold(s->scope, "events") || pl_str_is_fold(s->scope, "raters");
    if (frame->range.which == PL_NO_RECORDS && known)
        return pl_compile_problem(c, "E215", "there are no %.*s in the data to run over", PL_ARG(s->scope));
    if (frame->range.which == PL_NO_RECORDS) return unknown_scope(c, s->scope);
    if (function->builtin == BUILTIN_RANK)
        return pl_compile_problem(c, "E215", "%s cannot run over %.*s", function->name, PL_ARG(s->scope));
    return PL_OK;
}

static pl_status named_scope(pl_compiler *c, const pl_syntax *s, const pl_function *function, pl_call_frame *frame) {
    if (s->by_attribute) return attribute_scope(c, s->scope, &frame->range);
    if (pl_str_is_fold(s->scope, "peers")) {
        frame->range.scope = c->meaning->peers;
        return PL_OK;
    }
    for (size_t i = 0; i < sizeof scope_words / sizeof *scope_words; i++) {
        if (!pl_str_is_fold(s->scope, scope_words[i].word)) continue;
        frame->range.scope = scope_words[i].scope;
        return PL_OK;
    }
    return record_scope(c, s, function, frame);
}

pl_status pl_compile_scope(pl_compiler *c, const pl_syntax *s, const pl_function *function, pl_call_frame *frame) {
    if (!s->scope.len) {
        if (function->over == PL_OVER_ALWAYS)
            return pl_compile_problem(c, "E215", "%s needs what it runs over: %s(%s over peers), or " SCOPES, function->name,
                                      function->name, function->parameters);
        frame->has_scope = function->over == PL_OVER_PEERS;
        frame->range.scope = c->meaning->peers;
        return PL_OK;
    }
    if (function->over == PL_OVER_NEVER) return pl_compile_problem(c, "E215", "%s does not take \"over\"", function->name);
    frame->has_scope = true;
    if (c->frame && !s->by_attribute && pl_str_is(s->scope, "scope")) {
        frame->range = c->frame->range;
        frame->key = c->frame->key;
        return PL_OK;
    }
    pl_status status = named_scope(c, s, function, frame);
    if (status != PL_OK || frame->range.scope == PL_SCOPE_RECORDS) return status;
    if (s->of.len) return pl_compile_problem(c, "E215", "\"of\" is for events: over events of CODE");
    if (s->once) return pl_compile_problem(c, "E215", "\"once per\" is for events and raters");
    return PL_OK;
}

static pl_status check_count(pl_compiler *c, const pl_syntax *s, const pl_definition *d, bool over) {
    size_t least = 0;
    while (least < d->count && !d->defaults[least]) least++;
    bool many = d->variadic && !(over && d->function->over == PL_OVER_MAY);
    if (s->count >= least && (many || s->count <= d->count)) return PL_OK;
    pl_buffer signature;
    pl_buffer_init(&signature, 0);
    pl_function_signature(d->function, &signature);
    pl_status status = signature.failed ? PL_MEMORY
                                        : pl_compile_problem(c, "E213", "%s has %zu argument%s here; it is used as %s",
                                                             d->function->name, s->count, s->count == 1 ? "" : "s", signature.at);
    pl_buffer_free(&signature);
    return status;
}

/* Rows where the condition does not hold are left out: the argument is missing there. */
static pl_status leave_out(pl_compiler *c, pl_node condition, pl_node *argument) {
    pl_node nothing;
    pl_status status = pl_program_missing(c->program, pl_program_type(c->program, *argument), &nothing);
    return status != PL_OK ? status : pl_graph_if(c->program, condition, *argument, nothing, argument);
}

static pl_status apply_where(pl_compiler *c, const pl_syntax *s, pl_node *argument) {
    pl_node condition;
    pl_status status = pl_compile_syntax(c, s->where, &condition);
    if (status != PL_OK) return status;
    if (pl_program_type(c->program, condition) != PL_TYPE_BOOLEAN)
        return pl_compile_problem(c, "E214", "\"where\" needs %s, found %s", pl_type_text(PL_TYPE_BOOLEAN),
                                  pl_type_text(pl_program_type(c->program, condition)));
    return leave_out(c, condition, argument);
}

/* Defaults are compiled where the call stands: `target` means the caller's. */
static pl_status compile_each(pl_compiler *c, const pl_syntax *s, const pl_definition *d, pl_node *arguments, size_t count) {
    pl_status worst = PL_OK;
    for (size_t i = 0; i < count; i++) {
        const pl_syntax *argument = i < s->count ? s->arguments[i] : d->defaults[i];
        pl_status status = pl_compile_syntax(c, argument, &arguments[i]);
        if (status == PL_MEMORY) return status;
        if (status != PL_OK) worst = status;
    }
    return worst;
}

pl_status pl_compile_arguments(pl_compiler *c, const pl_syntax *s, pl_call_frame *frame, size_t *count) {
    const pl_definition *d = frame->definition;
    pl_status worst = check_count(c, s, d, s->scope.len > 0);
    if (worst != PL_OK) return worst;
    *count = d->variadic || s->count > d->count ? s->count : d->count;
    pl_node *arguments = pl_arena_array(pl_graph_arena(c->program), *count + 1, sizeof *arguments);
    if (!arguments) return PL_MEMORY;
    frame->arguments = arguments;
    pl_compiler inner = *c;
    bool own_scope = s->scope.len && !(c->frame && pl_str_is(s->scope, "scope"));
    if (own_scope && frame->range.scope == PL_SCOPE_RECORDS) inner.records = frame->range.which;
    worst = compile_each(&inner, s, d, arguments, *count);
    if (worst == PL_OK && s->where) worst = apply_where(&inner, s, &arguments[0]);
    if (worst == PL_OK && frame->condition) worst = leave_out(&inner, frame->condition, &arguments[0]);
    if (worst == PL_OK && s->once) worst = pl_compile_syntax(&inner, s->once, &frame->key);
    return worst;
}

/* Fields of records have a meaning only inside an aggregate over their list. */
static pl_status need_domain(pl_compiler *c, const pl_call_frame *frame, const pl_node *arguments, size_t count) {
    uint8_t wanted = frame->range.scope == PL_SCOPE_RECORDS ? (uint8_t)(1 + frame->range.which) : 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t found = pl_graph_node_at(c->program, arguments[i])->domain;
        if (found && found != wanted)
            return pl_compile_problem(c, "E217",
                                      "what belongs to single events or ballots cannot be taken together over units or "
                                      "periods; take it together over events or raters first");
    }
    return PL_OK;
}

static pl_status need_type(pl_compiler *c, const pl_function *f, const pl_node *arguments, size_t from, size_t count,
                           pl_type type) {
    for (size_t i = from; i < count; i++) {
        pl_type found = pl_program_type(c->program, arguments[i]);
        if (found == type) continue;
        const char *hint = found == PL_TYPE_BOOLEAN && f->over != PL_OVER_NEVER ? "; count(condition over ...) counts cases" : "";
        return pl_compile_problem(c, "E214", "argument %zu of %s must be %s, found %s%s", i + 1, f->name, pl_type_text(type),
                                  pl_type_text(found), hint);
    }
    return PL_OK;
}

/* ---- what is built in ---- */

/* The second argument of an aggregate: a share, or a number of members. */
static pl_status read_parameter(pl_compiler *c, const pl_function *f, pl_reduce how, pl_node argument, double *out) {
    if (!pl_program_constant(c->program, argument, out))
        return pl_compile_problem(c, "E213", "the second argument of %s must be a number that is the same everywhere", f->name);
    bool good = how == REDUCE_QUANTILE ? *out >= 0 && *out <= 1 : *out >= 0 && *out == floor(*out);
    if (!good)
        return pl_compile_problem(c, "E213", "the second argument of %s must be %s", f->name,
                                  how == REDUCE_QUANTILE ? "from 0 to 1" : "a whole number, 0 or more");
    if (how >= REDUCE_SKEW && *out > MOST_WINSORISED)
        return pl_compile_problem(c, "E213", "%s changes at most %d points", f->name, MOST_WINSORISED);
    return PL_OK;
}

static pl_status make_reduce(pl_compiler *c, const pl_call_frame *frame, pl_reduce how, const pl_node *arguments, size_t count,
                             pl_node *out) {
    double parameter = 0;
    pl_status status = count > 1 ? read_parameter(c, frame->definition->function, how, arguments[1], &parameter) : PL_OK;
    if (status != PL_OK) return status;
    return pl_graph_reduce(c->program, how, frame->range, arguments[0], frame->key, parameter, out);
}

static pl_status make_parts(pl_compiler *c, const pl_function *f, const pl_node *arguments, size_t count, pl_node *out) {
    pl_combine how = (pl_combine)f->detail;
    if (count == 1)
        return pl_compile_problem(c, "E215", "%s of a single value needs what it runs over: %s(x over peers), or " SCOPES, f->name,
                                  f->name);
    if (count == 2 && (how == PL_COMBINE_MIN || how == PL_COMBINE_MAX))
        return pl_graph_binary(c->program, how == PL_COMBINE_MIN ? OP_MINIMUM : OP_MAXIMUM, PL_TYPE_NUMBER, arguments[0],
                               arguments[1], out);
    pl_part *parts = pl_arena_array(pl_graph_arena(c->program), count, sizeof *parts);
    if (!parts) return PL_MEMORY;
    for (size_t i = 0; i < count; i++) parts[i] = (pl_part){.score = arguments[i], .weight = 1, .full = -1};
    return pl_program_combine(c->program, how, parts, count, true, PL_SCOPE_ALL, out);
}

static pl_reduce reduce_of(pl_combine how) {
    switch (how) {
    case PL_COMBINE_SUM: return REDUCE_SUM;
    case PL_COMBINE_MIN: return REDUCE_MIN;
    case PL_COMBINE_MAX: return REDUCE_MAX;
    case PL_COMBINE_MEDIAN: return REDUCE_MEDIAN;
    default: return REDUCE_MEAN;
    }
}

static pl_status make_count(pl_compiler *c, const pl_call_frame *frame, pl_node argument, pl_node *out) {
    if (pl_program_type(c->program, argument) == PL_TYPE_BOOLEAN) {
        pl_node one, nothing;
        pl_status status = pl_program_number(c->program, 1, &one);
        if (status == PL_OK) status = pl_program_missing(c->program, PL_TYPE_NUMBER, &nothing);
        if (status == PL_OK) status = pl_graph_if(c->program, argument, one, nothing, &argument);
        if (status != PL_OK) return status;
    }
    return pl_graph_reduce(c->program, REDUCE_COUNT, frame->range, argument, frame->key, 0, out);
}

static pl_status make_rank(pl_compiler *c, bool place, pl_range range, pl_node argument, pl_node *out) {
    pl_node direction;
    pl_status status = pl_program_number(c->program, c->meaning->direction, &direction);
    if (status == PL_OK) status = pl_graph_binary(c->program, OP_MULTIPLY, PL_TYPE_NUMBER, direction, argument, &argument);
    return status != PL_OK ? status : pl_graph_rank(c->program, place, range, argument, out);
}

static pl_status make_if(pl_compiler *c, const pl_function *f, const pl_node *arguments, pl_node *out) {
    pl_status status = need_type(c, f, arguments, 0, 1, PL_TYPE_BOOLEAN);
    if (status != PL_OK) return status;
    pl_type then = pl_program_type(c->program, arguments[1]), otherwise = pl_program_type(c->program, arguments[2]);
    if (then != otherwise)
        return pl_compile_problem(c, "E214", "the two values of \"if\" must be of one kind, found %s and %s", pl_type_text(then),
                                  pl_type_text(otherwise));
    return pl_graph_if(c->program, arguments[0], arguments[1], arguments[2], out);
}

static pl_status make_coalesce(pl_compiler *c, const pl_function *f, const pl_node *arguments, size_t count, pl_node *out) {
    pl_status status = need_type(c, f, arguments, 1, count, pl_program_type(c->program, arguments[0]));
    *out = arguments[count - 1];
    for (size_t i = count - 1; i-- > 0 && status == PL_OK;) status = pl_program_coalesce(c->program, arguments[i], *out, out);
    return status;
}

static pl_status make_in(pl_compiler *c, const pl_function *f, const pl_node *arguments, size_t count, pl_node *out) {
    pl_status status = need_type(c, f, arguments, 1, count, pl_program_type(c->program, arguments[0]));
    for (size_t i = 1; i < count && status == PL_OK; i++) {
        pl_node equal;
        status = pl_compile_equal(c, arguments[0], arguments[i], &equal);
        if (status == PL_OK && i > 1)
            status = pl_graph_binary(c->program, OP_OR, PL_TYPE_BOOLEAN, *out, equal, out);
        else
            *out = equal;
    }
    return status;
}

/* switch(x, a, value, b, value, ..., otherwise): the value behind the first that x is equal to. */
static pl_status make_switch(pl_compiler *c, const pl_function *f, const pl_node *arguments, size_t count, pl_node *out) {
    if (count < 4 || count % 2)
        return pl_compile_problem(
            c, "E213", "switch takes x, then what it may be and the value for it as often as needed, then the value for all else");
    pl_type key = pl_program_type(c->program, arguments[0]), value = pl_program_type(c->program, arguments[count - 1]);
    pl_status status = PL_OK;
    for (size_t i = 1; i + 1 < count && status == PL_OK; i += 2) {
        status = need_type(c, f, arguments, i, i + 1, key);
        if (status == PL_OK) status = need_type(c, f, arguments, i + 1, i + 2, value);
    }
    *out = arguments[count - 1];
    for (size_t i = count - 1; i > 1 && status == PL_OK; i -= 2) {
        pl_node equal;
        status = pl_compile_equal(c, arguments[0], arguments[i - 2], &equal);
        if (status == PL_OK) status = pl_graph_if(c->program, equal, arguments[i - 1], *out, out);
    }
    return status;
}

static pl_status make_bands(pl_compiler *c, const pl_function *f, const pl_node *arguments, size_t count, pl_node *out) {
    pl_status status = need_type(c, f, arguments, 0, count, PL_TYPE_NUMBER);
    if (status != PL_OK) return status;
    if (count < 4 || count % 2)
        return pl_compile_problem(
            c, "E213", "bands takes x, then a limit and its points as often as needed, then the points where none is reached");
    *out = arguments[count - 1];
    for (size_t i = count - 3; status == PL_OK && i >= 1; i -= 2) {
        pl_node reached;
        bool up = c->meaning->direction > 0;
        status = pl_graph_binary(c->program, OP_LESS_EQUAL, PL_TYPE_BOOLEAN, up ? arguments[i] : arguments[0],
                                 up ? arguments[0] : arguments[i], &reached);
        if (status == PL_OK) status = pl_graph_if(c->program, reached, arguments[i + 1], *out, out);
        if (i < 2) break;
    }
    return status;
}

static pl_status make_defined(pl_compiler *c, const pl_call_frame *frame, pl_node *out) {
    pl_compiler inner = *c;
    inner.frame = frame;
    return pl_compile_syntax(&inner, frame->definition->body, out);
}

/* The definition with the exponent that fits best where it is left to the data. */
static pl_status make_boxcox(pl_compiler *c, const pl_call_frame *frame, const pl_node *arguments, pl_node *out) {
    const pl_function *f = frame->definition->function;
    pl_node own[2] = {arguments[0], arguments[1]};
    pl_call_frame inner = *frame;
    inner.arguments = own;
    pl_status status = need_type(c, f, arguments, 0, 1, PL_TYPE_NUMBER);
    double text;
    bool chosen = status == PL_OK && pl_program_type(c->program, own[1]) == PL_TYPE_TEXT;
    if (chosen && pl_program_constant(c->program, own[1], &text) &&
        pl_str_is(pl_intern_text(pl_program_texts(c->program), (uint32_t)text), "fit"))
        status = pl_graph_reduce(c->program, REDUCE_EXPONENT, frame->range, own[0], 0, 0, &own[1]);
    else if (chosen)
        return pl_compile_problem(c, "E213", "the exponent of %s is a number, or \"fit\" for the most likely one", f->name);
    if (status == PL_OK) status = need_type(c, f, own, 1, 2, PL_TYPE_NUMBER);
    return status != PL_OK ? status : make_defined(c, &inner, out);
}

static pl_status make_over_rows(pl_compiler *c, const pl_call_frame *frame, const pl_node *arguments, size_t count, pl_node *out) {
    const pl_function *f = frame->definition->function;
    pl_status status = need_domain(c, frame, arguments, count);
    if (status != PL_OK) return status;
    if (f->builtin == BUILTIN_COUNT) return make_count(c, frame, arguments[0], out);
    bool list = frame->range.scope != PL_SCOPE_ALL && frame->range.scope != PL_SCOPE_GROUP;
    if (list && (f->builtin == BUILTIN_COLUMN || f->builtin == BUILTIN_BOXCOX))
        return pl_compile_problem(c, "E215",
                                  "%s runs over units that are compared with one another: all, group, peers or unit.NAME", f->name);
    if (f->builtin == BUILTIN_BOXCOX) return make_boxcox(c, frame, arguments, out);
    status = need_type(c, f, arguments, 0, count, PL_TYPE_NUMBER);
    if (status != PL_OK) return status;
    switch ((pl_builtin)f->builtin) {
    case BUILTIN_RANK: return make_rank(c, f->detail, frame->range, arguments[0], out);
    case BUILTIN_REDUCE: return make_reduce(c, frame, (pl_reduce)f->detail, arguments, count, out);
    case BUILTIN_SPREAD:
        if (list) return pl_graph_reduce(c->program, (pl_reduce)f->detail, frame->range, arguments[0], frame->key, 0, out);
        return make_defined(c, frame, out);
    case BUILTIN_PARTS:
        if (frame->definition->body) return make_defined(c, frame, out);
        return pl_graph_reduce(c->program, reduce_of((pl_combine)f->detail), frame->range, arguments[0], frame->key, 0, out);
    default: break;
    }
    double points; /* a definition whose second argument goes to an aggregate says so in its detail */
    if (f->detail) status = read_parameter(c, f, (pl_reduce)f->detail, arguments[1], &points);
    return status != PL_OK ? status : make_defined(c, frame, out);
}

static pl_status make(pl_compiler *c, const pl_call_frame *frame, const pl_node *arguments, size_t count, pl_node *out) {
    const pl_function *f = frame->definition->function;
    pl_status status;
    if (frame->has_scope) return make_over_rows(c, frame, arguments, count, out);
    switch ((pl_builtin)f->builtin) {
    case BUILTIN_IF: return make_if(c, f, arguments, out);
    case BUILTIN_COALESCE: return make_coalesce(c, f, arguments, count, out);
    case BUILTIN_PRESENT:
        status = pl_graph_unary(c->program, OP_PRESENT, PL_TYPE_BOOLEAN, arguments[0], out);
        return status != PL_OK || f->detail ? status : pl_graph_unary(c->program, OP_NOT, PL_TYPE_BOOLEAN, *out, out);
    case BUILTIN_IN: return make_in(c, f, arguments, count, out);
    case BUILTIN_BANDS: return make_bands(c, f, arguments, count, out);
    case BUILTIN_SCORE: return pl_compile_problem(c, "E213", "score takes the code of an indicator: score(CODE)");
    case BUILTIN_SWITCH: return make_switch(c, f, arguments, count, out);
    case BUILTIN_ELAPSED: return pl_graph_add(c->program, (pl_graph_node){.op = OP_ELAPSED, .type = PL_TYPE_NUMBER}, out);
    case BUILTIN_DEFINED:
        if (f->detail && !pl_program_constant(c->program, arguments[1], NULL))
            return pl_compile_problem(c, "E213", "the second argument of %s must be the same for all units: the code of one",
                                      f->name);
        return make_defined(c, frame, out);
    default: break;
    }
    status = need_type(c, f, arguments, 0, count, PL_TYPE_NUMBER);
    if (status != PL_OK) return status;
    if (f->builtin == BUILTIN_PARTS) return make_parts(c, f, arguments, count, out);
    if (count == 1) return pl_graph_unary(c->program, (pl_op)f->detail, PL_TYPE_NUMBER, arguments[0], out);
    return pl_graph_binary(c->program, (pl_op)f->detail, PL_TYPE_NUMBER, arguments[0], arguments[1], out);
}

static pl_status unknown_function(pl_compiler *c, pl_str name) {
    size_t built_in, own = pl_library_count(pl_graph_library(c->program));
    const pl_function *functions = pl_functions(&built_in);
    pl_str *names = pl_arena_array(pl_graph_arena(c->program), built_in + own + 1, sizeof *names);
    if (!names) return PL_MEMORY;
    for (size_t i = 0; i < built_in; i++) names[i] = pl_str_of(functions[i].name);
    for (size_t i = 0; i < own; i++) names[built_in + i] = pl_str_of(pl_library_at(pl_graph_library(c->program), i)->name);
    return pl_compile_unknown(c, "E212", "function", name, names, built_in + own);
}

pl_status pl_compile_call(pl_compiler *c, const pl_syntax *s, pl_node *out) {
    const pl_function *f = pl_library_find(pl_graph_library(c->program), s->text);
    if (!f) return unknown_function(c, s->text);
    pl_call_frame frame = {0};
    pl_status status = pl_definition_of(c->program, f, &frame.definition);
    if (status != PL_OK) return status;
    status = pl_compile_scope(c, s, f, &frame);
    if (status == PL_MEMORY) return status;
    size_t count;
    pl_status found = status != PL_OK && s->scope.len ? status : pl_compile_arguments(c, s, &frame, &count);
    if (status != PL_OK || found != PL_OK) return found != PL_OK ? found : status;
    return make(c, &frame, frame.arguments, count, out);
}
