/* A program without pages. */
#include "web/pages.h"

const struct page pages[] = {{NULL, NULL, NULL, 0}};
const size_t page_count = 0;
