/* What stands in the template of a model; template.c writes it. */
#ifndef PLUMBLINE_REPORT_TEMPLATE_INTERNAL_H
#define PLUMBLINE_REPORT_TEMPLATE_INTERNAL_H

#include "model/vocabulary.h"

/* One column: its header is the word of `words` for `meaning`, or `code` where it is an element of the data. */
typedef struct template_column {
    const pl_word *words;
    int meaning;
    const char *code;
    const pl_word *choices; /* offered in a list, or NULL */
    bool others;            /* something else may be written too */
    bool numbers;           /* what looks like a number is one; elsewhere it is a text, such as a code or a period */
    const char *about, *about_zh;
} template_column;

#define TEMPLATE_MOST_COLUMNS 19

/* A row of texts in the order of the columns; NULL: empty. Where a column has choices, the English word. */
typedef const char *template_row[TEMPLATE_MOST_COLUMNS];

typedef struct template_sheet {
    pl_sheet_kind kind;
    const template_column *columns;
    size_t column_count;
    const template_row *rows, *rows_zh;
    size_t row_count;
} template_sheet;

/* One setting: it has a row of its own, with a list beside it. */
typedef struct template_setting {
    pl_setting setting;
    const pl_word *choices;
    bool others;
    const char *value, *value_zh; /* NULL: left empty */
    const char *about, *about_zh;
} template_setting;

extern const template_sheet template_sheets[];
extern const size_t template_sheet_count;
extern const template_setting template_settings[];
extern const size_t template_setting_count;

#endif
