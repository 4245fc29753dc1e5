/* Data values as JSON: what DHIS2 and its like exchange as a dataValueSet.
 *
 *     {"period": "202501", "orgUnit": "D01", "dataValues": [
 *         {"dataElement": "gdp", "value": "92.55"},
 *         {"dataElement": "gdp", "orgUnit": "D02", "period": "202502", "value": 4.9}]}
 *
 * `period` and `orgUnit` of the whole stand for entries that have none of their own. Other keys are let pass. */
#ifndef PLUMBLINE_TABLE_JSON_H
#define PLUMBLINE_TABLE_JSON_H

#include <plumbline/table/table.h>

#include <jansson.h>

/* Longest document that is read as a whole, since its tree takes several times as much memory; and longest entry of a longer one.
 */
#define PL_JSON_BYTES ((size_t)256 << 20)

/* Reads a document, UTF-8 or UTF-16. Keys are unique in their object, nesting is bounded, nothing follows the end. Every number is
 * the double nearest to its text (json_real), whole ones too. *out is the caller's (json_decref), NULL on failure. Where threads
 * read JSON at once, json_object_seed is to be called before they start. `name` is what problems call the file; NULL: its path.
 *
 * Codes: E101, E102, E107 as pl_csv_read; E131 no JSON (with line and column), E132 nested too deep, E133 a key twice, E134 a
 * number that is too large. */
pl_status pl_json_read(json_t **out, const char *path, const char *name, pl_problems *problems);

/* Reads a dataValueSet into the table that the same values would give as a long CSV file: texts dataElement and orgUnit, numbers
 * value, and texts period where any entry has one. Entries that say they were deleted are left out. Rows of the table are
 * PL_ENTRYs, and the table is called FILE:dataValues, so that problems name the entry. `table` is zeroed by the call first and
 * must be freed in any case; after PL_INPUT it holds the entries that could be read, and no columns where the document is no JSON
 * or no such set. Only one entry at a time is held as a tree, so that memory is the columns and little more.
 *
 * Codes: those above; E106 a value that is no number, E135 no list dataValues, E136 an entry or a field of the wrong kind, E137 an
 * entry without dataElement or orgUnit. */
pl_status pl_values_read(pl_table *table, const char *path, const char *name, pl_problems *problems);
pl_status pl_values_read_bytes(pl_table *table, const char *name, pl_str bytes, pl_problems *problems);

#endif
