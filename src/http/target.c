#include "http/target.h"

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Undoes percent-encoding, once; what comes out is UTF-8 without a zero byte. */
static pl_status decode(pl_str *out, pl_str raw, bool plus_is_space, pl_arena *arena) {
    char *bytes = pl_arena_alloc(arena, raw.len + 1);
    size_t length = 0;
    if (!bytes) return PL_MEMORY;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.at[i];
        if (c <= ' ' || c >= 0x7f) return PL_INPUT;
        if (c == '%') {
            if (raw.len - i < 3 || hex(raw.at[i + 1]) < 0 || hex(raw.at[i + 2]) < 0) return PL_INPUT;
            c = (unsigned char)(hex(raw.at[i + 1]) * 16 + hex(raw.at[i + 2]));
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (!c) return PL_INPUT;
        bytes[length++] = (char)c;
    }
    *out = (pl_str){bytes, length};
    return pl_utf8_check(*out) == length ? PL_OK : PL_INPUT;
}

static bool is_honest_segment(pl_str segment) {
    if (pl_str_is(segment, ".") || pl_str_is(segment, "..")) return false;
    for (size_t i = 0; i < segment.len; i++) {
        unsigned char c = (unsigned char)segment.at[i];
        if (c < ' ' || c == 0x7f || c == '/' || c == '\\') return false;
    }
    return true;
}

/* The part up to the next separator, which is taken off too. */
static pl_str part(pl_str *rest, char separator) {
    const char *end = rest->len ? memchr(rest->at, separator, rest->len) : NULL;
    size_t length = end ? (size_t)(end - rest->at) : rest->len;
    pl_str found = {rest->at, length};
    size_t taken = end ? length + 1 : length;
    *rest = (pl_str){rest->at + taken, rest->len - taken};
    return found;
}

static pl_status read_path(pl_target *out, pl_str path, pl_arena *arena) {
    if (!path.len || path.at[0] != '/') return PL_INPUT;
    pl_str rest = {path.at + 1, path.len - 1};
    bool more = true;
    while (more) {
        if (out->segment_count == PL_TARGET_SEGMENTS) return PL_INPUT;
        more = rest.len && memchr(rest.at, '/', rest.len);
        pl_str *segment = &out->segments[out->segment_count++];
        pl_status status = decode(segment, part(&rest, '/'), false, arena);
        if (status != PL_OK) return status;
        if (!is_honest_segment(*segment)) return PL_INPUT;
    }
    return PL_OK;
}

static pl_status read_query(pl_target *out, pl_str query, pl_arena *arena) {
    while (query.len) {
        pl_str value = part(&query, '&');
        if (!value.len) continue;
        if (out->query_count == PL_TARGET_QUERY) return PL_INPUT;
        pl_pair *pair = &out->query[out->query_count++];
        pl_str name = part(&value, '=');
        pl_status status = decode(&pair->name, name, true, arena);
        if (status == PL_OK) status = decode(&pair->value, value, true, arena);
        if (status != PL_OK) return status;
    }
    return PL_OK;
}

pl_status pl_target_read(pl_target *out, pl_str raw, pl_arena *arena) {
    out->segment_count = out->query_count = 0;
    if (raw.len && memchr(raw.at, '#', raw.len)) return PL_INPUT;
    pl_str rest = raw;
    pl_str path = part(&rest, '?');
    pl_status status = read_path(out, path, arena);
    return status == PL_OK ? read_query(out, rest, arena) : status;
}

/* The weight "q=0.8" behind an element of a list, in thousandths; what is no weight is 0, none at all is 1000. */
static unsigned weight_of(pl_str parameters) {
    while (parameters.len) {
        pl_str value = pl_str_trim(part(&parameters, ';'));
        if (value.len < 3 || (value.at[0] != 'q' && value.at[0] != 'Q') || value.at[1] != '=') continue;
        if (value.at[2] != '0' && value.at[2] != '1') return 0;
        unsigned weight = value.at[2] == '1' ? 1000 : 0, unit = 100;
        for (size_t i = 4; i < value.len && unit; i++, unit /= 10) {
            if (value.at[i] < '0' || value.at[i] > '9') return 0;
            weight += (unsigned)(value.at[i] - '0') * unit;
        }
        return weight > 1000 ? 1000 : weight;
    }
    return 1000;
}

pl_language pl_language_of(pl_str accept) {
    unsigned weights[PL_LANGUAGES] = {0};
    while (accept.len) {
        pl_str rest = part(&accept, ',');
        pl_str tag = pl_str_trim(part(&rest, ';'));
        unsigned weight = weight_of(rest);
        pl_str primary = {tag.at, tag.len < 2 ? tag.len : 2};
        if (tag.len > 2 && tag.at[2] != '-') continue;
        if (pl_str_is_fold(primary, "zh") && weight > weights[PL_CHINESE]) weights[PL_CHINESE] = weight;
        if (pl_str_is_fold(primary, "en") && weight > weights[PL_ENGLISH]) weights[PL_ENGLISH] = weight;
    }
    return weights[PL_ENGLISH] > weights[PL_CHINESE] ? PL_ENGLISH : PL_CHINESE;
}

static bool equal_fold(pl_str a, pl_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.at[i], y = b.at[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return true;
}

/* How exactly a range names the type: 3 wholly, 2 its first half, 1 anything, 0 not. */
static unsigned range_fits(pl_str range, pl_str type) {
    if (pl_str_is(range, "*/*")) return 1;
    if (equal_fold(range, type)) return 3;
    const char *slash = type.len ? memchr(type.at, '/', type.len) : NULL;
    size_t half = slash ? (size_t)(slash - type.at) + 1 : 0;
    bool starred = half && range.len == half + 1 && range.at[half] == '*';
    return starred && equal_fold((pl_str){range.at, half}, (pl_str){type.at, half}) ? 2 : 0;
}

bool pl_accepts(pl_str accept, pl_str type) {
    unsigned best = 0, weight = 0;
    if (!pl_str_trim(accept).len) return true;
    while (accept.len) {
        pl_str rest = part(&accept, ',');
        pl_str range = pl_str_trim(part(&rest, ';'));
        unsigned fit = range_fits(range, type);
        if (fit && fit >= best) {
            weight = fit > best ? weight_of(rest) : weight > weight_of(rest) ? weight : weight_of(rest);
            best = fit;
        }
    }
    return weight > 0;
}

pl_str pl_media_type(pl_str content_type) { return pl_str_trim(part(&content_type, ';')); }

bool pl_is_token(pl_str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && (!c || !strchr("!#$%&'*+-.^_`|~", c))) return false;
    }
    return text.len > 0;
}

bool pl_host_is_valid(pl_str host) {
    if (host.len > 255) return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.at[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && (!c || !strchr("-._:[]~", c))) return false;
    }
    return host.len > 0;
}

bool pl_origin_is_own(pl_str origin, pl_str host, bool secure) {
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < (secure ? 1u : 2u); i++) {
        size_t length = strlen(schemes[i]);
        if (origin.len > length && equal_fold((pl_str){origin.at, length}, pl_str_of(schemes[i])))
            return equal_fold((pl_str){origin.at + length, origin.len - length}, host);
    }
    return false;
}
