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

static void widen(size_t *width, const char *text) {
    size_t own = pl_text_width(pl_str_of(text));
    if (own > *width) *width = own < WIDEST ? own : WIDEST;
}

/* A comment with the text of a description, without the marks that set code apart in documents. */
static void comment(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *text) {
    pl_buffer plain;
    pl_buffer_init(&plain, 0);
    for (; *text; text++)
        if (*text != '`') pl_buffer_char(&plain, *text);
    if (plain.failed)
        b->status = PL_MEMORY;
    else
        book_comment(b, sheet, row, column, plain.at);
    pl_buffer_free(&plain);
}

/* One column of a sheet: its header with a comment, its cells in the example's rows, the words it offers. */
typedef struct column_plan {
    const char *header, *about;
    size_t cell; /* in a template_row */
    const pl_word *choices;
    bool others;
} column_plan;

static void write_column(book *b, lxw_worksheet *sheet, const template_sheet *what, size_t at, const column_plan *plan) {
    const template_row *rows = b->chinese ? what->rows_zh : what->rows;
    size_t width = NARROWEST;
    book_words(b, sheet, 0, at, plan->header, STYLE_HEAD);
    comment(b, sheet, 0, at, plan->about);
    widen(&width, plan->header);
    for (size_t row = 0; row < what->row_count; row++) {
        const char *cell = cell_of(b, plan->choices, rows[row][plan->cell]);
        if (!cell) continue;
        widen(&width, cell);
        book_value(b, sheet, row + 1, at, pl_str_of(cell), STYLE_PLAIN);
    }
    book_width(b, sheet, at, book_width_of(width));
    if (what->row_count) offer(b, sheet, 1, LISTED_ROWS, at, plan->choices, plan->others);
}

static void write_setting(book *b, lxw_worksheet *sheet, size_t row, const pl_sheet_column *setting, size_t widths[2]) {
    const template_setting *given = NULL;
    for (size_t i = 0; i < template_setting_count; i++)
        if ((int)template_settings[i].setting == setting->meaning) given = &template_settings[i];
    const char *key = pl_word_for(pl_setting_words, setting->meaning, b->chinese);
    const char *value = given ? cell_of(b, setting->values, book_word(b, given->value, given->value_zh)) : NULL;
    book_words(b, sheet, row, 0, key, STYLE_PLAIN);
    comment(b, sheet, row, 0, book_word(b, setting->english, setting->chinese));
    widen(&widths[0], key);
    if (value) {
        book_value(b, sheet, row, 1, pl_str_of(value), STYLE_PLAIN);
        widen(&widths[1], value);
    }
    offer(b, sheet, row, row, 1, setting->values, setting->others);
}

static void write_settings(book *b, lxw_worksheet *sheet) {
    size_t count, widths[2] = {NARROWEST, NARROWEST};
    const pl_sheet_column *settings = pl_setting_descriptions(&count);
    for (size_t i = 0; i < count; i++) write_setting(b, sheet, i + 1, &settings[i], widths);
    for (size_t i = 0; i < 2; i++) book_width(b, sheet, i, book_width_of(widths[i]));
}

static void write_columns(book *b, lxw_worksheet *sheet, const template_sheet *what) {
    const pl_sheet_description *described = pl_sheet_described(what->kind);
    size_t at = 0;
    for (size_t i = 0; i < described->column_count; i++) {
        const pl_sheet_column *c = &described->columns[i];
        if (what->left_out >> c->meaning & 1) continue;
        column_plan plan = {pl_word_for(described->words, c->meaning, b->chinese), book_word(b, c->english, c->chinese),
                            (size_t)c->meaning, c->values, c->others};
        write_column(b, sheet, what, at++, &plan);
    }
    const char *about = book_word(b, "One column for each indicator's code. Plain numbers; empty where there is no value.",
                                  "每个末级指标一列，列名为指标代码。只填数字，没有值就留空。");
    for (size_t i = 0; what->elements && what->elements[i]; i++)
        write_column(b, sheet, what, at++, &(column_plan){what->elements[i], about, TEMPLATE_ELEMENT + i, NULL, false});
}

static void write_sheet(book *b, const template_sheet *what) {
    char name[BOOK_NAME_SIZE];
    book_name(b, pl_str_of(pl_word_for(pl_sheet_words, (int)what->kind, b->chinese)), name);
    lxw_worksheet *sheet = book_sheet(b, name);
    if (!sheet) return;
    book_print_setup(b, sheet, 0, 0, what->kind == SHEET_INDICATORS ? 2 : 1, 1);
    write_columns(b, sheet, what);
    if (what->kind == SHEET_SETTINGS) write_settings(b, sheet);
}

pl_status pl_report_template(pl_output *output, bool chinese, const char *folder, pl_problems *problems) {
    book b;
    book_options options = {.chinese = chinese, .digits = -1, .folder = folder};
    book_open(&b, &options, problems);
    for (size_t i = 0; i < template_sheet_count && b.status == PL_OK; i++) write_sheet(&b, &template_sheets[i]);
    return book_finish(&b, output, problems);
}
