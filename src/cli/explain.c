#include "cli/output.h"
#include "cli/session.h"

#include <plumbline/base/number.h>

#include <math.h>

/* What the writers need. */
typedef struct explaining {
    const cli_call *call;
    const cli_session *s;
    const pl_explanation *e;
    pl_buffer line;
    pl_output *output;
} explaining;

/* Up to four decimals, of small numbers four digits: enough to follow, short enough to read. */
static void add_number(pl_buffer *out, double x) {
    double size = fabs(x);
    int digits = size > 0 && size < 0.1 ? 3 - (int)floor(log10(size)) : 4;
    pl_buffer_number(out, size < 1e9 && digits <= PL_DIGITS_MAX ? pl_number_round(x, digits) : x);
}

static void end_line(explaining *x) {
    pl_buffer_char(&x->line, '\n');
    if (x->line.failed && x->output->status == PL_OK) x->output->status = PL_MEMORY;
    pl_output_add(x->output, pl_buffer_view(&x->line));
    pl_buffer_clear(&x->line);
}

/* ---- text ---- */

static const pl_indicator *node_of(const explaining *x, const pl_step *step) { return &x->s->model->indicators[step->indicator]; }

/* The branches of the tree to the left of a node's name; `tail` when its last line was written. */
static void add_branches(explaining *x, const pl_step *step, bool tail) {
    const pl_model *model = x->s->model;
    unsigned base = model->indicators[x->e->steps[0].indicator].depth, depth = model->indicators[step->indicator].depth - base;
    for (unsigned level = 1; level <= depth; level++) {
        size_t at = step->indicator;
        for (unsigned up = depth; up > level; up--) at = model->indicators[at].parent;
        bool more = model->indicators[at].next_sibling != PL_NO_INDEX;
        if (level == depth && !tail)
            pl_buffer_text(&x->line, more ? "├─ " : "└─ ");
        else
            pl_buffer_text(&x->line, more ? "│  " : "   ");
    }
    if (tail) pl_buffer_text(&x->line, node_of(x, step)->child_count ? "│    " : "     ");
}

static void add_state(explaining *x, const pl_step *step) {
    if (step->state == PL_STEP_LEFT_OUT) {
        pl_buffer_text(&x->line, cli_text(x->call, "left out, too many values are missing", "缺失的值过多，不参与"));
    } else if (step->state == PL_STEP_NOT_APPLICABLE) {
        pl_buffer_text(&x->line, cli_text(x->call, "does not apply", "不适用"));
    } else if (!step->has_score) {
        pl_buffer_text(&x->line, cli_text(x->call, "missing", "缺失"));
    } else {
        add_number(&x->line, step->points);
        if (step->filled) pl_buffer_text(&x->line, cli_text(x->call, " (missing, filled in)", "（缺失，按规则填补）"));
    }
}

/* What a record says of itself, without the element it is of and what it brought. */
static void add_record(explaining *x, const pl_record_list *list, size_t record) {
    for (size_t i = 0; i < list->field_count; i++) {
        if (list->fields[i].element) continue;
        size_t before = x->line.len;
        pl_buffer_char(&x->line, ' ');
        pl_record_field_write(x->s->dataset, &list->fields[i], record, &x->line);
        if (x->line.len == before + 1) x->line.len = before; /* nothing there */
    }
}

#define MOST_RECORDS 20

static void write_records(explaining *x, const pl_step *step, const pl_comparison *comparison) {
    const pl_record_list *list = &x->s->dataset->lists[comparison->list];
    size_t shown = comparison->record_count < MOST_RECORDS ? comparison->record_count : MOST_RECORDS;
    for (size_t i = 0; i < shown; i++) {
        const pl_used_record *used = &comparison->records[i];
        add_branches(x, step, true);
        pl_buffer_text(&x->line, "    ");
        add_number(&x->line, used->value);
        pl_buffer_text(&x->line, cli_text(x->call, ":", "："));
        add_record(x, list, used->record);
        pl_buffer_print(&x->line, " (%s:%zu)", list->name, list->source_rows[used->record]);
        if (!used->counts) pl_buffer_text(&x->line, cli_text(x->call, ", not counted again", "，不重复计"));
        end_line(x);
    }
    if (shown == comparison->record_count) return;
    add_branches(x, step, true);
    pl_buffer_print(&x->line, cli_text(x->call, "    ... and %zu more", "    ……另有 %zu 条"), comparison->record_count - shown);
    end_line(x);
}

