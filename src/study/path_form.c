/* What a node is for one unit, as the choices move it: sums, products, least and most, conditions. */
#include "lang/graph.h"
#include "study/bounds.h"

#include <math.h>
#include <string.h>

typedef struct builder {
    const pl_shape *s;
    pl_arena *arena;
    size_t unit;
    bool *sayable;
} builder;

static const pl_graph_node *node_at(const builder *b, pl_node node) { return pl_graph_node_at(b->s->o->compiled->program, node); }

static bool value_before(const builder *b, pl_node node, double *out) {
    const pl_outlook *o = b->s->o;
    const uint64_t *present;
    const double *column = pl_evaluation_column(b->s->before, node, &present);
    size_t row = o->period * o->frame.units + b->unit;
    *out = column ? column[row] : 0;
    return column && pl_present(present, row);
}

static pl_status add(const builder *b, pl_node node, double factor, pl_form *to);

static pl_status form_new(const builder *b, pl_form *out) {
    *out = (pl_form){.gains = pl_arena_array(b->arena, b->s->option_count + 1, sizeof *out->gains),
                     .involved = pl_arena_array(b->arena, b->s->cluster_count + 1, sizeof *out->involved)};
    return out->gains && out->involved ? PL_OK : PL_MEMORY;
}

static void add_table(const builder *b, pl_node node, double factor, pl_form *to) {
    const pl_tabulated *t = &b->s->tabulated[b->s->table[node] - 1];
    const pl_cluster *c = &b->s->clusters[t->cluster];
    size_t units = b->s->o->frame.units;
    const double *values = t->values + b->unit;
    double *gains = to->gains + c->first_option;
    to->constant += factor * values[0];
    for (size_t k = 1; k < c->choice_count; k++) {
        double gain = factor * (values[k * units] - values[0]);
        gains[k] += gain;
        to->involved[t->cluster] |= gain != 0;
    }
}

/* A bend of these nodes. */
static pl_status add_bend(const builder *b, pl_bend_kind kind, const pl_node *nodes, size_t count, double factor, pl_form *to) {
    pl_bend *bend = pl_arena_alloc(b->arena, sizeof *bend);
    if (!bend) return PL_MEMORY;
    *bend = (pl_bend){kind, factor, pl_arena_array(b->arena, count, sizeof *bend->parts), count, PL_SLACK, to->bends};
    if (!bend->parts) return PL_MEMORY;
    to->bends = bend;
    pl_status status = PL_OK;
    for (size_t i = 0; i < count && status == PL_OK; i++) {
        status = form_new(b, &bend->parts[i]);
        if (status == PL_OK) status = add(b, nodes[i], 1, &bend->parts[i]);
    }
    return status;
}

/* a < b or a <= b: b - a is at least 0. */
static pl_status add_condition(const builder *b, const pl_graph_node *n, double factor, pl_form *to) {
    pl_status status = add_bend(b, PL_BEND_CONDITION, &n->b, 1, factor, to);
    if (status != PL_OK) return status;
    double size = fabs(to->bends->parts->constant);
    status = add(b, n->a, -1, to->bends->parts);
    for (size_t i = 0; i < b->s->option_count; i++) size = fmax(size, fabs(to->bends->parts->gains[i]));
    to->bends->slack = PL_SLACK * fmax(1, size);
    return status;
}

static pl_status add_choice(const builder *b, const pl_graph_node *n, double factor, pl_form *to) {
    double value;
    if (b->s->touched[n->a]) {
        if (!value_before(b, n->b, &value) || !value_before(b, n->c, &value)) *b->sayable = false;
        return add_bend(b, PL_BEND_CHOICE, (const pl_node[]){n->a, n->b, n->c}, 3, factor, to);
    }
    value_before(b, n->a, &value);
    return add(b, value != 0 ? n->b : n->c, factor, to);
}

