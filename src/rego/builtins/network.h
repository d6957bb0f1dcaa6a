/* IP addresses and networks as Go reads them: no zone ids, no leading zeros, and an IPv4 address
 * inside IPv6 is the IPv4 address. For the files of this folder only. */
#ifndef REGO_BUILTINS_NETWORK_H
#define REGO_BUILTINS_NETWORK_H

#include "base/buffer.h"

struct address {
    uint8_t bytes[16]; /* IPv4: the last four, behind ::ffff */
    bool v4;
};

struct network {
    struct address first, last;
    int prefix; /* of 32 or 128 */
};

MUST_CHECK bool address_parse(struct text text, struct address *out);
void address_print(struct buffer *out, const struct address *address);
/* Bytewise; IPv4 before IPv6. */
int address_compare(const struct address *a, const struct address *b);
/* The next address; false behind the last one of its family. */
bool address_next(const struct address *address, struct address *out);

/* "10.0.0.0/8"; host bits are masked off. */
MUST_CHECK bool network_parse(struct text text, struct network *out);
/* The first `prefix` bits of an address. */
struct network network_around(const struct address *address, int prefix);
bool network_contains(const struct network *network, const struct address *address);
void network_print(struct buffer *out, const struct network *network);

#endif
