#include <plumbline/score/explain.h>

#include "score/rank.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

typedef struct explaining {
    pl_explanation *out;
    const pl_scores *scores;
    pl_compiled *compiled;
    size_t row;
    double *factor; /* per indicator: what one point of it adds to the root's score; NAN where that is not fixed */
} explaining;

static bool value_of(const explaining *x, pl_node node, double *out) {
    *out = 0;
    return pl_evaluation_value(x->scores->evaluation, node, x->row, out);
}

/* Sums over the children of a node: their weight where present, their full, and the full of those that apply (< 0: not all have
 * one). */
typedef struct siblings {
    double weight, full, applying;
} siblings;

static siblings add_siblings(const explaining *x, size_t parent) {
    const pl_model *model = x->compiled->model;
    siblings sum = {0};
    for (size_t child = model->indicators[parent].first_child; child != PL_NO_INDEX;
         child = model->indicators[child].next_sibling) {
        const pl_indicator *node = &model->indicators[child];
        const pl_indicator_nodes *nodes = &x->compiled->nodes[child];
        double score, applies;
        if (value_of(x, nodes->score, &score)) sum.weight += node->weight;
        bool here = !nodes->applies || (value_of(x, nodes->applies, &applies) && applies != 0);
        if (!node->full.given || sum.full < 0) {
            sum.full = -1;
            continue;
        }
        sum.full += node->full.value;
        if (here) sum.applying += node->full.value;
    }
    return sum;
}

/* How much of the parent's score one point of this child makes; NAN where that depends on the others. */
static double part_of_parent(const pl_indicator *parent, const pl_indicator *node, siblings all) {
    if (parent->score || parent->combine) return NAN;
    if (parent->how == PL_COMBINE_MEAN) return all.weight > 0 ? node->weight / all.weight : NAN;
    if (parent->how == PL_COMBINE_SUM) return all.full > 0 && all.applying > 0 ? all.full / all.applying : 1;
    return NAN;
}

static void find_factors(explaining *x) {
    const pl_model *model = x->compiled->model;
    x->factor[0] = model->indicators[0].applies ? NAN : 1;
    for (size_t parent = 0; parent < model->indicator_count; parent++) {
        const pl_indicator *node = &model->indicators[parent];
        if (!node->child_count) continue;
        siblings all = add_siblings(x, parent);
        for (size_t child = node->first_child; child != PL_NO_INDEX; child = model->indicators[child].next_sibling)
            x->factor[child] = x->factor[parent] * part_of_parent(node, &model->indicators[child], all);
    }
}

static pl_status trace(explaining *x, size_t indicator, pl_role role, const pl_expression *expression, pl_trace *out) {
    pl_meaning meaning = pl_compiled_meaning(x->compiled, indicator, role);
    return pl_trace_expression(out, &x->out->arena, x->compiled->program, expression, &meaning, x->scores->evaluation, x->row);
}

/* Adds the stage where it changed the value. */
static pl_status explain_passage(explaining *x, size_t index, pl_stage stage, pl_role role, const pl_expression *expression,
                                 pl_step *step) {
    const pl_indicator_nodes *nodes = &x->compiled->nodes[index];
    pl_passage passage = {.stage = stage};
    /* Screening lies between imputing and treating, and changes no value of a unit that is kept. */
    pl_stage before = stage == PL_STAGE_TREATED ? PL_STAGE_SCREENED : (pl_stage)(stage - 1);
    passage.has_before = value_of(x, pl_compiled_stage(x->compiled, index, before), &passage.before);
    passage.has_after = value_of(x, pl_compiled_stage(x->compiled, index, stage), &passage.after);
    if (passage.has_before == passage.has_after && passage.before == passage.after) return PL_OK;
    passage.has_divisor = stage == PL_STAGE_DENOMINATED && value_of(x, nodes->divisor, &passage.divisor);
    pl_status status = expression ? trace(x, index, role, expression, &passage.trace) : PL_OK;
    step->passages[step->passage_count++] = passage;
    return status;
}

static pl_status explain_passages(explaining *x, size_t index, pl_step *step) {
    const pl_indicator *node = &x->compiled->model->indicators[index];
    if (node->child_count || step->state == PL_STEP_LEFT_OUT) return PL_OK;
    pl_status status = explain_passage(x, index, PL_STAGE_DENOMINATED, PL_ROLE_VALUE, NULL, step);
    if (status == PL_OK) status = explain_passage(x, index, PL_STAGE_IMPUTED, PL_ROLE_IMPUTE, node->impute, step);
    return status == PL_OK ? explain_passage(x, index, PL_STAGE_TREATED, PL_ROLE_TREAT, node->treat, step) : status;
}

