/* Where fetch may go: address by address, and with libcurl on a real socket. */
#include "engine/egress.h"

#include <netdb.h>
#include <stdio.h>

#include "base/address.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "engine/describe.h"
#include "engine/repeat.h"
#include "tests/unit/listener.h"
#include "tests/unit/run.h"

/* A socket address from "192.0.2.1" or "2001:db8::1". */
static struct sockaddr_storage socket_address(const char *text, int port)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    auto_free char *service = text_printf("%d", port);
    struct sockaddr_storage storage = {0};
    struct addrinfo *found;

    ck_assert_msg(getaddrinfo(text, service, &hints, &found) == 0, "%s", text);
    memcpy(&storage, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return storage;
}

static char *refusal_of(const Egress *egress, const char *address, int port)
{
    struct sockaddr_storage storage = socket_address(address, port);

    return egress_refusal(egress, (const struct sockaddr *)&storage);
}

static const struct {
    const char *address, *rule; /* NULL: public */
} purposes[] = {
    {"0.0.0.0", "unspecified"},
    {"0.1.2.3", "0.0.0.0/8"},
    {"10.0.0.1", "private"},
    {"10.255.255.255", "10.0.0.0/8"},
    {"100.63.255.255", NULL},
    {"100.64.0.0", "carrier-grade NAT"},
    {"100.127.255.255", "100.64.0.0/10"},
    {"100.128.0.0", NULL},
    {"126.255.255.255", NULL},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "127.0.0.0/8"},
    {"128.0.0.0", NULL},
    {"169.253.255.255", NULL},
    {"169.254.0.1", "link-local"},
    {"169.254.169.254", "169.254.0.0/16"},
    {"172.15.255.255", NULL},
    {"172.16.0.0", "private"},
    {"172.31.255.255", "172.16.0.0/12"},
    {"172.32.0.0", NULL},
    {"192.0.0.192", "protocol assignment"},
    {"192.0.2.1", "documentation"},
    {"192.88.99.1", "6to4 relay"},
    {"192.168.0.1", "private"},
    {"192.169.0.1", NULL},
    {"198.17.255.255", NULL},
    {"198.18.0.0", "benchmark"},
    {"198.19.255.255", "198.18.0.0/15"},
    {"198.51.100.7", "documentation"},
    {"203.0.113.7", "documentation"},
    {"223.255.255.255", NULL},
    {"224.0.0.1", "multicast"},
    {"239.255.255.255", "224.0.0.0/4"},
    {"240.0.0.1", "reserved"},
    {"255.255.255.254", "240.0.0.0/4"},
    {"255.255.255.255", "broadcast"},
    {"1.1.1.1", NULL},
    {"::", "the unspecified address (::)"},
    {"::1", "loopback address (::1)"},
    {"::2", "0.0.0.0/8"},
    {"::127.0.0.1", "127.0.0.0/8"},
    {"::8.8.8.8", NULL},
    {"::ffff:127.0.0.1", "127.0.0.0/8"},
    {"::ffff:7f00:1", "127.0.0.0/8"},
    {"::ffff:169.254.169.254", "link-local"},
    {"::ffff:8.8.8.8", NULL},
    {"::ffff:0:127.0.0.1", "outside 2000::/3"},
    {"64:ff9b::7f00:1", "NAT64"},
    {"64:ff9b::808:808", "64:ff9b::/96"},
    {"64:ff9b:1::1", "64:ff9b:1::/48"},
    {"64:ff9b:2::1", "reserved"},
    {"100::1", "reserved"},
    {"2001::1", "Teredo"},
    {"2001:0:ffff::1", "2001::/32"},
    {"2001:2::1", "protocol assignment"},
    {"2001:200::1", NULL},
    {"2001:db8::1", "documentation"},
    {"2001:4860:4860::8888", NULL},
    {"2002:7f00:1::", "6to4"},
    {"2003::1", NULL},
    {"3fff:fff::1", "documentation"},
    {"3fff:1000::1", NULL},
    {"4000::1", "reserved"},
    {"fbff::1", "reserved"},
    {"fc00::1", "unique local"},
    {"fdff::1", "fc00::/7"},
    {"fe80::1", "link-local"},
    {"febf::1", "fe80::/10"},
    {"fec0::1", "site-local"},
    {"feff::1", "fec0::/10"},
    {"ff02::1", "multicast"},
};

