#include "model/loading.h"

/* The list of the setting `silence`: W506, W513:GDP. Errors are no matter of taste, so only what the review finds can be named. */

static pl_status unknown_code(pl_str code, pl_place place, pl_problems *problems) {
    pl_str candidates[64] = {0};
    size_t count = 0;
    for (const char *const *known = pl_review_codes; *known && count < 64; known++) candidates[count++] = pl_str_of(*known);
    if (code.len && (code.at[0] == 'E' || code.at[0] == 'e'))
        return pl_problem_add(problems, PL_ERROR, "E320", place, "\"%.*s\" is an error, and errors cannot be silenced",
                              PL_ARG(code));
    size_t nearest = pl_text_nearest(code, candidates, count);
    if (nearest < count)
        return pl_problem_add(problems, PL_ERROR, "E320", place, "\"%.*s\" is no finding of the review (did you mean \"%.*s\"?)",
                              PL_ARG(code), PL_ARG(candidates[nearest]));
    return pl_problem_add(problems, PL_ERROR, "E320", place, "\"%.*s\" is no finding of the review; they are %s to %s and %s on",
                          PL_ARG(code), pl_review_codes[0], "W516", "N501");
}

static pl_status unknown_indicator(const pl_model *model, pl_str code, pl_place place, pl_problems *problems) {
    size_t best = SIZE_MAX, nearest = PL_NO_INDEX;
    for (size_t i = 0; i < model->indicator_count && i < 20000; i++) {
        size_t distance = pl_text_distance(code, model->indicators[i].code, code.len / 3 + 1);
        if (distance >= best) continue;
        best = distance;
        nearest = i;
    }
    if (nearest == PL_NO_INDEX)
        return pl_problem_add(problems, PL_ERROR, "E320", place, "there is no indicator \"%.*s\"", PL_ARG(code));
    return pl_problem_add(problems, PL_ERROR, "E320", place, "there is no indicator \"%.*s\" (did you mean \"%.*s\"?)",
                          PL_ARG(code), PL_ARG(model->indicators[nearest].code));
}

static pl_status add(pl_model *model, pl_str item, pl_place place, pl_problems *problems) {
    const char *colon = memchr(item.at, ':', item.len);
    pl_str code = {item.at, colon ? (size_t)(colon - item.at) : item.len};
    pl_str indicator = colon ? (pl_str){colon + 1, item.len - code.len - 1} : (pl_str){0};
    pl_silence *to = &model->settings.silence[model->settings.silence_count];
    *to = (pl_silence){.indicator = PL_NO_INDEX};
    for (const char *const *known = pl_review_codes; *known; known++)
        if (pl_str_is_fold(code, *known)) to->code = pl_str_of(*known);
    if (!to->code.len) return unknown_code(code, place, problems);
    if (colon && pl_model_removed(model, indicator)) return PL_OK;
    if (colon) {
        to->indicator = pl_model_find(model, indicator);
        if (to->indicator == PL_NO_INDEX) return unknown_indicator(model, indicator, place, problems);
    }
    model->settings.silence_count++;
    return PL_OK;
}

pl_status pl_silence_resolve(pl_model *model, const pl_defaults *defaults, pl_problems *problems) {
    pl_str rest = defaults->silence, item;
    pl_status worst = PL_OK;
    model->settings.silence = pl_arena_array(&model->arena, rest.len / 2 + 1, sizeof *model->settings.silence);
    if (!model->settings.silence) return PL_MEMORY;
    while (pl_list_next(&rest, &item)) worst = pl_status_worse(worst, add(model, item, defaults->silence_place, problems));
    return worst;
}
