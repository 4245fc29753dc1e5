/* What would be if, against the same edit of the sheets: over random models and random changes, the totals and places of the
 * scenario are, to the last bit, those of the sheets with the change written into their text and loaded anew. Where the edited
 * sheets cannot be scored, neither can the scenario. */
#include <plumbline/base/random.h>
#include <plumbline/study/whatif.h>

#include "support/at_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_ROWS = 44, MOST_COLUMNS = 32, MOST_CHANGES = 4 };

/* A sheet as text that can be edited; row 0 is its header, column 0 its key. */
typedef struct grid {
    char cells[MOST_ROWS][MOST_COLUMNS][40];
    size_t rows, columns;
} grid;

static void set(grid *g, size_t row, size_t column, const char *text) {
    assert_true(row < MOST_ROWS && column < MOST_COLUMNS && strlen(text) < sizeof g->cells[row][column]);
    memcpy(g->cells[row][column], text, strlen(text) + 1);
    if (row >= g->rows) g->rows = row + 1;
    if (column >= g->columns) g->columns = column + 1;
}

static void set_number(grid *g, size_t row, size_t column, double value) {
    char text[32];
    snprintf(text, sizeof text, "%.2f", value);
    set(g, row, column, text);
}

static size_t row_named(const grid *g, const char *name) {
    size_t row = 1;
    while (row < g->rows && strcmp(g->cells[row][0], name) != 0) row++;
    return row;
}

static size_t column_named(const grid *g, const char *name) {
    size_t column = 0;
    while (column < g->columns && strcmp(g->cells[0][column], name) != 0) column++;
    return column;
}

static void drop_row(grid *g, size_t row) {
    memmove(g->cells[row], g->cells[row + 1], (g->rows - row - 1) * sizeof *g->cells);
    g->rows--;
}

static void write_grid(const grid *g, pl_buffer *out) {
    for (size_t row = 0; row < g->rows; row++)
        for (size_t column = 0; column < g->columns; column++) {
            const char *text = g->cells[row][column];
            pl_buffer_print(out, strchr(text, ',') ? "\"%s\"%s" : "%s%s", text, column + 1 < g->columns ? "," : "\n");
        }
    assert_false(out->failed);
}

/* ---- models ---- */

enum { INDICATORS, DATA, SETTINGS, EVENTS, SHEETS };

typedef struct sheets {
    grid of[SHEETS];
    const char *names[SHEETS];
    size_t count;
    pl_buffer text[SHEETS];
} sheets;

static const char *pick(pl_random *random, const char *const *words, size_t count) { return words[pl_random_below(random, count)]; }
#define PICK(random, words) pick(random, words, sizeof words / sizeof *words)

static const char *const rules[] = {
    "minmax(x, 1, 100)",           "zscore(x, 50, 10)",       "bands(x, 60, 100, 40, 80, 20, 60, 30)", "x",
    "100 * x / max(x over group)", "full * minmax(x, 0.2, 1)"};
static const char *const ways[] = {"mean", "sum", "geomean", "", "min"};
static const char *const gaps[] = {"", "", "zero", "mean"};
static const char *const groups[] = {"g", "h", "k"};
static const char *const weights[] = {"1", "2", "0.3", "7.25", "", "0"};

static void add_indicator(sheets *s, pl_random *random, const char *code, const char *parent, bool leaf) {
    grid *g = &s->of[INDICATORS];
    size_t row = g->rows;
    set(g, row, 0, code);
    set(g, row, 1, parent);
    if (*parent) set(g, row, 2, PICK(random, weights));
    if (!leaf) set(g, row, 5, PICK(random, ways));
    if (!leaf) return;
    set_number(g, row, 3, (double)(10 + pl_random_below(random, 90)));
    set(g, row, 4, PICK(random, rules));
    set(g, row, 6, PICK(random, gaps));
    if (pl_random_below(random, 3) == 0) set(g, row, 7, "-1");
    set(&s->of[DATA], 0, s->of[DATA].columns, code);
}

