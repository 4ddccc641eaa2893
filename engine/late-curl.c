/* libcurl comes with thirty other libraries. Linked in the usual way all of them are loaded and bound
 * whenever the engine starts, whatever it is to run: that was nine tenths of what the engine computed for the
 * smallest run, and each repetition's fork had to copy their mappings.
 *
 * So its functions are defined here under their own names, and hand on to the library. One that is not in the
 * list does not link.
 *
 * Three of them take one argument of a type that depends on the one before: a long, a curl_off_t, or a
 * pointer. Where all of these are as long as each other they are handed over in the same way. */
#define CURL_DISABLE_TYPECHECK
#include "engine/late-curl.h"

#include <assert.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"

static_assert(sizeof(long) == sizeof(void *), "they are passed in the same way");
static_assert(sizeof(curl_off_t) == sizeof(void *), "they are passed in the same way");

/* By these names it is known since 2006; the second is built with another TLS library. */
static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};

#define FUNCTIONS(EACH)                                                                                      \
    EACH(easy_cleanup)                                                                                       \
    EACH(easy_getinfo)                                                                                       \
    EACH(easy_init)                                                                                          \
    EACH(easy_perform)                                                                                       \
    EACH(easy_setopt)                                                                                        \
    EACH(easy_strerror)                                                                                      \
    EACH(global_init)                                                                                        \
    EACH(multi_add_handle)                                                                                   \
    EACH(multi_assign)                                                                                       \
    EACH(multi_cleanup)                                                                                      \
    EACH(multi_info_read)                                                                                    \
    EACH(multi_init)                                                                                         \
    EACH(multi_remove_handle)                                                                                \
    EACH(multi_setopt)                                                                                       \
    EACH(multi_socket_action)                                                                                \
    EACH(slist_append)                                                                                       \
    EACH(slist_free_all)

/* Written once, before there are threads. */
typedef struct Functions {
#define MEMBER(name) __typeof__(curl_##name) *name;
    FUNCTIONS(MEMBER)
} Functions;
static Functions functions;
static bool is_loaded;

static const struct {
    const char *name;
    void *at;
} places[] = {
#define PLACE(name) {"curl_" #name, &functions.name},
    FUNCTIONS(PLACE)};

/* All is bound at once: else each repetition would bind what it calls anew, while its clock runs. */
const char *late_curl_load(void)
{
    void *library = NULL;

    if (is_loaded)
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(names) && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    /* Once more, for the reason why the usual one cannot be had. */
    if (!library)
        library = dlopen(names[0], RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return dlerror();
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        void *function = dlsym(library, places[i].name);

        if (!function)
            return dlerror();
        memcpy(places[i].at, &function, sizeof(function));
    }
    is_loaded = true;
    return NULL;
}

/* Whoever runs has loaded it, and said so where it could not. */
static const Functions *late_curl(void)
{
    const char *missing = late_curl_load();

    assert(!missing);
    return &functions;
}

/* Defines one of the three. Their names are in brackets, as the header has macros of these names. */
#define HAND_ON(Result, name, Handle, Option)                                                                \
    Result(curl_##name)(Handle * handle, Option option, ...)                                                 \
    {                                                                                                        \
        va_list rest;                                                                                        \
        void *value;                                                                                         \
                                                                                                             \
        va_start(rest, option);                                                                              \
        value = va_arg(rest, void *);                                                                        \
        va_end(rest);                                                                                        \
        return late_curl()->name(handle, option, value);                                                     \
    }

HAND_ON(CURLcode, easy_getinfo, CURL, CURLINFO)
HAND_ON(CURLcode, easy_setopt, CURL, CURLoption)
HAND_ON(CURLMcode, multi_setopt, CURLM, CURLMoption)

void curl_easy_cleanup(CURL *easy)
{
    late_curl()->easy_cleanup(easy);
}

CURL *curl_easy_init(void)
{
    return late_curl()->easy_init();
}

CURLcode curl_easy_perform(CURL *easy)
{
    return late_curl()->easy_perform(easy);
}

const char *curl_easy_strerror(CURLcode code)
{
    return late_curl()->easy_strerror(code);
}

CURLcode curl_global_init(long flags)
{
    return late_curl()->global_init(flags);
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    return late_curl()->multi_add_handle(multi, easy);
}

CURLMcode curl_multi_assign(CURLM *multi, curl_socket_t fd, void *data)
{
    return late_curl()->multi_assign(multi, fd, data);
}

CURLMcode curl_multi_cleanup(CURLM *multi)
{
    return late_curl()->multi_cleanup(multi);
}

CURLMsg *curl_multi_info_read(CURLM *multi, int *n_left)
{
    return late_curl()->multi_info_read(multi, n_left);
}

CURLM *curl_multi_init(void)
{
    return late_curl()->multi_init();
}

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
    return late_curl()->multi_remove_handle(multi, easy);
}

CURLMcode curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int events, int *n_running)
{
    return late_curl()->multi_socket_action(multi, fd, events, n_running);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
    return late_curl()->slist_append(list, text);
}

void curl_slist_free_all(struct curl_slist *list)
{
    late_curl()->slist_free_all(list);
}
