/* What the parts of the robustness study share. */
#ifndef PLUMBLINE_STUDY_ROBUSTING_H
#define PLUMBLINE_STUDY_ROBUSTING_H

#include "score/places.h"

#include <plumbline/base/random.h>
#include <plumbline/lang/rerun.h>
#include <plumbline/study/robust.h>

/* The model with one combination of methods. */
typedef struct robust_variant {
    pl_model *model; /* NULL: the one under study */
    pl_compiled *compiled;
    pl_rerun *rerun;
} robust_variant;

/* A column of the data whose values vary. */
typedef struct robust_noise {
    uint32_t column;
    const pl_indicator *leaf;
} robust_noise;

typedef struct robusting {
    const pl_model *model;
    const pl_dataset *dataset;
    const pl_robust_options *options;
    pl_problems *problems;
    pl_robust *out;
    robust_variant *variants; /* the last method varies fastest; [0] has the model's own */
    size_t variant_count;
    size_t *leaves; /* that can be left out */
    size_t leaf_count;
    robust_noise *noise;
    size_t noise_count;
    size_t period;
} robusting;

/* What one thread works with. */
typedef struct robust_worker {
    bool ready;
    pl_placer placer;
    double *parameters;
    pl_input *columns; /* the dataset's, with those of `noise` in their place */
    double **values;   /* per noise */
    double *places;    /* per unit */
} robust_worker;

/* Lists what varies into out->assumptions and finds what can: E711 where there is nothing. */
pl_status robust_assumptions(robusting *r);

/* Compiles and scores each combination of methods. */
pl_status robust_variants(robusting *r);

/* Makes the inputs of one run from a stream per assumption, and returns the variant that it runs. */
const robust_variant *robust_draw(const robusting *r, robust_worker *w, pl_random *streams);

#endif
