#include "lang/lexer.h"

/* Recursive descent, one function per level of binding. Positions are bytes; messages count characters. After the first error
 * the parser only unwinds; the lexer still reads the rest, so that signs that mean nothing are all reported. */
typedef struct parser {
    pl_lexer lexer;
    pl_token token; /* not yet taken */
    pl_arena *arena;
    size_t end; /* of the token last taken */
    unsigned depth;
    bool failed;
} parser;

static pl_syntax *parse_or(parser *p);

const char *pl_symbol_text(pl_symbol symbol) {
    static const char *const texts[] = {"", "+", "-", "*", "/", "^", "=", "<>", "<", "<=", ">", ">=", "and", "or"};
    return texts[symbol];
}

int pl_syntax_precedence(const pl_syntax *syntax) {
    switch (syntax->kind) {
    case SYNTAX_NOT: return 3;
    case SYNTAX_NEGATE: return 7;
    case SYNTAX_PERCENT:
    case SYNTAX_SHIFT: return 9;
    case SYNTAX_BINARY: break;
    default: return 10;
    }
    switch (syntax->symbol) {
    case SYMBOL_OR: return 1;
    case SYMBOL_AND: return 2;
    case SYMBOL_ADD:
    case SYMBOL_SUBTRACT: return 5;
    case SYMBOL_MULTIPLY:
    case SYMBOL_DIVIDE: return 6;
    case SYMBOL_POWER: return 8;
    default: return 4;
    }
}

static void advance(parser *p) {
    p->end = p->token.to;
    p->token = pl_lexer_next(&p->lexer);
    if (p->lexer.memory) p->failed = true;
}

static pl_syntax *fail(parser *p, const char *code, size_t offset, const char *text) {
    if (!p->failed && !p->lexer.failed) {
        pl_status status = pl_problem_add(p->lexer.problems, PL_ERROR, code, p->lexer.place, "at character %zu: %s",
                                          pl_lexer_position(p->lexer.source, offset), text);
        if (status == PL_MEMORY) p->lexer.memory = true;
    }
    p->failed = true;
    return NULL;
}

static bool at_symbol(const parser *p, char symbol) { return p->token.kind == TOKEN_SYMBOL && p->token.symbol == symbol; }

static bool at_word(const parser *p, const char *word) {
    return p->token.kind == TOKEN_NAME && !p->token.quoted && pl_str_is_fold(p->token.text, word);
}

static bool take_symbol(parser *p, char symbol) {
    if (!at_symbol(p, symbol)) return false;
    advance(p);
    return true;
}

static bool take_word(parser *p, const char *word) {
    if (!at_word(p, word)) return false;
    advance(p);
    return true;
}

static pl_syntax *make(parser *p, pl_syntax_kind kind, size_t from) {
    pl_syntax *node = pl_arena_alloc(p->arena, sizeof *node);
    if (!node) {
        p->lexer.memory = p->failed = true;
        return NULL;
    }
    node->kind = kind;
    node->from = from;
    node->to = p->end;
    return node;
}

static pl_syntax *make_over(parser *p, pl_syntax_kind kind, size_t from, pl_syntax *a, pl_syntax *b) {
    if (!a || p->failed) return NULL;
    pl_syntax *node = make(p, kind, from);
    if (!node) return NULL;
    node->count = b ? 2 : 1;
    node->arguments = pl_arena_array(p->arena, node->count, sizeof *node->arguments);
    if (!node->arguments) {
        p->lexer.memory = p->failed = true;
        return NULL;
    }
    node->arguments[0] = a;
    if (b) node->arguments[1] = b;
    return node;
}

static pl_syntax *make_binary(parser *p, pl_symbol symbol, pl_syntax *a, pl_syntax *b) {
    if (!a || !b) return NULL;
    pl_syntax *node = make_over(p, SYNTAX_BINARY, a->from, a, b);
    if (node) node->symbol = symbol;
    return node;
}

static bool enter(parser *p) {
    if (p->depth++ < PL_EXPRESSION_DEPTH) return true;
    fail(p, "E202", p->token.from, "the parts of this expression are nested too deeply; give inner parts indicators of their own");
    return false;
}

