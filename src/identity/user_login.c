/* From a proven user to a session. */
#include "identity/user_login.h"

#include "access/space_tree.h"
#include "audit/audit.h"
#include "base/ulid.h"
#include "identity/attempt.h"
#include "identity/login.h"
#include "identity/user_store.h"
#include "kernel/password_work.h"

enum { USER_AGENT_MAX_BYTES = 500 };

static const struct text provider_name = TEXT_INIT("identity provider");

static const char wrong[] = "The name or the password is wrong.";

enum arrival {
    ARRIVAL_KNOWN,   /* was here before */
    ARRIVAL_INVITED, /* takes up an invitation */
    ARRIVAL_NEW,     /* has no row yet */
};

/* How somebody proved to be a user. */
struct proof {
    enum session_method method;
    struct text_list groups; /* that the provider reports now; a password says nothing of groups */
    struct text claims;      /* JSON object */
    struct text user_agent;
    int64_t lifetime; /* of the session */
    enum arrival arrival;
};

/* user: NULL when nobody knows who it was. */
static bool refuse(struct ctx *ctx, enum session_method method, const struct user *user,
                   struct text reason, struct text problem, struct user_login *out)
{
    *out = (struct user_login){.problem = problem};
    return login_record_failure(ctx, method, user ? user->id : TEXT(""), reason);
}

static struct text cut_user_agent(struct text user_agent)
{
    struct text cut = text_cut(user_agent, USER_AGENT_MAX_BYTES);
    return text_is_utf8(cut) ? cut : TEXT("");
}

static bool complete(struct ctx *ctx, const struct user *user, const struct proof *proof,
                     struct token **out)
{
    return login_complete(ctx,
                          &(struct login){.kind = ACTOR_USER,
                                          .method = proof->method,
                                          .actor_id = user->id,
                                          .login = user->username,
                                          .name = user_shown_name(user),
                                          .username = user_actor_name(ctx->arena, user),
                                          .is_owner = user->is_owner,
                                          .groups = proof->groups,
                                          .claims = proof->claims,
                                          .user_agent = cut_user_agent(proof->user_agent),
                                          .expires_at = ctx->now + proof->lifetime,
                                          .last_used_at = user->last_login_at},
                          out);
}

/* Whoever is refused leaves nothing behind but the entry that says so. */
static bool keep_user(struct ctx *ctx, const struct user_row *row, enum arrival arrival)
{
    static const char *const actions[] = {
        [ARRIVAL_INVITED] = "user.accept", [ARRIVAL_NEW] = "user.create"};
    if (arrival == ARRIVAL_NEW ? !user_row_insert(ctx, row) : !user_row_update(ctx, row))
        return false;
    return arrival == ARRIVAL_KNOWN ||
           audit_record(ctx, &(struct audit_event){.action = actions[arrival],
                                                   .resource_type = "USER",
                                                   .resource_id = row->user.id});
}

static bool come_in(struct ctx *ctx, struct user_row *row, const struct proof *proof,
                    struct user_login *out)
{
    struct token *token;
    if (!complete(ctx, &row->user, proof, &token))
        return false;
    *out = (struct user_login){
        .token = token,
        .problem = TEXT("A login policy of this account does not let you in. Its administrators "
                        "find the reason in the audit trail.")};
    if (!token)
        return true;
    row->user.login_method = text_z(session_method_name(proof->method));
    row->user.last_login_at = ctx->now;
    row->user.last_login_from = ctx->address;
    return keep_user(ctx, row, proof->arrival);
}

static struct text reason_against(const struct user_row *row, bool matches)
{
    if (!row)
        return TEXT("there is no such user");
    if (!row->password_hash.at)
        return TEXT("the user has no password");
    if (!matches)
        return TEXT("the password is wrong");
    return row->user.status == USER_INACTIVE ? TEXT("the user is switched off") : TEXT("");
}

/* Whoever has guessed too often waits, also for the answer to the right guess. */
bool user_login_check_attempts(struct ctx *ctx, struct text username)
{
    int64_t wait = attempt_wait(ctx, username);
    return wait == 0 ||
           fail(ctx, ERR_LIMIT,
                "There were too many failed attempts. Try again in %" PRId64 " seconds.", wait);
}

bool user_login_by_password(struct ctx *ctx, struct text username, struct text password,
                            struct text user_agent, struct user_login *out)
{
    struct user_row *row;
    struct text name = text_trim(username);
    bool matches;
    if (!user_login_check_attempts(ctx, name) || !user_row_find_by_name(ctx, name, &row) ||
        !password_work_matches(ctx, password, row ? row->password_hash : TEXT(""), &matches))
        return false;
    struct text reason = reason_against(row, matches);
    if (reason.len) {
        attempt_failed(ctx, name);
        return refuse(ctx, SESSION_PASSWORD, row ? &row->user : NULL, reason, text_z(wrong), out);
    }
    struct proof proof = {.method = SESSION_PASSWORD,
                          .user_agent = user_agent,
                          .lifetime = ctx->account->settings->user_session_lifetime};
    return come_in(ctx, row, &proof, out);
}

