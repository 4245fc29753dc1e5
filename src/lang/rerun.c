#include <plumbline/lang/rerun.h>

#include "lang/evaluation.h"
#include "lang/rows.h"

#include <stdlib.h>

struct pl_rerun {
    pl_program *program;
    pl_node *wanted;
    size_t wanted_count;
    size_t first_period, period_count;
    bool *moved;         /* per node: its values may differ from run to run */
    pl_evaluation *base; /* holds what moved nodes read of the others */
};

typedef bool visit_operand(void *context, pl_node operand);

/* Calls `visit` for each operand until it says so; true when it did. */
static bool any_operand(const pl_program *program, pl_node node, visit_operand *visit, void *context) {
    const pl_graph_node *n = pl_graph_node_at(program, node);
    if ((n->a && visit(context, n->a)) || (n->b && visit(context, n->b)) || (n->c && visit(context, n->c))) return true;
    if (n->op != OP_COMBINE && n->op != OP_COPELAND) return false;
    const pl_part *parts = pl_graph_parts(program, node);
    for (uint32_t i = 0; i < n->count; i++)
        if (visit(context, parts[i].score) || (parts[i].applies && visit(context, parts[i].applies))) return true;
    return false;
}

static bool is_moved(void *context, pl_node operand) { return ((const bool *)context)[operand]; }

static bool has_varying_weight(const pl_program *program, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(program, node);
    if (n->op != OP_COMBINE && n->op != OP_COPELAND) return false;
    const pl_part *parts = pl_graph_parts(program, node);
    for (uint32_t i = 0; i < n->count; i++)
        if (parts[i].varies) return true;
    return false;
}

/* Operands have lower numbers than what uses them, so one sweep is enough. */
static void mark_moved(pl_rerun *r, const pl_varying *varying) {
    size_t size = pl_program_size(r->program);
    for (size_t i = 1; i < size; i++) {
        pl_node node = (pl_node)i;
        const pl_graph_node *n = pl_graph_node_at(r->program, node);
        if (n->op == OP_COLUMN)
            r->moved[i] = varying->columns && varying->columns[n->slot];
        else if (n->op == OP_PARAMETER)
            r->moved[i] = varying->parameters;
        else
            r->moved[i] =
                (varying->parameters && has_varying_weight(r->program, node)) || any_operand(r->program, node, is_moved, r->moved);
    }
}

/* What the base run is asked for beyond what is wanted. */
typedef struct border {
    const pl_rerun *r;
    bool *needed;
    pl_node *columns, *aggregates;
    size_t column_count, aggregate_count;
} border;

static bool mark_needed(void *context, pl_node operand) {
    ((bool *)context)[operand] = true;
    return false;
}

/* Nodes that do not move and are read by such as do. Values of records are computed where they are read. */
static void find_border(border *b) {
    const pl_rerun *r = b->r;
    for (size_t i = 0; i < r->wanted_count; i++) b->needed[r->wanted[i]] = true;
    for (size_t node = pl_program_size(r->program); node-- > 1;) {
        if (!b->needed[node]) continue;
        const pl_graph_node *n = pl_graph_node_at(r->program, (pl_node)node);
        if (r->moved[node])
            any_operand(r->program, (pl_node)node, mark_needed, b->needed);
        else if (n->op == OP_REDUCE)
            b->aggregates[b->aggregate_count++] = (pl_node)node;
        else if (!pl_graph_is_given((pl_op)n->op) && !n->domain)
            b->columns[b->column_count++] = (pl_node)node;
    }
}

static pl_status run_base(pl_rerun *r, const pl_frame *frame, const pl_evaluate_options *options, pl_problems *problems) {
    size_t size = pl_program_size(r->program);
    border b = {.r = r,
                .needed = calloc(size, sizeof *b.needed),
                .columns = malloc((size + r->wanted_count) * sizeof *b.columns),
                .aggregates = malloc(size * sizeof *b.aggregates)};
    pl_status status = PL_MEMORY;
    if (b.needed && b.columns && b.aggregates) {
        find_border(&b);
        for (size_t i = 0; i < r->wanted_count; i++) b.columns[b.column_count++] = r->wanted[i];
        pl_evaluate_options own = options ? *options : (pl_evaluate_options){0};
        own.asked = b.aggregates;
        own.asked_count = b.aggregate_count;
        r->first_period = own.first_period;
        r->period_count = own.period_count;
        status = pl_evaluate(&r->base, r->program, frame, b.columns, b.column_count, &own, problems);
    }
    free(b.needed);
    free(b.columns);
    free(b.aggregates);
    return status;
}

pl_status pl_rerun_prepare(pl_rerun **out, pl_program *program, const pl_frame *frame, const pl_node *wanted, size_t count,
                           const pl_varying *varying, const pl_evaluate_options *options, pl_problems *problems) {
    *out = NULL;
    pl_rerun *r = calloc(1, sizeof *r);
    if (!r) return PL_MEMORY;
    *r = (pl_rerun){.program = program,
                    .wanted = malloc((count + 1) * sizeof *r->wanted),
                    .wanted_count = count,
                    .moved = calloc(pl_program_size(program), sizeof *r->moved)};
    pl_status status = r->wanted && r->moved ? PL_OK : PL_MEMORY;
    if (status == PL_OK) {
        memcpy(r->wanted, wanted, count * sizeof *wanted);
        mark_moved(r, varying);
        status = run_base(r, frame, options, problems);
    }
    if (status == PL_OK)
        *out = r;
    else
        pl_rerun_free(r);
    return status;
}

void pl_rerun_free(pl_rerun *r) {
    if (!r) return;
    pl_evaluation_free(r->base);
    free(r->wanted);
    free(r->moved);
    free(r);
}

const pl_evaluation *pl_rerun_base(const pl_rerun *r) { return r->base; }

pl_status pl_rerun_run(pl_evaluation **out, const pl_rerun *r, const pl_frame *frame) {
    pl_evaluate_options options = {
        .first_period = r->first_period, .period_count = r->period_count, .base = r->base, .moved = r->moved, .quiet = true};
    return pl_evaluate(out, r->program, frame, r->wanted, r->wanted_count, &options, NULL);
}
