/* The cheapest way by cases: which options are left of each cluster. Of every case it is known what it costs at least; the one that
 * promises most is looked at first and divided, until a plan that the model accepts costs no more than any case promises. */
#include "study/bounds.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAP 1e-9       /* relative: costs closer together are the same */
#define WIDER_GAP 2e-7 /* where some costs are linear */

#define MOST_TURNS 9 /* each makes the stretches that matter ten times as short */

#define STEPS_OF_A_CASE 10000 /* the model judges its plans */
#define MOST_GIVEN_UP 300     /* cases: with more a further turn would not end, */
#define MOST_OPTIONS 6000     /* nor with so many options */

typedef struct rival {
    pl_form total, tie;
    pl_interval asks; /* what the own total must come to, in the case that is looked at */
    pl_interval ties;
} rival;

typedef struct one_case {
    double least;
    size_t depth;
    size_t *plan; /* per cluster: what the way of that cost takes */
    pl_left left[];
} one_case;

typedef struct solver {
    const pl_shape *s;
    const pl_question *question;
    pl_reply *reply; /* the best plan so far */
    pl_bounder bounder;
    pl_arena arena;
    pl_form own, own_tie;
    bool tied;   /* the first tie breaker counts: where totals are rounded, or can come as near to another as one likes */
    double unit; /* of the rounding of totals; 0: none */
    rival *rivals;
    size_t rival_count;
    const rival **order;
    double *effects, *parts, *values;
    size_t *plan;
    one_case **heap;
    size_t heap_count, heap_capacity;
    double gap;
    double unresolved; /* the least of the cases that could not be divided any more */
    size_t given_up;
    bool *coarse; /* per option: what lies between it and the next has to be known better for that */
    bool sayable;
} solver;

static double slack(double x) { return PL_SLACK * fmax(1, fabs(x)); }

/* ---- what is asked ---- */

static bool has_total(const solver *v, size_t unit, pl_node node) {
    const pl_outlook *o = v->s->o;
    const uint64_t *present;
    return pl_evaluation_column(v->s->before, node, &present) && pl_present(present, o->period * o->frame.units + unit);
}

static bool is_rival(const solver *v, size_t unit) {
    const pl_outlook *o = v->s->o;
    const pl_unit *units = o->compiled->dataset->units;
    return unit != o->unit && (!o->among_group || units[unit].group == units[o->unit].group) && has_total(v, unit, v->s->roots[0]);
}

static pl_status add_rival(solver *v, size_t unit) {
    rival *r = &v->rivals[v->rival_count++];
    pl_status status = pl_form_make(&r->total, v->s, &v->arena, unit, v->s->roots[0], &v->sayable);
    if (status == PL_OK && v->tied && !has_total(v, unit, v->s->roots[1])) v->tied = false;
    return status == PL_OK && v->tied ? pl_form_make(&r->tie, v->s, &v->arena, unit, v->s->roots[1], &v->sayable) : status;
}

static pl_status state(solver *v) {
    const pl_outlook *o = v->s->o;
    const pl_settings *settings = &o->compiled->model->settings;
    v->unit = settings->rank_on_rounded && settings->digits >= 0 ? pow(10, -settings->digits) : 0;
    v->tied = (v->unit > 0 || v->gap == WIDER_GAP) && v->s->roots[1] && has_total(v, o->unit, v->s->roots[1]);
    v->rivals = calloc(o->frame.units + 1, sizeof *v->rivals);
    v->order = calloc(o->frame.units + 1, sizeof *v->order);
    v->effects = calloc(v->s->option_count + 1, sizeof *v->effects);
    v->parts = calloc(v->s->cluster_count + 1, sizeof *v->parts);
    v->plan = calloc(v->s->cluster_count + 1, sizeof *v->plan);
    v->values = calloc(o->move_count + 1, sizeof *v->values);
    v->coarse = calloc(v->s->option_count + 1, sizeof *v->coarse);
    if (!v->coarse || !v->rivals || !v->order || !v->effects || !v->parts || !v->plan || !v->values) return PL_MEMORY;
    pl_status status = pl_form_make(&v->own, v->s, &v->arena, o->unit, v->s->roots[0], &v->sayable);
    if (status == PL_OK && v->tied) status = pl_form_make(&v->own_tie, v->s, &v->arena, o->unit, v->s->roots[1], &v->sayable);
    for (size_t unit = 0; unit < o->frame.units && status == PL_OK; unit++)
        if (is_rival(v, unit)) status = add_rival(v, unit);
    for (size_t c = 0; c < v->s->cluster_count && status == PL_OK; c++) {
        v->bounder.steady[c] = true;
        for (size_t i = 0; i < v->rival_count; i++) v->bounder.steady[c] &= !pl_form_involves(&v->rivals[i].total, c);
    }
    return status;
}

