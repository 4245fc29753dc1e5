/* What readers of tables do with a header, whatever file it came from. */
#ifndef PLUMBLINE_TABLE_HEADER_H
#define PLUMBLINE_TABLE_HEADER_H

#include <plumbline/table/csv.h>

/* Lets the caller choose the kinds of the columns, whose names are known. */
void pl_header_choose(pl_table *table, const pl_csv_options *options);

/* Reports a table without a header (E108) and a header that two columns have (E104). */
pl_status pl_header_check(const pl_table *table, pl_problems *problems);

#endif
