#include "domain/units.h"

#include "units_sql.h"

#include <plumbline/base/date.h>
#include <plumbline/table/write.h>

#include <string.h>

/* What a unit is on the day of a change. */
typedef struct unit_state {
    pl_rows rows; /* owns the texts */
    pl_str code, name, group;
    int64_t parent;
    pl_str since;
} unit_state;

static pl_value number(int64_t n) { return pl_value_integer(n); }
static pl_value text(pl_str t) { return pl_value_text(t); }
static pl_value text_or_missing(pl_str t) { return t.len ? pl_value_text(t) : pl_value_missing(); }
static pl_value number_or_missing(int64_t n) { return n ? pl_value_integer(n) : pl_value_missing(); }

#define RUN(tx, statement, ...)                                                                                                    \
    run(tx, &pl_sql_##statement, (const pl_value[]){__VA_ARGS__}, sizeof((const pl_value[]){__VA_ARGS__}) / sizeof(pl_value))

static pl_status run(pl_tx *tx, const pl_statement *statement, const pl_value *values, size_t count) {
    return pl_tx_run(tx, statement, values, count, NULL);
}

static pl_status wrong(const pl_unit_change *c, const char *code, pl_str about, const char *what) {
    return pl_problem_add(c->problems, PL_ERROR, code, (pl_place){.file = "units"}, "\"%.*s\" %s", PL_ARG(about), what);
}

/* ---- what is asked of a change ---- */

static pl_status check_day(const pl_unit_change *c) {
    int32_t date;
    char written[PL_DATE_SIZE];
    if (pl_date_parse(c->day, &date)) {
        pl_date_print(written, date);
        if (pl_str_is(c->day, written) && strcmp(written, "9999-12-31") < 0) return PL_OK;
    }
    return wrong(c, "E946", c->day, "is no day; write it as 2025-06-30");
}

static pl_status check_text(const pl_unit_change *c, pl_str given, size_t most, const char *what) {
    if (given.len && given.len <= most && pl_utf8_check(given) == given.len) return PL_OK;
    return pl_problem_add(c->problems, PL_ERROR, "E947", (pl_place){.file = "units"}, "the %s must have 1 to %zu bytes of text",
                          what, most);
}

static pl_status read_state(pl_tx *tx, const pl_unit_change *c, int64_t unit, unit_state *out) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(unit), text(c->day)};
    *out = (unit_state){0};
    pl_status status = pl_tx_rows(tx, &out->rows, &pl_sql_unit_state_at, values, 3);
    if (status != PL_OK) return status;
    if (out->rows.count == 0)
        return pl_problem_add(c->problems, PL_ERROR, "E941", (pl_place){.file = "units"}, "there is no such unit on %.*s",
                              PL_ARG(c->day));
    const pl_value *row = out->rows.values;
    out->code = row[0].bytes;
    out->name = row[1].bytes;
    out->group = row[2].bytes;
    out->parent = row[3].kind == PL_VALUE_INTEGER ? row[3].integer : 0;
    out->since = row[4].bytes;
    return PL_OK;
}

/* Nothing that the change touches may have changed after its day. */
static pl_status check_order(pl_tx *tx, const pl_unit_change *c, const pl_statement *last_change, int64_t unit, pl_str code) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(unit)};
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, last_change, values, 2);
    if (status == PL_OK && rows.count && rows.values[0].kind == PL_VALUE_TEXT) {
        pl_str last = rows.values[0].bytes;
        if (memcmp(last.at, c->day.at, c->day.len) > 0)
            status =
                pl_problem_add(c->problems, PL_ERROR, "E944", (pl_place){.file = "units"},
                               "\"%.*s\" has changed on %.*s; a change must not be dated before that", PL_ARG(code), PL_ARG(last));
    }
    pl_rows_free(&rows);
    return status;
}

/* A unit that exists on the day and may be changed from it on. */
static pl_status take_unit(pl_tx *tx, const pl_unit_change *c, int64_t unit, unit_state *out) {
    pl_status status = read_state(tx, c, unit, out);
    return status == PL_OK ? check_order(tx, c, &pl_sql_unit_last_change, unit, out->code) : status;
}

/* ---- the audit ---- */

static void write_state(pl_json_writer *w, const unit_state *s, pl_str day) {
    pl_json_object(w);
    pl_json_key(w, "from");
    pl_json_text(w, day);
    pl_json_key(w, "name");
    pl_json_text(w, s->name);
    pl_json_key(w, "group");
    pl_json_text_or_null(w, s->group);
    pl_json_key(w, "parent");
    pl_json_integer(w, s->parent);
    pl_json_end(w);
}

