#include "lang/compiler.h"

const char *pl_type_text(pl_type type) {
    static const char *const names[] = {"a number", "a condition (true or false)", "a text"};
    return names[type];
}

pl_status pl_compile_problem(pl_compiler *c, const char *code, const char *format, ...) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    va_list arguments;
    va_start(arguments, format);
    pl_buffer_vprint(&text, format, arguments);
    va_end(arguments);
    pl_status status = text.failed ? PL_MEMORY : pl_problem_add(c->problems, PL_ERROR, code, c->place, "%s", text.at);
    pl_buffer_free(&text);
    return status;
}

pl_status pl_compile_unknown(pl_compiler *c, const char *code, const char *what, pl_str name, const pl_str *candidates,
                             size_t count) {
    size_t nearest = candidates ? pl_text_nearest(name, candidates, count) : count;
    if (nearest < count)
        return pl_compile_problem(c, code, "unknown %s \"%.*s\" (did you mean \"%.*s\"?)", what, PL_ARG(name),
                                  PL_ARG(candidates[nearest]));
    return pl_compile_problem(c, code, "unknown %s \"%.*s\"", what, PL_ARG(name));
}

static pl_status resolve(pl_compiler *c, pl_reference_kind kind, pl_str name, pl_node *out) {
    static const char *const what[] = {"name", "attribute of units", "indicator", "field"};
    *out = 0;
    pl_status status = c->meaning->resolve(c->meaning->context, kind, name, out);
    if (status != PL_OK || *out) return status;
    const pl_str *names = NULL;
    size_t count = c->meaning->names ? c->meaning->names(c->meaning->context, kind, &names) : 0;
    return pl_compile_unknown(c, "E211", what[kind], name, names, count);
}

static size_t field_names(const pl_compiler *c, const pl_str **names, const char **word) {
    *names = NULL;
    *word = "";
    return c->meaning->fields ? c->meaning->fields(c->meaning->context, c->records, names, word) : 0;
}

/* A bare name among records that nothing has: a field that needs its dot, or what else was meant. */
static pl_status resolve_beside_records(pl_compiler *c, pl_str name, pl_node *out) {
    const pl_str *names;
    const char *word;
    size_t count = field_names(c, &names, &word), same = 0;
    while (same < count && !pl_str_equal(names[same], name)) same++;
    if (same == count) return resolve(c, PL_REFERENCE_NAME, name, out);
    *out = 0;
    pl_status status = c->meaning->resolve(c->meaning->context, PL_REFERENCE_NAME, name, out);
    if (status != PL_OK || *out) return status;
    return pl_compile_problem(c, "E211", "unknown name \"%.*s\" (did you mean \"%s.%.*s\"?)", PL_ARG(name), word, PL_ARG(name));
}

static pl_status compile_name(pl_compiler *c, const pl_syntax *s, pl_node *out) {
    if (c->frame) {
        const pl_definition *definition = c->frame->definition;
        for (size_t i = 0; i < definition->count; i++) {
            if (!pl_str_equal(definition->names[i], s->text)) continue;
            *out = c->frame->arguments[i];
            return PL_OK;
        }
        if (pl_str_is(s->text, "direction")) return pl_program_number(c->program, c->meaning->direction, out);
    }
    if (c->records != PL_NO_RECORDS) {
        pl_status status = c->meaning->field(c->meaning->context, c->records, s->text, false, out);
        return status != PL_OK || *out ? status : resolve_beside_records(c, s->text, out);
    }
    return resolve(c, PL_REFERENCE_NAME, s->text, out);
}

static pl_status compile_field(pl_compiler *c, const pl_syntax *s, pl_node *out) {
    if (c->records == PL_NO_RECORDS)
        return pl_compile_problem(c, "E217",
                                  "\"%.*s\" belongs to single events or ballots; it has a meaning inside sum(... over "
                                  "events) and other functions over them",
                                  PL_ARG(s->text));
    pl_status status = c->meaning->field(c->meaning->context, c->records, s->text, true, out);
    if (status != PL_OK || *out) return status;
    const pl_str *names;
    const char *word;
    size_t count = field_names(c, &names, &word);
    return pl_compile_unknown(c, "E211", "field", s->text, names, count);
}

static pl_status need(pl_compiler *c, pl_node node, pl_type wanted, const char *who) {
    pl_type found = pl_program_type(c->program, node);
    if (found == wanted) return PL_OK;
    return pl_compile_problem(c, "E214", "%s needs %s, found %s", who, pl_type_text(wanted), pl_type_text(found));
}

