#include <plumbline/table/write.h>

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>

enum { EMPTY = 0, FILLED = 1, KEYED = 2, IS_OBJECT = 4 };

static void add(pl_json_writer *writer, const char *text) { pl_output_add(writer->output, pl_str_of(text)); }

void pl_json_begin(pl_json_writer *writer, pl_output *output, bool indent) {
    *writer = (pl_json_writer){.output = output, .indent = indent};
}

static void new_line(pl_json_writer *writer) {
    if (!writer->indent) return;
    add(writer, "\n");
    for (unsigned i = 0; i < writer->depth; i++) add(writer, "  ");
}

/* The comma and line that a value or key needs before it. */
static void separate(pl_json_writer *writer) {
    if (writer->depth == 0) return;
    unsigned char *state = &writer->state[writer->depth - 1];
    if (*state & KEYED) {
        *state &= (unsigned char)~KEYED;
        return;
    }
    if (*state & FILLED) add(writer, ",");
    *state |= FILLED;
    new_line(writer);
}

static void open_level(pl_json_writer *writer, bool object) {
    separate(writer);
    if (writer->depth == PL_JSON_DEPTH) {
        if (writer->output->status == PL_OK) writer->output->status = PL_INPUT;
        return;
    }
    add(writer, object ? "{" : "[");
    writer->state[writer->depth++] = object ? IS_OBJECT : EMPTY;
}

void pl_json_object(pl_json_writer *writer) { open_level(writer, true); }
void pl_json_array(pl_json_writer *writer) { open_level(writer, false); }

void pl_json_end(pl_json_writer *writer) {
    if (writer->depth == 0) return;
    unsigned char state = writer->state[--writer->depth];
    if (state & FILLED) new_line(writer);
    add(writer, state & IS_OBJECT ? "}" : "]");
    if (writer->depth == 0 && writer->indent) add(writer, "\n");
}

static void write_text(pl_json_writer *writer, pl_str text) {
    add(writer, "\"");
    size_t from = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t c;
        size_t length = pl_utf8_decode(text, i, &c);
        char escape[8] = "";
        if (!length)
            snprintf(escape, sizeof escape, "\xEF\xBF\xBD");
        else if (c == '"' || c == '\\')
            snprintf(escape, sizeof escape, "\\%c", (char)c);
        else if (c == '\n')
            snprintf(escape, sizeof escape, "\\n");
        else if (c == '\t')
            snprintf(escape, sizeof escape, "\\t");
        else if (c < 0x20)
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)c);
        if (escape[0]) {
            pl_output_add(writer->output, (pl_str){text.at + from, i - from});
            add(writer, escape);
            from = i + (length ? length : 1);
        }
        i += length ? length : 1;
    }
    pl_output_add(writer->output, (pl_str){text.at + from, text.len - from});
    add(writer, "\"");
}

void pl_json_key_str(pl_json_writer *writer, pl_str key) {
    separate(writer);
    write_text(writer, key);
    add(writer, writer->indent ? ": " : ":");
    if (writer->depth) writer->state[writer->depth - 1] |= KEYED;
}

void pl_json_key(pl_json_writer *writer, const char *key) { pl_json_key_str(writer, pl_str_of(key)); }

void pl_json_text(pl_json_writer *writer, pl_str text) {
    separate(writer);
    write_text(writer, text);
}

void pl_json_number(pl_json_writer *writer, double x) {
    if (!isfinite(x)) {
        pl_json_null(writer);
        return;
    }
    char text[PL_NUMBER_SIZE];
    separate(writer);
    pl_output_add(writer->output, (pl_str){text, pl_number_print(text, x)});
}

void pl_json_fixed(pl_json_writer *writer, double x, int digits) {
    char text[PL_FIXED_SIZE];
    separate(writer);
    pl_output_add(writer->output, (pl_str){text, pl_number_fixed(text, x, digits)});
}

void pl_json_integer(pl_json_writer *writer, long long x) {
    char text[32];
    separate(writer);
    snprintf(text, sizeof text, "%lld", x);
    add(writer, text);
}

void pl_json_bool(pl_json_writer *writer, bool x) {
    separate(writer);
    add(writer, x ? "true" : "false");
}

void pl_json_text_or_null(pl_json_writer *w, pl_str text) {
    if (text.len)
        pl_json_text(w, text);
    else
        pl_json_null(w);
}

void pl_json_null(pl_json_writer *writer) {
    separate(writer);
    add(writer, "null");
}
