/* Files that want to cost more than they are. Each is read in a process of its own, must end in an error that names its place, and
 * may have at most 256 MB of memory. */
#include <plumbline/table/xlsx.h>

#include "support/workbook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MOST_MEGABYTES 256

/* Sanitizers have memory of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEASURES_MEMORY false
#else
#define MEASURES_MEMORY true
#endif

/* Reads all sheets as texts. */
static pl_status read_all(pl_str bytes, pl_problems *problems) {
    pl_workbook *workbook;
    pl_status status = pl_workbook_open_bytes(&workbook, "book.xlsx", bytes, problems);
    size_t count = 0;
    if (status == PL_OK) pl_workbook_sheets(workbook, &count);
    for (size_t i = 0; i < count && status == PL_OK; i++) {
        pl_table table;
        status = pl_workbook_read(&table, workbook, i, NULL, problems);
        pl_table_free(&table);
    }
    pl_workbook_free(workbook);
    return status;
}

/* What the process that reads has to say: 0 when all is as it should be. */
static int judge(pl_str bytes, const char *code, const char *text) {
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_status status = read_all(bytes, &problems);
    const pl_problem *last = problems.count ? &problems.items[problems.count - 1] : NULL;
    pl_buffer line;
    pl_buffer_init(&line, 0);
    if (last) pl_problem_print(last, &line);
    bool good = status == PL_INPUT && last && last->place.file && strcmp(last->code, code) == 0 && strstr(line.at, text);
    if (!good) fprintf(stderr, "status %d: %s [%s]\n", status, last ? line.at : "no problem", last ? last->code : "");
    pl_buffer_free(&line);
    pl_problems_free(&problems);
    return good ? 0 : 1;
}

/* Frees the bytes. */
static void refused(pl_str bytes, const char *code, const char *text) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) _exit(judge(bytes, code, text));
    int status;
    struct rusage usage;
    assert_true(child > 0 && wait4(child, &status, 0, &usage) == child);
    free((char *)(uintptr_t)bytes.at);
    if (status != 0) fail_msg("expected %s: ...%s...", code, text);
    if (MEASURES_MEMORY && usage.ru_maxrss / 1024 >= MOST_MEGABYTES) fail_msg("%s: %ld MB", text, usage.ru_maxrss / 1024);
}

/* A workbook one of whose parts is `before`, then `piece` over and over, then `after`. */
static pl_str repeated(const char *path, const char *before, const char *piece, size_t count, const char *after, bool deflate) {
    pl_buffer part;
    pl_buffer_init(&part, 0);
    pl_buffer_text(&part, before);
    for (size_t i = 0; i < count; i++) pl_buffer_text(&part, piece);
    pl_buffer_text(&part, after);
    assert_false(part.failed);
    pl_str bytes =
        workbook_make(&(workbook_text){.sheet = "<sheetData/>", .path = path, .part = pl_buffer_view(&part), .stored = !deflate});
    pl_buffer_free(&part);
    return bytes;
}

#define SHEET "xl/worksheets/sheet1.xml"
#define SHARED "xl/sharedStrings.xml"

