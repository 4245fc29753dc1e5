/* A whole model: sheets separated by lines of four equals signs, in the order of `names` below. Data that begins like a JSON object
 * is one. What comes out is explained, reviewed, covered by itself and compared with itself. */
#include <plumbline/model/diff.h>
#include <plumbline/score/explain.h>
#include <plumbline/score/stage.h>
#include <plumbline/study/cover.h>
#include <plumbline/study/review.h>

#include <stdlib.h>
#include <string.h>

#define SHEETS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An empty sheet is not there, but for the first two. */
static size_t cut(pl_str text, pl_sheet *sheets) {
    static const char *const names[SHEETS] = {"indicators.csv", "data.csv",   "settings.csv",  "units.csv",
                                              "events.csv",     "raters.csv", "functions.csv", "grades.csv"};
    size_t count = 0;
    for (size_t i = 0; i < SHEETS; i++) {
        const char *end = text.len ? memmem(text.at, text.len, "====\n", 5) : NULL;
        size_t length = end ? (size_t)(end - text.at) : text.len;
        bool json = i == 1 && length && text.at[0] == '{';
        if (length || i < 2) sheets[count++] = (pl_sheet){json ? "data.json" : names[i], NULL, {text.at, length}};
        if (!end) break;
        text.at += length + 5;
        text.len -= length + 5;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pl_sheet sheets[SHEETS];
    size_t count = cut((pl_str){(const char *)data, size}, sheets);
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_scores *scores = NULL;
    pl_explanation *explanation = NULL;
    pl_cover *cover = NULL;
    pl_changes changes = {0};
    pl_problems_init(&problems, 50);
    pl_status status = pl_model_load_sheets(&model, "fuzz", sheets, count, &problems);
    if (model) status = pl_status_worse(status, pl_dataset_load(&dataset, model, NULL, &problems));
    if (dataset) status = pl_status_worse(status, pl_compile(&compiled, model, dataset, "all", &problems));
    if (status == PL_OK) status = pl_score(&scores, compiled, PL_NODES_ALL, NULL, &problems);
    if (status == PL_OK && scores->line_count) status = pl_explain(&explanation, scores, compiled, &scores->lines[0], 0);
    if (status == PL_OK) status = pl_review(compiled, NULL, &problems);
    if (status == PL_OK) status = pl_cover_models(&cover, model, model, &problems);
    if (model && !model->flawed && pl_model_diff(&changes, model, model) == PL_OK && changes.count) abort();
    pl_staged *staged = NULL;
    if (status == PL_OK) status = pl_stage_values(&staged, compiled, PL_STAGE_TREATED, NULL, &problems);
    pl_staged_free(staged);
    if (status == PL_INPUT && !problems.errors) abort();
    pl_changes_free(&changes);
    pl_cover_free(cover);
    pl_explanation_free(explanation);
    pl_scores_free(scores);
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    pl_problems_free(&problems);
    return 0;
}
