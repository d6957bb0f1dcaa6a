/* Hashes, and walking along them. */
#include "audit/chain.h"

#include "audit/audit_store.h"
#include "base/digest.h"
#include "kernel/pieces.h"

#include <string.h>

enum { VERIFY_PAGE = 100, PIECE_PAGES = 20 }; /* a piece takes some ten milliseconds */

/* Each field with its length before it, so that no two entries have the same bytes. */
static void add_field(struct buffer *buffer, struct text value)
{
    buffer_add_int64(buffer, (int64_t)value.len);
    buffer_add_byte(buffer, ':');
    buffer_add(buffer, value);
}

bool chain_hash(struct arena *arena, struct text previous, const struct audit_entry *entry,
                struct text *out)
{
    const struct text fields[] = {
        previous,
        entry->id,
        entry->actor,
        entry->credential,
        entry->session_id,
        entry->action,
        entry->resource_type,
        entry->resource_id,
        entry->related_type,
        entry->related_id,
        entry->address,
        entry->request_id,
        entry->decision,
        entry->body,
    };
    struct buffer buffer;
    buffer_init(&buffer, arena, SIZE_MAX);
    buffer_add_int64(&buffer, entry->sequence);
    buffer_add_byte(&buffer, ':');
    buffer_add_int64(&buffer, entry->created_at);
    buffer_add_byte(&buffer, ':');
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
        add_field(&buffer, fields[i]);
    struct digest digest;
    if (buffer.failed || !digest_sha256(buffer_text(&buffer), &digest))
        return false;
    *out = digest_hex(arena, &digest);
    return out->len > 0;
}

void chain_begin(struct chain_walk *walk, int64_t sequence, struct text hash)
{
    *walk = (struct chain_walk){.sequence = sequence};
    hash = text_slice(hash, 0, CHAIN_HASH_SIZE);
    walk->hash_length = hash.len;
    if (hash.len)
        memcpy(walk->hash, hash.at, hash.len);
}

struct text chain_walk_hash(const struct chain_walk *walk)
{
    return (struct text){walk->hash, walk->hash_length};
}

bool chain_step(struct chain_walk *walk, struct arena *arena, const struct audit_entry *entry)
{
    struct text hash;
    if (!chain_hash(arena, chain_walk_hash(walk), entry, &hash))
        return false;
    walk->is_broken = entry->sequence != walk->sequence + 1 || !text_equal(hash, entry->hash);
    if (walk->is_broken)
        return true;
    walk->sequence = entry->sequence;
    walk->count++;
    walk->hash_length = hash.len;
    memcpy(walk->hash, hash.at, hash.len);
    return true;
}

/* Takes the entries of the next page as far as they fit; *more: there may be another page. */
static bool walk_page(struct ctx *ctx, struct chain_walk *walk, bool *more)
{
    struct list page;
    *more = false;
    if (!audit_entry_list(ctx, walk->sequence, VERIFY_PAGE, &page))
        return false;
    for (size_t i = 0; i < page.len && !walk->is_broken; i++) {
        if (!chain_step(walk, ctx->arena, list_at(&page, i)))
            return fail_no_memory(ctx);
    }
    *more = page.len == VERIFY_PAGE && !walk->is_broken;
    return true;
}

/* To the end, or for a piece, where units may give way. */
static bool walk_chain(struct ctx *ctx, struct chain_walk *walk)
{
    bool more = true;
    for (int pages = 0; more; pages++) {
        if (ctx->pieces && (ctx->pieces->wanted || pages == PIECE_PAGES))
            return pieces_give_way(ctx);
        struct arena_mark mark = arena_mark(ctx->arena);
        bool walked = walk_page(ctx, walk, &more);
        arena_rewind(ctx->arena, mark);
        if (!walked)
            return false;
    }
    return true;
}

/* The walk that an earlier run has begun, unless retention has removed what comes next; else one
 * from the beginning. */
static struct chain_walk *take_walk(struct ctx *ctx, int64_t removed_up_to, struct text start)
{
    struct chain_walk *walk = ctx->pieces ? ctx->pieces->progress : NULL;
    if (walk && walk->sequence >= removed_up_to)
        return walk;
    walk = ARENA_NEW(ctx->pieces ? ctx->pieces->arena : ctx->arena, struct chain_walk);
    if (!walk) {
        fail_no_memory(ctx);
        return NULL;
    }
    chain_begin(walk, removed_up_to, start);
    if (ctx->pieces)
        ctx->pieces->progress = walk;
    return walk;
}

bool audit_verify(struct ctx *ctx, struct audit_verdict *out)
{
    struct chain_walk *walk;
    struct text start;
    *out = (struct audit_verdict){0};
    if (!audit_head_get(ctx, AUDIT_REMOVED, &out->removed_up_to, &start))
        return false;
    walk = take_walk(ctx, out->removed_up_to, start);
    if (!walk || !walk_chain(ctx, walk) ||
        !audit_head_get(ctx, AUDIT_NEWEST, &out->head_sequence, &out->head))
        return false;
    /* The head knows how long the chain was: an end that is cut off shows here. */
    bool whole = !walk->is_broken && out->head_sequence == walk->sequence &&
                 text_equal(out->head, chain_walk_hash(walk));
    out->count = walk->count;
    out->broken_at = whole ? 0 : walk->sequence + 1;
    return true;
}

bool audit_remove_before(struct ctx *ctx, int64_t time, int64_t limit, int64_t *removed)
{
    int64_t sequence;
    struct text hash;
    *removed = 0;
    if (!audit_head_get(ctx, AUDIT_REMOVED, &sequence, &hash))
        return false;
    int64_t from = sequence;
    if (!audit_entry_last_before(ctx, from, time, limit, &sequence, &hash))
        return false;
    *removed = sequence - from;
    return *removed == 0 ||
           (audit_entry_delete_up_to(ctx, sequence) && audit_removed_set(ctx, sequence, hash));
}
