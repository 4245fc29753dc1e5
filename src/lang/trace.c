#include <plumbline/lang/trace.h>

#include "lang/builtin.h"
#include "lang/compiler.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

#define MOST_COMPARISONS 64

typedef struct tracer {
    pl_compiler compiler;
    const pl_evaluation *evaluation;
    size_t row;
    pl_arena *arena;
    pl_buffer out;
    pl_str source; /* of the expression whose tree is being walked */
    pl_trace *trace;
    pl_status status;
} tracer;

static void write_tree(tracer *t, const pl_syntax *s);

/* Six significant digits are what a reader compares. */
static void write_number(pl_buffer *out, double value) {
    if (value == floor(value) && fabs(value) < 1e15) {
        pl_buffer_number(out, value);
        return;
    }
    int digits = 5 - (int)floor(log10(fabs(value)));
    pl_buffer_number(out, digits >= -15 && digits <= 15 ? pl_number_round(value, digits) : value);
}

static void write_value(tracer *t, pl_node node) {
    double value = 0;
    if (!pl_evaluation_value(t->evaluation, node, t->row, &value)) {
        pl_buffer_text(&t->out, "missing");
        return;
    }
    switch (pl_program_type(t->compiler.program, node)) {
    case PL_TYPE_BOOLEAN: pl_buffer_text(&t->out, value != 0 ? "true" : "false"); break;
    case PL_TYPE_TEXT:
        pl_buffer_print(&t->out, "\"%.*s\"", PL_ARG(pl_intern_text(pl_program_texts(t->compiler.program), (uint32_t)value)));
        break;
    case PL_TYPE_NUMBER: write_number(&t->out, value); break;
    }
}

static bool compile(tracer *t, const pl_syntax *s, pl_node *out) {
    if (t->status == PL_OK) t->status = pl_compile_syntax(&t->compiler, s, out);
    return t->status == PL_OK;
}

static void write_compiled(tracer *t, const pl_syntax *s) {
    pl_node node;
    if (compile(t, s, &node)) write_value(t, node);
}

/* What an aggregate ran over, as the user would write it. */
static void note_comparison(tracer *t, const pl_syntax *s, pl_node node, const pl_call_frame *frame) {
    static const char *const scopes[] = {"all", "group", "periods", "children"};
    pl_trace *trace = t->trace;
    pl_buffer what;
    pl_buffer_init(&what, 0);
    pl_buffer_print(&what, "%s(", frame->definition->function->name);
    const pl_call_frame *outer = t->compiler.frame;
    for (size_t i = 0; i < s->count; i++) {
        const pl_syntax *a = s->arguments[i];
        pl_buffer_print(&what, "%s%.*s", i ? ", " : "", (int)(a->to - a->from), t->source.at + a->from);
    }
    (void)outer;
    pl_buffer_print(&what, " over %s)", scopes[frame->scope]);
    pl_comparison comparison = {.scope = frame->scope};
    comparison.present = pl_evaluation_value(t->evaluation, node, t->row, &comparison.value);
    if (what.failed || !pl_str_copy(&comparison.what, t->arena, pl_buffer_view(&what))) t->status = PL_MEMORY;
    pl_buffer_free(&what);
    for (size_t i = 0; i < trace->comparison_count && t->status == PL_OK; i++)
        if (pl_str_equal(trace->comparisons[i].what, comparison.what)) return;
    if (t->status == PL_OK && trace->comparison_count < MOST_COMPARISONS) trace->comparisons[trace->comparison_count++] = comparison;
}

static void write_list(tracer *t, const pl_syntax *s) {
    pl_buffer_print(&t->out, "%.*s(", PL_ARG(s->text));
    for (size_t i = 0; i < s->count; i++) {
        if (i) pl_buffer_text(&t->out, ", ");
        write_tree(t, s->arguments[i]);
    }
    pl_buffer_char(&t->out, ')');
}

/* A function that the language defines is written out with its arguments put in. */
static void write_definition(tracer *t, const pl_syntax *s, pl_call_frame *frame) {
    pl_node *arguments;
    size_t count;
    t->status = pl_compile_arguments(&t->compiler, s, frame->definition, &arguments, &count);
    if (t->status != PL_OK) return;
    frame->arguments = arguments;
    const pl_call_frame *outer = t->compiler.frame;
    pl_str source = t->source;
    t->compiler.frame = frame;
    t->source = pl_str_of(frame->definition->function->definition);
    write_tree(t, frame->definition->body);
    t->compiler.frame = outer;
    t->source = source;
}