/* Compiles both, so that the problems of both are found. */
static pl_status compile_two(pl_compiler *c, const pl_syntax *s, pl_node *a, pl_node *b) {
    pl_status first = pl_compile_syntax(c, s->arguments[0], a);
    if (first == PL_MEMORY) return first;
    pl_status second = pl_compile_syntax(c, s->arguments[1], b);
    return second != PL_OK ? second : first;
}

pl_status pl_compile_equal(pl_compiler *c, pl_node a, pl_node b, pl_node *out) {
    pl_status status = pl_graph_binary(c->program, OP_EQUAL, PL_TYPE_BOOLEAN, a, b, out);
    if (status != PL_OK || pl_program_type(c->program, a) != PL_TYPE_TEXT) return status;
    pl_node left, right, neither;
    status = pl_graph_unary(c->program, OP_PRESENT, PL_TYPE_BOOLEAN, a, &left);
    if (status == PL_OK) status = pl_graph_unary(c->program, OP_PRESENT, PL_TYPE_BOOLEAN, b, &right);
    if (status == PL_OK) status = pl_graph_binary(c->program, OP_OR, PL_TYPE_BOOLEAN, left, right, &neither);
    if (status == PL_OK) status = pl_graph_unary(c->program, OP_NOT, PL_TYPE_BOOLEAN, neither, &neither);
    return status == PL_OK ? pl_program_coalesce(c->program, *out, neither, out) : status;
}

static pl_status compile_comparison(pl_compiler *c, const pl_syntax *s, pl_node a, pl_node b, pl_node *out) {
    pl_type left = pl_program_type(c->program, a), right = pl_program_type(c->program, b);
    bool equality = s->symbol == SYMBOL_EQUAL || s->symbol == SYMBOL_UNEQUAL;
    pl_status status;
    if (left != right)
        return pl_compile_problem(c, "E214", "\"%s\" compares %s with %s; both sides must be of one kind",
                                  pl_symbol_text(s->symbol), pl_type_text(left), pl_type_text(right));
    if (!equality && left != PL_TYPE_NUMBER)
        return pl_compile_problem(c, "E214", "\"%s\" compares numbers, found %s", pl_symbol_text(s->symbol), pl_type_text(left));
    switch (s->symbol) {
    case SYMBOL_EQUAL: return pl_compile_equal(c, a, b, out);
    case SYMBOL_UNEQUAL:
        if (left != PL_TYPE_TEXT) return pl_graph_binary(c->program, OP_UNEQUAL, PL_TYPE_BOOLEAN, a, b, out);
        status = pl_compile_equal(c, a, b, out);
        return status == PL_OK ? pl_graph_unary(c->program, OP_NOT, PL_TYPE_BOOLEAN, *out, out) : status;
    case SYMBOL_LESS: return pl_graph_binary(c->program, OP_LESS, PL_TYPE_BOOLEAN, a, b, out);
    case SYMBOL_LESS_EQUAL: return pl_graph_binary(c->program, OP_LESS_EQUAL, PL_TYPE_BOOLEAN, a, b, out);
    case SYMBOL_GREATER: return pl_graph_binary(c->program, OP_LESS, PL_TYPE_BOOLEAN, b, a, out);
    default: return pl_graph_binary(c->program, OP_LESS_EQUAL, PL_TYPE_BOOLEAN, b, a, out);
    }
}

static pl_status compile_binary(pl_compiler *c, const pl_syntax *s, pl_node *out) {
    static const pl_op ops[] = {[SYMBOL_ADD] = OP_ADD,       [SYMBOL_SUBTRACT] = OP_SUBTRACT, [SYMBOL_MULTIPLY] = OP_MULTIPLY,
                                [SYMBOL_DIVIDE] = OP_DIVIDE, [SYMBOL_POWER] = OP_POWER,       [SYMBOL_AND] = OP_AND,
                                [SYMBOL_OR] = OP_OR};
    pl_node a = 0, b = 0;
    pl_status status = compile_two(c, s, &a, &b);
    if (status != PL_OK) return status;
    bool logic = s->symbol == SYMBOL_AND || s->symbol == SYMBOL_OR;
    if (!logic && s->symbol >= SYMBOL_EQUAL) return compile_comparison(c, s, a, b, out);
    pl_type type = logic ? PL_TYPE_BOOLEAN : PL_TYPE_NUMBER;
    char who[16] = "\"";
    strcat(strcat(who, pl_symbol_text(s->symbol)), "\"");
    pl_status left = need(c, a, type, who);
    pl_status right = left == PL_MEMORY ? left : need(c, b, type, who);
    if (left != PL_OK || right != PL_OK) return left != PL_OK ? left : right;
    return pl_graph_binary(c->program, ops[s->symbol], type, a, b, out);
}

