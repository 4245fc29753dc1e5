/* What the sheets of a results workbook share. */
#ifndef PLUMBLINE_REPORT_RESULTS_INTERNAL_H
#define PLUMBLINE_REPORT_RESULTS_INTERNAL_H

#include "report/book.h"

#include <plumbline/report/results.h>

typedef struct results {
    book *book;
    const pl_scores *scores;
    pl_compiled *compiled;
    const pl_model *model;
    const pl_dataset *dataset;
    const pl_results_options *options;
    pl_problems *problems;
    bool periods; /* more than one was scored */
    char ranking_name[BOOK_NAME_SIZE], chart_name[BOOK_NAME_SIZE], calculation_name[BOOK_NAME_SIZE];
    char (*unit_names)[BOOK_NAME_SIZE]; /* per unit: its sheet, empty where it has none */
    size_t unit_sheets;
    double *best;             /* per scored period, node and group of peers: the best score, see results_best */
    size_t *period_index;     /* of a period among those scored */
    size_t steps, step_count; /* that are done, and in all */
} results;

/* The name of an indicator, or its code where it has none. */
pl_str results_node_name(const results *r, size_t indicator);
pl_str results_unit_name(const results *r, uint32_t unit);
pl_str results_group(const results *r, uint32_t unit); /* empty: none */

/* "missing" or "does not apply", for a node without a score. */
const char *results_absent(const results *r, size_t indicator, const pl_score_line *line);

/* The model's name, or where it stands. */
pl_str results_title(const results *r);

/* The best score of a node among a unit's peers in its period; false where nobody has one. */
bool results_best(const results *r, size_t column, const pl_score_line *line, double *out);
pl_status results_find_best(results *r);

/* Tells the watcher of one more line of a table, or RESULTS_UNIT_STEPS for the sheet of a unit, which takes about as long. */
void results_step(results *r, size_t steps);
#define RESULTS_UNIT_STEPS 30

/* Title and what the workbook is about, on the first rows of a sheet. */
void results_heading(results *r, lxw_worksheet *sheet, pl_str about);

/* One file for each kind of sheet. */
void results_ranking(results *r);
void results_chart(results *r);
void results_groups(results *r);
void results_units(results *r);
void results_calculation(results *r);

#endif
