/* What every part that holds secrets needs: randomness from the system, comparison in constant time, wiping. */
#ifndef PLUMBLINE_DOMAIN_SECRET_H
#define PLUMBLINE_DOMAIN_SECRET_H

#include <plumbline/base/digest.h>
#include <plumbline/base/text.h>

/* Fills `out` from the system's generator. PL_IO when it gives none. */
pl_status pl_secret_random(void *out, size_t size);

/* Equal, in a time that depends on the lengths only. */
bool pl_secret_equal(pl_str a, pl_str b);
bool pl_secret_equal_digest(const unsigned char a[PL_DIGEST_SIZE], const unsigned char b[PL_DIGEST_SIZE]);

/* Overwrites with zeros, in a way that no compiler leaves out. */
void pl_secret_wipe(void *at, size_t size);

/* Frees the bytes of a buffer after wiping all of its memory. A buffer that holds a secret must not have grown on the way there,
 * since what it grew out of is freed as it is: give it room first (pl_secret_room). */
void pl_secret_free(pl_buffer *buffer);

/* Makes room for `size` bytes in an empty buffer and sets its limit to that, so that it never grows. */
void pl_secret_room(pl_buffer *buffer, size_t size);

#endif
