/* An indicator system as it stands in its sheets: loaded and checked, before any data.
 *
 * DESIGN: a model is a folder of CSV files (indicators, units, data, events, raters, functions, grades, settings; or COINr's imeta
 * and idata in any case), or a workbook with sheets of these names. Everything here is plain data that the model's arena owns; it
 * is not changed after loading. */
#ifndef PLUMBLINE_MODEL_MODEL_H
#define PLUMBLINE_MODEL_MODEL_H

#include <plumbline/base/digest.h>
#include <plumbline/base/pool.h>
#include <plumbline/lang/expression.h>
#include <plumbline/lang/program.h>
#include <plumbline/table/xlsx.h>

#define PL_NO_INDEX SIZE_MAX

typedef enum pl_missing_rule { PL_MISSING_SKIP, PL_MISSING_ZERO, PL_MISSING_MEAN, PL_MISSING_FAIL } pl_missing_rule;
typedef enum pl_rounding { PL_ROUNDING_DOWN, PL_ROUNDING_UP, PL_ROUNDING_NEAREST } pl_rounding;
typedef enum pl_tie_rule { PL_TIES_COMPETITION, PL_TIES_DENSE, PL_TIES_AVERAGE } pl_tie_rule;

/* A constant of an indicator's row that may be left empty. */
typedef struct pl_optional {
    bool given;
    double value;
} pl_optional;

typedef struct pl_indicator {
    pl_str code, name;
    const char *file;                                      /* the sheet, and */
    size_t row;                                            /* its row there, for problems */
    size_t parent, first_child, next_sibling, child_count; /* indexes into pl_model.indicators; PL_NO_INDEX: none */
    unsigned depth;                                        /* 0: the root */
    double weight;                                         /* empty: 1 */
    double direction;                                      /* 1 or -1 */
    pl_optional full, target, low, high;
    pl_optional error; /* how far off its values may be: a standard deviation, or, where `error_is_share`, that share of each */
    bool error_is_share;
    pl_str error_text;            /* as the sheet has it */
    pl_optional rounding;         /* its values are reported to the nearest multiple of this */
    const pl_expression *value;   /* leaf: NULL means the element with the indicator's own code */
    const pl_expression *score;   /* over x: of a leaf the value, of an inner node what its children combine to; a leaf's
                                     own or the setting's default; NULL on an inner node: x itself */
    pl_combine how;               /* inner node: how it combines, unless: */
    const pl_expression *combine; /* an expression over the codes of its children */
    const pl_expression *applies; /* NULL: always */
    const pl_expression *impute;  /* leaf, over x: what stands for it where it is missing; NULL: as it is */
    const pl_expression *treat;   /* leaf, over x: what is done about values far out; NULL: nothing */
    pl_missing_rule missing;
    pl_place score_place, impute_place, treat_place; /* where these expressions stand: the row, or the setting */
    pl_str owner, source, covers, unit_of_measure, note;
    pl_str denominator; /* attribute or element that the value is divided by where the setting `denominate` says so */
} pl_indicator;

/* A grade, the best first. A unit gets the first one whose conditions it meets. */
typedef struct pl_grade {
    pl_str name;
    pl_place place;              /* of `barred` */
    pl_optional min;             /* the total, as published, must reach this */
    pl_optional share;           /* of the units: no more than these places, those of the grades before it included */
    pl_rounding rounding;        /* of the share into a number of places */
    bool include_ties;           /* units that share a place across the line: all get the grade, else none of them */
    bool moves_up;               /* a place that a barred unit leaves goes to the next in line */
    const pl_expression *barred; /* condition under which a unit may not have it; NULL: none */
} pl_grade;

/* A finding of the review (study/review.h) that is not to be told. */
typedef struct pl_silence {
    pl_str code;      /* "W506" */
    size_t indicator; /* of this one only; PL_NO_INDEX: of all */
} pl_silence;

/* A superior indicator that the model leaves uncovered on purpose. */
typedef struct pl_uncovered {
    pl_str code, reason;
    pl_place place;
} pl_uncovered;

/* A lamp, the best first: the first one whose condition holds is lit. */
typedef struct pl_lamp {
    pl_str name, note;
    const pl_expression *condition; /* over x, points and the constants of the indicator's row; NULL: always */
    pl_place place;                 /* of the condition */
} pl_lamp;
/* What an improvement costs: a row of the sheet costs. */
typedef struct pl_cost {
    pl_str element;
    pl_str unit; /* code; empty: every unit that has no row of its own for the element */
    bool stepwise;
    double step, cost; /* of one step; both above 0 */
    double up_to;      /* the value that can be reached at this price */
    pl_place place, unit_place;
} pl_cost;

