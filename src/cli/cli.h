/* The command line: one table of commands, each in a file of its own, with its description beside its code. From the table come
 * the dispatch, the help, the man page and the shell completion. */
#ifndef PLUMBLINE_CLI_CLI_H
#define PLUMBLINE_CLI_CLI_H

#include <plumbline/base/problems.h>
#include <plumbline/table/write.h>

/* Exit statuses. */
enum { EXIT_DONE = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_MACHINE = 3 };

typedef struct cli_option {
    const char *name;     /* "--data" */
    const char *argument; /* "F", or NULL for a switch */
    const char *words;    /* the values it takes, separated by |, or NULL: anything */
    const char *meaning, *meaning_zh;
} cli_option;

typedef struct cli_call cli_call;

typedef struct cli_command {
    const char *name;
    const char *arguments; /* "MODEL UNIT [NODE]" */
    unsigned least, most;  /* how many of them */
    const char *summary, *summary_zh;
    const char *details, *details_zh; /* more lines, or NULL */
    const cli_option *const *options; /* ended by NULL */
    int (*run)(const cli_call *call); /* returns the exit status */
} cli_command;

#define CLI_MOST_ARGUMENTS 8
#define CLI_MOST_OPTIONS 64

struct cli_call {
    const cli_command *command;
    const char *arguments[CLI_MOST_ARGUMENTS];
    unsigned argument_count;
    struct {
        const cli_option *option;
        const char *value;
    } given[CLI_MOST_OPTIONS];
    unsigned given_count;
    bool chinese;
};

/* All commands, ended by NULL. */
extern const cli_command *const cli_commands[];
const cli_command *cli_command_find(const char *name);

/* Options that several commands share. */
extern const cli_option cli_data, cli_period, cli_threads, cli_lang, cli_out, cli_format_text;

/* The value of an option (the last one given), or NULL; `fallback` in its place. */
const char *cli_value(const cli_call *call, const cli_option *option, const char *fallback);
bool cli_is(const cli_call *call, const cli_option *option, const char *word); /* its value is this word */

/* The text in the user's language; where it is a format, both are checked against the arguments. */
__attribute__((format_arg(2), format_arg(3))) static inline const char *cli_text(const cli_call *call, const char *english,
                                                                                 const char *chinese) {
    return call->chinese ? chinese : english;
}

/* Says on standard error what is wrong with the way a command was called; returns EXIT_USAGE. */
__attribute__((format(printf, 2, 3))) int cli_usage(const cli_command *command, const char *format, ...);

/* Writes all problems to standard error, and how many were not shown. */
void cli_print_problems(const pl_problems *problems);
int cli_exit_status(pl_status status);

#endif
