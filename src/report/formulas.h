/* How an inner node comes out of others, as a spreadsheet's formula. */
#ifndef PLUMBLINE_REPORT_FORMULAS_H
#define PLUMBLINE_REPORT_FORMULAS_H

#include <plumbline/model/model.h>

/* Where the sheet has what formulas refer to; rows count from 1, columns from 0. */
typedef struct formula_sheet {
    const pl_model *model;
    size_t first_column; /* of the root; the other nodes follow in tree order */
    size_t weight_row, full_row;
    const char *absent; /* the word in the cell of a node that does not apply */
} formula_sheet;

/* The formula of one inner node, for any row. */
typedef struct formula {
    pl_buffer pattern; /* with FORMULA_ROW wherever the row's number stands */
    size_t *needs;     /* nodes that it refers to, each once */
    size_t need_count;
    bool all_needed;     /* it gives an empty text unless all of them have values; otherwise one is enough */
    const char *why_not; /* NULL, or why there is none, in English and in Chinese */
    const char *why_not_zh;
} formula;

#define FORMULA_ROW '\x01'

/* PL_MEMORY, or PL_OK with the formula or the reason for its lack. */
pl_status formula_make(formula *out, const formula_sheet *sheet, size_t indicator);
void formula_free(formula *f);

/* The formula in a row, with its leading =. */
void formula_print(const formula *f, size_t row, pl_buffer *out);

#endif
