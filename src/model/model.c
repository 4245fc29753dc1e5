#include "model/loading.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static pl_status read_as_it_is(pl_table *table, const pl_sheet *sheet, const pl_csv_options *options, pl_problems *problems) {
    pl_csv_options own = options ? *options : (pl_csv_options){0};
    own.name = sheet->name;
    if (sheet->workbook) return pl_workbook_read(table, sheet->workbook, sheet->index, &own, problems);
    if (!sheet->path) return pl_csv_read_bytes(table, sheet->name, sheet->bytes, &own, problems);
    return pl_csv_read(table, sheet->path, &own, problems);
}

pl_status pl_sheet_read(pl_table *table, const pl_sheet *sheet, const pl_csv_options *options, pl_problems *problems) {
    pl_status status = read_as_it_is(table, sheet, options, problems);
    return status == PL_OK && sheet->change_count ? pl_sheet_lay_changes(table, sheet, problems) : status;
}

bool pl_is_json(const char *name) {
    size_t length = strlen(name);
    return length > 5 && pl_str_is_fold((pl_str){name + length - 5, 5}, ".json");
}

size_t pl_column_of(const pl_table *table, const pl_word *words, int meaning) {
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].name.len && pl_word_find(words, table->columns[i].name) == meaning) return i;
    return table->column_count;
}

pl_status pl_cell_word(const pl_table *table, size_t column, size_t row, const pl_word *words, int *out, pl_problems *problems) {
    pl_str text = column < table->column_count ? pl_table_text(table, column, row) : (pl_str){0};
    if (!text.len) return PL_OK;
    int word = pl_word_find(words, text);
    if (word < 0) return pl_unknown_word(problems, "E318", pl_table_cell_place(table, column, row), text, words);
    *out = word;
    return PL_OK;
}

pl_str pl_sheet_word(const pl_sheet *sheet) {
    size_t length = strlen(sheet->name);
    if (sheet->workbook) return pl_str_trim((pl_str){sheet->name, length});
    if (length < 5 || !pl_str_is_fold((pl_str){sheet->name + length - 4, 4}, ".csv")) return (pl_str){0};
    return (pl_str){sheet->name, length - 4};
}

pl_status pl_sheet_digest(pl_digest *digest, const pl_sheet *sheet) {
    if (!sheet->workbook && sheet->path) return pl_digest_add_file(digest, sheet->path);
    pl_str bytes = sheet->workbook ? pl_workbook_bytes(sheet->workbook) : sheet->bytes;
    return pl_digest_add(digest, bytes.at, bytes.len);
}

int pl_sheet_kind_of(const pl_sheet *sheet) {
    if (sheet->workbook || !pl_is_json(sheet->name)) return pl_word_find(pl_sheet_words, pl_sheet_word(sheet));
    int kind = pl_word_find(pl_sheet_words, (pl_str){sheet->name, strlen(sheet->name) - 5});
    return kind == SHEET_DATA ? kind : -1;
}

static const pl_sheet *find_sheet(const pl_sheet *sheets, size_t count, pl_sheet_kind kind) {
    for (size_t i = 0; i < count; i++)
        if (pl_sheet_kind_of(&sheets[i]) == (int)kind) return &sheets[i];
    return NULL;
}

bool pl_is_sheet_file(const char *name) { return pl_sheet_kind_of(&(pl_sheet){.name = name}) >= 0; }

pl_status pl_sheets_differ(const pl_sheet *sheets, size_t count, pl_problems *problems) {
    pl_status worst = PL_OK;
    for (size_t i = 0; i < count; i++) {
        int kind = pl_sheet_kind_of(&sheets[i]);
        const pl_sheet *first = kind < 0 ? NULL : find_sheet(sheets, count, (pl_sheet_kind)kind);
        if (!first || first == &sheets[i]) continue;
        worst = pl_status_worse(worst, pl_problem_add(problems, PL_ERROR, "E304", (pl_place){.file = sheets[i].name},
                                                      "is the same sheet as %s; keep one of them", first->name));
    }
    return worst;
}

