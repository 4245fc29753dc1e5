/* A workbook in the making: sheets with legal names, styles, cells whose texts are texts whatever they look like.
 *
 * The first failure is kept in `status`; after it every call does nothing, so that a writer checks once, at the end. */
#ifndef PLUMBLINE_REPORT_BOOK_H
#define PLUMBLINE_REPORT_BOOK_H

#include "report/sheet_name.h"

#include <plumbline/base/problems.h>
#include <plumbline/table/write.h>

#include <xlsxwriter.h>

/* What one worksheet holds. */
#define BOOK_ROWS LXW_ROW_MAX
#define BOOK_COLUMNS LXW_COL_MAX

typedef enum book_style {
    STYLE_PLAIN,
    STYLE_TEXT, /* this and those below, but for notes and titles, have a fine line under them */
    STYLE_WRAP,
    STYLE_TITLE,
    STYLE_NOTE,
    STYLE_HEAD,
    STYLE_SCORE, /* as many decimals as the model publishes */
    STYLE_EXACT, /* as many as there are */
    STYLE_PLACE,
    STYLE_SHARE, /* per cent */
    STYLE_LINK,
    STYLE_ABSENT, /* a word in the place of a number */
    STYLE_GREEN,
    STYLE_YELLOW,
    STYLE_RED,
    STYLE_COUNT
} book_style;

#define BOOK_INDENTS 12

typedef struct book {
    pl_status status;
    int error; /* errno of a failure of the temporary folder, or 0 */
    bool chinese;
    int digits;         /* of STYLE_SCORE; -1: three are shown and all are stored */
    const char *folder; /* for temporary files */
    char *path;         /* the package while it is made */
    lxw_workbook *workbook;
    lxw_format *styles[STYLE_COUNT];
    lxw_format *indents[BOOK_INDENTS]; /* names in a tree, by depth */
    pl_intern *names;                  /* of sheets, without case */
    size_t links;                      /* on the sheet at hand */
    pl_buffer text;                    /* of the cell at hand, terminated */
} book;

typedef struct book_options {
    bool chinese;
    int digits;
    bool streaming;     /* rows are written in order and forgotten: memory stays the same however long a sheet is */
    const char *folder; /* for temporary files; NULL: /tmp */
} book_options;

/* E702 and PL_IO when the temporary folder cannot be written. To be ended by book_finish in any case. */
pl_status book_open(book *b, const book_options *options, pl_problems *problems);

/* Assembles the package, checks that it is whole, and adds it to `output`, unless something failed before. Frees everything.
 * Returns the first failure of all. */
pl_status book_finish(book *b, pl_output *output, pl_problems *problems);

/* The text in the workbook's language; where it is a format, both are checked against the arguments. */
__attribute__((format_arg(2), format_arg(3))) static inline const char *book_word(const book *b, const char *english,
                                                                                  const char *chinese) {
    return b->chinese ? chinese : english;
}

/* Makes the name that is wanted legal (sheet_name.h) and keeps it for a sheet of this book. */
void book_name(book *b, pl_str wanted, char name[BOOK_NAME_SIZE]);
/* Adds a sheet with such a name; NULL after a failure. */
lxw_worksheet *book_sheet(book *b, const char *name);

void book_text(book *b, lxw_worksheet *sheet, size_t row, size_t column, pl_str text, book_style style);
void book_words(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *text, book_style style);
void book_indented(book *b, lxw_worksheet *sheet, size_t row, size_t column, pl_str text, unsigned depth);
void book_number(book *b, lxw_worksheet *sheet, size_t row, size_t column, double x, book_style style);
/* What a sheet of a model says: a number where the text is one that a spreadsheet can hold and give back as it was, else a text. */
void book_value(book *b, lxw_worksheet *sheet, size_t row, size_t column, pl_str text, book_style style);
/* A formula that the program made, with what it gives: a number, or an empty text where `result` is NULL. */
void book_formula(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *formula, const double *result,
                  book_style style);
/* A text that leads to cell A1 of a sheet; plain text where a sheet has as many links as it may have. */
void book_link(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *to, pl_str text, book_style style);
void book_comment(book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *text);
void book_width(book *b, lxw_worksheet *sheet, size_t column, double width);
/* A row's height for so many lines of text, and its level of folding (0: none). */
void book_row(book *b, lxw_worksheet *sheet, size_t row, size_t lines, unsigned level);

/* Width of a column that shows a text of so many columns of a terminal. */
double book_width_of(size_t text_width);

/* A4 across, `wide` pages wide, page numbers; the rows `head` to `last_head` are repeated on every page, what is above the rows
 * behind them and the first columns stay in sight. */
void book_print_setup(book *b, lxw_worksheet *sheet, size_t head, size_t last_head, size_t columns_kept, unsigned wide);

/* Marks a failure of the library behind. */
void book_check(book *b, lxw_error error);

#endif
