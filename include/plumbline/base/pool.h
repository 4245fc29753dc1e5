/* Threads that share out numbered tasks. */
#ifndef PLUMBLINE_BASE_POOL_H
#define PLUMBLINE_BASE_POOL_H

#include <plumbline/base/status.h>

#include <stddef.h>

typedef struct pl_pool pl_pool;

/* Does the task with number `index`. `worker` is below pl_pool_threads and no two tasks run with the same worker at once, so it
 * can index per-thread scratch space. */
typedef void pl_task(void *context, size_t index, unsigned worker);

/* Makes a pool of `threads` (0: as many as there are processors the process may use; at most 1024). The caller's thread counts
 * as one. When fewer can be started than asked for, the pool works with those. PL_MEMORY when nothing could be made. */
pl_status pl_pool_create(pl_pool **out, unsigned threads);
void pl_pool_free(pl_pool *pool); /* NULL is allowed */

/* At least 1; 1 for NULL. */
unsigned pl_pool_threads(const pl_pool *pool);

/* Runs tasks 0 .. count-1, each once, on all threads of the pool and the caller's, and returns when all have finished. Tasks
 * start in rising order but finish in any. With pool NULL, in order in the caller's thread. Not to be called from within a
 * task, nor from two threads at once on one pool. A task reports failure through its context. */
void pl_pool_run(pl_pool *pool, size_t count, pl_task *task, void *context);

/* Makes and takes 0 .. count-1: `make` as pl_pool_run does its tasks, and after each of them `take` with the same index on the same
 * thread, in rising order and one at a time. For results that are made side by side and must come out in a row. */
void pl_pool_run_in_order(pl_pool *pool, size_t count, pl_task *make, pl_task *take, void *context);

/* How many tasks of the current or last run have been started, and of how many. May be asked from any thread while the pool
 * lives; for a progress bar. */
void pl_pool_progress(const pl_pool *pool, size_t *started, size_t *count);

#endif