/* What a rival asks of the own total at least, and at most: its total; where totals are rounded, half a unit below the rounded one,
 * and to be safe from a tie that is lost half a unit above. */
static void ask(const solver *v, const pl_left *left, rival *r) {
    pl_interval total = pl_form_within(v->s, &r->total, left);
    r->asks = (pl_interval){total.low - slack(total.low), total.high + (v->tied ? 4 : 1) * slack(total.high)};
    if (v->unit > 0) {
        double low = floor(r->asks.low / v->unit + 0.5), high = floor(r->asks.high / v->unit + 0.5);
        r->asks.low = (low - 0.5) * v->unit - slack(total.low);
        r->asks.high = (high + (v->tied ? 0.5 : -0.5)) * v->unit + slack(total.high);
    }
    r->ties = v->tied ? pl_form_within(v->s, &r->tie, left) : (pl_interval){0, 0};
}

static int by_low(const void *a, const void *b) {
    const rival *x = *(const rival *const *)a, *y = *(const rival *const *)b;
    if (x->asks.low != y->asks.low) return x->asks.low > y->asks.low ? -1 : 1;
    return x->ties.low > y->ties.low ? -1 : x->ties.low < y->ties.low;
}

static int by_high(const void *a, const void *b) {
    const rival *x = *(const rival *const *)a, *y = *(const rival *const *)b;
    return x->asks.high > y->asks.high ? -1 : x->asks.high < y->asks.high;
}

/* The rival that must not be ahead, since so many ask more; NULL where there are not so many. */
static const rival *decisive(solver *v, int (*order)(const void *, const void *)) {
    if (v->rival_count < v->question->place) return NULL;
    qsort(v->order, v->rival_count, sizeof *v->order, order);
    return v->order[v->question->place - 1];
}

/* ---- plans ---- */

/* The values of the plan, with so much more of each divided stretch; `digits` at least 0: rounded. */
static void set_values(const solver *v, double further, int digits) {
    const pl_shape *s = v->s;
    for (size_t c = 0; c < s->cluster_count; c++) {
        const pl_cluster *cluster = &s->clusters[c];
        size_t choice = v->plan[c] - cluster->first_option;
        for (size_t i = 0; i < cluster->move_count; i++) {
            const pl_rung *at = &s->o->moves[cluster->moves[i]].levels[pl_choice_level(s, cluster, choice, i)];
            double *value = &v->values[cluster->moves[i]], part = fmin(v->parts[c] + further, 1);
            *value = at->value;
            if (v->parts[c] <= 0) continue;
            *value = part == 1 ? at[1].value : at->value + part * (at[1].value - at->value);
            if (digits >= 0) *value = pl_number_round(*value, digits);
        }
    }
}

static double plan_cost(const solver *v) {
    double cost = 0;
    for (size_t i = 0; i < v->s->o->move_count; i++) cost += pl_move_cost(&v->s->o->moves[i], v->values[i], NULL);
    return cost;
}

/* Lets the model judge the values; a plan that is better than the best becomes it. */
static pl_status judge(solver *v, bool *accepted) {
    pl_judgement judged;
    *accepted = false;
    double cost = plan_cost(v);
    pl_status status = pl_outlook_judge(v->s->o, v->values, &judged);
    if (status != PL_OK || !judged.has_total || judged.place > (double)v->question->place) return status;
    *accepted = true;
    if (v->reply->outcome == PL_PATH_REACHED && cost >= v->reply->cost) return PL_OK;
    v->reply->outcome = PL_PATH_REACHED;
    v->reply->cost = cost;
    memcpy(v->reply->values, v->values, v->s->o->move_count * sizeof *v->values);
    return PL_OK;
}

/* The plan of a reach. Values between two levels are tried as round numbers, as they are, and then a little further on, since only
 * the model knows where exactly a total is reached. */
static pl_status try_plan(solver *v, const pl_reach *reach) {
    pl_bounder_plan(&v->bounder, reach, v->plan, v->parts);
    bool divided = false, accepted;
    for (size_t c = 0; c < v->s->cluster_count; c++) divided |= v->parts[c] > 0;
    set_values(v, 0, -1);
    double cost = plan_cost(v), enough = cost + v->gap * fmax(1, cost);
    for (int digits = 6; divided && digits <= 9; digits += 3) {
        set_values(v, 0, digits);
        if (plan_cost(v) > enough) continue;
        pl_status status = judge(v, &accepted);
        if (status != PL_OK || accepted) return status;
    }
    set_values(v, 0, -1);
    pl_status status = judge(v, &accepted);
    for (double further = 1e-13; divided && !accepted && further < 1e-7 && status == PL_OK; further *= 10) {
        set_values(v, further, -1);
        status = judge(v, &accepted);
    }
    return status;
}

