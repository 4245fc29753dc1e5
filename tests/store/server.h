/* Where the tests of the store keep their stores: in a folder of their own, and in a PostgreSQL that they start there themselves.
 */
#ifndef PLUMBLINE_TESTS_SERVER_H
#define PLUMBLINE_TESTS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the folder and, where `postgresql` is asked for, starts a server in it that ends with this process. False where it is not
 * installed; fails the process where it does not start. */
bool server_start(bool postgresql);
void server_stop(void);

extern const char *server_folder;
extern bool server_is_postgresql;

/* The address of a store that nothing was ever put into. Valid until the next call. */
const char *server_new_store(void);

/* Gives up root, where the process has it, for a user who has no rights. For child processes. */
void server_become_nobody(void);

#endif
