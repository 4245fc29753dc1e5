/* What the parts of the workbook reader share. */
#ifndef PLUMBLINE_TABLE_XLSX_WORKBOOK_H
#define PLUMBLINE_TABLE_XLSX_WORKBOOK_H

#include "table/xlsx_archive.h"
#include "table/xlsx_date.h"

#include <plumbline/table/xlsx.h>

#define PL_MOST_SHEETS 4096
#define PL_MOST_STYLES 65536
#define PL_MOST_RELATIONS 65536
#define PL_MOST_SHARED ((size_t)8 << 20)
/* Bytes of memory for the distinct texts of a workbook, and of one sheet. */
#define PL_MOST_TEXT ((size_t)100 << 20)
#define PL_SHEET_COLUMNS 16384
#define PL_SHEET_ROWS 1048576

struct pl_workbook {
    pl_arena arena; /* names and paths */
    pl_archive archive;
    const char *name;
    pl_workbook_sheet *sheets;
    const char **parts; /* per sheet: its path in the archive */
    size_t sheet_count, sheet_capacity, part_capacity;
    const char *texts_part, *styles_part; /* NULL: there is none */
    bool since_1904;
    unsigned char *styles; /* pl_date_kind per cell format */
    size_t style_count, style_capacity;
    bool texts_read;
    pl_intern *texts; /* the shared strings, each distinct one once */
    size_t text_bytes;
    uint32_t *shared; /* per shared string: its number in texts; 0: empty */
    size_t shared_count, shared_capacity;
};

/* Reads the relations of a part into workbook paths: calls `take` for each. `context` first. */
typedef pl_status pl_relation_taker(void *context, pl_str id, pl_str type, const char *path);
pl_status pl_relations_read(pl_workbook *workbook, const char *of, pl_relation_taker *take, void *context, pl_problems *problems);

/* Which cell formats show dates. */
pl_status pl_styles_read(pl_workbook *workbook, pl_problems *problems);

/* The shared strings, when the first sheet that may use them is read. */
pl_status pl_shared_texts_read(pl_workbook *workbook, pl_problems *problems);

/* Undoes _x000D_ and the like in place. Returns the new length. */
size_t pl_unescape(char *text, size_t length);

/* What an entry of an intern set costs, about. */
static inline size_t pl_text_cost(size_t length) { return length + 64; }

#endif
