#include "lang/evaluation.h"
#include "lang/gather.h"
#include "lang/plan.h"
#include "lang/rows.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Rows of one task at least, and per group where there are groups, so that partial results stay few. Neither depends on the
 * number of threads: the same input is cut the same way everywhere. */
#define CHUNK_ROWS 4096
#define CHUNK_ROWS_PER_GROUP 256

/* One register: values may point to an input. */
typedef struct pass_register {
    const double *values;
    double *own;
    unsigned char *present;
    bool uniform; /* it holds one value for all rows */
} pass_register;

/* What each thread has to itself. */
typedef struct pass_worker {
    pass_register *registers;
    double *numbers;
    unsigned char *bytes;
    pl_cells *cells; /* for medians */
    double *scratch;
    pl_incident_log incidents;
    pl_scalar *scalar;
    bool ready;
} pass_worker;

typedef struct pass {
    pl_evaluation *e;
    const pl_plan *plan;
    const pl_pass_sink *sinks;
    const size_t *first_sink; /* per output: index of its first sink; one more at the end */
    size_t sink_count;
    pl_sum **partials;         /* per sink; NULL where it is a store */
    size_t chunk_rows, chunks; /* per period */
    size_t widest;             /* most parts of a median */
    pass_worker *workers;
    atomic_bool failed;
} pass;

typedef struct block {
    size_t period, unit, row, rows;
    size_t ahead; /* rows of the block that the same thread computes next, right behind this one */
} block;

bool pl_pass_gathers(const pl_graph_node *node) {
    return node->op == OP_REDUCE && node->detail <= REDUCE_MAX && (node->scope == PL_SCOPE_ALL || node->scope == PL_SCOPE_GROUP);
}

static size_t partial_width(const pass *p, pl_node reduce) {
    const pl_graph_node *n = pl_graph_node_at(p->e->program, reduce);
    return n->scope == PL_SCOPE_GROUP ? pl_grouping_of(p->e, n)->groups : 1;
}

static bool prepare_worker(pass *p, pass_worker *w) {
    if (w->ready) return true;
    size_t count = p->plan->registers;
    w->registers = calloc(count + 1, sizeof *w->registers);
    w->numbers = malloc((count + 1) * BLOCK_ROWS * sizeof *w->numbers);
    w->bytes = malloc((count + 1) * BLOCK_ROWS);
    w->cells = malloc((p->widest + 1) * sizeof *w->cells);
    w->scratch = malloc((p->widest + 1) * sizeof *w->scratch);
    if (!w->registers || !w->numbers || !w->bytes || !w->cells || !w->scratch) return false;
    for (size_t i = 0; i < count; i++) {
        w->registers[i].own = w->numbers + i * BLOCK_ROWS;
        w->registers[i].present = w->bytes + i * BLOCK_ROWS;
    }
    w->ready = true;
    return true;
}

static void free_worker(pass_worker *w) {
    free(w->registers);
    free(w->numbers);
    free(w->bytes);
    free(w->cells);
    free(w->scratch);
    free(w->incidents.items);
    pl_scalar_free(w->scalar);
}

static pl_cells cells_of(const pass_worker *w, uint32_t reg) {
    if (reg == NO_REGISTER) return (pl_cells){0};
    const pass_register *from = &w->registers[reg];
    return (pl_cells){from->values, from->present, from->uniform};
}

#define CACHE_LINE 64

/* Asks for the next block of a column, a line of the cache at a time: it comes from memory while this one is computed. */
static void fetch_ahead(const void *values, size_t size, const uint64_t *bits, size_t at, const block *b) {
    if (!b->ahead) return;
    size_t next = at + b->rows;
    const char *from = (const char *)values + next * size;
    for (size_t i = 0; i < b->ahead * size; i += CACHE_LINE) __builtin_prefetch(from + i, 0, 2);
    if (bits) __builtin_prefetch(bits + (next + b->ahead - 1) / 64, 0, 2);
}