START_TEST(only_public_addresses_are_dialled_and_others_are_told_their_rule)
{
    const Egress egress = {.allow = "*:*", .host_allowed = true};

    for (size_t i = 0; i < ARRAY_LENGTH(purposes); i++) {
        auto_free char *refusal = refusal_of(&egress, purposes[i].address, 80);

        ck_assert_msg(!refusal == !purposes[i].rule, "%s: %s", purposes[i].address,
            refusal ? refusal : "may be dialled");
        if (!refusal)
            continue;
        ck_assert_msg(strstr(refusal, purposes[i].rule), "%s: %s", purposes[i].address, refusal);
        ck_assert_msg(strstr(refusal, ":80 into the setting [fetch] allow"), "%s", refusal);
    }
}
END_TEST

static const struct {
    const char *allow;
    bool host_allowed;
    const char *address;
    int port;
    bool may;
} lists[] = {
    {"", false, "8.8.8.8", 80, false},
    {NULL, true, "8.8.8.8", 80, true},
    {NULL, true, "10.0.0.5", 80, false},
    {"10.0.0.5:80", false, "10.0.0.5", 80, true},
    {"10.0.0.5:80", false, "10.0.0.5", 81, false},
    {"10.0.0.5:80", false, "10.0.0.6", 80, false},
    {"10.0.0.5:*", false, "10.0.0.5", 81, true},
    {"10.0.0.5:80", false, "::ffff:10.0.0.5", 80, true},
    {"[::ffff:10.0.0.5]:80", false, "10.0.0.5", 80, true},
    {"a:1, [fd00::1]:8080", false, "fd00::1", 8080, true},
    {"[fd00:0::1]:8080", false, "fd00::1", 8080, true},
    {"[fd00::1]:8080", false, "fd00::2", 8080, false},
    {"8.8.8.8:80", false, "8.8.8.8", 80, true},
    {"127.0.0.1:*", false, "127.0.0.1", 22, true},
    {"127.0.0.1:*", false, "127.0.0.2", 22, false},
    {"127.0.0.1:*", false, "::1", 22, false},
    {"localhost:80", false, "127.0.0.1", 80, true},
    {"LOCALHOST:80", false, "127.9.9.9", 80, true},
    {"localhost:80", false, "::1", 80, true},
    {"localhost:80", false, "127.0.0.1", 81, false},
    {"localhost:80", false, "10.0.0.5", 80, false},
    {"notlocalhost:80 localhost.example:80 *.localhost:80", true, "127.0.0.1", 80, false},
    {"*:*", true, "127.0.0.1", 80, false},
    {"0.0.0.0:*", true, "127.0.0.1", 80, false},
};

START_TEST(an_address_is_dialled_if_it_is_listed_itself)
{
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        const Egress egress = {.allow = lists[i].allow, .host_allowed = lists[i].host_allowed};
        auto_free char *refusal = refusal_of(&egress, lists[i].address, lists[i].port);

        ck_assert_msg(!refusal == lists[i].may, "%s with \"%s\"", lists[i].address, lists[i].allow);
    }
}
END_TEST

START_TEST(the_own_origin_is_one_address_at_its_own_ports)
{
    static const uint16_t ports[] = {4001, 4002};
    const Egress egress = {.own_ports = ports, .n_own_ports = 2};
    const struct {
        const char *address;
        int port;
        bool may;
    } rows[] = {
        {"127.0.0.1", 4001, true},
        {"127.0.0.1", 4002, true},
        {"127.0.0.1", 4003, false},
        {"127.0.0.2", 4001, false},
        {"::1", 4001, false},
        {"8.8.8.8", 4001, false},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *refusal = refusal_of(&egress, rows[i].address, rows[i].port);

        ck_assert_msg(!refusal == rows[i].may, "%s %d", rows[i].address, rows[i].port);
    }
}
END_TEST

