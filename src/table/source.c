#include "table/source.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that is not there, or is no file, is wrong input; a disk that fails is not. */
static pl_status cannot_read(pl_problems *problems, const char *name, int error) {
    bool machine = error == EIO || error == ENOMEM || error == EMFILE || error == ENFILE;
    pl_status status = pl_problem_add(problems, PL_ERROR, "E101", (pl_place){.file = name}, "cannot be read: %s", strerror(error));
    return machine && status != PL_MEMORY ? PL_IO : status;
}

/* A pipe or a file of /proc has no length to map: read to the end. */
static pl_status read_stream(pl_source *source, int file, const char *name, size_t limit, pl_problems *problems) {
    pl_buffer buffer;
    pl_buffer_init(&buffer, 0);
    char block[65536];
    for (;;) {
        ssize_t got = read(file, block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || buffer.failed || buffer.len > limit) {
            if (got == 0 && !buffer.failed) break;
            pl_status status = PL_MEMORY;
            if (got < 0)
                status = cannot_read(problems, name, errno);
            else if (buffer.len > limit)
                status = pl_problem_add(problems, PL_ERROR, "E102", (pl_place){.file = name}, "is larger than %zu bytes", limit);
            pl_buffer_free(&buffer);
            return status;
        }
        pl_buffer_add(&buffer, block, (size_t)got);
    }
    source->converted = buffer.at;
    source->bytes = pl_buffer_view(&buffer);
    return PL_OK;
}

static pl_status map(pl_source *source, int file, const char *name, size_t limit, pl_problems *problems) {
    struct stat about;
    if (fstat(file, &about)) return cannot_read(problems, name, errno);
    if (S_ISDIR(about.st_mode)) return cannot_read(problems, name, EISDIR);
    if (!S_ISREG(about.st_mode) || about.st_size == 0) return read_stream(source, file, name, limit, problems);
    if ((uintmax_t)about.st_size > limit)
        return pl_problem_add(problems, PL_ERROR, "E102", (pl_place){.file = name}, "is larger than %zu bytes", limit);
    size_t size = (size_t)about.st_size;
    void *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED) return read_stream(source, file, name, limit, problems);
    source->mapped = at;
    source->mapped_size = size;
    source->bytes = (pl_str){at, size};
    return PL_OK;
}

pl_status pl_source_open(pl_source *source, const char *path, const char *name, size_t limit, pl_problems *problems) {
    *source = (pl_source){0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return cannot_read(problems, name, errno);
    pl_status status = map(source, file, name, limit, problems);
    close(file);
    return status;
}

void pl_source_close(pl_source *source) {
    if (source->mapped) munmap(source->mapped, source->mapped_size);
    free(source->converted);
    *source = (pl_source){0};
}

/* Converts all bytes; false where they are not in that encoding. `*memory` tells a lack of memory from a wrong encoding. */
static bool convert(pl_source *source, const char *from, bool *memory) {
    *memory = false;
    iconv_t converter = iconv_open("UTF-8", from);
    if (converter == (iconv_t)-1) return false;
    pl_buffer out;
    pl_buffer_init(&out, 0);
    char *in = (char *)(uintptr_t)source->bytes.at; /* iconv does not write to it */
    size_t left = source->bytes.len;
    bool good = true;
    while (good && left) {
        char block[16384], *to = block;
        size_t room = sizeof block;
        if (iconv(converter, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG) good = false;
        pl_buffer_add(&out, block, (size_t)(to - block));
    }
    iconv_close(converter);
    *memory = out.failed;
    if (!good || out.failed) {
        pl_buffer_free(&out);
        return false;
    }
    free(source->converted);
    if (source->mapped) munmap(source->mapped, source->mapped_size);
    *source = (pl_source){.bytes = pl_buffer_view(&out), .converted = out.at};
    return true;
}

static pl_status unknown_encoding(const char *name, pl_problems *problems) {
    return pl_problem_add(problems, PL_ERROR, "E107", (pl_place){.file = name},
                          "is text in no encoding that is known here (UTF-8, UTF-16, GB18030); save it as UTF-8");
}

pl_status pl_source_unmark(pl_source *source, const char *name, pl_problems *problems) {
    pl_str *bytes = &source->bytes;
    const unsigned char *at = (const unsigned char *)bytes->at;
    if (bytes->len >= 3 && at[0] == 0xEF && at[1] == 0xBB && at[2] == 0xBF) {
        bytes->at += 3;
        bytes->len -= 3;
        return PL_OK;
    }
    bool little = bytes->len >= 2 && at[0] == 0xFF && at[1] == 0xFE, big = bytes->len >= 2 && at[0] == 0xFE && at[1] == 0xFF;
    if (!little && !big) return PL_OK;
    bool memory;
    bytes->at += 2;
    bytes->len -= 2;
    if (convert(source, little ? "UTF-16LE" : "UTF-16BE", &memory)) {
        source->encoding = "utf-16";
        return PL_OK;
    }
    return memory ? PL_MEMORY : unknown_encoding(name, problems);
}

pl_status pl_source_recode(pl_source *source, const char *name, pl_problems *problems) {
    bool memory;
    if (!convert(source, "GB18030", &memory)) return memory ? PL_MEMORY : unknown_encoding(name, problems);
    source->encoding = "gb18030";
    return pl_problem_add(problems, PL_NOTE, "N101", (pl_place){.file = name}, "is not UTF-8; it was read as GB18030");
}

void pl_source_release(const pl_source *source, const char *from, const char *to) {
    if (!source->mapped) return;
    const char *start = source->mapped;
    size_t page = 4096, first = (size_t)(from - start + (ptrdiff_t)page - 1) / page * page;
    size_t last = (size_t)(to - start) / page * page;
    if (last > first) madvise((char *)source->mapped + first, last - first, MADV_DONTNEED);
}
