#include <plumbline/base/text.h>

bool pl_str_equal(pl_str a, pl_str b) { return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0); }

bool pl_str_is(pl_str a, const char *b) { return pl_str_equal(a, pl_str_of(b)); }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

bool pl_str_is_fold(pl_str a, const char *b) {
    if (a.len != strlen(b)) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b[i])) return false;
    return true;
}

int pl_str_compare(pl_str a, pl_str b) {
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Length of the white space at the start or the end of the text: ASCII blanks, U+00A0 (C2 A0) and U+3000 (E3 80 80), which
 * spreadsheets and Chinese input methods leave behind. */
static size_t blank_at_start(pl_str a) {
    if (a.len && (a.at[0] == ' ' || (a.at[0] >= '\t' && a.at[0] <= '\r'))) return 1;
    if (a.len >= 2 && memcmp(a.at, "\xC2\xA0", 2) == 0) return 2;
    return a.len >= 3 && memcmp(a.at, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

static size_t blank_at_end(pl_str a) {
    if (a.len && (a.at[a.len - 1] == ' ' || (a.at[a.len - 1] >= '\t' && a.at[a.len - 1] <= '\r'))) return 1;
    if (a.len >= 2 && memcmp(a.at + a.len - 2, "\xC2\xA0", 2) == 0) return 2;
    return a.len >= 3 && memcmp(a.at + a.len - 3, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

pl_str pl_str_trim(pl_str a) {
    for (size_t n = blank_at_start(a); n; n = blank_at_start(a)) {
        a.at += n;
        a.len -= n;
    }
    for (size_t n = blank_at_end(a); n; n = blank_at_end(a)) a.len -= n;
    return a;
}

static uint64_t rotate(uint64_t x, unsigned bits) { return x << bits | x >> (64 - bits); }

static void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

uint64_t pl_str_hash(pl_str a, const uint64_t key[2]) {
    uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                     key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
    size_t i = 0;
    for (; i + 8 <= a.len; i += 8) {
        uint64_t word = 0;
        for (unsigned k = 0; k < 8; k++) word |= (uint64_t)(unsigned char)a.at[i + k] << 8 * k;
        sip_word(v, word);
    }
    uint64_t last = (uint64_t)a.len << 56;
    for (size_t k = 0; i + k < a.len; k++) last |= (uint64_t)(unsigned char)a.at[i + k] << 8 * k;
    sip_word(v, last);
    v[2] ^= 0xFF;
    for (unsigned round = 0; round < 4; round++) sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

bool pl_str_copy(pl_str *out, pl_arena *arena, pl_str text) {
    char *copy = pl_arena_alloc(arena, text.len + 1);
    if (!copy) return false;
    if (text.len) memcpy(copy, text.at, text.len);
    *out = (pl_str){copy, text.len};
    return true;
}

size_t pl_utf8_decode(pl_str text, size_t offset, uint32_t *code_point) {
    if (offset >= text.len) return 0;
    const unsigned char *at = (const unsigned char *)text.at + offset;
    size_t left = text.len - offset;
    if (at[0] < 0x80) {
        *code_point = at[0];
        return 1;
    }
    size_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (at[0] < 0xC2 || at[0] > 0xF4 || length > left) return 0;
    uint32_t value = at[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (at[i] & 0x3Fu);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
    *code_point = value;
    return length;
}

size_t pl_utf8_check(pl_str text) {
    size_t i = 0;
    while (i < text.len) {
        uint64_t word;
        if (i + 8 <= text.len && (memcpy(&word, text.at + i, 8), (word & UINT64_C(0x8080808080808080)) == 0)) {
            i += 8;
            continue;
        }
        uint32_t code_point;
        size_t length = pl_utf8_decode(text, i, &code_point);
        if (!length) return i;
        i += length;
    }
    return text.len;
}

typedef struct code_range {
    uint32_t first, last;
} code_range;

/* Marks that combine with the character before, and format characters: no column of their own (the common blocks). */
static const code_range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x06D6, 0x06DC},
    {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064}, {0x20D0, 0x20F0},
    {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

/* East Asian Width W and F (Unicode, UAX 11), neighbouring blocks joined. */
static const code_range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x23F0, 0x23F0},   {0x23F3, 0x23F3},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},
    {0x26F2, 0x26F3},   {0x26F5, 0x26F5},   {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF},
    {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F265}, {0x1F300, 0x1F320},
    {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3E0, 0x1F3F0}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F5FB, 0x1F64F},
    {0x1F680, 0x1F6C5}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF}, {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7EB},
    {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static bool among(const code_range *ranges, size_t count, uint32_t code_point) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code_point > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code_point >= ranges[low].first;
}

size_t pl_text_width(pl_str text) {
    size_t width = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t code_point = 0;
        size_t length = pl_utf8_decode(text, i, &code_point);
        i += length ? length : 1;
        if (code_point >= 0x300 && among(zero_width, sizeof zero_width / sizeof *zero_width, code_point)) continue;
        width += code_point >= 0x1100 && among(wide, sizeof wide / sizeof *wide, code_point) ? 2 : 1;
    }
    return width;
}

#define LONGEST 64

static size_t code_points(uint32_t out[LONGEST], pl_str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; count++) {
        uint32_t code_point = 0xFFFD;
        size_t length = pl_utf8_decode(text, i, &code_point);
        i += length ? length : 1;
        if (count == LONGEST) return LONGEST + 1;
        out[count] = code_point < 0x80 ? (unsigned char)lower((char)code_point) : code_point;
    }
    return count;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

size_t pl_text_distance(pl_str a, pl_str b, size_t limit) {
    uint32_t from[LONGEST], to[LONGEST];
    size_t n = code_points(from, a), m = code_points(to, b);
    if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > limit) return SIZE_MAX;
    size_t rows[3][LONGEST + 1]; /* before the last, last, current */
    for (size_t j = 0; j <= m; j++) rows[1][j] = j;
    for (size_t i = 1; i <= n; i++) {
        rows[2][0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = from[i - 1] != to[j - 1];
            size_t best = least(least(rows[1][j] + 1, rows[2][j - 1] + 1), rows[1][j - 1] + cost);
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) best = least(best, rows[0][j - 2] + 1);
            rows[2][j] = best;
        }
        memcpy(rows[0], rows[1], sizeof rows[0]);
        memcpy(rows[1], rows[2], sizeof rows[1]);
    }
    return rows[1][m] <= limit ? rows[1][m] : SIZE_MAX;
}

