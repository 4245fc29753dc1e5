/* An expression said as a spreadsheet's formula, where a spreadsheet can say the same of one row. */
#ifndef PLUMBLINE_LANG_SPREADSHEET_H
#define PLUMBLINE_LANG_SPREADSHEET_H

#include <plumbline/lang/expression.h>

/* Adds what stands for a name in the formula (a cell such as C7, a number, something in parentheses) to `out`. False when nothing
 * does; then the expression cannot be said. */
typedef bool pl_spreadsheet_name(void *context, pl_reference_kind kind, pl_str name, pl_buffer *out);

/* Adds the formula, without a leading =, to `out`, with the functions' English names and commas, as they stand in a file. Returns
 * PL_INPUT, with `out` as it was, when the expression has a part that no spreadsheet says for one row: aggregates over other rows,
 * other periods, texts, the tests for missing values, functions that compare with peers. PL_MEMORY when `out` could not hold it.
 *
 * The formula gives the expression's value where every name has one; what happens to missing values is the caller's. Two things
 * differ at the margin: 0 ^ 0 is an error in Excel, and Excel takes numbers that agree in 15 digits for equal. */
pl_status pl_expression_spreadsheet(const pl_expression *expression, pl_spreadsheet_name *name, void *context, pl_buffer *out);

#endif
