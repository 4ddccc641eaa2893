#include "tests/api/api-runs.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"

const char *api_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

void api_assert_status(const ApiAnswer *answer, long status)
{
    ck_assert_msg(answer->status == status, "%ld, not %ld: %s", answer->status, status, answer->body);
}

/* "Gilscope-Owner: the-secret-of-anna" for a run of "&client=anna", owned by the caller; NULL if it names
 * none. */
static char *owner_header(const char *more)
{
    static const char name[] = "client=";
    const char *client = strstr(more, name);

    if (!client)
        return NULL;
    client += strlen(name);
    return text_printf(API_OWNER("%.*s"), (int)strcspn(client, "&"), client);
}

char *api_book_from(const ApiServer *server, const char *from, const char *experiment, const char *more)
{
    auto_free char *path = text_printf("/run/%s" API_ONCE "%s", experiment, more);
    auto_free char *owner = owner_header(more);
    auto_answer ApiAnswer answer = api_ask(
        server, (ApiAsk){.path = path, .header = "Prefer: respond-async", .also = owner, .from = from});

    api_assert_status(&answer, 202);
    return strdup(api_text(answer.json, "id"));
}

char *api_book(const ApiServer *server, const char *experiment, const char *more)
{
    return api_book_from(server, NULL, experiment, more);
}

int api_send_run(const ApiServer *server, const char *experiment, const char *more)
{
    auto_free char *owner = owner_header(more);
    auto_free char *request = text_printf("GET /run/%s" API_ONCE "%s HTTP/1.1\r\nHost: localhost\r\n%s%s"
                                          "Connection: close\r\n\r\n",
        experiment, more, owner ? owner : "", owner ? "\r\n" : "");

    return api_send(server, request);
}

json_t *api_run(const ApiServer *server, const char *id)
{
    auto_free char *path = text_printf("/runs/%s", id);
    auto_answer ApiAnswer answer = api_get(server, path);

    api_assert_status(&answer, 200);
    return json_incref(answer.json);
}

/* Whether it is worth to look again; sleeps a little. */
static bool may_look_again(nsec_t until)
{
    const struct timespec pause = {.tv_nsec = 5000000};

    if (nsec_now() > until)
        return false;
    nanosleep(&pause, NULL);
    return true;
}

static nsec_t patience(void)
{
    return nsec_now() + API_PATIENCE_S * NSEC_PER_SEC;
}

void api_wait_for_status(const ApiServer *server, const char *id, const char *status)
{
    nsec_t until = patience();

    for (;;) {
        json_auto_t *run = api_run(server, id);

        if (strcmp(api_text(run, "status"), status) == 0)
            return;
        ck_assert_msg(may_look_again(until), "the run never is %s but %s", status, api_text(run, "status"));
    }
}

char *api_next_page(const ApiAnswer *answer)
{
    const char *next = api_text(answer->json, "next");

    return text_printf("%s%s", *next ? "/" : "", next);
}

static size_t count_runs(const ApiServer *server, const char *status)
{
    char *path = text_printf("/runs?limit=200%s%s", *status ? "&status=" : "", status);
    size_t n = 0;

    while (*path) {
        auto_answer ApiAnswer answer = api_get(server, path);

        api_assert_status(&answer, 200);
        n += json_array_size(json_object_get(answer.json, "runs"));
        free(path);
        path = api_next_page(&answer);
    }
    free(path);
    return n;
}

void api_wait_for_runs(const ApiServer *server, const char *status, size_t n)
{
    nsec_t until = patience();
    size_t n_now;

    while ((n_now = count_runs(server, status)) != n)
        ck_assert_msg(may_look_again(until), "there never are %zu runs %s, but %zu", n, status, n_now);
}

char *api_wait_for_asks(const ApiServer *server, int n)
{
    nsec_t until = patience();

    for (;;) {
        auto_answer ApiAnswer answer = api_get(server, "/runs?limit=1");
        const json_t *run = json_array_get(json_object_get(answer.json, "runs"), 0);

        if (json_integer_value(json_object_get(run, "asks")) == n)
            return strdup(api_text(run, "id"));
        ck_assert_msg(may_look_again(until), "there never are %d asks: %s", n, answer.body);
    }
}
