#include "cli/workbook.h"

#include "cli/progress.h"

#include <plumbline/report/results.h>

#include <stdio.h>
#include <stdlib.h>

const cli_option cli_units = {"--units", "A,B|all", NULL, "workbook: write sheets with the reasons of these units only, or of all",
                              "工作簿：只为这些单位（或全部单位）写出说明得分理由的表"};
const cli_option cli_formulas = {"--formulas", NULL, NULL, "workbook: add a sheet in which totals are formulas one can follow",
                                 "工作簿：另加一张用公式逐步算出总分的表"};

const char *cli_scratch_folder(void) {
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : NULL;
}

/* Length of the first item of a list that is separated by commas, ASCII or Chinese. */
static size_t item_length(const char *list, size_t *separator) {
    for (size_t at = 0;; at++) {
        static const char *const separators[] = {",", "，", "、"};
        *separator = 0;
        if (!list[at]) return at;
        for (size_t i = 0; i < 3; i++) {
            *separator = strlen(separators[i]);
            if (strncmp(list + at, separators[i], *separator) == 0) return at;
        }
    }
}

/* The units of --units, in `out`, which has room for as many as the list has bytes. */
static int find_units(cli_session *s, const char *list, uint32_t *out, size_t *count) {
    int status = EXIT_DONE;
    for (size_t length, separator; *list; list += length + separator) {
        length = item_length(list, &separator);
        if (!length) continue;
        char *code = strndup(list, length);
        if (!code) {
            fprintf(stderr, "plumbline: memory is exhausted\n");
            return EXIT_MACHINE;
        }
        const pl_score_line *line = cli_session_line(s, code);
        if (line)
            out[(*count)++] = line->unit;
        else
            status = EXIT_INPUT;
        free(code);
    }
    return status;
}

int cli_write_results(const cli_call *call, cli_session *s) {
    const char *list = cli_value(call, &cli_units, NULL);
    bool all = cli_is(call, &cli_units, "all");
    pl_results_options options = {.chinese = call->chinese,
                                  .every_unit = all,
                                  .formulas = cli_value(call, &cli_formulas, NULL) != NULL,
                                  .folder = cli_scratch_folder()};
    uint32_t *units = calloc(list ? strlen(list) + 1 : 1, sizeof *units);
    if (!units) {
        fprintf(stderr, "plumbline: memory is exhausted\n");
        return EXIT_MACHINE;
    }
    int status = list && !all ? find_units(s, list, units, &options.unit_count) : EXIT_DONE;
    if (list && !all) options.units = units;
    cli_result result;
    if (status == EXIT_DONE) status = cli_result_open(&result, call);
    if (status == EXIT_DONE) {
        pl_problems problems;
        pl_problems_init(&problems, 0);
        cli_progress *progress = cli_progress_start(NULL);
        cli_progress_phase(progress, "writing");
        pl_watcher watcher = cli_progress_watcher(progress);
        options.watcher = &watcher;
        pl_status written = pl_report_results(&result.output, s->scores, s->compiled, &options, &problems);
        cli_progress_end(progress);
        status = cli_result_end(&result, written, &problems);
    }
    free(units);
    return status;
}
