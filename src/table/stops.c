#include "table/stops.h"

#include <endian.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#define BLOCK 64
#define BITS_PER_BYTE 1
#else
#define BLOCK 8
#define BITS_PER_BYTE 8
#endif

/* A bit (of BITS_PER_BYTE) for each of the next BLOCK bytes that is a separator or a line end. Both ways give the same stops. */
#if defined(__SSE2__)
static uint64_t marks_at(const char *at, pl_dialect dialect) {
    const __m128i separators = _mm_set1_epi8(dialect.separator), ends = _mm_set1_epi8(dialect.line_end);
    uint64_t marks = 0;
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, separators), _mm_cmpeq_epi8(bytes, ends));
        marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(hits) << (16 * i);
    }
    return marks;
}
#else
#define ONES UINT64_C(0x0101010101010101)
#define LOW_BITS UINT64_C(0x7F7F7F7F7F7F7F7F)

static uint64_t zero_bytes(uint64_t word) { return ~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS); }

static uint64_t marks_at(const char *at, pl_dialect dialect) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    word = le64toh(word);
    return zero_bytes(word ^ ONES * (unsigned char)dialect.separator) | zero_bytes(word ^ ONES * (unsigned char)dialect.line_end);
}
#endif

static void take(pl_stops *stops, uint32_t offset, bool line_end) {
    stops->at[++stops->count] = offset;
    stops->lines[stops->line_count] = (uint32_t)stops->count;
    stops->line_count += line_end;
}

void pl_stops_find(pl_stops *stops, pl_dialect dialect, const char *from, const char *end) {
    size_t size = (size_t)(end - from) < PL_STOPS_BYTES ? (size_t)(end - from) : PL_STOPS_BYTES, at = 0;
    stops->count = stops->line_count = 0;
    stops->at[0] = UINT32_MAX;
    for (; at + BLOCK <= size; at += BLOCK) {
        for (uint64_t marks = marks_at(from + at, dialect); marks; marks &= marks - 1) {
            uint32_t offset = (uint32_t)(at + (unsigned)__builtin_ctzll(marks) / BITS_PER_BYTE);
            take(stops, offset, from[offset] == dialect.line_end);
        }
    }
    for (; at < size; at++)
        if (from[at] == dialect.separator || from[at] == dialect.line_end) take(stops, (uint32_t)at, from[at] == dialect.line_end);
}
