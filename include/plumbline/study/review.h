/* What an experienced reviewer would ask about a model and its data: weights that look like a slip of the pen, indicators that tell
 * nobody apart or say the same twice, rules that never do anything. None of it is an error; all of it deserves a look. */
#ifndef PLUMBLINE_STUDY_REVIEW_H
#define PLUMBLINE_STUDY_REVIEW_H

#include <plumbline/score/score.h>

/* Records its findings, W501 to W516 and N501 to N506, each at the row of the indicator it is about; `plumbline help CODE` explains
 * them, and the setting `silence` leaves some out. For a model that was scored without an error. Compiles parts of its expressions
 * again and runs the program once more, over all periods. Same findings on any number of threads. Beyond five million values
 * (indicators x units x periods) it looks at the sheets only, and says so. Returns PL_OK, or PL_MEMORY. */
pl_status pl_review(pl_compiled *compiled, pl_pool *pool, pl_problems *problems);

#endif
