#include "support/at_hand.h"

pl_sheet sheet_at_hand(const char *name, pl_str text) { return (pl_sheet){.name = name, .bytes = text}; }

model_at_hand model_begin(void) {
    model_at_hand m = {0};
    pl_problems_init(&m.problems, 0);
    return m;
}

void model_close(model_at_hand *m) {
    pl_scores_free(m->scores);
    pl_compiled_free(m->compiled);
    pl_dataset_free(m->dataset);
    pl_model_free(m->model);
    pl_problems_free(&m->problems);
}

pl_status model_load(model_at_hand *m, const pl_sheet *sheets, size_t count) {
    pl_status status = pl_model_load_sheets(&m->model, "model", sheets, count, &m->problems);
    return status == PL_OK ? pl_dataset_load(&m->dataset, m->model, NULL, &m->problems) : status;
}

pl_status model_score(model_at_hand *m, const pl_model *model, const pl_dataset *dataset) {
    pl_status status = pl_compile(&m->compiled, model, dataset, NULL, &m->problems);
    return status == PL_OK ? pl_score(&m->scores, m->compiled, PL_NODES_ROOT, NULL, &m->problems) : status;
}

pl_status model_load_and_score(model_at_hand *m, const pl_sheet *sheets, size_t count) {
    pl_status status = model_load(m, sheets, count);
    return status == PL_OK ? model_score(m, m->model, m->dataset) : status;
}
