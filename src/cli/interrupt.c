#include "cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

/* A signal handler has nothing but what lies outside of all functions. */
static volatile atomic_bool interrupted;

static void note(int signal_number) {
    (void)signal_number;
    atomic_store(&interrupted, true);
}

void cli_interrupt_watch(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigemptyset(&action.sa_mask);
    atomic_store(&interrupted, false);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void cli_interrupt_leave(void) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

bool cli_interrupted(void *unused_context) {
    (void)unused_context;
    return atomic_load(&interrupted);
}
