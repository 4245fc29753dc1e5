#include "table/xlsx_workbook.h"
#include "table/xlsx_xml.h"

#include <stdlib.h>

#define MOST_BYTES ((size_t)1 << 30) /* of the file */

bool pl_is_workbook(const char *path) {
    size_t length = strlen(path);
    return length > 5 && pl_str_is_fold((pl_str){path + length - 5, 5}, ".xlsx");
}

static bool ends_with(pl_str text, const char *end) {
    size_t length = strlen(end);
    return text.len >= length && memcmp(text.at + text.len - length, end, length) == 0;
}

/* ---- the sheets that the workbook names ---- */

typedef struct book_reader {
    pl_workbook *workbook;
    pl_xml_reader xml;
    pl_intern *ids; /* of the relations; number n leads to paths[n - 1] */
    const char **paths;
    size_t path_count, path_capacity;
    const char *main; /* the path of the workbook's own part */
} book_reader;

/* Types are addresses that differ between the transitional and the strict form in all but their last word. */
static pl_status take_main(void *context, pl_str id, pl_str type, const char *path) {
    (void)id;
    book_reader *r = context;
    if (ends_with(type, "/officeDocument")) r->main = path;
    return PL_OK;
}

static pl_status take_part(void *context, pl_str id, pl_str type, const char *path) {
    book_reader *r = context;
    if (ends_with(type, "/sharedStrings")) r->workbook->texts_part = path;
    if (ends_with(type, "/styles")) r->workbook->styles_part = path;
    if (!ends_with(type, "/worksheet")) return PL_OK;
    uint32_t number;
    if (pl_reserve((void **)&r->paths, &r->path_capacity, r->path_count + 1, sizeof *r->paths, 0) ||
        pl_intern_add(r->ids, id, &number) != PL_OK)
        return PL_MEMORY;
    if (number > r->path_count) r->path_count++;
    r->paths[number - 1] = path;
    return PL_OK;
}

/* The relation's id has a prefix (r:id), sheetId is something else. */
static const char *relation_of(const char **attributes) {
    for (; *attributes; attributes += 2)
        if (strchr(attributes[0], ':') && strcmp(pl_xml_local(attributes[0]), "id") == 0) return attributes[1];
    return NULL;
}

static pl_status add_sheet(book_reader *r, const char **attributes) {
    pl_workbook *book = r->workbook;
    const char *name = pl_xml_attribute(attributes, "name"), *id = relation_of(attributes),
               *state = pl_xml_attribute(attributes, "state");
    uint32_t number = name && id ? pl_intern_find(r->ids, pl_str_of(id)) : 0;
    if (!number) return PL_OK; /* a chart or a dialogue */
    if (book->sheet_count == PL_MOST_SHEETS)
        return pl_problem_add(r->xml.problems, PL_ERROR, "E112", (pl_place){.file = book->name}, "has over %d sheets",
                              PL_MOST_SHEETS);
    pl_str copy;
    size_t count = book->sheet_count + 1;
    if (pl_reserve((void **)&book->sheets, &book->sheet_capacity, count, sizeof *book->sheets, 0) ||
        pl_reserve((void **)&book->parts, &book->part_capacity, count, sizeof *book->parts, 0) ||
        !pl_str_copy(&copy, &book->arena, pl_str_of(name)))
        return PL_MEMORY;
    book->sheets[count - 1] = (pl_workbook_sheet){copy.at, state && strcmp(state, "visible") != 0};
    book->parts[count - 1] = r->paths[number - 1];
    book->sheet_count = count;
    return PL_OK;
}

static void on_start(void *context, const char *name, const char **attributes) {
    book_reader *r = context;
    pl_status status = PL_OK;
    if (strcmp(name, "workbookPr") == 0) {
        const char *since = pl_xml_attribute(attributes, "date1904");
        r->workbook->since_1904 = since && (strcmp(since, "1") == 0 || strcmp(since, "true") == 0 || strcmp(since, "on") == 0);
    } else if (strcmp(name, "sheet") == 0) {
        status = add_sheet(r, attributes);
    }
    if (status != PL_OK) pl_xml_stop(&r->xml, status);
}

static pl_status read_book(book_reader *r, pl_problems *problems) {
    pl_workbook *book = r->workbook;
    pl_status status = pl_relations_read(book, "", take_main, r, problems);
    if (status == PL_OK && !r->main)
        return pl_problem_add(problems, PL_ERROR, "E113", (pl_place){.file = book->name},
                              "is no workbook, though it is a zip archive; open it in a spreadsheet program and save it as .xlsx");
    if (status == PL_OK) status = pl_relations_read(book, r->main, take_part, r, problems);
    r->xml = (pl_xml_reader){.context = r, .start = on_start};
    if (status == PL_OK) status = pl_xml_read(&r->xml, &book->archive, r->main, problems);
    if (status == PL_OK && book->styles_part) status = pl_styles_read(book, problems);
    if (status == PL_OK && !book->sheet_count)
        status = pl_problem_add(problems, PL_ERROR, "E113", (pl_place){.file = book->name}, "has no sheets");
    return status;
}

/* ---- opening ---- */

static pl_status open_source(pl_workbook *book, const char *name, pl_problems *problems) {
    pl_str copy;
    if (!pl_str_copy(&copy, &book->arena, pl_str_of(name))) return PL_MEMORY;
    book->name = book->archive.name = copy.at;
    if (book->archive.source.bytes.len > MOST_BYTES)
        return pl_problem_add(problems, PL_ERROR, "E102", (pl_place){.file = name}, "is larger than %zu bytes", MOST_BYTES);
    pl_status status = pl_archive_open(&book->archive, problems);
    book_reader r = {.workbook = book};
    if (status == PL_OK) status = pl_intern_create(&r.ids, 0);
    if (status == PL_OK) status = read_book(&r, problems);
    pl_intern_free(r.ids);
    free(r.paths);
    return status;
}

static pl_status open_workbook(pl_workbook **out, const char *path, const char *name, pl_str bytes, pl_problems *problems) {
    *out = NULL;
    pl_workbook *book = calloc(1, sizeof *book);
    if (!book) return PL_MEMORY;
    pl_arena_init(&book->arena, 0);
    pl_status status = PL_OK;
    if (path)
        status = pl_source_open(&book->archive.source, path, name, MOST_BYTES, problems);
    else
        book->archive.source.bytes = bytes;
    if (status == PL_OK) status = open_source(book, name, problems);
    if (status == PL_OK)
        *out = book;
    else
        pl_workbook_free(book);
    return status;
}

pl_status pl_workbook_open(pl_workbook **out, const char *path, const char *name, pl_problems *problems) {
    return open_workbook(out, path, name, (pl_str){0}, problems);
}

pl_status pl_workbook_open_bytes(pl_workbook **out, const char *name, pl_str bytes, pl_problems *problems) {
    return open_workbook(out, NULL, name, bytes, problems);
}

void pl_workbook_free(pl_workbook *book) {
    if (!book) return;
    pl_archive_close(&book->archive);
    free(book->sheets);
    free(book->parts);
    free(book->styles);
    free(book->shared);
    pl_intern_free(book->texts);
    pl_arena_free(&book->arena);
    free(book);
}

const pl_workbook_sheet *pl_workbook_sheets(const pl_workbook *book, size_t *count) {
    *count = book->sheet_count;
    return book->sheets;
}

pl_str pl_workbook_bytes(const pl_workbook *book) { return book->archive.source.bytes; }
