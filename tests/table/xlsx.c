#include <plumbline/table/xlsx.h>

#include "support/allocations.h"
#include "support/workbook.h"
#include "table/xlsx_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Columns whose header begins with n are numbers. */
static void choose(void *context, pl_column *columns, size_t count) {
    (void)context;
    for (size_t i = 0; i < count; i++)
        if (columns[i].name.len && columns[i].name.at[0] == 'n') columns[i].kind = PL_COLUMN_NUMBERS;
}

static void show_cell(const pl_table *table, size_t column, size_t row, pl_buffer *out) {
    const pl_column *c = &table->columns[column];
    if (c->kind == PL_COLUMN_NUMBERS && pl_present(c->present, row))
        pl_buffer_number(out, c->numbers[row]);
    else if (c->kind == PL_COLUMN_TEXTS && c->texts[row])
        pl_buffer_str(out, pl_table_text(table, column, row));
    else if (c->kind != PL_COLUMN_SKIPPED)
        pl_buffer_char(out, '~');
}

/* The header, then the rows: cells with | between them, missing ones as ~, rows with / between them; then the problems. */
static void show(const pl_table *table, const pl_problems *problems, pl_buffer *out) {
    for (size_t i = 0; i < table->column_count; i++) pl_buffer_print(out, "%s%.*s", i ? "|" : "", PL_ARG(table->columns[i].name));
    for (size_t row = 0; row < table->rows; row++) {
        pl_buffer_text(out, " / ");
        for (size_t i = 0; i < table->column_count; i++) {
            if (i) pl_buffer_char(out, '|');
            show_cell(table, i, row, out);
        }
    }
    for (size_t i = 0; i < problems->count; i++) {
        pl_buffer_char(out, '\n');
        pl_problem_print(&problems->items[i], out);
    }
}

/* Reads the first sheet of a workbook in memory and frees the bytes. */
static void expect(pl_str bytes, const char *wanted) {
    pl_problems problems;
    pl_workbook *workbook;
    pl_table table = {0};
    pl_buffer found;
    pl_csv_options options = {.choose = choose};
    pl_problems_init(&problems, 0);
    pl_buffer_init(&found, 0);
    pl_status status = pl_workbook_open_bytes(&workbook, "book.xlsx", bytes, &problems);
    if (status == PL_OK) status = pl_workbook_read(&table, workbook, 0, &options, &problems);
    assert_int_equal(status, pl_problems_status(&problems));
    show(&table, &problems, &found);
    assert_string_equal(found.at ? found.at : "", wanted);
    pl_buffer_free(&found);
    pl_table_free(&table);
    pl_workbook_free(workbook);
    pl_problems_free(&problems);
    free((char *)(uintptr_t)bytes.at);
}

static void reads_parts(const workbook_text *text, const char *wanted) { expect(workbook_make(text), wanted); }

/* A sheet given by its rows. */
static void reads(const char *rows, const char *wanted) {
    pl_buffer sheet;
    pl_buffer_init(&sheet, 0);
    pl_buffer_print(&sheet, "<sheetData>%s</sheetData>", rows);
    reads_parts(&(workbook_text){.sheet = sheet.at}, wanted);
    pl_buffer_free(&sheet);
}

#define T(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define N(number) "<c><v>" number "</v></c>"
#define HEADER "<row>" T("a") T("n") "</row>"

static void test_plain(void **state) {
    (void)state;
    reads(HEADER "<row>" T("x") N("1") "</row><row>" T("y") N("-2.5E-3") "</row>", "a|n / x|1 / y|-0.0025");
    reads(HEADER "<row>" T(" x y ") N(" 7 ") "</row>", "a|n / x y|7");
    reads(HEADER, "a|n");
    reads(HEADER "<row r=\"3\"><c r=\"B3\"><v>1</v></c></row><row r=\"7\"><c r=\"A7\" t=\"str\"><v>x</v></c></row>",
          "a|n / ~|1 / x|~");
    reads(HEADER "<row><c/><c><v/></c></row><row>" T("x") "<c s=\"1\"/></row>", "a|n / x|~");
    reads(HEADER "<row hidden=\"1\">" T("x") N("1") "</row>", "a|n / x|1");
    reads("", "\ndata: has no header line that names its columns");
}

