/* An expression of the rule language, parsed: what it says, before anything is known about the names in it.
 *
 * The grammar, loosest first (docs/language.md has it with examples):
 *     or   and   not   = <> < <= > >= (not chained)   + -   * /   unary + -   ^ (not chained)   postfix %   [period]
 *     call: name(a, b, c)   aggregate: name(a, b over scope)   name(a, b over scope where condition)
 *     if(condition, a, b)   numbers 1 2.5 1e-3   texts "a" 'a'   true false   names `any code at all`
 * A name starts with a letter (of any script) or _ and goes on with letters, digits, _ and dots; a code that does not look like
 * one stands in backquotes. Full-width punctuation and operators that Chinese input methods produce mean the ASCII ones.
 * What spreadsheets and mathematics read differently (-2^2, 2^3^2) must be written with parentheses. */
#ifndef PLUMBLINE_LANG_EXPRESSION_H
#define PLUMBLINE_LANG_EXPRESSION_H

#include <plumbline/base/arena.h>
#include <plumbline/base/problems.h>

/* Limits: bytes of one expression, and nesting of its parts. */
#define PL_EXPRESSION_BYTES 65536
#define PL_EXPRESSION_DEPTH 200

typedef struct pl_expression pl_expression;

/* Parses `source`. The result and everything it refers to live in `arena`; `source` is copied. Every syntax error that can be
 * told apart is recorded at `place` with its character position. PL_INPUT with *out NULL when there was one.
 * Codes: E201 syntax, E202 too long or too deep. */
pl_status pl_expression_parse(const pl_expression **out, pl_arena *arena, pl_str source, pl_place place, pl_problems *problems);

/* The source, as it was given. */
pl_str pl_expression_source(const pl_expression *expression);

typedef enum pl_reference_kind {
    PL_REFERENCE_NAME,      /* a bare name: x, target, a code */
    PL_REFERENCE_ATTRIBUTE, /* unit.NAME (name is the part after the dot) */
    PL_REFERENCE_SCORE,     /* score(CODE) */
} pl_reference_kind;

/* Called once per mention, in reading order. `shifted`: the mention is of another period (x[-1]). Return PL_OK to go on. */
typedef pl_status pl_visit_reference(void *context, pl_reference_kind kind, pl_str name, bool shifted);
pl_status pl_expression_references(const pl_expression *expression, pl_visit_reference *visit, void *context);

/* True when the expression looks at other periods than its own (x[-1], over periods): then all periods must be computed. */
bool pl_expression_spans_periods(const pl_expression *expression);

#endif
