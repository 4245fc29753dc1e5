#include "cli/forecast.h"

#include "cli/output.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>

#define METHOD_WORDS "choose|last|seasonal|growth|share|trend"
#define MOST_RUNS 1000000

static const cli_option to_option = {"--to", "P", NULL, "the period to forecast (default: the year's end)",
                                     "预测到哪一期（默认到年底）"};
static const cli_option as_of_option = {
    "--as-of", "P", NULL, "stand at the end of this period, as if nothing later were known (default: the end of the data)",
    "站在该期末，只用到此为止的数据（默认到数据末尾）"};
static const cli_option method_option = {"--method", METHOD_WORDS, METHOD_WORDS,
                                         "one method for everything (default choose: for each element the best in earlier years)",
                                         "全部数据项用同一方法（默认 choose：每个数据项用往年误差最小的方法）"};
static const cli_option methods_option = {"--methods", NULL, NULL, "the methods and their errors in earlier years instead",
                                          "改为列出各数据项所用方法及其往年误差"};
static const cli_option runs_option = {"--runs", "N", NULL, "runs of the simulation that gives the band; 0: no band (default 1000)",
                                       "求区间的模拟次数；0 为不求区间（默认 1000）"};
static const cli_option seed_option = {"--seed", "S", NULL, "the same seed gives the same band (default 1)",
                                       "种子相同则区间相同（默认 1）"};
static const cli_option format_option = {"--format", "text|json|csv", "text|json|csv", "form of the output (default text)",
                                         "输出格式（默认 text）"};

const pl_forecast_line *cli_forecast_line(const cli_forecasting *c) {
    for (size_t i = 0; i < c->forecast->line_count; i++)
        if (c->forecast->lines[i].unit == c->unit) return &c->forecast->lines[i];
    return NULL;
}

const char *cli_forecast_kind(const cli_forecasting *c, pl_period_kind kind) {
    switch (kind) {
    case PL_PERIOD_HALF: return cli_text(c->call, "half", "半年");
    case PL_PERIOD_QUARTER: return cli_text(c->call, "quarter", "季");
    case PL_PERIOD_MONTH: return cli_text(c->call, "month", "月");
    default: return cli_text(c->call, "year", "年");
    }
}

pl_str cli_forecast_lamp(const cli_forecasting *c, uint32_t lamp, bool chinese) {
    static const char *const usual[] = {"绿", "黄", "红"}; /* the names of a model's own lamps are its own */
    if (lamp >= c->forecast->lamp_count) return pl_str_of("-");
    return chinese && !c->forecast->own_lamps ? pl_str_of(usual[lamp]) : c->forecast->lamps[lamp].name;
}

/* ---- the command ---- */

static bool read_whole(const cli_call *call, const cli_option *option, const char *fallback, double most, double *out) {
    const char *text = cli_value(call, option, fallback);
    return pl_number_parse(pl_str_of(text), out) && *out == floor(*out) && *out >= 0 && *out <= most;
}

static pl_forecast_method read_method(const cli_call *call) {
    for (int m = 0; m < PL_FORECAST_METHODS; m++)
        if (cli_is(call, &method_option, pl_forecast_method_name((pl_forecast_method)m))) return (pl_forecast_method)m;
    return PL_FORECAST_CHOOSE;
}

static int write(const cli_forecasting *c) {
    cli_result result;
    int status = cli_result_open(&result, c->call);
    if (status != EXIT_DONE) return status;
    if (cli_is(c->call, &format_option, "json"))
        cli_forecast_json(c, &result.output);
    else if (cli_is(c->call, &format_option, "csv"))
        cli_forecast_csv(c, &result.output);
    else
        cli_forecast_text(c, &result.output);
    return cli_result_close(&result);
}

static int forecast(cli_forecasting *c, cli_session *s, const pl_forecast_options *options) {
    pl_problems problems;
    pl_forecast *made;
    pl_problems_init(&problems, 0);
    s->progress = cli_progress_start(s->pool);
    cli_progress_phase(s->progress, "forecast");
    pl_status status = pl_forecast_make(&made, s->model, s->dataset, options, &problems);
    cli_progress_end(s->progress);
    s->progress = NULL;
    cli_print_problems(&problems);
    if (status == PL_MEMORY && !problems.failed) cli_no_memory();
    pl_problems_free(&problems);
    if (status != PL_OK) return cli_exit_status(status);
    c->forecast = made;
    int exit_status = EXIT_INPUT;
    if (c->unit != PL_NO_INDEX && !cli_forecast_line(c))
        fprintf(stderr, "plumbline: the unit \"%s\" has no data in the period that is scored\n", c->call->arguments[1]);
    else
        exit_status = write(c);
    if (exit_status == EXIT_DONE) exit_status = cli_forecast_draw(c);
    pl_forecast_free(made);
    return exit_status;
}

static int run(const cli_call *call) {
    double runs, seed;
    if (!read_whole(call, &runs_option, "1000", MOST_RUNS, &runs))
        return cli_usage(call->command, "--runs is a whole number up to %d", MOST_RUNS);
    if (!read_whole(call, &seed_option, "1", 9007199254740992, &seed)) return cli_usage(call->command, "--seed is a whole number");
    if (cli_forecast_pictures_check(call) != EXIT_DONE) return EXIT_USAGE;
    cli_session s;
    cli_forecasting c = {.call = call, .session = &s, .seed = (uint64_t)seed, .unit = PL_NO_INDEX};
    c.methods = cli_value(call, &methods_option, NULL) != NULL;
    int status = cli_session_load(&s, call, call->arguments[0], true);
    if (status == EXIT_DONE && call->argument_count > 1) {
        c.unit = cli_session_unit(&s, call->arguments[1]);
        if (c.unit == PL_NO_INDEX) status = EXIT_INPUT;
    }
    pl_forecast_options options = {.as_of = pl_str_of(cli_value(call, &as_of_option, "")),
                                   .to = pl_str_of(cli_value(call, &to_option, "")),
                                   .method = read_method(call),
                                   .seed = c.seed,
                                   .runs = c.methods ? 0 : (size_t)runs,
                                   .unit = c.unit,
                                   .pool = s.pool};
    if (status == EXIT_DONE) status = forecast(&c, &s, &options);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&cli_forecast_pictures, &to_option,   &as_of_option, &method_option, &methods_option,
                                            &runs_option,           &seed_option, &cli_data,     &format_option, &cli_out,
                                            &cli_threads,           &cli_lang,    NULL};

const cli_command cli_forecast = {
    .name = "forecast",
    .arguments = "MODEL [UNIT] [OPTIONS]",
    .least = 1,
    .most = 2,
    .summary = "where everybody will stand at the year's end, with a band",
    .summary_zh = "年底预测：到年底各单位的得分、名次和亮灯，带区间",
    .details =
        "Forecasts the months (quarters, years) that are missing from those before, scores them by the model's own rules, and "
        "shows\n"
        "today's total and place beside it. With UNIT: its indicators. The band, from 5 to 95 %, comes of the errors that the "
        "same\n"
        "methods made at the same point of earlier years. --as-of shows how good a forecast would have been. docs/forecast.md",
    .details_zh = "由已有各期推算缺少的月份（季、年），按模型自己的规则计分，并列出目前的总分和名次。给出单位则列出其各项指标。\n"
                  "5%～95% 区间来自同样的方法在往年同一时点的误差。--as-of 可检验当时预测得如何。详见 docs/forecast.md",
    .options = options,
    .run = run,
};
