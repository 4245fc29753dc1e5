/* The sheets of a model as one workbook. */
#ifndef PLUMBLINE_REPORT_MODEL_WORKBOOK_H
#define PLUMBLINE_REPORT_MODEL_WORKBOOK_H

#include <plumbline/base/problems.h>
#include <plumbline/base/watcher.h>
#include <plumbline/table/write.h>

/* Writes the CSV sheets of the model in the folder `model` as they stand, one worksheet each under its file's name: every row that
 * is not blank, every cell. Where a column takes numbers, what is one is a number, unless a spreadsheet could not give it back as
 * it was; all else is text. Nothing is checked but that it can be read: a flawed model can be exchanged, too. Rows are written as
 * they are read, so memory does not grow with them. `folder` is for temporary files (NULL: /tmp); `watcher` is told how many bytes
 * of the sheets are written (NULL: nobody).
 *
 * E301 no folder, E302 no sheet of indicators, E101, E102, E107 a sheet that cannot be read, E701 one that does not fit into a
 * worksheet (PL_INPUT, or PL_IO where the machine failed); E702 the temporary folder cannot be written (PL_IO). */
pl_status pl_report_model_workbook(pl_output *output, const char *model, const char *folder, const pl_watcher *watcher,
                                   pl_problems *problems);

#endif
