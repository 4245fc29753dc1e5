#include "cli/grid.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

void cli_grid_init(cli_grid *grid, size_t columns) {
    *grid = (cli_grid){.columns = columns};
    pl_buffer_init(&grid->texts, 0);
}

void cli_grid_free(cli_grid *grid) {
    pl_buffer_free(&grid->texts);
    free(grid->cells);
}

static void add(cli_grid *grid, pl_str text, bool right) {
    size_t from = grid->texts.len;
    pl_buffer_str(&grid->texts, text);
    if (grid->texts.failed || pl_reserve((void **)&grid->cells, &grid->capacity, grid->count + 1, sizeof *grid->cells, 0)) {
        grid->failed = true;
        return;
    }
    grid->cells[grid->count++] = (cli_grid_cell){from, text.len, right};
}

void cli_grid_text(cli_grid *grid, pl_str text) { add(grid, text, false); }
void cli_grid_right(cli_grid *grid, pl_str text) { add(grid, text, true); }
void cli_grid_take(cli_grid *grid, pl_buffer *text, bool right) {
    grid->failed |= text->failed;
    if (right)
        cli_grid_right(grid, pl_buffer_view(text));
    else
        cli_grid_text(grid, pl_buffer_view(text));
    pl_buffer_clear(text);
}

void cli_grid_empty(cli_grid *grid) { add(grid, (pl_str){0}, true); }

void cli_grid_number(cli_grid *grid, double x, int digits) {
    char text[PL_FIXED_SIZE];
    size_t length = digits >= 0 ? pl_number_fixed(text, x, digits) : pl_number_print(text, x);
    add(grid, (pl_str){text, length}, true);
}

static pl_str text_of(const cli_grid *grid, size_t cell) {
    return (pl_str){grid->texts.at + grid->cells[cell].from, grid->cells[cell].length};
}

static void spaces(pl_output *output, size_t count) {
    static const char blank[] = "                                                                ";
    for (; count; count -= count < 64 ? count : 64) pl_output_add(output, (pl_str){blank, count < 64 ? count : 64});
}

/* Blanks are written only before something: no line ends in them. `owed` is how many the cells before have left. */
static void write_cell(const cli_grid *grid, size_t cell, size_t width, size_t *owed, pl_output *output) {
    pl_str text = text_of(grid, cell);
    size_t blank = width - pl_text_width(text);
    bool right = grid->cells[cell].right;
    if (text.len) {
        spaces(output, *owed + (right ? blank : 0));
        pl_output_add(output, text);
        *owed = 2 + (right ? 0 : blank);
    } else {
        *owed += width + 2;
    }
}

void cli_grid_write(cli_grid *grid, pl_output *output) {
    size_t *widths = calloc(grid->columns + 1, sizeof *widths);
    if (!widths || grid->failed) {
        free(widths);
        if (output->status == PL_OK) output->status = PL_MEMORY;
        return;
    }
    for (size_t i = 0; i < grid->count; i++) {
        size_t width = pl_text_width(text_of(grid, i));
        if (width > widths[i % grid->columns]) widths[i % grid->columns] = width;
    }
    size_t owed = 0;
    for (size_t i = 0; i < grid->count; i++) {
        write_cell(grid, i, widths[i % grid->columns], &owed, output);
        if (i % grid->columns < grid->columns - 1) continue;
        pl_output_add(output, pl_str_of("\n"));
        owed = 0;
    }
    free(widths);
}
