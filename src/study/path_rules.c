/* The model's rules as linear equations with whole numbers: sums, products, least and most, conditions. */
#include "lang/graph.h"
#include "study/equation.h"

#include <math.h>
#include <stdlib.h>

static const pl_graph_node *node_at(const pl_equations *q, pl_node node) {
    return pl_graph_node_at(q->s->o->compiled->program, node);
}

static bool value_before(const pl_side *side, pl_node node, double *out) {
    const pl_outlook *o = side->q->s->o;
    const uint64_t *present;
    const double *column = pl_evaluation_column(side->q->s->before, node, &present);
    size_t row = o->period * o->frame.units + side->unit;
    *out = column ? column[row] : 0;
    return column && pl_present(present, row);
}

/* ---- sums ---- */

pl_status pl_sum_make(const pl_equations *q, pl_sum_of *out) {
    *out = (pl_sum_of){.present = true, .coefficients = calloc(q->slots + 1, sizeof *out->coefficients)};
    return out->coefficients ? PL_OK : PL_MEMORY;
}

void pl_sum_clear(const pl_equations *q, pl_sum_of *sum) {
    memset(sum->coefficients, 0, q->slots * sizeof *sum->coefficients);
    sum->constant = 0;
    sum->present = true;
}

void pl_sum_add(const pl_equations *q, const pl_sum_of *from, double factor, pl_sum_of *to) {
    to->constant += factor * from->constant;
    for (size_t i = 0; i < q->slots; i++) to->coefficients[i] += factor * from->coefficients[i];
}

/* Of each cluster one choice is taken: its least, or most, bounds the sum. */
static void bound_cluster(const pl_cluster *c, pl_sum_of *sum) {
    const double *at = sum->coefficients + c->first_column;
    double least = at[0], most = at[0];
    for (size_t k = 1; k < c->choice_count; k++) {
        least = fmin(least, at[k]);
        most = fmax(most, at[k]);
    }
    sum->low += least;
    sum->high += most;
}

void pl_sum_bound(const pl_equations *q, pl_sum_of *sum) {
    sum->low = sum->high = sum->constant;
    for (size_t c = 0; c < q->s->cluster_count; c++) bound_cluster(&q->s->clusters[c], sum);
    for (size_t i = q->choice_columns; i < q->slots; i++) {
        double factor = sum->coefficients[i];
        if (factor == 0) continue;
        sum->low += factor * (factor > 0 ? q->slot_low[i] : q->slot_high[i]);
        sum->high += factor * (factor > 0 ? q->slot_high[i] : q->slot_low[i]);
    }
}

pl_status pl_sum_row(pl_equations *q, const pl_sum_of *sum, size_t column, double factor, double low, double high) {
    size_t *columns = malloc((q->slots + 2) * sizeof *columns);
    double *coefficients = malloc((q->slots + 2) * sizeof *coefficients);
    pl_status status = columns && coefficients ? PL_OK : PL_MEMORY;
    size_t count = 0;
    for (size_t i = 0; status == PL_OK && i < q->slots; i++) {
        if (sum->coefficients[i] == 0) continue;
        columns[count] = q->column_of[i];
        coefficients[count++] = sum->coefficients[i];
    }
    if (status == PL_OK && column != SIZE_MAX) {
        columns[count] = column;
        coefficients[count++] = factor;
    }
    if (status == PL_OK) status = pl_programme_row(&q->p, low - sum->constant, high - sum->constant, columns, coefficients, count);
    free(columns);
    free(coefficients);
    return status;
}

/* ---- nodes ---- */

static void add_table(const pl_side *side, const pl_tabulated *t, double factor, pl_sum_of *to) {
    const pl_cluster *c = &side->q->s->clusters[t->cluster];
    size_t units = side->q->s->o->frame.units;
    const double *values = t->values + side->unit;
    double before = values[0];
    double *at = to->coefficients + c->first_column;
    to->constant += factor * before;
    for (size_t k = 1; k < c->choice_count; k++) at[k] += factor * (values[k * units] - before);
}

