#include "cli/grid.h"
#include "cli/structure.h"

#include <plumbline/base/number.h>

#include <math.h>
#include <stdlib.h>

/* Enough children together, by a common rule of thumb, for being one scale. */
#define GOOD_ALPHA 0.7
#define FEW_FOR_A_READING 8

typedef struct page {
    const cli_call *call;
    const pl_structure *structure;
    pl_output *output;
    pl_buffer line;
} page;

/* In the order of pl_structure_flag. */
static const char *const flags[PL_STRUCTURE_FLAGS][2] = {
    {"against its node", "与上级反向"},
    {"against its node, maybe chance", "与上级反向，或属偶然"},
    {"weak", "弱相关"},
    {"says the same as a sibling", "与同级雷同"},
    {"counts more than its weight", "实重名轻"},
    {"counts less than its weight", "名重实轻"},
    {"acts along a curve", "曲线关系"},
    {"stands apart", "与同级不一致"},
    {"all the same", "各单位相同"},
};

static const pl_indicator *indicator(const page *p, size_t index) { return &p->structure->model->indicators[index]; }

static void put_number(pl_buffer *out, double x, int digits) {
    char text[PL_FIXED_SIZE];
    pl_number_fixed(text, x, digits);
    pl_buffer_text(out, text);
}

static void end_line(page *p) {
    pl_buffer_char(&p->line, '\n');
    if (p->line.failed) p->output->status = PL_MEMORY;
    pl_output_add(p->output, pl_buffer_view(&p->line));
    pl_buffer_clear(&p->line);
}

static void cell_number(cli_grid *grid, double x, int digits) {
    if (isnan(x))
        cli_grid_right(grid, pl_str_of("-"));
    else
        cli_grid_number(grid, x, digits);
}

static void cell_flags(page *p, cli_grid *grid, unsigned set) {
    for (unsigned bit = 0; bit < PL_STRUCTURE_FLAGS; bit++) {
        if (!(set & (1u << bit))) continue;
        if (p->line.len) pl_buffer_text(&p->line, cli_text(p->call, "; ", "；"));
        pl_buffer_text(&p->line, flags[bit][p->call->chinese]);
    }
    grid->failed |= p->line.failed;
    cli_grid_text(grid, pl_buffer_view(&p->line));
    pl_buffer_clear(&p->line);
}

static void head(const page *p, cli_grid *grid, const char *english, const char *chinese, bool right) {
    pl_str text = pl_str_of(cli_text(p->call, english, chinese));
    if (right)
        cli_grid_right(grid, text);
    else
        cli_grid_text(grid, text);
}

static bool any_curve(const pl_bond *bonds, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isnan(bonds[i].influence_bent)) return true;
    return false;
}

/* ---- children and leaves ---- */

static void bond_heads(const page *p, cli_grid *grid, bool node, bool curve, bool found) {
    head(p, grid, "indicator", "指标", false);
    head(p, grid, "name", "名称", false);
    head(p, grid, node ? "r node" : "r", node ? "与上级 r" : "相关 r", true);
    if (node) head(p, grid, "r total", "与总分 r", true);
    head(p, grid, "weight %", "名义权重%", true);
    head(p, grid, "influence %", "实际影响%", true);
    if (curve) head(p, grid, "by curve %", "按曲线%", true);
    if (node) head(p, grid, "alpha without", "去掉后 alpha", true);
    if (found) head(p, grid, "found weight %", "求得权重%", true);
    if (found) head(p, grid, "influence then %", "届时影响%", true);
    head(p, grid, "remarks", "提示", false);
}

static void bond_cells(cli_grid *grid, const pl_bond *bond, bool curve) {
    cell_number(grid, 100 * bond->weight, 1);
    cell_number(grid, 100 * bond->influence, 1);
    if (curve) cell_number(grid, 100 * bond->influence_bent, 1);
}

static void finish_grid(page *p, cli_grid *grid) {
    cli_grid_write(grid, p->output);
    cli_grid_free(grid);
}

