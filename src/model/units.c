#include "model/gathering.h"
#include "model/loading.h"

#include <plumbline/base/number.h>

#include <stdlib.h>

static uint32_t text_number(const uint32_t *texts, uint32_t own) { return texts ? texts[own] : own; }

/* Room for the unit of every text that is known by now. */
static bool make_room(pl_gathering *g) {
    size_t needed = pl_intern_count(g->dataset->texts) + 1, before = g->unit_of_size;
    if (pl_reserve((void **)&g->unit_of, &g->unit_of_size, needed, sizeof *g->unit_of, 0)) return false;
    memset(g->unit_of + before, 0, (g->unit_of_size - before) * sizeof *g->unit_of);
    return true;
}

static pl_status add_unit(pl_gathering *g, uint32_t code) {
    pl_dataset *d = g->dataset;
    if (pl_reserve((void **)&d->units, &g->unit_capacity, d->unit_count + 1, sizeof *d->units, NO_UNIT - 1)) return PL_MEMORY;
    d->units[d->unit_count] = (pl_unit){.code = pl_intern_text(d->texts, code), .group = PL_NOBODY, .parent = PL_NOBODY};
    g->unit_of[code] = (uint32_t)++d->unit_count;
    return PL_OK;
}

static pl_status units_of_sheet(pl_gathering *g) {
    pl_table *table = &g->units;
    size_t column = pl_column_of(table, pl_unit_words, DATA_UNIT);
    uint32_t *same;
    pl_status status = pl_gather_texts(g, table, &same); /* the first table: the numbers stay */
    free(same);
    g->unit_rows = malloc((table->rows + 1) * sizeof *g->unit_rows);
    if (status != PL_OK || !g->unit_rows || !make_room(g)) return PL_MEMORY;
    for (size_t row = 0; row < table->rows; row++) {
        g->unit_rows[g->dataset->unit_count] = row;
        uint32_t code = table->columns[column].texts[row];
        pl_place place = pl_table_cell_place(table, column, row);
        if (!code)
            status = pl_problem_add(g->problems, PL_ERROR, "E319", place, "this unit has no code");
        else if (g->unit_of[code])
            status = pl_problem_add(g->problems, PL_ERROR, "E311", place, "the unit \"%.*s\" is listed twice",
                                    PL_ARG(pl_intern_text(g->dataset->texts, code)));
        else
            status = add_unit(g, code);
        pl_gathering_keep(g, status);
    }
    return g->worst;
}

pl_status pl_gather_unknown_unit(pl_gathering *g, pl_place place, pl_str code) {
    const pl_dataset *d = g->dataset;
    pl_str *codes = malloc((d->unit_count + 1) * sizeof *codes);
    if (!codes) return PL_MEMORY;
    for (size_t i = 0; i < d->unit_count; i++) codes[i] = d->units[i].code;
    size_t nearest = d->unit_count <= 10000 ? pl_text_nearest(code, codes, d->unit_count) : d->unit_count;
    const char *sheet = g->has_units ? g->model->units_sheet->name : d->data_name;
    pl_status status;
    if (nearest < d->unit_count)
        status = pl_problem_add(g->problems, PL_ERROR, "E334", place, "there is no unit \"%.*s\" in %s (did you mean \"%.*s\"?)",
                                PL_ARG(code), sheet, PL_ARG(codes[nearest]));
    else
        status = pl_problem_add(g->problems, PL_ERROR, "E334", place, "there is no unit \"%.*s\" in %s", PL_ARG(code), sheet);
    free(codes);
    return status;
}

