#include "model/dependencies.h"

#include "model/vocabulary.h"

#include <stdlib.h>

enum { UNTOUCHED, IN_PROGRESS, DONE };

/* A step whose dependencies are being walked: they lie in `edges` from `next` to `end`. */
typedef struct walk_frame {
    pl_step_id step;
    size_t first, next, end;
} walk_frame;

typedef struct walk {
    const pl_model *model;
    pl_problems *problems;
    unsigned char *state;
    pl_step_id *order;
    size_t ordered;
    walk_frame *stack;
    size_t depth, stack_capacity;
    pl_step_id *edges;
    size_t edge_count, edge_capacity;
    /* of the step whose expressions are being visited: */
    size_t indicator;
    bool combining, applying;
    pl_status worst;
} walk;

static pl_status add_edge(walk *w, pl_step_id to) {
    if (pl_reserve((void **)&w->edges, &w->edge_capacity, w->edge_count + 1, sizeof *w->edges, 0)) return PL_MEMORY;
    w->edges[w->edge_count++] = to;
    return PL_OK;
}

static pl_status visit(void *context, const pl_reference *reference) {
    walk *w = context;
    bool code = (reference->kind == PL_REFERENCE_NAME && !pl_is_field(reference)) || reference->kind == PL_REFERENCE_SCORE;
    size_t index = code ? pl_model_find(w->model, reference->name) : PL_NO_INDEX;
    bool own = reference->kind == PL_REFERENCE_NAME && pl_str_is_fold(reference->name, "x");
    if (index == PL_NO_INDEX && w->applying && own) return add_edge(w, pl_step_of(w->indicator, STEP_VALUE));
    if (index == PL_NO_INDEX) return PL_OK;
    const pl_indicator *node = &w->model->indicators[index];
    if (reference->kind == PL_REFERENCE_SCORE) return add_edge(w, pl_step_of(index, STEP_SCORE));
    bool child = w->combining && node->parent == w->indicator;
    if (index == w->indicator && !node->child_count) return PL_OK; /* a leaf's own code: its element */
    return add_edge(w, pl_step_of(index, child || node->child_count ? STEP_SCORE : STEP_VALUE));
}

static pl_status visit_expression(walk *w, const pl_expression *expression, bool combining) {
    w->combining = combining;
    return expression ? pl_expression_references(expression, w->model->library, visit, w) : PL_OK;
}

/* The value of a leaf is its expression or its element; that of an inner node needs the scores of its children. */
static pl_status list_value(walk *w, size_t index) {
    const pl_indicator *node = &w->model->indicators[index];
    pl_status status = PL_OK;
    if (!node->child_count) return visit_expression(w, node->value, false);
    for (size_t child = node->first_child; child != PL_NO_INDEX && status == PL_OK;
         child = w->model->indicators[child].next_sibling)
        status = add_edge(w, pl_step_of(child, STEP_SCORE));
    return status == PL_OK ? visit_expression(w, node->combine, true) : status;
}

/* Which units are kept is known when all values are there, and what applies to whom. */
static pl_status list_screen(walk *w) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < w->model->indicator_count && status == PL_OK; i++) {
        const pl_indicator *node = &w->model->indicators[i];
        if (!node->child_count) status = add_edge(w, pl_step_of(i, STEP_PREPARED)); /* which comes after STEP_APPLIES */
        if (status == PL_OK && node->child_count && node->applies) status = add_edge(w, pl_step_of(i, STEP_APPLIES));
    }
    return status;
}

static pl_status list_score(walk *w, size_t index) {
    const pl_indicator *node = &w->model->indicators[index];
    pl_status status = add_edge(w, pl_step_of(index, STEP_PREPARED));
    if (status == PL_OK) status = add_edge(w, pl_step_of(index, STEP_APPLIES));
    if (status == PL_OK && w->model->settings.screen > 0) status = add_edge(w, pl_screen_step(w->model));
    if (status == PL_OK) status = visit_expression(w, node->treat, false);
    return status == PL_OK ? visit_expression(w, node->score, false) : status;
}

