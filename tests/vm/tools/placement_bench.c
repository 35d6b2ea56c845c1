/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it costs to learn where the memory of a process is, by our way and by
 * those that there were, side by side, on one process of SIZE MiB:
 *
 *	placement-bench costs SIZE
 *	placement-bench disturbance SIZE
 *
 * Prints "bench NAME VALUE UNIT". For the machine whose clock counts
 * instructions, where a figure is the same on every run.
 *
 * Ours is timed from the request to the finished table of `tierscope
 * placement`, by node, size and kind: netlink, parsing and formatting are in
 * it, and the start of the program, which does not grow with the process, is
 * not. What the others give is read and not even parsed.
 */
#include <err.h>
#include <fcntl.h>
#include <numaif.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/placement.h"
#include "report/document.h"
#include "tierscope/tierscope.h"

#define PAGE		4096UL
#define HUGE_PAGE	(2UL << 20)
#define ROUNDS		3
#define BUFFER		(1UL << 20)

/* Of the streaming program, as its progress is counted. */
#define BLOCK		(64UL << 10)
#define STREAM_SECONDS	3

static struct tierscope *ts;
static struct tierscope_topology *topology;
static char buffer[BUFFER];

/**
 * struct target - a process that is looked at
 * @memory: the same address in it and here
 * @bytes: of it
 * @page: of what size the pages are that it is made of
 * @blocks: how many it has streamed over, if it does that
 */
struct target {
	pid_t pid;
	char *memory;
	size_t bytes;
	size_t page;
	_Atomic uint64_t *blocks;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void *map(size_t bytes, int flags)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    flags | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap of %zu bytes", bytes);
	return memory;
}

/* Reads all of its memory, over and over. */
static void stream(const struct target *target)
{
	const volatile uint64_t *memory = (const uint64_t *)target->memory;

	for (;;)
		for (size_t at = 0; at < target->bytes / 8; at += BLOCK / 8) {
			for (size_t i = 0; i < BLOCK / 8; i++)
				(void)memory[at + i];
			atomic_fetch_add_explicit(target->blocks, 1,
						  memory_order_relaxed);
		}
}

static void start(struct target *target, size_t bytes, size_t page, bool streams)
{
	int ready[2];
	char byte;

	target->bytes = bytes;
	target->page = page;
	target->blocks = map(PAGE, MAP_SHARED);
	target->memory = map(bytes + HUGE_PAGE, MAP_PRIVATE | MAP_NORESERVE);
	target->memory += HUGE_PAGE - (uintptr_t)target->memory % HUGE_PAGE;
	if (pipe2(ready, O_CLOEXEC))
		err(1, "pipe2");
	target->pid = fork();
	if (target->pid < 0)
		err(1, "fork");
	if (!target->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (bytes && madvise(target->memory, bytes,
				     page == PAGE ? MADV_NOHUGEPAGE : MADV_HUGEPAGE))
			err(1, "madvise");
		for (size_t i = 0; i < bytes; i += PAGE)
			target->memory[i] = 1;
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		if (streams)
			stream(target);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "a process of %zu bytes does not come up", bytes);
	close(ready[0]);
}

static void end(const struct target *target)
{
	kill(target->pid, SIGKILL);
	waitpid(target->pid, NULL, 0);
}

/* What `tierscope placement PID` does between its start and its end; returns
 * how many pages of the target's size there are, and what the walk took. */
static uint64_t ours(const struct target *target, uint64_t *ret_walk_ns)
{
	struct placement_rows rows = {
		.topology = topology, .by = PLACEMENT_BY_CELL,
	};
	struct tierscope_placement *placement;
	struct report_document *document;
	uint64_t pages = 0;
	char *text = NULL;
	size_t length;
	FILE *file;

	if (tierscope_placement_get(ts, target->pid, 0, &placement))
		errx(1, "%s", tierscope_error(ts));
	file = open_memstream(&text, &length);
	if (!file || report_document_new("tierscope.placement", 1, &document) ||
	    placement_begin(&rows, document) ||
	    placement_add(&rows, placement) ||
	    report_document_write(document, REPORT_TABLE, file))
		errx(1, "no memory");
	report_document_free(document);
	fclose(file);
	free(text);
	for (size_t i = 0; i < placement->n_cells; i++)
		if (placement->cells[i].page_bytes == target->page)
			pages += placement->cells[i].pages;
	*ret_walk_ns = placement->duration_ns;
	tierscope_placement_free(placement);
	return pages;
}

static void numa_maps(const struct target *target)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/numa_maps", target->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		;
	if (n < 0)
		err(1, "%s", path);
	close(fd);
}

static void pagemap(const struct target *target)
{
	size_t left = target->bytes / PAGE * 8;
	off_t at = (uintptr_t)target->memory / PAGE * 8;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", target->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	while (left) {
		ssize_t n = pread(fd, buffer, left < BUFFER ? left : BUFFER, at);

		if (n <= 0)
			err(1, "%s", path);
		at += n;
		left -= n;
	}
	close(fd);
}

