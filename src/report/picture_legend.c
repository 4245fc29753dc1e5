#include "report/picture.h"

#include <math.h>

#define SAMPLE 26.0 /* width of what stands before the words */
#define BETWEEN 22.0
#define LINE 22.0

static void draw_sample(picture *p, double x, double y, const legend_item *item) {
    double middle = x + SAMPLE / 2 - 3, end = x + SAMPLE - 6;
    switch (item->kind) {
    case LEGEND_MARK: picture_mark(p, middle, y, 4.5, item->shape, item->colour); break;
    case LEGEND_BAND: picture_rectangle(p, x, y - 5, SAMPLE - 6, 10, item->colour); break;
    case LEGEND_TICK: picture_line(p, middle, y - 7, middle, y + 7, 2, item->colour); break;
    case LEGEND_LINE: picture_line(p, x, y, end, y, 2, item->colour); break;
    case LEGEND_DASHES: picture_dashes(p, x, y, end, y, 2, item->colour); break;
    }
}

double picture_legend(picture *p, double x, double y, double width, const legend_item *items, size_t count) {
    double at = x;
    for (size_t i = 0; i < count; i++) {
        double wide = fmin(picture_text_width(p, items[i].text, &text_muted), width - SAMPLE);
        if (at > x && at + SAMPLE + wide > x + width) {
            at = x;
            y += LINE;
        }
        draw_sample(p, at, y + LINE / 2, &items[i]);
        picture_text(p, at + SAMPLE, y + LINE / 2, items[i].text, &text_muted, TEXT_LEFT, wide + 1);
        at += SAMPLE + wide + BETWEEN;
    }
    return count ? y + LINE : y;
}
