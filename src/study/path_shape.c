/* How totals depend on the moves: which nodes of the program one move alone decides, and which put several together. */
#include "lang/graph.h"
#include "study/pathing.h"

#include <stdlib.h>

/* Most choices that moves which cannot be told apart may have together. */
#define MOST_CHOICES 20000

#define FINER 10 /* parts that a stretch is divided into where it has to be known better */

static const pl_graph_node *node_at(const pl_shape *s, pl_node node) { return pl_graph_node_at(s->o->compiled->program, node); }

size_t pl_choice_level(const pl_shape *s, const pl_cluster *cluster, size_t choice, size_t member) {
    for (size_t i = 0; i < member; i++) choice /= s->o->moves[cluster->moves[i]].count;
    return choice % s->o->moves[cluster->moves[member]].count;
}

/* ---- which cluster reaches a node ---- */

static uint32_t join(uint32_t a, uint32_t b) { return !a || a == b ? b : !b ? a : TOUCHED_BY_MANY; }

static uint32_t touched_by(const pl_shape *s, pl_node node) {
    const pl_graph_node *n = node_at(s, node);
    if (n->op == OP_COLUMN) return s->touched[node];
    uint32_t touched = join(s->touched[n->a], join(s->touched[n->b], s->touched[n->c]));
    if (n->op != OP_COMBINE && n->op != OP_COPELAND) return touched;
    const pl_part *parts = pl_graph_parts(s->o->compiled->program, node);
    for (uint32_t i = 0; i < n->count; i++) touched = join(touched, join(s->touched[parts[i].score], s->touched[parts[i].applies]));
    return touched;
}

static void spread(pl_shape *s, size_t size) {
    for (pl_node node = 1; node < size; node++) {
        const pl_graph_node *n = node_at(s, node);
        if (n->op != OP_COLUMN) continue;
        s->touched[node] = 0;
        for (size_t c = 0; c < s->cluster_count; c++)
            for (size_t i = 0; i < s->clusters[c].move_count; i++)
                if (s->o->moves[s->clusters[c].moves[i]].element == n->slot) s->touched[node] = (uint32_t)c + 1;
    }
    for (pl_node node = 1; node < size; node++) s->touched[node] = touched_by(s, node);
}

/* ---- what the equations can say ---- */

static bool moves(const pl_shape *s, pl_node node) { return s->touched[node] != 0; }

static bool can_say(const pl_shape *s, pl_node node) {
    const pl_graph_node *n = node_at(s, node);
    switch (n->op) {
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_NEGATE:
    case OP_MULTIPLY:
    case OP_MINIMUM:
    case OP_MAXIMUM:
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_IF:
    case OP_REQUIRE:
    case OP_COALESCE: return true;
    case OP_DIVIDE: return !moves(s, n->b);
    case OP_COMBINE: break;
    default: return false;
    }
    if (n->detail != PL_COMBINE_MEAN && n->detail != PL_COMBINE_SUM && n->detail != PL_COMBINE_MIN && n->detail != PL_COMBINE_MAX)
        return false;
    const pl_part *parts = pl_graph_parts(s->o->compiled->program, node);
    for (uint32_t i = 0; i < n->count; i++)
        if (moves(s, parts[i].applies)) return false;
    return true;
}

static void want(pl_shape *s, pl_node node) {
    if (s->touched[node] == TOUCHED_BY_MANY) s->needed[node] = true;
}

static void want_operands(pl_shape *s, pl_node node) {
    const pl_graph_node *n = node_at(s, node);
    want(s, n->a);
    want(s, n->b);
    want(s, n->c);
    if (n->op != OP_COMBINE) return;
    const pl_part *parts = pl_graph_parts(s->o->compiled->program, node);
    for (uint32_t i = 0; i < n->count; i++) want(s, parts[i].score);
}

/* The highest node that the equations cannot say, or 0. */
static pl_node find_unsayable(pl_shape *s, size_t size) {
    memset(s->needed, 0, size * sizeof *s->needed);
    for (size_t i = 0; i < 2; i++) want(s, s->roots[i]);
    for (size_t node = size; node-- > 1;) {
        if (!s->needed[node]) continue;
        if (!can_say(s, (pl_node)node)) return (pl_node)node;
        want_operands(s, (pl_node)node);
    }
    return 0;
}

/* ---- moves that must be looked at together ---- */

