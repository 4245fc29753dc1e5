/* What would be if: changes as people write them, and what they are to a model and its data. */
#ifndef PLUMBLINE_STUDY_SCENARIO_H
#define PLUMBLINE_STUDY_SCENARIO_H

#include <plumbline/model/change.h>
#include <plumbline/model/compile.h>
#include <plumbline/table/table.h>

typedef enum pl_scenario_kind {
    PL_SCENARIO_SET,     /* something is another: "D03.gdp=5.2" */
    PL_SCENARIO_WITHOUT, /* a unit or an indicator leaves: "D03" */
    PL_SCENARIO_COPY,    /* a unit enters, with everything that another has: "D03=N1" */
} pl_scenario_kind;

/* One change. */
typedef struct pl_scenario_line {
    pl_str text;
    pl_scenario_kind kind;
    pl_place place; /* for problems */
} pl_scenario_line;

/* A unit that enters. */
typedef struct pl_scenario_copy {
    pl_str code;
    size_t of; /* a unit of the base */
} pl_scenario_copy;

typedef struct pl_scenario {
    pl_arena arena;
    pl_sheet_change *sheets;
    size_t sheet_count;
    pl_value_change *values; /* of the base's data; units from unit_count on are `copies` */
    size_t value_count;
    pl_scenario_copy *copies;
    size_t copy_count;
    size_t *out; /* units of the base that leave, those below them included */
    size_t out_count;
} pl_scenario;

/* Reads changes of a compiled model. What stands left of the sign:
 *
 *     UNIT.ELEMENT, UNIT.ELEMENT@PERIOD   a value; without a period of the last one that is scored
 *     CODE.COLUMN                         a cell of an indicator
 *     UNIT.ATTRIBUTE                      an attribute of a unit
 *     settings.KEY                        a setting
 *     SHEET.ROW.COLUMN                    the same said in full, data, units, indicators, grades or functions first
 *
 * Units and indicators are named by code, or by a name that only one has. What stands right is the new text, nothing where there is
 * to be none. Numbers also change by a part of themselves (=+10%, =-5%) or by an operation (+=5 -=5 *=1.1 /=2).
 *
 * Copies come first, wherever they stand: they are of units as these are without the scenario, and what is set of a copy is set on
 * top. A copy does not leave with the units above it, and those below the unit that it is a copy of stay there.
 *
 * Codes: E721 nothing is called so, E722 it may be two things, E723 the change makes no sense there. */
pl_status pl_scenario_read(pl_scenario *out, const pl_compiled *base, const pl_scenario_line *lines, size_t count,
                           pl_problems *problems);
void pl_scenario_free(pl_scenario *scenario); /* a zeroed one may be freed */

/* A sheet of scenarios: rows with a name in the column scenario (情景), and a change in the column set (改动) or what leaves in the
 * column without (去掉), or in the column copy (复制) who enters. Rows of one name belong together, wherever they stand. */
typedef struct pl_scenario_sheet {
    pl_table table;
    pl_arena arena;
    pl_str *names; /* in the order of first appearance */
    size_t count;
    pl_scenario_line *lines; /* those of the first scenario, of the second ... */
    size_t *from;            /* per scenario where its lines begin; one more: where the last ends */
} pl_scenario_sheet;

/* Reads a CSV file. Codes: those of pl_csv_read; E724 a column is missing, a row without a scenario or without a change, or no
 * rows. pl_scenario_sheet_free in any case. */
pl_status pl_scenario_sheet_read(pl_scenario_sheet *out, const char *path, pl_problems *problems);
void pl_scenario_sheet_free(pl_scenario_sheet *sheet);

#endif
