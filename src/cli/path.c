#include "cli/grid.h"
#include "cli/output.h"
#include "cli/session.h"

#include <plumbline/base/number.h>
#include <plumbline/study/path.h>

#include <math.h>
#include <stdio.h>

static const cli_option rank_option = {"--rank", "R", NULL, "the place that is wanted (default: one better than now)",
                                       "想要的名次（默认比现在高一名）"};
static const cli_option among_option = {"--among", "all|group", "all|group", "places among all units (default) or in the group",
                                        "名次的范围：全部单位（默认）或同类单位"};
static const cli_option others_option = {"--others", "still|trend", "still|trend",
                                         "the other units stand still (default), or move on as they did in the periods before",
                                         "其他单位不变（默认），或按以往各期的趋势变化"};
static const cli_option keep_option = {"--keep", "N", NULL, "the cheapest way to hold place N while the others move on",
                                       "其他单位按趋势变化时，保住第 N 名的最省办法"};
static const cli_option seconds_option = {"--seconds", "S", NULL, "the best found after S seconds is the answer (default 20)",
                                          "最多计算 S 秒，取届时最好的结果（默认 20）"};

/* What the command writes about. */
typedef struct told {
    const cli_call *call;
    const cli_session *s;
    const pl_score_line *own;
    const pl_path *path;
} told;

static double shown(double x) { return fabs(x) < 1e9 ? pl_number_round(x, 4) : x; }
static pl_str unit_name(const told *t, uint32_t unit) { return t->s->dataset->units[unit].name; }

/* The name of the leaf that is the element, else nothing. */
static pl_str element_name(const told *t, pl_str code) {
    size_t index = pl_model_find(t->s->model, code);
    return index == PL_NO_INDEX ? (pl_str){0} : t->s->model->indicators[index].name;
}

/* ---- as text ---- */

static void add_number(pl_buffer *out, const char *before, double x, const char *after) {
    pl_buffer_text(out, before);
    pl_buffer_number(out, shown(x));
    pl_buffer_text(out, after);
}

static void write_head(const told *t, pl_buffer *out) {
    const cli_call *call = t->call;
    const pl_path *path = t->path;
    pl_buffer_str(out, unit_name(t, t->own->unit));
    add_number(out, cli_text(call, " (place ", "（第 "), path->place, "");
    if (path->among_group) pl_buffer_text(out, cli_text(call, " of its group", "（同类）"));
    add_number(out, cli_text(call, ", ", " 名，"), path->total, cli_text(call, ") to place ", " 分）到第 "));
    pl_buffer_print(out, "%zu%s", path->wanted, cli_text(call, ": ", " 名："));
    switch (path->outcome) {
    case PL_PATH_REACHED: add_number(out, cli_text(call, "cost ", "成本 "), path->best.cost, "\n"); break;
    case PL_PATH_NOTHING_TO_DO:
        pl_buffer_text(out, cli_text(call, "it has it, nothing need be done\n", "已经达到，无需改进\n"));
        break;
    case PL_PATH_OUT_OF_REACH:
        pl_buffer_text(out, cli_text(call, "out of reach with the costs given\n", "按成本表所列的改进无法达到\n"));
        break;
    case PL_PATH_NOT_FOUND:
        pl_buffer_text(
            out, cli_text(call, "no way was found, which does not say that there is none\n", "没有找到办法，但不能断定没有\n"));
        break;
    }
    if (path->trend_to.len)
        pl_buffer_print(out,
                        cli_text(call, "The others move on to %.*s: %zu values, %zu stay for want of earlier periods\n",
                                 "其他单位按趋势推到 %.*s：变动 %zu 个值，%zu 个值因缺少往期数据保持不变\n"),
                        PL_ARG(path->trend_to), path->trended, path->still);
    else if (path->still)
        pl_buffer_print(out,
                        cli_text(call, "The others stand still: there are no earlier periods to go by (%zu values)\n",
                                 "没有往期数据，其他单位保持不变（%zu 个值）\n"),
                        path->still);
}