/* Excel stores seventeen digits; they name the number that was typed. */
static void test_numbers_are_exact(void **state) {
    (void)state;
    reads(HEADER "<row>" N("92.549999999999997") N("92.549999999999997") "</row><row>" N("0.29999999999999999")
              N("1.0000000000000002") "</row><row>" N("330100000000") N("1e400") "</row>",
          "a|n / 92.55|92.55 / 0.3|1.0000000000000002 / 330100000000|~\n"
          "data!B4: the cell holds the error 1e400; correct its formula");
}

static void test_texts(void **state) {
    (void)state;
    reads_parts(&(workbook_text){.shared =
                                     "<si><t>a</t></si><si><t>n</t></si>"
                                     "<si><r><rPr><b/></rPr><t>东湖</t></r><r><t xml:space=\"preserve\">区 </t></r></si>"
                                     "<si><t>大阪</t><rPh sb=\"0\" eb=\"2\"><t>おおさか</t></rPh><phoneticPr fontId=\"1\"/></si>"
                                     "<si><t>two_x000A_lines _x005F_x0041_</t></si><si/><si><t>12</t></si>",
                                 .sheet = "<sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>"
                                          "<row><c t=\"s\"><v>2</v></c><c t=\"s\"><v>6</v></c></row>"
                                          "<row><c t=\"s\"><v>3</v></c></row><row><c t=\"s\"><v>4</v></c></row>"
                                          "<row><c t=\"s\"><v>5</v></c><c><v>1</v></c></row></sheetData>"},
                "a|n / 东湖区|12 / 大阪|~ / two\nlines _x0041_|~ / ~|1");
    reads(HEADER "<row><c t=\"inlineStr\"><is><r><t>x</t></r><r><t>y</t></r><rPh><t>z</t></rPh></is></c></row>", "a|n / xy|~");
}

static void test_missing_and_wrong_cells_as_in_csv(void **state) {
    (void)state;
    reads(HEADER "<row>" T("x") T("NA") "</row><row>" T("y") T("..") "</row><row>" T("z") T("-") "</row>", "a|n / x|~ / y|~ / z|~");
    reads(HEADER "<row>" T("x") T("12%") "</row><row r=\"9\">" T("y") T("１２") "</row>",
          "a|n / x|~ / y|~\ndata!B2: \"12%\" is a percentage; type 12 where the indicator is in percent, or 0.12\n"
          "data!B9: \"１２\" is written in full-width digits; type 12");
    reads("<row>" T("a") T("a") "</row>", "a|a\ndata!B1: two columns have this header (the second is column 2)");
}

static void test_formulas_errors_booleans(void **state) {
    (void)state;
    reads(HEADER "<row><c t=\"str\"><f>\"x\"&amp;\"y\"</f><v>xy</v></c><c><f>1+1</f><v>2</v></c></row>"
                 "<row><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c></row>"
                 "<row><c t=\"b\"><v>0</v></c><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>",
          "a|n / xy|2 / TRUE|~ / FALSE|~\ndata!B4: the cell holds the error #DIV/0!; correct its formula");
    reads(HEADER "<row>" T("x") "<c t=\"b\"><v>1</v></c></row>",
          "a|n / x|~\ndata!B2: \"TRUE\" is not a number; leave the cell empty where there is no value");
    reads(HEADER "<row>" T("x") "<c><f>1+1</f></c></row><row>" T("y") "<c><f>1+1</f></c></row>",
          "a|n / x|~ / y|~\ndata!B2: warning: 2 formulas are stored without a result, this is the first; open the workbook in a "
          "spreadsheet program and save it [W111]");
}

/* An error in a column that nobody reads is nobody's. */
static void test_skipped_columns_have_no_problems(void **state) {
    (void)state;
    reads("<row>" T("a") "<c/>" T("b") "</row><row>" T("x") "<c t=\"e\"><v>#REF!</v></c>" T("y") "</row>",
          "a||b / x||y\ndata!B2: note: 1 cell is in no column that has a header, this is the first; left out [N112]");
    reads(HEADER "<row>" T("x") N("1") N("2") N("3") "</row><row><c r=\"E9\"><v>3</v></c></row>",
          "a|n / x|1\ndata!C2: note: 3 cells are in no column that has a header, this is the first; left out [N112]");
}

