/* The forecast on data whose answer is known: made by one of the methods, or worked out by hand. */
#include <plumbline/base/number.h>
#include <plumbline/study/forecast.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A model and its data, loaded, and the forecast of it. */
typedef struct world {
    pl_buffer data;
    pl_problems problems;
    pl_pool *pool;
    pl_model *model;
    pl_dataset *dataset;
    pl_forecast *forecast;
} world;

static void begin(world *w) {
    *w = (world){0};
    pl_buffer_init(&w->data, 0);
    pl_problems_init(&w->problems, 0);
    pl_buffer_text(&w->data, "unit,period,v\n");
}

static void put(world *w, int unit, int year, int month, double value) {
    pl_buffer_print(&w->data, "u%d,%d-%02d,", unit, year, month);
    pl_buffer_number(&w->data, value);
    pl_buffer_char(&w->data, '\n');
}

static pl_status make(world *w, const char *indicators, const char *settings, const pl_forecast_options *options) {
    const pl_sheet sheets[] = {{"indicators.csv", NULL, pl_str_of(indicators)},
                               {"settings.csv", NULL, pl_str_of(settings)},
                               {"data.csv", NULL, pl_buffer_view(&w->data)}};
    assert_false(w->data.failed);
    assert_int_equal(pl_model_load_sheets(&w->model, "model", sheets, 3, &w->problems), PL_OK);
    assert_int_equal(pl_dataset_load(&w->dataset, w->model, NULL, &w->problems), PL_OK);
    return pl_forecast_make(&w->forecast, w->model, w->dataset, options, &w->problems);
}

static void end(world *w) {
    pl_forecast_free(w->forecast);
    pl_dataset_free(w->dataset);
    pl_model_free(w->model);
    pl_pool_free(w->pool);
    pl_problems_free(&w->problems);
    pl_buffer_free(&w->data);
}

static const char last_value[] = "code,parent,score\nt,,\nv,t,x\n";
static const char year_sum[] = "code,parent,value,score\nt,,,\na,t,sum(v over months),x\n";
static const char no_settings[] = "key,value\n";

static const pl_forecast_options chosen = {.method = PL_FORECAST_CHOOSE, .unit = PL_NO_INDEX};

/* The value of v in a period of the year's end data. */
static double value_in(const world *w, size_t unit, const char *label) {
    const pl_dataset *d = pl_forecast_data(w->forecast);
    size_t period = pl_dataset_find_period(d, pl_str_of(label));
    assert_int_not_equal(period, PL_NO_INDEX);
    return pl_element_number(&d->elements[0], period * d->unit_count + unit);
}

static void assert_near(double found, double wanted) {
    if (!(fabs(found - wanted) <= 1e-9 * (1 + fabs(wanted)))) fail_msg("%.15g is not %.15g", found, wanted);
}

static const pl_forecast_line *line_of(const world *w, uint32_t unit) {
    for (size_t i = 0; i < w->forecast->line_count; i++)
        if (w->forecast->lines[i].unit == unit) return &w->forecast->lines[i];
    fail_msg("unit %u has no line", unit);
    return NULL;
}

/* ---- worked by hand ---- */

/* 60 % of the year by August: 7.5 in each of eight months, 10 in each of four. With 66 done in 2025 the year comes to 110. */
static void test_share_of_the_year(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int year = 2023; year <= 2025; year++)
        for (int month = 1; month <= (year == 2025 ? 8 : 12); month++)
            put(&w, 1, year, month, (month <= 8 ? 7.5 : 10) * (year == 2025 ? 1.1 : 1));
    pl_forecast_options options = {.method = PL_FORECAST_SHARE, .unit = PL_NO_INDEX};
    assert_int_equal(make(&w, year_sum, no_settings, &options), PL_OK);
    assert_true(pl_str_is(w.forecast->as_of, "2025-08"));
    assert_true(pl_str_is(w.forecast->to, "2025-12"));
    assert_near(value_in(&w, 0, "2025-09"), 11);
    assert_near(line_of(&w, 0)->now, 66);
    assert_near(line_of(&w, 0)->then, 110);
    assert_false(w.forecast->series[0].cumulative);
    end(&w);
}

