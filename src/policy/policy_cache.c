/* Snapshots of login policies and of what they are asked about. */
#include "policy/policy_cache.h"

#include "base/clock.h"
#include "kernel/snapshot.h"
#include "kernel/stored_setting.h"
#include "policy/policy_store.h"

#include <stdlib.h>

enum {
    SNAPSHOT_MAX_BYTES = 256 << 20,
    CONTEXTS_MAX = 8, /* that are kept; more logins at once make their own */
    REMEMBERED_RECORDS = 8192,
    SAMPLES_PER_SECOND = 20,
};

static const struct text stamp_setting = TEXT_INIT("login_policy_stamp");

/* What was recorded, and when. */
struct remembered {
    uint64_t content;
    int64_t at;
};

struct policy_cache {
    struct snapshot_slot policies;
    struct snapshot_slot world;
    pthread_mutex_t lock; /* guards what follows */
    struct rego_context *contexts[CONTEXTS_MAX];
    size_t context_count;
    struct remembered records[REMEMBERED_RECORDS]; /* by content */
    int64_t sampled_second;
    unsigned sampled; /* in that second */
};

struct policy_cache *policy_cache_new(void)
{
    struct policy_cache *cache = calloc(1, sizeof(*cache));
    if (!cache)
        return NULL;
    snapshot_slot_init(&cache->policies);
    snapshot_slot_init(&cache->world);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void policy_cache_free(struct policy_cache *cache)
{
    if (!cache)
        return;
    snapshot_slot_release(&cache->policies);
    snapshot_slot_release(&cache->world);
    for (size_t i = 0; i < cache->context_count; i++)
        rego_context_free(cache->contexts[i]);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* ---- Snapshots. ---- */

/* Reads into an arena of the snapshot's own; *data is what it is about. */
typedef bool (*read_fn)(struct ctx *ctx, const void **data);

struct publication {
    struct snapshot_slot *slot;
    struct snapshot *snapshot;
};

static void publish(void *data)
{
    struct publication *publication = data;
    snapshot_publish(publication->slot, publication->snapshot);
}

/* What a unit that writes has read may be changes that are never committed, its own or those of
 * others in the same batch: it is shared once the commit is durable. The unit's arena, which holds
 * the snapshot, lives until then. */
static bool share(struct ctx *ctx, struct snapshot_slot *slot, struct snapshot *snapshot)
{
    struct publication *publication = ARENA_NEW(ctx->arena, struct publication);
    if (!publication)
        return fail_no_memory(ctx);
    *publication = (struct publication){slot, snapshot};
    if (db_session_mode(ctx->session) == DB_WRITE)
        return db_after_commit(ctx->session, publish, publication, ctx->error);
    publish(publication);
    return true;
}

static struct snapshot *read_snapshot(struct ctx *ctx, uint64_t version, read_fn read)
{
    struct arena *arena = arena_new(SNAPSHOT_MAX_BYTES);
    struct ctx reading = *ctx;
    const void *data;
    reading.arena = arena;
    if (!arena || !read(&reading, &data)) {
        arena_free(arena);
        fail_no_memory(ctx);
        return NULL;
    }
    return snapshot_new(arena, data, version);
}

static const void *get(struct ctx *ctx, struct snapshot_slot *slot, uint64_t version, read_fn read,
                       bool shareable)
{
    struct snapshot *snapshot = snapshot_take(slot);
    bool fresh = snapshot && snapshot->version == version;
    if (!fresh) {
        snapshot_drop(snapshot);
        snapshot = read_snapshot(ctx, version, read);
    }
    if (!snapshot || !snapshot_keep(ctx->arena, snapshot)) {
        fail_no_memory(ctx);
        return NULL;
    }
    return fresh || !shareable || share(ctx, slot, snapshot) ? snapshot->data : NULL;
}

/* ---- Policies. ---- */

/* The message is part of what is kept: it names line, column and rule. */
static bool compile(struct ctx *ctx, const struct policy_text *text, struct login_policy *out)
{
    struct error error = {0};
    out->id = text->id;
    out->body = text->body;
    if (policy_compile(ctx->arena, POLICY_LOGIN, text->engine, text->body, &out->compiled, &error))
        return true;
    if (error.kind == ERR_NO_MEMORY)
        return fail_no_memory(ctx);
    out->broken = text_copy(ctx->arena, text_z(error.message));
    return true;
}

void login_policies_arrange(const struct login_policy *from, size_t count, struct login_policy *to)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        if (from[i].compiled.sets_teams)
            to[len++] = from[i];
    }
    for (size_t i = 0; i < count; i++) {
        if (!from[i].compiled.sets_teams)
            to[len++] = from[i];
    }
}