void pl_side_add(const pl_side *side, pl_node node, double factor, pl_sum_of *to) {
    const pl_shape *s = side->q->s;
    double value;
    bool present = value_before(side, node, &value);
    to->present &= present;
    if (side->q->index[node])
        pl_sum_add(side->q, &side->sums[side->q->index[node] - 1], factor, to);
    else if (s->touched[node])
        add_table(side, &s->tabulated[s->table[node] - 1], factor, to);
    else
        to->constant += factor * value;
}

/* A new helper between the bounds: its slot, as a sum of its own added to `to`. */
static pl_status add_helper(const pl_side *side, double low, double high, bool integer, pl_sum_of *to, size_t *column) {
    pl_equations *q = side->q;
    size_t slot = side->first_slot + q->used++;
    q->slot_low[slot] = low;
    q->slot_high[slot] = high;
    to->coefficients[slot] = 1;
    if (q->dry) return PL_OK;
    pl_status status = pl_programme_column(&q->p, low, high, 0, integer, &q->column_of[slot]);
    if (column) *column = q->column_of[slot];
    return status;
}

/* x * y, both moving: no more and no less than their bounds allow. Exact where one of them is at a bound. */
static pl_status multiply(const pl_side *side, pl_node a, pl_node b, pl_sum_of *to) {
    pl_equations *q = side->q;
    pl_sum_of x = {0}, y = {0}, row = {0};
    pl_status status = pl_sum_make(q, &x);
    if (status == PL_OK) status = pl_sum_make(q, &y);
    if (status == PL_OK) status = pl_sum_make(q, &row);
    if (status == PL_OK) {
        pl_side_add(side, a, 1, &x);
        pl_side_add(side, b, 1, &y);
        pl_sum_bound(q, &x);
        pl_sum_bound(q, &y);
        double corners[4] = {x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high};
        double low = fmin(fmin(corners[0], corners[1]), fmin(corners[2], corners[3]));
        double high = fmax(fmax(corners[0], corners[1]), fmax(corners[2], corners[3]));
        status = add_helper(side, low, high, false, to, NULL);
        /* z - p y - r x + p r is at least 0 where p and r are both low or both high, else at most 0 */
        const double ends[4][2] = {{x.low, y.low}, {x.high, y.high}, {x.high, y.low}, {x.low, y.high}};
        for (size_t i = 0; i < 4 && status == PL_OK && !q->dry; i++) {
            pl_sum_clear(q, &row);
            pl_sum_add(q, to, 1, &row);
            pl_sum_add(q, &y, -ends[i][0], &row);
            pl_sum_add(q, &x, -ends[i][1], &row);
            row.constant += ends[i][0] * ends[i][1];
            status = pl_sum_row(q, &row, SIZE_MAX, 0, i < 2 ? 0 : -INFINITY, i < 2 ? INFINITY : 0);
        }
    }
    free(x.coefficients);
    free(y.coefficients);
    free(row.coefficients);
    return status;
}

/* z <= each of the parts, and no less than one of them; `sign` -1 for the most. */
static pl_status extreme(const pl_side *side, const pl_node *nodes, size_t count, double sign, pl_sum_of *to) {
    pl_equations *q = side->q;
    pl_sum_of one = {0}, chosen = {0};
    pl_status status = pl_sum_make(q, &one);
    if (status == PL_OK) status = pl_sum_make(q, &chosen);
    double low = INFINITY, high = INFINITY; /* of the least, with signs turned for the most */
    for (size_t i = 0; i < count && status == PL_OK; i++) {
        pl_sum_clear(q, &one);
        pl_side_add(side, nodes[i], sign, &one);
        pl_sum_bound(q, &one);
        low = fmin(low, one.low);
        high = fmin(high, one.high);
    }
    if (status == PL_OK) status = add_helper(side, sign > 0 ? low : -high, sign > 0 ? high : -low, false, to, NULL);
    for (size_t i = 0; i < count && status == PL_OK; i++) {
        size_t column = SIZE_MAX;
        pl_sum_clear(q, &one);
        pl_side_add(side, nodes[i], sign, &one);
        pl_sum_bound(q, &one);
        double most = one.high - low;
        pl_sum_add(q, to, -sign, &one); /* part - z */
        if (!q->dry) status = pl_sum_row(q, &one, SIZE_MAX, 0, 0, INFINITY);
        if (status == PL_OK) status = add_helper(side, 0, 1, true, &chosen, &column);
        if (status == PL_OK && !q->dry) status = pl_sum_row(q, &one, column, most, -INFINITY, most);
    }
    if (status == PL_OK && !q->dry) status = pl_sum_row(q, &chosen, SIZE_MAX, 0, 1, 1);
    free(one.coefficients);
    free(chosen.coefficients);
    return status;
}

