/* From the syntax tree to nodes of the program. Shared by the files that compile and the one that traces. */
#ifndef PLUMBLINE_LANG_COMPILER_H
#define PLUMBLINE_LANG_COMPILER_H

#include "lang/graph.h"
#include "lang/syntax.h"

#include <plumbline/lang/functions.h>

/* A function's parameters and, where it is defined in the language, its body. */
typedef struct pl_definition {
    const pl_function *function;
    pl_str *names;
    const pl_syntax **defaults; /* NULL where the argument must be given */
    size_t count;
    bool variadic; /* the last parameters repeat */
    const pl_syntax *body;
} pl_definition;

/* Finds it in the program's memory or its library, or parses it. PL_MEMORY on failure. */
pl_status pl_definition_of(pl_program *program, const pl_function *function, const pl_definition **out);

/* Parses "x, l = 0, ..." and the formula of a function into `definition`, whose function is set; the rest in `arena`. Problems of
 * the parameters are recorded at `parameters`, of the formula at `formula`. */
pl_status pl_definition_parse(pl_definition *definition, pl_arena *arena, pl_place parameters, pl_place formula,
                              pl_problems *problems);

/* The definition of a function of the library, NULL where it has none of this name. */
const pl_definition *pl_library_definition(const pl_library *library, pl_str name);

/* Inside the body of a definition: what its parameters stand for. */
typedef struct pl_call_frame {
    const pl_definition *definition;
    const pl_node *arguments;
    bool has_scope;
    pl_range range;
    pl_node condition; /* over records: which of them are meant; 0: all */
    pl_node key;       /* over records: `once per`; 0: none */
} pl_call_frame;

typedef struct pl_compiler {
    pl_program *program;
    const pl_meaning *meaning;
    pl_place place;
    pl_problems *problems;
    const pl_call_frame *frame; /* NULL in the text that a user wrote */
    uint32_t records;           /* the list over whose records the text runs, or PL_NO_RECORDS */
} pl_compiler;

#define PL_NO_RECORDS UINT32_MAX

/* Compiles one tree. PL_INPUT when problems were recorded. */
pl_status pl_compile_syntax(pl_compiler *c, const pl_syntax *s, pl_node *out);
pl_status pl_compile_call(pl_compiler *c, const pl_syntax *s, pl_node *out);

/* The arguments of a call bound to the parameters of frame->definition, defaults filled in: `count` nodes in the program's memory.
 * With a `where` the first is missing where the condition does not hold. Sets frame->arguments and frame->key. */
pl_status pl_compile_arguments(pl_compiler *c, const pl_syntax *s, pl_call_frame *frame, size_t *count);

/* The scope that a call names. */
pl_status pl_compile_scope(pl_compiler *c, const pl_syntax *s, const pl_function *function, pl_call_frame *frame);

/* Records a problem of type `code` about `s`; "unknown name" with the nearest candidate. */
__attribute__((format(printf, 3, 4))) pl_status pl_compile_problem(pl_compiler *c, const char *code, const char *format, ...);
pl_status pl_compile_unknown(pl_compiler *c, const char *code, const char *what, pl_str name, const pl_str *candidates,
                             size_t count);

/* Whether a is b. A text that is not there is the empty one, as in a spreadsheet: where nothing is written, `level = "major"` is
 * false and not missing, and `level = ""` is true. */
pl_status pl_compile_equal(pl_compiler *c, pl_node a, pl_node b, pl_node *out);

const char *pl_type_text(pl_type type);

#endif
