#include "cli/scenarios.h"
#include "cli/change_text.h"

#include "cli/grid.h"
#include "cli/output.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What a scenario makes of a line; NAN: no place, no total. */
typedef struct outcome {
    double place, total;
    bool left, entered;
} outcome;

/* A line that is new in some of the scenarios. */
typedef struct entered_line {
    pl_str code, name;
    size_t period;
    outcome *outcomes; /* per scenario; neither place nor total where it is not there */
} entered_line;

/* Lines are those of the scores as they are, then those that are new. */
typedef struct side_by_side {
    const cli_call *call;
    const cli_session *s;
    pl_scenario_sheet sheet;
    outcome *outcomes; /* per scenario, per line of the scores */
    entered_line *entered;
    size_t entered_count, entered_capacity;
} side_by_side;

static size_t count_lines(const side_by_side *v) { return v->s->scores->line_count + v->entered_count; }

/* NULL: it is new. */
static const pl_score_line *line_of(const side_by_side *v, size_t line) {
    return line < v->s->scores->line_count ? &v->s->scores->lines[line] : NULL;
}

static const entered_line *entered_of(const side_by_side *v, size_t line) { return &v->entered[line - v->s->scores->line_count]; }

static pl_str code_of(const side_by_side *v, size_t line) {
    const pl_score_line *now = line_of(v, line);
    return now ? v->s->dataset->units[now->unit].code : entered_of(v, line)->code;
}

static pl_str name_of(const side_by_side *v, size_t line) {
    const pl_score_line *now = line_of(v, line);
    return now ? v->s->dataset->units[now->unit].name : entered_of(v, line)->name;
}

static size_t period_of(const side_by_side *v, size_t line) {
    const pl_score_line *now = line_of(v, line);
    return now ? now->period : entered_of(v, line)->period;
}

static const outcome *outcome_of(const side_by_side *v, size_t scenario, size_t line) {
    if (!line_of(v, line)) return &entered_of(v, line)->outcomes[scenario];
    return &v->outcomes[scenario * v->s->scores->line_count + line];
}

/* Whether there is anything to say of a line: one that is new in another scenario is nothing to this one. */
static bool is_there(const side_by_side *v, size_t scenario, size_t line) {
    return line_of(v, line) || outcome_of(v, scenario, line)->entered;
}

/* By how much a scenario changes the total of a line; NAN where there is none on either side. */
static double change_of(const side_by_side *v, size_t scenario, size_t line) {
    return outcome_of(v, scenario, line)->total - cli_total_of(line_of(v, line));
}

/* ---- computing ---- */

/* A scenario on its way. It has problems and new lines of its own until it is its turn. */
typedef struct pending {
    pl_status status;
    pl_problems problems;
    pl_arena arena;
    entered_line *entered; /* with this scenario's outcome */
    size_t entered_count;
} pending;

typedef struct computing {
    side_by_side *v;
    const pl_whatif_options *options;
    cli_progress *progress;
    pending *pending; /* per scenario */
    pl_problems *all;
    pl_status worst;
} computing;

static outcome outcome_in(const pl_whatif_line *line) {
    return (outcome){cli_place_of(line->after), cli_total_of(line->after), !line->after, !line->before};
}

static pl_status keep_entered(pending *p, const pl_whatif *w, const pl_whatif_line *line) {
    const pl_unit *unit = pl_whatif_unit(w, line);
    entered_line *to = &p->entered[p->entered_count];
    *to = (entered_line){.period = line->period, .outcomes = pl_arena_array(&p->arena, 1, sizeof *to->outcomes)};
    bool copied = to->outcomes && pl_str_copy(&to->code, &p->arena, unit->code) && pl_str_copy(&to->name, &p->arena, unit->name);
    if (!copied) return PL_MEMORY;
    to->outcomes[0] = outcome_in(line);
    p->entered_count++;
    return PL_OK;
}

static pl_status keep_lines(side_by_side *v, pending *p, const pl_whatif *w, size_t scenario) {
    size_t entered = 0, count = v->s->scores->line_count;
    for (size_t i = 0; i < w->line_count; i++) entered += !w->lines[i].before;
    p->entered = pl_arena_array(&p->arena, entered + 1, sizeof *p->entered);
    pl_status status = p->entered ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < w->line_count && status == PL_OK; i++) {
        const pl_whatif_line *line = &w->lines[i];
        if (line->before)
            v->outcomes[scenario * count + (size_t)(line->before - v->s->scores->lines)] = outcome_in(line);
        else
            status = keep_entered(p, w, line);
    }
    return status;
}

