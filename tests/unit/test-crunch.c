/* The numbers of the crunch experiment against what a textbook would compute, and its cells against each
 * other. */
#include "base/array.h"
#include "engine/crunch-kernel.h"
#include "tests/unit/one-cell.h"

/* One number of the result. Everything is whole, so the order of the sums does not matter. */
static double naive_product(const Crunch *crunch, uint32_t row, uint32_t column)
{
    double sum = 0;

    for (uint32_t k = 0; k < crunch->n; k++)
        sum += crunch->scales[row * crunch->n + k] * crunch->rows[k * crunch->n + column];
    return sum;
}

static double pixel(const Crunch *crunch, int64_t row, int64_t column)
{
    int64_t last = (int64_t)crunch->n - 1;

    row = row < 0 ? 0 : row > last ? last : row;
    column = column < 0 ? 0 : column > last ? last : column;
    return crunch->rows[row * (int64_t)crunch->n + column];
}

/* The Gaussian in two dimensions at once. */
static double naive_blur(const Crunch *crunch, uint32_t row, uint32_t column)
{
    int64_t radius = crunch->radius;
    double sum = 0;

    for (int64_t y = -radius; y <= radius; y++)
        for (int64_t x = -radius; x <= radius; x++)
            sum +=
                crunch->scales[y + radius] * crunch->scales[x + radius] * pixel(crunch, row + y, column + x);
    return sum;
}

static void compare(const Crunch *crunch)
{
    double *buffer = calloc(crunch_buffer_length(crunch->kind, crunch->n), sizeof(*buffer));
    uint64_t checksum = 0, naive_checksum = 0;

    ck_assert_ptr_nonnull(buffer);
    for (uint32_t row = 0; row < crunch->n; row++) {
        for (uint32_t part = 0; part < crunch_n_parts(crunch->kind, crunch->n); part++)
            crunch_add_part(crunch, row, part, buffer);
        checksum += crunch_row_checksum(crunch, row, buffer);
        for (uint32_t column = 0; column < crunch->n; column++) {
            double expected = crunch->kind == CRUNCH_MATMUL ? naive_product(crunch, row, column)
                                                            : naive_blur(crunch, row, column);

            ck_assert_double_eq(buffer[column], expected);
            ck_assert_double_lt(expected, 9e15);
            naive_checksum += crunch->left[row] * (uint64_t)expected * crunch->right[column];
        }
    }
    ck_assert_uint_eq(checksum, naive_checksum);
    ck_assert_uint_eq(checksum, crunch->expected);
    free(buffer);
}

START_TEST(product_and_blur_are_those_of_the_textbook)
{
    static const uint32_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 16, 33};

    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        for (CrunchKind kind = CRUNCH_MATMUL; kind <= CRUNCH_BLUR; kind++) {
            Crunch *crunch = crunch_new(kind, sizes[i], 7);

            ck_assert_ptr_nonnull(crunch);
            compare(crunch);
            crunch_free(crunch);
        }
    }
}
END_TEST

/* The largest picture has the largest sums: even all white it is exact. */
START_TEST(no_sum_is_ever_rounded)
{
    Crunch *crunch = crunch_new(CRUNCH_BLUR, 2048, 1);
    double weights = 0;

    ck_assert_ptr_nonnull(crunch);
    for (uint32_t i = 0; i <= 2 * crunch->radius; i++) {
        ck_assert_double_ge(crunch->scales[i], 1);
        ck_assert_double_eq(crunch->scales[i], crunch->scales[2 * crunch->radius - i]);
        weights += crunch->scales[i];
    }
    ck_assert_double_eq(crunch->scales[crunch->radius], 256);
    ck_assert_double_lt(255 * weights * weights, 9e15);
    crunch_free(crunch);
}
END_TEST

START_TEST(the_seed_decides_about_the_numbers)
{
    Crunch *one = crunch_new(CRUNCH_MATMUL, 10, 1), *same = crunch_new(CRUNCH_MATMUL, 10, 1),
           *other = crunch_new(CRUNCH_MATMUL, 10, 2);

    ck_assert_uint_eq(one->expected, same->expected);
    ck_assert_uint_ne(one->expected, other->expected);
    crunch_free(one);
    crunch_free(same);
    crunch_free(other);
}
END_TEST

static const char *const kernels[] = {"matmul", "blur"};

static Cell crunch_cell(const Mode *mode, const LockPolicy *lock, const char *kernel, const char *release)
{
    return cell_of("crunch", mode, lock, 3,
        json_pack("{s:s, s:s, s:i, s:i}", "kernel", kernel, "release", release, "n", 30, "rounds", 5));
}

START_TEST(the_checksum_is_the_same_everywhere)
{
    for (size_t k = 0; k < 2; k++) {
        int64_t first = -1;

        for (size_t m = 0; registry_modes[m]; m++) {
            for (size_t l = 0; registry_locks[l]; l++) {
                Cell on = crunch_cell(registry_modes[m], registry_locks[l], kernels[k], "on");
                Cell off = crunch_cell(registry_modes[m], registry_locks[l], kernels[k], "off");
                json_auto_t *with = metrics_of(&on), *without = metrics_of(&off);

                first = first < 0 ? metric(with, "checksum") : first;
                ck_assert_int_eq(metric(with, "checksum"), first);
                ck_assert_int_eq(metric(without, "checksum"), first);
                ck_assert_double_gt(json_real_value(json_object_get(with, "operations_per_s")), 0);
            }
        }
    }
}
END_TEST

START_TEST(the_lock_is_let_go_of_for_each_piece_or_not_at_all)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        Cell on = crunch_cell(registry_modes[m], &lock_gil, "matmul", "on");
        Cell off = crunch_cell(registry_modes[m], &lock_gil, "matmul", "off");
        Arena *with = arena_of(&on), *without = arena_of(&off);
        uint64_t acquires = 0;

        for (uint32_t i = 0; i < with->n_seats; i++) {
            ck_assert_uint_gt(arena_seat(with, i)->outside, 0);
            ck_assert_uint_eq(arena_seat(without, i)->outside, 0);
            acquires += arena_seat(with, i)->stats.acquires;
        }
        /* Once for each loop and at least once for each task's work. */
        ck_assert_uint_ge(acquires, with->n_seats + with->n_tasks);
        arena_free(with);
        arena_free(without);
    }
}
END_TEST

START_TEST(a_wrong_checksum_is_noticed)
{
    Cell cell = crunch_cell(&mode_serial, &lock_none, "matmul", "on");
    char reason[ARENA_REASON_SIZE];
    Arena *arena;

    ck_assert_int_eq(experiment_crunch.prepare(&cell, reason), 0);
    ck_assert_int_eq(arena_create(1, 3, experiment_state_bytes(&cell), &arena), 0);
    ck_assert_str_eq(experiment_crunch.check(&cell, arena_task(arena, 0)), "its result has a wrong checksum");
    arena_free(arena);
    crunch_free(cell.prepared);
}
END_TEST

RUN_TESTS("crunch", 50, product_and_blur_are_those_of_the_textbook, no_sum_is_ever_rounded,
    the_seed_decides_about_the_numbers, the_checksum_is_the_same_everywhere,
    the_lock_is_let_go_of_for_each_piece_or_not_at_all, a_wrong_checksum_is_noticed)
