#include "table/xlsx_workbook.h"
#include "table/xlsx_xml.h"

#include <stdlib.h>

/* A number format that the workbook defines itself. */
typedef struct own_format {
    unsigned long id;
    pl_date_kind kind;
} own_format;

typedef struct styles_reader {
    pl_workbook *workbook;
    pl_xml_reader xml;
    own_format *formats;
    size_t count, capacity;
    bool in_cells; /* of the cells, not of the named styles */
} styles_reader;

static pl_status add_format(styles_reader *r, const char **attributes) {
    const char *id = pl_xml_attribute(attributes, "numFmtId"), *format = pl_xml_attribute(attributes, "formatCode");
    if (!id || !format) return PL_OK;
    if (pl_reserve((void **)&r->formats, &r->capacity, r->count + 1, sizeof *r->formats, 0)) return PL_MEMORY;
    r->formats[r->count++] = (own_format){strtoul(id, NULL, 10), pl_date_kind_of_format(pl_str_of(format))};
    return PL_OK;
}

static int by_id(const void *a, const void *b) {
    unsigned long one = ((const own_format *)a)->id, other = ((const own_format *)b)->id;
    return one < other ? -1 : one > other;
}

static pl_status add_style(styles_reader *r, const char **attributes) {
    pl_workbook *book = r->workbook;
    const char *text = pl_xml_attribute(attributes, "numFmtId");
    own_format wanted = {text ? strtoul(text, NULL, 10) : 0, PL_DATE_NONE};
    const own_format *own = r->count ? bsearch(&wanted, r->formats, r->count, sizeof *own, by_id) : NULL;
    if (pl_reserve((void **)&book->styles, &book->style_capacity, book->style_count + 1, 1, 0)) return PL_MEMORY;
    book->styles[book->style_count++] = (unsigned char)(own ? own->kind : pl_date_kind_of_id(wanted.id));
    return PL_OK;
}

/* The workbook's own formats come before the cells' that name them. */
static void begin_cells(styles_reader *r) {
    r->in_cells = true;
    if (r->count) qsort(r->formats, r->count, sizeof *r->formats, by_id);
}

static void on_start(void *context, const char *name, const char **attributes) {
    styles_reader *r = context;
    pl_status status = PL_OK;
    if (r->workbook->style_count >= PL_MOST_STYLES || r->count >= PL_MOST_STYLES)
        status = pl_problem_add(r->xml.problems, PL_ERROR, "E112", (pl_place){.file = r->workbook->name},
                                "has over %d formats of cells", PL_MOST_STYLES);
    else if (strcmp(name, "numFmt") == 0)
        status = add_format(r, attributes);
    else if (r->in_cells && strcmp(name, "xf") == 0)
        status = add_style(r, attributes);
    else if (strcmp(name, "cellXfs") == 0)
        begin_cells(r);
    if (status != PL_OK) pl_xml_stop(&r->xml, status);
}

static void on_end(void *context, const char *name) {
    styles_reader *r = context;
    if (strcmp(name, "cellXfs") == 0) r->in_cells = false;
}

pl_status pl_styles_read(pl_workbook *workbook, pl_problems *problems) {
    styles_reader r = {.workbook = workbook};
    r.xml = (pl_xml_reader){.context = &r, .start = on_start, .end = on_end};
    pl_status status = pl_xml_read(&r.xml, &workbook->archive, workbook->styles_part, problems);
    free(r.formats);
    return status;
}
