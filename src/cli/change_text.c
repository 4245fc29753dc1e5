#include "cli/change_text.h"

#include <plumbline/base/number.h>

#include <math.h>

double cli_total_of(const pl_score_line *line) { return line && line->has_total ? line->total : NAN; }
double cli_place_of(const pl_score_line *line) { return line && line->rank > 0 ? line->rank : NAN; }

double cli_shown(double x) { return fabs(x) < 1e9 ? pl_number_round(x, 4) : x; }

void cli_add_number(pl_buffer *out, double x) {
    if (isnan(x))
        pl_buffer_char(out, '-');
    else
        pl_buffer_number(out, cli_shown(x));
}

void cli_add_change(pl_buffer *out, double by) {
    double change = isnan(by) ? by : cli_shown(by);
    if (isnan(change) || change == 0) {
        pl_buffer_char(out, isnan(change) ? '-' : '=');
        return;
    }
    pl_buffer_text(out, change > 0 ? "+" : "");
    pl_buffer_number(out, change);
}
