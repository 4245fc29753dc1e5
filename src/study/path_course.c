/* How the nodes that one element decides go between two of its values: not at all, in a straight line, one way, or with a kink on
 * the way. Told from the operations and the values at both ends. */
#include "lang/graph.h"
#include "study/coursing.h"

#include <math.h>
#include <stdlib.h>

/* A node for one unit. */
typedef struct arm {
    pl_course course;
    double from, to;
} arm;

/* What all units of a scope do together. */
typedef struct movers {
    pl_course worst;
    size_t count;
    int way; /* of all that move; 2: they move both ways */
} movers;

static const pl_graph_node *node_at(const pl_courses *y, pl_node node) {
    return pl_graph_node_at(y->s->o->compiled->program, node);
}

static double value_of(const pl_courses *y, const double *column, const uint64_t *present, size_t unit) {
    size_t row = y->s->o->period * y->s->o->frame.units + unit;
    return column && pl_present(present, row) ? column[row] : NAN;
}

static arm look(const pl_courses *y, pl_node node, size_t unit) {
    uint32_t at = y->index[node];
    const pl_ends *ends = &y->ends[node];
    pl_course course = at ? y->courses[(at - 1) * y->s->o->frame.units + unit] : PL_COURSE_STILL;
    return (arm){course, value_of(y, ends->from, ends->from_present, unit), value_of(y, ends->to, ends->to_present, unit)};
}

static int way_of(arm a) { return (a.to > a.from) - (a.to < a.from); }

static void note_kink(pl_courses *y, double part) {
    y->kink = true;
    if (part > 0 && part < y->hint) y->hint = part;
}

/* Where two lines meet, as a part of the way. */
static double crossing(arm a, arm b) {
    double before = a.from - b.from, after = a.to - b.to;
    return before * after < 0 ? before / (before - after) : NAN;
}

/* ---- row by row ---- */

static pl_course sum_of(arm a, arm b, int sign) {
    if (a.course == PL_COURSE_STILL) return b.course;
    if (b.course == PL_COURSE_STILL) return a.course;
    pl_course worse = a.course > b.course ? a.course : b.course;
    return worse == PL_COURSE_ONE_WAY && way_of(a) != sign * way_of(b) ? PL_COURSE_UNKNOWN : worse;
}

static pl_course no_line(arm a) { return a.course == PL_COURSE_STRAIGHT ? PL_COURSE_ONE_WAY : a.course; }

static pl_course product_of(arm a, arm b) {
    if (a.course == PL_COURSE_STILL) return b.course;
    if (b.course == PL_COURSE_STILL) return a.course;
    bool positive = fmin(a.from, a.to) >= 0 && fmin(b.from, b.to) >= 0;
    if (a.course == PL_COURSE_UNKNOWN || b.course == PL_COURSE_UNKNOWN || !positive) return PL_COURSE_UNKNOWN;
    return way_of(a) == way_of(b) ? PL_COURSE_ONE_WAY : PL_COURSE_UNKNOWN;
}

/* A quotient of two lines goes one way where there is no pole. */
static pl_course quotient_of(arm a, arm b) {
    if (b.course == PL_COURSE_STILL) return a.course;
    if (b.course == PL_COURSE_UNKNOWN || a.course == PL_COURSE_UNKNOWN || !(b.from * b.to > 0)) return PL_COURSE_UNKNOWN;
    if (a.course == PL_COURSE_STILL) return PL_COURSE_ONE_WAY;
    if (a.course == PL_COURSE_STRAIGHT && b.course == PL_COURSE_STRAIGHT) return PL_COURSE_ONE_WAY;
    bool positive = fmin(a.from, a.to) >= 0 && b.from > 0;
    return positive && way_of(a) != way_of(b) ? PL_COURSE_ONE_WAY : PL_COURSE_UNKNOWN;
}

/* Steps: where the value at both ends is one, it is so between. `part`: where the first step may lie. */
static pl_course steps_of(pl_courses *y, arm a, arm result, double part) {
    if (a.course == PL_COURSE_UNKNOWN) return PL_COURSE_UNKNOWN;
    if (result.from != result.to) note_kink(y, part);
    return PL_COURSE_ONE_WAY;
}

/* Rounding steps halfway between its results. */
static double next_step(arm a, arm result, double digits) {
    double half = 0.5 * pow(10, -digits) * way_of(a);
    return (result.from + half - a.from) / (a.to - a.from);
}

