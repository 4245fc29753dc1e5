#include "lang/evaluation.h"

#include <stdlib.h>

static bool has(const uint64_t *bits, size_t row) { return !bits || (bits[row / 64] >> row % 64 & 1); }

static void put(pl_store *store, size_t row, bool present, double value) {
    if (!present) return;
    store->values[row] = value;
    store->bits[row / 64] |= UINT64_C(1) << row % 64;
}

/* The result for one row: an aggregate of the members' values, or the row's own place among them. */
static void settle(pl_store *store, const pl_graph_node *n, size_t row, double *members, size_t count, bool own, double own_value) {
    double result;
    if (n->op == OP_RANK) {
        size_t ahead = 0;
        for (size_t i = 0; i < count; i++) ahead += n->detail ? members[i] > own_value : members[i] < own_value;
        put(store, row, own, (double)ahead + 1);
        return;
    }
    pl_order_sort(members, count);
    bool present = pl_order_reduce((pl_reduce)n->detail, n->value, members, count, &result);
    put(store, row, present, result);
}

/* The unit's own periods of the same kind and year, up to this one. Labels that are no calendar period are each on their own. */
static void over_periods(pl_evaluation *e, pl_store *store, const pl_graph_node *n, const double *values, const uint64_t *bits,
                         const pl_period *periods, double *members) {
    size_t units = e->frame->units;
    for (size_t p = e->first_period; p < e->period_end; p++) {
        for (size_t unit = 0; unit < units; unit++) {
            size_t count = 0, row = p * units + unit;
            for (size_t q = 0; q <= p; q++) {
                bool same = q == p || (periods[q].kind == periods[p].kind && periods[q].kind != PL_PERIOD_OTHER &&
                                       periods[q].year == periods[p].year);
                if (same && has(bits, q * units + unit)) members[count++] = values[q * units + unit];
            }
            settle(store, n, row, members, count, has(bits, row), values[row]);
        }
    }
}

/* starts[u] .. starts[u+1] of `below` are the units directly below unit u. */
static void list_children(const pl_frame *frame, size_t *starts, uint32_t *below) {
    for (size_t u = 0; u < frame->units; u++)
        if (frame->parent_of && frame->parent_of[u] != PL_NOBODY) starts[frame->parent_of[u] + 2]++;
    for (size_t u = 2; u < frame->units + 2; u++) starts[u] += starts[u - 1];
    for (size_t u = 0; u < frame->units; u++)
        if (frame->parent_of && frame->parent_of[u] != PL_NOBODY) below[starts[frame->parent_of[u] + 1]++] = (uint32_t)u;
}

static void over_children(pl_evaluation *e, pl_store *store, const pl_graph_node *n, const double *values, const uint64_t *bits,
                          const size_t *starts, const uint32_t *below, double *members) {
    size_t units = e->frame->units;
    for (size_t p = e->first_period; p < e->period_end; p++) {
        for (size_t unit = 0; unit < units; unit++) {
            size_t count = 0, row = p * units + unit;
            for (size_t k = starts[unit]; k < starts[unit + 1]; k++)
                if (has(bits, p * units + below[k])) members[count++] = values[p * units + below[k]];
            settle(store, n, row, members, count, has(bits, row), values[row]);
        }
    }
}

static pl_period *parse_periods(const pl_frame *frame) {
    pl_period *periods = malloc((frame->periods + 1) * sizeof *periods);
    for (size_t p = 0; periods && p < frame->periods; p++)
        periods[p] = frame->period_labels ? pl_period_parse(frame->period_labels[p]) : (pl_period){0};
    return periods;
}

pl_status pl_members_run(pl_evaluation *e, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(e->program, node);
    const pl_frame *frame = e->frame;
    pl_store *store = pl_store_add(e, node, STORE_ROWS);
    const double *values;
    const uint64_t *bits;
    if (!store || !pl_store_rows(e, n->a, &values, &bits)) return PL_MEMORY;
    double *members = malloc((frame->units + frame->periods + 1) * sizeof *members);
    size_t *starts = calloc(frame->units + 2, sizeof *starts);
    uint32_t *below = malloc((frame->units + 1) * sizeof *below);
    pl_period *periods = parse_periods(frame);
    bool good = members && starts && below && periods;
    if (good && n->scope == PL_SCOPE_CHILDREN) {
        list_children(frame, starts, below);
        over_children(e, store, n, values, bits, starts, below, members);
    } else if (good) {
        over_periods(e, store, n, values, bits, periods, members);
    }
    free(members);
    free(starts);
    free(below);
    free(periods);
    return good ? PL_OK : PL_MEMORY;
}

/* Index of the period that is `steps` after period p (before, when negative), or the number of periods when it is not there. */
static size_t period_after(const pl_frame *frame, const pl_period *periods, size_t p, double steps) {
    if (periods[p].kind == PL_PERIOD_OTHER) {
        double at = (double)p + steps;
        bool there = at >= 0 && at < (double)frame->periods && periods[(size_t)at].kind == PL_PERIOD_OTHER;
        return there ? (size_t)at : frame->periods;
    }
    double wanted = (double)pl_period_ordinal(periods[p]) + steps;
    for (size_t q = 0; q < frame->periods; q++)
        if (periods[q].kind == periods[p].kind && (double)pl_period_ordinal(periods[q]) == wanted) return q;
    return frame->periods;
}

static bool same_period(pl_str label, pl_period period, pl_str wanted, pl_period parsed) {
    if (parsed.kind == PL_PERIOD_OTHER) return pl_str_equal(label, wanted);
    return period.kind == parsed.kind && pl_period_ordinal(period) == pl_period_ordinal(parsed);
}

static size_t period_named(const pl_frame *frame, const pl_period *periods, pl_str label) {
    pl_period wanted = pl_period_parse(label);
    for (size_t q = 0; frame->period_labels && q < frame->periods; q++)
        if (same_period(frame->period_labels[q], periods[q], label, wanted)) return q;
    return frame->periods;
}

pl_status pl_shift_run(pl_evaluation *e, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(e->program, node);
    const pl_frame *frame = e->frame;
    pl_store *store = pl_store_add(e, node, STORE_ROWS);
    const double *values;
    const uint64_t *bits;
    if (!store || !pl_store_rows(e, n->a, &values, &bits)) return PL_MEMORY;
    pl_period *periods = parse_periods(frame);
    if (!periods) return PL_MEMORY;
    size_t named = n->detail == 2 ? period_named(frame, periods, pl_intern_text(pl_program_texts(e->program), n->slot)) : 0;
    for (size_t p = e->first_period; p < e->period_end; p++) {
        size_t from = n->detail == 2 ? named : period_after(frame, periods, p, n->value);
        if (from == frame->periods) continue;
        for (size_t unit = 0; unit < frame->units; unit++)
            put(store, p * frame->units + unit, has(bits, from * frame->units + unit), values[from * frame->units + unit]);
    }
    free(periods);
    return PL_OK;
}
