#include "cli/change_text.h"
#include "cli/output.h"
#include "cli/whatif.h"

#include <math.h>
#include <stdlib.h>

void cli_whatif_write_csv(const cli_whatif_showing *v, pl_output *output) {
    static const char *const heads[] = {"unit", "name", "period", "rank", "new_rank", "total", "new_total"};
    pl_csv_writer w;
    pl_csv_begin(&w, output, false);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) pl_csv_text(&w, pl_str_of(heads[i]));
    pl_csv_end_row(&w);
    for (size_t i = 0; i < v->w->line_count; i++) {
        const pl_whatif_line *line = &v->w->lines[i];
        pl_csv_text(&w, pl_whatif_unit(v->w, line)->code);
        pl_csv_text(&w, pl_whatif_unit(v->w, line)->name);
        pl_csv_text(&w, v->s->dataset->periods[line->period]);
        pl_csv_number(&w, cli_place_of(line->before));
        pl_csv_number(&w, cli_place_of(line->after));
        pl_csv_number(&w, cli_total_of(line->before));
        pl_csv_number(&w, cli_total_of(line->after));
        pl_csv_end_row(&w);
    }
}

static void json_number(pl_json_writer *w, const char *key, double x) {
    pl_json_key(w, key);
    pl_json_number(w, x);
}

static void json_text(pl_json_writer *w, const char *key, pl_str text) {
    pl_json_key(w, key);
    pl_json_text(w, text);
}

static void json_changes(const cli_whatif_showing *v, pl_json_writer *w) {
    pl_json_key(w, "changes");
    pl_json_array(w);
    for (size_t i = 0; i < v->changes.count; i++) {
        const pl_change *c = &v->changes.items[i];
        if (c->kind == PL_CHANGE_SHARE) continue;
        const pl_indicator *node =
            c->before == PL_NO_INDEX ? &v->w->model->indicators[c->after] : &v->s->model->indicators[c->before];
        pl_json_object(w);
        json_text(w, "indicator", node->code);
        pl_json_key(w, "column");
        pl_json_text_or_null(w, pl_str_of(c->field));
        json_text(w, "before", c->old_text);
        json_text(w, "after", c->new_text);
        pl_json_end(w);
    }
    pl_json_end(w);
}

static void json_cells(const cli_whatif_showing *v, pl_json_writer *w) {
    pl_json_key(w, "cells");
    pl_json_array(w);
    for (size_t i = 0; i < v->cells.count; i++) {
        const pl_whatif_cell *c = &v->cells.items[i];
        pl_json_object(w);
        json_text(w, "sheet", c->sheet);
        json_text(w, "row", c->row);
        pl_json_key(w, "column");
        pl_json_text_or_null(w, c->column);
        json_text(w, "before", c->before);
        json_text(w, "after", c->after);
        pl_json_end(w);
    }
    pl_json_end(w);
}

/* The units that enter, and whose copies they are. */
static void json_copies(const cli_whatif_showing *v, pl_json_writer *w) {
    pl_json_key(w, "copies");
    pl_json_array(w);
    for (size_t i = 0; v->w->model && i < v->w->model->change_count; i++) {
        const pl_sheet_change *change = &v->w->model->changes[i];
        if (change->act != PL_ACT_COPY) continue;
        pl_json_object(w);
        json_text(w, "unit", change->row);
        json_text(w, "of", change->text);
        pl_json_end(w);
    }
    pl_json_end(w);
}

static pl_status json_reasons(const cli_whatif_showing *v, const pl_whatif_line *line, pl_json_writer *w) {
    pl_whatif_reason *reasons = NULL;
    size_t count = 0;
    double rest = NAN;
    if (cli_whatif_asked_for(v, line)) {
        pl_status status = pl_whatif_reasons(&reasons, &count, &rest, v->w, line);
        if (status != PL_OK) return status;
    }
    pl_json_key(w, "reasons");
    pl_json_array(w);
    for (size_t i = 0; i < count; i++) {
        const pl_whatif_reason *r = &reasons[i];
        pl_json_object(w);
        json_text(w, "indicator", r->code);
        json_number(w, "points", r->points);
        json_number(w, "x", r->x_before);
        json_number(w, "new_x", r->x_after);
        json_number(w, "score", r->score_before);
        json_number(w, "new_score", r->score_after);
        pl_json_end(w);
    }
    pl_json_end(w);
    json_number(w, "rest", rest);
    free(reasons);
    return PL_OK;
}

pl_status cli_whatif_write_json(const cli_whatif_showing *v, pl_output *output) {
    pl_json_writer w;
    pl_status status = PL_OK;
    cli_json_begin(&w, output, "plumbline/whatif/1");
    json_changes(v, &w);
    json_cells(v, &w);
    json_copies(v, &w);
    pl_json_key(&w, "lines");
    pl_json_array(&w);
    for (size_t i = 0; i < v->w->line_count && status == PL_OK; i++) {
        const pl_whatif_line *line = &v->w->lines[i];
        pl_json_object(&w);
        json_text(&w, "unit", pl_whatif_unit(v->w, line)->code);
        pl_json_key(&w, "period");
        pl_json_text_or_null(&w, v->s->dataset->periods[line->period]);
        json_number(&w, "rank", cli_place_of(line->before));
        json_number(&w, "new_rank", cli_place_of(line->after));
        json_number(&w, "total", cli_total_of(line->before));
        json_number(&w, "new_total", cli_total_of(line->after));
        pl_json_key(&w, "left");
        pl_json_bool(&w, !line->after);
        pl_json_key(&w, "entered");
        pl_json_bool(&w, !line->before);
        status = json_reasons(v, line, &w);
        pl_json_end(&w);
    }
    pl_json_end(&w);
    pl_json_end(&w);
    return status;
}