/* "unit.group" after "unit" is "group"; false, with *rest untouched, for every other name. */
static bool after_dot(pl_str name, const char *owner, pl_str *rest) {
    size_t length = strlen(owner);
    if (name.len < length + 2 || name.at[length] != '.' || !pl_str_is_fold((pl_str){name.at, length}, owner)) return false;
    *rest = (pl_str){name.at + length + 1, name.len - length - 1};
    return true;
}

/* ---- calls ---- */

static bool append(parser *p, pl_syntax *call, size_t *capacity, pl_syntax *argument) {
    if (!argument) return false;
    if (call->count == *capacity) {
        size_t larger = *capacity ? *capacity * 2 : 4;
        pl_syntax **grown = pl_arena_array(p->arena, larger, sizeof *grown);
        if (!grown) {
            p->lexer.memory = p->failed = true;
            return false;
        }
        if (call->count) memcpy(grown, call->arguments, call->count * sizeof *grown);
        call->arguments = grown;
        *capacity = larger;
    }
    call->arguments[call->count++] = argument;
    return true;
}

static bool parse_scope(parser *p, pl_syntax *call) {
    if (!take_word(p, "over")) return true;
    if (p->token.kind != TOKEN_NAME) {
        fail(p, "E201", p->token.from, "after \"over\" comes what it runs over: all, group, peers, periods, children, events ...");
        return false;
    }
    call->by_attribute = !p->token.quoted && after_dot(p->token.text, "unit", &call->scope);
    if (!call->by_attribute) call->scope = p->token.text;
    advance(p);
    if (take_word(p, "of")) {
        if (p->token.kind != TOKEN_NAME) {
            fail(p, "E201", p->token.from, "after \"of\" comes the code of an indicator");
            return false;
        }
        call->of = p->token.text;
        advance(p);
    }
    if (take_word(p, "where") && !(call->where = parse_or(p))) return false;
    if (!take_word(p, "once")) return true;
    take_word(p, "per");
    call->once = parse_or(p);
    return call->once != NULL;
}

static pl_syntax *parse_call(parser *p, pl_str name, size_t from) {
    pl_syntax *call = make(p, SYNTAX_CALL, from);
    if (!call) return NULL;
    call->text = name;
    size_t capacity = 0;
    advance(p); /* ( */
    if (!at_symbol(p, ')')) {
        do {
            if (!append(p, call, &capacity, parse_or(p))) return NULL;
        } while (take_symbol(p, ','));
        if (!parse_scope(p, call)) return NULL;
    }
    if (!take_symbol(p, ')')) return fail(p, "E201", p->token.from, "expected a comma or the closing ) of this function");
    call->to = p->end;
    return call;
}

/* ---- from tight to loose ---- */

static pl_syntax *parse_name(parser *p) {
    pl_token token = p->token;
    advance(p);
    if (!token.quoted && at_symbol(p, '(')) return parse_call(p, token.text, token.from);
    if (!token.quoted) {
        bool yes = pl_str_is_fold(token.text, "true"), no = pl_str_is_fold(token.text, "false");
        if (yes || no) {
            pl_syntax *node = make(p, SYNTAX_BOOLEAN, token.from);
            if (node) node->number = yes;
            return node;
        }
        static const char *const words[] = {"and", "or", "not", "over", "where", "once"};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (pl_str_is_fold(token.text, words[i])) return fail(p, "E201", token.from, "a value is missing before this word");
    }
    pl_str name = token.text;
    pl_syntax_kind kind = SYNTAX_NAME;
    if (!token.quoted && after_dot(token.text, "unit", &name)) kind = SYNTAX_ATTRIBUTE;
    if (!token.quoted && (after_dot(token.text, "event", &name) || after_dot(token.text, "rater", &name))) kind = SYNTAX_FIELD;
    pl_syntax *node = make(p, kind, token.from);
    if (node) node->text = name;
    return node;
}

static pl_syntax *parse_primary(parser *p) {
    pl_token token = p->token;
    if (token.kind == TOKEN_NAME) return parse_name(p);
    if (token.kind == TOKEN_NUMBER || token.kind == TOKEN_TEXT) {
        advance(p);
        pl_syntax *node = make(p, token.kind == TOKEN_NUMBER ? SYNTAX_NUMBER : SYNTAX_TEXT, token.from);
        if (!node) return NULL;
        node->number = token.number;
        node->text = token.text;
        return node;
    }
    if (take_symbol(p, '(')) {
        pl_syntax *inner = parse_or(p);
        if (!inner) return NULL;
        if (!take_symbol(p, ')')) return fail(p, "E201", p->token.from, "the closing ) is missing");
        inner->parenthesised = true;
        return inner;
    }
    if (token.kind == TOKEN_END) return fail(p, "E201", token.from, "the expression ends where a value should come");
    return fail(p, "E201", token.from, "a value should come here");
}

