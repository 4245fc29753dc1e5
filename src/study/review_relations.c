#include "study/correlation.h"
#include "study/reviewing.h"
#include "study/thresholds.h"

#include <plumbline/model/shares.h>

#include <math.h>
#include <stdlib.h>

/* How each leaf's score moves with its own value, with its siblings' and with the total. */

/* Gathers rows in which both nodes have a value, at most `most` of them, evenly; returns how many. */
static size_t gather_both(const pl_reviewing *r, pl_node first, pl_node second, size_t most, double *a, double *b) {
    pl_reviewed_column x = pl_reviewing_column(r, first), y = pl_reviewing_column(r, second);
    size_t step = r->row_count / most + 1, count = 0;
    for (size_t i = 0; i < r->row_count; i += step) {
        size_t row = r->rows[i];
        if (!pl_reviewed_present(x, row) || !pl_reviewed_present(y, row)) continue;
        a[count] = x.values[row];
        b[count++] = y.values[row];
    }
    return count;
}

/* ---- a rule against the direction ---- */

/* The rank correlation of value and score where it contradicts the direction, else 0. */
static double contradiction(const pl_reviewing *r, size_t index, double *ranks) {
    const pl_reviewed_nodes *nodes = &r->nodes[index];
    double *x = r->scratch, *score = r->scratch + r->row_count;
    size_t n = gather_both(r, nodes->value, nodes->score, MOST_RANKED, x, score);
    if (n < FEW_UNITS) return 0;
    double direction = r->model->indicators[index].direction, rho = pl_rank_correlation(x, score, n, ranks);
    bool clear = !isnan(rho) && pl_correlation_clearance(rho, n) >= CLEAR_OF_CHANCE;
    return clear && direction * rho <= BACKWARDS_CORRELATION ? rho : 0;
}

static void tell_contradiction(pl_reviewing *r, size_t index, double rho) {
    const pl_indicator *node = &r->model->indicators[index];
    bool up = node->direction > 0;
    pl_reviewing_tell(r, PL_WARNING, "W508", index, pl_reviewing_place(r, index, "direction"),
                      "the direction of \"%.*s\" says that %s is better, but its score %s as its value rises (rank correlation %s)",
                      PL_ARG(node->code), up ? "higher" : "lower", up ? "falls" : "rises", pl_reviewing_number(rho, 2).text);
}

/* A rule that the settings give to many is told once for all of them. */
static void review_directions(pl_reviewing *r, double *ranks) {
    size_t shared = 0, first = 0;
    double rho_of_first = 0;
    for (size_t k = 0; k < r->leaf_count && r->worst == PL_OK; k++) {
        const pl_indicator *node = &r->model->indicators[r->leaves[k]];
        double rho = contradiction(r, r->leaves[k], ranks);
        if (rho == 0 || pl_reviewing_silenced(r, "W508", r->leaves[k])) continue;
        if (node->score_place.file == node->file) {
            tell_contradiction(r, r->leaves[k], rho);
        } else if (!shared++) {
            first = r->leaves[k];
            rho_of_first = rho;
        }
    }
    const pl_indicator *node = &r->model->indicators[first];
    if (shared == 1)
        tell_contradiction(r, first, rho_of_first);
    else if (shared)
        pl_reviewing_tell(
            r, PL_WARNING, "W508", first, node->score_place,
            "this rule goes against the direction of %zu indicators (the first: \"%.*s\", rank correlation of value and "
            "score %s)",
            shared, PL_ARG(node->code), pl_reviewing_number(rho_of_first, 2).text);
}

/* ---- a leaf against its siblings ---- */

/* What the children of a node come to in each row that is looked at. */
typedef struct family {
    double *sum, *weight; /* of the weighted scores present, and of their weights */
    uint32_t *members;
    bool weighs;
} family;

static double weight_of(const family *f, const pl_indicator *node) { return f->weighs ? node->weight : 1; }

static void add_up(const pl_reviewing *r, size_t parent, family *f) {
    const pl_model *model = r->model;
    f->weighs = pl_indicator_weighs(&model->indicators[parent]);
    memset(f->sum, 0, r->row_count * sizeof *f->sum);
    memset(f->weight, 0, r->row_count * sizeof *f->weight);
    memset(f->members, 0, r->row_count * sizeof *f->members);
    for (size_t child = model->indicators[parent].first_child; child != PL_NO_INDEX;
         child = model->indicators[child].next_sibling) {
        pl_reviewed_column score = pl_reviewing_column(r, r->nodes[child].score);
        double weight = weight_of(f, &model->indicators[child]);
        for (size_t i = 0; i < r->row_count && weight > 0; i++) {
            if (!pl_reviewed_present(score, r->rows[i])) continue;
            f->sum[i] += weight * score.values[r->rows[i]];
            f->weight[i] += weight;
            f->members[i]++;
        }
    }
}

