/* Facts of the catalogs are borrowed by the results, and by the time the picture is written the run may be
 * gone with its plan: so the picture refers to the catalogs itself. Their references are counted by the loop
 * alone. */
#include "runs/run-picture.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "runs/run-view.h"

struct RunPicture {
    Results *results; /* owned; NULL: they are written down */
    RunHead head;     /* its texts are static, or those below */
    char id[ULID_LENGTH + 1];
    char *reason;
    json_t *host;
    Catalog **catalogs;
    size_t n_catalogs;
};

RunPicture *run_picture_take(const Run *run)
{
    RunPicture *picture = calloc(1, sizeof(*picture));

    assert(picture);
    picture->results = results_copy(run->results);
    memcpy(picture->id, run->id, sizeof(picture->id));
    picture->reason = text_copy(run->reason);
    picture->host = json_incref(run->host);
    picture->head = run_head(run);
    picture->head.id = picture->id;
    picture->head.reason = picture->reason;
    picture->catalogs = calloc(run->plan.n_runtimes + 1, sizeof(*picture->catalogs));
    assert(picture->catalogs);
    while (picture->n_catalogs < run->plan.n_runtimes) {
        picture->catalogs[picture->n_catalogs] = catalog_ref(run->plan.runtimes[picture->n_catalogs]);
        picture->n_catalogs++;
    }
    return picture;
}

void run_picture_drop(RunPicture *picture)
{
    if (!picture)
        return;
    results_free(picture->results);
    picture->results = NULL;
}

json_t *run_picture_json(RunPicture *picture)
{
    json_t *object = picture->results ? results_run(picture->results, &picture->head) : NULL;

    run_picture_drop(picture);
    return object;
}

void run_picture_free(RunPicture *picture)
{
    if (!picture)
        return;
    run_picture_drop(picture);
    for (size_t i = 0; i < picture->n_catalogs; i++)
        catalog_unref(picture->catalogs[i]);
    free(picture->catalogs);
    json_decref(picture->host);
    free(picture->reason);
    free(picture);
}
