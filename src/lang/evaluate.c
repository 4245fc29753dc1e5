#include <plumbline/lang/evaluate.h>

#include "lang/evaluation.h"
#include "lang/plan.h"
#include "lang/rows.h"

#include <math.h>
#include <stdlib.h>

/* A value used after an aggregate was taken is computed again there, unless that would cost more operations than this. */
#define CHEAP 8

/* What the driver of the passes knows of each node. */
typedef struct driver {
    pl_evaluation *e;
    pl_pool *pool;
    pl_problems *problems;
    const pl_node *wanted;
    size_t wanted_count;
    const pl_node *asked;
    size_t asked_count;
    bool quiet; /* incidents do not count: every node is taken as seen before */
    bool *needed, *is_wanted, *seen;
    bool *kept;     /* computed once and stored, since it is dear and used in later passes */
    uint32_t *cost; /* operations to compute it from what is stored or given */
    uint32_t *read; /* the last pass that reads it */
    uint32_t stages;
    /* of the pass in preparation: */
    pl_node *outputs;
    pl_pass_sink *sinks;
    size_t output_count, output_capacity, sink_count, sink_capacity;
    uint32_t *output_of; /* per node: 1 + its output in this pass */
} driver;

static const pl_graph_node *node_at(const driver *d, size_t node) { return pl_graph_node_at(d->e->program, (pl_node)node); }

pl_store *pl_store_add(pl_evaluation *e, pl_node node, pl_store_kind kind) {
    if (pl_reserve((void **)&e->stores, &e->store_capacity, e->store_count + 1, sizeof *e->stores, UINT32_MAX)) return NULL;
    pl_store *store = &e->stores[e->store_count];
    uint32_t grouping = kind == STORE_GROUPS ? pl_graph_node_at(e->program, node)->slot : 0;
    size_t count = kind == STORE_ROWS ? pl_evaluation_rows(e)
                                      : e->frame->periods * (kind == STORE_GROUPS ? e->frame->groupings[grouping].groups : 1);
    *store = (pl_store){.kind = kind, .grouping = grouping, .values = calloc(count + 1, sizeof *store->values)};
    if (kind == STORE_ROWS)
        store->bits = calloc(count / 64 + 2, sizeof *store->bits);
    else
        store->present = calloc(count + 1, 1);
    if (!store->values || (!store->bits && !store->present)) {
        free(store->values);
        free(store->bits);
        free(store->present);
        return NULL;
    }
    e->stored[node] = (uint32_t)e->store_count++;
    return store;
}

bool pl_given_value(const pl_evaluation *e, const pl_graph_node *n, size_t period, double *out) {
    *out = n->op == OP_CONSTANT ? n->value : 0;
    if (n->op == OP_PARAMETER) {
        *out = e->frame->parameters[n->slot];
        return true;
    }
    if (n->op != OP_ELAPSED || !e->frame->elapsed) return n->op == OP_CONSTANT;
    bool known = !isnan(e->frame->elapsed[period]);
    if (known) *out = e->frame->elapsed[period];
    return known;
}

bool pl_is_plain_column(const pl_evaluation *e, pl_node node) {
    const pl_graph_node *n = pl_graph_node_at(e->program, node);
    return n->op == OP_COLUMN && e->frame->columns[n->slot].numbers;
}

bool pl_store_rows(const pl_evaluation *e, pl_node node, const double **values, const uint64_t **bits) {
    const pl_store *store = &e->stores[e->stored[node]];
    if (e->stored[node] && store->kind == STORE_ROWS) {
        *values = store->values;
        *bits = store->bits;
        return true;
    }
    if (!pl_is_plain_column(e, node)) return false;
    const pl_input *input = &e->frame->columns[pl_graph_node_at(e->program, node)->slot];
    *values = input->numbers;
    *bits = input->present;
    return true;
}

