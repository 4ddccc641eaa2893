/* What a client would rather have (RFC 9110, 12.5): of the types that there are, the one with the greatest
 * weight. The range that names a type most exactly decides about it, whatever its weight: a client that
 * refuses text/csv and takes any other text gets no CSV. */
#include "handlers/accept.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"

/* One element of a list such as "text/csv;q=0.5, text/markdown". */
typedef struct Element {
    const char *name;
    size_t length;
    double q;
} Element;

/* The weight among parameters such as ";charset=utf-8;q=0.5"; 1 if there is none. `at` stands on the
 * first semicolon, or at the end. */
static double find_weight(const char *at, const char *end)
{
    while (at < end) {
        at++;
        while (at < end && isspace((unsigned char)*at))
            at++;
        if (at + 1 < end && (*at == 'q' || *at == 'Q') && at[1] == '=')
            return strtod(at + 2, NULL);
        while (at < end && *at != ';')
            at++;
    }
    return 1;
}

/* Takes the next element off the list; false at its end. An element without a name, as in "a,,b", is
 * passed over with its comma. */
static bool next_range(const char **list, Element *ret)
{
    const char *at = *list + strspn(*list, " \t,");
    const char *end = at + strcspn(at, ",");

    if (*at == '\0')
        return false;
    ret->name = at;
    ret->length = strcspn(at, ";, \t");
    at += strcspn(at, ";,");
    ret->q = find_weight(at, end);
    *list = end;
    return true;
}

/* How exactly a range fits: 3 by its name, 2 by its family, 1 as anything, 0 not at all. */
static int fit(const Element *range, const char *type)
{
    const char *slash = strchr(type, '/');
    size_t family = (size_t)(slash - type) + 1;

    if (range->length == strlen(type) && strncasecmp(range->name, type, range->length) == 0)
        return 3;
    if (range->length == family + 1 && range->name[family] == '*' &&
        strncasecmp(range->name, type, family) == 0)
        return 2;
    return range->length == 3 && strncmp(range->name, "*/*", 3) == 0;
}

/* The most exact range decides about a type. */
static double weight(const char *header, const char *type)
{
    Element range;
    int best = 0;
    double q = 0;

    while (next_range(&header, &range)) {
        int exactness = fit(&range, type);

        if (exactness > best) {
            best = exactness;
            q = range.q;
        }
    }
    return q;
}

/* Only a greater weight takes the place of an earlier type, so of equals the first one of ours wins, and
 * a weight of 0 never does. */
int accept_choose(const char *header, const char *const *types, size_t n_types)
{
    double best = 0;
    int chosen = -1;

    if (!header || header[strspn(header, " \t,")] == '\0')
        return 0;
    for (size_t i = 0; i < n_types; i++) {
        double q = weight(header, types[i]);

        if (q > best) {
            best = q;
            chosen = (int)i;
        }
    }
    return chosen;
}

/* One type that is not of these kinds is enough to say no, because curl, a browser's address bar and
 * fetch() all name or allow others. A header that takes anything at all, and names nothing, is also a no:
 * curl and scripts send it. */
bool accept_is_embedded(const char *header)
{
    static const char *const kinds[] = {"image/", "video/", "audio/", "application/ogg", "text/css"};
    Element element;
    bool any = false;

    while (header && next_range(&header, &element)) {
        bool is_kind = false;

        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
            is_kind = is_kind || strncasecmp(element.name, kinds[i], strlen(kinds[i])) == 0;
        if (!is_kind && (element.length != 3 || strncmp(element.name, "*/*", 3) != 0))
            return false;
        any = any || is_kind;
    }
    return any;
}

/* The coding's own name decides, whatever "*" says before or behind it: "gzip;q=0, *" forbids gzip. */
bool accept_has_coding(const char *header, const char *coding)
{
    Element element;
    bool any = false;

    if (!header)
        return false;
    while (next_range(&header, &element)) {
        if (element.length == strlen(coding) && strncasecmp(element.name, coding, element.length) == 0)
            return element.q > 0;
        if (element.length == 1 && *element.name == '*')
            any = element.q > 0;
    }
    return any;
}
