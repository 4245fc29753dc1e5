#include "table/xlsx_xml.h"

#include <stdlib.h>

#define BLOCK_BYTES 65536

void pl_xml_stop(pl_xml_reader *r, pl_status status) {
    if (r->status != PL_OK) return;
    r->status = status;
    XML_StopParser(r->parser, XML_FALSE);
}

const char *pl_xml_attribute(const char **attributes, const char *name) {
    for (; *attributes; attributes += 2)
        if (strcmp(pl_xml_local(attributes[0]), name) == 0) return attributes[1];
    return NULL;
}

static pl_place place_of(const pl_xml_reader *r) {
    return r->place ? r->place(r->context) : (pl_place){.file = r->part->archive->name};
}

static void on_start(void *user, const char *name, const char **attributes) {
    pl_xml_reader *r = user;
    if (r->status != PL_OK) return;
    if (++r->depth > PL_MOST_DEPTH)
        pl_xml_stop(r, pl_problem_add(r->problems, PL_ERROR, "E114", place_of(r), "%s is nested over %d elements deep",
                                      r->part->path, PL_MOST_DEPTH));
    else if (r->start)
        r->start(r->context, pl_xml_local(name), attributes);
}

static void on_end(void *user, const char *name) {
    pl_xml_reader *r = user;
    if (r->status != PL_OK) return;
    r->depth--;
    if (r->end) r->end(r->context, pl_xml_local(name));
}

static void on_text(void *user, const char *at, int size) {
    pl_xml_reader *r = user;
    if (r->status == PL_OK) r->text(r->context, at, (size_t)size);
}

/* No workbook has a document type, and with it come entities, which can grow without end. */
static void on_doctype(void *user, const char *name, const char *system, const char *public, int internal) {
    (void)name, (void)system, (void)public, (void)internal;
    pl_xml_reader *r = user;
    pl_xml_stop(r, pl_problem_add(r->problems, PL_ERROR, "E114", place_of(r), "%s declares a document type, which is refused",
                                  r->part->path));
}

static pl_status make_parser(pl_xml_reader *r, const pl_part *part, pl_problems *problems) {
    static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
    r->part = part;
    r->problems = problems;
    r->depth = 0;
    r->fed = 0;
    r->lenient = false;
    r->status = PL_OK;
    r->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (!r->parser) return PL_MEMORY;
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    if (r->text) XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    return PL_OK;
}

static void free_parser(pl_xml_reader *r, pl_part *part) {
    if (r->parser) XML_ParserFree(r->parser);
    r->parser = NULL;
    pl_part_close(part);
}

static pl_status not_well_formed(pl_xml_reader *r) {
    enum XML_Error error = XML_GetErrorCode(r->parser);
    if (r->status != PL_OK) return r->status;
    if (error == XML_ERROR_NO_MEMORY) return PL_MEMORY;
    if (r->lenient) return PL_OK;
    return pl_problem_add(r->problems, PL_ERROR, "E114", place_of(r), "%s is no well-formed XML: %s (line %lu)", r->part->path,
                          XML_ErrorString(error), (unsigned long)XML_GetCurrentLineNumber(r->parser));
}

/* The parser keeps a token until it is whole, and looks through it anew with every block: long ones are refused. */
static bool token_too_long(const pl_xml_reader *r) {
    XML_Index at = XML_GetCurrentByteIndex(r->parser);
    return at >= 0 && r->fed > (uint64_t)at && r->fed - (uint64_t)at > PL_MOST_TOKEN;
}

static pl_status parse_all(pl_xml_reader *r, pl_part *part) {
    for (;;) {
        size_t got;
        void *block = XML_GetBuffer(r->parser, BLOCK_BYTES);
        if (!block) return PL_MEMORY;
        pl_status status = pl_part_read(part, block, BLOCK_BYTES, &got, r->problems);
        if (status != PL_OK) return status;
        if (XML_ParseBuffer(r->parser, (int)got, got == 0) != XML_STATUS_OK) return not_well_formed(r);
        if (got == 0) return r->status;
        r->fed += got;
        if (token_too_long(r) && r->lenient) return PL_OK;
        if (token_too_long(r))
            return pl_problem_add(r->problems, PL_ERROR, "E114", place_of(r), "%s has a tag or comment of over %zu bytes",
                                  part->path, PL_MOST_TOKEN);
    }
}

pl_status pl_xml_read(pl_xml_reader *r, const pl_archive *archive, const char *path, pl_problems *problems) {
    pl_part part;
    pl_status status = pl_part_open(&part, archive, path, problems);
    if (status == PL_OK) status = make_parser(r, &part, problems);
    if (status == PL_OK) status = parse_all(r, &part);
    free_parser(r, &part);
    return status;
}

/* ---- what follows the cells ---- */

#define END_TAG "sheetData>"
#define LOOK_BACK 64 /* a prefix is shorter */

/* Where the end tag of the cells ends, if it does between `from` and `end`; else NULL. */
static const char *after_cells(const char *from, const char *end) {
    const char *at = from;
    while ((at = memmem(at, (size_t)(end - at), END_TAG, strlen(END_TAG)))) {
        const char *name = at;
        while (name > from && name[-1] != '<' && at - name < LOOK_BACK) name--;
        at += strlen(END_TAG);
        if (name > from && name[-1] == '<' && *name == '/') return at;
    }
    return NULL;
}

/* Unpacks up to the end of the cells and gives the parser what came after it in the same block. */
static pl_status skip_cells(pl_xml_reader *r, pl_part *part, bool *found) {
    static const char root[] = "<rest>";
    char block[BLOCK_BYTES + 2 * LOOK_BACK];
    size_t kept = 0, got;
    for (;;) {
        pl_status status = pl_part_read(part, block + kept, BLOCK_BYTES, &got, r->problems);
        if (status != PL_OK || !got) return status;
        const char *end = block + kept + got, *rest = after_cells(block, end);
        if (rest) {
            *found = true;
            r->fed = sizeof root - 1 + (size_t)(end - rest);
            bool good = XML_Parse(r->parser, root, sizeof root - 1, 0) == XML_STATUS_OK &&
                        XML_Parse(r->parser, rest, (int)(end - rest), 0) == XML_STATUS_OK;
            return good ? PL_OK : not_well_formed(r);
        }
        kept = kept + got < 2 * LOOK_BACK ? kept + got : 2 * LOOK_BACK;
        memmove(block, end - kept, kept);
    }
}

pl_status pl_xml_read_after_cells(pl_xml_reader *r, const pl_archive *archive, const char *path, pl_problems *problems) {
    pl_part part;
    bool found = false;
    pl_status status = pl_part_open(&part, archive, path, problems);
    if (status == PL_OK) status = make_parser(r, &part, problems);
    r->lenient = true;
    if (status == PL_OK) status = skip_cells(r, &part, &found);
    if (status == PL_OK && found && XML_GetErrorCode(r->parser) == XML_ERROR_NONE) status = parse_all(r, &part);
    free_parser(r, &part);
    return status;
}
