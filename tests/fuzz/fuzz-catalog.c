/* What a runtime says of itself when it is asked what it offers. What is taken can be told to clients, and
 * every experiment of it can be asked for. */
#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "tests/fuzz/fuzz.h"

static void ask_for_all(const Catalogs *catalogs)
{
    json_auto_t *names = plan_experiments(catalogs), *given = json_object();
    json_t *name;
    size_t i;

    json_array_foreach (names, i, name) {
        auto_problem Problem problem = {0};
        Plan plan = {0};
        int r = plan_make(catalogs, NULL, json_string_value(name), given, &plan, &problem);

        assert((r == 0) == (problem.status == 0));
        plan_finish(&plan);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *text = fuzz_rest(data, size), *reason = NULL, *told = NULL;
    json_auto_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    json_auto_t *documents = json_pack("[O]", document ? document : json_null()), *catalog = NULL;
    Catalogs catalogs;
    int r = catalogs_read(documents, &catalogs, &reason);

    assert(r == 0 || reason);
    if (r < 0)
        return 0;
    if (plan_check_catalog(catalogs.list[0], &reason) == 0) {
        catalog = plan_catalog(&catalogs, NULL);
        told = json_dumps(catalog, 0);
        assert(told);
        ask_for_all(&catalogs);
    }
    catalogs_finish(&catalogs);
    return 0;
}
