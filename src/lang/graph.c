#include "lang/graph.h"

#include "lang/rows.h"

#include <math.h>
#include <stdlib.h>

#define DEFAULT_MAX_NODES ((size_t)64 << 20)

struct pl_program {
    pl_arena arena;
    pl_intern *texts;
    pl_graph_node *nodes; /* [0] is no node */
    size_t count, capacity, max_nodes;
    uint32_t *table; /* open addressing by content; 0: free */
    size_t table_size;
    pl_part *parts;
    size_t part_count, part_capacity;
    pl_place *places; /* [0] is none */
    size_t place_count, place_capacity;
    uint32_t origin;
    void *cache;
    const pl_library *library;
};

pl_status pl_program_create(pl_program **out, const pl_library *library, size_t max_nodes) {
    *out = NULL;
    pl_program *program = calloc(1, sizeof *program);
    if (!program) return PL_MEMORY;
    pl_arena_init(&program->arena, 0);
    program->library = library;
    program->max_nodes = max_nodes ? max_nodes : DEFAULT_MAX_NODES;
    program->table_size = 64;
    program->table = calloc(program->table_size, sizeof *program->table);
    bool ready = program->table && pl_intern_create(&program->texts, 0) == PL_OK &&
                 pl_reserve((void **)&program->nodes, &program->capacity, 1, sizeof *program->nodes, 0) == 0 &&
                 pl_reserve((void **)&program->places, &program->place_capacity, 1, sizeof *program->places, 0) == 0;
    if (!ready) {
        pl_program_free(program);
        return PL_MEMORY;
    }
    program->nodes[0] = (pl_graph_node){0};
    program->places[0] = (pl_place){0};
    program->count = program->place_count = 1;
    *out = program;
    return PL_OK;
}

void pl_program_free(pl_program *program) {
    if (!program) return;
    pl_intern_free(program->texts);
    free(program->nodes);
    free(program->table);
    free(program->parts);
    free(program->places);
    pl_arena_free(&program->arena);
    free(program);
}

pl_intern *pl_program_texts(pl_program *program) { return program->texts; }
size_t pl_program_size(const pl_program *program) { return program->count; }
pl_arena *pl_graph_arena(pl_program *program) { return &program->arena; }
void **pl_graph_cache(pl_program *program) { return &program->cache; }
const pl_library *pl_graph_library(const pl_program *program) { return program->library; }
const pl_graph_node *pl_graph_node_at(const pl_program *program, pl_node node) { return &program->nodes[node]; }
const pl_part *pl_graph_parts(const pl_program *program, pl_node node) { return program->parts + program->nodes[node].slot; }
pl_type pl_program_type(const pl_program *program, pl_node node) { return (pl_type)program->nodes[node].type; }

bool pl_program_constant(const pl_program *program, pl_node node, double *value) {
    if (program->nodes[node].op != OP_CONSTANT) return false;
    if (value) *value = program->nodes[node].value;
    return true;
}

pl_status pl_graph_origin(pl_program *program, pl_place place) {
    const pl_place *now = &program->places[program->origin];
    if (!place.file) {
        program->origin = 0;
        return PL_OK;
    }
    if (now->file && now->row == place.row && now->column == place.column && strcmp(now->file, place.file) == 0 &&
        strcmp(now->field ? now->field : "", place.field ? place.field : "") == 0)
        return PL_OK;
    pl_str file, field;
    if (pl_reserve((void **)&program->places, &program->place_capacity, program->place_count + 1, sizeof *program->places,
                   UINT32_MAX) ||
        !pl_str_copy(&file, &program->arena, pl_str_of(place.file)) ||
        !pl_str_copy(&field, &program->arena, pl_str_of(place.field)))
        return PL_MEMORY;
    program->origin = (uint32_t)program->place_count;
    program->places[program->place_count++] = (pl_place){file.at, place.row, place.field ? field.at : NULL, place.column};
    return PL_OK;
}

pl_place pl_graph_place(const pl_program *program, uint32_t origin) { return program->places[origin]; }

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool has_parts(const pl_graph_node *node) { return node->op == OP_COMBINE || node->op == OP_COPELAND; }

/* Nodes with parts carry their index in `slot`, which says nothing about their content: the parts themselves do. */
static uint64_t hash_node(const pl_graph_node *node, const pl_part *parts) {
    uint64_t hash =
        mix(node->op, (uint64_t)node->type << 16 | (uint64_t)node->detail << 8 | node->scope | (uint64_t)node->strict << 24);
    hash = mix(hash, (uint64_t)node->a << 32 | node->b);
    hash = mix(hash, (uint64_t)node->c << 32 | node->count);
    hash = mix(hash, bits_of(node->value));
    if (!has_parts(node)) return mix(hash, node->slot);
    for (uint32_t i = 0; i < node->count; i++) {
        hash = mix(hash, (uint64_t)parts[i].score << 32 | parts[i].applies);
        hash = mix(mix(hash, bits_of(parts[i].weight)), bits_of(parts[i].full) ^ parts[i].varies);
    }
    return hash;
}

