/* Who may do what: properties that hold on any tree, and the table as the documents show it. */
#include "domain/access.h"

#include "support/allocations.h"

#include <plumbline/base/random.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNITS 40
#define GRANTS 4

/* A random tree, in which every unit's parent has a lower number, and the grants of one account. */
typedef struct scene {
    int64_t parent[UNITS + 1]; /* units are 1 .. UNITS; 0 is above the root */
    pl_grant grants[GRANTS + 1];
    size_t count;
} scene;

static scene make_scene(uint64_t number) {
    pl_random random = pl_random_stream(5, 1, number);
    scene s = {0};
    for (int64_t unit = 2; unit <= UNITS; unit++) s.parent[unit] = 1 + (int64_t)pl_random_below(&random, (uint64_t)unit - 1);
    s.count = (size_t)pl_random_below(&random, GRANTS + 1);
    for (size_t i = 0; i < s.count; i++)
        s.grants[i] = (pl_grant){(pl_role)pl_random_below(&random, PL_ROLES), 1 + (int64_t)pl_random_below(&random, UNITS)};
    return s;
}

static pl_access may(const scene *s, pl_rights scope, pl_right right, int64_t unit) {
    int64_t path[UNITS];
    size_t count = 0;
    for (; unit; unit = s->parent[unit]) path[count++] = unit;
    pl_asker asker = {s->grants, s->count, scope};
    return pl_access_may(&asker, right, (pl_unit_path){path, count});
}

static bool lies_below(const scene *s, int64_t unit, int64_t top) {
    while (unit && unit != top) unit = s->parent[unit];
    return unit == top;
}

#define FOR_EACH_QUESTION(s, unit, right)                                                                                          \
    for (int64_t unit = 1; unit <= UNITS; unit++)                                                                                  \
        for (int right = 0; right < PL_RIGHTS; right++)

/* The answer from its definition, which shares nothing with the code but the table. */
static void test_the_answer_is_what_it_says(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 300; n++) {
        scene s = make_scene(n);
        FOR_EACH_QUESTION(&s, unit, right) {
            bool over = false, allowed = false;
            for (size_t i = 0; i < s.count; i++) {
                if (!lies_below(&s, unit, s.grants[i].unit)) continue;
                over = true;
                allowed |= (pl_role_rights(s.grants[i].role) & PL_RIGHT(right)) != 0;
            }
            pl_access expected = !over ? PL_UNSEEN : allowed ? PL_ALLOWED : PL_FORBIDDEN;
            assert_int_equal(may(&s, PL_RIGHTS_ALL, (pl_right)right, unit), expected);
        }
    }
}

/* Whatever the right, a unit outside all subtrees is unseen: the answer does not depend on what was asked, so it tells nothing. */
static void test_outside_nothing_can_be_told_apart(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 300; n++) {
        scene s = make_scene(n);
        pl_asker asker = {s.grants, s.count, PL_RIGHTS_ALL};
        FOR_EACH_QUESTION(&s, unit, right) {
            bool over = false;
            for (size_t i = 0; i < s.count; i++) over |= lies_below(&s, unit, s.grants[i].unit);
            if (!over)
                assert_int_equal(may(&s, PL_RIGHTS_ALL, (pl_right)right, unit),
                                 pl_access_may(&asker, (pl_right)right, (pl_unit_path){0}));
        }
    }
}

static void test_more_grants_never_take_away(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 300; n++) {
        scene less = make_scene(n), more = less;
        pl_random random = pl_random_stream(5, 2, n);
        more.grants[more.count++] =
            (pl_grant){(pl_role)pl_random_below(&random, PL_ROLES), 1 + (int64_t)pl_random_below(&random, UNITS)};
        FOR_EACH_QUESTION(&less, unit, right)
        assert_true(may(&more, PL_RIGHTS_ALL, (pl_right)right, unit) >= may(&less, PL_RIGHTS_ALL, (pl_right)right, unit));
    }
}

