#include "cli/session.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool read_threads(const cli_call *call, unsigned *threads) {
    const char *text = cli_value(call, &cli_threads, "0");
    double value;
    if (!pl_number_parse(pl_str_of(text), &value) || value != floor(value) || value < 0 || value > 1024) return false;
    *threads = (unsigned)value;
    return true;
}

/* What a command wants of a model. */
typedef struct wish {
    pl_score_nodes nodes;
    bool digest;
    const pl_stage *stage; /* values of this stage instead of scores; NULL: scores */
} wish;

static pl_status load_data(cli_session *s, const cli_call *call, const char *path, bool digest) {
    const char *files[CLI_MOST_OPTIONS];
    pl_dataset_options options = {.files = files, .pool = s->pool, .digest = digest};
    for (unsigned i = 0; i < call->given_count; i++)
        if (call->given[i].option == &cli_data) files[options.file_count++] = call->given[i].value;
    cli_progress_phase(s->progress, "loading");
    pl_status status = pl_model_load(&s->model, path, &s->problems);
    if (!s->model) return status;
    cli_progress_phase(s->progress, "reading");
    return pl_status_worse(status, pl_dataset_load(&s->dataset, s->model, &options, &s->problems));
}

static pl_status load(cli_session *s, const cli_call *call, const char *path, const wish *w) {
    pl_status status = load_data(s, call, path, w->digest);
    if (!s->dataset) return status;
    cli_progress_phase(s->progress, "scoring");
    status = pl_compile(&s->compiled, s->model, s->dataset, cli_value(call, &cli_period, NULL), &s->problems);
    if (status != PL_OK) return status;
    if (w->stage) return pl_stage_values(&s->staged, s->compiled, *w->stage, s->pool, &s->problems);
    return pl_score(&s->scores, s->compiled, w->nodes, s->pool, &s->problems);
}

static int begin(cli_session *s, const cli_call *call) {
    *s = (cli_session){0};
    pl_problems_init(&s->problems, 0);
    unsigned threads;
    if (!read_threads(call, &threads)) return cli_usage(call->command, "--threads is a whole number up to 1024");
    pl_status status = pl_pool_create(&s->pool, threads);
    s->progress = cli_progress_start(s->pool);
    return cli_exit_status(status);
}

static int finish(cli_session *s, pl_status status, cli_telling telling) {
    cli_progress_end(s->progress);
    s->progress = NULL;
    if (status == PL_MEMORY) fprintf(stderr, "plumbline: memory is exhausted\n");
    bool wrong = s->problems.errors || s->problems.failed;
    if (telling == CLI_TELL_ALL || (telling == CLI_TELL_ERRORS && wrong)) cli_print_problems(&s->problems);
    return cli_exit_status(status);
}

static int open_session(cli_session *s, const cli_call *call, const char *path, const wish *w, cli_telling telling) {
    int status = begin(s, call);
    if (status == EXIT_USAGE) return status;
    return finish(s, status == EXIT_DONE ? load(s, call, path, w) : PL_MEMORY, telling);
}

int cli_session_open(cli_session *s, const cli_call *call, const char *path, pl_score_nodes nodes, bool digest,
                     cli_telling telling) {
    return open_session(s, call, path, &(wish){.nodes = nodes, .digest = digest}, telling);
}

int cli_session_open_stage(cli_session *s, const cli_call *call, const char *path, pl_stage stage) {
    return open_session(s, call, path, &(wish){.stage = &stage}, CLI_TELL_ALL);
}

int cli_session_load(cli_session *s, const cli_call *call, const char *path, bool data) {
    int status = begin(s, call);
    if (status == EXIT_USAGE) return status;
    pl_status loaded = PL_MEMORY;
    if (status == EXIT_DONE) loaded = data ? load_data(s, call, path, false) : pl_model_load(&s->model, path, &s->problems);
    return finish(s, loaded, CLI_TELL_ALL);
}

void cli_session_close(cli_session *s) {
    pl_staged_free(s->staged);
    pl_scores_free(s->scores);
    pl_compiled_free(s->compiled);
    pl_dataset_free(s->dataset);
    pl_model_free(s->model);
    pl_pool_free(s->pool);
    pl_problems_free(&s->problems);
}

static const pl_score_line *find_line(const cli_session *s, size_t unit) {
    for (size_t i = s->scores->line_count; i-- > 0;)
        if (s->scores->lines[i].unit == unit) return &s->scores->lines[i];
    return NULL;
}

static void say_unknown(const char *what, const char *text, const pl_str *names, size_t count) {
    size_t nearest = pl_text_nearest(pl_str_of(text), names, count);
    if (nearest < count)
        fprintf(stderr, "plumbline: there is no %s \"%s\" (did you mean \"%.*s\"?)\n", what, text, PL_ARG(names[nearest]));
    else
        fprintf(stderr, "plumbline: there is no %s \"%s\"\n", what, text);
}

size_t cli_session_unit(cli_session *s, const char *unit) {
    size_t index = pl_dataset_find_unit(s->dataset, pl_str_of(unit));
    if (index != PL_NO_INDEX) return index;
    size_t count = 0;
    pl_str *names = malloc((2 * s->dataset->unit_count + 1) * sizeof *names);
    for (size_t i = 0; names && i < s->dataset->unit_count && i < 20000; i++) {
        names[count++] = s->dataset->units[i].code;
        names[count++] = s->dataset->units[i].name;
    }
    say_unknown("unit", unit, names, names ? count : 0);
    free(names);
    return PL_NO_INDEX;
}

const pl_score_line *cli_session_line(cli_session *s, const char *unit) {
    size_t index = cli_session_unit(s, unit);
    const pl_score_line *line = index == PL_NO_INDEX ? NULL : find_line(s, index);
    if (!line && index != PL_NO_INDEX)
        fprintf(stderr, "plumbline: the unit \"%s\" has no data in the period that is scored\n", unit);
    return line;
}

size_t cli_session_indicator(cli_session *s, const char *code) {
    size_t index = pl_model_find(s->model, pl_str_of(code));
    if (index != PL_NO_INDEX) return index;
    size_t count = s->model->indicator_count < 20000 ? s->model->indicator_count : 20000;
    pl_str *names = malloc((count + 1) * sizeof *names);
    for (size_t i = 0; names && i < count; i++) names[i] = s->model->indicators[i].code;
    say_unknown("indicator", code, names, names ? count : 0);
    free(names);
    return PL_NO_INDEX;
}
