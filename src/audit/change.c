/* Collecting the two sides of a change, and printing where they differ. */
#include "audit/change.h"

#include "base/digest.h"

struct member {
    const char *name;
    struct text value; /* JSON; of a secret what is compared and never printed */
    bool is_secret;
};

void change_init(struct change *change, struct arena *arena)
{
    list_init(&change->before.members, arena, sizeof(struct member));
    list_init(&change->after.members, arena, sizeof(struct member));
}

/* value: at == NULL without memory, which the arena remembers. */
static void add(struct change_side *side, const char *name, struct text value, bool is_secret)
{
    struct member *member = list_push(&side->members);
    if (member)
        *member = (struct member){.name = name, .value = value, .is_secret = is_secret};
}

/* So that one long text does not become half of the trail. */
static void print_length(struct json_writer *writer, struct arena *arena, struct text value)
{
    struct digest digest;
    json_begin_object(writer);
    json_member_int64(writer, "length", (int64_t)value.len);
    if (digest_sha256(value, &digest))
        json_member_string(writer, "sha256", digest_hex(arena, &digest));
    json_end_object(writer);
}

void change_text(struct change_side *side, const char *name, struct text value)
{
    struct json_printer printer;
    if (value.len == 0)
        return;
    struct json_writer *writer = json_print_begin(&printer, side->members.arena);
    if (value.len > CHANGE_TEXT_MAX_BYTES)
        print_length(writer, side->members.arena, value);
    else
        json_string(writer, value);
    add(side, name, json_print_end(&printer), false);
}

void change_texts(struct change_side *side, const char *name, struct text_list values)
{
    struct json_printer printer;
    if (values.len == 0)
        return;
    struct json_writer *writer = json_print_begin(&printer, side->members.arena);
    json_strings(writer, values);
    add(side, name, json_print_end(&printer), false);
}

void change_bool(struct change_side *side, const char *name, bool value)
{
    add(side, name, value ? TEXT("true") : TEXT("false"), false);
}

void change_int64(struct change_side *side, const char *name, int64_t value)
{
    add(side, name, text_format(side->members.arena, "%lld", (long long)value), false);
}

void change_json(struct change_side *side, const char *name, struct text json)
{
    struct json_printer printer;
    struct error error = {0};
    const struct json *value;
    struct arena *arena = side->members.arena;
    /* Read and written again: what is hashed must have one form. */
    if (json.len && json_parse(arena, json, NULL, &value, &error)) {
        json_value(json_print_begin(&printer, arena), value);
        add(side, name, json_print_end(&printer), false);
    }
}

void change_secret(struct change_side *side, const char *name, struct text fingerprint)
{
    if (fingerprint.len)
        add(side, name, text_copy(side->members.arena, fingerprint), true);
}

static const struct member *find(const struct change_side *side, const char *name)
{
    for (size_t i = 0; i < side->members.len; i++) {
        const struct member *member = list_at(&side->members, i);
        if (text_equal_z(text_z(name), member->name))
            return member;
    }
    return NULL;
}

static bool differs(const struct member *member, const struct member *other)
{
    return !other || !text_equal(member->value, other->value);
}

/* other: the same member on the other side, NULL when it is not there. */
static void print_member(const struct member *member, const struct member *other, bool is_after,
                         struct json_writer *writer)
{
    json_key_z(writer, member->name);
    if (member->is_secret)
        json_string(writer, is_after && other ? TEXT("changed") : TEXT("set"));
    else
        json_raw(writer, member->value);
}

/* Members that only the other side has are null here, unless this side is no thing at all. */
static void print_missing(const struct change_side *side, const struct change_side *other,
                          struct json_writer *writer)
{
    for (size_t i = 0; i < other->members.len; i++) {
        const struct member *member = list_at(&other->members, i);
        if (!find(side, member->name)) {
            json_key_z(writer, member->name);
            json_null(writer);
        }
    }
}

static void print_side(const char *key, const struct change *change, bool is_after,
                       struct json_writer *writer)
{
    const struct change_side *side = is_after ? &change->after : &change->before;
    const struct change_side *other = is_after ? &change->before : &change->after;
    if (side->members.len == 0)
        return;
    json_key_z(writer, key);
    json_begin_object(writer);
    for (size_t i = 0; i < side->members.len; i++) {
        const struct member *member = list_at(&side->members, i);
        const struct member *twin = find(other, member->name);
        if (differs(member, twin))
            print_member(member, twin, is_after, writer);
    }
    print_missing(side, other, writer);
    json_end_object(writer);
}

void change_print(const struct change *change, struct json_writer *writer)
{
    print_side("before", change, false, writer);
    print_side("after", change, true, writer);
}
