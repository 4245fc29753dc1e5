/* The tree of a parsed expression. */
#ifndef PLUMBLINE_LANG_SYNTAX_H
#define PLUMBLINE_LANG_SYNTAX_H

#include <plumbline/lang/expression.h>

typedef enum pl_syntax_kind {
    SYNTAX_NUMBER,
    SYNTAX_TEXT,
    SYNTAX_BOOLEAN,
    SYNTAX_NAME,      /* text */
    SYNTAX_ATTRIBUTE, /* unit.text */
    SYNTAX_FIELD,     /* event.text, rater.text */
    SYNTAX_NEGATE,    /* of arguments[0] */
    SYNTAX_NOT,
    SYNTAX_PERCENT,
    SYNTAX_BINARY, /* `symbol` of arguments[0] and [1] */
    SYNTAX_SHIFT,  /* arguments[0] in another period: `number` periods on, or the period `text` */
    SYNTAX_CALL,   /* function `text` of the arguments, perhaps over a scope */
} pl_syntax_kind;

typedef enum pl_symbol {
    SYMBOL_NONE,
    SYMBOL_ADD,
    SYMBOL_SUBTRACT,
    SYMBOL_MULTIPLY,
    SYMBOL_DIVIDE,
    SYMBOL_POWER,
    SYMBOL_EQUAL,
    SYMBOL_UNEQUAL,
    SYMBOL_LESS,
    SYMBOL_LESS_EQUAL,
    SYMBOL_GREATER,
    SYMBOL_GREATER_EQUAL,
    SYMBOL_AND,
    SYMBOL_OR,
} pl_symbol;

typedef struct pl_syntax {
    pl_syntax_kind kind;
    pl_symbol symbol;
    bool parenthesised;
    size_t from, to; /* bytes of the source */
    double number;
    pl_str text;
    struct pl_syntax **arguments;
    size_t count;
    pl_str scope;            /* word after `over`, or empty; for `over unit.NAME` the name, and */
    bool by_attribute;       /* true */
    pl_str of;               /* code after `over events of`, or empty */
    struct pl_syntax *where; /* condition after `where`, or NULL */
    struct pl_syntax *once;  /* key after `once per`, or NULL */
} pl_syntax;

struct pl_expression {
    pl_str source;
    const pl_syntax *root;
};

/* How a symbol is written. */
const char *pl_symbol_text(pl_symbol symbol);

/* How tightly a node binds, for printing: higher binds tighter. */
int pl_syntax_precedence(const pl_syntax *syntax);

#endif
