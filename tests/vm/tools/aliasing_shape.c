/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process whose pages share slots of near memory as is asked:
 *
 *	aliasing-shape NODE:BYTES PAGES SHARE
 *
 * Has PAGES pages, SHARE of them in each slot that it has any in. Takes more
 * than it needs from the node that numactl binds it to, looks up their frames
 * in /proc/self/pagemap, keeps those that fit, gives back the rest. Then goes
 * over all of them once, says "ready PID", and reads lines of them, any as
 * likely as another and independent of the others, until its standard input
 * says something or ends.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "frame_slot.h"
#include "workloads/splitmix64.h"

#define PAGE		4096UL
#define LINE		64UL
#define ACCESSES_AT_ONCE 4096

/**
 * struct pool - more pages than are needed
 * @slot: of each page
 * @kept: whether it is
 */
struct pool {
	char *memory;
	uint64_t n;
	uint64_t *slot;
	bool *kept;
};

static void *map(size_t bytes, int protection)
{
	void *memory = mmap(NULL, bytes, protection,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap of %zu bytes", bytes);
	return memory;
}

static void pool_make(struct pool *pool, const struct frame_slots *slots,
		      uint64_t n)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (pagemap < 0)
		err(1, "pagemap");
	pool->n = n;
	pool->memory = map(n * PAGE, PROT_READ | PROT_WRITE);
	pool->slot = calloc(n, sizeof(*pool->slot));
	pool->kept = calloc(n, sizeof(*pool->kept));
	if (!pool->slot || !pool->kept)
		errx(1, "out of memory");
	for (uint64_t i = 0; i < n; i++)
		*(volatile char *)(pool->memory + i * PAGE) = 1;
	/* From now on nobody makes huge pages of them, in other frames. */
	if (madvise(pool->memory, n * PAGE, MADV_NOHUGEPAGE))
		err(1, "madvise");
	frames_of(pagemap, (uintptr_t)pool->memory, n, pool->slot);
	for (uint64_t i = 0; i < n; i++)
		pool->slot[i] = frame_slot(slots, pool->slot[i]);
	close(pagemap);
}

/* Marks @share pages of each slot that has as many, up to @pages in all. */
static void pool_choose(struct pool *pool, uint64_t slots, uint64_t pages,
			uint64_t share)
{
	uint64_t *have = calloc(slots, sizeof(*have));
	uint64_t left = pages;

	if (!have)
		errx(1, "out of memory");
	for (uint64_t i = 0; i < pool->n; i++)
		if (pool->slot[i] != FRAME_SLOT_NONE)
			have[pool->slot[i]]++;
	for (uint64_t slot = 0; slot < slots; slot++) {
		have[slot] = have[slot] >= share && left ? share : 0;
		left -= have[slot];
	}
	if (left)
		errx(1, "of %" PRIu64 " pages %" PRIu64 " were not found",
		     pages, left);
	for (uint64_t i = 0; i < pool->n; i++) {
		if (pool->slot[i] == FRAME_SLOT_NONE || !have[pool->slot[i]])
			continue;
		have[pool->slot[i]]--;
		pool->kept[i] = true;
	}
	free(have);
}

/* A page keeps its frame when it is moved: so all that is kept lies together,
 * and to go over it no list is read. The rest is given back. */
static char *pool_move(struct pool *pool, uint64_t pages)
{
	char *kept = map(pages * PAGE, PROT_NONE), *to = kept;
	uint64_t end;

	for (uint64_t i = 0; i < pool->n; i = end) {
		for (end = i + 1; end < pool->n && pool->kept[end] == pool->kept[i];)
			end++;
		if (!pool->kept[i])
			continue;
		if (mremap(pool->memory + i * PAGE, (end - i) * PAGE,
			   (end - i) * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			   to) == MAP_FAILED)
			err(1, "mremap");
		to += (end - i) * PAGE;
	}
	if (munmap(pool->memory, pool->n * PAGE))
		err(1, "munmap");
	free(pool->slot);
	free(pool->kept);
	return kept;
}

static bool told_to_end(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&in, 1, 0) != 0;
}

static void read_lines(const char *memory, uint64_t lines)
{
	uint64_t state = 1;

	while (!told_to_end())
		for (unsigned int i = 0; i < ACCESSES_AT_ONCE; i++) {
			uint64_t line = (uint64_t)((unsigned __int128)
						   splitmix64_next(&state) *
						   lines >> 64);

			(void)*(const volatile char *)(memory + line * LINE);
		}
}

int main(int argc, char **argv)
{
	struct frame_slots slots;
	uint64_t pages, share;
	struct pool pool;
	char *kept;

	if (argc != 4)
		errx(2, "usage: aliasing-shape NODE:BYTES PAGES SHARE");
	frame_slots_read(argv[1], &slots);
	pages = strtoull(argv[2], NULL, 10);
	share = strtoull(argv[3], NULL, 10);
	if (!share || !pages || pages % share)
		errx(2, "PAGES is no multiple of SHARE");
	/* Nearly one page a slot more than are wanted of one. */
	pool_make(&pool, &slots, (share + 1) * slots.slots);
	pool_choose(&pool, slots.slots, pages, share);
	kept = pool_move(&pool, pages);
	for (uint64_t i = 0; i < pages * PAGE; i += LINE)
		*(volatile char *)(kept + i) = 1;
	printf("ready %d\n", getpid());
	fflush(stdout);
	read_lines(kept, pages * PAGE / LINE);
	return 0;
}