size_t pl_text_nearest(pl_str text, const pl_str *candidates, size_t count) {
    uint32_t points[LONGEST];
    size_t length = code_points(points, text);
    size_t limit = length / 3 ? length / 3 : 1;
    size_t best = count, best_distance = limit + 1;
    for (size_t i = 0; i < count && best_distance > 0; i++) {
        size_t distance = pl_text_distance(text, candidates[i], limit);
        if (distance >= best_distance || distance >= length) continue;
        best = i;
        best_distance = distance;
    }
    return best;
}

/* Length of the separator at `offset`, 0 where there is none. */
static size_t separator(pl_str text, size_t offset) {
    static const char *const marks[] = {"，", "；", "、", "\xE3\x80\x80"};
    if (text.at[offset] && strchr(",; \t\r\n", text.at[offset])) return 1;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text.len - offset >= 3 && memcmp(text.at + offset, marks[i], 3) == 0) return 3;
    return 0;
}

bool pl_list_next(pl_str *rest, pl_str *item) {
    *item = (pl_str){0};
    if (!rest->len) return false;
    size_t from = 0, length;
    while (from < rest->len && (length = separator(*rest, from))) from += length;
    size_t to = from;
    while (to < rest->len && !separator(*rest, to)) to++;
    *item = (pl_str){rest->at + from, to - from};
    *rest = (pl_str){rest->at + to, rest->len - to};
    return item->len > 0;
}
