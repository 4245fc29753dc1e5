/* The finished package of a workbook: a zip archive of XML parts. */
#ifndef PLUMBLINE_REPORT_PACKAGE_H
#define PLUMBLINE_REPORT_PACKAGE_H

#include <plumbline/table/write.h>

/* Adds the package in the file `path` to `output`, after a look at every part: each must end with the tag that it begins with. The
 * library that writes workbooks does not notice when the disk is full while a part is laid aside; this does. PL_IO when the file
 * cannot be read or a part is cut short. */
pl_status package_send(const char *path, pl_output *output);

/* The same check for bytes at hand. */
bool package_is_whole(pl_str package);

#endif
