/* Where the server lets fetch go, and where not: with a port of loopback that nobody may reach. */
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/listener.h"
#include "tests/unit/run.h"

#define PAGE "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789"

/* Asks for one repetition of fetch in one mode. */
static ApiAnswer fetch(const ApiServer *server, const char *url, const char *more)
{
    auto_free char *path =
        text_printf("/run/fetch?mode=serial&tasks=2&repeat=1&warmup=0&url=%s%s", url, more);

    return api_get(server, path);
}

static const char *first_error(const ApiAnswer *answer, const char *key)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(answer->json, "errors"), 0), key));
}

static int64_t responses(const ApiAnswer *answer, const char *status)
{
    const json_t *cell = json_array_get(json_object_get(answer->json, "cells"), 0);

    return json_integer_value(
        json_object_get(json_object_get(json_object_get(cell, "metrics"), "responses"), status));
}

typedef struct Row {
    const char *url; /* %d: the port of the forbidden target */
    const char *words;
} Row;

static const Row literals[] = {
    {"http://127.0.0.1:%d/", "127.0.0.1 is a loopback address"},
    {"http://2130706433:%d/", "127.0.0.1 (written 2130706433) is a loopback address"},
    {"http://0x7f.1:%d/", "127.0.0.1 (written 0x7f.1) is a loopback address"},
    {"http://127.1:%d/", "127.0.0.1 (written 127.1) is a loopback address"},
    {"http://[::ffff:127.0.0.1]:%d/", "127.0.0.1 (written ::ffff:127.0.0.1) is a loopback address"},
    {"http://[::1]:%d/", "::1 is a loopback address"},
    {"http://0.0.0.0:%d/", "0.0.0.0 is an unspecified address"},
    {"http://169.254.169.254/latest/meta-data/", "169.254.169.254 is a link-local address"},
    {"http://127.0.0.1:22/", "127.0.0.1:22 is not in the setting [fetch] allow"},
    {"http://10.0.0.1:%d/", "a private address"},
    {"https://[64:ff9b::7f00:1]:%d/", "a NAT64 address"},
};

static void assert_refused(const ApiServer *server, const Row *row, int port)
{
    auto_free char *written = text_printf("%d", port), *url = NULL;
    const char *place = strstr(row->url, "%d");
    auto_answer ApiAnswer answer = {0};

    url = place ? text_printf("%.*s%s%s", (int)(place - row->url), row->url, written, place + 2)
                : text_printf("%s", row->url);
    answer = fetch(server, url, "");
    ck_assert_msg(answer.status == 400, "%s: %ld: %s", url, answer.status, answer.body);
    ck_assert_str_eq(first_error(&answer, "param"), "url");
    ck_assert_msg(strstr(first_error(&answer, "reason"), row->words), "%s: %s", url, answer.body);
}

START_TEST(addresses_that_are_not_public_are_refused_however_they_are_written)
{
    static const char *const allows[] = {"fetch.allow=", "fetch.allow=*:*", "fetch.allow=10.0.0.2:* *:80"};
    Listener forbidden;

    listener_start(&forbidden, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(allows); i++) {
        ApiServer server;

        api_server_start(&server, allows[i], NULL);
        for (size_t k = 0; k < ARRAY_LENGTH(literals); k++)
            assert_refused(&server, &literals[k], forbidden.port);
        ck_assert_int_eq(api_server_count_descendants(&server), 1);
        ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    }
    ck_assert(!listener_was_reached(&forbidden));
    listener_stop(&forbidden);
}
END_TEST

START_TEST(names_are_refused_unless_they_are_allowed)
{
    static const Row rows[] = {
        {"http://example.org/", "example.org:80 is not in the setting [fetch] allow"},
        {"http://localhost:%d/", "is not in the setting [fetch] allow"},
        {"http://8.8.8.8/", "8.8.8.8:80 is not in the setting [fetch] allow"},
    };
    ApiServer server;
    Listener forbidden;

    listener_start(&forbidden, NULL);
    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_refused(&server, &rows[i], forbidden.port);
    ck_assert(!listener_was_reached(&forbidden));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    listener_stop(&forbidden);
}
END_TEST

START_TEST(a_name_that_leads_to_loopback_is_refused_with_403_and_the_run)
{
    Listener forbidden;
    ApiServer server;
    auto_free char *url = NULL;
    auto_answer ApiAnswer answer = {0};
    const json_t *cell;
    const char *reason;

    listener_start(&forbidden, NULL);
    api_server_start(&server, "fetch.allow=*:*", NULL);
    url = listener_url(&forbidden, "localhost");
    answer = fetch(&server, url, "&format=json");
    ck_assert_int_eq(answer.status, 403);
    ck_assert_str_eq(json_string_value(json_object_get(answer.json, "status")), "failed");
    cell = json_array_get(json_object_get(answer.json, "cells"), 0);
    reason = json_string_value(json_object_get(answer.json, "reason"));
    ck_assert_msg(reason && strstr(reason, "is a loopback address") && strstr(reason, "[fetch] allow"), "%s",
        answer.body);
    ck_assert_str_eq(json_string_value(json_object_get(cell, "status")), "failed");
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(cell, "reason")), reason));
    ck_assert(!listener_was_reached(&forbidden));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    listener_stop(&forbidden);
}
END_TEST

