/* The question as a programme: which choices, at the least cost, leave no more than so many units ahead. What the programme finds
 * is judged by the model itself; where rounding or a product deceived it, a condition is added and it is asked again. */
#include "lang/graph.h"
#include "study/equation.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

#define SLACK 1e-9      /* conditions are wider by this, so that no rounding of sums shuts out what the model would let pass */
#define FIRST_SLOPES 12 /* tangents to a product, to begin with */
#define MOST_SLOPES 200
#define MOST_REFUSALS 400 /* plans that the model refused, before the search takes over */

/* What was learnt from plans that failed. */
typedef struct lessons {
    double slopes[MOST_SLOPES]; /* where the product is approached by tangents */
    size_t slope_count;
    size_t *refused; /* choices that do not lead there, one per cluster, `width` to a plan */
    size_t width, refused_count, refused_capacity;
} lessons;

/* The total of the unit as a product: scale * x * y. */
typedef struct product {
    bool is_one;
    double scale;
    pl_sum_of x, y;
} product;

typedef struct posing {
    pl_equations *q;
    const pl_question *question;
    const lessons *learnt;
    pl_side own, other;
    pl_sum_of own_total, own_tie;
    product product;
    size_t always;        /* rivals ahead whatever is done */
    size_t *ahead;        /* columns: the rival is ahead */
    double *least, *most; /* per column of ahead: bounds of what its total asks for */
    size_t ahead_count;
    double unit_of_rounding; /* 0: totals are not rounded */
} posing;

static const pl_graph_node *node_at(const posing *p, pl_node node) { return pl_graph_node_at(p->q->s->o->compiled->program, node); }

static bool value_before(const posing *p, pl_node node, size_t unit, double *out) {
    const pl_outlook *o = p->q->s->o;
    const uint64_t *present;
    const double *column = pl_evaluation_column(p->q->s->before, node, &present);
    size_t row = o->period * o->frame.units + unit;
    *out = column ? column[row] : 0;
    return column && pl_present(present, row);
}

/* ---- the total as a product ---- */

/* Goes down from the total through what only scales it. */
static void find_product(posing *p) {
    pl_node node = p->q->s->roots[0];
    const uint32_t *touched = p->q->s->touched;
    double value, scale = 1;
    size_t unit = p->own.unit;
    while (p->q->index[node]) {
        const pl_graph_node *n = node_at(p, node);
        if (n->op == OP_DIVIDE && value_before(p, n->b, unit, &value)) {
            scale /= value;
            node = n->a;
        } else if (n->op == OP_MULTIPLY && touched[n->a] && touched[n->b]) {
            pl_side_add(&p->own, n->a, 1, &p->product.x);
            pl_side_add(&p->own, n->b, 1, &p->product.y);
            pl_sum_bound(p->q, &p->product.x);
            pl_sum_bound(p->q, &p->product.y);
            p->product.scale = scale;
            p->product.is_one = scale > 0 && p->product.x.low > 0 && p->product.y.low > 0;
            return;
        } else if (n->op == OP_MULTIPLY) {
            value_before(p, touched[n->a] ? n->b : n->a, unit, &value);
            scale *= value;
            node = touched[n->a] ? n->a : n->b;
        } else if (n->op == OP_REQUIRE) {
            node = n->a;
        } else if (n->op == OP_COALESCE) {
            node = value_before(p, n->a, unit, &value) ? n->a : n->b;
        } else if (n->op == OP_IF && !touched[n->a] && value_before(p, n->a, unit, &value)) {
            node = value != 0 ? n->b : n->c;
        } else {
            return;
        }
    }
}

/* Where x y >= c, a x + y / a >= 2 sqrt(c) for every a: a line that touches the curve. `asked` is what the total must come to;
 * the root of it, which is concave, is no less than the line between its ends. */
static pl_status touch(posing *p, const pl_sum_of *asked, double slope, size_t ahead) {
    pl_equations *q = p->q;
    pl_sum_of row;
    double low = fmax(0, asked->low), high = fmax(low, asked->high), root = sqrt(low);
    double rise = high > low ? (sqrt(high) - root) / (high - low) : 0, scale = 2 / sqrt(p->product.scale);
    if (asked->low < 0) return PL_OK;
    pl_status status = pl_sum_make(q, &row);
    if (status != PL_OK) return status;
    pl_sum_add(q, &p->product.x, slope, &row);
    pl_sum_add(q, &p->product.y, 1 / slope, &row);
    pl_sum_add(q, asked, -scale * rise, &row);
    row.constant -= scale * (root - rise * low);
    pl_sum_bound(q, &row);
    double lacking = fmax(0, -row.low);
    status = pl_sum_row(q, &row, ahead, lacking + SLACK, -SLACK, INFINITY);
    free(row.coefficients);
    return status;
}