START_TEST(other_families_are_refused)
{
    const struct sockaddr local = {.sa_family = AF_UNIX};
    auto_free char *refusal = egress_refusal(&(Egress){.allow = "*:*", .host_allowed = true}, &local);

    ck_assert_ptr_nonnull(refusal);
}
END_TEST

static size_t on_content(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    return egress_take(user, size * count) ? size * count : 0;
}

/* Gets a page with the guard on. Sets *ret_refusal, owned by the caller, and *ret_status. */
static CURLcode get(const Egress *egress, const char *url, bool follow, char **ret_refusal, long *ret_status)
{
    CURL *easy = curl_easy_init();
    EgressTransfer transfer = {0};
    CURLcode code;

    ck_assert_ptr_nonnull(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_content);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    egress_guard(&transfer, egress, easy);
    if (follow)
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, ret_status);
    *ret_refusal = transfer.refusal ? strdup(transfer.refusal) : NULL;
    curl_easy_cleanup(easy);
    egress_finish_transfer(&transfer);
    return code;
}

/* As when the name's owner has changed what it leads to since it was looked up. */
START_TEST(a_name_that_now_leads_to_loopback_is_refused_when_it_is_dialled)
{
    Listener forbidden;
    auto_free char *entry = NULL, *url = NULL, *refusal = NULL;
    Egress egress = {.allow = "*:*", .host_allowed = true};
    long status;

    listener_start(&forbidden, NULL);
    entry = text_printf("rebound.example:%d:127.0.0.1", forbidden.port);
    url = listener_url(&forbidden, "rebound.example");
    egress.resolve = curl_slist_append(NULL, entry);
    ck_assert_int_ne(get(&egress, url, false, &refusal, &status), CURLE_OK);
    ck_assert_ptr_nonnull(refusal);
    ck_assert_msg(strstr(refusal, "127.0.0.1 is a loopback address"), "%s", refusal);
    ck_assert(!listener_was_reached(&forbidden));
    egress_finish(&egress);
    listener_stop(&forbidden);
}
END_TEST

START_TEST(a_redirect_is_not_followed_and_would_be_refused)
{
    Listener forbidden, allowed;
    auto_free char *answer = NULL, *allow = NULL, *url = NULL, *none = NULL, *refusal = NULL;
    Egress egress = {0};
    long status;

    listener_start(&forbidden, NULL);
    answer = listener_redirect(&forbidden);
    listener_start(&allowed, answer);
    allow = listener_pattern(&allowed, "127.0.0.1");
    url = listener_url(&allowed, "127.0.0.1");
    egress.allow = allow;
    ck_assert_int_eq(get(&egress, url, false, &none, &status), CURLE_OK);
    ck_assert_int_eq(status, 302);
    ck_assert_ptr_null(none);
    ck_assert_int_ne(get(&egress, url, true, &refusal, &status), CURLE_OK);
    ck_assert_ptr_nonnull(refusal);
    ck_assert(!listener_was_reached(&forbidden));
    listener_stop(&allowed);
    listener_stop(&forbidden);
}
END_TEST

START_TEST(an_answer_is_broken_off_when_it_is_too_long)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n"
                                 "0123456789012345678901234567890123456789012345678901234567890123456789"
                                 "012345678901234567890123456789";
    auto_free char *allow = NULL, *url = NULL;
    Listener listener;
    long status;

    listener_start(&listener, answer);
    allow = listener_pattern(&listener, "127.0.0.1");
    url = listener_url(&listener, "127.0.0.1");
    for (size_t spare = 0; spare < 2; spare++) {
        const Egress egress = {.allow = allow, .max_bytes = strlen(answer) - spare};
        auto_free char *refusal = NULL;

        ck_assert_int_eq(
            get(&egress, url, false, &refusal, &status), spare == 0 ? CURLE_OK : CURLE_WRITE_ERROR);
    }
    ck_assert_int_eq(get(&(Egress){.allow = allow, .max_bytes = 20}, url, false, &(char *){NULL}, &status),
        CURLE_WRITE_ERROR);
    listener_stop(&listener);
}
END_TEST

