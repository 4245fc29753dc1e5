/* Models and data changed in memory: what a change does is what the same edit of the sheets would do. */
#include <plumbline/model/change.h>

#include "support/allocations.h"
#include "support/at_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char indicators[] = "code,parent,weight,value,score,combine\n"
                                 "t,,,,,\n"
                                 "a,t,3,,x,\n"
                                 "g,t,1,,,sum\n"
                                 "b,g,,,minmax(x),\n"
                                 "e,g,,sum(points over events),x,\n";
static const char units[] = "code,name,kind,parent\nu,Upton,p,\nv,Venn,q,u\nw,Wick,r,v\n";
static const char data[] = "unit,period,a,b\nu,2025,10,1\nv,2025,20,3\nw,2025,30,5\n";
static const char events[] = "unit,element,points\nu,e,2\nv,e,4\nw,e,6\nw,e,1\n";
static const char settings[] = "key,value\ngroup,kind\ntie_break,\"b, a\"\nsilence,W515:b\n";
static const char grades[] = "name,min\nA,50\nB,\n";

#define SHEET(name, bytes)                                                                                                         \
    { name, NULL, {bytes, sizeof bytes - 1}, NULL, 0, NULL, 0 }
static const pl_sheet sheets[] = {
    SHEET("indicators.csv", indicators), SHEET("units.csv", units),   SHEET("data.csv", data),
    SHEET("events.csv", events),         SHEET("grades.csv", grades), SHEET("settings.csv", settings)};

static pl_status load_base(model_at_hand *m, size_t sheet_count) { return model_load_and_score(m, sheets, sheet_count); }

static pl_status load_changed(model_at_hand *m, const model_at_hand *base, const pl_sheet_change *changes, size_t count) {
    pl_status status = pl_model_load_changed(&m->model, base->model, changes, count, &m->problems);
    if (m->model) status = pl_status_worse(status, pl_dataset_load(&m->dataset, m->model, NULL, &m->problems));
    return status == PL_OK ? model_score(m, m->model, m->dataset) : status;
}

static void write_lines(const pl_scores *scores, pl_buffer *out) {
    const pl_dataset *d = scores->compiled->dataset;
    for (size_t i = 0; i < scores->line_count; i++) {
        const pl_score_line *line = &scores->lines[i];
        uint32_t group = d->units[line->unit].group;
        pl_buffer_print(out, "%s%.*s %.*s ", i ? ", " : "", PL_ARG(d->units[line->unit].code),
                        PL_ARG(group == PL_NOBODY ? pl_str_of("-") : d->groups[group]));
        if (line->has_total) pl_buffer_number(out, line->total);
    }
}

static void assert_lines(const pl_scores *scores, const char *wanted) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    write_lines(scores, &text);
    assert_string_equal(text.at, wanted);
    pl_buffer_free(&text);
}

/* The totals after changes; the base stays what it was. */
static void assert_changed(const pl_sheet_change *changes, size_t count, const char *wanted) {
    model_at_hand base = model_begin(), changed = model_begin();
    assert_int_equal(load_base(&base, 6), PL_OK);
    pl_status status = load_changed(&changed, &base, changes, count);
    if (status != PL_OK)
        fail_msg("%s", changed.problems.count ? changed.problems.items[changed.problems.count - 1].text : "no problem recorded");
    assert_lines(changed.scores, wanted);
    assert_lines(base.scores, "w r 49.25, v q 28.5, u p 8");
    model_close(&changed);
    model_close(&base);
}

#define S(text)                                                                                                                    \
    { text, sizeof text - 1 }
#define CHANGE(sheet, row, column, text)                                                                                           \
    {                                                                                                                              \
        S(sheet), S(row), S(column), S(text), PL_ACT_CELL, { .file = "--set" }                                                     \
    }
#define REMOVE(sheet, row)                                                                                                         \
    {                                                                                                                              \
        S(sheet), S(row), {NULL, 0}, {NULL, 0}, PL_ACT_REMOVE, { .file = "--without" }                                             \
    }

