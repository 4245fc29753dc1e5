#include "table/tile.h"

#include <stdatomic.h>
#include <stdlib.h>

bool pl_tile_create(pl_tile *tile, pl_table *table) {
    *tile = (pl_tile){.table = table};
    tile->numbers = malloc((table->column_count + 1) * PL_TILE_STRIDE * sizeof *tile->numbers);
    tile->scaled = malloc((table->column_count * PL_TILE_ROWS + 1) * sizeof *tile->scaled);
    tile->missing = calloc(table->column_count + 1, sizeof *tile->missing);
    return tile->numbers && tile->scaled && tile->missing;
}

void pl_tile_free(pl_tile *tile) {
    free(tile->numbers);
    free(tile->scaled);
    free(tile->missing);
}

static void clear_bits(uint64_t *present, size_t word, uint64_t bits) {
    if (bits) atomic_fetch_and_explicit((_Atomic uint64_t *)&present[word], ~bits, memory_order_relaxed);
}

void pl_clear_present(pl_column *column, size_t row, uint64_t missing) {
    unsigned shift = row % 64;
    clear_bits(column->present, row / 64, missing << shift);
    if (shift) clear_bits(column->present, row / 64 + 1, missing >> (64 - shift));
}

static void move_scaled(const pl_tile *tile, size_t column, int32_t *to) {
    const int32_t *from = tile->scaled + column;
    size_t stride = tile->table->column_count;
    for (size_t row = 0; row < tile->rows; row++) to[row] = from[row * stride];
}

void pl_tile_flush(pl_tile *tile, size_t first_row) {
    for (size_t i = 0; tile->rows && i < tile->table->column_count; i++) {
        pl_column *column = &tile->table->columns[i];
        if (column->kind != PL_COLUMN_NUMBERS) continue;
        if (column->scaled)
            move_scaled(tile, i, column->scaled + tile->first);
        else
            memcpy(column->numbers + tile->first, tile->numbers + i * PL_TILE_STRIDE, tile->rows * sizeof *column->numbers);
        if (tile->rows == 64)
            column->present[tile->first / 64] = ~tile->missing[i];
        else
            pl_clear_present(column, tile->first, tile->missing[i]);
        tile->missing[i] = 0;
    }
    tile->first = first_row;
    tile->rows = 0;
}
