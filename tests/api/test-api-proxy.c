/* The server behind a proxy, which here is the test itself: it sends what a proxy would. A real nginx is
 * asked in test-nginx.py. */
#include <curl/curl.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define FRESH "&fresh=1"
#define ASYNC "Prefer: respond-async"

enum { N_CLIENTS = 12 };

static ApiServer server;

/* Asks for a run that goes on by itself, as a proxy does for a client of this number. */
static ApiAnswer book_for(int number)
{
    auto_free char *header = text_printf("X-Forwarded-For: 192.0.2.%d", number);

    return api_ask(&server,
        (ApiAsk){.path = "/run/fine" API_ONCE FRESH "&label=behind", .header = ASYNC, .also = header});
}

/* Occupies the machine, so that all others wait. */
static void occupy(void)
{
    free(api_book(&server, "gated", FRESH));
    api_wait_for_runs(&server, "running", 1);
}

static int count_accepted(void)
{
    int n = 0;

    for (int i = 1; i <= N_CLIENTS; i++) {
        auto_answer ApiAnswer answer = book_for(i);

        ck_assert_msg(answer.status == 202 || answer.status == 429, "%ld: %s", answer.status, answer.body);
        n += answer.status == 202;
    }
    return n;
}

START_TEST(clients_of_a_trusted_proxy_have_their_own_places)
{
    api_server_start(&server, API_FAKE_RUNTIME, "server.trusted_proxies=127.0.0.1", NULL);
    occupy();
    ck_assert_int_eq(count_accepted(), N_CLIENTS);
    api_server_touch(&server, "go");
    api_wait_for_runs(&server, "done", N_CLIENTS + 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* By default nobody is a proxy, and a listed one does not speak for others. */
START_TEST(from_any_other_peer_the_headers_say_nothing)
{
    static const char *const settings[] = {
        "server.trusted_proxies=", "server.trusted_proxies=127.0.0.2 10.0.0.0/8"};

    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        api_server_start(&server, API_FAKE_RUNTIME, settings[i], NULL);
        occupy();
        ck_assert_int_eq(count_accepted(), 4);
        api_server_touch(&server, "go");
        ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    }
}
END_TEST

START_TEST(a_limit_names_the_address_in_front_of_the_proxies)
{
    auto_answer ApiAnswer first = {0}, answer = {0};

    api_server_start(&server, API_FAKE_RUNTIME, "server.trusted_proxies=127.0.0.0/8, 10.0.0.0/8",
        "limits.max_queue_address=1", NULL);
    occupy();
    first = api_ask(&server, (ApiAsk){.path = "/run/fine" API_ONCE FRESH,
                                 .header = ASYNC,
                                 .also = "X-Forwarded-For: 198.51.100.1, 192.0.2.7, 10.1.2.3"});
    api_assert_status(&first, 202);
    /* The same client by another way; what it wrote itself changes nothing. */
    answer = api_ask(&server, (ApiAsk){.path = "/run/fine" API_ONCE FRESH,
                                  .header = ASYNC,
                                  .also = "Forwarded: for=203.0.113.9, for=\"192.0.2.7:4711\";proto=https"});
    api_assert_status(&answer, 429);
    ck_assert_ptr_nonnull(strstr(answer.body, "1 of 192.0.2.7 may wait"));
    api_server_touch(&server, "go");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(several_lines_of_a_header_are_one_list)
{
    auto_free char *text = NULL;

    api_server_start(
        &server, API_FAKE_RUNTIME, "server.trusted_proxies=127.0.0.1", "limits.max_queue_address=0", NULL);
    occupy();
    text = api_receive(api_send(&server, "GET /run/fine" API_ONCE FRESH " HTTP/1.1\r\nHost: localhost\r\n"
                                         "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 192.0.2.8\r\n"
                                         "Connection: close\r\n\r\n"));
    ck_assert_msg(strstr(text, "0 of 192.0.2.8 may wait"), "%s", text);
    api_server_touch(&server, "go");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Whole headers: what is no header is refused as it is without a proxy. */
START_TEST(hostile_headers_of_a_proxy_are_survived)
{
    enum { LONG = 65536 };
    auto_free char *huge = malloc(LONG + 1), *line = NULL;
    static const char *const lines[] = {"X-Forwarded-For: \"", "Forwarded: for=\"", "Forwarded: ;;,,==\"\\",
        "X-Forwarded-Host: lab, ", "X-Forwarded-Prefix: //evil", "X-Forwarded-Proto: ,",
        "X-Forwarded-For: \t"};

    ck_assert_ptr_nonnull(huge);
    memset(huge, ',', LONG);
    huge[LONG] = '\0';
    line = text_printf("X-Forwarded-For: %s", huge);
    api_server_start(&server, API_FAKE_RUNTIME, "server.trusted_proxies=127.0.0.1", "server.hosts=lab", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = "/version", .header = lines[i]});

        api_assert_status(&answer, 200);
    }
    {
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = "/version", .header = line});
        auto_answer ApiAnswer evil =
            api_ask(&server, (ApiAsk){.path = "/version", .header = "X-Forwarded-Host: evil.example"});

        api_assert_status(&answer, 431);
        api_assert_status(&evil, 421);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* --- Whose a run is --- */

/* Asks for a run of this client and returns the secret that it is told, owned by the caller; sets *ret_id. */
static char *book_and_get_secret(const char *more, char **ret_id)
{
    auto_free char *path = text_printf("/run/hang" API_ONCE "%s", more);
    auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = ASYNC});
    char *secret = api_answer_header(&answer, "Gilscope-Owner");

    api_assert_status(&answer, 202);
    ck_assert_ptr_nonnull(secret);
    ck_assert_uint_ge(strlen(secret), 32);
    ck_assert_msg(!strstr(answer.body, secret), "%s", answer.body);
    *ret_id = strdup(api_text(answer.json, "id"));
    return secret;
}

