/* Where everybody will stand at the year's end: the missing periods of every element forecast from those that are there, put into
 * a copy of the data and scored by the model's own rules, with a band from what the same methods got wrong in earlier years.
 *
 * Nothing is assumed about the model: it may sum months, compare with the year before, or look at the last value. Events are as
 * they are, none is forecast; the last ballots stand. */
#ifndef PLUMBLINE_STUDY_FORECAST_H
#define PLUMBLINE_STUDY_FORECAST_H

#include <plumbline/score/score.h>

/* How a value to come is told from those before it, v[t] the value of period t, n periods to a year, o the last period known. */
typedef enum pl_forecast_method {
    PL_FORECAST_LAST,     /* v[o] */
    PL_FORECAST_SEASONAL, /* v[t - n]: the same period of the year before */
    PL_FORECAST_GROWTH,   /* v[t - n] times this year so far over the same periods of the year before */
    PL_FORECAST_SHARE,    /* this year so far / the share of a year that is usually done by now, times the share of period t */
    PL_FORECAST_TREND,    /* the line with the least squares over all periods of the kind (of cumulative figures: of this year) */
    PL_FORECAST_METHODS,
    PL_FORECAST_CHOOSE = PL_FORECAST_METHODS, /* the one that would have been best in earlier years */
} pl_forecast_method;

const char *pl_forecast_method_name(pl_forecast_method method); /* "last", "seasonal", "growth", "share", "trend" */

/* Fewer errors than this tell next to nothing about the next one: the band is then a guess. */
#define PL_FORECAST_ERRORS 8

typedef struct pl_forecast_options {
    pl_str as_of; /* stand at the end of this period, as if nothing later were known; empty: at the end of the data */
    pl_str to;    /* the period to forecast and score; empty: the year's end */
    pl_forecast_method method;
    uint64_t seed;
    size_t runs; /* of the simulation; 0: no band */
    size_t unit; /* whose indicators get a band too; PL_NO_INDEX: nobody's */
    pl_pool *pool;
} pl_forecast_options;

/* What a method got wrong, standing at the same point of earlier years. NAN where it is not known. */
typedef struct pl_forecast_error {
    double mae;     /* mean absolute error of a period, in the element's own measure */
    double percent; /* mean of abs(error / value); only where values are away from 0 */
    double scaled;  /* mean absolute error over the unit's mean absolute step from one period to the next: 1 is as wrong as that */
} pl_forecast_error;

/* The values of one element in periods of one kind. */
typedef struct pl_forecast_series {
    size_t element;                                /* of the dataset */
    pl_period_kind kind;                           /* of its periods */
    pl_str last;                                   /* the last period that has values */
    bool cumulative;                               /* totals since the beginning of the year */
    bool relative;                                 /* values are away from 0, so errors are taken as ratios */
    bool tested;                                   /* there was history enough to choose by; else `last` */
    pl_forecast_method method;                     /* pooled over the units */
    size_t with_own;                               /* units with history enough to have a method of their own */
    size_t cases;                                  /* unit and year pairs that were forecast and compared */
    pl_forecast_error errors[PL_FORECAST_METHODS]; /* of each method */
    pl_forecast_error error;                       /* of the methods used */
} pl_forecast_series;

typedef struct pl_forecast_band {
    double low, high; /* 5 % and 95 % of the runs lie below; NAN: there is no band, or it is not known, since nothing that it rests
                         on has errors of earlier years */
} pl_forecast_band;

/* A unit, now and then. */
typedef struct pl_forecast_line {
    uint32_t unit;
    bool has_now, has_then; /* totals */
    double now, rank_now, then, rank_then;
    pl_forecast_band total, rank;
    double keeps, first; /* share of the runs in which it keeps its place or betters it, and is the first; NAN: not known */
} pl_forecast_line;

#define PL_LAMP_NONE UINT32_MAX /* no condition holds, or none can be told: there is no value */
#define PL_LAMP_DOES_NOT_APPLY (UINT32_MAX - 1)

/* An indicator without others below it, of the unit that was asked for. Values are as reported; NAN where missing. */
typedef struct pl_forecast_leaf {
    size_t indicator;
    double now, then, points_now, points;
    pl_forecast_band value, score;
    uint32_t lamp; /* of pl_forecast.lamps, or one of the above */
} pl_forecast_leaf;

typedef enum pl_forecast_trust {
    PL_FORECAST_NO_BAND, /* no errors are known, or no runs were asked for, or it is too much (pl_forecast.too_large) */
    PL_FORECAST_GUESS,   /* some element has fewer than PL_FORECAST_ERRORS */
    PL_FORECAST_BAND,
} pl_forecast_trust;

typedef struct pl_forecast {
    pl_arena arena;
    pl_str as_of, now, to; /* the last period known, the one scored today, and the one forecast */
    pl_forecast_series *series;
    size_t series_count;
    pl_forecast_line *lines; /* by place at the year's end */
    size_t line_count;
    const pl_lamp *lamps; /* the model's, or the usual ones: green, yellow, red */
    size_t lamp_count;
    bool own_lamps;
    size_t *lit;              /* per line: how many leaves have each lamp, and (one more) how many have none; those that do not
                                 apply are not counted */
    pl_forecast_leaf *leaves; /* of options.unit */
    size_t leaf_count;
    pl_forecast_trust trust;
    bool too_large; /* for a simulation */
    size_t runs;
    struct pl_forecast_models *models; /* private: data and scores of today and of the year's end */
} pl_forecast;

/* Forecasts. The model and dataset must outlive the result. PL_INPUT, and *out NULL, where something is wrong: E851 no calendar
 * periods, E852 a period that cannot be forecast, a lamp's condition, and what pl_compile and pl_score find; W851 the setting
 * `cumulative` names what is not there. The same result on any number of threads. */
pl_status pl_forecast_make(pl_forecast **out, const pl_model *model, const pl_dataset *dataset, const pl_forecast_options *options,
                           pl_problems *problems);
void pl_forecast_free(pl_forecast *forecast); /* NULL is allowed */

/* The data as it is taken to be at the year's end. */
const pl_dataset *pl_forecast_data(const pl_forecast *forecast);

typedef struct pl_course_options {
    const uint32_t *units;
    size_t unit_count;
    size_t indicator; /* one without others below it, whose values are wanted; PL_NO_INDEX: totals */
    pl_pool *pool;
} pl_course_options;

/* How units came to where they stand, and how they go on, in all periods of the kind that is scored. */
typedef struct pl_forecast_course {
    pl_arena arena;
    pl_str *periods; /* in order of time; the last is the one that is forecast */
    size_t count;
    size_t first;     /* before it nothing is known of any of the units */
    double *known;    /* per unit and period, unit * count + period: up to today; NAN: nothing */
    double *expected; /* likewise what is forecast; of a period under way there may be both */
} pl_forecast_course;

/* The totals, as they are published, of some units in all periods, or their values of an indicator. A year of which the data has
 * only the parts is one of the periods where it has the first of them. Returns PL_OK, PL_MEMORY, or PL_INPUT where the earlier
 * periods cannot be scored at all; pl_forecast_course_free in any case. */
pl_status pl_forecast_course_find(pl_forecast_course *out, const pl_forecast *forecast, const pl_course_options *options);
void pl_forecast_course_free(pl_forecast_course *course);

#endif
