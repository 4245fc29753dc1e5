/* Memory that has been asked for and not been written yet. */
#ifndef PLUMBLINE_TABLE_FRESH_H
#define PLUMBLINE_TABLE_FRESH_H

#include <stddef.h>

/* Has the system lay pages under `size` bytes that will all be written soon, in one go: else each page is an interruption of its
 * own when it is written first. What the bytes are does not change; where the system knows no such thing, nothing happens. */
void pl_fresh_bring_in(void *at, size_t size);

#endif
