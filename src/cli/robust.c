#include "cli/robust.h"

#include "cli/interrupt.h"
#include "cli/output.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_METHODS 16
#define MOST_ALTERNATIVES 16

static const cli_option runs_option = {"--runs", "N", NULL, "how many runs (default 1000)", "模拟次数（默认 1000）"};
static const cli_option seed_option = {"--seed", "S", NULL, "the same seed gives the same result (default 1)",
                                       "相同的种子得到相同的结果（默认 1）"};
static const cli_option weights_option = {
    "--weights", "D%|dirichlet:K|any|fixed", NULL,
    "each weight times a number from 1 - D to 1 + D (default 25%); shares drawn around the model's, the closer the larger K; any "
    "shares at all; or as they are. Under a sum the points at stake are varied",
    "权重各乘以 1-D 到 1+D 之间的随机数（默认 25%）；或以现有份额为中心抽取，K 越大越接近；或任意份额；或不变。求和时变动的是满分"};
static const cli_option methods_option = {
    "--methods", "A,B|KEY=T|T...", NULL,
    "methods that vary: normalisation, aggregation, imputation, indicators (one left out at a time), or a setting and what it may "
    "be besides: \"score=zscore(x)|prank(x)\"; may be repeated",
    "变动的方法：标准化、合成、补缺、指标（每次去掉一个），或某项设置的其他取值，如 \"score=zscore(x)|prank(x)\"；可重复"};
static const cli_option errors_option = {"--errors", "yes|no", "yes|no",
                                         "whether values vary by the columns error and rounding (default yes, where there are any)",
                                         "数据是否按“误差”“舍入单位”两列变动（默认是）"};
static const cli_option sensitivity_option = {
    "--sensitivity", NULL, NULL, "also what each assumption does (Sobol indices): runs times (assumptions + 2) scorings",
    "另给出各假设的影响（Sobol 指数）；计算量为 模拟次数 ×（假设数 + 2）"};
static const cli_option unit_option = {"--unit", "UNIT", NULL,
                                       "with --sensitivity also for the total of this unit; may be repeated",
                                       "与 --sensitivity 合用：另给出对该单位总分的影响；可重复"};
static const cli_option places_option = {"--places", "all|group", "all|group",
                                         "places among all units (default) or in the own group",
                                         "全部单位中的名次（默认）或类内名次"};
static const cli_option format_option = {"--format", "text|csv|json", "text|csv|json", "form of the output (default text)",
                                         "输出格式（默认 text）"};

/* What the options say. */
typedef struct wishes {
    pl_robust_options options;
    pl_alternatives methods[MOST_METHODS];
    pl_str texts[MOST_METHODS][MOST_ALTERNATIVES];
    uint32_t watched[CLI_MOST_OPTIONS];
} wishes;

static bool whole_number(const cli_call *call, const cli_option *option, const char *fallback, double most, double *out) {
    return pl_number_parse(pl_str_of(cli_value(call, option, fallback)), out) && *out == floor(*out) && *out >= 0 && *out <= most;
}

static bool read_weights(const cli_call *call, pl_robust_options *o) {
    pl_str text = pl_str_of(cli_value(call, &weights_option, "25%"));
    size_t length = strlen("dirichlet:");
    if (pl_str_is_fold(text, "fixed")) return true;
    if (pl_str_is_fold(text, "any")) {
        o->weights = PL_WEIGHTS_ANY;
        return true;
    }
    if (text.len > length && pl_str_is_fold((pl_str){text.at, length}, "dirichlet:")) {
        o->weights = PL_WEIGHTS_DIRICHLET;
        return pl_number_parse((pl_str){text.at + length, text.len - length}, &o->spread) && o->spread > 0;
    }
    o->weights = PL_WEIGHTS_UNIFORM;
    return pl_share_parse(text, &o->spread) && o->spread > 0;
}

/* ---- methods ---- */

static pl_alternatives *add_method(wishes *w, pl_str setting) {
    if (w->options.method_count == MOST_METHODS) return NULL;
    pl_alternatives *method = &w->methods[w->options.method_count];
    *method = (pl_alternatives){.setting = setting, .texts = w->texts[w->options.method_count]};
    w->options.method_count++;
    return method;
}

