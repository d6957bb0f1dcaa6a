/*
 * The secret of a key: a prefix that scanners can look for, 256 random bits, and a checksum, so
 * that a secret with a slip in it is recognised before the database is asked.
 *
 *     gth_ <64 hexadecimal digits> <8 digits: SHA-256 of all before, cut>
 */
#ifndef IDENTITY_SECRET_H
#define IDENTITY_SECRET_H

#include "base/text.h"

enum { SECRET_LENGTH = 4 + 64 + 8 };

/* The empty text without memory. */
struct text secret_new(struct arena *arena);
bool secret_is_well_formed(struct text secret);

#endif