/* The same figures as totals since January: the share applies to the value itself. */
static void test_share_of_cumulative_figures(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int year = 2023; year <= 2025; year++) {
        double sum = 0;
        for (int month = 1; month <= (year == 2025 ? 8 : 12); month++)
            put(&w, 1, year, month, sum += (month <= 8 ? 7.5 : 10) * (year == 2025 ? 1.1 : 1));
    }
    pl_forecast_options options = {.method = PL_FORECAST_SHARE, .unit = PL_NO_INDEX};
    assert_int_equal(make(&w, last_value, no_settings, &options), PL_OK);
    assert_true(w.forecast->series[0].cumulative);
    assert_near(value_in(&w, 0, "2025-09"), 77);
    assert_near(line_of(&w, 0)->now, 66);
    assert_near(line_of(&w, 0)->then, 110);
    end(&w);
}

/* Who says what is cumulative is believed: as flows the sum so far, 7.5 (1 + ... + 8), is another thing. */
static void test_the_setting_cumulative_decides(void **state) {
    (void)state;
    static const char *const settings[] = {"key,value\ncumulative,none\n", "key,value\ncumulative,\"v, w\"\n"};
    for (int declared = 0; declared < 2; declared++) {
        world w;
        begin(&w);
        for (int month = 1; month <= 8; month++) put(&w, 1, 2025, month, 7.5 * month);
        assert_int_equal(make(&w, last_value, settings[declared], &chosen), PL_OK);
        assert_int_equal(w.forecast->series[0].cumulative, declared);
        assert_int_equal(w.problems.warnings, declared); /* w is no element */
        end(&w);
    }
}

static void test_line_through_years(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int unit = 1; unit <= 3; unit++)
        for (int year = 2019; year <= 2024; year++)
            pl_buffer_print(&w.data, "u%d,%d,%d\n", unit, year, 10 * unit + unit * (year - 2019));
    assert_int_equal(make(&w, last_value, no_settings, &chosen), PL_OK);
    assert_true(pl_str_is(w.forecast->now, "2024"));
    assert_true(pl_str_is(w.forecast->to, "2025"));
    assert_int_equal(w.forecast->series[0].method, PL_FORECAST_TREND);
    assert_int_equal(w.forecast->series[0].cases, 9); /* of each unit, standing in 2021, 2022 and 2023 */
    assert_near(w.forecast->series[0].errors[PL_FORECAST_LAST].mae, 2);
    for (uint32_t unit = 0; unit < 3; unit++) assert_near(line_of(&w, unit)->then, 16 * (unit + 1));
    end(&w);
}

/* Growth: 12 % more than in the same months of the year before, month by month. */
static void test_growth_on_the_year_before(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int month = 1; month <= 12; month++) put(&w, 1, 2024, month, month * month);
    for (int month = 1; month <= 6; month++) put(&w, 1, 2025, month, 1.12 * month * month);
    pl_forecast_options options = {.method = PL_FORECAST_GROWTH, .unit = PL_NO_INDEX};
    assert_int_equal(make(&w, last_value, no_settings, &options), PL_OK);
    for (int month = 7; month <= 12; month++) {
        char label[32];
        snprintf(label, sizeof label, "2025-%02d", month);
        assert_near(value_in(&w, 0, label), 1.12 * month * month);
    }
    end(&w);
}

/* ---- the choice ---- */

/* What each method would have made of the year before. Units differ in size, growth and, for growth, in the shape of the year. */
static double made_by(pl_forecast_method method, int unit, int year, int month) {
    static const int shape[] = {4, 3, 9, 7, 8, 12, 5, 6, 9, 10, 8, 19};
    double size = 10.0 * unit, since = year - 2022;
    double noise = (unit + month) % 2 ? 1.25 : 0.75; /* from year to year the other way round; over all units nothing is left */
    switch (method) {
    case PL_FORECAST_LAST: return size + (year * 7 + unit * 3) % 11;
    case PL_FORECAST_SEASONAL: return size * shape[month - 1];
    case PL_FORECAST_GROWTH: return size * shape[(month + 3 * unit) % 12] * (1 + since * unit / 10);
    case PL_FORECAST_SHARE: return size * shape[month - 1] * (1 + since / 10) * (year % 2 ? noise : 2 - noise);
    default: return size + unit * (12.0 * since + month);
    }
}