/* The children of a node: leaves, or down to three levels nodes with leaves of their own. */
static void grow(sheets *s, pl_random *random, const char *parent, unsigned depth) {
    size_t count = 2 + pl_random_below(random, 2);
    for (size_t i = 0; i < count; i++) {
        char code[] = "i   "; /* of the parent's letters and one more */
        bool leaf = depth == 2 || pl_random_below(random, 2);
        memcpy(code + 1, parent + 1, depth);
        code[depth + 1] = (char)('a' + i);
        code[depth + 2] = 0;
        add_indicator(s, random, code, parent, leaf);
        if (!leaf) grow(s, random, code, depth + 1);
    }
}

static void fill(grid *data, pl_random *random, size_t first) {
    size_t units = 4 + pl_random_below(random, 5);
    for (size_t unit = 1; unit <= units; unit++) {
        const char code[] = {'U', (char)('0' + unit), 0};
        set(data, unit, 0, code);
        if (first > 1) set(data, unit, 1, PICK(random, groups));
        for (size_t column = first; column < data->columns; column++)
            if (pl_random_below(random, 8)) set_number(data, unit, column, (double)pl_random_below(random, 10000) / 100);
    }
}

/* Some models count events as well. */
static void add_events(sheets *s, pl_random *random) {
    grid *g = &s->of[INDICATORS], *events = &s->of[EVENTS], *data = &s->of[DATA];
    static const char *const heads[] = {"unit", "element", "points"};
    size_t count = 1 + pl_random_below(random, 8);
    for (size_t i = 0; i < 3; i++) set(events, 0, i, heads[i]);
    for (size_t row = 1; row <= count; row++) {
        set(events, row, 0, data->cells[1 + pl_random_below(random, data->rows - 1)][0]);
        set(events, row, 1, "events");
        set_number(events, row, 2, (double)pl_random_below(random, 100) / 10);
    }
    set(g, g->rows, 0, "events");
    set(g, g->rows - 1, 1, "total");
    set(g, g->rows - 1, 4, "x");
    set(g, 0, 8, "value");
    set(g, g->rows - 1, 8, "sum(points over events)");
    s->names[EVENTS] = "events.csv";
    s->count = 4;
}

static void make_model(sheets *s, pl_random *random) {
    static const char *const heads[] = {"code", "parent", "weight", "full", "score", "combine", "missing", "direction"};
    static const char *const peers[] = {"all", "group"};
    *s = (sheets){.names = {"indicators.csv", "data.csv", "settings.csv"}, .count = 3};
    for (size_t i = 0; i < 8; i++) set(&s->of[INDICATORS], 0, i, heads[i]);
    set(&s->of[DATA], 0, 0, "unit");
    set(&s->of[DATA], 0, 1, "group");
    set(&s->of[SETTINGS], 0, 0, "key");
    set(&s->of[SETTINGS], 0, 1, "value");
    set(&s->of[SETTINGS], 1, 0, "digits");
    set(&s->of[SETTINGS], 1, 1, "6");
    set(&s->of[SETTINGS], 2, 0, "peers");
    set(&s->of[SETTINGS], 2, 1, PICK(random, peers));
    add_indicator(s, random, "total", "", false);
    grow(s, random, "total", 0);
    fill(&s->of[DATA], random, 2);
    if (pl_random_below(random, 2)) add_events(s, random);
}

/* The same shape as COINr has it: imeta and idata. */
static void make_coinr(sheets *s, pl_random *random) {
    static const char *const imeta[][6] = {{"iCode", "Level", "Type", "Parent", "Weight", "Direction"},
                                           {"ia", "1", "Indicator", "P", "1", "1"},
                                           {"ib", "1", "Indicator", "P", "2", "-1"},
                                           {"ic", "1", "Indicator", "Q", "1", "1"},
                                           {"id", "1", "Indicator", "Q", "3", "1"},
                                           {"P", "2", "Aggregate", "Index", "1", "1"},
                                           {"Q", "2", "Aggregate", "Index", "2", "1"},
                                           {"Index", "3", "Aggregate", "NA", "1", "1"}};
    *s = (sheets){.names = {"iMeta.csv", "iData.csv"}, .count = 2};
    for (size_t row = 0; row < 8; row++)
        for (size_t column = 0; column < 6; column++) set(&s->of[INDICATORS], row, column, imeta[row][column]);
    set(&s->of[DATA], 0, 0, "uCode");
    for (size_t i = 1; i < 5; i++) set(&s->of[DATA], 0, i, imeta[i][0]);
    fill(&s->of[DATA], random, 1);
}

