/* The cheapest ways to every value of a form. */
#include "study/ways.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the ways of a cluster ---- */

/* What an option brings at most for its own price, and its tail. */
static pl_way way_of(const pl_bounder *b, size_t cluster, size_t option, double sign, const double *gains) {
    const pl_option *o = &b->s->options[option];
    pl_way way = {.cost = o->cost - b->floors[cluster], .value = sign * gains[option], .option = (uint32_t)option};
    pl_opening opens = pl_opening_of(b->s, b->left, option);
    double rise = opens ? sign * gains[option + 1] - way.value : 0;
    if (rise > 0 && (opens != PL_OPENS_STRAIGHT || b->counted[cluster])) {
        way.value += rise;
        way.reaches = true;
    } else if (rise > 0) {
        way.tail_cost = b->s->options[option + 1].cost - o->cost;
        way.tail_value = rise;
    }
    return way;
}

static pl_way_list cluster_ways(pl_bounder *b, size_t cluster, double sign, const double *gains) {
    const pl_cluster *c = &b->s->clusters[cluster];
    if (!pl_ways_reserve(b, 0, 2 * c->choice_count)) return (pl_way_list){0};
    pl_growing_ways out = {.at = b->spare[0], .best = -DBL_MAX};
    for (size_t i = 0; i < c->choice_count; i++) {
        size_t option = b->s->by_cost[c->first_option + i].option;
        if (!b->left[option]) continue;
        pl_way way = way_of(b, cluster, option, sign, gains), bare = way;
        if (b->counted[cluster]) way.cost = bare.cost = 0;
        bare.tail_cost = bare.tail_value = 0;
        if (way.cost > b->most) break;
        pl_ways_append(&out, &bare);
        if (way.tail_value != 0) pl_ways_append(&out, &way);
    }
    return pl_ways_keep(b, out.at, out.count);
}

/* ---- the ways of a form ---- */

static pl_way_list form_ways(pl_bounder *b, const pl_form *form, double sign);
static pl_reach reach_form(pl_bounder *b, const pl_form *form, double sign, double need);

static pl_way_list flat(pl_bounder *b, double value) { return pl_ways_keep(b, &(pl_way){.value = value, .option = UINT32_MAX}, 1); }

static pl_interval within(const pl_bounder *b, const pl_form *form, double sign) {
    pl_interval all = pl_form_within(b->s, form, b->left);
    return sign > 0 ? all : (pl_interval){-all.high, -all.low};
}

static pl_way_list product_ways(pl_bounder *b, const pl_bend *bend, double sign) {
    pl_interval x = within(b, bend->parts, 1), y = within(b, bend->parts + 1, 1);
    if (x.low < 0 || y.low < 0) {
        double corners[4] = {x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high}, most = -INFINITY;
        for (size_t i = 0; i < 4; i++) most = fmax(most, sign * corners[i]);
        return flat(b, most);
    }
    pl_way_list first = form_ways(b, bend->parts, sign);
    return pl_ways_join(b, &(pl_joint){PL_JOINT_PRODUCT, sign, 1}, first, form_ways(b, bend->parts + 1, sign));
}

static pl_way_list extreme_ways(pl_bounder *b, const pl_bend *bend, double sign) {
    pl_joint how = {(bend->kind == PL_BEND_LEAST) == (sign > 0) ? PL_JOINT_LEAST : PL_JOINT_MOST, sign, 1};
    pl_way_list all = form_ways(b, bend->parts, sign);
    for (size_t i = 1; i < bend->count; i++) all = pl_ways_join(b, &how, all, form_ways(b, bend->parts + i, sign));
    return all;
}

/* The condition as it need not be paid for, and as it has to be. */
static pl_way_list condition_ways(pl_bounder *b, const pl_bend *bend, double sign) {
    pl_reach reach = reach_form(b, bend->parts, sign, -bend->slack);
    pl_way ways[2] = {{.value = sign > 0 ? 0 : -1, .option = UINT32_MAX},
                      {.cost = reach.cost, .value = sign > 0 ? 1 : 0, .picks = reach.picks, .option = UINT32_MAX}};
    if (reach.cost == 0) return pl_ways_keep(b, &ways[1], 1);
    return pl_ways_keep(b, ways, reach.cost <= b->most ? 2 : 1);
}

