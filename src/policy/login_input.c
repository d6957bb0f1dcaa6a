/* Building the document that login policies see. */
#include "policy/login_input.h"

#include "rego/value/collection.h"

static bool put(struct collection *object, const char *key, struct value value)
{
    return object_put(object, value_string(text_z(key)), value);
}

static bool put_text(struct collection *object, const char *key, struct text text)
{
    return put(object, key, value_string(text.at ? text : TEXT("")));
}

static bool put_teams(struct arena *arena, struct collection *session, struct text_list teams)
{
    struct value *items = value_array_items(arena, teams.len);
    for (size_t i = 0; items && i < teams.len; i++)
        items[i] = value_string(teams.items[i]);
    return items && put(session, "teams", value_array(items, teams.len));
}

static bool add_session(struct arena *arena, const struct login_question *question,
                        struct collection *input)
{
    const struct login_attempt *attempt = question->attempt;
    struct collection *session = object_new(arena, 9);
    return session && put_text(session, "login", attempt->login) &&
           put_text(session, "name", attempt->name) &&
           put(session, "member", VALUE_BOOL(attempt->member)) &&
           put(session, "admin", VALUE_BOOL(attempt->admin)) &&
           put(session, "machine", VALUE_BOOL(attempt->machine)) &&
           put_teams(arena, session, question->teams) &&
           put_text(session, "creator_ip", attempt->creator_ip) &&
           put_text(session, "account_name", question->account_name) &&
           put_text(session, "stack_id", attempt->stack_id) &&
           put(input, "session", collection_value(session));
}

static bool add_request(struct arena *arena, const struct login_question *question,
                        struct collection *input)
{
    struct collection *request = object_new(arena, 2);
    return request && put_text(request, "remote_ip", question->remote_ip) &&
           put(request, "timestamp_ns", VALUE_INT(question->asked_at * 1000)) &&
           put(input, "request", collection_value(request));
}

bool login_input_build(struct arena *arena, const struct login_question *question,
                       const struct login_world *world, struct value *out)
{
    struct collection *input = object_new(arena, 5);
    if (!input || !add_request(arena, question, input) || !add_session(arena, question, input) ||
        !put(input, "spaces", world->spaces) || !put(input, "roles", world->roles) ||
        !put(input, "attachment", VALUE_OF_NULL))
        return false;
    *out = collection_value(input);
    return true;
}