static void write_trace(explaining *x, const pl_step *step, const char *label, const pl_trace *trace) {
    if (!trace->formula.len) return;
    add_branches(x, step, true);
    pl_buffer_print(&x->line, "%s = %.*s", label, PL_ARG(trace->formula));
    if (!pl_str_equal(trace->formula, trace->numbers)) pl_buffer_print(&x->line, " = %.*s", PL_ARG(trace->numbers));
    pl_buffer value;
    pl_buffer_init(&value, 0);
    add_number(&value, trace->value);
    if (trace->present && !pl_str_equal(pl_buffer_view(&value), trace->numbers)) pl_buffer_print(&x->line, " = %s", value.at);
    x->line.failed |= value.failed;
    pl_buffer_free(&value);
    end_line(x);
    for (size_t i = 0; i < trace->comparison_count; i++) {
        add_branches(x, step, true);
        pl_buffer_print(&x->line, "%s%.*s = ", cli_text(x->call, "  where ", "  其中 "), PL_ARG(trace->comparisons[i].what));
        if (trace->comparisons[i].present)
            add_number(&x->line, trace->comparisons[i].value);
        else
            pl_buffer_text(&x->line, cli_text(x->call, "missing", "缺失"));
        end_line(x);
        write_records(x, step, &trace->comparisons[i]);
    }
}

static void add_optional(explaining *x, bool present, double value) {
    if (present)
        add_number(&x->line, value);
    else
        pl_buffer_text(&x->line, cli_text(x->call, "missing", "缺失"));
}

/* What the value became on its way to the score. */
static void write_passages(explaining *x, const pl_step *step) {
    for (size_t i = 0; i < step->passage_count; i++) {
        const pl_passage *p = &step->passages[i];
        if (p->stage == PL_STAGE_IMPUTED) {
            write_trace(x, step, cli_text(x->call, "imputed", "插补"), &p->trace);
        } else if (p->stage == PL_STAGE_TREATED) {
            write_trace(x, step, cli_text(x->call, "treated", "处理"), &p->trace);
        } else {
            add_branches(x, step, true);
            pl_buffer_print(&x->line, "x / %.*s = ", PL_ARG(node_of(x, step)->denominator));
            add_optional(x, p->has_before, p->before);
            pl_buffer_text(&x->line, " / ");
            add_optional(x, p->has_divisor, p->divisor);
            pl_buffer_text(&x->line, " = ");
            add_optional(x, p->has_after, p->after);
            end_line(x);
        }
    }
}

static void write_step(explaining *x, const pl_step *step) {
    const pl_indicator *node = node_of(x, step);
    add_branches(x, step, false);
    pl_buffer_print(&x->line, "%.*s", PL_ARG(node->code));
    if (node->name.len && !pl_str_equal(node->name, node->code)) pl_buffer_print(&x->line, " %.*s", PL_ARG(node->name));
    pl_buffer_text(&x->line, cli_text(x->call, ": ", "："));
    add_state(x, step);
    if (step->share > 0 && node->parent != PL_NO_INDEX) {
        pl_buffer_text(&x->line, cli_text(x->call, ", weight ", "，权重 "));
        add_number(&x->line, step->share * 100);
        pl_buffer_text(&x->line, " %");
    }
    if (step->additive && step->has_score && node->parent != PL_NO_INDEX) {
        pl_buffer_text(&x->line, cli_text(x->call, ", contributes ", "，贡献 "));
        add_number(&x->line, step->contribution);
    }
    end_line(x);
    if (!node->child_count && !step->value.formula.len && step->has_x) {
        add_branches(x, step, true);
        pl_buffer_text(&x->line, "x = ");
        add_number(&x->line, step->x);
        if (node->unit_of_measure.len) pl_buffer_print(&x->line, " %.*s", PL_ARG(node->unit_of_measure));
        end_line(x);
    }
    write_trace(x, step, node->child_count ? cli_text(x->call, "combined", "合成") : "x", &step->value);
    write_passages(x, step);
    if (node->child_count && !node->combine) {
        static const char *const names[][2] = {{"mean", "加权平均"},    {"sum", "求和"},         {"geomean", "几何平均"},
                                               {"harmean", "调和平均"}, {"median", "中位数"},    {"min", "最小值"},
                                               {"max", "最大值"},       {"copeland", "copeland"}};
        add_branches(x, step, true);
        pl_buffer_print(&x->line, cli_text(x->call, "combined by %s", "合成方式：%s"), names[node->how][x->call->chinese]);
        end_line(x);
    }
    if (step->has_score_trace && step->state != PL_STEP_NOT_APPLICABLE && step->state != PL_STEP_LEFT_OUT)
        write_trace(x, step, cli_text(x->call, "score", "得分"), &step->score);
}