/* 64 MB that are packed to 64 KB. */
static void test_bombs(void **state) {
    (void)state;
    refused(repeated(SHEET, "<worksheet><sheetData>", "<row><c/></row>", 4500000, "</sheetData></worksheet>", true), "E112",
            "book.xlsx: its part xl/worksheets/sheet1.xml unpacks to over");
    refused(repeated(SHEET, "<worksheet><!--", "                ", 4000000, "--><sheetData/></worksheet>", true), "E112",
            "book.xlsx: its part xl/worksheets/sheet1.xml unpacks to over");
    refused(repeated(SHARED, "<sst>", "<si><t>a</t></si>", 4000000, "</sst>", true), "E112",
            "book.xlsx: its part xl/sharedStrings.xml unpacks to over");
    refused(repeated(SHARED, "<sst><si><t>", "0123456789abcdef", 900000, "</t></si></sst>", true), "E112",
            "book.xlsx: has a longer text than is read");
    refused(repeated("xl/styles.xml", "<styleSheet><cellXfs>", "<xf/>", 1000000, "</cellXfs></styleSheet>", true), "E112",
            "book.xlsx: has over 65536 formats of cells");
    refused(repeated("xl/styles.xml", "<styleSheet><numFmts>", "<numFmt numFmtId=\"1\" formatCode=\"y\"/>", 100000,
                     "</numFmts></styleSheet>", true),
            "E112", "book.xlsx: has over 65536 formats of cells");
    refused(repeated("xl/workbook.xml", "<workbook><sheets>", "<sheet name=\"data\" r:id=\"rId1\"/>", 100000,
                     "</sheets></workbook>", true),
            "E112", "book.xlsx: has over 4096 sheets");
    refused(repeated("xl/_rels/workbook.xml.rels", "<Relationships>", "<Relationship Id=\"a\" Type=\"b\" Target=\"c\"/>", 100000,
                     "</Relationships>", true),
            "E112", "book.xlsx: has over 65536 relations between its parts");
}

/* The same sizes without packing, so that only what is made of them can be too much. */
static void test_too_many_texts(void **state) {
    (void)state;
    refused(repeated(SHARED, "<sst>", "<si/>", ((size_t)8 << 20) + 1, "</sst>", false), "E112",
            "book.xlsx: has more texts than is read");
    pl_buffer texts;
    pl_buffer_init(&texts, 0);
    for (unsigned i = 0; i < 1600000; i++) pl_buffer_print(&texts, "<si><t>%u</t></si>", i);
    pl_str bytes = repeated(SHARED, "<sst>", texts.at, 1, "</sst>", false);
    pl_buffer_free(&texts);
    refused(bytes, "E112", "book.xlsx: has more text than is read");
    pl_buffer_init(&texts, 0);
    for (unsigned i = 0; i < 1600000; i++)
        pl_buffer_print(&texts, "%s<c t=\"str\"><v>%u</v></c>", i % 16000 ? "" : i ? "</row><row>" : "<row>", i + 1000000);
    bytes = repeated(SHEET, "<worksheet><sheetData>", texts.at, 1, "</row></sheetData></worksheet>", false);
    pl_buffer_free(&texts);
    refused(bytes, "E112", "the sheet has more text than is read");
}

static void test_sizes_that_lie(void **state) {
    (void)state;
    for (int lie = 0; lie < 2; lie++) {
        pl_str bytes =
            repeated(SHEET, "<worksheet><sheetData>", "<row><c><v>1</v></c></row>", 1000, "</sheetData></worksheet>", true);
        workbook_declare_size(bytes, lie ? 10 : 0xFFFFFFF0); /* six parts: 24 GB */
        if (lie)
            refused(bytes, "E111", "book.xlsx: is damaged in its part _rels/.rels: its size is not what the archive says");
        else
            refused(bytes, "E112", "book.xlsx: its part _rels/.rels unpacks to over 16 MB");
    }
}

static void test_entities(void **state) {
    (void)state;
    static const char *const parts[] = {SHEET, SHARED, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char text[100];
        snprintf(text, sizeof text, "%s declares a document type, which is refused", parts[i]);
        refused(repeated(parts[i], "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;", "", 0, "</a>",
                         true),
                "E114", text);
        refused(repeated(parts[i], "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>", "", 0, "</a>", true), "E114", text);
    }
    refused(repeated(SHEET, "<a>&b;", "", 0, "</a>", true), "E114", "is no well-formed XML");
}