static void load_input(pass_register *to, const pl_input *input, size_t at, const block *b) {
    size_t n = b->rows;
    if (input->texts) {
        to->values = to->own;
        for (size_t i = 0; i < n; i++) {
            to->own[i] = input->texts[at + i];
            to->present[i] = input->texts[at + i] != 0;
        }
        return;
    }
    if (input->scaled) {
        to->values = to->own;
        fetch_ahead(input->scaled, sizeof *input->scaled, input->present, at, b);
        pl_rows_divide(to->own, input->scaled + at, input->power, n);
    } else {
        to->values = input->numbers + at;
        fetch_ahead(input->numbers, sizeof *input->numbers, input->present, at, b);
    }
    pl_rows_expand(to->present, input->present, at, n);
}

static void load_group_values(pass_register *to, const pl_evaluation *e, const pl_store *store, const block *b) {
    const pl_grouping *grouping = &e->frame->groupings[store->grouping];
    to->values = to->own;
    for (size_t i = 0; i < b->rows; i++) {
        uint32_t group = pl_group_at(grouping, b->unit + i);
        size_t at = b->period * grouping->groups + group;
        to->own[i] = group == PL_NOBODY ? 0 : store->values[at];
        to->present[i] = group == PL_NOBODY ? 0 : store->present[at];
    }
}

static void load(const pass *p, pass_worker *w, const pl_plan_step *step, const block *b) {
    const pl_evaluation *e = p->e;
    pass_register *to = &w->registers[step->to];
    const pl_graph_node *n = pl_graph_node_at(e->program, step->node);
    uint32_t index = e->stored[step->node];
    if (index) {
        const pl_store *store = &e->stores[index];
        if (store->kind == STORE_GROUPS) {
            load_group_values(to, e, store, b);
        } else if (store->kind == STORE_PERIODS) {
            to->values = to->own;
            to->own[0] = store->values[b->period];
            to->present[0] = store->present[b->period];
        } else {
            to->values = store->values + b->row;
            fetch_ahead(store->values, sizeof *store->values, store->bits, b->row, b);
            pl_rows_expand(to->present, store->bits, b->row, b->rows);
        }
        return;
    }
    if (n->op == OP_COLUMN) {
        load_input(to, &e->frame->columns[n->slot], b->row, b);
    } else if (n->op == OP_ATTRIBUTE) {
        load_input(to, &e->frame->attributes[n->slot], b->unit, b);
    } else {
        to->values = to->own;
        to->present[0] = pl_given_value(e, n, b->period, &to->own[0]);
    }
}

static void spread(pass_worker *w, const pl_plan_step *step, size_t n) {
    pass_register *to = &w->registers[step->to];
    const pass_register *from = &w->registers[step->a];
    to->values = to->own;
    for (size_t i = 0; i < n; i++) to->own[i] = from->values[0];
    memset(to->present, from->present[0], n);
}

/* True where every branch around the node is taken in this row, as far as its conditions are known by now. */
static bool reached(pass *p, pass_worker *w, pl_node node, size_t row) {
    const pl_guards *guards = &p->e->guards;
    for (uint32_t g = guards->of[node]; g; g = guards->items[g].parent) {
        const pl_guard *guard = &guards->items[g];
        double value;
        bool present;
        if (pl_graph_node_at(p->e->program, guard->condition)->stage > p->e->stage) continue;
        if (!w->scalar && pl_scalar_create(&w->scalar, p->e) != PL_OK) return atomic_store(&p->failed, true), false;
        if (pl_scalar_value(w->scalar, guard->condition, row, &value, &present) != PL_OK)
            return atomic_store(&p->failed, true), false;
        if (!present || (value != 0) != guard->wanted) return false;
    }
    return true;
}

