/* Ctrl-C while something long runs: the first ends it in good order with what is there, the second ends the program. */
#ifndef PLUMBLINE_CLI_INTERRUPT_H
#define PLUMBLINE_CLI_INTERRUPT_H

#include <stdbool.h>

void cli_interrupt_watch(void);             /* from now on */
void cli_interrupt_leave(void);             /* as before */
bool cli_interrupted(void *unused_context); /* since cli_interrupt_watch; from any thread */

#endif
