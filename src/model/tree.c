#include "model/loading.h"

#include <plumbline/model/shares.h>

#include <stdlib.h>

/* The tree while it is made; indexes are rows of the sheet until the end. */
typedef struct tree {
    pl_model *model;
    pl_indicator *read;
    const pl_str *parents;
    size_t count;
    pl_problems *problems;
    pl_intern *codes;
    size_t *row_of;     /* by number of the code */
    size_t *last_child; /* per row */
    size_t *order;      /* rows in tree order */
    size_t *position;   /* per row: its place in the order, or PL_NO_INDEX */
    size_t ordered, root;
    pl_status worst;
} tree;

static void keep(tree *t, pl_status status) { t->worst = pl_status_worse(t->worst, status); }

static pl_place place(const tree *t, size_t row, const char *field) { return pl_indicator_place(t->model, &t->read[row], field); }

static void index_codes(tree *t) {
    for (size_t row = 0; row < t->count; row++) {
        uint32_t id;
        size_t before = pl_intern_count(t->codes);
        if (pl_intern_add(t->codes, t->read[row].code, &id) != PL_OK) {
            t->worst = PL_MEMORY;
            return;
        }
        if (id > before)
            t->row_of[id] = row;
        else
            keep(t, pl_problem_add(t->problems, PL_ERROR, "E311", place(t, row, "code"),
                                   "the code \"%.*s\" was already given in row %zu", PL_ARG(t->read[row].code),
                                   t->read[t->row_of[id]].row));
    }
}

static void unknown_parent(tree *t, size_t row) {
    pl_str *candidates = malloc((t->count + 1) * sizeof *candidates);
    if (!candidates) {
        keep(t, PL_MEMORY);
        return;
    }
    for (size_t i = 0; i < t->count; i++) candidates[i] = t->read[i].code;
    size_t nearest = t->count <= 10000 ? pl_text_nearest(t->parents[row], candidates, t->count) : t->count;
    bool found = nearest < t->count;
    keep(t, pl_problem_add(t->problems, PL_ERROR, "E312", place(t, row, "parent"), "there is no indicator \"%.*s\"%s%.*s%s",
                           PL_ARG(t->parents[row]), found ? " (did you mean \"" : "", found ? (int)candidates[nearest].len : 0,
                           found ? candidates[nearest].at : "", found ? "\"?)" : ""));
    free(candidates);
}

/* The row of the parent. A row with a wrong parent goes below the root, so that the rest of it can be checked. */
static size_t parent_of(tree *t, size_t row) {
    if (row == t->root) return PL_NO_INDEX;
    if (!t->parents[row].len) {
        keep(t, pl_problem_add(t->problems, PL_ERROR, "E314", place(t, row, "parent"),
                               "\"%.*s\" has no parent, as \"%.*s\" in row %zu; only one indicator may have none",
                               PL_ARG(t->read[row].code), PL_ARG(t->read[t->root].code), t->read[t->root].row));
        return t->root;
    }
    uint32_t id = pl_intern_find(t->codes, t->parents[row]);
    if (id) return t->row_of[id];
    unknown_parent(t, row);
    return t->root;
}

static void find_root(tree *t) {
    t->root = PL_NO_INDEX;
    for (size_t row = t->count; row-- > 0;)
        if (!t->parents[row].len) t->root = row;
    if (t->root == PL_NO_INDEX)
        keep(t, pl_problem_add(t->problems, PL_ERROR, "E314", (pl_place){.file = t->count ? t->read[0].file : t->model->path},
                               t->count ? "every indicator has a parent; the last word on a unit must have none"
                                        : "lists no indicators"));
}

static void link_rows(tree *t) {
    for (size_t row = 0; row < t->count; row++) {
        pl_indicator *node = &t->read[row];
        node->parent = node->first_child = node->next_sibling = PL_NO_INDEX;
        t->last_child[row] = t->position[row] = PL_NO_INDEX;
    }
    for (size_t row = 0; row < t->count && t->worst != PL_MEMORY; row++) {
        size_t parent = parent_of(t, row);
        if (parent == PL_NO_INDEX) continue;
        t->read[row].parent = parent;
        if (t->last_child[parent] == PL_NO_INDEX)
            t->read[parent].first_child = row;
        else
            t->read[t->last_child[parent]].next_sibling = row;
        t->last_child[parent] = row;
        t->read[parent].child_count++;
    }
}

/* Walks from the root to every row below it, parents first, without recursion. */
static void walk(tree *t) {
    size_t root = t->root, row = root;
    while (row != PL_NO_INDEX) {
        t->position[row] = t->ordered;
        t->order[t->ordered++] = row;
        t->read[row].depth = t->read[row].parent == PL_NO_INDEX ? 0 : t->read[t->read[row].parent].depth + 1;
        if (t->read[row].first_child != PL_NO_INDEX) {
            row = t->read[row].first_child;
            continue;
        }
        while (row != root && t->read[row].next_sibling == PL_NO_INDEX) row = t->read[row].parent;
        if (row == root) return;
        row = t->read[row].next_sibling;
    }
}