static void assert_act(
    const char *method, const char *id, const char *rest, const char *secret, long status, const char *words)
{
    auto_free char *path = text_printf("/runs/%s%s", id, rest);
    auto_free char *header = secret ? text_printf("Gilscope-Owner: %s", secret) : NULL;
    auto_answer ApiAnswer answer =
        api_ask(&server, (ApiAsk){.method = method, .path = path, .header = header});

    api_assert_status(&answer, status);
    ck_assert_msg(strstr(answer.body, words), "no \"%s\" in %s", words, answer.body);
}

START_TEST(a_neighbour_at_the_same_address_owns_nothing)
{
    static const char *const names[] = {"", "&client=anna"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        auto_free char *id = NULL, *other = NULL, *secret = NULL, *neighbour = NULL;

        api_server_start(&server, API_FAKE_RUNTIME, NULL);
        secret = book_and_get_secret(names[i], &id);
        /* The neighbour has the same address, and knows the name. */
        free(book_and_get_secret(names[i], &other));
        neighbour = strdup("a-secret-of-its-own");
        ck_assert_str_eq(id, other);
        assert_act("POST", id, "/cancel", NULL, 403, "Gilscope-Owner: SECRET");
        assert_act("POST", id, "/cancel", neighbour, 403, "Somebody else's run");
        assert_act("PATCH", id, "?label=mine", NULL, 403, "Somebody else's run");
        assert_act("POST", id, "/cancel", secret, 200, "it goes on for them");
        ck_assert_int_eq(api_server_stop(&server, SIGINT), 0);
    }
}
END_TEST

START_TEST(a_secret_that_was_told_is_good_for_all_that_an_owner_may_do)
{
    auto_free char *id = NULL, *secret = NULL, *header = NULL;
    auto_answer ApiAnswer again = {0};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    secret = book_and_get_secret("", &id);
    header = text_printf("Gilscope-Owner: %s", secret);
    assert_act("PATCH", id, "?label=mine", secret, 200, "\"label\":\"mine\"");
    assert_act("POST", id, "/cancel", secret, 200, "\"cancelled\"");
    assert_act("DELETE", id, "", NULL, 403, "Gilscope-Owner");
    assert_act("DELETE", id, "", secret, 204, "");
    /* One that has a secret is told no other. */
    again = api_ask(&server, (ApiAsk){.path = "/run/fine" API_ONCE, .header = header});
    api_assert_status(&again, 200);
    ck_assert_ptr_null(strcasestr(again.headers, "Gilscope-Owner"));
    ck_assert_int_eq(api_server_stop(&server, SIGINT), 0);
}
END_TEST

/* One that waits for its run, or follows it, gets its secret as well; one that is refused has nothing to own.
 */
