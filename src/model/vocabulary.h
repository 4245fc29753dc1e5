/* The words of the sheets, in English, in Chinese and in COINr's spelling: one table for each kind. */
#ifndef PLUMBLINE_MODEL_VOCABULARY_H
#define PLUMBLINE_MODEL_VOCABULARY_H

#include <plumbline/base/problems.h>
#include <plumbline/base/text.h>
#include <plumbline/lang/expression.h>

/* A meaning and up to four ways of writing it; a list ends with words[0] == NULL. */
typedef struct pl_word {
    int meaning;
    const char *words[6];
} pl_word;

/* The meaning of a text (without regard to ASCII case), or -1. */
int pl_word_find(const pl_word *list, pl_str text);

/* The word that is written for a meaning: the first one, or the first Chinese one where there is one. NULL when the list lacks it.
 */
const char *pl_word_for(const pl_word *list, int meaning, bool chinese);
/* The first Chinese word of a meaning; NULL where there is none. */
const char *pl_word_chinese(const pl_word *list, int meaning);

/* The English words of a list, for messages: "mean, sum or median". */
void pl_word_list(const pl_word *list, pl_buffer *out);

/* The nearest word of a list to a text that is none of them, or NULL. */
const char *pl_word_nearest(const pl_word *list, pl_str text);

typedef enum pl_sheet_kind {
    SHEET_INDICATORS,
    SHEET_UNITS,
    SHEET_DATA,
    SHEET_SETTINGS,
    SHEET_EVENTS,
    SHEET_GRADES,
    SHEET_RATERS,
    SHEET_FUNCTIONS,
    SHEET_UNCOVERED,
    SHEET_LAMPS,
    SHEET_COSTS
} pl_sheet_kind;

typedef enum pl_field {
    FIELD_CODE,
    FIELD_NAME,
    FIELD_PARENT,
    FIELD_WEIGHT,
    FIELD_DIRECTION,
    FIELD_FULL,
    FIELD_TARGET,
    FIELD_LOW,
    FIELD_HIGH,
    FIELD_VALUE,
    FIELD_SCORE,
    FIELD_COMBINE,
    FIELD_MISSING,
    FIELD_APPLIES,
    FIELD_OWNER,
    FIELD_SOURCE,
    FIELD_COVERS,
    FIELD_MEASURE,
    FIELD_NOTE,
    FIELD_LEVEL,
    FIELD_TYPE,
    FIELD_DENOMINATOR,
    FIELD_IMPUTE,
    FIELD_TREAT,
    FIELD_ERROR,
    FIELD_ROUNDING,
    FIELD_COUNT
} pl_field;

/* Columns of units and data. */
typedef enum pl_data_field {
    DATA_UNIT,
    DATA_NAME,
    DATA_GROUP,
    DATA_PARENT,
    DATA_PERIOD,
    DATA_ELEMENT,
    DATA_VALUE,
    DATA_RATER,
    DATA_DELETED,  /* of long data: a row where it says true is left out */
    DATA_LEFT_OUT, /* of long data: what DHIS2 adds to a value and no score needs */
    DATA_COUNT
} pl_data_field;

/* Columns of events: those that rules name without "event." */
typedef enum pl_event_field {
    EVENT_UNIT,
    EVENT_ELEMENT,
    EVENT_POINTS,
    EVENT_DATE,
    EVENT_CASE,
    EVENT_LEVEL,
    EVENT_REASON,
    EVENT_PERIOD,
    EVENT_COUNT
} pl_event_field;

typedef enum pl_rater_field { RATER_CODE, RATER_NAME, RATER_KIND } pl_rater_field;
typedef enum pl_function_field { FUNCTION_NAME, FUNCTION_PARAMETERS, FUNCTION_FORMULA, FUNCTION_MEANING } pl_function_field;

typedef enum pl_grade_field {
    GRADE_NAME,
    GRADE_MIN,
    GRADE_SHARE,
    GRADE_BARRED,
    GRADE_ROUNDING,
    GRADE_TIES,
    GRADE_MOVES_UP,
    GRADE_COUNT
} pl_grade_field;

typedef enum pl_lamp_field { LAMP_NAME, LAMP_CONDITION, LAMP_NOTE } pl_lamp_field;
typedef enum pl_cost_field {
    COST_ELEMENT,
    COST_UNIT,
    COST_KIND,
    COST_STEP,
    COST_COST,
    COST_UP_TO,
    COST_NOTE,
    COST_COUNT
} pl_cost_field;

typedef enum pl_setting {
    SETTING_NAME,
    SETTING_YEAR,
    SETTING_SCORE,
    SETTING_COMBINE,
    SETTING_MISSING,
    SETTING_PERIOD,
    SETTING_AS_OF,
    SETTING_DIGITS,
    SETTING_DIGITS_LEAF,
    SETTING_RANK_ON,
    SETTING_TIES,
    SETTING_TIE_BREAK,
    SETTING_PEERS,
    SETTING_GRADE_WITHIN,
    SETTING_SILENCE,
    SETTING_GROUP,
    SETTING_DENOMINATE,
    SETTING_IMPUTE,
    SETTING_SCREEN,
    SETTING_SCREEN_ON,
    SETTING_TREAT,
    SETTING_CUMULATIVE
} pl_setting;

extern const pl_word pl_sheet_words[], pl_field_words[], pl_data_words[], pl_unit_words[], pl_setting_words[], pl_key_words[];
extern const pl_word pl_event_words[], pl_rater_words[], pl_function_words[], pl_grade_words[], pl_rounding_words[],
    pl_tied_words[], pl_yes_words[], pl_uncovered_words[], pl_scenario_words[], pl_lamp_words[], pl_cost_words[],
    pl_cost_kind_words[];
extern const pl_word pl_combine_words[], pl_missing_words[], pl_direction_words[], pl_ties_words[], pl_rank_on_words[],
    pl_peers_words[], pl_screen_on_words[];

/* Whether a bare name stands for a field of the events around it. */
bool pl_is_field(const pl_reference *reference);

/* Codes of what the review finds (study/review.h), which the setting `silence` may name. NULL at the end. */
extern const char *const pl_review_codes[];

/* Names that mean the same in every expression: x, full, target ... NULL at the end. */
extern const char *const pl_constant_names[];

#endif
