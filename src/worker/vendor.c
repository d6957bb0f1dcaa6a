/* The list of engines. */
#include "worker/vendor.h"

const struct vendor *const vendors[] = {&vendor_terraform, &vendor_tofu, &vendor_ansible,
                                        &vendor_custom, NULL};

const struct vendor *vendor_find(struct text name)
{
    for (size_t i = 0; vendors[i]; i++) {
        if (text_equal_z(name, vendors[i]->name))
            return vendors[i];
    }
    return NULL;
}

struct text vendor_setting(const struct vendor_run *run, const char *name)
{
    return json_get_text(run->job->vendor_config, name);
}