static pl_status touch_everywhere(posing *p, const pl_sum_of *asked, size_t ahead) {
    const product *f = &p->product;
    double first = sqrt(f->y.low / f->x.high), last = sqrt(f->y.high / f->x.low);
    pl_status status = PL_OK;
    for (size_t i = 0; i < FIRST_SLOPES && status == PL_OK; i++)
        status = touch(p, asked, first * pow(last / first, (double)i / (FIRST_SLOPES - 1)), ahead);
    for (size_t i = 0; i < p->learnt->slope_count && status == PL_OK; i++) status = touch(p, asked, p->learnt->slopes[i], ahead);
    return status;
}

/* ---- one rival ---- */

/* What the unit's total must come to, so that the rival is not ahead: its total; where totals are rounded, half a unit below the
 * rounded one, which is a whole number of units no less than the total less half of one. */
static pl_status ask(posing *p, pl_sum_of *asked) {
    pl_equations *q = p->q;
    double unit = p->unit_of_rounding;
    pl_side_add(&p->other, q->s->roots[0], 1, asked);
    pl_sum_bound(q, asked);
    if (unit == 0) return PL_OK;
    double low = floor(asked->low / unit + 0.5 - SLACK), high = floor(asked->high / unit + 0.5 + SLACK);
    if (high == low) {
        pl_sum_clear(q, asked);
        asked->constant = (low - 0.5) * unit;
        pl_sum_bound(q, asked);
        return PL_OK;
    }
    size_t column, slot = q->slots - 1;
    pl_status status = q->dry ? PL_OK : pl_programme_column(&q->p, low, high, 0, true, &column);
    q->slot_low[slot] = low;
    q->slot_high[slot] = high;
    if (!q->dry) q->column_of[slot] = column;
    asked->coefficients[slot] -= unit; /* total - unit * n <= unit / 2 */
    if (status == PL_OK && !q->dry) status = pl_sum_row(q, asked, SIZE_MAX, 0, -INFINITY, unit / 2 + SLACK);
    pl_sum_clear(q, asked);
    asked->coefficients[slot] = unit;
    asked->constant = -unit / 2;
    pl_sum_bound(q, asked);
    return status;
}

/* With the same rounded total the first tie breaker decides; a whole unit more decides without it. */
static pl_status break_tie(posing *p, const pl_sum_of *difference, size_t ahead) {
    pl_equations *q = p->q;
    pl_sum_of tie;
    size_t tied;
    pl_status status = pl_sum_make(q, &tie);
    if (status == PL_OK) status = pl_programme_column(&q->p, 0, 1, 0, true, &tied);
    if (status == PL_OK) {
        /* difference - unit (1 - tied) + width ahead >= 0 */
        double width = fmax(0, p->unit_of_rounding - difference->low) + SLACK;
        pl_sum_add(q, difference, 1, &tie);
        tie.constant -= p->unit_of_rounding;
        size_t slot = q->slots - 2;
        q->column_of[slot] = tied;
        q->slot_high[slot] = 1;
        tie.coefficients[slot] = p->unit_of_rounding;
        status = pl_sum_row(q, &tie, ahead, width, -SLACK, INFINITY);
        pl_sum_clear(q, &tie);
        pl_sum_add(q, &p->own_tie, 1, &tie);
        pl_side_add(&p->other, q->s->roots[1], -1, &tie);
        pl_sum_bound(q, &tie);
        width = fmax(0, -tie.low) + SLACK;
        tie.constant += width; /* own - other + width (1 - tied) + width ahead >= 0 */
        tie.coefficients[slot] = -width;
        if (status == PL_OK && tie.present) status = pl_sum_row(q, &tie, ahead, width, -SLACK, INFINITY);
    }
    free(tie.coefficients);
    return status;
}