void pl_incident_add(pl_incident_log *log, pl_incident_kind kind, pl_node node, size_t rows, size_t first_row) {
    if (log->failed || pl_reserve((void **)&log->items, &log->capacity, log->count + 1, sizeof *log->items, 0)) {
        log->failed = true;
        return;
    }
    log->items[log->count++] = (pl_incident){.kind = kind, .node = node, .rows = rows, .first_row = first_row};
}

/* The last pass in which `user` reads its operands. */
static uint32_t reading_pass(const pl_graph_node *user) {
    return pl_graph_over_rows((pl_op)user->op) ? user->stage - 1 : user->stage;
}

typedef void visit_operand(driver *d, pl_node node, const pl_graph_node *user);

static void each_operand(driver *d, pl_node node, visit_operand *visit) {
    const pl_graph_node *n = node_at(d, node);
    pl_node operands[3] = {n->a, n->b, n->c};
    for (int i = 0; i < 3; i++)
        if (operands[i]) visit(d, operands[i], n);
    if (n->op != OP_COMBINE && n->op != OP_COPELAND) return;
    const pl_part *parts = pl_graph_parts(d->e->program, node);
    for (uint32_t i = 0; i < n->count; i++) {
        visit(d, parts[i].score, n);
        if (parts[i].applies) visit(d, parts[i].applies, n);
    }
}

static void mark_operand(driver *d, pl_node node, const pl_graph_node *user) {
    d->needed[node] = true;
    if (reading_pass(user) > d->read[node]) d->read[node] = reading_pass(user);
}

/* What is wanted or asked for and all that it takes; operands have lower numbers than what uses them. */
static void mark_needed(driver *d) {
    for (size_t i = 0; i < d->wanted_count; i++) d->needed[d->wanted[i]] = d->is_wanted[d->wanted[i]] = true;
    for (size_t i = 0; i < d->asked_count; i++) d->needed[d->asked[i]] = true;
    for (size_t node = d->e->node_count; node-- > 1;) {
        if (!d->needed[node]) continue;
        if (node_at(d, node)->stage > d->stages) d->stages = node_at(d, node)->stage;
        if (d->e->stored[node]) continue; /* taken from another evaluation */
        each_operand(d, (pl_node)node, mark_operand);
    }
}

static uint32_t add_up(uint32_t a, uint32_t b) { return a > UINT32_MAX - b ? UINT32_MAX : a + b; }

static void choose_kept(driver *d) {
    for (size_t node = 1; node < d->e->node_count; node++) {
        const pl_graph_node *n = node_at(d, node);
        if (!d->needed[node] || d->e->stored[node]) continue;
        uint32_t cost = 1;
        if (n->op == OP_COMBINE) {
            const pl_part *parts = pl_graph_parts(d->e->program, (pl_node)node);
            for (uint32_t i = 0; i < n->count; i++) cost = add_up(cost, d->cost[parts[i].score]);
        } else if (!pl_graph_over_rows((pl_op)n->op)) {
            cost = add_up(cost, add_up(d->cost[n->a], add_up(d->cost[n->b], d->cost[n->c])));
        }
        bool computed = pl_rows_is_operation((pl_op)n->op) || n->op == OP_COMBINE;
        d->kept[node] = computed && !n->domain && cost > CHEAP && d->read[node] > n->stage;
        d->cost[node] = d->kept[node] || d->is_wanted[node] ? 1 : cost;
    }
}

static bool add_output(driver *d, pl_node node, pl_pass_sink sink) {
    if (!d->output_of[node]) {
        if (pl_reserve((void **)&d->outputs, &d->output_capacity, d->output_count + 1, sizeof *d->outputs, UINT32_MAX - 1))
            return false;
        d->outputs[d->output_count++] = node;
        d->output_of[node] = (uint32_t)d->output_count;
    }
    if (pl_reserve((void **)&d->sinks, &d->sink_capacity, d->sink_count + 1, sizeof *d->sinks, 0)) return false;
    sink.output = d->output_of[node] - 1;
    d->sinks[d->sink_count++] = sink;
    return true;
}

