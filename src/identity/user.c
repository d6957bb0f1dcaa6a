/* Rules of users. */
#include "identity/user.h"

#include "access/decision.h"
#include "access/strategy.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/map.h"
#include "base/ulid.h"
#include "identity/secret.h"
#include "identity/session.h"
#include "identity/user_store.h"
#include "jose/secret_hash.h"
#include "kernel/password_work.h"

#define INVITATION_LIFE CLOCK_DAY

enum { NAME_MAX_BYTES = 200, EMAIL_MAX_BYTES = 320, PASSWORD_MIN_LETTERS = 12 };

const char *user_status_name(enum user_status status)
{
    static const char *const names[] = {[USER_PENDING] = "PENDING",
                                        [USER_EXPIRED] = "EXPIRED",
                                        [USER_ACTIVE] = "ACTIVE",
                                        [USER_INACTIVE] = "INACTIVE"};
    return names[status];
}

enum user_status user_status_at(const struct user *user, int64_t now)
{
    if (user->is_disabled)
        return USER_INACTIVE;
    if (user->accepted_at)
        return USER_ACTIVE;
    return user->invitation_expires_at > now ? USER_PENDING : USER_EXPIRED;
}

struct text user_shown_name(const struct user *user)
{
    return user->name.len ? user->name : user->username;
}

struct text user_actor_name(struct arena *arena, const struct user *user)
{
    return text_format(arena, "user::%.*s", TEXT_ARG(user->username));
}

static bool has_control_characters(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return true;
    }
    return false;
}

static bool check_text(struct ctx *ctx, const char *what, struct text text, size_t max)
{
    if (text.len > max)
        return fail(ctx, ERR_INVALID, "the %s may have %zu bytes at most", what, max);
    if (!text_is_utf8(text) || has_control_characters(text))
        return fail(ctx, ERR_INVALID, "the %s has characters that are no text", what);
    return true;
}

static bool check_invitation(struct ctx *ctx, const struct user_invitation *invitation)
{
    struct text email = invitation->email;
    if (text_trim(invitation->username).len == 0)
        return fail(ctx, ERR_INVALID, "a user needs a name");
    if (email.len && text_find_byte(email, '@', 0) == email.len)
        return fail(ctx, ERR_INVALID, "the e-mail address has no @");
    return check_text(ctx, "name of a user", invitation->username, NAME_MAX_BYTES) &&
           check_text(ctx, "full name of a user", invitation->name, NAME_MAX_BYTES) &&
           check_text(ctx, "e-mail address", email, EMAIL_MAX_BYTES);
}

static void describe(struct change_side *side, const struct user_row *row)
{
    const struct user *user = &row->user;
    change_text(side, "username", user->username);
    change_text(side, "invitation_email", user->email);
    change_text(side, "name", user->name);
    change_text(side, "status", text_z(user_status_name(user->status)));
    change_bool(side, "owner", user->is_owner);
    change_secret(side, "password", row->password_hash);
    change_secret(side, "invitation", row->invitation_hash);
}

static bool record(struct ctx *ctx, const char *action, struct text id,
                   const struct decision *decision, const struct change *change)
{
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "USER",
                                                   .resource_id = id,
                                                   .decision = decision,
                                                   .change = change});
}

/* Makes the secret of a link; the row keeps its hash, the user the link. */
static bool make_invitation(struct ctx *ctx, struct user_row *row)
{
    struct secret_hash hash;
    struct text secret = secret_new(ctx->arena);
    if (secret.len == 0)
        return fail_no_memory(ctx);
    if (!secret_hash(ctx->account->ring, secret, &hash, ctx->error))
        return false;
    row->invitation_hash =
        hex_encode(ctx->arena, (struct text){(const char *)hash.bytes, sizeof hash.bytes});
    row->user.invitation_expires_at = ctx->now + INVITATION_LIFE;
    row->user.status = USER_PENDING;
    /* In the query, because paths get into logs. */
    row->user.invitation_url =
        text_format(ctx->arena, "%.*s/invitation/%.*s?secret=%.*s", TEXT_ARG(ctx->account->url),
                    TEXT_ARG(row->user.id), TEXT_ARG(secret));
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}

static bool check_name_is_free(struct ctx *ctx, struct text username)
{
    struct user_row *other;
    if (!user_row_find_by_name(ctx, username, &other))
        return false;
    return !other ||
           fail(ctx, ERR_CONFLICT, "there is a user \"%.*s\" already", TEXT_ARG(username));
}

static bool insert_invited(struct ctx *ctx, const struct user_invitation *invitation,
                           struct user_row *row)
{
    row->user = (struct user){.id = ulid_make(ctx->arena),
                              .username = text_trim(invitation->username),
                              .name = text_trim(invitation->name),
                              .is_owner = invitation->is_owner,
                              .invited_at = ctx->now,
                              .invited_by = ctx->actor->username};
    if (invitation->email.len)
        row->user.email = text_trim(invitation->email);
    return check_name_is_free(ctx, row->user.username) && make_invitation(ctx, row) &&
           user_row_insert(ctx, row);
}

