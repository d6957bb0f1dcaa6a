/* The context of the shop's resolvers: what tests look at afterwards. */
#ifndef GRAPHQL_TESTING_SHOP_DATA_H
#define GRAPHQL_TESTING_SHOP_DATA_H

#include "graphql/testing/shop.h"

struct shop_data {
    int calls; /* of resolvers that would read rows */
    int steps; /* begin hooks that ran */
    int rolled_back;
    bool deny_secrets;
    bool deny_everything;
};

#endif
