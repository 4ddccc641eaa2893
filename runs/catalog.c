#include "runs/catalog.h"

#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "runs/describe.h"

typedef struct Loading {
    Catalog *catalog;
    char *reason;
    bool over;
} Loading;

static void loading_on_end(void *data, Catalog *catalog, const char *reason)
{
    Loading *loading = data;

    *loading = (Loading){.catalog = catalog, .reason = text_copy(reason), .over = true};
}

int catalog_load(uv_loop_t *loop, const RunSettings *settings, const char *cpus, const bool *cancelled,
    Catalogs *ret, char **ret_reason)
{
    Loading loading = {0};
    Describe *describe =
        describe_start(loop, settings, &settings->runtimes[0], cpus, loading_on_end, &loading);

    /* The loop runs here although the server is not up yet: nothing else is on it but this child, and the
     * signals that cancel it. The child's own handles may still be closing afterwards; they need nothing of
     * the question. */
    while (!loading.over) {
        uv_run(loop, UV_RUN_ONCE);
        if (*cancelled && !loading.over)
            describe_stop(describe);
    }
    if (loading.catalog && !*cancelled) {
        catalogs_set(ret, 0, loading.catalog);
        return 0;
    }
    catalog_unref(loading.catalog);
    if (!*cancelled) {
        *ret_reason = loading.reason;
        return -EPROTO;
    }
    free(loading.reason);
    return -ECANCELED;
}
