#include <plumbline/study/scenario.h>

#include "model/vocabulary.h"

#include <plumbline/base/number.h>
#include <plumbline/table/table.h>

#include <math.h>
#include <stdlib.h>

/* What the left side of a change means. */
typedef struct target {
    int sheet; /* a pl_sheet_kind: SHEET_DATA for a value */
    size_t unit, element, period, indicator;
    pl_str row, column;
} target;

#define MOST_TARGETS 8

typedef struct reader {
    pl_scenario *out;
    const pl_compiled *base;
    const pl_scenario_line *line;
    pl_problems *problems;
    size_t period; /* the last that is scored */
    bool *leaves;  /* per unit */
    target targets[MOST_TARGETS];
    size_t target_count;
} reader;

static pl_status wrong(const reader *r, const char *before, pl_str what, const char *behind) {
    return pl_problem_add(r->problems, PL_ERROR, "E723", r->line->place, "%s\"%.*s\" %s", before, PL_ARG(what), behind);
}

static void add(reader *r, target t) {
    if (r->target_count < MOST_TARGETS) r->targets[r->target_count++] = t;
}

/* ---- names ---- */

/* A unit of the base, or behind those a copy, by its code; of the base also by a name that only one has. */
static size_t find_unit(const reader *r, pl_str name) {
    for (size_t i = 0; i < r->out->copy_count; i++)
        if (pl_str_equal(r->out->copies[i].code, name)) return r->base->dataset->unit_count + i;
    return pl_dataset_find_unit(r->base->dataset, name);
}

static const pl_scenario_copy *copy_at(const reader *r, size_t unit) {
    size_t units = r->base->dataset->unit_count;
    return unit < units ? NULL : &r->out->copies[unit - units];
}

static pl_str code_of(const reader *r, size_t unit) {
    const pl_scenario_copy *copy = copy_at(r, unit);
    return copy ? copy->code : r->base->dataset->units[unit].code;
}

/* The unit of the base whose values and attributes it has. */
static size_t original(const reader *r, size_t unit) {
    const pl_scenario_copy *copy = copy_at(r, unit);
    return copy ? copy->of : unit;
}

/* An indicator by its code, or by a name that only one has. */
static size_t find_indicator(const pl_model *model, pl_str name) {
    size_t found = pl_model_find(model, name), count = 0;
    if (found != PL_NO_INDEX) return found;
    for (size_t i = 0; i < model->indicator_count; i++) {
        if (!pl_str_equal(model->indicators[i].name, name)) continue;
        found = i;
        count++;
    }
    return count == 1 ? found : PL_NO_INDEX;
}

static size_t find_element(const pl_compiled *base, pl_str name) {
    const pl_dataset *d = base->dataset;
    size_t leaf = find_indicator(base->model, name);
    for (size_t i = 0; i < d->element_count; i++)
        if (pl_str_equal(d->elements[i].name, name)) return i;
    for (size_t i = 0; leaf != PL_NO_INDEX && i < d->element_count; i++)
        if (pl_str_equal(d->elements[i].name, base->model->indicators[leaf].code)) return i;
    return PL_NO_INDEX;
}

static bool is_attribute(const pl_dataset *d, pl_str name) {
    for (size_t i = 0; i < d->attribute_count; i++)
        if (pl_str_equal(d->attributes[i].name, name)) return true;
    return pl_word_find(pl_unit_words, name) >= 0;
}

static pl_str before(pl_str text, size_t at) { return (pl_str){text.at, at}; }
static pl_str after(pl_str text, size_t at) { return (pl_str){text.at + at + 1, text.len - at - 1}; }

