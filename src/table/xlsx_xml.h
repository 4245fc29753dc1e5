/* The XML of a workbook's parts. Names come without their prefixes: files differ in prefixes and namespaces (transitional, strict),
 * and nothing in these parts depends on them. */
#ifndef PLUMBLINE_TABLE_XLSX_XML_H
#define PLUMBLINE_TABLE_XLSX_XML_H

#include "table/xlsx_archive.h"

#include <expat.h>

/* Elements inside one another; real parts have a dozen. */
#define PL_MOST_DEPTH 100
/* Bytes of one tag, comment or name. */
#define PL_MOST_TOKEN ((size_t)1 << 20)

typedef struct pl_xml_reader {
    void *context;
    /* Attributes are pairs of name and value, ended by NULL. The text of an element may come in pieces. Each may be NULL. */
    void (*start)(void *context, const char *name, const char **attributes);
    void (*end)(void *context, const char *name);
    void (*text)(void *context, const char *at, size_t size);
    pl_place (*place)(void *context); /* what is being read now, for problems; NULL: the workbook */
    /* private */
    const pl_part *part;
    pl_problems *problems;
    XML_Parser parser;
    unsigned depth;
    uint64_t fed; /* bytes that the parser was given */
    bool lenient; /* wrong XML just ends the reading */
    pl_status status;
} pl_xml_reader;

/* Parses a part while it is unpacked. E114 where it is not well-formed, has a DOCTYPE or is nested too deeply. */
pl_status pl_xml_read(pl_xml_reader *reader, const pl_archive *archive, const char *path, pl_problems *problems);

/* Parses only what follows the last cell of a sheet, where the merged cells are listed. What is wrong with its XML is left for the
 * reading of the whole to say. */
pl_status pl_xml_read_after_cells(pl_xml_reader *reader, const pl_archive *archive, const char *path, pl_problems *problems);

/* Called by a handler: ends the reading with this status. */
void pl_xml_stop(pl_xml_reader *reader, pl_status status);

/* The name without its prefix. */
static inline const char *pl_xml_local(const char *name) {
    const char *colon = name[0] && name[1] ? strchr(name, ':') : NULL;
    return colon ? colon + 1 : name;
}

/* The value of the attribute with this name, whatever its prefix; NULL: not given. */
const char *pl_xml_attribute(const char **attributes, const char *name);

#endif
