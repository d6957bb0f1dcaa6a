/*
 * A collection for the API client Insomnia: requests to this server, ready to import. It has the
 * server's address; the key is the reader's to fill in, so whoever asks may have it.
 */
#ifndef DOORS_WEB_INSOMNIA_H
#define DOORS_WEB_INSOMNIA_H

#include "kernel/account.h"
#include "net/http_request.h"

/* Handles GET /insomnia.json; data is the account. */
void insomnia_handle(struct http_request *request, void *data);

#endif
