#include "report/book.h"

#include "report/cell_text.h"
#include "report/package.h"
#include "report/temporary.h"

#include <plumbline/base/number.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_LINKS 65000
#define LINE_HEIGHT 15.0
#define MOST_HEIGHT 409.0
/* A workbook names the moment it was made. The same results make the same bytes, so it is always this one: 2000-01-01. */
#define MADE_AT 946684800

/* ---- failures ---- */

void book_check(book *b, lxw_error error) {
    if (error == LXW_NO_ERROR || b->status != PL_OK) return;
    b->status = error == LXW_ERROR_MEMORY_MALLOC_FAILED ? PL_MEMORY : PL_IO;
}

/* ---- styles ---- */

static lxw_format *make_format(book *b) {
    lxw_format *format = b->status == PL_OK ? workbook_add_format(b->workbook) : NULL;
    if (!format) {
        b->status = pl_status_worse(b->status, PL_MEMORY);
        return NULL;
    }
    if (b->chinese) format_set_font_name(format, "宋体");
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    return format;
}

static void number_format(const book *b, char out[32]) {
    int digits = b->digits < 0 ? 3 : b->digits;
    snprintf(out, 32, "0%s%.*s", digits ? "." : "", digits, "00000000000000000000");
}

static void color(lxw_format *format, lxw_color_t back, lxw_color_t front) {
    format_set_bg_color(format, back);
    format_set_font_color(format, front);
    format_set_align(format, LXW_ALIGN_CENTER);
    format_set_border(format, LXW_BORDER_THIN);
    format_set_border_color(format, 0xFFFFFF);
}

static void underline_row(lxw_format *format) {
    format_set_bottom(format, LXW_BORDER_HAIR);
    format_set_bottom_color(format, 0xBFBFBF);
}

static void dress(const book *b, lxw_format *format, book_style style) {
    char numbers[32];
    if (style != STYLE_TITLE && style != STYLE_NOTE && style != STYLE_PLAIN) underline_row(format);
    switch (style) {
    case STYLE_PLAIN:
    case STYLE_TEXT:
    case STYLE_EXACT:
    case STYLE_COUNT: break;
    case STYLE_WRAP: format_set_text_wrap(format); break;
    case STYLE_TITLE:
        format_set_bold(format);
        format_set_font_size(format, 16);
        break;
    case STYLE_NOTE: format_set_font_color(format, 0x595959); break;
    case STYLE_HEAD:
        format_set_bold(format);
        format_set_text_wrap(format);
        format_set_align(format, LXW_ALIGN_CENTER);
        format_set_bg_color(format, 0xDDE6F0);
        format_set_border(format, LXW_BORDER_THIN);
        format_set_border_color(format, 0xA6A6A6);
        break;
    case STYLE_SCORE:
        number_format(b, numbers);
        format_set_num_format(format, numbers);
        break;
    case STYLE_PLACE: format_set_align(format, LXW_ALIGN_CENTER); break;
    case STYLE_SHARE: format_set_num_format(format, "0.0%"); break;
    case STYLE_LINK:
        format_set_font_color(format, 0x0563C1);
        format_set_underline(format, LXW_UNDERLINE_SINGLE);
        break;
    case STYLE_ABSENT:
        format_set_font_color(format, 0x595959);
        format_set_align(format, LXW_ALIGN_RIGHT);
        break;
    case STYLE_GREEN: color(format, 0xC6E0B4, 0x1E4620); break;
    case STYLE_YELLOW: color(format, 0xFFE699, 0x5F4700); break;
    case STYLE_RED: color(format, 0xF4B6B0, 0x7B1410); break;
    }
}

static void make_styles(book *b) {
    for (int style = 0; style < STYLE_COUNT; style++) {
        b->styles[style] = make_format(b);
        if (b->styles[style]) dress(b, b->styles[style], (book_style)style);
    }
    for (int depth = 0; depth < BOOK_INDENTS; depth++) {
        b->indents[depth] = make_format(b);
        if (!b->indents[depth]) return;
        format_set_text_wrap(b->indents[depth]);
        underline_row(b->indents[depth]);
        if (depth) format_set_indent(b->indents[depth], (uint8_t)depth);
        if (depth < 2) format_set_bold(b->indents[depth]);
    }
}