/* Whether screening left the unit out. */
static bool is_left_out(const explaining *x) {
    double kept;
    return x->compiled->kept && value_of(x, x->compiled->kept, &kept) && kept == 0;
}

static pl_status explain_step(explaining *x, size_t index, pl_step *step) {
    const pl_indicator *node = &x->compiled->model->indicators[index];
    const pl_indicator_nodes *nodes = &x->compiled->nodes[index];
    double points, applies;
    step->indicator = index;
    step->has_x = value_of(x, nodes->value, &step->x);
    step->has_score = value_of(x, nodes->score, &step->points);
    bool present = value_of(x, nodes->points, &points);
    bool here = !nodes->applies || (value_of(x, nodes->applies, &applies) && applies != 0);
    step->state = is_left_out(x) ? PL_STEP_LEFT_OUT : !here ? PL_STEP_NOT_APPLICABLE : present ? PL_STEP_PRESENT : PL_STEP_MISSING;
    step->filled = step->state == PL_STEP_MISSING && step->has_score;
    if (node->parent != PL_NO_INDEX && step->has_score) {
        const pl_indicator *parent = &x->compiled->model->indicators[node->parent];
        siblings all = add_siblings(x, node->parent);
        bool weighs = !parent->combine && parent->how != PL_COMBINE_SUM && parent->how != PL_COMBINE_MIN &&
                      parent->how != PL_COMBINE_MAX && parent->how != PL_COMBINE_MEDIAN;
        step->share = weighs && all.weight > 0 ? node->weight / all.weight : 0;
    }
    step->additive = !isnan(x->factor[index]);
    step->contribution = step->additive && step->has_score ? x->factor[index] * step->points : 0;
    pl_status status = PL_OK;
    step->value = (pl_trace){.present = step->has_x, .value = step->x};
    if (node->combine && node->child_count)
        status = trace(x, index, PL_ROLE_COMBINE, node->combine, &step->value);
    else if (node->value)
        status = trace(x, index, PL_ROLE_VALUE, node->value, &step->value);
    if (status == PL_OK) status = explain_passages(x, index, step);
    step->has_score_trace = node->score != NULL;
    return status == PL_OK && node->score ? trace(x, index, PL_ROLE_SCORE, node->score, &step->score) : status;
}

/* Counts by units, not by lines: those come in the order of places, which leads all over the memory. */
static void count_ranked(explaining *x) {
    const pl_unit *units = x->compiled->dataset->units;
    const pl_score_line *own = x->out->line;
    size_t count = x->compiled->frame.units, first = own->period * count;
    const uint64_t *present = NULL;
    pl_evaluation_column(x->scores->evaluation, x->compiled->nodes[0].score, &present);
    for (size_t unit = 0; present && unit < count; unit++) {
        if (!pl_present(present, first + unit)) continue;
        x->out->units_ranked++;
        x->out->group_ranked += units[unit].group == units[own->unit].group;
    }
}

static pl_status explain_grade(explaining *x) {
    const pl_model *model = x->compiled->model;
    pl_explanation *e = x->out;
    e->refusals = pl_arena_array(&e->arena, model->grade_count + 1, sizeof *e->refusals);
    if (!e->refusals) return PL_MEMORY;
    e->refusal_count = pl_grade_refusals(x->scores, e->line, e->refusals);
    pl_status status = PL_OK;
    for (size_t i = 0; i < e->refusal_count && status == PL_OK; i++)
        if (e->refusals[i].reason == PL_REFUSED_BARRED)
            status = trace(x, 0, PL_ROLE_BARRED, model->grades[e->refusals[i].grade].barred, &e->refusals[i].barred);
    return status;
}

static void write_share_refusal(const pl_refusal *refusal, bool chinese, pl_buffer *out) {
    char place[PL_NUMBER_SIZE];
    pl_number_print(place, refusal->place);
    pl_buffer_print(out, chinese ? "名次 %s" : "place %s", place);
    if (refusal->sharing > 1) pl_buffer_print(out, chinese ? "（%zu 个单位并列）" : ", shared by %zu", refusal->sharing);
    pl_buffer_print(out, chinese ? "，名额到该等次为止共 %zu 个" : ", and %zu places down to this grade", refusal->places);
}

void pl_refusal_write(const pl_refusal *refusal, const pl_model *model, const pl_score_line *line, bool chinese, pl_buffer *out) {
    char total[PL_NUMBER_SIZE], least[PL_NUMBER_SIZE];
    switch (refusal->reason) {
    case PL_REFUSED_NO_TOTAL: pl_buffer_text(out, chinese ? "没有总分" : "no total"); break;
    case PL_REFUSED_MIN:
        pl_number_print(total, line->total);
        pl_number_print(least, model->grades[refusal->grade].min.value);
        pl_buffer_print(out, chinese ? "总分 %s 低于 %s" : "total %s is below %s", total, least);
        break;
    case PL_REFUSED_BARRED:
        pl_buffer_print(out, chinese ? "不得评为：%.*s = %.*s" : "barred by %.*s = %.*s", PL_ARG(refusal->barred.formula),
                        PL_ARG(refusal->barred.numbers));
        break;
    case PL_REFUSED_SHARE: write_share_refusal(refusal, chinese, out); break;
    }
}

