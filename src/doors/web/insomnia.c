/* Version 4 of Insomnia's export format: a flat list of resources that name their parents. */
#include "doors/web/insomnia.h"

#include "base/clock.h"
#include "doors/json_answer.h"

#include <inttypes.h>
#include <stdio.h>

#define WORKSPACE        "wrk_gatehouse"
#define BASE_ENVIRONMENT "env_gatehouse_base"
#define TOKEN_REQUEST    "req_gatehouse_token"
/* "$.data.apiKeyUser.jwt" in Base64, as Insomnia writes the arguments of its tags. */
#define TOKEN_PATH "b64::JC5kYXRhLmFwaUtleVVzZXIuand0::46b"

enum { EXPORT_FORMAT = 4, RENEW_BEFORE_SECONDS = 60 };

struct sample {
    const char *id;
    const char *name;
    const char *description;
    const char *body; /* as it goes over the wire, apart from the {{ }} of Insomnia's variables */
    bool is_anonymous;
};

/* Shown in this order. */
static const struct sample samples[] = {
    {TOKEN_REQUEST, "Get a token", "Exchanges the API key for a token, which the others carry.",
     "{\"query\":\"mutation GetToken($id: ID!, $secret: String!) {\\n  apiKeyUser(id: $id, secret: "
     "$secret) {\\n    jwt\\n    validUntil\\n  }\\n}\",\"variables\":{\"id\":\"{{ _.API_KEY_ID "
     "}}\",\"secret\":\"{{ _.API_KEY_SECRET }}\"},\"operationName\":\"GetToken\"}",
     true},
    {"req_gatehouse_viewer", "Who am I", "The one whose token is sent.",
     "{\"query\":\"{\\n  viewer {\\n    id\\n    name\\n  }\\n}\"}", false},
    {"req_gatehouse_spaces", "Spaces", "Those that the key may see.",
     "{\"query\":\"{\\n  spaces {\\n    id\\n    name\\n    parentSpace\\n  }\\n}\"}", false},
    {"req_gatehouse_stacks", "Stacks", "Those that the key may see, and how they are.",
     "{\"query\":\"{\\n  stacks {\\n    id\\n    name\\n    state\\n    createdAt\\n    "
     "description\\n  }\\n}\"}",
     false},
};

static void begin_resource(struct json_writer *writer, const char *type, const char *id,
                           const char *parent, const char *name)
{
    json_begin_object(writer);
    json_key_z(writer, "_type");
    json_string_z(writer, type);
    json_key_z(writer, "_id");
    json_string_z(writer, id);
    json_key_z(writer, "parentId");
    json_string_z(writer, parent);
    json_key_z(writer, "name");
    json_string_z(writer, name);
}

static void write_workspace(struct json_writer *writer)
{
    begin_resource(writer, "workspace", WORKSPACE, NULL, "Gatehouse");
    json_member_string(writer, "scope", TEXT("collection"));
    json_end_object(writer);
    begin_resource(writer, "environment", BASE_ENVIRONMENT, WORKSPACE, "Base Environment");
    json_key_z(writer, "data");
    json_begin_object(writer);
    json_end_object(writer);
    json_end_object(writer);
}

/* The token is renewed shortly before it ends: Insomnia then sends the first request by itself. */
static void write_token_tag(struct json_writer *writer, const struct account *account)
{
    char tag[256];
    int64_t seconds = account->settings->api_key_token_lifetime / CLOCK_SECOND;
    if (seconds > RENEW_BEFORE_SECONDS)
        seconds -= RENEW_BEFORE_SECONDS;
    snprintf(tag, sizeof tag,
             "{%% response 'body', '" TOKEN_REQUEST "', '" TOKEN_PATH "', 'when-expired', %" PRId64
             " %%}",
             seconds);
    json_member_string(writer, "API_TOKEN", text_z(tag));
}

static void write_environment(struct json_writer *writer, const struct account *account)
{
    begin_resource(writer, "environment", "env_gatehouse", BASE_ENVIRONMENT, "This server");
    json_key_z(writer, "data");
    json_begin_object(writer);
    json_member_string(writer, "BASE_URL", account->url);
    json_member_string(writer, "API_KEY_ID", TEXT("the id of your API key"));
    json_member_string(writer, "API_KEY_SECRET", TEXT("its secret"));
    write_token_tag(writer, account);
    json_end_object(writer);
    json_end_object(writer);
}

static void write_body(struct json_writer *writer, const struct sample *sample)
{
    json_key_z(writer, "body");
    json_begin_object(writer);
    json_member_string(writer, "mimeType", TEXT("application/graphql"));
    json_key_z(writer, "text");
    json_string_z(writer, sample->body);
    json_end_object(writer);
    json_key_z(writer, "headers");
    json_begin_array(writer);
    json_begin_object(writer);
    json_member_string(writer, "name", TEXT("Content-Type"));
    json_member_string(writer, "value", TEXT("application/json"));
    json_end_object(writer);
    json_end_array(writer);
}

static void write_authentication(struct json_writer *writer, const struct sample *sample)
{
    json_key_z(writer, "authentication");
    json_begin_object(writer);
    if (!sample->is_anonymous) {
        json_member_string(writer, "type", TEXT("bearer"));
        json_member_string(writer, "token", TEXT("{{ _.API_TOKEN }}"));
    }
    json_end_object(writer);
}

static void write_sample(struct json_writer *writer, const struct sample *sample, int64_t place)
{
    begin_resource(writer, "request", sample->id, WORKSPACE, sample->name);
    json_key_z(writer, "description");
    json_string_z(writer, sample->description);
    json_member_string(writer, "url", TEXT("{{ _.BASE_URL }}/graphql"));
    json_member_string(writer, "method", TEXT("POST"));
    json_member_int64(writer, "metaSortKey", place);
    write_body(writer, sample);
    write_authentication(writer, sample);
    json_end_object(writer);
}

static void write_collection(struct json_writer *writer, const struct account *account)
{
    json_begin_object(writer);
    json_member_string(writer, "_type", TEXT("export"));
    json_member_int64(writer, "__export_format", EXPORT_FORMAT);
    json_member_string(writer, "__export_source", TEXT("gatehouse"));
    json_key_z(writer, "resources");
    json_begin_array(writer);
    write_workspace(writer);
    write_environment(writer, account);
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++)
        write_sample(writer, &samples[i], (int64_t)i);
    json_end_array(writer);
    json_end_object(writer);
}

void insomnia_handle(struct http_request *request, void *data)
{
    const struct account *account = data;
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, request->arena);
    struct error error = {0};
    struct text body;
    writer->indent = 2;
    write_collection(writer, account);
    body = json_print_end(&printer);
    if (!body.at) {
        error_set_no_memory(&error);
        json_answer_error(request, &error);
    } else if (http_response_header(request, TEXT("Content-Disposition"),
                                    TEXT("attachment; filename=\"gatehouse-insomnia.json\"")) &&
               http_response_header(request, TEXT("X-Content-Type-Options"), TEXT("nosniff")))
        json_answer(request, 200, body);
}
