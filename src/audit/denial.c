/* Writing refusals, and counting those that are too many. */
#include "audit/denial.h"

#include "access/explain.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "kernel/once.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 1024, /* actors that are refused in the same minute */
    NAME_SIZE = 80,
    SETTLED_AT_ONCE = 50, /* entries of one unit; the next takes the others */
    NOT_WRITTEN = -1,
};

/* What one actor was refused in a minute. */
struct slot {
    char actor[NAME_SIZE]; /* username; a longer one counts by its beginning */
    size_t actor_len;      /* 0: free */
    int64_t minute;
    unsigned written;
    uint64_t passed_over; /* counted and not yet in the trail */
};

struct denials {
    pthread_mutex_t lock; /* guards the slots */
    struct slot slots[SLOTS];
    atomic_uint_fast64_t denied;
    atomic_uint_fast64_t not_written;
    atomic_uint_fast64_t anonymous;
};

struct denials *denials_new(void)
{
    struct denials *denials = calloc(1, sizeof(*denials));
    if (denials)
        pthread_mutex_init(&denials->lock, NULL);
    return denials;
}

void denials_free(struct denials *denials)
{
    if (!denials)
        return;
    pthread_mutex_destroy(&denials->lock);
    free(denials);
}

/* The actor's slot, or a free one made its own. NULL when there is no room: such a refusal is
 * counted in the metrics alone. */
static struct slot *find_slot(struct denials *denials, struct text actor)
{
    struct slot *unused = NULL;
    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *slot = &denials->slots[i];
        if (slot->actor_len == 0)
            unused = unused ? unused : slot;
        else if (text_equal(actor, (struct text){slot->actor, slot->actor_len}))
            return slot;
    }
    if (unused) {
        memcpy(unused->actor, actor.at, actor.len);
        unused->actor_len = actor.len;
    }
    return unused;
}

/* Whether this one may be written; *passed_over is then how many before it were not. */
static bool admit(struct denials *denials, struct text actor, int64_t now, uint64_t *passed_over)
{
    pthread_mutex_lock(&denials->lock);
    struct slot *slot = find_slot(denials, text_slice(actor, 0, NAME_SIZE));
    int64_t minute = now / CLOCK_MINUTE;
    if (slot && slot->minute != minute) {
        slot->minute = minute;
        slot->written = 0;
    }
    bool admitted = slot && slot->written < DENIALS_PER_MINUTE;
    *passed_over = 0;
    if (admitted) {
        slot->written++;
        *passed_over = slot->passed_over;
        slot->passed_over = 0;
    } else if (slot) {
        slot->passed_over++;
    }
    pthread_mutex_unlock(&denials->lock);
    return admitted;
}

/* What would have allowed it. */
static bool write_nearest(struct ctx *ctx, const struct decision *decision,
                          struct json_writer *writer)
{
    struct explanation explanation;
    if (!access_explain(ctx, ctx->actor, decision->action, decision->space_id, &explanation))
        return false;
    explanation_write_nearest(writer, &explanation);
    return true;
}

static bool describe(struct ctx *ctx, const struct denial *denial, uint64_t passed_over,
                     struct text *out)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    if (denial->field.len)
        json_member_string(writer, "field", denial->field);
    if (denial->objects.len) {
        json_key_z(writer, "objects");
        json_raw(writer, denial->objects);
    }
    if (denial->decision && !write_nearest(ctx, denial->decision, writer))
        return false;
    if (passed_over)
        json_member_int64(writer, "not_written_before", (int64_t)passed_over);
    json_end_object(writer);
    *out = json_print_end(&printer);
    return true;
}

static bool write(struct ctx *ctx, const struct denial *denial, uint64_t passed_over)
{
    struct text body;
    struct text space = denial->decision ? denial->decision->space_id : TEXT("");
    if (!describe(ctx, denial, passed_over, &body))
        return false;
    return audit_record(ctx, &(struct audit_event){.action = "access.denied",
                                                   .resource_type = space.len ? "SPACE" : "ACCOUNT",
                                                   .resource_id = space,
                                                   .decision = denial->decision,
                                                   .body = body});
}

/* How many refusals before this one were not written; NOT_WRITTEN when neither is this one. */
static int64_t count(struct ctx *ctx)
{
    struct denials *denials = ctx->account->denials;
    struct text actor = ctx->actor->username;
    int64_t counted;
    uint64_t passed_over;
    if (once_recall(ctx, "denial", actor, &counted))
        return counted;
    bool admitted = admit(denials, actor, ctx->now, &passed_over);
    atomic_fetch_add(&denials->denied, 1);
    if (!admitted)
        atomic_fetch_add(&denials->not_written, 1);
    counted = admitted ? (int64_t)passed_over : NOT_WRITTEN;
    once_keep(ctx, "denial", actor, counted);
    return counted;
}

bool denial_record(struct ctx *ctx, const struct denial *denial)
{
    int64_t passed_over = count(ctx);
    return passed_over == NOT_WRITTEN || write(ctx, denial, (uint64_t)passed_over);
}

static bool is_over(const struct slot *slot, int64_t now)
{
    return slot->actor_len > 0 && slot->minute < now / CLOCK_MINUTE;
}

bool denials_are_unsettled(struct denials *denials, int64_t now)
{
    bool found = false;
    pthread_mutex_lock(&denials->lock);
    for (size_t i = 0; i < SLOTS && !found; i++)
        found = is_over(&denials->slots[i], now);
    pthread_mutex_unlock(&denials->lock);
    return found;
}

/* Takes slots of minutes that are over: frees them, and gives back those with something to tell. */
static size_t take_settled(struct denials *denials, int64_t now, struct slot *out, size_t max)
{
    size_t count = 0;
    pthread_mutex_lock(&denials->lock);
    for (size_t i = 0; i < SLOTS && count < max; i++) {
        struct slot *slot = &denials->slots[i];
        if (!is_over(slot, now))
            continue;
        if (slot->passed_over)
            out[count++] = *slot;
        *slot = (struct slot){0};
    }
    pthread_mutex_unlock(&denials->lock);
    return count;
}

bool denials_settle(struct ctx *ctx)
{
    struct slot *settled = ARENA_ARRAY(ctx->arena, struct slot, SETTLED_AT_ONCE);
    if (!settled)
        return fail_no_memory(ctx);
    size_t count = take_settled(ctx->account->denials, ctx->now, settled, SETTLED_AT_ONCE);
    for (size_t i = 0; i < count; i++) {
        struct actor actor = {.kind = ACTOR_SYSTEM,
                              .username = {settled[i].actor, settled[i].actor_len}};
        struct ctx as_actor = *ctx;
        as_actor.actor = &actor;
        if (!write(&as_actor, &(struct denial){.decision = NULL}, settled[i].passed_over))
            return false;
    }
    return true;
}

void denials_count_anonymous(struct denials *denials)
{
    atomic_fetch_add(&denials->anonymous, 1);
}

struct denial_figures denial_figures(struct denials *denials)
{
    return (struct denial_figures){.denied = atomic_load(&denials->denied),
                                   .not_written = atomic_load(&denials->not_written),
                                   .anonymous = atomic_load(&denials->anonymous)};
}
