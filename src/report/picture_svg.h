/* What cairo leaves out of an SVG, and what it should not put in. */
#ifndef REPORT_PICTURE_SVG_H
#define REPORT_PICTURE_SVG_H

#include <plumbline/table/write.h>

/* Adds the document to `output` with a title and a description at its head, and with the numbers that cairo gives its surfaces,
 * which count all that the process ever made, replaced by 0. PL_IO where it is no SVG. */
pl_status picture_svg_send(pl_output *output, pl_str svg, pl_str title, pl_str description);

#endif
