#include <plumbline/study/whatif.h>

#include "model/vocabulary.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

/* The dataset of the scenario as far as it is made. */
static const pl_dataset *data_of(const pl_whatif *w) {
    return w->left ? w->left : w->changed ? w->changed : w->loaded ? w->loaded : w->base->compiled->dataset;
}

static size_t element_named(const pl_dataset *d, pl_str name) {
    for (size_t i = 0; i < d->element_count; i++)
        if (pl_str_equal(d->elements[i].name, name)) return i;
    return PL_NO_INDEX;
}

/* ---- making the scenario ---- */

static pl_status change_sheets(pl_whatif *w, const pl_scenario *s, const pl_whatif_options *options, pl_problems *problems) {
    if (!s->sheet_count) return PL_OK;
    pl_status status = pl_model_load_changed(&w->model, w->base->compiled->model, s->sheets, s->sheet_count, problems);
    if (w->model) status = pl_status_worse(status, pl_dataset_load(&w->loaded, w->model, options->data, problems));
    return status;
}

/* The data may have been read again, for rules that want other columns: the same units and periods, but not the same elements. An
 * element that no rule reads any more needs no change. */
static pl_status change_values(pl_whatif *w, const pl_scenario *s) {
    const pl_dataset *base = w->base->compiled->dataset, *d = data_of(w);
    size_t units = base->unit_count;
    if (!s->value_count) return PL_OK;
    pl_value_change *changes = malloc(s->value_count * sizeof *changes);
    if (!changes) return PL_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < s->value_count; i++) {
        pl_value_change change = s->values[i];
        change.element = element_named(d, base->elements[change.element].name);
        pl_str unit = change.unit < units ? base->units[change.unit].code : s->copies[change.unit - units].code;
        change.unit = pl_dataset_find_unit(d, unit);
        change.period = pl_dataset_find_period(d, base->periods[change.period]);
        bool there = change.element != PL_NO_INDEX && change.unit != PL_NO_INDEX && change.period != PL_NO_INDEX;
        if (there) changes[count++] = change;
    }
    pl_status status = pl_dataset_changed(&w->changed, d, changes, count);
    free(changes);
    return status;
}

static pl_status leave_out(pl_whatif *w, const pl_scenario *s) {
    const pl_dataset *base = w->base->compiled->dataset, *d = data_of(w);
    if (!s->out_count) return PL_OK;
    size_t *units = malloc(s->out_count * sizeof *units), count = 0;
    if (!units) return PL_MEMORY;
    for (size_t i = 0; i < s->out_count; i++) {
        size_t unit = pl_dataset_find_unit(d, base->units[s->out[i]].code);
        if (unit != PL_NO_INDEX) units[count++] = unit;
    }
    pl_status status = pl_dataset_without(&w->left, d, units, count);
    free(units);
    return status;
}

/* ---- side by side ---- */

static int by_place(const void *a, const void *b) {
    const pl_whatif_line *x = a, *y = b;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    if (!x->after != !y->after) return x->after ? -1 : 1;
    if (x->after && x->after != y->after) return x->after < y->after ? -1 : 1;
    return (x->before > y->before) - (x->before < y->before);
}

static bool moved(const pl_score_line *before, const pl_score_line *after) {
    return !before || !after || before->has_total != after->has_total || before->rank != after->rank ||
           (before->has_total && before->total != after->total);
}

/* Both datasets list their units in the same order, new ones behind. */
static void match_units(const pl_dataset *base, const pl_dataset *d, uint32_t *unit_of) {
    size_t at = 0;
    for (size_t unit = 0; unit < base->unit_count; unit++) {
        bool same = at < d->unit_count && pl_str_equal(base->units[unit].code, d->units[at].code);
        unit_of[unit] = same ? (uint32_t)at++ : PL_NOBODY;
    }
}

