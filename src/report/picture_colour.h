/* Colours that stay apart for every eye and on grey paper: Okabe and Ito's set, and scales around a middle. */
#ifndef REPORT_PICTURE_COLOUR_H
#define REPORT_PICTURE_COLOUR_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t colour; /* 0xRRGGBB */

#define INK 0x1F2328u    /* texts and what matters */
#define MUTED 0x57606Au  /* texts of second rank; 6.4:1 on white */
#define RULE 0x8C959Fu   /* axes */
#define GRID 0xE1E4E8u   /* gridlines */
#define STRIPE 0xF6F8FAu /* every other row */
#define CHOSEN 0xFFF1C7u /* the row that is brought out */
#define PAPER 0xFFFFFFu
#define BLACK 0x000000u

/* The colour of a group; they come again after the last. */
#define GROUP_COLOURS 6
colour colour_of_group(size_t group);

/* `share` of the first colour, the rest of the second. */
colour colour_mix(colour a, colour b, double share);

/* A scale from -1 (orange) over 0 (white) to 1 (blue) in 2 * SCALE_STEPS + 1 colours. The ends differ in lightness, too. */
#define SCALE_STEPS 50
/* The step of the scale that is nearest to a value: -SCALE_STEPS to SCALE_STEPS. */
int colour_step(double at);
colour colour_of_step(int step);

/* Black or white, whichever is easier to read on this colour: never under 4.5:1. */
colour colour_of_text_on(colour back);
/* Contrast as the web's accessibility guidelines define it, 1 to 21. */
double colour_contrast(colour a, colour b);

#endif
