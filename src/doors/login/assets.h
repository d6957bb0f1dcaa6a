/* The style sheet and the icon of the pages, from the files style.css and icon.svg. */
#ifndef DOORS_LOGIN_ASSETS_H
#define DOORS_LOGIN_ASSETS_H

extern const char login_style[];
extern const char login_icon[];

#endif