/* Sums of points are compared as they are. The field's means all rise and fall with the scores that enter them: the weighted mean
 * of the others stands for each of them. */
static void review_against(pl_reviewing *r, size_t leaf, const family *f) {
    const pl_indicator *node = &r->model->indicators[leaf];
    pl_reviewed_column own = pl_reviewing_column(r, r->nodes[leaf].score);
    double *a = r->scratch, *b = r->scratch + r->row_count, weight = weight_of(f, node);
    size_t n = 0;
    for (size_t i = 0; i < r->row_count && weight > 0; i++) {
        if (!pl_reviewed_present(own, r->rows[i]) || f->members[i] < 2) continue;
        a[n] = own.values[r->rows[i]];
        b[n] = f->sum[i] - weight * a[n];
        if (f->weighs) b[n] /= f->weight[i] - weight;
        n++;
    }
    if (n < FEW_UNITS) return;
    double c = pl_correlation(a, b, n);
    if (isnan(c) || c >= AGAINST_CORRELATION || pl_correlation_clearance(c, n) < CLEAR_OF_CHANCE) return;
    pl_reviewing_tell(r, PL_WARNING, "W507", leaf, pl_reviewing_place(r, leaf, "code"),
                      "the score of \"%.*s\" falls where the rest of \"%.*s\" rises (correlation %s over %zu units)",
                      PL_ARG(node->code), PL_ARG(r->model->indicators[node->parent].code), pl_reviewing_number(c, 2).text, n);
}

/* Of two siblings one says it for both. */
static void review_family(pl_reviewing *r, size_t parent, family *f) {
    const pl_indicator *node = &r->model->indicators[parent];
    if (node->combine || node->child_count < 2 || (!pl_indicator_weighs(node) && node->how != PL_COMBINE_SUM)) return;
    add_up(r, parent, f);
    for (size_t child = node->first_child; child != PL_NO_INDEX && r->worst == PL_OK;
         child = r->model->indicators[child].next_sibling) {
        bool spoken_for =
            node->child_count == 2 && child != node->first_child && !r->model->indicators[node->first_child].child_count;
        if (!r->model->indicators[child].child_count && !spoken_for) review_against(r, child, f);
    }
}

static void review_families(pl_reviewing *r) {
    family f = {.sum = malloc((r->row_count + 1) * sizeof *f.sum),
                .weight = malloc((r->row_count + 1) * sizeof *f.weight),
                .members = malloc((r->row_count + 1) * sizeof *f.members)};
    if (!f.sum || !f.weight || !f.members) r->worst = PL_MEMORY;
    for (size_t i = 0; i < r->model->indicator_count && r->worst == PL_OK; i++) review_family(r, i, &f);
    free(f.sum);
    free(f.weight);
    free(f.members);
}

/* ---- a leaf that does not matter ---- */

/* The highest node to which a leaf adds a fixed part of its score, and that part. */
static size_t total_of(const pl_reviewing *r, size_t leaf, double *factor) {
    const pl_indicator *nodes = r->model->indicators;
    size_t at = leaf;
    *factor = 1;
    for (size_t above = nodes[at].parent; above != PL_NO_INDEX; above = nodes[at].parent) {
        const pl_indicator *parent = &nodes[above];
        bool mean = parent->how == PL_COMBINE_MEAN;
        if (!r->said[at] || parent->combine || parent->score || (!mean && parent->how != PL_COMBINE_SUM)) break;
        if (mean) *factor *= r->shares[above] > 0 ? r->shares[at] / r->shares[above] : 0;
        at = above;
    }
    return at;
}

