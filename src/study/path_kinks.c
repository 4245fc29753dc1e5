/* Values between the levels of a linear cost: round numbers close together, since rules have their limits at round numbers. What
 * lies between two of them is not looked at, so that nothing is proven of it. */
#include "study/pathing.h"

#include <plumbline/base/number.h>

#include <math.h>

/* A stretch gets at least so many parts, and at most two and a half times as many. */
#define PARTS 80

/* The largest of 1, 2, 5, 10 ... that fits so often. */
static double round_part(double range) {
    double most = range / PARTS, power = pow(10, floor(log10(most)));
    return most >= 5 * power ? 5 * power : most >= 2 * power ? 2 * power : power;
}

/* Splits the stretch after *index, which moves on to its last level. */
static pl_status split_stretch(pl_move *move, size_t *index) {
    double from = move->levels[*index].value, to = move->levels[*index + 1].value;
    double part = round_part(fabs(to - from)), way = to > from ? 1 : -1;
    double first = floor(way * from / part + 1e-9) + 1;
    for (size_t k = 0;; k++) {
        double value = pl_number_round(way * (first + (double)k) * part, 10);
        if ((to - value) * way <= part * 1e-6) break;
        pl_status status = pl_move_split(move, *index, value);
        if (status != PL_OK) return status;
        move->levels[(*index)++].divisible = false;
    }
    move->levels[*index].divisible = false;
    return PL_OK;
}

pl_status pl_kinks_find(pl_move *move, bool *bent) {
    for (size_t k = 0; k + 1 < move->count; k++) {
        if (!move->levels[k].divisible) continue;
        pl_status status = split_stretch(move, &k);
        if (status != PL_OK) return status;
        *bent = true;
    }
    return PL_OK;
}
