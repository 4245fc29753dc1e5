#include "lang/fixture.h"

#include <plumbline/base/number.h>

#include <stdio.h>
#include <stdlib.h>

void fixture_init(fixture *f) {
    *f = (fixture){.units = UNITS, .direction = 1, .peers = PL_SCOPE_ALL};
    fixture_set(f, "x 9 7 7 5 | 6 7 8 4");
}

static void set_value(fixture *f, size_t column, size_t row, const char *text) {
    f->present[column] &= ~(UINT64_C(1) << row);
    f->values[column][row] = 0;
    if (strcmp(text, ".") == 0) return;
    f->present[column] |= UINT64_C(1) << row;
    pl_number_parse(pl_str_of(text), &f->values[column][row]);
}

static size_t find_column(fixture *f, const char *name) {
    for (size_t i = 0; i < f->column_count; i++)
        if (strcmp(f->names[i], name) == 0) return i;
    snprintf(f->names[f->column_count], sizeof f->names[0], "%s", name);
    return f->column_count++;
}

bool fixture_set(fixture *f, const char *directive) {
    char line[256], *rest = line;
    snprintf(line, sizeof line, "%s", directive);
    char *name = strtok_r(line, " \n", &rest), *word = strtok_r(NULL, " \n", &rest);
    if (!name || !word) return false;
    if (strcmp(name, "direction") == 0) return pl_number_parse(pl_str_of(word), &f->direction);
    if (strcmp(name, "peers") == 0) {
        f->peers = strcmp(word, "group") == 0 ? PL_SCOPE_GROUP : PL_SCOPE_ALL;
        return true;
    }
    if (strcmp(name, "units") == 0) {
        double units = 0;
        if (!pl_number_parse(pl_str_of(word), &units) || !(units >= 1 && units <= MOST_UNITS)) return false;
        *f = (fixture){.units = (size_t)units, .direction = f->direction, .peers = f->peers};
        return true;
    }
    size_t column = find_column(f, name), row = f->units;
    for (size_t at = 0; at < f->units * PERIODS; at++) set_value(f, column, at, ".");
    for (; word; word = strtok_r(NULL, " \n", &rest)) {
        if (strcmp(word, "|") == 0)
            row = 0;
        else
            set_value(f, column, row++ % (f->units * PERIODS), word);
    }
    return true;
}

typedef struct meaning {
    const fixture *fixture;
    pl_program *program;
} meaning;

static pl_status resolve(void *context, pl_reference_kind kind, pl_str name, pl_node *out) {
    static const struct {
        const char *name;
        double value;
    } constants[] = {{"full", 10}, {"target", 8}, {"low", 0}, {"high", 20}, {"weight", 1}};
    meaning *m = context;
    if (kind == PL_REFERENCE_SCORE) return pl_str_is(name, "GDP") ? pl_program_number(m->program, 80, out) : PL_OK;
    if (kind == PL_REFERENCE_ATTRIBUTE) {
        if (pl_str_is(name, "code")) return pl_program_attribute(m->program, PL_TYPE_TEXT, 0, out);
        if (pl_str_is(name, "group")) return pl_program_attribute(m->program, PL_TYPE_TEXT, 1, out);
        if (pl_str_is(name, "size")) return pl_program_attribute(m->program, PL_TYPE_NUMBER, 2, out);
        return PL_OK;
    }
    if (pl_str_is(name, "direction")) return pl_program_number(m->program, m->fixture->direction, out);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (pl_str_is(name, constants[i].name)) return pl_program_number(m->program, constants[i].value, out);
    for (size_t i = 0; i < m->fixture->column_count; i++)
        if (pl_str_is(name, m->fixture->names[i])) return pl_program_column(m->program, PL_TYPE_NUMBER, (uint32_t)i, out);
    return PL_OK;
}

