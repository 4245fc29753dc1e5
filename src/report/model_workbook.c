#include <plumbline/report/model_workbook.h>

#include "model/loading.h"
#include "report/book.h"
#include "table/dialect.h"
#include "table/source.h"

#include <stdlib.h>

#define MOST_BYTES ((size_t)64 << 30)
#define MEASURED_ROWS 1000 /* that decide how wide columns are */
#define NARROWEST 6
#define WIDEST 40
#define RELEASE_BYTES ((size_t)4 << 20)

typedef struct copying {
    book *book;
    lxw_worksheet *sheet;
    const char *name; /* of the file */
    int kind;
    pl_problems *problems;
    bool *numbers; /* per column: takes numbers */
    size_t *widths;
    size_t columns, number_capacity, width_capacity;
    pl_buffer cell; /* with "" undone */
} copying;

/* ---- columns ---- */

static bool is_among(int meaning, const int *list) {
    for (; *list >= 0; list++)
        if (*list == meaning) return true;
    return false;
}

/* Whether what looks like a number under this header is one; codes, units and periods never are. */
static bool takes_numbers(int kind, pl_str header) {
    static const int fields[] = {FIELD_WEIGHT, FIELD_DIRECTION, FIELD_FULL, FIELD_TARGET, FIELD_LOW, FIELD_HIGH, FIELD_LEVEL, -1};
    static const int grades[] = {GRADE_MIN, GRADE_SHARE, -1};
    int data;
    switch (kind) {
    case SHEET_INDICATORS: return is_among(pl_word_find(pl_field_words, header), fields);
    case SHEET_UNITS: return pl_word_find(pl_unit_words, header) < 0;
    case SHEET_DATA: data = pl_word_find(pl_data_words, header); return data < 0 || data == DATA_VALUE;
    case SHEET_SETTINGS: return pl_word_find(pl_key_words, header) == 1;
    case SHEET_EVENTS: return pl_word_find(pl_event_words, header) == EVENT_POINTS;
    case SHEET_GRADES: return is_among(pl_word_find(pl_grade_words, header), grades);
    default: return false;
    }
}

static bool make_column(copying *c, size_t column, pl_str header) {
    if (column < c->columns) return true;
    if (pl_reserve((void **)&c->numbers, &c->number_capacity, column + 1, sizeof *c->numbers, 0) ||
        pl_reserve((void **)&c->widths, &c->width_capacity, column + 1, sizeof *c->widths, 0)) {
        c->book->status = PL_MEMORY;
        return false;
    }
    c->numbers[column] = takes_numbers(c->kind, header);
    c->widths[column] = NARROWEST;
    c->columns = column + 1;
    return true;
}

/* ---- rows ---- */

static pl_status too_large(const copying *c, size_t row) {
    return pl_problem_add(c->problems, PL_ERROR, "E701", (pl_place){.file = c->name, .row = row + 1},
                          "does not fit into a worksheet, which has %d rows and %d columns", (int)BOOK_ROWS, (int)BOOK_COLUMNS);
}

static void copy_cell(copying *c, size_t row, size_t column, pl_cell cell) {
    pl_str text = cell.text;
    if (cell.doubled) {
        pl_buffer_clear(&c->cell);
        pl_buffer_str(&c->cell, text);
        if (c->cell.failed) {
            c->book->status = PL_MEMORY;
            return;
        }
        text = pl_cell_undouble(text, c->cell.at);
    }
    if (!make_column(c, column, row ? (pl_str){0} : pl_str_trim(text))) return;
    if (row < MEASURED_ROWS) {
        size_t width = pl_text_width(text);
        if (width > c->widths[column]) c->widths[column] = width < WIDEST ? width : WIDEST;
    }
    if (row && c->numbers[column])
        book_value(c->book, c->sheet, row, column, text, STYLE_PLAIN);
    else if (text.len)
        book_text(c->book, c->sheet, row, column, text, row ? STYLE_PLAIN : STYLE_HEAD);
}

