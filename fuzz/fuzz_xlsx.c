/* Workbooks: whatever the bytes, tables or a list of problems. The first byte chooses the kinds of the columns; its highest bit
 * says that what follows is a file as it is, otherwise it is the content of parts, separated by lines of four equals signs: a
 * sheet, the shared texts, the formats, the workbook. */
#include <plumbline/table/xlsx.h>

#include <stdlib.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TYPES "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PARTS 6

typedef struct part {
    const char *path;
    pl_str bytes;
} part;

static void cut(pl_str text, part parts[PARTS]) {
    for (size_t i = 0; i < 4 && text.len; i++) {
        const char *end = memmem(text.at, text.len, "====\n", 5);
        parts[i].bytes = (pl_str){text.at, end ? (size_t)(end - text.at) : text.len};
        size_t used = parts[i].bytes.len + (end ? 5 : 0);
        text.at += used;
        text.len -= used;
    }
}

/* A zip archive in memory of parts as they are. */
static pl_str wrap(const part parts[PARTS]) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    if (!source) abort();
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (!zip) abort();
    for (size_t i = 0; i < PARTS; i++) {
        zip_int64_t index = zip_file_add(zip, parts[i].path, zip_source_buffer(zip, parts[i].bytes.at, parts[i].bytes.len, 0), 0);
        if (index < 0 || zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) != 0) abort();
    }
    zip_stat_t about;
    if (zip_close(zip) != 0 || zip_source_stat(source, &about) != 0 || zip_source_open(source) != 0) abort();
    char *bytes = malloc(about.size + 1);
    if (!bytes || zip_source_read(source, bytes, about.size) != (zip_int64_t)about.size) abort();
    zip_source_close(source);
    zip_source_free(source);
    zip_error_fini(&error);
    return (pl_str){bytes, about.size};
}

static pl_str make(pl_str text) {
    static const char root[] =
        "<Relationships><Relationship Id=\"a\" Type=\"" TYPES "/officeDocument\" Target=\"b\"/></Relationships>";
    static const char relations[] = "<Relationships><Relationship Id=\"1\" Type=\"" TYPES "/worksheet\" Target=\"s\"/>"
                                    "<Relationship Id=\"2\" Type=\"" TYPES "/sharedStrings\" Target=\"t\"/>"
                                    "<Relationship Id=\"3\" Type=\"" TYPES "/styles\" Target=\"f\"/></Relationships>";
    part parts[PARTS] = {
        {"s", {NULL, 0}},
        {"t", pl_str_of("<sst/>")},
        {"f", pl_str_of("<styleSheet/>")},
        {"b", pl_str_of("<workbook><sheets><sheet name=\"data\" r:id=\"1\"/></sheets></workbook>")},
        {"_rels/.rels", pl_str_of(root)},
        {"_rels/b.rels", pl_str_of(relations)},
    };
    cut(text, parts);
    return wrap(parts);
}

static void choose(void *context, pl_column *columns, size_t count) {
    const uint8_t *kinds = context;
    for (size_t i = 0; i < count; i++)
        if (columns[i].name.len && (*kinds >> i % 7 & 1)) columns[i].kind = PL_COLUMN_NUMBERS;
}

static void read_sheets(pl_workbook *workbook, uint8_t kinds, pl_problems *problems) {
    size_t count;
    pl_csv_options options = {.choose = choose, .context = &kinds, .max_cell = 1000};
    pl_workbook_sheets(workbook, &count);
    for (size_t sheet = 0; sheet < count && sheet < 4; sheet++) {
        pl_table table;
        pl_status status = pl_workbook_read(&table, workbook, sheet, &options, problems);
        if (status == PL_INPUT && !problems->errors) abort();
        for (size_t i = 0; i < table.column_count; i++) {
            const pl_column *column = &table.columns[i];
            for (size_t row = 0; row < table.rows; row++) {
                (void)pl_table_text(&table, i, row);
                if (column->numbers && !pl_present(column->present, row) && column->numbers[row] != 0) abort();
            }
        }
        pl_table_free(&table);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    pl_str text = {(const char *)data + 1, size - 1};
    bool whole = data[0] & 0x80;
    pl_str bytes = whole ? text : make(text);
    pl_problems problems;
    pl_workbook *workbook;
    pl_problems_init(&problems, 50);
    pl_status status = pl_workbook_open_bytes(&workbook, "fuzz", bytes, &problems);
    if (status == PL_INPUT && !problems.errors) abort();
    if (status == PL_OK) read_sheets(workbook, data[0], &problems);
    pl_workbook_free(workbook);
    pl_problems_free(&problems);
    if (!whole) free((char *)(uintptr_t)bytes.at);
    return 0;
}
