/* What other programs can take: data values in DHIS2's words, and a model's folder as a Frictionless data package. */
#ifndef PLUMBLINE_MODEL_INTERCHANGE_H
#define PLUMBLINE_MODEL_INTERCHANGE_H

#include <plumbline/model/dataset.h>
#include <plumbline/table/write.h>

/* Write every value that is present, by period, unit and element in the order of the model: as CSV with the columns dataElement,
 * period, orgUnit, value, or as a dataValueSet. Periods are spelt as DHIS2 does (2025, 2025S1, 2025Q1, 202501), other labels as
 * they are; data without periods has none. Numbers read back as the same double. Failure is the output's. */
void pl_values_write_csv(const pl_dataset *dataset, pl_output *output);
void pl_values_write_json(const pl_dataset *dataset, pl_output *output);

/* Writes the descriptor datapackage.json (Frictionless Data Package v1, profile tabular-data-package) of the folder that the model
 * came from: each CSV sheet with its columns, keys, size and SHA-256. A flawed model will do. PL_IO or PL_INPUT where a sheet
 * cannot be read, PL_MEMORY.
 *
 * Codes: those of pl_csv_read; W344 data in JSON is no table and stays out. */
pl_status pl_datapackage_write(const pl_model *model, pl_output *output, pl_problems *problems);

/* Compares the files of a folder with its datapackage.json, where it has one. Only warnings: PL_OK or PL_MEMORY.
 *
 * Codes: W341 a resource is not there or not the file that was described, W342 a path leads out of the folder and is not followed,
 * W343 the descriptor cannot be used. */
pl_status pl_datapackage_check(const char *folder, pl_problems *problems);

#endif
