#include "lang/lexer.h"

#include <plumbline/base/number.h>

/* What Chinese input methods type for the ASCII signs. */
static const struct {
    uint32_t from;
    char to;
} equivalents[] = {
    {0xFF08, '('}, {0xFF09, ')'},  {0xFF0C, ','},  {0x3001, ','}, {0xFF0B, '+'}, {0xFF0D, '-'}, {0x2212, '-'}, {0xFF0A, '*'},
    {0x00D7, '*'}, {0xFF0F, '/'},  {0x00F7, '/'},  {0xFF3E, '^'}, {0xFF05, '%'}, {0xFF1D, '='}, {0xFF1C, '<'}, {0xFF1E, '>'},
    {0x2264, 'L'}, {0x2265, 'G'},  {0x2260, 'N'},  {0xFF3B, '['}, {0xFF3D, ']'}, {0x3010, '['}, {0x3011, ']'}, {0x201C, '"'},
    {0x201D, '"'}, {0x2018, '\''}, {0x2019, '\''}, {0x3000, ' '}, {0x00A0, ' '}, {0xFF40, '`'},
};

size_t pl_lexer_position(pl_str source, size_t offset) {
    size_t position = 1;
    for (size_t i = 0; i < offset && i < source.len; i++) position += (source.at[i] & 0xC0) != 0x80;
    return position;
}

/* The character at an offset, equivalents as ASCII. Returns its length, 0 at the end. */
static size_t peek(const pl_lexer *lexer, size_t offset, uint32_t *c) {
    *c = 0;
    if (offset >= lexer->source.len) return 0;
    size_t length = pl_utf8_decode(lexer->source, offset, c);
    if (!length) {
        *c = 0xFFFD;
        return 1;
    }
    for (size_t i = 0; *c >= 0x80 && i < sizeof equivalents / sizeof *equivalents; i++)
        if (equivalents[i].from == *c) *c = (uint32_t)equivalents[i].to;
    return length;
}

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static bool is_wide_digit(uint32_t c) { return c >= 0xFF10 && c <= 0xFF19; }

static bool is_letter(uint32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    /* Any script; not the punctuation blocks, where what looks like an operator would hide. */
    bool punctuation = (c >= 0x80 && c < 0xAA) || (c >= 0x2000 && c < 0x2070) || (c >= 0x2190 && c < 0x2460) ||
                       (c >= 0x3000 && c < 0x3005) || (c >= 0x3008 && c < 0x3021) || (c >= 0xFF00 && c < 0xFF21) || c == 0xFFFD;
    return !punctuation;
}

__attribute__((format(printf, 3, 4))) static void complain(pl_lexer *lexer, size_t offset, const char *format, ...) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    va_list arguments;
    va_start(arguments, format);
    pl_buffer_vprint(&text, format, arguments);
    va_end(arguments);
    lexer->failed = true;
    lexer->memory |= text.failed;
    if (!text.failed && pl_problem_add(lexer->problems, PL_ERROR, "E201", lexer->place, "at character %zu: %s",
                                       pl_lexer_position(lexer->source, offset), text.at) == PL_MEMORY)
        lexer->memory = true;
    pl_buffer_free(&text);
}

static size_t skip_space(const pl_lexer *lexer, size_t at) {
    uint32_t c;
    size_t length;
    while ((length = peek(lexer, at, &c)) && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) at += length;
    return at;
}

static void read_name(pl_lexer *lexer, pl_token *token) {
    size_t at = token->from;
    for (;;) {
        uint32_t c, after;
        size_t length = peek(lexer, at, &c);
        if (length > 1 && c < 0x80) break; /* an operator's equivalent: the L of <= is no letter */
        if (length && c == '.') {
            peek(lexer, at + length, &after);
            if (!is_letter(after) && !is_digit(after)) break;
        } else if (!length || !(is_letter(c) || is_digit(c))) {
            break;
        }
        at += length;
    }
    token->kind = TOKEN_NAME;
    token->to = at;
    token->text = (pl_str){lexer->source.at + token->from, at - token->from};
}

static void read_number(pl_lexer *lexer, pl_token *token) {
    const char *at = lexer->source.at + token->from, *end = lexer->source.at + lexer->source.len;
    size_t length = pl_number_scan(at, end, &token->number);
    token->kind = TOKEN_NUMBER;
    if (!length) {
        complain(lexer, token->from, "this number is too large");
        length = 1;
        while (at + length < end && (is_digit((unsigned char)at[length]) || strchr(".eE", at[length]))) length++;
    }
    token->to = token->from + length;
    uint32_t c;
    peek(lexer, token->to, &c);
    if (is_letter(c))
        complain(lexer, token->to,
                 "a number runs into a name; write 2 * x, or put a code that begins with a digit in backquotes: `1a`");
    if (c == '.') complain(lexer, token->to, "a code with several points must stand in backquotes: `1.2.3`");
}

