/* Which of several uncertain inputs a result owes its spread to: variance-based indices (Sobol' 1993).
 *
 * Design: Saltelli et al. 2010, "Variance based sensitivity analysis of model output", Computer Physics Communications 181. For
 * each of N rows the model runs k + 2 times: with inputs A, with inputs B, and k times with A whose input i is B's. Estimators of
 * that paper's Table 2: (b) for the first order, (f), which is Jansen's of 1999, for the total. */
#ifndef PLUMBLINE_STUDY_SENSITIVITY_H
#define PLUMBLINE_STUDY_SENSITIVITY_H

#include <plumbline/base/status.h>

#include <stddef.h>
#include <stdint.h>

/* Shares of the variance, 0 to 1 but for the error of the sample, each with a 95 % interval from the bootstrap (percentiles). NAN
 * where the result does not vary. */
typedef struct pl_sensitivity {
    double first, first_low, first_high; /* what the input does by itself */
    double total, total_low, total_high; /* with all that it does together with others */
} pl_sensitivity;

/* `results`: rows x (inputs + 2) numbers, row by row: of A, of B, of A with input 0 from B ... Finite. Writes one index for each
 * input. `seed` is for the bootstrap of `replicates` samples; 0: no intervals (NAN). */
pl_status pl_sensitivity_estimate(pl_sensitivity *out, const double *results, size_t rows, size_t inputs, size_t replicates,
                                  uint64_t seed);

#endif
