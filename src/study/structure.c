#include "study/correlation.h"
#include "study/structuring.h"
#include "study/thresholds.h"

#include <plumbline/model/shares.h>

#include <math.h>
#include <stdlib.h>

/* ---- scores ---- */

static bool is_below(const pl_model *model, size_t indicator, size_t top) {
    while (indicator > top) indicator = model->indicators[indicator].parent;
    return indicator == top;
}

/* What lies below a node that does not apply to a unit has no say there, although it may have a score. */
static void leave_out_below(pl_structuring *s, size_t top) {
    const pl_compiled *c = s->scores->compiled;
    for (size_t k = 0; k < s->out->units; k++) {
        double applies = 0;
        size_t row = pl_scores_row(s->scores, &s->scores->lines[k * s->out->step]);
        if (pl_evaluation_value(s->scores->evaluation, c->nodes[top].applies, row, &applies) && applies != 0) continue;
        for (size_t i = top + 1; i < s->model->indicator_count; i++)
            if (is_below(s->model, i, top)) s->columns[i * s->out->units + k] = NAN;
    }
}

/* All scores at hand, as columns; of very many every so many-th line, from the first place to the last. */
static pl_status load_columns(pl_structuring *s) {
    const pl_scores *scores = s->scores;
    double cells = (double)s->model->indicator_count * (double)scores->line_count;
    s->out->step = (size_t)((cells - 1) / MOST_CELLS) + 1;
    s->out->units = (scores->line_count + s->out->step - 1) / s->out->step;
    s->columns = malloc((s->model->indicator_count * s->out->units + 1) * sizeof *s->columns);
    if (!s->columns) return PL_MEMORY;
    for (size_t i = 0; i < s->model->indicator_count; i++) {
        const uint64_t *present;
        const double *values = pl_evaluation_column(scores->evaluation, scores->compiled->nodes[i].score, &present);
        for (size_t k = 0; k < s->out->units; k++) {
            size_t row = pl_scores_row(scores, &scores->lines[k * s->out->step]);
            s->columns[i * s->out->units + k] = values && (!present || pl_present(present, row)) ? values[row] : NAN;
        }
    }
    for (size_t i = 0; i < s->model->indicator_count; i++)
        if (s->model->indicators[i].child_count && scores->compiled->nodes[i].applies) leave_out_below(s, i);
    s->scratch_size = 2 * s->out->units + 3 * MOST_ON_CURVE;
    s->scratch = malloc(s->scratch_size * pl_pool_threads(s->pool) * sizeof *s->scratch);
    return s->scratch ? pl_evaluation_status(scores->evaluation) : PL_MEMORY;
}

double pl_pairwise(const double *a, const double *b, size_t n, double *room, size_t *pairs) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        room[count] = a[i];
        room[n + count++] = b[i];
    }
    *pairs = count;
    double r = count < FEW_TO_CORRELATE ? NAN : pl_correlation(room, room + n, count);
    return isnan(r) ? r : fmax(-1, fmin(1, r));
}

/* ---- indicators against a node above them ---- */

typedef struct bonding {
    const pl_structuring *s;
    size_t node;
    pl_bond *bonds;
    double *with_total; /* or NULL */
} bonding;

static bool varies(const double *values, size_t n) {
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    return most - least > 1e-12 * fmax(fabs(most), fabs(least));
}

static void bond_one(void *context, size_t index, unsigned worker) {
    const bonding *b = context;
    const pl_structuring *s = b->s;
    pl_bond *bond = &b->bonds[index];
    size_t n = s->out->units, others;
    double *room = s->scratch + worker * s->scratch_size;
    const double *own = pl_structuring_column(s, bond->indicator);
    if (b->with_total) b->with_total[index] = pl_pairwise(own, pl_structuring_column(s, 0), n, room, &others);
    double r = pl_pairwise(own, pl_structuring_column(s, b->node), n, room, &bond->units);
    bond->correlation = r;
    bond->line = r * r;
    bond->curve = NAN;
    if (bond->units >= FEW_TO_TELL_APART && !varies(room, bond->units)) bond->flags |= PL_FLAG_CONSTANT;
    if (isnan(r) || bond->units < FEW_FOR_CURVE) return;
    bond->curve = pl_curve_share(room, room + n, bond->units, room + 2 * n);
}

/* Rescales to a sum of 1; what cannot be computed has no part in it. */
static void rescale(pl_bond *bonds, size_t count) {
    double lines = 0, curves = 0;
    bool bent = true;
    for (size_t i = 0; i < count; i++) {
        if (isnan(bonds[i].line)) continue;
        lines += bonds[i].line;
        curves += bonds[i].curve;
        bent = bent && !isnan(bonds[i].curve);
    }
    for (size_t i = 0; i < count; i++) {
        bonds[i].influence = lines > 0 ? bonds[i].line / lines : NAN;
        bonds[i].influence_bent = bent && curves > 0 ? bonds[i].curve / curves : NAN;
    }
}

