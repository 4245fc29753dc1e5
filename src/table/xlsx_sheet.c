#include "table/xlsx_sheet.h"

#include <stdlib.h>

#define DEFAULT_CELL ((size_t)1 << 20)

pl_place pl_sheet_place(const pl_sheet_reader *r) { return (pl_place){r->table->name, r->row, NULL, r->column ? r->column : 1}; }

static pl_place place_now(void *context) {
    const pl_sheet_reader *r = context;
    return r->row ? pl_sheet_place(r) : (pl_place){.file = r->table->name};
}

static void stop_unless(pl_sheet_reader *r, pl_status status) {
    if (status != PL_OK) pl_xml_stop(&r->xml, status);
}

/* ---- where cells stand ---- */

static pl_status outside(pl_sheet_reader *r, const char *reference) {
    return pl_problem_add(r->problems, PL_ERROR, "E115", pl_sheet_place(r),
                          "\"%.40s\" lies outside a sheet, which has %d columns and %d rows", reference, PL_SHEET_COLUMNS,
                          PL_SHEET_ROWS);
}

static pl_status out_of_order(pl_sheet_reader *r, const char *reference) {
    return pl_problem_add(r->problems, PL_ERROR, "E115", pl_sheet_place(r),
                          "is followed by \"%.40s\", which is no cell that can come after it; save the workbook again", reference);
}

/* The rows before `row` are over. */
static pl_status enter_row(pl_sheet_reader *r, size_t row) {
    r->row = row;
    r->column = 0;
    if (!r->has_header && r->header_top && row > r->header_bottom) {
        pl_status status = pl_header_finish(r);
        if (status != PL_OK) return status;
    }
    return r->merges.count ? pl_merges_enter(r, row) : PL_OK;
}

static pl_status begin_row(pl_sheet_reader *r, const char **attributes) {
    const char *text = pl_xml_attribute(attributes, "r");
    size_t row = r->row + 1;
    r->in_row = true;
    r->row_known = text != NULL;
    if (text) {
        size_t length = strspn(text, "0123456789");
        row = length && length < 10 && !text[length] ? strtoul(text, NULL, 10) : 0;
        if (length >= 10) return outside(r, text);
        if (row <= r->row) return out_of_order(r, text);
    }
    if (row > PL_SHEET_ROWS) return outside(r, text ? text : "the next row");
    return enter_row(r, row);
}

static pl_status enter_cell(pl_sheet_reader *r, const char *reference) {
    uint32_t column = (uint32_t)r->column + 1, row = (uint32_t)r->row;
    const char *at = reference;
    if (reference) {
        if (!pl_reference_read(&at, &column, &row) || *at) return out_of_order(r, reference);
        if (!column || !row) return outside(r, reference);
    }
    /* A row without a number of its own is where its first cell says. */
    if (row > r->row && !r->row_known && !r->column) {
        pl_status status = enter_row(r, row);
        if (status != PL_OK) return status;
    }
    if (column > PL_SHEET_COLUMNS) return outside(r, "the next cell");
    if (row != r->row || column <= r->column) return out_of_order(r, reference);
    r->row_known = true;
    r->column = column;
    return PL_OK;
}

static pl_content type_of(const char *text) {
    if (text[0] == 's') return text[1] ? PL_CONTENT_STRING : PL_CONTENT_SHARED; /* s, str */
    switch (text[0]) {
    case 'i': return PL_CONTENT_STRING; /* inlineStr */
    case 'b': return PL_CONTENT_BOOLEAN;
    case 'e': return PL_CONTENT_ERROR;
    case 'd': return PL_CONTENT_ISO_DATE;
    default: return PL_CONTENT_PLAIN;
    }
}

static pl_status begin_cell(pl_sheet_reader *r, const char **attributes) {
    const char *reference = NULL;
    r->content = PL_CONTENT_PLAIN;
    r->style = 0;
    for (; *attributes; attributes += 2) {
        if (attributes[0][1]) continue;
        if (attributes[0][0] == 'r') reference = attributes[1];
        if (attributes[0][0] == 't') r->content = type_of(attributes[1]);
        if (attributes[0][0] == 's') r->style = strtoul(attributes[1], NULL, 10);
    }
    r->in_cell = true;
    r->has_formula = r->has_value = r->too_long = r->in_inline = false;
    r->phonetic = 0;
    pl_buffer_clear(&r->text);
    return enter_cell(r, reference);
}

/* ---- what they hold ---- */

static pl_status end_cell(pl_sheet_reader *r) {
    r->in_cell = r->in_text = false;
    if (r->text.failed) return PL_MEMORY;
    if (r->too_long) {
        pl_status status = pl_problem_add(r->problems, PL_ERROR, "E102", pl_sheet_place(r),
                                          "this cell has over %zu bytes, which are the most that are read", r->max_cell);
        pl_sheet_keep(r, status);
        return status == PL_INPUT ? PL_OK : status;
    }
    if (r->has_formula && !r->has_value && r->content != PL_CONTENT_STRING && r->unstored++ == 0) {
        r->unstored_row = r->row;
        r->unstored_column = r->column;
    }
    pl_value value;
    if (!r->text.len || !pl_cell_value(r, &value) || value.kind == PL_VALUE_NONE) return PL_OK;
    return r->has_header ? pl_body_cell(r, &value) : pl_header_cell(r, &value);
}