/* A node that the next pass writes into a column. The store exists from now on but must not be read within the pass: it is
 * entered in `stored` afterwards. */
static bool add_column(driver *d, pl_node node) {
    uint32_t before = d->e->stored[node]; /* an aggregate's value per period or group is spread over the rows */
    if (before && d->e->stores[before].kind == STORE_ROWS) return true;
    for (size_t i = 0; d->output_of[node] && i < d->sink_count; i++)
        if (d->sinks[i].output == d->output_of[node] - 1 && !d->sinks[i].reduce) return true;
    if (!pl_store_add(d->e, node, STORE_ROWS)) return false;
    uint32_t store = d->e->stored[node];
    d->e->stored[node] = before;
    return add_output(d, node, (pl_pass_sink){.store = store});
}

static bool needs_column(driver *d, pl_node argument) { return pl_is_plain_column(d->e, argument) || add_column(d, argument); }

/* An aggregate that runs over the rows which pass `stage` computes. */
static bool prepare_aggregate(driver *d, pl_node node) {
    const pl_graph_node *n = node_at(d, node);
    if (n->scope == PL_SCOPE_RECORDS && n->op == OP_REDUCE) return true; /* computed record by record from what is stored */
    if (pl_pass_gathers(n)) return add_output(d, n->a, (pl_pass_sink){.reduce = node});
    if (n->op != OP_COPELAND) return needs_column(d, n->a);
    const pl_part *parts = pl_graph_parts(d->e->program, node);
    for (uint32_t i = 0; i < n->count; i++)
        if (!needs_column(d, parts[i].score)) return false;
    return true;
}

static bool is_taken(const driver *d, pl_node node) {
    uint32_t index = d->e->stored[node];
    return index && d->e->stores[index].borrowed;
}

static bool prepare_pass(driver *d, uint32_t stage) {
    d->output_count = d->sink_count = 0;
    memset(d->output_of, 0, d->e->node_count * sizeof *d->output_of);
    for (size_t node = 1; node < d->e->node_count; node++) {
        const pl_graph_node *n = node_at(d, node);
        if (!d->needed[node] || is_taken(d, (pl_node)node)) continue;
        bool column = n->stage == stage && (d->kept[node] || d->is_wanted[node]);
        if (column && !add_column(d, (pl_node)node)) return false;
        if (pl_graph_over_rows((pl_op)n->op) && n->stage == stage + 1 && !prepare_aggregate(d, (pl_node)node)) return false;
    }
    return true;
}

static int by_output(const void *a, const void *b) {
    const pl_pass_sink *x = a, *y = b;
    if (x->output != y->output) return (x->output > y->output) - (x->output < y->output);
    return (x->reduce > y->reduce) - (x->reduce < y->reduce);
}

static pl_status run_pass(driver *d) {
    if (!d->output_count) return PL_OK;
    qsort(d->sinks, d->sink_count, sizeof *d->sinks, by_output);
    pl_plan plan;
    pl_plan_view view = {d->e->program, d->e->stored, d->seen};
    pl_status status = pl_plan_make(&plan, &view, d->outputs, d->output_count);
    if (status == PL_OK) status = pl_pass_run(d->e, &plan, d->sinks, d->sink_count, d->pool);
    pl_plan_free(&plan);
    for (size_t i = 0; i < d->sink_count; i++)
        if (!d->sinks[i].reduce) d->e->stored[d->outputs[d->sinks[i].output]] = d->sinks[i].store;
    return status;
}