static pl_status units_of_file(pl_gathering *g, pl_data_file *file) {
    const uint32_t *codes = file->table.columns[file->columns[DATA_UNIT]].texts;
    pl_status status = pl_gather_texts(g, &file->table, &file->texts);
    if (status != PL_OK || !make_room(g)) return PL_MEMORY;
    file->unit = malloc((file->table.rows + 1) * sizeof *file->unit);
    if (!file->unit) return PL_MEMORY;
    for (size_t row = 0; row < file->table.rows; row++) {
        uint32_t code = text_number(file->texts, codes[row]);
        file->unit[row] = NO_UNIT;
        status = PL_OK;
        if (!code)
            status = pl_problem_add(g->problems, PL_ERROR, "E319", pl_table_cell_place(&file->table, file->columns[DATA_UNIT], row),
                                    "this row names no unit");
        else if (!g->unit_of[code] && g->has_units)
            status = pl_gather_unknown_unit(g, pl_table_cell_place(&file->table, file->columns[DATA_UNIT], row),
                                            pl_intern_text(g->dataset->texts, code));
        else if (!g->unit_of[code])
            status = add_unit(g, code);
        if (status == PL_MEMORY) return status;
        pl_gathering_keep(g, status);
        if (status == PL_OK) file->unit[row] = g->unit_of[code] - 1;
    }
    return PL_OK;
}

/* ---- copies ---- */

size_t pl_gather_original(const pl_gathering *g, size_t unit) {
    return unit < g->first_copy ? unit : g->copy_of[unit - g->first_copy];
}

static bool is_change_of_units(const pl_sheet_change *change, pl_change_act act) {
    return change->act == act && pl_word_find(pl_sheet_words, change->sheet) == SHEET_UNITS;
}

static pl_status add_copy(pl_gathering *g, const pl_sheet_change *change) {
    pl_dataset *d = g->dataset;
    uint32_t code, text = pl_intern_find(d->texts, change->text);
    if (!text || text >= g->unit_of_size || !g->unit_of[text]) return pl_gather_unknown_unit(g, change->place, change->text);
    size_t original = pl_gather_original(g, g->unit_of[text] - 1);
    if (!change->row.len) return pl_problem_add(g->problems, PL_ERROR, "E373", change->place, "a unit that enters needs a code");
    if (pl_intern_add(d->texts, change->row, &code) != PL_OK || !make_room(g)) return PL_MEMORY;
    if (g->unit_of[code])
        return pl_problem_add(g->problems, PL_ERROR, "E373", change->place, "the code \"%.*s\" is taken", PL_ARG(change->row));
    g->copy_of[d->unit_count - g->first_copy] = (uint32_t)original;
    return add_unit(g, code);
}

static pl_status add_copies(pl_gathering *g) {
    pl_status worst = PL_OK;
    g->first_copy = g->dataset->unit_count;
    g->copy_of = malloc((g->model->change_count + 1) * sizeof *g->copy_of);
    if (!g->copy_of) return PL_MEMORY;
    for (size_t i = 0; i < g->model->change_count && worst != PL_MEMORY; i++)
        if (is_change_of_units(&g->model->changes[i], PL_ACT_COPY))
            worst = pl_status_worse(worst, add_copy(g, &g->model->changes[i]));
    return worst;
}

pl_status pl_gather_units(pl_gathering *g) {
    pl_status status = g->has_units ? units_of_sheet(g) : PL_OK;
    for (size_t i = 0; i < g->file_count && status != PL_MEMORY; i++) status = units_of_file(g, &g->files[i]);
    if (status != PL_MEMORY) pl_gathering_keep(g, status = add_copies(g));
    if (status == PL_OK && g->worst == PL_OK && !g->dataset->unit_count)
        return pl_problem_add(g->problems, PL_ERROR, "E335", (pl_place){.file = g->dataset->data_name}, "has no rows");
    return status == PL_MEMORY ? status : g->worst;
}

/* ---- attributes ---- */

static pl_attribute *attribute_named(pl_gathering *g, const char *name) {
    return &g->dataset->attributes[pl_intern_find(g->attributes, pl_str_of(name)) - 1];
}

static uint32_t *attribute_texts(const pl_gathering *g, pl_attribute *attribute) {
    if (!attribute->texts) attribute->texts = calloc(g->dataset->unit_count + 1, sizeof *attribute->texts);
    return attribute->texts;
}

/* Which attribute a column holds: by its meaning (name, group, parent) or by its own name; 0: none. */
static uint32_t attribute_of(const pl_gathering *g, const pl_word *words, pl_str header) {
    static const char *const names[] = {
        [DATA_UNIT] = "code", [DATA_NAME] = "name", [DATA_GROUP] = "group", [DATA_PARENT] = "parent"};
    uint32_t own = pl_intern_find(g->attributes, header);
    if (own) return own;
    int field = pl_word_find(words, header);
    if (field < 0 || field > DATA_PARENT) return 0;
    return pl_intern_find(g->attributes, pl_str_of(names[field]));
}

