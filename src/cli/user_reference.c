/* Finding a user by what was typed. */
#include "cli/user_reference.h"

static const char query[] = "query Users { managedUsers { id username } }";

bool user_reference_resolve(struct api *api, const char *reference, struct text *id,
                            struct error *error)
{
    const struct json *data;
    if (!api_query(api, query, NULL, 0, &data, error))
        return false;
    const struct json *users = json_get_z(data, "managedUsers");
    for (uint32_t i = 0; json_is(users, JSON_ARRAY) && i < users->len; i++) {
        *id = json_get_text(&users->items[i], "id");
        struct text name = json_get_text(&users->items[i], "username");
        if (text_equal_z(name, reference) || text_equal_z(*id, reference))
            return true;
    }
    return error_set(error, ERR_NOT_FOUND, "user \"%s\" not found", reference);
}