static pl_status add_rival(posing *p, pl_sum_of *asked, pl_sum_of *difference) {
    pl_equations *q = p->q;
    size_t column;
    pl_status status = pl_side_build(&p->other);
    pl_sum_clear(q, asked);
    pl_sum_clear(q, difference);
    if (status == PL_OK) status = ask(p, asked);
    if (status == PL_OK) status = pl_programme_column(&q->p, 0, 1, p->question->least_ahead ? 1 : 0, true, &column);
    if (status != PL_OK) return status;
    pl_sum_add(q, &p->own_total, 1, difference);
    pl_sum_add(q, asked, -1, difference);
    pl_sum_bound(q, difference);
    status = pl_sum_row(q, difference, column, fmax(0, -difference->low) + SLACK, -SLACK, INFINITY);
    if (status == PL_OK && p->product.is_one) status = touch_everywhere(p, asked, column);
    if (status == PL_OK && q->s->roots[1] && p->unit_of_rounding > 0) status = break_tie(p, difference, column);
    p->ahead[p->ahead_count] = column;
    p->least[p->ahead_count] = asked->low;
    p->most[p->ahead_count++] = asked->high;
    return status;
}

/* Rivals that are ahead, or behind, whatever is done stay out of the programme. */
static pl_status consider_rival(posing *p, pl_sum_of *asked, pl_sum_of *difference) {
    pl_equations *q = p->q;
    q->dry = true;
    pl_status status = pl_side_build(&p->other);
    pl_sum_clear(q, asked);
    pl_sum_clear(q, difference);
    if (status == PL_OK) status = ask(p, asked);
    q->dry = false;
    if (status != PL_OK) return status;
    double unit = p->unit_of_rounding;
    if (p->own_total.high < asked->low - SLACK) {
        p->always++;
        return PL_OK;
    }
    if (p->own_total.low > asked->high + unit + SLACK) return PL_OK;
    return add_rival(p, asked, difference);
}

static bool is_rival(const posing *p, size_t unit) {
    const pl_outlook *o = p->q->s->o;
    const pl_unit *units = o->compiled->dataset->units;
    double value;
    return unit != o->unit && (!o->among_group || units[unit].group == units[o->unit].group) &&
           value_before(p, p->q->s->roots[0], unit, &value);
}

static pl_status add_rivals(posing *p) {
    pl_sum_of asked = {0}, difference = {0};
    pl_status status = pl_sum_make(p->q, &asked);
    if (status == PL_OK) status = pl_sum_make(p->q, &difference);
    for (size_t unit = 0; unit < p->q->s->o->frame.units && status == PL_OK; unit++) {
        if (!is_rival(p, unit)) continue;
        p->other.unit = unit;
        status = consider_rival(p, &asked, &difference);
    }
    free(asked.coefficients);
    free(difference.coefficients);
    return status;
}

/* ---- what else is asked ---- */

/* No more than so many ahead; and who passes a unit passes those that are below it for sure. */
static pl_status limit_ahead(posing *p) {
    pl_equations *q = p->q;
    double *ones = malloc((p->ahead_count + 1) * sizeof *ones);
    if (!ones) return PL_MEMORY;
    for (size_t i = 0; i < p->ahead_count; i++) ones[i] = 1;
    double room = (double)p->question->place - 1 - (double)p->always;
    pl_status status = PL_OK;
    if (!p->question->least_ahead) status = pl_programme_row(&q->p, -INFINITY, room, p->ahead, ones, p->ahead_count);
    for (size_t i = 0; i < p->ahead_count && p->ahead_count < 200; i++)
        for (size_t k = 0; k < p->ahead_count && status == PL_OK; k++) {
            if (p->least[i] <= p->most[k] + p->unit_of_rounding + SLACK) continue;
            size_t pair[2] = {p->ahead[i], p->ahead[k]};
            status = pl_programme_row(&q->p, 0, INFINITY, pair, (const double[]){1, -1}, 2);
        }
    free(ones);
    return status;
}

/* At least one of the moves of another plan is not made. */
static pl_status do_without(posing *p, const double *plan) {
    pl_sum_of left_out;
    pl_equations *q = p->q;
    const pl_outlook *o = q->s->o;
    pl_status status = pl_sum_make(q, &left_out);
    if (status != PL_OK) return status;
    for (size_t c = 0; c < q->s->cluster_count; c++) {
        const pl_cluster *cluster = &q->s->clusters[c];
        for (size_t i = 0; i < cluster->move_count; i++) {
            size_t move = cluster->moves[i];
            if (plan[move] == o->moves[move].levels[0].value) continue;
            for (size_t k = 0; k < cluster->choice_count; k++)
                if (pl_choice_level(q->s, cluster, k, i) == 0) left_out.coefficients[cluster->first_column + k] += 1;
        }
    }
    status = pl_sum_row(q, &left_out, SIZE_MAX, 0, 1, INFINITY);
    free(left_out.coefficients);
    return status;
}

