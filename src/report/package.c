#include "report/package.h"

#include <string.h>
#include <zlib.h>

enum { END_SIZE = 22, ENTRY_SIZE = 46, LOCAL_SIZE = 30, HEAD_BYTES = 512, TAIL_BYTES = 128 };

static uint32_t two(const unsigned char *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }
static uint32_t four(const unsigned char *at) { return two(at) | two(at + 2) << 16; }

/* The beginning and the end of a part, as it is when unpacked. */
typedef struct part_ends {
    char head[HEAD_BYTES], tail[TAIL_BYTES];
    size_t head_size, tail_size;
    uint64_t size;
} part_ends;

static void take_block(part_ends *ends, const char *block, size_t size) {
    size_t room = HEAD_BYTES - ends->head_size, taken = size < room ? size : room;
    memcpy(ends->head + ends->head_size, block, taken);
    ends->head_size += taken;
    ends->size += size;
    if (size >= TAIL_BYTES) {
        memcpy(ends->tail, block + size - TAIL_BYTES, TAIL_BYTES);
        ends->tail_size = TAIL_BYTES;
        return;
    }
    size_t kept = ends->tail_size + size > TAIL_BYTES ? TAIL_BYTES - size : ends->tail_size;
    memmove(ends->tail, ends->tail + ends->tail_size - kept, kept);
    memcpy(ends->tail + kept, block, size);
    ends->tail_size = kept + size;
}

static bool unpack(part_ends *ends, const unsigned char *packed, size_t size) {
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)packed, .avail_in = (uInt)size};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
    char block[65536];
    int status;
    do {
        stream.next_out = (unsigned char *)block;
        stream.avail_out = sizeof block;
        status = inflate(&stream, Z_NO_FLUSH);
        take_block(ends, block, sizeof block - stream.avail_out);
    } while (status == Z_OK);
    inflateEnd(&stream);
    return status == Z_STREAM_END;
}

/* "sheet" of `<?xml ...?>\n<sheet a="b">...`. */
static pl_str root_name(const part_ends *ends) {
    size_t at = 0;
    while (at + 1 < ends->head_size && !(ends->head[at] == '<' && ends->head[at + 1] != '?')) at++;
    size_t from = at + 1, to = from;
    while (to < ends->head_size && !strchr(" />\r\n\t", ends->head[to])) to++;
    return from < to ? (pl_str){ends->head + from, to - from} : (pl_str){0};
}

static bool ends_with_root(const part_ends *ends) {
    pl_str root = root_name(ends), tail = pl_str_trim((pl_str){ends->tail, ends->tail_size});
    if (!root.len || tail.len < root.len + 3 || tail.at[tail.len - 1] != '>') return false;
    const char *name = tail.at + tail.len - 1 - root.len;
    return memcmp(name, root.at, root.len) == 0 && name[-1] == '/' && name[-2] == '<';
}

/* One part, by its entry in the directory. */
static bool part_is_whole(pl_str package, const unsigned char *entry) {
    const unsigned char *bytes = (const unsigned char *)package.at;
    uint32_t packed = four(entry + 20), size = four(entry + 24), local = four(entry + 42);
    if (two(entry + 10) != Z_DEFLATED || local > package.len || package.len - local < LOCAL_SIZE) return false;
    size_t from = (size_t)local + LOCAL_SIZE + two(bytes + local + 26) + two(bytes + local + 28);
    if (from > package.len || package.len - from < packed) return false;
    part_ends ends = {.size = 0};
    return unpack(&ends, bytes + from, packed) && ends.size == size && ends_with_root(&ends);
}

bool package_is_whole(pl_str package) {
    const unsigned char *bytes = (const unsigned char *)package.at;
    if (package.len < END_SIZE) return false;
    const unsigned char *end = bytes + package.len - END_SIZE;
    if (four(end) != 0x06054b50) return false;
    uint32_t count = two(end + 10);
    size_t at = four(end + 16), last = package.len - END_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        if (at > last || last - at < ENTRY_SIZE || four(bytes + at) != 0x02014b50) return false;
        if (!part_is_whole(package, bytes + at)) return false;
        at += ENTRY_SIZE + (size_t)two(bytes + at + 28) + two(bytes + at + 30) + two(bytes + at + 32);
    }
    return count > 0;
}
