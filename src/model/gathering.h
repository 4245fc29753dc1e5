/* What the parts of the data loader share while a dataset is made. */
#ifndef PLUMBLINE_MODEL_GATHERING_H
#define PLUMBLINE_MODEL_GATHERING_H

#include "model/vocabulary.h"

#include <plumbline/model/dataset.h>
#include <plumbline/table/csv.h>

#define NO_UNIT UINT32_MAX

/* One data file while its rows are sorted in. */
typedef struct pl_data_file {
    const char *name; /* what problems call it; the dataset's */
    pl_table table;
    size_t columns[DATA_COUNT]; /* by pl_data_field; table.column_count: not there */
    bool is_long;
    uint32_t *texts;  /* numbers of the file's texts in the dataset; NULL: the same */
    uint32_t *unit;   /* per row: index of the unit, or NO_UNIT */
    uint32_t *period; /* per row: index of the period; NULL: all the first */
} pl_data_file;

/* One value that a rater gave. */
typedef struct pl_ballot {
    size_t row; /* period * units + unit */
    uint32_t rater, element;
    double value;
    const char *file;
    size_t source_row;
} pl_ballot;

typedef struct pl_gathering {
    const pl_model *model;
    const pl_dataset_options *options;
    pl_dataset *dataset;
    pl_problems *problems;
    pl_intern *elements;   /* wanted by the model: number n is dataset->elements[n - 1] */
    pl_intern *attributes; /* likewise */
    pl_data_file *files;
    size_t file_count;
    pl_table units; /* the units sheet; no columns when there is none */
    bool has_units;
    size_t *unit_rows; /* per unit of the units sheet: its row there */
    uint32_t *unit_of; /* by text number: 1 + index of the unit whose code it is; 0: none */
    size_t unit_of_size;
    size_t unit_capacity;
    bool *attribute_given; /* by the units sheet */
    size_t first_copy;     /* units from here on are copies (change.h), */
    uint32_t *copy_of;     /* each of this unit, which is none */
    pl_ballot *ballots;
    size_t ballot_count, ballot_capacity;
    pl_status worst;
} pl_gathering;

void pl_gathering_keep(pl_gathering *g, pl_status status);

/* Takes over a table's texts into the dataset's. `*texts` becomes the table of numbers, or NULL where they are the same. */
pl_status pl_gather_texts(pl_gathering *g, pl_table *table, uint32_t **texts);

/* Units from the units sheet, then from the data where there is no such sheet: fills dataset->units and file->unit. */
pl_status pl_gather_units(pl_gathering *g);

/* The unit whose rows in the sheets are a unit's: itself, or the one that it is a copy of. */
size_t pl_gather_original(const pl_gathering *g, size_t unit);

/* Attributes, groups and the unit tree. */
pl_status pl_gather_attributes(pl_gathering *g);

/* Periods: fills dataset->periods and file->period. */
pl_status pl_gather_periods(pl_gathering *g);

/* Values: fills dataset->elements, reported and source_rows, and g->ballots. */
pl_status pl_gather_values(pl_gathering *g);

/* Records: fills dataset->lists. */
pl_status pl_gather_events(pl_gathering *g);
pl_status pl_gather_ballots(pl_gathering *g);

/* Records that `code` at `place` is no unit, with the nearest one that is. */
pl_status pl_gather_unknown_unit(pl_gathering *g, pl_place place, pl_str code);

#endif