/* A condition a < b or a <= b as 0 or 1. At the border both are let pass: the model judges every plan. */
static pl_status compare(const pl_side *side, const pl_graph_node *n, pl_sum_of *to) {
    pl_equations *q = side->q;
    pl_sum_of difference;
    size_t column = SIZE_MAX;
    pl_status status = pl_sum_make(q, &difference);
    if (status != PL_OK) return status;
    pl_side_add(side, n->b, 1, &difference);
    pl_side_add(side, n->a, -1, &difference);
    pl_sum_bound(q, &difference);
    status = add_helper(side, 0, 1, true, to, &column);
    double low = fmin(0, difference.low), high = fmax(0, difference.high);
    if (status == PL_OK && !q->dry) status = pl_sum_row(q, &difference, column, low, low, INFINITY);
    if (status == PL_OK && !q->dry) status = pl_sum_row(q, &difference, column, -high, -INFINITY, 0);
    free(difference.coefficients);
    return status;
}

/* if(c, x, y) with a condition that moves: z keeps to x where c is 1, to y where it is 0. */
static pl_status choose(const pl_side *side, const pl_graph_node *n, pl_sum_of *to) {
    pl_equations *q = side->q;
    pl_sum_of parts[2] = {{0}}, row = {0}, condition = {0};
    double value;
    if (!value_before(side, n->b, &value) || !value_before(side, n->c, &value)) q->unsayable = true;
    pl_status status = pl_sum_make(q, &parts[0]);
    if (status == PL_OK) status = pl_sum_make(q, &parts[1]);
    if (status == PL_OK) status = pl_sum_make(q, &row);
    if (status == PL_OK) status = pl_sum_make(q, &condition);
    if (status == PL_OK) {
        pl_side_add(side, n->b, 1, &parts[0]);
        pl_side_add(side, n->c, 1, &parts[1]);
        pl_side_add(side, n->a, 1, &condition);
        pl_sum_bound(q, &parts[0]);
        pl_sum_bound(q, &parts[1]);
        double low = fmin(parts[0].low, parts[1].low), high = fmax(parts[0].high, parts[1].high), width = high - low;
        status = add_helper(side, low, high, false, to, NULL);
        for (size_t i = 0; i < 2 && status == PL_OK && !q->dry; i++)
            for (double sign = -1; sign <= 1 && status == PL_OK; sign += 2) {
                /* sign (z - part) <= width * (1 where the other is meant) */
                pl_sum_clear(q, &row);
                pl_sum_add(q, to, sign, &row);
                pl_sum_add(q, &parts[i], -sign, &row);
                pl_sum_add(q, &condition, i == 0 ? width : -width, &row);
                status = pl_sum_row(q, &row, SIZE_MAX, 0, -INFINITY, i == 0 ? width : 0);
            }
    }
    for (size_t i = 0; i < 2; i++) free(parts[i].coefficients);
    free(row.coefficients);
    free(condition.coefficients);
    return status;
}

static pl_status combine(const pl_side *side, pl_node node, pl_sum_of *to) {
    const pl_graph_node *n = node_at(side->q, node);
    const pl_part *parts = pl_graph_parts(side->q->s->o->compiled->program, node);
    double weight = 0, full = 0, applying = 0, value;
    pl_node *present = malloc((n->count + 1) * sizeof *present);
    if (!present) return PL_MEMORY;
    size_t count = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        bool applies = !parts[i].applies || (value_before(side, parts[i].applies, &value) && value != 0);
        full = full < 0 || parts[i].full < 0 ? -1 : full + parts[i].full;
        if (applies) applying += parts[i].full;
        if (!value_before(side, parts[i].score, &value)) continue;
        present[count++] = parts[i].score;
        weight += parts[i].weight;
    }
    pl_status status = PL_OK;
    double spread = full > 0 && applying > 0 ? full / applying : 1;
    if (n->detail == PL_COMBINE_MIN || n->detail == PL_COMBINE_MAX)
        status = extreme(side, present, count, n->detail == PL_COMBINE_MIN ? 1 : -1, to);
    for (uint32_t i = 0; n->detail == PL_COMBINE_SUM && i < n->count; i++)
        if (value_before(side, parts[i].score, &value)) pl_side_add(side, parts[i].score, spread, to);
    for (uint32_t i = 0; n->detail == PL_COMBINE_MEAN && i < n->count; i++)
        if (value_before(side, parts[i].score, &value)) pl_side_add(side, parts[i].score, parts[i].weight / weight, to);
    free(present);
    return status;
}

