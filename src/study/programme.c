#include "study/programme.h"

#include <plumbline/base/arena.h>

#include <glpk.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct pl_programme_column {
    double low, high, cost;
    bool integer;
};

struct pl_programme_row {
    double low, high;
    size_t from, count;
};

pl_status pl_programme_column(pl_programme *p, double low, double high, double cost, bool integer, size_t *out) {
    if (pl_reserve((void **)&p->columns, &p->column_capacity, p->column_count + 1, sizeof *p->columns, INT_MAX / 2))
        return PL_MEMORY;
    *out = p->column_count++;
    p->columns[*out] = (struct pl_programme_column){low, high, cost, integer};
    return PL_OK;
}

void pl_programme_cost(pl_programme *p, size_t column, double cost) { p->columns[column].cost = cost; }

pl_status pl_programme_row(pl_programme *p, double low, double high, const size_t *columns, const double *coefficients,
                           size_t count) {
    if (pl_reserve((void **)&p->rows, &p->row_capacity, p->row_count + 1, sizeof *p->rows, INT_MAX / 2) ||
        pl_reserve((void **)&p->at, &p->at_capacity, p->entry_count + count + 1, sizeof *p->at, INT_MAX / 2) ||
        pl_reserve((void **)&p->coefficients, &p->coefficient_capacity, p->entry_count + count + 1, sizeof *p->coefficients,
                   INT_MAX / 2))
        return PL_MEMORY;
    struct pl_programme_row *row = &p->rows[p->row_count++];
    *row = (struct pl_programme_row){low, high, p->entry_count, 0};
    for (size_t i = 0; i < count; i++) {
        if (coefficients[i] == 0) continue;
        p->at[p->entry_count] = (int)columns[i] + 1;
        p->coefficients[p->entry_count++] = coefficients[i];
        row->count++;
    }
    return PL_OK;
}

void pl_programme_free(pl_programme *p) {
    free(p->columns);
    free(p->rows);
    free(p->at);
    free(p->coefficients);
    *p = (pl_programme){0};
}

/* ---- GLPK ---- */

/* GLPK ends the process where it lacks memory, unless this hook leaves it first; its memory goes with glp_free_env. */
static void leave(void *info) { longjmp(*(jmp_buf *)info, 1); }

/* The bound of the tree of cases, as long as there is one. */
static void watch(glp_tree *tree, void *info) {
    pl_programme_answer *answer = info;
    int node = glp_ios_best_node(tree);
    if (!node) return;
    answer->bound = glp_ios_node_bound(tree, node);
    answer->has_bound = fabs(answer->bound) < 1e300;
}

static int bound_kind(double low, double high) {
    if (isinf(low)) return isinf(high) ? GLP_FR : GLP_UP;
    return isinf(high) ? GLP_LO : low == high ? GLP_FX : GLP_DB;
}

/* GLPK counts entries, columns and rows from 1. */
static void describe(const pl_programme *p, glp_prob *problem) {
    glp_set_obj_dir(problem, GLP_MIN);
    glp_add_cols(problem, p->column_count ? (int)p->column_count : 1); /* GLPK has none without columns */
    if (!p->column_count) glp_set_col_bnds(problem, 1, GLP_FX, 0, 0);
    for (size_t i = 0; i < p->column_count; i++) {
        const struct pl_programme_column *column = &p->columns[i];
        int at = (int)i + 1;
        glp_set_col_bnds(problem, at, bound_kind(column->low, column->high), column->low, column->high);
        glp_set_obj_coef(problem, at, column->cost);
        if (column->integer) glp_set_col_kind(problem, at, GLP_IV);
    }
    if (p->row_count) glp_add_rows(problem, (int)p->row_count);
    for (size_t i = 0; i < p->row_count; i++) {
        const struct pl_programme_row *row = &p->rows[i];
        glp_set_row_bnds(problem, (int)i + 1, bound_kind(row->low, row->high), row->low, row->high);
        if (row->count)
            glp_set_mat_row(problem, (int)i + 1, (int)row->count, p->at + row->from - 1, p->coefficients + row->from - 1);
    }
}

static void take(glp_prob *problem, const pl_programme *p, int result, pl_programme_answer *answer) {
    int status = glp_mip_status(problem);
    answer->outcome = PL_PROGRAMME_UNKNOWN;
    if (result == GLP_ENOPFS || (result == 0 && status == GLP_NOFEAS)) answer->outcome = PL_PROGRAMME_IMPOSSIBLE;
    if (status != GLP_OPT && status != GLP_FEAS) return;
    answer->outcome = status == GLP_OPT ? PL_PROGRAMME_OPTIMAL : PL_PROGRAMME_FEASIBLE;
    answer->least = glp_mip_obj_val(problem);
    if (status == GLP_OPT) answer->bound = answer->least;
    answer->has_bound |= status == GLP_OPT;
    for (size_t i = 0; i < p->column_count; i++) answer->values[i] = glp_mip_col_val(problem, (int)i + 1);
}

static glp_iocp options_for(double seconds, pl_programme_answer *answer) {
    glp_iocp options;
    glp_init_iocp(&options);
    options.msg_lev = GLP_MSG_OFF;
    options.presolve = GLP_ON;
    options.tol_int = 1e-7;
    options.tm_lim = seconds >= INT_MAX / 1000 ? INT_MAX : (int)(seconds * 1000) + 1;
    options.cb_func = watch;
    options.cb_info = answer;
    return options;
}

pl_status pl_programme_solve(const pl_programme *p, double seconds, pl_programme_answer *answer) {
    jmp_buf out;
    answer->outcome = PL_PROGRAMME_UNKNOWN;
    answer->has_bound = false;
    if (setjmp(out)) {
        glp_error_hook(NULL, NULL);
        glp_free_env();
        return PL_MEMORY;
    }
    glp_error_hook(leave, &out);
    glp_term_out(GLP_OFF);
    glp_prob *problem = glp_create_prob();
    describe(p, problem);
    glp_iocp options = options_for(seconds, answer);
    int result = glp_intopt(problem, &options);
    take(problem, p, result, answer);
    glp_delete_prob(problem);
    glp_error_hook(NULL, NULL);
    glp_free_env();
    return PL_OK;
}