static void note(pass *p, pass_worker *w, const pl_plan_step *step, pl_incident_kind kind, const block *b, size_t i) {
    if (p->e->frame->scored && !p->e->frame->scored[b->period]) return;
    if (!reached(p, w, step->node, b->row + i)) return;
    pl_incident_add(&w->incidents, kind, step->node, step->uniform ? b->rows : 1, b->row + i);
}

static void compute(pass *p, pass_worker *w, const pl_plan_step *step, const block *b) {
    pl_op op = (pl_op)pl_graph_node_at(p->e->program, step->node)->op;
    pass_register *to = &w->registers[step->to];
    size_t n = step->uniform ? 1 : b->rows;
    pl_cells first = cells_of(w, step->a), second = cells_of(w, step->b);
    to->values = to->own;
    bool incident = pl_rows_apply(op, to->own, to->present, first, second, cells_of(w, step->c), n);
    if (!incident || !step->report) return;
    for (size_t i = 0; i < n; i++) {
        pl_incident_kind kind;
        if (pl_rows_incident(op, to->present, first, second, i, &kind)) note(p, w, step, kind, b, i);
    }
}

static void finish_combination(pass *p, pass_worker *w, const pl_plan_step *step, pl_combining from, const block *b) {
    const pl_graph_node *n = pl_graph_node_at(p->e->program, step->node);
    const pl_part *parts = pl_graph_parts(p->e->program, step->node);
    pass_register *to = &w->registers[step->to];
    double full = 0;
    for (uint32_t i = 0; i < n->count && full >= 0; i++) full = parts[i].full < 0 ? -1 : full + parts[i].full;
    to->values = to->own;
    bool incident = pl_combining_end((pl_combine)n->detail, n->strict, from, full, to->own, to->present, b->rows);
    if (!incident || !step->report) return;
    for (size_t i = 0; i < b->rows; i++)
        if (from.state[i] & COMBINING_NOT_POSITIVE) note(p, w, step, PL_INCIDENT_NOT_POSITIVE, b, i);
}

static void combine(pass *p, pass_worker *w, const pl_plan_step *step, const block *b) {
    const pl_graph_node *n = pl_graph_node_at(p->e->program, step->node);
    uint32_t sums = step->kind == STEP_COMBINE_END ? step->a : step->to;
    pl_combining with = {w->registers[sums].own, w->registers[step->c].own, w->registers[sums].present};
    if (step->kind == STEP_COMBINE_BEGIN) {
        pl_combining_begin((pl_combine)n->detail, with, b->rows);
    } else if (step->kind == STEP_COMBINE_ADD) {
        const pl_part *part = &pl_graph_parts(p->e->program, step->node)[step->part];
        pl_combining_add((pl_combine)n->detail, n->strict, with, cells_of(w, step->a), cells_of(w, step->b),
                         pl_part_weight(p->e, part), part->full, b->rows);
    } else {
        finish_combination(p, w, step, with, b);
    }
}

static void median(pass *p, pass_worker *w, const pl_plan_step *step, const block *b) {
    const pl_graph_node *n = pl_graph_node_at(p->e->program, step->node);
    pass_register *to = &w->registers[step->to];
    to->values = to->own;
    for (uint32_t i = 0; i < n->count; i++) w->cells[i] = cells_of(w, p->plan->operands[step->a + i]);
    pl_combining_median(w->cells, n->count, n->strict, w->scratch, to->own, to->present, b->rows);
}

/* The smallest and the largest of a block are looked for together, and once, whoever asks for them. */
static void take_extreme(pl_reduce how, pl_sum *into, pl_extent *extent, pl_cells cells, size_t n) {
    if (!extent->looked) *extent = pl_gather_extent(cells, n);
    pl_gather_join(how, into, (pl_sum){how == REDUCE_MAX ? extent->most : extent->least, 0, extent->count});
}