static bool same_part(const pl_part *a, const pl_part *b) {
    return a->score == b->score && a->applies == b->applies && bits_of(a->weight) == bits_of(b->weight) &&
           bits_of(a->full) == bits_of(b->full) && a->varies == b->varies;
}

static bool same_node(const pl_program *program, const pl_graph_node *a, const pl_part *parts, const pl_graph_node *b) {
    if (a->op != b->op || a->type != b->type || a->detail != b->detail || a->scope != b->scope || a->strict != b->strict ||
        a->count != b->count || a->a != b->a || a->b != b->b || a->c != b->c || bits_of(a->value) != bits_of(b->value))
        return false;
    if (!has_parts(a)) return a->slot == b->slot;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same_part(&parts[i], &program->parts[b->slot + i])) return false;
    return true;
}

/* Index in the table where the node is, or the free place where it belongs. */
static size_t table_place(const pl_program *program, const pl_graph_node *node, const pl_part *parts) {
    size_t mask = program->table_size - 1;
    size_t at = (size_t)hash_node(node, parts) & mask;
    while (program->table[at] && !same_node(program, node, parts, &program->nodes[program->table[at]])) at = (at + 1) & mask;
    return at;
}

static bool grow_table(pl_program *program) {
    if (program->count * 2 < program->table_size) return true;
    uint32_t *old = program->table;
    size_t size = program->table_size * 2;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table) return false;
    program->table = table;
    program->table_size = size;
    size_t mask = size - 1;
    for (size_t i = 1; i < program->count; i++) {
        const pl_graph_node *node = &program->nodes[i];
        size_t at = (size_t)hash_node(node, has_parts(node) ? program->parts + node->slot : NULL) & mask;
        while (table[at]) at = (at + 1) & mask;
        table[at] = (uint32_t)i;
    }
    free(old);
    return true;
}

