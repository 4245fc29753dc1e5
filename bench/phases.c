/* Where the time of a scoring goes, and what an explanation costs once a model is loaded: phases MODEL THREADS. Prints a line for
 * each phase with seconds and processor seconds, and for the explanation of one unit the mean and the worst of 20 units. */
#include <plumbline/score/explain.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EXPLAINED 20

static double clock_of(clockid_t clock) {
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

typedef struct phase {
    double wall, processor;
} phase;

static phase begin(void) { return (phase){clock_of(CLOCK_MONOTONIC), clock_of(CLOCK_PROCESS_CPUTIME_ID)}; }

static void end(const char *what, phase from) {
    phase to = begin();
    printf("%-28s %8.3f s  %8.3f s of processor time\n", what, to.wall - from.wall, to.processor - from.processor);
}

static void check(pl_status status) {
    if (status == PL_OK) return;
    fprintf(stderr, "phases: the model cannot be scored\n");
    exit(1);
}

static void explain_some(const pl_scores *scores, pl_compiled *compiled) {
    double worst = 0, sum = 0;
    for (size_t i = 0; i < EXPLAINED; i++) {
        pl_explanation *explanation;
        double start = clock_of(CLOCK_MONOTONIC);
        check(pl_explain(&explanation, scores, compiled, &scores->lines[i * scores->line_count / EXPLAINED], 0));
        double took = clock_of(CLOCK_MONOTONIC) - start;
        pl_explanation_free(explanation);
        sum += took;
        worst = took > worst ? took : worst;
    }
    printf("%-28s %8.1f ms, at worst %.1f ms\n", "explain one unit", sum / EXPLAINED * 1e3, worst * 1e3);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: phases MODEL THREADS\n");
        return 2;
    }
    pl_problems problems;
    pl_pool *pool;
    pl_model *model;
    pl_dataset *dataset;
    pl_compiled *compiled;
    pl_scores *scores;
    pl_problems_init(&problems, 0);
    check(pl_pool_create(&pool, (unsigned)atoi(argv[2])));
    phase from = begin();
    check(pl_model_load(&model, argv[1], &problems));
    check(pl_dataset_load(&dataset, model, &(pl_dataset_options){.pool = pool}, &problems));
    end("read model and data", from);
    from = begin();
    check(pl_compile(&compiled, model, dataset, NULL, &problems));
    check(pl_score(&scores, compiled, PL_NODES_ROOT, pool, &problems));
    end("compute and rank", from);
    explain_some(scores, compiled);
    pl_scores_free(scores);
    pl_compiled_free(compiled);
    pl_dataset_free(dataset);
    pl_model_free(model);
    pl_pool_free(pool);
    pl_problems_free(&problems);
    return 0;
}
