/* The tree of units keeps its history: any day can be looked at afterwards, as it was said to be. */
#include "fixture.h"

#include "domain/units.h"
#include "support/allocations.h"

#include <plumbline/base/date.h>
#include <plumbline/base/random.h>

#include <stdio.h>
#include <string.h>

static const pl_actor actor = {{"ye", 2}, {"127.0.0.1", 9}, {"2026-01-31T08:00:00.000Z", 24}};

/* ---- a few lines for a change ---- */

typedef enum what { ADD, RENAME, REGROUP, MOVE, END, MERGE, SPLIT } what;

typedef struct deed {
    what what;
    const char *day, *code, *text; /* text: a name or group */
    int64_t unit, to;              /* to: parent or heir */
    int64_t made[2];
    char problem[8]; /* the code of the first problem, or empty */
} deed;

static pl_status do_it(pl_tx *tx, void *context) {
    deed *d = context;
    pl_problems problems;
    pl_problems_init(&problems, 0);
    pl_unit_change c = {&actor, pl_str_of(d->day), &problems};
    pl_unit_spec spec = {pl_str_of(d->code ? d->code : ""), pl_str_of(d->text ? d->text : ""), {0}, d->to};
    pl_unit_spec halves[2] = {{pl_str_of("half-a"), pl_str_of("甲"), {0}, d->to},
                              {pl_str_of("half-b"), pl_str_of("乙"), {0}, d->to}};
    pl_status status = PL_OK;
    switch (d->what) {
    case ADD: status = pl_unit_add(tx, &c, &spec, &d->made[0]); break;
    case RENAME: status = pl_unit_rename(tx, &c, d->unit, pl_str_of(d->text)); break;
    case REGROUP: status = pl_unit_regroup(tx, &c, d->unit, pl_str_of(d->text)); break;
    case MOVE: status = pl_unit_move(tx, &c, d->unit, d->to); break;
    case END: status = pl_unit_end(tx, &c, d->unit); break;
    case MERGE: status = pl_unit_merge(tx, &c, &d->unit, 1, d->to); break;
    case SPLIT: status = pl_unit_split(tx, &c, d->unit, halves, 2, d->made); break;
    }
    snprintf(d->problem, sizeof d->problem, "%s", problems.count ? problems.items[0].code : "");
    pl_problems_free(&problems);
    return status;
}

static pl_status attempt(pl_store *store, deed *d) { return pl_store_write(store, 1, do_it, d, NULL, NULL); }

static int64_t must(pl_store *store, deed d) {
    if (attempt(store, &d) != PL_OK) fail_msg("refused on %s: %s", d.day, d.problem);
    return d.made[0];
}

static void must_not(pl_store *store, const char *problem, deed d) {
    assert_int_equal(attempt(store, &d), PL_INPUT);
    assert_string_equal(d.problem, problem);
}

/* ---- a day as text: code(name) of each unit below the root, by depth ---- */

typedef struct view {
    int64_t root;
    const char *day;
    pl_buffer out;
} view;

static pl_status look(pl_tx *tx, void *context) {
    view *v = context;
    pl_rows rows;
    pl_buffer_clear(&v->out);
    pl_status status = pl_units_at(tx, 1, v->root, pl_str_of(v->day), &rows);
    for (size_t i = 0; status == PL_OK && i < rows.count; i++)
        pl_buffer_print(&v->out, "%s%lld:%.*s(%.*s)", i ? " " : "", (long long)pl_rows_at(&rows, i, 5)->integer,
                        PL_ARG(pl_rows_at(&rows, i, 1)->bytes), PL_ARG(pl_rows_at(&rows, i, 2)->bytes));
    pl_rows_free(&rows);
    return status;
}

static void shows(pl_store *store, int64_t root, const char *day, const char *expected) {
    view v = {.root = root, .day = day};
    pl_buffer_init(&v.out, 0);
    pl_buffer_text(&v.out, "");
    assert_int_equal(pl_store_read(store, look, &v, NULL, NULL), PL_OK);
    assert_string_equal(v.out.at ? v.out.at : "", expected);
    pl_buffer_free(&v.out);
}

