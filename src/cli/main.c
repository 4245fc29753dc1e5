#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

extern const cli_command cli_check, cli_score, cli_explain, cli_gap, cli_whatif, cli_robust, cli_forecast, cli_path, cli_cover,
    cli_structure, cli_diff, cli_import, cli_export, cli_new, cli_migrate, cli_verify, cli_help, cli_version;
const cli_command *const cli_commands[] = {&cli_check,  &cli_score,    &cli_explain, &cli_gap,   &cli_whatif,
                                           &cli_robust, &cli_forecast, &cli_path,    &cli_cover, &cli_structure,
                                           &cli_diff,   &cli_import,   &cli_export,  &cli_new,   &cli_migrate,
                                           &cli_verify, &cli_help,     &cli_version, NULL};

const cli_option cli_data = {"--data", "F", NULL,
                             "data file (CSV or .xlsx) in place of the model's own; may be given several times",
                             "用该数据文件（CSV 或 .xlsx）代替模型自带的数据；可多次给出"};
const cli_option cli_period = {"--period", "P|all", NULL, "the period to score (default: the setting, else the last)",
                               "计分的期间（默认取设置，否则取最后一期）"};
const cli_option cli_threads = {"--threads", "N", NULL, "number of threads (default: all processors); the result is the same",
                                "线程数（默认用全部处理器）；结果相同"};
const cli_option cli_lang = {"--lang", "zh|en", "zh|en", "language of the output (default: the locale's)",
                             "输出语言（默认随系统）"};
const cli_option cli_out = {"--out", "F", NULL, "write to this file instead of standard output", "写入该文件而不是标准输出"};
const cli_option cli_format_text = {"--format", "text|json", "text|json", "form of the output (default text)",
                                    "输出格式（默认 text）"};

const cli_command *cli_command_find(const char *name) {
    for (const cli_command *const *c = cli_commands; *c; c++)
        if (strcmp((*c)->name, name) == 0) return *c;
    return NULL;
}

const char *cli_value(const cli_call *call, const cli_option *option, const char *fallback) {
    for (unsigned i = call->given_count; i-- > 0;)
        if (call->given[i].option == option) return call->given[i].value;
    return fallback;
}

bool cli_is(const cli_call *call, const cli_option *option, const char *word) {
    const char *value = cli_value(call, option, NULL);
    return value && strcmp(value, word) == 0;
}

int cli_usage(const cli_command *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("plumbline: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    if (command)
        fprintf(stderr, "usage: plumbline %s %s\n       plumbline help %s\n", command->name, command->arguments, command->name);
    else
        fprintf(stderr, "usage: plumbline COMMAND ...; plumbline help lists the commands\n");
    return EXIT_USAGE;
}

int cli_exit_status(pl_status status) {
    switch (status) {
    case PL_OK: return EXIT_DONE;
    case PL_INPUT: return EXIT_INPUT;
    default: return EXIT_MACHINE;
    }
}

static int problem_order(pl_level level) { return level == PL_ERROR ? 0 : level == PL_WARNING ? 1 : 2; }

/* Errors first, then warnings, then notes; each kind in the order it was found. */
void cli_print_problems(const pl_problems *problems) {
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < problems->count; i++) {
            if (problem_order(problems->items[i].level) != turn) continue;
            pl_buffer line;
            pl_buffer_init(&line, 0);
            pl_problem_print(&problems->items[i], &line);
            if (!line.failed) fprintf(stderr, "%s\n", line.at);
            pl_buffer_free(&line);
        }
    }
    size_t found = problems->errors + problems->warnings + problems->notes;
    if (found > problems->count) fprintf(stderr, "... and %zu more\n", found - problems->count);
    if (problems->failed) fprintf(stderr, "plumbline: memory is exhausted\n");
}

/* ---- reading the arguments ---- */

static const cli_option *find_option(const cli_command *command, const char *text, size_t length) {
    if (length == 2 && memcmp(text, "-o", 2) == 0) return find_option(command, "--out", strlen("--out"));
    for (const cli_option *const *o = command->options; *o; o++)
        if (strlen((*o)->name) == length && strncmp((*o)->name, text, length) == 0) return *o;
    return NULL;
}