static pl_status attributes_of_sheet(pl_gathering *g) {
    const pl_table *table = &g->units;
    for (size_t i = 0; i < table->column_count; i++) {
        uint32_t id = attribute_of(g, pl_unit_words, table->columns[i].name);
        if (!id || !table->columns[i].texts) continue;
        uint32_t *texts = attribute_texts(g, &g->dataset->attributes[id - 1]);
        if (!texts) return PL_MEMORY;
        for (size_t unit = 0; unit < g->first_copy; unit++) texts[unit] = table->columns[i].texts[g->unit_rows[unit]];
        g->attribute_given[id - 1] = true;
    }
    return PL_OK;
}

static pl_status attributes_of_file(pl_gathering *g, const pl_data_file *file) {
    const pl_table *table = &file->table;
    for (size_t i = 0; i < table->column_count; i++) {
        const pl_column *column = &table->columns[i];
        uint32_t id = column->texts && i != file->columns[DATA_UNIT] ? attribute_of(g, pl_data_words, column->name) : 0;
        if (!id || g->attribute_given[id - 1]) continue;
        uint32_t *texts = attribute_texts(g, &g->dataset->attributes[id - 1]);
        if (!texts) return PL_MEMORY;
        bool changes = false;
        for (size_t row = 0; row < table->rows; row++) {
            uint32_t text = text_number(file->texts, column->texts[row]), unit = file->unit[row];
            if (!text || unit == NO_UNIT) continue;
            changes |= texts[unit] && texts[unit] != text;
            texts[unit] = text;
        }
        if (changes)
            pl_gathering_keep(g, pl_problem_add(g->problems, PL_WARNING, "W336", pl_table_column_place(table, i),
                                                "is an attribute of units but changes from row to row; the last one counts"));
    }
    return PL_OK;
}

/* A copy has no name of its own: it is called as its code is, unless a change names it. */
static void copy_attributes(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    for (size_t i = 0; i < d->attribute_count; i++) {
        uint32_t *texts = d->attributes[i].texts;
        bool name = &d->attributes[i] == attribute_named(g, "name");
        for (size_t unit = g->first_copy; texts && unit < d->unit_count; unit++)
            texts[unit] = name ? 0 : texts[pl_gather_original(g, unit)];
    }
}

/* The attribute that a change names; where a setting says which one serves as the group, that one is meant by `group`. */
static uint32_t changed_attribute(const pl_gathering *g, const pl_sheet_change *change) {
    uint32_t id = attribute_of(g, pl_unit_words, change->column), group = pl_intern_find(g->attributes, pl_str_of("group"));
    pl_str chosen = g->model->settings.group;
    return id == group && chosen.len ? pl_intern_find(g->attributes, chosen) : id;
}

static pl_status no_attribute(const pl_gathering *g, const pl_sheet_change *change) {
    const pl_dataset *d = g->dataset;
    pl_str *names = malloc((d->attribute_count + 1) * sizeof *names);
    if (!names) return PL_MEMORY;
    for (size_t i = 0; i < d->attribute_count; i++) names[i] = d->attributes[i].name;
    size_t nearest = pl_text_nearest(change->column, names, d->attribute_count);
    pl_str meant = nearest < d->attribute_count ? names[nearest] : (pl_str){0};
    pl_status status =
        pl_problem_add(g->problems, PL_ERROR, "E372", change->place, "no rule reads an attribute \"%.*s\"%s%.*s%s",
                       PL_ARG(change->column), meant.len ? " (did you mean \"" : "", PL_ARG(meant), meant.len ? "\"?)" : "");
    free(names);
    return status;
}

