/* What the parts of the loader share while a model is made. */
#ifndef PLUMBLINE_MODEL_LOADING_H
#define PLUMBLINE_MODEL_LOADING_H

#include "model/vocabulary.h"

#include <plumbline/base/intern.h>
#include <plumbline/model/change.h>
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
    pl_str silence; /* likewise */
    pl_place silence_place;
} pl_defaults;

/* Which sheet it is, by its name; -1 when it is none. The data may also be JSON. */
int pl_sheet_kind_of(const pl_sheet *sheet);
/* The files of a folder that are sheets of a model, by their names; these live in `arena`, the array (free) does not. E301 where
 * the folder cannot be read. */
pl_status pl_folder_list(const char *path, pl_arena *arena, pl_sheet **sheets, size_t *count, pl_problems *problems);

/* Reads one sheet as texts, with its changes laid over them. */
pl_status pl_sheet_read(pl_table *table, const pl_sheet *sheet, const pl_csv_options *options, pl_problems *problems);

/* Makes the changes of a sheet in the table that was read from it: all but those of units, which wait for their attributes. */
pl_status pl_sheet_lay_changes(pl_table *table, const pl_sheet *sheet, pl_problems *problems);

/* As pl_model_load_sheets, with changes, of which copies are made. */
pl_status pl_model_load_with(pl_model **out, const char *path, const pl_sheet *sheets, size_t count, const pl_sheet_change *changes,
                             size_t change_count, pl_problems *problems);

/* Whether an indicator left by a change: what still names it is no mistake. */
bool pl_model_removed(const pl_model *model, pl_str code);

/* Whether a file is JSON, by its name. */
bool pl_is_json(const char *name);

/* The column of a table that has this meaning; table->column_count when there is none. The first of several. */
size_t pl_column_of(const pl_table *table, const pl_word *words, int meaning);

/* What of a sheet's name says which sheet it is: that of a file without ".csv"; empty when it is no sheet. */
pl_str pl_sheet_word(const pl_sheet *sheet);

/* Adds the bytes that a sheet was read from; of a workbook all. */
pl_status pl_sheet_digest(pl_digest *digest, const pl_sheet *sheet);

/* Reads a word into *out; E318 where the column knows no such word. An empty cell leaves *out alone. */
pl_status pl_cell_word(const pl_table *table, size_t column, size_t row, const pl_word *words, int *out, pl_problems *problems);

/* Records that `text` is none of the words of a list. */
pl_status pl_unknown_word(pl_problems *problems, const char *code, pl_place place, pl_str text, const pl_word *list);

/* Parses "mean" or an expression over codes. */
pl_status pl_combine_parse(pl_model *model, pl_str text, pl_place place, pl_problems *problems, pl_combine *how,
                           const pl_expression **expression);

/* Functions of the model's own, and its grades; a NULL sheet has none. */
pl_status pl_functions_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems);
pl_status pl_grades_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems);
/* Loads a model from a workbook, which becomes the model's. */
pl_status pl_model_load_workbook(pl_model **out, const char *path, pl_problems *problems);

/* The sheet of a workbook that holds data: the one called so, else the only one that is not hidden (E306: neither). Its name
 * becomes [path]sheet. */
pl_status pl_data_sheet(pl_sheet *sheet, pl_arena *arena, pl_workbook *workbook, const char *path, pl_problems *problems);

pl_status pl_settings_load(pl_model *model, pl_defaults *defaults, const pl_sheet *sheet, pl_problems *problems);
pl_status pl_tie_break_resolve(pl_model *model, const pl_defaults *defaults, pl_problems *problems);
pl_status pl_silence_resolve(pl_model *model, const pl_defaults *defaults, pl_problems *problems);
/* What lights a lamp, from the sheet lamps; a NULL sheet has none. */
pl_status pl_lamps_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems);
pl_status pl_uncovered_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems);
pl_status pl_costs_load(pl_model *model, const pl_sheet *sheet, pl_problems *problems);
pl_status pl_indicators_load(pl_model *model, const pl_defaults *defaults, const pl_sheet *sheet, pl_problems *problems);

/* Orders `read` (in the order of the sheet; parents by code) into the tree of the model, and checks it. Where
 * the tree is wrong, but for cycles, it is made all the same, so that its nodes can be checked. */
pl_status pl_tree_make(pl_model *model, pl_indicator *read, const pl_str *parents, size_t count, pl_problems *problems);

#endif
