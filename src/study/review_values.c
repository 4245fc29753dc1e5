#include "study/reviewing.h"
#include "study/thresholds.h"

#include <math.h>
#include <stdlib.h>

/* What the values and scores of single indicators, and of single units, look like. */

/* ---- indicators that tell nobody apart ---- */

/* How many values differ from the most common one, told apart no further than 0, 1 and more: 2. */
static size_t odd_ones(const double *values, size_t count, size_t *odd) {
    size_t differ = 0, last = 0;
    for (size_t i = 1; i < count; i++) {
        if (values[i] == values[0]) continue;
        differ++;
        last = i;
    }
    *odd = last;
    if (differ <= 1 || differ < count - 1) return differ < 2 ? differ : 2;
    for (size_t i = 2; i < count; i++)
        if (values[i] != values[1]) return 2;
    *odd = 0;
    return 1;
}

/* The row of the unit whose value was gathered as number `at`. */
static size_t gathered_row(const pl_reviewing *r, pl_node node, size_t at) {
    pl_reviewed_column column = pl_reviewing_column(r, node);
    for (size_t i = 0; i < r->row_count; i++)
        if (pl_reviewed_present(column, r->rows[i]) && !at--) return r->rows[i];
    return r->rows[0];
}

/* An inner node is worth a word only where its children do tell units apart. */
static bool children_differ(const pl_reviewing *r, size_t index) {
    size_t odd;
    for (size_t child = r->model->indicators[index].first_child; child != PL_NO_INDEX;
         child = r->model->indicators[child].next_sibling) {
        size_t count = pl_reviewing_gather(r, r->nodes[child].score, r->scratch);
        if (count && odd_ones(r->scratch, count, &odd)) return true;
    }
    return false;
}

static void review_differences(pl_reviewing *r, size_t index) {
    const pl_indicator *node = &r->model->indicators[index];
    pl_node score = r->nodes[index].score;
    size_t odd = 0, count = pl_reviewing_gather(r, score, r->scratch);
    if (count < FEW_TO_TELL_APART) return;
    size_t differ = odd_ones(r->scratch, count, &odd);
    double common = r->scratch[odd == 0 ? 1 : 0], other = r->scratch[odd];
    if (differ == 0 && (!node->child_count || children_differ(r, index)))
        pl_reviewing_tell(r, PL_WARNING, "W505", index, pl_reviewing_place(r, index, "code"),
                          "all %zu units have the same score of \"%.*s\", %s", count, PL_ARG(node->code),
                          pl_reviewing_number(common, 4).text);
    else if (differ == 1 && count >= FEW_UNITS && !node->child_count)
        pl_reviewing_tell(r, PL_NOTE, "N501", index, pl_reviewing_place(r, index, "code"),
                          "all of %zu units but %.*s (%s) have the same score of \"%.*s\", %s", count,
                          PL_ARG(pl_reviewing_unit(r, gathered_row(r, score, odd))), pl_reviewing_number(other, 4).text,
                          PL_ARG(node->code), pl_reviewing_number(common, 4).text);
}

/* ---- what is missing ---- */

static bool applies_in(pl_reviewed_column applies, pl_node node, size_t row) {
    return !node || (pl_reviewed_present(applies, row) && applies.values[row] != 0);
}

/* W333 has been told of a column of the data in which there is nothing at all. */
static void review_missing(pl_reviewing *r, size_t index) {
    const pl_indicator *node = &r->model->indicators[index];
    const pl_reviewed_nodes *nodes = &r->nodes[index];
    pl_reviewed_column value = pl_reviewing_column(r, nodes->value), applies = pl_reviewing_column(r, nodes->applies);
    size_t asked = 0, missing = 0;
    for (size_t i = 0; i < r->row_count; i++) {
        if (!applies_in(applies, nodes->applies, r->rows[i])) continue;
        asked++;
        missing += !pl_reviewed_present(value, r->rows[i]);
    }
    if (asked < FEW_UNITS || (double)missing <= MANY_MISSING * (double)asked || (missing == asked && !node->value)) return;
    pl_reviewing_tell(r, PL_WARNING, "W513", index, pl_reviewing_place(r, index, "code"),
                      "%zu of the %zu units that \"%.*s\" applies to have no value", missing, asked, PL_ARG(node->code));
}

static bool is_half_empty(const pl_reviewing *r, const pl_reviewed_column *values, const pl_reviewed_column *applies, size_t row) {
    size_t asked = 0, missing = 0;
    for (size_t k = 0; k < r->leaf_count; k++) {
        if (!applies_in(applies[k], r->nodes[r->leaves[k]].applies, row)) continue;
        asked++;
        missing += !pl_reviewed_present(values[k], row);
    }
    return asked >= FEW_LEAVES && (double)missing > HALF_MISSING * (double)asked;
}

static void tell_half_empty(pl_reviewing *r, const pl_buffer *names, size_t count, size_t first) {
    const pl_dataset *d = r->compiled->dataset;
    size_t source = d->source_rows ? d->source_rows[first] : first + 2;
    if (names->failed) r->worst = PL_MEMORY;
    if (!count || names->failed) return;
    pl_reviewing_tell(r, PL_WARNING, "W514", PL_NO_INDEX, (pl_place){d->data_name, source, NULL},
                      "%zu unit%s no value for more than half of the indicators that apply to %s: %s%s", count,
                      count == 1 ? " has" : "s have", count == 1 ? "it" : "them", names->at, count > MOST_NAMED ? ", ..." : "");
}

