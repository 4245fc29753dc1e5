#include "table/xlsx_sheet.h"

#include <stdlib.h>

/* A1:C3. Names the range and stops where it is none. */
static pl_status add(pl_sheet_reader *r, const char *range) {
    pl_merge merge = {0};
    const char *at = range;
    bool good = pl_reference_read(&at, &merge.left, &merge.top);
    if (good && *at == ':') {
        at++;
        good = pl_reference_read(&at, &merge.right, &merge.bottom);
    } else {
        merge.right = merge.left;
        merge.bottom = merge.top;
    }
    if (!good || *at || !merge.left || !merge.top || merge.right < merge.left || merge.bottom < merge.top)
        return pl_problem_add(r->problems, PL_ERROR, "E115", (pl_place){.file = r->table->name},
                              "\"%.40s\" is no range of cells that can be merged", range);
    pl_merges *m = &r->merges;
    if (merge.left == merge.right && merge.top == merge.bottom) return PL_OK;
    if (m->count == PL_MOST_MERGES)
        return pl_problem_add(r->problems, PL_ERROR, "E112", (pl_place){.file = r->table->name}, "has over %d merged ranges",
                              PL_MOST_MERGES);
    if (pl_reserve((void **)&m->items, &m->capacity, m->count + 1, sizeof *m->items, 0)) return PL_MEMORY;
    m->items[m->count++] = merge;
    return PL_OK;
}

static void on_start(void *context, const char *name, const char **attributes) {
    pl_sheet_reader *r = context;
    if (strcmp(name, "mergeCell") != 0) return;
    const char *range = pl_xml_attribute(attributes, "ref");
    pl_status status = range ? add(r, range) : PL_OK;
    if (status != PL_OK) pl_xml_stop(&r->xml, status);
}

static int by_top(const void *a, const void *b) {
    const pl_merge *one = a, *other = b;
    if (one->top != other->top) return one->top < other->top ? -1 : 1;
    return one->left < other->left ? -1 : one->left > other->left;
}

pl_status pl_merges_read(pl_sheet_reader *r, const char *part) {
    pl_merges *m = &r->merges;
    r->xml = (pl_xml_reader){.context = r, .start = on_start};
    pl_status status = pl_xml_read_after_cells(&r->xml, &r->book->archive, part, r->problems);
    if (status != PL_OK || !m->count) return status;
    qsort(m->items, m->count, sizeof *m->items, by_top);
    m->cover = calloc(PL_SHEET_COLUMNS + 1, sizeof *m->cover);
    return m->cover ? PL_OK : PL_MEMORY;
}

void pl_merges_free(pl_merges *m) {
    free(m->items);
    free(m->active);
    free(m->cover);
    *m = (pl_merges){0};
}

/* Columns right of the table need no cover. */
static size_t right_end(const pl_sheet_reader *r, const pl_merge *merge) {
    size_t width = r->has_header ? r->table->column_count : PL_SHEET_COLUMNS;
    return merge->right < width ? merge->right : width;
}

static void leave(pl_sheet_reader *r, size_t row) {
    pl_merges *m = &r->merges;
    size_t kept = 0;
    for (size_t i = 0; i < m->active_count; i++) {
        uint32_t index = m->active[i];
        const pl_merge *merge = &m->items[index];
        if (merge->bottom >= row) {
            m->active[kept++] = index;
            continue;
        }
        for (size_t column = merge->left; column <= merge->right && m->cover[column] == index + 1; column++) m->cover[column] = 0;
    }
    m->active_count = kept;
}

static pl_status enter(pl_sheet_reader *r, uint32_t index) {
    pl_merges *m = &r->merges;
    const pl_merge *merge = &m->items[index];
    char first[PL_CELL_NAME_SIZE], last[PL_CELL_NAME_SIZE];
    for (size_t column = merge->left; column <= right_end(r, merge); column++) {
        if (m->cover[column]) {
            pl_cell_name(first, merge->left, merge->top);
            pl_cell_name(last, merge->right, merge->bottom);
            return pl_problem_add(r->problems, PL_ERROR, "E117", (pl_place){r->table->name, merge->top, NULL, column},
                                  "lies in two merged ranges, one of them %s:%s; save the workbook again", first, last);
        }
        m->cover[column] = index + 1;
        m->steps++;
    }
    if (pl_reserve((void **)&m->active, &m->active_capacity, m->active_count + 1, sizeof *m->active, 0)) return PL_MEMORY;
    m->active[m->active_count++] = index;
    return PL_OK;
}

pl_status pl_merges_enter(pl_sheet_reader *r, size_t row) {
    pl_merges *m = &r->merges;
    m->steps += m->active_count;
    if (m->steps > PL_MOST_MERGE_STEPS)
        return pl_problem_add(r->problems, PL_ERROR, "E112", pl_sheet_place(r),
                              "the merged ranges of the sheet cover more cells than is read; take them apart where they are empty");
    if (m->active_count) leave(r, row);
    pl_status status = PL_OK;
    for (; m->next < m->count && m->items[m->next].top <= row && status == PL_OK; m->next++)
        if (m->items[m->next].bottom >= row) status = enter(r, (uint32_t)m->next);
    return status;
}
