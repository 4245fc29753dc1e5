#include "report/picture_colour.h"

#include <math.h>

colour colour_of_group(size_t group) {
    static const colour colours[GROUP_COLOURS] = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xE69F00};
    return colours[group % GROUP_COLOURS];
}

static unsigned part(colour c, unsigned shift) { return c >> shift & 0xFFu; }

colour colour_mix(colour a, colour b, double share) {
    colour mixed = 0;
    for (unsigned shift = 0; shift <= 16; shift += 8)
        mixed |= (colour)lround(part(a, shift) * share + part(b, shift) * (1 - share)) << shift;
    return mixed;
}

int colour_step(double at) { return (int)lround(fmin(fmax(at, -1), 1) * SCALE_STEPS); }

colour colour_of_step(int step) {
    static const colour stops[] = {0xE58E35, 0xF4B277, 0xFBDDBB, 0xFFFFFF, 0xB5CFE6, 0x5A93C4, 0x0B4F8A};
    double place = (double)(step + SCALE_STEPS) / SCALE_STEPS * 3;
    size_t stop = place < 6 ? (size_t)place : 5;
    return colour_mix(stops[stop + 1], stops[stop], place - (double)stop);
}

static double linear(unsigned byte) {
    double x = byte / 255.0;
    return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
}

static double luminance(colour c) {
    return 0.2126 * linear(part(c, 16)) + 0.7152 * linear(part(c, 8)) + 0.0722 * linear(part(c, 0));
}

double colour_contrast(colour a, colour b) {
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

colour colour_of_text_on(colour back) { return colour_contrast(BLACK, back) >= colour_contrast(PAPER, back) ? BLACK : PAPER; }
