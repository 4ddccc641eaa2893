/* The length of an array, where the compiler knows it. */
#pragma once

/* How many elements it has, as a constant. For arrays only: of a pointer, and of a parameter that is written
 * like an array, it would be wrong, and gcc says so (-Wsizeof-pointer-div, -Wsizeof-array-argument). */
#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