/* The state as JSON in `out`; NULL: missing. */
static pl_status state_text(const unit_state *state, pl_str day, pl_buffer *out) {
    if (!state) return PL_OK;
    pl_output output;
    pl_json_writer w;
    pl_output_init(&output, pl_sink_buffer, out);
    pl_json_begin(&w, &output, false);
    write_state(&w, state, day);
    return pl_output_finish(&output);
}

static pl_status record(pl_tx *tx, const pl_unit_change *c, const char *action, pl_str code, const unit_state *before,
                        const unit_state *after) {
    pl_buffer old, new;
    pl_buffer_init(&old, 0);
    pl_buffer_init(&new, 0);
    pl_status status = state_text(before, before ? before->since : c->day, &old);
    if (status == PL_OK) status = state_text(after, c->day, &new);
    if (status == PL_OK) status = pl_actor_record(tx, c->actor, action, code, pl_buffer_view(&old), pl_buffer_view(&new));
    pl_buffer_free(&old);
    pl_buffer_free(&new);
    return status;
}

/* ---- changing ---- */

/* From the day on the unit is as `now`; what it was before the day stays. */
static pl_status put_state(pl_tx *tx, const pl_unit_change *c, int64_t unit, const unit_state *now) {
    pl_value realm = number(pl_tx_realm(tx));
    pl_status status = RUN(tx, unit_state_drop, realm, number(unit), text(c->day));
    if (status == PL_OK) status = RUN(tx, unit_state_close, realm, number(unit), text(c->day));
    if (status == PL_OK)
        status = RUN(tx, unit_state_open, realm, number(unit), text(now->name), text_or_missing(now->group),
                     number_or_missing(now->parent), text(c->day));
    return status;
}

static pl_status change_state(pl_tx *tx, const pl_unit_change *c, int64_t unit, const char *action, const unit_state *was,
                              const unit_state *now) {
    pl_status status = put_state(tx, c, unit, now);
    return status == PL_OK ? record(tx, c, action, was->code, was, now) : status;
}

pl_status pl_unit_rename(pl_tx *tx, const pl_unit_change *c, int64_t unit, pl_str name) {
    unit_state was = {0};
    pl_status status = check_day(c);
    if (status == PL_OK) status = check_text(c, name, PL_UNIT_NAME_BYTES, "name");
    if (status == PL_OK) status = take_unit(tx, c, unit, &was);
    unit_state now = was;
    now.name = name;
    if (status == PL_OK) status = change_state(tx, c, unit, "unit.rename", &was, &now);
    pl_rows_free(&was.rows);
    return status;
}

pl_status pl_unit_regroup(pl_tx *tx, const pl_unit_change *c, int64_t unit, pl_str group) {
    unit_state was = {0};
    pl_status status = check_day(c);
    if (status == PL_OK && group.len) status = check_text(c, group, PL_UNIT_NAME_BYTES, "group");
    if (status == PL_OK) status = take_unit(tx, c, unit, &was);
    unit_state now = was;
    now.group = group;
    if (status == PL_OK) status = change_state(tx, c, unit, "unit.regroup", &was, &now);
    pl_rows_free(&was.rows);
    return status;
}

/* A unit that others may come below from the day on: what changed below it does not matter, what changed above it does. */
static pl_status check_parent(pl_tx *tx, const pl_unit_change *c, int64_t parent) {
    unit_state above = {0};
    pl_status status = parent ? read_state(tx, c, parent, &above) : PL_OK;
    if (status == PL_OK && parent) status = check_order(tx, c, &pl_sql_unit_last_above, parent, above.code);
    pl_rows_free(&above.rows);
    return status;
}

static pl_status check_new(pl_tx *tx, const pl_unit_change *c, const pl_unit_spec *spec) {
    int64_t there = 0;
    pl_status worst = check_text(c, spec->code, PL_UNIT_CODE_BYTES, "code");
    worst = pl_status_worse(worst, check_text(c, spec->name, PL_UNIT_NAME_BYTES, "name"));
    if (spec->group.len) worst = pl_status_worse(worst, check_text(c, spec->group, PL_UNIT_NAME_BYTES, "group"));
    if (worst == PL_OK) worst = pl_unit_find(tx, pl_tx_realm(tx), spec->code, &there);
    if (worst == PL_OK && there) worst = wrong(c, "E942", spec->code, "was given to a unit before; choose another code");
    return worst == PL_OK ? check_parent(tx, c, spec->parent) : worst;
}

