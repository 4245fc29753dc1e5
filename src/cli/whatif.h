/* What `whatif` shows of one scenario; whatif.c writes it as text, whatif_data.c for programs. */
#ifndef PLUMBLINE_CLI_WHATIF_H
#define PLUMBLINE_CLI_WHATIF_H

#include "cli/session.h"

#include <plumbline/model/diff.h>
#include <plumbline/study/whatif.h>

typedef struct cli_whatif_showing {
    const cli_call *call;
    const cli_session *s;
    const pl_whatif *w;
    pl_changes changes;    /* of the indicators */
    pl_whatif_cells cells; /* of other sheets */
    bool periods;          /* more than one is scored */
} cli_whatif_showing;

/* Whether the reasons of a line are wanted. */
bool cli_whatif_asked_for(const cli_whatif_showing *showing, const pl_whatif_line *line);

void cli_whatif_write_csv(const cli_whatif_showing *showing, pl_output *output);
pl_status cli_whatif_write_json(const cli_whatif_showing *showing, pl_output *output);

#endif