static void add_place(explaining *x, const char *english, const char *chinese, double place, size_t among) {
    if (place <= 0) return;
    pl_buffer_text(&x->line, cli_text(x->call, english, chinese));
    pl_buffer_number(&x->line, place);
    pl_buffer_print(&x->line, cli_text(x->call, " of %zu", "/%zu"), among);
}

/* Why screening left the unit out. */
static void add_share(explaining *x) {
    if (!x->e->has_share || x->e->share >= x->e->least) return;
    pl_buffer_text(&x->line, cli_text(x->call, ": it has ", "：只有 "));
    add_number(&x->line, x->e->share * 100);
    pl_buffer_text(&x->line, cli_text(x->call, " % of its values, fewer than ", " % 的值，少于 "));
    add_number(&x->line, x->e->least * 100);
    pl_buffer_text(&x->line, " %");
}

/* Why it has no better grade, a line each. */
static void write_refusals(explaining *x) {
    const pl_model *model = x->s->model;
    for (size_t i = 0; i < x->e->refusal_count; i++) {
        const pl_refusal *r = &x->e->refusals[i];
        pl_buffer_clear(&x->line);
        pl_buffer_print(&x->line, cli_text(x->call, "    not %.*s: ", "    未评%.*s："), PL_ARG(model->grades[r->grade].name));
        pl_refusal_write(r, model, x->e->line, x->call->chinese, &x->line);
        end_line(x);
    }
}

static void write_text(explaining *x) {
    const pl_score_line *line = x->e->line;
    const pl_unit *unit = &x->s->dataset->units[line->unit];
    pl_buffer_print(&x->line, "%.*s", PL_ARG(unit->name));
    if (!pl_str_equal(unit->name, unit->code)) pl_buffer_print(&x->line, " (%.*s)", PL_ARG(unit->code));
    pl_str period = x->s->dataset->periods[line->period];
    if (period.len) pl_buffer_print(&x->line, "  %.*s", PL_ARG(period));
    if (line->has_total) {
        pl_buffer_text(&x->line, cli_text(x->call, "  total ", "  总分 "));
        add_number(&x->line, line->total);
    } else {
        pl_buffer_text(&x->line, cli_text(x->call, "  no total", "  没有总分"));
        add_share(x);
    }
    add_place(x, ", place ", "，名次 ", line->rank, x->e->units_ranked);
    if (unit->group != PL_NOBODY) {
        pl_buffer_print(&x->line, cli_text(x->call, ", group %.*s", "，类别 %.*s"), PL_ARG(x->s->dataset->groups[unit->group]));
        add_place(x, " ", " ", line->group_rank, x->e->group_ranked);
    }
    if (line->grade != PL_NOBODY)
        pl_buffer_print(&x->line, cli_text(x->call, ", grade %.*s", "，等次 %.*s"), PL_ARG(x->s->model->grades[line->grade].name));
    end_line(x);
    write_refusals(x);
    pl_buffer_clear(&x->line);
    end_line(x);
    for (size_t i = 0; i < x->e->step_count; i++) write_step(x, &x->e->steps[i]);
}

/* ---- json ---- */

static void json_optional(pl_json_writer *w, const char *key, bool present, double value) {
    pl_json_key(w, key);
    if (present)
        pl_json_number(w, value);
    else
        pl_json_null(w);
}

static void json_text(pl_json_writer *w, const char *key, pl_str text) {
    pl_json_key(w, key);
    pl_json_text(w, text);
}