static pl_status compare(pl_whatif *w) {
    const pl_dataset *base = w->base->compiled->dataset, *d = data_of(w);
    size_t rows = d->unit_count * d->period_count;
    uint32_t *unit_of = malloc((base->unit_count + 1) * sizeof *unit_of);
    const pl_score_line **line_of = calloc(rows + 1, sizeof *line_of);
    w->lines = malloc((w->base->line_count + w->scores->line_count + 1) * sizeof *w->lines);
    pl_status status = unit_of && line_of && w->lines ? PL_OK : PL_MEMORY;
    if (status == PL_OK) {
        match_units(base, d, unit_of);
        for (size_t i = 0; i < w->scores->line_count; i++)
            line_of[pl_scores_row(w->scores, &w->scores->lines[i])] = &w->scores->lines[i];
        for (size_t i = 0; i < w->base->line_count; i++) {
            const pl_score_line *before = &w->base->lines[i], *after = NULL;
            size_t period = pl_dataset_find_period(d, base->periods[before->period]);
            uint32_t unit = unit_of[before->unit];
            if (period != PL_NO_INDEX && unit != PL_NOBODY) {
                after = line_of[period * d->unit_count + unit];
                line_of[period * d->unit_count + unit] = NULL;
            }
            w->lines[w->line_count++] = (pl_whatif_line){before, after, before->period, moved(before, after)};
        }
        for (size_t row = 0; row < rows; row++) {
            if (!line_of[row]) continue;
            size_t period = pl_dataset_find_period(base, d->periods[line_of[row]->period]);
            if (period == PL_NO_INDEX || !w->base->compiled->scored[period]) continue;
            w->lines[w->line_count++] = (pl_whatif_line){NULL, line_of[row], period, true};
        }
        if (w->line_count) qsort(w->lines, w->line_count, sizeof *w->lines, by_place);
    }
    free(unit_of);
    free(line_of);
    return status;
}

pl_status pl_whatif_run(pl_whatif **out, const pl_scores *base, const pl_scenario *scenario, const pl_whatif_options *options,
                        pl_problems *problems) {
    *out = NULL;
    pl_whatif *w = calloc(1, sizeof *w);
    if (!w) return PL_MEMORY;
    w->base = base;
    pl_status status = change_sheets(w, scenario, options, problems);
    if (status == PL_OK) status = change_values(w, scenario);
    if (status == PL_OK) status = leave_out(w, scenario);
    const pl_model *model = w->model ? w->model : base->compiled->model;
    if (status == PL_OK) status = pl_compile(&w->compiled, model, data_of(w), options->period, problems);
    if (status == PL_OK) status = pl_score(&w->scores, w->compiled, PL_NODES_ROOT, options->pool, problems);
    if (status == PL_OK) status = compare(w);
    if (status == PL_OK)
        *out = w;
    else
        pl_whatif_free(w);
    return status;
}

void pl_whatif_free(pl_whatif *w) {
    if (!w) return;
    free(w->lines);
    pl_scores_free(w->scores);
    pl_compiled_free(w->compiled);
    pl_dataset_free(w->left);
    pl_dataset_free(w->changed);
    pl_dataset_free(w->loaded);
    pl_model_free(w->model);
    free(w);
}

const pl_unit *pl_whatif_unit(const pl_whatif *w, const pl_whatif_line *line) {
    if (line->before) return &w->base->compiled->dataset->units[line->before->unit];
    return &data_of(w)->units[line->after->unit];
}

/* ---- cells ---- */

static bool same_cell(const pl_sheet_change *a, const pl_sheet_change *b) {
    return pl_str_equal(a->sheet, b->sheet) && pl_str_equal(a->row, b->row) && pl_str_equal(a->column, b->column);
}

/* Whether the change is one of a cell outside the sheet of indicators, and the last of this cell. */
static bool tells(const pl_model *model, size_t index) {
    const pl_sheet_change *change = &model->changes[index];
    if (change->act != PL_ACT_CELL || pl_str_is(change->sheet, "indicators")) return false;
    for (size_t i = index + 1; i < model->change_count; i++)
        if (same_cell(change, &model->changes[i])) return false;
    return true;
}

/* Of a unit that enters, the cell of the one that it is a copy of; that has no name yet. */
static pl_sheet_change cell_before(const pl_model *model, const pl_sheet_change *change) {
    pl_sheet_change cell = *change;
    if (pl_word_find(pl_unit_words, change->column) == DATA_NAME) return cell;
    for (size_t i = 0; i < model->change_count; i++) {
        const pl_sheet_change *copy = &model->changes[i];
        bool entered = copy->act == PL_ACT_COPY && pl_str_is(change->sheet, "units") && pl_str_equal(copy->row, change->row);
        if (entered) cell.row = copy->text;
    }
    return cell;
}

pl_status pl_whatif_cells_find(pl_whatif_cells *out, const pl_whatif *w) {
    const pl_compiled *base = w->base->compiled;
    *out = (pl_whatif_cells){0};
    pl_arena_init(&out->arena, 0);
    if (!w->model) return PL_OK;
    out->items = pl_arena_array(&out->arena, w->model->change_count + 1, sizeof *out->items);
    pl_status status = out->items ? PL_OK : PL_MEMORY;
    for (size_t i = base->model->change_count; i < w->model->change_count && status == PL_OK; i++) {
        const pl_sheet_change *change = &w->model->changes[i];
        pl_str before, column = pl_str_is(change->sheet, "settings") ? (pl_str){0} : change->column;
        if (!tells(w->model, i)) continue;
        pl_sheet_change cell = cell_before(w->model, change);
        status = pl_change_before(&before, &out->arena, base->model, base->dataset, &cell);
        if (status != PL_OK || pl_str_equal(before, change->text)) continue;
        out->items[out->count++] = (pl_whatif_cell){change->sheet, change->row, column, before, change->text};
    }
    return status;
}

