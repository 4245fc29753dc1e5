#include "model/loading.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

pl_status pl_sheet_read(pl_table *table, const pl_sheet *sheet, const pl_csv_options *options, pl_problems *problems) {
    pl_csv_options own = options ? *options : (pl_csv_options){0};
    own.name = sheet->name;
    if (!sheet->path) return pl_csv_read_bytes(table, sheet->name, sheet->bytes, &own, problems);
    return pl_csv_read(table, sheet->path, &own, problems);
}

size_t pl_column_of(const pl_table *table, const pl_word *words, int meaning) {
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].name.len && pl_word_find(words, table->columns[i].name) == meaning) return i;
    return table->column_count;
}

pl_place pl_cell_place(const pl_table *table, size_t column, size_t row) {
    return (pl_place){table->name, pl_table_source_row(table, row), table->columns[column].name.at};
}

/* Which sheet a file is, by its name without ".csv"; -1 when it is none. */
static int kind_of(const char *name) {
    size_t length = strlen(name);
    if (length < 5 || !pl_str_is_fold((pl_str){name + length - 4, 4}, ".csv")) return -1;
    return pl_word_find(pl_sheet_words, (pl_str){name, length - 4});
}

static const pl_sheet *find_sheet(const pl_sheet *sheets, size_t count, pl_sheet_kind kind) {
    for (size_t i = 0; i < count; i++)
        if (kind_of(sheets[i].name) == (int)kind) return &sheets[i];
    return NULL;
}

static pl_status check_sheets(const char *path, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    pl_status worst = PL_OK;
    for (size_t i = 0; i < count; i++) {
        int kind = kind_of(sheets[i].name);
        const pl_sheet *first = kind < 0 ? NULL : find_sheet(sheets, count, (pl_sheet_kind)kind);
        pl_place place = {.file = sheets[i].name};
        pl_status status = PL_OK;
        if (first && first != &sheets[i])
            status = pl_problem_add(problems, PL_ERROR, "E304", place, "is the same sheet as %s; keep one of them", first->name);
        else if (kind == SHEET_EVENTS || kind == SHEET_GRADES)
            status = pl_problem_add(problems, PL_WARNING, "W305", place, "is not used in this version");
        worst = pl_status_worse(worst, status);
    }
    if (find_sheet(sheets, count, SHEET_INDICATORS)) return worst;
    return pl_problem_add(problems, PL_ERROR, "E302", (pl_place){.file = path}, "has no indicators.csv (指标.csv, imeta.csv)");
}

static int by_name(const void *a, const void *b) { return strcmp(((const pl_sheet *)a)->name, ((const pl_sheet *)b)->name); }

/* Over the sheets that make the model what it is, in the order of their names; the data has a digest of its own. */
static pl_status digest_sheets(pl_model *model, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    pl_digest *digest;
    pl_status status = pl_digest_create(&digest, PL_SHA256);
    for (size_t i = 0; i < count && status == PL_OK; i++) {
        int kind = kind_of(sheets[i].name);
        if (kind < 0 || kind == SHEET_DATA) continue;
        status = pl_digest_add(digest, sheets[i].name, strlen(sheets[i].name) + 1);
        if (status == PL_OK && sheets[i].path)
            status = pl_digest_add_file(digest, sheets[i].path);
        else if (status == PL_OK)
            status = pl_digest_add(digest, sheets[i].bytes.at, sheets[i].bytes.len);
        if (status == PL_IO)
            pl_problem_add(problems, PL_ERROR, "E101", (pl_place){.file = sheets[i].name}, "cannot be read: %s", strerror(errno));
    }
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
        copy[i] = (pl_sheet){name.at, sheets[i].path ? path.at : NULL, sheets[i].bytes};
    }
    qsort(copy, count, sizeof *copy, by_name);
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
    pl_status status = check_sheets(model->path, sheets, count, problems);
    const pl_sheet *indicators = find_sheet(sheets, count, SHEET_INDICATORS);
    if (status == PL_MEMORY || !indicators) return status;
    model->coinr = pl_str_is_fold((pl_str){indicators->name, strlen(indicators->name) - 4}, "imeta");
    model->data_sheet = find_sheet(sheets, count, SHEET_DATA);
    model->units_sheet = find_sheet(sheets, count, SHEET_UNITS);
    pl_defaults defaults;
    status = pl_status_worse(status, pl_settings_load(model, &defaults, find_sheet(sheets, count, SHEET_SETTINGS), problems));
    if (status < PL_INPUT) return status;
    status = pl_status_worse(status, pl_indicators_load(model, &defaults, indicators, problems));
    if (status < PL_INPUT || !model->codes) return status;
    for (size_t i = 0; i < model->indicator_count; i++)
        if (!model->indicators[i].child_count) take_defaults(&model->indicators[i], &defaults);
    status = pl_status_worse(status, pl_tie_break_resolve(model, &defaults, problems));
    return status == PL_OK ? digest_sheets(model, sheets, count, problems) : status;
}

pl_status pl_model_load_sheets(pl_model **out, const char *path, const pl_sheet *sheets, size_t count, pl_problems *problems) {
    *out = NULL;
    pl_model *model = calloc(1, sizeof *model);
    if (!model) return PL_MEMORY;
    pl_arena_init(&model->arena, 0);
    pl_str copy;
    pl_sheet *own;
    pl_status status = pl_str_copy(&copy, &model->arena, pl_str_of(path)) ? PL_OK : PL_MEMORY;
    model->path = copy.at;
    if (status == PL_OK) status = copy_sheets(model, sheets, count, &own);
    if (status == PL_OK) status = load(model, own, count, problems);
    model->flawed = status != PL_OK;
    if (status == PL_OK || (status == PL_INPUT && model->codes))
        *out = model;
    else
        pl_model_free(model);
    return status;
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

static pl_status list_folder(const char *path, pl_arena *arena, pl_sheet **sheets, size_t *count, pl_problems *problems) {
    DIR *folder = opendir(path);
    if (!folder)
        return pl_problem_add(problems, PL_ERROR, "E301", (pl_place){.file = path}, "is no folder that can be read: %s",
                              strerror(errno));
    size_t capacity = 0;
    pl_status status = PL_OK;
    const struct dirent *entry;
    while (status == PL_OK && (entry = readdir(folder)))
        if (kind_of(entry->d_name) >= 0 && !add_file(arena, path, entry->d_name, sheets, count, &capacity)) status = PL_MEMORY;
    closedir(folder);
    return status;
}

pl_status pl_model_load(pl_model **out, const char *path, pl_problems *problems) {
    *out = NULL;
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_sheet *sheets = NULL;
    size_t count = 0;
    pl_status status = list_folder(path, &arena, &sheets, &count, problems);
    if (status == PL_OK) status = pl_model_load_sheets(out, path, sheets, count, problems);
    free(sheets);
    pl_arena_free(&arena);
    return status;
}

void pl_model_free(pl_model *model) {
    if (!model) return;
    if (model->codes) pl_intern_free(model->codes->codes);
    pl_arena_free(&model->arena);
    free(model);
}

size_t pl_model_find(const pl_model *model, pl_str code) {
    uint32_t id = pl_intern_find(model->codes->codes, code);
    return id ? model->codes->index[id] : PL_NO_INDEX;
}
