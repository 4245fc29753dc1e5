/* Names of worksheets: what spreadsheets accept. */
#ifndef PLUMBLINE_REPORT_SHEET_NAME_H
#define PLUMBLINE_REPORT_SHEET_NAME_H

#include <plumbline/base/intern.h>

/* Bytes that hold the name of a sheet and a terminating zero. */
#define BOOK_NAME_SIZE 128

/* Makes a name that is legal and new out of the one that is wanted, and remembers it in `taken`: at most 31 UTF-16 units, none of
 * []:*?/\ nor control characters, no apostrophe at either end, not "History", and unlike all in `taken` when case is ignored. */
pl_status sheet_name_make(char name[BOOK_NAME_SIZE], pl_str wanted, pl_intern *taken);

#endif