static void test_every_day_stays_as_it_was(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t city = must(store, (deed){ADD, "2025-01-01", "C", "市", .to = 0});
    int64_t a = must(store, (deed){ADD, "2025-01-01", "A", "甲区", .to = city});
    int64_t b = must(store, (deed){ADD, "2025-02-01", "B", "乙区", .to = city});
    int64_t s = must(store, (deed){ADD, "2025-02-01", "S", "街道", .to = a});
    must(store, (deed){RENAME, "2025-03-01", NULL, "新甲区", .unit = a});
    must(store, (deed){MOVE, "2025-04-01", .unit = s, .to = b});
    must(store, (deed){END, "2025-05-01", .unit = a});
    shows(store, city, "2024-12-31", "");
    shows(store, city, "2025-01-31", "0:C(市) 1:A(甲区)");
    shows(store, city, "2025-02-28", "0:C(市) 1:A(甲区) 1:B(乙区) 2:S(街道)");
    shows(store, a, "2025-03-31", "0:A(新甲区) 1:S(街道)");
    shows(store, a, "2025-04-01", "0:A(新甲区)");
    shows(store, b, "2025-04-01", "0:B(乙区) 1:S(街道)");
    shows(store, city, "2030-01-01", "0:C(市) 1:B(乙区) 2:S(街道)");
    pl_store_close(store);
}

static void test_merging_and_splitting(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t city = must(store, (deed){ADD, "2025-01-01", "C", "市"});
    int64_t a = must(store, (deed){ADD, "2025-01-01", "A", "甲区", .to = city});
    int64_t b = must(store, (deed){ADD, "2025-01-01", "B", "乙区", .to = city});
    must(store, (deed){ADD, "2025-01-01", "S", "街道", .to = a});
    must(store, (deed){MERGE, "2025-06-01", .unit = a, .to = b});
    shows(store, city, "2025-05-31", "0:C(市) 1:A(甲区) 1:B(乙区) 2:S(街道)");
    shows(store, city, "2025-06-01", "0:C(市) 1:B(乙区) 2:S(街道)");
    must(store, (deed){SPLIT, "2025-07-01", .unit = b, .to = city});
    shows(store, city, "2025-07-01", "0:C(市) 1:half-a(甲) 1:half-b(乙) 2:S(街道)");
    int64_t top = must(store, (deed){ADD, "2025-08-01", "T", "镇", .to = city}), below;
    below = must(store, (deed){ADD, "2025-08-01", "U", "村", .to = top});
    must(store, (deed){MERGE, "2025-09-01", .unit = top, .to = below});
    shows(store, below, "2025-09-01", "0:U(村)");
    shows(store, city, "2025-09-01", "0:C(市) 1:U(村) 1:half-a(甲) 1:half-b(乙) 2:S(街道)");
    pl_store_close(store);
}

static void test_what_cannot_be_is_refused(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t city = must(store, (deed){ADD, "2025-01-01", "C", "市"});
    int64_t a = must(store, (deed){ADD, "2025-02-01", "A", "甲区", .to = city});
    int64_t s = must(store, (deed){ADD, "2025-02-01", "S", "街道", .to = a});
    must_not(store, "E941", (deed){RENAME, "2025-03-01", NULL, "x", .unit = 99});
    must_not(store, "E941", (deed){RENAME, "2025-01-31", NULL, "x", .unit = a});
    must_not(store, "E941", (deed){ADD, "2025-03-01", "B", "乙区", .to = 99});
    must_not(store, "E942", (deed){ADD, "2025-03-01", "A", "又一甲区", .to = city});
    must_not(store, "E943", (deed){MOVE, "2025-03-01", .unit = a, .to = s});
    must_not(store, "E943", (deed){MOVE, "2025-03-01", .unit = a, .to = a});
    must_not(store, "E945", (deed){END, "2025-03-01", .unit = a});
    must_not(store, "E946", (deed){RENAME, "2025-02-30", NULL, "x", .unit = a});
    must_not(store, "E946", (deed){RENAME, "2025/03/01", NULL, "x", .unit = a});
    must_not(store, "E947", (deed){RENAME, "2025-03-01", NULL, "", .unit = a});
    must(store, (deed){END, "2025-06-01", .unit = s});
    must_not(store, "E944", (deed){END, "2025-05-01", .unit = a});
    must_not(store, "E942", (deed){ADD, "2025-07-01", "S", "街道", .to = a});
    must_not(store, "E941", (deed){MOVE, "2025-07-01", .unit = s, .to = city});
    shows(store, city, "2025-05-31", "0:C(市) 1:A(甲区) 2:S(街道)");
    pl_store_close(store);
}

/* ---- what is kept ---- */

