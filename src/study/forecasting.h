/* What the parts of the forecast share. */
#ifndef PLUMBLINE_STUDY_FORECASTING_H
#define PLUMBLINE_STUDY_FORECASTING_H

#include <plumbline/study/forecast.h>

#include <math.h>

#define MOST_SLOTS 12

/* Parts of a year's whole that its slots usually have; of cumulative figures what has been come to by then, over the year's last.
 */
typedef struct pl_season {
    double part[MOST_SLOTS];
    size_t years; /* that it is known from; 0: not known */
} pl_season;

/* One unit in one earlier year: the periods up to the same point forecast the ones after it. */
typedef struct pl_case {
    uint32_t unit, years_back;
} pl_case;

/* The values of one element in periods of one kind. A period's ordinal (period.h) minus `first` is its column. */
typedef struct pl_series {
    pl_forecast_series *facts;
    const pl_dataset *data; /* what is known: without what is later than as_of */
    size_t units;
    int64_t first, last, end; /* ordinals: of the first and the last period with values, and of the last to be forecast */
    int64_t slots;            /* periods to a year; an ordinal's slot is its remainder */
    size_t width;             /* end - first + 1 */
    bool expected[MOST_SLOTS];
    double least, most;         /* forecasts are kept within; infinite: they are not */
    double *values;             /* unit * width + column; NAN: missing */
    int64_t *origin;            /* per unit: the last ordinal it has a value of; -1: it is not forecast */
    double *scale;              /* per unit: mean absolute step */
    pl_season *pooled;          /* per year from that of `first` on: from all years before it, of all units */
    size_t years;               /* of `pooled` */
    pl_forecast_method *method; /* per unit */
    pl_case *cases;
    size_t case_count;
    size_t *case_of;  /* unit * most_back + years_back - 1: 1 + the case; 0: none */
    size_t most_back; /* years */
    double *errors;   /* per case and period to come, case * ahead + (end - ordinal): ratio, or difference over scale; NAN: none */
    size_t ahead;
    double *forecast; /* unit * ahead + (end - ordinal); NAN: none */
} pl_series;

static inline double *pl_series_row(const pl_series *s, size_t unit) { return s->values + unit * s->width; }
static inline size_t pl_series_slot(const pl_series *s, int64_t ordinal) { return (size_t)(ordinal % s->slots); }

/* The period of a kind with this ordinal, and its label. */
pl_period pl_period_numbered(pl_period_kind kind, int64_t ordinal);
void pl_period_write(pl_period period, pl_buffer *out);

/* Reads the series of an element; *out is zeroed first. False in *any where it has no values of this kind, or needs no forecast up
 * to the month `until`. */
pl_status pl_series_make(pl_series *out, const pl_model *model, const pl_dataset *data, size_t element, pl_period_kind kind,
                         int64_t until, pl_forecast_series *facts, bool *any);
void pl_series_free(pl_series *series);

/* Adds a year of a unit to a season: the parts of its whole. False where the year is not complete, or comes to nothing. */
bool pl_series_add_year(const pl_series *s, size_t unit, int64_t year, pl_season *to);
void pl_season_mean(pl_season *season); /* of the years that were added */

/* Forecasts the periods after `origin` up to `end` (an ordinal) from the values of a unit up to it; to[t - origin - 1]. False where
 * the method has too little to go by. */
bool pl_series_predict(const pl_series *s, pl_forecast_method method, size_t unit, int64_t origin, int64_t end, double *to);

/* Tests the methods on earlier years, chooses (unless `method` says which), and forecasts. */
pl_status pl_series_forecast(pl_series *s, pl_forecast_method method);

/* Today and the year's end. */
typedef struct pl_forecast_models {
    const pl_model *model;
    pl_model today_model, then_model; /* the same but for their dates */
    pl_dataset *today_data, *then_data;
    pl_compiled *today, *then;
    pl_scores *today_scores, *then_scores;
    pl_series *series; /* one for each of pl_forecast.series */
    size_t count;
    int64_t known; /* months from year 0 up to which values are known */
    int64_t limit; /* that --as-of sets; 0: none */
    pl_period now, target;
} pl_forecast_models;

/* Finds out from where to where (forecast_span.c): sets as_of, now, to, known and target. */
pl_status pl_forecast_span(pl_forecast *f, const pl_dataset *data, const pl_forecast_options *options, pl_problems *problems);

/* Compiles the lamps' conditions for the year's end and counts; the leaves of one unit get theirs. */
pl_status pl_forecast_light(pl_forecast *f, size_t unit, pl_pool *pool, pl_problems *problems);

/* Which nodes of the year's end rest on values whose errors are not known, per node of the program; the array is the caller's
 * (free). */
pl_status pl_forecast_unknown(const pl_forecast_models *models, bool **out);

/* The value of a node for a unit in the period that is scored; NAN: there is none. */
double pl_forecast_value(const pl_scores *scores, pl_node node, size_t unit);

/* Runs the simulation: bands of totals and places, and of the leaves of one unit. */
pl_status pl_forecast_simulate(pl_forecast *f, const pl_forecast_options *options);

#endif