static size_t names(void *context, pl_reference_kind kind, const pl_str **out) {
    static const pl_str known[] = {{"x", 1}, {"full", 4}, {"target", 6}, {"low", 3}, {"high", 4}};
    static const pl_str attributes[] = {{"code", 4}, {"group", 5}, {"size", 4}};
    (void)context;
    *out = kind == PL_REFERENCE_ATTRIBUTE ? attributes : known;
    return kind == PL_REFERENCE_ATTRIBUTE ? 3 : 5;
}

static pl_status grouping(void *context, pl_str name, uint32_t *out) {
    (void)context;
    *out = pl_str_is(name, "group") ? 0 : pl_str_is(name, "shore") ? 1 : UINT32_MAX;
    return PL_OK;
}

static pl_status records(void *context, pl_str word, pl_str of, uint32_t *list, pl_node *condition) {
    (void)context, (void)of, (void)condition;
    *list = pl_str_is(word, "events") ? 0 : pl_str_is(word, "raters") ? 1 : UINT32_MAX;
    return PL_OK;
}

static pl_status field(void *context, uint32_t list, pl_str name, bool dotted, pl_node *out) {
    static const struct {
        const char *name;
        uint32_t list, slot;
        pl_type type;
    } fields[] = {{"points", 0, 0, PL_TYPE_NUMBER},
                  {"level", 0, 1, PL_TYPE_TEXT},
                  {"case", 0, 2, PL_TYPE_TEXT},
                  {"x", 1, 0, PL_TYPE_NUMBER},
                  {"kind", 1, 1, PL_TYPE_TEXT}};
    pl_program *program = ((const meaning *)context)->program;
    if (list == 1 && !dotted && pl_str_is(name, "kind")) return PL_OK;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].list == list && pl_str_is(name, fields[i].name))
            return pl_program_field(program, fields[i].type, list, fields[i].slot, out);
    return PL_OK;
}

static const char *const incident_names[] = {"division", "overflow", "domain", "not-positive", "required"};

typedef struct session {
    pl_arena arena;
    pl_problems problems;
    pl_program *program;
    meaning context;
    pl_meaning meaning;
    uint32_t texts[2][MOST_UNITS], group_of[MOST_UNITS], shore_of[MOST_UNITS], parent_of[MOST_UNITS];
    pl_grouping groupings[2];
    pl_records records[2];
    pl_input fields[2][3];
    uint32_t field_texts[3][RECORDS];
    size_t event_rows[5], ballot_rows[RECORDS];
    double elapsed[PERIODS];
    double sizes[MOST_UNITS];
    pl_input columns[MOST_COLUMNS], attributes[3];
    pl_str labels[PERIODS];
    bool scored[PERIODS];
    pl_frame frame;
    const pl_expression *expression;
    pl_node node;
    pl_type type;
    pl_evaluation *evaluation;
} session;

/* In 2021-Q2: A won three awards, two of them for one item, B one, D one without points; five raters gave A ballots, one B. */
static void make_records(session *s, const fixture *f) {
    size_t row = f->units;
    const size_t event_rows[] = {row, row, row, row + 1, row + 3}, ballot_rows[] = {row, row, row, row, row, row + 1};
    memcpy(s->event_rows, event_rows, sizeof event_rows);
    memcpy(s->ballot_rows, ballot_rows, sizeof ballot_rows);
    static const double points[] = {3, 2, 1, 5, 0};
    static const uint64_t pointed = 0xF;
    static const char *const levels[] = {"national", "provincial", "city", "city", "city"}, *const cases[] = {"i", "i", "j", "",
                                                                                                              "k"};
    static const double ballots[] = {100, 70, 85, 80, 90, 90};
    static const char *const kinds[] = {"leader", "leader", "peer", "peer", "public", "peer"};
    pl_intern *texts = pl_program_texts(s->program);
    for (size_t i = 0; i < 5; i++) {
        pl_intern_add(texts, pl_str_of(levels[i]), &s->field_texts[0][i]);
        if (*cases[i]) pl_intern_add(texts, pl_str_of(cases[i]), &s->field_texts[1][i]);
    }
    for (size_t i = 0; i < RECORDS; i++) pl_intern_add(texts, pl_str_of(kinds[i]), &s->field_texts[2][i]);
    s->fields[0][0] = (pl_input){points, &pointed, NULL};
    s->fields[0][1].texts = s->field_texts[0];
    s->fields[0][2].texts = s->field_texts[1];
    s->fields[1][0] = (pl_input){ballots, NULL, NULL};
    s->fields[1][1].texts = s->field_texts[2];
    s->records[0] = (pl_records){5, true, s->event_rows, s->fields[0], 3};
    s->records[1] = (pl_records){RECORDS, false, s->ballot_rows, s->fields[1], 2};
}