static void test_each_method_is_found_in_its_own_data(void **state) {
    (void)state;
    for (int m = 0; m < PL_FORECAST_METHODS; m++) {
        world w;
        begin(&w);
        for (int unit = 1; unit <= 6; unit++)
            for (int year = 2022; year <= 2025; year++)
                for (int month = 1; month <= (year == 2025 ? 8 : 12); month++)
                    put(&w, unit, year, month, made_by((pl_forecast_method)m, unit, year, month));
        assert_int_equal(make(&w, last_value, no_settings, &chosen), PL_OK);
        const pl_forecast_series *s = &w.forecast->series[0];
        assert_true(s->tested);
        assert_int_equal(s->cases, 12); /* six units, standing in August 2023 and 2024 */
        assert_string_equal(pl_forecast_method_name(s->method), pl_forecast_method_name((pl_forecast_method)m));
        if (m != PL_FORECAST_SHARE) assert_near(value_in(&w, 2, "2025-11"), made_by((pl_forecast_method)m, 3, 2025, 11));
        end(&w);
    }
}

/* With five earlier years to stand in, a unit has a method of its own. */
static void test_a_long_history_chooses_for_itself(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int unit = 1; unit <= 4; unit++)
        for (int year = 2018; year <= 2025; year++)
            for (int month = 1; month <= (year == 2025 ? 6 : 12); month++)
                put(&w, unit, year, month, made_by(unit == 4 ? PL_FORECAST_LAST : PL_FORECAST_SEASONAL, unit, year, month));
    assert_int_equal(make(&w, last_value, no_settings, &chosen), PL_OK);
    const pl_forecast_series *s = &w.forecast->series[0];
    assert_int_equal(s->with_own, 4);
    assert_int_equal(s->method, PL_FORECAST_GROWTH); /* right for the three, and less wrong for the fourth */
    assert_near(value_in(&w, 2, "2025-12"), made_by(PL_FORECAST_SEASONAL, 3, 2025, 12));
    assert_near(value_in(&w, 3, "2025-12"), made_by(PL_FORECAST_LAST, 4, 2025, 6));
    assert_near(s->error.mae, 0);
    end(&w);
}

/* ---- little or odd data ---- */

static void test_without_history_the_last_value_stands(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int month = 1; month <= 8; month++) put(&w, 1, 2025, month, month % 3 + 1);
    pl_forecast_options options = chosen;
    options.runs = 100;
    assert_int_equal(make(&w, last_value, no_settings, &options), PL_OK);
    assert_false(w.forecast->series[0].tested);
    assert_int_equal(w.forecast->series[0].cases, 0);
    assert_int_equal(w.forecast->series[0].method, PL_FORECAST_LAST);
    assert_near(line_of(&w, 0)->then, 3);
    assert_int_equal(w.forecast->trust, PL_FORECAST_NO_BAND);
    assert_true(isnan(line_of(&w, 0)->total.low));
    end(&w);
}

static void expect_problem(const char *data, const pl_forecast_options *options, const char *code) {
    world w;
    begin(&w);
    pl_buffer_clear(&w.data);
    pl_buffer_text(&w.data, data);
    assert_int_equal(make(&w, last_value, no_settings, options), PL_INPUT);
    assert_null(w.forecast);
    assert_int_equal(w.problems.errors, 1);
    bool found = false;
    for (size_t i = 0; i < w.problems.count; i++) found |= strcmp(w.problems.items[i].code, code) == 0;
    if (!found) fail_msg("%s is not among the problems of %s", code, data);
    end(&w);
}

