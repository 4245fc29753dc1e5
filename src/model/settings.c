#include "model/loading.h"

#include <plumbline/base/date.h>
#include <plumbline/base/number.h>

#include <math.h>

#define MOST_DIGITS 15

pl_status pl_unknown_word(pl_problems *problems, const char *code, pl_place place, pl_str text, const pl_word *list) {
    pl_buffer words;
    pl_buffer_init(&words, 0);
    const char *nearest = pl_word_nearest(list, text);
    if (nearest)
        pl_buffer_print(&words, "did you mean \"%s\"?", nearest);
    else
        pl_word_list(list, &words);
    pl_status status = PL_MEMORY;
    if (!words.failed)
        status = pl_problem_add(problems, PL_ERROR, code, place, "unknown word \"%.*s\" (%s%s)", PL_ARG(text),
                                nearest ? "" : "one of ", words.at);
    pl_buffer_free(&words);
    return status;
}

/* What has none is meant as a word, not as a formula. */
static bool has_operator(pl_str text) {
    for (size_t i = 0; i < text.len; i++)
        if (strchr("+-*/^%()<>=,\"[", text.at[i])) return true;
    return false;
}

pl_status pl_combine_parse(pl_model *model, pl_str text, pl_place place, pl_problems *problems, pl_combine *how,
                           const pl_expression **expression) {
    int word = pl_word_find(pl_combine_words, text);
    *expression = NULL;
    if (word >= 0) {
        *how = (pl_combine)word;
        return PL_OK;
    }
    pl_problems wrong;
    pl_problems_init(&wrong, 0);
    pl_status status = pl_expression_parse(expression, &model->arena, text, place, &wrong);
    if (status == PL_INPUT && !has_operator(text))
        status = pl_unknown_word(problems, "E320", place, text, pl_combine_words);
    else if (status == PL_INPUT && pl_problems_append(problems, &wrong) != PL_OK)
        status = PL_MEMORY;
    pl_problems_free(&wrong);
    return status;
}

static pl_status set_word(pl_str text, pl_place place, const pl_word *words, int *out, pl_problems *problems) {
    int word = pl_word_find(words, text);
    if (word < 0) return pl_unknown_word(problems, "E320", place, text, words);
    *out = word;
    return PL_OK;
}

static pl_status set_digits(pl_str text, pl_place place, int *out, pl_problems *problems) {
    double value;
    if (!pl_number_parse(text, &value) || value != floor(value) || value < 0 || value > MOST_DIGITS)
        return pl_problem_add(problems, PL_ERROR, "E320", place, "\"%.*s\" is no number of decimals; it must be from 0 to %d",
                              PL_ARG(text), MOST_DIGITS);
    *out = (int)value;
    return PL_OK;
}

static pl_status set_text(pl_model *model, pl_str text, pl_str *out) {
    return pl_str_copy(out, &model->arena, text) ? PL_OK : PL_MEMORY;
}

typedef struct settings_reader {
    pl_model *model;
    pl_defaults *defaults;
    pl_problems *problems;
    bool rank_on_given;
} settings_reader;

static pl_status apply(settings_reader *r, pl_setting key, pl_str text, pl_place place) {
    pl_settings *s = &r->model->settings;
    pl_status status;
    int word = 0;
    switch (key) {
    case SETTING_NAME: return set_text(r->model, text, &s->name);
    case SETTING_YEAR: return set_text(r->model, text, &s->year);
    case SETTING_AS_OF:
        s->has_as_of = pl_date_parse(text, &s->as_of_date);
        if (!s->has_as_of)
            return pl_problem_add(r->problems, PL_ERROR, "E320", place, "\"%.*s\" is no date; write it as 2025-06-30",
                                  PL_ARG(text));
        return set_text(r->model, text, &s->as_of);
    case SETTING_GRADE_WITHIN:
        status = set_word(text, place, pl_peers_words, &word, r->problems);
        s->grade_all = status == PL_OK && word == PL_SCOPE_ALL;
        return status;
    case SETTING_PERIOD: return set_text(r->model, text, &s->period);
    case SETTING_SCORE:
        r->defaults->score_place = place;
        return pl_expression_parse(&r->defaults->score, &r->model->arena, text, place, r->problems);
    case SETTING_COMBINE: return pl_combine_parse(r->model, text, place, r->problems, &r->defaults->how, &r->defaults->combine);
    case SETTING_MISSING:
        status = set_word(text, place, pl_missing_words, &word, r->problems);
        r->defaults->missing = (pl_missing_rule)word;
        return status;
    case SETTING_DIGITS: return set_digits(text, place, &s->digits, r->problems);
    case SETTING_DIGITS_LEAF: return set_digits(text, place, &s->digits_leaf, r->problems);
    case SETTING_RANK_ON:
        status = set_word(text, place, pl_rank_on_words, &word, r->problems);
        s->rank_on_rounded = word;
        r->rank_on_given = true;
        return status;
    case SETTING_TIES:
        status = set_word(text, place, pl_ties_words, &word, r->problems);
        s->ties = (pl_tie_rule)word;
        return status;
    case SETTING_TIE_BREAK: r->defaults->tie_break_place = place; return set_text(r->model, text, &r->defaults->tie_break);
    case SETTING_SILENCE: r->defaults->silence_place = place; return set_text(r->model, text, &r->defaults->silence);
    case SETTING_PEERS:
        status = set_word(text, place, pl_peers_words, &word, r->problems);
        s->peers = (pl_scope)word;
        return status;
    case SETTING_GROUP: return set_text(r->model, text, &s->group);
    case SETTING_DENOMINATE:
        status = set_word(text, place, pl_yes_words, &word, r->problems);
        s->denominate = word;
        return status;
    case SETTING_IMPUTE:
        r->defaults->impute_place = place;
        return pl_expression_parse(&r->defaults->impute, &r->model->arena, text, place, r->problems);
    case SETTING_SCREEN:
        if (pl_share_parse(text, &s->screen)) return PL_OK;
        return pl_problem_add(r->problems, PL_ERROR, "E320", place, "\"%.*s\" is no share; write it as 90%% or 0.9", PL_ARG(text));
    case SETTING_SCREEN_ON:
        status = set_word(text, place, pl_screen_on_words, &word, r->problems);
        s->screen_imputed = word;
        return status;
    case SETTING_CUMULATIVE: return set_text(r->model, text, &s->cumulative);
    case SETTING_TREAT:
        r->defaults->treat_place = place;
        return pl_expression_parse(&r->defaults->treat, &r->model->arena, text, place, r->problems);
    }
    return PL_OK;
}