static const char date_formats[] =
    "<numFmts count=\"4\"><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"0.00&quot;dmy&quot;\"/><numFmt numFmtId=\"166\" formatCode=\"[h]:mm\"/>"
    "<numFmt numFmtId=\"167\" formatCode=\"[$-804]yyyy/mm;[Red]General\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/>"
    "<xf numFmtId=\"167\"/><xf numFmtId=\"22\"/><xf numFmtId=\"10\"/><xf numFmtId=\"57\"/></cellXfs>";

static void test_dates(void **state) {
    (void)state;
    const char *sheet =
        "<sheetData>" HEADER "<row><c s=\"1\"><v>45838</v></c></row><row><c s=\"2\"><v>45838.75</v></c></row>"
        "<row><c s=\"3\"><v>45838</v></c></row><row><c s=\"4\"><v>1.5</v></c></row>"
        "<row><c s=\"5\"><v>45717</v></c></row><row><c s=\"5\"><v>45718</v></c></row>"
        "<row><c s=\"6\"><v>45838.604166666664</v></c></row><row><c s=\"7\"><v>0.12</v></c><c s=\"7\"><v>0.12</v></c></row>"
        "<row><c s=\"8\"><v>45717</v></c></row><row><c t=\"d\" s=\"1\"><v>2025-06-30T00:00:00.000Z</v></c></row>"
        "<row><c s=\"1\"><v>-1</v></c></row></sheetData>";
    reads_parts(&(workbook_text){.sheet = sheet, .formats = date_formats},
                "a|n / 2025-06-30|~ / 2025-06-30|~ / 45838|~ / 36:00:00|~ / 2025-03|~ / 2025-03-02|~ / 2025-06-30T14:30:00|~ / "
                "0.12|0.12 / 2025-03|~ / 2025-06-30|~ / -1|~");
    reads_parts(&(workbook_text){.sheet = "<sheetData>" HEADER "<row>" T("x") "<c s=\"1\"><v>45838</v></c></row></sheetData>",
                                 .formats = date_formats},
                "a|n / x|~\ndata!B2: \"2025-06-30\" is not a number; leave the cell empty where there is no value");
    reads_parts(&(workbook_text){.sheet = "<sheetData>" HEADER "<row><c s=\"1\"><v>44376</v></c></row></sheetData>",
                                 .sheets = "<workbookPr date1904=\"1\"/><sheets><sheet name=\"data\" r:id=\"rId1\"/></sheets>",
                                 .formats = date_formats},
                "a|n / 2025-06-30|~");
}

static void date_is(double days, bool since_1904, const char *wanted) {
    char text[PL_SHOWN_DATE_SIZE];
    size_t length = pl_shown_date_print(text, days, PL_DATE_DAY, since_1904);
    if (!length) text[0] = 0;
    assert_string_equal(text, wanted);
}

/* Spreadsheets took over from an older one the belief that 1900 was a leap year. */
static void test_days_are_counted_as_spreadsheets_do(void **state) {
    (void)state;
    date_is(1, false, "1900-01-01");
    date_is(59, false, "1900-02-28");
    date_is(60, false, "1900-02-29");
    date_is(61, false, "1900-03-01");
    date_is(36526, false, "2000-01-01");
    date_is(36585, false, "2000-02-29");
    date_is(45658, false, "2025-01-01");
    date_is(2958465, false, "9999-12-31");
    date_is(2958466, false, "");
    date_is(0, true, "1904-01-01");
    date_is(59, true, "1904-02-29");
    date_is(2957003, true, "9999-12-31");
    date_is(2957004, true, "");
    date_is(45657.9999999, false, "2025-01-01");
}

