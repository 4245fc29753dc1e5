#include "support/workbook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <zip.h>

#include <cmocka.h>

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define TYPES "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/relationships"

/* Everything that was written to an archive in memory. */
static pl_str contents(zip_source_t *source) {
    zip_stat_t about;
    assert_int_equal(zip_source_stat(source, &about), 0);
    char *bytes = malloc(about.size + 1);
    assert_non_null(bytes);
    assert_int_equal(zip_source_open(source), 0);
    assert_int_equal(zip_source_read(source, bytes, about.size), (zip_int64_t)about.size);
    zip_source_close(source);
    return (pl_str){bytes, about.size};
}

pl_str workbook_zip(const workbook_part *parts, size_t count, bool deflate) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    assert_non_null(source);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *part = zip_source_buffer(zip, parts[i].bytes.at, parts[i].bytes.len, 0);
        zip_int64_t index = zip_file_add(zip, parts[i].path, part, ZIP_FL_ENC_UTF_8);
        assert_true(index >= 0);
        zip_set_file_compression(zip, (zip_uint64_t)index, deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 6);
        zip_file_set_mtime(zip, (zip_uint64_t)index, 0, 0);
    }
    assert_int_equal(zip_close(zip), 0);
    pl_str bytes = contents(source);
    zip_source_free(source);
    zip_error_fini(&error);
    return bytes;
}

static pl_str wrapped(pl_buffer *buffer, const char *element, const char *attributes, const char *content) {
    pl_buffer_init(buffer, 0);
    pl_buffer_print(buffer, XML "<%s %s>%s</%s>", element, attributes, content, element);
    return pl_buffer_view(buffer);
}

pl_str workbook_make(const workbook_text *text) {
    static const char root[] = XML "<Relationships xmlns=\"" PACKAGE "\"><Relationship Id=\"a\" Type=\"" TYPES
                                   "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    static const char usual[] = "<Relationship Id=\"rId1\" Type=\"" TYPES "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                                "<Relationship Id=\"rId2\" Type=\"" TYPES "/sharedStrings\" Target=\"sharedStrings.xml\"/>"
                                "<Relationship Id=\"rId3\" Type=\"" TYPES "/styles\" Target=\"styles.xml\"/>";
    static const char sheets[] = "<sheets><sheet name=\"data\" sheetId=\"1\" r:id=\"rId1\"/></sheets>";
    pl_buffer book, relations, sheet, shared, formats;
    const workbook_part parts[] = {
        {"_rels/.rels", pl_str_of(root)},
        {"xl/workbook.xml",
         wrapped(&book, "workbook", "xmlns=\"" MAIN "\" xmlns:r=\"" TYPES "\"", text->sheets ? text->sheets : sheets)},
        {"xl/_rels/workbook.xml.rels",
         wrapped(&relations, "Relationships", "xmlns=\"" PACKAGE "\"", text->relations ? text->relations : usual)},
        {"xl/worksheets/sheet1.xml", wrapped(&sheet, "worksheet", "xmlns=\"" MAIN "\"", text->sheet ? text->sheet : "")},
        {"xl/sharedStrings.xml", wrapped(&shared, "sst", "xmlns=\"" MAIN "\"", text->shared ? text->shared : "")},
        {"xl/styles.xml", wrapped(&formats, "styleSheet", "xmlns=\"" MAIN "\"", text->formats ? text->formats : "")},
    };
    workbook_part chosen[6];
    memcpy(chosen, parts, sizeof parts);
    for (size_t i = 0; text->path && i < 6; i++)
        if (strcmp(text->path, chosen[i].path) == 0) chosen[i].bytes = text->part;
    pl_str bytes = workbook_zip(chosen, 6, !text->stored);
    pl_buffer_free(&book);
    pl_buffer_free(&relations);
    pl_buffer_free(&sheet);
    pl_buffer_free(&shared);
    pl_buffer_free(&formats);
    return bytes;
}

void workbook_declare_size(pl_str workbook, uint32_t size) {
    char *bytes = (char *)(uintptr_t)workbook.at;
    for (size_t i = 0; i + 30 < workbook.len; i++) {
        size_t at = memcmp(bytes + i, "PK\3\4", 4) == 0 ? 22 : memcmp(bytes + i, "PK\1\2", 4) == 0 ? 24 : 0;
        for (unsigned byte = 0; at && byte < 4; byte++) bytes[i + at + byte] = (char)(size >> 8 * byte & 0xFF);
    }
}