/* Marks the clusters below a node. */
static pl_status clusters_below(const pl_shape *s, pl_node top, bool *marks) {
    bool *below = calloc((size_t)top + 1, sizeof *below);
    if (!below) return PL_MEMORY;
    below[top] = true;
    for (pl_node node = top; node > 0; node--) {
        if (!below[node] || !moves(s, node)) continue;
        if (s->touched[node] != TOUCHED_BY_MANY) {
            marks[s->touched[node] - 1] = true;
            continue;
        }
        const pl_graph_node *n = node_at(s, node);
        below[n->a] = below[n->b] = below[n->c] = true;
        if (n->op != OP_COMBINE && n->op != OP_COPELAND) continue;
        const pl_part *parts = pl_graph_parts(s->o->compiled->program, node);
        for (uint32_t i = 0; i < n->count; i++) below[parts[i].score] = below[parts[i].applies] = true;
    }
    free(below);
    return PL_OK;
}

/* Puts the marked clusters into the first of them. False where they would have too many choices. */
static bool merge(pl_shape *s, const bool *marks) {
    size_t first = 0, choices = 1, kept = 0;
    while (!marks[first]) first++;
    for (size_t c = 0; c < s->cluster_count; c++) {
        if (!marks[c]) continue;
        if (s->clusters[c].choice_count > MOST_CHOICES / choices) return false;
        choices *= s->clusters[c].choice_count;
    }
    pl_cluster *to = &s->clusters[first];
    for (size_t c = 0; c < s->cluster_count; c++) {
        pl_cluster *from = &s->clusters[c];
        if (!marks[c] || c == first) {
            s->clusters[kept++] = *from;
            continue;
        }
        memcpy(to->moves + to->move_count, from->moves, from->move_count * sizeof *to->moves);
        to->move_count += from->move_count;
        free(from->moves);
    }
    s->cluster_count = kept;
    to->choice_count = choices;
    return true;
}

static pl_status classify(pl_shape *s) {
    size_t size = pl_program_size(s->o->compiled->program);
    bool *marks = malloc((s->cluster_count + 1) * sizeof *marks);
    pl_status status = marks ? PL_OK : PL_MEMORY;
    while (status == PL_OK && !s->mixed) {
        spread(s, size);
        pl_node node = find_unsayable(s, size);
        if (!node) break;
        memset(marks, 0, (s->cluster_count + 1) * sizeof *marks);
        status = clusters_below(s, node, marks);
        if (status == PL_OK && !merge(s, marks)) s->mixed = true;
    }
    free(marks);
    return status;
}

/* ---- linear costs ---- */

/* Values that are looked at together with others, or that no rule is known of, are guessed. */
static pl_status divide_stretches(pl_shape *s) {
    pl_status status = PL_OK;
    for (size_t c = 0; c < s->cluster_count && status == PL_OK; c++) {
        pl_cluster *cluster = &s->clusters[c];
        size_t choices = 1;
        if (cluster->move_count == 1 && !s->mixed) status = pl_kinks_find(s, c);
        for (size_t i = 0; i < cluster->move_count && status == PL_OK; i++) {
            pl_move *move = &s->o->moves[cluster->moves[i]];
            if (cluster->move_count > 1 || s->mixed) status = pl_kinks_guess(move, &s->bent);
            s->mixed |= move->count > MOST_CHOICES / choices;
            choices *= move->count;
        }
        cluster->choice_count = choices;
    }
    return status;
}

/* ---- tables ---- */

static pl_status add_table(pl_shape *s, pl_node node) {
    if (!node || !moves(s, node) || s->touched[node] == TOUCHED_BY_MANY || s->table[node]) return PL_OK;
    if (pl_reserve((void **)&s->tabulated, &s->tabulated_capacity, s->tabulated_count + 1, sizeof *s->tabulated, UINT32_MAX))
        return PL_MEMORY;
    pl_tabulated *t = &s->tabulated[s->tabulated_count];
    *t = (pl_tabulated){.node = node, .cluster = s->touched[node] - 1};
    size_t size = s->clusters[t->cluster].choice_count * s->o->frame.units;
    t->values = malloc((size + 1) * sizeof *t->values);
    if (!t->values) return PL_MEMORY;
    s->table[node] = (uint32_t)++s->tabulated_count;
    return PL_OK;
}

static pl_status list_tables(pl_shape *s, size_t size) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < 2 && status == PL_OK; i++) status = add_table(s, s->roots[i]);
    for (pl_node node = 1; node < size && status == PL_OK; node++) {
        if (!s->needed[node]) continue;
        const pl_graph_node *n = node_at(s, node);
        pl_node operands[3] = {n->a, n->b, n->c};
        for (size_t i = 0; i < 3 && status == PL_OK; i++) status = add_table(s, operands[i]);
        if (n->op != OP_COMBINE) continue;
        const pl_part *parts = pl_graph_parts(s->o->compiled->program, node);
        for (uint32_t i = 0; i < n->count && status == PL_OK; i++) status = add_table(s, parts[i].score);
    }
    return status;
}

