/* Statements within a transaction, and what they give. */
#include "store/engine.h"

#include <stdlib.h>
#include <string.h>

int64_t pl_tx_realm(const pl_tx *tx) { return tx->realm; }
pl_fault pl_tx_fault(const pl_tx *tx) { return tx->failure.fault; }

pl_status tx_job(pl_tx *tx, pl_job *job, void *context) {
    pl_status status = job(tx, context);
    return tx->failed ? fault_status(tx->failure.fault) : status;
}

/* The same on both engines, which would each find something else to say. */
static bool values_are_good(const pl_statement *statement, const pl_value *values, size_t count, store_failure *failure) {
    if (count != statement->parameters)
        return store_fail(failure, PL_FAULT_VALUE, "the number of values is not what the statement has");
    for (size_t i = 0; i < count; i++) {
        pl_str text = values[i].bytes;
        if (values[i].kind != PL_VALUE_TEXT || !text.len) continue;
        if (memchr(text.at, 0, text.len)) return store_fail(failure, PL_FAULT_VALUE, "a text contains a zero byte");
        if (pl_utf8_check(text) != text.len) return store_fail(failure, PL_FAULT_VALUE, "a text is no UTF-8");
    }
    return true;
}

static pl_status run(pl_tx *tx, const pl_statement *statement, const pl_value *values, size_t count, pl_rows *rows,
                     int64_t *changed) {
    int64_t nobody_asks;
    if (changed) *changed = 0;
    if (!tx->failed &&
        (!values_are_good(statement, values, count, &tx->failure) ||
         !tx->connection->words->run(tx->connection, statement, values, rows, changed ? changed : &nobody_asks, &tx->failure)))
        tx->failed = true;
    return tx->failed ? fault_status(tx->failure.fault) : PL_OK;
}

pl_status pl_tx_run(pl_tx *tx, const pl_statement *statement, const pl_value *values, size_t count, int64_t *changed) {
    return run(tx, statement, values, count, NULL, changed);
}

pl_status pl_tx_rows(pl_tx *tx, pl_rows *rows, const pl_statement *statement, const pl_value *values, size_t count) {
    *rows = (pl_rows){0};
    pl_arena_init(&rows->arena, PL_ROWS_BYTES);
    return run(tx, statement, values, count, rows, NULL);
}

void pl_rows_free(pl_rows *rows) {
    free(rows->values);
    pl_arena_free(&rows->arena);
    *rows = (pl_rows){0};
}

bool rows_add(pl_rows *rows, const pl_value *values, size_t columns, store_failure *failure) {
    size_t most = PL_ROWS_BYTES / sizeof *rows->values;
    rows->columns = columns;
    if (pl_reserve((void **)&rows->values, &rows->capacity, (rows->count + 1) * columns, sizeof *rows->values, most))
        return store_fail(failure, PL_FAULT_MEMORY, "");
    pl_value *row = rows->values + rows->count * columns;
    for (size_t i = 0; i < columns; i++) {
        row[i] = values[i];
        if (values[i].kind < PL_VALUE_TEXT) continue;
        if (!pl_str_copy(&row[i].bytes, &rows->arena, values[i].bytes)) return store_fail(failure, PL_FAULT_MEMORY, "");
    }
    rows->count++;
    return true;
}

/* ---- prepared statements ---- */

static size_t slot_of(const prepared_set *set, const pl_statement *statement) {
    size_t at = ((uintptr_t)statement >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    while (set->slots[at & (set->capacity - 1)].statement && set->slots[at & (set->capacity - 1)].statement != statement) at++;
    return at & (set->capacity - 1);
}

static bool grow(prepared_set *set) {
    prepared_set larger = {.capacity = set->capacity ? 2 * set->capacity : 64, .count = set->count};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots) return false;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].statement) larger.slots[slot_of(&larger, set->slots[i].statement)] = set->slots[i];
    free(set->slots);
    *set = larger;
    return true;
}

prepared *prepared_find(prepared_set *set, const pl_statement *statement) {
    if (2 * (set->count + 1) > set->capacity && !grow(set)) return NULL;
    prepared *slot = &set->slots[slot_of(set, statement)];
    if (!slot->statement) {
        slot->statement = statement;
        set->count++;
    }
    return slot;
}
