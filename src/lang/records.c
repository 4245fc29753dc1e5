/* Aggregates over records, several of which may belong to a row: events of a unit, ballots of its raters. */
#include "lang/evaluation.h"

#include <stdlib.h>

/* A present value and the key of its record. */
typedef struct member {
    double key, value;
    bool has_key;
} member;

typedef struct gathering {
    pl_evaluation *e;
    const pl_graph_node *n;
    const pl_records *list;
    pl_scalar *scalar;
    pl_store *store;
    member *members;
    double *values;
} gathering;

static pl_status read_member(gathering *g, size_t record, member *out, bool *present) {
    const pl_graph_node *n = g->n;
    const pl_frame *frame = g->e->frame;
    bool counts = !frame->scored || frame->scored[g->list->row_of[record] / frame->units];
    pl_incident_log *log = counts ? &g->e->incidents : NULL;
    *out = (member){0};
    pl_status status = pl_scalar_record(g->scalar, n->a, n->slot, record, log, &out->value, present);
    if (status == PL_OK && *present && n->b)
        status = pl_scalar_record(g->scalar, n->b, n->slot, record, log, &out->key, &out->has_key);
    return status;
}

static int by_key(const void *a, const void *b) {
    const member *x = a, *y = b;
    if (x->has_key != y->has_key) return x->has_key - y->has_key;
    if (x->has_key && x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->value < y->value) - (x->value > y->value); /* the largest of a key first */
}

/* Of the members with the same key the largest counts; those without a key each count for themselves. */
static size_t keep_largest(member *members, size_t count) {
    if (count) qsort(members, count, sizeof *members, by_key);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool again = kept && members[i].has_key && members[kept - 1].has_key && members[kept - 1].key == members[i].key;
        if (!again) members[kept++] = members[i];
    }
    return kept;
}

static void settle(gathering *g, size_t row, size_t count) {
    double result;
    if (g->n->b) count = keep_largest(g->members, count);
    for (size_t i = 0; i < count; i++) g->values[i] = g->members[i].value;
    pl_order_sort(g->values, count);
    if (!pl_order_reduce((pl_reduce)g->n->detail, g->n->value, g->values, count, &result)) return;
    g->store->values[row] = result;
    g->store->bits[row / 64] |= UINT64_C(1) << row % 64;
}

/* Rows without records have a count of 0 and, where the list is complete, a sum of 0. */
static void settle_empty_rows(gathering *g) {
    pl_reduce how = (pl_reduce)g->n->detail;
    const pl_frame *frame = g->e->frame;
    if (how != REDUCE_COUNT && !(how == REDUCE_SUM && g->list->complete)) return;
    size_t end = g->e->period_end * frame->units;
    for (size_t row = g->e->first_period * frame->units; row < end; row++) g->store->bits[row / 64] |= UINT64_C(1) << row % 64;
}

/* The first record that belongs to `row` or a later one. */
static size_t first_from(const pl_records *list, size_t row) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->row_of[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t pl_records_of_row(const pl_records *list, size_t row, size_t *first) {
    *first = first_from(list, row);
    return first_from(list, row + 1) - *first;
}

static size_t longest_run(const pl_records *list) {
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < list->count; i++) {
        run = i && list->row_of[i] == list->row_of[i - 1] ? run + 1 : 1;
        if (run > longest) longest = run;
    }
    return longest;
}

static pl_status run(gathering *g) {
    const pl_records *list = g->list;
    size_t first = g->e->first_period * g->e->frame->units, end = g->e->period_end * g->e->frame->units;
    settle_empty_rows(g);
    for (size_t at = 0; at < list->count;) {
        size_t row = list->row_of[at], count = 0;
        for (; at < list->count && list->row_of[at] == row; at++) {
            bool present;
            if (row < first || row >= end) continue;
            pl_status status = read_member(g, at, &g->members[count], &present);
            if (status != PL_OK) return status;
            count += present;
        }
        if (row >= first && row < end) settle(g, row, count);
    }
    return PL_OK;
}

pl_status pl_records_run(pl_evaluation *e, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(e->program, node);
    gathering g = {.e = e, .n = n, .list = &e->frame->records[n->slot], .store = pl_store_add(e, node, STORE_ROWS)};
    size_t longest = longest_run(g.list);
    g.members = malloc((longest + 1) * sizeof *g.members);
    g.values = malloc((longest + 1) * sizeof *g.values);
    pl_status status = g.store && g.members && g.values ? pl_scalar_create(&g.scalar, e) : PL_MEMORY;
    if (status == PL_OK) status = run(&g);
    pl_scalar_free(g.scalar);
    free(g.members);
    free(g.values);
    return status;
}
