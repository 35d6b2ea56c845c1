/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <err.h>
#include <fcntl.h>
#include <numaif.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "storm_operation.h"

#ifndef MADV_COLLAPSE	/* glibc before 2.37 */
#define MADV_COLLAPSE	25
#endif

#define PAGE		4096UL
#define HUGE_PAGE	(2UL << 20)
/* Far below all that the kernel places by itself: a hole stays a hole. */
#define WINDOW		((char *)(1UL << 44))
#define WINDOW_BYTES	(64UL << 20)
#define FILE_BYTES	(8UL << 20)
#define SMALL_PAGES	64
#define HOLES_MAX	8
#define NODES		2
#define ALL_NODES	((1UL << NODES) - 1)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct range {
	char *start;
	size_t bytes;
	bool huge;
};

static int memfd, huge_memfd, file;
static _Thread_local sigjmp_buf landing;

/* splitmix64 */
uint64_t storm_random(struct storm_hand *hand, uint64_t below)
{
	uint64_t z = (hand->state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

/* A few small pages anywhere, or one or two where huge pages fit. */
static struct range pick(struct storm_hand *hand)
{
	size_t unit, n;
	struct range range;

	range.huge = storm_random(hand, 3) == 0;
	unit = range.huge ? HUGE_PAGE : PAGE;
	n = 1 + storm_random(hand, range.huge ? 2 : SMALL_PAGES);
	range.bytes = n * unit;
	range.start = WINDOW +
		      storm_random(hand, WINDOW_BYTES / unit - n + 1) * unit;
	return range;
}

static int pick_protection(struct storm_hand *hand)
{
	static const int protections[] = {
		PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ,
		PROT_NONE,
	};

	return protections[storm_random(hand, ARRAY_SIZE(protections))];
}

static bool map(struct storm_hand *hand)
{
	struct range range = pick(hand);
	int flags = MAP_FIXED | MAP_NORESERVE, protection = pick_protection(hand);
	off_t offset;
	int fd = -1;

	flags |= storm_random(hand, 2) ? MAP_SHARED : MAP_PRIVATE;
	flags |= storm_random(hand, 2) ? MAP_POPULATE : 0;
	switch (storm_random(hand, range.huge ? 5 : 4)) {
	case 0:
	case 1:
		flags |= MAP_ANONYMOUS;
		break;
	case 2:
		fd = memfd;
		break;
	case 3:
		fd = file;
		break;
	case 4:
		fd = huge_memfd;
		break;
	}
	offset = storm_random(hand, (FILE_BYTES - range.bytes) / PAGE + 1) * PAGE;
	if (range.huge)
		offset -= offset % HUGE_PAGE;
	return mmap(range.start, range.bytes, protection, flags, fd,
		    fd < 0 ? 0 : offset) != MAP_FAILED;
}

static void land(int signal)
{
	(void)signal;
	siglongjmp(landing, 1);
}

/* As programs do it, without a system call; past a few holes. */
static bool touch(struct storm_hand *hand)
{
	struct range range = pick(hand);
	bool write = storm_random(hand, 3);
	/* Few values: pages that are equal can be merged. */
	char value = storm_random(hand, 3);
	volatile size_t i = 0, touched = 0, holes = 0;

	if (sigsetjmp(landing, 0)) {
		if (++holes == HOLES_MAX)
			return touched;
		i += PAGE;
	}
	for (; i < range.bytes; i += PAGE) {
		volatile char *at = range.start + i;

		if (write)
			*at = value;
		else
			(void)*at;
		touched++;
	}
	return touched;
}

static bool unmap(struct storm_hand *hand)
{
	struct range range = pick(hand);

	return !munmap(range.start, range.bytes);
}

static bool protect(struct storm_hand *hand)
{
	struct range range = pick(hand);

	return !mprotect(range.start, range.bytes, pick_protection(hand));
}

static bool advise(struct storm_hand *hand)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_HUGEPAGE, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
		MADV_FREE, MADV_COLD, MADV_PAGEOUT, MADV_PAGEOUT, MADV_PAGEOUT,
		MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_REMOVE, MADV_COLLAPSE,
	};
	struct range range = pick(hand);

	return !madvise(range.start, range.bytes,
			advices[storm_random(hand, ARRAY_SIZE(advices))]);
}