/* ---- cases ---- */

static bool goes_before(const one_case *a, const one_case *b) {
    return a->least != b->least ? a->least < b->least : a->depth > b->depth;
}

static pl_status push(solver *v, one_case *c) {
    if (pl_reserve((void **)&v->heap, &v->heap_capacity, v->heap_count + 1, sizeof *v->heap, 0)) return PL_MEMORY;
    size_t i = v->heap_count++;
    for (; i > 0 && goes_before(c, v->heap[(i - 1) / 2]); i = (i - 1) / 2) v->heap[i] = v->heap[(i - 1) / 2];
    v->heap[i] = c;
    return PL_OK;
}

static one_case *pop(solver *v) {
    one_case *top = v->heap[0], *last = v->heap[--v->heap_count];
    size_t i = 0;
    for (size_t k = 1; k < v->heap_count; k = 2 * i + 1) {
        if (k + 1 < v->heap_count && goes_before(v->heap[k + 1], v->heap[k])) k++;
        if (!goes_before(v->heap[k], last)) break;
        v->heap[i] = v->heap[k];
        i = k;
    }
    v->heap[i] = last;
    return top;
}

static one_case *new_case(const solver *v, const one_case *like) {
    size_t options = v->s->option_count + 1;
    one_case *c = malloc(sizeof *c + options * sizeof *c->left);
    if (!c) return NULL;
    *c = (one_case){.least = like ? like->least : 0,
                    .depth = like ? like->depth + 1 : 0,
                    .plan = calloc(v->s->cluster_count + 1, sizeof *c->plan)};
    if (!c->plan) {
        free(c);
        return NULL;
    }
    for (size_t i = 0; i < options; i++) c->left[i] = like ? like->left[i] : PL_LEFT_OPEN;
    return c;
}

static void free_case(one_case *c) {
    if (c) free(c->plan);
    free(c);
}

/* What costs less than the best plan by more than nothing. */
static double limit(const solver *v) {
    if (v->reply->outcome != PL_PATH_REACHED) return INFINITY;
    return v->reply->cost - v->gap * fmax(1, v->reply->cost);
}

/* What the own total has to come to at least: more than the decisive rival's, or as much with no worse a tie breaker. */
static pl_reach reach_lowest(solver *v, const rival *r) {
    if (!r) return (pl_reach){0};
    pl_reach reach = pl_bounder_reach(&v->bounder, &v->own, 1, r->asks.low);
    if (!v->tied || reach.cost == INFINITY) return reach;
    pl_reach tie = pl_bounder_reach(&v->bounder, &v->own_tie, 1, r->ties.low - slack(r->ties.low));
    if (tie.cost <= reach.cost) return reach;
    double more = v->unit > 0 ? v->unit : 4 * slack(r->asks.low);
    pl_reach above = pl_bounder_reach(&v->bounder, &v->own, 1, r->asks.low + more);
    return above.cost <= tie.cost ? above : (pl_reach){tie.cost, reach.picks};
}

/* What the case costs at least, and plans from it. Keeps it where it can hold a better plan. */
static pl_status consider(solver *v, one_case *c, bool *keep) {
    *keep = false;
    double floor = pl_bounder_begin(&v->bounder, c->left, limit(v));
    if (floor >= limit(v)) return PL_OK;
    for (size_t i = 0; i < v->rival_count; i++) {
        ask(v, c->left, &v->rivals[i]);
        v->order[i] = &v->rivals[i];
    }
    pl_reach reach = reach_lowest(v, decisive(v, by_low));
    if (v->bounder.status != PL_OK) return PL_MEMORY;
    c->least = fmax(c->least, floor + reach.cost);
    if (c->least >= limit(v)) return PL_OK;
    pl_status status = try_plan(v, &reach);
    memcpy(c->plan, v->plan, v->s->cluster_count * sizeof *c->plan);
    if (status != PL_OK || c->least >= limit(v)) return status;
    const rival *highest = decisive(v, by_high);
    reach = highest ? pl_bounder_reach(&v->bounder, &v->own, 1, highest->asks.high) : (pl_reach){0};
    if (v->bounder.status != PL_OK) return PL_MEMORY;
    if (floor + reach.cost < limit(v)) status = try_plan(v, &reach);
    *keep = c->least < limit(v);
    return status;
}

