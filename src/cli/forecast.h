/* What the parts of the command forecast share. */
#ifndef PLUMBLINE_CLI_FORECAST_H
#define PLUMBLINE_CLI_FORECAST_H

#include "cli/session.h"

#include <plumbline/study/forecast.h>

typedef struct cli_forecasting {
    const cli_call *call;
    const cli_session *session;
    const pl_forecast *forecast;
    uint64_t seed;
    size_t unit; /* that was asked for; PL_NO_INDEX: all */
    bool methods;
} cli_forecasting;

/* The line of the unit that was asked for, or NULL. */
const pl_forecast_line *cli_forecast_line(const cli_forecasting *c);

const char *cli_forecast_kind(const cli_forecasting *c, pl_period_kind kind);    /* "month", 月 */
pl_str cli_forecast_lamp(const cli_forecasting *c, uint32_t lamp, bool chinese); /* its name; "-" where there is none */

/* What the bands are, and how far they are to be trusted, as lines. */
void cli_forecast_band_words(const cli_forecasting *c, pl_buffer *out);

/* The option --picture; whether it can be read, before anything is computed; and the pictures themselves. */
extern const cli_option cli_forecast_pictures;
int cli_forecast_pictures_check(const cli_call *call);
int cli_forecast_draw(const cli_forecasting *c);

void cli_forecast_text(const cli_forecasting *c, pl_output *output);
void cli_forecast_json(const cli_forecasting *c, pl_output *output);
void cli_forecast_csv(const cli_forecasting *c, pl_output *output);

#endif
