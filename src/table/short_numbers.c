#include "table/short_numbers.h"

#include "table/quick_number.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(PLUMBLINE_SCALAR)
#define WIDE 4
#include <immintrin.h>
#endif

static bool read_one(const pl_short_cells *c, size_t i) {
    uint32_t length = c->stops[i] - (c->stops[i - 1] + 1);
    c->out[i] = 0;
    if (!length) {
        c->missing[i] |= c->row;
        return true;
    }
    double value;
    return length <= 8 && pl_short_number(c->from + c->stops[i], length, &value) &&
           pl_scale(value, pl_power_of_ten(c->decimals[i]), &c->out[i]);
}

#ifdef WIDE
#define AVX2 static inline __attribute__((target("avx2"), always_inline))

AVX2 __m256i each_byte(char byte) { return _mm256_set1_epi8(byte); }

/* The eight bytes before each of four ends. */
AVX2 __m256i bytes_before(const char *from, const uint32_t *stops) {
    long long words[WIDE];
    for (int k = 0; k < WIDE; k++) memcpy(&words[k], from + stops[k] - 8, sizeof words[k]);
    return _mm256_set_epi64x(words[3], words[2], words[1], words[0]);
}

/* All ones in lanes that are not 0. */
AVX2 __m256i lanes_with_bits(__m256i x) {
    return _mm256_xor_si256(_mm256_cmpeq_epi64(x, _mm256_setzero_si256()), _mm256_set1_epi64x(-1));
}

typedef struct four {
    __m256i digits;   /* eight bytes 0 to 9 each, the first in the lowest */
    __m256i decimals; /* how many of them are behind the point */
    __m256i negative; /* all ones where */
    bool good;
} four;

/* Takes the sign and the point out of each lane, and fills up with zeros in front. `lengths` are 0 to 8. */
AVX2 four digits_of(__m256i word, __m256i lengths) {
    const __m256i zero = _mm256_setzero_si256(), ones = _mm256_set1_epi64x(-1), zeros = each_byte('0');
    __m256i own = _mm256_sllv_epi64(ones, _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(lengths, 3)));
    __m256i first = _mm256_andnot_si256(_mm256_slli_epi64(own, 8), own);
    __m256i sign = _mm256_and_si256(_mm256_cmpeq_epi8(word, each_byte('-')), first);
    word = _mm256_blendv_epi8(zeros, word, _mm256_andnot_si256(sign, own));
    __m256i points = _mm256_cmpeq_epi8(word, each_byte('.'));
    __m256i has_point = lanes_with_bits(points), negative = lanes_with_bits(sign);
    __m256i lowest = _mm256_and_si256(points, _mm256_sub_epi64(zero, points)); /* the lowest bit of the point's byte */
    __m256i before = _mm256_and_si256(_mm256_add_epi64(lowest, ones), has_point);
    __m256i behind = _mm256_andnot_si256(_mm256_or_si256(before, _mm256_sub_epi64(_mm256_slli_epi64(lowest, 8), lowest)), ones);
    __m256i moved = _mm256_slli_epi64(_mm256_and_si256(word, before), 8);
    __m256i filled = _mm256_and_si256(_mm256_set1_epi64x('0'), has_point);
    word = _mm256_or_si256(_mm256_or_si256(_mm256_and_si256(word, behind), moved), filled);
    __m256i digits = _mm256_sub_epi8(word, zeros);
    __m256i fine = _mm256_cmpeq_epi8(_mm256_min_epu8(digits, each_byte(9)), digits);
    /* A sign or a point alone is no number; the masks count as -1. */
    __m256i count = _mm256_add_epi64(lengths, _mm256_add_epi64(has_point, negative));
    __m256i counts = _mm256_or_si256(_mm256_cmpgt_epi64(count, zero), _mm256_cmpeq_epi64(lengths, zero));
    __m256i decimals = _mm256_sad_epu8(_mm256_and_si256(_mm256_and_si256(behind, has_point), each_byte(1)), zero);
    return (four){digits, decimals, negative, _mm256_movemask_epi8(_mm256_and_si256(fine, counts)) == -1};
}

/* The number that eight digits make: pairs, fours, all. */
AVX2 __m256i joined(__m256i digits) {
    __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8));
    __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(100 | 1 << 16));
    return _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10000)), _mm256_srli_epi64(fours, 32));
}

/* Four cells; false where one of them must be read otherwise. */
AVX2 bool read_four(const pl_short_cells *c, size_t i) {
    const __m256i powers = _mm256_setr_epi32(1, 10, 100, 1000, 10000, 100000, 1000000, 10000000);
    __m128i ends = _mm_loadu_si128((const __m128i *)(const void *)(c->stops + i));
    __m128i starts = _mm_loadu_si128((const __m128i *)(const void *)(c->stops + i - 1));
    __m128i lengths = _mm_sub_epi32(_mm_sub_epi32(ends, starts), _mm_set1_epi32(1));
    if (_mm_movemask_epi8(_mm_cmpgt_epi32(lengths, _mm_set1_epi32(8)))) return false;
    four f = digits_of(bytes_before(c->from, c->stops + i), _mm256_cvtepu32_epi64(lengths));
    __m256i decimals = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)(c->decimals + i)));
    __m256i lacking = _mm256_sub_epi64(decimals, f.decimals); /* zeros to add at the end */
    __m256i scaled = _mm256_mul_epu32(joined(f.digits), _mm256_permutevar8x32_epi32(powers, lacking));
    __m256i large = _mm256_cmpgt_epi64(scaled, _mm256_set1_epi64x(INT32_MAX));
    if (!f.good || _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_or_si256(lacking, large)))) return false;
    scaled = _mm256_sub_epi64(_mm256_xor_si256(scaled, f.negative), f.negative);
    __m256i packed = _mm256_permutevar8x32_epi32(scaled, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    _mm_storeu_si128((__m128i *)(void *)(c->out + i), _mm256_castsi256_si128(packed));
    unsigned empty = (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(lengths, _mm_setzero_si128())));
    for (; empty; empty &= empty - 1) c->missing[i + (unsigned)__builtin_ctz(empty)] |= c->row;
    return true;
}

__attribute__((target("avx2"))) static size_t read_wide(const pl_short_cells *c) {
    size_t i = 0;
    while (i + WIDE <= c->count && read_four(c, i)) i += WIDE;
    return i;
}
#endif

size_t pl_short_numbers(const pl_short_cells *cells) {
    size_t i = 0;
#ifdef WIDE
    if (__builtin_cpu_supports("avx2")) i = read_wide(cells);
#endif
    while (i < cells->count && read_one(cells, i)) i++;
    return i;
}