static pl_forecast_options between(const char *as_of, const char *to) {
    return (pl_forecast_options){.as_of = pl_str_of(as_of), .to = pl_str_of(to), .method = PL_FORECAST_CHOOSE, .unit = PL_NO_INDEX};
}

static void test_what_cannot_be_forecast(void **state) {
    (void)state;
    pl_forecast_options options = chosen;
    expect_problem("unit,period,v\nu1,2025-01,\nu1,2025-02,\n", &options, "E851"); /* all missing */
    expect_problem("unit,period,v\nu1,spring,1\n", &options, "E851");
    expect_problem("unit,period,v\nu1,2025-12,1\n", &options, "E852"); /* the year is over */
    options = between("", "2025-08");
    expect_problem("unit,period,v\nu1,2025-08,1\n", &options, "E852");
    options = between("", "2028-01");
    expect_problem("unit,period,v\nu1,2025-08,1\n", &options, "E852");
    options = between("", "soon");
    expect_problem("unit,period,v\nu1,2025-08,1\n", &options, "E852");
    options = between("2024-12", "");
    expect_problem("unit,period,v\nu1,2025-08,1\n", &options, "E852");
    options = between("June", "");
    expect_problem("unit,period,v\nu1,2025-08,1\n", &options, "E852");
}

/* A survey of every June and December is no monthly figure: July to November stay empty. */
static void test_only_periods_that_are_reported_come(void **state) {
    (void)state;
    world w;
    begin(&w);
    pl_buffer_clear(&w.data);
    pl_buffer_text(&w.data, "unit,period,v,w\n");
    for (int year = 2023; year <= 2025; year++)
        for (int month = 1; month <= (year == 2025 ? 8 : 12); month++)
            pl_buffer_print(&w.data, "u1,%d-%02d,%s,%d\n", year, month, month % 6 ? "" : "80", month);
    assert_int_equal(make(&w, "code,parent,value,score\nt,,,\nv,t,,x\nw,t,,x\n", no_settings, &chosen), PL_OK);
    const pl_dataset *d = pl_forecast_data(w.forecast);
    static const char *const labels[] = {"2025-09", "2025-10", "2025-11", "2025-12"};
    for (size_t i = 0; i < 4; i++) {
        size_t row = pl_dataset_find_period(d, pl_str_of(labels[i]));
        assert_int_equal(pl_present(d->elements[0].present, row), i == 3);
        assert_true(pl_present(d->elements[1].present, row));
    }
    end(&w);
}

/* A unit that reported nothing for over a year has stopped; one that is two months late is caught up. */
static void test_late_and_stopped_units(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int month = 1; month <= 8; month++) put(&w, 1, 2025, month, 5);
    for (int month = 1; month <= 6; month++) put(&w, 2, 2025, month, 7);
    put(&w, 3, 2023, 12, 9);
    assert_int_equal(make(&w, year_sum, no_settings, &chosen), PL_OK);
    assert_near(line_of(&w, 0)->then, 60);
    assert_near(line_of(&w, 1)->now, 42);
    assert_near(line_of(&w, 1)->then, 84);
    for (size_t i = 0; i < w.forecast->line_count; i++)
        assert_true(w.forecast->lines[i].unit != 2 || !w.forecast->lines[i].has_then);
    end(&w);
}

/* ---- standing earlier ---- */

static void put_plausible(world *w, int units, int last_year, int last_month) {
    for (int unit = 1; unit <= units; unit++)
        for (int year = 2021; year <= last_year; year++)
            for (int month = 1; month <= (year == last_year ? last_month : 12); month++)
                put(w, unit, year, month, made_by(PL_FORECAST_SHARE, unit, year, month) + (unit * 13 + year * 7 + month * 5) % 17);
}