static bool read_policies(struct ctx *ctx, const void **data)
{
    struct list texts;
    if (!policy_row_list_login(ctx, &texts))
        return false;
    struct login_policies *policies = ARENA_NEW(ctx->arena, struct login_policies);
    struct login_policy *compiled = ARENA_ARRAY(ctx->arena, struct login_policy, texts.len);
    struct login_policy *ordered = ARENA_ARRAY(ctx->arena, struct login_policy, texts.len);
    if (!policies || !compiled || !ordered)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < texts.len; i++) {
        if (!compile(ctx, list_at(&texts, i), &compiled[i]))
            return false;
    }
    login_policies_arrange(compiled, texts.len, ordered);
    *policies = (struct login_policies){ordered, texts.len};
    *data = policies;
    return true;
}

/* A number that grows with every change to a login policy, in the same transaction, so that what
 * was compiled under it is what the database has; 0 before the first. */
static bool read_stamp(struct ctx *ctx, int64_t *out)
{
    struct text stored;
    if (!stored_setting_get(ctx, stamp_setting, &stored))
        return false;
    if (!text_to_int64(stored, out))
        *out = 0;
    return true;
}

bool policy_cache_outdate(struct ctx *ctx)
{
    int64_t stamp;
    return read_stamp(ctx, &stamp) &&
           stored_setting_set(ctx, stamp_setting, text_format(ctx->arena, "%" PRId64, stamp + 1));
}

const struct login_policies *policy_cache_policies(struct ctx *ctx)
{
    int64_t stamp;
    if (!read_stamp(ctx, &stamp))
        return NULL;
    return get(ctx, &ctx->account->policies->policies, (uint64_t)stamp, read_policies, true);
}

/* ---- The world. ---- */

static bool read_world(struct ctx *ctx, const void **data)
{
    struct login_world *world = ARENA_NEW(ctx->arena, struct login_world);
    *data = world;
    return world ? login_world_read(ctx, world) : fail_no_memory(ctx);
}

/* A unit that has read already may see rows from before the version it finds here. */
const struct login_world *policy_cache_world(struct ctx *ctx)
{
    uint64_t version = atomic_load(&ctx->account->access_version);
    bool shareable =
        db_session_mode(ctx->session) == DB_WRITE || db_statement_count(ctx->session) == 0;
    return get(ctx, &ctx->account->policies->world, version, read_world, shareable);
}

/* ---- Contexts. ---- */

struct rego_context *policy_cache_context(struct policy_cache *cache)
{
    struct rego_context *context = NULL;
    pthread_mutex_lock(&cache->lock);
    if (cache->context_count)
        context = cache->contexts[--cache->context_count];
    pthread_mutex_unlock(&cache->lock);
    return context ? context : rego_context_new(POLICY_LOGIN_MEMORY);
}

void policy_cache_return(struct policy_cache *cache, struct rego_context *context)
{
    if (!context)
        return;
    rego_context_reset(context);
    pthread_mutex_lock(&cache->lock);
    bool kept = cache->context_count < CONTEXTS_MAX;
    if (kept)
        cache->contexts[cache->context_count++] = context;
    pthread_mutex_unlock(&cache->lock);
    if (!kept)
        rego_context_free(context);
}

/* ---- How much is kept. ---- */

bool policy_cache_may_record(struct policy_cache *cache, uint64_t content, int64_t now)
{
    pthread_mutex_lock(&cache->lock);
    struct remembered *place = &cache->records[content % REMEMBERED_RECORDS];
    bool may = place->content != content || now - place->at >= CLOCK_HOUR || now < place->at;
    if (may)
        *place = (struct remembered){content, now};
    pthread_mutex_unlock(&cache->lock);
    return may;
}

bool policy_cache_may_sample(struct policy_cache *cache, int64_t now)
{
    pthread_mutex_lock(&cache->lock);
    if (cache->sampled_second != now / CLOCK_SECOND) {
        cache->sampled_second = now / CLOCK_SECOND;
        cache->sampled = 0;
    }
    bool may = cache->sampled++ < SAMPLES_PER_SECOND;
    pthread_mutex_unlock(&cache->lock);
    return may;
}