static pl_syntax *parse_period(parser *p, pl_syntax *of) {
    size_t open = p->end;
    bool back = take_symbol(p, '-');
    bool forth = !back && take_symbol(p, '+');
    pl_syntax *node = make_over(p, SYNTAX_SHIFT, of->from, of, NULL);
    if (!node) return NULL;
    if (p->token.kind == TOKEN_NUMBER) {
        double n = p->token.number;
        if (n != (double)(int)n || n > 10000) return fail(p, "E201", p->token.from, "a period lies a whole number of periods away");
        node->number = back ? -n : n;
    } else if (p->token.kind == TOKEN_TEXT && !back && !forth) {
        node->text = p->token.text;
    } else {
        return fail(p, "E201", open, "between [ and ] comes a number of periods or a period in quotes: x[-1], x['2020-Q3']");
    }
    advance(p);
    if (!take_symbol(p, ']')) return fail(p, "E201", p->token.from, "the closing ] is missing");
    node->to = p->end;
    return node;
}

static pl_syntax *parse_postfix(parser *p) {
    pl_syntax *node = parse_primary(p);
    while (node && !p->failed) {
        if (take_symbol(p, '[')) {
            node = parse_period(p, node);
        } else if (at_symbol(p, '%')) {
            advance(p);
            bool operand = p->token.kind == TOKEN_NUMBER || p->token.kind == TOKEN_TEXT || at_symbol(p, '(') ||
                           (p->token.kind == TOKEN_NAME && !at_word(p, "and") && !at_word(p, "or") && !at_word(p, "over") &&
                            !at_word(p, "where") && !at_word(p, "once"));
            if (operand) return fail(p, "E201", p->end, "% means \"per cent\"; for the remainder of a division write mod(a, b)");
            node = make_over(p, SYNTAX_PERCENT, node->from, node, NULL);
        } else {
            break;
        }
    }
    return p->failed ? NULL : node;
}

static pl_syntax *parse_unary(parser *p);

static pl_syntax *parse_power(parser *p) {
    pl_syntax *base = parse_postfix(p);
    if (!base || !at_symbol(p, '^')) return base;
    advance(p);
    bool sign = at_symbol(p, '-') || at_symbol(p, '+');
    pl_syntax *exponent = sign ? parse_unary(p) : parse_postfix(p);
    pl_syntax *power = make_binary(p, SYMBOL_POWER, base, exponent);
    if (power && at_symbol(p, '^')) return fail(p, "E201", p->token.from, "a^b^c is read in two ways; write (a^b)^c or a^(b^c)");
    return power;
}

static bool is_power(const pl_syntax *node) {
    return node->kind == SYNTAX_BINARY && node->symbol == SYMBOL_POWER && !node->parenthesised;
}

static pl_syntax *parse_unary(parser *p) {
    size_t from = p->token.from;
    bool minus = at_symbol(p, '-');
    if (!minus && !at_symbol(p, '+')) return parse_power(p);
    if (!enter(p)) return NULL;
    advance(p);
    pl_syntax *operand = parse_unary(p);
    p->depth--;
    if (!operand) return NULL;
    if (minus && is_power(operand)) return fail(p, "E201", from, "-a^b is read in two ways; write (-a)^b or -(a^b)");
    return minus ? make_over(p, SYNTAX_NEGATE, from, operand, NULL) : operand;
}

static pl_syntax *parse_product(parser *p) {
    pl_syntax *node = parse_unary(p);
    while (node && (at_symbol(p, '*') || at_symbol(p, '/'))) {
        pl_symbol symbol = at_symbol(p, '*') ? SYMBOL_MULTIPLY : SYMBOL_DIVIDE;
        advance(p);
        node = make_binary(p, symbol, node, parse_unary(p));
    }
    return node;
}

