/* What rests on values that are forecast without knowing how wrong that may be. */
#include "study/forecasting.h"

#include "lang/graph.h"

#include <stdlib.h>

static bool is_forecast(const pl_series *s) {
    for (size_t i = 0; i < s->units * s->ahead; i++)
        if (!isnan(s->forecast[i])) return true;
    return false;
}

/* Whether an operand of a node rests on them, of those before it. */
static bool any_operand(const pl_program *program, const pl_graph_node *n, pl_node node, const bool *unknown) {
    if (unknown[n->a] || unknown[n->b] || unknown[n->c]) return true;
    if (n->op != OP_COMBINE && n->op != OP_COPELAND) return false;
    const pl_part *parts = pl_graph_parts(program, node);
    for (uint32_t i = 0; i < n->count; i++)
        if (unknown[parts[i].score] || unknown[parts[i].applies]) return true;
    return false;
}

pl_status pl_forecast_unknown(const pl_forecast_models *m, bool **out) {
    const pl_program *program = m->then->program;
    size_t size = pl_program_size(program);
    bool *unknown = *out = calloc(size + 1, sizeof *unknown); /* node 0 is none */
    bool *columns = calloc(m->then->frame.column_count + 1, sizeof *columns);
    for (size_t i = 0; columns && i < m->count; i++)
        if (!m->series[i].case_count && is_forecast(&m->series[i])) columns[m->series[i].facts->element] = true;
    /* Operands have lower numbers than what uses them, so one sweep is enough. */
    for (size_t i = 1; unknown && columns && i < size; i++) {
        const pl_graph_node *n = pl_graph_node_at(program, (pl_node)i);
        unknown[i] = n->op == OP_COLUMN ? columns[n->slot] : any_operand(program, n, (pl_node)i, unknown);
    }
    pl_status status = unknown && columns ? PL_OK : PL_MEMORY;
    free(columns);
    return status;
}
