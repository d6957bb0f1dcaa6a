/*
 * SHA-256 and HMAC-SHA-256. The algorithms are fetched once a process and each thread keeps its
 * context, so that a digest of a short text costs a tenth of a microsecond. Functions fail (false)
 * only when there is no memory for a context.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/text.h"

struct digest {
    unsigned char bytes[32];
};

MUST_CHECK bool digest_sha256(struct text data, struct digest *out);
/* Of the parts one after the other, without joining them. */
MUST_CHECK bool digest_sha256_parts(const struct text *parts, size_t count, struct digest *out);

MUST_CHECK bool digest_hmac_sha256(struct text key, struct text data, struct digest *out);
MUST_CHECK bool digest_hmac_sha256_parts(struct text key, const struct text *parts, size_t count,
                                         struct digest *out);

/* HMAC-SHA-1, for peers that know nothing newer. */
enum { DIGEST_SHA1_SIZE = 20 };
MUST_CHECK bool digest_hmac_sha1(struct text key, struct text data,
                                 unsigned char out[DIGEST_SHA1_SIZE]);

/* Borrowed from the digest. */
struct text digest_text(const struct digest *digest);
struct text digest_hex(struct arena *arena, const struct digest *digest);
/* Takes the same time wherever they differ. */
bool digest_equal(const struct digest *a, const struct digest *b);

/* A digest of data that comes in pieces. */
struct digest_stream;

/* Lives in the arena and ends with it; NULL without memory. */
struct digest_stream *digest_stream_new(struct arena *arena);
MUST_CHECK bool digest_stream_add(struct digest_stream *stream, struct text piece);
/* Afterwards the stream is empty and can take the next data. */
MUST_CHECK bool digest_stream_end(struct digest_stream *stream, struct digest *out);

#endif
