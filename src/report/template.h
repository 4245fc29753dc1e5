/* What stands in the template of a model; template.c writes it. What its columns are for, the model's own descriptions say. */
#ifndef PLUMBLINE_REPORT_TEMPLATE_INTERNAL_H
#define PLUMBLINE_REPORT_TEMPLATE_INTERNAL_H

#include "model/sheets.h"

/* The columns of the data that are elements stand behind its own. */
enum { TEMPLATE_ELEMENT = 24, TEMPLATE_COLUMNS = 28 };

/* A row of texts by the meaning of their column; NULL: empty. Where a column has words of its own, the English one. */
typedef const char *template_row[TEMPLATE_COLUMNS];

typedef struct template_sheet {
    pl_sheet_kind kind;
    uint32_t left_out;           /* a bit for each meaning that a beginner does without */
    const char *const *elements; /* codes, ended by NULL: columns of the data; or NULL */
    const template_row *rows, *rows_zh;
    size_t row_count;
} template_sheet;

/* What a setting is to begin with; those that are not listed are left empty. */
typedef struct template_setting {
    pl_setting setting;
    const char *value, *value_zh;
} template_setting;

extern const template_sheet template_sheets[];
extern const size_t template_sheet_count;
extern const template_setting template_settings[];
extern const size_t template_setting_count;

#endif