/* One choice: the values of the cluster's nodes in all units. What comes and goes cannot be said in equations. */
static pl_status tabulate_choice(pl_shape *s, size_t cluster, size_t choice, const pl_node *nodes, size_t count, double *values) {
    pl_outlook *o = s->o;
    const pl_cluster *c = &s->clusters[cluster];
    for (size_t i = 0; i < o->move_count; i++) values[i] = o->moves[i].levels[0].value;
    for (size_t i = 0; i < c->move_count; i++)
        values[c->moves[i]] = o->moves[c->moves[i]].levels[pl_choice_level(s, c, choice, i)].value;
    pl_outlook_set(o, values);
    pl_evaluation *e;
    pl_status status = pl_outlook_evaluate(o, nodes, count, &e);
    if (status != PL_OK) return status;
    for (size_t i = 0; i < count; i++) {
        const uint64_t *present, *before;
        const double *column = pl_evaluation_column(e, nodes[i], &present);
        pl_evaluation_column(s->before, nodes[i], &before);
        double *to = s->tabulated[s->table[nodes[i]] - 1].values + choice * o->frame.units;
        for (size_t unit = 0; unit < o->frame.units; unit++) {
            size_t row = o->period * o->frame.units + unit;
            to[unit] = column[row];
            s->mixed |= pl_present(present, row) != pl_present(before, row);
        }
    }
    pl_evaluation_free(e);
    return PL_OK;
}

/* What the equations will ask for as things stand: nodes of several moves and what they are made of. */
static void mark_asked(const pl_shape *s, size_t size, bool *asked) {
    for (size_t i = 0; i < 2; i++) asked[s->roots[i]] = true;
    for (pl_node node = 1; node < size; node++) {
        asked[node] |= s->needed[node] || s->table[node];
        if (!s->needed[node]) continue;
        const pl_graph_node *n = node_at(s, node);
        asked[n->a] = asked[n->b] = asked[n->c] = true;
        if (n->op != OP_COMBINE) continue;
        const pl_part *parts = pl_graph_parts(s->o->compiled->program, node);
        for (uint32_t i = 0; i < n->count; i++) asked[parts[i].score] = asked[parts[i].applies] = true;
    }
}

static pl_status evaluate_before(pl_shape *s, size_t size, pl_node *nodes, double *values) {
    size_t count = 0;
    bool *asked = calloc(size + 1, sizeof *asked);
    if (!asked) return PL_MEMORY;
    mark_asked(s, size, asked);
    for (pl_node node = 1; node < size; node++)
        if (asked[node]) nodes[count++] = node;
    free(asked);
    for (size_t i = 0; i < s->o->move_count; i++) values[i] = s->o->moves[i].levels[0].value;
    pl_outlook_set(s->o, values);
    return pl_outlook_evaluate(s->o, nodes, count, &s->before);
}

static pl_status tabulate(pl_shape *s) {
    size_t size = pl_program_size(s->o->compiled->program);
    pl_node *nodes = malloc((size + 1) * sizeof *nodes);
    double *values = malloc((s->o->move_count + 1) * sizeof *values);
    pl_status status = nodes && values ? list_tables(s, size) : PL_MEMORY;
    if (status == PL_OK) status = evaluate_before(s, size, nodes, values);
    for (size_t c = 0; c < s->cluster_count && status == PL_OK; c++) {
        size_t count = 0;
        for (size_t i = 0; i < s->tabulated_count; i++)
            if (s->tabulated[i].cluster == c) nodes[count++] = s->tabulated[i].node;
        for (size_t k = 0; count && k < s->clusters[c].choice_count && status == PL_OK; k++)
            status = tabulate_choice(s, c, k, nodes, count, values);
    }
    free(nodes);
    free(values);
    return status;
}

/* ---- options ---- */

static double choice_cost(const pl_shape *s, const pl_cluster *c, size_t choice) {
    double cost = 0;
    for (size_t i = 0; i < c->move_count; i++) cost += s->o->moves[c->moves[i]].levels[pl_choice_level(s, c, choice, i)].cost;
    return cost;
}

static int cheaper_first(const void *a, const void *b) {
    const pl_priced *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return x->option < y->option ? -1 : x->option > y->option;
}

/* Where nothing differs from the next option, nothing is gained between: all moves one way there. */
static bool is_flat(const pl_shape *s, size_t cluster, size_t choice) {
    size_t units = s->o->frame.units;
    for (size_t i = 0; i < s->tabulated_count; i++) {
        const double *values = s->tabulated[i].values + choice * units;
        if (s->tabulated[i].cluster == cluster && memcmp(values, values + units, units * sizeof *values) != 0) return false;
    }
    return true;
}