/* Aggregates that need a column in order are done together, side by side; the others one by one. */
static pl_status run_aggregates(driver *d, uint32_t stage) {
    pl_status status = PL_OK;
    pl_node *ordered = malloc(d->e->node_count * sizeof *ordered);
    size_t ordered_count = 0;
    if (!ordered) return PL_MEMORY;
    for (size_t node = 1; node < d->e->node_count && status == PL_OK; node++) {
        const pl_graph_node *n = node_at(d, node);
        if (!d->needed[node] || n->stage != stage + 1 || !pl_graph_over_rows((pl_op)n->op) || pl_pass_gathers(n)) continue;
        if (is_taken(d, (pl_node)node)) continue;
        bool listed = n->scope != PL_SCOPE_ALL && n->scope != PL_SCOPE_GROUP;
        if (n->op == OP_SHIFT)
            status = pl_shift_run(d->e, (pl_node)node);
        else if (n->op == OP_REDUCE && n->scope == PL_SCOPE_RECORDS)
            status = pl_records_run(d->e, (pl_node)node);
        else if (n->op == OP_COPELAND)
            status = pl_copeland_run(d->e, (pl_node)node, d->problems);
        else if (listed)
            status = pl_members_run(d->e, (pl_node)node);
        else
            ordered[ordered_count++] = (pl_node)node;
    }
    if (status == PL_OK) status = pl_order_run(d->e, ordered, ordered_count, d->pool);
    free(ordered);
    return status;
}

static pl_status run_stages(driver *d) {
    mark_needed(d);
    choose_kept(d);
    pl_status status = PL_OK;
    if (d->quiet)
        memset(d->seen, true, d->e->node_count);
    else
        status = pl_guards_make(&d->e->guards, d->e->program, d->needed, d->wanted, d->wanted_count);
    for (uint32_t stage = 0; stage <= d->stages && status == PL_OK; stage++) {
        d->e->stage = stage;
        if (!prepare_pass(d, stage)) return PL_MEMORY;
        status = run_pass(d);
        if (status == PL_OK) status = run_aggregates(d, stage);
    }
    return status;
}

static int by_node(const void *a, const void *b) {
    const pl_incident *x = a, *y = b;
    if (x->node != y->node) return (x->node > y->node) - (x->node < y->node);
    return (x->kind > y->kind) - (x->kind < y->kind);
}

/* One entry per node and kind, whichever thread met it. */
static void merge_incidents(pl_evaluation *e) {
    pl_incident_log *log = &e->incidents;
    if (log->count) qsort(log->items, log->count, sizeof *log->items, by_node);
    size_t kept = 0;
    for (size_t i = 0; i < log->count; i++) {
        pl_incident *last = kept ? &log->items[kept - 1] : NULL;
        if (last && last->node == log->items[i].node && last->kind == log->items[i].kind) {
            last->rows += log->items[i].rows;
            if (log->items[i].first_row < last->first_row) last->first_row = log->items[i].first_row;
        } else {
            log->items[kept++] = log->items[i];
        }
    }
    log->count = kept;
    for (size_t i = 0; i < kept; i++) {
        pl_place place = pl_graph_place(e->program, pl_graph_node_at(e->program, log->items[i].node)->origin);
        log->items[i].place_file = pl_str_of(place.file);
        log->items[i].place_row = place.row;
        log->items[i].place_field = pl_str_of(place.field);
        log->items[i].place_column = place.column;
    }
}

static bool prepare(driver *d, pl_evaluation *e) {
    size_t size = e->node_count;
    e->stored = calloc(size, sizeof *e->stored);
    bool ready = e->stored && pl_reserve((void **)&e->stores, &e->store_capacity, 1, sizeof *e->stores, 0) == 0;
    if (!ready) return false;
    e->stores[0] = (pl_store){0};
    e->store_count = 1;
    d->needed = calloc(size, sizeof *d->needed);
    d->is_wanted = calloc(size, sizeof *d->is_wanted);
    d->seen = calloc(size, sizeof *d->seen);
    d->kept = calloc(size, sizeof *d->kept);
    d->cost = calloc(size, sizeof *d->cost);
    d->read = calloc(size, sizeof *d->read);
    d->output_of = calloc(size, sizeof *d->output_of);
    return d->needed && d->is_wanted && d->seen && d->kept && d->cost && d->read && d->output_of;
}