/* Login policies may let in whoever was invited, with rights. */
static bool require_inviter(struct ctx *ctx, const struct user_invitation *invitation,
                            struct decision *decision)
{
    enum strategy strategy;
    if (!access_require_administrator(ctx, decision) || !strategy_get(ctx, &strategy))
        return false;
    return (!invitation->is_owner && strategy == STRATEGY_USER_MANAGEMENT) ||
           access_require_lasting(ctx, decision);
}

bool user_invite(struct ctx *ctx, const struct user_invitation *invitation, struct user **out)
{
    struct decision decision;
    struct change change;
    struct user_row *row = ARENA_NEW(ctx->arena, struct user_row);
    if (!row)
        return fail_no_memory(ctx);
    if (!require_inviter(ctx, invitation, &decision) || !check_invitation(ctx, invitation) ||
        !insert_invited(ctx, invitation, row))
        return false;
    change_init(&change, ctx->arena);
    describe(&change.after, row);
    *out = &row->user;
    return record(ctx, "user.invite", row->user.id, &decision, &change) &&
           access_rule_set(ctx, SUBJECT_USER, row->user.id, invitation->rules,
                           invitation->rules_count);
}

/* A change of one user by an administrator of the account. */
struct user_change {
    const char *action; /* for the audit trail */
    bool (*apply)(struct ctx *ctx, struct user_row *row, const void *data);
    const void *data;
    bool gives; /* the means to come in, or more rights: for who has the right to stay */
};

static bool apply_to(struct ctx *ctx, struct user_row *row, const struct user_change *what,
                     const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    describe(&change.before, row);
    if (!what->apply(ctx, row, what->data))
        return false;
    describe(&change.after, row);
    return user_row_update(ctx, row) && access_changed(ctx) &&
           record(ctx, what->action, row->user.id, decision, &change);
}

static bool change_user(struct ctx *ctx, struct text id, const struct user_change *what,
                        struct user **out)
{
    struct decision decision;
    struct user_row *row;
    *out = NULL;
    if (!access_require_administrator(ctx, &decision) ||
        (what->gives && !access_require_lasting(ctx, &decision)) || !user_row_find(ctx, id, &row))
        return false;
    if (!row)
        return true;
    *out = &row->user;
    return apply_to(ctx, row, what, &decision);
}

static bool apply_invitation(struct ctx *ctx, struct user_row *row, const void *data)
{
    UNUSED(data);
    if (row->user.accepted_at)
        return fail(ctx, ERR_CONFLICT, "the user has accepted an invitation already");
    if (row->user.is_disabled)
        return fail(ctx, ERR_CONFLICT, "the user is switched off");
    return make_invitation(ctx, row);
}

bool user_invite_again(struct ctx *ctx, struct text id, struct user **out)
{
    static const struct user_change what = {"user.invite", apply_invitation, NULL, .gives = true};
    return change_user(ctx, id, &what, out);
}

static bool apply_update(struct ctx *ctx, struct user_row *row, const void *data)
{
    const struct user_update *update = data;
    struct user *user = &row->user;
    if (update->sets_disabled) {
        user->is_disabled = update->is_disabled;
        user->status = user_status_at(user, ctx->now);
        if (user->is_disabled && !session_revoke_all_of_actor(ctx, ACTOR_USER, user->id))
            return false;
    }
    if (update->sets_owner)
        user->is_owner = update->is_owner;
    return !update->sets_rules ||
           access_rule_set(ctx, SUBJECT_USER, user->id, update->rules, update->rules_count);
}

bool user_update(struct ctx *ctx, struct text id, const struct user_update *update,
                 struct user **out)
{
    struct user_change what = {"user.update", apply_update, update,
                               .gives = (update->sets_owner && update->is_owner) ||
                                        (update->sets_disabled && !update->is_disabled)};
    return change_user(ctx, id, &what, out);
}

bool user_delete(struct ctx *ctx, struct text id, struct user **out)
{
    struct decision decision;
    struct user_row *row;
    struct change change;
    *out = NULL;
    if (!access_require_administrator(ctx, &decision) || !user_row_find(ctx, id, &row))
        return false;
    if (!row)
        return true;
    *out = &row->user;
    change_init(&change, ctx->arena);
    describe(&change.before, row);
    return session_revoke_all_of_actor(ctx, ACTOR_USER, id) &&
           role_binding_delete_of(ctx, SUBJECT_USER, id) && user_row_delete(ctx, id) &&
           access_changed(ctx) && record(ctx, "user.delete", id, &decision, &change);
}

