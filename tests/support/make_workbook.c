/* Makes a workbook of CSV files, for tests of the command line: make_workbook BOOK.xlsx SHEET.csv ... A sheet is called as its
 * file; one after --hidden is hidden. What reads as a number is a number; a text that begins with = is a formula without a result,
 * =ERROR an error value; every other text is a shared string. */
#include "support/workbook.h"

#include <plumbline/base/number.h>
#include <plumbline/table/csv.h>

#include <stdio.h>
#include <stdlib.h>

#define MOST_SHEETS 8

static pl_intern *shared;

static void add_escaped(pl_buffer *out, pl_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '&')
            pl_buffer_text(out, "&amp;");
        else if (text.at[i] == '<')
            pl_buffer_text(out, "&lt;");
        else
            pl_buffer_char(out, text.at[i]);
    }
}

static void add_cell(pl_buffer *out, size_t column, size_t row, pl_str text) {
    char name[PL_CELL_NAME_SIZE];
    double number;
    uint32_t id;
    pl_cell_name(name, column, row);
    if (!text.len) return;
    if (pl_str_is(text, "=ERROR")) {
        pl_buffer_print(out, "<c r=\"%s\" t=\"e\"><v>#DIV/0!</v></c>", name);
    } else if (text.at[0] == '=') {
        pl_buffer_print(out, "<c r=\"%s\"><f>1+1</f></c>", name);
    } else if (pl_number_parse(text, &number)) {
        pl_buffer_print(out, "<c r=\"%s\"><v>%.17g</v></c>", name, number); /* as Excel stores it */
    } else {
        if (pl_intern_add(shared, text, &id) != PL_OK) abort();
        pl_buffer_print(out, "<c r=\"%s\" t=\"s\"><v>%u</v></c>", name, id - 1);
    }
}

static void read_sheet(const char *path, pl_buffer *out) {
    pl_table table;
    pl_buffer_init(out, 0);
    if (pl_csv_read(&table, path, NULL, NULL) != PL_OK) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    pl_buffer_text(out, "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\">");
    for (size_t i = 0; i < table.column_count; i++) add_cell(out, i + 1, 1, table.columns[i].name);
    pl_buffer_text(out, "</row>");
    for (size_t row = 0; row < table.rows; row++) {
        size_t at = pl_table_source_row(&table, row);
        pl_buffer_print(out, "<row r=\"%zu\">", at);
        for (size_t i = 0; i < table.column_count; i++) add_cell(out, i + 1, at, pl_table_text(&table, i, row));
        pl_buffer_text(out, "</row>");
    }
    pl_buffer_text(out, "</sheetData></worksheet>");
    pl_table_free(&table);
}

static void write_shared(pl_buffer *out) {
    pl_buffer_init(out, 0);
    pl_buffer_text(out, "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">");
    for (size_t i = 1; i <= pl_intern_count(shared); i++) {
        pl_buffer_text(out, "<si><t xml:space=\"preserve\">");
        add_escaped(out, pl_intern_text(shared, (uint32_t)i));
        pl_buffer_text(out, "</t></si>");
    }
    pl_buffer_text(out, "</sst>");
}

static void write_file(const char *path, pl_str bytes) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.at, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}

int main(int argc, char **argv) {
    static char paths[MOST_SHEETS][64];
    static const char type[] = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    workbook_part parts[MOST_SHEETS + 4];
    pl_buffer sheets[MOST_SHEETS], book, relations, root, texts;
    size_t count = 0;
    bool hidden = false;
    if (argc < 3 || pl_intern_create(&shared, 0) != PL_OK) return 2;
    pl_buffer_init(&book, 0);
    pl_buffer_init(&relations, 0);
    pl_buffer_init(&root, 0);
    pl_buffer_print(&book, "<workbook xmlns:r=\"%s\"><sheets>", type);
    pl_buffer_print(&relations, "<Relationships><Relationship Id=\"t\" Type=\"%s/sharedStrings\" Target=\"sharedStrings.xml\"/>",
                    type);
    pl_buffer_print(&root,
                    "<Relationships><Relationship Id=\"b\" Type=\"%s/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
                    type);
    for (int i = 2; i < argc && count < MOST_SHEETS; i++) {
        if (strcmp(argv[i], "--hidden") == 0) {
            hidden = true;
            continue;
        }
        const char *slash = strrchr(argv[i], '/'), *name = slash ? slash + 1 : argv[i], *dot = strrchr(name, '.');
        read_sheet(argv[i], &sheets[count]);
        snprintf(paths[count], sizeof paths[count], "xl/worksheets/sheet%zu.xml", count);
        parts[count] = (workbook_part){paths[count], pl_buffer_view(&sheets[count])};
        pl_buffer_print(&book, "<sheet name=\"%.*s\" r:id=\"s%zu\"%s/>", (int)(dot ? dot - name : (ptrdiff_t)strlen(name)), name,
                        count, hidden ? " state=\"hidden\"" : "");
        pl_buffer_print(&relations, "<Relationship Id=\"s%zu\" Type=\"%s/worksheet\" Target=\"%s\"/>", count, type,
                        paths[count] + 3);
        hidden = false;
        count++;
    }
    pl_buffer_text(&book, "</sheets></workbook>");
    pl_buffer_text(&relations, "</Relationships>");
    write_shared(&texts);
    parts[count] = (workbook_part){"_rels/.rels", pl_buffer_view(&root)};
    parts[count + 1] = (workbook_part){"xl/workbook.xml", pl_buffer_view(&book)};
    parts[count + 2] = (workbook_part){"xl/_rels/workbook.xml.rels", pl_buffer_view(&relations)};
    parts[count + 3] = (workbook_part){"xl/sharedStrings.xml", pl_buffer_view(&texts)};
    pl_str bytes = workbook_zip(parts, count + 4, true);
    write_file(argv[1], bytes);
    free((char *)(uintptr_t)bytes.at);
    for (size_t i = 0; i < count; i++) pl_buffer_free(&sheets[i]);
    pl_buffer_free(&book);
    pl_buffer_free(&relations);
    pl_buffer_free(&root);
    pl_buffer_free(&texts);
    pl_intern_free(shared);
    return 0;
}
