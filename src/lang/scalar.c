#include "lang/evaluation.h"
#include "lang/rows.h"

#include <stdlib.h>

struct pl_scalar {
    const pl_evaluation *e;
    double *values;
    unsigned char *present;
    uint32_t *known; /* the two above hold the value in `row` (and `record`) where this is `turn` */
    uint32_t turn;
    size_t size, row, record;
    uint32_t list;        /* that `record` is of */
    pl_incident_log *log; /* where incidents of nodes of records go; NULL: nowhere */
    bool used;
    bool failed;
    bool afresh; /* computes what can be computed, even where a result is stored */
    pl_node *stack;
    size_t depth, capacity;
};

pl_status pl_scalar_create(pl_scalar **out, const pl_evaluation *e) {
    *out = calloc(1, sizeof **out);
    if (!*out) return PL_MEMORY;
    (*out)->e = e;
    return PL_OK;
}

void pl_scalar_free(pl_scalar *scalar) {
    if (!scalar) return;
    free(scalar->values);
    free(scalar->present);
    free(scalar->known);
    free(scalar->stack);
    free(scalar);
}

/* The program may have got new nodes since (expressions compiled again to be explained). */
static bool make_room(pl_scalar *s) {
    size_t size = pl_program_size(s->e->program);
    if (size <= s->size) return true;
    double *values = realloc(s->values, size * sizeof *values);
    if (values) s->values = values;
    unsigned char *present = realloc(s->present, size);
    if (present) s->present = present;
    uint32_t *known = realloc(s->known, size * sizeof *known);
    if (known) s->known = known;
    if (!values || !present || !known) return false;
    memset(known + s->size, 0, (size - s->size) * sizeof *known);
    s->size = size;
    return true;
}

/* Forgets every value. */
static void begin_turn(pl_scalar *s) {
    if (++s->turn) return;
    memset(s->known, 0, s->size * sizeof *s->known);
    s->turn = 1;
}

static bool is_known(const pl_scalar *s, pl_node node) { return s->known[node] == s->turn; }

static bool push(pl_scalar *s, pl_node node) {
    if (!node || is_known(s, node)) return true;
    if (pl_reserve((void **)&s->stack, &s->capacity, s->depth + 1, sizeof *s->stack, 0)) return false;
    s->stack[s->depth++] = node;
    return true;
}

static void set(pl_scalar *s, pl_node node, double value, bool present) {
    s->values[node] = present ? value : 0;
    s->present[node] = present;
    s->known[node] = s->turn;
}

static void set_input(pl_scalar *s, pl_node node, const pl_input *input, size_t at) {
    if (input->texts)
        set(s, node, input->texts[at], input->texts[at] != 0);
    else
        set(s, node, pl_input_number(input, at), !input->present || (input->present[at / 64] >> at % 64 & 1));
}

/* True when the node needs no computing. */
static bool load(pl_scalar *s, pl_node node) {
    const pl_evaluation *e = s->e;
    const pl_frame *frame = e->frame;
    const pl_graph_node *n = pl_graph_node_at(e->program, node);
    size_t period = s->row / frame->units, unit = s->row % frame->units;
    uint32_t index = node < e->node_count ? e->stored[node] : 0;
    if (s->afresh && (pl_rows_is_operation((pl_op)n->op) || n->op == OP_COMBINE)) return false;
    if (index) {
        const pl_store *store = &e->stores[index];
        size_t at = s->row;
        if (store->kind == STORE_PERIODS) at = period;
        if (store->kind == STORE_GROUPS) {
            const pl_grouping *grouping = &frame->groupings[store->grouping];
            uint32_t group = pl_group_at(grouping, unit);
            if (group == PL_NOBODY) {
                set(s, node, 0, false);
                return true;
            }
            at = period * grouping->groups + group;
        }
        set(s, node, store->values[at], store->bits ? store->bits[at / 64] >> at % 64 & 1 : store->present[at]);
        return true;
    }
    switch (n->op) {
    case OP_CONSTANT:
    case OP_MISSING:
    case OP_ELAPSED:
    case OP_PARAMETER: {
        double value;
        bool present = pl_given_value(e, n, period, &value);
        set(s, node, value, present);
        return true;
    }
    case OP_FIELD: set_input(s, node, &frame->records[n->count].columns[n->slot], s->record); return true;
    case OP_COLUMN: set_input(s, node, &frame->columns[n->slot], s->row); return true;
    case OP_ATTRIBUTE: set_input(s, node, &frame->attributes[n->slot], unit); return true;
    default:
        if (pl_rows_is_operation((pl_op)n->op) || n->op == OP_COMBINE) return false;
        set(s, node, 0, false); /* missing, or an aggregate that was not part of the run */
        return true;
    }
}

/* Of a condition first the condition itself, then the branch that is taken and no other: what the other would meet is no
 * incident. */
static bool push_operands(pl_scalar *s, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(s->e->program, node);
    if (n->op == OP_IF && !is_known(s, n->a)) return push(s, n->a);
    if (n->op == OP_IF) return !s->present[n->a] || push(s, s->values[n->a] != 0 ? n->b : n->c);
    if (n->op != OP_COMBINE) return push(s, n->a) && push(s, n->b) && push(s, n->c);
    const pl_part *parts = pl_graph_parts(s->e->program, node);
    for (uint32_t i = 0; i < n->count; i++)
        if (!push(s, parts[i].score) || !push(s, parts[i].applies)) return false;
    return true;
}

