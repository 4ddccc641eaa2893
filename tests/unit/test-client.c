/* Which client asks, and whose runs it may change: tables of cookies and headers as browsers, scripts and
 * attackers send them. */
#include "handlers/client.h"

#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

#define SECRET "the-secret-of-anna"

typedef struct FakeRequest {
    Request request; /* stands first */
    const char *owner, *cookies;
} FakeRequest;

static const char *header(const Request *request, const char *name)
{
    const FakeRequest *fake = (const FakeRequest *)request;

    return strcasecmp(name, "Cookie") == 0           ? fake->cookies
           : strcasecmp(name, "Gilscope-Owner") == 0 ? fake->owner
                                                     : NULL;
}

static int identify(const char *owner, const char *cookies, const char *given, Client *ret)
{
    auto_problem Problem problem = {0};
    static FakeRequest fake; /* what is found borrows from it */
    int r;

    fake = (FakeRequest){.request = {.header = header, .forwarded = {.client = "192.0.2.1"}},
        .owner = owner,
        .cookies = cookies};
    r = client_identify(&fake.request, given, ret, &problem);
    ck_assert_int_eq(r == 0, !problem_is_set(&problem));
    return r;
}

static const struct {
    const char *owner, *cookies, *given;
    const char *name;
    bool is_owner; /* the one of SECRET */
} rows[] = {
    {NULL, NULL, NULL, "", false},
    {SECRET, NULL, NULL, "", true},
    {SECRET "  ", NULL, NULL, "", true},
    {NULL, "gilscope_owner=" SECRET, NULL, "", true},
    {NULL, "a=1; gilscope_owner=" SECRET "; gilscope_client=anna", NULL, "anna", true},
    {NULL, "gilscope_client=anna;gilscope_owner=" SECRET, "ben", "ben", true},
    {SECRET, "gilscope_owner=another-one-of-16", NULL, "", true},
    {"another-one-of-16", "gilscope_owner=" SECRET, NULL, "", false},
    /* A name is no secret, and an address neither. */
    {NULL, NULL, SECRET, SECRET, false},
    {NULL, "gilscope_client=" SECRET, NULL, SECRET, false},
    {NULL, NULL, "192-0-2-1", "192-0-2-1", false},
    /* Cookies of others, and such as are none. */
    {NULL, "my_gilscope_owner=" SECRET, NULL, "", false},
    {NULL, "gilscope_owner2=" SECRET, NULL, "", false},
    {NULL, "GILSCOPE_OWNER=" SECRET, NULL, "", false},
    {NULL, "gilscope_owner", NULL, "", false},
    {NULL, "gilscope_owner=", NULL, "", false},
    {NULL, "gilscope_owner=fifteen-letters", NULL, "", false},
    {NULL, "gilscope_owner=\"" SECRET "\"", NULL, "", false},
    {NULL, "gilscope_owner=" SECRET "%00", NULL, "", false},
    {NULL, "gilscope_owner=" SECRET SECRET SECRET SECRET, NULL, "", false},
    {NULL, "a=gilscope_owner=" SECRET, NULL, "", false},
    {NULL, ";;; =; gilscope_owner=" SECRET, NULL, "", true},
};

START_TEST(a_secret_is_a_header_or_a_cookie_and_nothing_else)
{
    Client anna;

    ck_assert_int_eq(identify(SECRET, NULL, NULL, &anna), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Client client;

        ck_assert_int_eq(identify(rows[i].owner, rows[i].cookies, rows[i].given, &client), 0);
        ck_assert_str_eq(client.address, "192.0.2.1");
        ck_assert_msg(strcmp(client.name, rows[i].name) == 0, "row %zu: %s", i, client.name);
        ck_assert_msg(
            (strcmp(client.owner, anna.owner) == 0) == rows[i].is_owner, "row %zu: %s", i, client.owner);
    }
}
END_TEST

START_TEST(a_wrong_header_is_refused_and_not_repeated)
{
    static const char *const wrong[] = {"", " ", "fifteen-letters", "sixteen letters a",
        "owner:0123456789abcdef", SECRET ";", SECRET ", " SECRET, SECRET "\xff",
        "../../../../../../etc/passwd", SECRET SECRET SECRET SECRET, "' OR '1'='1' OR '1'='1"};
    Client client;

    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        ck_assert_msg(identify(wrong[i], NULL, NULL, &client) < 0, "%s", wrong[i]);
    /* Both mistakes at once are told at once; the second is left to the caller's problem. */
    ck_assert_int_lt(identify("short", NULL, "a b", &client), 0);
    ck_assert_int_lt(identify(SECRET, NULL, "", &client), 0);
}
END_TEST

/* What older servers have kept was "client:NAME" and "address:ADDRESS": nobody can say such a thing. */
START_TEST(an_owner_is_a_hash)
{
    Client client, again;

    ck_assert_int_eq(identify(SECRET, NULL, NULL, &client), 0);
    ck_assert_uint_eq(strlen(client.owner), strlen("owner:") + 64);
    ck_assert_ptr_null(strstr(client.owner, SECRET));
    /* printf the-secret-of-anna | sha256sum */
    ck_assert_str_eq(client.owner, "owner:743f0098df0142dbe773cc992392b5c2c2f06a1c2fb750f398e3e463923fe4c1");
    ck_assert_int_eq(identify(NULL, "gilscope_owner=" SECRET, NULL, &again), 0);
    ck_assert_str_eq(client.owner, again.owner);
}
END_TEST

START_TEST(a_new_secret_is_made_once_and_is_no_other)
{
    Client one = {0}, other = {0};
    char first[sizeof(one.owner)];

    client_make_owner(&one);
    client_make_owner(&other);
    ck_assert_uint_eq(strlen(one.new_secret), 32);
    ck_assert_str_ne(one.new_secret, other.new_secret);
    ck_assert_str_ne(one.owner, other.owner);
    strcpy(first, one.owner);
    client_make_owner(&one);
    ck_assert_str_eq(one.owner, first);
    /* What was told is what it is known by. */
    ck_assert_int_eq(identify(one.new_secret, NULL, NULL, &other), 0);
    ck_assert_str_eq(other.owner, first);
    ck_assert_str_eq(other.new_secret, "");
}
END_TEST

RUN_TESTS("client", 20, a_secret_is_a_header_or_a_cookie_and_nothing_else,
    a_wrong_header_is_refused_and_not_repeated, an_owner_is_a_hash, a_new_secret_is_made_once_and_is_no_other)
