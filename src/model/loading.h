/* What the parts of the loader share while a model is made. */
#ifndef PLUMBLINE_MODEL_LOADING_H
#define PLUMBLINE_MODEL_LOADING_H

#include "model/vocabulary.h"

#include <plumbline/base/intern.h>
#include <plumbline/model/model.h>
#include <plumbline/table/csv.h>

/* Codes of the indicators: number n of the set is indicator `index[n]`. */
struct pl_code_index {
    pl_intern *codes;
    size_t *index;
};

/* Defaults that the settings give to every indicator. */
typedef struct pl_defaults {
    const pl_expression *score;
    const pl_expression *impute, *treat; /* NULL: none */
    pl_place score_place, impute_place, treat_place;
    pl_combine how;
    const pl_expression *combine;
    pl_missing_rule missing;
    pl_str tie_break; /* the list, not yet looked up */
    pl_place tie_break_place;
} pl_defaults;

/* Reads one sheet as texts. */
pl_status pl_sheet_read(pl_table *table, const pl_sheet *sheet, const pl_csv_options *options, pl_problems *problems);

/* The column of a table that has this meaning; table->column_count when there is none. The first of several. */
size_t pl_column_of(const pl_table *table, const pl_word *words, int meaning);

pl_place pl_cell_place(const pl_table *table, size_t column, size_t row);

/* Records that `text` is none of the words of a list. */
pl_status pl_unknown_word(pl_problems *problems, const char *code, pl_place place, pl_str text, const pl_word *list);

/* Parses "mean" or an expression over codes. */
pl_status pl_combine_parse(pl_model *model, pl_str text, pl_place place, pl_problems *problems, pl_combine *how,
                           const pl_expression **expression);

pl_status pl_settings_load(pl_model *model, pl_defaults *defaults, const pl_sheet *sheet, pl_problems *problems);
pl_status pl_tie_break_resolve(pl_model *model, const pl_defaults *defaults, pl_problems *problems);
pl_status pl_indicators_load(pl_model *model, const pl_defaults *defaults, const pl_sheet *sheet, pl_problems *problems);

/* Orders `read` (in the order of the sheet; parents by code) into the tree of the model, and checks it. Where
 * the tree is wrong, but for cycles, it is made all the same, so that its nodes can be checked. */
pl_status pl_tree_make(pl_model *model, pl_indicator *read, const pl_str *parents, size_t count, pl_problems *problems);

#endif
