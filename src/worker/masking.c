/* Secrets out of streams. */
#include "worker/masking.h"

#include <string.h>

enum { HELD_MAX = 16 << 20 };

void masking_init(struct masking *masking, struct arena *arena)
{
    *masking = (struct masking){.arena = arena};
    list_init(&masking->secrets, arena, sizeof(struct text));
}

static bool is_known(const struct masking *masking, struct text secret)
{
    const struct text *secrets = LIST_ITEMS(&masking->secrets, struct text);
    for (size_t i = 0; i < masking->secrets.len; i++) {
        if (text_equal(secrets[i], secret))
            return true;
    }
    return false;
}

static bool add_one(struct masking *masking, struct text secret)
{
    if (secret.len < MASKING_SHORTEST || is_known(masking, secret))
        return true;
    struct text copy = text_copy(masking->arena, secret);
    if (!copy.at || !list_push(&masking->secrets))
        return false;
    struct text *secrets = LIST_ITEMS(&masking->secrets, struct text);
    size_t at = masking->secrets.len - 1;
    for (; at > 0 && secrets[at - 1].len < secret.len; at--)
        secrets[at] = secrets[at - 1];
    secrets[at] = copy;
    masking->first[(unsigned char)copy.at[0]] = true;
    if (copy.len > masking->longest)
        masking->longest = copy.len;
    return true;
}

bool masking_add(struct masking *masking, struct text secret)
{
    struct text rest = secret;
    struct text line;
    if (!add_one(masking, secret) || !add_one(masking, text_trim(secret)))
        return false;
    while (text_next_part(&rest, '\n', &line)) {
        if (!add_one(masking, text_trim(line)))
            return false;
    }
    return true;
}

void masking_stream_init(struct masking_stream *stream, const struct masking *masking,
                         struct arena *arena)
{
    *stream = (struct masking_stream){.masking = masking};
    buffer_init(&stream->held, arena, HELD_MAX);
}

/* What a place in the text tells. */
struct finding {
    size_t len;     /* of the longest secret that begins here; 0 for none */
    bool undecided; /* a longer one may begin here once more text is known */
};

static struct finding look(const struct masking *masking, struct text rest)
{
    struct finding finding = {0};
    if (!masking->first[(unsigned char)rest.at[0]])
        return finding;
    const struct text *secrets = LIST_ITEMS(&masking->secrets, struct text);
    for (size_t i = 0; i < masking->secrets.len; i++) {
        size_t shared = secrets[i].len < rest.len ? secrets[i].len : rest.len;
        if (memcmp(secrets[i].at, rest.at, shared) != 0)
            continue;
        if (shared == secrets[i].len) {
            finding.len = shared;
            return finding;
        }
        finding.undecided = true;
    }
    return finding;
}

/* Bytes from `at` that can begin no secret. */
static size_t plain_run(const struct masking *masking, struct text text, size_t at)
{
    size_t start = at;
    while (at < text.len && !masking->first[(unsigned char)text.at[at]])
        at++;
    return at - start;
}

/* Decides as much of `text` as can be, `covered` bytes of which are masked already; all of it when
 * it is the last. Gives the bytes decided; *covered is then counted from there. */
static size_t mask(const struct masking *masking, struct text text, bool last, size_t *covered,
                   struct buffer *out)
{
    size_t end = *covered; /* of the occurrence that reaches furthest */
    size_t at = 0;
    while (at < text.len) {
        if (at >= end) {
            size_t run = plain_run(masking, text, at);
            buffer_add(out, text_slice(text, at, at + run));
            at += run;
            if (at == text.len)
                break;
        }
        struct finding finding = look(masking, text_slice(text, at, text.len));
        if (finding.undecided && !last)
            break;
        if (finding.len) {
            if (at >= end)
                buffer_add(out, TEXT("****"));
            if (at + finding.len > end)
                end = at + finding.len;
        } else if (at >= end) {
            buffer_add_byte(out, text.at[at]);
        }
        at++;
    }
    *covered = end > at ? end - at : 0;
    return at;
}

static void decide_held(struct masking_stream *stream, bool last, struct buffer *out)
{
    struct text held = buffer_text(&stream->held);
    size_t decided = mask(stream->masking, held, last, &stream->covered, out);
    if (decided < held.len)
        memmove(stream->held.at, stream->held.at + decided, held.len - decided);
    buffer_truncate(&stream->held, held.len - decided);
}

void masking_feed(struct masking_stream *stream, struct text piece, struct buffer *out)
{
    buffer_add(&stream->held, piece);
    /* Rather too little in the log than a secret. */
    if (stream->held.failed)
        out->failed = true;
    else
        decide_held(stream, false, out);
}

void masking_flush(struct masking_stream *stream, struct buffer *out)
{
    decide_held(stream, true, out);
    stream->covered = 0;
}

static bool holds_secret(const struct masking *masking, struct text text)
{
    for (size_t at = 0; at < text.len; at++) {
        at += plain_run(masking, text, at);
        if (at < text.len && look(masking, text_slice(text, at, text.len)).len)
            return true;
    }
    return false;
}

struct text masking_apply(const struct masking *masking, struct arena *arena, struct text text)
{
    if (!holds_secret(masking, text))
        return text;
    struct buffer out;
    size_t covered = 0;
    buffer_init(&out, arena, text.len * 2);
    mask(masking, text, true, &covered, &out);
    return out.failed ? (struct text){NULL, 0} : buffer_text(&out);
}