static void test_a_scope_only_takes_away(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 300; n++) {
        scene s = make_scene(n);
        pl_random random = pl_random_stream(5, 3, n);
        pl_rights scope = (pl_rights)pl_random_bits(&random) & PL_RIGHTS_ALL;
        FOR_EACH_QUESTION(&s, unit, right) {
            pl_access with = may(&s, scope, (pl_right)right, unit), without = may(&s, PL_RIGHTS_ALL, (pl_right)right, unit);
            assert_true(with <= without);
            if (!(scope & PL_RIGHT(right))) assert_int_not_equal(with, PL_ALLOWED);
            if (!(scope & PL_RIGHT(PL_UNIT_SEE))) assert_int_equal(with, PL_UNSEEN);
        }
    }
}

/* What is allowed above is allowed below: a right is never lost on the way down. */
static void test_rights_reach_all_units_below(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 300; n++) {
        scene s = make_scene(n);
        FOR_EACH_QUESTION(&s, unit, right)
        if (s.parent[unit])
            assert_true(may(&s, PL_RIGHTS_ALL, (pl_right)right, unit) >= may(&s, PL_RIGHTS_ALL, (pl_right)right, s.parent[unit]));
    }
}

/* A list joins the subtrees with the closure table: it shows exactly the units that one by one are allowed. */
static void test_lists_and_single_answers_agree(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 300; n++) {
        scene s = make_scene(n);
        pl_asker asker = {s.grants, s.count, n % 3 ? PL_RIGHTS_ALL : PL_RIGHTS_ALL & ~PL_RIGHT(n % PL_RIGHTS)};
        FOR_EACH_QUESTION(&s, unit, right) {
            int64_t tops[GRANTS];
            size_t count = pl_access_subtrees(&asker, (pl_right)right, tops);
            assert_true(count <= s.count);
            bool listed = false;
            for (size_t i = 0; i < count; i++) listed |= lies_below(&s, unit, tops[i]);
            assert_int_equal(listed, may(&s, asker.scope, (pl_right)right, unit) == PL_ALLOWED);
        }
    }
}

/* ---- the roles ---- */

static void test_auditors_and_leaders_read_and_change_nothing(void **state) {
    (void)state;
    for (int right = 0; right < PL_RIGHTS; right++) {
        if (pl_right_only_reads((pl_right)right)) continue;
        assert_int_equal(pl_role_rights(PL_AUDITOR) & PL_RIGHT(right), 0);
        assert_int_equal(pl_role_rights(PL_LEADER) & PL_RIGHT(right), 0);
    }
    assert_true(pl_role_rights(PL_AUDITOR) & PL_RIGHT(PL_AUDIT_SEE));
}

/* Duties are kept apart (MLPS 8.1.4.2 d): no role has both of these. */
static void test_duties_are_kept_apart(void **state) {
    (void)state;
    static const pl_right apart[][2] = {{PL_PEOPLE_CHANGE, PL_AUDIT_SEE},    {PL_SETTINGS_CHANGE, PL_AUDIT_SEE},
                                        {PL_BACKUP, PL_VALUE_ENTER},         {PL_PEOPLE_CHANGE, PL_VALUE_ENTER},
                                        {PL_VALUE_ENTER, PL_VALUE_VERIFY},   {PL_VALUE_ENTER, PL_VALUE_APPROVE},
                                        {PL_VALUE_VERIFY, PL_VALUE_APPROVE}, {PL_RUN_PUBLISH, PL_VALUE_VERIFY},
                                        {PL_RUN_PUBLISH, PL_AUDIT_SEE},      {PL_PEOPLE_CHANGE, PL_RUN_PUBLISH}};
    for (int role = 0; role < PL_ROLES; role++)
        for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) {
            pl_rights both = PL_RIGHT(apart[i][0]) | PL_RIGHT(apart[i][1]);
            assert_int_not_equal(pl_role_rights((pl_role)role) & both, both);
        }
}

static void test_every_right_has_a_role_and_every_role_sees(void **state) {
    (void)state;
    pl_rights all = 0;
    for (int role = 0; role < PL_ROLES; role++) {
        all |= pl_role_rights((pl_role)role);
        assert_true(pl_role_rights((pl_role)role) & PL_RIGHT(PL_UNIT_SEE));
    }
    assert_int_equal(all, PL_RIGHTS_ALL);
}

