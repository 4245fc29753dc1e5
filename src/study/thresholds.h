/* From when on the review speaks up. All in one place, each with its reason: they were set so that the models in examples/ whose
 * results are published give no finding that a reader would call wrong. */
#ifndef PLUMBLINE_STUDY_THRESHOLDS_H
#define PLUMBLINE_STUDY_THRESHOLDS_H

/* ---- weights ---- */

/* 95 to 105 are meant to be 100: wider would take in nine items of 10 points, which are 90 on purpose. */
#define WEIGHT_SLIP 0.05
/* Sums of decimals such as 0.1 differ from the whole in the last bits. */
#define WEIGHT_EXACT 1e-9
/* A point put one place too far right makes a weight ten times the usual. Too far left is less telling, since small weights are
 * common: two places. */
#define WEIGHT_LARGE 10.0
#define WEIGHT_SMALL 100.0

/* ---- how much data a finding needs ---- */

/* Fewer units than this say nothing about a rule or a relation. */
#define FEW_UNITS 8
/* That all have the same score is worth saying of three units already. */
#define FEW_TO_TELL_APART 3
/* Among two units one is always the best and the other the worst. */
#define FEW_PEERS 3
/* Quartiles of fewer values than this are the values themselves. */
#define FEW_FOR_QUARTILES 12

/* ---- relations ---- */

/* r = 0.95: nine tenths of what one says the other says too. */
#define SAME_CORRELATION 0.95
/* Where one unit makes four fifths of an indicator's differences, it alone decides what the indicator correlates with. */
#define ONE_UNIT 0.8
/* Against the rest of its parent: weak relations are common and harmless, and below FEW_UNITS squared also chance. */
#define AGAINST_CORRELATION (-0.3)
/* A rule that goes against its direction orders units backwards; one with a plateau or a tent does so for some of them only. */
#define BACKWARDS_CORRELATION (-0.5)
/* How far a correlation must lie from 0 in its standard errors. There is one for each leaf, so 2 would cry wolf in every model. */
#define CLEAR_OF_CHANCE 3.0
/* Under a thousandth of the total's variance nobody's place depends on it, although 2 % of the weight says it should. */
#define NO_INFLUENCE 0.001
#define SOME_WEIGHT 0.02

/* ---- values ---- */

/* With a fifth missing the rule for missing values decides places. */
#define MANY_MISSING 0.2
/* A unit judged by less than half of what applies to it is not the unit that the others are; of three, one can always be missing.
 */
#define HALF_MISSING 0.5
#define FEW_LEAVES 4
/* Nine of ten values equal to last period's are last period's; where there are only a few different ones, or 0, they may be real.
 */
#define COPIED 0.9
#define FEW_DIFFERENT 5
/* Five interquartile ranges beyond a quartile: with normal values one in a hundred million, so a slip of the unit of measure. */
#define OUTLIER_RANGES 5.0
/* Where more than a third of the values are the same, mostly 0, quartiles say nothing of how far the rest may lie. */
#define MANY_ALIKE 0.34

/* ---- structure ---- */

/* Two pairs lie on a line whatever they are. */
#define FEW_TO_CORRELATE 3
/* What COINr calls strong among the indicators of a node, and weak with the node above. */
#define STRONG_SIBLINGS 0.92
#define WEAK_WITH_NODE 0.3
/* Influence is rarely the weight; twice or half of it, and five points away, is no accident of rounding. */
#define FAR_FROM_WEIGHT 2.0
#define FAR_IN_POINTS 0.05
/* A curve through few units follows each of them. It takes up some four units' worth of chance, so it must tell a tenth more than a
 * line, and where units are few as much more as ten of them are. */
#define FEW_FOR_CURVE 30
#define CURVE_GAIN 0.1
#define CURVE_CHANCE 10.0
/* Alpha that rises by so much when an indicator is left out. */
#define ALPHA_GAIN 0.05
/* Eigenvalues that add up to the number of indicators are equal to 1 but for their last bits where nothing moves together. */
#define ABOVE_ONE (1 + 1e-9)

/* Influences that differ by less are the same: far below what anyone reads, far above the rounding of their sums. */
#define SAME_INFLUENCE 1e-9

/* ---- effort ---- */

#define MOST_SIBLINGS 500u /* whose pairs are listed, with the eigenvalues of their correlations */
#define MOST_ON_CURVE 1000u

#define MOST_CELLS 5000000u /* indicators x units x periods: some 100 MB and three seconds */
#define MOST_LEAVES 2000u   /* whose pairs are compared */
#define MOST_PRODUCTS 4e8   /* pairs x rows, beyond which every k-th row is taken */
#define MOST_RANKED 2000u   /* rows whose order is compared with the scores' */
#define MOST_NAMED 5u       /* codes that one finding lists */

#endif