/* A plan that the model refused: some cluster must choose otherwise. */
static pl_status refuse(posing *p, const size_t *choices) {
    pl_sum_of chosen;
    pl_equations *q = p->q;
    pl_status status = pl_sum_make(q, &chosen);
    if (status != PL_OK) return status;
    for (size_t c = 0; c < q->s->cluster_count; c++) chosen.coefficients[q->s->clusters[c].first_column + choices[c]] = 1;
    status = pl_sum_row(q, &chosen, SIZE_MAX, 0, -INFINITY, (double)q->s->cluster_count - 1);
    free(chosen.coefficients);
    return status;
}

static pl_status pose_conditions(posing *p) {
    const lessons *learnt = p->learnt;
    pl_status status = add_rivals(p);
    if (status == PL_OK) status = limit_ahead(p);
    if (status == PL_OK && p->question->without) status = do_without(p, p->question->without);
    for (size_t i = 0; i < learnt->refused_count && status == PL_OK; i++) status = refuse(p, learnt->refused + i * learnt->width);
    return status;
}

static pl_status pose(posing *p) {
    pl_equations *q = p->q;
    const pl_settings *settings = &q->s->o->compiled->model->settings;
    size_t units = q->s->o->frame.units;
    p->own = (pl_side){q, q->s->o->unit, q->choice_columns, q->own};
    p->other = (pl_side){q, 0, q->choice_columns + q->helpers, q->other};
    p->unit_of_rounding = settings->rank_on_rounded && settings->digits >= 0 ? pow(10, -settings->digits) : 0;
    p->ahead = malloc((units + 1) * sizeof *p->ahead);
    p->least = malloc((units + 1) * sizeof *p->least);
    p->most = malloc((units + 1) * sizeof *p->most);
    pl_status status = p->ahead && p->least && p->most ? pl_sum_make(q, &p->own_total) : PL_MEMORY;
    if (status == PL_OK) status = pl_sum_make(q, &p->own_tie);
    if (status == PL_OK) status = pl_sum_make(q, &p->product.x);
    if (status == PL_OK) status = pl_sum_make(q, &p->product.y);
    if (status == PL_OK) status = pl_side_build(&p->own);
    if (status != PL_OK) return status;
    pl_side_add(&p->own, q->s->roots[0], 1, &p->own_total);
    pl_sum_bound(q, &p->own_total);
    if (q->s->roots[1]) pl_side_add(&p->own, q->s->roots[1], 1, &p->own_tie);
    find_product(p);
    if (p->product.is_one) p->own_total.high = fmin(p->own_total.high, p->product.scale * p->product.x.high * p->product.y.high);
    return pose_conditions(p);
}

static void posing_end(posing *p) {
    free(p->ahead);
    free(p->least);
    free(p->most);
    free(p->own_total.coefficients);
    free(p->own_tie.coefficients);
    free(p->product.x.coefficients);
    free(p->product.y.coefficients);
}

/* ---- asking, and learning ---- */

/* What the programme chose: a choice per cluster, and the values. */
static void read_plan(const pl_equations *q, const double *columns, size_t *choices, double *values) {
    const pl_outlook *o = q->s->o;
    for (size_t c = 0; c < q->s->cluster_count; c++) {
        const pl_cluster *cluster = &q->s->clusters[c];
        const double *at = columns + cluster->first_column;
        size_t best = 0;
        for (size_t k = 1; k < cluster->choice_count; k++)
            if (at[k] > at[best]) best = k;
        choices[c] = best;
        for (size_t i = 0; i < cluster->move_count; i++)
            values[cluster->moves[i]] = o->moves[cluster->moves[i]].levels[pl_choice_level(q->s, cluster, best, i)].value;
    }
}

static double plan_cost(const pl_outlook *o, const double *values) {
    double cost = 0;
    for (size_t i = 0; i < o->move_count; i++) cost += pl_move_cost(&o->moves[i], values[i], NULL);
    return cost;
}

static double sum_value(const pl_equations *q, const pl_sum_of *sum, const double *columns) {
    double value = sum->constant;
    for (size_t i = 0; i < q->slots; i++)
        if (sum->coefficients[i] != 0) value += sum->coefficients[i] * columns[q->column_of[i]];
    return value;
}

