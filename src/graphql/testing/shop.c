/* A shop of two customers: the resolvers of testing/shop.graphql. */
#include "graphql/shop_schema.h"
#include "graphql/testing/shop_data.h"

#include <string.h>

static const struct shop_address addresses[] = {
    {TEXT_INIT("Long Lane 1"), TEXT_INIT("York"), -1},
    {TEXT_INIT("Short Street 2"), TEXT_INIT("Leeds"), 3},
};

static const struct text ada_tags[] = {TEXT_INIT("early"), TEXT_INIT("loud")};

static const struct shop_customer customers[] = {
    {
        .kind = SHOP_CUSTOMER,
        .id = TEXT_INIT("1"),
        .name = TEXT_INIT("Ada"),
        .email = TEXT_INIT("ada@example.org"),
        .tags = {ada_tags, 2},
        .created_at = INT64_C(1700000000) * 1000000,
        .level = SHOP_LEVEL_GOLDEN,
        .discount = 0.25,
        .has_discount = true,
        .vip = true,
        .address = &addresses[0],
        .address_history = addresses,
        .address_history_count = 2,
        .secret = TEXT_INIT("likes tea"),
    },
    {
        .kind = SHOP_CUSTOMER,
        .id = TEXT_INIT("2"),
        .name = TEXT_INIT("Bo \"B\" \xC3\x96"),
        .created_at = INT64_C(1700000001) * 1000000,
        .last_order_at = INT64_C(1700000002) * 1000000,
        .level = SHOP_LEVEL_BRONZE,
        .wants_newsletter = true,
    },
};

static const struct shop_product products[] = {
    {SHOP_PRODUCT, TEXT_INIT("p1"), TEXT_INIT("Tea"), 350},
    {SHOP_PRODUCT, TEXT_INIT("p2"), TEXT_INIT("Pot"), 2500},
};

static const struct shop_order_item items[] = {{&products[0], 2}, {&products[1], 1}};

static const struct shop_order orders[] = {
    {TEXT_INIT("o1"), SHOP_ORDER_PAID, items, 2, &customers[0]},
    {TEXT_INIT("o2"), SHOP_ORDER_NEW, items, 1, &customers[0]},
};

static struct shop_data *data_of(const struct graphql_call *call)
{
    return call->context;
}

static bool count_call(struct graphql_call *call)
{
    data_of(call)->calls++;
    return true;
}

bool shop_Query_customers(struct graphql_call *call, const struct shop_Query_customers_args *args)
{
    size_t count = ARRAY_LENGTH(customers);
    if (args->given.first == GRAPHQL_GIVEN && args->first < (int64_t)count)
        count = args->first < 0 ? 0 : (size_t)args->first;
    shop_Query_customers_give_array(call, 0, customers, count);
    return count_call(call);
}

bool shop_Query_customer(struct graphql_call *call, const struct shop_Query_customer_args *args)
{
    for (size_t i = 0; i < ARRAY_LENGTH(customers); i++)
        if (text_equal(customers[i].id, args->id))
            shop_Query_customer_give(call, 0, &customers[i]);
    if (text_equal(args->id, TEXT("broken")))
        return error_set(call->error, ERR_UNAVAILABLE, "The customers are out.");
    return count_call(call);
}

bool shop_Query_version(struct graphql_call *call)
{
    shop_Query_version_give(call, 0, TEXT("1.2"));
    return true;
}

bool shop_Query_search(struct graphql_call *call, const struct shop_Query_search_args *args)
{
    struct shop_SearchResult *result = ARENA_NEW(call->arena, struct shop_SearchResult);
    struct shop_PageInfo *page = ARENA_NEW(call->arena, struct shop_PageInfo);
    const void **things = ARENA_ARRAY(call->arena, const void *, 3);
    if (!result || !page || !things)
        return error_set_no_memory(call->error);
    things[0] = &customers[0];
    things[1] = &products[0];
    things[2] = &products[1];
    page->end_cursor = args->input->text;
    result->total = 3;
    result->things = (const struct shop_thing *const *)things;
    result->things_count = 3;
    result->page = page;
    if (args->input->price && args->input->price->given.below == GRAPHQL_GIVEN) {
        result->has_best = true;
        result->best = args->input->price->below;
    }
    shop_Query_search_give(call, 0, result);
    return true;
}

bool shop_Customer_orders(struct graphql_call *call, const struct shop_Customer_orders_args *args)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct shop_customer *customer = shop_Customer_parent(call, i);
        const struct shop_order **found = ARENA_ARRAY(call->arena, const struct shop_order *, 2);
        size_t count = 0;
        if (!found)
            return error_set_no_memory(call->error);
        for (size_t j = 0; j < ARRAY_LENGTH(orders); j++) {
            bool wanted = args->given.status != GRAPHQL_GIVEN;
            for (size_t k = 0; k < args->status.len; k++)
                wanted |= args->status.items[k] == orders[j].status;
            if (orders[j].customer == customer && wanted && (int64_t)count < args->first)
                found[count++] = &orders[j];
        }
        shop_Customer_orders_give(call, i, found, count);
    }
    return count_call(call);
}

bool shop_Customer_orderCount(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        if (shop_Customer_parent(call, i) == &customers[0])
            shop_Customer_orderCount_give(call, i, 2);
        else
            graphql_fail(call, i, ERR_NOT_FOUND, "not found");
    }
    return count_call(call);
}

bool shop_Order_customer(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        shop_Order_customer_give(call, i, shop_Order_parent(call, i)->customer);
    return count_call(call);
}

bool shop_Mutation_orderCreate(struct graphql_call *call,
                               const struct shop_Mutation_orderCreate_args *args)
{
    struct shop_order *order = ARENA_NEW(call->arena, struct shop_order);
    struct shop_order_item *lines =
        ARENA_ARRAY(call->arena, struct shop_order_item, args->input->items.len);
    if (!order || !lines)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < args->input->items.len; i++) {
        lines[i].product = &products[0];
        lines[i].count = args->input->items.items[i].count;
    }
    *order = (struct shop_order){.id = TEXT("o3"),
                                 .status = args->input->status,
                                 .items = lines,
                                 .items_count = args->input->items.len,
                                 .customer = &customers[0]};
    shop_Mutation_orderCreate_give(call, 0, order);
    return count_call(call);
}

bool shop_Mutation_orderCancel(struct graphql_call *call,
                               const struct shop_Mutation_orderCancel_args *args)
{
    if (args->reason == SHOP_CANCEL_REASON_TOO_SLOW)
        return error_set(call->error, ERR_CONFLICT, "too late");
    if (text_equal(args->id, orders[0].id))
        shop_Mutation_orderCancel_give(call, 0, &orders[0]);
    return count_call(call);
}

bool shop_Subscription_orderTaken(struct graphql_call *call,
                                  const struct shop_Subscription_orderTaken_args *args)
{
    UNUSED(args);
    shop_Subscription_orderTaken_give(call, 0, call->parents[0]);
    return count_call(call);
}
