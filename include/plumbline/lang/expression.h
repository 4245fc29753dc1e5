/* An expression of the rule language, parsed: what it says, before anything is known about the names in it.
 *
 * The grammar, loosest first (docs/language.md has it with examples):
 *     or   and   not   = <> < <= > >= (not chained)   + -   * /   unary + -   ^ (not chained)   postfix %   [period]
 *     call: name(a, b, c)   aggregate: name(a, b over scope)   name(a, b over scope where condition)
 *     scopes: all group peers periods months quarters halves years children below, unit.ATTRIBUTE, raters,
 *     events [of CODE]; over events and raters also: once per KEY, after the condition
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
    PL_REFERENCE_FIELD,     /* event.NAME or rater.NAME */
} pl_reference_kind;

/* One mention of a name. */
typedef struct pl_reference {
    pl_reference_kind kind;
    pl_str name;
    pl_str records; /* the list of records in whose aggregate it stands ("events"), where a bare name may be a field; or empty */
} pl_reference;

/* Called once per mention, in reading order, also for those in the formulas of the library's functions that the expression uses.
 * Return PL_OK to go on. */
struct pl_library;
typedef pl_status pl_visit_reference(void *context, const pl_reference *reference);
pl_status pl_expression_references(const pl_expression *expression, const struct pl_library *library, pl_visit_reference *visit,
                                   void *context);

/* Called once per text that is compared (= or <>) with a name, an attribute or a field, likewise. */
typedef pl_status pl_visit_text(void *context, const pl_reference *reference, pl_str text);
pl_status pl_expression_texts(const pl_expression *expression, const struct pl_library *library, pl_visit_text *visit,
                              void *context);

/* True when the expression looks at other periods than its own (x[-1], over periods, over months): then all periods must be
 * computed. */
bool pl_expression_spans_periods(const pl_expression *expression, const struct pl_library *library);

#endif
