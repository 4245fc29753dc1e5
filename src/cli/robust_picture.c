#include "cli/output.h"
#include "cli/robust.h"

#include <plumbline/report/picture.h>

#include <stdlib.h>

const cli_option cli_robust_pictures = {
    "--picture", "places|dominance|sensitivity=F", NULL,
    "also a picture into F.svg or F.png: the bands of the places, how often each unit is before each other, the indices; may be "
    "repeated",
    "另画一张图（.svg 或 .png）：名次区间、两两领先概率、敏感性指数；可重复"};

/* A picture that was asked for. */
typedef struct wanted {
    enum { PLACES, DOMINANCE, SENSITIVITY, KINDS } kind;
    const char *path;
    pl_picture_format format;
} wanted;

static bool ends_in(const char *path, const char *ending) {
    size_t length = strlen(path), end = strlen(ending);
    return length > end && strcmp(path + length - end, ending) == 0;
}

static bool read_wanted(const char *value, wanted *out) {
    static const char *const kinds[KINDS] = {"places", "dominance", "sensitivity"};
    for (int kind = 0; kind < KINDS; kind++) {
        size_t length = strlen(kinds[kind]);
        if (strncmp(value, kinds[kind], length) != 0 || value[length] != '=') continue;
        const char *path = value + length + 1;
        *out = (wanted){kind, path, ends_in(path, ".png") ? PL_PICTURE_PNG : PL_PICTURE_SVG};
        return ends_in(path, ".png") || ends_in(path, ".svg");
    }
    return false;
}

int cli_robust_pictures_check(const cli_call *call, bool sensitivity) {
    for (unsigned i = 0; i < call->given_count; i++) {
        wanted one;
        if (call->given[i].option != &cli_robust_pictures) continue;
        if (!read_wanted(call->given[i].value, &one))
            return cli_usage(call->command, "--picture is places=F, dominance=F or sensitivity=F, where F ends in .svg or .png");
        if (one.kind == SENSITIVITY && !sensitivity)
            return cli_usage(call->command, "--picture sensitivity=F goes with --sensitivity");
    }
    return EXIT_DONE;
}

static const pl_unit *unit_of(const cli_robustness *r, size_t i) { return &r->session->dataset->units[r->robust->units[i].unit]; }

/* The name, and the code where several have it or none is given. */
static pl_str label_of(const cli_robustness *r, size_t i) {
    const pl_unit *unit = unit_of(r, i);
    return unit->name.len ? unit->name : unit->code;
}

static pl_status draw_places(const cli_robustness *r, pl_output *output, const pl_picture_options *options, pl_problems *problems) {
    size_t count = r->robust->unit_count;
    const pl_dataset *d = r->session->dataset;
    pl_place_band *bands = calloc(count + 1, sizeof *bands);
    if (!bands) return PL_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const pl_robust_unit *u = &r->robust->units[i];
        uint32_t group = unit_of(r, i)->group;
        bands[i] =
            (pl_place_band){label_of(r, i), u->place, u->median, u->low, u->high, group == PL_NOBODY ? d->group_count : group};
    }
    pl_place_bands data = {bands, count, r->options->within_groups ? 0 : count, d->groups, d->group_count};
    pl_status status = pl_picture_places(output, &data, options, problems);
    free(bands);
    return status;
}

static pl_status draw_dominance(const cli_robustness *r, pl_output *output, const pl_picture_options *options,
                                pl_problems *problems) {
    size_t all = r->robust->unit_count, count = all < PL_PICTURE_MATRIX ? all : PL_PICTURE_MATRIX;
    pl_str *labels = calloc(count + 1, sizeof *labels);
    double *cells = calloc(count * count + 1, sizeof *cells);
    pl_status status = labels && cells ? PL_OK : PL_MEMORY;
    for (size_t a = 0; status == PL_OK && a < count; a++) {
        labels[a] = label_of(r, a);
        for (size_t b = 0; b < count; b++) cells[a * count + b] = a == b ? 0 : pl_robust_ahead(r->robust, a, b);
    }
    if (status == PL_OK) status = pl_picture_dominance(output, &(pl_picture_matrix){labels, cells, count}, options, problems);
    free(labels);
    free(cells);
    return status;
}

static pl_status draw_sensitivity(const cli_robustness *r, pl_output *output, const pl_picture_options *options,
                                  pl_problems *problems) {
    size_t count = r->robust->assumption_count;
    pl_sensitivity_bar *bars = calloc(count + 1, sizeof *bars);
    pl_buffer *names = calloc(count + 1, sizeof *names);
    pl_status status = bars && names ? PL_OK : PL_MEMORY;
    for (size_t i = 0; status == PL_OK && i < count; i++) {
        const pl_sensitivity *s = &r->robust->assumptions[i].shift;
        pl_buffer_init(&names[i], 0);
        cli_robust_assumption(r, &r->robust->assumptions[i], &names[i]);
        if (names[i].failed) status = PL_MEMORY;
        bars[i] = (pl_sensitivity_bar){
            pl_buffer_view(&names[i]), s->first, s->first_low, s->first_high, s->total, s->total_low, s->total_high};
    }
    if (status == PL_OK) status = pl_picture_sensitivity(output, bars, count, options, problems);
    for (size_t i = 0; names && i < count; i++) pl_buffer_free(&names[i]);
    free(names);
    free(bars);
    return status;
}

static int draw(const cli_robustness *r, const wanted *one, pl_str design) {
    pl_picture_options options = {.format = one->format,
                                  .chinese = r->call->chinese,
                                  .title = r->session->model->settings.name,
                                  .subtitle = design,
                                  .chosen = PL_PICTURE_NONE};
    pl_problems problems;
    pl_problems_init(&problems, 0);
    cli_result result;
    int status = cli_result_open_at(&result, one->path);
    if (status == EXIT_DONE) {
        pl_status drawn = one->kind == PLACES      ? draw_places(r, &result.output, &options, &problems)
                          : one->kind == DOMINANCE ? draw_dominance(r, &result.output, &options, &problems)
                                                   : draw_sensitivity(r, &result.output, &options, &problems);
        status = cli_result_end(&result, drawn, &problems);
    }
    return status;
}

int cli_robust_draw(const cli_robustness *r) {
    int status = EXIT_DONE;
    pl_buffer design;
    pl_buffer_init(&design, 0);
    cli_robust_design(r, &design);
    if (design.failed) status = cli_no_memory();
    for (unsigned i = 0; i < r->call->given_count && status == EXIT_DONE; i++) {
        wanted one;
        if (r->call->given[i].option == &cli_robust_pictures && read_wanted(r->call->given[i].value, &one))
            status = draw(r, &one, pl_buffer_view(&design));
    }
    pl_buffer_free(&design);
    return status;
}
