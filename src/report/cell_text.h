/* Texts as cells can hold them. */
#ifndef PLUMBLINE_REPORT_CELL_TEXT_H
#define PLUMBLINE_REPORT_CELL_TEXT_H

#include <plumbline/base/text.h>

/* Adds the text to `out`: what is no UTF-8, and what XML cannot say, as U+FFFD; what a reader would take for an escaped sign
 * (_x0041_) escaped itself. False when it is longer than the 32767 UTF-16 units that a cell holds and was cut, with an ellipsis. */
bool cell_text_add(pl_buffer *out, pl_str text);

/* Whether what a sheet says is a number that a spreadsheet gives back as it is: no code ("007", "+5"), and no more digits than the
 * seventeen that tell numbers apart. */
bool cell_is_number(pl_str text, double *x);

#endif
