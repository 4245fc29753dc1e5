/* Days of the Gregorian calendar, counted as spreadsheets do. */
#ifndef PLUMBLINE_BASE_DATE_H
#define PLUMBLINE_BASE_DATE_H

#include <plumbline/base/text.h>

/* The number of a day: 2000-01-01 is 36526, as in a workbook that counts from 1900 (right from March 1900 on). The arithmetic is
 * Howard Hinnant's (chrono-compatible low-level date algorithms). */
int32_t pl_date_number(int32_t year, int32_t month, int32_t day);

/* Reads 2025-06-30, 2025/6/30, 2025.6.30, 2025年6月30日 or 20250630. False when it is none of these, or no day of the calendar. */
bool pl_date_parse(pl_str text, int32_t *out);

/* The day of the calendar that a number is. */
void pl_date_split(int32_t date, int32_t *year, int32_t *month, int32_t *day);

/* Writes a day as 2025-06-30, terminated. */
#define PL_DATE_SIZE 16
void pl_date_print(char out[PL_DATE_SIZE], int32_t date);

/* The year of a day, and the day in it counted from 1. */
int32_t pl_date_year(int32_t date, int32_t *day_of_year);

#endif
