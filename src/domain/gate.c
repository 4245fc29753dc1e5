#include "domain/gate.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct pl_gate {
    pthread_mutex_t lock;
    pthread_cond_t left; /* somebody left; its clock is the monotonic one, which nobody sets */
    unsigned inside, waiting, most_inside, most_waiting;
};

static bool make_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes)) return false;
    bool good = !pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) && !pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return good;
}

pl_status pl_gate_create(pl_gate **out, unsigned inside, unsigned waiting) {
    *out = NULL;
    pl_gate *gate = calloc(1, sizeof *gate);
    if (!gate) return PL_MEMORY;
    gate->most_inside = inside;
    gate->most_waiting = waiting;
    if (pthread_mutex_init(&gate->lock, NULL)) {
        free(gate);
        return PL_MEMORY;
    }
    if (!make_condition(&gate->left)) {
        pthread_mutex_destroy(&gate->lock);
        free(gate);
        return PL_MEMORY;
    }
    *out = gate;
    return PL_OK;
}

void pl_gate_free(pl_gate *gate) {
    if (!gate) return;
    pthread_cond_destroy(&gate->left);
    pthread_mutex_destroy(&gate->lock);
    free(gate);
}

static struct timespec after(unsigned milliseconds) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += milliseconds / 1000;
    at.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

/* With the lock held. */
static void wait_for_room(pl_gate *gate, unsigned milliseconds) {
    struct timespec deadline = after(milliseconds);
    gate->waiting++;
    while (gate->inside >= gate->most_inside)
        if (pthread_cond_timedwait(&gate->left, &gate->lock, &deadline)) break;
    gate->waiting--;
}

bool pl_gate_enter(pl_gate *gate, unsigned milliseconds) {
    pthread_mutex_lock(&gate->lock);
    if (gate->inside >= gate->most_inside && milliseconds && gate->waiting < gate->most_waiting) wait_for_room(gate, milliseconds);
    bool in = gate->inside < gate->most_inside;
    if (in) gate->inside++;
    pthread_mutex_unlock(&gate->lock);
    return in;
}

void pl_gate_leave(pl_gate *gate) {
    pthread_mutex_lock(&gate->lock);
    gate->inside--;
    pthread_cond_signal(&gate->left);
    pthread_mutex_unlock(&gate->lock);
}

void pl_gate_count(pl_gate *gate, unsigned *inside, unsigned *waiting) {
    pthread_mutex_lock(&gate->lock);
    *inside = gate->inside;
    *waiting = gate->waiting;
    pthread_mutex_unlock(&gate->lock);
}
