/* Fuzz target: a time that was read prints and reads back as the same. */
#include "base/time_format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {0};
    char printed[TIME_TEXT_SIZE];
    int64_t time;
    int64_t again;
    if (!time_parse((struct text){(const char *)data, size}, &time, &error))
        return 0;
    time_print_to(time, TIME_MICROSECONDS, printed);
    if (!time_parse(text_z(printed), &again, &error) || again != time)
        abort();
    return 0;
}
