#include "cli/progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 30

struct cli_progress {
    const pl_pool *pool;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    const char *phase;
    size_t done, count; /* count 0: as the pool counts */
    bool ending, drawn;
};

static void draw(cli_progress *p) {
    size_t done = p->done, count = p->count;
    if (!count && p->pool) pl_pool_progress(p->pool, &done, &count);
    size_t filled = count ? done * BAR_WIDTH / count : 0;
    char bar[BAR_WIDTH + 1];
    for (size_t i = 0; i < BAR_WIDTH; i++) bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = 0;
    fprintf(stderr, "\r%-10s [%s] %3zu %%", p->phase, bar, count ? done * 100 / count : 0);
    fflush(stderr);
    p->drawn = true;
}

/* Waits a second before the first drawing, then draws five times a second. */
static void *watch(void *argument) {
    cli_progress *p = argument;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        if (pthread_cond_timedwait(&p->wake, &p->lock, &until) == 0) continue;
        draw(p);
        until.tv_nsec += 200000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

cli_progress *cli_progress_start(const pl_pool *pool) {
    if (!isatty(STDERR_FILENO)) return NULL;
    cli_progress *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    *p = (cli_progress){.pool = pool, .phase = ""};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    if (pthread_create(&p->thread, NULL, watch, p)) {
        free(p);
        return NULL;
    }
    return p;
}

void cli_progress_phase(cli_progress *p, const char *phase) {
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->phase = phase;
    pthread_mutex_unlock(&p->lock);
}

void cli_progress_share(cli_progress *p, size_t done, size_t count) {
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->done = done;
    p->count = count;
    pthread_mutex_unlock(&p->lock);
}

static void tell(void *context, size_t done, size_t count) { cli_progress_share(context, done, count); }

pl_watcher cli_progress_watcher(cli_progress *p) { return (pl_watcher){tell, p}; }

void cli_progress_end(cli_progress *p) {
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    if (p->drawn) fprintf(stderr, "\r%*s\r", BAR_WIDTH + 24, "");
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
    free(p);
}
