/* The words of an expression. */
#ifndef PLUMBLINE_LANG_LEXER_H
#define PLUMBLINE_LANG_LEXER_H

#include "lang/syntax.h"

typedef enum pl_token_kind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_TEXT,   /* text: without quotes, doubled quotes undone */
    TOKEN_NAME,   /* text; `quoted` when it stood in backquotes */
    TOKEN_SYMBOL, /* one of + - * / ^ % ( ) [ ] , = < > and N (<>), L (<=), G (>=) in `symbol` */
} pl_token_kind;

typedef struct pl_token {
    pl_token_kind kind;
    char symbol;
    bool quoted;
    size_t from, to;
    double number;
    pl_str text;
} pl_token;

typedef struct pl_lexer {
    pl_str source;
    pl_arena *arena;
    pl_place place;
    pl_problems *problems;
    size_t at;
    bool failed; /* a problem was recorded, or memory ran out */
    bool memory;
} pl_lexer;

/* The next token. What is no token is recorded and passed over. */
pl_token pl_lexer_next(pl_lexer *lexer);

/* Position of a byte counted in characters from 1, for messages. */
size_t pl_lexer_position(pl_str source, size_t offset);

#endif
