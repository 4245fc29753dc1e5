#include "score/run.h"
#include "study/robusting.h"

#include <stdlib.h>

#define MOST_VARIANTS 1000

/* ---- what varies ---- */

static pl_status nothing_varies(robusting *r, const char *why) {
    return pl_problem_add(r->problems, PL_ERROR, "E711", (pl_place){.file = r->model->path}, "%s", why);
}

/* Leaves whose parent can do without one child. */
static pl_status find_leaves(robusting *r) {
    const pl_model *model = r->model;
    r->leaves = malloc((model->indicator_count + 1) * sizeof *r->leaves);
    if (!r->leaves) return PL_MEMORY;
    for (size_t i = 1; i < model->indicator_count; i++) {
        const pl_indicator *leaf = &model->indicators[i];
        if (!leaf->child_count && !model->indicators[leaf->parent].combine) r->leaves[r->leaf_count++] = i;
    }
    return r->leaf_count ? PL_OK : nothing_varies(r, "no indicator can be left out: every parent is a formula over its children");
}

static size_t column_of(const pl_dataset *dataset, pl_str code) {
    for (size_t i = 0; i < dataset->element_count; i++)
        if (pl_str_equal(dataset->elements[i].name, code) && dataset->elements[i].present) return i;
    return PL_NO_INDEX;
}

static pl_status find_noise(robusting *r) {
    const pl_model *model = r->model;
    r->noise = malloc((model->indicator_count + 1) * sizeof *r->noise);
    if (!r->noise) return PL_MEMORY;
    pl_status status = PL_OK;
    for (size_t i = 0; i < model->indicator_count && status == PL_OK; i++) {
        const pl_indicator *leaf = &model->indicators[i];
        if (leaf->child_count || (!leaf->error.given && !leaf->rounding.given)) continue;
        size_t column = leaf->value ? PL_NO_INDEX : column_of(r->dataset, leaf->code);
        if (column == PL_NO_INDEX)
            status = pl_problem_add(r->problems, PL_NOTE, "N711", pl_indicator_place(model, leaf, "error"),
                                    "is not used: the value of \"%.*s\" is a formula; give the error to what it is made of",
                                    PL_ARG(leaf->code));
        else
            r->noise[r->noise_count++] = (robust_noise){(uint32_t)column, leaf};
    }
    if (status != PL_OK || r->noise_count) return status;
    return nothing_varies(r, "no indicator says how far off its values may be; fill the columns error or rounding");
}

static void add(robusting *r, pl_assumption one) { r->out->assumptions[r->out->assumption_count++] = one; }

/* Sibling groups in which some weight can differ from the others'. */
static bool has_weights(const pl_model *model) {
    for (size_t i = 0; i < model->indicator_count; i++)
        if (model->indicators[i].child_count > 1 && !model->indicators[i].combine) return true;
    return false;
}

pl_status robust_assumptions(robusting *r) {
    const pl_robust_options *o = r->options;
    r->out->assumptions = pl_arena_array(&r->out->arena, o->method_count + 4, sizeof *r->out->assumptions);
    if (!r->out->assumptions) return PL_MEMORY;
    pl_status status = PL_OK;
    if (o->weights != PL_WEIGHTS_FIXED) {
        add(r, (pl_assumption){.kind = PL_ASSUMPTION_WEIGHTS});
        if (!has_weights(r->model)) status = nothing_varies(r, "no node has two children that it weighs; leave --weights out");
    }
    for (size_t i = 0; i < o->method_count; i++) {
        pl_str setting;
        if (!pl_str_copy(&setting, &r->out->arena, o->methods[i].setting)) return PL_MEMORY;
        add(r, (pl_assumption){.kind = PL_ASSUMPTION_METHOD, .setting = setting, .levels = o->methods[i].count + 1});
    }
    if (o->leave_out) {
        status = pl_status_worse(status, find_leaves(r));
        add(r, (pl_assumption){.kind = PL_ASSUMPTION_INDICATORS, .levels = r->leaf_count + 1});
    }
    if (o->data) {
        status = pl_status_worse(status, find_noise(r));
        add(r, (pl_assumption){.kind = PL_ASSUMPTION_DATA});
    }
    if (status == PL_OK && !r->out->assumption_count) status = nothing_varies(r, "nothing is to vary; say what is uncertain");
    return status;
}

/* ---- the combinations ---- */

/* The changes of combination `index` into `changes`; returns how many. */
static size_t list_changes(const robusting *r, size_t index, pl_sheet_change *changes) {
    size_t count = 0;
    for (size_t m = r->options->method_count; m-- > 0;) {
        const pl_alternatives *method = &r->options->methods[m];
        size_t level = index % (method->count + 1);
        index /= method->count + 1;
        if (!level) continue;
        changes[count++] = (pl_sheet_change){.sheet = pl_str_of("settings"),
                                             .row = method->setting,
                                             .column = pl_str_of("value"),
                                             .text = method->texts[level - 1],
                                             .place = {.file = r->model->path}};
    }
    return count;
}

