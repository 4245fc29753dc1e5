#include "cli/output.h"
#include "cli/structure.h"

#include <math.h>
#include <stdio.h>

const char *cli_structure_combine(const pl_indicator *node) {
    static const char *const names[] = {"mean", "sum", "geomean", "harmean", "median", "min", "max", "copeland"};
    return node->combine ? "expression" : names[node->how];
}

const char *cli_structure_state(pl_weights_state state) {
    static const char *const names[] = {"none", "reached", "impossible", "nearest", "unweighted", "unsaid", "no_data"};
    return names[state];
}

static pl_str code_of(const pl_structure *s, size_t index) { return s->model->indicators[index].code; }

/* ---- json ---- */

static void json_count(pl_json_writer *w, const char *key, size_t count) {
    pl_json_key(w, key);
    pl_json_integer(w, (long long)count);
}

static void json_value(pl_json_writer *w, const char *key, double x) {
    pl_json_key(w, key);
    pl_json_number(w, x);
}

static void json_bond(pl_json_writer *w, const pl_structure *s, const pl_bond *b) {
    pl_json_key(w, "indicator");
    pl_json_text(w, code_of(s, b->indicator));
    pl_json_key(w, "name");
    pl_json_text_or_null(w, s->model->indicators[b->indicator].name);
    json_count(w, "units", b->units);
    json_value(w, "correlation", b->correlation);
    json_value(w, "line", b->line);
    json_value(w, "curve", b->curve);
    json_value(w, "weight", b->weight);
    json_value(w, "influence", b->influence);
    json_value(w, "influence_by_curve", b->influence_bent);
    pl_json_key(w, "flags");
    pl_json_array(w);
    for (unsigned bit = 0; bit < PL_STRUCTURE_FLAGS; bit++)
        if (b->flags & (1u << bit)) pl_json_text(w, pl_str_of(pl_structure_flag_name(bit)));
    pl_json_end(w);
}

/* What a heat map is drawn from; null where there are too many. */
static void json_pairs(pl_json_writer *w, const pl_structure *s, const pl_bond *bonds, size_t count, const double *pairs) {
    pl_json_key(w, "correlations");
    if (!pairs) {
        pl_json_null(w);
        return;
    }
    pl_json_object(w);
    pl_json_key(w, "indicators");
    pl_json_array(w);
    for (size_t i = 0; i < count; i++) pl_json_text(w, code_of(s, bonds[i].indicator));
    pl_json_end(w);
    pl_json_key(w, "values");
    pl_json_array(w);
    for (size_t i = 0; i < count; i++) {
        pl_json_array(w);
        for (size_t k = 0; k < count; k++) pl_json_number(w, pairs[i * count + k]);
        pl_json_end(w);
    }
    pl_json_end(w);
    pl_json_end(w);
}

static void json_row(pl_json_writer *w, const char *key, const double *row, size_t count) {
    pl_json_key(w, key);
    pl_json_array(w);
    for (size_t i = 0; i < count; i++) pl_json_number(w, row[i]);
    pl_json_end(w);
}

/* Loadings are in the order of the children. */
static void json_components(pl_json_writer *w, const pl_structure_node *node) {
    json_count(w, "dimensions", node->dimensions);
    pl_json_key(w, "components");
    pl_json_array(w);
    for (size_t c = 0; c < node->component_count; c++) {
        pl_json_object(w);
        json_value(w, "eigenvalue", node->eigenvalues[c]);
        json_value(w, "share", node->eigenvalues[c] / (double)node->component_count);
        json_row(w, "loadings", node->loadings + c * node->child_count, node->child_count);
        pl_json_key(w, "turned");
        if (c < node->dimensions) {
            pl_json_array(w);
            for (size_t i = 0; i < node->child_count; i++) pl_json_number(w, node->turned[c * node->child_count + i]);
            pl_json_end(w);
        } else {
            pl_json_null(w);
        }
        pl_json_end(w);
    }
    pl_json_end(w);
}

