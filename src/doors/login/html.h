/*
 * The one way to write HTML. Markup is a constant of the program; whatever is not goes through a
 * place in it and is escaped there, so that no name, message or address can become markup.
 *
 *     HTML(html, "<a href=\"/users/{}\">{}</a>", user->id, user->name);
 *
 * Places may stand in content and in attribute values between double quotes, and nowhere else: not
 * in scripts, styles, comments, names or bare values. An address that came from outside may not
 * stand in href or src at all.
 */
#ifndef DOORS_LOGIN_HTML_H
#define DOORS_LOGIN_HTML_H

#include "base/buffer.h"

/* template: a string literal. Each {} takes the next text; their numbers must agree. */
#define HTML(html, template, ...)                                                                  \
    html_add((html), TEXT(template), (const struct text[]){__VA_ARGS__},                           \
             sizeof((const struct text[]){__VA_ARGS__}) / sizeof(struct text))
/* Markup without places. */
#define HTML_MARKUP(html, markup) buffer_add((html), TEXT(markup))

void html_add(struct buffer *html, struct text template, const struct text *values, size_t count);
/* Text as content or as a quoted value. What is no UTF-8, and control characters that HTML does not
 * allow, become U+FFFD. */
void html_text(struct buffer *html, struct text text);

#endif
