/* Writers: CSV for programs and for people, and JSON. Both stream into an output that remembers its first failure. */
#ifndef PLUMBLINE_TABLE_WRITE_H
#define PLUMBLINE_TABLE_WRITE_H

#include <plumbline/base/pool.h>
#include <plumbline/base/status.h>
#include <plumbline/base/text.h>

/* Where bytes go: a function that takes all of them or returns a status other than PL_OK. After a failure nothing more is
 * written and the status is kept, so a writer checks once, at the end. */
typedef pl_status pl_sink(void *context, const char *bytes, size_t size);

typedef struct pl_output {
    pl_sink *sink;
    void *context;
    pl_buffer pending;
    pl_status status;
} pl_output;

void pl_output_init(pl_output *output, pl_sink *sink, void *context);
/* Writes what is pending; returns the status of everything so far; frees the buffer. */
pl_status pl_output_finish(pl_output *output);
void pl_output_add(pl_output *output, pl_str bytes);

/* Writes parts 0 .. count-1 one after another, made on all threads of the pool. Parts should be neither tiny nor huge: each is held
 * in memory. `write` may run on several threads at once. */
typedef void pl_output_part(void *context, size_t part, pl_output *to);
void pl_output_parts(pl_output *output, pl_pool *pool, size_t count, pl_output_part *write, void *context);

/* Sinks: a file descriptor (context: int *; PL_IO when the write fails) and a buffer (context: pl_buffer *). */
pl_status pl_sink_descriptor(void *context, const char *bytes, size_t size);
pl_status pl_sink_buffer(void *context, const char *bytes, size_t size);

/* CSV. For programs: LF, no mark, quotes only where needed. For people: UTF-8 byte-order mark, CRLF, and a text that
 * a spreadsheet would take for a formula (leading = + - @ tab or CR) gets a leading apostrophe. */
typedef struct pl_csv_writer {
    pl_output *output;
    bool for_people;
    bool in_row; /* a cell was written on this line */
} pl_csv_writer;

void pl_csv_begin(pl_csv_writer *writer, pl_output *output, bool for_people);
void pl_csv_text(pl_csv_writer *writer, pl_str text);
void pl_csv_number(pl_csv_writer *writer, double x); /* shortest form that reads back the same; not finite: an empty cell */
void pl_csv_fixed(pl_csv_writer *writer, double x, int digits); /* exactly so many decimals */
void pl_csv_missing(pl_csv_writer *writer);                     /* an empty cell */
void pl_csv_end_row(pl_csv_writer *writer);

/* JSON (RFC 8259). Values follow one another; commas, and indentation when asked for, come by themselves. A key is given
 * before each value inside an object. Nesting over PL_JSON_DEPTH fails the output with PL_INPUT. */
#define PL_JSON_DEPTH 256
typedef struct pl_json_writer {
    pl_output *output;
    bool indent;
    unsigned depth;
    unsigned char state[PL_JSON_DEPTH]; /* per level: nothing written yet, something written, key written */
} pl_json_writer;

void pl_json_begin(pl_json_writer *writer, pl_output *output, bool indent);
void pl_json_object(pl_json_writer *writer);
void pl_json_array(pl_json_writer *writer);
void pl_json_end(pl_json_writer *writer); /* closes the innermost object or array */
void pl_json_key(pl_json_writer *writer, const char *key);
void pl_json_key_str(pl_json_writer *writer, pl_str key);
void pl_json_text(pl_json_writer *writer, pl_str text);    /* invalid UTF-8 becomes U+FFFD */
void pl_json_text_or_null(pl_json_writer *w, pl_str text); /* null where it is empty */
void pl_json_number(pl_json_writer *writer, double x);     /* shortest form; not finite becomes null */
void pl_json_fixed(pl_json_writer *writer, double x, int digits);
void pl_json_integer(pl_json_writer *writer, long long x);
void pl_json_bool(pl_json_writer *writer, bool x);
void pl_json_null(pl_json_writer *writer);

#endif
