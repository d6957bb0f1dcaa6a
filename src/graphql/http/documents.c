/* A table of digests with open addressing; a ring over the same entries says which is the oldest.
 */
#include "graphql/http/documents.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS_BYTES_MAX = 32 << 20, HEX_DIGITS = 64 };

struct entry {
    struct digest digest;
    char *text;
    size_t len;
    uint32_t next; /* in its bucket, index + 1 */
};

struct graphql_documents {
    pthread_mutex_t lock;
    bool trusted_only;
    struct entry *entries; /* a ring: the oldest is overwritten first */
    uint32_t *buckets;     /* index + 1 of the first entry */
    uint32_t max, count, oldest;
    uint32_t bucket_count; /* a power of two */
    size_t bytes;
};

struct graphql_documents *graphql_documents_new(uint32_t max, bool trusted_only)
{
    struct graphql_documents *documents = calloc(1, sizeof(*documents));
    if (!documents)
        return NULL;
    documents->trusted_only = trusted_only;
    documents->max = max > 0 ? max : 1;
    documents->bucket_count = 16;
    while (documents->bucket_count < documents->max && documents->bucket_count < 1U << 30)
        documents->bucket_count *= 2;
    documents->entries = calloc(documents->max, sizeof(*documents->entries));
    documents->buckets = calloc(documents->bucket_count, sizeof(*documents->buckets));
    if (!documents->entries || !documents->buckets ||
        pthread_mutex_init(&documents->lock, NULL) != 0) {
        free(documents->entries);
        free(documents->buckets);
        free(documents);
        return NULL;
    }
    return documents;
}

void graphql_documents_free(struct graphql_documents *documents)
{
    if (!documents)
        return;
    for (uint32_t i = 0; i < documents->max; i++)
        free(documents->entries[i].text);
    pthread_mutex_destroy(&documents->lock);
    free(documents->entries);
    free(documents->buckets);
    free(documents);
}

bool graphql_documents_are_trusted_only(const struct graphql_documents *documents)
{
    return documents->trusted_only;
}

static uint32_t *bucket_of(struct graphql_documents *documents, const struct digest *digest)
{
    uint32_t word;
    memcpy(&word, digest->bytes, sizeof(word));
    return &documents->buckets[word & (documents->bucket_count - 1)];
}

static struct entry *find(struct graphql_documents *documents, const struct digest *digest)
{
    for (uint32_t at = *bucket_of(documents, digest); at; at = documents->entries[at - 1].next)
        if (memcmp(&documents->entries[at - 1].digest, digest, sizeof(*digest)) == 0)
            return &documents->entries[at - 1];
    return NULL;
}

static void drop_oldest(struct graphql_documents *documents)
{
    struct entry *entry = &documents->entries[documents->oldest];
    uint32_t *slot = bucket_of(documents, &entry->digest);
    while (*slot != documents->oldest + 1)
        slot = &documents->entries[*slot - 1].next;
    *slot = entry->next;
    documents->bytes -= entry->len;
    free(entry->text);
    *entry = (struct entry){0};
    documents->oldest = (documents->oldest + 1) % documents->max;
    documents->count--;
}

/* Takes `text`. */
static void insert(struct graphql_documents *documents, const struct digest *digest, char *text,
                   size_t len)
{
    while (documents->count > 0 &&
           (documents->count == documents->max || documents->bytes + len > DOCUMENTS_BYTES_MAX))
        drop_oldest(documents);
    uint32_t at = (documents->oldest + documents->count) % documents->max;
    uint32_t *bucket = bucket_of(documents, digest);
    documents->entries[at] =
        (struct entry){.digest = *digest, .text = text, .len = len, .next = *bucket};
    *bucket = at + 1;
    documents->count++;
    documents->bytes += len;
}

static bool keep(struct graphql_documents *documents, const struct digest *digest, struct text text,
                 struct error *error)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return error_set_no_memory(error);
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    pthread_mutex_lock(&documents->lock);
    if (find(documents, digest))
        free(copy);
    else
        insert(documents, digest, copy, text.len);
    pthread_mutex_unlock(&documents->lock);
    return true;
}

bool graphql_documents_trust(struct graphql_documents *documents, struct text text,
                             struct error *error)
{
    struct digest digest;
    if (documents->count == documents->max)
        return error_set(error, ERR_TOO_LARGE, "More than %u trusted documents.", documents->max);
    if (!digest_sha256(text, &digest))
        return error_set_no_memory(error);
    return keep(documents, &digest, text, error);
}

static bool parse_hash(struct text hash, struct digest *out, struct error *error)
{
    bool ok = hash.len == HEX_DIGITS;
    for (size_t i = 0; ok && i < sizeof(out->bytes); i++) {
        int high = hex_digit(hash.at[2 * i]);
        int low = hex_digit(hash.at[2 * i + 1]);
        ok = high >= 0 && low >= 0;
        out->bytes[i] = (unsigned char)(ok ? high << 4 | low : 0);
    }
    return ok || error_set(error, ERR_INVALID, "A document's hash is 64 hexadecimal digits.");
}

bool graphql_documents_find(struct graphql_documents *documents, struct arena *arena,
                            struct text hash, struct text *out, struct error *error)
{
    struct digest digest;
    *out = (struct text){NULL, 0};
    if (!parse_hash(hash, &digest, error))
        return false;
    pthread_mutex_lock(&documents->lock);
    const struct entry *entry = find(documents, &digest);
    if (entry)
        *out = text_copy(arena, (struct text){entry->text, entry->len});
    bool failed = entry && !out->at;
    pthread_mutex_unlock(&documents->lock);
    return !failed || error_set_no_memory(error);
}

bool graphql_documents_knows(struct graphql_documents *documents, struct text text, bool *out,
                             struct error *error)
{
    struct digest digest;
    if (!digest_sha256(text, &digest))
        return error_set_no_memory(error);
    pthread_mutex_lock(&documents->lock);
    *out = find(documents, &digest) != NULL;
    pthread_mutex_unlock(&documents->lock);
    return true;
}

bool graphql_documents_keep(struct graphql_documents *documents, struct text hash, struct text text,
                            struct error *error)
{
    struct digest sent;
    struct digest actual;
    if (!parse_hash(hash, &sent, error))
        return false;
    if (!digest_sha256(text, &actual))
        return error_set_no_memory(error);
    if (!digest_equal(&sent, &actual))
        return error_set(error, ERR_INVALID, "provided sha does not match query");
    return keep(documents, &actual, text, error);
}
