/* The data of a model: units, periods, and a value per element, unit and period. */
#ifndef PLUMBLINE_MODEL_DATASET_H
#define PLUMBLINE_MODEL_DATASET_H

#include <plumbline/lang/evaluate.h>
#include <plumbline/model/model.h>

typedef struct pl_unit {
    pl_str code, name;
    uint32_t group;  /* index into groups, or PL_NOBODY */
    uint32_t parent; /* index into units, or PL_NOBODY */
} pl_unit;

typedef struct pl_element {
    pl_str name;      /* the column's header, or the element of a long sheet */
    const char *file; /* the (last) one that brought it, for problems */
    size_t column;    /* its column there, where that is a sheet of a workbook; else 0 */
    double *numbers;
    int32_t *scaled;   /* in place of `numbers`, as a column of a table has them (table.h) */
    double power;      /* of ten, for `scaled` */
    uint64_t *present; /* units * periods, row = period * units + unit; NULL: no column */
    bool has_values;   /* some value is reported without a rater */
    bool has_ballots;  /* some are reported by raters: they are records */
} pl_element;

/* The number in a row of an element that has a column. */
static inline double pl_element_number(const pl_element *element, size_t row) {
    return element->scaled ? element->scaled[row] / element->power : element->numbers[row];
}

typedef struct pl_attribute {
    pl_str name;
    pl_type type; /* number when every present value is one, else text; per unit: */
    double *numbers;
    uint64_t *present;
    uint32_t *texts; /* numbers of `texts` */
} pl_attribute;

/* Lists of records: any number of them belong to a row. */
enum { PL_LIST_EVENTS, PL_LIST_BALLOTS, PL_LIST_COUNT };

/* A field, one value per record. */
typedef struct pl_record_field {
    pl_str name;  /* the header */
    int meaning;  /* which of the known columns it is; -1: none, or of a ballot an attribute of the rater or */
    bool date;    /* the numbers are days (date.h) */
    bool element; /* an element */
    pl_type type; /* number or text: */
    double *numbers;
    uint64_t *present;
    uint32_t *texts; /* numbers of the dataset's texts */
} pl_record_field;

typedef struct pl_record_list {
    const char *name; /* the file that problems name; NULL: there is no such list */
    size_t count;
    size_t *row_of; /* per record, rising: period * units + unit */
    size_t *source_rows;
    size_t *indicator; /* of events: which one they belong to */
    pl_record_field *fields;
    size_t field_count;
} pl_record_list;

typedef struct pl_dataset {
    pl_arena arena;
    pl_unit *units; /* in the order of the units sheet, or of first appearance in the data */
    size_t unit_count;
    pl_str *groups;
    size_t group_count;
    pl_str *periods; /* labels in order; one empty label when the data has no periods */
    size_t period_count;
    pl_element *elements;
    size_t element_count;
    pl_attribute *attributes; /* code, name, group, parent and every further one */
    size_t attribute_count;
    pl_intern *texts; /* of the attributes; owned */
    pl_record_list lists[PL_LIST_COUNT];
    uint64_t *reported;    /* per row (period * units + unit): the data has a line for it */
    size_t *source_rows;   /* per row: the line, for problems; 0: none or, in long data, one for each value. NULL when there is a
                              single period and units are in file   order: then unit index + 2 */
    const char *data_name; /* the (last) file that problems about data name */
    const struct pl_dataset *base;        /* shares the blocks that are the same as its own (change.h); NULL: nobody does */
    bool flawed;                          /* errors were found; fit for finding more of them and nothing else */
    unsigned char digest[PL_DIGEST_SIZE]; /* SHA-256 over the bytes of the units, events, raters and data files, in order; of a
                                              workbook once */
} pl_dataset;

typedef struct pl_dataset_options {
    const char *const *files; /* data files in place of the model's own: CSV, or workbooks with a sheet of data or a single visible
                                 sheet; several are laid over one another: the same cell twice is an error */
    size_t file_count;        /* 0: the model's own data */
    pl_pool *pool;
    bool digest; /* compute it (reads the files once more) */
} pl_dataset_options;

/* Reads the columns that the model uses (elements its expressions name, attributes they name) and no others. Wide data (a column
 * per element) or long (unit, element, value). Only elements the model uses get memory. PL_INPUT when something is wrong; *out is
 * then NULL or a flawed dataset, with which pl_compile finds what else is wrong. The caller frees *out with pl_dataset_free. */
pl_status pl_dataset_load(pl_dataset **out, const pl_model *model, const pl_dataset_options *options, pl_problems *problems);
void pl_dataset_free(pl_dataset *dataset); /* NULL is allowed */

/* What a copy of a dataset has that the dataset has not, and what it lacks. */
typedef struct pl_extension {
    const pl_str *periods; /* further ones; those that the data has already are passed over */
    size_t period_count;
    int64_t end;                     /* months from year 0: values and records of later periods and days are left out; 0: none */
    pl_str ballots_from, ballots_to; /* ballots of the one period stand in the other as well; empty: none do */
} pl_extension;

/* Copies a dataset with further periods, empty but for events that a new period contains. Names stay those of `base`, which must
 * outlive the copy. */
pl_status pl_dataset_extended(pl_dataset **out, const pl_dataset *base, const pl_extension *extension);

/* Puts a value where there was none, or another; the row then counts as reported. The element must have a column. */
void pl_dataset_put(pl_dataset *dataset, size_t element, size_t row, double value);

/* Writes a field of one record as a reader would: a day as 2025-06-30; nothing where it is missing. */
void pl_record_field_write(const pl_dataset *dataset, const pl_record_field *field, size_t record, pl_buffer *out);

/* The field of a list with this meaning, or with this header; NULL when there is none. */
const pl_record_field *pl_record_field_of(const pl_record_list *list, int meaning, pl_str name);

size_t pl_dataset_find_unit(const pl_dataset *dataset, pl_str code); /* PL_NO_INDEX: none; a unit's name works where it is unique */
size_t pl_dataset_find_period(const pl_dataset *dataset, pl_str label); /* PL_NO_INDEX: none */

#endif
