/* Any text as an expression: compiled, run over a few rows and explained, it must give what the columns give. */
#include <plumbline/lang/trace.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pl_status resolve(void *context, pl_reference_kind kind, pl_str name, pl_node *out) {
    pl_program *program = context;
    if (kind == PL_REFERENCE_SCORE) return pl_program_number(program, 80, out);
    if (kind == PL_REFERENCE_ATTRIBUTE) return pl_program_attribute(program, PL_TYPE_NUMBER, 0, out);
    if (pl_str_is(name, "x")) return pl_program_column(program, PL_TYPE_NUMBER, 0, out);
    if (pl_str_is(name, "y")) return pl_program_column(program, PL_TYPE_NUMBER, 1, out);
    return name.len == 1 || pl_str_is(name, "full") ? pl_program_number(program, 10, out) : PL_OK;
}

static pl_status grouping(void *context, pl_str name, uint32_t *out) {
    (void)context;
    *out = name.len == 1 ? 1 : UINT32_MAX;
    return PL_OK;
}

static pl_status records(void *context, pl_str word, pl_str of, uint32_t *list, pl_node *condition) {
    (void)context, (void)of, (void)condition;
    *list = pl_str_is(word, "events") ? 0 : pl_str_is(word, "raters") ? 1 : UINT32_MAX;
    return PL_OK;
}

static pl_status field(void *context, uint32_t list, pl_str name, bool dotted, pl_node *out) {
    bool number = pl_str_is(name, "x") || pl_str_is(name, "points"), text = dotted || pl_str_is(name, "case");
    if (number) return pl_program_field(context, PL_TYPE_NUMBER, list, 0, out);
    return text ? pl_program_field(context, PL_TYPE_TEXT, list, 1, out) : PL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const double values[] = {6, 7, 8, 4, 9, 7, 7, 5}, sizes[] = {1, 2, 3, 4};
    static const uint64_t all = 0xFF, some = 0xB5;
    static const uint32_t group_of[] = {0, 0, 1, 1}, parent_of[] = {PL_NOBODY, 0, 0, 0};
    static const double holes[] = {6, 0, 8, 0, 9, 7, 0, 5};
    const pl_input columns[] = {{values, &all, NULL}, {holes, &some, NULL}}, attributes[] = {{sizes, NULL, NULL}};
    const pl_str labels[] = {{"2021-Q1", 7}, {"2021-Q2", 7}};
    static const uint32_t shore_of[] = {0, PL_NOBODY, 1, 0}, keys[] = {1, 1, 0, 2, 1};
    static const pl_grouping groupings[] = {{group_of, 2}, {shore_of, 2}};
    static const size_t row_of[] = {1, 4, 4, 4, 7};
    static const double points[] = {3, 0, 2, 1, 5};
    static const uint64_t pointed = 0x1D;
    const pl_input fields[] = {{points, &pointed, NULL}, {NULL, NULL, keys}};
    const pl_records lists[] = {{5, true, row_of, fields, 2}, {5, false, row_of, fields, 2}};
    const pl_frame frame = {.units = 4,
                            .periods = 2,
                            .columns = columns,
                            .column_count = 2,
                            .attributes = attributes,
                            .attribute_count = 1,
                            .groupings = groupings,
                            .grouping_count = 2,
                            .records = lists,
                            .record_count = 2,
                            .parent_of = parent_of,
                            .period_labels = labels};
    pl_arena arena;
    pl_problems problems;
    pl_program *program;
    const pl_expression *expression;
    pl_evaluation *evaluation = NULL;
    pl_arena_init(&arena, 0);
    pl_problems_init(&problems, 50);
    if (pl_program_create(&program, NULL, 100000) != PL_OK) abort();
    for (uint32_t id; pl_intern_count(pl_program_texts(program)) < 2;)
        if (pl_intern_add(pl_program_texts(program), pl_str_of(pl_intern_count(pl_program_texts(program)) ? "b" : "a"), &id) !=
            PL_OK)
            abort();
    pl_meaning meaning = {.context = program,
                          .resolve = resolve,
                          .direction = -1,
                          .peers = PL_SCOPE_GROUP,
                          .grouping = grouping,
                          .records = records,
                          .field = field};
    pl_place place = {.file = "fuzz"};
    pl_node node;
    pl_status status = pl_expression_parse(&expression, &arena, (pl_str){(const char *)data, size}, place, &problems);
    if (status == PL_OK) status = pl_program_compile(program, expression, &meaning, PL_TYPE_NUMBER, place, &problems, &node);
    if (status == PL_OK) status = pl_evaluate(&evaluation, program, &frame, &node, 1, NULL, &problems);
    if (status == PL_OK) {
        const uint64_t *present;
        const double *column = pl_evaluation_column(evaluation, node, &present);
        for (size_t row = 0; row < 8; row++) {
            double value = 0;
            bool has = pl_evaluation_value(evaluation, node, row, &value);
            if (has != (present[0] >> row & 1) || (has && value != column[row])) abort();
        }
        pl_trace trace;
        (void)pl_trace_expression(&trace, &arena, program, expression, &meaning, evaluation, 5);
    }
    pl_evaluation_free(evaluation);
    pl_program_free(program);
    pl_problems_free(&problems);
    pl_arena_free(&arena);
    return 0;
}