typedef struct pl_settings {
    pl_str name, year, as_of, period;
    bool has_as_of;
    int32_t as_of_date;      /* date.h */
    bool grade_all;          /* grades are dealt out among all units, not within each group */
    int digits, digits_leaf; /* -1: not rounded */
    bool rank_on_rounded;
    pl_tie_rule ties;
    size_t *tie_break; /* indicators, in order */
    size_t tie_break_count;
    pl_scope peers; /* PL_SCOPE_ALL or PL_SCOPE_GROUP */
    pl_silence *silence;
    size_t silence_count;
    bool denominate;
    double screen;       /* least share of the values that a unit must have, above 0; 0: none */
    bool screen_imputed; /* values that were imputed count */
    pl_str group;        /* attribute that serves as the group; empty: the one of that name */
    pl_str cumulative;   /* elements that are reported as totals since the beginning of the year; empty: nobody says */
} pl_settings;

/* One sheet of a model: a file; or bytes in memory where path is NULL; or a sheet of a workbook. `name` is what problems call it
 * ("indicators.csv"); the part before the dot, in a workbook the whole, says which sheet it is. */
typedef struct pl_sheet {
    const char *name;
    const char *path;
    pl_str bytes;
    pl_workbook *workbook;                 /* NULL: a file or bytes */
    size_t index;                          /* of the sheet in the workbook */
    const struct pl_sheet_change *changes; /* laid over what is read (change.h) */
    size_t change_count;
} pl_sheet;

typedef struct pl_model {
    pl_arena arena;
    const char *path;
    pl_settings settings;
    pl_indicator *indicators; /* in tree order: a parent before its children, siblings as in the sheet; [0] is the root */
    size_t indicator_count;
    pl_workbook *workbook;  /* that it was loaded from, owned; NULL: a folder */
    size_t *field_columns;  /* of the indicators sheet, private: see pl_indicator_place */
    bool coinr;             /* it came as imeta and idata */
    bool flawed;            /* errors were found; fit for finding more of them and nothing else */
    const pl_sheet *sheets; /* all, in the order of their names */
    size_t sheet_count;
    const pl_sheet *data_sheet;  /* the folder's own, or NULL */
    const pl_sheet *units_sheet; /* or NULL */
    pl_library *library;         /* functions of the model's own; owned */
    pl_grade *grades;
    size_t grade_count;
    const pl_sheet *events_sheet, *raters_sheet; /* or NULL */
    pl_str *attributes; /* columns of the data that are attributes of units by declaration (COINr's Group, Denominator, Other) */
    size_t attribute_count;
    pl_uncovered *uncovered; /* rows of the sheet uncovered */
    size_t uncovered_count;
    const struct pl_sheet_change *changes; /* that it was loaded with (change.h) */
    size_t change_count;
    pl_lamp *lamps; /* rows of the sheet lamps */
    size_t lamp_count;
    pl_cost *costs; /* rows of the sheet costs */
    size_t cost_count;
    struct pl_code_index *codes;          /* see pl_model_find */
    unsigned char digest[PL_DIGEST_SIZE]; /* SHA-256 over the model's sheets, names and contents, without the data; of a workbook
                                             over the bytes of the file; then over the changes */
} pl_model;

/* Loads and checks the sheets of the folder or workbook (.xlsx) `path`. Every problem is recorded. PL_INPUT when one is an error;
 * *out is then NULL, or a flawed model, with something harmless in the place of what is wrong: with it pl_dataset_load and
 * pl_compile find what else is wrong, and never succeed. The caller frees *out with pl_model_free. Time and memory are linear in
 * the number of indicators. */
pl_status pl_model_load(pl_model **out, const char *path, pl_problems *problems);
/* The same for sheets at hand; what they point to must outlive the model. */
pl_status pl_model_load_sheets(pl_model **out, const char *path, const pl_sheet *sheets, size_t count, pl_problems *problems);
void pl_model_free(pl_model *model); /* NULL is allowed */

/* Which sheets of a workbook are sheets of a model, by name, in any case and with or without spaces around. Hidden ones that are
 * not are passed over in silence, others with a note (N113). *sheets is from malloc. */
pl_status pl_model_sheets(pl_sheet **sheets, size_t *count, pl_workbook *workbook, const char *path, pl_problems *problems);

/* Reports every sheet that is the same as one before it: data and 数据 (E304). */
pl_status pl_sheets_differ(const pl_sheet *sheets, size_t count, pl_problems *problems);

/* Whether a file is a sheet of a model by its name, such as units.csv. */
bool pl_is_sheet_file(const char *name);

/* Where a field of an indicator ("code", "score"; NULL: the indicator as a whole) stands, for problems. */
pl_place pl_indicator_place(const pl_model *model, const pl_indicator *indicator, const char *field);

/* Index of the indicator with this code, or PL_NO_INDEX. */
size_t pl_model_find(const pl_model *model, pl_str code);

#endif