static pl_status end_row(pl_sheet_reader *r) {
    r->in_row = false;
    return r->has_header ? pl_body_end_row(r) : pl_header_end_row(r);
}

/* ---- the elements of a sheet ---- */

static void start_in_cell(pl_sheet_reader *r, const char *name) {
    if (strcmp(name, "v") == 0)
        r->in_text = r->has_value = true;
    else if (strcmp(name, "f") == 0)
        r->has_formula = true;
    else if (strcmp(name, "is") == 0)
        r->in_inline = r->has_value = true;
    else if (strcmp(name, "rPh") == 0)
        r->phonetic++;
    else if (strcmp(name, "t") == 0)
        r->in_text = r->in_inline && !r->phonetic;
}

static void on_start(void *context, const char *name, const char **attributes) {
    pl_sheet_reader *r = context;
    if (r->in_cell)
        start_in_cell(r, name);
    else if (r->in_row && name[0] == 'c' && !name[1])
        stop_unless(r, begin_cell(r, attributes));
    else if (r->in_data && !r->in_row && strcmp(name, "row") == 0)
        stop_unless(r, begin_row(r, attributes));
    else if (strcmp(name, "sheetData") == 0)
        r->in_data = true;
}

static void on_end(void *context, const char *name) {
    pl_sheet_reader *r = context;
    if (r->in_cell) {
        if (name[0] == 'c' && !name[1]) stop_unless(r, end_cell(r));
        if ((name[0] == 'v' || name[0] == 't') && !name[1]) r->in_text = false;
        if (strcmp(name, "rPh") == 0) r->phonetic -= r->phonetic > 0;
    } else if (r->in_row && strcmp(name, "row") == 0) {
        stop_unless(r, end_row(r));
    } else if (strcmp(name, "sheetData") == 0) {
        r->in_data = false;
    }
}

static void on_text(void *context, const char *at, size_t size) {
    pl_sheet_reader *r = context;
    if (!r->in_text) return;
    if (r->text.len + size > r->max_cell)
        r->too_long = true;
    else
        pl_buffer_add(&r->text, at, size);
}

/* ---- a whole sheet ---- */

static pl_status tell(pl_sheet_reader *r) {
    pl_status status = PL_OK;
    if (r->unstored)
        status =
            pl_problem_add(r->problems, PL_WARNING, "W111", (pl_place){r->table->name, r->unstored_row, NULL, r->unstored_column},
                           "%zu formula%s stored without a result, this is the first; open the workbook in a spreadsheet program "
                           "and save it",
                           r->unstored, r->unstored == 1 ? " is" : "s are");
    if (r->strays && status == PL_OK)
        status = pl_problem_add(r->problems, PL_NOTE, "N112", (pl_place){r->table->name, r->stray_row, NULL, r->stray_column},
                                "%zu cell%s in no column that has a header, this is the first; left out", r->strays,
                                r->strays == 1 ? " is" : "s are");
    return status;
}

static pl_status read_sheet(pl_sheet_reader *r, const char *part) {
    pl_status status = pl_intern_create(&r->table->texts, 0);
    if (status == PL_OK) status = pl_shared_texts_read(r->book, r->problems);
    if (status == PL_OK) status = pl_merges_read(r, part);
    r->xml = (pl_xml_reader){.context = r, .start = on_start, .end = on_end, .text = on_text, .place = place_now};
    if (status == PL_OK) status = pl_xml_read(&r->xml, &r->book->archive, part, r->problems);
    if (status == PL_OK && !r->has_header) status = pl_header_finish(r);
    if (status >= PL_INPUT && r->has_header) status = pl_status_worse(status, pl_body_finish(r));
    return status == PL_OK ? tell(r) : status;
}

static size_t bound(size_t wanted, size_t most) { return wanted && wanted < most ? wanted : most; }

pl_status pl_workbook_read(pl_table *table, pl_workbook *workbook, size_t sheet, const pl_csv_options *options,
                           pl_problems *problems) {
    static const pl_csv_options defaults;
    *table = (pl_table){0};
    if (!options) options = &defaults;
    pl_sheet_reader r = {
        .book = workbook,
        .table = table,
        .options = options,
        .problems = problems,
        .max_columns = bound(options->max_columns, PL_SHEET_COLUMNS),
        .max_rows = bound(options->max_rows, PL_SHEET_ROWS),
        .max_cell = bound(options->max_cell, DEFAULT_CELL),
    };
    pl_str name;
    if (!pl_str_copy(&name, &table->arena, pl_str_of(options->name ? options->name : workbook->sheets[sheet].name)))
        return PL_MEMORY;
    table->name = name.at;
    pl_buffer_init(&r.text, 0);
    pl_status status = read_sheet(&r, workbook->parts[sheet]);
    pl_header_free(&r);
    pl_merges_free(&r.merges);
    pl_buffer_free(&r.text);
    free(r.text_ids);
    return pl_status_worse(status, r.worst);
}
