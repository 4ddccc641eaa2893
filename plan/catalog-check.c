/* A catalog is read without knowing what requests look like, so it can say nothing against a parameter that
 * is called "format". But a request is one flat object: there the name would mean two things, and what a
 * client gives would be taken for both. Such a runtime is refused when it is taken in, before any request. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "plan/common.h"
#include "plan/plan.h"

/* Says it with the place, in the words of catalog_read(). list is "locks" or "experiments". */
static int refuse_name(const char *list, size_t index, size_t parameter, const char *name, char **ret_reason)
{
    *ret_reason = text_printf("%s[%zu].parameters[%zu].name: must not be \"%s\", which all requests have",
        list, index, parameter, name);
    return -EINVAL;
}

/* An experiment may have a client of its own, and then requests for it have no other. A lock may not, as its
 * parameters are in the requests for all experiments. */
int plan_check_catalog(const Catalog *catalog, char **ret_reason)
{
    for (size_t i = 0; i < catalog->n_locks; i++) {
        const CatalogLock *lock = &catalog->locks[i];

        if (strcmp(lock->name, COMMON_OWN_LOCK) == 0) {
            *ret_reason = text_printf(
                "locks[%zu].name: must not be \"%s\", which stands for whatever lock a runtime has", i,
                lock->name);
            return -EINVAL;
        }
        for (size_t k = 0; k < lock->n_parameters; k++)
            if (parameters_name_is_taken(lock->parameters[k].name, false))
                return refuse_name("locks", i, k, lock->parameters[k].name, ret_reason);
    }
    for (size_t i = 0; i < catalog->n_experiments; i++) {
        const CatalogExperiment *experiment = &catalog->experiments[i];

        for (size_t k = 0; k < experiment->n_parameters; k++)
            if (parameters_name_is_taken(experiment->parameters[k].name, true))
                return refuse_name("experiments", i, k, experiment->parameters[k].name, ret_reason);
    }
    return 0;
}
