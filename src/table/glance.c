#include "table/glance.h"

#define LANES 16
#define MOST_COUNTED 255 /* by a lane */

/* Sixteen bytes side by side, in the vector registers that every processor has; comparisons give all ones for true. */
typedef unsigned char lanes __attribute__((vector_size(LANES)));

typedef struct sight {
    lanes all, quotes, blank, line_ends;
} sight;

static lanes lanes_at(const char *at) {
    lanes bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/* The byte after the last lane is looked at too. */
static void look(sight *s, const char *at, unsigned char separator, unsigned char line_end) {
    lanes bytes = lanes_at(at), next = lanes_at(at + 1);
    lanes ends = (lanes)(bytes == line_end);
    s->all |= bytes;
    s->quotes |= (lanes)(bytes == '"');
    s->blank |= ends & ((lanes)(next <= ' ') | (lanes)(next == separator));
    s->line_ends -= ends;
}

static void add_up(pl_glance *glance, const sight *s) {
    for (size_t i = 0; i < LANES; i++) {
        glance->line_ends += s->line_ends[i];
        glance->quotes |= s->quotes[i] != 0;
        glance->beyond_ascii |= s->all[i] > 0x7F;
        glance->blank |= s->blank[i] != 0;
    }
}

static bool begins_blank(unsigned char byte, pl_dialect dialect) { return byte <= ' ' || byte == (unsigned char)dialect.separator; }

pl_glance pl_glance_at(pl_str text, pl_dialect dialect) {
    pl_glance glance = {.blank = text.len && begins_blank((unsigned char)*text.at, dialect)};
    unsigned char separator = (unsigned char)dialect.separator, line_end = (unsigned char)dialect.line_end;
    size_t at = 0;
    while (at + LANES < text.len) {
        sight s = {0};
        for (size_t i = 0; i < MOST_COUNTED && at + LANES < text.len; i++, at += LANES) look(&s, text.at + at, separator, line_end);
        add_up(&glance, &s);
    }
    for (; at < text.len; at++) {
        unsigned char byte = (unsigned char)text.at[at];
        glance.line_ends += byte == line_end;
        glance.quotes |= byte == '"';
        glance.beyond_ascii |= byte > 0x7F;
        glance.blank |= byte == line_end && at + 1 < text.len && begins_blank((unsigned char)text.at[at + 1], dialect);
    }
    return glance;
}
