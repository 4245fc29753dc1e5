/* The words of the sheets, in English, in Chinese and in COINr's spelling: one table for each kind. */
#ifndef PLUMBLINE_MODEL_VOCABULARY_H
#define PLUMBLINE_MODEL_VOCABULARY_H

#include <plumbline/base/problems.h>
#include <plumbline/base/text.h>

/* A meaning and up to four ways of writing it; a list ends with words[0] == NULL. */
typedef struct pl_word {
    int meaning;
    const char *words[6];
} pl_word;

/* The meaning of a text (without regard to ASCII case), or -1. */
int pl_word_find(const pl_word *list, pl_str text);

/* The English words of a list, for messages: "mean, sum or median". */
void pl_word_list(const pl_word *list, pl_buffer *out);

/* The nearest word of a list to a text that is none of them, or NULL. */
const char *pl_word_nearest(const pl_word *list, pl_str text);

typedef enum pl_sheet_kind { SHEET_INDICATORS, SHEET_UNITS, SHEET_DATA, SHEET_SETTINGS, SHEET_EVENTS, SHEET_GRADES } pl_sheet_kind;

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
    DATA_COUNT
} pl_data_field;

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
    SETTING_GROUP,
    SETTING_DENOMINATE,
    SETTING_IMPUTE,
    SETTING_SCREEN,
    SETTING_SCREEN_ON,
    SETTING_TREAT
} pl_setting;

extern const pl_word pl_sheet_words[], pl_field_words[], pl_data_words[], pl_unit_words[], pl_setting_words[], pl_key_words[];
extern const pl_word pl_combine_words[], pl_missing_words[], pl_direction_words[], pl_ties_words[], pl_rank_on_words[],
    pl_peers_words[], pl_yes_words[], pl_screen_on_words[];

/* Names that mean the same in every expression: x, full, target ... NULL at the end. */
extern const char *const pl_constant_names[];

#endif