/* Rows that the root does not lead to hang on a cycle: names each cycle once. */
static void report_cycles(tree *t) {
    for (size_t row = 0; row < t->count; row++) {
        size_t at = row;
        while (at != PL_NO_INDEX && t->position[at] == PL_NO_INDEX) {
            t->position[at] = t->count + row; /* met on the walk from this row */
            at = t->read[at].parent;
        }
        if (at == PL_NO_INDEX || t->position[at] != t->count + row) continue;
        pl_buffer text;
        pl_buffer_init(&text, 4000);
        size_t start = at;
        do {
            pl_buffer_print(&text, "%.*s -> ", PL_ARG(t->read[at].code));
            at = t->read[at].parent;
        } while (at != start && !text.failed);
        text.failed = false;
        pl_buffer_print(&text, "%.*s", PL_ARG(t->read[start].code));
        keep(t, pl_problem_add(t->problems, PL_ERROR, "E313", place(t, start, "parent"), "the indicators are their own parents: %s",
                               text.at ? text.at : ""));
        pl_buffer_free(&text);
    }
}

static void check_node(tree *t, size_t row) {
    const pl_indicator *node = &t->read[row];
    if (node->child_count == 0) return;
    if (node->value)
        keep(t, pl_problem_add(t->problems, PL_ERROR, "E323", place(t, row, "value"),
                               "\"%.*s\" has children, so its value comes from them; write the rule as combine or score",
                               PL_ARG(node->code)));
    const char *leaf_only = node->impute ? "impute" : node->treat ? "treat" : NULL;
    if (leaf_only)
        keep(t, pl_problem_add(t->problems, PL_ERROR, "E354", place(t, row, leaf_only),
                               "\"%.*s\" has children; impute and treat are for the values of leaves", PL_ARG(node->code)));
    double sum = 0;
    for (size_t child = node->first_child; child != PL_NO_INDEX; child = t->read[child].next_sibling) sum += t->read[child].weight;
    if (pl_indicator_weighs(node) && sum == 0)
        keep(t, pl_problem_add(t->problems, PL_ERROR, "E316", place(t, row, NULL), "the weights below \"%.*s\" sum to zero",
                               PL_ARG(node->code)));
}

static size_t moved(const tree *t, size_t row) { return row == PL_NO_INDEX ? row : t->position[row]; }

static void give_out(tree *t) {
    pl_model *model = t->model;
    model->indicators = pl_arena_array(&model->arena, t->count + 1, sizeof *model->indicators);
    model->codes = pl_arena_alloc(&model->arena, sizeof *model->codes);
    size_t *index = pl_arena_array(&model->arena, t->count + 2, sizeof *index);
    if (!model->indicators || !model->codes || !index) {
        t->worst = PL_MEMORY;
        return;
    }
    for (size_t i = 0; i < t->count; i++) {
        pl_indicator *node = &model->indicators[i];
        *node = t->read[t->order[i]];
        node->parent = moved(t, node->parent);
        node->first_child = moved(t, node->first_child);
        node->next_sibling = moved(t, node->next_sibling);
        uint32_t id = pl_intern_find(t->codes, node->code);
        if (t->row_of[id] == t->order[i]) index[id] = i;
    }
    model->indicator_count = t->count;
    *model->codes = (struct pl_code_index){t->codes, index};
    t->codes = NULL;
}

pl_status pl_tree_make(pl_model *model, pl_indicator *read, const pl_str *parents, size_t count, pl_problems *problems) {
    tree t = {.model = model, .read = read, .parents = parents, .count = count, .problems = problems};
    t.row_of = malloc((count + 2) * sizeof *t.row_of);
    t.last_child = malloc((count + 1) * sizeof *t.last_child);
    t.order = malloc((count + 1) * sizeof *t.order);
    t.position = malloc((count + 1) * sizeof *t.position);
    bool ready = t.row_of && t.last_child && t.order && t.position && pl_intern_create(&t.codes, 0) == PL_OK;
    if (!ready) t.worst = PL_MEMORY;
    if (t.worst == PL_OK) index_codes(&t);
    if (t.worst != PL_MEMORY) find_root(&t);
    if (t.worst != PL_MEMORY) link_rows(&t);
    if (t.worst != PL_MEMORY) walk(&t);
    if (t.worst != PL_MEMORY && t.ordered < count) report_cycles(&t);
    for (size_t row = 0; row < count && t.worst != PL_MEMORY; row++) check_node(&t, row);
    if (t.worst != PL_MEMORY && t.ordered == count && count) give_out(&t);
    pl_intern_free(t.codes);
    free(t.row_of);
    free(t.last_child);
    free(t.order);
    free(t.position);
    return t.worst;
}