/* Everything that ROW.COLUMN can mean in one sheet, or with -1 in those that need not be named. */
static void find_pair(reader *r, int sheet, pl_str row, pl_str column) {
    const pl_dataset *d = r->base->dataset;
    size_t unit = find_unit(r, row), indicator = find_indicator(r->base->model, row);
    bool any = sheet < 0;
    if (unit != PL_NO_INDEX && (any || sheet == SHEET_DATA)) {
        pl_str name = column;
        size_t period = r->period, at = column.len;
        while (at > 0 && column.at[at - 1] != '@') at--;
        if (at && find_element(r->base, column) == PL_NO_INDEX) {
            name = before(column, at - 1);
            period = pl_dataset_find_period(d, after(column, at - 1));
        }
        size_t element = find_element(r->base, name);
        if (element != PL_NO_INDEX && period != PL_NO_INDEX)
            add(r, (target){.sheet = SHEET_DATA, .unit = unit, .element = element, .period = period});
    }
    if (unit != PL_NO_INDEX && (any || sheet == SHEET_UNITS) && is_attribute(d, column))
        add(r, (target){.sheet = SHEET_UNITS, .row = code_of(r, unit), .column = column});
    if (indicator != PL_NO_INDEX && (any || sheet == SHEET_INDICATORS) && pl_word_find(pl_field_words, column) >= 0)
        add(r, (target){.sheet = SHEET_INDICATORS,
                        .indicator = indicator,
                        .row = r->base->model->indicators[indicator].code,
                        .column = column});
    if (sheet == SHEET_GRADES || sheet == SHEET_FUNCTIONS) add(r, (target){.sheet = sheet, .row = row, .column = column});
}

static void find_pairs(reader *r, int sheet, pl_str text) {
    for (size_t i = 1; i + 1 < text.len; i++)
        if (text.at[i] == '.') find_pair(r, sheet, before(text, i), after(text, i));
}

static void find_targets(reader *r, pl_str left) {
    r->target_count = 0;
    const char *dot = memchr(left.at, '.', left.len);
    size_t at = dot ? (size_t)(dot - left.at) : 0;
    int sheet = dot ? pl_word_find(pl_sheet_words, before(left, at)) : -1;
    find_pairs(r, -1, left);
    if (sheet == SHEET_SETTINGS && pl_word_find(pl_setting_words, after(left, at)) >= 0)
        add(r, (target){.sheet = SHEET_SETTINGS, .row = after(left, at), .column = pl_str_of("value")});
    else if (sheet >= 0)
        find_pairs(r, sheet, after(left, at));
}

/* ---- what was perhaps meant ---- */

typedef struct names {
    pl_str *items;
    size_t count, capacity;
    bool failed;
} names;

static void add_name(names *n, pl_str name) {
    if (n->failed || pl_reserve((void **)&n->items, &n->capacity, n->count + 1, sizeof *n->items, 0))
        n->failed = true;
    else
        n->items[n->count++] = name;
}

static void add_words(names *n, const pl_word *words) {
    for (; words->words[0]; words++)
        for (size_t i = 0; i < sizeof words->words / sizeof *words->words && words->words[i]; i++)
            add_name(n, pl_str_of(words->words[i]));
}

#define MOST_NAMES 20000

static void add_things(names *n, const reader *r) {
    const pl_compiled *base = r->base;
    const pl_dataset *d = base->dataset;
    for (size_t i = 0; i < r->out->copy_count; i++) add_name(n, r->out->copies[i].code);
    for (size_t i = 0; i < d->unit_count && i < MOST_NAMES; i++) {
        add_name(n, d->units[i].code);
        add_name(n, d->units[i].name);
    }
    for (size_t i = 0; i < base->model->indicator_count && i < MOST_NAMES; i++) add_name(n, base->model->indicators[i].code);
}

static void add_columns(names *n, const reader *r, pl_str row) {
    const pl_compiled *base = r->base;
    const pl_dataset *d = base->dataset;
    if (find_unit(r, row) != PL_NO_INDEX) {
        for (size_t i = 0; i < d->element_count; i++) add_name(n, d->elements[i].name);
        for (size_t i = 0; i < d->attribute_count; i++) add_name(n, d->attributes[i].name);
    }
    if (find_indicator(base->model, row) != PL_NO_INDEX) add_words(n, pl_field_words);
    if (pl_word_find(pl_sheet_words, row) == SHEET_SETTINGS) add_words(n, pl_setting_words);
}

static pl_status say_nearest(const reader *r, names *n, const char *what, pl_str text) {
    size_t nearest = pl_text_nearest(text, n->items, n->count);
    pl_str meant = nearest < n->count ? n->items[nearest] : (pl_str){0};
    pl_status status = PL_MEMORY;
    if (!n->failed)
        status = pl_problem_add(r->problems, PL_ERROR, "E721", r->line->place, "%s \"%.*s\"%s%.*s%s", what, PL_ARG(text),
                                meant.len ? " (did you mean \"" : "", PL_ARG(meant), meant.len ? "\"?)" : "");
    free(n->items);
    return status;
}