static void json_found(pl_json_writer *w, const pl_structure_node *node) {
    const pl_found_weights *found = &node->found;
    pl_json_key(w, "found");
    if (found->state == PL_WEIGHTS_NONE) {
        pl_json_null(w);
        return;
    }
    pl_json_object(w);
    pl_json_key(w, "state");
    pl_json_text(w, pl_str_of(cli_structure_state(found->state)));
    size_t count = found->weights ? node->child_count : 0;
    json_row(w, "weights", found->weights, count);
    json_row(w, "aims", found->aims, count);
    json_row(w, "influences", found->influences, count);
    json_value(w, "worst", count ? found->worst : NAN);
    pl_json_end(w);
}

static void json_node(pl_json_writer *w, const pl_structure *s, const pl_structure_node *node) {
    const pl_indicator *own = &s->model->indicators[node->indicator];
    pl_json_object(w);
    pl_json_key(w, "indicator");
    pl_json_text(w, own->code);
    pl_json_key(w, "name");
    pl_json_text_or_null(w, own->name);
    pl_json_key(w, "combine");
    pl_json_text(w, pl_str_of(cli_structure_combine(own)));
    json_count(w, "units", node->units);
    json_count(w, "complete", node->complete);
    json_value(w, "alpha", node->alpha);
    pl_json_key(w, "children");
    pl_json_array(w);
    for (size_t i = 0; i < node->child_count; i++) {
        pl_json_object(w);
        json_bond(w, s, &node->children[i]);
        json_value(w, "with_total", node->with_total[i]);
        json_value(w, "alpha_without", node->alpha_without[i]);
        pl_json_key(w, "dimension");
        if (node->dimension_of[i] == PL_NO_INDEX)
            pl_json_null(w);
        else
            pl_json_integer(w, (long long)node->dimension_of[i] + 1);
        pl_json_end(w);
    }
    pl_json_end(w);
    json_pairs(w, s, node->children, node->child_count, node->siblings);
    json_components(w, node);
    json_found(w, node);
    pl_json_end(w);
}

void cli_structure_json(const pl_structure *s, pl_aim aim, pl_output *output) {
    static const char *const aims[] = {NULL, "equal", "nominal"};
    pl_json_writer w;
    cli_json_begin(&w, output, "plumbline/structure/1");
    pl_json_key(&w, "top");
    pl_json_text(&w, code_of(s, s->top));
    json_count(&w, "units", s->units);
    json_count(&w, "step", s->step);
    pl_json_key(&w, "target");
    pl_json_text_or_null(&w, pl_str_of(aims[aim]));
    pl_json_key(&w, "nodes");
    pl_json_array(&w);
    for (size_t i = 0; i < s->node_count; i++) json_node(&w, s, &s->nodes[i]);
    pl_json_end(&w);
    pl_json_key(&w, "leaves");
    pl_json_array(&w);
    for (size_t i = 0; i < s->leaf_count; i++) {
        pl_json_object(&w);
        json_bond(&w, s, &s->leaves[i]);
        pl_json_end(&w);
    }
    pl_json_end(&w);
    json_pairs(&w, s, s->leaves, s->leaf_count, s->leaf_pairs);
    pl_json_end(&w);
}

/* ---- csv ---- */

/* One figure on a line. `with`: the other indicator of a pair, or the number of a component; empty for other figures. */
static void csv_line(pl_csv_writer *w, pl_str node, const char *figure, pl_str indicator, pl_str with, double value) {
    pl_csv_text(w, node);
    pl_csv_text(w, pl_str_of(figure));
    pl_csv_text(w, indicator);
    pl_csv_text(w, with);
    if (isnan(value))
        pl_csv_missing(w);
    else
        pl_csv_number(w, value);
    pl_csv_end_row(w);
}