static bool add_text(wishes *w, pl_alternatives *method, pl_str text) {
    if (!method || method->count == MOST_ALTERNATIVES) return false;
    w->texts[method - w->methods][method->count++] = pl_str_trim(text);
    return true;
}

/* The usual alternatives to what the model does: normalisers whose scores lie between 1 and 100 or so, since a geometric mean takes
 * no 0. */
static bool add_usual(wishes *w, const char *setting, const char *const *texts, const char *own) {
    pl_alternatives *method = add_method(w, pl_str_of(setting));
    for (; *texts; texts++)
        if ((!own || strcmp(*texts, own) != 0) && !add_text(w, method, pl_str_of(*texts))) return false;
    return method != NULL;
}

static const pl_indicator *first_leaf(const pl_model *model) {
    size_t i = 0;
    while (model->indicators[i].child_count) i++;
    return &model->indicators[i];
}

static bool is_word(pl_str text, const char *english, const char *chinese) {
    return pl_str_is_fold(text, english) || pl_str_is(text, chinese);
}

static bool add_named(const cli_session *s, wishes *w, pl_str name) {
    static const char *const normalisers[] = {"minmax(x, 1, 100)", "zscore(x, 50, 10)", "1 + 99 * prank(x)", NULL};
    static const char *const means[] = {"mean", "geomean", NULL};
    static const char *const fillings[] = {"skip", "mean", NULL};
    if (is_word(name, "normalisation", "标准化")) return add_usual(w, "score", normalisers, NULL);
    if (is_word(name, "aggregation", "合成"))
        return add_usual(w, "combine", means, s->model->indicators[0].how == PL_COMBINE_GEOMEAN ? "geomean" : "mean");
    if (is_word(name, "imputation", "补缺"))
        return add_usual(w, "missing", fillings, first_leaf(s->model)->missing == PL_MISSING_MEAN ? "mean" : "skip");
    if (!is_word(name, "indicators", "指标")) return false;
    w->options.leave_out = true;
    return true;
}

/* "score=zscore(x)|prank(x)" */
static bool add_own(wishes *w, pl_str text, size_t sign) {
    pl_alternatives *method = add_method(w, pl_str_trim((pl_str){text.at, sign}));
    size_t from = sign + 1;
    for (size_t i = from; i <= text.len; i++) {
        if (i < text.len && text.at[i] != '|') continue;
        if (!add_text(w, method, (pl_str){text.at + from, i - from})) return false;
        from = i + 1;
    }
    return method != NULL && method->setting.len;
}

static bool read_method(const cli_session *s, wishes *w, const char *value) {
    const char *sign = strchr(value, '=');
    if (sign) return add_own(w, pl_str_of(value), (size_t)(sign - value));
    pl_str rest = pl_str_of(value), name;
    while (pl_list_next(&rest, &name))
        if (!add_named(s, w, name)) return false;
    return true;
}

static bool has_errors(const pl_model *model) {
    for (size_t i = 0; i < model->indicator_count; i++)
        if (model->indicators[i].error.given || model->indicators[i].rounding.given) return true;
    return false;
}

static int read_units(const cli_call *call, cli_session *s, wishes *w) {
    for (unsigned i = 0; i < call->given_count; i++) {
        if (call->given[i].option != &unit_option) continue;
        size_t unit = cli_session_unit(s, call->given[i].value);
        if (unit == PL_NO_INDEX) return EXIT_INPUT;
        w->watched[w->options.watched_count++] = (uint32_t)unit;
    }
    if (w->options.watched_count && !w->options.sensitivity) return cli_usage(call->command, "--unit goes with --sensitivity");
    return EXIT_DONE;
}

