#include "report/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

pl_status temporary_failure(const char *folder, int error, pl_problems *problems) {
    pl_status status =
        pl_problem_add(problems, PL_ERROR, "E702", (pl_place){.file = folder}, "the workbook cannot be laid aside here: %s",
                       error ? strerror(error) : "a part of it is cut short; is the disk full?");
    return status == PL_MEMORY ? PL_MEMORY : PL_IO;
}

pl_status temporary_file(char **path, const char *folder, pl_problems *problems) {
    size_t length = strlen(folder);
    char *name = malloc(length + sizeof "/plumbline.XXXXXX");
    *path = NULL;
    if (!name) return PL_MEMORY;
    memcpy(name, folder, length);
    memcpy(name + length, "/plumbline.XXXXXX", sizeof "/plumbline.XXXXXX");
    int file = mkstemp(name);
    if (file < 0) {
        int error = errno;
        free(name);
        return temporary_failure(folder, error, problems);
    }
    close(file);
    *path = name;
    return PL_OK;
}

pl_status temporary_send(const char *path, bool (*is_whole)(pl_str bytes), pl_output *output) {
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return PL_IO;
    bool good = fstat(file, &about) == 0 && about.st_size > 0;
    size_t size = good ? (size_t)about.st_size : 0;
    void *bytes = good ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
    close(file);
    if (bytes == MAP_FAILED) return PL_IO;
    pl_status status = !is_whole || is_whole((pl_str){bytes, size}) ? PL_OK : PL_IO;
    for (size_t at = 0; status == PL_OK && at < size; at += 65536) {
        pl_output_add(output, (pl_str){(const char *)bytes + at, size - at < 65536 ? size - at : 65536});
        status = output->status;
    }
    munmap(bytes, size);
    return status;
}
