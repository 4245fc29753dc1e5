/* A workbook to begin a model with. */
#ifndef PLUMBLINE_REPORT_TEMPLATE_H
#define PLUMBLINE_REPORT_TEMPLATE_H

#include <plumbline/base/problems.h>
#include <plumbline/table/write.h>

/* Writes the sheets indicators, units, data, settings, events and grades, in English or in Chinese: headers with a comment that
 * explains each column, lists to choose from, and a small model that works as it stands. `folder` is for temporary files (NULL:
 * /tmp). E702 when it cannot be written (PL_IO). */
pl_status pl_report_template(pl_output *output, bool chinese, const char *folder, pl_problems *problems);

#endif