/* A text or a backquoted name: up to the same quote, which is written twice to stand for itself. */
static void read_quoted(pl_lexer *lexer, pl_token *token, uint32_t quote, size_t at) {
    char *out = pl_arena_alloc(lexer->arena, lexer->source.len - at + 1);
    if (!out) {
        lexer->failed = lexer->memory = true;
        return;
    }
    size_t size = 0;
    uint32_t c;
    for (;;) {
        size_t length = peek(lexer, at, &c);
        if (!length) {
            complain(lexer, token->from, "the closing %c is missing", (int)quote);
            break;
        }
        if (c == quote) {
            size_t second = peek(lexer, at + length, &c);
            if (!second || c != quote) {
                at += length;
                break;
            }
            out[size++] = (char)quote;
            at += length + second;
            continue;
        }
        memcpy(out + size, lexer->source.at + at, length);
        size += length;
        at += length;
    }
    token->kind = quote == '`' ? TOKEN_NAME : TOKEN_TEXT;
    token->quoted = quote == '`';
    token->text = (pl_str){out, size};
    token->to = at;
    if (token->quoted && !size) complain(lexer, token->from, "there is no name between the backquotes");
}

static void read_symbol(pl_lexer *lexer, pl_token *token, uint32_t c, size_t length) {
    size_t at = token->from + length;
    uint32_t next;
    size_t second = peek(lexer, at, &next);
    token->kind = TOKEN_SYMBOL;
    token->symbol = (char)c;
    if (c == '<' && next == '=')
        token->symbol = 'L';
    else if (c == '>' && next == '=')
        token->symbol = 'G';
    else if ((c == '<' && next == '>') || (c == '!' && next == '='))
        token->symbol = 'N';
    else if (!(c == '=' && next == '='))
        second = 0;
    token->to = at + second;
}

static bool is_symbol(uint32_t c, uint32_t next) {
    return (c && c < 0x80 && strchr("+-*/^%()[],=<>LGN", (int)c)) || (c == '!' && next == '=');
}

/* Says what to write instead of what other languages write. Returns how many bytes to pass over. */
static size_t pass_over(pl_lexer *lexer, size_t at, uint32_t c, uint32_t next, size_t length) {
    size_t both = length + (next == c ? 1 : 0);
    if (c == '&')
        complain(lexer, at, "write \"and\" for &&");
    else if (c == '|')
        complain(lexer, at, "write \"or\" for ||");
    else if (c == '!')
        complain(lexer, at, "write \"not\" for !");
    else if (c == ';' || c == 0xFF1B)
        complain(lexer, at, "arguments are separated by commas");
    else if (is_wide_digit(c)) {
        complain(lexer, at, "full-width digits; type 0-9");
        size_t end = at;
        while ((length = peek(lexer, end, &c)) && is_wide_digit(c)) end += length;
        return end - at;
    } else
        complain(lexer, at, "\"%.*s\" means nothing here", (int)length, lexer->source.at + at);
    return both;
}

pl_token pl_lexer_next(pl_lexer *lexer) {
    for (;;) {
        size_t at = lexer->at = skip_space(lexer, lexer->at);
        pl_token token = {.from = at, .to = at};
        uint32_t c, next;
        size_t length = peek(lexer, at, &c);
        if (!length) return token;
        bool typed = (unsigned char)lexer->source.at[at] < 0x80; /* L, G and N are letters when they are typed */
        peek(lexer, at + length, &next);
        if (is_digit(c) || (c == '.' && is_digit(next)))
            read_number(lexer, &token);
        else if (c == '"' || c == '\'' || c == '`')
            read_quoted(lexer, &token, c, at + length);
        else if (is_letter(c) && (typed || c >= 0x80))
            read_name(lexer, &token);
        else if (is_symbol(c, next))
            read_symbol(lexer, &token, c, length);
        else {
            lexer->at = at + pass_over(lexer, at, c, next, length);
            continue;
        }
        if (lexer->memory) token = (pl_token){.from = at, .to = at};
        lexer->at = lexer->memory ? lexer->source.len : token.to;
        return token;
    }
}