static int unknown_option(const cli_command *command, const char *text) {
    pl_str names[CLI_MOST_OPTIONS] = {0};
    size_t count = 0;
    for (const cli_option *const *o = command->options; *o; o++) names[count++] = pl_str_of((*o)->name);
    size_t nearest = pl_text_nearest(pl_str_of(text), names, count);
    if (nearest < count) return cli_usage(command, "unknown option %s (did you mean %s?)", text, names[nearest].at);
    return cli_usage(command, "unknown option %s", text);
}

static bool is_word_of(const char *words, const char *value) {
    size_t length = strlen(value);
    for (const char *at = words; at; at = strchr(at, '|')) {
        if (*at == '|') at++;
        if (strncmp(at, value, length) == 0 && (at[length] == '|' || !at[length])) return true;
    }
    return false;
}

static int take_option(cli_call *call, char **arguments, int count, int *at) {
    const char *text = arguments[*at], *equals = strchr(text, '=');
    const cli_option *option = find_option(call->command, text, equals ? (size_t)(equals - text) : strlen(text));
    if (!option) return unknown_option(call->command, text);
    const char *value = "";
    if (option->argument) {
        value = equals ? equals + 1 : *at + 1 < count ? arguments[++*at] : NULL;
        if (!value) return cli_usage(call->command, "%s needs %s", option->name, option->argument);
        if (option->words && !is_word_of(option->words, value))
            return cli_usage(call->command, "%s is %s, not \"%s\"", option->name, option->words, value);
    } else if (equals) {
        return cli_usage(call->command, "%s takes no value", option->name);
    }
    if (call->given_count == CLI_MOST_OPTIONS) return cli_usage(call->command, "too many options");
    call->given[call->given_count].option = option;
    call->given[call->given_count++].value = value;
    return EXIT_DONE;
}

static int take_arguments(cli_call *call, char **arguments, int count) {
    bool options = true;
    for (int i = 0; i < count; i++) {
        if (options && strcmp(arguments[i], "--") == 0) {
            options = false;
        } else if (options && arguments[i][0] == '-' && arguments[i][1]) {
            int status = take_option(call, arguments, count, &i);
            if (status != EXIT_DONE) return status;
        } else if (call->argument_count == call->command->most) {
            return cli_usage(call->command, "\"%s\" is one argument too many", arguments[i]);
        } else {
            call->arguments[call->argument_count++] = arguments[i];
        }
    }
    if (call->argument_count < call->command->least) return cli_usage(call->command, "an argument is missing");
    return EXIT_DONE;
}

static bool speaks_chinese(const cli_call *call) {
    const char *lang = cli_value(call, &cli_lang, NULL);
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; !lang && i < 3; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) lang = value;
    }
    return lang && strncmp(lang, "zh", 2) == 0;
}

static int unknown_command(const char *name) {
    pl_str names[32] = {0};
    size_t count = 0;
    for (const cli_command *const *c = cli_commands; *c; c++) names[count++] = pl_str_of((*c)->name);
    size_t nearest = pl_text_nearest(pl_str_of(name), names, count);
    if (nearest < count) return cli_usage(NULL, "unknown command \"%s\" (did you mean %s?)", name, names[nearest].at);
    return cli_usage(NULL, "unknown command \"%s\"", name);
}

/* --help and --version are commands as everyone spells them. */
static const char *command_name(const char *text) {
    if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0) return "help";
    if (strcmp(text, "--version") == 0) return "version";
    return text;
}

/* Wherever it stands among the arguments of a command. */
static bool asks_for_help(char **arguments, int count) {
    for (int i = 0; i < count && strcmp(arguments[i], "--") != 0; i++)
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) return true;
    return false;
}

int main(int argc, char **argv) {
    signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is a write that fails, told as any other */
    cli_call call = {.command = cli_command_find(argc > 1 ? command_name(argv[1]) : "help")};
    if (!call.command) return unknown_command(argv[1]);
    if (argc > 2 && call.command != &cli_help && asks_for_help(argv + 2, argc - 2)) {
        call.arguments[call.argument_count++] = call.command->name;
        call.command = &cli_help;
    } else {
        int status = take_arguments(&call, argv + (argc > 1 ? 2 : 1), argc - (argc > 1 ? 2 : 1));
        if (status != EXIT_DONE) return status;
    }
    call.chinese = speaks_chinese(&call);
    return call.command->run(&call);
}
