#include <plumbline/base/problems.h>

#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_LIMIT 1000

void pl_problems_init(pl_problems *problems, size_t limit) {
    *problems = (pl_problems){.limit = limit ? limit : DEFAULT_LIMIT};
    pl_arena_init(&problems->arena, 0);
}

void pl_problems_free(pl_problems *problems) {
    size_t limit = problems->limit;
    pl_arena_free(&problems->arena);
    free(problems->items);
    pl_problems_init(problems, limit);
}

/* A problem is one line: control characters and broken UTF-8, which come from the input, are shown as \xNN. */
static void add_visible(pl_buffer *out, pl_str text) {
    for (size_t i = 0; i < text.len;) {
        uint32_t code_point = 0;
        size_t length = pl_utf8_decode(text, i, &code_point);
        if (length && code_point >= 0x20 && code_point != 0x7F)
            pl_buffer_add(out, text.at + i, length);
        else
            pl_buffer_print(out, "\\x%02X", (unsigned char)text.at[i]);
        i += length ? length : 1;
    }
}

static bool copy_visible(const char **out, pl_arena *arena, const char *text) {
    *out = NULL;
    if (!text) return true;
    pl_buffer buffer;
    pl_buffer_init(&buffer, 0);
    add_visible(&buffer, pl_str_of(text));
    pl_str copy;
    bool good = !buffer.failed && pl_str_copy(&copy, arena, pl_buffer_view(&buffer));
    pl_buffer_free(&buffer);
    if (good) *out = copy.at;
    return good;
}

static bool keep(pl_problems *problems, pl_level level, const char *code, pl_place place, const char *text) {
    if (pl_reserve((void **)&problems->items, &problems->capacity, problems->count + 1, sizeof *problems->items, 0)) return false;
    pl_problem *problem = &problems->items[problems->count];
    *problem = (pl_problem){.level = level, .code = code, .place = {.row = place.row, .column = place.column}};
    if (!copy_visible(&problem->place.file, &problems->arena, place.file) ||
        !copy_visible(&problem->place.field, &problems->arena, place.field) ||
        !copy_visible(&problem->text, &problems->arena, text))
        return false;
    problems->count++;
    return true;
}

pl_status pl_problem_add(pl_problems *problems, pl_level level, const char *code, pl_place place, const char *format, ...) {
    pl_status status = level == PL_ERROR ? PL_INPUT : PL_OK;
    if (!problems) return status;
    if (level == PL_ERROR)
        problems->errors++;
    else if (level == PL_WARNING)
        problems->warnings++;
    else
        problems->notes++;
    if (problems->count >= problems->limit) return status;
    pl_buffer text;
    pl_buffer_init(&text, 0);
    va_list arguments;
    va_start(arguments, format);
    pl_buffer_vprint(&text, format, arguments);
    va_end(arguments);
    bool good = !text.failed && keep(problems, level, code, place, text.at ? text.at : "");
    pl_buffer_free(&text);
    if (good) return status;
    problems->failed = true;
    return PL_MEMORY;
}

pl_status pl_problems_append(pl_problems *problems, const pl_problems *from) {
    if (!problems) return pl_problems_status(from);
    size_t kept[3] = {0};
    for (size_t i = 0; i < from->count; i++) {
        const pl_problem *problem = &from->items[i];
        pl_problem_add(problems, problem->level, problem->code, problem->place, "%s", problem->text);
        kept[problem->level]++;
    }
    problems->errors += from->errors - kept[PL_ERROR];
    problems->warnings += from->warnings - kept[PL_WARNING];
    problems->notes += from->notes - kept[PL_NOTE];
    problems->failed |= from->failed;
    return problems->failed ? PL_MEMORY : pl_problems_status(from);
}

void pl_cell_name(char out[PL_CELL_NAME_SIZE], size_t column, size_t row) {
    char letters[16];
    size_t at = sizeof letters - 1;
    letters[at] = 0;
    for (; column; column = (column - 1) / 26) letters[--at] = (char)('A' + (column - 1) % 26);
    snprintf(out, PL_CELL_NAME_SIZE, "%s%zu", letters + at, row);
}

static void print_place(const pl_place *place, pl_buffer *out) {
    char cell[PL_CELL_NAME_SIZE];
    if (place->file && place->row && place->column) {
        pl_cell_name(cell, place->column, place->row);
        pl_buffer_print(out, "%s!%s:", place->file, cell);
        return;
    }
    if (place->file) pl_buffer_text(out, place->file);
    if (place->row & PL_ENTRY) pl_buffer_print(out, "[%zu]", place->row & ~PL_ENTRY);
    if (place->file || place->row & PL_ENTRY) pl_buffer_char(out, ':');
    if (place->row && !(place->row & PL_ENTRY)) pl_buffer_print(out, "%zu:", place->row);
    if (place->field) pl_buffer_print(out, "%s:", place->field);
}

void pl_problem_print(const pl_problem *problem, pl_buffer *out) {
    static const char *const names[] = {"", "warning: ", "note: "};
    print_place(&problem->place, out);
    if (out->len && out->at[out->len - 1] == ':') pl_buffer_char(out, ' ');
    pl_buffer_print(out, "%s%s", names[problem->level], problem->text);
    if (problem->level != PL_ERROR) pl_buffer_print(out, " [%s]", problem->code);
}

pl_status pl_problems_status(const pl_problems *problems) {
    if (problems->failed) return PL_MEMORY;
    return problems->errors ? PL_INPUT : PL_OK;
}