void pl_whatif_cells_free(pl_whatif_cells *cells) {
    pl_arena_free(&cells->arena);
    *cells = (pl_whatif_cells){0};
}

/* ---- reasons ---- */

static double value_of(const pl_scores *scores, pl_node node, size_t row) {
    double value;
    return node && pl_evaluation_value(scores->evaluation, node, row, &value) ? value : NAN;
}

static bool same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static int by_points(const void *a, const void *b) {
    const pl_whatif_reason *x = a, *y = b;
    double p = isnan(x->points) ? 0 : fabs(x->points), q = isnan(y->points) ? 0 : fabs(y->points);
    if (p != q) return p > q ? -1 : 1;
    return pl_str_compare(x->code, y->code);
}

typedef struct asking {
    const pl_whatif *w;
    size_t row_before, row_after;
    double total; /* before, not rounded */
    pl_whatif_reason *reasons;
    size_t count;
} asking;

/* What the new score of a leaf would do to the total as it was. */
static pl_status measure(const asking *a, size_t leaf, pl_whatif_reason *reason) {
    const pl_compiled *base = a->w->base->compiled;
    bool there = !isnan(reason->score_after);
    pl_supposition put = {base->nodes[leaf].score, there, there ? reason->score_after : 0};
    double total = NAN;
    bool present = false;
    pl_status status =
        pl_evaluation_suppose(a->w->base->evaluation, base->nodes[0].score, a->row_before, &put, 1, &total, &present);
    reason->points = status == PL_OK && present && !isnan(a->total) ? total - a->total : NAN;
    return status;
}

static pl_status ask_old_leaf(asking *a, size_t leaf) {
    const pl_whatif *w = a->w;
    const pl_compiled *base = w->base->compiled;
    const pl_indicator *node = &base->model->indicators[leaf];
    size_t now = pl_model_find(w->compiled->model, node->code);
    bool there = now != PL_NO_INDEX && !w->compiled->model->indicators[now].child_count;
    pl_whatif_reason reason = {.code = node->code, .name = node->name};
    reason.x_before = value_of(w->base, base->nodes[leaf].value, a->row_before);
    reason.score_before = value_of(w->base, base->nodes[leaf].score, a->row_before);
    reason.x_after = there ? value_of(w->scores, w->compiled->nodes[now].value, a->row_after) : NAN;
    reason.score_after = there ? value_of(w->scores, w->compiled->nodes[now].score, a->row_after) : NAN;
    if (same(reason.score_before, reason.score_after) && same(reason.x_before, reason.x_after)) return PL_OK;
    pl_status status = measure(a, leaf, &reason);
    a->reasons[a->count++] = reason;
    return status;
}

pl_status pl_whatif_reasons(pl_whatif_reason **out, size_t *count, double *rest, const pl_whatif *w, const pl_whatif_line *line) {
    const pl_compiled *base = w->base->compiled;
    *out = NULL;
    *count = 0;
    *rest = NAN;
    if (!line->before || !line->after) return PL_OK;
    asking a = {.w = w, .row_before = pl_scores_row(w->base, line->before), .row_after = pl_scores_row(w->scores, line->after)};
    a.reasons = calloc(base->model->indicator_count + 1, sizeof *a.reasons);
    if (!a.reasons) return PL_MEMORY;
    a.total = value_of(w->base, base->nodes[0].score, a.row_before);
    double change = value_of(w->scores, w->compiled->nodes[0].score, a.row_after) - a.total, sum = 0;
    pl_status status = PL_OK;
    for (size_t i = 0; i < base->model->indicator_count && status == PL_OK; i++)
        if (!base->model->indicators[i].child_count) status = ask_old_leaf(&a, i);
    if (status == PL_OK) status = pl_evaluation_status(w->base->evaluation);
    if (status == PL_OK) status = pl_evaluation_status(w->scores->evaluation);
    if (status != PL_OK) {
        free(a.reasons);
        return status;
    }
    for (size_t i = 0; i < a.count; i++) sum += isnan(a.reasons[i].points) ? 0 : a.reasons[i].points;
    *rest = pl_number_round(change - sum, 9);
    if (a.count) qsort(a.reasons, a.count, sizeof *a.reasons, by_points);
    *out = a.reasons;
    *count = a.count;
    return PL_OK;
}