static void price_options(pl_shape *s, const pl_cluster *c) {
    for (size_t k = 0; k < c->choice_count; k++) {
        size_t option = c->first_option + k;
        pl_opening opens = c->move_count == 1 ? s->o->moves[c->moves[0]].levels[k].opens : PL_OPENS_NOT;
        if (opens && is_flat(s, (size_t)(c - s->clusters), k)) opens = PL_OPENS_NOT;
        s->options[option] = (pl_option){choice_cost(s, c, k), opens};
        s->by_cost[option] = (pl_priced){s->options[option].cost, option};
    }
    qsort(s->by_cost + c->first_option, c->choice_count, sizeof *s->by_cost, cheaper_first);
}

static pl_status list_options(pl_shape *s) {
    for (size_t c = 0; c < s->cluster_count; c++) {
        s->clusters[c].first_option = s->option_count;
        s->option_count += s->clusters[c].choice_count;
    }
    s->options = calloc(s->option_count + 1, sizeof *s->options);
    s->by_cost = calloc(s->option_count + 1, sizeof *s->by_cost);
    if (!s->options || !s->by_cost) return PL_MEMORY;
    for (size_t c = 0; c < s->cluster_count; c++) price_options(s, &s->clusters[c]);
    return PL_OK;
}

/* ---- as a whole ---- */

static pl_status make_clusters(pl_shape *s) {
    size_t count = s->o->move_count;
    s->clusters = calloc(count + 1, sizeof *s->clusters);
    for (size_t i = 0; s->clusters && i < count; i++) {
        pl_cluster *c = &s->clusters[s->cluster_count++];
        const pl_move *move = &s->o->moves[i];
        *c = (pl_cluster){.moves = calloc(count + 1, sizeof *c->moves), .move_count = 1, .choice_count = move->count};
        if (!c->moves) return PL_MEMORY;
        c->moves[0] = i;
    }
    return s->clusters ? PL_OK : PL_MEMORY;
}

pl_status pl_shape_make(pl_shape *s, pl_outlook *o) {
    size_t size = pl_program_size(o->compiled->program);
    *s = (pl_shape){.o = o,
                    .touched = calloc(size + 1, sizeof *s->touched),
                    .needed = calloc(size + 1, sizeof *s->needed),
                    .table = calloc(size + 1, sizeof *s->table)};
    for (size_t i = 0; i < 2 && i < o->wanted_count; i++) s->roots[i] = o->wanted[i];
    pl_status status = s->touched && s->needed && s->table ? make_clusters(s) : PL_MEMORY;
    if (status == PL_OK) status = classify(s);
    if (status == PL_OK) status = divide_stretches(s);
    if (status == PL_OK && !s->mixed) status = tabulate(s);
    if (status == PL_OK && !s->mixed) status = list_options(s);
    return status;
}

static void free_tables(pl_shape *s) {
    for (size_t i = 0; i < s->tabulated_count; i++) free(s->tabulated[i].values);
    free(s->options);
    free(s->by_cost);
    pl_evaluation_free(s->before);
    s->options = NULL;
    s->by_cost = NULL;
    s->before = NULL;
    s->tabulated_count = s->option_count = 0;
}

static pl_status refine_move(pl_move *move, const bool *coarse) {
    pl_status status = PL_OK;
    for (size_t k = move->count; k-- > 0 && status == PL_OK;) {
        if (!coarse[k]) continue;
        double from = move->levels[k].value, to = move->levels[k + 1].value;
        for (size_t i = FINER; i-- > 1 && status == PL_OK;) {
            double value = from + (to - from) * (double)i / FINER;
            if (value != from && value != to) status = pl_move_split(move, k, value);
        }
    }
    return status;
}

pl_status pl_shape_refine(pl_shape *s, const bool *coarse) {
    size_t size = pl_program_size(s->o->compiled->program);
    pl_status status = PL_OK;
    for (size_t c = 0; c < s->cluster_count && status == PL_OK; c++) {
        pl_cluster *cluster = &s->clusters[c];
        if (cluster->move_count > 1) continue;
        pl_move *move = &s->o->moves[cluster->moves[0]];
        status = refine_move(move, coarse + cluster->first_option);
        cluster->choice_count = move->count;
    }
    free_tables(s);
    memset(s->table, 0, size * sizeof *s->table);
    if (status == PL_OK) status = tabulate(s);
    return status == PL_OK ? list_options(s) : status;
}

void pl_shape_free(pl_shape *s) {
    for (size_t i = 0; s->clusters && i < s->cluster_count; i++) free(s->clusters[i].moves);
    free_tables(s);
    free(s->clusters);
    free(s->tabulated);
    free(s->touched);
    free(s->needed);
    free(s->table);
    *s = (pl_shape){0};
}