static void copy_rows(copying *c, const pl_source *source) {
    pl_dialect dialect = pl_dialect_of(source->bytes);
    const char *at = source->bytes.at, *end = at + source->bytes.len, *released = at;
    for (size_t row = 0; at < end && c->book->status == PL_OK;) {
        if (pl_record_blank(dialect, at, end)) {
            at = pl_record_end(dialect, at, end);
            continue;
        }
        pl_cell cell;
        size_t column = 0;
        do {
            cell = pl_cell_read(dialect, at, end);
            at = cell.next;
            if (row >= BOOK_ROWS || column >= BOOK_COLUMNS)
                c->book->status = too_large(c, row);
            else
                copy_cell(c, row, column++, cell);
        } while (!cell.last && c->book->status == PL_OK);
        row++;
        if ((size_t)(at - released) < RELEASE_BYTES) continue;
        pl_source_release(source, released, at);
        released = at;
    }
}

/* Looks at a piece at a time, so that no more of a long file is in memory at once. */
static bool is_utf8(const pl_source *source) {
    for (size_t at = 0; at < source->bytes.len;) {
        size_t left = source->bytes.len - at;
        pl_str piece = {source->bytes.at + at, left < RELEASE_BYTES ? left : RELEASE_BYTES};
        size_t good = pl_utf8_check(piece);
        bool cut = piece.len < left && piece.len - good < 4 && good > 0; /* the last character goes on behind the piece */
        if (good < piece.len && !cut) return false;
        pl_source_release(source, piece.at, piece.at + good);
        at += good;
    }
    return true;
}

static void copy_source(copying *c, pl_source *source) {
    pl_status status = pl_source_unmark(source, c->name, c->problems);
    if (status == PL_OK && !is_utf8(source)) status = pl_source_recode(source, c->name, c->problems);
    c->book->status = status;
    if (status != PL_OK) return;
    copy_rows(c, source);
    for (size_t i = 0; i < c->columns; i++) book_width(c->book, c->sheet, i, book_width_of(c->widths[i]));
    if (c->book->status == PL_OK) worksheet_freeze_panes(c->sheet, 1, 0);
}

/* ---- sheets ---- */

static void copy_sheet(book *b, const pl_sheet *sheet, pl_problems *problems) {
    char name[BOOK_NAME_SIZE];
    pl_str title = {sheet->name, strlen(sheet->name) - strlen(".csv")};
    book_name(b, title, name);
    copying c = {.book = b, .sheet = book_sheet(b, name), .name = sheet->name, .problems = problems};
    if (!c.sheet) return;
    c.kind = pl_word_find(pl_sheet_words, title);
    pl_buffer_init(&c.cell, 0);
    pl_source source;
    b->status = pl_source_open(&source, sheet->path, sheet->name, MOST_BYTES, problems);
    if (b->status == PL_OK) copy_source(&c, &source);
    pl_source_close(&source);
    pl_buffer_free(&c.cell);
    free(c.numbers);
    free(c.widths);
}

static int kind_of(const pl_sheet *sheet) {
    return pl_word_find(pl_sheet_words, (pl_str){sheet->name, strlen(sheet->name) - strlen(".csv")});
}

static int by_kind(const void *a, const void *b) {
    int x = kind_of(a), y = kind_of(b);
    return x != y ? (x > y) - (x < y) : strcmp(((const pl_sheet *)a)->name, ((const pl_sheet *)b)->name);
}

static pl_status write_book(pl_output *output, const pl_sheet *sheets, size_t count, const char *folder, pl_problems *problems) {
    book b;
    book_options options = {.digits = -1, .streaming = true, .folder = folder};
    book_open(&b, &options, problems);
    for (size_t i = 0; i < count && b.status == PL_OK; i++) copy_sheet(&b, &sheets[i], problems);
    return book_finish(&b, output, problems);
}

pl_status pl_report_model_workbook(pl_output *output, const char *model, const char *folder, pl_problems *problems) {
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_sheet *sheets = NULL;
    size_t count = 0;
    pl_status status = pl_folder_list(model, &arena, &sheets, &count, problems);
    if (status == PL_OK && count) qsort(sheets, count, sizeof *sheets, by_kind);
    if (status == PL_OK && (!count || kind_of(&sheets[0]) != SHEET_INDICATORS))
        status =
            pl_problem_add(problems, PL_ERROR, "E302", (pl_place){.file = model}, "has no indicators.csv (指标.csv, imeta.csv)");
    if (status == PL_OK) status = write_book(output, sheets, count, folder, problems);
    free(sheets);
    pl_arena_free(&arena);
    return status;
}