bool user_login_after_acceptance(struct ctx *ctx, const struct user *user, struct text user_agent,
                                 struct user_login *out)
{
    struct user_row *row;
    struct proof proof = {.method = SESSION_PASSWORD,
                          .user_agent = user_agent,
                          .lifetime = ctx->account->settings->user_session_lifetime};
    return user_row_find(ctx, user->id, &row) && come_in(ctx, row, &proof, out);
}

/* The user whom the person was invited as, if at all. */
static bool find_invited(struct ctx *ctx, const struct provider_person *person,
                         struct user_row **out)
{
    *out = NULL;
    if (person->invitation.len)
        return user_row_of_invitation(ctx, person->invited_user, person->invitation, out);
    return person->email.len == 0 || user_row_find_invited(ctx, person->email, out);
}

/* An invited user becomes the person's own. */
static void accept(struct ctx *ctx, struct user_row *row, const struct provider_person *person)
{
    row->subject = person->subject;
    row->invitation_hash = (struct text){NULL, 0};
    row->user.invitation_expires_at = 0;
    row->user.accepted_at = ctx->now;
    row->user.status = user_status_at(&row->user, ctx->now);
}

/* Not kept yet. NULL when the name is taken. */
static bool make_user(struct ctx *ctx, const struct provider_person *person, struct user_row **out)
{
    struct user_row *row = ARENA_NEW(ctx->arena, struct user_row), *other;
    *out = NULL;
    if (!row)
        return fail_no_memory(ctx);
    if (!user_row_find_by_name(ctx, person->username, &other))
        return false;
    if (other)
        return true;
    row->user = (struct user){.id = ulid_make(ctx->arena),
                              .username = person->username,
                              .invited_at = ctx->now,
                              .invited_by = provider_name};
    accept(ctx, row, person);
    *out = row;
    return true;
}

/* NULL when the name is taken by somebody else. */
static bool find_or_make(struct ctx *ctx, const struct provider_person *person,
                         struct user_row **out, enum arrival *arrival)
{
    *arrival = ARRIVAL_KNOWN;
    if (!user_row_find_by_subject(ctx, person->subject, out))
        return false;
    if (*out)
        return true;
    if (!find_invited(ctx, person, out))
        return false;
    *arrival = *out ? ARRIVAL_INVITED : ARRIVAL_NEW;
    if (!*out)
        return make_user(ctx, person, out);
    accept(ctx, *out, person);
    return true;
}

/* Whom GitHub brought and made an owner, and whom it therefore can make none again; whoever was
 * made an owner here stays one. */
static bool is_owner_by_provider(const struct user *user)
{
    return user->is_owner && text_equal(user->invited_by, provider_name);
}

/* What the provider says now. GitHub also says who owns the account. */
static void take_over(const struct provider_person *person, struct user *user)
{
    user->groups = person->groups;
    if (person->method == SESSION_GITHUB)
        user->is_owner =
            person->is_administrator || (user->is_owner && !is_owner_by_provider(user));
    if (person->name.len)
        user->name = person->name;
    if (person->email.len)
        user->email = person->email;
}

bool user_lose_ownership(struct ctx *ctx, struct text subject)
{
    struct user_row *row;
    struct change change;
    if (!user_row_find_by_subject(ctx, subject, &row))
        return false;
    if (!row || !is_owner_by_provider(&row->user))
        return true;
    change_init(&change, ctx->arena);
    change_bool(&change.before, "owner", true);
    change_bool(&change.after, "owner", false);
    row->user.is_owner = false;
    return user_row_update(ctx, row) && access_changed(ctx) &&
           audit_record(ctx, &(struct audit_event){.action = "user.update",
                                                   .resource_type = "USER",
                                                   .resource_id = row->user.id,
                                                   .change = &change});
}

static bool refuse_taken_name(struct ctx *ctx, const struct provider_person *person,
                              struct user_login *out)
{
    return refuse(ctx, person->method, NULL,
                  TEXT("the name that the identity provider gave is taken"),
                  text_format(ctx->arena,
                              "There is another user \"%.*s\". Ask an administrator of this "
                              "account for an invitation.",
                              TEXT_ARG(person->username)),
                  out);
}

bool user_login_by_provider(struct ctx *ctx, const struct provider_person *person,
                            struct text user_agent, struct user_login *out)
{
    struct user_row *row;
    struct proof proof = {.method = person->method,
                          .groups = person->groups,
                          .claims = person->claims,
                          .user_agent = user_agent,
                          .lifetime = person->lifetime};
    if (!find_or_make(ctx, person, &row, &proof.arrival))
        return false;
    if (!row)
        return refuse_taken_name(ctx, person, out);
    if (row->user.is_disabled)
        return refuse(ctx, person->method, &row->user, TEXT("the user is switched off"),
                      TEXT("You are switched off in this account."), out);
    bool was_owner = row->user.is_owner;
    take_over(person, &row->user);
    if (!come_in(ctx, row, &proof, out))
        return false;
    if (row->user.is_owner == was_owner)
        return true;
    /* Nothing of who is refused was kept, but sessions that began before must not own on. */
    return out->token ? access_changed(ctx) : user_lose_ownership(ctx, person->subject);
}
