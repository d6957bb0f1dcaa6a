/* IP addresses and networks as Go reads them: no zone ids, no leading zeros, and an IPv4 address
 * inside IPv6 is the IPv4 address. For the files of this folder only. */
#ifndef REGO_BUILTINS_IP_H
#define REGO_BUILTINS_IP_H

#include "base/buffer.h"

struct ip {
    uint8_t bytes[16]; /* IPv4: the last four, behind ::ffff */
    bool v4;
};

struct ip_network {
    struct ip first, last;
    int prefix; /* of 32 or 128 */
};

MUST_CHECK bool ip_parse(struct text text, struct ip *out);
void ip_print(struct buffer *out, const struct ip *address);
/* Bytewise; IPv4 before IPv6. */
int ip_compare(const struct ip *a, const struct ip *b);
/* The next address; false behind the last one of its family. */
bool ip_next(const struct ip *address, struct ip *out);

/* "10.0.0.0/8"; host bits are masked off. */
MUST_CHECK bool ip_network_parse(struct text text, struct ip_network *out);
/* The first `prefix` bits of an address. */
struct ip_network ip_network_around(const struct ip *address, int prefix);
bool ip_network_contains(const struct ip_network *network, const struct ip *address);
void ip_network_print(struct buffer *out, const struct ip_network *network);

#endif