static pl_status nothing_so_called(const reader *r, pl_str left) {
    names n = {0};
    for (size_t i = left.len; i-- > 1;) {
        if (left.at[i] != '.') continue;
        add_columns(&n, r, before(left, i));
        if (n.count || n.failed) return say_nearest(r, &n, "nothing there is called", after(left, i));
    }
    const char *dot = memchr(left.at, '.', left.len);
    pl_str row = dot ? before(left, (size_t)(dot - left.at)) : left;
    add_things(&n, r);
    return say_nearest(r, &n, dot ? "there is no unit or indicator" : "a change is written UNIT.ELEMENT=VALUE, not", row);
}

static pl_status ambiguous(const reader *r, pl_str left) {
    pl_buffer ways;
    pl_buffer_init(&ways, 0);
    for (size_t i = 0; i < r->target_count; i++)
        pl_buffer_print(&ways, "%s%s.%.*s", i ? " or " : "", pl_word_for(pl_sheet_words, r->targets[i].sheet, false), PL_ARG(left));
    pl_status status = ways.failed ? PL_MEMORY
                                   : pl_problem_add(r->problems, PL_ERROR, "E722", r->line->place,
                                                    "\"%.*s\" may be two things; write %s", PL_ARG(left), ways.at);
    pl_buffer_free(&ways);
    return status;
}

/* ---- numbers ---- */

/* What a change does with a number: replaces it, or changes it by an operation. */
typedef struct operation {
    char sign; /* '=', '+', '-', '*', '/' */
    pl_str text;
    double by;
} operation;

static bool read_operation(pl_str left, pl_str right, operation *out, size_t *left_length) {
    char last = left.len ? left.at[left.len - 1] : 0;
    size_t percent = pl_percent_sign(right);
    bool part = percent && right.len > percent && (right.at[0] == '+' || right.at[0] == '-');
    *left_length = left.len;
    *out = (operation){.sign = '=', .text = right};
    if (last && strchr("+-*/", last)) {
        out->sign = last;
        *left_length = left.len - 1;
        return pl_number_parse(right, &out->by) && !part;
    }
    if (!part) return true;
    out->sign = '*';
    if (!pl_number_parse(pl_str_trim((pl_str){right.at, right.len - percent}), &out->by)) return false;
    out->by = (100 + out->by) / 100;
    return true;
}

static bool operate(const operation *o, double value, double *out) {
    double result = o->sign == '+'   ? value + o->by
                    : o->sign == '-' ? value - o->by
                    : o->sign == '*' ? value * o->by
                                     : value / o->by;
    if (!isfinite(result)) return false;
    *out = fabs(result) < 1e6 ? pl_number_round(result, 9) : result;
    return true;
}

/* ---- changes ---- */

static pl_status change_value(reader *r, const target *t, const operation *o) {
    const pl_dataset *d = r->base->dataset;
    const pl_element *element = &d->elements[t->element];
    size_t row = t->period * d->unit_count + original(r, t->unit);
    pl_value_change change = {t->unit, t->period, t->element, o->sign != '=' || o->text.len > 0, 0};
    if (element->has_ballots && !element->has_values)
        return wrong(r, "", element->name, "is given by raters; there is no single value to change");
    if (o->sign == '=' && o->text.len && !pl_number_parse(o->text, &change.value))
        return wrong(r, "", o->text, "is no number; write one, or nothing for a missing value");
    if (o->sign != '=') {
        if (!element->present || !pl_present(element->present, row))
            return wrong(r, "", element->name, "has no value there that could be changed by a part");
        if (!operate(o, pl_element_number(element, row), &change.value)) return wrong(r, "", o->text, "gives no number");
    }
    r->out->values[r->out->value_count++] = change;
    return PL_OK;
}

/* The number that stands in a cell of an indicator now. */
static bool number_of(const pl_indicator *node, int field, double *out) {
    const pl_optional *cell = field == FIELD_FULL     ? &node->full
                              : field == FIELD_TARGET ? &node->target
                              : field == FIELD_LOW    ? &node->low
                              : field == FIELD_HIGH   ? &node->high
                                                      : NULL;
    *out = cell ? cell->value : node->weight;
    return cell ? cell->given : field == FIELD_WEIGHT;
}