static uint32_t later(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint32_t stage_of(const pl_program *program, const pl_graph_node *node, const pl_part *parts) {
    uint32_t stage = later(program->nodes[node->a].stage, later(program->nodes[node->b].stage, program->nodes[node->c].stage));
    if (has_parts(node))
        for (uint32_t i = 0; i < node->count; i++)
            stage = later(stage, later(program->nodes[parts[i].score].stage, program->nodes[parts[i].applies].stage));
    return pl_graph_over_rows((pl_op)node->op) ? stage + 1 : stage;
}

/* An aggregate over records is of rows; everything else is of records as soon as an operand is. */
static uint8_t domain_of(const pl_program *program, const pl_graph_node *node, const pl_part *parts) {
    if (node->op == OP_FIELD) return (uint8_t)(1 + node->count);
    if (node->op == OP_REDUCE && node->scope == PL_SCOPE_RECORDS) return 0;
    uint8_t domain = program->nodes[node->a].domain | program->nodes[node->b].domain | program->nodes[node->c].domain;
    if (has_parts(node))
        for (uint32_t i = 0; i < node->count; i++) domain |= program->nodes[parts[i].score].domain;
    return domain;
}

static pl_status add_node(pl_program *program, pl_graph_node node, const pl_part *parts, pl_node *out) {
    *out = 0;
    size_t at = table_place(program, &node, parts);
    if (program->table[at]) {
        *out = program->table[at];
        return PL_OK;
    }
    if (pl_reserve((void **)&program->nodes, &program->capacity, program->count + 1, sizeof *program->nodes, program->max_nodes))
        return PL_MEMORY;
    node.stage = stage_of(program, &node, parts);
    node.domain = domain_of(program, &node, parts);
    node.origin = program->origin;
    if (has_parts(&node)) {
        if (pl_reserve((void **)&program->parts, &program->part_capacity, program->part_count + node.count, sizeof *program->parts,
                       UINT32_MAX))
            return PL_MEMORY;
        node.slot = (uint32_t)program->part_count;
        memcpy(program->parts + program->part_count, parts, node.count * sizeof *parts);
        program->part_count += node.count;
    }
    program->nodes[program->count] = node;
    program->table[at] = (uint32_t)program->count;
    *out = (pl_node)program->count++;
    return grow_table(program) ? PL_OK : PL_MEMORY;
}

static bool is_number(const pl_program *program, pl_node node, double value) {
    const pl_graph_node *n = &program->nodes[node];
    return n->op == OP_CONSTANT && n->type != PL_TYPE_TEXT && n->value == value;
}

/* Identities that hold for every double (0 stands for -0, which nobody sees): gives the node that the operation is, or 0. */
static pl_node simplify(const pl_program *program, const pl_graph_node *node) {
    switch (node->op) {
    case OP_ADD:
        if (is_number(program, node->b, 0)) return node->a;
        return is_number(program, node->a, 0) ? node->b : 0;
    case OP_SUBTRACT: return is_number(program, node->b, 0) ? node->a : 0;
    case OP_MULTIPLY:
        if (is_number(program, node->b, 1)) return node->a;
        return is_number(program, node->a, 1) ? node->b : 0;
    case OP_DIVIDE: return is_number(program, node->b, 1) ? node->a : 0;
    case OP_IF:
        if (program->nodes[node->a].op != OP_CONSTANT) return 0;
        return program->nodes[node->a].value != 0 ? node->b : node->c;
    case OP_COALESCE:
        if (program->nodes[node->a].op == OP_CONSTANT) return node->a;
        return program->nodes[node->a].op == OP_MISSING ? node->b : 0;
    default: return 0;
    }
}

static bool known(const pl_program *program, pl_node node) {
    return node == 0 || program->nodes[node].op == OP_CONSTANT || program->nodes[node].op == OP_MISSING;
}

/* Computes a row operation on constants. An operation that would be an incident is left for the run, which reports it. */
static bool fold(const pl_program *program, const pl_graph_node *node, pl_graph_node *folded) {
    if (!pl_rows_is_operation((pl_op)node->op) || node->op == OP_REQUIRE) return false;
    if (!known(program, node->a) || !known(program, node->b) || !known(program, node->c)) return false;
    pl_node arguments[3] = {node->a, node->b, node->c};
    double values[3] = {0};
    unsigned char present[3] = {0};
    pl_cells cells[3];
    for (int i = 0; i < 3; i++) {
        values[i] = program->nodes[arguments[i]].value;
        present[i] = program->nodes[arguments[i]].op == OP_CONSTANT;
        cells[i] = (pl_cells){&values[i], &present[i]};
    }
    double value;
    unsigned char has;
    if (pl_rows_apply((pl_op)node->op, &value, &has, cells[0], cells[1], cells[2], 1)) return false;
    *folded = (pl_graph_node){.op = has ? OP_CONSTANT : OP_MISSING, .type = node->type, .value = has ? value : 0};
    return true;
}

pl_status pl_graph_add(pl_program *program, pl_graph_node wanted, pl_node *out) {
    *out = simplify(program, &wanted);
    if (*out) return PL_OK;
    pl_graph_node folded;
    if (fold(program, &wanted, &folded)) wanted = folded;
    if (wanted.value == 0) wanted.value = 0; /* one zero */
    return add_node(program, wanted, NULL, out);
}

pl_status pl_graph_unary(pl_program *program, pl_op op, pl_type type, pl_node a, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = (uint8_t)op, .type = (uint8_t)type, .a = a}, out);
}

pl_status pl_graph_binary(pl_program *program, pl_op op, pl_type type, pl_node a, pl_node b, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = (uint8_t)op, .type = (uint8_t)type, .a = a, .b = b}, out);
}

pl_status pl_graph_if(pl_program *program, pl_node a, pl_node b, pl_node c, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = OP_IF, .type = program->nodes[b].type, .a = a, .b = b, .c = c}, out);
}

pl_status pl_graph_text(pl_program *program, pl_str text, pl_node *out) {
    uint32_t id = 0;
    if (text.len && pl_intern_add(program->texts, text, &id) != PL_OK) return PL_MEMORY;
    if (!id) return pl_program_missing(program, PL_TYPE_TEXT, out);
    return pl_graph_add(program, (pl_graph_node){.op = OP_CONSTANT, .type = PL_TYPE_TEXT, .value = id}, out);
}

pl_status pl_graph_reduce(pl_program *program, pl_reduce how, pl_range range, pl_node a, pl_node key, double parameter,
                          pl_node *out) {
    return pl_graph_add(program,
                        (pl_graph_node){.op = OP_REDUCE,
                                        .type = PL_TYPE_NUMBER,
                                        .detail = (uint8_t)how,
                                        .scope = (uint8_t)range.scope,
                                        .slot = range.which,
                                        .a = a,
                                        .b = key,
                                        .value = parameter},
                        out);
}

pl_status pl_graph_rank(pl_program *program, bool from_largest, pl_range range, pl_node a, pl_node *out) {
    return pl_graph_add(program,
                        (pl_graph_node){.op = OP_RANK,
                                        .type = PL_TYPE_NUMBER,
                                        .detail = from_largest,
                                        .scope = (uint8_t)range.scope,
                                        .slot = range.which,
                                        .a = a},
                        out);
}

