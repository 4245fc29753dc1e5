/* Levels within the stretches of a linear cost: where the rules turn or jump, so that between two levels nothing moves, or all in
 * proportion. What goes one way otherwise gets levels close together, and what is not known gets them at round values. */
#include "study/coursing.h"

#include <plumbline/base/number.h>

#include <math.h>

#define MOST_KINKS 500 /* in one stretch; what comes after is taken in parts */
#define PARTS 80       /* a whole stretch gets about so many */
#define NEAR 1e-11     /* of the stretch: so near a kink is found */

typedef struct stretch {
    pl_courses *courses;
    pl_shape *s;
    pl_move *move;
    size_t index;    /* of the level that it goes on from */
    double from, to; /* as a whole */
    size_t kinks;
} stretch;

/* ---- round values ---- */

/* The largest of 1, 2, 5, 10 ... that fits so often. */
static double round_part(double range) {
    double most = range / PARTS, power = pow(10, floor(log10(most)));
    return most >= 5 * power ? 5 * power : most >= 2 * power ? 2 * power : power;
}

/* Levels at round values after `index`, which moves on to the last of them. */
static pl_status cut_round(pl_move *move, size_t *index) {
    double from = move->levels[*index].value, to = move->levels[*index + 1].value;
    double part = round_part(fabs(to - from)), way = to > from ? 1 : -1;
    double first = floor(way * from / part + 1e-9) + 1;
    for (size_t k = 0;; k++) {
        double value = pl_number_round(way * (first + (double)k) * part, 10);
        if ((to - value) * way <= part * 1e-6) return PL_OK;
        pl_status status = pl_move_split(move, (*index)++, value);
        if (status != PL_OK) return status;
    }
}

pl_status pl_kinks_guess(pl_move *move, bool *guessed) {
    for (size_t k = 0; k + 1 < move->count; k++) {
        if (!move->levels[k].divisible) continue;
        pl_status status = cut_round(move, &k);
        if (status != PL_OK) return status;
        *guessed = true;
    }
    return PL_OK;
}

/* ---- kinks ---- */

/* Moves one of the two bounds of the first kink after `from` to a value between them. */
static pl_status narrow(const stretch *t, const pl_evaluation *from, double value, double *smooth, double *beyond,
                        pl_course *course) {
    pl_evaluation *at;
    if ((value - *smooth) * (*beyond - value) <= 0) return PL_OK;
    pl_status status = pl_courses_at(t->courses, value, &at);
    if (status != PL_OK) return status;
    pl_course found = pl_courses_between(t->courses, from, at);
    *(t->courses->kink ? beyond : smooth) = value;
    if (!t->courses->kink) *course = found;
    pl_evaluation_free(at);
    return PL_OK;
}

/* The number with the fewest decimals from the one to the other: rules have their limits at such. */
static double roundest(double from, double to) {
    double middle = from + (to - from) / 2, low = fmin(from, to), high = fmax(from, to);
    for (int digits = 0; digits <= 12; digits++) {
        double round = pl_number_round(middle, digits);
        if (low <= round && round <= high) return round;
    }
    return to;
}

/* The first kink between a value and `beyond`: after `smooth`, at `beyond` at the latest. */
static pl_status find_kink(const stretch *t, const pl_evaluation *from, double *smooth, double *beyond, pl_course *course) {
    double start = *smooth, near = fabs(t->to - t->from) * NEAR, way = t->to > t->from ? 1 : -1;
    double hint = t->courses->hint, guess = start + (*beyond - start) * hint;
    pl_status status = PL_OK;
    if (hint > 0 && hint < 1) {
        status = narrow(t, from, guess - way * near / 2, smooth, beyond, course);
        if (status == PL_OK) status = narrow(t, from, guess + way * near / 2, smooth, beyond, course);
    }
    while (status == PL_OK && fabs(*beyond - *smooth) > near)
        status = narrow(t, from, *smooth + (*beyond - *smooth) / 2, smooth, beyond, course);
    if (status != PL_OK) return status;
    double round = roundest(*smooth, *beyond);
    return narrow(t, from, round, smooth, beyond, course);
}

