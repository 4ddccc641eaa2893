/* The programs find each other by where they stand, not by PATH and not by a path that was compiled in: an
 * installed set, a build tree and a copy of either on another machine each use their own. /proc/self/exe is
 * followed and not argv[0], which whoever starts a program may set as they like. */
#include "base/sibling.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* Sets self to the folder of this program, without a slash at its end. */
static bool sibling_own_folder(char self[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", self, PATH_MAX - 1);
    char *slash;

    /* readlink(2) writes no NUL and does not say that it cut the path off. A path that was cut is taken as
     * it is: in its folder there is nothing of ours, and nothing is found. */
    if (length < 0)
        return false;
    self[length] = '\0';
    slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    return slash;
}

/* Returns the path if the file is there and may be used in this way (see access(2)), else NULL. */
static char *sibling_try(const char *self, const char *folder, const char *name, int way)
{
    char *path =
        *folder == '/' ? text_printf("%s/%s", folder, name) : text_printf("%s/%s/%s", self, folder, name);

    if (access(path, way) == 0)
        return path;
    free(path);
    return NULL;
}

/* In the build tree tests stand one folder deeper (tests/api), programs do not (server). */
static char *sibling_find_built(const char *self, const char *folder, const char *name, int way)
{
    auto_free char *next = text_printf("../%s", folder), *deeper = text_printf("../../%s", folder);
    char *path = sibling_try(self, next, name, way);

    return path ? path : sibling_try(self, deeper, name, way);
}

char *sibling_find(const char *folder, const char *program)
{
    char self[PATH_MAX], *path;

    if (!sibling_own_folder(self))
        return NULL;
    path = sibling_try(self, self, program, X_OK);
    return path ? path : sibling_find_built(self, folder, program, X_OK);
}

char *sibling_find_file(const char *folder, const char *installed, const char *name)
{
    char self[PATH_MAX], *path;

    if (!sibling_own_folder(self))
        return NULL;
    path = sibling_try(self, installed, name, R_OK);
    return path ? path : sibling_find_built(self, folder, name, R_OK);
}