static bool share_clusters(const pl_shape *s, const pl_form *x, const pl_form *y) {
    for (size_t c = 0; c < s->cluster_count; c++)
        if (pl_form_involves(x, c) && pl_form_involves(y, c)) return true;
    return false;
}

/* One branch of a choice: the condition and the part have to be paid; where clusters are in both, the dearer of the two. */
static pl_way_list branch_ways(pl_bounder *b, const pl_bend *bend, bool holds, double sign) {
    const pl_form *part = &bend->parts[holds ? 1 : 2];
    pl_reach condition = reach_form(b, bend->parts, holds ? 1 : -1, holds ? 0.5 : -0.5);
    if (condition.cost > b->most) return (pl_way_list){0};
    pl_way_list ways = form_ways(b, part, sign);
    bool shared = share_clusters(b->s, bend->parts, part);
    if (!pl_ways_reserve(b, 0, ways.count)) return (pl_way_list){0};
    pl_growing_ways out = {.at = b->spare[0], .best = -DBL_MAX};
    for (size_t i = 0; i < ways.count; i++) {
        pl_way way = {.cost = shared ? fmax(ways.at[i].cost, condition.cost) : ways.at[i].cost + condition.cost,
                      .value = pl_way_end(&ways.at[i]),
                      .first = &ways.at[i],
                      .second = &ways.at[i],
                      .picks = condition.picks,
                      .option = UINT32_MAX};
        pl_ways_append(&out, &way);
    }
    return pl_ways_keep(b, out.at, out.count);
}

static void begin_again(pl_bounder *b, const bool *counted) {
    memcpy(b->counted, counted, b->s->cluster_count * sizeof *b->counted);
}

static const bool *counted_now(pl_bounder *b) {
    bool *counted = pl_arena_array(&b->arena, b->s->cluster_count + 1, sizeof *counted);
    if (!counted) b->status = PL_MEMORY;
    if (counted) memcpy(counted, b->counted, b->s->cluster_count * sizeof *counted);
    return counted;
}

static void count_also(pl_bounder *b, const pl_form *form) {
    for (size_t c = 0; c < b->s->cluster_count; c++) b->counted[c] |= pl_form_involves(form, c);
}

static pl_way_list choice_ways(pl_bounder *b, const pl_bend *bend, double sign) {
    const bool *counted = counted_now(b);
    if (!counted) return (pl_way_list){0};
    pl_way_list then = branch_ways(b, bend, true, sign);
    begin_again(b, counted);
    pl_way_list otherwise = branch_ways(b, bend, false, sign);
    for (size_t i = 0; i < bend->count; i++) count_also(b, &bend->parts[i]);
    if (!pl_ways_reserve(b, 0, then.count + otherwise.count)) return (pl_way_list){0};
    pl_growing_ways out = {.at = b->spare[0], .best = -DBL_MAX};
    for (size_t i = 0, k = 0; i < then.count || k < otherwise.count;) {
        bool first = k == otherwise.count || (i < then.count && then.at[i].cost <= otherwise.at[k].cost);
        pl_ways_append(&out, first ? &then.at[i++] : &otherwise.at[k++]);
    }
    return pl_ways_keep(b, out.at, out.count);
}

static pl_way_list bend_ways(pl_bounder *b, const pl_bend *bend, double sign) {
    switch (bend->kind) {
    case PL_BEND_PRODUCT: return product_ways(b, bend, sign);
    case PL_BEND_LEAST:
    case PL_BEND_MOST: return extreme_ways(b, bend, sign);
    case PL_BEND_CONDITION: return condition_ways(b, bend, sign);
    case PL_BEND_CHOICE: return choice_ways(b, bend, sign);
    }
    return (pl_way_list){0};
}

/* Puts the form's clusters to the ways: those that are steady, or the others. */
static pl_way_list add_clusters(pl_bounder *b, const pl_form *form, double sign, bool steady, pl_way_list all) {
    for (size_t c = 0; c < b->s->cluster_count && b->status == PL_OK; c++) {
        if (!form->involved[c] || b->steady[c] != steady) continue;
        all = pl_ways_join(b, &(pl_joint){PL_JOINT_SUM, sign, 1}, all, cluster_ways(b, c, sign, form->gains));
        b->counted[c] = true;
    }
    return all;
}

/* True where the form's steady clusters are as they stand in every case. */
static bool stands(const pl_bounder *b, const pl_form *form) {
    for (size_t c = 0; c < b->s->cluster_count; c++)
        if (form->involved[c] && b->steady[c] && (b->counted[c] || !b->whole[c])) return false;
    return true;
}

