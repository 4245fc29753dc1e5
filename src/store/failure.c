/* What went wrong, in words for people and in a status for programs. */
#include "store/engine.h"

#include <stdio.h>

bool store_fail(store_failure *failure, pl_fault fault, const char *text) {
    failure->fault = fault;
    snprintf(failure->text, sizeof failure->text, "%s", text);
    /* An engine's message may have several lines, and may have been cut within a character. */
    for (char *at = failure->text; *at; at++)
        if (*at == '\n' || *at == '\t') *at = at[1] ? ' ' : 0;
    pl_str whole = pl_str_of(failure->text);
    failure->text[pl_utf8_check(whole)] = 0;
    return false;
}

pl_status fault_status(pl_fault fault) {
    if (fault == PL_FAULT_NONE) return PL_OK;
    if (fault <= PL_FAULT_VALUE) return PL_INPUT;
    return fault == PL_FAULT_MEMORY ? PL_MEMORY : PL_IO;
}

pl_status failure_report(const store_failure *failure, const char *name, pl_problems *problems) {
    static const struct {
        const char *code, *text;
    } kinds[] = {
        [PL_FAULT_UNIQUE] = {"E911", "there is such a row already"},
        [PL_FAULT_REFERENCE] = {"E912", "a row that is named is not there, or one that is named is to go"},
        [PL_FAULT_CHECK] = {"E913", "a rule of the table refuses it"},
        [PL_FAULT_VALUE] = {"E914", "a value cannot be kept"},
        [PL_FAULT_BUSY] = {"E915", "others were in the way for too long; try again"},
        [PL_FAULT_LOST] = {"E916", "the database cannot be reached; where this happened during a change, look whether it was kept"},
        [PL_FAULT_FULL] = {"E917", "the disk is full; nothing was changed"},
        [PL_FAULT_READ_ONLY] = {"E918", "it may not be written"},
        [PL_FAULT_DAMAGED] = {"E919", "it is damaged or no database"},
        [PL_FAULT_OTHER] = {"E910", "the database failed"},
    };
    pl_status status = fault_status(failure->fault);
    if (status == PL_OK || status == PL_MEMORY) return status;
    pl_place place = {.file = name};
    const char *said = failure->text;
    pl_status told = pl_problem_add(problems, PL_ERROR, kinds[failure->fault].code, place, "%s%s%s%s", kinds[failure->fault].text,
                                    *said ? " (" : "", said, *said ? ")" : "");
    return told == PL_MEMORY ? told : status;
}