/* ---- dividing ---- */

/* What each option does to those rivals that can be ahead or not, as they were asked last. */
static void measure_effects(solver *v, const one_case *c) {
    memset(v->effects, 0, v->s->option_count * sizeof *v->effects);
    for (size_t i = 0; i < v->rival_count; i++) {
        ask(v, c->left, &v->rivals[i]);
        v->order[i] = &v->rivals[i];
    }
    const rival *low = decisive(v, by_low), *high = decisive(v, by_high);
    if (!low || !high) return;
    double least = low->asks.low, most = high->asks.high;
    for (size_t i = 0; i < v->rival_count; i++)
        if (v->rivals[i].asks.high >= least && v->rivals[i].asks.low <= most)
            pl_form_effects(v->s, &v->rivals[i].total, 1, c->left, v->effects);
}

static size_t left_of(const pl_cluster *cluster, const pl_left *left) {
    size_t count = 0;
    for (size_t k = 0; k < cluster->choice_count; k++) count += left[cluster->first_option + k] != PL_LEFT_NOT;
    return count;
}

static double spread_of(const solver *v, const pl_cluster *cluster, const pl_left *left) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = cluster->first_option; i < cluster->first_option + cluster->choice_count; i++) {
        if (!left[i]) continue;
        low = fmin(low, v->effects[i]);
        high = fmax(high, v->effects[i]);
    }
    return high - low;
}

/* The cluster that leaves most open where the rivals stand; else the one with most options. NULL: nothing is open. */
static const pl_cluster *most_open(const solver *v, const pl_left *left) {
    const pl_cluster *most = NULL;
    double widest = -1;
    size_t longest = 1;
    for (size_t c = 0; c < v->s->cluster_count; c++) {
        const pl_cluster *cluster = &v->s->clusters[c];
        size_t count = left_of(cluster, left);
        double spread = spread_of(v, cluster, left);
        if (count < 2 || spread < widest || (spread == widest && count <= longest)) continue;
        most = cluster;
        widest = spread;
        longest = count;
    }
    return most;
}

/* Before, at, and after the option of the plan: by what it does to the rivals, else by its cost. */
static int side_of(const solver *v, size_t option, size_t planned, bool by_effect) {
    double a = v->effects[option], b = v->effects[planned];
    if (!by_effect) {
        a = v->s->options[option].cost;
        b = v->s->options[planned].cost;
        if (a == b) return option < planned ? -1 : option > planned;
    }
    return a < b ? -1 : a > b;
}

static pl_status add_part(solver *v, const one_case *whole, const pl_cluster *cluster, int side) {
    size_t first = cluster->first_option, planned = whole->plan[cluster - v->s->clusters];
    bool by_effect = spread_of(v, cluster, whole->left) > 0, any = false, keep;
    one_case *part = new_case(v, whole);
    if (!part) return PL_MEMORY;
    for (size_t i = first; i < first + cluster->choice_count; i++) {
        if (side_of(v, i, planned, by_effect) != side) part->left[i] = PL_LEFT_NOT;
        any |= part->left[i] != PL_LEFT_NOT;
    }
    pl_status status = any ? consider(v, part, &keep) : PL_OK;
    if (status == PL_OK && any && keep) {
        status = push(v, part);
        if (status == PL_OK) return PL_OK;
    }
    free_case(part);
    return status;
}

/* Of each cluster one option is left. Where none of them opens, the model has judged the only plan; else the far end of all of them
 * is tried, and what lies between has to be known better. */
static pl_status give_up(solver *v, const one_case *c) {
    bool open = false, accepted;
    for (size_t k = 0; k < v->s->cluster_count; k++) {
        const pl_cluster *cluster = &v->s->clusters[k];
        size_t option = cluster->first_option;
        while (!c->left[option]) option++;
        v->plan[k] = option;
        v->parts[k] = pl_opening_of(v->s, c->left, option) ? 1 : 0;
        v->coarse[option] |= v->parts[k] > 0;
        open |= v->parts[k] > 0;
    }
    if (!open) return PL_OK;
    v->given_up++;
    v->unresolved = fmin(v->unresolved, c->least);
    set_values(v, 0, -1);
    return judge(v, &accepted);
}

static pl_status divide(solver *v, const one_case *c) {
    measure_effects(v, c);
    const pl_cluster *cluster = most_open(v, c->left);
    pl_status status = cluster ? PL_OK : give_up(v, c);
    for (int side = -1; side <= 1 && cluster && status == PL_OK; side++) status = add_part(v, c, cluster, side);
    return status;
}

/* ---- from the first case to the last ---- */

