/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that works on its memory while it is moved about, and knows every
 * byte of it:
 *
 *	pin-load WORD...
 *
 *	anon=MIB	anonymous, 4 KiB pages
 *	thp=MIB		anonymous, huge pages
 *	hugetlb=MIB	from the pool of 2 MiB
 *	shmem=MIB	memory of a memfd
 *	mixed=MIB	anonymous, huge pages, every other one of them in small ones
 *	grow=KIB	so much more anonymous memory at every line "grow"
 *	read		touches, but never writes
 *	maps		maps and unmaps a page at every 64th touch, as a program that
 *			allocates does
 *	still		does nothing but wait
 *
 * Says "ready PID". A thread touches page after page: each has a counter that
 * goes up by one and must not have lost a step, and words that stay and are
 * looked at in turn. A line "gap" on standard input is answered with "gap NS
 * ROUNDS": the longest time from one touch to the next since the last such line,
 * and how often everything was touched. At the end of standard input all bytes
 * are looked at, and it says "ok ROUNDS" or "bad PAGES", with status 1.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE		4096UL
#define WORDS		(PAGE / 8)
#define HUGE_PAGE	(2UL << 20)
#define AREAS_MAX	16

static struct area {
	uint64_t *memory;
	size_t pages;
} areas[AREAS_MAX];
static size_t n_areas;
static size_t grow_bytes;
static bool reads, maps, still;

static atomic_bool ends;
static _Atomic uint64_t longest_ns, rounds, bad;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* splitmix64 */
static uint64_t word_of(size_t area, size_t page, size_t word)
{
	uint64_t z = ((uint64_t)area << 56 | (uint64_t)page << 16 | word) +
		     0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static char *map(size_t size, int flags, int fd)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap of %zu bytes", size);
	return memory;
}

static char *anonymous(size_t size, int advice)
{
	char *memory = map(size + HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memory += HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE;
	if (madvise(memory, size, advice))
		err(1, "madvise");
	return memory;
}

/* In one mapping: what is advised while it is touched stays as it is. */
static char *mixed(size_t size)
{
	char *memory = anonymous(size, MADV_NOHUGEPAGE);

	for (size_t at = 0; at < size; at += 2 * HUGE_PAGE)
		for (size_t i = 0; i < HUGE_PAGE; i += PAGE)
			memory[at + i] = 1;
	if (madvise(memory, size, MADV_HUGEPAGE))
		err(1, "madvise");
	for (size_t at = HUGE_PAGE; at < size; at += 2 * HUGE_PAGE)
		memory[at] = 1;
	/* khugepaged would make huge pages of the small ones. */
	if (madvise(memory, size, MADV_NOHUGEPAGE))
		err(1, "madvise");
	return memory;
}

static char *shmem(size_t size)
{
	int fd = memfd_create("load", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, size))
		err(1, "memfd");
	return map(size, MAP_SHARED, fd);
}

static void add(char *memory, size_t size)
{
	struct area *area = &areas[n_areas];

	if (n_areas == AREAS_MAX)
		errx(2, "too many words");
	area->memory = (uint64_t *)memory;
	area->pages = size / PAGE;
	for (size_t page = 0; page < area->pages; page++) {
		area->memory[page * WORDS] = 0;
		for (size_t word = 1; word < WORDS; word++)
			area->memory[page * WORDS + word] = word_of(n_areas, page, word);
	}
	n_areas++;
}

static void make(const char *word)
{
	const char *value = strchr(word, '=');
	size_t length = value ? (size_t)(value - word) : strlen(word);
	size_t size = value ? strtoull(value + 1, NULL, 10) << 20 : 0;

#define IS(name) (length == strlen(name) && !strncmp(word, name, length))
	if (IS("anon"))
		add(anonymous(size, MADV_NOHUGEPAGE), size);
	else if (IS("thp"))
		add(anonymous(size, MADV_HUGEPAGE), size);
	else if (IS("hugetlb"))
		add(map(size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1), size);
	else if (IS("shmem"))
		add(shmem(size), size);
	else if (IS("mixed"))
		add(mixed(size), size);
	else if (IS("grow"))
		grow_bytes = size >> 10;
	else if (IS("read"))
		reads = true;
	else if (IS("maps"))
		maps = true;
	else if (IS("still"))
		still = true;
	else
		errx(2, "there is no %s", word);
}

static bool touch(size_t number, size_t page, uint64_t round)
{
	volatile uint64_t *at = areas[number].memory + page * WORDS;
	size_t word = 1 + (round + page) % (WORDS - 1);

	if (at[0] != (reads ? 0 : round) || at[word] != word_of(number, page, word))
		return false;
	if (!reads)
		at[0] = round + 1;
	return true;
}

static void *work(void *unused)
{
	uint64_t last = now_ns(), round = 0;

	for (; !atomic_load(&ends); round++, atomic_fetch_add(&rounds, 1))
		for (size_t i = 0; i < n_areas; i++)
			for (size_t page = 0; page < areas[i].pages; page++) {
				uint64_t now;

				if (!touch(i, page, round))
					atomic_fetch_add(&bad, 1);
				if (maps && page % 64 == 0)
					munmap(map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1),
					       PAGE);
				now = now_ns();
				if (now - last > atomic_load_explicit(&longest_ns,
								      memory_order_relaxed))
					atomic_store(&longest_ns, now - last);
				last = now;
			}
	return unused;
}

static void look_at_all(void)
{
	uint64_t count = reads ? 0 : atomic_load(&rounds);

	for (size_t i = 0; i < n_areas; i++)
		for (size_t page = 0; page < areas[i].pages; page++) {
			const uint64_t *at = areas[i].memory + page * WORDS;
			bool good = at[0] == count;

			for (size_t word = 1; word < WORDS; word++)
				good &= at[word] == word_of(i, page, word);
			if (!good)
				atomic_fetch_add(&bad, 1);
		}
}

int main(int argc, char **argv)
{
	pthread_t worker;
	char line[64];

	for (int i = 1; i < argc; i++)
		make(argv[i]);
	if (!n_areas)
		errx(2, "no memory");
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!still && pthread_create(&worker, NULL, work, NULL))
		errx(1, "no thread");
	printf("ready %d\n", getpid());
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "gap\n"))
			printf("gap %lu %lu\n", (unsigned long)atomic_exchange(&longest_ns, 0),
			       (unsigned long)atomic_load(&rounds));
		if (!strcmp(line, "grow\n")) {
			memset(map(grow_bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1), 1,
			       grow_bytes);
			printf("grown\n");
		}
	}
	atomic_store(&ends, true);
	if (!still)
		pthread_join(worker, NULL);
	look_at_all();
	printf("%s %lu\n", bad ? "bad" : "ok", (unsigned long)(bad ? bad : rounds));
	return bad ? 1 : 0;
}
