/*
 * Hides secret values in a stream of text: every byte that belongs to an occurrence of a secret is
 * replaced, occurrences that overlap as one, by "****". Secrets are found wherever the stream is
 * cut into pieces, also across them. A secret of several lines is hidden line by line as well,
 * since programs print it indented.
 *
 * Values and lines shorter than four bytes are not hidden: they would hide half of the log and
 * protect nothing.
 */
#ifndef WORKER_MASKING_H
#define WORKER_MASKING_H

#include "base/buffer.h"
#include "base/list.h"

enum { MASKING_SHORTEST = 4 };

struct masking {
    struct arena *arena;
    struct list secrets; /* of struct text, longest first */
    bool first[256];     /* whether a secret begins with this byte */
    size_t longest;      /* bytes */
};

void masking_init(struct masking *masking, struct arena *arena);
/* Copies the value. False without memory. Before the first stream reads. */
MUST_CHECK bool masking_add(struct masking *masking, struct text secret);

/* One stream through the masks. What may be the beginning of a secret is kept back until it is
 * decided; never more than the longest secret less one byte. */
struct masking_stream {
    const struct masking *masking; /* borrowed */
    struct buffer held;
    size_t covered; /* bytes at the front of `held` that belong to an occurrence already masked */
};

void masking_stream_init(struct masking_stream *stream, const struct masking *masking,
                         struct arena *arena);
/* Appends to `out` what is decided. */
void masking_feed(struct masking_stream *stream, struct text piece, struct buffer *out);
/* Appends the rest; the stream is then as new. */
void masking_flush(struct masking_stream *stream, struct buffer *out);

/* A whole text at once; the text itself when it holds no secret. Empty (NULL) without memory. */
struct text masking_apply(const struct masking *masking, struct arena *arena, struct text text);

#endif
