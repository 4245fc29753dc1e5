/* Dates of spreadsheets: numbers of days that a number format shows as a date. */
#ifndef PLUMBLINE_TABLE_XLSX_DATE_H
#define PLUMBLINE_TABLE_XLSX_DATE_H

#include <plumbline/base/text.h>

/* What a number format shows of a number of days. */
typedef enum pl_date_kind {
    PL_DATE_NONE, /* a plain number */
    PL_DATE_YEAR,
    PL_DATE_MONTH, /* a year and a month */
    PL_DATE_DAY,
    PL_DATE_TIME, /* of the day, or a duration */
    PL_DATE_DAY_TIME,
} pl_date_kind;

/* The kind of a built-in format, by its number. */
pl_date_kind pl_date_kind_of_id(unsigned long id);
/* The kind of a format written out, such as yyyy"年"m"月"d"日". */
pl_date_kind pl_date_kind_of_format(pl_str format);

#define PL_SHOWN_DATE_SIZE 64

/* Writes the number as ISO 8601: 2025-06-30, 2025-06-30T14:30:00, 14:30:00; where the format shows a year and month only, and the
 * day is the first, 2025-03 (which a period is called), likewise 2025. Days count from 1900 with its 29 February that never was, as
 * spreadsheets have it, or from 1904. Returns the length; 0 where the number is no date that a spreadsheet shows. */
size_t pl_shown_date_print(char out[PL_SHOWN_DATE_SIZE], double days, pl_date_kind kind, bool since_1904);

#endif