/* The sign of a - b stays where it is the same at both ends. */
static pl_course comparison(pl_courses *y, arm a, arm b, arm result, bool of_equals) {
    if (a.course == PL_COURSE_STILL && b.course == PL_COURSE_STILL) return PL_COURSE_STILL;
    pl_course difference = sum_of(a, b, -1);
    double before = a.from - b.from, after = a.to - b.to;
    if (difference == PL_COURSE_UNKNOWN) return PL_COURSE_UNKNOWN;
    if (result.from != result.to || (of_equals && before * after < 0)) {
        note_kink(y, crossing(a, b));
        return of_equals ? PL_COURSE_UNKNOWN : PL_COURSE_ONE_WAY;
    }
    return PL_COURSE_STILL;
}

/* The least or most of two, of which one is it at both ends, or both go the same way. */
static pl_course extreme_of(pl_courses *y, arm a, arm b, arm result) {
    bool lines = a.course <= PL_COURSE_STRAIGHT && b.course <= PL_COURSE_STRAIGHT;
    if (lines && result.from == a.from && result.to == a.to) return a.course;
    if (lines && result.from == b.from && result.to == b.to) return b.course;
    if (a.course == PL_COURSE_UNKNOWN || b.course == PL_COURSE_UNKNOWN) return PL_COURSE_UNKNOWN;
    if (lines) note_kink(y, crossing(a, b));
    bool same = way_of(a) == way_of(b) || a.course == PL_COURSE_STILL || b.course == PL_COURSE_STILL;
    return same ? PL_COURSE_ONE_WAY : PL_COURSE_UNKNOWN;
}

static pl_course power_of(arm a, arm b) {
    if (a.course == PL_COURSE_STILL && b.course == PL_COURSE_STILL) return PL_COURSE_STILL;
    if (a.course == PL_COURSE_UNKNOWN || b.course == PL_COURSE_UNKNOWN) return PL_COURSE_UNKNOWN;
    bool one = a.course == PL_COURSE_STILL || b.course == PL_COURSE_STILL;
    return one && fmin(a.from, a.to) >= 0 ? PL_COURSE_ONE_WAY : PL_COURSE_UNKNOWN;
}

static pl_course branch_of(const pl_courses *y, const pl_graph_node *n, size_t unit) {
    arm condition = look(y, n->a, unit);
    if (condition.course != PL_COURSE_STILL) return PL_COURSE_UNKNOWN;
    return look(y, condition.from != 0 ? n->b : n->c, unit).course;
}

static arm further(bool least, arm a, arm b) {
    if (least) return (arm){PL_COURSE_STILL, fmin(a.from, b.from), fmin(a.to, b.to)};
    return (arm){PL_COURSE_STILL, fmax(a.from, b.from), fmax(a.to, b.to)};
}

static pl_course combination_of(pl_courses *y, pl_node node, size_t unit) {
    const pl_graph_node *n = node_at(y, node);
    const pl_part *parts = pl_graph_parts(y->s->o->compiled->program, node);
    bool extreme = n->detail == PL_COMBINE_MIN || n->detail == PL_COMBINE_MAX, first = true;
    bool plain = n->detail == PL_COMBINE_MEAN || n->detail == PL_COMBINE_SUM;
    arm all = {PL_COURSE_STILL, 0, 0};
    for (uint32_t i = 0; i < n->count; i++) {
        arm one = look(y, parts[i].score, unit);
        if (look(y, parts[i].applies, unit).course != PL_COURSE_STILL) return PL_COURSE_UNKNOWN;
        if (isnan(one.from)) continue;
        arm next = {PL_COURSE_STILL, all.from + one.from, all.to + one.to};
        if (extreme && !first) next = further(n->detail == PL_COMBINE_MIN, all, one);
        next.course = first ? one.course : extreme ? extreme_of(y, all, one, next) : sum_of(all, one, 1);
        all = next;
        first = false;
    }
    return plain || extreme ? all.course : n->detail == PL_COMBINE_COPELAND ? PL_COURSE_UNKNOWN : no_line(all);
}

/* ---- over rows ---- */

static movers look_at_all(const pl_courses *y, pl_node node) {
    movers all = {PL_COURSE_STILL, 0, 0};
    for (size_t unit = 0; unit < y->s->o->frame.units; unit++) {
        arm one = look(y, node, unit);
        if (one.course == PL_COURSE_STILL) continue;
        int way = way_of(one);
        if (one.course > all.worst) all.worst = one.course;
        all.way = !all.count || all.way == way ? way : 2;
        all.count++;
    }
    return all;
}

/* The largest that is one line at both ends, and so between. */
static bool follows_one(const pl_courses *y, pl_node node, arm result) {
    for (size_t unit = 0; unit < y->s->o->frame.units; unit++) {
        arm one = look(y, node, unit);
        if (one.course == PL_COURSE_STRAIGHT && one.from == result.from && one.to == result.to) return true;
    }
    return false;
}

