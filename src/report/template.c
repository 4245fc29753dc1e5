#include <plumbline/report/template.h>

#include "report/book.h"
#include "report/template.h"

/* Rows that offer lists: more than anybody fills in by hand. */
#define LISTED_ROWS 1000
#define MOST_CHOICES 16
#define NARROWEST 8
#define WIDEST 44

/* The cell's text: a word of the list in the reader's language where the column has one. */
static const char *cell_of(const book *b, const pl_word *choices, const char *text) {
    int meaning = choices && text ? pl_word_find(choices, pl_str_of(text)) : -1;
    return meaning < 0 ? text : pl_word_for(choices, meaning, b->chinese);
}

static void offer(book *b, lxw_worksheet *sheet, size_t first_row, size_t last_row, size_t column, const pl_word *choices,
                  bool others) {
    char *list[MOST_CHOICES + 1] = {NULL}; /* the library does not write to them */
    if (!choices || b->status != PL_OK) return;
    for (size_t i = 0; i < MOST_CHOICES && choices[i].words[0]; i++)
        list[i] = (char *)(uintptr_t)pl_word_for(choices, choices[i].meaning, b->chinese);
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST,
                                .ignore_blank = LXW_VALIDATION_ON,
                                .dropdown = LXW_VALIDATION_ON,
                                .show_error = others ? LXW_VALIDATION_OFF : LXW_VALIDATION_ON,
                                .value_list = list};
    book_check(b, worksheet_data_validation_range(sheet, (lxw_row_t)first_row, (lxw_col_t)column, (lxw_row_t)last_row,
                                                  (lxw_col_t)column, &rule));
}

static const char *header_of(const book *b, const template_column *column) {
    return column->words ? pl_word_for(column->words, column->meaning, b->chinese) : column->code;
}

static void widen(size_t *width, const char *text) {
    size_t own = pl_text_width(pl_str_of(text));
    if (own > *width) *width = own < WIDEST ? own : WIDEST;
}

static void write_column(book *b, lxw_worksheet *sheet, const template_sheet *what, size_t at) {
    const template_column *column = &what->columns[at];
    const template_row *rows = b->chinese ? what->rows_zh : what->rows;
    size_t width = NARROWEST;
    book_words(b, sheet, 0, at, header_of(b, column), STYLE_HEAD);
    book_comment(b, sheet, 0, at, book_word(b, column->about, column->about_zh));
    widen(&width, header_of(b, column));
    for (size_t row = 0; row < what->row_count; row++) {
        const char *cell = cell_of(b, column->choices, rows[row][at]);
        if (!cell) continue;
        widen(&width, cell);
        if (column->numbers)
            book_value(b, sheet, row + 1, at, pl_str_of(cell), STYLE_PLAIN);
        else
            book_words(b, sheet, row + 1, at, cell, STYLE_PLAIN);
    }
    book_width(b, sheet, at, book_width_of(width));
    offer(b, sheet, 1, LISTED_ROWS, at, column->choices, column->others);
}

static void write_settings(book *b, lxw_worksheet *sheet) {
    size_t key_width = NARROWEST, value_width = NARROWEST;
    for (size_t i = 0; i < template_setting_count; i++) {
        const template_setting *s = &template_settings[i];
        const char *key = pl_word_for(pl_setting_words, (int)s->setting, b->chinese);
        const char *value = s->value ? cell_of(b, s->choices, book_word(b, s->value, s->value_zh)) : NULL;
        book_words(b, sheet, i + 1, 0, key, STYLE_PLAIN);
        book_comment(b, sheet, i + 1, 0, book_word(b, s->about, s->about_zh));
        widen(&key_width, key);
        if (value) {
            book_value(b, sheet, i + 1, 1, pl_str_of(value), STYLE_PLAIN);
            widen(&value_width, value);
        }
        offer(b, sheet, i + 1, i + 1, 1, s->choices, s->others);
    }
    book_width(b, sheet, 0, book_width_of(key_width));
    book_width(b, sheet, 1, book_width_of(value_width));
}

static void write_sheet(book *b, const template_sheet *what) {
    char name[BOOK_NAME_SIZE];
    book_name(b, pl_str_of(pl_word_for(pl_sheet_words, (int)what->kind, b->chinese)), name);
    lxw_worksheet *sheet = book_sheet(b, name);
    if (!sheet) return;
    book_print_setup(b, sheet, 0, 0, what->kind == SHEET_INDICATORS ? 2 : 1, 1);
    for (size_t at = 0; at < what->column_count; at++) write_column(b, sheet, what, at);
    if (what->kind == SHEET_SETTINGS) write_settings(b, sheet);
}

pl_status pl_report_template(pl_output *output, bool chinese, const char *folder, pl_problems *problems) {
    book b;
    book_options options = {.chinese = chinese, .digits = -1, .folder = folder};
    book_open(&b, &options, problems);
    for (size_t i = 0; i < template_sheet_count && b.status == PL_OK; i++) write_sheet(&b, &template_sheets[i]);
    return book_finish(&b, output, problems);
}
