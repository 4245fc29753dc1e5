#include "lang/plan.h"

#include "lang/rows.h"

#include <stdlib.h>

/* What the planner knows of a node while it plans. */
typedef struct plan_state {
    uint32_t uses; /* operands of the plan that are still to read it */
    uint32_t at;   /* its register, or NO_REGISTER */
    uint32_t wide; /* the register of its spread form, or NO_REGISTER */
    bool uniform, done, counted;
} plan_state;

/* A node whose operands are being planned: `next` is the operand to see to. */
typedef struct plan_frame {
    pl_node node;
    uint32_t next;
    uint32_t sums, weights; /* registers of a combination under way */
} plan_frame;

typedef struct planner {
    pl_plan *plan;
    const pl_plan_view *view;
    plan_state *state;
    plan_frame *stack;
    size_t depth, stack_capacity;
    uint32_t *free; /* registers that can be used again */
    size_t free_count, free_capacity;
    bool failed;
} planner;

static const pl_graph_node *node_at(const planner *p, pl_node node) { return pl_graph_node_at(p->view->program, node); }

static bool is_stored(const planner *p, pl_node node) { return p->view->stored[node] != 0; }

/* Leaves of the plan: what is loaded instead of computed. */
static bool is_loaded(const planner *p, pl_node node) {
    return is_stored(p, node) || pl_graph_is_given((pl_op)node_at(p, node)->op);
}

static uint32_t operand_count(const planner *p, pl_node node) {
    if (is_loaded(p, node)) return 0;
    const pl_graph_node *n = node_at(p, node);
    return n->op == OP_COMBINE ? 2 * n->count : pl_rows_arity((pl_op)n->op);
}

/* Operands of a combination: score and applies of each part in turn; 0 where there is none. */
static pl_node operand(const planner *p, pl_node node, uint32_t i) {
    const pl_graph_node *n = node_at(p, node);
    if (n->op != OP_COMBINE) return i == 0 ? n->a : i == 1 ? n->b : n->c;
    const pl_part *part = &pl_graph_parts(p->view->program, node)[i / 2];
    if (i % 2 == 0) return part->score;
    return n->detail == PL_COMBINE_SUM ? part->applies : 0;
}

static void push(planner *p, pl_node node) {
    if (p->failed || pl_reserve((void **)&p->stack, &p->stack_capacity, p->depth + 1, sizeof *p->stack, 0)) {
        p->failed = true;
        return;
    }
    p->stack[p->depth++] = (plan_frame){node, 0, NO_REGISTER, NO_REGISTER};
}

static uint32_t take_register(planner *p) {
    if (p->free_count) return p->free[--p->free_count];
    return p->plan->registers++;
}

static void give_back(planner *p, uint32_t reg) {
    if (p->failed || pl_reserve((void **)&p->free, &p->free_capacity, p->free_count + 1, sizeof *p->free, 0)) {
        p->failed = true;
        return;
    }
    p->free[p->free_count++] = reg;
}

static void emit(planner *p, pl_plan_step step) {
    pl_plan *plan = p->plan;
    if (p->failed || pl_reserve((void **)&plan->steps, &plan->step_capacity, plan->step_count + 1, sizeof *plan->steps, 0)) {
        p->failed = true;
        return;
    }
    plan->steps[plan->step_count++] = step;
}

/* Counts how often each needed node is read, so that its register can be freed after the last time. */
static void count_uses(planner *p, pl_node root) {
    push(p, root);
    while (p->depth && !p->failed) {
        pl_node node = p->stack[--p->depth].node;
        if (p->state[node].counted) continue;
        p->state[node].counted = true;
        uint32_t count = operand_count(p, node);
        for (uint32_t i = 0; i < count; i++) {
            pl_node child = operand(p, node, i);
            if (!child) continue;
            p->state[child].uses++;
            if (!p->state[child].counted) push(p, child);
        }
    }
}

/* One reading of a node is done. */
static void release(planner *p, pl_node node) {
    plan_state *state = &p->state[node];
    if (--state->uses) return;
    if (state->at != NO_REGISTER) give_back(p, state->at);
    if (state->wide != NO_REGISTER) give_back(p, state->wide);
    state->at = state->wide = NO_REGISTER;
}

/* The register to read a node from row by row: its spread form where it has one row only. */
static uint32_t reading(planner *p, pl_node node) {
    plan_state *state = &p->state[node];
    if (!state->uniform) return state->at;
    if (state->wide == NO_REGISTER) {
        state->wide = take_register(p);
        emit(p, (pl_plan_step){.kind = STEP_SPREAD, .node = node, .to = state->wide, .a = state->at});
    }
    return state->wide;
}

static bool is_uniform(const planner *p, pl_node node) {
    const pl_graph_node *n = node_at(p, node);
    if (n->op == OP_CONSTANT || n->op == OP_MISSING || n->op == OP_ELAPSED || n->op == OP_PARAMETER) return true;
    if (n->op == OP_REDUCE) return n->scope == PL_SCOPE_ALL;
    if (is_loaded(p, node) || n->op == OP_COMBINE) return false;
    unsigned arity = pl_rows_arity((pl_op)n->op);
    for (uint32_t i = 0; i < arity; i++)
        if (!p->state[operand(p, node, i)].uniform) return false;
    return true;
}

static bool first_time(planner *p, pl_node node) {
    bool first = !p->view->seen[node];
    p->view->seen[node] = true;
    return first;
}

