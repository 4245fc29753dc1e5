/* Eigenvalues of a symmetric matrix, with the same bits on every machine. */
#ifndef PLUMBLINE_STUDY_EIGEN_H
#define PLUMBLINE_STUDY_EIGEN_H

#include <stddef.h>

/* Turns the symmetric `matrix` (size x size, destroyed) into its eigenvalues, falling, and their vectors: row c of `vectors` is the
 * unit vector of values[c], turned so that its entries add up to more than 0, or, where they add up to
 * 0, begin above it. */
void pl_eigen_symmetric(double *matrix, size_t size, double *values, double *vectors);

/* Turns `count` rows of loadings (count x size) so that each column is large in few of them: Kaiser's varimax with his
 * normalisation. Rows come by the sum of their squares, falling. `loadings` has room for size + count numbers more, which are used.
 */
void pl_varimax(double *loadings, size_t count, size_t size);

#endif