static void output(pass *p, pass_worker *w, const pl_plan_step *step, const block *b, size_t chunk) {
    pl_cells cells = cells_of(w, step->a);
    pl_extent extent = {0};
    for (size_t i = p->first_sink[step->part]; i < p->first_sink[step->part + 1]; i++) {
        const pl_pass_sink *sink = &p->sinks[i];
        if (!sink->reduce) {
            const pl_store *store = &p->e->stores[sink->store];
            memcpy(store->values + b->row, cells.values, b->rows * sizeof *cells.values);
            pl_rows_pack(store->bits, b->row, cells.present, b->rows);
            continue;
        }
        const pl_graph_node *n = pl_graph_node_at(p->e->program, sink->reduce);
        pl_reduce how = (pl_reduce)n->detail;
        bool grouped = n->scope == PL_SCOPE_GROUP;
        const uint32_t *group_of = grouped ? pl_grouping_of(p->e, n)->group_of : NULL;
        if (grouped && !group_of) continue;
        size_t stretch = (b->period - p->e->first_period) * p->chunks + chunk;
        pl_sum *partials = p->partials[i] + stretch * partial_width(p, sink->reduce);
        if (!grouped && (how == REDUCE_MIN || how == REDUCE_MAX))
            take_extreme(how, partials, &extent, cells, b->rows);
        else
            pl_gather_rows(how, partials, grouped ? group_of + b->unit : NULL, cells, b->rows);
    }
}

static void run_block(pass *p, pass_worker *w, const block *b, size_t chunk) {
    for (size_t i = 0; i < p->plan->step_count; i++) {
        const pl_plan_step *step = &p->plan->steps[i];
        if (step->kind != STEP_OUTPUT) w->registers[step->to].uniform = step->uniform;
        switch ((pl_plan_step_kind)step->kind) {
        case STEP_COMPUTE: compute(p, w, step, b); break;
        case STEP_LOAD: load(p, w, step, b); break;
        case STEP_SPREAD: spread(w, step, b->rows); break;
        case STEP_COMBINE_BEGIN:
        case STEP_COMBINE_ADD:
        case STEP_COMBINE_END: combine(p, w, step, b); break;
        case STEP_MEDIAN: median(p, w, step, b); break;
        case STEP_OUTPUT: output(p, w, step, b, chunk); break;
        }
    }
}

static void run_chunk(void *context, size_t index, unsigned worker) {
    pass *p = context;
    pass_worker *w = &p->workers[worker];
    if (atomic_load(&p->failed)) return;
    if (!prepare_worker(p, w)) {
        atomic_store(&p->failed, true);
        return;
    }
    size_t units = p->e->frame->units, chunk = index % p->chunks;
    block b = {.period = p->e->first_period + index / p->chunks};
    size_t end = (chunk + 1) * p->chunk_rows < units ? (chunk + 1) * p->chunk_rows : units;
    for (b.unit = chunk * p->chunk_rows; b.unit < end; b.unit += BLOCK_ROWS) {
        b.row = b.period * units + b.unit;
        b.rows = end - b.unit < BLOCK_ROWS ? end - b.unit : BLOCK_ROWS;
        b.ahead = end - b.unit - b.rows < BLOCK_ROWS ? end - b.unit - b.rows : BLOCK_ROWS;
        run_block(p, w, &b, chunk);
    }
}

/* Joins the partial results of one aggregate and stores them. */
static bool join_partials(pass *p, const pl_pass_sink *sink, const pl_sum *partials) {
    pl_evaluation *e = p->e;
    const pl_graph_node *n = pl_graph_node_at(e->program, sink->reduce);
    size_t width = partial_width(p, sink->reduce);
    pl_store *store = pl_store_add(e, sink->reduce, n->scope == PL_SCOPE_GROUP ? STORE_GROUPS : STORE_PERIODS);
    if (!store) return false;
    for (size_t period = e->first_period; period < e->period_end; period++) {
        for (size_t k = 0; k < width; k++) {
            pl_sum total = {0};
            const pl_sum *at = partials + (period - e->first_period) * p->chunks * width + k;
            for (size_t chunk = 0; chunk < p->chunks; chunk++) pl_gather_join((pl_reduce)n->detail, &total, at[chunk * width]);
            bool overflow;
            size_t to = period * width + k;
            store->present[to] = pl_gather_result((pl_reduce)n->detail, total, &store->values[to], &overflow);
            if (overflow) pl_incident_add(&e->incidents, PL_INCIDENT_OVERFLOW, sink->reduce, 1, period * e->frame->units);
        }
    }
    return true;
}