static void review_influence(pl_reviewing *r, size_t leaf) {
    double factor;
    size_t top = total_of(r, leaf, &factor);
    double share = r->shares[top] > 0 ? r->shares[leaf] / r->shares[top] : 0;
    double *score = r->scratch, *total = r->scratch + r->row_count;
    size_t n = gather_both(r, r->nodes[leaf].score, r->nodes[top].score, r->row_count + 1, score, total);
    if (top == leaf || share <= SOME_WEIGHT || n < FEW_UNITS) return;
    double of_score = 0, of_total = 0, varies = pl_correlation(score, total, n), mean_score = 0, mean_total = 0;
    if (isnan(varies)) return;
    for (size_t i = 0; i < n; i++) {
        mean_score += score[i] / (double)n;
        mean_total += total[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        of_score += factor * (score[i] - mean_score) * (total[i] - mean_total);
        of_total += (total[i] - mean_total) * (total[i] - mean_total);
    }
    if (fabs(of_score) >= NO_INFLUENCE * of_total) return;
    pl_reviewing_tell(r, PL_NOTE, "N505", leaf, pl_reviewing_place(r, leaf, "code"),
                      "\"%.*s\" has %s %% of the weight of \"%.*s\", but makes only %s %% of its differences",
                      PL_ARG(r->model->indicators[leaf].code), pl_reviewing_number(100 * share, 2).text,
                      PL_ARG(r->model->indicators[top].code), pl_reviewing_number(100 * of_score / of_total, 3).text);
}

/* ---- leaves that say the same ---- */

typedef struct twins {
    pl_reviewing *r;
    size_t count, rows; /* leaves that are compared, and the rows taken of each */
    const size_t *leaves;
    double *scores; /* per leaf: standardised; 0 where missing */
    double *here;   /* per leaf: 1 where present, else 0 */
    bool *whole;    /* nothing is missing */
    bool *varies;
    size_t *cluster; /* per leaf: one of those it moves with; itself: the first of them */
    size_t *other;   /* per first: of the closest pair in its cluster, */
    size_t *one;
    double *closest; /* ... and their correlation */
    bool *opposed;   /* some pair moves against one another */
} twins;

static void load_scores(twins *t) {
    size_t step = t->r->row_count / t->rows + (t->r->row_count % t->rows != 0);
    t->rows = (t->r->row_count + step - 1) / step;
    for (size_t k = 0; k < t->count; k++) {
        pl_reviewed_column column = pl_reviewing_column(t->r, t->r->nodes[t->leaves[k]].score);
        double *to = t->scores + k * t->rows, *here = t->here + k * t->rows, sum = 0, squares = 0, n = 0;
        for (size_t i = 0; i < t->rows; i++) {
            size_t row = t->r->rows[i * step];
            here[i] = pl_reviewed_present(column, row);
            to[i] = here[i] != 0 ? column.values[row] : 0;
            sum += to[i];
            n += here[i];
        }
        t->whole[k] = n == (double)t->rows;
        double largest = 0;
        for (size_t i = 0; i < t->rows; i++) {
            to[i] = here[i] != 0 ? to[i] - sum / n : 0;
            squares += to[i] * to[i];
            if (to[i] * to[i] > largest) largest = to[i] * to[i];
        }
        t->varies[k] = n >= FEW_UNITS && largest < ONE_UNIT * squares && squares > 1e-24 * sum * sum / n &&
                       !pl_reviewing_silenced(t->r, "W506", t->leaves[k]);
        for (size_t i = 0; i < t->rows && squares > 0; i++) to[i] /= sqrt(squares);
    }
}

/* Over the rows in which both are present; 0 where they are too few. */
static double correlation_of(const twins *t, size_t i, size_t k) {
    const double *a = t->scores + i * t->rows, *b = t->scores + k * t->rows;
    if (t->whole[i] && t->whole[k]) return pl_product(a, b, t->rows);
    const double *in_a = t->here + i * t->rows, *in_b = t->here + k * t->rows;
    double n = pl_product(in_a, in_b, t->rows), aa = 0, bb = 0;
    if (n < FEW_UNITS) return 0;
    double sum_a = pl_product(a, in_b, t->rows), sum_b = pl_product(b, in_a, t->rows);
    for (size_t row = 0; row < t->rows; row++) {
        aa += a[row] * a[row] * in_b[row];
        bb += b[row] * b[row] * in_a[row];
    }
    aa -= sum_a * sum_a / n;
    bb -= sum_b * sum_b / n;
    if (aa <= 1e-12 || bb <= 1e-12) return 0;
    return (pl_product(a, b, t->rows) - sum_a * sum_b / n) / sqrt(aa * bb);
}

static size_t first_of(const twins *t, size_t k) {
    while (t->cluster[k] != k) k = t->cluster[k];
    return k;
}

static void join(twins *t, size_t i, size_t k, double c) {
    size_t first = first_of(t, i), second = first_of(t, k);
    if (second < first) {
        size_t swap = first;
        first = second;
        second = swap;
    }
    t->cluster[second] = first;
    t->opposed[first] = t->opposed[first] || t->opposed[second] || c < 0;
    if (fabs(t->closest[second]) > fabs(t->closest[first])) {
        t->closest[first] = t->closest[second];
        t->one[first] = t->one[second];
        t->other[first] = t->other[second];
    }
    if (fabs(c) <= fabs(t->closest[first])) return;
    t->closest[first] = c;
    t->one[first] = i;
    t->other[first] = k;
}

static void tell_cluster(twins *t, size_t first) {
    pl_reviewing *r = t->r;
    pl_buffer names;
    pl_buffer_init(&names, 0);
    size_t count = 0;
    for (size_t k = first; k < t->count; k++) {
        if (first_of(t, k) != first) continue;
        if (count++ < MOST_NAMED)
            pl_buffer_print(&names, "%s\"%.*s\"", count > 1 ? ", " : "", PL_ARG(r->model->indicators[t->leaves[k]].code));
    }
    if (count > MOST_NAMED) pl_buffer_print(&names, " and %zu more", count - MOST_NAMED);
    const pl_indicator *one = &r->model->indicators[t->leaves[t->one[first]]],
                       *other = &r->model->indicators[t->leaves[t->other[first]]];
    const char *verb = !t->opposed[first] ? "together, so that they count one thing several times"
                       : count == 2       ? "against each other, so that they cancel out"
                                          : "together, some against the others";
    if (names.failed)
        r->worst = PL_MEMORY;
    else if (count == 2)
        pl_reviewing_tell(r, PL_WARNING, "W506", t->leaves[first], pl_reviewing_place(r, t->leaves[first], "code"),
                          "the scores of %s move %s (correlation %s)", names.at, verb,
                          pl_reviewing_number(t->closest[first], 3).text);
    else if (count > 2)
        pl_reviewing_tell(r, PL_WARNING, "W506", t->leaves[first], pl_reviewing_place(r, t->leaves[first], "code"),
                          "the scores of %s move %s (the closest, \"%.*s\" and \"%.*s\": correlation %s)", names.at, verb,
                          PL_ARG(one->code), PL_ARG(other->code), pl_reviewing_number(t->closest[first], 3).text);
    pl_buffer_free(&names);
}

static void compare_all(twins *t) {
    load_scores(t);
    for (size_t k = 0; k < t->count; k++) t->cluster[k] = k;
    for (size_t i = 0; i < t->count; i++) {
        for (size_t k = i + 1; k < t->count && t->varies[i]; k++) {
            double c = t->varies[k] ? correlation_of(t, i, k) : 0;
            if (fabs(c) > SAME_CORRELATION) join(t, i, k, c);
        }
    }
    for (size_t k = 0; k < t->count && t->r->worst == PL_OK; k++)
        if (t->cluster[k] == k && t->closest[k] != 0) tell_cluster(t, k);
}

static void review_twins(pl_reviewing *r) {
    twins t = {.r = r, .leaves = r->leaves, .count = r->leaf_count < MOST_LEAVES ? r->leaf_count : MOST_LEAVES};
    if (t.count < r->leaf_count)
        pl_reviewing_tell(r, PL_NOTE, "N506", PL_NO_INDEX, (pl_place){.file = r->model->indicators[0].file},
                          "of %zu indicators only the first %u were compared with one another", r->leaf_count, MOST_LEAVES);
    double pairs = (double)t.count * (double)t.count / 2;
    t.rows = r->row_count;
    if (pairs * (double)t.rows > MOST_PRODUCTS) t.rows = (size_t)(MOST_PRODUCTS / pairs);
    if (t.count < 2 || t.rows < FEW_UNITS) return;
    t.scores = malloc(t.count * t.rows * sizeof *t.scores);
    t.here = malloc(t.count * t.rows * sizeof *t.here);
    t.whole = malloc(t.count * sizeof *t.whole);
    t.varies = malloc(t.count * sizeof *t.varies);
    t.cluster = malloc(t.count * sizeof *t.cluster);
    t.one = calloc(t.count, sizeof *t.one);
    t.other = calloc(t.count, sizeof *t.other);
    t.closest = calloc(t.count, sizeof *t.closest);
    t.opposed = calloc(t.count, sizeof *t.opposed);
    if (t.scores && t.here && t.whole && t.varies && t.cluster && t.one && t.other && t.closest && t.opposed)
        compare_all(&t);
    else
        r->worst = PL_MEMORY;
    free(t.scores);
    free(t.here);
    free(t.whole);
    free(t.varies);
    free(t.cluster);
    free(t.one);
    free(t.other);
    free(t.closest);
    free(t.opposed);
}

void pl_review_relations(pl_reviewing *r) {
    if (r->row_count < FEW_UNITS || r->worst != PL_OK) return;
    double *ranks = malloc((4 * r->row_count + 1) * sizeof *ranks);
    if (!ranks) r->worst = PL_MEMORY;
    if (r->worst == PL_OK) review_directions(r, ranks);
    free(ranks);
    for (size_t k = 0; k < r->leaf_count && r->worst == PL_OK; k++) review_influence(r, r->leaves[k]);
    if (r->worst == PL_OK) review_families(r);
    if (r->worst == PL_OK) review_twins(r);
}
