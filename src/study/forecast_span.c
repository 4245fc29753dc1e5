/* From where to where: what is known, what is scored today, and what is forecast. */
#include "study/forecasting.h"

#include <plumbline/table/table.h>

static pl_place of_data(const pl_dataset *data) { return (pl_place){.file = data->data_name}; }

static bool has_values(const pl_dataset *data, size_t period) {
    for (size_t i = 0; i < data->element_count; i++)
        for (size_t unit = 0; data->elements[i].present && unit < data->unit_count; unit++)
            if (pl_present(data->elements[i].present, period * data->unit_count + unit)) return true;
    return false;
}

/* The period with values that begins last, and of these the shortest: a plan for the whole year does not make its months known. No
 * later than the month `limit`; 0: there is none. Index among the data's periods, or PL_NO_INDEX. */
static size_t find_edge(const pl_dataset *data, int64_t limit) {
    size_t edge = PL_NO_INDEX;
    pl_period best = {0};
    for (size_t p = 0; p < data->period_count; p++) {
        pl_period period = pl_period_parse(data->periods[p]);
        if (period.kind == PL_PERIOD_OTHER || (limit && pl_period_end(period) > limit) || !has_values(data, p)) continue;
        int64_t begin = pl_period_begin(period);
        bool later = edge == PL_NO_INDEX || begin > pl_period_begin(best);
        bool shorter = !later && begin == pl_period_begin(best) && period.kind > best.kind;
        if (!later && !shorter) continue;
        edge = p;
        best = period;
    }
    return edge;
}

/* The kind of period that `plumbline score` scores. */
static pl_period_kind scored_kind(const pl_model *model, const pl_dataset *data, int64_t limit) {
    pl_period period = pl_period_parse(model->settings.period);
    for (size_t p = data->period_count; p-- > 0 && period.kind == PL_PERIOD_OTHER;) {
        pl_period have = pl_period_parse(data->periods[p]);
        if (have.kind != PL_PERIOD_OTHER && (!limit || pl_period_end(have) <= limit)) period = have;
    }
    return period.kind;
}

static int64_t months_of(pl_period_kind kind) {
    pl_period first = {kind, 1, 1};
    return pl_period_end(first) - pl_period_begin(first);
}

/* The last period of a kind in the year of a month (counted as pl_period_end does). */
static pl_period year_end(pl_period_kind kind, int64_t known) {
    return (pl_period){kind, (int32_t)((known - 1) / 12), (int32_t)(12 / months_of(kind))};
}

static pl_status choose_target(pl_forecast_models *m, const pl_dataset *data, pl_period_kind edge, pl_period_kind kind,
                               const pl_forecast_options *options, pl_problems *problems) {
    m->target = options->to.len ? pl_period_parse(options->to) : year_end(kind, m->known);
    if (m->target.kind == PL_PERIOD_OTHER)
        return pl_problem_add(problems, PL_ERROR, "E852", of_data(data),
                              "\"%.*s\" is no period; write it as 2025, 2025-Q4 or 2025-12", PL_ARG(options->to));
    if (!options->to.len && pl_period_end(m->target) <= m->known) {
        if (edge != PL_PERIOD_YEAR)
            return pl_problem_add(
                problems, PL_ERROR, "E852", of_data(data),
                "goes to the end of the year %d already; name a later period with --to, or stand earlier with --as-of",
                m->target.year);
        m->target.year++;
    }
    if (pl_period_end(m->target) <= m->known)
        return pl_problem_add(problems, PL_ERROR, "E852", of_data(data), "reaches \"%.*s\" already; name a later period with --to",
                              PL_ARG(options->to));
    if (pl_period_end(m->target) > m->known + 24)
        return pl_problem_add(problems, PL_ERROR, "E852", of_data(data), "\"%.*s\" is over two years ahead, too far to be forecast",
                              PL_ARG(options->to));
    return PL_OK;
}

static pl_status write_label(pl_forecast *f, pl_period period, pl_str *out) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    pl_period_write(period, &text);
    bool good = !text.failed && pl_str_copy(out, &f->arena, pl_buffer_view(&text));
    pl_buffer_free(&text);
    return good ? PL_OK : PL_MEMORY;
}

pl_status pl_forecast_span(pl_forecast *f, const pl_dataset *data, const pl_forecast_options *options, pl_problems *problems) {
    pl_forecast_models *m = f->models;
    pl_period as_of = pl_period_parse(options->as_of);
    if (options->as_of.len && as_of.kind == PL_PERIOD_OTHER)
        return pl_problem_add(problems, PL_ERROR, "E852", of_data(data),
                              "\"%.*s\" is no period; write it as 2025, 2025-Q2 or 2025-06", PL_ARG(options->as_of));
    m->limit = options->as_of.len ? pl_period_end(as_of) : 0;
    size_t edge = find_edge(data, m->limit);
    if (edge == PL_NO_INDEX && find_edge(data, 0) == PL_NO_INDEX)
        return pl_problem_add(problems, PL_ERROR, "E851", of_data(data),
                              "has no values in calendar periods; give it a column period with 2025, 2025-Q3 or 2025-08");
    if (edge == PL_NO_INDEX)
        return pl_problem_add(problems, PL_ERROR, "E852", of_data(data), "has no values up to \"%.*s\"", PL_ARG(options->as_of));
    pl_period known = pl_period_parse(data->periods[edge]);
    m->known = pl_period_end(known);
    pl_period_kind kind = options->to.len ? pl_period_parse(options->to).kind : scored_kind(m->model, data, m->limit);
    if (kind == PL_PERIOD_OTHER) kind = known.kind;
    pl_status status = choose_target(m, data, known.kind, kind, options, problems);
    if (status != PL_OK) return status;
    m->now = (pl_period){kind, (int32_t)((m->known - 1) / 12), (int32_t)((m->known - 1) % 12 / months_of(kind)) + 1};
    f->as_of = data->periods[edge];
    status = write_label(f, m->now, &f->now);
    return status == PL_OK ? write_label(f, m->target, &f->to) : status;
}