static void json_records(explaining *x, pl_json_writer *w, const pl_comparison *comparison) {
    const pl_record_list *list = &x->s->dataset->lists[comparison->list];
    pl_json_key(w, "records");
    pl_json_array(w);
    for (size_t i = 0; i < comparison->record_count; i++) {
        const pl_used_record *used = &comparison->records[i];
        pl_json_object(w);
        pl_json_key(w, "row");
        pl_json_number(w, (double)list->source_rows[used->record]);
        json_optional(w, "value", true, used->value);
        pl_json_key(w, "counts");
        pl_json_bool(w, used->counts);
        pl_json_key(w, "fields");
        pl_json_object(w);
        for (size_t k = 0; k < list->field_count; k++) {
            pl_buffer_clear(&x->line);
            pl_record_field_write(x->s->dataset, &list->fields[k], used->record, &x->line);
            if (!x->line.len) continue;
            pl_json_key_str(w, list->fields[k].name);
            pl_json_text(w, pl_buffer_view(&x->line));
        }
        pl_json_end(w);
        pl_json_end(w);
    }
    pl_json_end(w);
    pl_buffer_clear(&x->line);
}

static void json_trace(explaining *x, pl_json_writer *w, const char *key, const pl_trace *trace) {
    pl_json_key(w, key);
    pl_json_object(w);
    json_text(w, "formula", trace->formula);
    json_text(w, "with_numbers", trace->numbers);
    json_optional(w, "value", trace->present, trace->value);
    pl_json_key(w, "compared_with");
    pl_json_array(w);
    for (size_t i = 0; i < trace->comparison_count; i++) {
        pl_json_object(w);
        json_text(w, "what", trace->comparisons[i].what);
        json_optional(w, "value", trace->comparisons[i].present, trace->comparisons[i].value);
        if (trace->comparisons[i].records) json_records(x, w, &trace->comparisons[i]);
        pl_json_end(w);
    }
    pl_json_end(w);
    pl_json_end(w);
}

static void json_refusals(explaining *x, pl_json_writer *w) {
    static const char *const reasons[] = {"no_total", "min", "barred", "share"};
    const pl_model *model = x->s->model;
    pl_json_key(w, "refused");
    pl_json_array(w);
    for (size_t i = 0; i < x->e->refusal_count; i++) {
        const pl_refusal *r = &x->e->refusals[i];
        pl_json_object(w);
        json_text(w, "grade", model->grades[r->grade].name);
        json_text(w, "reason", pl_str_of(reasons[r->reason]));
        if (r->reason == PL_REFUSED_BARRED) json_trace(x, w, "condition", &r->barred);
        if (r->reason == PL_REFUSED_SHARE) {
            json_optional(w, "place", true, r->place);
            json_optional(w, "sharing", true, (double)r->sharing);
            json_optional(w, "places", true, (double)r->places);
        }
        pl_json_end(w);
    }
    pl_json_end(w);
}

static void json_passage(explaining *x, pl_json_writer *w, const pl_step *step, const pl_passage *p) {
    pl_json_object(w);
    json_text(w, "stage",
              pl_str_of(p->stage == PL_STAGE_IMPUTED   ? "imputed"
                        : p->stage == PL_STAGE_TREATED ? "treated"
                                                       : "denominated"));
    json_optional(w, "from", p->has_before, p->before);
    json_optional(w, "to", p->has_after, p->after);
    if (p->stage == PL_STAGE_DENOMINATED) {
        json_text(w, "denominator", node_of(x, step)->denominator);
        json_optional(w, "divided_by", p->has_divisor, p->divisor);
    } else {
        json_trace(x, w, "rule", &p->trace);
    }
    pl_json_end(w);
}