static void write_steps(const told *t, const pl_path_plan *plan, pl_output *output) {
    static const char *const heads[][2] = {{"element", "数据项"}, {"name", "名称"}, {"from", "现在"},       {"to", "到"},
                                           {"steps", "步数"},     {"cost", "成本"}, {"points", "总分增加"}, {"place", "名次"}};
    cli_grid grid;
    cli_grid_init(&grid, 8);
    for (size_t i = 0; i < 8; i++) {
        if (i < 2)
            cli_grid_text(&grid, pl_str_of(heads[i][t->call->chinese]));
        else
            cli_grid_right(&grid, pl_str_of(heads[i][t->call->chinese]));
    }
    for (size_t i = 0; i < plan->count; i++) {
        const pl_path_step *step = &plan->steps[i];
        pl_str code = t->s->dataset->elements[step->element].name;
        cli_grid_text(&grid, code);
        cli_grid_text(&grid, element_name(t, code));
        const double numbers[] = {step->from, step->to, step->steps, step->cost, step->points, step->place};
        for (size_t k = 0; k < 6; k++) cli_grid_number(&grid, shown(numbers[k]), -1);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
}

static void write_result(const told *t, const pl_path_plan *plan, pl_buffer *out) {
    const cli_call *call = t->call;
    add_number(out, cli_text(call, "\nTotal ", "\n总分 "), plan->total, "");
    add_number(out, cli_text(call, ", place ", "，第 "), plan->place, cli_text(call, "", " 名"));
    for (size_t i = 0; i < plan->passed_count; i++)
        pl_buffer_print(out, "%s%.*s", i ? cli_text(call, ", ", "、") : cli_text(call, "; passes ", "；超过 "),
                        PL_ARG(unit_name(t, plan->passed[i])));
    pl_buffer_char(out, '\n');
}

static const char *doubt_text(const told *t) {
    switch (t->path->doubt) {
    case PL_PATH_BENT:
        return cli_text(t->call, "a linear cost was looked at in small steps to round values", "线性成本按取整的小步试算");
    case PL_PATH_MIXED: return cli_text(t->call, "the rules do not let its elements apart", "计分规则使各数据项无法分开计算");
    case PL_PATH_TIME: return cli_text(t->call, "it would have taken longer", "时间不够");
    case PL_PATH_NO_DOUBT: break;
    }
    return "";
}

static void write_proof(const told *t, pl_buffer *out) {
    const cli_call *call = t->call;
    const pl_path *path = t->path;
    if (path->outcome == PL_PATH_NOTHING_TO_DO) return;
    if (path->proof == PL_PATH_PROVEN && path->outcome == PL_PATH_REACHED)
        add_number(out, cli_text(call, "Proven: no plan costs less than ", "已证明最省：任何办法的成本都不低于 "), path->bound,
                   cli_text(call, "; the scores are the model's own\n", "；得分由模型重新计算\n"));
    else if (path->proof == PL_PATH_PROVEN)
        pl_buffer_text(out, cli_text(call, "Proven: there is no way\n", "已证明：无法达到\n"));
    else
        pl_buffer_print(out, cli_text(call, "Found by search, not proven: %s\n", "由搜索得到，未经证明：%s\n"), doubt_text(t));
    if (path->proof == PL_PATH_SEARCHED && path->has_bound && path->outcome == PL_PATH_REACHED)
        add_number(out, cli_text(call, "No plan costs less than ", "成本下限 "), path->bound, "\n");
}

static void write_plain(pl_buffer *text, pl_output *output) {
    if (text->failed) output->status = PL_MEMORY;
    pl_output_add(output, pl_buffer_view(text));
    pl_buffer_clear(text);
}

static void write_unreached(const told *t, pl_buffer *out) {
    const cli_call *call = t->call;
    const pl_path *path = t->path;
    if (path->has_best)
        add_number(out, cli_text(call, "\nThe best place within reach is ", "\n能达到的最好名次是第 "), path->best_place,
                   cli_text(call, "", " 名"));
    else
        pl_buffer_text(out, cli_text(call, "\nNo better place is within reach", "\n无法提高名次"));
    if (path->has_best) add_number(out, cli_text(call, ", at a cost of ", "，成本 "), path->best.cost, "");
    if (!path->best_place_proven) pl_buffer_text(out, cli_text(call, "; a better one was not ruled out", "；不排除还有更好的名次"));
    pl_buffer_char(out, '\n');
}

static void write_missing(const told *t, pl_buffer *out) {
    const pl_path *path = t->path;
    if (!path->missing_count) return;
    pl_buffer_text(out, cli_text(t->call, "\nNo costs are given for these, where the first is ahead (points of the total):\n",
                                 "\n以下指标落后于第一名，但成本表未列（可增加的总分）：\n"));
    for (size_t i = 0; i < path->missing_count && i < 10; i++) {
        const pl_indicator *leaf = &t->s->model->indicators[path->missing[i].indicator];
        pl_buffer_print(out, "  %.*s  %.*s  ", PL_ARG(leaf->code), PL_ARG(leaf->name));
        add_number(out, "", path->missing[i].points, "\n");
    }
}

static void write_runner_up(const told *t, pl_output *output, pl_buffer *text) {
    const pl_path *path = t->path;
    if (!path->has_runner_up) return;
    add_number(text,
               path->runner_up_proven
                   ? cli_text(t->call, "\nThe next best, without at least one of these: cost ", "\n次优（不用其中至少一项）：成本 ")
                   : cli_text(t->call, "\nAnother way, without at least one of these (not proven): cost ",
                              "\n另一办法（不用其中至少一项，未经证明）：成本 "),
               path->runner_up.cost, "\n\n");
    write_plain(text, output);
    write_steps(t, &path->runner_up, output);
}

static void write_text(const told *t, pl_output *output) {
    const pl_path *path = t->path;
    pl_buffer text;
    pl_buffer_init(&text, 0);
    write_head(t, &text);
    if (path->outcome == PL_PATH_OUT_OF_REACH || path->outcome == PL_PATH_NOT_FOUND) write_unreached(t, &text);
    if (path->has_best) {
        pl_buffer_char(&text, '\n');
        write_plain(&text, output);
        write_steps(t, &path->best, output);
        write_result(t, &path->best, &text);
    }
    write_proof(t, &text);
    write_runner_up(t, output, &text);
    write_missing(t, &text);
    write_plain(&text, output);
    pl_buffer_free(&text);
}

/* ---- as JSON ---- */

static void json_pair(pl_json_writer *w, const char *key, double value) {
    pl_json_key(w, key);
    pl_json_number(w, value);
}

static void json_plan(pl_json_writer *w, const char *key, const told *t, const pl_path_plan *plan, bool has) {
    pl_json_key(w, key);
    if (!has) {
        pl_json_null(w);
        return;
    }
    pl_json_object(w);
    json_pair(w, "cost", plan->cost);
    json_pair(w, "total", plan->total);
    json_pair(w, "rank", plan->place);
    pl_json_key(w, "steps");
    pl_json_array(w);
    for (size_t i = 0; i < plan->count; i++) {
        const pl_path_step *step = &plan->steps[i];
        pl_json_object(w);
        pl_json_key(w, "element");
        pl_json_text(w, t->s->dataset->elements[step->element].name);
        json_pair(w, "from", step->from);
        json_pair(w, "to", step->to);
        json_pair(w, "steps", step->steps);
        json_pair(w, "cost", step->cost);
        json_pair(w, "points", step->points);
        json_pair(w, "rank", step->place);
        pl_json_end(w);
    }
    pl_json_end(w);
    pl_json_key(w, "passed");
    pl_json_array(w);
    for (size_t i = 0; i < plan->passed_count; i++) pl_json_text(w, t->s->dataset->units[plan->passed[i]].code);
    pl_json_end(w);
    pl_json_end(w);
}

static void write_json(const told *t, pl_output *output) {
    static const char *const outcomes[] = {[PL_PATH_REACHED] = "reached",
                                           [PL_PATH_NOTHING_TO_DO] = "nothing_to_do",
                                           [PL_PATH_OUT_OF_REACH] = "out_of_reach",
                                           [PL_PATH_NOT_FOUND] = "not_found"};
    const pl_path *path = t->path;
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/path/1");
    pl_json_key(&w, "unit");
    pl_json_text(&w, t->s->dataset->units[t->own->unit].code);
    json_pair(&w, "total", path->total);
    json_pair(&w, "rank", path->place);
    json_pair(&w, "wanted", (double)path->wanted);
    pl_json_key(&w, "among");
    pl_json_text(&w, pl_str_of(path->among_group ? "group" : "all"));
    pl_json_key(&w, "trend_to");
    if (path->trend_to.len)
        pl_json_text(&w, path->trend_to);
    else
        pl_json_null(&w);
    pl_json_key(&w, "outcome");
    pl_json_text(&w, pl_str_of(outcomes[path->outcome]));
    pl_json_key(&w, "proven");
    pl_json_bool(&w, path->outcome == PL_PATH_NOTHING_TO_DO || path->proof == PL_PATH_PROVEN);
    json_pair(&w, "bound", path->has_bound && path->outcome == PL_PATH_REACHED ? path->bound : NAN);
    json_plan(&w, "plan", t, &path->best, path->has_best);
    json_plan(&w, "runner_up", t, &path->runner_up, path->has_runner_up);
    pl_json_key(&w, "without_costs");
    pl_json_array(&w);
    for (size_t i = 0; i < path->missing_count; i++) {
        pl_json_object(&w);
        pl_json_key(&w, "indicator");
        pl_json_text(&w, t->s->model->indicators[path->missing[i].indicator].code);
        json_pair(&w, "points", path->missing[i].points);
        pl_json_end(&w);
    }
    pl_json_end(&w);
    pl_json_end(&w);
}

/* ---- running ---- */

static bool whole_number(const char *text, size_t *out) {
    double value;
    if (!pl_number_parse(pl_str_of(text), &value) || value < 1 || value != floor(value) || value > 1e9) return false;
    *out = (size_t)value;
    return true;
}

static int read_options(const cli_call *call, pl_path_options *o) {
    const char *rank = cli_value(call, &rank_option, NULL), *keep = cli_value(call, &keep_option, NULL);
    if (rank && keep) return cli_usage(call->command, "--keep N is --rank N --others trend; give one of them");
    if (rank && !whole_number(rank, &o->place)) return cli_usage(call->command, "--rank is a place: 1, 2, ...");
    if (keep && !whole_number(keep, &o->place)) return cli_usage(call->command, "--keep is a place: 1, 2, ...");
    if (keep && cli_is(call, &others_option, "still"))
        return cli_usage(call->command, "--keep lets the others move on their trend");
    o->trend = keep || cli_is(call, &others_option, "trend");
    o->among_group = cli_is(call, &among_option, "group");
    if (!pl_number_parse(pl_str_of(cli_value(call, &seconds_option, "20")), &o->seconds) || o->seconds <= 0 || o->seconds > 1e6)
        return cli_usage(call->command, "--seconds is a number above 0");
    return EXIT_DONE;
}

static int write(const told *t) {
    cli_result result;
    int status = cli_result_open(&result, t->call);
    if (status != EXIT_DONE) return status;
    if (cli_is(t->call, &cli_format_text, "json"))
        write_json(t, &result.output);
    else
        write_text(t, &result.output);
    return cli_result_close(&result);
}

static int find(const cli_call *call, cli_session *s, const pl_path_options *options) {
    const pl_score_line *own = cli_session_line(s, call->arguments[1]);
    if (!own) return EXIT_INPUT;
    pl_path *path;
    size_t known = s->problems.count;
    cli_progress *progress = cli_progress_start(s->pool);
    cli_progress_phase(progress, "searching");
    pl_status status = pl_path_find(&path, s->scores, s->compiled, own, options, &s->problems);
    cli_progress_end(progress);
    if (status == PL_INPUT) {
        for (size_t i = known; i < s->problems.count; i++) {
            pl_buffer line;
            pl_buffer_init(&line, 0);
            pl_problem_print(&s->problems.items[i], &line);
            if (!line.failed) fprintf(stderr, "%s\n", line.at);
            pl_buffer_free(&line);
        }
        return EXIT_INPUT;
    }
    if (status != PL_OK) return cli_no_memory();
    int result = write(&(told){call, s, own, path});
    pl_path_free(path);
    return result;
}

static int run(const cli_call *call) {
    cli_session s;
    pl_path_options options = {0};
    int status = read_options(call, &options);
    if (status != EXIT_DONE) return status;
    status = cli_session_open(&s, call, call->arguments[0], PL_NODES_ROOT, false, CLI_TELL_ERRORS);
    if (status == EXIT_DONE) status = find(call, &s, &options);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&rank_option,    &among_option, &others_option, &keep_option,
                                            &seconds_option, &cli_data,     &cli_period,    &cli_format_text,
                                            &cli_out,        &cli_threads,  &cli_lang,      NULL};

const cli_command cli_path = {
    .name = "path",
    .arguments = "MODEL UNIT [OPTIONS]",
    .least = 2,
    .most = 2,
    .summary = "the cheapest improvements that bring a unit to a place",
    .summary_zh = "让一个单位达到某一名次的最省办法",
    .details =
        "The sheet costs says which elements can be improved, how far and at what cost; all else stays as it is. Every plan is\n"
        "scored by the model before it is shown. The last lines say whether it is proven that nothing cheaper exists.",
    .details_zh = "成本表（costs）写明哪些数据项可以改进、能到多少、每步成本；其余不变。每个办法都先由模型重新计分再列出。\n"
                  "末尾说明是否已证明没有更省的办法。",
    .options = options,
    .run = run,
};