static pl_status change_sheet(reader *r, const target *t, const operation *o) {
    pl_sheet_change change = {.row = t->row, .column = t->column, .place = r->line->place};
    change.sheet = pl_str_of(pl_word_for(pl_sheet_words, t->sheet, false));
    pl_buffer number;
    pl_buffer_init(&number, 0);
    double value;
    bool good = true;
    if (o->sign != '=') {
        good = t->sheet == SHEET_INDICATORS &&
               number_of(&r->base->model->indicators[t->indicator], pl_word_find(pl_field_words, t->column), &value) &&
               operate(o, value, &value);
        if (good) pl_buffer_number(&number, value);
    }
    bool copied = pl_str_copy(&change.text, &r->out->arena, o->sign == '=' ? o->text : pl_buffer_view(&number));
    bool failed = !copied || number.failed;
    pl_buffer_free(&number);
    if (failed) return PL_MEMORY;
    if (!good) return wrong(r, "there is no number in ", t->column, "that could be changed by a part");
    r->out->sheets[r->out->sheet_count++] = change;
    return PL_OK;
}

static pl_status read_change(reader *r) {
    pl_str text = r->line->text;
    const char *equals = memchr(text.at, '=', text.len);
    if (!equals) return wrong(r, "", text, "has no =; a change is written UNIT.ELEMENT=VALUE");
    size_t at = (size_t)(equals - text.at);
    pl_str left = pl_str_trim(before(text, at)), right = pl_str_trim(after(text, at));
    operation o;
    size_t length;
    bool good = read_operation(left, right, &o, &length);
    left = pl_str_trim(before(left, length));
    find_targets(r, left);
    if (!r->target_count) return nothing_so_called(r, left);
    if (r->target_count > 1) return ambiguous(r, left);
    if (!good) return wrong(r, "", right, "is no number by which a value could change");
    return r->targets[0].sheet == SHEET_DATA ? change_value(r, &r->targets[0], &o) : change_sheet(r, &r->targets[0], &o);
}

/* ---- entering ---- */

static pl_status no_unit(const reader *r, pl_str name) {
    const pl_dataset *d = r->base->dataset;
    names n = {0};
    for (size_t i = 0; i < d->unit_count && i < MOST_NAMES; i++) {
        add_name(&n, d->units[i].code);
        add_name(&n, d->units[i].name);
    }
    return say_nearest(r, &n, "there is no unit", name);
}

static pl_status read_copy(reader *r) {
    pl_str text = r->line->text;
    const char *equals = memchr(text.at, '=', text.len);
    size_t at = equals ? (size_t)(equals - text.at) : text.len;
    pl_str of = pl_str_trim(before(text, at)), code = equals ? pl_str_trim(after(text, at)) : (pl_str){0};
    if (!code.len) return wrong(r, "", text, "names no unit that enters; a copy is written UNIT=NEW");
    size_t unit = find_unit(r, of);
    if (unit == PL_NO_INDEX) return no_unit(r, of);
    if (find_unit(r, code) != PL_NO_INDEX) return wrong(r, "", code, "is taken; a unit that enters needs a code of its own");
    r->out->copies[r->out->copy_count++] = (pl_scenario_copy){code, original(r, unit)};
    r->out->sheets[r->out->sheet_count++] = (pl_sheet_change){.sheet = pl_str_of("units"),
                                                              .row = code,
                                                              .text = r->base->dataset->units[original(r, unit)].code,
                                                              .act = PL_ACT_COPY,
                                                              .place = r->line->place};
    return PL_OK;
}

/* ---- leaving ---- */

/* A unit leaves with the units below it. */
static void leave(reader *r, size_t unit) {
    const pl_dataset *d = r->base->dataset;
    for (size_t i = 0; i < d->unit_count; i++) {
        size_t at = i;
        for (size_t steps = 0; at != unit && d->units[at].parent != PL_NOBODY && steps < d->unit_count; steps++)
            at = d->units[at].parent;
        if (at == unit) r->leaves[i] = true;
    }
}