static int read_options(const cli_call *call, cli_session *s, wishes *w) {
    double runs, seed;
    pl_robust_options *o = &w->options;
    if (!whole_number(call, &runs_option, "1000", 1e8, &runs) || runs < 1)
        return cli_usage(call->command, "--runs is a whole number from 1 to 100 million");
    if (!whole_number(call, &seed_option, "1", 9007199254740992.0, &seed))
        return cli_usage(call->command, "--seed is a whole number");
    if (!read_weights(call, o)) return cli_usage(call->command, "--weights is a share such as 25%%, dirichlet:K, any, or fixed");
    for (unsigned i = 0; i < call->given_count; i++)
        if (call->given[i].option == &methods_option && !read_method(s, w, call->given[i].value))
            return cli_usage(call->command,
                             "--methods takes normalisation, aggregation, imputation, indicators, or KEY=TEXT|TEXT; not \"%s\"",
                             call->given[i].value);
    o->runs = (size_t)runs;
    o->seed = (uint64_t)seed;
    o->methods = w->methods;
    o->data = !cli_is(call, &errors_option, "no") && (cli_is(call, &errors_option, "yes") || has_errors(s->model));
    o->sensitivity = cli_value(call, &sensitivity_option, NULL) != NULL;
    o->within_groups = cli_is(call, &places_option, "group");
    o->watched = w->watched;
    o->periods = cli_value(call, &cli_period, NULL);
    o->stop = cli_interrupted;
    o->pool = s->pool;
    int status = cli_robust_pictures_check(call, o->sensitivity);
    return status == EXIT_DONE ? read_units(call, s, w) : status;
}

static int write_result(const cli_robustness *r) {
    cli_result result;
    int status = cli_result_open(&result, r->call);
    if (status != EXIT_DONE) return status;
    if (cli_is(r->call, &format_option, "json"))
        cli_robust_json(r, &result.output);
    else if (cli_is(r->call, &format_option, "csv"))
        cli_robust_csv(r, &result.output);
    else
        cli_robust_text(r, &result.output);
    return cli_result_close(&result);
}

static int study(const cli_call *call, cli_session *s, const wishes *w) {
    pl_robust *robust = NULL;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    cli_progress *progress = cli_progress_start(s->pool);
    cli_progress_phase(progress, "simulating");
    cli_interrupt_watch();
    pl_status status = pl_robust_study(&robust, s->model, s->dataset, &w->options, &problems);
    cli_interrupt_leave();
    cli_progress_end(progress);
    cli_print_problems(&problems);
    pl_problems_free(&problems);
    int exit_status = status == PL_MEMORY ? cli_no_memory() : cli_exit_status(status);
    cli_robustness report = {call, s, &w->options, robust};
    if (robust && robust->runs) {
        if (robust->runs < robust->runs_asked)
            fprintf(stderr, "plumbline: stopped after %zu of %zu runs\n", robust->runs, robust->runs_asked);
        exit_status = write_result(&report);
        if (exit_status == EXIT_DONE) exit_status = cli_robust_draw(&report);
    } else if (robust) {
        fprintf(stderr, "plumbline: stopped before the first run was done\n");
    }
    pl_robust_free(robust);
    return exit_status;
}

static int run(const cli_call *call) {
    cli_session s;
    wishes w = {0};
    int status = cli_session_load(&s, call, call->arguments[0], true);
    if (status == EXIT_DONE) status = read_options(call, &s, &w);
    if (status == EXIT_DONE) status = study(call, &s, &w);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&runs_option,
                                            &seed_option,
                                            &weights_option,
                                            &methods_option,
                                            &errors_option,
                                            &places_option,
                                            &sensitivity_option,
                                            &unit_option,
                                            &cli_robust_pictures,
                                            &cli_data,
                                            &cli_period,
                                            &format_option,
                                            &cli_out,
                                            &cli_threads,
                                            &cli_lang,
                                            NULL};

const cli_command cli_robust = {
    .name = "robust",
    .arguments = "MODEL [OPTIONS]",
    .least = 1,
    .most = 1,
    .summary = "how firm the places are when weights, methods and data vary",
    .summary_zh = "权重、方法、数据变动时名次有多稳",
    .details =
        "The model is scored many times, each time with weights, methods and values drawn from what is uncertain about them. Each\n"
        "line: the place in the model, the median of the places, the band that holds 90 % of them, how often the unit is first,\n"
        "among the first three, and before the next on the list. Ctrl-C stops and shows what there is.",
    .details_zh = "多次重新计分，每次在不确定的范围内抽取权重、方法和数值。每行为：模型名次、名次中位数、90 % 的名次所在区间、\n"
                  "居第一、居前三、领先下一名的概率。按 Ctrl-C 中止并显示已有结果。",
    .options = options,
    .run = run,
};
