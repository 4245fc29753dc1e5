/* A whole model: sheets separated by lines of four equals signs, in the order indicators, data, settings, units. */
#include <plumbline/score/explain.h>
#include <plumbline/score/stage.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t cut(pl_str text, pl_sheet *sheets) {
    static const char *const names[] = {"indicators.csv", "data.csv", "settings.csv", "units.csv"};
    size_t count = 0;
    while (count < 4) {
        const char *end = text.len ? memmem(text.at, text.len, "====\n", 5) : NULL;
        size_t length = end ? (size_t)(end - text.at) : text.len;
        sheets[count] = (pl_sheet){names[count], NULL, {text.at, length}};
        count++;
        if (!end) break;
        text.at += length + 5;
        text.len -= length + 5;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pl_sheet sheets[4];
    size_t count = cut((pl_str){(const char *)data, size}, sheets);
    pl_problems problems;
    pl_model *model = NULL;
    pl_dataset *dataset = NULL;
    pl_compiled *compiled = NULL;
    pl_scores *scores = NULL;
    pl_explanation *explanation = NULL;
    pl_problems_init(&problems, 50);
    pl_status status = pl_model_load_sheets(&model, "fuzz", sheets, count, &problems);
    if (model) status = pl_status_worse(status, pl_dataset_load(&dataset, model, NULL, &problems));
    if (dataset) status = pl_status_worse(status, pl_compile(&compiled, model, dataset, "all", &problems));
    if (status == PL_OK) status = pl_score(&scores, compiled, PL_NODES_ALL, NULL, &problems);
    if (status == PL_OK && scores->line_count) status = pl_explain(&explanation, scores, compiled, &scores->lines[0], 0);
    pl_staged *staged = NULL;
    if (status == PL_OK) status = pl_stage_values(&staged, compiled, PL_STAGE_TREATED, NULL, &problems);
    pl_staged_free(staged);
    if (status == PL_INPUT && !problems.errors) abort();
    pl_explanation_free(explanation);
    pl_scores_free(scores);
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    pl_problems_free(&problems);
    return 0;
}