static bool populate(struct storm_hand *hand)
{
	struct range range = pick(hand);

	return !madvise(range.start, range.bytes,
			storm_random(hand, 3) ? MADV_POPULATE_WRITE :
						MADV_POPULATE_READ);
}

static bool move_mapping(struct storm_hand *hand)
{
	struct range from = pick(hand), to = pick(hand);

	return mremap(from.start, from.bytes, to.bytes,
		      MREMAP_MAYMOVE | MREMAP_FIXED, to.start) != MAP_FAILED;
}

static bool bind_pages(struct storm_hand *hand)
{
	struct range range = pick(hand);
	unsigned long mask = 1 + storm_random(hand, ALL_NODES);
	int policy = storm_random(hand, 2) ? MPOL_BIND : MPOL_INTERLEAVE;

	return !mbind(range.start, range.bytes, policy, &mask, NODES + 1,
		      MPOL_MF_MOVE);
}

static bool move_some(struct storm_hand *hand)
{
	struct range range = pick(hand);
	void *pages[SMALL_PAGES];
	int nodes[SMALL_PAGES], status[SMALL_PAGES];
	size_t step = range.bytes / PAGE > SMALL_PAGES ?
		      range.bytes / SMALL_PAGES : PAGE;
	size_t n = range.bytes / step;
	int node = storm_random(hand, NODES);

	for (size_t i = 0; i < n; i++) {
		pages[i] = range.start + i * step;
		nodes[i] = node;
	}
	return !move_pages(0, n, pages, nodes, status, MPOL_MF_MOVE);
}

static bool move_all(struct storm_hand *hand)
{
	unsigned long from = 1UL << storm_random(hand, NODES);
	unsigned long to = ALL_NODES - from;

	return migrate_pages(0, NODES + 1, &from, &to) >= 0;
}

static const struct operation {
	const char *name;
	unsigned int share;	/* of 1000 */
	bool (*run)(struct storm_hand *hand);
} operations[] = {
	{ "map", 200, map },
	{ "touch", 277, touch },
	{ "populate", 100, populate },
	{ "advise", 150, advise },
	{ "unmap", 50, unmap },
	{ "protect", 90, protect },
	{ "mremap", 50, move_mapping },
	{ "bind", 38, bind_pages },
	{ "move", 40, move_some },
	{ "migrate", 5, move_all },
};
static _Atomic unsigned long done[ARRAY_SIZE(operations)];

void storm_operate(struct storm_hand *hand, unsigned int n)
{
	while (n--) {
		unsigned int drawn = storm_random(hand, 1000);
		size_t i = 0;

		for (; drawn >= operations[i].share; i++)
			drawn -= operations[i].share;
		done[i] += operations[i].run(hand);
	}
}

void storm_report(FILE *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		fprintf(to, " %s=%lu", operations[i].name, done[i]);
}

static int make_memfd(unsigned int flags)
{
	int fd = memfd_create("storm", MFD_CLOEXEC | flags);

	if (fd < 0 || ftruncate(fd, FILE_BYTES))
		err(1, "memfd");
	return fd;
}

void storm_prepare(const char *path)
{
	/* Not blocked meanwhile: who lands elsewhere would leave it so. */
	struct sigaction action = { .sa_handler = land, .sa_flags = SA_NODEFER };

	if (mmap(WINDOW, WINDOW_BYTES, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
		 -1, 0) != WINDOW)
		err(1, "mmap of the window");
	memfd = make_memfd(0);
	huge_memfd = make_memfd(MFD_HUGETLB);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || ftruncate(file, FILE_BYTES))
		err(1, "%s", path);
	if (sigaction(SIGSEGV, &action, NULL) || sigaction(SIGBUS, &action, NULL))
		err(1, "sigaction");
}
