/* What the codes of problems mean, for `plumbline help E312`. */
#ifndef PLUMBLINE_SCORE_CODES_H
#define PLUMBLINE_SCORE_CODES_H

#include <plumbline/base/text.h>

typedef struct pl_code {
    const char *code;
    const char *meaning, *meaning_zh; /* what is wrong */
    const char *remedy, *remedy_zh;   /* what to do */
} pl_code;

const pl_code *pl_codes(size_t *count);   /* all, in order */
const pl_code *pl_code_find(pl_str code); /* without regard to case; NULL when there is none */

#endif