static void flag_bond(pl_bond *b) {
    if (b->units < FEW_UNITS || isnan(b->correlation)) return;
    bool clear = pl_correlation_clearance(b->correlation, b->units) >= CLEAR_OF_CHANCE;
    if (b->correlation < 0 && clear)
        b->flags |= PL_FLAG_NEGATIVE;
    else if (b->correlation < AGAINST_CORRELATION)
        b->flags |= PL_FLAG_NEGATIVE_MAYBE;
    else if (b->correlation < WEAK_WITH_NODE)
        b->flags |= PL_FLAG_WEAK;
    double gain = fmax(CURVE_GAIN, CURVE_CHANCE / (double)b->units);
    if (b->curve - b->line > gain) b->flags |= PL_FLAG_CURVED;
    if (b->influence - b->weight > FAR_IN_POINTS && b->influence > FAR_FROM_WEIGHT * b->weight) b->flags |= PL_FLAG_LOUD;
    if (b->weight - b->influence > FAR_IN_POINTS && FAR_FROM_WEIGHT * b->influence < b->weight) b->flags |= PL_FLAG_QUIET;
}

static void bond_all(const pl_structuring *s, size_t node, pl_bond *bonds, size_t count, double *with_total) {
    bonding b = {s, node, bonds, with_total};
    pl_pool_run(s->pool, count, bond_one, &b);
    rescale(bonds, count);
    for (size_t i = 0; i < count; i++) flag_bond(&bonds[i]);
}

/* ---- indicators among one another ---- */

typedef struct pairing {
    const pl_structuring *s;
    const pl_bond *bonds;
    size_t count;
    double *pairs;
} pairing;

static void pair_one(void *context, size_t index, unsigned worker) {
    const pairing *p = context;
    double *room = p->s->scratch + worker * p->s->scratch_size;
    const double *own = pl_structuring_column(p->s, p->bonds[index].indicator);
    for (size_t k = 0; k <= index; k++) {
        size_t units;
        const double *other = pl_structuring_column(p->s, p->bonds[k].indicator);
        double r = pl_pairwise(own, other, p->s->out->units, room, &units);
        if (k == index && !isnan(r)) r = 1;
        p->pairs[index * p->count + k] = p->pairs[k * p->count + index] = r;
    }
}

static pl_status pair_all(const pl_structuring *s, const pl_bond *bonds, size_t count, double **out) {
    if (count > MOST_SIBLINGS) return PL_OK;
    *out = pl_structuring_numbers(s, count * count);
    if (!*out) return PL_MEMORY;
    pairing p = {s, bonds, count, *out};
    pl_pool_run(s->pool, count, pair_one, &p);
    return PL_OK;
}

static bool enough_with_both(const pl_structuring *s, size_t one, size_t other) {
    const double *a = pl_structuring_column(s, one), *b = pl_structuring_column(s, other);
    size_t count = 0;
    for (size_t i = 0; i < s->out->units && count < FEW_UNITS; i++) count += !isnan(a[i]) && !isnan(b[i]);
    return count == FEW_UNITS;
}

bool pl_structure_alike(const pl_structure_node *node, size_t i, size_t k) {
    bool both = node->children[i].flags & node->children[k].flags & PL_FLAG_ALIKE;
    return both && i != k && node->siblings[i * node->child_count + k] > STRONG_SIBLINGS;
}

static void flag_alike(const pl_structuring *s, pl_structure_node *node) {
    pl_bond *children = node->children;
    for (size_t i = 0; i < node->child_count && node->siblings; i++) {
        for (size_t k = 0; k < i; k++) {
            if (!(node->siblings[i * node->child_count + k] > STRONG_SIBLINGS)) continue;
            if (!enough_with_both(s, children[i].indicator, children[k].indicator)) continue;
            children[i].flags |= PL_FLAG_ALIKE;
            children[k].flags |= PL_FLAG_ALIKE;
        }
    }
}

static void flag_apart(pl_structure_node *node) {
    for (size_t i = 0; i < node->child_count && node->complete >= FEW_UNITS; i++)
        if (node->alpha_without[i] > node->alpha + ALPHA_GAIN) node->children[i].flags |= PL_FLAG_APART;
}

/* ---- weights as the sheet says them ---- */

static double measure(const pl_indicator *node, const pl_indicator *child) {
    if (pl_indicator_weighs(node)) return child->weight;
    return !node->combine && node->how == PL_COMBINE_SUM && child->full.given ? child->full.value : NAN;
}

static void weigh_children(const pl_model *model, pl_structure_node *node) {
    const pl_indicator *parent = &model->indicators[node->indicator];
    double sum = 0;
    for (size_t i = 0; i < node->child_count; i++) sum += measure(parent, &model->indicators[node->children[i].indicator]);
    for (size_t i = 0; i < node->child_count; i++) {
        double own = measure(parent, &model->indicators[node->children[i].indicator]);
        node->children[i].weight = sum > 0 ? own / sum : NAN;
    }
}