static pl_status check_sheets(const char *path, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    pl_status worst = pl_sheets_differ(sheets, count, problems);
    if (find_sheet(sheets, count, SHEET_INDICATORS)) return worst;
    bool workbook = count ? sheets[0].workbook != NULL : pl_is_workbook(path);
    return pl_problem_add(problems, PL_ERROR, "E302", (pl_place){.file = path}, "has no %s",
                          workbook ? "sheet indicators (指标, imeta)" : "indicators.csv (指标.csv, imeta.csv)");
}

static int by_name(const void *a, const void *b) { return strcmp(((const pl_sheet *)a)->name, ((const pl_sheet *)b)->name); }

/* Over the sheets that make the model what it is, in the order of their names; the data has a digest of its own, and no score
 * depends on costs. */
static pl_status digest_files(pl_digest *digest, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < count && status == PL_OK; i++) {
        int kind = pl_sheet_kind_of(&sheets[i]);
        if (kind < 0 || kind == SHEET_DATA || kind == SHEET_EVENTS || kind == SHEET_RATERS || kind == SHEET_COSTS) continue;
        status = pl_digest_add(digest, sheets[i].name, strlen(sheets[i].name) + 1);
        if (status == PL_OK) status = pl_sheet_digest(digest, &sheets[i]);
        if (status == PL_IO)
            pl_problem_add(problems, PL_ERROR, "E101", (pl_place){.file = sheets[i].name}, "cannot be read: %s", strerror(errno));
    }
    return status;
}

static pl_status digest_changes(pl_digest *digest, const pl_model *model) {
    static const char *const acts[] = {[PL_ACT_CELL] = "changed", [PL_ACT_REMOVE] = "removed", [PL_ACT_COPY] = "copied"};
    pl_status status = PL_OK;
    for (size_t i = 0; i < model->change_count; i++) {
        const pl_sheet_change *c = &model->changes[i];
        const pl_str parts[] = {c->sheet, c->row, c->column, c->text, pl_str_of(acts[c->act])};
        for (size_t k = 0; k < sizeof parts / sizeof *parts && status == PL_OK; k++) {
            status = pl_digest_add(digest, parts[k].at, parts[k].len);
            if (status == PL_OK) status = pl_digest_add(digest, "", 1);
        }
    }
    return status;
}

static pl_status digest_sheets(pl_model *model, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    pl_digest *digest;
    pl_status status = pl_digest_create(&digest, PL_SHA256);
    size_t book = 0; /* all sheets of a workbook are it, but for settings that changes have added */
    while (book < count && !sheets[book].workbook) book++;
    if (status == PL_OK && book < count)
        status = pl_sheet_digest(digest, &sheets[book]);
    else if (status == PL_OK)
        status = digest_files(digest, sheets, count, problems);
    if (status == PL_OK) status = digest_changes(digest, model);
    if (status == PL_OK) status = pl_digest_finish(digest, model->digest);
    pl_digest_free(digest);
    return status;
}

static pl_status copy_sheets(pl_model *model, const pl_sheet *sheets, size_t count, pl_sheet **out) {
    pl_sheet *copy = *out = pl_arena_array(&model->arena, count + 1, sizeof *copy);
    if (!copy) return PL_MEMORY;
    for (size_t i = 0; i < count; i++) {
        pl_str name, path;
        if (!pl_str_copy(&name, &model->arena, pl_str_of(sheets[i].name)) ||
            !pl_str_copy(&path, &model->arena, pl_str_of(sheets[i].path)))
            return PL_MEMORY;
        copy[i] = sheets[i];
        copy[i].name = name.at;
        copy[i].path = sheets[i].path ? path.at : NULL;
        copy[i].changes = model->changes;
        copy[i].change_count = model->change_count;
    }
    qsort(copy, count, sizeof *copy, by_name);
    return PL_OK;
}

