/* Workbooks (.xlsx) as Excel, WPS and LibreOffice write them. */
#ifndef PLUMBLINE_TABLE_XLSX_H
#define PLUMBLINE_TABLE_XLSX_H

#include <plumbline/table/csv.h>

typedef struct pl_workbook pl_workbook;

typedef struct pl_workbook_sheet {
    const char *name;
    bool hidden;
} pl_workbook_sheet;

/* Whether a file is a workbook by its name: it ends in .xlsx, in any case. */
bool pl_is_workbook(const char *path);

/* Opens a workbook, from a file or from bytes that must outlive it, and finds its sheets; `name` is what problems call it. Nothing
 * is unpacked to disk. Hostile files are refused: E111 no workbook, or damaged, E112 more than is read (bytes as they are unpacked,
 * entries, sheets, cell formats), E113 a part is missing, E114 XML that is not well-formed, has a document type or is nested too
 * deeply. PL_INPUT when something is wrong; *out is then NULL. */
pl_status pl_workbook_open(pl_workbook **out, const char *path, const char *name, pl_problems *problems);
pl_status pl_workbook_open_bytes(pl_workbook **out, const char *name, pl_str bytes, pl_problems *problems);
void pl_workbook_free(pl_workbook *workbook); /* NULL is allowed */

/* The sheets in the order of their tabs; charts and dialogues are left out. */
const pl_workbook_sheet *pl_workbook_sheets(const pl_workbook *workbook, size_t *count);

/* The bytes of the file, for a digest. */
pl_str pl_workbook_bytes(const pl_workbook *workbook);

/* Reads a sheet (one at a time of a workbook) as pl_csv_read reads a file, with the same options (of which pool and max_bytes have
 * no meaning here) and the same idea of missing cells and of numbers, in one thread, while it is unpacked; memory is the columns,
 * the workbook's texts and little more. Table column i is the sheet's column i + 1, table.sheet_header the row of the header, and
 * places name sheet and cell.
 *
 * - The header is the first row with a cell that is not empty. One text merged over several columns above it is a title and is
 *   skipped (note N111). Where header cells are merged downwards, the header is all those rows, and a column has the name that
 *   stands lowest.
 * - A merged cell's value stands for all cells of the merge. A row with nothing of its own is left out all the same.
 * - Formulas count by the value stored with them; W111 where none is. #N/A is missing, any other error in a column that is read is
 *   E116. Dates are ISO texts (xlsx_date.h), TRUE and FALSE are texts, a number in a column of texts has its shortest form.
 * - Cells to the right of the header, or below an empty header, belong to no column (note N112).
 *
 * Further codes: E112 too much text, far more cells than are filled, or merged ranges without end, E115 a cell outside 16,384
 * columns x 1,048,576 rows, out of order, or with a reference that is none, E117 a text or a merged cell that contradicts the rest
 * of the workbook, and of pl_csv_read's E102, E104, E106, E108. */
pl_status pl_workbook_read(pl_table *table, pl_workbook *workbook, size_t sheet, const pl_csv_options *options,
                           pl_problems *problems);

#endif
