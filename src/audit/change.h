/*
 * What a mutation changed, for its entry in the audit trail: {"before":{...},"after":{...}} with
 * the members that differ and no others. A noun has one function that describes its thing, member
 * by member, and calls it for either side:
 *
 *     struct change change;
 *     change_init(&change, ctx->arena);
 *     describe(&change.before, thing);
 *     ... change the thing ...
 *     describe(&change.after, thing);
 *
 * A thing that is made has no before, one that is deleted no after. Only what is described here
 * gets into the trail, and change_secret never lets through more than that there is a secret.
 */
#ifndef AUDIT_CHANGE_H
#define AUDIT_CHANGE_H

#include "base/json.h"
#include "base/list.h"

/* Texts that are longer stand in the trail as their length and SHA-256. */
enum { CHANGE_TEXT_MAX_BYTES = 8192 };

/* The thing as it was at one time. */
struct change_side {
    struct list members; /* private */
};

struct change {
    struct change_side before;
    struct change_side after;
};

void change_init(struct change *change, struct arena *arena);

/* Names are literals, in the words of the API's fields in snake case. Values are copied. An empty
 * text or list is like a member that is not there. */
void change_text(struct change_side *side, const char *name, struct text value);
void change_texts(struct change_side *side, const char *name, struct text_list values);
void change_bool(struct change_side *side, const char *name, bool value);
void change_int64(struct change_side *side, const char *name, int64_t value);
/* A value that is JSON already, without secrets. */
void change_json(struct change_side *side, const char *name, struct text json);
/* A secret, known by whatever differs when it does: its hash or its sealed form; empty when there
 * is none. Shown as "set", "changed" or null, whatever it is. */
void change_secret(struct change_side *side, const char *name, struct text fingerprint);

/* Appends the members "before" and "after", as far as there is something in them, to an object that
 * has been begun. */
void change_print(const struct change *change, struct json_writer *writer);

#endif
