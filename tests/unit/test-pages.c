/* Pages that are brought in before a clock starts. */
#include "engine/pages.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/run.h"

static long n_faults(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

/* Writes to each page, and returns how many of these writes had to enter the kernel. A sanitizer would look
 * at pages of its own for each, which nobody has brought in. */
__attribute__((no_sanitize_address, no_sanitize_thread)) static long write_all(
    volatile char *begin, size_t n_pages, size_t page)
{
    long before = n_faults();

    for (size_t i = 0; i < n_pages; i++)
        begin[i * page] = (char)i;
    return n_faults() - before;
}

/* Shared, as all that the cells use is. A process may fault for other reasons, but not so often. */
START_TEST(what_was_touched_is_written_without_a_fault)
{
    enum { N_PAGES = 1000, FEW = 20 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, N_PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(memory, MAP_FAILED);
    memory[page] = 7;
    pages_touch(memory, N_PAGES * page);
    ck_assert_int_eq(memory[page], 7);
    ck_assert_int_le(write_all(memory, N_PAGES, page), FEW);
    munmap(memory, N_PAGES * page);
}
END_TEST

/* A last page that is not full is brought in, too. */
START_TEST(a_part_of_a_page_is_a_page)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned char is_there[2];

    ck_assert_ptr_ne(memory, MAP_FAILED);
    pages_touch(memory, page + 1);
    ck_assert_int_eq(mincore(memory, 2 * page, is_there), 0);
    ck_assert_int_eq(is_there[0] & is_there[1] & 1, 1);
    munmap(memory, 2 * page);
}
END_TEST

RUN_TESTS("pages", 60, what_was_touched_is_written_without_a_fault, a_part_of_a_page_is_a_page)