static pl_status add_extreme(const builder *b, bool least, const pl_part *parts, size_t count, double factor, pl_form *to) {
    double value;
    size_t present = 0;
    pl_node *nodes = pl_arena_array(b->arena, count + 1, sizeof *nodes);
    if (!nodes) return PL_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (value_before(b, parts[i].score, &value)) nodes[present++] = parts[i].score;
    return add_bend(b, least ? PL_BEND_LEAST : PL_BEND_MOST, nodes, present, factor, to);
}

static pl_status add_combination(const builder *b, pl_node node, double factor, pl_form *to) {
    const pl_graph_node *n = node_at(b, node);
    const pl_part *parts = pl_graph_parts(b->s->o->compiled->program, node);
    if (n->detail == PL_COMBINE_MIN || n->detail == PL_COMBINE_MAX)
        return add_extreme(b, n->detail == PL_COMBINE_MIN, parts, n->count, factor, to);
    double weight = 0, full = 0, applying = 0, value;
    for (uint32_t i = 0; i < n->count; i++) {
        bool applies = !parts[i].applies || (value_before(b, parts[i].applies, &value) && value != 0);
        full = full < 0 || parts[i].full < 0 ? -1 : full + parts[i].full;
        if (applies) applying += parts[i].full;
        if (value_before(b, parts[i].score, &value)) weight += parts[i].weight;
    }
    double spread = full > 0 && applying > 0 ? full / applying : 1;
    pl_status status = PL_OK;
    for (uint32_t i = 0; i < n->count && status == PL_OK; i++) {
        double share = n->detail == PL_COMBINE_SUM ? spread : parts[i].weight / weight;
        if (value_before(b, parts[i].score, &value)) status = add(b, parts[i].score, factor * share, to);
    }
    return status;
}

static pl_status add_product(const builder *b, const pl_graph_node *n, double factor, pl_form *to) {
    const uint32_t *touched = b->s->touched;
    double value;
    if (touched[n->a] && touched[n->b]) return add_bend(b, PL_BEND_PRODUCT, (const pl_node[]){n->a, n->b}, 2, factor, to);
    value_before(b, touched[n->a] ? n->b : n->a, &value);
    return add(b, touched[n->a] ? n->a : n->b, factor * value, to);
}

/* A node that several clusters move. */
static pl_status add_joint(const builder *b, pl_node node, double factor, pl_form *to) {
    const pl_graph_node *n = node_at(b, node);
    pl_status status;
    double value;
    switch (n->op) {
    case OP_ADD:
    case OP_SUBTRACT:
        status = add(b, n->a, factor, to);
        return status == PL_OK ? add(b, n->b, n->op == OP_ADD ? factor : -factor, to) : status;
    case OP_NEGATE: return add(b, n->a, -factor, to);
    case OP_REQUIRE: return add(b, n->a, factor, to);
    case OP_COALESCE: return add(b, value_before(b, n->a, &value) ? n->a : n->b, factor, to);
    case OP_DIVIDE: value_before(b, n->b, &value); return add(b, n->a, factor / value, to);
    case OP_MULTIPLY: return add_product(b, n, factor, to);
    case OP_MINIMUM: return add_bend(b, PL_BEND_LEAST, (const pl_node[]){n->a, n->b}, 2, factor, to);
    case OP_MAXIMUM: return add_bend(b, PL_BEND_MOST, (const pl_node[]){n->a, n->b}, 2, factor, to);
    case OP_LESS:
    case OP_LESS_EQUAL: return add_condition(b, n, factor, to);
    case OP_IF: return add_choice(b, n, factor, to);
    default: return add_combination(b, node, factor, to);
    }
}

/* to += factor * the node. */
static pl_status add(const builder *b, pl_node node, double factor, pl_form *to) {
    double value;
    if (factor == 0) return PL_OK;
    if (b->s->touched[node] == TOUCHED_BY_MANY) return add_joint(b, node, factor, to);
    if (b->s->touched[node])
        add_table(b, node, factor, to);
    else if (value_before(b, node, &value))
        to->constant += factor * value;
    return PL_OK;
}