static void assert_same_lines(const pl_forecast *a, const pl_forecast *b) {
    assert_int_equal(a->line_count, b->line_count);
    for (size_t i = 0; i < a->line_count; i++) {
        const pl_forecast_line *x = &a->lines[i], *y = &b->lines[i];
        const double first[] = {x->now,        x->rank_now, x->then,      x->rank_then, x->total.low,
                                x->total.high, x->rank.low, x->rank.high, x->keeps,     x->first};
        const double second[] = {y->now,        y->rank_now, y->then,      y->rank_then, y->total.low,
                                 y->total.high, y->rank.low, y->rank.high, y->keeps,     y->first};
        assert_int_equal(x->unit, y->unit);
        assert_memory_equal(first, second, sizeof first);
    }
}

static void test_as_of_knows_nothing_later(void **state) {
    (void)state;
    world whole, cut;
    pl_forecast_options options = chosen;
    options.runs = 60;
    begin(&whole);
    put_plausible(&whole, 5, 2025, 8);
    options.as_of = pl_str_of("2024-06");
    assert_int_equal(make(&whole, year_sum, no_settings, &options), PL_OK);
    assert_true(pl_str_is(whole.forecast->to, "2024-12"));
    begin(&cut);
    put_plausible(&cut, 5, 2024, 6);
    options.as_of = (pl_str){0};
    assert_int_equal(make(&cut, year_sum, no_settings, &options), PL_OK);
    assert_same_lines(whole.forecast, cut.forecast);
    end(&whole);
    end(&cut);
}

/* ---- the band ---- */

static void test_same_band_on_any_number_of_threads(void **state) {
    (void)state;
    world one, four, other;
    pl_forecast_options options = chosen;
    options.runs = 200;
    options.seed = 7;
    options.unit = 1;
    world *const worlds[] = {&one, &four, &other};
    for (int i = 0; i < 3; i++) {
        begin(worlds[i]);
        put_plausible(worlds[i], 5, 2025, 8);
        assert_int_equal(pl_pool_create(&worlds[i]->pool, i == 1 ? 4 : 1), PL_OK);
        options.pool = worlds[i]->pool;
        if (i == 2) options.seed = 8;
        assert_int_equal(make(worlds[i], year_sum, no_settings, &options), PL_OK);
    }
    assert_same_lines(one.forecast, four.forecast);
    assert_memory_equal(one.forecast->leaves, four.forecast->leaves, sizeof *one.forecast->leaves);
    assert_int_equal(one.forecast->trust, PL_FORECAST_BAND);
    bool differs = false;
    for (size_t i = 0; i < 5; i++) differs |= one.forecast->lines[i].total.low != other.forecast->lines[i].total.low;
    assert_true(differs);
    for (size_t i = 0; i < 3; i++) end(worlds[i]);
}

/* Two units, of which one was forecast too high by a tenth in the one year known, the other too low: every run gives each unit one
 * of these errors, so the band's ends are 0.9 and 1.1 of what each has to come. */
static void test_band_is_made_of_the_errors_met(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int unit = 1; unit <= 2; unit++) {
        for (int month = 1; month <= 12; month++) put(&w, unit, 2023, month, 100);
        for (int month = 1; month <= 12; month++) put(&w, unit, 2024, month, month <= 8 ? 100 : unit == 1 ? 90 : 110);
        for (int month = 1; month <= 8; month++) put(&w, unit, 2025, month, 200);
    }
    pl_forecast_options options = {.method = PL_FORECAST_LAST, .runs = 400, .unit = 0};
    assert_int_equal(make(&w, year_sum, no_settings, &options), PL_OK);
    assert_int_equal(w.forecast->trust, PL_FORECAST_GUESS); /* two errors */
    assert_near(line_of(&w, 0)->then, 2400);
    assert_near(line_of(&w, 0)->total.low, 1600 + 4 * 180);
    assert_near(line_of(&w, 1)->total.high, 1600 + 4 * 220);
    assert_near(w.forecast->leaves[0].value.low, 2320);
    assert_near(w.forecast->leaves[0].score.high, 2480);
    assert_near(line_of(&w, 0)->keeps, line_of(&w, 0)->first);                 /* both are first today */
    assert_true(line_of(&w, 0)->first > 0.65 && line_of(&w, 0)->first < 0.85); /* alone first 1 in 4, level 1 in 2 */
    end(&w);
}

