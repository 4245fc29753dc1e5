/* A table on a terminal: columns aligned by the width that characters take there, so that Chinese lines up. */
#ifndef PLUMBLINE_CLI_GRID_H
#define PLUMBLINE_CLI_GRID_H

#include <plumbline/table/write.h>

typedef struct cli_grid_cell {
    size_t from, length; /* in `texts` */
    bool right;          /* numbers stand at the right edge */
} cli_grid_cell;

typedef struct cli_grid {
    size_t columns;
    pl_buffer texts;
    cli_grid_cell *cells; /* row by row */
    size_t count, capacity;
    bool failed;
} cli_grid;

void cli_grid_init(cli_grid *grid, size_t columns);
void cli_grid_free(cli_grid *grid);
/* Cells are added row by row; the first row is the header. */
void cli_grid_text(cli_grid *grid, pl_str text);
void cli_grid_right(cli_grid *grid, pl_str text);
void cli_grid_number(cli_grid *grid, double x, int digits); /* digits < 0: shortest form */
/* What the buffer holds, which is empty afterwards. */
void cli_grid_take(cli_grid *grid, pl_buffer *text, bool right);
void cli_grid_empty(cli_grid *grid);
void cli_grid_write(cli_grid *grid, pl_output *output);

#endif
