/* The gate of the real server: requests as a rebound page, a foreign page, and clients with and without a
 * token send them. */
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

#define RUN "/run/fine?repeat=1&warmup=0&mode=serial&lock=gil"
#define LOCAL "Host: localhost\r\n"

static ApiServer server;

typedef struct Row {
    const char *request, *headers; /* the first line, and complete header lines */
    int status;
    const char *words; /* that stand in the answer, or NULL */
} Row;

/* Sends it and returns the whole answer, owned by the caller. */
static char *ask(const Row *row)
{
    auto_free char *bytes = text_printf(
        "%s HTTP/1.1\r\n%sConnection: close\r\nContent-Length: 0\r\n\r\n", row->request, row->headers);

    return api_receive(api_send(&server, bytes));
}

static void assert_rows(const Row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        auto_free char *text = ask(&rows[i]), *begin = text_printf("HTTP/1.1 %d", rows[i].status);

        ck_assert_msg(
            strncmp(text, begin, strlen(begin)) == 0, "%s\n%s: %s", rows[i].request, rows[i].headers, text);
        ck_assert_msg(!rows[i].words || strstr(text, rows[i].words), "%s\n%s: no \"%s\" in %s",
            rows[i].request, rows[i].headers, rows[i].words, text);
        /* Whatever the answer is, no page may frame it or take it for something else. */
        ck_assert_msg(strstr(text, "frame-ancestors 'none'") && strstr(text, "nosniff") &&
                          strstr(text, "Referrer-Policy: same-origin"),
            "%s", text);
    }
}

#define ASSERT_ROWS(rows) assert_rows(rows, ARRAY_LENGTH(rows))