/* What the list costs at most may have become less since: a list for less is shorter. */
static bool is_current(const pl_bounder *b, const pl_standing *standing, const pl_form *form) {
    return standing->form == form && standing->most >= b->most && (standing->most < INFINITY || b->most == INFINITY);
}

static pl_way_list standing_ways(pl_bounder *b, const pl_form *form) {
    const pl_standing *found = b->standing;
    while (found && !is_current(b, found, form)) found = found->next;
    if (!found) {
        pl_arena arena = b->arena;
        b->arena = b->standing_arena;
        pl_way_list ways = add_clusters(b, form, 1, true, flat(b, form->constant));
        pl_standing *standing = pl_arena_alloc(&b->arena, sizeof *standing);
        b->standing_arena = b->arena;
        b->arena = arena;
        if (!standing) b->status = PL_MEMORY;
        if (b->status != PL_OK) return (pl_way_list){0};
        *standing = (pl_standing){form, ways.at, ways.count, b->most, b->standing};
        found = b->standing = standing;
    }
    for (size_t c = 0; c < b->s->cluster_count; c++) b->counted[c] |= form->involved[c] && b->steady[c];
    return (pl_way_list){found->ways, found->count};
}

static pl_way_list form_ways(pl_bounder *b, const pl_form *form, double sign) {
    pl_way_list all;
    if (sign > 0 && stands(b, form))
        all = standing_ways(b, form);
    else
        all = add_clusters(b, form, sign, true, flat(b, sign * form->constant));
    all = add_clusters(b, form, sign, false, all);
    for (const pl_bend *bend = form->bends; bend && b->status == PL_OK; bend = bend->next) {
        pl_way_list ways = bend_ways(b, bend, bend->factor > 0 ? sign : -sign);
        all = pl_ways_join(b, &(pl_joint){PL_JOINT_SUM, sign, fabs(bend->factor)}, all, ways);
    }
    return all;
}

/* ---- reaching a value ---- */

static const pl_pick *pick(pl_bounder *b, const pl_way *way, double part, const pl_pick *next) {
    pl_pick *one = pl_arena_alloc(&b->arena, sizeof *one);
    if (!one) b->status = PL_MEMORY;
    if (one) *one = (pl_pick){way, part, next};
    return one;
}

/* Those of the second are made after those of the first. */
static const pl_pick *both_picks(pl_bounder *b, const pl_pick *first, const pl_pick *second) {
    for (; second; second = second->next) first = pick(b, second->way, second->part, first);
    return first;
}

static pl_reach reach_in(pl_bounder *b, pl_way_list ways, double need) {
    pl_reach best = {.cost = INFINITY};
    const pl_way *chosen = NULL;
    double chosen_part = 0;
    for (size_t i = 0; i < ways.count && ways.at[i].cost < best.cost; i++) {
        const pl_way *way = &ways.at[i];
        if (pl_way_end(way) < need) continue;
        double part = way->tail_value > 0 && way->value < need ? (need - way->value) / way->tail_value : 0;
        double cost = way->cost + (part > 0 ? part * way->tail_cost : 0);
        if (cost >= best.cost) continue;
        best.cost = cost;
        chosen = way;
        chosen_part = part;
    }
    if (chosen) best.picks = pick(b, chosen, chosen_part, NULL);
    return best;
}

static double rate(const pl_way *way) { return way->tail_value > 0 ? way->tail_cost / way->tail_value : 0; }

/* The least cost of x y >= need with x on the one way and y on the other, which tells how much of their tails is taken. */
static double reach_pair(const pl_way *x, const pl_way *y, double need, double parts[2]) {
    double most_x = pl_way_end(x), most_y = pl_way_end(y);
    parts[0] = parts[1] = 0;
    if (most_x * most_y < need) return INFINITY;
    if (x->value * y->value >= need) return x->cost + y->cost;
    double least_x = fmax(x->value, need / most_y), rate_x = rate(x), rate_y = rate(y);
    double at = rate_x == 0 ? most_x : rate_y == 0 ? least_x : sqrt(need * rate_y / rate_x);
    at = fmin(fmax(at, least_x), most_x);
    double other = fmin(fmax(need / at, y->value), most_y);
    if (x->tail_value > 0) parts[0] = (at - x->value) / x->tail_value;
    if (y->tail_value > 0) parts[1] = (other - y->value) / y->tail_value;
    return x->cost + parts[0] * x->tail_cost + y->cost + parts[1] * y->tail_cost;
}

