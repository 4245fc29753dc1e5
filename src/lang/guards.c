#include "lang/evaluation.h"

#include <stdlib.h>

#define UNUSED UINT32_MAX

static uint32_t common(const pl_guards *guards, uint32_t a, uint32_t b) {
    while (a != b) {
        if (guards->items[a].depth >= guards->items[b].depth)
            a = guards->items[a].parent;
        else
            b = guards->items[b].parent;
    }
    return a;
}

static void use(pl_guards *guards, pl_node node, uint32_t guard) {
    if (!node) return;
    uint32_t *of = &guards->of[node];
    *of = *of == UNUSED ? guard : common(guards, *of, guard);
}

/* The guard of one branch inside `around`; UNUSED when memory is exhausted. */
static uint32_t branch(pl_guards *guards, uint32_t around, pl_node condition, bool wanted) {
    if (pl_reserve((void **)&guards->items, &guards->capacity, guards->count + 1, sizeof *guards->items, UINT32_MAX - 1))
        return UNUSED;
    guards->items[guards->count] = (pl_guard){around, guards->items[around].depth + 1, condition, wanted};
    return (uint32_t)guards->count++;
}

static bool use_operands(pl_guards *guards, const pl_program *program, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(program, node);
    /* What an aggregate reads in other rows cannot depend on a condition in this one. */
    uint32_t here = pl_graph_over_rows((pl_op)n->op) ? 0 : guards->of[node];
    if (n->op == OP_COMBINE || n->op == OP_COPELAND) {
        const pl_part *parts = pl_graph_parts(program, node);
        for (uint32_t i = 0; i < n->count; i++) {
            use(guards, parts[i].score, here);
            use(guards, parts[i].applies, here);
        }
        return true;
    }
    uint32_t second = here, third = here;
    if (n->op == OP_IF) {
        second = branch(guards, here, n->a, true);
        third = branch(guards, here, n->a, false);
    } else if (n->op == OP_AND || n->op == OP_OR) {
        second = branch(guards, here, n->a, n->op == OP_AND);
    }
    if (second == UNUSED || third == UNUSED) return false;
    use(guards, n->a, here);
    use(guards, n->b, second);
    use(guards, n->c, third);
    return true;
}

pl_status pl_guards_make(pl_guards *guards, const pl_program *program, const bool *needed, const pl_node *wanted, size_t count) {
    size_t size = pl_program_size(program);
    *guards = (pl_guards){.of = malloc(size * sizeof *guards->of)};
    if (!guards->of || pl_reserve((void **)&guards->items, &guards->capacity, 1, sizeof *guards->items, 0)) return PL_MEMORY;
    guards->items[0] = (pl_guard){0};
    guards->count = 1;
    for (size_t i = 0; i < size; i++) guards->of[i] = UNUSED;
    for (size_t i = 0; i < count; i++) guards->of[wanted[i]] = 0;
    for (size_t node = size; node-- > 1;) { /* users have higher numbers than what they use */
        if (!needed[node]) continue;
        if (guards->of[node] == UNUSED) guards->of[node] = 0; /* only asked for */
        if (!use_operands(guards, program, (pl_node)node)) return PL_MEMORY;
    }
    return PL_OK;
}

void pl_guards_free(pl_guards *guards) {
    free(guards->items);
    free(guards->of);
    *guards = (pl_guards){0};
}
