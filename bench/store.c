/* Durable single-value writes by many clients at once, beside a bare loop that commits the same rows in groups of the same size:
 * store FOLDER [CLIENTS [WRITES]]. The promise is half of the bare loop or more; both write in this folder. */
#include "store/store.h"
#include "bench_sql.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MOST_CLIENTS 256
#define VALUE "92.55"

typedef struct client {
    pl_store *store;
    int64_t unit, writes, number;
    double *seconds; /* of each write */
} client;

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void give_up(const char *text) {
    fprintf(stderr, "bench/store: %s\n", text);
    exit(3);
}

static pl_status make_table(pl_tx *tx, void *context) {
    (void)context;
    return pl_tx_run(tx, &pl_sql_bench_table, NULL, 0, NULL);
}

static pl_status add_one(pl_tx *tx, void *context) {
    const client *c = context;
    const pl_value values[] = {pl_value_integer(1), pl_value_integer(c->unit), pl_value_integer(c->number),
                               pl_value_text(pl_str_of(VALUE))};
    return pl_tx_run(tx, &pl_sql_bench_add, values, 4, NULL);
}

static void *run_client(void *context) {
    client *c = context;
    for (c->number = 0; c->number < c->writes; c->number++) {
        double begin = now();
        if (pl_store_write(c->store, 1, add_one, c, NULL, NULL) != PL_OK) give_up("a write failed");
        c->seconds[c->number] = now() - begin;
    }
    return NULL;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Returns the seconds it took; how many commits there were goes to *commits. */
static double run_store(const char *address, int clients, int64_t writes, double *seconds, uint64_t *commits) {
    static client all[MOST_CLIENTS];
    pthread_t threads[MOST_CLIENTS];
    pl_store *store;
    uint64_t jobs, before;
    if (pl_store_open(&store, address, &(pl_store_options){.create = true}, NULL) != PL_OK) give_up("the store cannot be opened");
    if (pl_store_write(store, 0, make_table, NULL, NULL, NULL) != PL_OK) give_up("the table cannot be made");
    pl_store_counts(store, &jobs, &before);
    double begin = now();
    for (int i = 0; i < clients; i++) {
        all[i] = (client){store, i, writes, 0, seconds + i * writes};
        if (pthread_create(&threads[i], NULL, run_client, &all[i])) give_up("no thread");
    }
    for (int i = 0; i < clients; i++) pthread_join(threads[i], NULL);
    double taken = now() - begin;
    pl_store_counts(store, &jobs, commits);
    *commits -= before;
    pl_store_close(store);
    return taken;
}

static void must(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) give_up(sqlite3_errmsg(db));
}

/* The same rows in as many commits, by SQLite alone. */
static double run_bare(const char *path, int64_t rows, int64_t commits, int64_t writes) {
    sqlite3 *db;
    sqlite3_stmt *add;
    if (sqlite3_open(path, &db) != SQLITE_OK) give_up("no database");
    must(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON");
    must(db, pl_sql_bench_table.sqlite);
    if (sqlite3_prepare_v2(db, pl_sql_bench_add.sqlite, -1, &add, NULL) != SQLITE_OK) give_up(sqlite3_errmsg(db));
    double begin = now();
    for (int64_t i = 0, group = 0; group < commits; group++) {
        must(db, "BEGIN IMMEDIATE");
        for (; i < rows * (group + 1) / commits; i++) {
            sqlite3_bind_int64(add, 1, 1);
            sqlite3_bind_int64(add, 2, i % (rows / writes)); /* the clients take turns */
            sqlite3_bind_int64(add, 3, i / (rows / writes));
            sqlite3_bind_text(add, 4, VALUE, -1, SQLITE_STATIC);
            if (sqlite3_step(add) != SQLITE_DONE) give_up(sqlite3_errmsg(db));
            sqlite3_reset(add);
        }
        must(db, "COMMIT");
    }
    double taken = now() - begin;
    sqlite3_finalize(add);
    sqlite3_close(db);
    return taken;
}

int main(int argc, char **argv) {
    char address[512], path[512];
    int clients = argc > 2 ? atoi(argv[2]) : 64;
    int64_t writes = argc > 3 ? atoll(argv[3]) : 500;
    if (argc < 2 || clients < 1 || clients > MOST_CLIENTS || writes < 1) {
        fprintf(stderr, "usage: store FOLDER [CLIENTS [WRITES]]\n");
        return 2;
    }
    int64_t rows = clients * writes;
    uint64_t commits;
    double *seconds = calloc((size_t)rows, sizeof *seconds);
    if (!seconds) give_up("memory is exhausted");
    snprintf(address, sizeof address, "sqlite:%s/store.db", argv[1]);
    snprintf(path, sizeof path, "%s/bare.db", argv[1]);
    if (access(address + 7, F_OK) == 0 || access(path, F_OK) == 0) give_up("the folder is not empty");
    double ours = run_store(address, clients, writes, seconds, &commits), bare = run_bare(path, rows, (int64_t)commits, writes);
    qsort(seconds, (size_t)rows, sizeof *seconds, by_size);
    printf("%lld durable writes by %d clients, %.1f to a commit: %.0f/s, bare loop %.0f/s: %.2f of it (promised: 0.5); "
           "p99 %.1f ms (promised: 50)\n",
           (long long)rows, clients, (double)rows / (double)commits, (double)rows / ours, (double)rows / bare, bare / ours,
           seconds[rows * 99 / 100] * 1e3);
    free(seconds);
    return 0;
}