/* ---- changes ---- */

typedef struct changes {
    char text[MOST_CHANGES][80];
    pl_scenario_line lines[MOST_CHANGES];
    size_t count;
} changes;

static char *note(changes *c, pl_scenario_kind kind) {
    char *line = c->text[c->count];
    c->lines[c->count++] = (pl_scenario_line){{line, 0}, kind, {.file = "--set"}};
    return line;
}

static void note_set(changes *c, const char *row, const char *column, const char *text) {
    snprintf(note(c, PL_SCENARIO_SET), sizeof c->text[0], "%s.%s=%s", row, column, text);
}

static void note_without(changes *c, const char *code) { snprintf(note(c, PL_SCENARIO_WITHOUT), sizeof c->text[0], "%s", code); }

static void note_copy(changes *c, const char *of, const char *code) {
    snprintf(note(c, PL_SCENARIO_COPY), sizeof c->text[0], "%s=%s", of, code);
}

/* Puts a text into a cell, both ways. */
static void edit(grid *g, changes *c, const char *row, const char *column, const char *text) {
    note_set(c, row, column, text);
    set(g, row_named(g, row), column_named(g, column), text);
}

static void edit_setting(grid *g, changes *c, const char *key, const char *text) {
    note_set(c, "settings", key, text);
    set(g, row_named(g, key), 0, key);
    set(g, row_named(g, key), 1, text);
}

/* With its events. */
static void leave_unit(sheets *s, changes *c, const char *unit) {
    grid *data = &s->of[DATA], *events = &s->of[EVENTS];
    note_without(c, unit);
    drop_row(data, row_named(data, unit));
    while (row_named(events, unit) < events->rows) drop_row(events, row_named(events, unit));
}

static void copy_row(grid *g, size_t from, const char *code) {
    size_t to = g->rows;
    for (size_t column = 0; column < g->columns; column++) set(g, to, column, column ? g->cells[from][column] : code);
}

/* A unit enters: its rows are written once more, with another code. */
static void copy_unit(sheets *s, changes *c, const char *unit, const char *code) {
    grid *data = &s->of[DATA], *events = &s->of[EVENTS];
    size_t count = events->rows;
    note_copy(c, unit, code);
    copy_row(data, row_named(data, unit), code);
    for (size_t row = 1; row < count; row++)
        if (strcmp(events->cells[row][0], unit) == 0) copy_row(events, row, code);
}

/* An indicator leaves with all below it. */
static void drop_indicator(grid *g, const char *code) {
    drop_row(g, row_named(g, code));
    size_t parent = column_named(g, "parent");
    for (size_t row = 1; row < g->rows; row++) {
        if (strcmp(g->cells[row][parent], code) != 0) continue;
        char child[40];
        memcpy(child, g->cells[row][0], sizeof child);
        drop_indicator(g, child);
        row = 0;
    }
}

/* Any row but the first, which is the total or a unit that stays. */
static const char *any_row(pl_random *random, const grid *g) { return g->cells[2 + pl_random_below(random, g->rows - 2)][0]; }

/* Values of columns from `first` on. */
static void change_value(sheets *s, changes *c, pl_random *random, size_t first) {
    grid *data = &s->of[DATA];
    const char *unit = any_row(random, data), *element = data->cells[0][first + pl_random_below(random, data->columns - first)];
    char number[32] = "";
    if (pl_random_below(random, 3)) snprintf(number, sizeof number, "%.2f", (double)pl_random_below(random, 12000) / 100);
    edit(data, c, unit, element, number);
}

