/* How many guesses' worth of pieces a password is put together from. */
#ifndef PLUMBLINE_DOMAIN_OBVIOUS_H
#define PLUMBLINE_DOMAIN_OBVIOUS_H

#include <plumbline/base/text.h>

/* What fewer pieces than this make up is obvious: a word, a year and a sign or two. */
#define PL_OBVIOUS_PIECES 5

/* The least number of pieces that make up the password, where a piece is: a word everybody tries or one of `names`, in any case and
 * with the usual replacements (p@ssw0rd); a run of one sign; a run along the alphabet, the digits or a row of keys, forwards or
 * back; a year from 1900 to 2099; what stands before, repeated; or any single sign. Never more than PL_OBVIOUS_PIECES, which is
 * what any text over 512 bytes has. */
unsigned pl_obvious_pieces(pl_str password, const pl_str *names, size_t name_count);

#endif
