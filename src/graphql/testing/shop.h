/* The structs behind testing/shop.graphql, as a program would have them without knowing GraphQL. */
#ifndef GRAPHQL_TESTING_SHOP_H
#define GRAPHQL_TESTING_SHOP_H

#include "base/text.h"

enum shop_kind { SHOP_CUSTOMER, SHOP_PRODUCT };

enum shop_order_status {
    SHOP_ORDER_NEW,
    SHOP_ORDER_PAID,
    SHOP_ORDER_SHIPPED,
    SHOP_ORDER_RETURNED,
    SHOP_ORDER_LOST,
};

enum shop_level { SHOP_LEVEL_BRONZE = 1, SHOP_LEVEL_GOLDEN = 5 };

struct shop_thing {
    enum shop_kind kind;
    struct text id;
    struct text name;
};

struct shop_address {
    struct text street;
    struct text city;
    int32_t floor; /* -1 when unknown */
};

struct shop_customer {
    enum shop_kind kind;
    struct text id;
    struct text name;
    struct text email;
    struct text_list tags;
    int64_t created_at;
    int64_t last_order_at;
    enum shop_level level;
    double discount;
    bool has_discount;
    bool vip;
    bool wants_newsletter;
    const struct shop_address *address;
    const struct shop_address *address_history;
    size_t address_history_count;
    struct text secret;
};

struct shop_product {
    enum shop_kind kind;
    struct text id;
    struct text name;
    int64_t cents;
};

struct shop_order_item {
    const struct shop_product *product;
    int64_t count;
};

struct shop_order {
    struct text id;
    enum shop_order_status status;
    const struct shop_order_item *items;
    size_t items_count;
    const struct shop_customer *customer;
};

#endif