static pl_cells cell(const pl_scalar *s, pl_node node) { return (pl_cells){&s->values[node], &s->present[node]}; }

static bool combine(pl_scalar *s, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(s->e->program, node);
    const pl_part *parts = pl_graph_parts(s->e->program, node);
    pl_combine how = (pl_combine)n->detail;
    double value;
    unsigned char has;
    if (how == PL_COMBINE_MEDIAN) {
        pl_cells *cells = malloc(n->count * sizeof *cells);
        double *scratch = malloc(n->count * sizeof *scratch);
        bool ready = cells && scratch;
        for (uint32_t i = 0; ready && i < n->count; i++) cells[i] = cell(s, parts[i].score);
        if (ready) pl_combining_median(cells, n->count, n->strict, scratch, &value, &has, 1);
        free(cells);
        free(scratch);
        if (!ready) return false;
    } else {
        double sum, weight, full = 0;
        unsigned char state;
        pl_combining to = {&sum, &weight, &state};
        pl_combining_begin(how, to, 1);
        for (uint32_t i = 0; i < n->count; i++) {
            pl_cells applies = parts[i].applies ? cell(s, parts[i].applies) : (pl_cells){0};
            full = full < 0 || parts[i].full < 0 ? -1 : full + parts[i].full;
            pl_combining_add(how, n->strict, to, cell(s, parts[i].score), applies, pl_part_weight(s->e, &parts[i]), parts[i].full,
                             1);
        }
        pl_combining_end(how, n->strict, to, full, &value, &has, 1);
    }
    set(s, node, value, has);
    return true;
}

static bool compute(pl_scalar *s, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(s->e->program, node);
    if (n->op == OP_COMBINE) return combine(s, node);
    if (n->op == OP_IF) {
        pl_node taken = s->values[n->a] != 0 ? n->b : n->c;
        bool present = s->present[n->a] && s->present[taken];
        set(s, node, present ? s->values[taken] : 0, present);
        return true;
    }
    double value;
    unsigned char has;
    pl_cells a = cell(s, n->a), b = cell(s, n->b);
    pl_incident_kind kind;
    bool incident = pl_rows_apply((pl_op)n->op, &value, &has, a, b, cell(s, n->c), 1);
    if (incident && n->domain && s->log && pl_rows_incident((pl_op)n->op, &has, a, b, 0, &kind))
        pl_incident_add(s->log, kind, node, 1, s->row);
    set(s, node, value, has);
    return true;
}

/* Works through the graph below `node` without recursion. */
static pl_status settle(pl_scalar *s, pl_node node) {
    s->depth = 0;
    if (!push(s, node)) return PL_MEMORY;
    while (s->depth) {
        pl_node top = s->stack[s->depth - 1];
        size_t depth = s->depth;
        if (is_known(s, top) || load(s, top)) {
            s->depth--;
            continue;
        }
        if (!push_operands(s, top)) return PL_MEMORY;
        if (s->depth > depth) continue;
        if (!compute(s, top)) return PL_MEMORY;
        s->depth--;
    }
    return PL_OK;
}

pl_status pl_scalar_value(pl_scalar *s, pl_node node, size_t row, double *out, bool *present) {
    s->failed |= !make_room(s);
    if (s->failed) return PL_MEMORY;
    if (!s->used || s->row != row) begin_turn(s);
    s->used = true;
    s->row = row;
    s->failed = settle(s, node) != PL_OK;
    if (s->failed) return PL_MEMORY;
    *out = s->values[node];
    *present = s->present[node];
    return PL_OK;
}

pl_status pl_scalar_record(pl_scalar *s, pl_node node, uint32_t list, size_t record, pl_incident_log *log, double *out,
                           bool *present) {
    s->failed |= !make_room(s);
    if (s->failed) return PL_MEMORY;
    size_t row = s->e->frame->records[list].row_of[record];
    if (!s->used || s->list != list || s->record != record || s->row != row) begin_turn(s);
    s->used = true;
    s->list = list;
    s->record = record;
    s->row = row;
    s->log = log;
    s->failed = settle(s, node) != PL_OK;
    s->log = NULL;
    if (s->failed) return PL_MEMORY;
    *out = s->values[node];
    *present = s->present[node];
    return PL_OK;
}

bool pl_scalar_failed(const pl_scalar *scalar) { return scalar->failed; }

pl_status pl_evaluation_suppose(const pl_evaluation *e, pl_node node, size_t row, const pl_supposition *suppositions, size_t count,
                                double *out, bool *present) {
    pl_scalar *s;
    if (pl_scalar_create(&s, e) != PL_OK) return PL_MEMORY;
    s->afresh = true;
    s->row = row;
    pl_status status = make_room(s) ? PL_OK : PL_MEMORY;
    if (status == PL_OK) begin_turn(s);
    for (size_t i = 0; i < count && status == PL_OK; i++)
        set(s, suppositions[i].node, suppositions[i].value, suppositions[i].present);
    if (status == PL_OK) status = settle(s, node);
    if (status == PL_OK) {
        *out = s->values[node];
        *present = s->present[node];
    }
    pl_scalar_free(s);
    return status;
}