static void test_what_formats_show(void **state) {
    (void)state;
    static const struct {
        const char *format;
        pl_date_kind kind;
    } formats[] = {
        {"General", PL_DATE_NONE},
        {"G/通用格式", PL_DATE_NONE},
        {"0.00%", PL_DATE_NONE},
        {"#,##0;[Red]-#,##0", PL_DATE_NONE},
        {"0.00E+00", PL_DATE_NONE},
        {"@", PL_DATE_NONE},
        {"_ \\d0.0", PL_DATE_NONE},
        {"\"day \"0", PL_DATE_NONE},
        {"0\\h", PL_DATE_NONE},
        {"yyyy-mm-dd", PL_DATE_DAY},
        {"m/d", PL_DATE_DAY},
        {"mmmm", PL_DATE_DAY},
        {"YYYY\"年\"M\"月\"", PL_DATE_MONTH},
        {"mmm\\-yy", PL_DATE_MONTH},
        {"yyyy", PL_DATE_YEAR},
        {"h:mm AM/PM", PL_DATE_TIME},
        {"[mm]:ss", PL_DATE_TIME},
        {"[h]", PL_DATE_TIME},
        {"yyyy/m/d h:mm", PL_DATE_DAY_TIME},
        {"[$-F800]dddd, d", PL_DATE_DAY},
        {"\"unended", PL_DATE_NONE},
        {"0.0\\", PL_DATE_NONE},
        {"[DBNum1]General", PL_DATE_NONE},
        {"", PL_DATE_NONE},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (pl_date_kind_of_format(pl_str_of(formats[i].format)) != formats[i].kind) fail_msg("%s", formats[i].format);
}

#define M(ranges) "<mergeCells>" ranges "</mergeCells>"
#define R(range) "<mergeCell ref=\"" range "\"/>"

static void reads_merged(const char *rows, const char *ranges, const char *wanted) {
    pl_buffer sheet;
    pl_buffer_init(&sheet, 0);
    pl_buffer_print(&sheet, "<dimension ref=\"A1\"/><sheetData>%s</sheetData><pageMargins left=\"1\"/><mergeCells>%s</mergeCells>",
                    rows, ranges);
    reads_parts(&(workbook_text){.sheet = sheet.at}, wanted);
    pl_buffer_free(&sheet);
}

static void test_rows_above_the_header(void **state) {
    (void)state;
    reads("<row r=\"1\"/><row r=\"3\"><c s=\"1\"/></row><row r=\"4\">" T("a") T("n") "</row><row>" T("x") T("?") "</row>",
          "a|n / x|~\ndata!B5: \"?\" is not a number; leave the cell empty where there is no value");
    reads_merged("<row>" T("2025年度考核数据") "</row><row/><row>" T("a") T("n") "</row><row>" T("x") N("1") "</row>", R("A1:B2"),
                 "a|n / x|1\ndata!A1: note: \"2025年度考核数据\" was taken for a title; the header is looked for below it [N111]");
    reads_merged("<row>" T("title") "</row><row>" T("subtitle") "</row><row>" T("a") T("n") "</row>", R("A1:B1") R("A2:B2"),
                 "a|n\ndata!A1: note: \"title\" was taken for a title; the header is looked for below it [N111]\n"
                 "data!A2: note: \"subtitle\" was taken for a title; the header is looked for below it [N111]");
}

static void test_merged_header(void **state) {
    (void)state;
    reads_merged("<row>" T("a") T("经济") "<c/>" T("n3") "</row><row><c/>" T("n1") T("n2") "<c/></row>"
                                                                                           "<row>" T("x") N("1") N("2")
                                                                                               N("3") "</row>",
                 R("A1:A2") R("B1:C1") R("D1:D2"), "a|n1|n2|n3 / x|1|2|3");
    reads_merged("<row>" T("a") T("n") "</row><row>" T("x") N("1") N("2") "</row>", R("B1:C1"),
                 "a|n|n / x|1|2\ndata!C1: two columns have this header (the second is column 3)");
    reads_merged("<row>" T("a") T("n") "</row><row r=\"4\">" T("x") N("1") "</row>", R("A1:A3"), "a|n / x|1");
    reads_merged("<row>" T("a") T("n") "</row>", R("A1:A3"), "a|n");
}

static void test_merged_body(void **state) {
    (void)state;
    reads_merged(HEADER "<row>" T("x") N("1") "</row><row><c/>" N("2") "</row><row>" T("hidden") N("3") "</row><row>" T("y")
                     N("4") "</row>",
                 R("A2:A4"), "a|n / x|1 / x|2 / x|3 / y|4");
    reads_merged("<row>" T("a") T("n1") T("n2") T("b") "</row><row>" T("x") N("1.5") "</row>", R("B2:D2"),
                 "a|n1|n2|b / x|1.5|1.5|1.5");
    /* a row with nothing of its own is no row; a merged range may go beyond the table and below its end */
    reads_merged(HEADER "<row>" T("x") N("1") "</row><row/><row><c/>" N("2") "</row>", R("A2:A1048576") R("B2:XFD2"),
                 "a|n / x|1 / x|2");
    reads_merged(HEADER "<row>" T("x") T("?") "</row><row>" T("y") "</row>", R("B2:B3"),
                 "a|n / x|~ / y|~\ndata!B2: \"?\" is not a number; leave the cell empty where there is no value\n"
                 "data!B3: \"?\" is not a number; leave the cell empty where there is no value");
}

static void test_wrong_merges(void **state) {
    (void)state;
    reads_merged(HEADER "<row>" T("x") "</row>", R("A2:B2") R("B2:B3"),
                 "a|n\ndata!B2: lies in two merged ranges, one of them B2:B3; save the workbook again");
    reads_merged(HEADER, R("A2:"), "\ndata: \"A2:\" is no range of cells that can be merged");
    reads_merged(HEADER, R("B2:A1"), "\ndata: \"B2:A1\" is no range of cells that can be merged");
    reads_merged(HEADER, R("A1:XFE1"), "\ndata: \"A1:XFE1\" is no range of cells that can be merged");
}

static void test_references(void **state) {
    (void)state;
    reads(HEADER "<row><c r=\"A5\" t=\"str\"><v>x</v></c></row><row><c><v>1</v></c></row>", "a|n / x|~ / 1|~");
    reads(HEADER "<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>",
          "a|n\ndata!A2: \"XFE2\" lies outside a sheet, which has 16384 columns and 1048576 rows");
    reads(HEADER "<row r=\"2\"><c r=\"ZZZZZZZZZZZZZ2\"><v>1</v></c></row>",
          "a|n\ndata!A2: \"ZZZZZZZZZZZZZ2\" lies outside a sheet, which has 16384 columns and 1048576 rows");
    reads(HEADER "<row r=\"1048577\"><c><v>1</v></c></row>",
          "a|n\ndata!B1: \"1048577\" lies outside a sheet, which has 16384 columns and 1048576 rows");
    reads(HEADER "<row r=\"1048576\"><c><v>1</v></c></row><row/>",
          "a|n / 1|~\ndata!A1048576: \"the next row\" lies outside a sheet, which has 16384 columns and 1048576 rows");
    reads(HEADER "<row r=\"2\"><c r=\"B2\"/><c r=\"A2\"/></row>",
          "a|n\ndata!B2: is followed by \"A2\", which is no cell that can come after it; save the workbook again");
    reads(HEADER "<row r=\"2\"/><row r=\"2\"/>",
          "a|n\ndata!A2: is followed by \"2\", which is no cell that can come after it; save the workbook again");
    reads(HEADER "<row r=\"2\"><c r=\"B3\"/></row>",
          "a|n\ndata!A2: is followed by \"B3\", which is no cell that can come after it; save the workbook again");
    reads(HEADER "<row r=\"x\"/>",
          "a|n\ndata!B1: is followed by \"x\", which is no cell that can come after it; save the workbook again");
    reads(HEADER "<row><c t=\"s\"><v>0</v></c></row>",
          "a|n\ndata!A2: refers to the text \"0\" of the workbook, which has 0; save it again");
    reads(HEADER "<row><c t=\"s\"><v>-1</v></c></row>",
          "a|n\ndata!A2: refers to the text \"-1\" of the workbook, which has 0; save it again");
}

/* ---- what writers differ in ---- */

static void test_prefixes_and_strict_namespaces(void **state) {
    (void)state;
    reads_parts(
        &(workbook_text){
            .path = "xl/worksheets/sheet1.xml",
            .part = pl_str_of(
                "<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><x:sheetData><x:row r=\"1\">"
                "<x:c r=\"A1\" t=\"inlineStr\"><x:is><x:t>a</x:t></x:is></x:c><x:c r=\"B1\" t=\"str\"><x:v>n</x:v></x:c>"
                "</x:row><x:row r=\"2\"><x:c r=\"A2\" t=\"str\"><x:v>x</x:v></x:c><x:c r=\"B2\"><x:v>1</x:v></x:c></x:row>"
                "<x:row r=\"3\"><x:c r=\"B3\"><x:v>2</x:v></x:c></x:row></x:sheetData>"
                "<x:mergeCells><x:mergeCell ref=\"A2:A3\"/></x:mergeCells></x:worksheet>"),
            .relations = "<Relationship Id=\"q\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet\" "
                         "Target=\"/xl/worksheets/../worksheets/./sheet1.xml\"/>",
            .sheets = "<sheets><sheet name=\"data\" sheetId=\"1\" xmlns:z=\"http://example.org\" z:id=\"q\"/></sheets>"},
        "a|n / x|1 / x|2");
}

static void test_sheets_are_listed(void **state) {
    (void)state;
    pl_str bytes = workbook_make(&(workbook_text){
        .sheets =
            "<sheets><sheet name=\"指标 体系\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"old\" state=\"hidden\" r:id=\"rId1\"/>"
            "<sheet name=\"chart\" r:id=\"rId9\"/><sheet name=\"older\" state=\"veryHidden\" r:id=\"rId1\"/></sheets>"});
    pl_workbook *workbook;
    size_t count;
    assert_int_equal(pl_workbook_open_bytes(&workbook, "b", bytes, NULL), PL_OK);
    const pl_workbook_sheet *sheets = pl_workbook_sheets(workbook, &count);
    assert_int_equal(count, 3);
    assert_string_equal(sheets[0].name, "指标 体系");
    assert_false(sheets[0].hidden);
    assert_true(sheets[1].hidden && sheets[2].hidden);
    assert_true(pl_workbook_bytes(workbook).at == bytes.at);
    pl_workbook_free(workbook);
    free((char *)(uintptr_t)bytes.at);
    assert_true(pl_is_workbook("a/b.XLSX"));
    assert_false(pl_is_workbook(".xlsx"));
    assert_false(pl_is_workbook("a.csv"));
}

/* ---- memory ---- */

static bool read_everything(void *context) {
    const pl_str *bytes = context;
    pl_problems problems;
    pl_workbook *workbook;
    pl_table table = {0};
    pl_problems_init(&problems, 0);
    pl_csv_options options = {.choose = choose};
    pl_status status = pl_workbook_open_bytes(&workbook, "b", *bytes, &problems);
    if (status == PL_OK) status = pl_workbook_read(&table, workbook, 0, &options, &problems);
    if (status != PL_OK && status != PL_MEMORY) fail_msg("%s", problems.count ? problems.items[problems.count - 1].text : "?");
    bool good = status == PL_OK && table.rows == 3 && !problems.failed;
    pl_table_free(&table);
    pl_workbook_free(workbook);
    pl_problems_free(&problems);
    return good;
}

static void test_memory_runs_out_cleanly(void **state) {
    (void)state;
    pl_str bytes = workbook_make(&(workbook_text){
        .sheet = "<sheetData><row>" T("title") "</row>" HEADER "<row><c s=\"1\"><v>45838</v></c>" N(
            "1") "</row><row><c t=\"s\"><v>0</v></c>" N("2") "</row><row><c/>" N("3") "</row></sheetData>" M(R("A1:B1") R("A4:A5")),
        .shared = "<si><t>shared</t></si>",
        .formats = date_formats});
    assert_true(allocations_walk(read_everything, &bytes, 5000) > 30);
    free((char *)(uintptr_t)bytes.at);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_numbers_are_exact),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_missing_and_wrong_cells_as_in_csv),
        cmocka_unit_test(test_formulas_errors_booleans),
        cmocka_unit_test(test_skipped_columns_have_no_problems),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_days_are_counted_as_spreadsheets_do),
        cmocka_unit_test(test_what_formats_show),
        cmocka_unit_test(test_rows_above_the_header),
        cmocka_unit_test(test_merged_header),
        cmocka_unit_test(test_merged_body),
        cmocka_unit_test(test_wrong_merges),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_prefixes_and_strict_namespaces),
        cmocka_unit_test(test_sheets_are_listed),
        cmocka_unit_test(test_memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests_name("xlsx", tests, NULL, NULL);
}
