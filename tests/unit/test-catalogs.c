/* Several runtimes side by side: their places, what is missing, and who refers to a catalog. */
#include "tests/unit/run.h"
#include "tests/unit/small-catalog.h"

static Catalog *named(const char *name)
{
    auto_free char *quoted = text_printf("'%s'", name);
    json_t *describe = small_describe();
    Catalogs catalogs;
    Catalog *catalog;

    small_set(describe, "runtime", quoted);
    catalogs = small_read(describe);
    catalog = catalog_ref(catalogs.list[0]);
    catalogs_finish(&catalogs);
    return catalog;
}

/* "c python3 | jython ruby": those that can be used, and those that cannot. */
static char *order_of(const Catalogs *catalogs)
{
    char *text = text_printf("%s", "");

    for (size_t i = 0; i < catalogs->n + 1 + catalogs->n_missing; i++) {
        const char *word = i < catalogs->n    ? catalogs->list[i]->runtime
                           : i == catalogs->n ? "|"
                                              : catalogs->missing[i - catalogs->n - 1].runtime;
        char *longer = text_printf("%s%s%s", text, i > 0 ? " " : "", word);

        free(text);
        text = longer;
    }
    return text;
}

static void assert_order(const Catalogs *catalogs, const char *expected)
{
    auto_free char *order = order_of(catalogs);

    ck_assert_str_eq(order, expected);
}

START_TEST(each_runtime_keeps_its_place_whatever_becomes_of_it)
{
    auto_catalogs Catalogs catalogs = {0};
    const CatalogMissing *jython;

    catalogs_set(&catalogs, 0, named("c"));
    catalogs_set_missing(&catalogs, 3, "jython", CATALOG_STARTING, NULL);
    catalogs_set_missing(&catalogs, 1, "python3", CATALOG_STARTING, NULL);
    catalogs_set_missing(&catalogs, 4, "ruby", CATALOG_NOT_INSTALLED, "ruby is not on PATH");
    assert_order(&catalogs, "c | python3 jython ruby");
    catalogs_set(&catalogs, 3, named("jython"));
    assert_order(&catalogs, "c jython | python3 ruby");
    catalogs_set(&catalogs, 1, named("python3"));
    assert_order(&catalogs, "c python3 jython | ruby");
    catalogs_set_missing(&catalogs, 3, catalogs.list[2]->runtime, CATALOG_BROKEN, "it died");
    assert_order(&catalogs, "c python3 | jython ruby");
    jython = catalogs_missing(&catalogs, "jython");
    catalogs_set_missing(&catalogs, 3, jython->runtime, CATALOG_BROKEN, jython->reason);
    jython = catalogs_missing(&catalogs, "jython");
    ck_assert_uint_eq(jython->why, CATALOG_BROKEN);
    ck_assert_str_eq(jython->reason, "it died");
    ck_assert_ptr_null(catalogs_missing(&catalogs, "c"));
    ck_assert_ptr_null(catalogs_missing(&catalogs, NULL));
    catalogs_set(&catalogs, 1, named("python3"));
    assert_order(&catalogs, "c python3 | jython ruby");
}
END_TEST

START_TEST(a_catalog_that_was_replaced_lives_as_long_as_somebody_refers_to_it)
{
    auto_catalogs Catalogs catalogs = {0};
    Catalog *old;

    catalogs_set(&catalogs, 0, named("c"));
    old = catalog_ref(catalogs.list[0]);
    catalogs_set(&catalogs, 0, named("c"));
    ck_assert_ptr_ne(catalogs.list[0], old);
    ck_assert_uint_eq(catalogs.n, 1);
    ck_assert_uint_eq(old->n_references, 1);
    ck_assert_str_eq(catalog_own_lock(old)->name, "gil");
    catalog_unref(old);
    catalog_unref(NULL);
}
END_TEST

START_TEST(a_runtime_says_what_it_is_and_what_it_lacks)
{
    json_t *describe = small_describe();
    Catalogs catalogs;
    const Catalog *catalog;

    small_set(describe, "absent", "{'fetch': 'there is no network here', 'fibers': ''}");
    small_set(describe, "timeline_ns", "1.5e6");
    small_set(describe, "locks/2/real", "'cpython2'");
    catalogs = small_read(describe);
    catalog = catalogs.list[0];
    ck_assert_uint_eq(catalog->n_absent, 2);
    ck_assert_str_eq(catalog_absence(catalog, "fetch"), "there is no network here");
    ck_assert_ptr_null(catalog_absence(catalog, "work"));
    ck_assert_ptr_null(catalog_absence(catalog, NULL));
    ck_assert_double_eq(catalog->timeline_ns, 1.5e6);
    ck_assert_str_eq(catalog_lock(catalog, "gil-py2")->real, "cpython2");
    ck_assert_ptr_null(catalog_lock(catalog, "gil")->real);
    ck_assert_str_eq(catalog_own_lock(catalog)->name, "gil");
    catalogs_finish(&catalogs);
}
END_TEST

RUN_TESTS("catalogs", 30, each_runtime_keeps_its_place_whatever_becomes_of_it,
    a_catalog_that_was_replaced_lives_as_long_as_somebody_refers_to_it,
    a_runtime_says_what_it_is_and_what_it_lacks)
