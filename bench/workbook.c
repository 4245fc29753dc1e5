/* Turns a CSV file of data into a workbook with the same cells, as Excel would store them: workbook DATA.csv BOOK.xlsx. Columns
 * called unit, name, group or period are shared texts, all others numbers of up to 17 digits. Rows are made as they are packed. */
#include <plumbline/table/csv.h>

#include <stdio.h>
#include <stdlib.h>
#include <zip.h>

#define TYPES "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

/* A part that is made piece by piece: `next` adds the next piece, or nothing at the end. */
typedef struct part {
    const pl_table *table;
    size_t at;
    pl_buffer pending;
    size_t used;
    void (*next)(struct part *part);
} part;

static void choose(void *context, pl_column *columns, size_t count) {
    static const char *const texts[] = {"unit", "name", "group", "period"};
    (void)context;
    for (size_t i = 0; i < count; i++) {
        bool text = false;
        for (size_t k = 0; k < 4; k++) text |= pl_str_is(columns[i].name, texts[k]);
        if (!text) columns[i].kind = PL_COLUMN_NUMBERS;
    }
}

static void next_row(part *p) {
    const pl_table *t = p->table;
    char cell[PL_CELL_NAME_SIZE];
    if (p->at == 0) {
        pl_buffer_text(&p->pending, "<worksheet " MAIN "><sheetData><row r=\"1\">");
        for (size_t i = 0; i < t->column_count; i++) {
            pl_cell_name(cell, i + 1, 1);
            pl_buffer_print(&p->pending, "<c r=\"%s\" t=\"inlineStr\"><is><t>%.*s</t></is></c>", cell, PL_ARG(t->columns[i].name));
        }
        pl_buffer_text(&p->pending, "</row>");
    } else if (p->at <= t->rows) {
        size_t row = p->at - 1;
        pl_buffer_print(&p->pending, "<row r=\"%zu\" spans=\"1:%zu\">", row + 2, t->column_count);
        for (size_t i = 0; i < t->column_count; i++) {
            const pl_column *c = &t->columns[i];
            pl_cell_name(cell, i + 1, row + 2);
            if (c->numbers && pl_present(c->present, row))
                pl_buffer_print(&p->pending, "<c r=\"%s\"><v>%.17g</v></c>", cell, c->numbers[row]);
            if (c->texts && c->texts[row])
                pl_buffer_print(&p->pending, "<c r=\"%s\" t=\"s\"><v>%u</v></c>", cell, c->texts[row] - 1);
        }
        pl_buffer_text(&p->pending, "</row>");
    } else if (p->at == t->rows + 1) {
        pl_buffer_text(&p->pending, "</sheetData></worksheet>");
    }
    p->at++;
}

static void next_text(part *p) {
    size_t count = pl_intern_count(p->table->texts);
    if (p->at == 0) pl_buffer_text(&p->pending, "<sst " MAIN ">");
    if (p->at > 0 && p->at <= count)
        pl_buffer_print(&p->pending, "<si><t>%.*s</t></si>", PL_ARG(pl_intern_text(p->table->texts, (uint32_t)p->at)));
    if (p->at == count + 1) pl_buffer_text(&p->pending, "</sst>");
    p->at++;
}

static zip_int64_t read_part(part *p, char *to, size_t size) {
    size_t given = 0;
    while (given < size) {
        if (p->used == p->pending.len) {
            p->used = 0;
            pl_buffer_clear(&p->pending);
            p->next(p);
            if (!p->pending.len) break;
        }
        size_t count = p->pending.len - p->used < size - given ? p->pending.len - p->used : size - given;
        memcpy(to + given, p->pending.at + p->used, count);
        p->used += count;
        given += count;
    }
    return (zip_int64_t)given;
}

static zip_int64_t source(void *context, void *data, zip_uint64_t size, zip_source_cmd_t command) {
    part *p = context;
    switch (command) {
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
                                              ZIP_SOURCE_FREE, -1);
    case ZIP_SOURCE_OPEN:
        p->at = p->used = 0;
        pl_buffer_clear(&p->pending);
        return 0;
    case ZIP_SOURCE_READ: return read_part(p, data, size);
    case ZIP_SOURCE_STAT: zip_stat_init(data); return sizeof(zip_stat_t);
    default: return 0;
    }
}

static void add(zip_t *zip, const char *path, zip_source_t *from) {
    if (from && zip_file_add(zip, path, from, 0) >= 0) return;
    fprintf(stderr, "workbook: %s: %s\n", path, zip_strerror(zip));
    exit(3);
}

static void add_text(zip_t *zip, const char *path, const char *text) {
    add(zip, path, zip_source_buffer(zip, text, strlen(text), 0));
}

int main(int argc, char **argv) {
    pl_table table;
    pl_csv_options options = {.choose = choose};
    if (argc != 3 || pl_csv_read(&table, argv[1], &options, NULL) != PL_OK) {
        fprintf(stderr, "usage: workbook DATA.csv BOOK.xlsx\n");
        return 2;
    }
    part rows = {.table = &table, .next = next_row}, texts = {.table = &table, .next = next_text};
    zip_t *zip = zip_open(argv[2], ZIP_CREATE | ZIP_TRUNCATE, NULL);
    if (!zip) {
        perror(argv[2]);
        return 3;
    }
    add_text(zip, "_rels/.rels",
             "<Relationships><Relationship Id=\"a\" Type=\"" TYPES
             "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    add_text(zip, "xl/workbook.xml", "<workbook><sheets><sheet name=\"data\" r:id=\"a\"/></sheets></workbook>");
    add_text(zip, "xl/_rels/workbook.xml.rels",
             "<Relationships><Relationship Id=\"a\" Type=\"" TYPES "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
             "<Relationship Id=\"b\" Type=\"" TYPES "/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>");
    add(zip, "xl/worksheets/sheet1.xml", zip_source_function(zip, source, &rows));
    add(zip, "xl/sharedStrings.xml", zip_source_function(zip, source, &texts));
    int status = zip_close(zip) == 0 ? 0 : 3;
    if (status) fprintf(stderr, "workbook: %s\n", zip_strerror(zip));
    pl_buffer_free(&rows.pending);
    pl_buffer_free(&texts.pending);
    pl_table_free(&table);
    return status;
}
