/* Browsers pretend to be one another, so the order of the table decides. */
#include "doors/login/browser_name.h"

#include <string.h>

enum { SHOWN_BYTES = 60 };

struct mark {
    const char *part; /* of the line */
    const char *name;
};

static const struct mark browsers[] = {
    {"Edg", "Edge"},       {"OPR/", "Opera"},     {"Firefox/", "Firefox"},
    {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},  {"Chromium/", "Chromium"},
    {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
};
static const struct mark systems[] = {
    {"iPhone", "iPhone"},   {"iPad", "iPad"},      {"Android", "Android"},
    {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
};

static const char *find(const struct mark *marks, size_t count, struct text line)
{
    for (size_t i = 0; i < count; i++) {
        if (text_contains(line, text_z(marks[i].part)))
            return marks[i].name;
    }
    return NULL;
}

struct text browser_name(struct arena *arena, struct text user_agent)
{
    const char *browser = find(browsers, ARRAY_LENGTH(browsers), user_agent);
    const char *system = find(systems, ARRAY_LENGTH(systems), user_agent);
    if (browser && system)
        return text_format(arena, "%s on %s", browser, system);
    if (browser)
        return text_z(browser);
    return user_agent.len ? text_cut(user_agent, SHOWN_BYTES) : TEXT("a program");
}
