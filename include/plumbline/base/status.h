/* What a function of the library says when it returns.
 *
 * Details travel in a caller-supplied pl_problems (problems.h); the status only tells which kind of thing happened, and
 * maps one to one to the exit status of the command line. */
#ifndef PLUMBLINE_BASE_STATUS_H
#define PLUMBLINE_BASE_STATUS_H

typedef enum pl_status {
    PL_OK = 0,
    PL_INPUT = -1,     /* what the caller's user supplied is wrong; the problem list says where and what (exit 1) */
    PL_MEMORY = -2,    /* an allocation failed (exit 3) */
    PL_IO = -3,        /* a read or write failed; the problem list names the file (exit 3) */
    PL_CANCELLED = -4, /* the caller asked to stop; what was finished is kept */
} pl_status;

/* Of two statuses the one to report: a failure of the machine over wrong input over none. */
static inline pl_status pl_status_worse(pl_status a, pl_status b) { return b < a ? b : a; }

#endif