START_TEST(only_the_right_host_is_answered_but_for_health_checks)
{
    static const Row rows[] = {
        {"GET /", LOCAL, 200, NULL},
        {"GET /", "Host: 192.0.2.1:8080\r\n", 200, NULL},
        {"GET /", "Host: [2001:db8::1]\r\n", 200, NULL},
        {"GET /version", "Host: LAB.example.org.:99\r\n", 200, NULL},
        {"GET /experiments", "Host: a.school.example\r\n", 200, NULL},
        {"GET /", "Host: evil.example\r\n", 421, "server.hosts=evil.example"},
        {"GET /experiments", "Host: evil.example\r\n", 421, "\"setting\": \"server.hosts\""},
        {"GET " RUN, "Host: evil.example\r\n", 421, NULL},
        {"GET /nowhere", "Host: evil.example\r\n", 421, NULL},
        {"DELETE /version", "Host: evil.example\r\n", 421, NULL},
        {"OPTIONS *", "Host: evil.example\r\n", 421, NULL},
        {"OPTIONS /", "Host: evil.example\r\n", 421, NULL},
        {"GET http://evil.example/", LOCAL, 421, NULL},
        {"GET http://u@localhost/", LOCAL, 400, "u@localhost"},
        {"GET http://localhost/", "Host: evil.example\r\n", 200, NULL},
        {"GET /", "Host: user@localhost\r\n", 400, "user@localhost"},
        {"GET /", "Host:\r\n", 400, NULL},
        {"GET /healthz", "Host: evil.example\r\n", 200, "alive"},
        {"GET /readyz", "Host:\r\n", 200, "ready"},
        {"OPTIONS *", LOCAL, 204, "Allow: GET"},
    };

    api_server_start(&server, API_FAKE_RUNTIME, "server.hosts=lab.example.org *.school.example", NULL);
    ASSERT_ROWS(rows);
    ck_assert_int_eq(api_server_count_descendants(&server), 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_run_is_not_started_for_another_site)
{
    static const Row rows[] = {
        {"GET " RUN, LOCAL, 200, "fine"},
        {"POST " RUN, LOCAL "Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n", 200, "fine"},
        {"POST " RUN, LOCAL "Origin: https://localhost\r\n", 200, "fine"},
        {"GET " RUN, LOCAL "Sec-Fetch-Site: cross-site\r\n", 403, "Sec-Fetch-Site"},
        {"POST " RUN, LOCAL "Origin: https://evil.example\r\n", 403, "https://evil.example"},
        {"POST " RUN, LOCAL "Origin: null\r\n", 403, "\"page\": \"http://localhost/\""},
        {"GET " RUN, LOCAL "Referer: https://evil.example/page\r\n", 403, "evil.example/page"},
        {"GET " RUN, LOCAL "Accept: image/webp,*/*\r\n", 403, "\"header\": \"Accept\""},
        {"GET /", LOCAL "Sec-Fetch-Site: cross-site\r\nReferer: https://school.example/\r\n", 200, NULL},
        {"PUT " RUN, LOCAL "Origin: https://evil.example\r\n", 405, NULL},
    };

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    ASSERT_ROWS(rows);
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(with_a_token_set_a_run_needs_it_and_the_page_does_not)
{
    static const Row rows[] = {
        {"GET /", LOCAL, 200, NULL},
        {"GET /experiments", LOCAL, 200, NULL},
        {"GET /healthz", LOCAL "Authorization: Bearer wrong\r\n", 200, NULL},
        {"GET " RUN, LOCAL, 401, "WWW-Authenticate: Bearer realm=\"gilscope\"\r\n"},
        {"GET " RUN, LOCAL "Authorization: Bearer wrong\r\n", 401, "error=\"invalid_token\""},
        {"GET " RUN, LOCAL "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n", 401, NULL},
        {"GET " RUN, LOCAL "Authorization: Bearer user-secret\r\n", 200, "fine"},
        {"POST " RUN, LOCAL "Authorization: bearer teacher-secret\r\n", 200, "fine"},
        {"POST " RUN, LOCAL "Authorization: Bearer user-secret\r\nOrigin: null\r\n", 403, NULL},
        {"OPTIONS " RUN, LOCAL, 204, "Allow: GET, POST, OPTIONS"},
    };

    api_server_start(&server, API_FAKE_RUNTIME, "server.token=user-secret",
        "server.instructor_token=teacher-secret", NULL);
    ASSERT_ROWS(rows);
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(with_only_the_instructors_token_set_everybody_may_run)
{
    static const Row rows[] = {
        {"GET " RUN, LOCAL, 200, "fine"},
        {"GET " RUN, LOCAL "Authorization: Bearer teacher-secret\r\n", 200, "fine"},
        {"GET " RUN, LOCAL "Authorization: Bearer wrong-secret\r\n", 401, "invalid_token"},
    };

    api_server_start(&server, API_FAKE_RUNTIME, "server.instructor_token=teacher-secret", NULL);
    ASSERT_ROWS(rows);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_page_of_an_allowed_origin_may_ask_and_run)
{
#define ALLOWED LOCAL "Origin: https://pages.example.org\r\nSec-Fetch-Site: cross-site\r\n"
#define ASKS "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n"
    static const Row rows[] = {
        {"OPTIONS " RUN, ALLOWED ASKS, 204, "Access-Control-Allow-Origin: https://pages.example.org\r\n"},
        {"OPTIONS " RUN, ALLOWED ASKS, 204, "Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"},
        {"OPTIONS " RUN, ALLOWED ASKS, 204, "Access-Control-Max-Age: 600\r\n"},
        {"POST " RUN, ALLOWED, 200, "fine"},
        {"POST " RUN, LOCAL "Origin: https://evil.example\r\n", 403, NULL},
    };
    static const Row evil = {"OPTIONS " RUN, LOCAL "Origin: https://evil.example\r\n" ASKS, 204, NULL};
    auto_free char *text = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "server.cors_origins=https://pages.example.org", NULL);
    ASSERT_ROWS(rows);
    text = ask(&evil);
    ck_assert(strstr(text, "HTTP/1.1 204"));
    ck_assert_ptr_null(strstr(text, "Access-Control"));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-gate", 120, only_the_right_host_is_answered_but_for_health_checks,
    a_run_is_not_started_for_another_site, with_a_token_set_a_run_needs_it_and_the_page_does_not,
    with_only_the_instructors_token_set_everybody_may_run, a_page_of_an_allowed_origin_may_ask_and_run)
