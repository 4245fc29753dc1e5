#include "study/pathing.h"

#include <plumbline/score/explain.h>

#include <math.h>
#include <stdlib.h>

/* The whole question while it is answered. */
typedef struct finder {
    pl_path *out;
    const pl_scores *scores;
    pl_compiled *compiled;
    const pl_score_line *line;
    const pl_path_options *options;
    pl_problems *problems;
    pl_move *moves;
    size_t move_count;
    pl_outlook o;
    pl_shape shape;
    pl_scores *before; /* as things stand, the others moved on */
    double *still;     /* per move: as it is */
    pl_budget budget;  /* of a question */
} finder;

void pl_path_free(pl_path *path) {
    if (!path) return;
    pl_arena_free(&path->arena);
    free(path);
}

static double place_in(const finder *f, const pl_score_line *line) {
    return f->options->among_group ? line->group_rank : line->rank;
}

static const pl_score_line *line_of(const finder *f, const pl_scores *scores, uint32_t unit) {
    for (size_t i = 0; i < scores->line_count; i++)
        if (scores->lines[i].unit == unit && scores->lines[i].period == f->line->period) return &scores->lines[i];
    return NULL;
}

/* ---- a plan, told ---- */

static int order_of(const pl_score_line *a, const pl_score_line *b) { return a->rank < b->rank ? -1 : a->rank > b->rank; }

/* Those that were not behind the unit and are now. */
static pl_status list_passed(finder *f, const pl_scores *after, pl_path_plan *plan) {
    const pl_unit *units = f->compiled->dataset->units;
    const pl_score_line *own = line_of(f, f->before, f->line->unit), *own_after = line_of(f, after, f->line->unit);
    plan->passed = pl_arena_array(&f->out->arena, f->before->line_count + 1, sizeof *plan->passed);
    if (!plan->passed) return PL_MEMORY;
    for (size_t i = 0; i < f->before->line_count; i++) {
        const pl_score_line *line = &f->before->lines[i], *now = line_of(f, after, line->unit);
        bool rival = line->period == f->line->period && line->has_total && now && now->has_total && line->unit != f->line->unit &&
                     (!f->options->among_group || units[line->unit].group == units[f->line->unit].group);
        if (rival && order_of(line, own) <= 0 && order_of(now, own_after) > 0) plan->passed[plan->passed_count++] = line->unit;
    }
    return PL_OK;
}

static pl_status add_step(finder *f, pl_path_plan *plan, size_t move, double *values, double to) {
    pl_judgement judged;
    pl_path_step *step = &plan->steps[plan->count++];
    *step = (pl_path_step){.element = f->moves[move].element, .from = values[move], .to = to};
    step->cost = pl_move_cost(&f->moves[move], to, &step->steps);
    values[move] = to;
    pl_status status = pl_outlook_judge(&f->o, values, &judged);
    step->points = judged.total - plan->total;
    step->place = plan->place = judged.place;
    plan->total = judged.total;
    plan->cost += step->cost;
    return status;
}

/* Step by step, in the order of the costs; the places and points are the model's. */
static pl_status tell(finder *f, const double *wanted, pl_path_plan *plan) {
    *plan = (pl_path_plan){.total = f->out->total, .place = f->out->place};
    plan->steps = pl_arena_array(&f->out->arena, f->move_count + 1, sizeof *plan->steps);
    double *values = malloc((f->move_count + 1) * sizeof *values);
    pl_status status = plan->steps && values ? PL_OK : PL_MEMORY;
    for (size_t i = 0; i < f->move_count && status == PL_OK; i++) values[i] = f->still[i];
    for (size_t i = 0; i < f->move_count && status == PL_OK; i++)
        if (wanted[i] != f->still[i]) status = add_step(f, plan, i, values, wanted[i]);
    pl_scores *after = NULL;
    if (status == PL_OK) status = pl_outlook_rank(&f->o, wanted, &after);
    if (status == PL_OK) status = list_passed(f, after, plan);
    pl_scores_free(after);
    free(values);
    return status;
}

/* ---- asking ---- */

static pl_status answer(finder *f, const pl_question *question, pl_reply *reply) {
    const pl_settings *settings = &f->compiled->model->settings;
    *reply = (pl_reply){.values = reply->values};
    reply->outcome = PL_PATH_NOT_FOUND;
    f->budget.done = 0;
    bool sayable = !f->shape.mixed && settings->ties != PL_TIES_DENSE;
    pl_status status = sayable ? pl_cases_answer(&f->shape, question, &f->budget, reply) : PL_OK;
    if (status != PL_OK || reply->outcome != PL_PATH_NOT_FOUND) return status;
    bool has_bound = reply->has_bound;
    double bound = reply->bound;
    status = pl_search_answer(&f->o, question, fmax(f->budget.deadline, pl_clock() + 1), reply); /* a second in any case */
    reply->has_bound = has_bound;
    reply->bound = bound;
    return status;
}

