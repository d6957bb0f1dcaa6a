/* Discovery, and a cache of issuers' keys. See oidc.h for what is promised. */
#include "jose/oidc.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_ARENA_CAP = 4 << 20, DEFAULT_ISSUERS = 64 };

/* Keys as they were fetched once; immutable, counted. */
struct snapshot {
    struct arena *arena; /* owns everything, this struct too */
    struct jose_key_set keys;
    atomic_size_t holders;
};

/* One issuer. `mutex` is held while its keys are fetched, so that others wait for the outcome. */
struct issuer {
    pthread_mutex_t mutex;
    char name[OIDC_ISSUER_MAX];
    size_t name_len;
    atomic_size_t holders;     /* the cache counts as one */
    struct snapshot *snapshot; /* NULL until keys were had */
    int64_t fetched_at;        /* microseconds of the wall clock, of the snapshot */
    int64_t tried_at;          /* of the last fetch, also when it failed; 0 for never */
    uint64_t used;             /* tick of the cache at the last use */
};

struct oidc {
    pthread_mutex_t mutex; /* guards the two below; held for a scan only */
    uint64_t ticks;
    struct issuer **issuers; /* max_issuers places; NULL when free */
    struct oidc_options options;
};

static void release_snapshot(struct snapshot *snapshot)
{
    if (snapshot && atomic_fetch_sub(&snapshot->holders, 1) == 1)
        arena_free(snapshot->arena);
}

static void release_issuer(struct issuer *issuer)
{
    if (!issuer || atomic_fetch_sub(&issuer->holders, 1) != 1)
        return;
    release_snapshot(issuer->snapshot);
    pthread_mutex_destroy(&issuer->mutex);
    free(issuer);
}

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value > 0 ? value : otherwise;
}

struct oidc *oidc_new(const struct oidc_options *options)
{
    struct oidc *oidc = calloc(1, sizeof *oidc);
    if (!oidc)
        return NULL;
    oidc->options = *options;
    if (oidc->options.max_issuers == 0)
        oidc->options.max_issuers = DEFAULT_ISSUERS;
    oidc->options.fresh_for = or_default(options->fresh_for, CLOCK_HOUR);
    oidc->options.stale_for = or_default(options->stale_for, CLOCK_DAY);
    oidc->options.least_interval = or_default(options->least_interval, 30 * CLOCK_SECOND);
    oidc->issuers = calloc(oidc->options.max_issuers, sizeof *oidc->issuers);
    if (!oidc->issuers) {
        free(oidc);
        return NULL;
    }
    pthread_mutex_init(&oidc->mutex, NULL);
    return oidc;
}

void oidc_free(struct oidc *oidc)
{
    if (!oidc)
        return;
    for (size_t i = 0; i < oidc->options.max_issuers; i++)
        release_issuer(oidc->issuers[i]);
    pthread_mutex_destroy(&oidc->mutex);
    free(oidc->issuers);
    free(oidc);
}

/* --- the cache --- */

static struct text name_of(const struct issuer *issuer)
{
    return (struct text){issuer->name, issuer->name_len};
}

static struct issuer *new_issuer(struct text name)
{
    struct issuer *issuer = calloc(1, sizeof *issuer);
    if (!issuer)
        return NULL;
    pthread_mutex_init(&issuer->mutex, NULL);
    memcpy(issuer->name, name.at, name.len);
    issuer->name_len = name.len;
    atomic_init(&issuer->holders, 1);
    return issuer;
}

/* The place of the issuer, else a free one, else that of the longest unused. */
static struct issuer **find_place(struct oidc *oidc, struct text name)
{
    struct issuer **best = &oidc->issuers[0];
    for (size_t i = 0; i < oidc->options.max_issuers; i++) {
        struct issuer **place = &oidc->issuers[i];
        if (*place && text_equal(name_of(*place), name))
            return place;
        if (*best && (!*place || (*place)->used < (*best)->used))
            best = place;
    }
    return best;
}

