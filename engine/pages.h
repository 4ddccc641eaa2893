/* Memory that is to be there before a clock starts. */
#pragma once

#include <stddef.h>

/* Brings in all pages of a mapping, from its begin on, ready to be written: a write to them later does not
 * enter the kernel. What they hold stays as it is. */
void pages_touch(void *begin, size_t size);