/* ---- the way there ---- */

static void assert_numbers(const double *found, const double *wanted, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (isnan(wanted[i]))
            assert_true(isnan(found[i]));
        else
            assert_near(found[i], wanted[i]);
    }
}

/* 5 a month in 2024 and 10 in 2025: sums since January, in the months that are known and in those to come. */
static void test_course_of_months(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int month = 1; month <= 20; month++) put(&w, 1, 2024 + (month - 1) / 12, (month - 1) % 12 + 1, month <= 12 ? 5 : 10);
    pl_forecast_options options = {.method = PL_FORECAST_LAST, .unit = 0};
    assert_int_equal(make(&w, year_sum, no_settings, &options), PL_OK);
    const uint32_t unit = 0;
    pl_forecast_course totals;
    assert_int_equal(pl_forecast_course_find(&totals, w.forecast, &(pl_course_options){&unit, 1, PL_NO_INDEX, NULL}), PL_OK);
    assert_int_equal(totals.count, 24);
    assert_int_equal(totals.first, 0);
    assert_true(pl_str_is(totals.periods[0], "2024-01") && pl_str_is(totals.periods[23], "2025-12"));
    const double known[] = {5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 10, 20, 30, 40, 50, 60, 70, 80, NAN, NAN, NAN, NAN};
    assert_numbers(totals.known, known, 24);
    const double expected[] = {NAN, 90, 100, 110, 120};
    assert_numbers(totals.expected + 19, expected, 5);
    pl_forecast_course values;
    assert_int_equal(pl_forecast_course_find(&values, w.forecast, &(pl_course_options){&unit, 1, 1, NULL}), PL_OK);
    assert_memory_equal(values.known, totals.known, 20 * sizeof *known);
    assert_numbers(values.expected + 19, expected, 5);
    pl_forecast_course_free(&values);
    pl_forecast_course_free(&totals);
    end(&w);
}

/* Years are scored and months are reported: of the year under way there is what it comes to today and what it will, and a year of
 * which the beginning is not known is none. */
static void test_course_of_years(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int month = -1; month <= 20; month++) /* from November 2023 on */
        put(&w, 1, 2024 + (month <= 0 ? -1 : (month - 1) / 12), (month + 11) % 12 + 1, 5);
    pl_forecast_options options = {.method = PL_FORECAST_LAST, .unit = PL_NO_INDEX};
    assert_int_equal(make(&w, year_sum, "key,value\nperiod,2025\n", &options), PL_OK);
    const uint32_t unit = 0;
    pl_forecast_course totals;
    assert_int_equal(pl_forecast_course_find(&totals, w.forecast, &(pl_course_options){&unit, 1, PL_NO_INDEX, NULL}), PL_OK);
    assert_int_equal(totals.count, 2);
    const double known[] = {60, 40}, expected[] = {NAN, 60};
    assert_numbers(totals.known, known, 2);
    assert_numbers(totals.expected, expected, 2);
    pl_forecast_course_free(&totals);
    end(&w);
}

/* Standing at the end of August 2024: what came later is not known. A unit without any values is nowhere. */
static void test_course_as_of(void **state) {
    (void)state;
    world w;
    begin(&w);
    for (int month = 1; month <= 20; month++) put(&w, 1, 2024 + (month - 1) / 12, (month - 1) % 12 + 1, month);
    put(&w, 2, 2025, 3, 1);
    pl_forecast_options options = {.method = PL_FORECAST_LAST, .as_of = pl_str_of("2024-08"), .unit = PL_NO_INDEX};
    assert_int_equal(make(&w, last_value, no_settings, &options), PL_OK);
    const uint32_t units[] = {1, 0};
    pl_forecast_course totals;
    assert_int_equal(pl_forecast_course_find(&totals, w.forecast, &(pl_course_options){units, 2, PL_NO_INDEX, NULL}), PL_OK);
    assert_int_equal(totals.count, 12);
    for (size_t p = 0; p < 12; p++) {
        assert_true(isnan(totals.known[p]) && isnan(totals.expected[p]));
        assert_near(p < 8 ? totals.known[12 + p] : totals.expected[12 + p], p < 8 ? (double)p + 1 : 8);
        assert_true(isnan(p < 8 ? totals.expected[12 + p] : totals.known[12 + p]));
    }
    pl_forecast_course_free(&totals);
    pl_forecast_course alone;
    assert_int_equal(pl_forecast_course_find(&alone, w.forecast, &(pl_course_options){units, 1, PL_NO_INDEX, NULL}), PL_OK);
    assert_int_equal(alone.first, alone.count);
    pl_forecast_course_free(&alone);
    end(&w);
}