START_TEST(what_the_operator_lists_can_be_reached)
{
    Listener allowed;
    ApiServer server;
    auto_free char *by_address = NULL, *by_name = NULL;

    listener_start(&allowed, PAGE);
    by_address = listener_pattern(&allowed, "fetch.allow=127.0.0.1");
    by_name = listener_pattern(&allowed, "fetch.allow=localhost");
    for (int i = 0; i < 4; i++) {
        static const char *const hosts[] = {"127.0.0.1", "2130706433", "localhost", "127.0.0.1"};
        auto_free char *url = listener_url(&allowed, hosts[i]);
        auto_answer ApiAnswer answer = {0};

        api_server_start(&server, i < 2 ? by_address : by_name, NULL);
        answer = fetch(&server, url, "");
        ck_assert_msg(answer.status == 200, "%s: %s", url, answer.body);
        ck_assert_int_eq(responses(&answer, "200"), 2);
        ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    }
    listener_stop(&allowed);
}
END_TEST

START_TEST(a_redirect_is_the_answer_and_is_not_followed)
{
    Listener forbidden, allowed;
    ApiServer server;
    auto_free char *redirect = NULL, *setting = NULL, *url = NULL;

    listener_start(&forbidden, NULL);
    redirect = listener_redirect(&forbidden);
    listener_start(&allowed, redirect);
    setting = listener_pattern(&allowed, "fetch.allow=127.0.0.1");
    url = listener_url(&allowed, "127.0.0.1");
    api_server_start(&server, setting, NULL);
    for (int i = 0; i < 2; i++) {
        auto_answer ApiAnswer answer = fetch(&server, url, i == 0 ? "" : "&client=blocking");

        ck_assert_msg(answer.status == 200, "%s", answer.body);
        ck_assert_int_eq(responses(&answer, "302"), 2);
    }
    ck_assert(!listener_was_reached(&forbidden));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    listener_stop(&allowed);
    listener_stop(&forbidden);
}
END_TEST

START_TEST(a_page_from_elsewhere_may_have_so_many_bytes_and_the_own_ones_more)
{
    Listener allowed;
    ApiServer server;
    auto_free char *setting = NULL, *url = NULL, *max_bytes = NULL;
    auto_answer ApiAnswer elsewhere = {0}, own = {0};

    listener_start(&allowed, PAGE);
    setting = listener_pattern(&allowed, "fetch.allow=127.0.0.1");
    url = listener_url(&allowed, "127.0.0.1");
    max_bytes = text_printf("fetch.max_bytes=%zu", strlen(PAGE) - 1);
    api_server_start(&server, setting, max_bytes, NULL);
    elsewhere = fetch(&server, url, "");
    ck_assert_int_eq(elsewhere.status, 502);
    ck_assert_msg(strstr(elsewhere.body, "[fetch] max_bytes="), "%s", elsewhere.body);
    own = api_get(&server, "/run/fetch?mode=serial&tasks=2&repeat=1&warmup=0&delay_ms=0&bytes=1000");
    ck_assert_int_eq(own.status, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    listener_stop(&allowed);
}
END_TEST

START_TEST(a_run_may_ask_elsewhere_so_often_and_the_own_origin_more)
{
    Listener allowed;
    ApiServer server;
    auto_free char *setting = NULL, *url = NULL;
    auto_answer ApiAnswer just = {0}, more = {0}, own = {0}, catalog = {0};
    const json_t *limits;

    listener_start(&allowed, PAGE);
    setting = listener_pattern(&allowed, "fetch.allow=127.0.0.1");
    url = listener_url(&allowed, "127.0.0.1");
    api_server_start(&server, setting, "fetch.max_requests=6", NULL);
    just = fetch(&server, url, "&requests=3");
    more = fetch(&server, url, "&requests=4");
    ck_assert_int_eq(just.status, 200);
    ck_assert_int_eq(responses(&just, "200"), 6);
    ck_assert_int_eq(more.status, 400);
    ck_assert_msg(strstr(first_error(&more, "reason"), "8 times"), "%s", more.body);
    ck_assert_msg(strstr(first_error(&more, "reason"), "at most 6"), "%s", more.body);
    own = api_get(&server, "/run/fetch?mode=serial&tasks=2&repeat=1&warmup=0&delay_ms=0&requests=4");
    ck_assert_int_eq(own.status, 200);
    catalog = api_get(&server, "/experiments");
    limits = json_object_get(catalog.json, "limits");
    ck_assert_int_eq(json_integer_value(json_object_get(limits, "fetch_max_requests")), 6);
    ck_assert_int_eq(json_integer_value(json_object_get(limits, "fetch_max_bytes")), 10000000);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    listener_stop(&allowed);
}
END_TEST

RUN_TESTS("api-egress", 120, addresses_that_are_not_public_are_refused_however_they_are_written,
    names_are_refused_unless_they_are_allowed, a_name_that_leads_to_loopback_is_refused_with_403_and_the_run,
    what_the_operator_lists_can_be_reached, a_redirect_is_the_answer_and_is_not_followed,
    a_page_from_elsewhere_may_have_so_many_bytes_and_the_own_ones_more,
    a_run_may_ask_elsewhere_so_often_and_the_own_origin_more)