/* Of leaves down the tree; NAN where some node on the way does not say how much its children count. */
static pl_status weigh_leaves(const pl_structuring *s) {
    const pl_model *model = s->model;
    double *shares = malloc((model->indicator_count + 1) * sizeof *shares);
    bool *said = malloc((model->indicator_count + 1) * sizeof *said);
    if (shares && said) {
        pl_model_shares(model, shares, said);
        for (size_t i = 0; i < s->out->leaf_count; i++) {
            pl_bond *leaf = &s->out->leaves[i];
            leaf->weight = shares[s->out->top] > 0 ? shares[leaf->indicator] / shares[s->out->top] : NAN;
            for (size_t at = leaf->indicator; at != s->out->top; at = model->indicators[at].parent)
                if (!said[at]) leaf->weight = NAN;
        }
    }
    pl_status status = shares && said ? PL_OK : PL_MEMORY;
    free(shares);
    free(said);
    return status;
}

/* ---- nodes ---- */

static size_t units_with(const pl_structuring *s, size_t indicator) {
    const double *column = pl_structuring_column(s, indicator);
    size_t count = 0;
    for (size_t i = 0; i < s->out->units; i++) count += !isnan(column[i]);
    return count;
}

static pl_status study_node(const pl_structuring *s, pl_structure_node *node, size_t indicator) {
    const pl_indicator *own = &s->model->indicators[indicator];
    node->indicator = indicator;
    node->child_count = own->child_count;
    node->units = units_with(s, indicator);
    node->children = pl_arena_array(&s->out->arena, node->child_count, sizeof *node->children);
    node->with_total = pl_structuring_numbers(s, node->child_count);
    if (!node->children || !node->with_total) return PL_MEMORY;
    size_t count = 0;
    for (size_t child = own->first_child; child != PL_NO_INDEX; child = s->model->indicators[child].next_sibling)
        node->children[count++].indicator = child;
    weigh_children(s->model, node);
    bond_all(s, indicator, node->children, node->child_count, node->with_total);
    pl_status status = pair_all(s, node->children, node->child_count, &node->siblings);
    if (status == PL_OK) status = pl_structure_components(s, node);
    if (status == PL_OK && s->aim != PL_AIM_NONE) status = pl_structure_weights(s, node);
    if (status != PL_OK) return status;
    flag_alike(s, node);
    flag_apart(node);
    return PL_OK;
}

static pl_status study_nodes(pl_structuring *s, size_t only) {
    const pl_model *model = s->model;
    pl_structure *out = s->out;
    size_t inner = 0;
    for (size_t i = 0; i < model->indicator_count; i++) inner += model->indicators[i].child_count > 0;
    out->nodes = pl_arena_array(&out->arena, inner, sizeof *out->nodes);
    pl_status status = out->nodes ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < model->indicator_count && status == PL_OK; i++)
        if (model->indicators[i].child_count && (only == PL_NO_INDEX || only == i))
            status = study_node(s, &out->nodes[out->node_count++], i);
    return status;
}

static pl_status study_leaves(pl_structuring *s) {
    const pl_model *model = s->model;
    pl_structure *out = s->out;
    out->leaves = pl_arena_array(&out->arena, model->indicator_count, sizeof *out->leaves);
    if (!out->leaves) return PL_MEMORY;
    for (size_t i = out->top + 1; i < model->indicator_count; i++)
        if (!model->indicators[i].child_count && is_below(model, i, out->top)) out->leaves[out->leaf_count++].indicator = i;
    pl_status status = weigh_leaves(s);
    if (status != PL_OK) return status;
    bond_all(s, out->top, out->leaves, out->leaf_count, NULL);
    return pair_all(s, out->leaves, out->leaf_count, &out->leaf_pairs);
}

pl_status pl_structure_study(pl_structure **out, const pl_scores *scores, const pl_structure_options *options) {
    *out = NULL;
    pl_structure *structure = calloc(1, sizeof *structure);
    if (!structure) return PL_MEMORY;
    pl_arena_init(&structure->arena, 0);
    structure->model = scores->compiled->model;
    structure->top = options->node == PL_NO_INDEX ? 0 : options->node;
    pl_structuring s = {.scores = scores, .model = structure->model, .pool = options->pool, .aim = options->aim, .out = structure};
    pl_status status = load_columns(&s);
    if (status == PL_OK) status = study_nodes(&s, options->node);
    if (status == PL_OK) status = study_leaves(&s);
    free(s.columns);
    free(s.scratch);
    if (status == PL_OK)
        *out = structure;
    else
        pl_structure_free(structure);
    return status;
}

void pl_structure_free(pl_structure *structure) {
    if (!structure) return;
    pl_arena_free(&structure->arena);
    free(structure);
}

const char *pl_structure_flag_name(unsigned bit) {
    static const char *const names[PL_STRUCTURE_FLAGS] = {"negative", "negative_maybe", "weak",  "alike",   "loud",
                                                          "quiet",    "curved",         "apart", "constant"};
    return bit < PL_STRUCTURE_FLAGS ? names[bit] : "";
}
