/* The sheets of a model, described once: for `plumbline help sheets`, docs/model.md and the descriptors of data packages. */
#ifndef PLUMBLINE_MODEL_SHEETS_H
#define PLUMBLINE_MODEL_SHEETS_H

#include <plumbline/base/text.h>

/* Every sheet and column with its words in English and Chinese and what it is: as lines, or as Markdown with both languages. */
void pl_sheets_describe(bool chinese, pl_buffer *out);
void pl_sheets_markdown(pl_buffer *out);

#endif
