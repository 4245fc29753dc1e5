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
    bool combining;
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
    if (index == PL_NO_INDEX) return PL_OK;
    const pl_indicator *node = &w->model->indicators[index];
    if (reference->kind == PL_REFERENCE_SCORE) return add_edge(w, pl_score_step(index));
    bool child = w->combining && node->parent == w->indicator;
    if (index == w->indicator && !node->child_count) return PL_OK; /* a leaf's own code: its element */
    return add_edge(w, child || node->child_count ? pl_score_step(index) : pl_value_step(index));
}

static pl_status visit_expression(walk *w, const pl_expression *expression, bool combining) {
    w->combining = combining;
    return expression ? pl_expression_references(expression, w->model->library, visit, w) : PL_OK;
}

static pl_status list_edges(walk *w, pl_step_id step) {
    size_t index = w->indicator = step / 2;
    const pl_indicator *node = &w->model->indicators[index];
    pl_status status = PL_OK;
    if (step == pl_score_step(index)) {
        status = add_edge(w, pl_value_step(index));
        if (status == PL_OK) status = visit_expression(w, node->score, false);
        return status == PL_OK ? visit_expression(w, node->applies, false) : status;
    }
    if (!node->child_count) return visit_expression(w, node->value, false);
    for (size_t child = node->first_child; child != PL_NO_INDEX && status == PL_OK;
         child = w->model->indicators[child].next_sibling)
        status = add_edge(w, pl_score_step(child));
    return status == PL_OK ? visit_expression(w, node->combine, true) : status;
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

/* The steps on the stack from `step` on lead back to it. */
static void report_cycle(walk *w, pl_step_id step) {
    size_t from = w->depth;
    while (from > 0 && w->stack[from - 1].step != step) from--;
    const pl_indicator *first = &w->model->indicators[step / 2];
    pl_buffer text;
    pl_buffer_init(&text, 4000);
    const pl_indicator *last = NULL;
    for (size_t i = from - 1; i < w->depth; i++) {
        const pl_indicator *node = &w->model->indicators[w->stack[i].step / 2];
        if (node != last) pl_buffer_print(&text, "%.*s -> ", PL_ARG(node->code));
        last = node;
    }
    text.failed = false;
    pl_buffer_print(&text, "%.*s", PL_ARG(first->code));
    pl_place place = pl_indicator_place(w->model, first, NULL);
    pl_status status = pl_problem_add(w->problems, PL_ERROR, "E343", place, "indicators depend on one another in a circle: %s",
                                      text.at ? text.at : "");
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

pl_status pl_dependencies_order(const pl_model *model, pl_step_id *order, pl_problems *problems) {
    walk w = {.model = model, .problems = problems, .order = order};
    w.state = calloc(2 * model->indicator_count + 1, 1);
    if (!w.state) return PL_MEMORY;
    for (size_t i = 0; i < model->indicator_count && w.worst != PL_MEMORY; i++) walk_from(&w, pl_score_step(i));
    free(w.state);
    free(w.stack);
    free(w.edges);
    return w.worst;
}
