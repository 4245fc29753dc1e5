#include <plumbline/base/date.h>

#include <stdio.h>

/* 1970-01-01, and the days from 0000-03-01 to it. */
#define EPOCH 25569
#define DAYS_TO_EPOCH 719468

int32_t pl_date_number(int32_t year, int32_t month, int32_t day) {
    int32_t y = month <= 2 ? year - 1 : year, shifted = month > 2 ? month - 3 : month + 9;
    int32_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int32_t of_year = (153 * shifted + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_TO_EPOCH + EPOCH;
}

static int32_t month_length(int32_t year, int32_t month) {
    static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && leap);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Reads up to `most` digits; 0 where there are none. */
static int32_t take_number(pl_str *rest, size_t most) {
    int32_t value = 0;
    for (size_t i = 0; i < most && rest->len && is_digit(*rest->at); i++) {
        value = value * 10 + (*rest->at - '0');
        rest->at++;
        rest->len--;
    }
    return value;
}

static bool take(pl_str *rest, const char *word) {
    size_t length = strlen(word);
    if (rest->len < length || memcmp(rest->at, word, length) != 0) return false;
    rest->at += length;
    rest->len -= length;
    return true;
}

bool pl_date_parse(pl_str text, int32_t *out) {
    pl_str rest = pl_str_trim(text);
    size_t before = rest.len;
    int32_t year = take_number(&rest, 4), month, day;
    if (before - rest.len != 4) return false;
    if (rest.len == 4 && is_digit(*rest.at)) {
        month = take_number(&rest, 2);
        day = take_number(&rest, 2);
    } else {
        bool named = take(&rest, "年");
        const char *separator = take(&rest, "-") ? "-" : take(&rest, "/") ? "/" : take(&rest, ".") ? "." : NULL;
        if (named == (separator != NULL)) return false;
        month = take_number(&rest, 2);
        if (!take(&rest, named ? "月" : separator)) return false;
        day = take_number(&rest, 2);
        if (named && !take(&rest, "日")) return false;
    }
    if (rest.len || year < 1 || month < 1 || month > 12 || day < 1 || day > month_length(year, month)) return false;
    *out = pl_date_number(year, month, day);
    return true;
}

void pl_date_split(int32_t date, int32_t *year, int32_t *month, int32_t *day) {
    *year = pl_date_year(date, day);
    for (*month = 1; *day > month_length(*year, *month); ++*month) *day -= month_length(*year, *month);
}

void pl_date_print(char out[PL_DATE_SIZE], int32_t date) {
    int32_t year, month, day;
    pl_date_split(date, &year, &month, &day);
    snprintf(out, PL_DATE_SIZE, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
}

int32_t pl_date_year(int32_t date, int32_t *day_of_year) {
    int32_t year = 1970 + (date - EPOCH) / 366;
    while (pl_date_number(year + 1, 1, 1) <= date) year++;
    while (pl_date_number(year, 1, 1) > date) year--;
    *day_of_year = date - pl_date_number(year, 1, 1) + 1;
    return year;
}
