#include "cli/place.h"
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

const cli_option cli_data_folder = {"--data-folder", "DIR", NULL, "the folder that holds everything (default plumbline-data)",
                                    "存放全部数据的文件夹（默认 plumbline-data）"};
const cli_option cli_db = {"--db", "URL", NULL,
                           "the store: sqlite:PATH or postgresql://USER@HOST/DATABASE (default sqlite: in the data folder)",
                           "存储：sqlite:路径 或 postgresql://用户@主机/数据库（默认为数据文件夹中的 sqlite:）"};

char *cli_store_address(const cli_call *call, bool make) {
    const char *url = cli_value(call, &cli_db, NULL), *folder = cli_value(call, &cli_data_folder, "plumbline-data");
    if (!url && make && mkdir(folder, 0700) != 0 && errno != EEXIST) {
        cli_cannot_write(folder);
        return NULL;
    }
    char *address = NULL;
    if (url)
        address = strdup(url);
    else if (asprintf(&address, "sqlite:%s/plumbline.db", folder) < 0)
        address = NULL;
    if (!address) cli_no_memory();
    return address;
}
