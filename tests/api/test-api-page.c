/* The page's files, the answers that every path gives to HEAD and OPTIONS, and the headers of all. */
#include <ftw.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

static ApiServer server;

static ApiAnswer ask(const char *path, const char *header)
{
    return api_ask(&server, (ApiAsk){.path = path, .header = header});
}

static void assert_header(const ApiAnswer *answer, const char *name, const char *expected)
{
    auto_free char *value = api_answer_header(answer, name);

    ck_assert_msg(value, "there is no %s", name);
    ck_assert_msg(strstr(value, expected), "%s: %s", name, value);
}

/* The folder that is walked, and how many of its files were served. */
static const char *folder;
static size_t n_served;

/* Where the build has joined modules, what stands in their place is served. */
static bool is_hidden(const char *path)
{
    auto_free char *joined = text_printf(API_JOINED "%s", path);

    return strcmp(folder, API_JOINED) != 0 && access(joined, F_OK) == 0;
}

static int assert_served(const char *file, const struct stat *status, int kind, struct FTW *place)
{
    const char *path = file + strlen(folder);
    auto_answer ApiAnswer answer = {0};
    auto_free char *text = NULL;
    size_t length;

    (void)status;
    if (kind != FTW_F || file[place->base] == '.' || is_hidden(path))
        return 0;
    ck_assert_int_eq(text_read_file(file, 1 << 22, &text, &length), 0);
    answer = ask(path, NULL);
    ck_assert_msg(answer.status == 200, "%s: %ld", path, answer.status);
    ck_assert_uint_eq(answer.length, length);
    ck_assert_mem_eq(answer.body, text, length);
    n_served++;
    return 0;
}

START_TEST(every_file_of_the_page_is_served_as_it_is)
{
    static const char *const folders[] = {API_SOURCE_ROOT "/static", API_JOINED};

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        folder = folders[i];
        n_served = 0;
        ck_assert_int_eq(nftw(folder, assert_served, 8, FTW_PHYS), 0);
        ck_assert_uint_gt(n_served, 10);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(files_have_their_types)
{
    static const char *const rows[][2] = {
        {"/", "text/html; charset=utf-8"},
        {"/index.html", "text/html; charset=utf-8"},
        {"/style.css", "text/css; charset=utf-8"},
        {"/chart.js", "text/javascript; charset=utf-8"},
    };

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_answer ApiAnswer answer = ask(rows[i][0], NULL);

        ck_assert_msg(answer.status == 200, "%s: %ld", rows[i][0], answer.status);
        assert_header(&answer, "Content-Type", rows[i][1]);
        assert_header(&answer, "Vary", "Accept-Encoding");
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Files, and documents that seldom change. */
START_TEST(files_and_documents_are_compressed_for_who_wants_it)
{
    static const char *const paths[] = {"/chart.js", "/experiments", "/openapi.json"};

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        auto_answer ApiAnswer plain = ask(paths[i], NULL);
        auto_answer ApiAnswer packed = ask(paths[i], "Accept-Encoding: br, gzip;q=0.5");
        auto_answer ApiAnswer refused = ask(paths[i], "Accept-Encoding: gzip;q=0");
        auto_free char *plain_tag = api_answer_header(&plain, "ETag");
        auto_free char *packed_tag = api_answer_header(&packed, "ETag");
        auto_free char *coding = api_answer_header(&refused, "Content-Encoding");

        assert_header(&packed, "Content-Encoding", "gzip");
        assert_header(&packed, "Vary", "Accept-Encoding");
        ck_assert_uint_lt(packed.length, plain.length / 2);
        ck_assert_mem_eq(packed.body, "\x1f\x8b", 2);
        ck_assert_str_ne(plain_tag, packed_tag);
        ck_assert_ptr_null(coding);
        ck_assert_uint_eq(refused.length, plain.length);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

static void assert_known(const char *path, const char *coding)
{
    auto_answer ApiAnswer first = ask(path, coding), again = {0}, other = {0};
    auto_free char *tag = api_answer_header(&first, "ETag");
    auto_free char *same = text_printf("If-None-Match: \"x\", W/%s\r\n%s", tag, coding);

    again = ask(path, same);
    ck_assert_int_eq(again.status, 304);
    ck_assert_uint_eq(again.length, 0);
    assert_header(&again, "ETag", tag);
    other = ask(path, "If-None-Match: \"something-else\"");
    ck_assert_int_eq(other.status, 200);
}

START_TEST(who_has_it_already_is_told_so)
{
    static const char *const paths[] = {"/", "/experiments", "/openapi.json"};

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        assert_known(paths[i], "Accept-Encoding: gzip");
        assert_known(paths[i], "Accept-Encoding: identity");
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(head_is_get_without_a_body)
{
    static const char *const paths[] = {"/", "/style.css", "/experiments", "/healthz", "/readyz", "/version"};

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        auto_answer ApiAnswer get = ask(paths[i], NULL);
        auto_answer ApiAnswer head = api_ask(&server, (ApiAsk){.method = "HEAD", .path = paths[i]});
        auto_free char *length = text_printf("%zu", get.length);

        ck_assert_int_eq(head.status, 200);
        ck_assert_uint_eq(head.length, 0);
        assert_header(&head, "Content-Length", length);
        ck_assert_int_eq(get.body[get.length - 1], '\n');
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(head_does_not_run_anything)
{
    auto_answer ApiAnswer head = {0};

    api_server_start(&server, NULL);
    head = api_ask(&server, (ApiAsk){.method = "HEAD", .path = "/run/countdown"});
    ck_assert_int_eq(head.status, 405);
    assert_header(&head, "Allow", "GET, POST, OPTIONS");
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(options_tells_the_methods)
{
    static const char *const rows[][2] = {
        {"/", "GET, HEAD, OPTIONS"},
        {"/experiments", "GET, HEAD, OPTIONS"},
        {"/run/countdown", "GET, POST, OPTIONS"},
    };

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.method = "OPTIONS", .path = rows[i][0]});

        ck_assert_int_eq(answer.status, 204);
        assert_header(&answer, "Allow", rows[i][1]);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(every_answer_has_the_guarding_headers)
{
    static const char *const paths[] = {"/", "/healthz", "/nowhere", "/run/countdown?tasks=0", "/%zz"};

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        auto_answer ApiAnswer answer = ask(paths[i], NULL);

        assert_header(&answer, "X-Content-Type-Options", "nosniff");
        assert_header(&answer, "Referrer-Policy", "same-origin");
        assert_header(&answer, "Content-Security-Policy", "default-src 'self'");
        ck_assert_ptr_null(strstr(answer.headers, "unsafe-inline"));
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(the_catalog_and_the_version_are_json)
{
    auto_answer ApiAnswer catalog = {0}, version = {0};

    api_server_start(&server, NULL);
    catalog = ask("/experiments", NULL);
    version = ask("/version", NULL);
    ck_assert_uint_gt(json_array_size(json_object_get(catalog.json, "experiments")), 0);
    ck_assert_uint_gt(json_array_size(json_object_get(catalog.json, "parameters")), 0);
    ck_assert_str_eq(json_string_value(json_object_get(version.json, "name")), "gilscope");
    api_server_stop(&server, SIGTERM);
}
END_TEST

RUN_TESTS("api-page", 120, every_file_of_the_page_is_served_as_it_is, files_have_their_types,
    files_and_documents_are_compressed_for_who_wants_it, who_has_it_already_is_told_so,
    head_is_get_without_a_body, head_does_not_run_anything, options_tells_the_methods,
    every_answer_has_the_guarding_headers, the_catalog_and_the_version_are_json)
