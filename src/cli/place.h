/* Where a command's store is. */
#ifndef PLUMBLINE_CLI_PLACE_H
#define PLUMBLINE_CLI_PLACE_H

#include "cli/cli.h"

/* One data folder holds everything, unless --db names another store. */
extern const cli_option cli_data_folder, cli_db;

/* The address of the store, to be freed; NULL after a message where there is none (memory, or the folder cannot be made). `make`:
 * the data folder is made where it is not there. */
char *cli_store_address(const cli_call *call, bool make);

#endif