START_TEST(every_answer_that_gives_a_run_tells_whose_it_is)
{
    static const struct {
        const char *path, *header;
        long status;
        bool is_told;
    } rows[] = {
        {"/run/fine" API_ONCE, NULL, 200, true},
        {"/run/fine" API_ONCE FRESH, "Accept: text/event-stream", 200, true},
        {"/run/crash" API_ONCE, NULL, 502, true},
        {"/run/fine?repeat=0", NULL, 400, false},
        {"/run/fine" API_ONCE, "Gilscope-Owner: short", 400, false},
        {"/run/fine" API_ONCE, "Gilscope-Owner: 16-letters-and-;more", 400, false},
        {"/runs", "Gilscope-Owner: ../../../../etc/passwd", 400, false},
        {"/run/fine" API_ONCE, "Accept: text/html", 406, false},
        {"/runs", NULL, 200, false},
        {"/", NULL, 200, false},
    };

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_answer ApiAnswer answer =
            api_ask(&server, (ApiAsk){.path = rows[i].path, .header = rows[i].header});
        auto_free char *secret = api_answer_header(&answer, "Gilscope-Owner");

        api_assert_status(&answer, rows[i].status);
        ck_assert_msg((secret != NULL) == rows[i].is_told, "%s: %s", rows[i].path, answer.headers);
        ck_assert_msg(rows[i].status != 400 || !rows[i].header || !strstr(answer.body, "letters-and"), "%s",
            answer.body);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Reads everything that the server tells about runs. */
START_TEST(a_secret_is_shown_nowhere_and_kept_as_a_hash)
{
    auto_free char *id = NULL, *secret = NULL, *archive = NULL, *wal = NULL, *path = NULL, *file = NULL,
                   *log = NULL;
    auto_free char *events = NULL;
    size_t length, wal_length;

    api_server_start(&server, API_FAKE_RUNTIME, "archive.path=archive.db", NULL);
    secret = book_and_get_secret("&label=mine", &id);
    assert_act("POST", id, "/cancel", secret, 200, "\"cancelled\"");
    path = text_printf("/runs/%s", id);
    events = text_printf("/runs/%s/events", id);
    {
        const char *const paths[] = {path, events, "/runs", "/metrics", "/version"};

        for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
            auto_answer ApiAnswer answer = api_get(&server, paths[i]);

            ck_assert_msg(!strstr(answer.body, secret) && !strstr(answer.body, "owner:"), "%s", answer.body);
        }
    }
    file = text_printf("%s/archive.db", server.directory);
    log = text_printf("%s/archive.db-wal", server.directory);
    ck_assert_int_eq(text_read_file(file, 1 << 24, &archive, &length), 0);
    ck_assert_int_eq(text_read_file(log, 1 << 24, &wal, &wal_length), 0);
    ck_assert(
        !memmem(archive, length, secret, strlen(secret)) && !memmem(wal, wal_length, secret, strlen(secret)));
    ck_assert(memmem(archive, length, "owner:", 6) || memmem(wal, wal_length, "owner:", 6));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_browser_keeps_its_secret_in_a_cookie_of_its_prefix)
{
    static const struct {
        const char *path, *header, *also;
        const char *end; /* of the cookie; NULL: none is set */
    } rows[] = {
        {"/", NULL, NULL, "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
        {"/index.html", "If-None-Match: *", NULL, "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
        {"/", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /lab/",
            "; Path=/lab/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure"},
        {"/", "Cookie: gilscope_owner=short", NULL, "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
        {"/", "Cookie: a=b; gilscope_owner=the-secret-of-anna", NULL, NULL},
        {"/style.css", NULL, NULL, NULL},
        {"/run/fine" API_ONCE, "Cookie: a=b", NULL, "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
        {"/run/fine" API_ONCE, "Sec-Fetch-Site: none", "X-Forwarded-Proto: https",
            "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure"},
        {"/run/fine" API_ONCE, "Cookie: gilscope_owner=the-secret-of-anna", NULL, NULL},
        {"/run/fine" API_ONCE, NULL, NULL, NULL},
    };

    api_server_start(&server, API_FAKE_RUNTIME, "server.trusted_proxies=127.0.0.1", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_answer ApiAnswer answer =
            api_ask(&server, (ApiAsk){.path = rows[i].path, .header = rows[i].header, .also = rows[i].also});
        auto_free char *cookie = api_answer_header(&answer, "Set-Cookie");

        ck_assert_msg(!cookie == !rows[i].end, "row %zu: %s", i, answer.headers);
        if (!cookie)
            continue;
        ck_assert_int_eq(strncmp(cookie, "gilscope_owner=", 15), 0);
        ck_assert_str_eq(cookie + 15 + strcspn(cookie + 15, ";"), rows[i].end);
        /* Nothing on the way may keep it for the next one. */
        ck_assert_msg(strstr(answer.headers, "Cache-Control: private") ||
                          strstr(answer.headers, "Cache-Control: no-store"),
            "%s", answer.headers);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_cookie_owns_what_it_asked_for)
{
    auto_answer ApiAnswer booked = {0}, other = {0}, own = {0};
    auto_free char *path = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    booked = api_ask(&server, (ApiAsk){.path = "/run/hang" API_ONCE,
                                  .header = ASYNC,
                                  .also = "Cookie: gilscope_client=anna; gilscope_owner=the-secret-of-anna"});
    api_assert_status(&booked, 202);
    path = text_printf("/runs/%s/cancel", api_text(booked.json, "id"));
    /* The name is no secret. */
    other =
        api_ask(&server, (ApiAsk){.method = "POST", .path = path, .header = "Cookie: gilscope_client=anna"});
    api_assert_status(&other, 403);
    own = api_ask(&server,
        (ApiAsk){.method = "POST", .path = path, .header = "Cookie: gilscope_owner=the-secret-of-anna"});
    api_assert_status(&own, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* --- Links --- */

/* What a client makes of a link in an answer, by the library that curl has for it. */
static void assert_leads(const char *from, const char *link, const char *to)
{
    CURLU *url = curl_url();
    char *text = NULL;

    ck_assert_int_eq(curl_url_set(url, CURLUPART_URL, from, 0), CURLUE_OK);
    ck_assert_int_eq(curl_url_set(url, CURLUPART_URL, link, 0), CURLUE_OK);
    ck_assert_int_eq(curl_url_get(url, CURLUPART_URL, &text, 0), CURLUE_OK);
    ck_assert_str_eq(text, to);
    curl_free(text);
    curl_url_cleanup(url);
}

START_TEST(links_lead_on_below_any_prefix)
{
    auto_answer ApiAnswer waited = {0}, booked = {0}, list = {0};
    auto_free char *waited_link = NULL, *booked_link = NULL, *to = NULL, *also = NULL, *next = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    waited = api_get(&server, "/run/fine" API_ONCE);
    booked = api_ask(&server, (ApiAsk){.path = "/run/fine" API_ONCE FRESH, .header = ASYNC});
    api_wait_for_status(&server, api_text(booked.json, "id"), "done");
    list = api_get(&server, "/runs?limit=1");
    waited_link = api_answer_header(&waited, "Location");
    booked_link = api_answer_header(&booked, "Location");
    to = text_printf("https://lab.example/a/b/runs/%s", api_text(waited.json, "id"));
    also = text_printf("http://127.0.0.1:1/runs/%s", api_text(booked.json, "id"));
    assert_leads("https://lab.example/a/b/run/fine?n=/x/", waited_link, to);
    assert_leads("http://127.0.0.1:1/run/fine", booked_link, also);
    next = text_printf("https://lab.example/a/b/runs?before=%s&limit=1", api_text(booked.json, "id"));
    assert_leads("https://lab.example/a/b/runs?limit=1", api_text(list.json, "next"), next);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_api_document_says_where_the_server_is_found)
{
    static const struct {
        const char *header, *also, *url;
    } rows[] = {
        {NULL, NULL, "/"},
        {"X-Forwarded-For: 192.0.2.1", NULL, "/"},
        {"X-Forwarded-Prefix: /lab/", "Host: lab.example", "http://lab.example/lab"},
        {"X-Forwarded-Proto: https", "X-Forwarded-Host: lab.example:8443", "https://lab.example:8443"},
        {"Forwarded: for=192.0.2.1;proto=https;host=lab.example", "X-Forwarded-Prefix: /lab",
            "https://lab.example/lab"},
        {"X-Forwarded-Prefix: /\"evil\"", "Host: lab.example", "http://lab.example"},
    };
    size_t length = 0;

    api_server_start(
        &server, API_FAKE_RUNTIME, "server.trusted_proxies=127.0.0.1", "server.hosts=lab.example", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_answer ApiAnswer answer = api_ask(
            &server, (ApiAsk){.path = "/openapi.json", .header = rows[i].header, .also = rows[i].also});
        const json_t *first = json_array_get(json_object_get(answer.json, "servers"), 0);

        api_assert_status(&answer, 200);
        ck_assert_str_eq(api_text(first, "url"), rows[i].url);
        /* Nothing else of it changes. */
        if (i == 0)
            length = answer.length - strlen("/");
        ck_assert_uint_eq(answer.length, length + strlen(rows[i].url));
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-proxy", 120, clients_of_a_trusted_proxy_have_their_own_places,
    from_any_other_peer_the_headers_say_nothing, a_limit_names_the_address_in_front_of_the_proxies,
    several_lines_of_a_header_are_one_list, hostile_headers_of_a_proxy_are_survived,
    a_neighbour_at_the_same_address_owns_nothing, a_secret_that_was_told_is_good_for_all_that_an_owner_may_do,
    every_answer_that_gives_a_run_tells_whose_it_is, a_secret_is_shown_nowhere_and_kept_as_a_hash,
    a_browser_keeps_its_secret_in_a_cookie_of_its_prefix, a_cookie_owns_what_it_asked_for,
    links_lead_on_below_any_prefix, the_api_document_says_where_the_server_is_found)
