/* People try paths by hand, with what they remember of the table of routes: the experiment without /run in
 * front of it, a slash too many, upper case, the name of the API that others have (/api/runs). Each of these
 * is undone in turn, from what changes least to what guesses most. */
#include "handlers/near-path.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/route.h"
#include "plan/plan.h"

/* Longer ones are near nothing, as long names are. */
enum { MAX_PATH = 256 };

/* The path with single slashes, and none at its end. The caller frees it. */
static char *near_path_tidy(const char *path)
{
    char *tidy = text_copy(path), *to = tidy;

    for (const char *at = path; *at; at++)
        if (*at != '/' || to == tidy || to[-1] != '/')
            *to++ = *at;
    while (to > tidy + 1 && to[-1] == '/')
        to--;
    *to = '\0';
    return tidy;
}

/* "/runs/01K…/events" of "/runs/{id}/events" and a path with something in that place; NULL if it has nothing
 * there. The caller frees it. */
static char *near_path_fill(const char *pattern, const char *path)
{
    const char *brace = strchr(pattern, '{'), *behind = brace ? strchr(brace, '}') + 1 : NULL;
    const char *at = path;
    size_t length;

    if (!brace)
        return text_copy(pattern);
    /* Behind as many slashes as in the pattern. */
    for (const char *slash = pattern; slash < brace; slash++) {
        at = *slash == '/' ? strchr(at, '/') : at;
        if (!at)
            return NULL;
        at += *slash == '/';
    }
    if (*at == '\0')
        return NULL;
    length = strcspn(at, "/");
    /* A path that goes on, or ends, where the pattern does not is another one. */
    if ((at[length] == '/') != (*behind == '/'))
        return NULL;
    return text_printf("%.*s%.*s%s", (int)(brace - pattern), pattern, (int)length, at, behind);
}

/* All paths that can be meant, as an array of texts: those of the table, with the given id in place of {id},
 * and one for each experiment. The page's files are no names that anybody types. */
static json_t *near_path_list(const char *path, const json_t *experiments)
{
    json_t *list = json_array(), *name;
    size_t i;

    json_array_foreach (experiments, i, name)
        json_array_append_new(list, json_sprintf("/run/%s", json_string_value(name)));
    for (i = 0; i < n_routes; i++) {
        auto_free char *filled =
            routes[i].has || route_runs(&routes[i]) ? NULL : near_path_fill(routes[i].path, path);

        if (filled)
            json_array_append_new(list, json_string(filled));
    }
    return list;
}

/* The one of the list that is the same but for its case. */
static const char *near_path_same(const json_t *list, const char *path)
{
    const json_t *one;
    size_t i;

    json_array_foreach (list, i, one)
        if (strcasecmp(json_string_value(one), path) == 0)
            return json_string_value(one);
    return NULL;
}

/* Without the prefix, which is none of the server's own paths. */
static char *near_path_find(const App *app, const char *path)
{
    json_auto_t *experiments = plan_experiments(app->catalogs), *list = NULL;
    auto_free char *tidy = NULL;
    const char *found = NULL, *experiment;

    if (*path != '/' || strlen(path) > MAX_PATH)
        return NULL;
    tidy = near_path_tidy(path);
    list = near_path_list(tidy, experiments);
    /* The whole path first, then without what stands in front: /api/v1/runs. */
    for (const char *at = tidy; at && !found; at = strchr(at + 1, '/'))
        found = near_path_same(list, at);
    /* /run alone lacks the name of an experiment; the first one is as good an example as any. */
    if (!found && strcasecmp(tidy, "/run") == 0)
        found = json_string_value(json_array_get(list, 0));
    if (found)
        return text_copy(found);
    experiment = problem_nearest(strrchr(tidy, '/') + 1, experiments);
    if (experiment)
        return text_printf("/run/%s", experiment);
    found = problem_nearest(tidy, list);
    return found ? text_copy(found) : NULL;
}

char *near_path(const App *app, const Request *request)
{
    auto_free char *found = near_path_find(app, request->path);

    return found ? text_printf("%s%s", request->forwarded.prefix, found) : NULL;
}