static void json_step(explaining *x, pl_json_writer *w, const pl_step *step) {
    static const char *const states[] = {"present", "missing", "not_applicable", "left_out"};
    const pl_indicator *node = node_of(x, step);
    pl_json_object(w);
    json_text(w, "indicator", node->code);
    json_text(w, "name", node->name);
    pl_json_key(w, "parent");
    if (node->parent == PL_NO_INDEX)
        pl_json_null(w);
    else
        pl_json_text(w, x->s->model->indicators[node->parent].code);
    json_text(w, "state", pl_str_of(states[step->state]));
    pl_json_key(w, "filled");
    pl_json_bool(w, step->filled);
    json_optional(w, "x", step->has_x, step->x);
    json_optional(w, "score", step->has_score, step->points);
    json_optional(w, "weight", true, node->weight);
    json_optional(w, "share", step->share > 0, step->share);
    json_optional(w, "contribution", step->additive && step->has_score, step->contribution);
    if (step->value.formula.len) json_trace(x, w, node->child_count ? "combine" : "value", &step->value);
    if (step->passage_count) {
        pl_json_key(w, "stages");
        pl_json_array(w);
        for (size_t i = 0; i < step->passage_count; i++) json_passage(x, w, step, &step->passages[i]);
        pl_json_end(w);
    }
    if (step->has_score_trace) json_trace(x, w, "rule", &step->score);
    pl_json_end(w);
}

static void write_json(explaining *x) {
    const pl_score_line *line = x->e->line;
    const pl_unit *unit = &x->s->dataset->units[line->unit];
    pl_json_writer w;
    cli_json_begin(&w, x->output, "plumbline/explain/1");
    json_text(&w, "unit", unit->code);
    json_text(&w, "name", unit->name);
    pl_json_key(&w, "period");
    pl_json_text_or_null(&w, x->s->dataset->periods[line->period]);
    json_optional(&w, "total", line->has_total, line->total);
    if (x->e->has_share) json_optional(&w, "share_of_values", true, x->e->share);
    json_optional(&w, "rank", line->rank > 0, line->rank);
    json_optional(&w, "ranked", true, (double)x->e->units_ranked);
    json_optional(&w, "group_rank", line->group_rank > 0, line->group_rank);
    json_optional(&w, "group_ranked", line->group_rank > 0, (double)x->e->group_ranked);
    if (x->s->model->grade_count) {
        pl_json_key(&w, "grade");
        pl_json_text_or_null(&w, line->grade == PL_NOBODY ? (pl_str){0} : x->s->model->grades[line->grade].name);
        json_refusals(x, &w);
    }
    pl_json_key(&w, "steps");
    pl_json_array(&w);
    for (size_t i = 0; i < x->e->step_count; i++) json_step(x, &w, &x->e->steps[i]);
    pl_json_end(&w);
    pl_json_end(&w);
}

static int explain(const cli_call *call, cli_session *s) {
    const pl_score_line *line = cli_session_line(s, call->arguments[1]);
    size_t indicator = call->argument_count > 2 ? cli_session_indicator(s, call->arguments[2]) : 0;
    if (!line || indicator == PL_NO_INDEX) return EXIT_INPUT;
    pl_explanation *e;
    pl_status status = pl_explain(&e, s->scores, s->compiled, line, indicator);
    if (status != PL_OK) return cli_exit_status(status);
    cli_result result;
    int exit_status = cli_result_open(&result, call);
    if (exit_status == EXIT_DONE) {
        explaining x = {call, s, e, {0}, &result.output};
        pl_buffer_init(&x.line, 0);
        if (cli_is(call, &cli_format_text, "json"))
            write_json(&x);
        else
            write_text(&x);
        pl_buffer_free(&x.line);
        exit_status = cli_result_close(&result);
    }
    pl_explanation_free(e);
    return exit_status;
}

static int run(const cli_call *call) {
    cli_session s;
    int status = cli_session_open(&s, call, call->arguments[0], PL_NODES_ROOT, false, CLI_TELL_ERRORS);
    if (status == EXIT_DONE) status = explain(call, &s);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&cli_data, &cli_period, &cli_format_text, &cli_out, &cli_threads, &cli_lang, NULL};

const cli_command cli_explain = {
    .name = "explain",
    .arguments = "MODEL UNIT [NODE]",
    .least = 2,
    .most = 3,
    .summary = "why a unit has its score: the tree of steps from raw values",
    .summary_zh = "一个单位为何得此分：从原始值到总分的每一步",
    .details =
        "UNIT is a code, or a name where it is unique. For each node: its value, what it was compared with, the formula with the\n"
        "numbers put in, its points, weight and contribution to the total, and what was missing or does not apply.",
    .details_zh = "UNIT "
                  "为单位代码，或唯一的名称。逐个节点列出：取值、比较对象、代入数字的公式、得分、权重、对总分的贡献，以及缺失和不适"
                  "用的部分。",
    .options = options,
    .run = run,
};