static void test_depth_and_length(void **state) {
    (void)state;
    refused(repeated(SHEET, "<worksheet>", "<a>", 1000000, "", true), "E114", "is nested over 100 elements deep");
    refused(repeated(SHEET, "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"/></row></sheetData><a b=\"", "0123456789abcdef", 900000,
                     "\"/></worksheet>", true),
            "E114", "data!A1: xl/worksheets/sheet1.xml has a tag or comment of over 1048576 bytes");
    refused(repeated(SHARED, "<sst><!--", "0123456789abcdef", 900000, "--></sst>", true), "E114", "has a tag or comment of over");
}

static void test_very_wide_and_very_long(void **state) {
    (void)state;
    refused(repeated(SHEET, "<worksheet><sheetData><row>", "<c/>", 1000000, "</row></sheetData></worksheet>", true), "E115",
            "data!XFD1: \"the next cell\" lies outside a sheet");
    refused(repeated(SHEET, "<worksheet><sheetData><row><c r=\"BDWGN1\"/>", "", 0, "</row></sheetData></worksheet>", true), "E115",
            "data!A1: \"BDWGN1\" lies outside a sheet");
    refused(repeated(SHEET, "<worksheet><sheetData>", "<row/>", 1048577, "</sheetData></worksheet>", true), "E115",
            "data!A1048576: \"the next row\" lies outside a sheet");
    refused(repeated(SHEET, "<worksheet><sheetData><row r=\"99999999999999999999\"/>", "", 0, "</sheetData></worksheet>", true),
            "E115", "lies outside a sheet");
    /* all columns, and row after row with a single cell: a table of nothing */
    pl_buffer header;
    pl_buffer_init(&header, 0);
    pl_buffer_text(&header, "<worksheet><sheetData><row>");
    for (int i = 0; i < 16384; i++) pl_buffer_print(&header, "<c t=\"str\"><v>c%d</v></c>", i);
    pl_buffer_text(&header, "</row>");
    pl_str bytes = repeated(SHEET, header.at, "<row><c><v>1</v></c></row>", 100000, "</sheetData></worksheet>", false);
    pl_buffer_free(&header);
    refused(bytes, "E112", "the sheet has 16384 columns and over");
}

/* Merged ranges that would take hours: every column merged over all rows; and rows merged by the hundred thousand, as titles full
 * of text. */
static void test_merged_beyond_reason(void **state) {
    (void)state;
    pl_buffer sheet, merges;
    char cell[PL_CELL_NAME_SIZE];
    pl_buffer_init(&merges, 0);
    for (size_t i = 1; i <= 16384; i++) {
        pl_cell_name(cell, i, 2);
        pl_buffer_print(&merges, "<mergeCell ref=\"%s:", cell);
        pl_cell_name(cell, i, 1048576);
        pl_buffer_print(&merges, "%s\"/>", cell);
    }
    pl_buffer_text(&merges, "</mergeCells></worksheet>");
    pl_buffer_init(&sheet, 0);
    pl_buffer_text(&sheet, "<worksheet><sheetData><row><c t=\"str\"><v>a</v></c></row>");
    for (int i = 0; i < 1000000; i++) pl_buffer_text(&sheet, "<row/>");
    pl_buffer_text(&sheet, "</sheetData><mergeCells>");
    pl_str bytes = repeated(SHEET, sheet.at, merges.at, 1, "", true);
    pl_buffer_free(&sheet);
    pl_buffer_free(&merges);
    refused(bytes, "E112", "the merged ranges of the sheet cover more cells than is read");
}

static void test_headers_of_megabytes(void **state) {
    (void)state;
    pl_buffer sheet;
    pl_buffer_init(&sheet, 0);
    pl_buffer_text(&sheet, "<worksheet><sheetData><row>");
    for (int i = 0; i < 5000; i++) pl_buffer_print(&sheet, "<c t=\"str\"><v>%04000d</v></c>", i);
    pl_str bytes = repeated(SHEET, sheet.at, "", 0, "</row></sheetData></worksheet>", false);
    pl_buffer_free(&sheet);
    refused(bytes, "E112", "the header has more text than is read");
    refused(
        repeated(SHEET, "<worksheet><sheetData><row><c t=\"str\"><v>", "a", 4097, "</v></c></row></sheetData></worksheet>", true),
        "E102", "data!A1: this header is too long in bytes; at most 4096 are read");
}