/* ---- beginning and end ---- */

pl_status book_open(book *b, const book_options *options, pl_problems *problems) {
    *b = (book){
        .chinese = options->chinese, .digits = options->digits, .folder = options->folder ? options->folder : TEMPORARY_FOLDER};
    pl_buffer_init(&b->text, 0);
    b->status = pl_intern_create(&b->names, 0);
    if (b->status == PL_OK) b->status = temporary_file(&b->path, b->folder, problems);
    if (b->status != PL_OK) return b->status;
    lxw_workbook_options own = {.constant_memory = options->streaming, .tmpdir = (char *)(uintptr_t)b->folder};
    b->workbook = workbook_new_opt(b->path, &own);
    if (!b->workbook) return b->status = PL_MEMORY;
    lxw_doc_properties properties = {.created = MADE_AT};
    book_check(b, workbook_set_properties(b->workbook, &properties));
    make_styles(b);
    return b->status;
}

pl_status book_finish(book *b, pl_output *output, pl_problems *problems) {
    if (b->workbook && b->status == PL_OK) {
        lxw_error error = workbook_close(b->workbook);
        b->workbook = NULL;
        book_check(b, error);
        if (b->status == PL_OK) b->status = temporary_send(b->path, package_is_whole, output);
    }
    bool told = output->status != PL_OK || (problems && problems->errors);
    if (b->status == PL_IO && !told) b->status = temporary_failure(b->folder, b->error, problems);
    if (b->workbook) lxw_workbook_free(b->workbook);
    if (b->path) unlink(b->path);
    free(b->path);
    pl_intern_free(b->names);
    pl_buffer_free(&b->text);
    return b->status;
}

/* ---- sheets ---- */

void book_name(book *b, pl_str wanted, char name[BOOK_NAME_SIZE]) {
    if (b->status == PL_OK) b->status = sheet_name_make(name, wanted, b->names);
}

/* A name in quotes, as references have it. */
static void add_quoted(pl_buffer *out, const char *name) {
    pl_buffer_char(out, '\'');
    for (; *name; name++) {
        if (*name == '\'') pl_buffer_char(out, '\'');
        pl_buffer_char(out, *name);
    }
    pl_buffer_char(out, '\'');
}

/* The library leaves the quotes off names such as D03 or 2025, which a spreadsheet then takes for a cell or a number and offers to
 * repair the file. */
static void quote_always(book *b, lxw_worksheet *sheet, const char *name) {
    pl_buffer quoted;
    pl_buffer_init(&quoted, 0);
    add_quoted(&quoted, name);
    if (quoted.failed) {
        b->status = PL_MEMORY;
        pl_buffer_free(&quoted);
        return;
    }
    free(sheet->quoted_name);
    sheet->quoted_name = quoted.at; /* freed with the sheet */
}

lxw_worksheet *book_sheet(book *b, const char *name) {
    if (b->status != PL_OK) return NULL;
    errno = 0;
    lxw_worksheet *sheet = workbook_add_worksheet(b->workbook, name);
    if (!sheet) {
        b->error = errno == ENOMEM ? 0 : errno; /* when streaming it opens a file */
        b->status = b->error ? PL_IO : PL_MEMORY;
    }
    b->links = 0;
    if (sheet) quote_always(b, sheet, name);
    return b->status == PL_OK ? sheet : NULL;
}

void book_print_setup(book *b, lxw_worksheet *sheet, size_t head, size_t last_head, size_t columns_kept, unsigned wide) {
    if (b->status != PL_OK) return;
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, (uint16_t)wide, 0);
    worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.7);
    book_check(b, worksheet_set_footer(sheet, book_word(b, "&L&A&Rpage &P of &N", "&L&A&R第 &P 页，共 &N 页")));
    book_check(b, worksheet_repeat_rows(sheet, (lxw_row_t)head, (lxw_row_t)last_head));
    if (wide > 1 && columns_kept) book_check(b, worksheet_repeat_columns(sheet, 0, (lxw_col_t)(columns_kept - 1)));
    worksheet_freeze_panes(sheet, (lxw_row_t)last_head + 1, (lxw_col_t)columns_kept);
}

/* Chinese characters are a little wider than two digits. */
double book_width_of(size_t text_width) { return (double)text_width * 1.08 + 2; }