/* Of UTF-8. */
static size_t count_letters(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

struct text user_password_weakness(struct arena *arena, struct text password,
                                   const struct user *user)
{
    if (count_letters(password) < PASSWORD_MIN_LETTERS)
        return text_format(arena, "A password needs at least %d characters.", PASSWORD_MIN_LETTERS);
    if (password.len > PASSWORD_MAX_BYTES)
        return text_format(arena, "A password may have at most %d bytes.", PASSWORD_MAX_BYTES);
    if (text_equal_ignoring_case(password, user->username) ||
        text_equal_ignoring_case(password, user->email))
        return TEXT("A password must not be the name or the address of who has it.");
    return TEXT("");
}

static bool check_password(struct ctx *ctx, struct text password, const struct user *user)
{
    struct text weakness = user_password_weakness(ctx->arena, password, user);
    return weakness.len == 0 || fail(ctx, ERR_INVALID, "%.*s", TEXT_ARG(weakness));
}

static bool apply_password(struct ctx *ctx, struct user_row *row, const void *data)
{
    struct text password = *(const struct text *)data;
    struct user *user = &row->user;
    if (!check_password(ctx, password, user) ||
        !password_work_hash(ctx, password, &row->password_hash))
        return false;
    row->invitation_hash = (struct text){NULL, 0};
    user->invitation_expires_at = 0;
    user->has_password = true;
    if (!user->accepted_at)
        user->accepted_at = ctx->now;
    user->status = user_status_at(user, ctx->now);
    return session_revoke_all_of_actor(ctx, ACTOR_USER, user->id);
}

bool user_set_password(struct ctx *ctx, struct text id, struct text password, struct user **out)
{
    struct user_change what = {"user.set_password", apply_password, &password, .gives = true};
    return change_user(ctx, id, &what, out);
}

bool user_accept_with_password(struct ctx *ctx, struct text id, struct text secret,
                               struct text password, struct user **out)
{
    struct user_change what = {"user.accept", apply_password, &password};
    struct user_row *row;
    *out = NULL;
    if (!user_row_of_invitation(ctx, id, secret, &row))
        return false;
    if (!row)
        return true;
    *out = &row->user;
    return apply_to(ctx, row, &what, NULL);
}

bool user_row_of_invitation(struct ctx *ctx, struct text id, struct text secret,
                            struct user_row **out)
{
    struct user_row *row;
    struct text stored = TEXT("");
    *out = NULL;
    if (!secret_is_well_formed(secret))
        return true;
    if (!user_row_find(ctx, id, &row))
        return false;
    if (row && row->invitation_hash.at &&
        !hex_decode(ctx->arena, row->invitation_hash, &stored, ctx->error))
        return false;
    bool matches = secret_hash_matches(ctx->account->ring, secret, stored);
    if (row && matches && row->user.status == USER_PENDING)
        *out = row;
    return true;
}

bool user_of_invitation(struct ctx *ctx, struct text id, struct text secret, struct user **out)
{
    struct user_row *row;
    if (!user_row_of_invitation(ctx, id, secret, &row))
        return false;
    *out = row ? &row->user : NULL;
    return true;
}

/* Whoever administers any space may see the users. */
static bool may_list(const struct actor *actor)
{
    return actor->kind == ACTOR_SYSTEM || access_holds_anywhere(actor, ACTION_SPACE_ADMIN);
}

bool user_get_any(struct ctx *ctx, struct text id, struct user **out)
{
    struct user_row *row;
    if (!user_row_find(ctx, id, &row))
        return false;
    *out = row ? &row->user : NULL;
    return true;
}

bool user_find_many(struct ctx *ctx, const struct text *ids, size_t count, const struct user **out)
{
    struct list rows;
    struct map by_id;
    map_init(&by_id, ctx->arena);
    if (!user_row_list_of(ctx, (struct text_list){ids, count}, &rows))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        struct user *user = &LIST_ITEMS(&rows, struct user_row)[i].user;
        if (!map_set(&by_id, user->id, user))
            return fail_no_memory(ctx);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = map_get(&by_id, ids[i]);
    return true;
}

bool user_find(struct ctx *ctx, struct text id, struct user **out)
{
    bool own = ctx->actor->kind == ACTOR_USER && text_equal(ctx->actor->id, id);
    *out = NULL;
    return (!own && !may_list(ctx->actor)) || user_get_any(ctx, id, out);
}

bool user_list(struct ctx *ctx, struct list *out)
{
    struct list rows;
    list_init(out, ctx->arena, sizeof(struct user));
    if (!may_list(ctx->actor))
        return true;
    if (!user_row_list(ctx, &rows))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        struct user *user = list_push(out);
        if (!user)
            return fail_no_memory(ctx);
        *user = LIST_ITEMS(&rows, struct user_row)[i].user;
    }
    return true;
}
