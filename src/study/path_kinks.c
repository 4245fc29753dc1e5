/* Values between the levels of a linear cost: levels close enough together that a rule that bends, or jumps, between them cannot
 * hide much. What lies between two of them is then taken in one of the two. */
#include "study/pathing.h"

#define PARTS 100

pl_status pl_kinks_find(pl_move *move, bool *bent) {
    for (size_t k = 0; k + 1 < move->count; k++) {
        if (!move->levels[k].divisible) continue;
        double from = move->levels[k].value, to = move->levels[k + 1].value;
        for (size_t part = 1; part < PARTS; part++) {
            pl_status status = pl_move_split(move, k, from + (to - from) * (double)part / PARTS);
            if (status != PL_OK) return status;
            move->levels[k].divisible = false;
            k++;
        }
        move->levels[k].divisible = false;
        *bent = true;
    }
    return PL_OK;
}
