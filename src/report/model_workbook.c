#include <plumbline/report/model_workbook.h>

#include "model/loading.h"
#include "report/cell_text.h"
#include "report/plain_book.h"
#include "report/sheet_name.h"
#include "table/dialect.h"
#include "table/source.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

#define MOST_BYTES ((size_t)64 << 30)
#define MEASURED_ROWS 1000 /* that decide how wide columns are */
#define NARROWEST 6
#define WIDEST 40
#define RELEASE_BYTES ((size_t)4 << 20)

/* A sheet on its way into the workbook, row by row. */
typedef struct copying {
    const char *name; /* of the file */
    int kind;
    pl_problems *problems;
    pl_source source;
    pl_dialect dialect;
    const char *at, *end, *released;
    size_t row;
    bool begun, ended;
    bool *numbers; /* per column: takes numbers */
    size_t *widths;
    size_t columns, number_capacity, width_capacity;
    pl_buffer cell; /* with "" undone */
    const struct all_copies *all;
    size_t bytes_before; /* of the sheets before this one */
} copying;

/* What the sheets of one workbook share. */
typedef struct all_copies {
    const pl_watcher *watcher;
    size_t bytes;
} all_copies;

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
    case SHEET_EVENTS: data = pl_word_find(pl_event_words, header); return data < 0 || data == EVENT_POINTS;
    case SHEET_RATERS: return pl_word_find(pl_rater_words, header) < 0;
    case SHEET_GRADES: return is_among(pl_word_find(pl_grade_words, header), grades);
    default: return false;
    }
}

static pl_status make_column(copying *c, size_t column, pl_str header) {
    if (column < c->columns) return PL_OK;
    if (pl_reserve((void **)&c->numbers, &c->number_capacity, column + 1, sizeof *c->numbers, 0) ||
        pl_reserve((void **)&c->widths, &c->width_capacity, column + 1, sizeof *c->widths, 0))
        return PL_MEMORY;
    c->numbers[column] = takes_numbers(c->kind, header);
    c->widths[column] = NARROWEST;
    c->columns = column + 1;
    return PL_OK;
}

/* ---- rows ---- */

static pl_status too_large(const copying *c, const char *what) {
    return pl_problem_add(c->problems, PL_ERROR, "E701", (pl_place){.file = c->name, .row = c->row + 1},
                          "does not fit into a worksheet: %s", what);
}

static pl_status undouble(copying *c, pl_cell cell, pl_str *out) {
    *out = cell.text;
    if (!cell.doubled) return PL_OK;
    pl_buffer_clear(&c->cell);
    pl_buffer_str(&c->cell, cell.text);
    if (c->cell.failed) return PL_MEMORY;
    *out = pl_cell_undouble(cell.text, c->cell.at);
    return PL_OK;
}

static pl_status copy_cell(copying *c, size_t column, pl_cell cell, pl_buffer *out) {
    pl_str text;
    pl_status status = undouble(c, cell, &text);
    if (status == PL_OK) status = make_column(c, column, c->row ? (pl_str){0} : pl_str_trim(text));
    if (status != PL_OK || !text.len) return status;
    if (c->row < MEASURED_ROWS) {
        size_t width = pl_text_width(text);
        if (width > c->widths[column]) c->widths[column] = width < WIDEST ? width : WIDEST;
    }
    double x;
    if (c->row && c->numbers[column] && cell_is_number(pl_str_trim(text), &x))
        plain_number(out, c->row, column, x);
    else if (!plain_text(out, c->row, column, text, c->row == 0))
        return too_large(c, "a cell holds 32767 characters");
    return PL_OK;
}

static pl_status copy_row(copying *c, pl_buffer *out) {
    pl_cell cell;
    size_t column = 0;
    pl_status status = PL_OK;
    plain_begin_row(out, c->row);
    do {
        cell = pl_cell_read(c->dialect, c->at, c->end);
        c->at = cell.next;
        if (c->row >= PLAIN_ROWS || column >= PLAIN_COLUMNS) return too_large(c, "it has 1048576 rows and 16384 columns");
        status = copy_cell(c, column++, cell, out);
    } while (!cell.last && status == PL_OK);
    plain_end_row(out);
    c->row++;
    if ((size_t)(c->at - c->released) < RELEASE_BYTES) return status;
    pl_source_release(&c->source, c->released, c->at);
    c->released = c->at;
    return status;
}

static bool has_row(copying *c) {
    while (c->at < c->end && pl_record_blank(c->dialect, c->at, c->end)) c->at = pl_record_end(c->dialect, c->at, c->end);
    return c->at < c->end;
}

static void rewind_rows(copying *c) {
    c->at = c->released = c->source.bytes.at;
    c->end = c->at + c->source.bytes.len;
    c->row = 0;
}

