#include "store/shape.h"
#include "store/engine.h"
#include "store_sql.h"

#include <stdlib.h>
#include <time.h>

static pl_status refuse(const char *code, const char *name, const char *text, pl_problems *problems) {
    return pl_problem_add(problems, PL_ERROR, code, (pl_place){.file = name}, "%s", text);
}

/* Whether there is our table of migrations, and whether there is anything. */
static pl_status find_tables(pl_tx *tx, bool *ours, bool *empty) {
    pl_rows rows;
    *ours = false;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_table_names, NULL, 0);
    *empty = rows.count == 0;
    for (size_t i = 0; i < rows.count; i++) *ours |= pl_str_is(pl_rows_at(&rows, i, 0)->bytes, "migration");
    pl_rows_free(&rows);
    return status;
}

/* Number by number: 1, 2, 3 ... with the text that this program knows. */
static pl_status judge(const pl_rows *rows, const char *name, pl_problems *problems) {
    for (size_t i = 0; i < rows->count; i++) {
        pl_str hash = pl_rows_at(rows, i, 2)->bytes;
        if (pl_rows_at(rows, i, 0)->integer != (int64_t)i + 1)
            return pl_problem_add(problems, PL_ERROR, "E904", (pl_place){.file = name},
                                  "migration %zu is missing among those that were applied; restore a backup", i + 1);
        if (i >= pl_migration_count)
            return pl_problem_add(problems, PL_ERROR, "E903", (pl_place){.file = name},
                                  "it was made by a newer program (migration %zu, this one knows %zu); use the newer program",
                                  i + 1, pl_migration_count);
        if (!pl_str_is(hash, pl_migrations[i].hash))
            return pl_problem_add(problems, PL_ERROR, "E904", (pl_place){.file = name},
                                  "migration %zu was applied with another text than this program has; use the program that made it",
                                  i + 1);
    }
    return PL_OK;
}

pl_status shape_read(pl_tx *tx, shape *out, const char *name, pl_problems *problems) {
    *out = (shape){0};
    bool ours;
    pl_status status = find_tables(tx, &ours, &out->empty);
    if (status != PL_OK || out->empty) return status;
    if (!ours) return refuse("E906", name, "this is a database of something else; name an empty one", problems);
    pl_rows rows;
    status = pl_tx_rows(tx, &rows, &pl_sql_migration_all, NULL, 0);
    if (status == PL_OK) status = judge(&rows, name, problems);
    out->number = (unsigned)rows.count;
    pl_rows_free(&rows);
    return status;
}

typedef struct look {
    const pl_store *store;
    pl_problems *problems;
    shape shape;
    bool done; /* there was none left */
} look;

static pl_status look_at(pl_tx *tx, void *context) {
    look *l = context;
    return shape_read(tx, &l->shape, l->store->name, l->problems);
}

/* One step upward. Somebody else may have been faster: what is there is read under the lock. */
static pl_status step(pl_tx *tx, void *context) {
    look *l = context;
    int64_t changed;
    char now[32];
    time_t seconds = time(NULL);
    struct tm utc;
    l->done = false;
    pl_status status = shape_read(tx, &l->shape, l->store->name, l->problems);
    if (status != PL_OK) return status;
    if (l->shape.number == pl_migration_count) {
        l->done = true;
        return PL_OK;
    }
    const pl_migration *m = &pl_migrations[l->shape.number];
    if (l->shape.empty && (status = pl_tx_run(tx, &pl_sql_migration_table, NULL, 0, &changed)) != PL_OK) return status;
    bool sqlite = l->store->engine == &sqlite_engine;
    if (!tx->connection->words->script(tx->connection, sqlite ? m->sqlite : m->postgresql, &tx->failure)) {
        tx->failed = true;
        return fault_status(tx->failure.fault);
    }
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
    const pl_value values[] = {pl_value_integer(m->number), pl_value_text(pl_str_of(m->name)), pl_value_text(pl_str_of(m->hash)),
                               pl_value_text(pl_str_of(now))};
    return pl_tx_run(tx, &pl_sql_migration_add, values, 4, &changed);
}

/* A number that no realm has: whoever migrates waits for whoever does so already. */
#define MIGRATION_LOCK INT64_MIN

static pl_status apply_all(pl_store *store, pl_problems *problems) {
    look l = {.store = store, .problems = problems};
    pl_status status;
    do status = pl_store_write(store, MIGRATION_LOCK, step, &l, NULL, problems);
    while (status == PL_OK && !l.done);
    return status;
}

pl_status shape_check(pl_store *store, bool create, pl_problems *problems) {
    look l = {.store = store, .problems = problems};
    pl_status status = pl_store_read(store, look_at, &l, NULL, problems);
    if (status != PL_OK) return status;
    if (l.shape.empty && create) return apply_all(store, problems);
    if (l.shape.empty) return refuse("E905", store->name, "it is empty; `plumbline migrate` sets it up", problems);
    if (l.shape.number < pl_migration_count)
        return refuse("E905", store->name, "it is older than this program; `plumbline migrate` brings it up", problems);
    return PL_OK;
}

pl_status pl_store_migrate(const char *url, const pl_store_options *options, unsigned *from, unsigned *to, pl_problems *problems) {
    pl_store *store;
    *from = *to = 0;
    pl_status status = store_prepare(&store, url, options, problems);
    if (status != PL_OK) return status;
    look l = {.store = store, .problems = problems};
    status = pl_store_read(store, look_at, &l, NULL, problems);
    if (status == PL_OK) status = apply_all(store, problems);
    if (status == PL_OK) {
        *from = l.shape.number;
        *to = (unsigned)pl_migration_count;
    }
    pl_store_close(store);
    return status;
}
