#include "cli/output.h"
#include "cli/picture.h"
#include "cli/robust.h"

#include <stdlib.h>

const cli_option cli_robust_pictures = {
    "--picture", "places|dominance|sensitivity=F", NULL,
    "also a picture into F.svg or F.png: the bands of the places, how often each unit is before each other, the indices; may be "
    "repeated",
    "另画一张图（.svg 或 .png）：名次区间、两两领先概率、敏感性指数；可重复"};

enum { PLACES, DOMINANCE, SENSITIVITY };
static const char *const kinds[] = {"places", "dominance", "sensitivity", NULL};

int cli_robust_pictures_check(const cli_call *call, bool sensitivity) {
    for (unsigned i = 0; i < call->given_count; i++) {
        cli_picture one;
        if (call->given[i].option != &cli_robust_pictures) continue;
        if (!cli_picture_read(&one, call->given[i].value, kinds))
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

static pl_status draw(const void *context, size_t kind, pl_output *output, const pl_picture_options *options,
                      pl_problems *problems) {
    const cli_robustness *r = context;
    if (kind == PLACES) return draw_places(r, output, options, problems);
    return kind == DOMINANCE ? draw_dominance(r, output, options, problems) : draw_sensitivity(r, output, options, problems);
}

int cli_robust_draw(const cli_robustness *r) {
    int status = EXIT_DONE;
    pl_buffer design;
    pl_buffer_init(&design, 0);
    cli_robust_design(r, &design);
    if (design.failed) status = cli_no_memory();
    pl_picture_options options = {.chinese = r->call->chinese,
                                  .title = r->session->model->settings.name,
                                  .subtitle = pl_buffer_view(&design),
                                  .chosen = PL_PICTURE_NONE};
    for (unsigned i = 0; i < r->call->given_count && status == EXIT_DONE; i++) {
        cli_picture one;
        if (r->call->given[i].option == &cli_robust_pictures && cli_picture_read(&one, r->call->given[i].value, kinds))
            status = cli_picture_make(&one, &options, draw, r);
    }
    pl_buffer_free(&design);
    return status;
}