/* w: (3 x 30 + (100 + 7)) / 4 = 49.25, v: (60 + 54) / 4 = 28.5, u: (30 + 2) / 4 = 8. */
static void test_a_cell_a_column_and_a_setting(void **state) {
    (void)state;
    const pl_sheet_change weight[] = {CHANGE("indicators", "a", "weight", "1")};
    assert_changed(weight, 1, "w r 68.5, v q 37, u p 6");
    const pl_sheet_change chinese[] = {CHANGE("指标", "a", "权重", "1")};
    assert_changed(chinese, 1, "w r 68.5, v q 37, u p 6");
    const pl_sheet_change direction[] = {CHANGE("indicators", "b", "direction", "-1")}; /* no such column yet */
    assert_changed(direction, 1, "u p 33, v q 28.5, w r 24.25");
    const pl_sheet_change empty[] = {CHANGE("indicators", "a", "weight", "")};
    assert_changed(empty, 1, "w r 68.5, v q 37, u p 6");
    const pl_sheet_change digits[] = {CHANGE("settings", "小数位", "", "0")}; /* no such row yet */
    assert_changed(digits, 1, "w r 49, v q 29, u p 8");
    const pl_sheet_change again[] = {CHANGE("settings", "digits", "", "1"), CHANGE("settings", "小数位", "", "0")};
    assert_changed(again, 2, "w r 49, v q 29, u p 8");
}

static void test_attributes_of_units(void **state) {
    (void)state;
    /* The setting says that the attribute `kind` is the group. */
    const pl_sheet_change group[] = {CHANGE("units", "u", "group", "z"), CHANGE("units", "v", "kind", "")};
    assert_changed(group, 2, "w r 49.25, v - 28.5, u z 8");
}

/* Without g: 3 x a / 3. What names b and e, a tie break, a silence and events, goes with them. */
static void test_what_is_below_an_indicator_leaves_with_it(void **state) {
    (void)state;
    const pl_sheet_change group[] = {REMOVE("indicators", "g")};
    assert_changed(group, 1, "w r 30, v q 20, u p 10");
    const pl_sheet_change leaf[] = {REMOVE("indicators", "e")};
    assert_changed(leaf, 1, "w r 47.5, v q 27.5, u p 7.5");
    /* b moves out before the rest leaves: (3a + b) / 4. */
    const pl_sheet_change moved[] = {CHANGE("indicators", "b", "parent", "t"), REMOVE("indicators", "g")};
    assert_changed(moved, 2, "w r 47.5, v q 27.5, u p 7.5");
}

/* A changed model can be changed again; settings are added to a model that has none. */
static void test_changes_of_changes(void **state) {
    (void)state;
    model_at_hand base = model_begin(), once = model_begin(), twice = model_begin();
    const pl_sheet_change first[] = {CHANGE("indicators", "a", "weight", "1"), CHANGE("settings", "digits", "", "0")};
    const pl_sheet_change second[] = {REMOVE("indicators", "e")};
    assert_int_equal(load_base(&base, 5), PL_OK);
    assert_int_equal(load_changed(&once, &base, first, 2), PL_OK);
    assert_int_equal(load_changed(&twice, &once, second, 1), PL_OK);
    assert_lines(base.scores, "w - 49.25, v - 28.5, u - 8");
    assert_lines(once.scores, "w - 69, v - 37, u - 6");
    assert_lines(twice.scores, "w - 65, v - 35, u - 5");
    assert_memory_not_equal(base.model->digest, once.model->digest, PL_DIGEST_SIZE);
    assert_memory_not_equal(twice.model->digest, once.model->digest, PL_DIGEST_SIZE);
    model_close(&twice);
    model_close(&once);
    model_close(&base);
}

/* ---- what is wrong ---- */

