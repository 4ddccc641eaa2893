/* What cppcheck does not find without the headers of the system and of jansson: lists and loops that are macros.
 * tests/check-cppcheck.sh includes it before every file; nothing else does. */
#define json_array_foreach(array, i, item) for (i = 0; (item = json_array_get(array, i)); i++)
#define json_object_foreach(object, key, item) while ((item = json_next(object, &key)))
#define json_object_foreach_safe(object, n, key, item) while ((item = json_next(object, &key)))
#define LIST_HEAD(name, type) struct name { struct type *first; }
#define SLIST_HEAD LIST_HEAD
#define STAILQ_HEAD LIST_HEAD
#define TAILQ_HEAD LIST_HEAD
#define LIST_FOREACH(item, head, link) for (item = first_of(head); item; item = next_of(item))
#define SLIST_FOREACH LIST_FOREACH
#define STAILQ_FOREACH LIST_FOREACH
#define TAILQ_FOREACH LIST_FOREACH
#define TAILQ_FOREACH_REVERSE(item, head, type, link) LIST_FOREACH (item, head, link)
