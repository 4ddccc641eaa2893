/* The four counts: the biased one by scripted interleavings of an owner and others, all of them as cells. */
#include "base/array.h"
#include "engine/refcount.h"
#include "tests/unit/one-cell.h"

/* Three threads, as a count knows them. */
static const char a, b, c;

static void begin(Refcount *count, CountKind kind, int64_t references)
{
    refcount_init(count, kind, references);
    refcount_adopt(count, &a);
    refcount_adopt(count, &b);
}

START_TEST(every_kind_counts_alike_in_one_thread)
{
    for (CountKind kind = COUNT_PLAIN; kind <= COUNT_LOCKED; kind++) {
        Refcount count;

        begin(&count, kind, 1);
        refcount_take(&count, &a);
        refcount_take(&count, &a);
        ck_assert(!refcount_drop(&count, &a));
        ck_assert(!refcount_drop(&count, &a));
        ck_assert_uint_eq(refcount_churn(&count, &a, 1000), 0);
        ck_assert(!refcount_serve(&count, &a));
        ck_assert(refcount_drop(&count, &a));
        ck_assert_int_eq(refcount_settle(&count), 0);
        pthread_mutex_destroy(&count.mutex);
    }
}
END_TEST

START_TEST(an_owner_without_references_leaves_the_rest_to_the_shared_count)
{
    Refcount count;

    begin(&count, COUNT_BIASED, 1);
    refcount_take(&count, &b);
    refcount_take(&count, &b);
    ck_assert_ptr_eq(count.owner, &a);
    ck_assert(!refcount_drop(&count, &a));
    ck_assert_ptr_null(count.owner);
    /* From now on the owner is one of many. */
    refcount_take(&count, &a);
    ck_assert_int_eq(count.local, 0);
    ck_assert(!refcount_drop(&count, &b));
    ck_assert(!refcount_drop(&count, &b));
    ck_assert(refcount_drop(&count, &a));
    ck_assert_int_eq(refcount_settle(&count), 0);
}
END_TEST

START_TEST(a_shared_count_below_zero_is_merged_by_the_owner)
{
    Refcount count;

    begin(&count, COUNT_BIASED, 2);
    /* One of the owner's references was handed to b, who gives it back. */
    ck_assert(!refcount_drop(&count, &b));
    ck_assert_ptr_eq(count.owner, &a);
    ck_assert(!refcount_serve(&count, &b));
    ck_assert_ptr_eq(count.owner, &a);
    ck_assert(!refcount_serve(&count, &a));
    ck_assert_ptr_null(count.owner);
    ck_assert(refcount_drop(&count, &a));
    ck_assert_int_eq(refcount_settle(&count), 0);
}
END_TEST

START_TEST(the_owner_finds_the_end_in_its_queue)
{
    Refcount count;

    begin(&count, COUNT_BIASED, 1);
    ck_assert(!refcount_drop(&count, &b));
    ck_assert(refcount_serve(&count, &a));
    ck_assert_int_eq(refcount_settle(&count), 0);
}
END_TEST

START_TEST(a_count_may_stay_below_zero_until_the_owner_comes)
{
    Refcount count;

    begin(&count, COUNT_BIASED, 4);
    ck_assert(!refcount_drop(&count, &b));
    ck_assert(!refcount_drop(&count, &c));
    ck_assert(!refcount_drop(&count, &b));
    ck_assert_int_lt(count.shared, 0);
    refcount_take(&count, &c);
    ck_assert(!refcount_serve(&count, &a));
    ck_assert(!refcount_drop(&count, &c));
    ck_assert_int_eq(refcount_settle(&count), 1);
}
END_TEST

START_TEST(an_owner_that_is_gone_is_settled_for)
{
    Refcount count;

    begin(&count, COUNT_BIASED, 3);
    refcount_churn(&count, &a, 100);
    ck_assert(!refcount_drop(&count, &a));
    /* Nobody serves the queue any more. */
    ck_assert(!refcount_drop(&count, &b));
    ck_assert_int_eq(refcount_settle(&count), 1);
    ck_assert_int_eq(refcount_settle(&count), 1);
}
END_TEST