static void make_frame(session *s, const fixture *f) {
    static const char codes[] = "ABCDEFGHIJKLMNOP", *const groups[] = {"county", "zone"};
    for (size_t unit = 0; unit < f->units; unit++) {
        s->shore_of[unit] = unit == 3 ? PL_NOBODY : unit % 2; /* A and C are coastal, B is inland, of D it is not known */
        s->group_of[unit] = unit < (f->units + 1) / 2 ? 0 : 1;
        pl_intern_add(pl_program_texts(s->program), (pl_str){codes + unit, 1}, &s->texts[0][unit]);
        pl_intern_add(pl_program_texts(s->program), pl_str_of(groups[s->group_of[unit]]), &s->texts[1][unit]);
        s->parent_of[unit] = unit ? 0 : PL_NOBODY;
        s->sizes[unit] = (double)(unit + 1) * 100;
    }
    for (size_t i = 0; i < f->column_count; i++) s->columns[i] = (pl_input){.numbers = f->values[i], .present = &f->present[i]};
    s->attributes[0].texts = s->texts[0];
    s->attributes[1].texts = s->texts[1];
    s->attributes[2].numbers = s->sizes;
    s->labels[0] = pl_str_of("2021-Q1");
    s->labels[1] = pl_str_of("2021-Q2");
    s->scored[1] = true;
    make_records(s, f);
    s->groupings[0] = (pl_grouping){s->group_of, 2};
    s->groupings[1] = (pl_grouping){s->shore_of, 2};
    s->elapsed[0] = 0.25;
    s->elapsed[1] = 0.5;
    s->frame = (pl_frame){.units = f->units,
                          .periods = PERIODS,
                          .columns = s->columns,
                          .column_count = f->column_count,
                          .attributes = s->attributes,
                          .attribute_count = 3,
                          .groupings = s->groupings,
                          .grouping_count = 2,
                          .records = s->records,
                          .record_count = 2,
                          .elapsed = s->elapsed,
                          .parent_of = s->parent_of,
                          .period_labels = s->labels,
                          .scored = s->scored};
}

static pl_status start(session *s, const fixture *f, pl_str text) {
    pl_place place = {.file = "case"};
    pl_problems_init(&s->problems, 20);
    pl_status status = pl_program_create(&s->program, NULL, 0);
    if (status != PL_OK) return status;
    make_frame(s, f);
    s->context = (meaning){f, s->program};
    s->meaning = (pl_meaning){.context = &s->context,
                              .resolve = resolve,
                              .names = names,
                              .direction = f->direction,
                              .peers = f->peers,
                              .grouping = grouping,
                              .records = records,
                              .field = field};
    status = pl_expression_parse(&s->expression, &s->arena, text, place, &s->problems);
    for (s->type = PL_TYPE_NUMBER; status == PL_OK; s->type++) { /* whichever type it gives */
        pl_problems trial;
        pl_problems_init(&trial, 20);
        status = pl_program_compile(s->program, s->expression, &s->meaning, s->type, place, &trial, &s->node);
        bool wrong_type = trial.count == 1 && strncmp(trial.items[0].text, "this must give", 14) == 0;
        if (!wrong_type) pl_problems_append(&s->problems, &trial);
        pl_problems_free(&trial);
        if (!wrong_type) break;
        status = PL_OK;
    }
    if (status == PL_OK) status = pl_evaluate(&s->evaluation, s->program, &s->frame, &s->node, 1, NULL, &s->problems);
    return status;
}

