/* What comes in from the net: request target, headers, addresses. Whatever the bytes, a reading that holds what it promises, or a
 * refusal. The first line is the target, the others are values of headers. */
#include "http/target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A decoded text is UTF-8 without a zero byte. */
static void look_at_text(pl_str text) {
    if (pl_utf8_check(text) != text.len || (text.len && memchr(text.at, 0, text.len))) abort();
}

static void look_at_target(pl_str raw, pl_arena *arena) {
    pl_target target;
    if (pl_target_read(&target, raw, arena) != PL_OK) return;
    if (!target.segment_count || target.segment_count > PL_TARGET_SEGMENTS || target.query_count > PL_TARGET_QUERY) abort();
    for (size_t i = 0; i < target.segment_count; i++) {
        pl_str segment = target.segments[i];
        look_at_text(segment);
        if (pl_str_is(segment, ".") || pl_str_is(segment, "..")) abort();
        if (segment.len && (memchr(segment.at, '/', segment.len) || memchr(segment.at, '\\', segment.len))) abort();
    }
    for (size_t i = 0; i < target.query_count; i++) look_at_text(target.query[i].name), look_at_text(target.query[i].value);
}

/* An address that was read is written so that it is read as the same. */
static void look_at_address(pl_str text) {
    pl_address address, again;
    char written[PL_ADDRESS_TEXT];
    if (!pl_address_read(&address, text)) return;
    pl_address_write(written, &address);
    if (!pl_address_read(&again, pl_str_of(written)) || memcmp(&address, &again, sizeof address) != 0) abort();
}

static void look_at_header(pl_str value) {
    pl_network network;
    pl_address address;
    if (pl_language_of(value) >= PL_LANGUAGES) abort();
    if (pl_media_type(value).len > value.len) abort();
    pl_accepts(value, pl_str_of("application/json"));
    pl_origin_is_own(value, pl_str_of("example.org"), false);
    if (pl_is_token(value) && memchr(value.at, ':', value.len)) abort();
    if (pl_host_is_valid(value) && memchr(value.at, '/', value.len)) abort();
    if (!pl_network_read(&network, value)) network = (pl_network){.bits = 128};
    if (!pl_network_has(&network, &network.address)) abort();
    for (int rfc7239 = 0; rfc7239 < 2; rfc7239++) pl_forwarded_for(&address, value, rfc7239, &network, 1);
    look_at_address(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pl_arena arena;
    pl_str rest = {(const char *)data, size};
    bool first = true;
    pl_arena_init(&arena, 0);
    while (rest.len) {
        const char *end = memchr(rest.at, '\n', rest.len);
        pl_str line = {rest.at, end ? (size_t)(end - rest.at) : rest.len};
        if (first)
            look_at_target(line, &arena);
        else
            look_at_header(line);
        first = false;
        rest = end ? (pl_str){end + 1, rest.len - line.len - 1} : (pl_str){NULL, 0};
    }
    pl_arena_free(&arena);
    return 0;
}
