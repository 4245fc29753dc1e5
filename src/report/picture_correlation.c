#include "report/picture_matrix.h"

#include <plumbline/base/number.h>

#include <math.h>

static double as_it_is(double correlation) { return correlation; }

static pl_str two_decimals(picture *p, double correlation) {
    char text[PL_FIXED_SIZE];
    pl_number_fixed(text, fmin(fmax(correlation, -1), 1), 2);
    return text[0] == '-' ? picture_format(p, "−%s", text + 1) : picture_format(p, "%s", text);
}

pl_status pl_picture_correlation(pl_output *output, const pl_picture_matrix *data, const pl_picture_options *options,
                                 pl_problems *problems) {
    picture p;
    picture_open(&p, output, options, problems);
    const matrix_kind kind = {
        .name = picture_word(&p, "Correlations", "相关热图"),
        .scale = picture_word(&p, "correlation", "相关系数"),
        .ends = {"−1", "0", "1"},
        .at = as_it_is,
        .text = two_decimals,
        .diagonal = true,
    };
    return picture_matrix_draw(&p, &kind, data);
}
