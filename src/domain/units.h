/* The tree of units, with its history: what it was on any day stays to be seen. Units come, are renamed, put into another group,
 * moved, merged, split, and end; nothing is overwritten, and each change is a row of the audit.
 *
 * Changes continue the history: none may be dated before the last one of the units that it touches. Of several changes on one day
 * the last counts. A day is written 2025-06-30 and counts from its beginning. All calls stand within a job of the store (store.h),
 * and a problem means that the job must fail; who may call is judged before (access.h).
 *
 * Codes: E941 no such unit on that day, E942 the code was given before, E943 a unit would be below itself, E944 dated before an
 * earlier change, E945 units are left below it, E946 no day, E947 a code or name that is empty or too long. */
#ifndef PLUMBLINE_DOMAIN_UNITS_H
#define PLUMBLINE_DOMAIN_UNITS_H

#include "domain/actor.h"

#define PL_UNIT_CODE_BYTES 64
#define PL_UNIT_NAME_BYTES 400

/* What a unit is called and where it stands. */
typedef struct pl_unit_spec {
    pl_str code; /* for good; unique in its realm, also among units that have ended */
    pl_str name;
    pl_str group;   /* units assessed against each other; empty: none */
    int64_t parent; /* 0: at the top */
} pl_unit_spec;

/* A change of one day. */
typedef struct pl_unit_change {
    const pl_actor *actor;
    pl_str day;
    pl_problems *problems;
} pl_unit_change;

/* A new unit; *out is its number. */
pl_status pl_unit_add(pl_tx *tx, const pl_unit_change *change, const pl_unit_spec *spec, int64_t *out);
pl_status pl_unit_rename(pl_tx *tx, const pl_unit_change *change, int64_t unit, pl_str name);
pl_status pl_unit_regroup(pl_tx *tx, const pl_unit_change *change, int64_t unit, pl_str group);
/* With all that is below it; `parent` 0: to the top. */
pl_status pl_unit_move(pl_tx *tx, const pl_unit_change *change, int64_t unit, int64_t parent);
/* From that day on there is no such unit. None may be left below it. */
pl_status pl_unit_end(pl_tx *tx, const pl_unit_change *change, int64_t unit);
/* The units end and `heir` takes over: what was below them is below it. */
pl_status pl_unit_merge(pl_tx *tx, const pl_unit_change *change, const int64_t *units, size_t count, int64_t heir);
/* The unit ends and new ones take over; what was below it comes below the first of them and can be moved on from there. */
pl_status pl_unit_split(pl_tx *tx, const pl_unit_change *change, int64_t unit, const pl_unit_spec *specs, size_t count,
                        int64_t *out);

/* The unit with this code, whether or not it exists on a given day; 0: there never was one. */
pl_status pl_unit_find(pl_tx *tx, int64_t realm, pl_str code, int64_t *out);

/* Results: unit, code, name, group, parent, depth below `root` of all units below it and itself on a day; a unit and all above it,
 * itself first; what a unit was (from, up to, name, group, parent), oldest first; who took over from it (unit, day). */
pl_status pl_units_at(pl_tx *tx, int64_t realm, int64_t root, pl_str day, pl_rows *rows);
pl_status pl_unit_path_at(pl_tx *tx, int64_t realm, int64_t unit, pl_str day, pl_rows *rows);
pl_status pl_unit_history(pl_tx *tx, int64_t realm, int64_t unit, pl_rows *rows);
pl_status pl_unit_heirs(pl_tx *tx, int64_t realm, int64_t unit, pl_rows *rows);

#endif
