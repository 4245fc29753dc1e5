#include "model/loading.h"

#include <stdlib.h>

pl_status pl_model_sheets(pl_sheet **sheets, size_t *count, pl_workbook *workbook, const char *path, pl_problems *problems) {
    size_t tabs;
    const pl_workbook_sheet *tab = pl_workbook_sheets(workbook, &tabs);
    pl_buffer unknown;
    pl_buffer_init(&unknown, 0);
    *count = 0;
    *sheets = calloc(tabs + 1, sizeof **sheets);
    for (size_t i = 0; *sheets && i < tabs; i++) {
        pl_sheet sheet = {.name = tab[i].name, .workbook = workbook, .index = i};
        if (pl_word_find(pl_sheet_words, pl_sheet_word(&sheet)) >= 0)
            (*sheets)[(*count)++] = sheet;
        else if (!tab[i].hidden && unknown.len < 400)
            pl_buffer_print(&unknown, "%s%s", unknown.len ? ", " : "", tab[i].name);
    }
    pl_status status = *sheets && !unknown.failed ? PL_OK : PL_MEMORY;
    if (status == PL_OK && unknown.len)
        status = pl_problem_add(problems, PL_NOTE, "N113", (pl_place){.file = path}, "sheets that are none of a model's: %s",
                                unknown.at);
    pl_buffer_free(&unknown);
    if (status == PL_OK) return status;
    free(*sheets);
    *sheets = NULL;
    *count = 0;
    return status;
}

pl_status pl_model_load_workbook(pl_model **out, const char *path, pl_problems *problems) {
    pl_workbook *workbook;
    pl_sheet *sheets = NULL;
    size_t count = 0;
    pl_status status = pl_workbook_open(&workbook, path, path, problems);
    if (status == PL_OK) status = pl_model_sheets(&sheets, &count, workbook, path, problems);
    if (status == PL_OK) status = pl_model_load_sheets(out, path, sheets, count, problems);
    free(sheets);
    if (*out)
        (*out)->workbook = workbook;
    else
        pl_workbook_free(workbook);
    return status;
}

static bool is_data(const char *name) { return pl_word_find(pl_sheet_words, pl_str_trim(pl_str_of(name))) == SHEET_DATA; }

pl_status pl_data_sheet(pl_sheet *sheet, pl_arena *arena, pl_workbook *workbook, const char *path, pl_problems *problems) {
    size_t count, found = 0, named = 0, visible = 0, only = 0;
    const pl_workbook_sheet *tab = pl_workbook_sheets(workbook, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_data(tab[i].name) && !named++) found = i;
        if (!tab[i].hidden && !visible++) only = i;
    }
    if (named > 1)
        return pl_problem_add(problems, PL_ERROR, "E304", (pl_place){.file = path}, "has %zu sheets of data; keep one of them",
                              named);
    if (!named && visible != 1)
        return pl_problem_add(problems, PL_ERROR, "E306", (pl_place){.file = path},
                              "has no sheet data (数据), and %zu others; call the one that is meant data", visible);
    if (!named) found = only;
    pl_buffer name;
    pl_str copy;
    pl_buffer_init(&name, 0);
    pl_buffer_print(&name, "[%s]%s", path, tab[found].name);
    bool good = !name.failed && pl_str_copy(&copy, arena, pl_buffer_view(&name));
    pl_buffer_free(&name);
    if (!good) return PL_MEMORY;
    *sheet = (pl_sheet){.name = copy.at, .workbook = workbook, .index = found};
    return PL_OK;
}
