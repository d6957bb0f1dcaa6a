/* Walking along the chain, in either direction, and keeping what fits. */
#include "audit/audit_search.h"

#include "audit/audit_store.h"

/* Entries of one statement: few enough that a page which is full soon has not read many in vain. */
enum { CHUNK = 500 };

struct walk {
    const struct search *search;
    struct audit_page *page;
    size_t size;    /* entries that the page may have */
    int64_t at;     /* sequence of the entry looked at last */
    size_t looked;  /* entries so far */
    bool ascending; /* oldest first */
    bool is_over;   /* there are no more */
};

static bool ends_with_any(struct text action, const struct text *verbs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_ends_with(action, verbs[i]))
            return true;
    }
    return false;
}

/* By how the name of the action ends. Whatever neither makes nor ends a thing has changed one. */
struct text audit_event_type(const struct audit_entry *entry)
{
    static const struct text makes[] = {
        TEXT_INIT("create"),  TEXT_INIT("_add"),    TEXT_INIT("bootstrap"), TEXT_INIT("invite"),
        TEXT_INIT("trigger"), TEXT_INIT("comment"), TEXT_INIT("retry"),     TEXT_INIT("grant")};
    static const struct text unmakes[] = {TEXT_INIT("delete"), TEXT_INIT("remove"),
                                          TEXT_INIT("expired"), TEXT_INIT("revoke")};
    if (text_starts_with(entry->action, TEXT("login.")))
        return TEXT("LOGIN");
    if (text_equal(entry->action, TEXT("access.denied")))
        return TEXT("DENIED");
    if (ends_with_any(entry->action, makes, ARRAY_LENGTH(makes)))
        return TEXT("CREATE");
    if (ends_with_any(entry->action, unmakes, ARRAY_LENGTH(unmakes)))
        return TEXT("DELETE");
    return TEXT("UPDATE");
}

/* False for unknown fields. */
static bool field_text(const struct audit_entry *entry, struct text field, struct text *out)
{
    const struct {
        const char *name;
        struct text value;
    } fields[] = {
        {"id", entry->id},
        {"action", entry->action},
        {"actor", entry->actor},
        {"eventType", audit_event_type(entry)},
        {"affectedResourceType", entry->resource_type},
        {"affectedResourceId", entry->resource_id},
        {"relatedResourceType", entry->related_type},
        {"relatedResourceId", entry->related_id},
        {"credential", entry->credential},
        {"sessionId", entry->session_id},
        {"remoteIP", entry->address},
        {"requestId", entry->request_id},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        if (text_equal_z(field, fields[i].name)) {
            *out = fields[i].value;
            return true;
        }
    }
    return false;
}

static bool is_field(struct text name)
{
    static const struct audit_entry none = {0};
    struct text ignored;
    return field_text(&none, name, &ignored);
}

/* The chain has one order, and the time of its entries goes with it. */
static bool is_order(struct text name)
{
    return text_equal(name, TEXT("createdAt"));
}

static bool fits(struct arena *arena, const struct search *search, const struct audit_entry *entry)
{
    const struct text places[] = {entry->id,          entry->action,       entry->actor,
                                  entry->credential,  entry->session_id,   entry->resource_type,
                                  entry->resource_id, entry->related_type, entry->related_id,
                                  entry->address,     entry->request_id,   entry->body};
    for (size_t i = 0; i < search->predicate_count; i++) {
        const struct search_predicate *predicate = &search->predicates[i];
        struct text value = TEXT("");
        (void)field_text(entry, predicate->field, &value);
        if (!search_predicate_holds(predicate, &value, 1))
            return false;
    }
    return search_has_words(arena, search->full_text, places, ARRAY_LENGTH(places));
}

/* Keeps the entry if it fits; false when the page was full before it. */
static bool take(struct walk *walk, struct ctx *ctx, const struct audit_entry *entry, bool *kept)
{
    struct audit_page *page = walk->page;
    *kept = fits(ctx->arena, walk->search, entry);
    if (*kept && page->len == walk->size) {
        page->has_next = true;
        return false;
    }
    walk->at = entry->sequence;
    walk->looked++;
    if (*kept)
        page->entries[page->len++] = *entry;
    return true;
}

/* One chunk of the chain. What does not fit leaves no memory behind. */
static bool look(struct walk *walk, struct ctx *ctx)
{
    struct db_rows rows;
    size_t seen = 0;
    bool goes_on = true;
    if (!audit_entry_open(ctx, walk->at, walk->ascending, CHUNK, &rows))
        return false;
    while (goes_on && db_next(&rows)) {
        struct audit_entry entry;
        bool kept;
        struct arena_mark mark = arena_mark(ctx->arena);
        audit_entry_read(&rows, ctx->arena, &entry);
        goes_on = take(walk, ctx, &entry, &kept);
        if (!kept)
            arena_rewind(ctx->arena, mark);
        seen++;
    }
    walk->is_over = !goes_on || seen < CHUNK;
    return ctx_end(ctx, &rows);
}

static bool read_cursor(struct ctx *ctx, const struct search *search, struct walk *walk)
{
    walk->at = walk->ascending ? 0 : INT64_MAX;
    if (search->after.len == 0)
        return true;
    walk->page->has_previous = true;
    return (text_to_int64(search->after, &walk->at) && walk->at >= 0) ||
           fail(ctx, ERR_INVALID, "this cursor is not one of the audit trail");
}

bool audit_search(struct ctx *ctx, const struct search *search, struct audit_page *out)
{
    static const struct search_fields fields = {
        .things = "audit trail entries", .is_field = is_field, .is_order = is_order};
    struct walk walk = {.search = search,
                        .page = out,
                        .size = search_page_size(search),
                        .ascending = search->order_by.len && !search->descending};
    *out = (struct audit_page){0};
    if (!access_require_administrator(ctx, NULL) || !search_check(ctx, search, &fields) ||
        !read_cursor(ctx, search, &walk))
        return false;
    out->entries = ARENA_ARRAY(ctx->arena, struct audit_entry, walk.size);
    if (!out->entries)
        return fail_no_memory(ctx);
    while (!walk.is_over && walk.looked < AUDIT_SEARCH_WALK) {
        if (!look(&walk, ctx))
            return false;
    }
    out->has_next = out->has_next || !walk.is_over;
    out->end_cursor =
        walk.looked || search->after.len ? text_format(ctx->arena, "%" PRId64, walk.at) : TEXT("");
    return true;
}
