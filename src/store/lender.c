/* Connections that are lent out to one thread at a time. */
#include "store/engine.h"

#include <stdlib.h>
#include <time.h>

bool lender_init(lender *l, unsigned most, unsigned wait_ms, connection *(*make)(pl_store *store, store_failure *failure)) {
    *l = (lender){.most = most, .wait_ms = wait_ms, .make = make};
    l->idle = calloc(most, sizeof(connection *));
    if (!l->idle) return false;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->returned, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return true;
}

static struct timespec after(unsigned ms) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* An idle connection, or leave to make one (NULL and true), or neither in time. */
static bool wait_for_one(lender *l, connection **out) {
    struct timespec deadline = after(l->wait_ms);
    bool in_time = true;
    pthread_mutex_lock(&l->lock);
    while (in_time && !l->idle_count && l->open == l->most)
        in_time = pthread_cond_timedwait(&l->returned, &l->lock, &deadline) == 0;
    *out = NULL;
    bool good = l->idle_count || l->open < l->most;
    if (l->idle_count)
        *out = l->idle[--l->idle_count];
    else if (good)
        l->open++;
    pthread_mutex_unlock(&l->lock);
    return good;
}

static void one_less(lender *l) {
    pthread_mutex_lock(&l->lock);
    l->open--;
    pthread_cond_signal(&l->returned);
    pthread_mutex_unlock(&l->lock);
}

connection *lender_take(lender *l, pl_store *store, store_failure *failure) {
    connection *c;
    if (!wait_for_one(l, &c)) {
        store_fail(failure, PL_FAULT_BUSY, "all connections are in use");
        return NULL;
    }
    if (!c) c = l->make(store, failure);
    if (!c) one_less(l);
    return c;
}

void lender_give(lender *l, connection *c) {
    if (c->words->is_broken(c)) {
        c->words->close(c);
        one_less(l);
        return;
    }
    pthread_mutex_lock(&l->lock);
    l->idle[l->idle_count++] = c;
    pthread_cond_signal(&l->returned);
    pthread_mutex_unlock(&l->lock);
}

void lender_end(lender *l) {
    for (unsigned i = 0; i < l->idle_count; i++) l->idle[i]->words->close(l->idle[i]);
    free(l->idle);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->returned);
}
