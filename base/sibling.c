/* The programs find each other by where they stand, not by PATH and not by a path that was compiled in: an
 * installed set, a build tree and a copy of either on another machine each use their own. /proc/self/exe is
 * followed and not argv[0], which whoever starts a program may set as they like. */
#include "base/sibling.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

char *sibling_find(const char *folder, const char *program)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash, *path;

    /* readlink(2) writes no NUL and does not say that it cut the path off. A path that was cut is taken as
     * it is: in its folder there is no program of ours, and NULL is the answer. */
    if (length < 0)
        return NULL;
    self[length] = '\0';
    slash = strrchr(self, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    path = text_printf("%s/%s", self, program);
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    /* Tests stand one folder deeper (tests/api), programs do not (server). */
    for (int up = 0; up < 2; up++) {
        path = text_printf("%s/%s%s/%s", self, up ? "../../" : "../", folder, program);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}
