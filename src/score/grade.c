#include "score/rank.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

/* The units among which grades are dealt out, in order of place: lines[order[0]] is the first. */
typedef struct field {
    const pl_scores *scores;
    pl_score_line *lines;
    const size_t *order;
    size_t count;
    bool grouped; /* places are those in the group */
} field;

static bool is_grouped(const pl_scores *scores) {
    return !scores->compiled->model->settings.grade_all && scores->compiled->dataset->group_count > 0;
}

static double place_of(const field *f, size_t i) {
    const pl_score_line *line = &f->lines[f->order[i]];
    return f->grouped ? line->group_rank : line->rank;
}

/* A share of the units as a number of them, judged on the decimal that one sees: 30 % of 10 is 3. */
static size_t quota(const pl_grade *grade, size_t count) {
    double exact = pl_number_round(grade->share.value * (double)count, 9);
    switch (grade->rounding) {
    case PL_ROUNDING_UP: return (size_t)ceil(exact);
    case PL_ROUNDING_NEAREST: return (size_t)pl_number_round(exact, 0);
    case PL_ROUNDING_DOWN: break;
    }
    return (size_t)floor(exact);
}

static bool is_barred(const field *f, size_t grade, const pl_score_line *line) {
    const pl_compiled *c = f->scores->compiled;
    const uint64_t *present;
    if (!c->barred[grade]) return false;
    const double *values = pl_evaluation_column(f->scores->evaluation, c->barred[grade], &present);
    size_t row = pl_scores_row(f->scores, line);
    return values && pl_present(present, row) && values[row] != 0;
}

/* Whether the unit may have the grade as far as its total and its conduct go. */
static bool qualifies(const field *f, size_t index, const pl_score_line *line) {
    const pl_grade *grade = &f->scores->compiled->model->grades[index];
    return line->grade == PL_NOBODY && line->has_total && (!grade->min.given || line->total >= grade->min.value) &&
           !is_barred(f, index, line);
}

/* How many of the units with a run's place there are, from `i` on. */
static size_t run_length(const field *f, size_t i) {
    size_t end = i + 1;
    while (end < f->count && place_of(f, end) == place_of(f, i)) end++;
    return end - i;
}

/* Whether a run of units that share a place has room among `limit` places of which `taken` are gone. */
static bool has_room(const pl_grade *grade, size_t taken, size_t run, size_t limit) {
    return grade->include_ties ? taken < limit : taken + run <= limit;
}

/* Places count whoever stands on them: who is barred keeps the next in line from moving up. With moves_up only those who get a
 * grade count. Returns how many places this grade and those before it have used up. */
static void deal_out(const field *f, size_t index, size_t limit, size_t graded_before) {
    const pl_grade *grade = &f->scores->compiled->model->grades[index];
    size_t taken = grade->moves_up ? graded_before : 0;
    for (size_t i = 0; i < f->count;) {
        size_t run = run_length(f, i), fit = 0;
        for (size_t k = i; k < i + run; k++) fit += qualifies(f, index, &f->lines[f->order[k]]);
        size_t needed = grade->moves_up ? fit : run;
        if (!grade->share.given || has_room(grade, taken, needed, limit))
            for (size_t k = i; k < i + run; k++)
                if (qualifies(f, index, &f->lines[f->order[k]])) f->lines[f->order[k]].grade = (uint32_t)index;
        taken += needed;
        i += run;
    }
}

static void grade_field(const field *f) {
    const pl_model *model = f->scores->compiled->model;
    size_t limit = 0;
    for (size_t index = 0; index < model->grade_count; index++) {
        size_t graded = 0;
        for (size_t i = 0; i < f->count; i++) graded += f->lines[f->order[i]].grade != PL_NOBODY;
        if (model->grades[index].share.given) limit += quota(&model->grades[index], f->count);
        deal_out(f, index, limit, graded);
    }
}

/* The lines of a period that have a total, put together by group; in a group they stay in order of place. `starts` has room for
 * one more than there are groups. */