static pl_status compute_one(const computing *c, size_t scenario) {
    side_by_side *v = c->v;
    pl_scenario changes;
    pl_whatif *w = NULL;
    const pl_scenario_line *lines = v->sheet.lines + v->sheet.from[scenario];
    size_t count = v->sheet.from[scenario + 1] - v->sheet.from[scenario];
    pl_problems *problems = &c->pending[scenario].problems;
    pl_status status = pl_scenario_read(&changes, v->s->compiled, lines, count, problems);
    if (status == PL_OK) status = pl_whatif_run(&w, v->s->scores, &changes, c->options, problems);
    if (status == PL_OK) status = keep_lines(v, &c->pending[scenario], w, scenario);
    pl_whatif_free(w);
    pl_scenario_free(&changes);
    return status;
}

static void make(void *context, size_t scenario, unsigned worker) {
    const computing *c = context;
    (void)worker;
    pl_problems_init(&c->pending[scenario].problems, 0);
    pl_arena_init(&c->pending[scenario].arena, 0);
    c->pending[scenario].status = compute_one(c, scenario);
}

static bool is_same(const entered_line *a, const entered_line *b) {
    return a->period == b->period && pl_str_equal(a->code, b->code) && pl_str_equal(a->name, b->name);
}

/* The line of a new unit, which an earlier scenario may have had already, under the same name. */
static entered_line *entered_like(side_by_side *v, const entered_line *like) {
    for (size_t i = 0; i < v->entered_count; i++)
        if (is_same(&v->entered[i], like)) return &v->entered[i];
    if (pl_reserve((void **)&v->entered, &v->entered_capacity, v->entered_count + 1, sizeof *v->entered, 0)) return NULL;
    entered_line *line = &v->entered[v->entered_count];
    *line = (entered_line){.period = like->period,
                           .outcomes = pl_arena_array(&v->sheet.arena, v->sheet.count + 1, sizeof *line->outcomes)};
    bool copied = line->outcomes && pl_str_copy(&line->code, &v->sheet.arena, like->code) &&
                  pl_str_copy(&line->name, &v->sheet.arena, like->name);
    if (!copied) return NULL;
    for (size_t i = 0; i < v->sheet.count; i++) line->outcomes[i] = (outcome){.place = NAN, .total = NAN};
    v->entered_count++;
    return line;
}

static pl_status take_entered(side_by_side *v, const pending *p, size_t scenario) {
    for (size_t i = 0; i < p->entered_count; i++) {
        entered_line *line = entered_like(v, &p->entered[i]);
        if (!line) return PL_MEMORY;
        line->outcomes[scenario] = p->entered[i].outcomes[0];
    }
    return PL_OK;
}

static void take(void *context, size_t scenario, unsigned worker) {
    computing *c = context;
    (void)worker;
    pending *p = &c->pending[scenario];
    c->worst = pl_status_worse(c->worst, p->status);
    c->worst = pl_status_worse(c->worst, pl_problems_append(c->all, &p->problems));
    c->worst = pl_status_worse(c->worst, take_entered(c->v, p, scenario));
    pl_problems_free(&p->problems);
    pl_arena_free(&p->arena);
    cli_progress_share(c->progress, scenario + 1, c->v->sheet.count);
}

/* Where there are scenarios for every thread, each is computed on one; else one after the other, each on all. A workbook is read by
 * one thread at a time. */
static bool one_for_each_thread(const side_by_side *v) {
    return !v->s->model->workbook && v->sheet.count >= pl_pool_threads(v->s->pool);
}

/* Every scenario, also behind one that is wrong, so that all that is wrong is said. */
static pl_status compute(side_by_side *v, const pl_whatif_options *options, pl_problems *problems) {
    bool each_on_one = one_for_each_thread(v);
    pl_dataset_options data = *options->data;
    pl_whatif_options own = {.data = &data, .period = options->period, .pool = each_on_one ? NULL : options->pool};
    data.pool = each_on_one ? NULL : data.pool;
    v->outcomes = calloc(v->sheet.count * v->s->scores->line_count + 1, sizeof *v->outcomes);
    computing c = {.v = v, .options = &own, .all = problems};
    c.pending = calloc(v->sheet.count + 1, sizeof *c.pending);
    c.worst = v->outcomes && c.pending ? PL_OK : PL_MEMORY;
    if (c.worst == PL_OK) {
        c.progress = cli_progress_start(v->s->pool);
        cli_progress_phase(c.progress, "scenarios");
        pl_pool_run_in_order(each_on_one ? v->s->pool : NULL, v->sheet.count, make, take, &c);
        cli_progress_end(c.progress);
    }
    free(c.pending);
    return c.worst;
}

/* ---- text ---- */