/* A node is followed by all below it: they are the run of greater depth behind it. */
static size_t subtree_size(const pl_model *model, size_t indicator) {
    size_t end = indicator + 1;
    while (end < model->indicator_count && model->indicators[end].depth > model->indicators[indicator].depth) end++;
    return end - indicator;
}

pl_status pl_explain(pl_explanation **out, const pl_scores *scores, pl_compiled *compiled, const pl_score_line *line,
                     size_t indicator) {
    *out = NULL;
    pl_explanation *e = calloc(1, sizeof *e);
    if (!e) return PL_MEMORY;
    pl_arena_init(&e->arena, 0);
    e->line = line;
    explaining x = {.out = e, .scores = scores, .compiled = compiled, .row = pl_scores_row(scores, line)};
    size_t count = subtree_size(compiled->model, indicator);
    e->steps = pl_arena_array(&e->arena, count, sizeof *e->steps);
    x.factor = malloc((compiled->model->indicator_count + 1) * sizeof *x.factor);
    pl_status status = e->steps && x.factor ? PL_OK : PL_MEMORY;
    if (status == PL_OK) {
        find_factors(&x);
        count_ranked(&x);
        e->has_share = compiled->kept && value_of(&x, compiled->share, &e->share);
        e->least = compiled->model->settings.screen;
    }
    if (status == PL_OK) status = explain_grade(&x);
    for (size_t i = 0; i < count && status == PL_OK; i++) status = explain_step(&x, indicator + i, &e->steps[e->step_count++]);
    free(x.factor);
    if (status == PL_OK) status = pl_evaluation_status(scores->evaluation);
    if (status == PL_OK)
        *out = e;
    else
        pl_explanation_free(e);
    return status;
}

void pl_explanation_free(pl_explanation *explanation) {
    if (!explanation) return;
    pl_arena_free(&explanation->arena);
    free(explanation);
}

/* ---- gaps ---- */

static int by_points(const void *a, const void *b) {
    const pl_gap *x = a, *y = b;
    if (x->points != y->points) return x->points > y->points ? -1 : 1;
    return (x->indicator > y->indicator) - (x->indicator < y->indicator);
}

static pl_status measure(pl_gap *gap, const explaining *own, const explaining *other, double total) {
    const pl_indicator_nodes *nodes = &own->compiled->nodes[gap->indicator];
    bool has_x = value_of(own, nodes->value, &gap->own_x), has_other_x = value_of(other, nodes->value, &gap->other_x);
    gap->has_own = value_of(own, nodes->score, &gap->own_score);
    gap->has_other = value_of(other, nodes->score, &gap->other_score);
    if (!has_x) gap->own_x = NAN;
    if (!has_other_x) gap->other_x = NAN;
    if (gap->has_own == gap->has_other && gap->own_score == gap->other_score) return PL_OK;
    pl_supposition put = {nodes->score, gap->has_other, gap->other_score};
    double moved;
    bool present;
    pl_status status =
        pl_evaluation_suppose(own->scores->evaluation, own->compiled->nodes[0].score, own->row, &put, 1, &moved, &present);
    if (status == PL_OK && present) gap->points = moved - total;
    return status;
}

pl_status pl_gaps(pl_gap **out, size_t *count, const pl_scores *scores, pl_compiled *compiled, const pl_score_line *line,
                  const pl_score_line *other) {
    const pl_model *model = compiled->model;
    explaining own = {.scores = scores, .compiled = compiled, .row = pl_scores_row(scores, line)};
    explaining theirs = {.scores = scores, .compiled = compiled, .row = pl_scores_row(scores, other)};
    *count = 0;
    *out = calloc(model->indicator_count + 1, sizeof **out);
    if (!*out) return PL_MEMORY;
    double total;
    value_of(&own, compiled->nodes[0].score, &total);
    pl_status status = PL_OK;
    for (size_t i = 0; i < model->indicator_count && status == PL_OK; i++) {
        if (model->indicators[i].child_count) continue;
        pl_gap *gap = &(*out)[(*count)++];
        gap->indicator = i;
        status = measure(gap, &own, &theirs, total);
    }
    if (*count) qsort(*out, *count, sizeof **out, by_points);
    if (status == PL_OK) status = pl_evaluation_status(scores->evaluation);
    if (status == PL_OK) return PL_OK;
    free(*out);
    *out = NULL;
    *count = 0;
    return status;
}