static pl_status change_attribute(pl_gathering *g, const pl_sheet_change *change) {
    uint32_t text = pl_intern_find(g->dataset->texts, change->row), id = changed_attribute(g, change);
    uint32_t unit = text && text < g->unit_of_size ? g->unit_of[text] : 0;
    if (!unit) return pl_gather_unknown_unit(g, change->place, change->row);
    if (!id) return no_attribute(g, change);
    if (&g->dataset->attributes[id - 1] == attribute_named(g, "code"))
        return pl_problem_add(g->problems, PL_ERROR, "E373", change->place, "the code of a unit cannot be changed");
    uint32_t *texts = attribute_texts(g, &g->dataset->attributes[id - 1]);
    if (!texts) return PL_MEMORY;
    texts[unit - 1] = 0;
    return change->text.len ? pl_intern_add(g->dataset->texts, change->text, &texts[unit - 1]) : PL_OK;
}

/* Changes of units, wherever their attributes stand. */
static pl_status change_attributes(pl_gathering *g) {
    pl_status worst = PL_OK;
    for (size_t i = 0; i < g->model->change_count && worst != PL_MEMORY; i++) {
        const pl_sheet_change *change = &g->model->changes[i];
        if (is_change_of_units(change, PL_ACT_CELL)) worst = pl_status_worse(worst, change_attribute(g, change));
    }
    return worst;
}

/* The attribute that the settings name serves as the group, whatever else is called so. */
static pl_status choose_group(pl_gathering *g) {
    const pl_settings *s = &g->model->settings;
    size_t units = g->dataset->unit_count;
    if (!s->group.len) return PL_OK;
    const pl_attribute *chosen = &g->dataset->attributes[pl_intern_find(g->attributes, s->group) - 1];
    pl_attribute *group = attribute_named(g, "group");
    if (!chosen->texts)
        return pl_problem_add(g->problems, PL_ERROR, "E355", (pl_place){.file = g->dataset->data_name},
                              "has no column \"%.*s\", which the setting group names", PL_ARG(s->group));
    if (chosen == group) return PL_OK;
    uint32_t *texts = attribute_texts(g, group);
    if (!texts) return PL_MEMORY;
    memcpy(texts, chosen->texts, units * sizeof *texts);
    return PL_OK;
}

static pl_status make_groups(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    const pl_attribute *attribute = attribute_named(g, "group");
    uint32_t *group_of = calloc(pl_intern_count(d->texts) + 1, sizeof *group_of);
    d->groups = pl_arena_array(&d->arena, d->unit_count + 1, sizeof *d->groups);
    if (!group_of || !d->groups) {
        free(group_of);
        return PL_MEMORY;
    }
    for (size_t unit = 0; attribute->texts && unit < d->unit_count; unit++) {
        uint32_t text = attribute->texts[unit];
        if (!text) continue;
        if (!group_of[text]) {
            d->groups[d->group_count] = pl_intern_text(d->texts, text);
            group_of[text] = (uint32_t)++d->group_count;
        }
        d->units[unit].group = group_of[text] - 1;
    }
    free(group_of);
    return PL_OK;
}

static bool below_itself(const pl_dataset *d, size_t unit) {
    uint32_t at = d->units[unit].parent;
    for (size_t steps = 0; at != PL_NOBODY && steps <= d->unit_count; steps++) {
        if (at == unit) return true;
        at = d->units[at].parent;
    }
    return false;
}

static pl_place parent_place(const pl_gathering *g, size_t unit) {
    if (!g->has_units) return (pl_place){.file = g->dataset->data_name};
    size_t column = pl_column_of(&g->units, pl_unit_words, DATA_PARENT);
    pl_place place =
        pl_table_cell_place(&g->units, column < g->units.column_count ? column : 0, g->unit_rows[pl_gather_original(g, unit)]);
    place.field = NULL;
    return place;
}

static pl_status make_unit_tree(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    const pl_attribute *attribute = attribute_named(g, "parent");
    for (size_t unit = 0; attribute->texts && unit < d->unit_count; unit++) {
        uint32_t text = attribute->texts[unit];
        if (!text) continue;
        if (text < g->unit_of_size && g->unit_of[text])
            d->units[unit].parent = g->unit_of[text] - 1;
        else
            pl_gathering_keep(g, pl_problem_add(g->problems, PL_ERROR, "E337", parent_place(g, unit),
                                                "the unit \"%.*s\" lies below \"%.*s\", which is no unit",
                                                PL_ARG(d->units[unit].code), PL_ARG(pl_intern_text(d->texts, text))));
    }
    for (size_t unit = 0; attribute->texts && unit < d->unit_count; unit++) {
        if (d->units[unit].parent == PL_NOBODY || !below_itself(d, unit)) continue;
        return pl_problem_add(g->problems, PL_ERROR, "E338", parent_place(g, unit), "the unit \"%.*s\" lies below itself",
                              PL_ARG(d->units[unit].code));
    }
    return g->worst;
}