/* Held for the caller; NULL without memory. */
static struct issuer *hold_issuer(struct oidc *oidc, struct text name)
{
    struct issuer *displaced = NULL;
    pthread_mutex_lock(&oidc->mutex);
    struct issuer **place = find_place(oidc, name);
    if (!*place || !text_equal(name_of(*place), name)) {
        displaced = *place;
        *place = new_issuer(name);
    }
    struct issuer *issuer = *place;
    if (issuer) {
        issuer->used = ++oidc->ticks;
        atomic_fetch_add(&issuer->holders, 1);
    }
    pthread_mutex_unlock(&oidc->mutex);
    release_issuer(displaced);
    return issuer;
}

void oidc_forget(struct oidc *oidc, struct text name)
{
    struct issuer *found = NULL;
    pthread_mutex_lock(&oidc->mutex);
    struct issuer **place = find_place(oidc, name);
    if (*place && text_equal(name_of(*place), name)) {
        found = *place;
        *place = NULL;
    }
    pthread_mutex_unlock(&oidc->mutex);
    release_issuer(found);
}

/* --- fetching --- */

/* https, or http where allowed; no blanks, controls, query or fragment. */
static bool is_acceptable_url(const struct oidc *oidc, struct text url, bool may_have_query)
{
    bool is_https = text_starts_with(url, TEXT("https://"));
    bool is_http = text_starts_with(url, TEXT("http://")) && oidc->options.allow_http;
    if (!is_https && !is_http)
        return false;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char byte = (unsigned char)url.at[i];
        if (byte <= ' ' || byte >= 0x7f || byte == '#' || (byte == '?' && !may_have_query))
            return false;
    }
    return true;
}

static bool check_issuer(const struct oidc *oidc, struct text issuer, struct error *error)
{
    if (issuer.len > OIDC_ISSUER_MAX || !is_acceptable_url(oidc, issuer, false))
        return error_set(error, ERR_INVALID, "the issuer must be an https URL of at most %d bytes",
                         OIDC_ISSUER_MAX);
    return true;
}

static bool refuse_document(struct error *error, const char *what)
{
    return error_set(error, ERR_UNAVAILABLE, "the issuer's discovery document %s", what);
}

/* Where the document says that the keys are. */
static bool read_document(const struct oidc *oidc, struct arena *arena, struct text issuer,
                          struct text source, struct text *keys_url, struct error *error)
{
    static const struct json_limits limits = {.max_bytes = OIDC_DOCUMENT_MAX, .max_depth = 32};
    const struct json *document;
    struct error cause = {0};
    if (!json_parse(arena, source, &limits, &document, &cause))
        return refuse_document(error, "is not JSON");
    if (!text_equal(json_text_or(json_get_z(document, "issuer"), TEXT("")), issuer))
        return refuse_document(error, "is about another issuer");
    *keys_url = json_text_or(json_get_z(document, "jwks_uri"), TEXT(""));
    if (!is_acceptable_url(oidc, *keys_url, true))
        return refuse_document(error, "does not say where the keys are");
    return true;
}

static bool fetch_keys(const struct oidc *oidc, struct arena *arena, struct text issuer,
                       struct jose_key_set *out, struct error *error)
{
    const struct oidc_options *options = &oidc->options;
    struct text document, keys_url, keys;
    struct error cause = {0};
    struct text base =
        text_ends_with(issuer, TEXT("/")) ? text_slice(issuer, 0, issuer.len - 1) : issuer;
    struct text url = text_format(arena, "%.*s/.well-known/openid-configuration", TEXT_ARG(base));
    if (!url.at)
        return error_set_no_memory(error);
    if (!options->fetch(options->data, url, OIDC_DOCUMENT_MAX, arena, &document, error) ||
        !read_document(oidc, arena, issuer, document, &keys_url, error) ||
        !options->fetch(options->data, keys_url, JOSE_KEY_SET_MAX_BYTES, arena, &keys, error))
        return false;
    if (!jose_key_set_parse(arena, keys, JOSE_KEY_PUBLIC, out, &cause))
        return error_set(error, ERR_UNAVAILABLE, "the issuer's keys cannot be used: %s",
                         cause.message);
    return true;
}