static void assert_problems(const pl_problems *problems, const char *wanted) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    for (size_t i = 0; i < problems->count; i++) {
        if (problems->items[i].level != PL_ERROR) continue;
        pl_buffer_print(&text, "%s ", problems->items[i].code);
        pl_problem_print(&problems->items[i], &text);
        pl_buffer_text(&text, "\n");
    }
    assert_string_equal(text.at, wanted);
    pl_buffer_free(&text);
}

static void test_all_that_is_wrong_at_once(void **state) {
    (void)state;
    const pl_sheet_change changes[] = {
        CHANGE("indicatrs", "a", "weight", "1"), CHANGE("events", "u", "points", "1"),
        CHANGE("raters", "r", "kind", "lead"),   REMOVE("units", "u"),
        CHANGE("indicators", "aa", "full", "1"), CHANGE("indicators", "a", "wieght", "1"),
        CHANGE("indicators", "a", "code", "c"),  CHANGE("indicators", "a", "score", "x +"),
        CHANGE("settings", "digts", "", "2"),    CHANGE("settings", "digits", "", "many"),
        CHANGE("grades", "C", "min", "1"),       CHANGE("units", "x", "kind", "p"),
        CHANGE("units", "u", "kinds", "p"),      CHANGE("units", "u", "code", "p"),
    };
    model_at_hand base = model_begin(), changed = model_begin();
    assert_int_equal(load_base(&base, 6), PL_OK);
    assert_int_equal(load_changed(&changed, &base, changes, sizeof changes / sizeof *changes), PL_INPUT);
    assert_problems(&changed.problems,
                    "E373 --set: there is no sheet \"indicatrs\" (did you mean \"indicators\"?)\n"
                    "E373 --set: rows of this sheet have no key by which they could be changed\n"
                    "E373 --set: model has no sheet raters\n"
                    "E373 --without: a unit leaves the data, not the sheet of units\n"
                    "E371 --set: there is no setting \"digts\" (did you mean \"digits\"?)\n"
                    "E320 settings.csv:digits: \"many\" is no number of decimals; it must be from 0 to 15\n"
                    "E371 --set: there is no indicator \"aa\" (did you mean \"a\"?)\n"
                    "E372 --set: there is no column \"wieght\" (did you mean \"weight\"?)\n"
                    "E373 --set: the key of a row cannot be changed\n"
                    "E201 indicators.csv:3:score: at character 4: the expression ends where a value should come\n"
                    "E371 --set: there is no grade \"C\"\n"
                    "E334 --set: there is no unit \"x\" in units.csv\n"
                    "E372 --set: no rule reads an attribute \"kinds\" (did you mean \"kind\"?)\n"
                    "E373 --set: the code of a unit cannot be changed\n");
    model_close(&changed);
    model_close(&base);
}

/* ---- the data ---- */

static size_t element_of(const pl_dataset *d, const char *name) {
    for (size_t i = 0; i < d->element_count; i++)
        if (pl_str_is(d->elements[i].name, name)) return i;
    fail_msg("no element %s", name);
    return 0;
}

static void test_values(void **state) {
    (void)state;
    model_at_hand base = model_begin(), changed = model_begin(), again = model_begin();
    assert_int_equal(load_base(&base, 6), PL_OK);
    size_t a = element_of(base.dataset, "a"), b = element_of(base.dataset, "b");
    const pl_value_change changes[] = {{0, 0, a, true, 70}, {1, 0, a, false, 0}, {0, 0, a, true, 50}};
    assert_int_equal(pl_dataset_changed(&changed.dataset, base.dataset, changes, 3), PL_OK);
    assert_int_equal(model_score(&changed, base.model, changed.dataset), PL_OK);
    assert_lines(changed.scores, "v q 54, w r 49.25, u p 38"); /* v: only g is left */
    assert_ptr_equal(changed.dataset->elements[b].present, base.dataset->elements[b].present);
    assert_ptr_not_equal(changed.dataset->elements[a].present, base.dataset->elements[a].present);
    const pl_value_change more[] = {{2, 0, b, true, 3}};
    assert_int_equal(pl_dataset_changed(&again.dataset, changed.dataset, more, 1), PL_OK);
    assert_int_equal(model_score(&again, base.model, again.dataset), PL_OK);
    assert_lines(again.scores, "v q 104, w r 49.25, u p 38");
    assert_lines(base.scores, "w r 49.25, v q 28.5, u p 8");
    model_close(&again);
    model_close(&changed);
    model_close(&base);
}

