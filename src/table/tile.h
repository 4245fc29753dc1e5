/* Numbers of a few rows on their way into columns. Cells come row by row, columns lie far apart: written one by one, each would
 * touch a line of the processor's cache that the next ones have pushed out before the following row. */
#ifndef PLUMBLINE_TABLE_TILE_H
#define PLUMBLINE_TABLE_TILE_H

#include <plumbline/table/table.h>

#define PL_TILE_ROWS 64

typedef struct pl_tile {
    pl_table *table;
    size_t first, rows; /* rows of the table that lie here */
    double *numbers;    /* per column a stretch of PL_TILE_STRIDE */
    int32_t *scaled;    /* row by row, of the columns that are kept so */
    uint64_t *missing;  /* per column a bit for each row */
} pl_tile;

/* Not a power of two, so that the columns do not fall onto the same cache lines either. */
#define PL_TILE_STRIDE (PL_TILE_ROWS + 8)

/* False when memory is exhausted; then it must be freed as well. */
bool pl_tile_create(pl_tile *tile, pl_table *table);
void pl_tile_free(pl_tile *tile); /* a zeroed one may be freed */

/* The next rows are those from `first_row` on. */
static inline void pl_tile_begin(pl_tile *tile, size_t first_row) {
    tile->first = first_row;
    tile->rows = 0;
}

/* Moves the rows into their columns; the next rows are those that follow `first_row`. */
void pl_tile_flush(pl_tile *tile, size_t first_row);

/* Ends a row. Tiles end where words of bits do, so that most of these belong to one thread. */
static inline void pl_tile_next(pl_tile *tile) {
    tile->rows++;
    if ((tile->first + tile->rows) % PL_TILE_ROWS == 0) pl_tile_flush(tile, tile->first + tile->rows);
}

static inline void pl_tile_put(pl_tile *tile, size_t column, double value) {
    tile->numbers[column * PL_TILE_STRIDE + tile->rows] = value;
}

/* Where the scaled numbers of the current row lie. */
static inline int32_t *pl_tile_scaled_row(const pl_tile *tile) { return tile->scaled + tile->rows * tile->table->column_count; }

static inline void pl_tile_miss(pl_tile *tile, size_t column) {
    tile->missing[column] |= UINT64_C(1) << tile->rows;
    if (tile->table->columns[column].scaled)
        pl_tile_scaled_row(tile)[column] = 0;
    else
        pl_tile_put(tile, column, 0);
}

/* Clears the bits of `missing`, the first of which is that of `row`. Several threads may do so to one column. */
void pl_clear_present(pl_column *column, size_t row, uint64_t missing);

#endif