/* ---- lamps ---- */

static void test_lamps_of_the_model(void **state) {
    (void)state;
    static const char indicators[] = "code,parent,full,target,applies,value,combine,score\nt,,,,,,sum,\n"
                                     "a,t,10,30,,v,,\"min(full, full * x / target)\"\nb,t,10,,,v * 2,,\"min(full, x / 10)\"\n"
                                     "c,t,10,,\"unit.code <> \"\"u1\"\"\",v,,x\n";
    static const char lamps[] = "name,condition,note\nblue,x >= target,reached\nwhite,points >= 50% * full,\n";
    world w;
    begin(&w);
    for (int month = 1; month <= 8; month++) {
        put(&w, 1, 2025, month, 30);
        put(&w, 2, 2025, month, 4);
    }
    const pl_sheet sheets[] = {{"indicators.csv", NULL, pl_str_of(indicators)},
                               {"lamps.csv", NULL, pl_str_of(lamps)},
                               {"data.csv", NULL, pl_buffer_view(&w.data)}};
    assert_int_equal(pl_model_load_sheets(&w.model, "model", sheets, 3, &w.problems), PL_OK);
    assert_int_equal(pl_dataset_load(&w.dataset, w.model, NULL, &w.problems), PL_OK);
    pl_forecast_options options = chosen;
    options.unit = 0;
    assert_int_equal(pl_forecast_make(&w.forecast, w.model, w.dataset, &options, &w.problems), PL_OK);
    assert_true(w.forecast->own_lamps);
    assert_int_equal(w.forecast->leaves[0].lamp, 0); /* 30 of 30 */
    assert_int_equal(w.forecast->leaves[1].lamp, 1); /* no target, so x >= target does not hold; 6 of 10 points */
    assert_int_equal(w.forecast->leaves[2].lamp, PL_LAMP_DOES_NOT_APPLY);
    const size_t wanted[] = {1, 1, 0, 0, 0, 3}; /* u1: one blue, one white; u2: 1.3, 0.8 and 4 points light nothing */
    assert_memory_equal(w.forecast->lit, wanted, sizeof wanted);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share_of_the_year),
        cmocka_unit_test(test_share_of_cumulative_figures),
        cmocka_unit_test(test_the_setting_cumulative_decides),
        cmocka_unit_test(test_line_through_years),
        cmocka_unit_test(test_growth_on_the_year_before),
        cmocka_unit_test(test_each_method_is_found_in_its_own_data),
        cmocka_unit_test(test_a_long_history_chooses_for_itself),
        cmocka_unit_test(test_without_history_the_last_value_stands),
        cmocka_unit_test(test_what_cannot_be_forecast),
        cmocka_unit_test(test_only_periods_that_are_reported_come),
        cmocka_unit_test(test_late_and_stopped_units),
        cmocka_unit_test(test_as_of_knows_nothing_later),
        cmocka_unit_test(test_same_band_on_any_number_of_threads),
        cmocka_unit_test(test_band_is_made_of_the_errors_met),
        cmocka_unit_test(test_course_of_months),
        cmocka_unit_test(test_course_of_years),
        cmocka_unit_test(test_course_as_of),
        cmocka_unit_test(test_lamps_of_the_model),
    };
    return cmocka_run_group_tests_name("forecast", tests, NULL, NULL);
}