/* Places outlive the table they were read from. */
static pl_status keep_place(pl_model *model, pl_place *place) {
    pl_str file, field;
    if (!pl_str_copy(&file, &model->arena, pl_str_of(place->file)) || !pl_str_copy(&field, &model->arena, pl_str_of(place->field)))
        return PL_MEMORY;
    place->file = file.at;
    place->field = field.at;
    return PL_OK;
}

static pl_status apply_rows(settings_reader *r, const pl_table *table, size_t key_column, size_t value_column) {
    pl_status worst = PL_OK;
    uint64_t seen = 0;
    for (size_t row = 0; row < table->rows && worst != PL_MEMORY; row++) {
        pl_str key = pl_table_text(table, key_column, row), value = pl_table_text(table, value_column, row);
        if (!key.len || !value.len) continue;
        int setting = pl_word_find(pl_setting_words, key);
        pl_place place = pl_table_cell_place(table, value_column, row);
        place.field = key.at;
        pl_status status = keep_place(r->model, &place);
        if (status == PL_OK && setting < 0)
            status = pl_unknown_word(r->problems, "E320", pl_table_cell_place(table, key_column, row), key, pl_setting_words);
        else if (status == PL_OK && (seen >> setting & 1))
            status = pl_problem_add(r->problems, PL_ERROR, "E320", place, "this setting is given twice");
        else if (status == PL_OK) {
            seen |= UINT64_C(1) << setting;
            status = apply(r, (pl_setting)setting, value, place);
        }
        if (status != PL_OK) worst = status;
    }
    return worst;
}

pl_status pl_settings_load(pl_model *model, pl_defaults *defaults, const pl_sheet *sheet, pl_problems *problems) {
    model->settings = (pl_settings){.digits = -1, .digits_leaf = -1, .ties = PL_TIES_COMPETITION, .peers = PL_SCOPE_ALL};
    *defaults = (pl_defaults){.how = PL_COMBINE_MEAN, .missing = PL_MISSING_SKIP};
    settings_reader r = {model, defaults, problems, false};
    pl_status status = PL_OK;
    if (sheet) {
        pl_table table;
        status = pl_sheet_read(&table, sheet, NULL, problems);
        size_t key = pl_column_of(&table, pl_key_words, 0), value = pl_column_of(&table, pl_key_words, 1);
        if (status == PL_OK && (key == table.column_count || value == table.column_count))
            status = pl_problem_add(problems, PL_ERROR, "E321", pl_table_header_place(&table), "needs the columns key and value");
        else if (status == PL_OK)
            status = apply_rows(&r, &table, key, value);
        pl_table_free(&table);
    }
    if (!r.rank_on_given) model->settings.rank_on_rounded = model->settings.digits >= 0;
    if (status != PL_OK || defaults->score) return status;
    defaults->score_place = (pl_place){.file = "the default score"};
    return pl_expression_parse(&defaults->score, &model->arena, pl_str_of("minmax(x)"), defaults->score_place, problems);
}

static pl_status add_tie_break(pl_model *model, pl_str code, pl_place place, pl_problems *problems) {
    size_t index = pl_model_find(model, code);
    if (index != PL_NO_INDEX) {
        model->settings.tie_break[model->settings.tie_break_count++] = index;
        return PL_OK;
    }
    if (pl_model_removed(model, code)) return PL_OK;
    return pl_problem_add(problems, PL_ERROR, "E322", place, "there is no indicator \"%.*s\"", PL_ARG(code));
}

pl_status pl_tie_break_resolve(pl_model *model, const pl_defaults *defaults, pl_problems *problems) {
    pl_str rest = defaults->tie_break, code;
    pl_status worst = PL_OK;
    model->settings.tie_break = pl_arena_array(&model->arena, rest.len + 1, sizeof *model->settings.tie_break);
    if (!model->settings.tie_break) return PL_MEMORY;
    while (pl_list_next(&rest, &code))
        worst = pl_status_worse(worst, add_tie_break(model, code, defaults->tie_break_place, problems));
    return worst;
}
