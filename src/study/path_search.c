/* A way found by trying: step by step what brings most for its cost, until the place is reached; then whatever is not needed is
 * taken back. It proves nothing. */
#include "study/pathing.h"

#include <math.h>
#include <stdlib.h>

typedef struct trial {
    pl_outlook *o;
    const pl_question *question;
    double deadline;
    size_t *levels;
    double *values;
    pl_judgement now;
} trial;

static bool reached(const trial *t) { return t->now.has_total && t->now.place <= (double)t->question->place; }

static pl_status judge(trial *t, pl_judgement *out) {
    for (size_t i = 0; i < t->o->move_count; i++) t->values[i] = t->o->moves[i].levels[t->levels[i]].value;
    return pl_outlook_judge(t->o, t->values, out);
}

/* The runner-up is not to make one move of the plan: each in turn is left out by the caller through `without`. */
static bool may_move(const trial *t, size_t move) {
    return !t->question->without || t->question->without[move] == t->o->moves[move].levels[0].value;
}

/* Of all further levels of all moves the one that gains most total, or places, for its cost. */
static pl_status climb(trial *t, bool *risen) {
    double best = 0;
    size_t best_move = SIZE_MAX, best_level = 0;
    pl_judgement best_judged = {0};
    for (size_t i = 0; i < t->o->move_count; i++) {
        size_t from = t->levels[i];
        const pl_rung *levels = t->o->moves[i].levels;
        if (!may_move(t, i)) continue;
        for (size_t k = from + 1; k < t->o->moves[i].count && pl_clock() < t->deadline; k++) {
            pl_judgement judged;
            t->levels[i] = k;
            pl_status status = judge(t, &judged);
            t->levels[i] = from;
            if (status != PL_OK) return status;
            double gain = judged.total - t->now.total + 1e-6 * (t->now.place - judged.place);
            gain /= levels[k].cost - levels[from].cost;
            if (!judged.has_total || gain <= best) continue;
            best = gain;
            best_move = i;
            best_level = k;
            best_judged = judged;
        }
    }
    *risen = best_move != SIZE_MAX;
    if (!*risen) return PL_OK;
    t->levels[best_move] = best_level;
    t->now = best_judged;
    return PL_OK;
}

/* Takes back, level by level and the dearest move first, what the place does not need. */
static pl_status take_back(trial *t) {
    for (size_t i = t->o->move_count; i-- > 0;) {
        size_t kept = t->levels[i];
        for (size_t k = 0; k < kept; k++) {
            pl_judgement judged;
            t->levels[i] = k;
            pl_status status = judge(t, &judged);
            if (status != PL_OK) return status;
            if (judged.has_total && judged.place <= (double)t->question->place) {
                kept = k;
                t->now = judged;
            }
        }
        t->levels[i] = kept;
    }
    return PL_OK;
}

static pl_status run(trial *t, pl_reply *reply) {
    bool risen = true;
    pl_status status = judge(t, &t->now);
    while (status == PL_OK && risen && pl_clock() < t->deadline && !reached(t)) status = climb(t, &risen);
    if (status == PL_OK && reached(t)) status = take_back(t);
    if (status != PL_OK || !reached(t)) return status;
    reply->outcome = PL_PATH_REACHED;
    reply->cost = 0;
    for (size_t i = 0; i < t->o->move_count; i++) {
        reply->values[i] = t->o->moves[i].levels[t->levels[i]].value;
        reply->cost += t->o->moves[i].levels[t->levels[i]].cost;
    }
    return status;
}

pl_status pl_search_answer(pl_outlook *o, const pl_question *question, double deadline, pl_reply *reply) {
    trial t = {.o = o,
               .question = question,
               .deadline = deadline,
               .levels = calloc(o->move_count + 1, sizeof *t.levels),
               .values = calloc(o->move_count + 1, sizeof *t.values)};
    reply->outcome = PL_PATH_NOT_FOUND;
    reply->proven = false;
    pl_status status = t.levels && t.values ? run(&t, reply) : PL_MEMORY;
    free(t.levels);
    free(t.values);
    return status;
}