/* What went wrong with a combination, after an error that says which it is. */
static pl_status tell(robusting *r, const pl_sheet_change *changes, size_t count, pl_problems *own) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    for (size_t i = 0; i < count; i++)
        pl_buffer_print(&text, "%s%.*s = %.*s", i ? ", " : "", PL_ARG(changes[i].row), PL_ARG(changes[i].text));
    pl_status status = text.failed
                           ? PL_MEMORY
                           : pl_problem_add(r->problems, PL_ERROR, "E714", (pl_place){.file = r->model->path},
                                            "cannot be scored with %s, because:", count ? text.at : "the methods of the model");
    pl_buffer_free(&text);
    return pl_status_worse(status, pl_problems_append(r->problems, own));
}

static pl_status prepare(robusting *r, robust_variant *v, pl_problems *problems) {
    const pl_robust_options *o = r->options;
    const pl_model *model = v->model ? v->model : r->model;
    pl_compile_options options = {
        .periods = o->periods, .weights_vary = o->weights != PL_WEIGHTS_FIXED, .leaves_vary = o->leave_out};
    pl_status status = pl_compile_with(&v->compiled, model, r->dataset, &options, problems);
    if (status != PL_OK) return status;
    bool *columns = calloc(r->dataset->element_count + 1, sizeof *columns);
    pl_node *wanted = malloc((model->settings.tie_break_count + 3) * sizeof *wanted);
    if (columns && wanted) {
        for (size_t i = 0; i < r->noise_count; i++) columns[r->noise[i].column] = true;
        pl_varying varying = {columns, options.weights_vary || options.leaves_vary};
        size_t count = pl_placer_nodes(v->compiled, wanted);
        status = pl_run_prepare(&v->rerun, v->compiled, wanted, count, &varying, o->pool, problems);
    } else {
        status = PL_MEMORY;
    }
    free(columns);
    free(wanted);
    return status;
}

static pl_status make_variant(robusting *r, size_t index, pl_sheet_change *changes) {
    robust_variant *v = &r->variants[index];
    pl_problems own;
    pl_problems_init(&own, 0);
    size_t count = list_changes(r, index, changes);
    pl_status status = count ? pl_model_load_changed(&v->model, r->model, changes, count, &own) : PL_OK;
    if (status == PL_OK) status = prepare(r, v, &own);
    /* Warnings about the model itself are told once, not with each combination. */
    if (index == 0)
        status = pl_status_worse(status, pl_problems_append(r->problems, &own));
    else if (status == PL_INPUT)
        status = pl_status_worse(status, tell(r, changes, count, &own));
    pl_problems_free(&own);
    return status;
}

static bool same_totals(const robusting *r, const robust_variant *a, const robust_variant *b) {
    const uint64_t *present_a, *present_b;
    const double *x = pl_evaluation_column(pl_rerun_base(a->rerun), a->compiled->nodes[0].score, &present_a);
    const double *y = pl_evaluation_column(pl_rerun_base(b->rerun), b->compiled->nodes[0].score, &present_b);
    size_t rows = r->dataset->unit_count * r->dataset->period_count;
    for (size_t row = 0; row < rows; row++)
        if (pl_present(present_a, row) != pl_present(present_b, row) || x[row] != y[row]) return false;
    return true;
}

/* Tells of alternatives that by themselves change no total: often every indicator has a rule of its own. */
static pl_status tell_idle(robusting *r) {
    pl_status status = PL_OK;
    size_t stride = 1;
    for (size_t m = r->options->method_count; m-- > 0; stride *= r->options->methods[m].count + 1) {
        const pl_alternatives *method = &r->options->methods[m];
        for (size_t level = 1; level <= method->count; level++) {
            if (!same_totals(r, &r->variants[0], &r->variants[level * stride])) continue;
            pl_status told = pl_problem_add(r->problems, PL_WARNING, "W711", (pl_place){.file = r->model->path},
                                            "%.*s = %.*s changes no total: it is what the model does already, or every indicator "
                                            "has a rule of its own",
                                            PL_ARG(method->setting), PL_ARG(method->texts[level - 1]));
            status = pl_status_worse(status, told);
        }
    }
    return status;
}

pl_status robust_variants(robusting *r) {
    size_t count = 1;
    for (size_t m = 0; m < r->options->method_count; m++) {
        count *= r->options->methods[m].count + 1;
        if (count > MOST_VARIANTS)
            return pl_problem_add(r->problems, PL_ERROR, "E713", (pl_place){.file = r->model->path},
                                  "the methods have over %d combinations; leave some alternatives out", MOST_VARIANTS);
    }
    r->variants = calloc(count, sizeof *r->variants);
    pl_sheet_change *changes = malloc((r->options->method_count + 1) * sizeof *changes);
    pl_status status = r->variants && changes ? PL_OK : PL_MEMORY;
    if (r->variants) r->variant_count = count;
    /* After the first failure the others are still tried, so that all is told at once. */
    for (size_t i = 0; i < r->variant_count && status != PL_MEMORY && !(i && !r->variants[0].rerun); i++)
        status = pl_status_worse(status, make_variant(r, i, changes));
    free(changes);
    return status == PL_OK ? tell_idle(r) : status;
}
