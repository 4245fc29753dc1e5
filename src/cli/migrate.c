#include "cli/output.h"
#include "cli/place.h"

#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>

static void tell(const cli_call *call, unsigned from, unsigned to) {
    if (from == to)
        printf(cli_text(call, "nothing to do: the store is at migration %u\n", "无需更改：存储已在第 %u 步\n"), to);
    else
        printf(cli_text(call, "the store went from migration %u to %u\n", "存储已从第 %u 步升到第 %u 步\n"), from, to);
}

static int run(const cli_call *call) {
    const pl_store_options options = {.create = true};
    pl_problems problems;
    unsigned from, to;
    char *address = cli_store_address(call, true);
    if (!address) return EXIT_MACHINE;
    pl_problems_init(&problems, 0);
    pl_status status = pl_store_migrate(address, &options, &from, &to, &problems);
    if (status == PL_MEMORY && !problems.failed) cli_no_memory();
    cli_print_problems(&problems);
    pl_problems_free(&problems);
    free(address);
    if (status != PL_OK) return cli_exit_status(status);
    tell(call, from, to);
    return fflush(stdout) ? EXIT_MACHINE : EXIT_DONE;
}

static const cli_option *const options[] = {&cli_db, &cli_data_folder, &cli_lang, NULL};

const cli_command cli_migrate = {
    .name = "migrate",
    .arguments = "[OPTIONS]",
    .summary = "makes a store, or brings it up to this program",
    .summary_zh = "建立存储，或把存储升级到本程序的版本",
    .details = "Each step is applied as a whole or not at all. A store that is newer than the program, or whose steps are not the\n"
               "program's, is refused and left as it is.",
    .details_zh = "每一步要么全部完成，要么不作更改。存储比程序新，或迁移记录与程序不符时拒绝执行，不作任何更改。",
    .options = options,
    .run = run,
};