static void free_driver(driver *d) {
    free(d->needed);
    free(d->is_wanted);
    free(d->seen);
    free(d->kept);
    free(d->cost);
    free(d->read);
    free(d->output_of);
    free(d->outputs);
    free(d->sinks);
}

/* Takes over what another evaluation has computed and nothing has moved since. */
static bool take_over(pl_evaluation *e, const pl_evaluation *base, const bool *moved) {
    size_t count = base->node_count < e->node_count ? base->node_count : e->node_count;
    if (pl_reserve((void **)&e->stores, &e->store_capacity, base->store_count + 1, sizeof *e->stores, UINT32_MAX)) return false;
    for (size_t node = 1; node < count; node++) {
        if (!base->stored[node] || moved[node]) continue;
        e->stores[e->store_count] = base->stores[base->stored[node]];
        e->stores[e->store_count].borrowed = true;
        e->stored[node] = (uint32_t)e->store_count++;
    }
    return true;
}

static pl_status run_driver(driver *d, const pl_evaluate_options *options) {
    if (!prepare(d, d->e)) return PL_MEMORY;
    if (options && options->base && !take_over(d->e, options->base, options->moved)) return PL_MEMORY;
    return run_stages(d);
}

pl_status pl_evaluate(pl_evaluation **out, pl_program *program, const pl_frame *frame, const pl_node *wanted, size_t wanted_count,
                      const pl_evaluate_options *options, pl_problems *problems) {
    *out = NULL;
    pl_evaluation *e = calloc(1, sizeof *e);
    if (!e) return PL_MEMORY;
    *e = (pl_evaluation){.program = program, .frame = frame, .node_count = pl_program_size(program), .period_end = frame->periods};
    if (options && options->period_count) {
        e->first_period = options->first_period;
        e->period_end = options->first_period + options->period_count;
    }
    driver d = {
        .e = e, .pool = options ? options->pool : NULL, .problems = problems, .wanted = wanted, .wanted_count = wanted_count};
    if (options) {
        d.asked = options->asked;
        d.asked_count = options->asked_count;
        d.quiet = options->quiet;
    }
    pl_status status = run_driver(&d, options);
    free_driver(&d);
    if (status == PL_OK && e->incidents.failed) status = PL_MEMORY;
    if (status == PL_OK) status = pl_scalar_create(&e->scalar, e);
    if (status != PL_OK) {
        pl_evaluation_free(e);
        return status;
    }
    merge_incidents(e);
    *out = e;
    return PL_OK;
}

void pl_evaluation_free(pl_evaluation *e) {
    if (!e) return;
    for (size_t i = 1; i < e->store_count; i++) {
        if (e->stores[i].borrowed) continue;
        free(e->stores[i].values);
        free(e->stores[i].bits);
        free(e->stores[i].present);
    }
    free(e->stores);
    free(e->stored);
    free(e->incidents.items);
    pl_guards_free(&e->guards);
    pl_scalar_free(e->scalar);
    free(e);
}

const double *pl_evaluation_column(const pl_evaluation *e, pl_node node, const uint64_t **present) {
    if (!node || node >= e->node_count || !e->stored[node]) return NULL;
    const pl_store *store = &e->stores[e->stored[node]];
    if (store->kind != STORE_ROWS) return NULL;
    if (present) *present = store->bits;
    return store->values;
}

bool pl_evaluation_value(const pl_evaluation *e, pl_node node, size_t row, double *out) {
    bool present;
    double value;
    if (!node || pl_scalar_value(e->scalar, node, row, &value, &present) != PL_OK || !present) return false;
    if (out) *out = value;
    return true;
}

pl_status pl_evaluation_status(const pl_evaluation *e) { return pl_scalar_failed(e->scalar) ? PL_MEMORY : PL_OK; }

const pl_incident *pl_evaluation_incidents(const pl_evaluation *e, size_t *count) {
    *count = e->incidents.count;
    return e->incidents.items;
}