static pl_status build_node(const pl_side *side, pl_node node, pl_sum_of *to) {
    const pl_graph_node *n = node_at(side->q, node);
    const uint32_t *touched = side->q->s->touched;
    double value, other;
    to->present = value_before(side, node, &value);
    if (!to->present) return PL_OK;
    switch (n->op) {
    case OP_ADD:
    case OP_SUBTRACT:
        pl_side_add(side, n->a, 1, to);
        pl_side_add(side, n->b, n->op == OP_ADD ? 1 : -1, to);
        return PL_OK;
    case OP_NEGATE: pl_side_add(side, n->a, -1, to); return PL_OK;
    case OP_REQUIRE: pl_side_add(side, n->a, 1, to); return PL_OK;
    case OP_COALESCE: pl_side_add(side, value_before(side, n->a, &value) ? n->a : n->b, 1, to); return PL_OK;
    case OP_DIVIDE:
        value_before(side, n->b, &other);
        pl_side_add(side, n->a, 1 / other, to);
        return PL_OK;
    case OP_MULTIPLY:
        if (touched[n->a] && touched[n->b]) return multiply(side, n->a, n->b, to);
        value_before(side, touched[n->a] ? n->b : n->a, &other);
        pl_side_add(side, touched[n->a] ? n->a : n->b, other, to);
        return PL_OK;
    case OP_MINIMUM:
    case OP_MAXIMUM: return extreme(side, (const pl_node[]){n->a, n->b}, 2, n->op == OP_MINIMUM ? 1 : -1, to);
    case OP_LESS:
    case OP_LESS_EQUAL: return compare(side, n, to);
    case OP_IF:
        if (touched[n->a]) return choose(side, n, to);
        value_before(side, n->a, &other);
        pl_side_add(side, other != 0 ? n->b : n->c, 1, to);
        return PL_OK;
    default: return combine(side, node, to);
    }
}

pl_status pl_side_build(pl_side *side) {
    pl_equations *q = side->q;
    size_t size = pl_program_size(q->s->o->compiled->program);
    q->used = 0;
    pl_status status = PL_OK;
    for (pl_node node = 1; node < size && status == PL_OK; node++) {
        if (!q->index[node]) continue;
        pl_sum_of *to = &side->sums[q->index[node] - 1];
        pl_sum_clear(q, to);
        status = build_node(side, node, to);
    }
    return status;
}

/* ---- the columns ---- */

/* A level that changes nothing against the one before it, which is cheaper. */
static bool is_idle(const pl_shape *s, size_t cluster, size_t choice) {
    const pl_cluster *c = &s->clusters[cluster];
    if (c->move_count > 1 || choice == 0) return false;
    size_t units = s->o->frame.units;
    for (size_t i = 0; i < s->tabulated_count; i++) {
        const double *values = s->tabulated[i].values + choice * units;
        if (s->tabulated[i].cluster == cluster && memcmp(values, values - units, units * sizeof *values) != 0) return false;
    }
    return true;
}

static double choice_cost(const pl_shape *s, const pl_cluster *c, size_t choice) {
    double cost = 0;
    for (size_t i = 0; i < c->move_count; i++) cost += s->o->moves[c->moves[i]].levels[pl_choice_level(s, c, choice, i)].cost;
    return cost;
}