/* A number where every value is one; otherwise it stays a text. */
static pl_status settle_type(pl_gathering *g, pl_attribute *a) {
    const pl_dataset *d = g->dataset;
    a->type = PL_TYPE_TEXT;
    bool any = false;
    double value;
    for (size_t unit = 0; a->texts && unit < d->unit_count; unit++) {
        if (!a->texts[unit]) continue;
        pl_str text = pl_intern_text(d->texts, a->texts[unit]);
        if (pl_str_is(text, "NA")) continue;
        if (!pl_number_parse(text, &value)) return PL_OK;
        any = true;
    }
    if (!any) return PL_OK;
    a->numbers = calloc(d->unit_count + 1, sizeof *a->numbers);
    a->present = calloc(d->unit_count / 64 + 1, sizeof *a->present);
    if (!a->numbers || !a->present) return PL_MEMORY;
    for (size_t unit = 0; unit < d->unit_count; unit++)
        if (a->texts[unit] && pl_number_parse(pl_intern_text(d->texts, a->texts[unit]), &a->numbers[unit]))
            a->present[unit / 64] |= UINT64_C(1) << (unit % 64);
    a->type = PL_TYPE_NUMBER;
    free(a->texts);
    a->texts = NULL;
    return PL_OK;
}

static void name_units(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    const pl_attribute *names = attribute_named(g, "name");
    for (size_t unit = 0; unit < d->unit_count; unit++) {
        d->units[unit].name = d->units[unit].code;
        if (names->texts && names->texts[unit]) d->units[unit].name = pl_intern_text(d->texts, names->texts[unit]);
    }
}

static pl_status fill_codes(pl_gathering *g) {
    uint32_t *texts = attribute_texts(g, attribute_named(g, "code"));
    if (!texts) return PL_MEMORY;
    for (size_t text = 1; text < g->unit_of_size; text++)
        if (g->unit_of[text]) texts[g->unit_of[text] - 1] = (uint32_t)text;
    return PL_OK;
}

/* Code, name, group and parent are texts whatever they look like; only wanted ones keep a column. */
static bool keeps_text(pl_str name) {
    return pl_str_is(name, "code") || pl_str_is(name, "name") || pl_str_is(name, "group") || pl_str_is(name, "parent");
}

pl_status pl_gather_attributes(pl_gathering *g) {
    pl_dataset *d = g->dataset;
    d->attribute_count = pl_intern_count(g->attributes);
    d->attributes = pl_arena_array(&d->arena, d->attribute_count + 1, sizeof *d->attributes);
    g->attribute_given = calloc(d->attribute_count + 1, sizeof *g->attribute_given);
    if (!d->attributes || !g->attribute_given) return PL_MEMORY;
    for (size_t i = 0; i < d->attribute_count; i++) {
        d->attributes[i].type = PL_TYPE_TEXT;
        if (!pl_str_copy(&d->attributes[i].name, &d->arena, pl_intern_text(g->attributes, (uint32_t)i + 1))) return PL_MEMORY;
    }
    pl_status status = g->has_units ? attributes_of_sheet(g) : PL_OK;
    for (size_t i = 0; i < g->file_count && status == PL_OK; i++) status = attributes_of_file(g, &g->files[i]);
    if (status == PL_OK) copy_attributes(g);
    if (status == PL_OK) pl_gathering_keep(g, change_attributes(g));
    if (g->worst < PL_INPUT) return g->worst;
    if (status == PL_OK) status = fill_codes(g);
    if (status == PL_OK) status = choose_group(g);
    if (status == PL_OK) status = make_groups(g);
    if (status == PL_OK) status = make_unit_tree(g);
    if (status != PL_OK) return status;
    name_units(g);
    for (size_t i = 0; i < d->attribute_count && status == PL_OK; i++)
        if (!keeps_text(d->attributes[i].name)) status = settle_type(g, &d->attributes[i]);
    return status;
}