/* One address a page of the target's size; all are asked in one call. */
static void ask_move_pages(const struct target *target)
{
	size_t n = target->bytes / target->page;
	void **pages = calloc(n, sizeof(*pages));
	int *nodes = calloc(n, sizeof(*nodes));

	if (!pages || !nodes)
		err(1, "memory");
	for (size_t i = 0; i < n; i++) {
		pages[i] = target->memory + i * target->page;
		nodes[i] = -1;
	}
	if (move_pages(target->pid, n, pages, NULL, nodes, 0))
		err(1, "move_pages");
	for (size_t i = 0; i < n; i++)
		if (nodes[i] < 0)
			errx(1, "move_pages: page %zu: %s", i, strerror(-nodes[i]));
	free(pages);
	free(nodes);
}

/* In nanoseconds; @walk is the part of @ours that the module's walk took. */
struct costs {
	uint64_t ours, walk, numa_maps, move_pages, pagemap;
};

static void shorter(uint64_t *shortest_ns, uint64_t ns)
{
	if (ns < *shortest_ns)
		*shortest_ns = ns;
}

/* The shortest of several rounds, in turns. */
static struct costs measure(const struct target *target)
{
	struct costs ns = {
		UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
	};

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t pages, walk, began = now_ns();

		pages = ours(target, &walk);
		shorter(&ns.ours, now_ns() - began);
		shorter(&ns.walk, walk);
		if (pages < target->bytes / target->page)
			errx(1, "of %zu pages of %zu bytes there are %lu",
			     target->bytes / target->page, target->page, pages);
		began = now_ns();
		numa_maps(target);
		shorter(&ns.numa_maps, now_ns() - began);
		if (!target->bytes)
			continue;
		began = now_ns();
		ask_move_pages(target);
		shorter(&ns.move_pages, now_ns() - began);
		began = now_ns();
		pagemap(target);
		shorter(&ns.pagemap, now_ns() - began);
	}
	return ns;
}

static void print(const char *name, double value, const char *unit)
{
	printf("bench placement.%s %.2f %s\n", name, value, unit);
	fflush(stdout);
}

static void print_costs(const struct target *target, const char *page,
			const struct costs *ns)
{
	double n = target->bytes / target->page;
	char name[64];

	snprintf(name, sizeof(name), "ns_per_%s", page);
	print(name, ns->ours / n, "ns");
	snprintf(name, sizeof(name), "walk_ns_per_%s", page);
	print(name, ns->walk / n, "ns");
	snprintf(name, sizeof(name), "numa_maps_ns_per_%s", page);
	print(name, ns->numa_maps / n, "ns");
	snprintf(name, sizeof(name), "move_pages_ns_per_%s", page);
	print(name, ns->move_pages / n, "ns");
	snprintf(name, sizeof(name), "pagemap_ns_per_%s", page);
	print(name, ns->pagemap / n, "ns");
}

static void costs(size_t bytes)
{
	struct target target;
	struct costs ns;

	/* What does not grow with the process. */
	start(&target, 0, PAGE, false);
	ns = measure(&target);
	print("us_per_request", ns.ours / 1e3, "us");
	print("walk_us_per_request", ns.walk / 1e3, "us");
	print("numa_maps_us_per_request", ns.numa_maps / 1e3, "us");
	end(&target);

	start(&target, bytes, PAGE, false);
	ns = measure(&target);
	print("vs_numa_maps", (double)ns.numa_maps / ns.ours, "ratio");
	print("vs_move_pages", (double)ns.move_pages / ns.ours, "ratio");
	print_costs(&target, "page", &ns);
	end(&target);

	start(&target, bytes, HUGE_PAGE, false);
	ns = measure(&target);
	print_costs(&target, "thp", &ns);
	end(&target);
}

/* Bytes a second that the target streams over while it is looked at once a
 * second, or not at all. */
static double throughput(const struct target *target, bool looks)
{
	uint64_t began = now_ns(), blocks = atomic_load(target->blocks), ended;
	uint64_t walk_ns;

	for (int i = 0; i < STREAM_SECONDS; i++) {
		if (looks)
			ours(target, &walk_ns);
		/* From second to second, whatever the look took. */
		uint64_t next = began + (i + 1) * 1000000000ULL;
		struct timespec until = { next / 1000000000, next % 1000000000 };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	ended = now_ns();
	blocks = atomic_load(target->blocks) - blocks;
	return blocks * (double)BLOCK / (ended - began) * 1e9;
}

static void disturbance(size_t bytes)
{
	double alone = 0, seen = 0;
	struct target target;

	start(&target, bytes, PAGE, true);
	throughput(&target, true);	/* what is slow only once */
	for (int round = 0; round < 2; round++) {
		alone += throughput(&target, false);
		seen += throughput(&target, true);
	}
	end(&target);
	print("disturbance_percent", (1 - seen / alone) * 100, "percent");
}

int main(int argc, char **argv)
{
	size_t bytes;

	if (argc != 3)
		errx(2, "usage: placement-bench costs|disturbance MIB");
	bytes = strtoull(argv[2], NULL, 10) << 20;
	if (tierscope_new(NULL, &ts))
		errx(1, "no handle");
	if (tierscope_topology_read(ts, &topology))
		errx(1, "%s", tierscope_error(ts));
	if (!strcmp(argv[1], "costs"))
		costs(bytes);
	else if (!strcmp(argv[1], "disturbance"))
		disturbance(bytes);
	else
		errx(2, "there is no %s to measure", argv[1]);
	tierscope_topology_free(topology);
	tierscope_free(ts);
	return 0;
}