/* Costs in whole numbers let the solver round its bounds: the power of ten that makes them so, or 1. */
static double scale_of(const pl_shape *s) {
    for (double scale = 1; scale <= 1e4; scale *= 10) {
        bool whole = true;
        for (size_t c = 0; c < s->cluster_count && whole; c++) {
            for (size_t k = 0; k < s->clusters[c].choice_count && whole; k++) {
                double cost = choice_cost(s, &s->clusters[c], k) * scale;
                whole = fabs(cost - round(cost)) < 1e-9 * fmax(1, cost);
            }
        }
        if (whole) return scale;
    }
    return 1;
}

static double scaled(const pl_equations *q, double cost, bool least_ahead) {
    double whole = round(cost * q->cost_scale);
    if (least_ahead) return 0;
    return fabs(whole - cost * q->cost_scale) < 1e-9 * fmax(1, whole) ? whole : cost * q->cost_scale;
}

static pl_status add_cluster(pl_equations *q, size_t index, bool least_ahead) {
    pl_cluster *c = &q->s->clusters[index];
    size_t count = c->choice_count, column = 0;
    size_t *columns = malloc((count + 1) * sizeof *columns);
    double *ones = malloc((count + 1) * sizeof *ones);
    pl_status status = columns && ones ? PL_OK : PL_MEMORY;
    c->first_column = q->p.column_count;
    for (size_t k = 0; k < c->choice_count && status == PL_OK; k++) {
        double cost = scaled(q, choice_cost(q->s, c, k), least_ahead);
        status = pl_programme_column(&q->p, 0, is_idle(q->s, index, k) ? 0 : 1, cost, true, &column);
        columns[k] = column;
        ones[k] = 1;
    }
    if (status == PL_OK) status = pl_programme_row(&q->p, 1, 1, columns, ones, count);
    free(columns);
    free(ones);
    return status;
}

/* ---- as a whole ---- */

static void count_nodes(pl_equations *q, size_t size) {
    for (pl_node node = 1; node < size; node++) {
        if (!q->s->needed[node]) continue;
        const pl_graph_node *n = node_at(q, node);
        q->index[node] = (uint32_t)++q->node_count;
        q->helpers += 1 + (n->op == OP_COMBINE ? n->count : 2);
    }
}

static pl_status make_sums(const pl_equations *q, pl_sum_of **sums, double **block) {
    *sums = calloc(q->node_count + 1, sizeof **sums);
    *block = calloc(q->node_count * q->slots + 1, sizeof **block);
    if (!*sums || !*block) return PL_MEMORY;
    for (size_t i = 0; i < q->node_count; i++) (*sums)[i].coefficients = *block + i * q->slots;
    return PL_OK;
}

pl_status pl_equations_begin(pl_equations *q, pl_shape *s, bool least_ahead) {
    size_t size = pl_program_size(s->o->compiled->program);
    *q = (pl_equations){.s = s, .index = calloc(size + 1, sizeof *q->index), .cost_scale = scale_of(s)};
    pl_status status = q->index ? PL_OK : PL_MEMORY;
    for (size_t c = 0; c < s->cluster_count && status == PL_OK; c++) status = add_cluster(q, c, least_ahead);
    if (status != PL_OK) return status;
    count_nodes(q, size);
    q->choice_columns = q->p.column_count;
    q->slots = q->choice_columns + 2 * q->helpers + 2; /* the last two: a rounded total, a tie */
    q->column_of = malloc((q->slots + 1) * sizeof *q->column_of);
    q->slot_low = calloc(q->slots + 1, sizeof *q->slot_low);
    q->slot_high = calloc(q->slots + 1, sizeof *q->slot_high);
    if (!q->column_of || !q->slot_low || !q->slot_high) return PL_MEMORY;
    for (size_t i = 0; i < q->slots; i++) q->column_of[i] = i;
    status = make_sums(q, &q->own, &q->own_block);
    return status == PL_OK ? make_sums(q, &q->other, &q->other_block) : status;
}

void pl_equations_end(pl_equations *q) {
    pl_programme_free(&q->p);
    free(q->index);
    free(q->column_of);
    free(q->slot_low);
    free(q->slot_high);
    free(q->own);
    free(q->own_block);
    free(q->other);
    free(q->other_block);
    *q = (pl_equations){0};
}