void book_width(book *b, lxw_worksheet *sheet, size_t column, double width) {
    if (b->status != PL_OK) return;
    book_check(b, worksheet_set_column(sheet, (lxw_col_t)column, (lxw_col_t)column, width, NULL));
}

void book_row(book *b, lxw_worksheet *sheet, size_t row, size_t lines, unsigned level) {
    if (b->status != PL_OK) return;
    double height = (double)lines * LINE_HEIGHT + 2;
    lxw_row_col_options options = {.level = (uint8_t)(level > 7 ? 7 : level)};
    book_check(b, worksheet_set_row_opt(sheet, (lxw_row_t)row, height < MOST_HEIGHT ? height : MOST_HEIGHT, NULL, &options));
}

/* ---- cells ---- */

/* The text as a cell can hold it, terminated. */
static const char *cell_text(book *b, pl_str text) {
    pl_buffer_clear(&b->text);
    cell_text_add(&b->text, text);
    pl_buffer_text(&b->text, "");
    if (b->text.failed) b->status = PL_MEMORY;
    return b->text.at;
}

static void write_text(book *b, lxw_worksheet *sheet, size_t row, size_t column, pl_str text, lxw_format *format) {
    if (b->status != PL_OK) return;
    const char *bytes = cell_text(b, text);
    if (b->status != PL_OK) return;
    book_check(b, worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, bytes, format));
}

void book_text(book *b, lxw_worksheet *sheet, size_t row, size_t column, pl_str text, book_style style) {
    write_text(b, sheet, row, column, text, b->styles[style]);
}

void book_words(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *text, book_style style) {
    write_text(b, sheet, row, column, pl_str_of(text), b->styles[style]);
}

void book_indented(book *b, lxw_worksheet *sheet, size_t row, size_t column, pl_str text, unsigned depth) {
    write_text(b, sheet, row, column, text, b->indents[depth < BOOK_INDENTS ? depth : BOOK_INDENTS - 1]);
}

void book_number(book *b, lxw_worksheet *sheet, size_t row, size_t column, double x, book_style style) {
    if (b->status != PL_OK) return;
    book_check(b, worksheet_write_number(sheet, (lxw_row_t)row, (lxw_col_t)column, x, b->styles[style]));
}

void book_value(book *b, lxw_worksheet *sheet, size_t row, size_t column, pl_str text, book_style style) {
    double x;
    if (cell_is_number(pl_str_trim(text), &x))
        book_number(b, sheet, row, column, x, style);
    else if (text.len)
        book_text(b, sheet, row, column, text, style);
}

void book_formula(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *formula, const double *result,
                  book_style style) {
    if (b->status != PL_OK) return;
    lxw_format *format = b->styles[style];
    if (result)
        book_check(b, worksheet_write_formula_num(sheet, (lxw_row_t)row, (lxw_col_t)column, formula, format, *result));
    else
        book_check(b, worksheet_write_formula_str(sheet, (lxw_row_t)row, (lxw_col_t)column, formula, format, ""));
}

void book_link(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *to, pl_str text, book_style style) {
    if (b->status != PL_OK) return;
    if (b->links == MOST_LINKS) {
        book_text(b, sheet, row, column, text, STYLE_TEXT);
        return;
    }
    b->links++;
    pl_buffer target;
    pl_buffer_init(&target, 0);
    pl_buffer_text(&target, "internal:");
    add_quoted(&target, to);
    pl_buffer_text(&target, "!A1");
    if (target.failed) b->status = PL_MEMORY;
    const char *bytes = b->status == PL_OK ? cell_text(b, text) : NULL;
    if (b->status == PL_OK)
        book_check(b, worksheet_write_url_opt(sheet, (lxw_row_t)row, (lxw_col_t)column, target.at, b->styles[style], bytes, NULL));
    pl_buffer_free(&target);
}

void book_comment(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *text) {
    if (b->status != PL_OK) return;
    size_t lines = pl_text_width(pl_str_of(text)) / 36 + 2;
    lxw_comment_options options = {.width = 280, .height = (uint16_t)(lines < 30 ? lines * 18 : 540)};
    book_check(b, worksheet_write_comment_opt(sheet, (lxw_row_t)row, (lxw_col_t)column, text, &options));
}
