#include "report/picture_matrix.h"

#include <plumbline/base/number.h>

#include <math.h>

static double around_half(double share) { return 2 * share - 1; }

/* Only what is certain is 0 or 100. */
static pl_str per_cent(picture *p, double share) {
    char text[PL_FIXED_SIZE];
    if (share > 0 && share < 0.01) return pl_str_of("<1");
    if (share < 1 && share > 0.99) return pl_str_of(">99");
    pl_number_fixed(text, fmin(fmax(share, 0), 1) * 100, 0);
    return picture_format(p, "%s", text);
}

pl_status pl_picture_dominance(pl_output *output, const pl_picture_matrix *data, const pl_picture_options *options,
                               pl_problems *problems) {
    picture p;
    picture_open(&p, output, options, problems);
    const matrix_kind kind = {
        .name = picture_word(&p, "How often each unit is ahead", "优胜概率热图"),
        .scale = picture_word(&p, "share of runs in which the row is ahead of the column, %", "行单位名次优于列单位的概率（%）"),
        .ends = {"0", "50", "100"},
        .at = around_half,
        .text = per_cent,
        .places = true,
    };
    return picture_matrix_draw(&p, &kind, data);
}
