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

/* Whether period q is a member of period p: of the same year, of the kind the scope names (p's own for `periods`), and over when p
 * is. Years have no year in common: all up to p. Labels that are no calendar period are each on their own. */
static bool is_member(pl_scope scope, const pl_period *periods, size_t q, size_t p) {
    static const pl_period_kind kinds[] = {[PL_SCOPE_MONTHS] = PL_PERIOD_MONTH,
                                           [PL_SCOPE_QUARTERS] = PL_PERIOD_QUARTER,
                                           [PL_SCOPE_HALVES] = PL_PERIOD_HALF,
                                           [PL_SCOPE_YEARS] = PL_PERIOD_YEAR};
    if (q == p && scope == PL_SCOPE_PERIODS) return true;
    pl_period_kind kind = scope == PL_SCOPE_PERIODS ? periods[p].kind : kinds[scope];
    bool same_year = scope == PL_SCOPE_YEARS || periods[q].year == periods[p].year;
    return kind != PL_PERIOD_OTHER && periods[p].kind != PL_PERIOD_OTHER && periods[q].kind == kind && same_year &&
           pl_period_end(periods[q]) <= pl_period_end(periods[p]);
}

static void over_periods(pl_evaluation *e, pl_store *store, const pl_graph_node *n, const double *values, const uint64_t *bits,
                         const pl_period *periods, double *members) {
    size_t units = e->frame->units;
    for (size_t p = e->first_period; p < e->period_end; p++) {
        for (size_t unit = 0; unit < units; unit++) {
            size_t count = 0, row = p * units + unit;
            for (size_t q = 0; q < e->frame->periods; q++)
                if (is_member((pl_scope)n->scope, periods, q, p) && has(bits, q * units + unit))
                    members[count++] = values[q * units + unit];
            settle(store, n, row, members, count, has(bits, row), values[row]);
        }
    }
}

/* Units listed by the one above them: below[starts[u]] .. below[ends[u] - 1] are the members of unit u. */
typedef struct family {
    size_t *starts, *ends;
    uint32_t *below;
} family;

static uint32_t parent_of(const pl_frame *frame, size_t unit) { return frame->parent_of ? frame->parent_of[unit] : PL_NOBODY; }

static void list_children(const pl_frame *frame, family *f) {
    for (size_t u = 0; u < frame->units; u++)
        if (parent_of(frame, u) != PL_NOBODY) f->ends[parent_of(frame, u)]++;
    for (size_t u = 0, at = 0; u < frame->units; u++) {
        f->starts[u] = at;
        at += f->ends[u];
        f->ends[u] = f->starts[u];
    }
    for (size_t u = 0; u < frame->units; u++)
        if (parent_of(frame, u) != PL_NOBODY) f->below[f->ends[parent_of(frame, u)]++] = (uint32_t)u;
}

/* All below a unit follow it in one run of `below`. From the leaves up each unit's run gets its length, then from the roots down
 * its place. */
static bool list_all_below(const pl_frame *frame, family *f) {
    size_t units = frame->units, ready = 0, at = 0;
    uint32_t *order = malloc((units + 1) * sizeof *order); /* children before their parents */
    size_t *pending = calloc(units + 1, sizeof *pending), *size = calloc(units + 1, sizeof *size);
    bool good = order && pending && size;
    for (size_t u = 0; good && u < units; u++)
        if (parent_of(frame, u) != PL_NOBODY) pending[parent_of(frame, u)]++;
    for (size_t u = 0; good && u < units; u++)
        if (!pending[u]) order[ready++] = (uint32_t)u;
    for (size_t i = 0; good && i < ready; i++) {
        uint32_t parent = parent_of(frame, order[i]);
        if (parent == PL_NOBODY) continue;
        size[parent] += size[order[i]] + 1;
        if (!--pending[parent]) order[ready++] = parent;
    }
    for (size_t i = ready; good && i-- > 0;) {
        uint32_t u = order[i], parent = parent_of(frame, u);
        size_t *next = parent == PL_NOBODY ? &at : &f->ends[parent]; /* where the next unit beside it goes */
        f->below[*next] = u;
        f->starts[u] = f->ends[u] = *next + 1;
        *next += size[u] + 1;
    }
    free(order);
    free(pending);
    free(size);
    return good;
}

static void over_children(pl_evaluation *e, pl_store *store, const pl_graph_node *n, const double *values, const uint64_t *bits,
                          const family *f, double *members) {
    size_t units = e->frame->units;
    for (size_t p = e->first_period; p < e->period_end; p++) {
        for (size_t unit = 0; unit < units; unit++) {
            size_t count = 0, row = p * units + unit;
            for (size_t k = f->starts[unit]; k < f->ends[unit]; k++)
                if (has(bits, p * units + f->below[k])) members[count++] = values[p * units + f->below[k]];
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
    family f = {calloc(frame->units + 1, sizeof *f.starts), calloc(frame->units + 1, sizeof *f.ends),
                malloc((frame->units + 1) * sizeof *f.below)};
    pl_period *periods = parse_periods(frame);
    bool good = members && f.starts && f.ends && f.below && periods;
    bool units = n->scope == PL_SCOPE_CHILDREN || n->scope == PL_SCOPE_BELOW;
    if (good && n->scope == PL_SCOPE_BELOW) good = list_all_below(frame, &f);
    if (good && n->scope == PL_SCOPE_CHILDREN) list_children(frame, &f);
    if (good && units)
        over_children(e, store, n, values, bits, &f, members);
    else if (good)
        over_periods(e, store, n, values, bits, periods, members);
    free(members);
    free(f.starts);
    free(f.ends);
    free(f.below);
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
