#include <plumbline/base/pool.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define MOST_THREADS 1024

typedef struct pool_thread {
    pthread_t id;
    pl_pool *pool;
    unsigned worker;
} pool_thread;

struct pl_pool {
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    pool_thread *threads;
    unsigned thread_count; /* without the caller's */
    unsigned busy;         /* threads that have not finished the current round */
    size_t round;          /* counts pl_pool_run */
    bool stopping;
    pl_task *task;
    void *context;
    atomic_size_t count, next;
};

static void work(pl_pool *pool, unsigned worker) {
    for (;;) {
        size_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (index >= pool->count) return;
        pool->task(pool->context, index, worker);
    }
}

static void *run_thread(void *argument) {
    pool_thread *thread = argument;
    pl_pool *pool = thread->pool;
    size_t seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->round == seen && !pool->stopping) pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->stopping) break;
        seen = pool->round;
        pthread_mutex_unlock(&pool->lock);
        work(pool, thread->worker);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0) pthread_cond_signal(&pool->idle);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static unsigned usable_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (unsigned)count;
}

pl_status pl_pool_create(pl_pool **out, unsigned threads) {
    *out = NULL;
    if (threads == 0) threads = usable_processors();
    if (threads > MOST_THREADS) threads = MOST_THREADS;
    pl_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return PL_MEMORY;
    pool->threads = calloc(threads, sizeof *pool->threads);
    if (!pool->threads || pthread_mutex_init(&pool->lock, NULL)) {
        free(pool->threads);
        free(pool);
        return PL_MEMORY;
    }
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->idle, NULL);
    for (unsigned i = 0; i + 1 < threads; i++) {
        pool->threads[i] = (pool_thread){.pool = pool, .worker = i + 1};
        if (pthread_create(&pool->threads[i].id, NULL, run_thread, &pool->threads[i])) break;
        pool->thread_count++;
    }
    *out = pool;
    return PL_OK;
}

void pl_pool_free(pl_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++) pthread_join(pool->threads[i].id, NULL);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->idle);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}

unsigned pl_pool_threads(const pl_pool *pool) { return pool ? pool->thread_count + 1 : 1; }

void pl_pool_run(pl_pool *pool, size_t count, pl_task *task, void *context) {
    if (!pool || pool->thread_count == 0 || count < 2) {
        if (pool) pool->count = count;
        for (size_t i = 0; i < count; i++) {
            if (pool) pool->next = i + 1;
            task(context, i, 0);
        }
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->task = task;
    pool->context = context;
    pool->count = count;
    atomic_store(&pool->next, 0);
    pool->busy = pool->thread_count;
    pool->round++;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    work(pool, 0);
    pthread_mutex_lock(&pool->lock);
    while (pool->busy) pthread_cond_wait(&pool->idle, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

/* Who has made something waits for its turn to hand it over. */
typedef struct queue {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t due;
    pl_task *make, *take;
    void *context;
} queue;

static void make_and_take(void *context, size_t index, unsigned worker) {
    queue *q = context;
    q->make(q->context, index, worker);
    pthread_mutex_lock(&q->lock);
    while (q->due != index) pthread_cond_wait(&q->moved, &q->lock);
    pthread_mutex_unlock(&q->lock);
    q->take(q->context, index, worker);
    pthread_mutex_lock(&q->lock);
    q->due++;
    pthread_cond_broadcast(&q->moved);
    pthread_mutex_unlock(&q->lock);
}

void pl_pool_run_in_order(pl_pool *pool, size_t count, pl_task *make, pl_task *take, void *context) {
    queue q = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, make, take, context};
    pl_pool_run(pool, count, make_and_take, &q);
    pthread_cond_destroy(&q.moved);
    pthread_mutex_destroy(&q.lock);
}

void pl_pool_progress(const pl_pool *pool, size_t *started, size_t *count) {
    size_t next = atomic_load(&pool->next);
    *count = atomic_load(&pool->count);
    *started = next < *count ? next : *count;
}
