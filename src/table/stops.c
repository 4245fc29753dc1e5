#include "table/stops.h"

#include <stdlib.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define BLOCK 64

/* What 64 bytes hold, a bit for each. */
typedef struct block {
    uint64_t stops, line_ends;
    bool quotes, beyond_ascii;
} block;

#define ALWAYS static inline __attribute__((always_inline))

/* Takes up the block that begins at `base`. Eight stops are written at a time, as many as such a block usually has, since a loop
 * that ends at the right one would be guessed wrongly by the processor nearly every time; what is written too much is overwritten.
 */
ALWAYS void take(pl_stops *stops, const block *b, size_t base) {
    unsigned count = (unsigned)__builtin_popcountll(b->stops);
    uint32_t *to = stops->at + 1 + stops->count;
    uint64_t left = b->stops;
    for (unsigned done = 0; done < count; done += 8)
        for (unsigned k = 0; k < 8; k++, left &= left - 1)
            to[done + k] = (uint32_t)base + (unsigned)__builtin_ctzll(left | UINT64_C(1) << 63);
    for (uint64_t ends = b->line_ends; ends; ends &= ends - 1) {
        uint64_t up_to = ends ^ (ends - 1);
        stops->lines[stops->line_count++] = (uint32_t)(stops->count + (unsigned)__builtin_popcountll(b->stops & up_to));
    }
    stops->count += count;
    stops->quotes |= b->quotes;
    stops->beyond_ascii |= b->beyond_ascii;
}

/* Byte by byte: what is left over at the end, and where there is nothing better. */
static block look_at_bytes(const char *at, size_t size, pl_dialect dialect) {
    block b = {0};
    for (size_t i = 0; i < size; i++) {
        uint64_t end = at[i] == dialect.line_end, stop = end | (at[i] == dialect.separator);
        b.stops |= stop << i;
        b.line_ends |= end << i;
        b.quotes |= at[i] == '"';
        b.beyond_ascii |= (unsigned char)at[i] > 0x7F;
    }
    return b;
}

static size_t find_by_bytes(pl_stops *stops, pl_dialect dialect, pl_str text, size_t at) {
    for (; at < text.len; at += BLOCK) {
        block b = look_at_bytes(text.at + at, text.len - at < BLOCK ? text.len - at : BLOCK, dialect);
        take(stops, &b, at);
    }
    return at;
}

#if defined(__SSE2__)
static size_t find_by_sixteen(pl_stops *stops, pl_dialect dialect, pl_str text) {
    const __m128i separators = _mm_set1_epi8(dialect.separator), ends = _mm_set1_epi8(dialect.line_end), marks = _mm_set1_epi8('"');
    size_t at = 0;
    for (; at + BLOCK <= text.len; at += BLOCK) {
        block b = {0};
        for (int i = 0; i < BLOCK / 16; i++) {
            __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text.at + at + 16 * i));
            __m128i line_ends = _mm_cmpeq_epi8(bytes, ends), stop = _mm_or_si128(line_ends, _mm_cmpeq_epi8(bytes, separators));
            b.stops |= (uint64_t)(uint32_t)_mm_movemask_epi8(stop) << (16 * i);
            b.line_ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(line_ends) << (16 * i);
            b.quotes |= _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, marks)) != 0;
            b.beyond_ascii |= _mm_movemask_epi8(bytes) != 0;
        }
        take(stops, &b, at);
    }
    return at;
}

#if defined(__x86_64__) && !defined(PLUMBLINE_SCALAR)
#define HAS_WIDE
#define TARGET __attribute__((target("avx2,bmi,popcnt")))

TARGET static size_t find_by_thirty_two(pl_stops *stops, pl_dialect dialect, pl_str text) {
    const __m256i separators = _mm256_set1_epi8(dialect.separator), ends = _mm256_set1_epi8(dialect.line_end);
    const __m256i marks = _mm256_set1_epi8('"');
    size_t at = 0;
    for (; at + BLOCK <= text.len; at += BLOCK) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(text.at + at));
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text.at + at + 32));
        __m256i low_ends = _mm256_cmpeq_epi8(low, ends), high_ends = _mm256_cmpeq_epi8(high, ends);
        __m256i low_stops = _mm256_or_si256(low_ends, _mm256_cmpeq_epi8(low, separators));
        __m256i high_stops = _mm256_or_si256(high_ends, _mm256_cmpeq_epi8(high, separators));
        __m256i quotes = _mm256_or_si256(_mm256_cmpeq_epi8(low, marks), _mm256_cmpeq_epi8(high, marks));
        block b = {(uint64_t)(uint32_t)_mm256_movemask_epi8(high_stops) << 32 | (uint32_t)_mm256_movemask_epi8(low_stops),
                   (uint64_t)(uint32_t)_mm256_movemask_epi8(high_ends) << 32 | (uint32_t)_mm256_movemask_epi8(low_ends),
                   _mm256_movemask_epi8(quotes) != 0, _mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0};
        take(stops, &b, at);
    }
    return at;
}
#endif
#endif

static bool make_room(pl_stops *stops, size_t bytes) {
    if (stops->room >= bytes && stops->at) return true;
    pl_stops_free(stops);
    stops->at = malloc((bytes + 1 + BLOCK) * sizeof *stops->at); /* a block may write more than it keeps */
    stops->lines = malloc((bytes + 1) * sizeof *stops->lines);
    if (!stops->at || !stops->lines) return false;
    stops->room = bytes;
    return true;
}

bool pl_stops_find(pl_stops *stops, pl_dialect dialect, pl_str text) {
    if (!make_room(stops, text.len)) return false;
    stops->count = stops->line_count = 0;
    stops->quotes = stops->beyond_ascii = false;
    stops->at[0] = UINT32_MAX;
    size_t at = 0;
#if defined(HAS_WIDE)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        at = find_by_thirty_two(stops, dialect, text);
    else
        at = find_by_sixteen(stops, dialect, text);
#elif defined(__SSE2__)
    at = find_by_sixteen(stops, dialect, text);
#endif
    find_by_bytes(stops, dialect, text, at);
    return true;
}

void pl_stops_free(pl_stops *stops) {
    free(stops->at);
    free(stops->lines);
    *stops = (pl_stops){0};
}