static void take_proof(finder *f, const pl_reply *reply) {
    pl_path *path = f->out;
    bool proven = reply->proven && !f->shape.bent;
    path->proof = proven ? PL_PATH_PROVEN : PL_PATH_SEARCHED;
    path->has_bound = reply->has_bound && !f->shape.bent;
    path->bound = reply->bound;
    if (proven) return;
    path->doubt = f->shape.mixed ? PL_PATH_MIXED : f->shape.bent ? PL_PATH_BENT : PL_PATH_TIME;
}

static pl_status find_runner_up(finder *f, const double *best, pl_reply *reply) {
    pl_question question = {.place = f->out->wanted, .without = best};
    pl_status status = answer(f, &question, reply);
    if (status != PL_OK || reply->outcome != PL_PATH_REACHED) return status;
    f->out->has_runner_up = true;
    f->out->runner_up_proven = reply->proven && !f->shape.bent;
    return tell(f, reply->values, &f->out->runner_up);
}

/* What the first has and the unit has not, where no row of costs would bring it nearer. */
typedef struct search_for_move {
    const finder *f;
    bool found;
} search_for_move;

static bool moves_element(const finder *f, pl_str name) {
    for (size_t i = 0; i < f->move_count; i++)
        if (pl_str_equal(f->compiled->dataset->elements[f->moves[i].element].name, name)) return true;
    return false;
}

static pl_status look_at(void *context, const pl_reference *reference) {
    search_for_move *search = context;
    search->found |= moves_element(search->f, reference->name);
    return PL_OK;
}

static bool has_cost(const finder *f, size_t indicator) {
    const pl_model *model = f->compiled->model;
    const pl_indicator *leaf = &model->indicators[indicator];
    search_for_move search = {f, moves_element(f, leaf->code)};
    if (leaf->value) pl_expression_references(leaf->value, model->library, look_at, &search);
    return search.found;
}

static pl_status list_missing(finder *f) {
    pl_gap *gaps;
    size_t count;
    const pl_score_line *first = f->scores->lines;
    while (first->period != f->line->period) first++;
    if (!first->has_total || first == f->line) return PL_OK;
    pl_status status = pl_gaps(&gaps, &count, f->scores, f->compiled, f->line, first);
    if (status != PL_OK) return status;
    f->out->missing = pl_arena_array(&f->out->arena, count + 1, sizeof *f->out->missing);
    if (!f->out->missing) status = PL_MEMORY;
    for (size_t i = 0; i < count && status == PL_OK; i++)
        if (gaps[i].points > 1e-9 && !has_cost(f, gaps[i].indicator))
            f->out->missing[f->out->missing_count++] = (pl_path_missing){gaps[i].indicator, gaps[i].points};
    free(gaps);
    return status;
}

/* The best place within reach, and the cheapest way there. */
static pl_status find_best_place(finder *f, pl_reply *reply) {
    pl_path *path = f->out;
    path->best_place = path->place;
    path->best_place_proven = !f->shape.bent;
    pl_status status = PL_OK;
    size_t low = path->wanted + 1, high = (size_t)ceil(path->place); /* `high` is within reach: nothing need be done */
    while (low < high && status == PL_OK) {
        size_t middle = low + (high - low) / 2;
        status = answer(f, &(pl_question){.place = middle}, reply);
        if (status != PL_OK) break;
        if (reply->outcome == PL_PATH_REACHED)
            high = middle;
        else
            low = middle + 1;
        if (reply->outcome != PL_PATH_REACHED && !reply->proven) path->best_place_proven = false;
    }
    if (status != PL_OK || (double)high >= path->place) return status;
    status = answer(f, &(pl_question){.place = high}, reply);
    if (status != PL_OK || reply->outcome != PL_PATH_REACHED) return status;
    path->has_best = true;
    status = tell(f, reply->values, &path->best);
    path->best_place = path->best.place;
    path->best_place_proven &= path->best.place >= (double)high;
    return status;
}

