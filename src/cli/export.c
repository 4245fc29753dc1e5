#include "cli/progress.h"
#include "cli/workbook.h"

#include <plumbline/model/interchange.h>
#include <plumbline/report/model_workbook.h>

/* What a form of export is made from: the sheets as they are, the model that they make, or its data too. */
typedef enum export_source { FROM_SHEETS, FROM_MODEL, FROM_DATA } export_source;

typedef struct export_format {
    const char *name;
    export_source source;
    pl_status (*write)(const char *path, cli_session *session, pl_output *output);
} export_format;

static pl_status write_workbook(const char *path, cli_session *s, pl_output *output) {
    cli_progress *progress = cli_progress_start(NULL);
    cli_progress_phase(progress, "writing");
    pl_watcher watcher = cli_progress_watcher(progress);
    pl_status status = pl_report_model_workbook(output, path, cli_scratch_folder(), &watcher, &s->problems);
    cli_progress_end(progress);
    return status;
}

static pl_status write_values_csv(const char *path, cli_session *s, pl_output *output) {
    (void)path;
    pl_values_write_csv(s->dataset, output);
    return PL_OK;
}

static pl_status write_values_json(const char *path, cli_session *s, pl_output *output) {
    (void)path;
    pl_values_write_json(s->dataset, output);
    return PL_OK;
}

static pl_status write_datapackage(const char *path, cli_session *s, pl_output *output) {
    (void)path;
    return pl_datapackage_write(s->model, output, &s->problems);
}

/* All forms; their names once more as the words of the option. */
static const export_format formats[] = {
    {"xlsx", FROM_SHEETS, write_workbook},
    {"values-csv", FROM_DATA, write_values_csv},
    {"values-json", FROM_DATA, write_values_json},
    {"datapackage", FROM_MODEL, write_datapackage},
};
#define FORMAT_NAMES "xlsx|values-csv|values-json|datapackage"

static const cli_option as_option = {
    "--as", FORMAT_NAMES, FORMAT_NAMES,
    "form: the folder as a workbook; data values as CSV or JSON with DHIS2's names; a Frictionless "
    "descriptor of the folder",
    "形式：整个文件夹存为工作簿；以 DHIS2 字段名写出数据值（CSV 或 JSON）；或文件夹的 Frictionless 描述文件"};

static const export_format *asked_format(const cli_call *call) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (cli_is(call, &as_option, formats[i].name)) return &formats[i];
    return NULL;
}

/* The problems of writing are printed; those of loading were. */
static int write(cli_session *s, const cli_call *call, const export_format *format) {
    pl_problems_free(&s->problems);
    pl_problems_init(&s->problems, 0);
    cli_result result;
    int status = cli_result_open(&result, call);
    if (status != EXIT_DONE) return status;
    pl_status written = format->write(call->arguments[0], s, &result.output);
    if (format->source == FROM_SHEETS) return cli_result_end(&result, written, &s->problems);
    /* What could not be read is among the problems: it is no failure of the output to report. */
    if (written != PL_OK && result.output.status == PL_OK) result.output.status = written == PL_IO ? PL_CANCELLED : written;
    status = cli_result_close(&result);
    cli_print_problems(&s->problems);
    return status;
}

static int run(const cli_call *call) {
    const export_format *format = asked_format(call);
    if (!format) return cli_usage(call->command, "say in which form: --as %s", FORMAT_NAMES);
    if (format->source != FROM_DATA && cli_value(call, &cli_data, NULL))
        return cli_usage(call->command, "--as %s is about the model's folder and takes no --data", format->name);
    if (format->source == FROM_SHEETS && !cli_value(call, &cli_out, NULL))
        return cli_usage(call->command, "a workbook goes into a file: --out F.xlsx");
    cli_session s = {0};
    int status = EXIT_DONE;
    if (format->source == FROM_SHEETS)
        pl_problems_init(&s.problems, 0);
    else
        status = cli_session_load(&s, call, call->arguments[0], format->source == FROM_DATA);
    if (status == EXIT_DONE) status = write(&s, call, format);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&as_option, &cli_data, &cli_out, &cli_threads, &cli_lang, NULL};

const cli_command cli_export = {
    .name = "export",
    .arguments = "MODEL --as FORM [OPTIONS]",
    .least = 1,
    .most = 1,
    .summary = "the model's data, or its folder, for other programs",
    .summary_zh = "导出模型的数据，或描述其文件夹，供其他程序使用",
    .details =
        "xlsx: the sheets of the folder as one workbook, cell by cell; import makes a folder of it again.\n"
        "values-csv and values-json: every value that the model uses, by period, unit and element, which score reads back with\n"
        "--data. datapackage: the descriptor datapackage.json, to be kept in the folder; check compares it with the files.",
    .details_zh =
        "xlsx：文件夹各表原样存为一个工作簿，import 可还原为文件夹。\n"
        "values-csv、values-json：模型用到的全部数据值，按期间、单位、数据项排列，可用 --data 读回。datapackage：描述文件\n"
        "datapackage.json，放在文件夹中，check 用它核对各文件。",
    .options = options,
    .run = run,
};
