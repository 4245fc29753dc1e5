#include <plumbline/base/sort.h>

/* Below this many entries moving them one by one is faster than counting bytes. */
#define FEW 96

static void insert(pl_sort_entry *entries, size_t count) {
    for (size_t i = 1; i < count; i++) {
        pl_sort_entry one = entries[i];
        size_t at = i;
        for (; at > 0 && entries[at - 1].key > one.key; at--) entries[at] = entries[at - 1];
        entries[at] = one;
    }
}

/* One byte at a time from the lowest; bytes that are the same everywhere are passed over. */
void pl_sort(pl_sort_entry *entries, pl_sort_entry *spare, size_t count) {
    if (count <= FEW) {
        insert(entries, count);
        return;
    }
    size_t counts[8][256] = {0};
    for (size_t i = 0; i < count; i++)
        for (unsigned byte = 0; byte < 8; byte++) counts[byte][entries[i].key >> 8 * byte & 255]++;
    pl_sort_entry *from = entries, *to = spare;
    for (unsigned byte = 0; byte < 8; byte++) {
        size_t *start = counts[byte], before = 0;
        if (start[from[0].key >> 8 * byte & 255] == count) continue;
        for (size_t k = 0; k < 256; k++) {
            size_t here = start[k];
            start[k] = before;
            before += here;
        }
        for (size_t i = 0; i < count; i++) to[start[from[i].key >> 8 * byte & 255]++] = from[i];
        pl_sort_entry *swap = from;
        from = to;
        to = swap;
    }
    if (from != entries) memcpy(entries, from, count * sizeof *entries);
}
