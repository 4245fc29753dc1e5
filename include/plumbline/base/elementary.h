/* exp, ln, pow with the same bits on every machine.
 *
 * The C library's versions differ in the last bit between releases and between processors (it selects fused multiply-add at run
 * time), and a published ranking must be reproducible. These are computed in double-double arithmetic (about 100 bits) with
 * plain IEEE operations and rounded once, so they are correctly rounded in all but about one case in 2^40.
 * All take and give finite doubles except where noted. */
#ifndef PLUMBLINE_BASE_ELEMENTARY_H
#define PLUMBLINE_BASE_ELEMENTARY_H

double pl_exp(double x);           /* +infinity on overflow, 0 on underflow below the smallest subnormal */
double pl_ln(double x);            /* x > 0; NaN otherwise */
double pl_log10(double x);         /* x > 0; NaN otherwise; exact for powers of ten */
double pl_pow(double x, double y); /* NaN for x < 0 and y not whole; +-infinity on overflow or for 0 to a negative power; 0^0 = 1;
                                      exact where the result is (2^10, 0.5^2, 9^0.5) */

#endif