static void write_call(tracer *t, const pl_syntax *s) {
    const pl_function *f = pl_function_find(s->text);
    pl_call_frame frame = {0};
    if (!f || f->builtin == BUILTIN_SCORE) {
        write_compiled(t, s);
        return;
    }
    t->status = pl_definition_of(t->compiler.program, f, &frame.definition);
    if (t->status == PL_OK) t->status = pl_compile_scope(&t->compiler, s, f, &frame);
    if (t->status != PL_OK) return;
    if (frame.has_scope) {
        pl_node node;
        if (!compile(t, s, &node)) return;
        write_value(t, node);
        note_comparison(t, s, node, &frame);
    } else if (f->builtin == BUILTIN_DEFINED) {
        write_definition(t, s, &frame);
    } else {
        write_list(t, s);
    }
}

static bool is_direction(const pl_syntax *s) { return s->kind == SYNTAX_NAME && pl_str_is(s->text, "direction"); }

static void write_operand(tracer *t, const pl_syntax *s, int around, bool tighter) {
    int own = pl_syntax_precedence(s);
    bool parentheses = own < around || (tighter && own == around);
    if (s->kind == SYNTAX_CALL) { /* a definition written out binds as loosely as its body */
        const pl_function *f = pl_function_find(s->text);
        parentheses = f && f->builtin == BUILTIN_DEFINED && f->over == PL_OVER_NEVER;
    }
    if (s->kind == SYNTAX_BINARY && s->symbol == SYMBOL_MULTIPLY && is_direction(s->arguments[0])) parentheses = false;
    if (parentheses) pl_buffer_char(&t->out, '(');
    write_tree(t, s);
    if (parentheses) pl_buffer_char(&t->out, ')');
}

static void write_binary(tracer *t, const pl_syntax *s) {
    if (s->symbol == SYMBOL_MULTIPLY && is_direction(s->arguments[0])) { /* the sign, not a factor worth showing */
        write_compiled(t, s);
        return;
    }
    int precedence = pl_syntax_precedence(s);
    bool ordered = s->symbol == SYMBOL_SUBTRACT || s->symbol == SYMBOL_DIVIDE || s->symbol == SYMBOL_POWER;
    write_operand(t, s->arguments[0], precedence, false);
    pl_buffer_print(&t->out, " %s ", pl_symbol_text(s->symbol));
    write_operand(t, s->arguments[1], precedence, ordered);
}

static void write_tree(tracer *t, const pl_syntax *s) {
    if (t->status != PL_OK) return;
    switch (s->kind) {
    case SYNTAX_NUMBER:
    case SYNTAX_TEXT:
    case SYNTAX_BOOLEAN:
    case SYNTAX_NAME:
    case SYNTAX_ATTRIBUTE:
    case SYNTAX_SHIFT: write_compiled(t, s); break;
    case SYNTAX_CALL: write_call(t, s); break;
    case SYNTAX_BINARY: write_binary(t, s); break;
    case SYNTAX_NEGATE:
        pl_buffer_char(&t->out, '-');
        write_operand(t, s->arguments[0], pl_syntax_precedence(s), false);
        break;
    case SYNTAX_NOT:
        pl_buffer_text(&t->out, "not ");
        write_operand(t, s->arguments[0], pl_syntax_precedence(s), false);
        break;
    case SYNTAX_PERCENT:
        write_operand(t, s->arguments[0], pl_syntax_precedence(s), false);
        pl_buffer_char(&t->out, '%');
        break;
    }
}

pl_status pl_trace_expression(pl_trace *out, pl_arena *arena, pl_program *program, const pl_expression *expression,
                              const pl_meaning *meaning, const pl_evaluation *evaluation, size_t row) {
    *out = (pl_trace){.formula = expression->source};
    out->comparisons = pl_arena_array(arena, MOST_COMPARISONS, sizeof *out->comparisons);
    if (!out->comparisons) return PL_MEMORY;
    tracer t = {.compiler = {.program = program, .meaning = meaning},
                .evaluation = evaluation,
                .row = row,
                .arena = arena,
                .source = expression->source,
                .trace = out};
    pl_buffer_init(&t.out, 1 << 20);
    write_tree(&t, expression->root);
    pl_node node = 0;
    if (compile(&t, expression->root, &node)) out->present = pl_evaluation_value(evaluation, node, row, &out->value);
    if (t.status == PL_OK && (t.out.failed || !pl_str_copy(&out->numbers, arena, pl_buffer_view(&t.out)))) t.status = PL_MEMORY;
    pl_buffer_free(&t.out);
    return t.status;
}