static bool collect(pass *p, unsigned workers) {
    bool good = !atomic_load(&p->failed);
    for (size_t i = 0; good && i < p->sink_count; i++)
        if (p->sinks[i].reduce) good = join_partials(p, &p->sinks[i], p->partials[i]);
    for (unsigned i = 0; good && i < workers; i++) {
        const pl_incident_log *log = &p->workers[i].incidents;
        for (size_t k = 0; k < log->count; k++)
            pl_incident_add(&p->e->incidents, log->items[k].kind, log->items[k].node, log->items[k].rows, log->items[k].first_row);
        good = !log->failed;
    }
    return good && !p->e->incidents.failed;
}

static bool make_partials(pass *p) {
    size_t stretches = p->chunks * (p->e->period_end - p->e->first_period);
    for (size_t i = 0; i < p->sink_count; i++) {
        if (!p->sinks[i].reduce) continue;
        p->partials[i] = calloc(stretches * partial_width(p, p->sinks[i].reduce) + 1, sizeof **p->partials);
        if (!p->partials[i]) return false;
    }
    return true;
}

static bool find_first_sinks(pass *p, size_t **out) {
    size_t outputs = p->sink_count ? p->sinks[p->sink_count - 1].output + 1 : 0;
    size_t *first = calloc(outputs + 2, sizeof *first);
    *out = first;
    if (!first) return false;
    size_t at = 0;
    for (size_t i = 0; i <= outputs; i++) {
        while (at < p->sink_count && p->sinks[at].output < i) at++;
        first[i] = at;
    }
    p->first_sink = first;
    return true;
}

pl_status pl_pass_run(pl_evaluation *e, const pl_plan *plan, const pl_pass_sink *sinks, size_t sink_count, pl_pool *pool) {
    pass p = {.e = e, .plan = plan, .sinks = sinks, .sink_count = sink_count};
    size_t groups = 0;
    for (size_t i = 0; i < sink_count; i++) {
        size_t width = sinks[i].reduce ? partial_width(&p, sinks[i].reduce) : 0;
        if (width > groups) groups = width;
    }
    p.chunk_rows = CHUNK_ROWS;
    while (groups > 1 && p.chunk_rows < CHUNK_ROWS_PER_GROUP * groups) p.chunk_rows *= 2;
    p.chunks = (e->frame->units + p.chunk_rows - 1) / p.chunk_rows;
    for (size_t i = 0; i < plan->step_count; i++) {
        const pl_graph_node *n = pl_graph_node_at(e->program, plan->steps[i].node);
        if (plan->steps[i].kind == STEP_MEDIAN && n->count > p.widest) p.widest = n->count;
    }
    unsigned workers = pl_pool_threads(pool);
    size_t *first = NULL;
    p.workers = calloc(workers, sizeof *p.workers);
    p.partials = calloc(sink_count + 1, sizeof *p.partials);
    bool good = p.workers && p.partials && find_first_sinks(&p, &first) && make_partials(&p);
    if (good) {
        pl_pool_run(pool, p.chunks * (e->period_end - e->first_period), run_chunk, &p);
        good = collect(&p, workers);
    }
    for (unsigned i = 0; p.workers && i < workers; i++) free_worker(&p.workers[i]);
    for (size_t i = 0; p.partials && i < sink_count; i++) free(p.partials[i]);
    free(p.workers);
    free(p.partials);
    free(first);
    return good ? PL_OK : PL_MEMORY;
}