static pl_status copy_changes(pl_model *model, const pl_sheet_change *changes, size_t count) {
    pl_sheet_change *copy = pl_arena_array(&model->arena, count + 1, sizeof *copy);
    if (!copy) return PL_MEMORY;
    for (size_t i = 0; i < count; i++) {
        pl_str file, field;
        copy[i] = changes[i];
        if (!pl_str_copy(&copy[i].sheet, &model->arena, changes[i].sheet) ||
            !pl_str_copy(&copy[i].row, &model->arena, changes[i].row) ||
            !pl_str_copy(&copy[i].column, &model->arena, changes[i].column) ||
            !pl_str_copy(&copy[i].text, &model->arena, changes[i].text) ||
            !pl_str_copy(&file, &model->arena, pl_str_of(changes[i].place.file)) ||
            !pl_str_copy(&field, &model->arena, pl_str_of(changes[i].place.field)))
            return PL_MEMORY;
        copy[i].place.file = changes[i].place.file ? file.at : NULL;
        copy[i].place.field = changes[i].place.field ? field.at : NULL;
    }
    model->changes = copy;
    model->change_count = count;
    return PL_OK;
}

/* Leaves take the default rules where they have none of their own. */
static void take_defaults(pl_indicator *leaf, const pl_defaults *defaults) {
    if (!leaf->score) {
        leaf->score = defaults->score;
        leaf->score_place = defaults->score_place;
    }
    if (!leaf->impute) {
        leaf->impute = defaults->impute;
        leaf->impute_place = defaults->impute_place;
    }
    if (!leaf->treat) {
        leaf->treat = defaults->treat;
        leaf->treat_place = defaults->treat_place;
    }
}

static pl_status load(pl_model *model, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    model->sheets = sheets;
    model->sheet_count = count;
    pl_status status = check_sheets(model->path, sheets, count, problems);
    if (pl_library_create(&model->library) != PL_OK) return PL_MEMORY;
    const pl_sheet *indicators = find_sheet(sheets, count, SHEET_INDICATORS);
    if (status == PL_MEMORY || !indicators) return status;
    model->coinr = pl_str_is_fold(pl_sheet_word(indicators), "imeta");
    model->data_sheet = find_sheet(sheets, count, SHEET_DATA);
    model->units_sheet = find_sheet(sheets, count, SHEET_UNITS);
    model->events_sheet = find_sheet(sheets, count, SHEET_EVENTS);
    model->raters_sheet = find_sheet(sheets, count, SHEET_RATERS);
    pl_defaults defaults;
    status = pl_status_worse(status, pl_settings_load(model, &defaults, find_sheet(sheets, count, SHEET_SETTINGS), problems));
    if (status < PL_INPUT) return status;
    status = pl_status_worse(status, pl_functions_load(model, find_sheet(sheets, count, SHEET_FUNCTIONS), problems));
    if (status < PL_INPUT) return status;
    status = pl_status_worse(status, pl_indicators_load(model, &defaults, indicators, problems));
    if (status < PL_INPUT || !model->codes) return status;
    for (size_t i = 0; i < model->indicator_count; i++)
        if (!model->indicators[i].child_count) take_defaults(&model->indicators[i], &defaults);
    status = pl_status_worse(status, pl_tie_break_resolve(model, &defaults, problems));
    status = pl_status_worse(status, pl_grades_load(model, find_sheet(sheets, count, SHEET_GRADES), problems));
    status = pl_status_worse(status, pl_silence_resolve(model, &defaults, problems));
    status = pl_status_worse(status, pl_uncovered_load(model, find_sheet(sheets, count, SHEET_UNCOVERED), problems));
    status = pl_status_worse(status, pl_lamps_load(model, find_sheet(sheets, count, SHEET_LAMPS), problems));
    status = pl_status_worse(status, pl_costs_load(model, find_sheet(sheets, count, SHEET_COSTS), problems));
    return status == PL_OK ? digest_sheets(model, sheets, count, problems) : status;
}