static void review_units(pl_reviewing *r) {
    pl_reviewed_column *values = malloc((2 * r->leaf_count + 1) * sizeof *values);
    if (!values) {
        r->worst = PL_MEMORY;
        return;
    }
    pl_reviewed_column *applies = values + r->leaf_count;
    for (size_t k = 0; k < r->leaf_count; k++) {
        values[k] = pl_reviewing_column(r, r->nodes[r->leaves[k]].value);
        applies[k] = pl_reviewing_column(r, r->nodes[r->leaves[k]].applies);
    }
    pl_buffer names;
    pl_buffer_init(&names, 0);
    size_t count = 0, first = 0;
    for (size_t i = 0; i < r->row_count; i++) {
        if (!is_half_empty(r, values, applies, r->rows[i])) continue;
        if (!count) first = r->rows[i];
        if (count++ < MOST_NAMED)
            pl_buffer_print(&names, "%s%.*s", count > 1 ? ", " : "", PL_ARG(pl_reviewing_unit(r, r->rows[i])));
    }
    tell_half_empty(r, &names, count, first);
    pl_buffer_free(&names);
    free(values);
}

/* ---- values that look copied, or out of place ---- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The row of the same unit one period of its kind earlier, or PL_NO_INDEX. */
static size_t row_before(const pl_reviewing *r, size_t row) {
    const pl_frame *frame = &r->compiled->frame;
    pl_period own = pl_period_parse(frame->period_labels[row / frame->units]);
    for (size_t p = 0; own.kind != PL_PERIOD_OTHER && p < frame->periods; p++) {
        pl_period other = pl_period_parse(frame->period_labels[p]);
        if (other.kind == own.kind && pl_period_ordinal(other) == pl_period_ordinal(own) - 1)
            return p * frame->units + row % frame->units;
    }
    return PL_NO_INDEX;
}

static void review_copies(pl_reviewing *r, size_t index, size_t different) {
    pl_reviewed_column value = pl_reviewing_column(r, r->nodes[index].value);
    size_t both = 0, same = 0, before = PL_NO_INDEX, period = PL_NO_INDEX;
    for (size_t i = 0; i < r->row_count; i++) {
        size_t row = r->rows[i], units = r->compiled->frame.units;
        if (row / units != period) before = row_before(r, row / units * units);
        period = row / units;
        if (before == PL_NO_INDEX) continue;
        size_t earlier = before + row % units;
        if (!pl_reviewed_present(value, row) || value.values[row] == 0 || !pl_reviewed_present(value, earlier)) continue;
        both++;
        same += value.values[row] == value.values[earlier];
    }
    if (both < FEW_UNITS || different < FEW_DIFFERENT || (double)same <= COPIED * (double)both) return;
    pl_reviewing_tell(r, PL_WARNING, "W515", index, pl_reviewing_place(r, index, "code"),
                      "%zu of %zu values of \"%.*s\" are those of the period before", same, both,
                      PL_ARG(r->model->indicators[index].code));
}

static double quantile(const double *sorted, size_t count, double p) {
    double at = p * (double)(count - 1);
    size_t below = (size_t)at;
    return below + 1 < count ? sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]) : sorted[below];
}

static void tell_outliers(pl_reviewing *r, size_t index, double least, double most, double middle) {
    pl_reviewed_column value = pl_reviewing_column(r, r->nodes[index].value);
    size_t outside = 0, farthest = 0;
    for (size_t i = 0; i < r->row_count; i++) {
        size_t row = r->rows[i];
        if (!pl_reviewed_present(value, row) || (value.values[row] >= least && value.values[row] <= most)) continue;
        if (!outside++ || fabs(value.values[row] - middle) > fabs(value.values[farthest] - middle)) farthest = row;
    }
    if (!outside) return;
    pl_reviewing_tell(r, PL_NOTE, "N504", index, pl_reviewing_place(r, index, "code"),
                      "%zu value%s of \"%.*s\" %s far from the others (beyond %s to %s), farthest that of %.*s, %s", outside,
                      outside == 1 ? "" : "s", PL_ARG(r->model->indicators[index].code), outside == 1 ? "is" : "are",
                      pl_reviewing_number(least, 4).text, pl_reviewing_number(most, 4).text, PL_ARG(pl_reviewing_unit(r, farthest)),
                      pl_reviewing_number(value.values[farthest], 6).text);
}

static void review_spread(pl_reviewing *r, size_t index) {
    double *values = r->scratch;
    size_t count = pl_reviewing_gather(r, r->nodes[index].value, values), different = count > 0;
    if (!count) return;
    qsort(values, count, sizeof *values, by_value);
    size_t run = 1, longest = 1;
    for (size_t i = 1; i < count; i++) {
        different += values[i] != values[i - 1];
        run = values[i] == values[i - 1] ? run + 1 : 1;
        if (run > longest) longest = run;
    }
    review_copies(r, index, different);
    double low = quantile(values, count, 0.25), high = quantile(values, count, 0.75), range = OUTLIER_RANGES * (high - low);
    bool continuous = (double)longest <= MANY_ALIKE * (double)count;
    if (count >= FEW_FOR_QUARTILES && continuous && range > 0)
        tell_outliers(r, index, low - range, high + range, quantile(values, count, 0.5));
}

void pl_review_values(pl_reviewing *r) {
    for (size_t i = 0; i < r->model->indicator_count && r->worst == PL_OK; i++) review_differences(r, i);
    for (size_t k = 0; k < r->leaf_count && r->worst == PL_OK; k++) {
        review_missing(r, r->leaves[k]);
        review_spread(r, r->leaves[k]);
    }
    if (r->worst == PL_OK) review_units(r);
}