/* Per way what it and those before it come to at most. */
static const double *ends_so_far(pl_bounder *b, pl_way_list ways) {
    double *ends = pl_arena_array(&b->arena, ways.count + 1, sizeof *ends);
    if (!ends) b->status = PL_MEMORY;
    for (size_t i = 0; ends && i < ways.count; i++)
        ends[i] = i && ends[i - 1] > pl_way_end(&ways.at[i]) ? ends[i - 1] : pl_way_end(&ways.at[i]);
    return ends;
}

/* The first that comes to so much, or `count`. */
static size_t first_of(const double *ends, size_t count, double need) {
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (ends[middle] < need)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static pl_reach reach_product(pl_bounder *b, const pl_bend *bend, double need) {
    pl_way_list xs = form_ways(b, bend->parts, 1), ys = form_ways(b, bend->parts + 1, 1);
    const double *ends = ends_so_far(b, ys);
    pl_reach best = {.cost = INFINITY};
    const pl_way *chosen[2] = {NULL, NULL};
    double chosen_parts[2] = {0, 0}, parts[2];
    for (size_t i = 0; ends && i < xs.count && xs.at[i].cost < best.cost; i++) {
        const pl_way *x = &xs.at[i];
        size_t first = first_of(ends, ys.count, need / pl_way_end(x) * (1 - PL_SLACK));
        for (size_t k = first; k < ys.count && x->cost + ys.at[k].cost < best.cost; k++) {
            double cost = reach_pair(x, &ys.at[k], need, parts);
            if (cost >= best.cost) continue;
            best.cost = cost;
            chosen[0] = x;
            chosen[1] = &ys.at[k];
            memcpy(chosen_parts, parts, sizeof parts);
        }
    }
    if (chosen[0]) best.picks = pick(b, chosen[0], chosen_parts[0], pick(b, chosen[1], chosen_parts[1], NULL));
    return best;
}

static pl_reach reach_all(pl_bounder *b, const pl_bend *bend, double sign, double need) {
    pl_reach all = {0};
    for (size_t i = 0; i < bend->count && all.cost < INFINITY; i++) {
        pl_reach one = reach_form(b, &bend->parts[i], sign, need);
        all = (pl_reach){all.cost + one.cost, both_picks(b, all.picks, one.picks)};
        count_also(b, &bend->parts[i]);
    }
    return all;
}

static pl_reach reach_any(pl_bounder *b, const pl_bend *bend, double sign, double need) {
    pl_reach best = {.cost = INFINITY};
    const bool *counted = counted_now(b);
    for (size_t i = 0; counted && i < bend->count; i++) {
        begin_again(b, counted);
        pl_reach one = reach_form(b, &bend->parts[i], sign, need);
        if (one.cost < best.cost) best = one;
    }
    return best;
}

static pl_reach reach_choice(pl_bounder *b, const pl_bend *bend, double sign, double need) {
    pl_reach best = {.cost = INFINITY};
    const bool *counted = counted_now(b);
    for (size_t i = 1; counted && i < 3; i++) {
        begin_again(b, counted);
        pl_reach condition = reach_form(b, bend->parts, i == 1 ? 1 : -1, i == 1 ? 0.5 : -0.5);
        begin_again(b, counted);
        pl_reach part = reach_form(b, &bend->parts[i], sign, need);
        bool shared = share_clusters(b->s, bend->parts, &bend->parts[i]);
        double cost = shared ? fmax(condition.cost, part.cost) : condition.cost + part.cost;
        if (cost < best.cost) best = (pl_reach){cost, both_picks(b, condition.picks, part.picks)};
    }
    return best;
}

static pl_reach reach_bend(pl_bounder *b, const pl_bend *bend, double sign, double need) {
    if (bend->kind == PL_BEND_LEAST || bend->kind == PL_BEND_MOST)
        return (bend->kind == PL_BEND_LEAST) == (sign > 0) ? reach_all(b, bend, sign, need) : reach_any(b, bend, sign, need);
    if (bend->kind == PL_BEND_CHOICE) return reach_choice(b, bend, sign, need);
    bool positive =
        bend->kind == PL_BEND_PRODUCT && sign > 0 && within(b, bend->parts, 1).low >= 0 && within(b, bend->parts + 1, 1).low >= 0;
    return positive ? reach_product(b, bend, need) : reach_in(b, bend_ways(b, bend, sign), need);
}

static bool is_one_bend(const pl_bounder *b, const pl_form *form) {
    for (size_t c = 0; c < b->s->cluster_count; c++)
        if (form->involved[c]) return false;
    return form->bends && !form->bends->next;
}

static pl_reach reach_form(pl_bounder *b, const pl_form *form, double sign, double need) {
    pl_interval all = within(b, form, sign);
    if (b->status != PL_OK || all.high < need) return (pl_reach){.cost = INFINITY};
    if (all.low >= need) return (pl_reach){0};
    if (!is_one_bend(b, form)) return reach_in(b, form_ways(b, form, sign), need);
    const pl_bend *bend = form->bends;
    return reach_bend(b, bend, bend->factor > 0 ? sign : -sign, (need - sign * form->constant) / fabs(bend->factor));
}

/* ---- as a whole ---- */

pl_status pl_bounder_open(pl_bounder *b, const pl_shape *s) {
    *b = (pl_bounder){.s = s,
                      .floors = calloc(s->cluster_count + 1, sizeof *b->floors),
                      .counted = calloc(s->cluster_count + 1, sizeof *b->counted),
                      .steady = calloc(s->cluster_count + 1, sizeof *b->steady),
                      .whole = calloc(s->cluster_count + 1, sizeof *b->whole)};
    pl_arena_init(&b->arena, 0);
    pl_arena_init(&b->standing_arena, 0);
    return b->floors && b->counted && b->steady && b->whole ? PL_OK : PL_MEMORY;
}

void pl_bounder_close(pl_bounder *b) {
    pl_arena_free(&b->arena);
    pl_arena_free(&b->standing_arena);
    for (size_t i = 0; i < 2; i++) free(b->spare[i]);
    free(b->steady);
    free(b->whole);
    free(b->floors);
    free(b->counted);
    *b = (pl_bounder){0};
}

/* The cheapest option of a cluster that is left. */
static size_t cheapest(const pl_bounder *b, const pl_cluster *c) {
    size_t i = c->first_option;
    while (i + 1 < c->first_option + c->choice_count && !b->left[b->s->by_cost[i].option]) i++;
    return b->s->by_cost[i].option;
}

double pl_bounder_begin(pl_bounder *b, const pl_left *left, double most) {
    double sum = 0;
    b->left = left;
    pl_arena_free(&b->arena);
    for (size_t c = 0; c < b->s->cluster_count; c++) {
        const pl_cluster *cluster = &b->s->clusters[c];
        b->floors[c] = b->s->options[cheapest(b, cluster)].cost;
        b->whole[c] = true;
        for (size_t k = 0; k < cluster->choice_count; k++) b->whole[c] &= left[cluster->first_option + k] == PL_LEFT_OPEN;
        sum += b->floors[c];
    }
    b->most = most - sum;
    return sum;
}

pl_reach pl_bounder_reach(pl_bounder *b, const pl_form *form, double sign, double need) {
    memset(b->counted, 0, b->s->cluster_count * sizeof *b->counted);
    return reach_form(b, form, sign, need);
}

static size_t cluster_of(const pl_shape *s, size_t option) {
    size_t c = 0;
    while (c + 1 < s->cluster_count && s->clusters[c + 1].first_option <= option) c++;
    return c;
}

static void take(const pl_bounder *b, const pl_way *way, double part, size_t *options, double *parts) {
    for (const pl_pick *one = way->picks; one; one = one->next) take(b, one->way, one->part, options, parts);
    if (way->tail_value == 0) part = 0;
    if (way->first) take(b, way->first, part, options, parts);
    if (way->second && way->second != way->first) take(b, way->second, part, options, parts);
    if (way->option == UINT32_MAX) return;
    size_t cluster = cluster_of(b->s, way->option);
    options[cluster] = way->option;
    parts[cluster] = way->reaches ? 1 : part;
}

void pl_bounder_plan(const pl_bounder *b, const pl_reach *reach, size_t *options, double *parts) {
    for (size_t c = 0; c < b->s->cluster_count; c++) {
        options[c] = cheapest(b, &b->s->clusters[c]);
        parts[c] = 0;
    }
    for (const pl_pick *one = reach->picks; one; one = one->next) take(b, one->way, one->part, options, parts);
}
