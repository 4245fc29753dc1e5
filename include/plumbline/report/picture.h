/* Pictures of what a study found: SVG, and PNG at two pixels for each unit of length, from the same drawing.
 *
 * The data are plain numbers and texts that the caller owns; NaN is a value that is missing and stays blank. The same data make
 * the same bytes with the same libraries and fonts. A text that is too long for its place ends in an ellipsis. Texts are outlines
 * of "Noto Sans CJK SC" with China's shapes of characters, so a picture looks alike wherever it is opened. */
#ifndef PLUMBLINE_REPORT_PICTURE_H
#define PLUMBLINE_REPORT_PICTURE_H

#include <plumbline/base/problems.h>
#include <plumbline/table/write.h>

/* No unit is chosen. */
#define PL_PICTURE_NONE ((size_t)-1)
/* Most rows of a chart of rows, and of a matrix. Where there are more, the first are drawn and those around the chosen one, and
 * the picture says so. */
#define PL_PICTURE_ROWS 500
#define PL_PICTURE_MATRIX 200

typedef enum pl_picture_format { PL_PICTURE_SVG, PL_PICTURE_PNG } pl_picture_format;

typedef struct pl_picture_options {
    pl_picture_format format;
    bool chinese;    /* axes, legends and notes; titles are the caller's */
    pl_str title;    /* empty: what kind of picture it is */
    pl_str subtitle; /* empty: none */
    pl_str note;     /* empty: none; below the picture */
    size_t chosen;   /* the row that is brought out, or PL_PICTURE_NONE */
    size_t most;     /* draw no more rows than this; 0: as many as the kind of picture takes */
} pl_picture_options;

/* All of them: PL_IO with E703 where no font is installed, W701 where it is not the one above and characters may look odd; the
 * output's own status when it fails; PL_MEMORY. Nothing is written of an SVG that could not be finished. (glib, which shapes the
 * texts, ends the process when memory runs out within it.) */

/* One unit's places over all runs. */
typedef struct pl_place_band {
    pl_str label;
    double nominal; /* the place as scored; rows go by it, missing ones last */
    double median;
    double low, high; /* what 5 and 95 % of the runs do not pass */
    size_t group;     /* index into `groups` */
} pl_place_band;

typedef struct pl_place_bands {
    const pl_place_band *bands;
    size_t count;
    size_t places;        /* the axis goes from 1 to it; 0: to the largest place there is */
    const pl_str *groups; /* names for the legend */
    size_t group_count;   /* 0: one colour for all */
} pl_place_bands;

/* 名次区间图: how sure is each place? */
pl_status pl_picture_places(pl_output *output, const pl_place_bands *data, const pl_picture_options *options,
                            pl_problems *problems);

/* A square matrix, row by row: cells[i * count + j]. */
typedef struct pl_picture_matrix {
    const pl_str *labels;
    const double *cells;
    size_t count;
} pl_picture_matrix;

/* 优胜概率热图: how often the unit of the row is ahead of the unit of the column, 0 to 1; the diagonal is not read. In order of
 * place. */
pl_status pl_picture_dominance(pl_output *output, const pl_picture_matrix *data, const pl_picture_options *options,
                               pl_problems *problems);

/* 相关热图: correlations, -1 to 1. */
pl_status pl_picture_correlation(pl_output *output, const pl_picture_matrix *data, const pl_picture_options *options,
                                 pl_problems *problems);

/* How much of the result's variance an assumption accounts for, alone and together with others, with confidence intervals. */
typedef struct pl_sensitivity_bar {
    pl_str label;
    double first, first_low, first_high;
    double total, total_low, total_high;
} pl_sensitivity_bar;

/* 敏感性条形图, in the order given. */
pl_status pl_picture_sensitivity(pl_output *output, const pl_sensitivity_bar *bars, size_t count, const pl_picture_options *options,
                                 pl_problems *problems);

typedef struct pl_trend_point {
    pl_str period;
    double actual;
    double forecast;
    double low, high; /* 5 and 95 % of what may come */
} pl_trend_point;

typedef struct pl_trend {
    const pl_trend_point *points; /* in order of time; of very many the last are drawn */
    size_t count;
    double target;  /* NaN: none */
    pl_str measure; /* what is measured and in what unit, above the axis; may be empty */
} pl_trend;

/* 趋势带图: what was, what may come, and where it should be. `chosen` is not read. */
pl_status pl_picture_trend(pl_output *output, const pl_trend *data, const pl_picture_options *options, pl_problems *problems);

/* Several things side by side over the same periods. */
typedef struct pl_trends {
    const pl_str *labels;         /* per line */
    const pl_trend_point *points; /* `count` of each line, in order of time; the periods are those of the first */
    size_t lines, count;
    pl_str measure; /* as above */
} pl_trends;

/* 走势对比图: the same, the bands as bars beside the points, each line with a colour and a mark of its own. */
pl_status pl_picture_trends(pl_output *output, const pl_trends *data, const pl_picture_options *options, pl_problems *problems);

typedef struct pl_growth_series {
    pl_str label;
    const double *x, *y; /* what is not positive has no place and is left out */
    size_t count;
} pl_growth_series;

typedef struct pl_growth {
    const pl_growth_series *series;
    size_t count;
    pl_str x_measure, y_measure; /* what the axes show */
} pl_growth;

/* 增长图: how one thing grows with another, both axes by powers of ten. `chosen` and `most` are not read. */
pl_status pl_picture_growth(pl_output *output, const pl_growth *data, const pl_picture_options *options, pl_problems *problems);

#endif