static void finish(session *s) {
    pl_evaluation_free(s->evaluation);
    pl_program_free(s->program);
    pl_problems_free(&s->problems);
    pl_arena_free(&s->arena);
}

static void write_value(const session *s, size_t unit, pl_buffer *out) {
    const uint64_t *present;
    const double *values = pl_evaluation_column(s->evaluation, s->node, &present);
    size_t row = s->frame.units + unit;
    double scalar = 0;
    bool has = present[row / 64] >> row % 64 & 1, also = pl_evaluation_value(s->evaluation, s->node, row, &scalar);
    if (has != also || (has && scalar != values[row])) pl_buffer_text(out, "(one row at a time differs) ");
    if (!has)
        pl_buffer_text(out, "missing");
    else if (s->type == PL_TYPE_BOOLEAN)
        pl_buffer_text(out, values[row] != 0 ? "true" : "false");
    else if (s->type == PL_TYPE_TEXT)
        pl_buffer_str(out, pl_intern_text(pl_program_texts(s->program), (uint32_t)values[row]));
    else
        pl_buffer_number(out, values[row]);
}

static void write_result(const session *s, pl_buffer *out) {
    pl_buffer values[MOST_UNITS];
    bool same = true;
    size_t units = s->frame.units;
    for (size_t unit = 0; unit < units; unit++) {
        pl_buffer_init(&values[unit], 0);
        write_value(s, unit, &values[unit]);
        same &= pl_str_equal(pl_buffer_view(&values[unit]), pl_buffer_view(&values[0]));
    }
    pl_buffer_text(out, "= ");
    for (size_t unit = 0; unit < (same ? 1 : units); unit++) {
        if (unit) pl_buffer_text(out, ", ");
        pl_buffer_str(out, pl_buffer_view(&values[unit]));
    }
    for (size_t unit = 0; unit < units; unit++) pl_buffer_free(&values[unit]);
    size_t count;
    const pl_incident *incidents = pl_evaluation_incidents(s->evaluation, &count);
    for (size_t i = 0; i < count; i++) pl_buffer_print(out, " ? %s %zu", incident_names[incidents[i].kind], incidents[i].rows);
}

void fixture_run(const fixture *f, pl_str expression, pl_buffer *out) {
    session s = {0};
    pl_status status = start(&s, f, expression);
    if (status == PL_MEMORY)
        pl_buffer_text(out, "memory");
    else if (status != PL_OK)
        for (size_t i = 0; i < s.problems.count; i++)
            pl_buffer_print(out, "%s! %s %s", i ? "\n" : "", s.problems.items[i].code, s.problems.items[i].text);
    else
        write_result(&s, out);
    finish(&s);
}

void fixture_trace(const fixture *f, pl_str expression, pl_buffer *out) {
    session s = {0};
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_trace trace;
    if (start(&s, f, expression) == PL_OK &&
        pl_trace_expression(&trace, &arena, s.program, s.expression, &s.meaning, s.evaluation, f->units) == PL_OK) {
        pl_buffer_str(out, trace.numbers);
        for (size_t i = 0; i < trace.comparison_count; i++) {
            pl_buffer_print(out, " | %.*s = ", PL_ARG(trace.comparisons[i].what));
            if (trace.comparisons[i].present)
                pl_buffer_number(out, trace.comparisons[i].value);
            else
                pl_buffer_text(out, "missing");
        }
    }
    pl_arena_free(&arena);
    finish(&s);
}