static void test_very_many_parts(void **state) {
    (void)state;
    workbook_part *parts = calloc(20000, sizeof *parts);
    char(*names)[16] = calloc(20000, sizeof *names);
    assert_true(parts && names);
    for (int i = 0; i < 20000; i++) {
        snprintf(names[i], sizeof names[i], "p%d", i);
        parts[i] = (workbook_part){names[i], pl_str_of("")};
    }
    pl_str bytes = workbook_zip(parts, 20000, false);
    free(parts);
    free(names);
    refused(bytes, "E112", "book.xlsx: has over 16384 parts, which no workbook needs");
}

static pl_str copy_of(const char *bytes, size_t size) {
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return (pl_str){copy, size};
}

static void test_other_files(void **state) {
    (void)state;
    refused(copy_of("", 0), "E111", "book.xlsx: is no .xlsx workbook");
    refused(copy_of("a,b\n1,2\n", 8), "E111", "book.xlsx: is no .xlsx workbook");
    refused(copy_of("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", 12), "E111", "book.xlsx: is an old .xls file or has a password");
    refused(workbook_zip((workbook_part[]){{"a.txt", pl_str_of("text")}}, 1, true), "E113",
            "book.xlsx: lacks its part _rels/.rels");
    refused(workbook_zip((workbook_part[]){{"_rels/.rels", pl_str_of("<Relationships/>")}}, 1, true), "E113",
            "book.xlsx: is no workbook, though it is a zip archive");
    refused(workbook_make(&(workbook_text){.sheets = "<sheets/>"}), "E113", "book.xlsx: has no sheets");
    refused(workbook_make(&(workbook_text){.relations = "<Relationship Id=\"rId1\" Type=\"/worksheet\" Target=\"gone.xml\"/>"}),
            "E113", "book.xlsx: lacks its part xl/gone.xml");
}

static pl_str sample(void) {
    return workbook_make(&(workbook_text){
        .sheet = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>b</t></is></c></row>"
                 "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>45838</v></c><c r=\"B2\"><f>1+1</f><v>2</v></c></row></sheetData>"
                 "<mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>",
        .shared = "<si><r><t>a</t></r></si>",
        .formats = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>"});
}

/* Cut short at any byte it is an error of the file; with any byte changed it is read, or an error somewhere. */
static void test_damage(void **state) {
    (void)state;
    pl_str whole = sample();
    assert_int_equal(read_all(whole, NULL), PL_OK);
    for (size_t size = 0; size < whole.len; size++) {
        pl_problems problems;
        pl_problems_init(&problems, 0);
        pl_str cut = copy_of(whole.at, size);
        assert_int_equal(read_all(cut, &problems), PL_INPUT);
        assert_string_equal(problems.items[0].place.file, "book.xlsx");
        free((char *)(uintptr_t)cut.at);
        pl_problems_free(&problems);
    }
    char *bytes = (char *)(uintptr_t)whole.at;
    for (size_t i = 0; i < whole.len; i++) {
        pl_problems problems;
        pl_problems_init(&problems, 0);
        bytes[i] = (char)(bytes[i] ^ 0x55);
        pl_status status = read_all(whole, &problems);
        bytes[i] = (char)(bytes[i] ^ 0x55);
        assert_int_equal(status, pl_problems_status(&problems));
        pl_problems_free(&problems);
    }
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_too_many_texts),
        cmocka_unit_test(test_sizes_that_lie),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_depth_and_length),
        cmocka_unit_test(test_very_wide_and_very_long),
        cmocka_unit_test(test_merged_beyond_reason),
        cmocka_unit_test(test_headers_of_megabytes),
        cmocka_unit_test(test_very_many_parts),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests_name("hostile workbooks", tests, NULL, NULL);
}
