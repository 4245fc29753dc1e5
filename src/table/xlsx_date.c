#include "table/xlsx_date.h"

#include <plumbline/base/date.h>

#include <math.h>
#include <stdio.h>

#define LAST_DAY 2958465 /* 31 December 9999 */
#define SECONDS 86400

/* From 27 on those of East Asian editions, as the Chinese one has them. */
static const struct {
    unsigned char first, last;
    pl_date_kind kind;
} built_in[] = {
    {14, 16, PL_DATE_DAY},   {17, 17, PL_DATE_MONTH}, {18, 21, PL_DATE_TIME},  {22, 22, PL_DATE_DAY_TIME},
    {27, 27, PL_DATE_MONTH}, {28, 31, PL_DATE_DAY},   {32, 35, PL_DATE_TIME},  {36, 36, PL_DATE_MONTH},
    {45, 47, PL_DATE_TIME},  {50, 50, PL_DATE_MONTH}, {51, 51, PL_DATE_DAY},   {52, 52, PL_DATE_MONTH},
    {53, 54, PL_DATE_DAY},   {55, 56, PL_DATE_TIME},  {57, 57, PL_DATE_MONTH}, {58, 58, PL_DATE_DAY},
};

pl_date_kind pl_date_kind_of_id(unsigned long id) {
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        if (id >= built_in[i].first && id <= built_in[i].last) return built_in[i].kind;
    return PL_DATE_NONE;
}

/* Past a part of a format that is not shown or shown as it is: a text in quotes, a character after \ _ or *, a colour or language
 * in brackets. Durations in brackets, [h]:mm, are times. */
static size_t skip_literal(pl_str format, size_t at, bool *time) {
    char c = format.at[at];
    if (c == '\\' || c == '_' || c == '*') return at + 2;
    if (c != '"' && c != '[') return at;
    size_t end = at + 1;
    while (end < format.len && format.at[end] != (c == '[' ? ']' : '"')) end++;
    bool duration = c == '[' && end > at + 1;
    for (size_t i = at + 1; i < end && duration; i++) duration = strchr("hmsHMS", format.at[i]) != NULL;
    *time |= duration;
    return end + 1;
}

pl_date_kind pl_date_kind_of_format(pl_str format) {
    bool year = false, month = false, day = false, time = false;
    for (size_t i = 0; i < format.len && format.at[i] != ';';) {
        size_t next = skip_literal(format, i, &time);
        if (next == i) {
            char c = format.at[next++];
            year |= c == 'y' || c == 'Y';
            month |= c == 'm' || c == 'M';
            day |= c == 'd' || c == 'D';
            time |= c == 'h' || c == 'H' || c == 's' || c == 'S';
        }
        i = next;
    }
    if (time) return year || day ? PL_DATE_DAY_TIME : PL_DATE_TIME; /* m are minutes then */
    if (day || (month && !year)) return PL_DATE_DAY;
    return month ? PL_DATE_MONTH : year ? PL_DATE_YEAR : PL_DATE_NONE;
}

typedef struct calendar_day {
    int32_t year, month, day;
} calendar_day;

static calendar_day day_of(long number) {
    calendar_day date;
    pl_date_split((int32_t)number, &date.year, &date.month, &date.day);
    return date;
}

/* The day with this number. Number 60 is 29 February 1900, which spreadsheets believe in; 0 is the day before 1 January 1900. */
static calendar_day numbered_day(long number, bool since_1904) {
    if (since_1904) return day_of(number + 1462);
    if (number == 60) return (calendar_day){1900, 2, 29};
    if (number == 0) return (calendar_day){1899, 12, 31};
    return day_of(number < 60 ? number + 1 : number);
}

size_t pl_shown_date_print(char out[PL_SHOWN_DATE_SIZE], double days, pl_date_kind kind, bool since_1904) {
    long last = since_1904 ? LAST_DAY - 1462 : LAST_DAY;
    if (kind == PL_DATE_NONE || !(days >= 0) || days >= (double)last + 1) return 0;
    long long seconds = llround(days * SECONDS);
    long day = (long)(seconds / SECONDS), second = (long)(seconds % SECONDS);
    if (day > last) return 0;
    long hours = second / 3600, minutes = second / 60 % 60;
    second %= 60;
    if (kind == PL_DATE_TIME) /* of a duration the hours go on */
        return (size_t)snprintf(out, PL_SHOWN_DATE_SIZE, "%02ld:%02ld:%02ld", hours + 24 * day, minutes, second);
    calendar_day date = numbered_day(day, since_1904);
    int length = snprintf(out, PL_SHOWN_DATE_SIZE, "%04d", date.year);
    if (kind == PL_DATE_YEAR && date.month == 1 && date.day == 1) return (size_t)length;
    length += snprintf(out + length, PL_SHOWN_DATE_SIZE - (size_t)length, "-%02d", date.month);
    if (kind == PL_DATE_MONTH && date.day == 1) return (size_t)length;
    length += snprintf(out + length, PL_SHOWN_DATE_SIZE - (size_t)length, "-%02d", date.day);
    if (kind == PL_DATE_DAY_TIME)
        length += snprintf(out + length, PL_SHOWN_DATE_SIZE - (size_t)length, "T%02ld:%02ld:%02ld", hours, minutes, second);
    return (size_t)length;
}
