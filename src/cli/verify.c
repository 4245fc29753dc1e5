#include "cli/output.h"
#include "cli/place.h"

#include "store/audit.h"

#include <stdio.h>
#include <stdlib.h>

static pl_status verify_store(const char *address, size_t *rows, pl_problems *problems) {
    pl_store *store;
    pl_status status = pl_store_open(&store, address, NULL, problems);
    if (status != PL_OK) return status;
    status = pl_audit_verify(store, rows, problems);
    pl_store_close(store);
    return status;
}

static int run(const cli_call *call) {
    pl_problems problems;
    size_t rows = 0;
    char *address = call->argument_count ? NULL : cli_store_address(call, false);
    if (!address && !call->argument_count) return EXIT_MACHINE;
    pl_problems_init(&problems, 0);
    pl_status status =
        address ? verify_store(address, &rows, &problems) : pl_audit_verify_file(call->arguments[0], &rows, &problems);
    if (status == PL_MEMORY && !problems.failed) cli_no_memory();
    cli_print_problems(&problems);
    pl_problems_free(&problems);
    free(address);
    if (status != PL_OK) return cli_exit_status(status);
    printf(cli_text(call, "the audit is whole: %zu rows\n", "审计完整：%zu 条记录\n"), rows);
    return fflush(stdout) ? EXIT_MACHINE : EXIT_DONE;
}

static const cli_option *const options[] = {&cli_db, &cli_data_folder, &cli_lang, NULL};

const cli_command cli_verify = {
    .name = "verify",
    .arguments = "[FILE] [OPTIONS]",
    .most = 1,
    .summary = "whether the audit is whole: no row changed, dropped or moved",
    .summary_zh = "审计记录是否完整：有无被改动、删除或换位",
    .details = "Walks the chain of hashes of every realm in the store. With FILE, that of an exported audit, without any store.",
    .details_zh = "逐条核对存储中每个辖区的哈希链；给出文件时核对导出的审计文件，无需存储。",
    .options = options,
    .run = run,
};