/* ---- levels ---- */

static pl_opening opening_of(stretch *t, pl_course course) {
    t->s->bent |= course == PL_COURSE_UNKNOWN;
    return course == PL_COURSE_STRAIGHT ? PL_OPENS_STRAIGHT : course == PL_COURSE_ONE_WAY ? PL_OPENS_ONE_WAY : PL_OPENS_NOT;
}

/* A level at a value; what lies before it opens so. At the end of the stretch there is one. */
static pl_status add_level(stretch *t, double value, pl_opening before) {
    t->move->levels[t->index].opens = before;
    pl_status status = PL_OK;
    if (value != t->to) status = pl_move_split(t->move, t->index, value);
    t->index++;
    return status;
}

/* What is no line in parts; each may be known better than the whole. */
static pl_status add_parts(stretch *t, double to) {
    double from = t->move->levels[t->index].value;
    size_t parts = (size_t)ceil(fabs(to - from) / fabs(t->to - t->from) * PARTS);
    pl_evaluation *before = NULL;
    pl_status status = pl_courses_at(t->courses, from, &before);
    for (size_t i = 1; i <= parts && status == PL_OK; i++) {
        double value = i < parts ? pl_number_round(from + (to - from) * (double)i / (double)parts, 10) : to;
        pl_evaluation *at = NULL;
        status = pl_courses_at(t->courses, value, &at);
        if (status == PL_OK) status = add_level(t, value, opening_of(t, pl_courses_between(t->courses, before, at)));
        pl_evaluation_free(before);
        before = at;
    }
    pl_evaluation_free(before);
    return status;
}

static pl_status add_piece(stretch *t, double to, pl_course course) {
    return course >= PL_COURSE_ONE_WAY ? add_parts(t, to) : add_level(t, to, opening_of(t, course));
}

/* From one level to the next kink, and over it. */
static pl_status go_on(stretch *t, const pl_evaluation *end) {
    double smooth = t->move->levels[t->index].value, beyond = t->to, start = smooth;
    pl_evaluation *from;
    pl_status status = pl_courses_at(t->courses, smooth, &from);
    if (status != PL_OK) return status;
    pl_course course = pl_courses_between(t->courses, from, end);
    if (!t->courses->kink || t->kinks++ == MOST_KINKS) {
        pl_evaluation_free(from);
        return add_piece(t, t->to, t->courses->kink && course < PL_COURSE_ONE_WAY ? PL_COURSE_ONE_WAY : course);
    }
    status = find_kink(t, from, &smooth, &beyond, &course);
    pl_evaluation_free(from);
    if (status == PL_OK && smooth != start) status = add_piece(t, smooth, course);
    return status == PL_OK ? add_level(t, beyond, PL_OPENS_NOT) : status;
}

static pl_status study(stretch *t) {
    pl_evaluation *end;
    pl_status status = pl_courses_at(t->courses, t->to, &end);
    if (status != PL_OK) return status;
    while (status == PL_OK && t->move->levels[t->index].value != t->to) status = go_on(t, end);
    pl_evaluation_free(end);
    return status;
}

pl_status pl_kinks_find(pl_shape *s, size_t cluster) {
    pl_courses courses;
    pl_move *move = &s->o->moves[s->clusters[cluster].moves[0]];
    pl_status status = pl_courses_open(&courses, s, cluster);
    for (size_t k = 0; k + 1 < move->count && status == PL_OK;) {
        if (!move->levels[k].divisible) {
            k++;
            continue;
        }
        stretch t = {&courses, s, move, k, move->levels[k].value, move->levels[k + 1].value, 0};
        status = study(&t);
        k = t.index;
    }
    pl_courses_close(&courses);
    return status;
}