/* How wide the columns are, by the first rows. */
static pl_status measure(copying *c) {
    pl_buffer unused;
    pl_buffer_init(&unused, 0);
    pl_status status = PL_OK;
    rewind_rows(c);
    while (status == PL_OK && c->row < MEASURED_ROWS && has_row(c)) {
        status = copy_row(c, &unused);
        if (unused.failed) status = PL_MEMORY;
        pl_buffer_clear(&unused);
    }
    pl_buffer_free(&unused);
    rewind_rows(c);
    return status;
}

static pl_status next_piece(void *context, pl_buffer *out) {
    copying *c = context;
    if (!c->begun) plain_begin_sheet(out, c->widths, c->columns);
    c->begun = true;
    pl_watcher_tell(c->all->watcher, c->bytes_before + (size_t)(c->at - c->source.bytes.at), c->all->bytes);
    if (has_row(c)) return copy_row(c, out);
    if (!c->ended) plain_end_sheet(out);
    c->ended = true;
    return PL_OK;
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

/* ---- sheets ---- */

static pl_status open_sheet(copying *c, const pl_sheet *sheet, pl_problems *problems) {
    *c = (copying){.name = sheet->name, .problems = problems};
    c->kind = pl_word_find(pl_sheet_words, (pl_str){sheet->name, strlen(sheet->name) - strlen(".csv")});
    pl_buffer_init(&c->cell, 0);
    pl_status status = pl_source_open(&c->source, sheet->path, sheet->name, MOST_BYTES, problems);
    if (status == PL_OK) status = pl_source_unmark(&c->source, c->name, problems);
    if (status == PL_OK && !is_utf8(&c->source)) status = pl_source_recode(&c->source, c->name, problems);
    if (status != PL_OK) return status;
    c->dialect = pl_dialect_of(c->source.bytes);
    return measure(c);
}

static void close_sheet(copying *c) {
    pl_source_close(&c->source);
    pl_buffer_free(&c->cell);
    free(c->numbers);
    free(c->widths);
}

static int kind_of(const pl_sheet *sheet) {
    return pl_word_find(pl_sheet_words, (pl_str){sheet->name, strlen(sheet->name) - strlen(".csv")});
}

static int by_kind(const void *a, const void *b) {
    int x = kind_of(a), y = kind_of(b);
    return x != y ? (x > y) - (x < y) : strcmp(((const pl_sheet *)a)->name, ((const pl_sheet *)b)->name);
}

/* Names and sources of all sheets; `opened` of them are to be closed. */
static pl_status open_sheets(copying *copies, plain_sheet *plain, char (*names)[BOOK_NAME_SIZE], const pl_sheet *sheets,
                             size_t count, size_t *opened, pl_problems *problems) {
    pl_intern *taken;
    pl_status status = pl_intern_create(&taken, 0);
    for (*opened = 0; status == PL_OK && *opened < count;) {
        size_t i = (*opened)++;
        status = open_sheet(&copies[i], &sheets[i], problems);
        if (status == PL_OK)
            status = sheet_name_make(names[i], (pl_str){sheets[i].name, strlen(sheets[i].name) - strlen(".csv")}, taken);
        plain[i] = (plain_sheet){names[i], next_piece, &copies[i]};
    }
    pl_intern_free(taken);
    return status;
}

static pl_status write_book(pl_output *output, const pl_sheet *sheets, size_t count, const char *folder, const pl_watcher *watcher,
                            pl_problems *problems) {
    all_copies all = {.watcher = watcher};
    copying *of = calloc(count, sizeof *of);
    plain_sheet *plain = calloc(count, sizeof *plain);
    char(*names)[BOOK_NAME_SIZE] = calloc(count, sizeof *names);
    size_t opened = 0;
    pl_status status = of && plain && names ? PL_OK : PL_MEMORY;
    if (status == PL_OK) status = open_sheets(of, plain, names, sheets, count, &opened, problems);
    for (size_t i = 0; status == PL_OK && i < count; i++) {
        of[i].all = &all;
        of[i].bytes_before = all.bytes;
        all.bytes += of[i].source.bytes.len;
    }
    if (status == PL_OK) status = plain_book_write(output, plain, count, folder, problems);
    for (size_t i = 0; i < opened; i++) close_sheet(&of[i]);
    free(of);
    free(plain);
    free(names);
    return status;
}

pl_status pl_report_model_workbook(pl_output *output, const char *model, const char *folder, const pl_watcher *watcher,
                                   pl_problems *problems) {
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_sheet *sheets = NULL;
    size_t count = 0;
    pl_status status = pl_folder_list(model, &arena, &sheets, &count, problems);
    if (status == PL_OK && count) qsort(sheets, count, sizeof *sheets, by_kind);
    if (status == PL_OK && (!count || kind_of(&sheets[0]) != SHEET_INDICATORS))
        status =
            pl_problem_add(problems, PL_ERROR, "E302", (pl_place){.file = model}, "has no indicators.csv (指标.csv, imeta.csv)");
    if (status == PL_OK) status = write_book(output, sheets, count, folder, watcher, problems);
    free(sheets);
    pl_arena_free(&arena);
    return status;
}
