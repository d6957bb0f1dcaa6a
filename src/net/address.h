/*
 * Network addresses as values: IP addresses, HOST:PORT pairs and CIDR ranges. Nothing here resolves
 * names or opens sockets. An IPv4 address that came as IPv4-mapped IPv6 is kept as IPv4, so that a
 * rule for one form holds for the other.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "base/error.h"
#include "base/text.h"

#include <sys/socket.h>

enum address_family {
    ADDRESS_NONE, /* unset */
    ADDRESS_IPV4,
    ADDRESS_IPV6,
};

struct address {
    enum address_family family;
    unsigned char bytes[16]; /* network order; the first 4 for IPv4, the rest zero */
};

/* Any printed address fits, with its terminator. */
enum { ADDRESS_TEXT_SIZE = 48 };

/* A range of addresses: 10.0.0.0/8, fd00::/8, or a single address. */
struct address_range {
    struct address base; /* host bits are zero */
    unsigned prefix;     /* bits that count */
};

/* HOST:PORT as people write it. */
struct host_port {
    struct text host; /* borrowed from the source; without brackets; empty for ":8088" */
    uint16_t port;
};

/* Strict: dotted decimal with four parts and no leading zeros, or IPv6 without a zone. False for
 * anything else, names included. */
MUST_CHECK bool address_parse(struct text source, struct address *out);
/* False for a family other than IPv4 and IPv6. `port` may be NULL. */
MUST_CHECK bool address_from_socket(const struct sockaddr *from, struct address *out,
                                    uint16_t *port);
/* Writes the shortest form into out[ADDRESS_TEXT_SIZE] and returns it; "-" when unset. */
struct text address_print(const struct address *address, char *out);
bool address_equal(const struct address *a, const struct address *b);

/* True only for addresses that are routed on the public internet: not loopback, private, shared,
 * link-local (cloud metadata included), multicast, unspecified, documentation, or reserved, nor an
 * IPv6 form that carries such an IPv4 address. */
bool address_is_public(const struct address *address);
bool address_is_loopback(const struct address *address);

/* "10.0.0.0/8", "::1". Host bits that are set are refused, as they mostly are a mistake. */
MUST_CHECK bool address_range_parse(struct text source, struct address_range *out,
                                    struct error *error);
/* "10.0.0.0/8, ::1": several, with commas, in the arena. Empty for none. */
struct address_ranges {
    const struct address_range *items;
    size_t count;
};
MUST_CHECK bool address_ranges_parse(struct arena *arena, struct text source,
                                     struct address_ranges *out, struct error *error);
bool address_range_contains(const struct address_range *range, const struct address *address);

/* "127.0.0.1:8088", "[::1]:8088", "example.org:443", ":8088" (all addresses). The port is required
 * and 0 to 65535. */
MUST_CHECK bool host_port_parse(struct text source, struct host_port *out, struct error *error);

#endif
