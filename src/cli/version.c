#include "cli/cli.h"

#include <stdio.h>

static int run(const cli_call *call) {
    (void)call;
    printf("plumbline %s\n", PLUMBLINE_VERSION);
    return fflush(stdout) ? EXIT_MACHINE : EXIT_DONE;
}

static const cli_option *const options[] = {&cli_lang, NULL};

const cli_command cli_version = {
    .name = "version",
    .arguments = "",
    .summary = "the version of this program",
    .summary_zh = "程序版本",
    .options = options,
    .run = run,
};
