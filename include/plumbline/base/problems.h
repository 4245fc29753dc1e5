/* All that is wrong, each with its place, gathered in one go.
 *
 * A function that reads input takes a pl_problems from its caller, adds what it finds and goes on as far as it sensibly can;
 * so the user sees every problem at once. There is no last error and no global list. */
#ifndef PLUMBLINE_BASE_PROBLEMS_H
#define PLUMBLINE_BASE_PROBLEMS_H

#include <plumbline/base/arena.h>
#include <plumbline/base/status.h>
#include <plumbline/base/text.h>

typedef enum pl_level {
    PL_ERROR,   /* the input cannot be used */
    PL_WARNING, /* it can, but somebody should look */
    PL_NOTE,    /* worth knowing */
} pl_level;

/* A row with this bit set is the entry of a list in a JSON document whose number, from 0, the other bits are. It prints as [17]
 * behind the file, which then names the list as well: data.json:dataValues[17]:value. */
#define PL_ENTRY ((size_t)1 << (8 * sizeof(size_t) - 1))

/* Where: a file as the user named it, a row as a spreadsheet counts (1 is the header; 0: none) or a PL_ENTRY, a field (a column's
 * header or NULL). In a workbook the file is a sheet, and `column` counts the sheet's columns (1 is A); in any other file it is 0.
 * A part that is not known is NULL or 0. */
typedef struct pl_place {
    const char *file;
    size_t row;
    const char *field;
    size_t column;
} pl_place;

/* Bytes that hold the name of any cell and a terminating zero. */
#define PL_CELL_NAME_SIZE 40

/* Writes a cell's name as spreadsheets do, D7; column and row count from 1. */
void pl_cell_name(char out[PL_CELL_NAME_SIZE], size_t column, size_t row);

typedef struct pl_problem {
    pl_level level;
    const char *code; /* stable and short, such as "W012"; what `plumbline help W012` explains. Never NULL. */
    pl_place place;   /* copies, owned by the list */
    const char *text; /* one line, UTF-8, without the place */
} pl_problem;

typedef struct pl_problems {
    pl_arena arena;
    pl_problem *items; /* in the order they were found */
    size_t count, capacity;
    size_t limit;                   /* no more than this are kept; the rest is counted */
    size_t errors, warnings, notes; /* found, kept or not */
    bool failed;                    /* memory ran out while recording */
} pl_problems;

/* limit 0 means 1000. Allocates nothing. */
void pl_problems_init(pl_problems *problems, size_t limit);
void pl_problems_free(pl_problems *problems);

/* Records one problem. `code` must outlive the list (a literal). Invalid UTF-8 and control characters in the text are shown as
 * \xNN. Returns PL_INPUT for an error, PL_OK for a warning or note, PL_MEMORY when it could not be recorded; so that
 * `return pl_problem_add(...)` says the right thing. `problems` may be NULL: the status is all. */
__attribute__((format(printf, 5, 6))) pl_status pl_problem_add(pl_problems *problems, pl_level level, const char *code,
                                                               pl_place place, const char *format, ...);

/* Writes one problem as a line: `file:row:field: text` for an error, `...: warning: text [W012]` otherwise. A place in a workbook
 * is `sheet!D7: text`. No newline. */
void pl_problem_print(const pl_problem *problem, pl_buffer *out);

/* Adds everything that `from` holds to the end of the list, counts of what it did not keep included. */
pl_status pl_problems_append(pl_problems *problems, const pl_problems *from);

/* PL_MEMORY if recording failed, PL_INPUT if there is an error, else PL_OK. */
pl_status pl_problems_status(const pl_problems *problems);

#endif