/* Goes on from here in every way there is, and compares with the number of references there really are. */
static uint64_t try_everything(const Refcount *from, int references, int depth)
{
    static const char *const threads[] = {&a, &b, &c};
    uint64_t n_ends = 0;

    if (depth == 0) {
        Refcount copy = *from;

        ck_assert_int_eq(refcount_settle(&copy), references);
        return 0;
    }
    for (int i = 0; i < 3; i++) {
        Refcount taken = *from, dropped = *from, served = *from;

        refcount_take(&taken, threads[i]);
        n_ends += try_everything(&taken, references + 1, depth - 1);
        if (refcount_drop(&dropped, threads[i]))
            ck_assert_int_eq(references, 1);
        else if (references > 1)
            n_ends += try_everything(&dropped, references - 1, depth - 1);
        else
            ck_assert_msg(refcount_serve(&dropped, &a), "an end that nobody saw");
        n_ends += references == 1;
        ck_assert(!refcount_serve(&served, threads[i]));
        ck_assert_int_eq(refcount_settle(&served), references);
    }
    return n_ends;
}

START_TEST(a_biased_count_ends_once_and_only_at_zero_in_every_interleaving)
{
    for (int references = 1; references <= 3; references++) {
        Refcount count;

        begin(&count, COUNT_BIASED, references);
        ck_assert_uint_gt(try_everything(&count, references, 6), 0);
    }
}
END_TEST

static Cell refcount_cell(const Mode *mode, const LockPolicy *lock, int n, const char *kind)
{
    return cell_of("refcount", mode, lock, 3, json_pack("{s:i, s:s}", "n", n, "count", kind));
}

static const char *const kinds[] = {"plain", "atomic", "biased", "locked"};

START_TEST(a_count_is_exact_unless_it_is_plain_and_unprotected)
{
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        for (size_t m = 0; registry_modes[m]; m++) {
            for (size_t l = 0; registry_locks[l]; l++) {
                Cell cell = refcount_cell(registry_modes[m], registry_locks[l], 20000, kinds[k]);
                json_auto_t *metrics = metrics_of(&cell);
                int64_t expected = metric(metrics, "expected"), actual = metric(metrics, "actual");

                ck_assert_int_eq(expected, !cell.mode->shares_memory ? 3 : 1);
                ck_assert_int_ge(metric(metrics, "premature_frees"), 0);
                ck_assert_int_ge(metric(metrics, "lost_updates"), llabs(expected - actual));
                if (k == 0 && cell.mode == &mode_threads && !cell.lock->exclusive)
                    continue;
                ck_assert_int_eq(actual, expected);
                ck_assert_int_eq(metric(metrics, "lost_updates"), 0);
                ck_assert_int_eq(metric(metrics, "premature_frees"), 0);
            }
        }
    }
}
END_TEST

/* Two tasks of one process whose steps the test makes by hand: the first owns a biased count. */
START_TEST(a_task_that_ends_gives_back_what_it_was_handed)
{
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        for (uint32_t first = 0; first < 2; first++) {
            Cell cell = cell_of("refcount", &mode_threads, &lock_none, 2,
                json_pack("{s:i, s:s}", "n", 1000000, "count", kinds[k]));
            json_auto_t *metrics = json_object();
            char reason[ARENA_REASON_SIZE];
            Loop loops[2];
            Arena *arena;

            ck_assert_int_eq(experiment_refcount.prepare(&cell, reason), 0);
            ck_assert_int_eq(arena_create(2, 2, experiment_state_bytes(&cell), &arena), 0);
            for (uint32_t i = 0; i < 2; i++) {
                loop_init(&loops[i], &cell, arena, NULL, arena_seat(arena, i), 1);
                ck_assert_int_eq(
                    experiment_refcount.step(&loops[i], arena_task(arena, i), 10).kind, STEP_MORE);
            }
            for (uint32_t i = 0; i < 2; i++) {
                uint32_t task = (first + i) % 2;

                ck_assert_int_eq(
                    experiment_refcount.step(&loops[task], arena_task(arena, task), 1000000).kind, STEP_DONE);
                ck_assert_pstr_eq(experiment_refcount.check(&cell, arena_task(arena, task)), NULL);
                loop_finish(&loops[task]);
            }
            experiment_refcount.report(&cell, arena, metrics);
            ck_assert_int_eq(metric(metrics, "expected"), 1);
            ck_assert_int_eq(metric(metrics, "actual"), 1);
            arena_free(arena);
            free(cell.prepared);
        }
    }
}
END_TEST

RUN_TESTS("refcount", 50, every_kind_counts_alike_in_one_thread,
    an_owner_without_references_leaves_the_rest_to_the_shared_count,
    a_shared_count_below_zero_is_merged_by_the_owner, the_owner_finds_the_end_in_its_queue,
    a_count_may_stay_below_zero_until_the_owner_comes, an_owner_that_is_gone_is_settled_for,
    a_biased_count_ends_once_and_only_at_zero_in_every_interleaving,
    a_count_is_exact_unless_it_is_plain_and_unprotected, a_task_that_ends_gives_back_what_it_was_handed)
