/* Makes small workbooks in memory, part by part, so that tests can write down exactly what stands in them. */
#ifndef PLUMBLINE_TESTS_WORKBOOK_H
#define PLUMBLINE_TESTS_WORKBOOK_H

#include <plumbline/base/text.h>

typedef struct workbook_part {
    const char *path;
    pl_str bytes;
} workbook_part;

/* Zips parts; `at` of the result is from malloc. Parts are deflated, or stored as they are. */
pl_str workbook_zip(const workbook_part *parts, size_t count, bool deflate);

/* What a workbook is made of; NULL parts are left out or have their usual content. */
typedef struct workbook_text {
    const char *sheet;   /* what stands in <worksheet>, from <sheetData> on */
    const char *shared;  /* what stands in <sst> */
    const char *formats; /* what stands in <styleSheet> */
    const char *sheets;  /* what stands in <workbook>; usual: one sheet called data */
    const char *path;    /* of a part that is something else as a whole: */
    pl_str part;
    bool stored;           /* nothing is deflated */
    const char *relations; /* what stands in the <Relationships> of the workbook */
} workbook_text;

/* Makes the archive say that each of its parts unpacks to this size. */
void workbook_declare_size(pl_str workbook, uint32_t size);

/* A workbook with one worksheet, xl/worksheets/sheet1.xml. */
pl_str workbook_make(const workbook_text *text);

#endif
