/* The finished package of a workbook: a zip archive of XML parts. */
#ifndef PLUMBLINE_REPORT_PACKAGE_H
#define PLUMBLINE_REPORT_PACKAGE_H

#include <plumbline/base/text.h>

/* Whether every part ends with the tag that it begins with. libxlsxwriter does not notice when the disk is full while it lays a
 * part aside; this does. */
bool package_is_whole(pl_str package);

#endif
