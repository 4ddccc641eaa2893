/* The server behind a proxy, which here is the test itself: it sends what a proxy would. A real nginx is
 * asked in test-nginx.py. */
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

RUN_TESTS("api-proxy", 120, clients_of_a_trusted_proxy_have_their_own_places,
    from_any_other_peer_the_headers_say_nothing, a_limit_names_the_address_in_front_of_the_proxies,
    several_lines_of_a_header_are_one_list, hostile_headers_of_a_proxy_are_survived)