pl_status pl_graph_shift(pl_program *program, pl_node a, int32_t periods, pl_node *out) {
    if (periods == 0) {
        *out = a;
        return PL_OK;
    }
    return pl_graph_add(
        program, (pl_graph_node){.op = OP_SHIFT, .type = program->nodes[a].type, .detail = 1, .a = a, .value = periods}, out);
}

pl_status pl_graph_shift_to(pl_program *program, pl_node a, pl_str label, pl_node *out) {
    uint32_t id;
    if (pl_intern_add(program->texts, label, &id) != PL_OK) return PL_MEMORY;
    return pl_graph_add(program, (pl_graph_node){.op = OP_SHIFT, .type = program->nodes[a].type, .detail = 2, .a = a, .slot = id},
                        out);
}

pl_status pl_program_number(pl_program *program, double value, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = OP_CONSTANT, .type = PL_TYPE_NUMBER, .value = value}, out);
}

pl_status pl_program_missing(pl_program *program, pl_type type, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = OP_MISSING, .type = (uint8_t)type}, out);
}

pl_status pl_program_column(pl_program *program, pl_type type, uint32_t slot, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = OP_COLUMN, .type = (uint8_t)type, .slot = slot}, out);
}

pl_status pl_program_attribute(pl_program *program, pl_type type, uint32_t slot, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = OP_ATTRIBUTE, .type = (uint8_t)type, .slot = slot}, out);
}

pl_status pl_program_field(pl_program *program, pl_type type, uint32_t list, uint32_t slot, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = OP_FIELD, .type = (uint8_t)type, .slot = slot, .count = list}, out);
}

pl_status pl_program_parameter(pl_program *program, pl_type type, uint32_t slot, pl_node *out) {
    return pl_graph_add(program, (pl_graph_node){.op = OP_PARAMETER, .type = (uint8_t)type, .slot = slot}, out);
}

pl_status pl_program_combine(pl_program *program, pl_combine how, const pl_part *parts, size_t count, bool strict, pl_scope peers,
                             pl_node *out) {
    if (count == 0) return pl_program_missing(program, PL_TYPE_NUMBER, out);
    if (count > UINT32_MAX) return PL_MEMORY;
    bool copeland = how == PL_COMBINE_COPELAND;
    pl_graph_node node = {.op = copeland ? OP_COPELAND : OP_COMBINE,
                          .type = PL_TYPE_NUMBER,
                          .detail = (uint8_t)how,
                          .scope = (uint8_t)(copeland ? peers : PL_SCOPE_ALL),
                          .strict = strict,
                          .count = (uint32_t)count};
    return add_node(program, node, parts, out);
}

pl_status pl_program_between(pl_program *program, pl_node value, double least, double most, pl_node *out) {
    pl_node low, high, above, below;
    pl_status status = pl_program_number(program, least, &low);
    if (status == PL_OK) status = pl_program_number(program, most, &high);
    if (status == PL_OK) status = pl_graph_binary(program, OP_LESS_EQUAL, PL_TYPE_BOOLEAN, low, value, &above);
    if (status == PL_OK) status = pl_graph_binary(program, OP_LESS_EQUAL, PL_TYPE_BOOLEAN, value, high, &below);
    return status == PL_OK ? pl_graph_binary(program, OP_AND, PL_TYPE_BOOLEAN, above, below, out) : status;
}

pl_status pl_program_if(pl_program *program, pl_node condition, pl_node then, pl_node otherwise, pl_node *out) {
    return pl_graph_if(program, condition, then, otherwise, out);
}

pl_status pl_program_coalesce(pl_program *program, pl_node first, pl_node second, pl_node *out) {
    return pl_graph_binary(program, OP_COALESCE, pl_program_type(program, first), first, second, out);
}

pl_status pl_program_times(pl_program *program, pl_node a, pl_node b, pl_node *out) {
    return pl_graph_binary(program, OP_MULTIPLY, PL_TYPE_NUMBER, a, b, out);
}

pl_status pl_program_mean_over(pl_program *program, pl_node value, pl_scope scope, pl_node *out) {
    return pl_graph_reduce(program, REDUCE_MEAN, (pl_range){scope, 0}, value, 0, 0, out);
}

pl_status pl_program_round(pl_program *program, pl_node value, int digits, pl_node *out) {
    pl_node places;
    pl_status status = pl_program_number(program, digits, &places);
    return status ? status : pl_graph_binary(program, OP_ROUND, PL_TYPE_NUMBER, value, places, out);
}

pl_status pl_program_require(pl_program *program, pl_node value, pl_node applies, pl_node *out) {
    pl_node always = applies;
    if (!always) {
        pl_status status = pl_graph_add(program, (pl_graph_node){.op = OP_CONSTANT, .type = PL_TYPE_BOOLEAN, .value = 1}, &always);
        if (status) return status;
    }
    return pl_graph_binary(program, OP_REQUIRE, pl_program_type(program, value), value, always, out);
}
