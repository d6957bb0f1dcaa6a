/* What every change of rights does to an account's caches. */
#include "kernel/account.h"

#include "db/db.h"
#include "jose/token_cache.h"

const struct text access_channel = TEXT_INIT("access");
const struct text run_channel = TEXT_INIT("run");

void account_access_changed(struct account *account)
{
    atomic_fetch_add(&account->access_version, 1);
    token_cache_clear(account->actors);
}

void account_forget_what_may_be_old(struct account *account)
{
    if (!db_hears(account->db))
        account_access_changed(account);
}