static pl_course reduction_of(pl_courses *y, const pl_graph_node *n, arm result) {
    movers all = look_at_all(y, n->a);
    if (y->index[n->b] || y->across[n->a] || all.worst == PL_COURSE_UNKNOWN) return PL_COURSE_UNKNOWN;
    bool one_way = all.way != 2;
    switch (n->detail) {
    case REDUCE_COUNT: return PL_COURSE_STILL;
    case REDUCE_SUM:
    case REDUCE_MEAN: return all.worst <= PL_COURSE_STRAIGHT || one_way ? all.worst : PL_COURSE_UNKNOWN;
    case REDUCE_MIN:
    case REDUCE_MAX:
        if (all.worst <= PL_COURSE_STRAIGHT && follows_one(y, n->a, result)) return PL_COURSE_STRAIGHT;
        if (all.worst <= PL_COURSE_STRAIGHT && result.from != result.to) note_kink(y, NAN);
        return one_way ? PL_COURSE_ONE_WAY : PL_COURSE_UNKNOWN;
    case REDUCE_MEDIAN:
    case REDUCE_QUANTILE:
    case REDUCE_TRIMMED: return one_way ? PL_COURSE_ONE_WAY : PL_COURSE_UNKNOWN;
    default: return all.count ? PL_COURSE_UNKNOWN : PL_COURSE_STILL;
    }
}

/* Places change where two meet. */
static pl_course rank_of(pl_courses *y, const pl_graph_node *n, arm result) {
    movers all = look_at_all(y, n->a);
    if (y->across[n->a] || all.worst == PL_COURSE_UNKNOWN || all.count > 1) return PL_COURSE_UNKNOWN;
    if (result.from != result.to) note_kink(y, NAN);
    return PL_COURSE_ONE_WAY;
}

/* ---- all ---- */

static pl_course course_of(pl_courses *y, pl_node node, size_t unit, arm result) {
    const pl_graph_node *n = node_at(y, node);
    if (n->domain || node_at(y, n->a)->domain) return PL_COURSE_UNKNOWN;
    arm a = look(y, n->a, unit), b = look(y, n->b, unit);
    switch (n->op) {
    case OP_COLUMN: return unit == y->s->o->unit ? PL_COURSE_STRAIGHT : PL_COURSE_STILL;
    case OP_PRESENT: return PL_COURSE_STILL;
    case OP_NEGATE:
    case OP_REQUIRE: return a.course;
    case OP_NOT: return a.course;
    case OP_SHIFT: return y->across[n->a] ? PL_COURSE_UNKNOWN : a.course;
    case OP_COALESCE: return isnan(a.from) ? b.course : a.course;
    case OP_ABSOLUTE:
        if (a.from * a.to >= 0) return a.course;
        note_kink(y, a.from / (a.from - a.to));
        return PL_COURSE_UNKNOWN;
    case OP_SQRT:
    case OP_EXP:
    case OP_LN:
    case OP_LOG10: return no_line(a);
    case OP_FLOOR:
    case OP_CEILING:
    case OP_TRUNCATE:
    case OP_SIGN: return steps_of(y, a, result, NAN);
    case OP_ROUND: return b.course == PL_COURSE_STILL ? steps_of(y, a, result, next_step(a, result, b.from)) : PL_COURSE_UNKNOWN;
    case OP_ADD: return sum_of(a, b, 1);
    case OP_SUBTRACT: return sum_of(a, b, -1);
    case OP_MULTIPLY: return product_of(a, b);
    case OP_DIVIDE: return quotient_of(a, b);
    case OP_POWER: return power_of(a, b);
    case OP_MINIMUM:
    case OP_MAXIMUM: return extreme_of(y, a, b, result);
    case OP_LESS:
    case OP_LESS_EQUAL: return comparison(y, a, b, result, false);
    case OP_EQUAL:
    case OP_UNEQUAL: return comparison(y, a, b, result, true);
    case OP_IF: return branch_of(y, n, unit);
    case OP_COMBINE: return combination_of(y, node, unit);
    case OP_REDUCE: return reduction_of(y, n, result);
    case OP_RANK: return rank_of(y, n, result);
    default: return a.course == PL_COURSE_STILL && b.course == PL_COURSE_STILL ? PL_COURSE_STILL : PL_COURSE_UNKNOWN;
    }
}

