#include <plumbline/table/write.h>

#include <plumbline/base/number.h>

#include <math.h>

static pl_str literal(const char *text) { return pl_str_of(text); }

void pl_csv_begin(pl_csv_writer *writer, pl_output *output, bool for_people) {
    *writer = (pl_csv_writer){.output = output, .for_people = for_people};
    if (for_people) pl_output_add(output, literal("\xEF\xBB\xBF"));
}

static void begin_cell(pl_csv_writer *writer) {
    if (writer->in_row) pl_output_add(writer->output, literal(","));
    writer->in_row = true;
}

/* What a spreadsheet would take for a formula; a plain number is harmless. */
static bool is_formula(pl_str text) {
    double number;
    return text.len && strchr("=+-@\t\r", text.at[0]) && !pl_number_parse(text, &number);
}

/* Bytes for which a text is put in quotes. */
static bool needs_quotes(pl_str text) {
    static const bool special[256] = {[','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true, [';'] = true, ['\t'] = true};
    if (!text.len) return false;
    if (text.at[0] == ' ' || text.at[text.len - 1] == ' ') return true;
    for (size_t i = 0; i < text.len; i++)
        if (special[(unsigned char)text.at[i]]) return true;
    return false;
}

void pl_csv_text(pl_csv_writer *writer, pl_str text) {
    begin_cell(writer);
    bool quote = needs_quotes(text);
    if (quote) pl_output_add(writer->output, literal("\""));
    if (writer->for_people && is_formula(text)) pl_output_add(writer->output, literal("'"));
    if (quote) {
        size_t from = 0;
        for (size_t i = 0; i < text.len; i++) {
            if (text.at[i] != '"') continue;
            pl_output_add(writer->output, (pl_str){text.at + from, i + 1 - from});
            from = i; /* the quote is written again with what follows */
        }
        pl_output_add(writer->output, (pl_str){text.at + from, text.len - from});
        pl_output_add(writer->output, literal("\""));
    } else {
        pl_output_add(writer->output, text);
    }
}

void pl_csv_number(pl_csv_writer *writer, double x) {
    char text[PL_NUMBER_SIZE];
    begin_cell(writer);
    if (isfinite(x)) pl_output_add(writer->output, (pl_str){text, pl_number_print(text, x)});
}

void pl_csv_fixed(pl_csv_writer *writer, double x, int digits) {
    char text[PL_FIXED_SIZE];
    begin_cell(writer);
    pl_output_add(writer->output, (pl_str){text, pl_number_fixed(text, x, digits)});
}

void pl_csv_missing(pl_csv_writer *writer) { begin_cell(writer); }

void pl_csv_end_row(pl_csv_writer *writer) {
    pl_output_add(writer->output, literal(writer->for_people ? "\r\n" : "\n"));
    writer->in_row = false;
}
