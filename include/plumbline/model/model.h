/* An indicator system as it stands in its sheets: loaded and checked, before any data.
 *
 * DESIGN: a model is a folder of CSV files (indicators, units, data, events, grades, settings; or COINr's imeta and idata in any
 * case). Everything here is plain data that the model's arena owns; it is not changed after loading. */
#ifndef PLUMBLINE_MODEL_MODEL_H
#define PLUMBLINE_MODEL_MODEL_H

#include <plumbline/base/digest.h>
#include <plumbline/base/pool.h>
#include <plumbline/lang/expression.h>
#include <plumbline/lang/program.h>
#include <plumbline/table/table.h>

#define PL_NO_INDEX SIZE_MAX

typedef enum pl_missing_rule { PL_MISSING_SKIP, PL_MISSING_ZERO, PL_MISSING_MEAN, PL_MISSING_FAIL } pl_missing_rule;
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

typedef struct pl_settings {
    pl_str name, year, as_of, period;
    int digits, digits_leaf; /* -1: not rounded */
    bool rank_on_rounded;
    pl_tie_rule ties;
    size_t *tie_break; /* indicators, in order */
    size_t tie_break_count;
    pl_scope peers; /* PL_SCOPE_ALL or PL_SCOPE_GROUP */
    bool denominate;
    double screen;       /* least share of the values that a unit must have, above 0; 0: none */
    bool screen_imputed; /* values that were imputed count */
    pl_str group;        /* attribute that serves as the group; empty: the one of that name */
} pl_settings;

/* One sheet of a model: a file, or bytes in memory where path is NULL. `name` is what problems call it ("indicators.csv"); the part
 * before the dot says which sheet it is. */
typedef struct pl_sheet {
    const char *name;
    const char *path;
    pl_str bytes;
} pl_sheet;

typedef struct pl_model {
    pl_arena arena;
    const char *path;
    pl_settings settings;
    pl_indicator *indicators; /* in tree order: a parent before its children, siblings as in the sheet; [0] is the root */
    size_t indicator_count;
    bool coinr;                  /* it came as imeta and idata */
    bool flawed;                 /* errors were found; fit for finding more of them and nothing else */
    const pl_sheet *data_sheet;  /* the folder's own, or NULL */
    const pl_sheet *units_sheet; /* or NULL */
    pl_str *attributes; /* columns of the data that are attributes of units by declaration (COINr's Group, Denominator, Other) */
    size_t attribute_count;
    struct pl_code_index *codes;          /* see pl_model_find */
    unsigned char digest[PL_DIGEST_SIZE]; /* SHA-256 over the model's sheets, names and contents, without the data */
} pl_model;

/* Loads and checks the sheets of the folder `path`. Every problem is recorded. PL_INPUT when one is an error; *out is then NULL, or
 * a flawed model, with something harmless in the place of what is wrong: with it pl_dataset_load and pl_compile find what else is
 * wrong, and never succeed. The caller frees *out with pl_model_free. Time and memory are linear in the number of indicators. */
pl_status pl_model_load(pl_model **out, const char *path, pl_problems *problems);
/* The same for sheets at hand; what they point to must outlive the model. */
pl_status pl_model_load_sheets(pl_model **out, const char *path, const pl_sheet *sheets, size_t count, pl_problems *problems);
void pl_model_free(pl_model *model); /* NULL is allowed */

/* Index of the indicator with this code, or PL_NO_INDEX. */
size_t pl_model_find(const pl_model *model, pl_str code);

#endif
