/* A chained hash table; addresses are hashed with the process key, so clients cannot aim. */
#include "net/http_peers.h"

#include <stdlib.h>

struct http_peer {
    struct http_peer *next;
    struct address address;
    size_t count;
};

static size_t bucket_of(const struct address *address)
{
    struct text bytes = {(const char *)address->bytes, sizeof(address->bytes)};
    return text_hash(bytes) % ARRAY_LENGTH(((struct http_peers *)0)->buckets);
}

static struct http_peer *const *find(const struct http_peers *peers, const struct address *address)
{
    struct http_peer *const *link = &peers->buckets[bucket_of(address)];
    while (*link && !address_equal(&(*link)->address, address))
        link = &(*link)->next;
    return link;
}

void http_peers_add(struct http_peers *peers, const struct address *address)
{
    struct http_peer *peer = *find(peers, address);
    if (!peer) {
        peer = calloc(1, sizeof(*peer));
        if (!peer)
            return;
        struct http_peer **bucket = &peers->buckets[bucket_of(address)];
        *peer = (struct http_peer){.next = *bucket, .address = *address};
        *bucket = peer;
    }
    peer->count++;
}

void http_peers_remove(struct http_peers *peers, const struct address *address)
{
    struct http_peer **link = &peers->buckets[bucket_of(address)];
    while (*link && !address_equal(&(*link)->address, address))
        link = &(*link)->next;
    struct http_peer *peer = *link;
    if (!peer || --peer->count > 0)
        return;
    *link = peer->next;
    free(peer);
}

size_t http_peers_count(const struct http_peers *peers, const struct address *address)
{
    const struct http_peer *peer = *find(peers, address);
    return peer ? peer->count : 0;
}

void http_peers_release(struct http_peers *peers)
{
    for (size_t i = 0; i < ARRAY_LENGTH(peers->buckets); i++)
        while (peers->buckets[i]) {
            struct http_peer *next = peers->buckets[i]->next;
            free(peers->buckets[i]);
            peers->buckets[i] = next;
        }
}