static pl_syntax *parse_sum(parser *p) {
    pl_syntax *node = parse_product(p);
    while (node && (at_symbol(p, '+') || at_symbol(p, '-'))) {
        pl_symbol symbol = at_symbol(p, '+') ? SYMBOL_ADD : SYMBOL_SUBTRACT;
        advance(p);
        node = make_binary(p, symbol, node, parse_product(p));
    }
    return node;
}

static pl_symbol comparison(const parser *p) {
    if (p->token.kind != TOKEN_SYMBOL) return SYMBOL_NONE;
    switch (p->token.symbol) {
    case '=': return SYMBOL_EQUAL;
    case 'N': return SYMBOL_UNEQUAL;
    case '<': return SYMBOL_LESS;
    case 'L': return SYMBOL_LESS_EQUAL;
    case '>': return SYMBOL_GREATER;
    case 'G': return SYMBOL_GREATER_EQUAL;
    default: return SYMBOL_NONE;
    }
}

static pl_syntax *parse_comparison(parser *p) {
    pl_syntax *node = parse_sum(p);
    pl_symbol symbol = comparison(p);
    if (!node || !symbol) return node;
    advance(p);
    node = make_binary(p, symbol, node, parse_sum(p));
    if (node && comparison(p)) return fail(p, "E201", p->token.from, "comparisons do not chain; write a < b and b < c");
    return node;
}

static pl_syntax *parse_not(parser *p) {
    size_t from = p->token.from;
    if (!at_word(p, "not")) return parse_comparison(p);
    if (!enter(p)) return NULL;
    advance(p);
    pl_syntax *operand = parse_not(p);
    p->depth--;
    return make_over(p, SYNTAX_NOT, from, operand, NULL);
}

static pl_syntax *parse_and(parser *p) {
    pl_syntax *node = parse_not(p);
    while (node && take_word(p, "and")) node = make_binary(p, SYMBOL_AND, node, parse_not(p));
    return node;
}

static pl_syntax *parse_or(parser *p) {
    if (!enter(p)) return NULL;
    pl_syntax *node = parse_and(p);
    while (node && take_word(p, "or")) node = make_binary(p, SYMBOL_OR, node, parse_and(p));
    p->depth--;
    return p->failed ? NULL : node;
}

/* A chain such as a + b + c + ... is a deep tree too: limits what recursion over it has to bear. */
static bool too_deep(const pl_syntax *node, unsigned depth) {
    if (depth > 10 * PL_EXPRESSION_DEPTH) return true;
    for (size_t i = 0; i < node->count; i++)
        if (too_deep(node->arguments[i], depth + 1)) return true;
    return (node->where && too_deep(node->where, depth + 1)) || (node->once && too_deep(node->once, depth + 1));
}

static pl_status finish(parser *p, const pl_expression **out, const pl_syntax *root) {
    if (!p->failed && p->token.kind != TOKEN_END) {
        if (at_symbol(p, ')'))
            fail(p, "E201", p->token.from, "there is one ) too many");
        else if (at_symbol(p, ','))
            fail(p, "E201", p->token.from, "a comma separates arguments and stands inside a function's ( )");
        else
            fail(p, "E201", p->token.from, "an operator is missing before this");
    }
    if (!p->failed && root && too_deep(root, 0))
        fail(p, "E202", 0, "this expression has too many parts; give inner parts indicators of their own");
    while (p->token.kind != TOKEN_END) advance(p);
    if (p->lexer.memory) return PL_MEMORY;
    if (p->failed || p->lexer.failed) return PL_INPUT;
    pl_expression *expression = pl_arena_alloc(p->arena, sizeof *expression);
    if (!expression) return PL_MEMORY;
    *expression = (pl_expression){p->lexer.source, root};
    *out = expression;
    return PL_OK;
}

pl_status pl_expression_parse(const pl_expression **out, pl_arena *arena, pl_str source, pl_place place, pl_problems *problems) {
    *out = NULL;
    if (source.len > PL_EXPRESSION_BYTES)
        return pl_problem_add(problems, PL_ERROR, "E202", place, "this expression has %zu bytes; at most %d are read", source.len,
                              PL_EXPRESSION_BYTES);
    pl_str copy;
    if (!pl_str_copy(&copy, arena, source)) return PL_MEMORY;
    parser p = {.lexer = {.source = copy, .arena = arena, .place = place, .problems = problems}, .arena = arena};
    advance(&p);
    const pl_syntax *root = parse_or(&p);
    return finish(&p, out, root);
}
