/* Fuzz target: what parses as an address or range prints and parses back to the same. */
#include "net/address.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(struct text source)
{
    struct address address, again;
    char printed[ADDRESS_TEXT_SIZE];
    if (!address_parse(source, &address))
        return;
    if (!address_parse(address_print(&address, printed), &again) ||
        !address_equal(&address, &again))
        abort();
    if (address_is_loopback(&address) && address_is_public(&address))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text source = {(const char *)data, size};
    struct error error = {0};
    struct address_range range;
    struct host_port host_port;
    check_address(source);
    if (address_range_parse(source, &range, &error) && !address_range_contains(&range, &range.base))
        abort();
    error_clear(&error);
    if (host_port_parse(source, &host_port, &error) && host_port.host.len > size)
        abort();
    return 0;
}
