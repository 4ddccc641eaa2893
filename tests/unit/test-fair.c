/* The fair line: names stand for runs, "a/x" is client x at address a. */
#include "runs/fair.h"

#include <string.h>

#include "tests/unit/run.h"

enum { MOST = 64 };

typedef struct Named {
    FairItem item;
    char name[8];
} Named;

static Named all[MOST];
static size_t n_all;

/* Pushes runs named by their client and a number: "ax1" is the first of client x at address a. */
static void push(Fair *fair, const char *names)
{
    for (; *names; names += strcspn(names, " "), names += strspn(names, " ")) {
        Named *named = &all[n_all++];
        char address[2] = {names[0]}, client[2] = {names[1]};

        ck_assert_uint_le(n_all, MOST);
        memcpy(named->name, names, strcspn(names, " "));
        named->item.what = named;
        fair_push(fair, &named->item, address, client);
    }
}

/* The order that fair_list() foretells, which must be the one in which fair_pop() then gives them. */
static void check_order(Fair *fair, const char *expected)
{
    FairItem *items[MOST];
    char text[512] = "";
    size_t n = fair->n_items;

    fair_list(fair, items);
    for (size_t i = 0; i < n; i++) {
        FairItem *item = fair_pop(fair);

        ck_assert_ptr_eq(item, items[i]);
        ck_assert_ptr_null(item->client);
        strcat(text, i > 0 ? " " : "");
        strcat(text, ((Named *)item->what)->name);
    }
    ck_assert_str_eq(text, expected);
    ck_assert_ptr_null(fair_pop(fair));
    ck_assert(TAILQ_EMPTY(&fair->addresses));
}

START_TEST(one_client_is_served_in_order)
{
    Fair fair;

    fair_init(&fair);
    push(&fair, "ax1 ax2 ax3");
    check_order(&fair, "ax1 ax2 ax3");
}
END_TEST

START_TEST(clients_of_an_address_take_turns)
{
    Fair fair;

    fair_init(&fair);
    push(&fair, "ax1 ax2 ax3 ay1 az1 ay2");
    check_order(&fair, "ax1 ay1 az1 ax2 ay2 ax3");
}
END_TEST

START_TEST(addresses_take_turns_however_many_names_one_has)
{
    Fair fair;

    fair_init(&fair);
    push(&fair, "av1 aw1 ax1 ay1 az1 bx1 bx2");
    check_order(&fair, "av1 bx1 aw1 bx2 ax1 ay1 az1");
}
END_TEST

START_TEST(a_client_that_was_served_is_last_when_it_comes_again)
{
    Fair fair;
    FairItem *first;

    fair_init(&fair);
    push(&fair, "ax1 ax2 ay1");
    first = fair_pop(&fair);
    ck_assert_str_eq(((Named *)first->what)->name, "ax1");
    push(&fair, "ax3 bx1");
    check_order(&fair, "ay1 bx1 ax2 ax3");
}
END_TEST

START_TEST(any_item_can_leave)
{
    Fair fair;

    fair_init(&fair);
    push(&fair, "ax1 ax2 ax3 ay1 bx1");
    fair_remove(&fair, &all[2].item); /* the last of its client */
    fair_remove(&fair, &all[0].item); /* the first */
    fair_remove(&fair, &all[4].item); /* the only one of its address */
    ck_assert_uint_eq(fair.n_items, 2);
    push(&fair, "ax4");
    check_order(&fair, "ax2 ay1 ax4");
}
END_TEST

START_TEST(items_are_counted_by_client_and_address)
{
    Fair fair;

    fair_init(&fair);
    push(&fair, "ax1 ax2 ay1 bx1");
    ck_assert_uint_eq(fair_count(&fair, "a", "x"), 2);
    ck_assert_uint_eq(fair_count(&fair, "a", "z"), 0);
    ck_assert_uint_eq(fair_count(&fair, "a", NULL), 3);
    ck_assert_uint_eq(fair_count(&fair, "c", NULL), 0);
    ck_assert_uint_eq(fair_count(&fair, "c", "x"), 0);
    check_order(&fair, "ax1 bx1 ay1 ax2");
}
END_TEST

RUN_TESTS("fair", 10, one_client_is_served_in_order, clients_of_an_address_take_turns,
    addresses_take_turns_however_many_names_one_has, a_client_that_was_served_is_last_when_it_comes_again,
    any_item_can_leave, items_are_counted_by_client_and_address)