/* Learns from a plan that failed. False when there is nothing more to learn. */
static bool learn(posing *p, lessons *l, const double *columns, const size_t *choices, pl_status *status) {
    bool learnt = false;
    if (p->product.is_one && l->slope_count < MOST_SLOPES) {
        l->slopes[l->slope_count++] = sqrt(sum_value(p->q, &p->product.y, columns) / sum_value(p->q, &p->product.x, columns));
        learnt = true;
    }
    if (l->refused_count == MOST_REFUSALS) return learnt;
    if (pl_reserve((void **)&l->refused, &l->refused_capacity, (l->refused_count + 1) * l->width + 1, sizeof *l->refused, 0)) {
        *status = PL_MEMORY;
        return false;
    }
    memcpy(l->refused + l->refused_count++ * l->width, choices, l->width * sizeof *choices);
    return true;
}

/* What one posing of the question gave. */
typedef enum attempt { ATTEMPT_DONE, ATTEMPT_AGAIN, ATTEMPT_OVER } attempt;

static void keep_bound(const pl_equations *q, const pl_programme_answer *answer, pl_reply *reply) {
    if (!answer->has_bound) return;
    double bound = answer->bound / q->cost_scale;
    if (!reply->has_bound || bound > reply->bound) reply->bound = bound;
    reply->has_bound = true;
}

static pl_status judge(posing *p, lessons *l, const pl_programme_answer *answer, pl_reply *reply, attempt *next) {
    pl_outlook *o = p->q->s->o;
    pl_judgement judged;
    size_t *choices = malloc((p->q->s->cluster_count + 1) * sizeof *choices);
    if (!choices) return PL_MEMORY;
    read_plan(p->q, answer->values, choices, reply->values);
    pl_status status = pl_outlook_judge(o, reply->values, &judged);
    double place = (double)p->question->place;
    bool counts = p->question->least_ahead || judged.place <= place;
    if (status == PL_OK && judged.has_total && counts) {
        reply->outcome = PL_PATH_REACHED;
        reply->cost = plan_cost(o, reply->values);
        reply->proven = reply->has_bound && answer->outcome == PL_PROGRAMME_OPTIMAL &&
                        reply->cost <= reply->bound + 1e-6 * fmax(1, fabs(reply->bound));
        *next = ATTEMPT_DONE;
    } else if (status == PL_OK) {
        *next = learn(p, l, answer->values, choices, &status) ? ATTEMPT_AGAIN : ATTEMPT_OVER;
    }
    free(choices);
    return status;
}

static pl_status attempt_once(pl_shape *s, const pl_question *question, lessons *l, double deadline, pl_reply *reply,
                              attempt *next) {
    pl_equations q;
    posing p = {.q = &q, .question = question, .learnt = l};
    pl_programme_answer answer = {0};
    *next = ATTEMPT_OVER;
    pl_status status = pl_equations_begin(&q, s, question->least_ahead);
    if (status == PL_OK) status = pose(&p);
    bool hopeless = !question->least_ahead && p.always + 1 > question->place;
    if (status == PL_OK && !q.unsayable) {
        answer.values = calloc(q.p.column_count + 1, sizeof *answer.values);
        if (!answer.values) status = PL_MEMORY;
        if (hopeless) answer.outcome = PL_PROGRAMME_IMPOSSIBLE;
        if (status == PL_OK && !hopeless) status = pl_programme_solve(&q.p, deadline - pl_clock(), &answer);
        keep_bound(&q, &answer, reply);
        if (status == PL_OK && (answer.outcome == PL_PROGRAMME_OPTIMAL || answer.outcome == PL_PROGRAMME_FEASIBLE))
            status = judge(&p, l, &answer, reply, next);
        else if (answer.outcome == PL_PROGRAMME_IMPOSSIBLE) {
            reply->outcome = PL_PATH_OUT_OF_REACH;
            reply->proven = true;
        }
    }
    free(answer.values);
    posing_end(&p);
    pl_equations_end(&q);
    return status;
}

pl_status pl_equations_answer(pl_shape *s, const pl_question *question, double deadline, pl_reply *reply) {
    lessons l = {.width = s->cluster_count};
    attempt next = ATTEMPT_AGAIN;
    pl_status status = PL_OK;
    reply->outcome = PL_PATH_NOT_FOUND;
    while (status == PL_OK && next == ATTEMPT_AGAIN && pl_clock() < deadline)
        status = attempt_once(s, question, &l, deadline, reply, &next);
    free(l.refused);
    return status;
}