pl_course pl_courses_between(pl_courses *y, const pl_evaluation *from, const pl_evaluation *to) {
    size_t units = y->s->o->frame.units;
    pl_course worst = PL_COURSE_STILL;
    for (size_t i = 0; i < y->asked_count; i++) {
        pl_ends *ends = &y->ends[y->asked[i]];
        ends->from = pl_evaluation_column(from, y->asked[i], &ends->from_present);
        ends->to = pl_evaluation_column(to, y->asked[i], &ends->to_present);
    }
    y->kink = false;
    y->hint = INFINITY;
    for (size_t i = 0; i < y->count; i++)
        for (size_t unit = 0; unit < units; unit++) {
            pl_node node = y->nodes[i];
            arm result = look(y, node, unit);
            pl_course course = isnan(result.from) ? PL_COURSE_STILL : course_of(y, node, unit, result);
            /* who goes one way and comes to where it was has not moved */
            if (course != PL_COURSE_UNKNOWN && result.from == result.to) course = PL_COURSE_STILL;
            y->courses[i * units + unit] = course;
            if (course > worst) worst = course;
        }
    return worst;
}

/* ---- which nodes ---- */

static void mark_below(const pl_shape *s, size_t size, bool *below) {
    for (size_t i = 0; i < 2; i++) below[s->roots[i]] = true;
    for (size_t node = size; node-- > 1;) {
        if (!below[node] || !s->touched[node]) continue;
        const pl_graph_node *n = pl_graph_node_at(s->o->compiled->program, (pl_node)node);
        below[n->a] = below[n->b] = below[n->c] = true;
        if (n->op != OP_COMBINE && n->op != OP_COPELAND) continue;
        const pl_part *parts = pl_graph_parts(s->o->compiled->program, (pl_node)node);
        for (uint32_t i = 0; i < n->count; i++) below[parts[i].score] = below[parts[i].applies] = true;
    }
}

static void ask_for(pl_courses *y, pl_node node) {
    if (!node || y->is_asked[node] || node_at(y, node)->domain) return; /* records have no rows */
    y->is_asked[node] = true;
    y->asked[y->asked_count++] = node;
}

static void list_node(pl_courses *y, pl_node node) {
    const pl_graph_node *n = node_at(y, node);
    y->nodes[y->count++] = node;
    y->index[node] = (uint32_t)y->count;
    y->across[node] = n->op == OP_SHIFT || (n->op == OP_REDUCE && n->scope >= PL_SCOPE_PERIODS && n->scope <= PL_SCOPE_YEARS) ||
                      y->across[n->a] || y->across[n->b] || y->across[n->c];
    ask_for(y, node);
    ask_for(y, n->a);
    ask_for(y, n->b);
    ask_for(y, n->c);
    if (n->op != OP_COMBINE && n->op != OP_COPELAND) return;
    const pl_part *parts = pl_graph_parts(y->s->o->compiled->program, node);
    for (uint32_t i = 0; i < n->count; i++) {
        ask_for(y, parts[i].score);
        ask_for(y, parts[i].applies);
        y->across[node] |= y->across[parts[i].score] || y->across[parts[i].applies];
    }
}

pl_status pl_courses_open(pl_courses *y, const pl_shape *s, size_t cluster) {
    size_t size = pl_program_size(s->o->compiled->program);
    *y = (pl_courses){.s = s,
                      .move = s->clusters[cluster].moves[0],
                      .index = calloc(size + 1, sizeof *y->index),
                      .nodes = calloc(size + 1, sizeof *y->nodes),
                      .asked = calloc(size + 1, sizeof *y->asked),
                      .is_asked = calloc(size + 1, sizeof *y->is_asked),
                      .across = calloc(size + 1, sizeof *y->across),
                      .ends = calloc(size + 1, sizeof *y->ends)};
    bool *below = calloc(size + 1, sizeof *below);
    bool good = y->index && y->nodes && y->asked && y->is_asked && y->across && y->ends && below;
    if (good) mark_below(s, size, below);
    for (pl_node node = 1; node < size && good; node++)
        if (below[node] && s->touched[node] == cluster + 1) list_node(y, node);
    free(below);
    y->courses = good ? calloc(y->count * s->o->frame.units + 1, sizeof *y->courses) : NULL;
    return y->courses ? PL_OK : PL_MEMORY;
}

void pl_courses_close(pl_courses *y) {
    free(y->index);
    free(y->nodes);
    free(y->asked);
    free(y->is_asked);
    free(y->across);
    free(y->ends);
    free(y->courses);
    *y = (pl_courses){0};
}

pl_status pl_courses_at(const pl_courses *y, double value, pl_evaluation **out) {
    pl_outlook *o = y->s->o;
    for (size_t i = 0; i < o->move_count; i++) {
        const pl_move *move = &o->moves[i];
        o->changed[move->element][o->period * o->frame.units + o->unit] = i == y->move ? value : move->levels[0].value;
    }
    return pl_outlook_evaluate(o, y->asked, y->asked_count, out);
}