static pl_status check_kept(pl_tx *tx, void *context) {
    const int64_t *units = context; /* a renamed and regrouped one that ended, and its heir */
    static const char *const expected[] = {"2025-01-01 2025-02-01 甲区 -", "2025-02-01 2025-03-01 新甲区 -",
                                           "2025-03-01 2025-06-01 新甲区 一类"};
    pl_rows rows;
    pl_status status = pl_unit_history(tx, 1, units[0], &rows);
    assert_int_equal(rows.count, 3);
    for (size_t i = 0; i < rows.count; i++) {
        char line[200];
        const pl_value *row = pl_rows_at(&rows, i, 0);
        snprintf(line, sizeof line, "%s %s %s %s", row[0].bytes.at, row[1].bytes.at, row[2].bytes.at,
                 row[3].kind == PL_VALUE_MISSING ? "-" : row[3].bytes.at);
        assert_string_equal(line, expected[i]);
    }
    pl_rows_free(&rows);
    if (status == PL_OK) status = pl_unit_heirs(tx, 1, units[0], &rows);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.values[0].integer, units[1]);
    assert_true(pl_str_is(rows.values[1].bytes, "2025-06-01"));
    pl_rows_free(&rows);
    return status;
}

static void test_history_heirs_and_audit(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t units[2], city = must(store, (deed){ADD, "2025-01-01", "C", "市"});
    units[0] = must(store, (deed){ADD, "2025-01-01", "A", "甲区", .to = city});
    units[1] = must(store, (deed){ADD, "2025-01-01", "B", "乙区", .to = city});
    must(store, (deed){RENAME, "2025-02-01", NULL, "错字", .unit = units[0]});
    must(store, (deed){RENAME, "2025-02-01", NULL, "新甲区", .unit = units[0]}); /* the last of the day counts */
    must(store, (deed){REGROUP, "2025-03-01", NULL, "一类", .unit = units[0]});
    must(store, (deed){MERGE, "2025-06-01", .unit = units[0], .to = units[1]});
    assert_int_equal(pl_store_read(store, check_kept, units, NULL, NULL), PL_OK);
    pl_buffer lines;
    pl_output output;
    pl_buffer_init(&lines, 0);
    pl_output_init(&output, pl_sink_buffer, &lines);
    assert_int_equal(pl_audit_export(store, 1, &output, NULL), PL_OK);
    assert_int_equal(pl_output_finish(&output), PL_OK);
    assert_non_null(strstr(lines.at, "unit.merge"));
    assert_non_null(strstr(lines.at, "新甲区"));
    pl_buffer_free(&lines);
    pl_store_close(store);
}

/* ---- memory ---- */

/* Undone at the end, so that every attempt finds the same. */
static pl_status change_much(pl_tx *tx, void *context) {
    (void)context;
    static const deed deeds[] = {{ADD, "2025-06-01", "X", "新", .to = 1},
                                 {RENAME, "2025-06-01", NULL, "改", .unit = 2},
                                 {MOVE, "2025-06-02", .unit = 3, .to = 1},
                                 {MERGE, "2025-06-03", .unit = 2, .to = 3}};
    pl_status status = PL_OK;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds && status == PL_OK; i++) {
        deed d = deeds[i];
        status = do_it(tx, &d);
    }
    return status == PL_OK ? PL_CANCELLED : status;
}

static bool attempt_much(void *context) {
    pl_status status = pl_store_write(context, 1, change_much, NULL, NULL, NULL);
    assert_true(status == PL_CANCELLED || status == PL_MEMORY);
    return status == PL_CANCELLED;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    pl_store *store = fixture_store();
    int64_t city = must(store, (deed){ADD, "2025-01-01", "C", "市"});
    must(store, (deed){ADD, "2025-01-01", "A", "甲区", .to = city});
    must(store, (deed){ADD, "2025-01-01", "S", "街道", .to = 2});
    assert_true(attempt_much(store)); /* statements are prepared once */
    assert_true(allocations_walk(attempt_much, store, 2000) > 20);
    pl_store_close(store);
}

/* ---- random histories beside a plain list of all days ---- */

enum { UNITS = 14, DAYS = 40 };

typedef struct plain {
    bool there[DAYS][UNITS + 1];
    int64_t parent[DAYS][UNITS + 1];
    int name[DAYS][UNITS + 1];
} plain;

static void day_text(int day, char out[PL_DATE_SIZE]) { pl_date_print(out, pl_date_number(2025, 1, 1) + day); }

/* From the day on. */
static void say(plain *p, int day, int64_t unit, bool there, int64_t parent, int name) {
    for (; day < DAYS; day++) {
        p->there[day][unit] = there;
        p->parent[day][unit] = parent;
        p->name[day][unit] = name;
    }
}

static bool is_below(const plain *p, int day, int64_t unit, int64_t above) {
    for (; unit; unit = p->parent[day][unit])
        if (unit == above) return true;
    return false;
}

static bool has_children(const plain *p, int day, int64_t unit) {
    for (int u = 1; u <= UNITS; u++)
        if (p->there[day][u] && p->parent[day][u] == unit) return true;
    return false;
}