/* The line whose total a scenario moves most in one direction: "Anna +3"; nothing where none moves that way. */
static void add_extreme(const side_by_side *v, size_t scenario, double sign, pl_buffer *out) {
    size_t best = 0;
    double most = 0;
    for (size_t line = 0; line < v->s->scores->line_count; line++) {
        double change = change_of(v, scenario, line) * sign;
        if (isnan(change) || cli_shown(change) <= most) continue;
        most = cli_shown(change);
        best = line;
    }
    if (most == 0) return;
    pl_buffer_print(out, "%.*s ", PL_ARG(name_of(v, best)));
    cli_add_change(out, change_of(v, scenario, best));
}

/* Who stands first, in the last of the periods. */
static void add_first(const side_by_side *v, size_t scenario, pl_buffer *out) {
    size_t count = count_lines(v), now = v->s->scores->line_count;
    for (size_t line = 0; line < count; line++) {
        bool last = now && period_of(v, line) == period_of(v, now - 1);
        if (!last || !(outcome_of(v, scenario, line)->place < 2)) continue;
        pl_buffer_print(out, "%s%.*s", out->len ? ", " : "", PL_ARG(name_of(v, line)));
    }
}

static size_t places_changed(const side_by_side *v, size_t scenario) {
    size_t changed = 0;
    for (size_t line = 0; line < v->s->scores->line_count; line++) {
        double was = cli_place_of(line_of(v, line)), is = outcome_of(v, scenario, line)->place;
        changed += !outcome_of(v, scenario, line)->left && was != is && !(isnan(was) && isnan(is));
    }
    return changed;
}

static void write_summary(const side_by_side *v, pl_output *output) {
    static const char *const heads[][2] = {{"scenario", "情景"},
                                           {"first", "第一名"},
                                           {"places changed", "名次变化数"},
                                           {"gains most", "增分最多"},
                                           {"loses most", "减分最多"}};
    pl_buffer text;
    cli_grid grid;
    pl_buffer_init(&text, 0);
    cli_grid_init(&grid, 5);
    for (size_t i = 0; i < 5; i++) {
        pl_str head = pl_str_of(heads[i][v->call->chinese]);
        if (i == 2)
            cli_grid_right(&grid, head);
        else
            cli_grid_text(&grid, head);
    }
    for (size_t scenario = 0; scenario < v->sheet.count; scenario++) {
        cli_grid_text(&grid, v->sheet.names[scenario]);
        add_first(v, scenario, &text);
        cli_grid_take(&grid, &text, false);
        pl_buffer_print(&text, "%zu", places_changed(v, scenario));
        cli_grid_take(&grid, &text, true);
        add_extreme(v, scenario, 1, &text);
        cli_grid_take(&grid, &text, false);
        add_extreme(v, scenario, -1, &text);
        cli_grid_take(&grid, &text, false);
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_free(&text);
}

static bool several_periods(const side_by_side *v) {
    size_t count = v->s->scores->line_count;
    return count && line_of(v, 0)->period != line_of(v, count - 1)->period;
}

static void write_head(const side_by_side *v, cli_grid *grid) {
    cli_grid_text(grid, pl_str_of(cli_text(v->call, "unit", "单位")));
    cli_grid_text(grid, pl_str_of(cli_text(v->call, "name", "名称")));
    if (several_periods(v)) cli_grid_text(grid, pl_str_of(cli_text(v->call, "period", "期间")));
    cli_grid_right(grid, pl_str_of(cli_text(v->call, "place", "名次")));
    cli_grid_right(grid, pl_str_of(cli_text(v->call, "total", "总分")));
    for (size_t i = 0; i < v->sheet.count; i++) {
        cli_grid_right(grid, v->sheet.names[i]);
        cli_grid_right(grid, pl_str_of(cli_text(v->call, "change", "变化")));
    }
}

static void write_lines(const side_by_side *v, pl_output *output) {
    pl_buffer text;
    cli_grid grid;
    pl_buffer_init(&text, 0);
    cli_grid_init(&grid, 4 + several_periods(v) + 2 * v->sheet.count);
    write_head(v, &grid);
    for (size_t line = 0; line < count_lines(v); line++) {
        cli_grid_text(&grid, code_of(v, line));
        cli_grid_text(&grid, name_of(v, line));
        if (several_periods(v)) cli_grid_text(&grid, v->s->dataset->periods[period_of(v, line)]);
        if (line_of(v, line))
            cli_add_number(&text, cli_place_of(line_of(v, line)));
        else
            pl_buffer_text(&text, cli_text(v->call, "new", "新增"));
        cli_grid_take(&grid, &text, true);
        cli_add_number(&text, cli_total_of(line_of(v, line)));
        cli_grid_take(&grid, &text, true);
        for (size_t i = 0; i < v->sheet.count; i++) {
            if (outcome_of(v, i, line)->left)
                pl_buffer_text(&text, cli_text(v->call, "left", "去掉"));
            else
                cli_add_number(&text, outcome_of(v, i, line)->place);
            cli_grid_take(&grid, &text, true);
            cli_add_change(&text, change_of(v, i, line));
            cli_grid_take(&grid, &text, true);
        }
    }
    cli_grid_write(&grid, output);
    cli_grid_free(&grid);
    pl_buffer_free(&text);
}

/* ---- csv and json ---- */

/* A line for each unit in each scenario. */
static void write_csv(const side_by_side *v, pl_output *output) {
    static const char *const heads[] = {"scenario", "unit", "name", "period", "rank", "new_rank", "total", "new_total"};
    pl_csv_writer w;
    pl_csv_begin(&w, output, false);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) pl_csv_text(&w, pl_str_of(heads[i]));
    pl_csv_end_row(&w);
    for (size_t i = 0; i < v->sheet.count; i++) {
        for (size_t line = 0; line < count_lines(v); line++) {
            if (!is_there(v, i, line)) continue;
            pl_csv_text(&w, v->sheet.names[i]);
            pl_csv_text(&w, code_of(v, line));
            pl_csv_text(&w, name_of(v, line));
            pl_csv_text(&w, v->s->dataset->periods[period_of(v, line)]);
            pl_csv_number(&w, cli_place_of(line_of(v, line)));
            pl_csv_number(&w, outcome_of(v, i, line)->place);
            pl_csv_number(&w, cli_total_of(line_of(v, line)));
            pl_csv_number(&w, outcome_of(v, i, line)->total);
            pl_csv_end_row(&w);
        }
    }
}

