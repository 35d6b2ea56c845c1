// SPDX-License-Identifier: GPL-2.0-or-later
#include "shape.h"

#include <err.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *small_pages(size_t size)
{
	char *memory = shape_map_aligned(size, HUGE_PAGE, MAP_PRIVATE);

	shape_advise(memory, size, MADV_NOHUGEPAGE);
	return memory;
}

/* mlock brings in what was never touched. */
void shape_locked(const char *value)
{
	size_t size = shape_size(value);

	if (mlock(small_pages(size), size))
		err(1, "mlock");
}

static void written(const char *value, int advice)
{
	size_t size = shape_size(value);
	char *memory = small_pages(size);

	shape_touch(memory, size, PAGE, true);
	shape_advise(memory, size, advice);
}

void shape_free(const char *value)
{
	written(value, MADV_FREE);
}

void shape_merged(const char *value)
{
	written(value, MADV_MERGEABLE);
}

void shape_merged_zero(const char *value)
{
	size_t size = shape_size(value);
	char *memory = small_pages(size);

	memset(memory, 0, size);
	shape_advise(memory, size, MADV_MERGEABLE);
}

void shape_swapped(const char *value)
{
	written(value, MADV_PAGEOUT);
}

void shape_shared_swapped(const char *value)
{
	size_t size = shape_size(value);
	char *memory = shape_map(size, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	shape_touch(memory, size, PAGE, true);
	shape_advise(memory, size, MADV_PAGEOUT);
}

static void ignore(int signal)
{
	(void)signal;
}

/*
 * The first page of it; the kernel never uses its frame again. Who finds memory
 * broken is told, and may not be deaf to it.
 */
void shape_poisoned(const char *value)
{
	size_t size = shape_size(value);
	char *memory = small_pages(size);

	signal(SIGBUS, ignore);
	shape_touch(memory, size, PAGE, true);
	shape_advise(memory, PAGE, MADV_HWPOISON);
	signal(SIGBUS, SIG_DFL);
}

/*
 * Shared memory that nobody has touched leaves a note in the page table if it
 * is to be kept from being written.
 */
void shape_marked(const char *value)
{
	size_t size = shape_size(value);
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
	};
	struct uffdio_writeprotect protect = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_WP };
	int memfd = shape_memfd(size, 0);
	long fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	range.range.start = (uintptr_t)shape_map(size, PROT_READ | PROT_WRITE,
						 MAP_SHARED, memfd, 0);
	range.range.len = size;
	protect.range = range.range;
	/* The file stays open: its end would end what it protects. */
	if (fd < 0 || ioctl((int)fd, UFFDIO_API, &api) ||
	    ioctl((int)fd, UFFDIO_REGISTER, &range) ||
	    ioctl((int)fd, UFFDIO_WRITEPROTECT, &protect))
		err(1, "userfaultfd");
	close(memfd);
}
