/* What every test of the store begins with. */
#ifndef PLUMBLINE_TESTS_STORE_FIXTURE_H
#define PLUMBLINE_TESTS_STORE_FIXTURE_H

#include "server.h"
#include "store/audit.h"
#include "store/migrate.h"
#include "things.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* A new store, set up, with a realm 1 and a table of things. */
pl_store *fixture_store(void);

/* Opens the store that server_new_store or fixture_store was last about. */
pl_store *fixture_open(const pl_store_options *options);
extern char fixture_address[256];

/* Runs one statement in a job of its own, for a realm. */
pl_status fixture_run(pl_store *store, const pl_statement *statement, const pl_value *values, size_t count, pl_fault *fault);
void fixture_must_run(pl_store *store, const pl_statement *statement, const pl_value *values, size_t count);

/* The one number that a statement about realm 1 gives. */
int64_t fixture_number(pl_store *store, const pl_statement *statement);

#define V(...) (const pl_value[]){__VA_ARGS__}, sizeof((const pl_value[]){__VA_ARGS__}) / sizeof(pl_value)
#define I(n) pl_value_integer(n)
#define T(t) pl_value_text(pl_str_of(t))
#define B(b) pl_value_bytes((pl_str){b, sizeof(b) - 1})
#define NONE pl_value_missing()

/* Whether one of the problems has this code. */
bool fixture_has(const pl_problems *problems, const char *code);

/* An entry of the audit about `subject`. */
pl_audit_entry fixture_entry(const char *subject);

/* The main of a suite: engine from the arguments; 77 where PostgreSQL is not installed. */
int fixture_main(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t count);

#define SUITE(name, tests)                                                                                                         \
    int main(int argc, char **argv) { return fixture_main(argc, argv, name, tests, sizeof(tests) / sizeof *(tests)); }

#endif
