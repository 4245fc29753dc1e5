/* Text: slices, UTF-8, width on a terminal, likeness, a growable buffer. */
#ifndef PLUMBLINE_BASE_TEXT_H
#define PLUMBLINE_BASE_TEXT_H

#include <plumbline/base/arena.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A slice of bytes that somebody else owns; not terminated. {NULL, 0} is the empty text. */
typedef struct pl_str {
    const char *at;
    size_t len;
} pl_str;

/* printf("%.*s", PL_ARG(s)) prints a slice. */
#define PL_ARG(s) (int)(s).len, ((s).at ? (s).at : "")

/* The slice of a terminated string; NULL gives the empty text. */
static inline pl_str pl_str_of(const char *text) { return (pl_str){text, text ? strlen(text) : 0}; }

bool pl_str_equal(pl_str a, pl_str b);
bool pl_str_is(pl_str a, const char *b);      /* equal to a terminated string */
bool pl_str_is_fold(pl_str a, const char *b); /* the same without regard to the case of ASCII letters */
int pl_str_compare(pl_str a, pl_str b);       /* by bytes, so by code point: <0, 0, >0 */
pl_str pl_str_trim(pl_str a);                 /* without ASCII white space, U+3000 and U+00A0 at both ends */

/* SipHash-2-4 (Aumasson and Bernstein 2012): the same on every machine; who does not know the key cannot make texts collide. */
uint64_t pl_str_hash(pl_str a, const uint64_t key[2]);

/* Copies a slice into an arena and terminates it, so that out->at is also a C string. False when memory is exhausted. */
bool pl_str_copy(pl_str *out, pl_arena *arena, pl_str text);

/* Decodes the code point that starts at `offset`. Returns its length in bytes (1 to 4), or 0 where the bytes there are no
 * valid UTF-8 (overlong forms, surrogates and values over U+10FFFF are not) or offset >= text.len. */
size_t pl_utf8_decode(pl_str text, size_t offset, uint32_t *code_point);

/* Offset of the first byte that is not part of valid UTF-8, or text.len when all is. */
size_t pl_utf8_check(pl_str text);

/* Columns that the text takes on a terminal: East Asian wide and full-width characters take two, combining marks none.
 * Bytes that are not valid UTF-8 count as one column each. */
size_t pl_text_width(pl_str text);

/* Smallest number of insertions, deletions, replacements and swaps of neighbours (Damerau's distance, restricted form) of
 * code points that turn a into b without regard to ASCII case; SIZE_MAX when it is over `limit` or a text has over 64. */
size_t pl_text_distance(pl_str a, pl_str b, size_t limit);

/* Which of `count` candidates the writer of `text` most likely meant, or count when none is near (at most a third of the
 * length wrong, at least 1). The first of equals. For "did you mean". */
size_t pl_text_nearest(pl_str text, const pl_str *candidates, size_t count);

/* Takes the next item off a list that a person wrote: separated by commas, semicolons or white space, ASCII or Chinese (， ； 、
 * and the full-width space). False when none is left. */
bool pl_list_next(pl_str *rest, pl_str *item);

/* A growable run of bytes. Failure is remembered: after it every call does nothing, so a writer checks `failed` once, at
 * the end. The bytes are always followed by a zero that `len` does not count (when anything was ever added). */
typedef struct pl_buffer {
    char *at;
    size_t len, capacity;
    size_t limit; /* len never passes it; 0: no limit */
    bool failed;  /* memory or the limit was exhausted */
} pl_buffer;

void pl_buffer_init(pl_buffer *buffer, size_t limit);
void pl_buffer_free(pl_buffer *buffer);
void pl_buffer_clear(pl_buffer *buffer); /* empty again, memory kept; failure forgotten */
void pl_buffer_add(pl_buffer *buffer, const void *bytes, size_t size);
void pl_buffer_str(pl_buffer *buffer, pl_str text);
void pl_buffer_text(pl_buffer *buffer, const char *text);
void pl_buffer_char(pl_buffer *buffer, char c);
void pl_buffer_number(pl_buffer *buffer, double x); /* shortest form that reads back the same (number.h) */
__attribute__((format(printf, 2, 3))) void pl_buffer_print(pl_buffer *buffer, const char *format, ...);
__attribute__((format(printf, 2, 0))) void pl_buffer_vprint(pl_buffer *buffer, const char *format, va_list arguments);
static inline pl_str pl_buffer_view(const pl_buffer *buffer) { return (pl_str){buffer->at, buffer->len}; }

#endif
