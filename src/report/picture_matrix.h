/* A square of coloured cells with names on two sides: what dominance and correlation have in common. */
#ifndef REPORT_PICTURE_MATRIX_H
#define REPORT_PICTURE_MATRIX_H

#include "report/picture.h"

/* The words are in the picture's language. */
typedef struct matrix_kind {
    const char *name;
    const char *scale;                        /* what the colours show */
    const char *ends[3];                      /* values at the left end, the middle and the right end of the scale */
    double (*at)(double value);               /* -1 to 1 on the scale */
    pl_str (*text)(picture *p, double value); /* in a cell; up to 5 characters */
    bool diagonal;                            /* it is a value like others */
    bool places;                              /* rows are numbered from 1 */
} matrix_kind;

/* Draws on an opened picture, and finishes it. */
pl_status picture_matrix_draw(picture *p, const matrix_kind *kind, const pl_picture_matrix *data);

#endif
