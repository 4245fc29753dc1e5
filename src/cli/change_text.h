/* Numbers and how much they changed, as what-if tables show them. */
#ifndef PLUMBLINE_CLI_CHANGE_TEXT_H
#define PLUMBLINE_CLI_CHANGE_TEXT_H

#include <plumbline/score/score.h>

/* Of a line of scores, or of none: NAN where there is no total, no place. */
double cli_total_of(const pl_score_line *line);
double cli_place_of(const pl_score_line *line);

double cli_shown(double x);                     /* to four decimals, where it is not very large */
void cli_add_number(pl_buffer *out, double x);  /* - where there is none */
void cli_add_change(pl_buffer *out, double by); /* with its sign; = where nothing is seen of it; - where there is none */

#endif
