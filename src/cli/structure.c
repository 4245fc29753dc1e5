#include "cli/structure.h"

#include "cli/output.h"
#include "cli/picture.h"
#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>

static const cli_option node_option = {"--node", "CODE", NULL, "of this node only (default: every node that has children)",
                                       "只看该节点（默认看所有有下级的节点）"};
static const cli_option target_option = {"--target", "equal|nominal", "equal|nominal",
                                         "look for weights under which all children of a node have the same influence, or that of "
                                         "their nominal weights",
                                         "求权重，使各下级指标的实际影响相等，或等于名义权重"};
static const cli_option equal_option = {"--equal", NULL, NULL, "the same as --target equal", "等同于 --target equal"};
static const cli_option picture_option = {"--picture", "F", NULL,
                                          "also the correlations of the children of --node (default: the total) as a heat map "
                                          "into F.svg or F.png",
                                          "另把 --node（默认总分）各下级指标的相关画成热图（.svg 或 .png）"};
static const cli_option format_option = {"--format", "text|json|csv", "text|json|csv", "form of the output (default text)",
                                         "输出格式（默认 text）"};

/* The node asked for, with children; false and a message where there is none. */
static bool find_node(const cli_call *call, cli_session *s, size_t *node) {
    const char *code = cli_value(call, &node_option, NULL);
    *node = PL_NO_INDEX;
    if (code) {
        *node = cli_session_indicator(s, code);
        if (*node == PL_NO_INDEX) return false;
    }
    size_t index = code ? *node : 0;
    if (s->model->indicators[index].child_count) return true;
    fprintf(stderr, "plumbline: \"%.*s\" has no indicators below it; structure is about nodes that have some\n",
            PL_ARG(s->model->indicators[index].code));
    return false;
}

static pl_aim aim_of(const cli_call *call) {
    if (cli_value(call, &equal_option, NULL) || cli_is(call, &target_option, "equal")) return PL_AIM_EQUAL;
    return cli_is(call, &target_option, "nominal") ? PL_AIM_NOMINAL : PL_AIM_NONE;
}

/* ---- the picture ---- */

static pl_status draw(const void *context, size_t kind, pl_output *output, const pl_picture_options *options,
                      pl_problems *problems) {
    const pl_structure *structure = context;
    const pl_structure_node *node = &structure->nodes[0]; /* the one asked for, or the root */
    (void)kind;
    pl_str *labels = calloc(node->child_count + 1, sizeof *labels);
    if (!labels) return PL_MEMORY;
    for (size_t i = 0; i < node->child_count; i++) {
        const pl_indicator *child = &structure->model->indicators[node->children[i].indicator];
        labels[i] = child->name.len ? child->name : child->code;
    }
    pl_picture_matrix data = {labels, node->siblings, node->child_count};
    pl_status status = pl_picture_correlation(output, &data, options, problems);
    free(labels);
    return status;
}

static int draw_node(const cli_call *call, const pl_structure *structure, const cli_picture *picture) {
    const pl_structure_node *node = &structure->nodes[0];
    const pl_indicator *indicator = &structure->model->indicators[node->indicator];
    if (node->child_count < 2 || !node->siblings) {
        fprintf(stderr,
                "plumbline: \"%.*s\" cannot be drawn: a picture of correlations is of 2 to 500 indicators, and it has %zu\n",
                PL_ARG(indicator->code), node->child_count);
        return EXIT_INPUT;
    }
    pl_buffer subtitle;
    pl_buffer_init(&subtitle, 0);
    pl_buffer_print(&subtitle, cli_text(call, "%.*s%s%.*s: its indicators, %zu units", "%.*s%s%.*s：下级指标，%zu 个单位"),
                    PL_ARG(indicator->code), indicator->name.len ? " " : "", PL_ARG(indicator->name), node->units);
    pl_picture_options options = {.chinese = call->chinese,
                                  .title = structure->model->settings.name,
                                  .subtitle = pl_buffer_view(&subtitle),
                                  .chosen = PL_PICTURE_NONE};
    int status = subtitle.failed ? cli_no_memory() : cli_picture_make(picture, &options, draw, structure);
    pl_buffer_free(&subtitle);
    return status;
}

static int report(const cli_call *call, const pl_structure *structure) {
    cli_result result;
    int status = cli_result_open(&result, call);
    if (status != EXIT_DONE) return status;
    if (cli_is(call, &format_option, "json"))
        cli_structure_json(structure, aim_of(call), &result.output);
    else if (cli_is(call, &format_option, "csv"))
        cli_structure_csv(structure, &result.output);
    else
        cli_structure_text(call, structure, &result.output);
    return cli_result_close(&result);
}

static int study(const cli_call *call, cli_session *s) {
    pl_structure_options options = {.aim = aim_of(call), .pool = s->pool};
    if (!find_node(call, s, &options.node)) return EXIT_INPUT;
    cli_progress *progress = cli_progress_start(s->pool);
    cli_progress_phase(progress, "comparing");
    pl_structure *structure;
    pl_status status = pl_structure_study(&structure, s->scores, &options);
    cli_progress_end(progress);
    if (status != PL_OK) return cli_no_memory();
    int exit_status = report(call, structure);
    cli_picture picture;
    const char *value = cli_value(call, &picture_option, NULL);
    if (exit_status == EXIT_DONE && value && cli_picture_read(&picture, value, NULL))
        exit_status = draw_node(call, structure, &picture);
    pl_structure_free(structure);
    return exit_status;
}

static int run(const cli_call *call) {
    if (cli_value(call, &equal_option, NULL) && cli_is(call, &target_option, "nominal"))
        return cli_usage(call->command, "--equal and --target nominal cannot both be met");
    cli_picture picture;
    const char *value = cli_value(call, &picture_option, NULL);
    if (value && !cli_picture_read(&picture, value, NULL))
        return cli_usage(call->command, "--picture is a file that ends in .svg or .png");
    cli_session s;
    int status = cli_session_open(&s, call, call->arguments[0], PL_NODES_ALL, false, CLI_TELL_ERRORS);
    if (status == EXIT_DONE) status = study(call, &s);
    cli_session_close(&s);
    return status;
}

static const cli_option *const options[] = {&picture_option, &node_option, &target_option, &equal_option, &cli_data, &cli_period,
                                            &format_option,  &cli_out,     &cli_threads,   &cli_lang,     NULL};

const cli_command cli_structure = {
    .name = "structure",
    .arguments = "MODEL [OPTIONS]",
    .least = 1,
    .most = 1,
    .summary = "what moves together, and how much each indicator really counts",
    .summary_zh = "指标间的相关、一致性、维度，以及每个指标的实际影响",
    .details =
        "For each node its children: correlation r with the node and the total; the nominal weight beside the real influence, the\n"
        "squared correlation rescaled to 100 %; Cronbach's alpha; how many dimensions there are; then all leaves likewise against "
        "the\n"
        "total. docs/structure.md says what each figure means and what to do with it.",
    .details_zh = "逐个节点列出下级指标：与上级、与总分的相关 r；名义权重与实际影响（相关的平方，合计 100%）；一致性系数 alpha；\n"
                  "维度数；最后列出末级指标对总分的影响。各数含义和用法见 docs/structure.md。",
    .options = options,
    .run = run,
};
