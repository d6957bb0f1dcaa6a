/*
 * What the audit trail's webhook is sent: the body, and its signatures as GitHub makes them. Secret
 * and headers leave their seal only here.
 */
#ifndef AUDIT_WEBHOOK_MESSAGE_H
#define AUDIT_WEBHOOK_MESSAGE_H

#include "audit/audit.h"
#include "audit/webhook_store.h"
#include "net/http_client.h"

enum { WEBHOOK_TIMEOUT_MS = 10000 };

MUST_CHECK bool webhook_seal_secret(struct ctx *ctx, struct text secret, struct text *sealed);
MUST_CHECK bool webhook_open_secret(struct ctx *ctx, const struct webhook_row *row,
                                    struct text *out);
/* Headers as a JSON object of names and values. */
MUST_CHECK bool webhook_seal_headers(struct ctx *ctx, const struct list *headers,
                                     struct text *sealed);
/* A list of struct webhook_header. */
MUST_CHECK bool webhook_open_headers(struct ctx *ctx, const struct webhook_row *row,
                                     struct list *out);

/* {"account":...,"action":...,"actor":...,"actor_roles":[...],"context":{...},
 * "data":{"ID":...,"args":{...}},"remoteIP":...,"timestamp":milliseconds} */
MUST_CHECK bool webhook_body(struct ctx *ctx, const struct audit_entry *entry, struct text *out);
/* "sha1=..." and "sha256=...". Empty without memory. */
struct text webhook_signature_sha1(struct arena *arena, struct text secret, struct text body);
struct text webhook_signature_sha256(struct arena *arena, struct text secret, struct text body);
/* The whole request, in the unit's arena. */
MUST_CHECK bool webhook_request(struct ctx *ctx, const struct webhook_row *row, struct text body,
                                struct http_client_request *out);

#endif