/* w had the greatest b: without it v has it. Its group and its events are gone; who stood below v stands below nobody. */
static void test_units_left_out(void **state) {
    (void)state;
    model_at_hand base = model_begin(), without = model_begin(), two = model_begin();
    assert_int_equal(load_base(&base, 6), PL_OK);
    const size_t w[] = {2}, v[] = {1};
    assert_int_equal(pl_dataset_without(&without.dataset, base.dataset, w, 1), PL_OK);
    assert_int_equal(model_score(&without, base.model, without.dataset), PL_OK);
    assert_lines(without.scores, "v q 41, u p 8");
    assert_int_equal(without.dataset->group_count, 2);
    assert_int_equal(without.dataset->lists[PL_LIST_EVENTS].count, 2);
    assert_int_equal(pl_dataset_without(&two.dataset, base.dataset, v, 1), PL_OK);
    assert_int_equal(model_score(&two, base.model, two.dataset), PL_OK);
    assert_lines(two.scores, "w r 49.25, u p 8");
    assert_int_equal(two.dataset->units[1].parent, PL_NOBODY);
    assert_int_equal(two.dataset->source_rows[1], 4);
    model_close(&two);
    model_close(&without);
    model_close(&base);
}

/* ---- units that enter ---- */

#define COPY(unit, of)                                                                                                             \
    {                                                                                                                              \
        S("units"), S(unit), {NULL, 0}, S(of), PL_ACT_COPY, { .file = "--copy" }                                                   \
    }

/* x is a copy of w, y of x and so of w too: 30, 5, and events of 7 points; what is set of a copy is set on top, in whatever order.
 */
static void test_units_that_enter(void **state) {
    (void)state;
    const pl_sheet_change one[] = {COPY("x", "w")};
    assert_changed(one, 1, "w r 49.25, x r 49.25, v q 28.5, u p 8");
    const pl_sheet_change more[] = {CHANGE("units", "x", "group", "p"), COPY("x", "w"), COPY("y", "x"),
                                    CHANGE("units", "w", "kind", "z")};
    assert_changed(more, 4, "w z 49.25, x p 49.25, y r 49.25, v q 28.5, u p 8");
}

/* What the copy has is what its original has in the sheets: attributes but for the name, values of every period, ballots. */
static void test_what_a_copy_has(void **state) {
    (void)state;
    static const char rated[] = "code,value,score,parent\nt,,,\na,,x,t\nb,mean(x over raters),x * unit.size,t\n";
    static const char cities[] = "code,name,size,parent\nu,Upton,2,\nv,Venn,3,u\n";
    static const char long_data[] = "unit,period,element,value,rater\nu,2024,a,1,\nu,2025,a,2,\nv,2025,a,3,\n"
                                    "u,2025,b,6,r1\nv,2025,b,4,r2\nv,2025,b,8,r1\n";
    const pl_sheet rated_sheets[] = {SHEET("indicators.csv", rated), SHEET("units.csv", cities), SHEET("data.csv", long_data)};
    const pl_sheet_change change[] = {COPY("n", "v")};
    model_at_hand base = model_begin(), changed = model_begin();
    assert_int_equal(model_load(&base, rated_sheets, 3), PL_OK);
    assert_int_equal(load_changed(&changed, &base, change, 1), PL_OK);
    assert_lines(changed.scores, "n - 10.5, v - 10.5, u - 7");
    const pl_dataset *d = changed.dataset;
    assert_true(pl_str_is(d->units[2].code, "n") && pl_str_is(d->units[2].name, "n"));
    assert_int_equal(d->units[2].parent, 0);
    assert_int_equal(d->lists[PL_LIST_BALLOTS].count, 5);
    assert_int_equal(d->lists[PL_LIST_BALLOTS].row_of[4], 5); /* the second period's third unit */
    model_close(&changed);
    model_close(&base);
}

