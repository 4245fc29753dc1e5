#include <plumbline/study/sensitivity.h>

#include <plumbline/base/random.h>

#include <math.h>
#include <stdlib.h>

/* A purpose of its own among the streams of a seed. */
#define PURPOSE_BOOTSTRAP 0xB007

typedef struct sample {
    const double *results;
    size_t rows, inputs;
} sample;

static const double *row_of(const sample *s, const uint32_t *chosen, size_t i) {
    return s->results + (chosen ? chosen[i] : i) * (s->inputs + 2);
}

/* Mean and variance over the results of A and B together. */
static void find_spread(const sample *s, const uint32_t *chosen, double *mean, double *variance) {
    double sum = 0, squares = 0, count = 2 * (double)s->rows;
    for (size_t i = 0; i < s->rows; i++) sum += row_of(s, chosen, i)[0] + row_of(s, chosen, i)[1];
    *mean = sum / count;
    for (size_t i = 0; i < s->rows; i++) {
        double a = row_of(s, chosen, i)[0] - *mean, b = row_of(s, chosen, i)[1] - *mean;
        squares += a * a + b * b;
    }
    *variance = squares / count;
}

/* The indices of all inputs from the rows chosen (NULL: each once). `first` and `total` have room for them. */
static void estimate(const sample *s, const uint32_t *chosen, double *first, double *total) {
    double mean, variance;
    find_spread(s, chosen, &mean, &variance);
    for (size_t k = 0; k < s->inputs; k++) first[k] = total[k] = 0;
    for (size_t i = 0; i < s->rows; i++) {
        const double *row = row_of(s, chosen, i);
        for (size_t k = 0; k < s->inputs; k++) {
            double moved = row[2 + k] - row[0];
            first[k] += (row[1] - mean) * moved; /* the mean cancels, its noise does not */
            total[k] += moved * moved;
        }
    }
    for (size_t k = 0; k < s->inputs; k++) {
        first[k] = variance > 0 ? first[k] / (double)s->rows / variance : NAN;
        total[k] = variance > 0 ? total[k] / (2 * (double)s->rows) / variance : NAN;
    }
}

static int rising(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The middle 95 % of the replicates; a replicate without variance does not count. */
static void interval(double *values, size_t count, double *low, double *high) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) values[kept++] = values[i];
    *low = *high = NAN;
    if (!kept) return;
    qsort(values, kept, sizeof *values, rising);
    *low = values[(size_t)(0.025 * (double)(kept - 1))];
    *high = values[(size_t)ceil(0.975 * (double)(kept - 1))];
}

static pl_status bootstrap(pl_sensitivity *out, const sample *s, size_t replicates, uint64_t seed) {
    size_t k = s->inputs;
    uint32_t *chosen = malloc((s->rows + 1) * sizeof *chosen);
    double *all = malloc((2 * k * replicates + 1) * sizeof *all), *one = malloc((2 * k + 1) * sizeof *one);
    pl_status status = chosen && all && one ? PL_OK : PL_MEMORY;
    for (size_t r = 0; r < replicates && status == PL_OK; r++) {
        pl_random random = pl_random_stream(seed, PURPOSE_BOOTSTRAP, r);
        for (size_t i = 0; i < s->rows; i++) chosen[i] = (uint32_t)pl_random_below(&random, s->rows);
        estimate(s, chosen, one, one + k);
        for (size_t i = 0; i < 2 * k; i++) all[i * replicates + r] = one[i];
    }
    for (size_t i = 0; i < k && status == PL_OK; i++) {
        interval(all + i * replicates, replicates, &out[i].first_low, &out[i].first_high);
        interval(all + (k + i) * replicates, replicates, &out[i].total_low, &out[i].total_high);
    }
    free(chosen);
    free(all);
    free(one);
    return status;
}

pl_status pl_sensitivity_estimate(pl_sensitivity *out, const double *results, size_t rows, size_t inputs, size_t replicates,
                                  uint64_t seed) {
    sample s = {results, rows, inputs};
    double *indices = malloc((2 * inputs + 1) * sizeof *indices);
    if (!indices) return PL_MEMORY;
    estimate(&s, NULL, indices, indices + inputs);
    for (size_t i = 0; i < inputs; i++) out[i] = (pl_sensitivity){indices[i], NAN, NAN, indices[inputs + i], NAN, NAN};
    free(indices);
    return replicates ? bootstrap(out, &s, replicates, seed) : PL_OK;
}