/* Without one move of a plan: of its cluster only options that leave it as it is. */
static void leave_out(const solver *v, size_t move, one_case *c) {
    for (size_t k = 0; k < v->s->cluster_count; k++) {
        const pl_cluster *cluster = &v->s->clusters[k];
        for (size_t i = 0; i < cluster->move_count; i++) {
            if (cluster->moves[i] != move) continue;
            for (size_t choice = 0; choice < cluster->choice_count; choice++)
                c->left[cluster->first_option + choice] =
                    pl_choice_level(v->s, cluster, choice, i) == 0 ? PL_LEFT_BARE : PL_LEFT_NOT;
        }
    }
}

static pl_status begin(solver *v, size_t without) {
    bool keep = false;
    one_case *c = new_case(v, NULL);
    if (!c) return PL_MEMORY;
    if (without != SIZE_MAX) leave_out(v, without, c);
    pl_status status = consider(v, c, &keep);
    if (status == PL_OK && keep) status = push(v, c);
    if (status != PL_OK || !keep) free_case(c);
    return status;
}

static pl_status begin_all(solver *v) {
    const pl_outlook *o = v->s->o;
    const double *without = v->question->without;
    pl_status status = without ? PL_OK : begin(v, SIZE_MAX);
    for (size_t i = 0; without && i < o->move_count && status == PL_OK; i++)
        if (without[i] != o->moves[i].levels[0].value) status = begin(v, i);
    return status;
}

static bool is_out_of_work(const pl_budget *budget) {
    return (budget->work && budget->done >= budget->work) || pl_clock() >= budget->deadline;
}

static pl_status solve(solver *v, pl_budget *budget) {
    pl_status status = begin_all(v);
    while (status == PL_OK && v->heap_count && v->heap[0]->least < limit(v) && !is_out_of_work(budget)) {
        one_case *c = pop(v);
        status = divide(v, c);
        free_case(c);
        budget->done += v->bounder.steps + STEPS_OF_A_CASE;
        v->bounder.steps = 0;
    }
    return status;
}

static void conclude(const solver *v) {
    pl_reply *reply = v->reply;
    double bound = v->unresolved;
    if (v->heap_count) bound = fmin(bound, v->heap[0]->least);
    bool reached = reply->outcome == PL_PATH_REACHED;
    if (!reached && bound == INFINITY) reply->outcome = PL_PATH_OUT_OF_REACH;
    reply->has_bound = reached || bound < INFINITY;
    reply->bound = reached ? fmin(bound, v->gap == WIDER_GAP ? limit(v) : reply->cost) : bound;
    reply->proven = reached ? bound >= limit(v) : bound == INFINITY;
}

static pl_status begin_solver(solver *v) {
    for (size_t i = 0; i < v->s->option_count; i++)
        if (v->s->options[i].opens) v->gap = WIDER_GAP;
    pl_arena_init(&v->arena, 0);
    pl_status status = pl_bounder_open(&v->bounder, v->s);
    return status == PL_OK ? state(v) : status;
}

static void end_solver(solver *v) {
    while (v->heap_count) free_case(v->heap[--v->heap_count]);
    free(v->heap);
    free(v->rivals);
    free(v->order);
    free(v->effects);
    free(v->parts);
    free(v->plan);
    free(v->values);
    free(v->coarse);
    pl_bounder_close(&v->bounder);
    pl_arena_free(&v->arena);
}

/* Once over all cases. *again: what lies between some levels has to be known better, and now is. */
static pl_status go_through(pl_shape *s, const pl_question *question, pl_budget *budget, pl_reply *reply, bool *again) {
    solver v = {.s = s, .question = question, .reply = reply, .gap = GAP, .unresolved = INFINITY, .sayable = true};
    pl_status status = begin_solver(&v);
    *again = false;
    if (status == PL_OK && v.sayable) {
        status = solve(&v, budget);
        if (status == PL_OK) conclude(&v);
        *again = status == PL_OK && !reply->proven && v.unresolved < limit(&v) && v.given_up < MOST_GIVEN_UP &&
                 s->option_count < MOST_OPTIONS && !is_out_of_work(budget);
    }
    if (*again) status = pl_shape_refine(s, v.coarse);
    end_solver(&v);
    return status;
}

pl_status pl_cases_answer(pl_shape *s, const pl_question *question, pl_budget *budget, pl_reply *reply) {
    bool again = true;
    pl_status status = PL_OK;
    reply->outcome = PL_PATH_NOT_FOUND;
    for (size_t turn = 0; turn < MOST_TURNS && again && status == PL_OK; turn++)
        status = go_through(s, question, budget, reply, &again);
    return status;
}
