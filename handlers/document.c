#include "handlers/document.h"

#include <assert.h>
#include <string.h>

#include "handlers/assets.h"

/* Built into the program, so it is there and right. */
json_t *document_load(const char *path)
{
    json_t *document = NULL;

    for (size_t i = 0; i < n_documents; i++)
        if (strcmp(documents[i].path, path) == 0)
            document = json_loadb((const char *)documents[i].start,
                (size_t)(documents[i].end - documents[i].start), JSON_REJECT_DUPLICATES, NULL);
    assert(document);
    return document;
}