static void test_copies_that_cannot_be(void **state) {
    (void)state;
    const pl_sheet_change changes[] = {COPY("n", "x"),
                                       COPY("u", "v"),
                                       COPY("", "v"),
                                       {S("indicators"), S("c"), {NULL, 0}, S("a"), PL_ACT_COPY, {.file = "--copy"}}};
    model_at_hand base = model_begin(), changed = model_begin();
    assert_int_equal(load_base(&base, 6), PL_OK);
    assert_int_equal(load_changed(&changed, &base, changes, 4), PL_INPUT);
    assert_problems(&changed.problems, "E373 --copy: nothing but a unit can be copied\n"
                                       "E334 --copy: there is no unit \"x\" in units.csv\n"
                                       "E373 --copy: the code \"u\" is taken\n"
                                       "E373 --copy: a unit that enters needs a code\n");
    model_close(&changed);
    model_close(&base);
}

/* ---- memory ---- */

static bool change_everything(void *context) {
    (void)context;
    const pl_sheet_change changes[] = {CHANGE("indicators", "b", "direction", "-1"), CHANGE("settings", "digits", "", "2"),
                                       CHANGE("units", "u", "kind", "z"), REMOVE("indicators", "b"), COPY("x", "w")};
    const size_t out[] = {1};
    model_at_hand base = model_begin(), changed = model_begin(), values = model_begin(), without = model_begin();
    pl_status status = load_base(&base, 6);
    if (status == PL_OK) status = load_changed(&changed, &base, changes, 5);
    size_t a = status == PL_OK ? element_of(base.dataset, "a") : 0;
    const pl_value_change value[] = {{0, 0, a, true, 70}, {1, 0, a, false, 0}};
    if (status == PL_OK) status = pl_dataset_changed(&values.dataset, base.dataset, value, 2);
    if (status == PL_OK) status = pl_dataset_without(&without.dataset, values.dataset, out, 1);
    if (status == PL_OK) status = model_score(&without, base.model, without.dataset);
    bool good = status == PL_OK;
    assert_int_equal(base.problems.errors + changed.problems.errors + without.problems.errors, 0);
    model_close(&without);
    model_close(&values);
    model_close(&changed);
    model_close(&base);
    return good;
}

static bool change_wrongly(void *context) {
    (void)context;
    const pl_sheet_change changes[] = {CHANGE("indicators", "aa", "weight", "1"), CHANGE("units", "u", "kinds", "z"),
                                       CHANGE("units", "x", "kind", "z"), COPY("n", "y"), COPY("u", "v")};
    model_at_hand base = model_begin(), changed = model_begin();
    pl_status status = load_base(&base, 6);
    if (status == PL_OK) status = load_changed(&changed, &base, changes, 5);
    bool told = status == PL_INPUT && !changed.problems.failed;
    model_close(&changed);
    model_close(&base);
    return told;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    assert_true(allocations_walk(change_everything, NULL, 100000) > 200);
    assert_true(allocations_walk(change_wrongly, NULL, 100000) > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_cell_a_column_and_a_setting),
                                       cmocka_unit_test(test_attributes_of_units),
                                       cmocka_unit_test(test_what_is_below_an_indicator_leaves_with_it),
                                       cmocka_unit_test(test_changes_of_changes),
                                       cmocka_unit_test(test_all_that_is_wrong_at_once),
                                       cmocka_unit_test(test_values),
                                       cmocka_unit_test(test_units_left_out),
                                       cmocka_unit_test(test_units_that_enter),
                                       cmocka_unit_test(test_what_a_copy_has),
                                       cmocka_unit_test(test_copies_that_cannot_be),
                                       cmocka_unit_test(test_every_allocation_may_fail)};
    return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
