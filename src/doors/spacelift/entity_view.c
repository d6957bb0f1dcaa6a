/* Entities as the schema shows them. */
#include "doors/spacelift/entity_view.h"

static struct text print_values(struct ctx *ctx, const struct json *values)
{
    struct json_printer printer;
    if (!values)
        return TEXT("{}");
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_value(writer, values);
    return json_print_end(&printer);
}

bool entity_view_init(struct ctx *ctx, struct entity_view *view, const struct entity *entity)
{
    const struct json *data = NULL;
    struct error error = {0};
    struct entity_detail_view *detail = ARENA_NEW(ctx->arena, struct entity_detail_view);
    if (!detail)
        return fail_no_memory(ctx);
    if (!json_parse(ctx->arena, entity->data, NULL, &data, &error))
        data = NULL;
    bool terraform = entity->vendor == VENDOR_TERRAFORM || entity->vendor == VENDOR_OPEN_TOFU;
    *detail = (struct entity_detail_view){
        .kind = terraform ? ENTITY_TERRAFORM : ENTITY_ANSIBLE,
        .address = entity->id,
        .mode = json_get_text(data, "mode"),
        .module = json_get_text(data, "module"),
        .provider = json_get_text(data, "provider"),
        .tainted = json_bool_or(json_get_z(data, "tainted"), false),
        .values = print_values(ctx, json_get_z(data, "values")),
        .data = entity->data,
    };
    view->entity = *entity;
    view->vendor = (struct entity_vendor_view){.kind = detail->kind, .detail = detail};
    return true;
}