static void csv_bond(pl_csv_writer *w, const pl_structure *s, pl_str node, const pl_bond *b) {
    const struct {
        const char *figure;
        double value;
    } lines[] = {{"units", (double)b->units},
                 {"correlation", b->correlation},
                 {"line", b->line},
                 {"curve", b->curve},
                 {"weight", b->weight},
                 {"influence", b->influence},
                 {"influence_by_curve", b->influence_bent}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        csv_line(w, node, lines[i].figure, code_of(s, b->indicator), (pl_str){0}, lines[i].value);
}

static void csv_pairs(pl_csv_writer *w, const pl_structure *s, pl_str node, const pl_bond *bonds, size_t count,
                      const double *pairs) {
    for (size_t i = 0; i < count && pairs; i++)
        for (size_t k = i + 1; k < count; k++)
            csv_line(w, node, "pair", code_of(s, bonds[i].indicator), code_of(s, bonds[k].indicator), pairs[i * count + k]);
}

static void csv_components(pl_csv_writer *w, const pl_structure *s, const pl_structure_node *node) {
    pl_str code = code_of(s, node->indicator);
    for (size_t c = 0; c < node->component_count; c++) {
        char text[24];
        pl_str number = {text, (size_t)snprintf(text, sizeof text, "%zu", c + 1)};
        csv_line(w, code, "eigenvalue", (pl_str){0}, number, node->eigenvalues[c]);
        for (size_t i = 0; i < node->child_count; i++)
            csv_line(w, code, "loading", code_of(s, node->children[i].indicator), number,
                     node->loadings[c * node->child_count + i]);
        for (size_t i = 0; i < node->child_count && c < node->dimensions; i++)
            csv_line(w, code, "turned", code_of(s, node->children[i].indicator), number, node->turned[c * node->child_count + i]);
    }
}

static void csv_node(pl_csv_writer *w, const pl_structure *s, const pl_structure_node *node) {
    pl_str code = code_of(s, node->indicator), none = {0};
    csv_line(w, code, "units", none, none, (double)node->units);
    csv_line(w, code, "complete", none, none, (double)node->complete);
    csv_line(w, code, "alpha", none, none, node->alpha);
    csv_line(w, code, "dimensions", none, none, node->component_count ? (double)node->dimensions : NAN);
    for (size_t i = 0; i < node->child_count; i++) {
        pl_str child = code_of(s, node->children[i].indicator);
        csv_bond(w, s, code, &node->children[i]);
        csv_line(w, code, "with_total", child, none, node->with_total[i]);
        csv_line(w, code, "alpha_without", child, none, node->alpha_without[i]);
        if (node->found.weights) csv_line(w, code, "found_weight", child, none, node->found.weights[i]);
        if (node->found.weights) csv_line(w, code, "found_influence", child, none, node->found.influences[i]);
    }
    csv_pairs(w, s, code, node->children, node->child_count, node->siblings);
    csv_components(w, s, node);
}

void cli_structure_csv(const pl_structure *s, pl_output *output) {
    static const char *const heads[] = {"node", "figure", "indicator", "with", "value"};
    pl_csv_writer w;
    pl_csv_begin(&w, output, false);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) pl_csv_text(&w, pl_str_of(heads[i]));
    pl_csv_end_row(&w);
    for (size_t i = 0; i < s->node_count; i++) csv_node(&w, s, &s->nodes[i]);
    for (size_t i = 0; i < s->leaf_count; i++) {
        pl_str leaf = code_of(s, s->leaves[i].indicator), top = code_of(s, s->top);
        csv_line(&w, top, "leaf_correlation", leaf, (pl_str){0}, s->leaves[i].correlation);
        csv_line(&w, top, "leaf_weight", leaf, (pl_str){0}, s->leaves[i].weight);
        csv_line(&w, top, "leaf_influence", leaf, (pl_str){0}, s->leaves[i].influence);
        csv_line(&w, top, "leaf_influence_by_curve", leaf, (pl_str){0}, s->leaves[i].influence_bent);
    }
}