static void json_line(const side_by_side *v, size_t scenario, size_t line, pl_json_writer *w) {
    const outcome *o = outcome_of(v, scenario, line);
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"rank", cli_place_of(line_of(v, line))},
                   {"new_rank", o->place},
                   {"total", cli_total_of(line_of(v, line))},
                   {"new_total", o->total}};
    pl_json_object(w);
    pl_json_key(w, "unit");
    pl_json_text(w, code_of(v, line));
    pl_json_key(w, "period");
    pl_json_text_or_null(w, v->s->dataset->periods[period_of(v, line)]);
    for (size_t i = 0; i < 4; i++) {
        pl_json_key(w, numbers[i].key);
        pl_json_number(w, numbers[i].value);
    }
    pl_json_key(w, "left");
    pl_json_bool(w, o->left);
    pl_json_key(w, "entered");
    pl_json_bool(w, o->entered);
    pl_json_end(w);
}

static void write_json(const side_by_side *v, pl_output *output) {
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/scenarios/1");
    pl_json_key(&w, "scenarios");
    pl_json_array(&w);
    for (size_t i = 0; i < v->sheet.count; i++) {
        pl_json_object(&w);
        pl_json_key(&w, "name");
        pl_json_text(&w, v->sheet.names[i]);
        pl_json_key(&w, "places_changed");
        pl_json_integer(&w, (long long)places_changed(v, i));
        pl_json_key(&w, "lines");
        pl_json_array(&w);
        for (size_t line = 0; line < count_lines(v); line++)
            if (is_there(v, i, line)) json_line(v, i, line, &w);
        pl_json_end(&w);
        pl_json_end(&w);
    }
    pl_json_end(&w);
    pl_json_end(&w);
}

static int show(const side_by_side *v, const char *format) {
    cli_result result;
    int status = cli_result_open(&result, v->call);
    if (status != EXIT_DONE) return status;
    if (strcmp(format, "json") == 0) {
        write_json(v, &result.output);
    } else if (strcmp(format, "csv") == 0) {
        write_csv(v, &result.output);
    } else {
        write_summary(v, &result.output);
        pl_output_add(&result.output, pl_str_of("\n"));
        write_lines(v, &result.output);
    }
    return cli_result_close(&result);
}

int cli_scenarios_run(const cli_call *call, cli_session *s, const char *path, const pl_whatif_options *options,
                      const char *format) {
    side_by_side v = {.call = call, .s = s};
    pl_status status = pl_scenario_sheet_read(&v.sheet, path, &s->problems);
    if (status == PL_OK) status = compute(&v, options, &s->problems);
    int exit_status = cli_exit_status(status);
    if (status == PL_MEMORY)
        exit_status = cli_no_memory();
    else if (status != PL_OK)
        cli_print_problems(&s->problems);
    else
        exit_status = show(&v, format);
    free(v.outcomes);
    free(v.entered);
    pl_scenario_sheet_free(&v.sheet);
    return exit_status;
}
