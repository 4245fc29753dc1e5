/* A JSON document read piece by piece, so that the tree of a long one is never whole in memory. */
#ifndef PLUMBLINE_TABLE_JSON_PIECE_H
#define PLUMBLINE_TABLE_JSON_PIECE_H

#include "table/source.h"

#include <plumbline/table/json.h>

typedef struct pl_json_cursor {
    pl_str bytes;
    size_t at; /* what is read next */
    const char *name;
    pl_problems *problems;
} pl_json_cursor;

/* Begins with a source: takes off its byte-order mark, and refuses zero bytes, which the parser may overlook behind a number. */
pl_status pl_json_open(pl_json_cursor *cursor, pl_source *source, const char *name, pl_problems *problems);

/* Reads one whole value, of at most PL_JSON_BYTES, and moves behind it. *out is the caller's; NULL on failure. */
pl_status pl_json_piece(pl_json_cursor *cursor, json_t **out);

/* Moves to the next character that is no white space: returns it, or 0 at the end. */
char pl_json_peek(pl_json_cursor *cursor);

/* Moves over `wanted`, which comes next but for white space; or says that `what` was expected. */
pl_status pl_json_expect(pl_json_cursor *cursor, char wanted, const char *what);

/* Nothing but white space may follow. */
pl_status pl_json_expect_end(pl_json_cursor *cursor);

/* Records a problem at the character that was read last. */
pl_status pl_json_problem(const pl_json_cursor *cursor, const char *code, const char *text);

#endif