static int64_t any_unit(const plain *p, int day, pl_random *random) {
    int64_t unit = 1 + (int64_t)pl_random_below(random, UNITS);
    return p->there[day][unit] ? unit : 1;
}

/* One change on a day; what the plain list does not allow must be refused. */
static void change(pl_store *store, plain *p, int day, int64_t *made, pl_random *random) {
    char on[PL_DATE_SIZE], code[16], name[16];
    int number = (int)pl_random_below(random, 1000);
    day_text(day, on);
    snprintf(name, sizeof name, "n%d", number);
    int64_t unit = any_unit(p, day, random), to = any_unit(p, day, random);
    unsigned kind = (unsigned)pl_random_below(random, 4);
    if (*made < UNITS && (kind == 0 || *made < 4)) {
        snprintf(code, sizeof code, "u%02d", (int)*made + 1);
        assert_int_equal(must(store, (deed){ADD, on, code, name, .to = to}), ++*made);
        say(p, day, *made, true, to, number);
    } else if (kind == 1) {
        must(store, (deed){RENAME, on, NULL, name, .unit = unit});
        say(p, day, unit, true, p->parent[day][unit], number);
    } else if (kind == 2 && unit != 1) {
        deed d = {MOVE, on, .unit = unit, .to = to};
        bool fine = !is_below(p, day, to, unit);
        assert_int_equal(attempt(store, &d), fine ? PL_OK : PL_INPUT);
        if (fine) say(p, day, unit, true, to, p->name[day][unit]);
    } else if (kind == 3 && unit != 1) {
        deed d = {END, on, .unit = unit};
        bool fine = !has_children(p, day, unit);
        assert_int_equal(attempt(store, &d), fine ? PL_OK : PL_INPUT);
        if (fine) say(p, day, unit, false, 0, 0);
    }
}

static pl_status compare_path(pl_tx *tx, const plain *p, int day, int64_t unit, const char *on) {
    pl_rows rows;
    pl_status status = pl_unit_path_at(tx, 1, unit, pl_str_of(on), &rows);
    int64_t expected = p->there[day][unit] ? unit : 0;
    for (size_t i = 0; status == PL_OK && i < rows.count; i++, expected = p->parent[day][expected])
        assert_int_equal(rows.values[i].integer, expected);
    if (status == PL_OK) assert_int_equal(expected, 0);
    pl_rows_free(&rows);
    return status;
}

static pl_status compare_days(pl_tx *tx, void *context) {
    const plain *p = context;
    pl_status status = PL_OK;
    for (int day = 0; day < DAYS && status == PL_OK; day++) {
        char on[PL_DATE_SIZE];
        size_t there = 0;
        pl_rows rows;
        day_text(day, on);
        for (int64_t u = 1; u <= UNITS && status == PL_OK; u++) {
            there += p->there[day][u];
            status = compare_path(tx, p, day, u, on);
        }
        if (status != PL_OK) return status;
        status = pl_units_at(tx, 1, 1, pl_str_of(on), &rows);
        assert_int_equal(rows.count, there);
        for (size_t i = 0; i < rows.count; i++) {
            int64_t unit = pl_rows_at(&rows, i, 0)->integer;
            char name[16];
            snprintf(name, sizeof name, "n%d", p->name[day][unit]);
            assert_true(p->there[day][unit] && pl_str_is(pl_rows_at(&rows, i, 2)->bytes, name));
            assert_int_equal(pl_rows_at(&rows, i, 4)->integer, p->parent[day][unit]);
        }
        pl_rows_free(&rows);
    }
    return status;
}

static void test_random_histories(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        pl_store *store = fixture_store();
        pl_random random = pl_random_stream(seed, 1, 0);
        static plain p;
        memset(&p, 0, sizeof p);
        int64_t made = must(store, (deed){ADD, "2025-01-01", "u01", "n0"});
        say(&p, 0, 1, true, 0, 0);
        for (int day = 0; day < DAYS; day++)
            for (int i = 0; i < 3; i++) change(store, &p, day, &made, &random);
        assert_int_equal(pl_store_read(store, compare_days, &p, NULL, NULL), PL_OK);
        size_t audited = 0;
        assert_int_equal(pl_audit_verify(store, &audited, NULL), PL_OK);
        assert_true(audited > 40);
        pl_store_close(store);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_day_stays_as_it_was), cmocka_unit_test(test_merging_and_splitting),
    cmocka_unit_test(test_what_cannot_be_is_refused), cmocka_unit_test(test_history_heirs_and_audit),
    cmocka_unit_test(test_every_allocation_may_fail), cmocka_unit_test(test_random_histories),
};

SUITE("domain units", tests)
