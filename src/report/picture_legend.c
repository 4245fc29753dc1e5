#include "report/picture.h"

#include <math.h>

/* Width of what stands before the words. */
#define WIDE_SAMPLE 26.0
#define NARROW_SAMPLE 16.0
#define BETWEEN 22.0
#define LINE 22.0

static double sample_width(const legend_item *item) {
    return item->kind == LEGEND_MARK || item->kind == LEGEND_TICK ? NARROW_SAMPLE : WIDE_SAMPLE;
}

static void draw_sample(picture *p, double x, double y, const legend_item *item) {
    double wide = sample_width(item) - 6, middle = x + wide / 2, end = x + wide;
    switch (item->kind) {
    case LEGEND_MARK: picture_mark(p, middle, y, 4.5, item->shape, item->colour); break;
    case LEGEND_BAND: picture_rectangle(p, x, y - 5, wide, 10, item->colour); break;
    case LEGEND_TICK: picture_line(p, middle, y - 7, middle, y + 7, 2, item->colour); break;
    case LEGEND_LINE: picture_line(p, x, y, end, y, 2, item->colour); break;
    case LEGEND_DASHES: picture_dashes(p, x, y, end, y, 2, item->colour); break;
    }
}

double picture_legend(picture *p, double x, double y, double width, const legend_item *items, size_t count) {
    double at = x;
    for (size_t i = 0; i < count; i++) {
        double sample = sample_width(&items[i]);
        double wide = fmin(picture_text_width(p, items[i].text, &text_muted), width - sample);
        if (at > x && at + sample + wide > x + width) {
            at = x;
            y += LINE;
        }
        draw_sample(p, at, y + LINE / 2, &items[i]);
        picture_text(p, at + sample, y + LINE / 2, items[i].text, &text_muted, TEXT_LEFT, wide + 1);
        at += sample + wide + BETWEEN;
    }
    return count ? y + LINE : y;
}
