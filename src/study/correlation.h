/* How two columns move together. */
#ifndef PLUMBLINE_STUDY_CORRELATION_H
#define PLUMBLINE_STUDY_CORRELATION_H

#include <stddef.h>

/* Pearson's correlation of n pairs; NAN where one of them does not vary. */
double pl_correlation(const double *a, const double *b, size_t n);

/* The same of their ranks (ties share the mean rank). `ranks` is room for 4 n numbers. */
double pl_rank_correlation(const double *a, const double *b, size_t n, double *ranks);

/* How many standard errors a correlation of n pairs lies from 0. */
double pl_correlation_clearance(double r, size_t n);

/* The sum of products, in an order that does not depend on the machine. */
double pl_product(const double *a, const double *b, size_t n);

#endif
