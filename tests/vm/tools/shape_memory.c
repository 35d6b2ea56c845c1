// SPDX-License-Identifier: GPL-2.0-or-later
#include "shape.h"

#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LOWEST	(1UL << 20)

static char *last;
static size_t last_size;

size_t shape_size(const char *text)
{
	char *end;
	size_t size = strtoull(text, &end, 0);

	switch (*end) {
	case 'T':
		size <<= 10;
		/* fall through */
	case 'G':
		size <<= 10;
		/* fall through */
	case 'M':
		size <<= 10;
		/* fall through */
	case 'K':
		size <<= 10;
		break;
	case '\0':
		break;
	default:
		errx(2, "%s is no size", text);
	}
	return size;
}

static char *keep(char *memory, size_t size)
{
	last = memory;
	last_size = size;
	return memory;
}

char *shape_map(size_t size, int protection, int flags, int fd, off_t offset)
{
	char *memory = mmap(NULL, size, protection, flags, fd, offset);

	if (memory == MAP_FAILED)
		err(1, "mmap of %zu bytes", size);
	return keep(memory, size);
}

char *shape_map_aligned(size_t size, size_t alignment, int flags)
{
	char *memory = shape_map(size + alignment, PROT_READ | PROT_WRITE,
				 flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return keep(memory + alignment - (size_t)memory % alignment, size);
}

void shape_touch(char *memory, size_t size, size_t step, bool write)
{
	volatile char *at = memory;

	for (size_t i = 0; i < size; i += step)
		if (write)
			at[i] = 1;
		else
			(void)at[i];
}

void shape_advise(char *memory, size_t size, int advice)
{
	if (madvise(memory, size, advice))
		err(1, "madvise %d", advice);
}

/* Aligned, so that huge pages fit, with or without the advice to use them. */
static void anonymous(const char *value, int advice, bool write)
{
	size_t size = shape_size(value);
	char *memory = shape_map_aligned(size, HUGE_PAGE, MAP_PRIVATE);

	shape_advise(memory, size, advice);
	shape_touch(memory, size, PAGE, write);
}

void shape_anonymous(const char *value)
{
	anonymous(value, MADV_NOHUGEPAGE, true);
}

void shape_huge(const char *value)
{
	anonymous(value, MADV_HUGEPAGE, true);
}

void shape_zero(const char *value)
{
	anonymous(value, MADV_NOHUGEPAGE, false);
}

void shape_huge_zero(const char *value)
{
	anonymous(value, MADV_HUGEPAGE, false);
}

void shape_sparse(const char *value)
{
	size_t size = shape_size(value);
	char *memory = shape_map_aligned(size, HUGE_PAGE, MAP_PRIVATE);

	shape_advise(memory, size, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < 10; i++)
		shape_touch(memory + size / 10 / PAGE * PAGE * i, PAGE, PAGE, true);
}

/* Neighbours that may do different things are not merged into one mapping. */
void shape_many(const char *value)
{
	size_t n = shape_size(value);
	char *memory = shape_map(n * PAGE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	shape_touch(memory, n * PAGE, PAGE, true);
	for (size_t i = 0; i < n; i += 2)
		if (mprotect(memory + i * PAGE, PAGE, PROT_READ))
			err(1, "mprotect");
}

void shape_protected(const char *value)
{
	shape_anonymous(value);
	shape_deny(value);
}

void shape_rewrite(const char *value)
{
	(void)value;
	shape_touch(last, PAGE, PAGE, true);
}

void shape_deny(const char *value)
{
	(void)value;
	if (mprotect(last, last_size, PROT_NONE))
		err(1, "mprotect");
}

static void drop(int signal)
{
	(void)signal;
	munmap((void *)LOWEST, PAGE);
}

void shape_drop(const char *value)
{
	(void)value;
	if (mmap((void *)LOWEST, PAGE, PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		err(1, "mmap at %#lx", LOWEST);
	signal(SIGUSR1, drop);
}