static void order_by_group(const pl_scores *scores, size_t from, size_t to, bool grouped, size_t *order, size_t *starts) {
    const pl_dataset *d = scores->compiled->dataset;
    size_t groups = grouped ? d->group_count : 1;
    memset(starts, 0, (groups + 1) * sizeof *starts);
    for (int placing = 0; placing < 2; placing++) {
        for (size_t i = from; i < to; i++) {
            uint32_t group = grouped ? d->units[scores->lines[i].unit].group : 0;
            if (!scores->lines[i].has_total || group == PL_NOBODY) continue;
            if (placing)
                order[starts[group]++] = i;
            else
                starts[group + 1]++;
        }
        if (placing) break;
        for (size_t g = 1; g <= groups; g++) starts[g] += starts[g - 1];
    }
    for (size_t g = groups; g > 0; g--) starts[g] = starts[g - 1]; /* each has moved on to where the next began */
    starts[0] = 0;
}

static void grade_period(pl_scores *scores, size_t from, size_t to, bool grouped, size_t *order, size_t *starts) {
    size_t groups = grouped ? scores->compiled->dataset->group_count : 1;
    order_by_group(scores, from, to, grouped, order, starts);
    for (size_t g = 0; g < groups; g++) {
        field f = {scores, scores->lines, order + starts[g], starts[g + 1] - starts[g], grouped};
        grade_field(&f);
    }
}

pl_status pl_grade_lines(pl_scores *scores) {
    const pl_model *model = scores->compiled->model;
    const pl_dataset *d = scores->compiled->dataset;
    if (!model->grade_count) return PL_OK;
    bool grouped = is_grouped(scores);
    size_t *order = malloc((scores->line_count + 1) * sizeof *order), *starts = malloc((d->group_count + 2) * sizeof *starts);
    for (size_t from = 0; order && starts && from < scores->line_count;) {
        size_t to = from + 1;
        while (to < scores->line_count && scores->lines[to].period == scores->lines[from].period) to++;
        grade_period(scores, from, to, grouped, order, starts);
        from = to;
    }
    bool good = order && starts;
    free(order);
    free(starts);
    return good ? PL_OK : PL_MEMORY;
}

/* ---- why not ---- */

static bool are_rivals(const pl_scores *scores, const pl_score_line *a, const pl_score_line *b, bool grouped) {
    const pl_unit *units = scores->compiled->dataset->units;
    return a->period == b->period && a->has_total && b->has_total && (!grouped || units[a->unit].group == units[b->unit].group);
}

/* How many the grades are dealt out to, and how many of them stand where the unit does. */
static size_t count_rivals(const pl_scores *scores, const pl_score_line *line, bool grouped, size_t *sharing) {
    size_t count = 0;
    *sharing = 0;
    for (size_t i = 0; i < scores->line_count; i++) {
        const pl_score_line *other = &scores->lines[i];
        if (!are_rivals(scores, line, other, grouped)) continue;
        count++;
        *sharing += grouped ? other->group_rank == line->group_rank : other->rank == line->rank;
    }
    return count;
}

size_t pl_grade_refusals(const pl_scores *scores, const pl_score_line *line, pl_refusal *out) {
    const pl_model *model = scores->compiled->model;
    bool grouped = is_grouped(scores);
    field f = {.scores = scores};
    size_t count = 0, sharing, places = 0, rivals = count_rivals(scores, line, grouped, &sharing);
    for (size_t index = 0; index < model->grade_count && index != line->grade; index++) {
        const pl_grade *grade = &model->grades[index];
        if (grade->share.given) places += quota(grade, rivals);
        pl_refusal *r = &out[count++];
        *r = (pl_refusal){.grade = index, .place = grouped ? line->group_rank : line->rank, .sharing = sharing, .places = places};
        r->reason = !line->has_total                                     ? PL_REFUSED_NO_TOTAL
                    : grade->min.given && line->total < grade->min.value ? PL_REFUSED_MIN
                    : is_barred(&f, index, line)                         ? PL_REFUSED_BARRED
                                                                         : PL_REFUSED_SHARE;
    }
    return count;
}
