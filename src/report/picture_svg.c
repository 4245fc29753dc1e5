#include "report/picture_svg.h"

/* Offset behind the first tag that begins so, or 0. */
static size_t behind_tag(pl_str svg, const char *tag) {
    const char *start = svg.len ? memmem(svg.at, svg.len, tag, strlen(tag)) : NULL;
    const char *end = start ? memchr(start, '>', svg.len - (size_t)(start - svg.at)) : NULL;
    return end ? (size_t)(end - svg.at) + 1 : 0;
}

static void add(pl_output *output, const char *text) { pl_output_add(output, pl_str_of(text)); }

/* The text is valid UTF-8 without control characters. */
static void add_element(pl_output *output, const char *begin, pl_str text, const char *end) {
    if (!text.len) return;
    add(output, begin);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '&')
            add(output, "&amp;");
        else if (text.at[i] == '<')
            add(output, "&lt;");
        else
            pl_output_add(output, (pl_str){text.at + i, 1});
    }
    add(output, end);
}

/* Ids and references to them: "surface12", "#surface12". Texts are outlines, so nothing else can look like one. */
static void add_renumbered(pl_output *output, pl_str svg) {
    static const char word[] = "surface";
    size_t size = sizeof word - 1;
    for (;;) {
        const char *found = svg.len ? memmem(svg.at, svg.len, word, size) : NULL;
        if (!found) break;
        size_t before = (size_t)(found - svg.at) + size;
        pl_output_add(output, (pl_str){svg.at, before});
        svg = (pl_str){svg.at + before, svg.len - before};
        bool numbered = false;
        for (; svg.len && svg.at[0] >= '0' && svg.at[0] <= '9'; svg.at++, svg.len--) numbered = true;
        if (numbered) add(output, "0");
    }
    pl_output_add(output, svg);
}

pl_status picture_svg_send(pl_output *output, pl_str svg, pl_str title, pl_str description) {
    size_t head = behind_tag(svg, "<svg ");
    if (!head) return PL_IO;
    pl_output_add(output, (pl_str){svg.at, head - 1});
    add(output, " role=\"img\">\n");
    add_element(output, "<title>", title, "</title>\n");
    add_element(output, "<desc>", description, "</desc>\n");
    add_renumbered(output, (pl_str){svg.at + head, svg.len - head});
    return output->status;
}