static void change_indicator(sheets *s, changes *c, pl_random *random) {
    grid *g = &s->of[INDICATORS];
    char code[40];
    memcpy(code, any_row(random, g), sizeof code);
    bool leaf = g->cells[row_named(g, code)][column_named(g, "score")][0] != 0;
    switch (pl_random_below(random, 4)) {
    case 0: edit(g, c, code, "weight", PICK(random, weights)); return;
    case 1: edit(g, c, code, "full", pl_random_below(random, 4) ? "55" : ""); return;
    case 2: edit(g, c, leaf ? code : "total", leaf ? "score" : "combine", leaf ? PICK(random, rules) : PICK(random, ways)); return;
    default:
        if (g->rows < 5) return;
        note_without(c, code);
        drop_indicator(g, code);
        if (strcmp(code, "events") == 0) s->of[EVENTS].rows = 1; /* which go with it */
    }
}

static void change_any(sheets *s, changes *c, pl_random *random) {
    static const char *const ties[] = {"dense", "average", "competition"};
    static const char *const digits[] = {"0", "1", "9"};
    switch (pl_random_below(random, 8)) {
    case 0: edit_setting(&s->of[SETTINGS], c, "digits", PICK(random, digits)); return;
    case 1: edit_setting(&s->of[SETTINGS], c, "ties", PICK(random, ties)); return;
    case 2: edit(&s->of[DATA], c, any_row(random, &s->of[DATA]), "group", PICK(random, groups)); return;
    case 3: change_value(s, c, random, 2); return;
    default: change_indicator(s, c, random);
    }
}

static bool ends_with_leaving(const changes *c) { return c->count && c->lines[c->count - 1].kind == PL_SCENARIO_WITHOUT; }

/* A unit that enters comes first: what is changed may be the unit or its copy. */
static void enter_unit(sheets *s, changes *c, pl_random *random) {
    char unit[40];
    memcpy(unit, any_row(random, &s->of[DATA]), sizeof unit);
    copy_unit(s, c, unit, "N");
    if (pl_random_below(random, 2)) edit(&s->of[DATA], c, "N", "group", PICK(random, groups));
}

/* A unit that leaves comes last: it cannot be changed any more. */
static void change_some(sheets *s, changes *c, pl_random *random) {
    if (pl_random_below(random, 3) == 0) enter_unit(s, c, random);
    size_t wanted = c->count ? 1 : 1 + pl_random_below(random, MOST_CHANGES - 1);
    /* What has left cannot be changed: an indicator that leaves ends the scenario. */
    for (size_t i = 0; i < wanted && !ends_with_leaving(c); i++) change_any(s, c, random);
    if (c->count < MOST_CHANGES && pl_random_below(random, 3) == 0) {
        char unit[40];
        memcpy(unit, s->of[DATA].cells[2 + pl_random_below(random, s->of[DATA].rows - 2)][0], sizeof unit);
        if (strcmp(unit, "N") != 0) leave_unit(s, c, unit);
    }
}

/* ---- both ways ---- */

static pl_status load(model_at_hand *out, sheets *s) {
    pl_sheet list[SHEETS];
    for (size_t i = 0; i < s->count; i++) {
        pl_buffer_init(&s->text[i], 0);
        write_grid(&s->of[i], &s->text[i]);
        list[i] = sheet_at_hand(s->names[i], pl_buffer_view(&s->text[i]));
    }
    *out = model_begin();
    return model_load_and_score(out, list, s->count);
}

static void free_texts(sheets *s) {
    for (size_t i = 0; i < s->count; i++) pl_buffer_free(&s->text[i]);
}

static pl_status suppose(pl_whatif **out, const model_at_hand *base, changes *c, pl_problems *problems) {
    for (size_t i = 0; i < c->count; i++) c->lines[i].text = pl_str_of(c->text[i]);
    pl_dataset_options data = {0};
    pl_whatif_options options = {.data = &data};
    pl_scenario scenario;
    *out = NULL;
    pl_status status = pl_scenario_read(&scenario, base->compiled, c->lines, c->count, problems);
    if (status == PL_OK) status = pl_whatif_run(out, base->scores, &scenario, &options, problems);
    pl_scenario_free(&scenario);
    return status;
}

