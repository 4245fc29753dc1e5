#include <plumbline/lang/trace.h>

#include "lang/builtin.h"
#include "lang/compiler.h"
#include "lang/evaluation.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

#define MOST_COMPARISONS 64

/* A definition that is being written out: the call it stands for, and what surrounds that. */
typedef struct trace_frame {
    pl_call_frame frame;
    const pl_syntax *call;
    const struct trace_frame *outer;
    pl_str outer_source;
} trace_frame;

typedef struct tracer {
    pl_compiler compiler;
    const pl_evaluation *evaluation;
    size_t row;
    pl_arena *arena;
    pl_buffer out;
    pl_str source; /* of the expression whose tree is being walked */
    const trace_frame *inside;
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

/* The argument that a parameter of the definition being written out stands for, or NULL when `s` is no parameter. */
static const pl_syntax *argument_of(const tracer *t, const pl_syntax *s) {
    if (!t->inside || s->kind != SYNTAX_NAME) return NULL;
    const pl_definition *definition = t->inside->frame.definition;
    for (size_t i = 0; i < definition->count; i++)
        if (pl_str_equal(definition->names[i], s->text))
            return i < t->inside->call->count ? t->inside->call->arguments[i] : definition->defaults[i];
    return NULL;
}

/* Steps out to where the call stands, and back. */
static const trace_frame *step_out(tracer *t) {
    const trace_frame *inside = t->inside;
    t->inside = inside->outer;
    t->compiler.frame = t->inside ? &t->inside->frame : NULL;
    t->source = inside->outer_source;
    return inside;
}

static void step_in(tracer *t, const trace_frame *inside) {
    t->inside = inside;
    t->compiler.frame = &inside->frame;
    t->source = pl_str_of(inside->frame.definition->function->definition);
}

static bool is_direction(const pl_syntax *s) { return s->kind == SYNTAX_NAME && pl_str_is(s->text, "direction"); }
static bool is_signed(const tracer *t, const pl_syntax *s) {
    return t->inside && s->kind == SYNTAX_BINARY && s->symbol == SYMBOL_MULTIPLY && is_direction(s->arguments[0]);
}

/* Inside a definition what is known beforehand is written as the number it is: 100 for u - l. */
static bool known(tracer *t, const pl_syntax *s, double *value) {
    pl_node node;
    return t->inside && compile(t, s, &node) && pl_program_constant(t->compiler.program, node, value) &&
           pl_program_type(t->compiler.program, node) == PL_TYPE_NUMBER;
}

static void write_source(tracer *t, const pl_syntax *s, pl_buffer *out);

/* What a parameter stands for, as the user wrote it; a default, which nobody wrote, as the number it is. */
static void write_argument(tracer *t, const pl_syntax *s, const pl_syntax *argument, pl_buffer *out) {
    bool given = false;
    double value;
    for (size_t i = 0; i < t->inside->call->count; i++) given |= t->inside->call->arguments[i] == argument;
    if (!given && known(t, s, &value)) {
        write_number(out, value);
        return;
    }
    const trace_frame *inside = step_out(t);
    write_source(t, argument, out);
    step_in(t, inside);
}

/* Copies the source of `s` up to `to` and moves on. */
static void copy_source(const tracer *t, size_t *from, size_t to, pl_buffer *out) {
    if (*from < to && to <= t->source.len) pl_buffer_add(out, t->source.at + *from, to - *from);
    *from = to;
}

/* The scope as it was written; `peers` and what a definition hands on as what they stand for. */
static void write_scope(const pl_syntax *s, const pl_call_frame *frame, const trace_frame *inside, pl_buffer *out) {
    static const char *const scopes[] = {"all", "group", "periods", "months", "quarters", "halves", "years", "children", "below"};
    if (inside && !s->by_attribute && pl_str_is(s->scope, "scope"))
        write_scope(inside->call, &inside->frame, inside->outer, out);
    else if (s->by_attribute)
        pl_buffer_print(out, " over unit.%.*s", PL_ARG(s->scope));
    else if (frame->range.scope == PL_SCOPE_RECORDS)
        pl_buffer_print(out, " over %.*s%s%.*s", PL_ARG(s->scope), s->of.len ? " of " : "", PL_ARG(s->of));
    else
        pl_buffer_print(out, " over %s", scopes[frame->range.scope]);
}

/* A part of an expression as the user wrote it, in a definition with the arguments and the scope of the call put in. */
static void write_source(tracer *t, const pl_syntax *s, pl_buffer *out) {
    const pl_syntax *argument = argument_of(t, s);
    if (argument) {
        write_argument(t, s, argument, out);
        return;
    }
    if (is_signed(t, s)) {
        if (t->compiler.meaning->direction < 0) pl_buffer_char(out, '-');
        write_source(t, s->arguments[1], out);
        return;
    }
    size_t from = s->from;
    for (size_t i = 0; i < s->count; i++) {
        copy_source(t, &from, s->arguments[i]->from, out);
        write_source(t, s->arguments[i], out);
        from = s->arguments[i]->to;
    }
    if (t->inside && pl_str_is(s->scope, "scope")) {
        write_scope(t->inside->call, &t->inside->frame, t->inside->outer, out);
        from += sizeof " over scope" - 1; /* so it is written in every definition */
    }
    if (s->where) {
        copy_source(t, &from, s->where->from, out);
        write_source(t, s->where, out);
        from = s->where->to;
    }
    copy_source(t, &from, s->to, out);
}

/* Of records with the same key the first of the largest counts. */
static void settle_keys(pl_used_record *records, size_t count, const double *keys, const bool *has_key) {
    for (size_t i = 0; i < count; i++) {
        records[i].counts = true;
        for (size_t k = 0; has_key[i] && k < i; k++) {
            if (!has_key[k] || keys[k] != keys[i] || !records[k].counts) continue;
            bool larger = records[i].value > records[k].value;
            records[larger ? k : i].counts = false;
        }
    }
}

/* The records of the row that an aggregate took in. */
static pl_status list_records(tracer *t, const pl_syntax *s, const pl_call_frame *frame, pl_comparison *to) {
    pl_call_frame inside = *frame;
    size_t arguments, first;
    pl_status status = pl_compile_arguments(&t->compiler, s, &inside, &arguments);
    if (status != PL_OK) return status;
    const pl_evaluation *e = t->evaluation;
    size_t count = pl_records_of_row(&e->frame->records[frame->range.which], t->row, &first);
    double *keys = pl_arena_array(t->arena, count + 1, sizeof *keys);
    bool *has_key = pl_arena_array(t->arena, count + 1, sizeof *has_key);
    to->list = frame->range.which;
    to->records = pl_arena_array(t->arena, count + 1, sizeof *to->records);
    if (!keys || !has_key || !to->records) return PL_MEMORY;
    for (size_t i = first; i < first + count && status == PL_OK; i++) {
        size_t at = to->record_count;
        bool present;
        to->records[at].record = i;
        status = pl_scalar_record(e->scalar, inside.arguments[0], to->list, i, NULL, &to->records[at].value, &present);
        if (status != PL_OK || !present) continue;
        if (inside.key) status = pl_scalar_record(e->scalar, inside.key, to->list, i, NULL, &keys[at], &has_key[at]);
        to->record_count++;
    }
    settle_keys(to->records, to->record_count, keys, has_key);
    return status;
}

/* What an aggregate ran over, and what it gave. */
static void note_comparison(tracer *t, const pl_syntax *s, pl_node node, const pl_call_frame *frame) {
    pl_trace *trace = t->trace;
    pl_buffer what;
    pl_buffer_init(&what, 0);
    pl_buffer_print(&what, "%s(", frame->definition->function->name);
    for (size_t i = 0; i < s->count; i++) {
        if (i) pl_buffer_text(&what, ", ");
        write_source(t, s->arguments[i], &what);
    }
    write_scope(s, frame, t->inside, &what);
    if (s->where) {
        pl_buffer_text(&what, " where ");
        write_source(t, s->where, &what);
    }
    if (s->once) {
        pl_buffer_text(&what, " once per ");
        write_source(t, s->once, &what);
    }
    pl_buffer_char(&what, ')');
    pl_comparison comparison = {.scope = frame->range.scope};
    comparison.present = pl_evaluation_value(t->evaluation, node, t->row, &comparison.value);
    if (what.failed || !pl_str_copy(&comparison.what, t->arena, pl_buffer_view(&what))) t->status = PL_MEMORY;
    pl_buffer_free(&what);
    for (size_t i = 0; i < trace->comparison_count && t->status == PL_OK; i++)
        if (pl_str_equal(trace->comparisons[i].what, comparison.what)) return;
    bool records = frame->range.scope == PL_SCOPE_RECORDS && s->scope.len && !(t->inside && pl_str_is(s->scope, "scope"));
    if (t->status == PL_OK && records) t->status = list_records(t, s, frame, &comparison);
    if (t->status == PL_OK && trace->comparison_count < MOST_COMPARISONS)
        trace->comparisons[trace->comparison_count++] = comparison;
}

static void write_list(tracer *t, const pl_syntax *s) {
    pl_buffer_print(&t->out, "%.*s(", PL_ARG(s->text));
    for (size_t i = 0; i < s->count; i++) {
        if (i) pl_buffer_text(&t->out, ", ");
        write_tree(t, s->arguments[i]);
    }
    pl_buffer_char(&t->out, ')');
}

/* Steps into the definition of the function that `s` calls. */
static bool enter(tracer *t, const pl_syntax *s, const pl_call_frame *frame, trace_frame *inside) {
    size_t count;
    *inside = (trace_frame){*frame, s, t->inside, t->source};
    if (t->status == PL_OK) t->status = pl_compile_arguments(&t->compiler, s, &inside->frame, &count);
    if (t->status != PL_OK) return false;
    step_in(t, inside);
    return true;
}

/* A function that the language defines is written out with its arguments put in. */
static void write_definition(tracer *t, const pl_syntax *s, const pl_call_frame *frame) {
    trace_frame inside;
    if (!enter(t, s, frame, &inside)) return;
    write_tree(t, frame->definition->body);
    step_out(t);
}

/* Inside a definition, the branch of an `if` that is taken: the other needs no telling. NULL where there is none. */
static const pl_syntax *chosen_branch(tracer *t, const pl_syntax *s) {
    pl_node condition;
    double value;
    if (!t->inside || !pl_str_is_fold(s->text, "if") || s->count != 3) return NULL;
    if (!compile(t, s->arguments[0], &condition)) return NULL;
    if (!pl_evaluation_value(t->evaluation, condition, t->row, &value)) return NULL;
    return s->arguments[value != 0 ? 1 : 2];
}

/* What the condition of such an `if` was compared with, without the condition itself. */
static void note_condition(tracer *t, const pl_syntax *condition) {
    pl_buffer out = t->out;
    pl_buffer_init(&t->out, 1 << 20);
    write_tree(t, condition);
    if (t->out.failed) t->status = PL_MEMORY;
    pl_buffer_free(&t->out);
    t->out = out;
}

/* Functions of a row and its peers that the language defines: they are written out, as those of a row alone. */
static bool is_written_out(const pl_function *f) {
    return f->definition && f->over != PL_OVER_ALWAYS && f->over != PL_OVER_MAY &&
           (f->builtin == BUILTIN_DEFINED || f->builtin == BUILTIN_COLUMN);
}

static void write_call(tracer *t, const pl_syntax *s) {
    const pl_function *f = pl_library_find(pl_graph_library(t->compiler.program), s->text);
    pl_call_frame frame = {0};
    if (!f || f->builtin == BUILTIN_SCORE) {
        write_compiled(t, s);
        return;
    }
    if (t->status == PL_OK) t->status = pl_definition_of(t->compiler.program, f, &frame.definition);
    if (t->status == PL_OK) t->status = pl_compile_scope(&t->compiler, s, f, &frame);
    if (t->status != PL_OK) return;
    if (is_written_out(f)) {
        write_definition(t, s, &frame);
    } else if (frame.has_scope) {
        pl_node node;
        if (!compile(t, s, &node)) return;
        write_value(t, node);
        if (pl_program_type(t->compiler.program, node) != PL_TYPE_BOOLEAN) note_comparison(t, s, node, &frame);
    } else {
        const pl_syntax *branch = chosen_branch(t, s);
        if (branch) note_condition(t, s->arguments[0]);
        if (branch)
            write_tree(t, branch);
        else
            write_list(t, s);
    }
}

static const pl_syntax *without_neutral(tracer *t, const pl_syntax *s);

static int written_precedence(tracer *t, const pl_syntax *s);

static int written_out_precedence(tracer *t, const pl_syntax *s, const pl_function *f) {
    pl_call_frame frame = {0};
    trace_frame inside;
    int precedence = 10;
    if (t->status == PL_OK) t->status = pl_definition_of(t->compiler.program, f, &frame.definition);
    if (t->status == PL_OK) t->status = pl_compile_scope(&t->compiler, s, f, &frame);
    if (!enter(t, s, &frame, &inside)) return precedence;
    precedence = written_precedence(t, frame.definition->body);
    step_out(t);
    return precedence;
}

/* How tightly what will be written for `s` binds. */
static int written_precedence(tracer *t, const pl_syntax *s) {
    double value;
    const pl_syntax *argument = argument_of(t, s);
    if (known(t, s, &value)) return value < 0 ? 7 : 10;
    if (argument) {
        const trace_frame *inside = step_out(t);
        int precedence = written_precedence(t, argument);
        step_in(t, inside);
        return precedence;
    }
    if (is_signed(t, s)) return 10;
    const pl_syntax *only = s->kind == SYNTAX_BINARY ? without_neutral(t, s) : NULL;
    if (only) return written_precedence(t, only);
    if (s->kind == SYNTAX_CALL) {
        const pl_function *f = pl_library_find(pl_graph_library(t->compiler.program), s->text);
        if (f && is_written_out(f)) return written_out_precedence(t, s, f);
        const pl_syntax *branch = chosen_branch(t, s);
        return branch ? written_precedence(t, branch) : 10;
    }
    return pl_syntax_precedence(s);
}

static void write_operand(tracer *t, const pl_syntax *s, int around, bool tighter) {
    int own = written_precedence(t, s);
    bool parentheses = own < around || (tighter && own == around);
    if (parentheses) pl_buffer_char(&t->out, '(');
    write_tree(t, s);
    if (parentheses) pl_buffer_char(&t->out, ')');
}

/* Inside a definition a factor of 1 and a term of 0 are not worth showing: gives the operand that is, or NULL. */
static const pl_syntax *without_neutral(tracer *t, const pl_syntax *s) {
    double neutral = s->symbol == SYMBOL_MULTIPLY || s->symbol == SYMBOL_DIVIDE ? 1 : 0, value;
    if (!t->inside || s->symbol > SYMBOL_DIVIDE) return NULL;
    if (known(t, s->arguments[1], &value) && value == neutral) return s->arguments[0];
    bool both = s->symbol == SYMBOL_ADD || s->symbol == SYMBOL_MULTIPLY;
    return both && known(t, s->arguments[0], &value) && value == neutral ? s->arguments[1] : NULL;
}

/* A number after an operator shows its own minus sign in parentheses: 7.1 - (-1.2). */
static void write_right_operand(tracer *t, const pl_syntax *s, int around, bool tighter) {
    size_t from = t->out.len;
    write_operand(t, s, around, tighter);
    if (t->out.failed || t->out.len == from || t->out.at[from] != '-') return;
    pl_buffer_text(&t->out, "()");
    if (t->out.failed) return;
    memmove(t->out.at + from + 1, t->out.at + from, t->out.len - from - 2);
    t->out.at[from] = '(';
    t->out.at[t->out.len - 1] = ')';
}

static void write_binary(tracer *t, const pl_syntax *s) {
    const pl_syntax *only = without_neutral(t, s);
    if (only) {
        write_tree(t, only);
        return;
    }
    if (is_signed(t, s)) { /* the sign, not a factor worth showing */
        write_compiled(t, s);
        return;
    }
    int precedence = pl_syntax_precedence(s);
    bool ordered = s->symbol == SYMBOL_SUBTRACT || s->symbol == SYMBOL_DIVIDE || s->symbol == SYMBOL_POWER;
    write_operand(t, s->arguments[0], precedence, s->symbol == SYMBOL_POWER);
    pl_buffer_print(&t->out, " %s ", pl_symbol_text(s->symbol));
    write_right_operand(t, s->arguments[1], precedence, ordered);
}

static void write_name(tracer *t, const pl_syntax *s) {
    const pl_syntax *argument = argument_of(t, s);
    if (!argument) {
        write_compiled(t, s);
        return;
    }
    const trace_frame *inside = step_out(t);
    write_tree(t, argument);
    step_in(t, inside);
}

static void write_tree(tracer *t, const pl_syntax *s) {
    double value;
    if (t->status != PL_OK || t->out.failed) return;
    if (known(t, s, &value)) {
        write_number(&t->out, value);
        return;
    }
    switch (s->kind) {
    case SYNTAX_NAME: write_name(t, s); break;
    case SYNTAX_NUMBER:
    case SYNTAX_TEXT:
    case SYNTAX_BOOLEAN:
    case SYNTAX_ATTRIBUTE:
    case SYNTAX_FIELD:
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
    tracer t = {.compiler = {.program = program, .meaning = meaning, .records = PL_NO_RECORDS},
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
    return t.status == PL_OK ? pl_evaluation_status(evaluation) : t.status;
}
