/* What the server shows in a browser, built from this folder into the program. Empty when the build
 * had no npm: then there is nothing to show. */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include <stddef.h>

struct page {
    const char *name; /* "page.html", "script-<hash of the content>.js" */
    const char *media_type;
    const char *at;
    size_t len;
};

extern const struct page pages[];
extern const size_t page_count;

#endif