static void explain(uint64_t trial, const sheets *s, const changes *c, const pl_problems *a, const pl_problems *b) {
    print_error("trial %llu\n", (unsigned long long)trial);
    for (size_t i = 0; i < s->count; i++) print_error("%s\n%s\n", s->names[i], s->text[i].at);
    static const char *const kinds[] = {"set", "without", "copy"};
    for (size_t i = 0; i < c->count; i++) print_error("%s %s\n", kinds[c->lines[i].kind], c->text[i]);
    for (size_t i = 0; i < a->count; i++) print_error("scenario: %s\n", a->items[i].text);
    for (size_t i = 0; i < b->count; i++) print_error("edited: %s\n", b->items[i].text);
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static bool same_lines(const pl_scores *a, const pl_scores *b) {
    if (a->line_count != b->line_count) return false;
    for (size_t i = 0; i < a->line_count; i++) {
        const pl_score_line *x = &a->lines[i], *y = &b->lines[i];
        const pl_dataset *d = a->compiled->dataset, *e = b->compiled->dataset;
        bool same = pl_str_equal(d->units[x->unit].code, e->units[y->unit].code) && x->has_total == y->has_total &&
                    (!x->has_total || same_bits(x->total, y->total)) && x->rank == y->rank && x->group_rank == y->group_rank;
        if (!same) return false;
    }
    return true;
}

/* How many scenarios were scored, how many moved somebody and in how many somebody entered, and how many could not be scored. */
typedef struct tally {
    size_t scored, moved, entered, refused;
} tally;

static void count(tally *t, const pl_whatif *w) {
    bool moved = false, entered = false;
    for (size_t i = 0; i < w->line_count; i++) moved |= w->lines[i].moved;
    for (size_t i = 0; i < w->line_count; i++) entered |= !w->lines[i].before;
    t->scored++;
    t->moved += moved;
    t->entered += entered;
}

/* `s` are the sheets with the changes written into them. */
static void compare(uint64_t trial, const model_at_hand *base, sheets *s, changes *c, tally *t) {
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_whatif *w;
    model_at_hand edited;
    pl_status supposed = suppose(&w, base, c, &problems), loaded = load(&edited, s);
    bool same = supposed == loaded && (loaded != PL_OK || same_lines(w->scores, edited.scores));
    if (!same) explain(trial, s, c, &problems, &edited.problems);
    assert_true(same);
    if (w)
        count(t, w);
    else
        t->refused++;
    pl_whatif_free(w);
    model_close(&edited);
    free_texts(s);
    pl_problems_free(&problems);
}

typedef void maker(sheets *s, pl_random *random);
typedef void changer(sheets *s, changes *c, pl_random *random);

static void try_one(uint64_t trial, maker *make, changer *change, tally *t) {
    pl_random random = pl_random_stream(17, 1, trial);
    sheets *s = malloc(2 * sizeof *s);
    assert_non_null(s);
    model_at_hand base;
    make(&s[0], &random);
    if (load(&base, &s[0]) == PL_OK) {
        changes c = {.count = 0};
        s[1] = s[0];
        change(&s[1], &c, &random);
        compare(trial, &base, &s[1], &c, t);
    }
    model_close(&base);
    free_texts(&s[0]);
    free(s);
}

static void test_random_models(void **state) {
    (void)state;
    tally t = {0};
    for (uint64_t trial = 0; trial < 1500; trial++) try_one(trial, make_model, change_some, &t);
    assert_in_range(t.moved, 500, t.scored);
    assert_in_range(t.entered, 300, t.scored);
    assert_in_range(t.refused, 10, t.scored);
}

static void change_coinr(sheets *s, changes *c, pl_random *random) {
    static const char *const codes[] = {"ia", "ib", "ic", "id", "P", "Q"};
    edit(&s->of[INDICATORS], c, PICK(random, codes), "Weight", "5");
    change_value(s, c, random, 1);
}

static void test_a_folder_of_coinr(void **state) {
    (void)state;
    tally t = {0};
    for (uint64_t trial = 0; trial < 100; trial++) try_one(trial, make_coinr, change_coinr, &t);
    assert_int_equal(t.scored, 100);
    assert_in_range(t.moved, 90, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_models), cmocka_unit_test(test_a_folder_of_coinr)};
    return cmocka_run_group_tests_name("whatif", tests, NULL, NULL);
}