static void write_children(page *p, const pl_structure_node *node) {
    bool curve = any_curve(node->children, node->child_count), found = node->found.weights != NULL;
    cli_grid grid;
    cli_grid_init(&grid, 8u + curve + 2u * found);
    bond_heads(p, &grid, true, curve, found);
    for (size_t i = 0; i < node->child_count; i++) {
        const pl_bond *bond = &node->children[i];
        cli_grid_text(&grid, indicator(p, bond->indicator)->code);
        cli_grid_text(&grid, indicator(p, bond->indicator)->name);
        cell_number(&grid, bond->correlation, 2);
        cell_number(&grid, node->with_total[i], 2);
        bond_cells(&grid, bond, curve);
        cell_number(&grid, node->alpha_without[i], 2);
        if (found) cell_number(&grid, 100 * node->found.weights[i], 2);
        if (found) cell_number(&grid, 100 * node->found.influences[i], 1);
        cell_flags(p, &grid, bond->flags);
    }
    finish_grid(p, &grid);
}

/* Where the top has no other children, they were listed already. */
static bool are_listed(const page *p) {
    const pl_structure_node *top = &p->structure->nodes[0];
    for (size_t i = 0; i < top->child_count; i++)
        if (indicator(p, top->children[i].indicator)->child_count) return false;
    return true;
}

static void write_leaves(page *p) {
    const pl_structure *s = p->structure;
    if (are_listed(p)) return;
    bool curve = any_curve(s->leaves, s->leaf_count);
    end_line(p);
    pl_buffer_print(&p->line, cli_text(p->call, "Leaves against %.*s", "末级指标与 %.*s"), PL_ARG(indicator(p, s->top)->code));
    end_line(p);
    cli_grid grid;
    cli_grid_init(&grid, 6u + curve);
    bond_heads(p, &grid, false, curve, false);
    for (size_t i = 0; i < s->leaf_count; i++) {
        const pl_bond *bond = &s->leaves[i];
        cli_grid_text(&grid, indicator(p, bond->indicator)->code);
        cli_grid_text(&grid, indicator(p, bond->indicator)->name);
        cell_number(&grid, bond->correlation, 2);
        bond_cells(&grid, bond, curve);
        cell_flags(p, &grid, bond->flags);
    }
    finish_grid(p, &grid);
}

/* ---- what it means ---- */

static void read_alpha(page *p, const pl_structure_node *node) {
    if (isnan(node->alpha)) return;
    pl_buffer_text(&p->line, cli_text(p->call, "  consistency: alpha ", "  一致性：alpha "));
    put_number(&p->line, node->alpha, 2);
    const char *text =
        node->complete < FEW_FOR_A_READING ? cli_text(p->call, ", of too few units to mean much", "，单位太少，参考意义不大")
        : node->alpha >= GOOD_ALPHA        ? cli_text(p->call, ": the children hang together", "：各下级指标相互一致")
        : node->alpha >= 0 ? cli_text(p->call, ": the children are loosely related; right if the node joins different things",
                                      "：各下级指标联系松散；若本就汇总不同方面，属正常")
                           : cli_text(p->call, ": the children work against one another and cancel out", "：各下级指标相互抵消");
    pl_buffer_text(&p->line, text);
    end_line(p);
}

static void list_dimension(page *p, const pl_structure_node *node, size_t dimension) {
    bool first = true;
    for (size_t i = 0; i < node->child_count; i++) {
        if (node->dimension_of[i] != dimension) continue;
        pl_buffer_print(&p->line, "%s%.*s", first ? "" : cli_text(p->call, ", ", "、"),
                        PL_ARG(indicator(p, node->children[i].indicator)->code));
        first = false;
    }
    if (first) pl_buffer_text(&p->line, "-");
}

static void read_dimensions(page *p, const pl_structure_node *node) {
    if (node->complete < FEW_FOR_A_READING || node->component_count < 2) return;
    double explained = 0;
    for (size_t c = 0; c < node->dimensions; c++) explained += node->eigenvalues[c] / (double)node->component_count;
    if (!node->dimensions) {
        pl_buffer_text(&p->line,
                       cli_text(p->call, "  dimensions: none in common; nothing moves together", "  维度：没有共同维度，互不相关"));
        end_line(p);
        return;
    }
    pl_buffer_print(&p->line, cli_text(p->call, "  dimensions: %zu, with ", "  维度：%zu 个，解释差异的 "), node->dimensions);
    put_number(&p->line, 100 * explained, 0);
    pl_buffer_text(&p->line, cli_text(p->call, " % of the differences", "%"));
    for (size_t c = 0; c < node->dimensions && node->dimensions > 1; c++) {
        pl_buffer_text(&p->line, c ? " | " : cli_text(p->call, ": ", "："));
        list_dimension(p, node, c);
    }
    end_line(p);
}