static pl_status compile_unary(pl_compiler *c, const pl_syntax *s, pl_node *out) {
    pl_node a;
    pl_status status = pl_compile_syntax(c, s->arguments[0], &a);
    if (status != PL_OK) return status;
    if (s->kind == SYNTAX_NOT) {
        status = need(c, a, PL_TYPE_BOOLEAN, "\"not\"");
        return status != PL_OK ? status : pl_graph_unary(c->program, OP_NOT, PL_TYPE_BOOLEAN, a, out);
    }
    status = need(c, a, PL_TYPE_NUMBER, s->kind == SYNTAX_NEGATE ? "\"-\"" : "\"%\"");
    if (status != PL_OK) return status;
    if (s->kind == SYNTAX_NEGATE) return pl_graph_unary(c->program, OP_NEGATE, PL_TYPE_NUMBER, a, out);
    pl_node hundred;
    status = pl_program_number(c->program, 100, &hundred);
    return status != PL_OK ? status : pl_graph_binary(c->program, OP_DIVIDE, PL_TYPE_NUMBER, a, hundred, out);
}

static pl_status compile_shift(pl_compiler *c, const pl_syntax *s, pl_node *out) {
    pl_node a;
    pl_status status = pl_compile_syntax(c, s->arguments[0], &a);
    if (status != PL_OK) return status;
    if (pl_graph_node_at(c->program, a)->domain)
        return pl_compile_problem(c, "E217", "single events and ballots have no earlier period; take them together first");
    if (s->text.at) return pl_graph_shift_to(c->program, a, s->text, out);
    return pl_graph_shift(c->program, a, (int32_t)s->number, out);
}

pl_status pl_compile_syntax(pl_compiler *c, const pl_syntax *s, pl_node *out) {
    *out = 0;
    switch (s->kind) {
    case SYNTAX_NUMBER: return pl_program_number(c->program, s->number, out);
    case SYNTAX_TEXT: return pl_graph_text(c->program, s->text, out);
    case SYNTAX_BOOLEAN:
        return pl_graph_add(c->program, (pl_graph_node){.op = OP_CONSTANT, .type = PL_TYPE_BOOLEAN, .value = s->number}, out);
    case SYNTAX_NAME: return compile_name(c, s, out);
    case SYNTAX_FIELD: return compile_field(c, s, out);
    case SYNTAX_ATTRIBUTE: return resolve(c, PL_REFERENCE_ATTRIBUTE, s->text, out);
    case SYNTAX_NEGATE:
    case SYNTAX_NOT:
    case SYNTAX_PERCENT: return compile_unary(c, s, out);
    case SYNTAX_BINARY: return compile_binary(c, s, out);
    case SYNTAX_SHIFT: return compile_shift(c, s, out);
    case SYNTAX_CALL:
        if (pl_str_is_fold(s->text, "score") && s->count == 1 && s->arguments[0]->kind == SYNTAX_NAME && !s->scope.len)
            return resolve(c, PL_REFERENCE_SCORE, s->arguments[0]->text, out);
        return pl_compile_call(c, s, out);
    }
    return PL_INPUT;
}

pl_status pl_program_compile(pl_program *program, const pl_expression *expression, const pl_meaning *meaning, pl_type wanted,
                             pl_place place, pl_problems *problems, pl_node *out) {
    pl_compiler c = {.program = program, .meaning = meaning, .place = place, .problems = problems, .records = PL_NO_RECORDS};
    *out = 0;
    pl_status status = pl_graph_origin(program, place);
    if (status == PL_OK) status = pl_compile_syntax(&c, expression->root, out);
    if (status == PL_OK && pl_program_type(program, *out) != wanted)
        status = pl_compile_problem(&c, "E214", "this must give %s, but gives %s", pl_type_text(wanted),
                                    pl_type_text(pl_program_type(program, *out)));
    pl_status reset = pl_graph_origin(program, (pl_place){0});
    if (status == PL_OK) status = reset;
    if (status != PL_OK) *out = 0;
    return status;
}