static pl_status ask(finder *f) {
    pl_path *path = f->out;
    pl_question question = {.place = path->wanted};
    pl_reply reply = {.values = calloc(f->move_count + 1, sizeof *reply.values)};
    double *best = calloc(f->move_count + 1, sizeof *best);
    pl_status status = reply.values && best ? answer(f, &question, &reply) : PL_MEMORY;
    if (status == PL_OK) {
        path->outcome = reply.outcome;
        take_proof(f, &reply);
    }
    if (status == PL_OK && reply.outcome == PL_PATH_REACHED) {
        path->has_best = true;
        memcpy(best, reply.values, f->move_count * sizeof *best);
        status = tell(f, best, &path->best);
        if (status == PL_OK) status = find_runner_up(f, best, &reply);
    } else if (status == PL_OK) {
        status = find_best_place(f, &reply);
        if (status == PL_OK) status = list_missing(f);
    }
    free(reply.values);
    free(best);
    return status;
}

/* ---- before ---- */

static size_t field_size(const finder *f) {
    size_t count = 0;
    const pl_unit *units = f->compiled->dataset->units;
    for (size_t i = 0; i < f->before->line_count; i++) {
        const pl_score_line *line = &f->before->lines[i];
        count += line->period == f->line->period && line->has_total &&
                 (!f->options->among_group || units[line->unit].group == units[f->line->unit].group);
    }
    return count;
}

static pl_status stand(finder *f) {
    pl_path *path = f->out;
    pl_str code = f->compiled->dataset->units[f->line->unit].code;
    f->still = malloc((f->move_count + 1) * sizeof *f->still);
    if (!f->still) return PL_MEMORY;
    for (size_t i = 0; i < f->move_count; i++) f->still[i] = f->moves[i].levels[0].value;
    pl_status status = pl_outlook_rank(&f->o, f->still, &f->before);
    if (status != PL_OK) return status;
    const pl_score_line *own = line_of(f, f->before, f->line->unit);
    if (!own || !own->has_total || place_in(f, own) == 0)
        return pl_problem_add(f->problems, PL_ERROR, "E747", (pl_place){.file = f->compiled->dataset->data_name},
                              "unit \"%.*s\" has no place to start from", PL_ARG(code));
    path->total = own->total;
    path->place = place_in(f, own);
    size_t better = path->place > 1 ? (size_t)ceil(path->place) - 1 : 1;
    path->wanted = f->options->place ? f->options->place : better;
    if (path->wanted > field_size(f))
        return pl_problem_add(f->problems, PL_ERROR, "E745", (pl_place){.file = f->compiled->dataset->data_name},
                              "there is no place %zu: %zu units have one", path->wanted, field_size(f));
    return PL_OK;
}

static pl_status prepare(finder *f) {
    const pl_score_line *line = f->line;
    const pl_model *model = f->compiled->model;
    pl_status status = pl_moves_list(&f->moves, &f->move_count, f->compiled, line->unit, line->period);
    if (status == PL_OK)
        status = pl_outlook_open(&f->o, f->compiled, line, f->options->among_group, f->moves, f->move_count, f->options->trend);
    if (status == PL_OK) status = stand(f);
    if (status != PL_OK) return status;
    f->out->moved_count = f->move_count;
    if (f->out->place <= (double)f->out->wanted) {
        f->out->outcome = PL_PATH_NOTHING_TO_DO;
        return PL_OK;
    }
    if (!model->cost_count)
        return pl_problem_add(f->problems, PL_ERROR, "E746", (pl_place){.file = model->path},
                              "has no sheet of costs; costs.csv says what can be improved, how far and at what cost");
    status = pl_shape_make(&f->shape, &f->o);
    return status == PL_OK ? ask(f) : status;
}

static pl_status finish(finder *f) {
    pl_path *path = f->out;
    path->trended = f->o.trended;
    path->still = f->o.still;
    path->evaluations = f->o.evaluations;
    return pl_str_copy(&path->trend_to, &path->arena, f->o.trend_to) ? PL_OK : PL_MEMORY;
}

pl_status pl_path_find(pl_path **out, const pl_scores *scores, pl_compiled *compiled, const pl_score_line *line,
                       const pl_path_options *options, pl_problems *problems) {
    *out = NULL;
    finder f = {.out = calloc(1, sizeof *f.out),
                .scores = scores,
                .compiled = compiled,
                .line = line,
                .options = options,
                .problems = problems,
                .budget = {.deadline = options->seconds > 0 ? pl_clock() + options->seconds : INFINITY, .work = options->work}};
    if (!f.out) return PL_MEMORY;
    pl_arena_init(&f.out->arena, 0);
    f.out->among_group = options->among_group;
    pl_status status = prepare(&f);
    if (status == PL_OK) status = finish(&f);
    pl_scores_free(f.before);
    pl_shape_free(&f.shape);
    if (f.o.compiled) pl_outlook_close(&f.o);
    pl_moves_free(f.moves, f.move_count);
    free(f.still);
    if (status == PL_OK)
        *out = f.out;
    else
        pl_path_free(f.out);
    return status;
}
