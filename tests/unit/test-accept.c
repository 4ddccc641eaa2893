/* What a client says it likes. */
#include "base/array.h"
#include "handlers/accept.h"

#include "tests/unit/run.h"

static const char *const types[] = {"application/json", "text/csv", "text/plain"};

static const struct {
    const char *header;
    int chosen;
} rows[] = {
    {NULL, 0},
    {"", 0},
    {" , ", 0},
    {"*/*", 0},
    {"text/csv", 1},
    {"TEXT/CSV", 1},
    {"text/csv;charset=utf-8", 1},
    {"text/*", 1},
    {"text/*;q=0.5, text/plain", 2},
    {"text/plain;q=0.5,text/csv;q=0.4", 2},
    {"text/plain ; q=0.5 , text/csv ; q=0.6", 1},
    {"application/json;q=0, */*", 1},
    {"application/json;q=0", -1},
    {"text/csv;q=0", -1},
    {"image/png", -1},
    {"image/*, */*;q=0.1", 0},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0},
    {"text/csvx", -1},
    {"text", -1},
    {"text/plain;version=1;q=0.3, text/csv;q=0.2", 2},
    {";;;", -1},
    {"*/*;q=abc", -1},
};

START_TEST(the_best_liked_type_is_chosen)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        int chosen = accept_choose(rows[i].header, types, 3);

        ck_assert_msg(chosen == rows[i].chosen, "%s: %d", rows[i].header, chosen);
    }
}
END_TEST

START_TEST(a_coding_is_allowed_by_name_or_by_star)
{
    ck_assert(!accept_has_coding(NULL, "gzip"));
    ck_assert(!accept_has_coding("", "gzip"));
    ck_assert(!accept_has_coding("br, deflate", "gzip"));
    ck_assert(!accept_has_coding("xgzip", "gzip"));
    ck_assert(accept_has_coding("gzip", "gzip"));
    ck_assert(accept_has_coding("deflate, GZip;q=0.1", "gzip"));
    ck_assert(accept_has_coding("*", "gzip"));
    ck_assert(!accept_has_coding("gzip;q=0", "gzip"));
    ck_assert(!accept_has_coding("*, gzip;q=0.0", "gzip"));
    ck_assert(accept_has_coding("*;q=0, gzip", "gzip"));
}
END_TEST

RUN_TESTS("accept", 30, the_best_liked_type_is_chosen, a_coding_is_allowed_by_name_or_by_star)
