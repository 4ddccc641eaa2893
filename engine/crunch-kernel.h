/* The numbers of the crunch experiment: a product of two matrices, or a picture that is blurred. Both make
 * their result row by row, and every row is a sum of scaled rows:
 *
 *   matmul  row i of A times B is the sum over k of A[i][k] times row k of B.
 *   blur    is Gaussian and separable: the rows above and below are added up, each times its weight, and then
 *           what came of it, shifted to the left and to the right. The picture's edges are repeated.
 *
 * So either can be cut into pieces of any length. All numbers are whole and below 2^53: no sum of doubles is
 * ever rounded, and the result is the same in every order, on every CPU and with every compiler. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { CRUNCH_USUAL_N = 256 };

typedef enum CrunchKind { CRUNCH_MATMUL, CRUNCH_BLUR } CrunchKind;

/* Read-only once it is made, so all tasks share it. */
typedef struct Crunch {
    CrunchKind kind;
    uint32_t n;             /* rows and columns */
    uint32_t radius;        /* blur: how far a pixel spreads, a quarter of the picture */
    double *scales;         /* matmul: A; blur: the weights from -radius to radius */
    double *rows;           /* matmul: B; blur: the picture */
    uint64_t *left, *right; /* random: what each row and each column counts in the checksum */
    uint64_t expected;      /* the checksum of a whole result */
} Crunch;

/* Makes the input for n x n numbers; the same seed gives the same. Returns NULL without memory. */
Crunch *crunch_new(CrunchKind kind, uint32_t n, uint64_t seed);
void crunch_free(Crunch *crunch);

/* How many scaled rows make one row of the result. */
uint32_t crunch_n_parts(CrunchKind kind, uint32_t n);

/* How many doubles crunch_add_part needs to work on one row. */
size_t crunch_buffer_length(CrunchKind kind, uint32_t n);

/* Adds the given part to a row of the result. The parts of a row are added in their order, from 0. After the
 * last the buffer begins with the n numbers of the row. */
void crunch_add_part(const Crunch *crunch, uint32_t row, uint32_t part, double *buffer);

/* What a finished row adds to the checksum, modulo 2^64. The checksum of a result M is left * M * right, so
 * the expected one follows from the input without the result (Freivalds, 1977). */
uint64_t crunch_row_checksum(const Crunch *crunch, uint32_t row, const double *buffer);

/* The time of one multiplication with its addition in nanoseconds, for the usual n: the least of several
 * short measurements, about a millisecond in all. Measured once per process. */
double crunch_operation_ns(void);
