/*
 * How many connections each peer address has open. A table owned by the server and used under its
 * lock; entries exist only while their count is above zero.
 */
#ifndef NET_HTTP_PEERS_H
#define NET_HTTP_PEERS_H

#include "net/address.h"

struct http_peer;

struct http_peers {
    struct http_peer *buckets[1024];
};

/* Adds or takes away one. Without memory the connection goes uncounted. */
void http_peers_add(struct http_peers *peers, const struct address *address);
void http_peers_remove(struct http_peers *peers, const struct address *address);
size_t http_peers_count(const struct http_peers *peers, const struct address *address);
void http_peers_release(struct http_peers *peers);

#endif