typedef struct Heard {
    json_t *events;
    RepeatOutcome outcome;
} Heard;

static bool hear(void *user, json_t *event)
{
    json_array_append_new(user, event);
    return true;
}

/* Runs a request of fetch with this url, twice in two cells; allow is taken over, NULL: it says nothing. */
static Heard run_request(const char *url, json_t *allow)
{
    json_t *cell = json_pack("{s:s, s:s, s:i, s:{s:s, s:i, s:i, s:i, s:i, s:i, s:s, s:s}}", "mode", "serial",
        "lock", "none", "tasks", 2, "params", "url", url, "requests", 1, "delay_ms", 0, "jitter_ms", 0,
        "bytes", 1, "request_timeout_ms", 10000, "client", "async", "expect", "any");
    json_auto_t *object = json_pack("{s:i, s:s, s:i, s:i, s:[o, O]}", "protocol", PROTOCOL_VERSION,
        "experiment", "fetch", "repeat", 2, "warmup", 0, "cells", cell, cell);
    Heard heard = {.events = json_array()};
    auto_problem Problem problem = {0};
    Request request;

    if (allow)
        json_object_set_new(object, "allow", allow);
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    heard.outcome = repeat_run(&request, hear, heard.events);
    request_finish(&request);
    return heard;
}

START_TEST(a_refused_request_ends_the_run_with_one_reason)
{
    Listener forbidden;
    auto_free char *url = NULL, *reason = NULL;
    Heard heard;
    const json_t *sample, *error;

    listener_start(&forbidden, NULL);
    url = listener_url(&forbidden, "localhost");
    heard = run_request(url, json_pack("[s]", "*:*"));
    ck_assert_int_eq(heard.outcome, REPEAT_FAILED);
    ck_assert_uint_eq(json_array_size(heard.events), 3);
    sample = json_array_get(heard.events, 1);
    error = json_array_get(heard.events, 2);
    ck_assert_str_eq(json_string_value(json_object_get(sample, "status")), "failed");
    ck_assert_str_eq(json_string_value(json_object_get(error, "event")), "error");
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(error, "problem"), "status")), 403);
    reason = text_printf("%s", json_string_value(json_object_get(error, "message")));
    ck_assert_str_eq(json_string_value(json_object_get(sample, "reason")), reason);
    ck_assert_msg(strstr(reason, "a loopback address"), "%s", reason);
    ck_assert_msg(strstr(reason, "the host is localhost"), "%s", reason);
    ck_assert(!listener_was_reached(&forbidden));
    json_decref(heard.events);
    listener_stop(&forbidden);
}
END_TEST

START_TEST(a_request_that_says_nothing_goes_nowhere_and_one_by_hand_anywhere)
{
    Listener listener;
    auto_free char *url = NULL, *other = NULL;
    Heard closed, open, listed;

    listener_start(&listener, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    url = listener_url(&listener, "127.0.0.1");
    other = listener_pattern(&listener, "127.0.0.1");
    closed = run_request(url, NULL);
    open = run_request(url, json_null());
    listed = run_request(url, json_pack("[s]", other));
    ck_assert_int_eq(closed.outcome, REPEAT_FAILED);
    ck_assert_int_eq(open.outcome, REPEAT_DONE);
    ck_assert_int_eq(listed.outcome, REPEAT_DONE);
    json_decref(closed.events);
    json_decref(open.events);
    json_decref(listed.events);
    listener_stop(&listener);
}
END_TEST

RUN_TESTS("egress", 60, only_public_addresses_are_dialled_and_others_are_told_their_rule,
    an_address_is_dialled_if_it_is_listed_itself, the_own_origin_is_one_address_at_its_own_ports,
    other_families_are_refused, a_name_that_now_leads_to_loopback_is_refused_when_it_is_dialled,
    a_redirect_is_not_followed_and_would_be_refused, an_answer_is_broken_off_when_it_is_too_long,
    a_refused_request_ends_the_run_with_one_reason,
    a_request_that_says_nothing_goes_nowhere_and_one_by_hand_anywhere)
