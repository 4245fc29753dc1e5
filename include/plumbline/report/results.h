/* The results of one scoring as a workbook that an office can print, send round and follow. */
#ifndef PLUMBLINE_REPORT_RESULTS_H
#define PLUMBLINE_REPORT_RESULTS_H

#include <plumbline/base/watcher.h>
#include <plumbline/score/explain.h>
#include <plumbline/table/write.h>

/* Units that get a sheet of their own when none are named: all, up to so many. */
#define PL_RESULTS_UNIT_SHEETS 200

typedef struct pl_results_options {
    bool chinese;
    bool every_unit;       /* a sheet for each unit, however many */
    const uint32_t *units; /* else sheets for these units (indexes into the dataset); NULL: all where there are not too many */
    size_t unit_count;
    bool formulas;             /* add a sheet in which inner nodes are formulas over their children */
    const char *folder;        /* for temporary files; NULL: /tmp */
    const pl_watcher *watcher; /* is told about lines and sheets that are written; NULL: nobody */
} pl_results_options;

/* Writes sheets: the ranking with a chart, one for each group with all nodes, one for each unit with its reasons, and on request
 * the calculation as formulas. `scores` holds all nodes (PL_NODES_ALL); the same results make the same bytes. E701: more rows or
 * columns than a worksheet holds (PL_INPUT); E702: the temporary folder cannot be written (PL_IO). */
pl_status pl_report_results(pl_output *output, const pl_scores *scores, pl_compiled *compiled, const pl_results_options *options,
                            pl_problems *problems);

#endif
