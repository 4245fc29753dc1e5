/* Who wants to know how far a long piece of work has come. */
#ifndef PLUMBLINE_BASE_WATCHER_H
#define PLUMBLINE_BASE_WATCHER_H

#include <stddef.h>

/* `tell` is called now and then, on the thread that does the work, with rising numbers; `count` stays the same. */
typedef struct pl_watcher {
    void (*tell)(void *context, size_t done, size_t count);
    void *context;
} pl_watcher;

static inline void pl_watcher_tell(const pl_watcher *watcher, size_t done, size_t count) {
    if (watcher && watcher->tell) watcher->tell(watcher->context, done, count);
}

#endif