static pl_status next_number(pl_tx *tx, int64_t *out) {
    const pl_value realm = number(pl_tx_realm(tx));
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_unit_next, &realm, 1);
    if (status == PL_OK) *out = rows.values[0].integer;
    pl_rows_free(&rows);
    return status;
}

static pl_status tie(pl_tx *tx, const pl_unit_change *c, int64_t unit, int64_t parent) {
    if (!parent) return PL_OK;
    return RUN(tx, unit_path_tie, number(pl_tx_realm(tx)), number(unit), number(parent), text(c->day));
}

static pl_status insert(pl_tx *tx, const pl_unit_change *c, const pl_unit_spec *spec, int64_t unit) {
    pl_value realm = number(pl_tx_realm(tx));
    unit_state now = {.code = spec->code, .name = spec->name, .group = spec->group, .parent = spec->parent};
    pl_status status = RUN(tx, unit_insert, realm, number(unit), text(spec->code));
    if (status == PL_OK) status = put_state(tx, c, unit, &now);
    if (status == PL_OK) status = RUN(tx, unit_path_self, realm, number(unit), text(c->day));
    if (status == PL_OK) status = tie(tx, c, unit, spec->parent);
    return status == PL_OK ? record(tx, c, "unit.add", spec->code, NULL, &now) : status;
}

pl_status pl_unit_add(pl_tx *tx, const pl_unit_change *c, const pl_unit_spec *spec, int64_t *out) {
    *out = 0;
    pl_status status = check_day(c);
    if (status == PL_OK) status = check_new(tx, c, spec);
    if (status == PL_OK) status = next_number(tx, out);
    return status == PL_OK ? insert(tx, c, spec, *out) : status;
}

static pl_status check_not_below(pl_tx *tx, const pl_unit_change *c, int64_t unit, int64_t parent, pl_str code) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(unit), number(parent)};
    pl_rows rows = {0};
    pl_status status = parent ? pl_tx_rows(tx, &rows, &pl_sql_unit_is_below, values, 3) : PL_OK;
    if (status == PL_OK && rows.count) status = wrong(c, "E943", code, "would be below itself; move it elsewhere");
    pl_rows_free(&rows);
    return status;
}

pl_status pl_unit_move(pl_tx *tx, const pl_unit_change *c, int64_t unit, int64_t parent) {
    unit_state was = {0};
    pl_value realm = number(pl_tx_realm(tx));
    pl_status status = check_day(c);
    if (status == PL_OK) status = take_unit(tx, c, unit, &was);
    if (status == PL_OK) status = check_parent(tx, c, parent);
    if (status == PL_OK) status = check_not_below(tx, c, unit, parent, was.code);
    if (status == PL_OK) status = RUN(tx, unit_path_loosen_new, realm, number(unit), text(c->day));
    if (status == PL_OK) status = RUN(tx, unit_path_loosen, realm, number(unit), text(c->day));
    if (status == PL_OK) status = tie(tx, c, unit, parent);
    unit_state now = was;
    now.parent = parent;
    if (status == PL_OK) status = change_state(tx, c, unit, "unit.move", &was, &now);
    pl_rows_free(&was.rows);
    return status;
}

static pl_status children_of(pl_tx *tx, int64_t unit, pl_rows *rows) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(unit)};
    return pl_tx_rows(tx, rows, &pl_sql_unit_children, values, 2);
}

static pl_status check_no_children(pl_tx *tx, const pl_unit_change *c, int64_t unit, pl_str code) {
    pl_rows rows;
    pl_status status = children_of(tx, unit, &rows);
    if (status == PL_OK && rows.count) status = wrong(c, "E945", code, "has units below it; move or end them first");
    pl_rows_free(&rows);
    return status;
}

static pl_status end_with(pl_tx *tx, const pl_unit_change *c, int64_t unit, const char *action) {
    unit_state was = {0};
    pl_value realm = number(pl_tx_realm(tx)), number_of = number(unit), day = text(c->day);
    pl_status status = take_unit(tx, c, unit, &was);
    if (status == PL_OK) status = check_no_children(tx, c, unit, was.code);
    if (status == PL_OK) status = RUN(tx, unit_path_end_new, realm, number_of, day);
    if (status == PL_OK) status = RUN(tx, unit_path_end, realm, number_of, day);
    if (status == PL_OK) status = RUN(tx, unit_state_drop, realm, number_of, day);
    if (status == PL_OK) status = RUN(tx, unit_state_close, realm, number_of, day);
    if (status == PL_OK) status = record(tx, c, action, was.code, &was, NULL);
    pl_rows_free(&was.rows);
    return status;
}