static struct snapshot *fetch_snapshot(const struct oidc *oidc, struct text issuer,
                                       struct error *error)
{
    struct arena *arena = arena_new(KEYS_ARENA_CAP);
    struct snapshot *snapshot = arena ? ARENA_NEW(arena, struct snapshot) : NULL;
    if (!snapshot)
        error_set_no_memory(error);
    if (!snapshot || !fetch_keys(oidc, arena, issuer, &snapshot->keys, error)) {
        arena_free(arena);
        return NULL;
    }
    snapshot->arena = arena;
    atomic_init(&snapshot->holders, 1);
    return snapshot;
}

/* --- which keys a token is checked with --- */

/* What the keys at hand are worth for this token; called with the issuer's mutex held. */
static bool needs_fetch(const struct oidc *oidc, const struct issuer *issuer, const struct jws *jws,
                        int64_t now)
{
    bool may_ask = issuer->tried_at == 0 || now >= issuer->tried_at + oidc->options.least_interval;
    if (!may_ask)
        return false;
    return !issuer->snapshot || now >= issuer->fetched_at + oidc->options.fresh_for ||
           !jws_find_key(jws, &issuer->snapshot->keys);
}

/* A failure is told only where no older keys can stand in. */
static bool refresh(const struct oidc *oidc, struct issuer *issuer, int64_t now,
                    struct error *error)
{
    struct error cause = {0};
    struct snapshot *fetched = fetch_snapshot(oidc, name_of(issuer), &cause);
    issuer->tried_at = now;
    if (fetched) {
        release_snapshot(issuer->snapshot);
        issuer->snapshot = fetched;
        issuer->fetched_at = now;
        return true;
    }
    if (issuer->snapshot && now < issuer->fetched_at + oidc->options.stale_for)
        return true;
    release_snapshot(issuer->snapshot);
    issuer->snapshot = NULL;
    return error_set(error, ERR_UNAVAILABLE, "the keys of the issuer cannot be had: %s",
                     cause.message);
}

/* Held for the caller; NULL and an error when there are none. */
static struct snapshot *hold_keys(const struct oidc *oidc, struct issuer *issuer,
                                  const struct jws *jws, struct error *error)
{
    struct snapshot *snapshot = NULL;
    pthread_mutex_lock(&issuer->mutex);
    int64_t now = clock_wall();
    bool done = !needs_fetch(oidc, issuer, jws, now) || refresh(oidc, issuer, now, error);
    if (done && issuer->snapshot) {
        snapshot = issuer->snapshot;
        atomic_fetch_add(&snapshot->holders, 1);
    } else if (done) {
        error_set(error, ERR_UNAVAILABLE,
                  "the keys of the issuer could not be had a moment ago; try again shortly");
    }
    pthread_mutex_unlock(&issuer->mutex);
    return snapshot;
}

static bool verify_signature(struct oidc *oidc, struct text issuer_name, const struct jws *jws,
                             struct error *error)
{
    struct issuer *issuer = hold_issuer(oidc, issuer_name);
    if (!issuer)
        return error_set_no_memory(error);
    struct snapshot *snapshot = hold_keys(oidc, issuer, jws, error);
    release_issuer(issuer);
    bool valid = snapshot && jws_verify(jws, jws_find_key(jws, &snapshot->keys), error);
    release_snapshot(snapshot);
    return valid;
}

bool oidc_verify(struct oidc *oidc, struct arena *arena, struct text issuer, struct text token,
                 const struct jwt_expectation *expectation, struct jwt_claims *out,
                 struct error *error)
{
    struct jws jws;
    struct jwt_expectation full = *expectation;
    full.issuer = issuer;
    /* Claims first, for a token of somebody else must not make us ask this issuer for keys; they
     * count only once the signature has been verified. */
    return check_issuer(oidc, issuer, error) && jws_parse(arena, token, &jws, error) &&
           jwt_parse_claims(arena, &jws, out, error) && jwt_check(&jws, out, &full, error) &&
           verify_signature(oidc, issuer, &jws, error);
}