static pl_status list_edges(walk *w, pl_step_id step) {
    if (step == pl_screen_step(w->model)) return list_screen(w);
    size_t index = w->indicator = pl_step_indicator(step);
    const pl_indicator *node = &w->model->indicators[index];
    switch (pl_step_kind_of(step)) {
    case STEP_VALUE: return list_value(w, index);
    case STEP_SCORE: return list_score(w, index);
    default: break;
    }
    bool applying = pl_step_kind_of(step) == STEP_APPLIES;
    /* Whether an inner node applies may be asked before its value is known, unless it depends on it. */
    pl_status status = applying && node->child_count ? PL_OK : add_edge(w, pl_step_of(index, STEP_VALUE));
    w->applying = applying;
    if (status == PL_OK && !applying && node->applies) status = add_edge(w, pl_step_of(index, STEP_APPLIES));
    if (status == PL_OK) status = visit_expression(w, applying ? node->applies : node->impute, false);
    w->applying = false;
    return status;
}

static void push(walk *w, pl_step_id step) {
    w->state[step] = IN_PROGRESS;
    walk_frame frame = {.step = step, .first = w->edge_count, .next = w->edge_count};
    if (list_edges(w, step) != PL_OK || pl_reserve((void **)&w->stack, &w->stack_capacity, w->depth + 1, sizeof *w->stack, 0)) {
        w->worst = PL_MEMORY;
        return;
    }
    frame.end = w->edge_count;
    w->stack[w->depth++] = frame;
}

static pl_str step_name(const walk *w, pl_step_id step) {
    if (step == pl_screen_step(w->model)) return pl_str_of("the setting screen");
    return w->model->indicators[pl_step_indicator(step)].code;
}

/* The steps on the stack from `step` on lead back to it. */
static void report_cycle(walk *w, pl_step_id step) {
    size_t from = w->depth;
    while (from > 0 && w->stack[from - 1].step != step) from--;
    pl_buffer text;
    pl_buffer_init(&text, 4000);
    size_t last = PL_NO_INDEX, names = 0;
    for (size_t i = from - 1; i < w->depth; i++) {
        size_t index = pl_step_indicator(w->stack[i].step);
        if (index == last) continue;
        pl_buffer_print(&text, "%s%.*s", names++ ? " -> " : "", PL_ARG(step_name(w, w->stack[i].step)));
        last = index;
    }
    text.failed = false;
    if (names == 1 || pl_step_indicator(step) != last) pl_buffer_print(&text, " -> %.*s", PL_ARG(step_name(w, step)));
    /* The settings alone never close a circle: there is an indicator on it. */
    size_t first = pl_step_indicator(step == pl_screen_step(w->model) ? w->stack[w->depth - 1].step : step);
    const pl_indicator *node = &w->model->indicators[first];
    pl_place place = pl_indicator_place(w->model, node, NULL);
    const char *hint = names == 1 ? " (for the score of other units, name an indicator below this one)" : "";
    pl_status status = pl_problem_add(w->problems, PL_ERROR, "E343", place, "indicators depend on one another in a circle: %s%s",
                                      text.at ? text.at : "", hint);
    if (w->worst != PL_MEMORY) w->worst = status;
    pl_buffer_free(&text);
}

static void walk_from(walk *w, pl_step_id start) {
    if (w->state[start] != UNTOUCHED) return;
    push(w, start);
    while (w->depth && w->worst != PL_MEMORY) {
        walk_frame *frame = &w->stack[w->depth - 1];
        if (frame->next == frame->end) {
            w->state[frame->step] = DONE;
            w->order[w->ordered++] = frame->step;
            w->edge_count = frame->first;
            w->depth--;
            continue;
        }
        pl_step_id to = w->edges[frame->next++];
        if (w->state[to] == UNTOUCHED)
            push(w, to);
        else if (w->state[to] == IN_PROGRESS)
            report_cycle(w, to);
    }
}

pl_status pl_dependencies_order(const pl_model *model, pl_step_id *order, size_t *count, pl_problems *problems) {
    walk w = {.model = model, .problems = problems, .order = order};
    w.state = calloc(pl_step_count(model), 1);
    if (!w.state) return PL_MEMORY;
    for (size_t i = 0; i < model->indicator_count && w.worst != PL_MEMORY; i++) walk_from(&w, pl_step_of(i, STEP_SCORE));
    *count = w.ordered;
    free(w.state);
    free(w.stack);
    free(w.edges);
    return w.worst;
}