pl_status pl_form_make(pl_form *out, const pl_shape *s, pl_arena *arena, size_t unit, pl_node node, bool *sayable) {
    builder b = {s, arena, unit, sayable};
    pl_status status = form_new(&b, out);
    return status == PL_OK ? add(&b, node, 1, out) : status;
}

bool pl_form_involves(const pl_form *form, size_t cluster) {
    if (form->involved[cluster]) return true;
    for (const pl_bend *bend = form->bends; bend; bend = bend->next)
        for (size_t i = 0; i < bend->count; i++)
            if (pl_form_involves(&bend->parts[i], cluster)) return true;
    return false;
}

/* ---- between what it lies ---- */

static pl_interval plus(pl_interval a, pl_interval b) { return (pl_interval){a.low + b.low, a.high + b.high}; }
static pl_interval hull(pl_interval a, pl_interval b) { return (pl_interval){fmin(a.low, b.low), fmax(a.high, b.high)}; }

static pl_interval times(pl_interval a, pl_interval b) {
    double corners[4] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
    return (pl_interval){fmin(fmin(corners[0], corners[1]), fmin(corners[2], corners[3])),
                         fmax(fmax(corners[0], corners[1]), fmax(corners[2], corners[3]))};
}

/* Of one cluster one option is taken, or what lies between it and the next. */
static pl_interval within_cluster(const pl_shape *s, const pl_cluster *c, const double *gains, const pl_left *left) {
    pl_interval all = {INFINITY, -INFINITY};
    for (size_t i = c->first_option; i < c->first_option + c->choice_count; i++) {
        if (!left[i]) continue;
        double next = pl_opening_of(s, left, i) ? gains[i + 1] : gains[i];
        if (gains[i] < all.low) all.low = gains[i];
        if (gains[i] > all.high) all.high = gains[i];
        if (next < all.low) all.low = next;
        if (next > all.high) all.high = next;
    }
    return all;
}

static pl_interval within_bend(const pl_shape *s, const pl_bend *bend, const pl_left *left) {
    pl_interval first = pl_form_within(s, bend->parts, left);
    switch (bend->kind) {
    case PL_BEND_PRODUCT: return times(first, pl_form_within(s, bend->parts + 1, left));
    case PL_BEND_CONDITION: return (pl_interval){first.low > bend->slack, first.high >= -bend->slack};
    case PL_BEND_CHOICE: {
        pl_interval then = pl_form_within(s, bend->parts + 1, left), otherwise = pl_form_within(s, bend->parts + 2, left);
        return first.low > 0.5 ? then : first.high < 0.5 ? otherwise : hull(then, otherwise);
    }
    default: break;
    }
    for (size_t i = 1; i < bend->count; i++) {
        pl_interval one = pl_form_within(s, bend->parts + i, left);
        bool least = bend->kind == PL_BEND_LEAST;
        first.low = least ? fmin(first.low, one.low) : fmax(first.low, one.low);
        first.high = least ? fmin(first.high, one.high) : fmax(first.high, one.high);
    }
    return first;
}

pl_interval pl_form_within(const pl_shape *s, const pl_form *form, const pl_left *left) {
    pl_interval all = {form->constant, form->constant};
    for (size_t c = 0; c < s->cluster_count; c++)
        if (form->involved[c]) all = plus(all, within_cluster(s, &s->clusters[c], form->gains, left));
    for (const pl_bend *bend = form->bends; bend; bend = bend->next)
        all = plus(all, times((pl_interval){bend->factor, bend->factor}, within_bend(s, bend, left)));
    return all;
}

void pl_form_effects(const pl_shape *s, const pl_form *form, double factor, const pl_left *left, double *effects) {
    for (size_t i = 0; i < s->option_count; i++) effects[i] += factor * form->gains[i];
    for (const pl_bend *bend = form->bends; bend; bend = bend->next)
        for (size_t i = 0; i < bend->count; i++) {
            double weight = factor * bend->factor;
            if (bend->kind == PL_BEND_PRODUCT) weight *= pl_form_within(s, &bend->parts[1 - i], left).high;
            pl_form_effects(s, &bend->parts[i], weight, left, effects);
        }
}
