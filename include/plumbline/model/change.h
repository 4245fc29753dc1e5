/* A model and its data with something changed, in memory: what would be if a weight, a rule, a value were another, a unit were not
 * there, or one more. What is on disk is never touched. */
#ifndef PLUMBLINE_MODEL_CHANGE_H
#define PLUMBLINE_MODEL_CHANGE_H

#include <plumbline/model/dataset.h>

typedef enum pl_change_act {
    PL_ACT_CELL,   /* a cell says something else */
    PL_ACT_REMOVE, /* the row leaves, that of an inner indicator with all that is below it */
    PL_ACT_COPY,   /* a unit enters that has everything of another but its code and its name */
} pl_change_act;

/* One change of a sheet. The sheet, and columns and settings, are named by any of the words for them. */
typedef struct pl_sheet_change {
    pl_str sheet;  /* indicators, settings, units, grades, functions, raters or uncovered */
    pl_str row;    /* its key: the code of an indicator, unit or rater, the name of a grade or function, a setting */
    pl_str column; /* of units an attribute; of settings it is not looked at */
    pl_str text;   /* what the cell says from now on; empty: it says nothing. The code of the unit that a new one is a copy of */
    pl_change_act act;
    pl_place place; /* where the change comes from, for problems */
} pl_sheet_change;

/* Loads the sheets of `base` again with changes laid over them as they are read: what follows is checked, and scored, as if it had
 * stood there. Changes that `base` was loaded with stay in force; of two changes of one cell the later counts. A setting that is
 * not there is added, and so is a column. Attributes of units are changed when pl_dataset_load reads them, wherever they stand; it
 * also adds the units that are copies: behind all others, in the order of the changes, with the attributes, values, events and
 * ballots that the other has in the sheets; changes of its attributes come after that. Who is below the other unit stays there.
 * Events, tie breaks and silenced findings of an indicator that leaves go with it. Returns as pl_model_load does; `base` must
 * outlive the model.
 *
 * Codes, besides those of loading: E371 no such row (of units E334, when the data is loaded), E372 no such column or attribute,
 * E373 a change that cannot be made: the key of a row; a sheet that is not there; a value of the data, or a unit that leaves, which
 * are changes of the dataset; a copy of anything but a unit, or with a code that is taken. */
pl_status pl_model_load_changed(pl_model **out, const pl_model *base, const pl_sheet_change *changes, size_t count,
                                pl_problems *problems);

/* What the cell of a change says in `base` and its data; empty where there is no such cell. The text is the arena's. */
pl_status pl_change_before(pl_str *out, pl_arena *arena, const pl_model *base, const pl_dataset *dataset,
                           const pl_sheet_change *change);

/* One change of a value: indexes into the dataset. */
typedef struct pl_value_change {
    size_t unit, period, element;
    bool present; /* false: it is missing from now on */
    double value;
} pl_value_change;

/* A dataset that shares everything with its base but the columns with a change in them. Of two changes of one value the later
 * counts. `base` must outlive it; the digest is 0, since it is no file's. PL_MEMORY on failure; free with pl_dataset_free. */
pl_status pl_dataset_changed(pl_dataset **out, const pl_dataset *base, const pl_value_change *changes, size_t count);

/* A dataset without these units, their values, events and ballots: no aggregate sees them. Units below them stand below nobody;
 * groups of which nobody is left are gone. Units keep their order. Otherwise as pl_dataset_changed. */
pl_status pl_dataset_without(pl_dataset **out, const pl_dataset *base, const size_t *units, size_t count);

#endif
