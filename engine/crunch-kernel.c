/* Three properties are wanted of the work: it can be interrupted anywhere, its result can be checked without
 * being kept, and it is the same everywhere.
 *
 * A row of the result is a sum of scaled rows of the input, so adding one of them is the smallest piece. The
 * check needs no second computation: for random vectors left and right, left * (A * B) * right equals (left
 * * A) * (B * right), and the latter takes n squared steps instead of n cubed (Freivalds, 1977). All numbers
 * are whole and small, so doubles hold them exactly, and the order of additions does not matter.
 *
 * The inner loop is written so that compilers make vector instructions of it, as the libraries do that it
 * stands for. */
#include "engine/crunch-kernel.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/nsec.h"
#include "base/random.h"

/* So wide that a blur takes about as many operations for each number as a product does: the work grows with
 * n cubed in both. */
static uint32_t blur_radius(uint32_t n)
{
    return n / 4;
}

uint32_t crunch_n_parts(CrunchKind kind, uint32_t n)
{
    return kind == CRUNCH_MATMUL ? n : 2 * (2 * blur_radius(n) + 1);
}

size_t crunch_buffer_length(CrunchKind kind, uint32_t n)
{
    return kind == CRUNCH_MATMUL ? n : 2 * (size_t)n + 2 * (size_t)blur_radius(n);
}

/* The row or column that stands for one outside the picture. */
static uint32_t clamp(int64_t at, uint32_t n)
{
    return at < 0 ? 0 : at >= (int64_t)n ? n - 1 : (uint32_t)at;
}

/* restrict promises that the two rows do not overlap; without it the compiler would have to expect that each
 * store changes what is loaded next. */
static void add_scaled(double *restrict sum, double scale, const double *restrict row, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        sum[i] += scale * row[i];
}

/* The first part begins the row, so the buffer is cleared there. */
static void add_part_of_product(const Crunch *crunch, uint32_t row, uint32_t part, double *buffer)
{
    const size_t n = crunch->n;

    if (part == 0)
        memset(buffer, 0, n * sizeof(*buffer));
    add_scaled(buffer, crunch->scales[row * n + part], crunch->rows + part * n, crunch->n);
}

/* The first half of the parts makes the sum over the column, behind the row of the result and with room for
 * the edges on both sides; the second half adds it up along the row. */
static void add_part_of_blur(const Crunch *crunch, uint32_t row, uint32_t part, double *buffer)
{
    const uint32_t n = crunch->n, radius = crunch->radius, n_weights = 2 * radius + 1;
    double *edged = buffer + n, *column = edged + radius;

    if (part == 0)
        memset(buffer, 0, crunch_buffer_length(CRUNCH_BLUR, n) * sizeof(*buffer));
    if (part < n_weights) {
        size_t from = clamp((int64_t)row + part - radius, n);

        add_scaled(column, crunch->scales[part], crunch->rows + from * n, n);
        return;
    }
    /* Between the two halves: the numbers at both ends are repeated, for the pixels whose surroundings reach
     * beyond the edge. */
    if (part == n_weights) {
        for (uint32_t i = 0; i < radius; i++) {
            edged[i] = column[0];
            column[n + i] = column[n - 1];
        }
    }
    add_scaled(buffer, crunch->scales[part - n_weights], edged + (part - n_weights), n);
}

void crunch_add_part(const Crunch *crunch, uint32_t row, uint32_t part, double *buffer)
{
    switch (crunch->kind) {
    case CRUNCH_MATMUL:
        add_part_of_product(crunch, row, part, buffer);
        break;
    case CRUNCH_BLUR:
        add_part_of_blur(crunch, row, part, buffer);
        break;
    }
}

/* Modulo 2^64, as all of the checksum. The numbers are whole, so nothing is cut off. */
static uint64_t whole(double number)
{
    return (uint64_t)(int64_t)number;
}

static uint64_t weighted_sum(const uint64_t *weights, const double *numbers, uint32_t n)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += weights[i] * whole(numbers[i]);
    return sum;
}

uint64_t crunch_row_checksum(const Crunch *crunch, uint32_t row, const double *buffer)
{
    return crunch->left[row] * weighted_sum(crunch->right, buffer, crunch->n);
}

/* (left * A) * (B * right); counts holds the first bracket. Both brackets are vectors, so the whole costs
 * two passes over a matrix. */