pl_status pl_model_load_with(pl_model **out, const char *path, const pl_sheet *sheets, size_t count, const pl_sheet_change *changes,
                             size_t change_count, pl_problems *problems) {
    *out = NULL;
    pl_model *model = calloc(1, sizeof *model);
    if (!model) return PL_MEMORY;
    pl_arena_init(&model->arena, 0);
    size_t errors = problems ? problems->errors : 0;
    pl_str copy;
    pl_sheet *own;
    pl_status status = pl_str_copy(&copy, &model->arena, pl_str_of(path)) ? PL_OK : PL_MEMORY;
    model->path = copy.at;
    if (status == PL_OK) status = copy_changes(model, changes, change_count);
    if (status == PL_OK) status = copy_sheets(model, sheets, count, &own);
    if (status == PL_OK) status = load(model, own, count, problems);
    if (status == PL_OK && problems && problems->errors > errors) status = PL_INPUT; /* a change that was refused */
    model->flawed = status != PL_OK;
    if (status == PL_OK || (status == PL_INPUT && model->codes))
        *out = model;
    else
        pl_model_free(model);
    return status;
}

pl_status pl_model_load_sheets(pl_model **out, const char *path, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    return pl_model_load_with(out, path, sheets, count, NULL, 0, problems);
}

static bool add_file(pl_arena *arena, const char *folder, const char *name, pl_sheet **sheets, size_t *count, size_t *capacity) {
    pl_str copy, path;
    pl_buffer joined;
    pl_buffer_init(&joined, 0);
    pl_buffer_print(&joined, "%s/%s", folder, name);
    bool good = !joined.failed && pl_str_copy(&path, arena, pl_buffer_view(&joined)) &&
                pl_str_copy(&copy, arena, pl_str_of(name)) &&
                pl_reserve((void **)sheets, capacity, *count + 1, sizeof **sheets, 0) == 0;
    pl_buffer_free(&joined);
    if (good) (*sheets)[(*count)++] = (pl_sheet){copy.at, path.at, {0}};
    return good;
}

pl_status pl_folder_list(const char *path, pl_arena *arena, pl_sheet **sheets, size_t *count, pl_problems *problems) {
    DIR *folder = opendir(path);
    if (!folder)
        return pl_problem_add(problems, PL_ERROR, "E301", (pl_place){.file = path}, "is no folder that can be read: %s",
                              strerror(errno));
    size_t capacity = 0;
    pl_status status = PL_OK;
    const struct dirent *entry;
    while (status == PL_OK && (entry = readdir(folder)))
        if (pl_is_sheet_file(entry->d_name) && !add_file(arena, path, entry->d_name, sheets, count, &capacity)) status = PL_MEMORY;
    closedir(folder);
    return status;
}

static pl_status load_folder(pl_model **out, const char *path, pl_problems *problems) {
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_sheet *sheets = NULL;
    size_t count = 0;
    pl_status status = pl_folder_list(path, &arena, &sheets, &count, problems);
    if (status == PL_OK) status = pl_model_load_sheets(out, path, sheets, count, problems);
    free(sheets);
    pl_arena_free(&arena);
    return status;
}

pl_status pl_model_load(pl_model **out, const char *path, pl_problems *problems) {
    *out = NULL;
    return pl_is_workbook(path) ? pl_model_load_workbook(out, path, problems) : load_folder(out, path, problems);
}

void pl_model_free(pl_model *model) {
    if (!model) return;
    if (model->codes) pl_intern_free(model->codes->codes);
    pl_library_free(model->library);
    pl_workbook_free(model->workbook);
    pl_arena_free(&model->arena);
    free(model);
}

pl_place pl_indicator_place(const pl_model *model, const pl_indicator *indicator, const char *field) {
    int meaning = pl_word_find(pl_field_words, pl_str_of(field));
    size_t column = model->field_columns ? model->field_columns[meaning < 0 ? FIELD_CODE : meaning] : 0;
    return (pl_place){indicator->file, indicator->row, field, column};
}

size_t pl_model_find(const pl_model *model, pl_str code) {
    uint32_t id = pl_intern_find(model->codes->codes, code);
    return id ? model->codes->index[id] : PL_NO_INDEX;
}