pl_status pl_unit_end(pl_tx *tx, const pl_unit_change *c, int64_t unit) {
    pl_status status = check_day(c);
    return status == PL_OK ? end_with(tx, c, unit, "unit.end") : status;
}

static pl_status move_children(pl_tx *tx, const pl_unit_change *c, int64_t unit, int64_t heir) {
    pl_rows rows;
    pl_status status = children_of(tx, unit, &rows);
    for (size_t i = 0; status == PL_OK && i < rows.count; i++)
        if (rows.values[i].integer != heir) status = pl_unit_move(tx, c, rows.values[i].integer, heir);
    pl_rows_free(&rows);
    return status;
}

static pl_status inherit(pl_tx *tx, const pl_unit_change *c, int64_t unit, int64_t heir) {
    return RUN(tx, unit_heir_add, number(pl_tx_realm(tx)), number(unit), number(heir), text(c->day));
}

/* An heir below the unit comes to where that was. */
static pl_status lift_heir(pl_tx *tx, const pl_unit_change *c, int64_t unit, int64_t heir) {
    const pl_value values[] = {number(pl_tx_realm(tx)), number(unit), number(heir)};
    unit_state was = {0};
    pl_rows rows;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_unit_is_below, values, 3);
    if (status == PL_OK && rows.count) {
        status = read_state(tx, c, unit, &was);
        if (status == PL_OK) status = pl_unit_move(tx, c, heir, was.parent);
    }
    pl_rows_free(&rows);
    pl_rows_free(&was.rows);
    return status;
}

pl_status pl_unit_merge(pl_tx *tx, const pl_unit_change *c, const int64_t *units, size_t count, int64_t heir) {
    pl_status status = check_day(c);
    if (status == PL_OK) status = check_parent(tx, c, heir);
    for (size_t i = 0; status == PL_OK && i < count; i++) {
        if (units[i] == heir) continue;
        status = lift_heir(tx, c, units[i], heir);
        if (status == PL_OK) status = move_children(tx, c, units[i], heir);
        if (status == PL_OK) status = end_with(tx, c, units[i], "unit.merge");
        if (status == PL_OK) status = inherit(tx, c, units[i], heir);
    }
    return status;
}

pl_status pl_unit_split(pl_tx *tx, const pl_unit_change *c, int64_t unit, const pl_unit_spec *specs, size_t count, int64_t *out) {
    pl_status status = check_day(c);
    for (size_t i = 0; status == PL_OK && i < count; i++) status = pl_unit_add(tx, c, &specs[i], &out[i]);
    if (status == PL_OK && count) status = move_children(tx, c, unit, out[0]);
    if (status == PL_OK) status = end_with(tx, c, unit, "unit.split");
    for (size_t i = 0; status == PL_OK && i < count; i++) status = inherit(tx, c, unit, out[i]);
    return status;
}

/* ---- asking ---- */

pl_status pl_unit_find(pl_tx *tx, int64_t realm, pl_str code, int64_t *out) {
    const pl_value values[] = {number(realm), text(code)};
    pl_rows rows;
    *out = 0;
    pl_status status = pl_tx_rows(tx, &rows, &pl_sql_unit_by_code, values, 2);
    if (status == PL_OK && rows.count) *out = rows.values[0].integer;
    pl_rows_free(&rows);
    return status;
}

static pl_status ask(pl_tx *tx, const pl_statement *statement, int64_t realm, int64_t unit, pl_str day, pl_rows *rows) {
    const pl_value values[] = {number(realm), number(unit), text(day)};
    return pl_tx_rows(tx, rows, statement, values, day.at ? 3 : 2);
}

pl_status pl_units_at(pl_tx *tx, int64_t realm, int64_t root, pl_str day, pl_rows *rows) {
    return ask(tx, &pl_sql_units_at, realm, root, day, rows);
}

pl_status pl_unit_path_at(pl_tx *tx, int64_t realm, int64_t unit, pl_str day, pl_rows *rows) {
    return ask(tx, &pl_sql_unit_path_at, realm, unit, day, rows);
}

pl_status pl_unit_history(pl_tx *tx, int64_t realm, int64_t unit, pl_rows *rows) {
    return ask(tx, &pl_sql_unit_history, realm, unit, (pl_str){0}, rows);
}

pl_status pl_unit_heirs(pl_tx *tx, int64_t realm, int64_t unit, pl_rows *rows) {
    return ask(tx, &pl_sql_unit_heirs, realm, unit, (pl_str){0}, rows);
}