static pl_status read_leaving(reader *r) {
    const pl_compiled *base = r->base;
    pl_str text = pl_str_trim(r->line->text), name = text;
    const char *dot = memchr(text.at, '.', text.len);
    int sheet = dot ? pl_word_find(pl_sheet_words, before(text, (size_t)(dot - text.at))) : -1;
    if (sheet == SHEET_UNITS || sheet == SHEET_INDICATORS) name = after(text, (size_t)(dot - text.at));
    size_t unit = sheet == SHEET_INDICATORS ? PL_NO_INDEX : pl_dataset_find_unit(base->dataset, name);
    size_t indicator = sheet == SHEET_UNITS ? PL_NO_INDEX : find_indicator(base->model, name);
    if (unit != PL_NO_INDEX && indicator != PL_NO_INDEX)
        return pl_problem_add(r->problems, PL_ERROR, "E722", r->line->place,
                              "\"%.*s\" may be two things; write units.%.*s or indicators.%.*s", PL_ARG(name), PL_ARG(name),
                              PL_ARG(name));
    if (sheet != SHEET_INDICATORS && indicator == PL_NO_INDEX && unit == PL_NO_INDEX && find_unit(r, name) != PL_NO_INDEX)
        return wrong(r, "", name, "enters in this scenario and cannot leave");
    if (unit != PL_NO_INDEX) {
        leave(r, unit);
    } else if (indicator == 0) {
        return wrong(r, "", name, "is the last word on a unit and cannot leave");
    } else if (indicator != PL_NO_INDEX) {
        r->out->sheets[r->out->sheet_count++] = (pl_sheet_change){.sheet = pl_str_of("indicators"),
                                                                  .row = base->model->indicators[indicator].code,
                                                                  .act = PL_ACT_REMOVE,
                                                                  .place = r->line->place};
    } else {
        names n = {0};
        add_things(&n, r);
        return say_nearest(r, &n, "there is no unit or indicator", name);
    }
    return PL_OK;
}

static pl_status gather_leaving(reader *r) {
    size_t units = r->base->dataset->unit_count;
    for (size_t i = 0; i < units; i++)
        if (r->leaves[i]) r->out->out[r->out->out_count++] = i;
    if (r->out->out_count < units || r->out->copy_count) return PL_OK;
    return pl_problem_add(r->problems, PL_ERROR, "E723", r->line->place, "no unit would be left");
}

pl_status pl_scenario_read(pl_scenario *out, const pl_compiled *base, const pl_scenario_line *lines, size_t count,
                           pl_problems *problems) {
    *out = (pl_scenario){0};
    pl_arena_init(&out->arena, 0);
    const pl_dataset *d = base->dataset;
    reader r = {.out = out, .base = base, .problems = problems};
    for (size_t p = 0; p < d->period_count; p++)
        if (base->scored[p]) r.period = p;
    out->sheets = pl_arena_array(&out->arena, count + 1, sizeof *out->sheets);
    out->values = pl_arena_array(&out->arena, count + 1, sizeof *out->values);
    out->out = pl_arena_array(&out->arena, d->unit_count + 1, sizeof *out->out);
    r.leaves = pl_arena_array(&out->arena, d->unit_count + 1, sizeof *r.leaves);
    out->copies = pl_arena_array(&out->arena, count + 1, sizeof *out->copies);
    if (!out->sheets || !out->values || !out->out || !r.leaves || !out->copies) return PL_MEMORY;
    pl_status worst = PL_OK;
    for (size_t i = 0; i < count && worst != PL_MEMORY; i++) {
        r.line = &lines[i];
        if (lines[i].kind == PL_SCENARIO_COPY) worst = pl_status_worse(worst, read_copy(&r));
    }
    for (size_t i = 0; i < count && worst != PL_MEMORY; i++) {
        r.line = &lines[i];
        if (lines[i].kind == PL_SCENARIO_SET) worst = pl_status_worse(worst, read_change(&r));
        if (lines[i].kind == PL_SCENARIO_WITHOUT) worst = pl_status_worse(worst, read_leaving(&r));
    }
    return count && worst != PL_MEMORY ? pl_status_worse(worst, gather_leaving(&r)) : worst;
}

void pl_scenario_free(pl_scenario *scenario) {
    pl_arena_free(&scenario->arena);
    *scenario = (pl_scenario){0};
}
