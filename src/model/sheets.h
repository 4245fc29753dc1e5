/* What each column of the sheets is. The words for it are in vocabulary.h. */
#ifndef PLUMBLINE_MODEL_SHEET_COLUMNS_H
#define PLUMBLINE_MODEL_SHEET_COLUMNS_H

#include "model/vocabulary.h"

#include <plumbline/model/sheets.h>

typedef struct pl_sheet_column {
    int meaning;           /* in the words of its sheet */
    const char *type;      /* of its cells: "string" or "number" */
    bool required, unique; /* no cell is empty; no two are the same */
    const pl_word *values; /* the words that its cells may be, or NULL */
    const char *english, *chinese;
    bool others; /* where it has values: something else may be written too, an expression */
} pl_sheet_column;

typedef struct pl_sheet_description {
    pl_sheet_kind kind;
    const pl_word *words;           /* of its columns */
    const pl_sheet_column *columns; /* in the order of show; as many as words have meanings */
    size_t column_count;
    const char *english, *chinese;
} pl_sheet_description;

/* NULL for a sheet that is not described (yet). */
const pl_sheet_description *pl_sheet_described(pl_sheet_kind kind);

/* The description of a column by its header, or NULL. */
const pl_sheet_column *pl_sheet_column_find(const pl_sheet_description *sheet, pl_str header);

/* The keys of the settings sheet, described as if each were a column; *count of them. */
const pl_sheet_column *pl_setting_descriptions(size_t *count);

#endif