static void finish_row_operation(planner *p, pl_node node) {
    plan_state *state = &p->state[node];
    pl_op op = (pl_op)node_at(p, node)->op;
    unsigned arity = pl_rows_arity(op);
    bool as_it_is = state->uniform || pl_rows_takes_uniform(op);
    uint32_t from[3] = {NO_REGISTER, NO_REGISTER, NO_REGISTER};
    for (uint32_t i = 0; i < arity; i++) {
        pl_node argument = operand(p, node, i);
        from[i] = as_it_is ? p->state[argument].at : reading(p, argument);
    }
    state->at = take_register(p); /* before the operands are released: results never overlap arguments */
    emit(p, (pl_plan_step){.kind = STEP_COMPUTE,
                           .uniform = state->uniform,
                           .report = first_time(p, node),
                           .node = node,
                           .to = state->at,
                           .a = from[0],
                           .b = from[1],
                           .c = from[2]});
    for (uint32_t i = 0; i < arity; i++) release(p, operand(p, node, i));
}

static void finish_median(planner *p, pl_node node) {
    pl_plan *plan = p->plan;
    uint32_t count = node_at(p, node)->count;
    if (pl_reserve((void **)&plan->operands, &plan->operand_capacity, plan->operand_count + count, sizeof *plan->operands, 0)) {
        p->failed = true;
        return;
    }
    uint32_t first = (uint32_t)plan->operand_count;
    plan->operand_count += count;
    for (uint32_t i = 0; i < count; i++) plan->operands[first + i] = reading(p, operand(p, node, 2 * i));
    p->state[node].at = take_register(p);
    emit(p, (pl_plan_step){.kind = STEP_MEDIAN, .node = node, .to = p->state[node].at, .a = first});
    for (uint32_t i = 0; i < count; i++) release(p, operand(p, node, 2 * i));
}

/* Adds a part to a combination as soon as it is computed, which frees its register. */
static void add_part(planner *p, plan_frame *frame, uint32_t part) {
    pl_node score = operand(p, frame->node, 2 * part), applies = operand(p, frame->node, 2 * part + 1);
    if (frame->sums == NO_REGISTER) {
        frame->sums = take_register(p);
        frame->weights = take_register(p);
        emit(p, (pl_plan_step){.kind = STEP_COMBINE_BEGIN, .node = frame->node, .to = frame->sums, .c = frame->weights});
    }
    emit(p, (pl_plan_step){.kind = STEP_COMBINE_ADD,
                           .node = frame->node,
                           .to = frame->sums,
                           .a = reading(p, score),
                           .b = applies ? reading(p, applies) : NO_REGISTER,
                           .c = frame->weights,
                           .part = part});
    release(p, score);
    if (applies) release(p, applies);
}

static void finish(planner *p, plan_frame frame) {
    plan_state *state = &p->state[frame.node];
    const pl_graph_node *n = node_at(p, frame.node);
    state->done = true;
    state->uniform = is_uniform(p, frame.node);
    if (is_loaded(p, frame.node)) {
        state->at = take_register(p);
        emit(p, (pl_plan_step){.kind = STEP_LOAD, .uniform = state->uniform, .node = frame.node, .to = state->at});
    } else if (n->op != OP_COMBINE) {
        finish_row_operation(p, frame.node);
    } else if (n->detail == PL_COMBINE_MEDIAN) {
        finish_median(p, frame.node);
    } else {
        state->at = take_register(p);
        emit(p, (pl_plan_step){.kind = STEP_COMBINE_END,
                               .report = first_time(p, frame.node),
                               .node = frame.node,
                               .to = state->at,
                               .a = frame.sums,
                               .c = frame.weights});
        give_back(p, frame.sums);
        give_back(p, frame.weights);
    }
}

static void plan_node(planner *p, pl_node root) {
    if (!p->state[root].done) push(p, root);
    while (p->depth && !p->failed) {
        plan_frame *frame = &p->stack[p->depth - 1];
        const pl_graph_node *n = node_at(p, frame->node);
        bool streams = n->op == OP_COMBINE && n->detail != PL_COMBINE_MEDIAN && !is_loaded(p, frame->node);
        uint32_t count = operand_count(p, frame->node);
        if (frame->next < count) {
            pl_node child = operand(p, frame->node, frame->next);
            if (child && !p->state[child].done) {
                push(p, child);
                continue;
            }
            if (streams && frame->next % 2 == 1) add_part(p, frame, frame->next / 2);
            frame->next++;
            continue;
        }
        plan_frame done = *frame;
        p->depth--;
        finish(p, done);
    }
}

pl_status pl_plan_make(pl_plan *plan, const pl_plan_view *view, const pl_node *wanted, size_t count) {
    *plan = (pl_plan){0};
    size_t size = pl_program_size(view->program);
    planner p = {.plan = plan, .view = view, .state = calloc(size, sizeof(plan_state))};
    if (!p.state) return PL_MEMORY;
    for (size_t i = 0; i < size; i++) p.state[i].at = p.state[i].wide = NO_REGISTER;
    for (size_t i = 0; i < count && !p.failed; i++) {
        count_uses(&p, wanted[i]);
        p.state[wanted[i]].uses++;
    }
    for (size_t i = 0; i < count && !p.failed; i++) {
        plan_node(&p, wanted[i]);
        if (p.failed) break;
        emit(&p, (pl_plan_step){.kind = STEP_OUTPUT, .node = wanted[i], .a = reading(&p, wanted[i]), .part = (uint32_t)i});
        release(&p, wanted[i]);
    }
    free(p.state);
    free(p.stack);
    free(p.free);
    return p.failed ? PL_MEMORY : PL_OK;
}

void pl_plan_free(pl_plan *plan) {
    free(plan->steps);
    free(plan->operands);
    *plan = (pl_plan){0};
}