static void test_roles_are_given_below_and_never_to_oneself(void **state) {
    (void)state;
    const pl_grant grants[] = {{PL_ADMINISTRATOR, 7}, {PL_REPORTER, 1}};
    pl_asker asker = {grants, 2, PL_RIGHTS_ALL};
    const int64_t below[] = {9, 7, 1}, beside[] = {8, 1}, elsewhere[] = {3, 2};
    assert_int_equal(pl_access_may_grant(&asker, false, (pl_unit_path){below, 3}), PL_ALLOWED);
    assert_int_equal(pl_access_may_grant(&asker, true, (pl_unit_path){below, 3}), PL_FORBIDDEN);
    assert_int_equal(pl_access_may_grant(&asker, false, (pl_unit_path){beside, 2}), PL_FORBIDDEN);
    assert_int_equal(pl_access_may_grant(&asker, true, (pl_unit_path){elsewhere, 2}), PL_UNSEEN);
}

/* ---- names ---- */

static void test_names_read_back(void **state) {
    (void)state;
    for (int role = 0; role < PL_ROLES; role++) {
        pl_role found;
        assert_true(pl_role_find(pl_str_of(pl_role_name((pl_role)role, false)), &found));
        assert_int_equal(found, role);
        assert_true(*pl_role_name((pl_role)role, true));
    }
    pl_role role;
    pl_right right;
    assert_false(pl_role_find(pl_str_of("root"), &role));
    assert_false(pl_right_find(pl_str_of("unit"), &right));
    pl_rights scope = 0;
    pl_str wrong;
    assert_true(pl_rights_read(pl_str_of("unit.see, value.enter；unit.see"), &scope, &wrong));
    assert_int_equal(scope, PL_RIGHT(PL_UNIT_SEE) | PL_RIGHT(PL_VALUE_ENTER));
    assert_false(pl_rights_read(pl_str_of("unit.see value.entre"), &scope, &wrong));
    assert_true(pl_str_is(wrong, "value.entre"));
    assert_false(pl_rights_read(pl_str_of(" , "), &scope, &wrong)); /* an empty scope is no scope */
}

static void test_scopes_write_back(void **state) {
    (void)state;
    for (uint64_t n = 1; n < 300; n++) {
        pl_random random = pl_random_stream(5, 4, n);
        pl_rights scope = (pl_rights)pl_random_bits(&random) & PL_RIGHTS_ALL, again = 0;
        pl_str wrong;
        pl_buffer out;
        pl_buffer_init(&out, 0);
        pl_rights_write(&out, scope);
        assert_int_equal(pl_rights_read(pl_buffer_view(&out), &again, &wrong), scope != 0);
        assert_int_equal(scope, again);
        pl_buffer_free(&out);
    }
}

/* docs/security.md shows the table as it is. */
static void test_the_document_has_the_table(void **state) {
    const char *path = *state;
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s cannot be read", path);
    pl_buffer text, table;
    pl_buffer_init(&text, 0);
    pl_buffer_init(&table, 0);
    for (int c; (c = fgetc(file)) != EOF;) pl_buffer_char(&text, (char)c);
    fclose(file);
    pl_access_table(&table);
    bool there = text.at && strstr(text.at, table.at);
    if (!there) fputs(table.at, stderr); /* whole: a message of cmocka is cut after 1,024 bytes */
    assert_true(there);
    pl_buffer_free(&text);
    pl_buffer_free(&table);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_answer_is_what_it_says),
        cmocka_unit_test(test_outside_nothing_can_be_told_apart),
        cmocka_unit_test(test_more_grants_never_take_away),
        cmocka_unit_test(test_a_scope_only_takes_away),
        cmocka_unit_test(test_rights_reach_all_units_below),
        cmocka_unit_test(test_lists_and_single_answers_agree),
        cmocka_unit_test(test_auditors_and_leaders_read_and_change_nothing),
        cmocka_unit_test(test_duties_are_kept_apart),
        cmocka_unit_test(test_every_right_has_a_role_and_every_role_sees),
        cmocka_unit_test(test_roles_are_given_below_and_never_to_oneself),
        cmocka_unit_test(test_names_read_back),
        cmocka_unit_test(test_scopes_write_back),
        cmocka_unit_test_prestate(test_the_document_has_the_table, arguments[1]),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
