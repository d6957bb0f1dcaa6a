/* What people call a browser, out of the line by which it names itself. */
#ifndef DOORS_LOGIN_BROWSER_NAME_H
#define DOORS_LOGIN_BROWSER_NAME_H

#include "base/text.h"

/* "Firefox on Windows"; the line itself, cut, when it is not known; "a program" when it is empty.
 */
struct text browser_name(struct arena *arena, struct text user_agent);

#endif