static uint64_t expect_product(const Crunch *crunch, uint64_t *counts)
{
    const size_t n = crunch->n;
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            counts[k] += crunch->left[i] * whole(crunch->scales[i * n + k]);
    for (size_t k = 0; k < n; k++)
        sum += counts[k] * weighted_sum(crunch->right, crunch->rows + k * n, crunch->n);
    return sum;
}

/* What a row (column) of the picture counts, if one of the result counts so much. */
static void spread(const Crunch *crunch, const uint64_t *counts, uint64_t *ret)
{
    for (uint32_t i = 0; i < crunch->n; i++)
        for (uint32_t part = 0; part <= 2 * crunch->radius; part++)
            ret[clamp((int64_t)i + part - crunch->radius, crunch->n)] +=
                counts[i] * whole(crunch->scales[part]);
}

/* (left * W) * picture * (W * right), where W is the blur along one line; counts holds both brackets. */
static uint64_t expect_blur(const Crunch *crunch, uint64_t *counts)
{
    const uint32_t n = crunch->n;
    uint64_t sum = 0;

    spread(crunch, crunch->left, counts);
    spread(crunch, crunch->right, counts + n);
    for (uint32_t i = 0; i < n; i++)
        sum += counts[i] * weighted_sum(counts + n, crunch->rows + (size_t)i * n, n);
    return sum;
}

/* Numbers below the limit; NULL without memory, like the next two. */
static double *random_numbers(size_t count, uint64_t limit, uint64_t *state)
{
    double *numbers = calloc(count, sizeof(*numbers));

    for (size_t i = 0; numbers && i < count; i++)
        numbers[i] = (double)random_below(state, limit);
    return numbers;
}

static uint64_t *random_words(size_t count, uint64_t *state)
{
    uint64_t *words = calloc(count, sizeof(*words));

    for (size_t i = 0; words && i < count; i++)
        words[i] = random_next(state);
    return words;
}

/* A bell that is three standard deviations wide on each side, from 1 at its edges to 256. The weights are
 * rounded down to whole numbers, so that every sum stays exact. exp() may differ in its last bit between C
 * libraries; where that changed a weight, the expected checksum would change with it. */
static double *bell(uint32_t radius)
{
    double *weights = calloc(2 * (size_t)radius + 1, sizeof(*weights));

    for (uint32_t i = 0; weights && i <= 2 * radius; i++) {
        double distance = 3 * ((double)i - radius) / (radius + 1);

        weights[i] = 1 + floor(255 * exp(-distance * distance / 2));
    }
    return weights;
}

Crunch *crunch_new(CrunchKind kind, uint32_t n, uint64_t seed)
{
    const size_t square = (size_t)n * n;
    uint64_t *counts = calloc(2 * (size_t)n, sizeof(*counts));
    Crunch *crunch = calloc(1, sizeof(*crunch));

    if (!counts || !crunch)
        goto fail;
    *crunch = (Crunch){.kind = kind, .n = n};
    crunch->rows = random_numbers(square, 256, &seed);
    crunch->left = random_words(n, &seed);
    crunch->right = random_words(n, &seed);
    if (kind == CRUNCH_MATMUL) {
        crunch->scales = random_numbers(square, 256, &seed);
    } else {
        crunch->radius = blur_radius(n);
        crunch->scales = bell(crunch->radius);
    }
    if (!crunch->rows || !crunch->left || !crunch->right || !crunch->scales)
        goto fail;
    crunch->expected = kind == CRUNCH_MATMUL ? expect_product(crunch, counts) : expect_blur(crunch, counts);
    free(counts);
    return crunch;
fail:
    free(counts);
    crunch_free(crunch);
    return NULL;
}

void crunch_free(Crunch *crunch)
{
    if (!crunch)
        return;
    free(crunch->scales);
    free(crunch->rows);
    free(crunch->left);
    free(crunch->right);
    free(crunch);
}

/* Every row takes the same time, so a small sample will do. */
double crunch_operation_ns(void)
{
    enum { N = CRUNCH_USUAL_N, MEASUREMENTS = 30 };
    static double least;
    double buffer[N];
    Crunch *crunch;

    if (least > 0)
        return least;
    crunch = crunch_new(CRUNCH_MATMUL, N, 1);
    assert(crunch);
    for (uint32_t i = 0; i < MEASUREMENTS; i++) {
        nsec_t since = nsec_now();
        double operation;

        for (uint32_t part = 0; part < N; part++)
            crunch_add_part(crunch, i, part, buffer);
        operation = (double)(nsec_now() - since) / (N * N);
        if (i == 0 || operation < least)
            least = operation;
    }
    crunch_free(crunch);
    return least;
}