static void read_alike(page *p, const pl_structure_node *node) {
    size_t told = 0;
    for (size_t i = 0; i < node->child_count; i++)
        for (size_t k = i + 1; k < node->child_count; k++) {
            if (!pl_structure_alike(node, i, k)) continue;
            pl_buffer_print(&p->line, "%s%.*s ~ %.*s ", told++ ? "; " : cli_text(p->call, "  alike: ", "  雷同："),
                            PL_ARG(indicator(p, node->children[i].indicator)->code),
                            PL_ARG(indicator(p, node->children[k].indicator)->code));
            put_number(&p->line, node->siblings[i * node->child_count + k], 2);
        }
    if (told) end_line(p);
}

static const char *state_text(const page *p, pl_weights_state state) {
    switch (state) {
    case PL_WEIGHTS_REACHED:
        return cli_text(p->call, "they give every child the influence asked for", "可使各下级指标达到所求的影响");
    case PL_WEIGHTS_IMPOSSIBLE:
        return cli_text(p->call, "no weights from 0 up do that; the nearest that were found are shown",
                        "不存在满足要求的非负权重，列出的是求得的最接近者");
    case PL_WEIGHTS_NEAREST:
        return cli_text(p->call, "not met; the nearest that were found are shown, there may be better ones",
                        "未能达到，列出的是求得的最接近者，不排除有更好的");
    case PL_WEIGHTS_UNWEIGHTED: return cli_text(p->call, "the node does not average by weights", "该节点不按权重平均");
    case PL_WEIGHTS_UNSAID: return cli_text(p->call, "there are no nominal weights", "没有名义权重");
    default:
        return cli_text(p->call, "too few units, too many children, or one that does not vary",
                        "单位太少、下级太多，或有下级各单位相同");
    }
}

static void read_weights(page *p, const pl_structure_node *node) {
    if (node->found.state == PL_WEIGHTS_NONE) return;
    pl_buffer_text(&p->line, cli_text(p->call, "  weights: ", "  权重："));
    pl_buffer_text(&p->line, state_text(p, node->found.state));
    bool missed = node->found.state == PL_WEIGHTS_IMPOSSIBLE || node->found.state == PL_WEIGHTS_NEAREST;
    if (missed && node->found.worst < 0.0005) {
        pl_buffer_text(&p->line, cli_text(p->call, " (less than 0.1 points off)", "（相差不到 0.1 个百分点）"));
    } else if (missed) {
        pl_buffer_text(&p->line, cli_text(p->call, " (up to ", "（最多相差 "));
        put_number(&p->line, 100 * node->found.worst, 1);
        pl_buffer_text(&p->line, cli_text(p->call, " points off)", " 个百分点）"));
    }
    end_line(p);
}

static void write_node(page *p, const pl_structure_node *node) {
    const pl_indicator *own = indicator(p, node->indicator);
    pl_buffer_print(&p->line, "%.*s", PL_ARG(own->code));
    if (own->name.len && !pl_str_equal(own->name, own->code)) pl_buffer_print(&p->line, " %.*s", PL_ARG(own->name));
    pl_buffer_print(&p->line,
                    cli_text(p->call, ": %s, children: %zu, units: %zu (with all children: %zu)",
                             "：合成方式 %s，下级 %zu 个，单位 %zu 个（下级齐全的 %zu 个）"),
                    cli_structure_combine(own), node->child_count, node->units, node->complete);
    end_line(p);
    write_children(p, node);
    read_alpha(p, node);
    read_dimensions(p, node);
    read_alike(p, node);
    read_weights(p, node);
}

void cli_structure_text(const cli_call *call, const pl_structure *structure, pl_output *output) {
    page p = {.call = call, .structure = structure, .output = output};
    pl_buffer_init(&p.line, 0);
    if (structure->step > 1) {
        pl_buffer_print(
            &p.line, cli_text(call, "Of so many units one in %zu is looked at, by place.\n", "单位很多，按名次每 %zu 个取一个。\n"),
            structure->step);
        end_line(&p);
    }
    for (size_t i = 0; i < structure->node_count; i++) {
        if (i) end_line(&p);
        write_node(&p, &structure->nodes[i]);
    }
    write_leaves(&p);
    pl_buffer_free(&p.line);
}
