/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judges what the module says of a process that keeps still, as often as it is
 * asked. numa_maps is the oracle, and smaps for what is swapped out. One process
 * for all of it, because under emulation, with all CPUs busy, starting the
 * programs that a script would need takes ten seconds.
 *
 *	placement-oracle PID
 *
 * For each line of standard input says in one line:
 *	equal mappings=N pages=N huge=N swap=N
 *				mapping by mapping, in all, and page by page;
 *				huge ones are among the pages
 *	changed			it does not keep still, or a page of it is on
 *				its way between two nodes
 *	differs WHAT		and how
 */
#include <err.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>

#include "placement_walk.h"

#define PAGE_SHIFT	12
#define PAGE_KB		4
#define PATH		64
#define MAPPINGS_MAX	65536	/* and a process has less */

/**
 * struct place - one mapping
 * @start: its address
 * @pages: on each node
 * @swap: pages that are swapped out
 * @tmpfs: smaps then counts what the file has swapped out, which is in no page
 *	table
 */
struct place {
	uint64_t start;
	uint64_t pages[PLACEMENT_NODES];
	uint64_t swap;
	bool tmpfs;
};

struct view {
	size_t n;
	struct place places[MAPPINGS_MAX];
};

static struct probe probe;
static struct view before, after, told;
static uint64_t migrating;
static uint64_t huge;
static bool interrupted;
static char *line;
static size_t line_room;

static struct place *add_place(struct view *view, uint64_t start)
{
	struct place *place = &view->places[view->n++];

	if (view->n > MAPPINGS_MAX)
		errx(1, "too many mappings");
	*place = (struct place){ .start = start };
	return place;
}

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[PATH];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		err(1, "%s", path);
	return file;
}

/* "ADDRESS POLICY [NAME=VALUE]... [NNODE=PAGES]... kernelpagesize_kB=N" */
static void read_numa_maps(pid_t pid, struct view *view)
{
	FILE *file = open_proc(pid, "numa_maps");

	view->n = 0;
	while (getline(&line, &line_room, file) > 0) {
		struct place *place = add_place(view, strtoull(line, NULL, 16));
		char *size = strstr(line, " kernelpagesize_kB=");
		uint64_t scale = 1;

		if (size)
			scale = strtoull(strchr(size, '=') + 1, NULL, 10) / PAGE_KB;
		for (unsigned int node = 0; node < PLACEMENT_NODES; node++) {
			char name[16];
			const char *at;

			snprintf(name, sizeof(name), " N%u=", node);
			at = strstr(line, name);
			if (at)
				place->pages[node] =
					scale * strtoull(at + strlen(name), NULL, 10);
		}
	}
	fclose(file);
}

static bool is_tmpfs(const char *mapping)
{
	return strstr(mapping, " /memfd:") || strstr(mapping, " /dev/zero") ||
	       strstr(mapping, " /SYSV");
}

/* The same mappings, and one more that is the kernel's. */
static void read_smaps(pid_t pid, struct view *view)
{
	FILE *file = open_proc(pid, "smaps");
	struct place *place = NULL;
	size_t next = 0;
	uint64_t start, end, kb;

	while (getline(&line, &line_room, file) > 0) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
			place = next < view->n ? &view->places[next++] : NULL;
			if (place)
				place->tmpfs = is_tmpfs(line);
		} else if (place && sscanf(line, "Swap: %lu", &kb) == 1) {
			place->swap = place->tmpfs ? 0 : kb / PAGE_KB;
		}
	}
	fclose(file);
}

static void take_mapping(const struct nlmsghdr *header, void *unused)
{
	struct nlattr *tb[TIERSCOPE_MAPPING_MAX + 1];
	struct place *place;

	(void)unused;
	placement_parse(header, tb, TIERSCOPE_MAPPING_MAX);
	place = add_place(&told, placement_number(tb, TIERSCOPE_MAPPING_START));
	place->swap = placement_number(tb, TIERSCOPE_MAPPING_SWAP_PAGES);
	migrating += placement_number(tb, TIERSCOPE_MAPPING_MIGRATING_PAGES);
	placement_add_cells(header, TIERSCOPE_MAPPING_CELL, place->pages);
}

static void take_placement(const struct nlmsghdr *header, void *pages)
{
	struct nlattr *tb[TIERSCOPE_PLACEMENT_MAX + 1];

	placement_parse(header, tb, TIERSCOPE_PLACEMENT_MAX);
	migrating += placement_number(tb, TIERSCOPE_PLACEMENT_MIGRATING_PAGES);
	placement_add_cells(header, TIERSCOPE_PLACEMENT_CELL, pages);
}

static void take_pages(const struct nlmsghdr *header, void *context)
{
	struct nlattr *attr, *tb[TIERSCOPE_PAGE_ENTRY_MAX + 1];
	uint64_t *pages = context, n;
	int rest;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header, GENL_HDRLEN, rest) {
		if (nla_parse_nested(tb, TIERSCOPE_PAGE_ENTRY_MAX, attr, NULL))
			errx(1, "a page cannot be parsed");
		if (!tb[TIERSCOPE_PAGE_ENTRY_NODE])
			continue;
		n = 1UL << (placement_number(tb, TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT) -
			    PAGE_SHIFT);
		pages[placement_number(tb, TIERSCOPE_PAGE_ENTRY_NODE) %
		      PLACEMENT_NODES] += n;
		huge += n > 1 ? n : 0;
	}
}

static void walk(uint8_t cmd, pid_t pid,
		 void (*record)(const struct nlmsghdr *header, void *context),
		 void *context)
{
	int error = placement_walk(&probe, cmd, pid, false, record, context);

	if (error)
		errx(1, "refused %s: %s", strerrorname_np(-error), probe.sentence);
	interrupted |= cmd != TIERSCOPE_CMD_PLACEMENT_GET &&
		       probe_interrupted(&probe);
}

/* Whether both say the same; what they say otherwise. */
static bool same_mappings(void)
{
	for (size_t i = 0; i < before.n || i < told.n; i++) {
		const struct place *kernel = &before.places[i];
		const struct place *module = &told.places[i];

		if (i < before.n && i < told.n &&
		    kernel->start == module->start &&
		    !memcmp(kernel->pages, module->pages, sizeof(kernel->pages)) &&
		    (kernel->tmpfs || kernel->swap == module->swap))
			continue;
		printf("differs mapping %zu of %zu and %zu: %lx has %lu %lu and %lu in swap in numa_maps and smaps, %lx has %lu %lu and %lu by the module\n",
		       i, before.n, told.n, kernel->start, kernel->pages[0],
		       kernel->pages[1], kernel->swap, module->start,
		       module->pages[0], module->pages[1], module->swap);
		return false;
	}
	return true;
}

static bool same_sums(const char *what, const uint64_t *kernel,
		      const uint64_t *module)
{
	if (!memcmp(kernel, module, PLACEMENT_NODES * sizeof(*kernel)))
		return true;
	printf("differs %s: %lu %lu in numa_maps, %lu %lu by the module\n", what,
	       kernel[0], kernel[1], module[0], module[1]);
	return false;
}

static bool changed(void)
{
	if (migrating || before.n != after.n)
		return true;
	for (size_t i = 0; i < before.n; i++)
		if (before.places[i].start != after.places[i].start ||
		    memcmp(before.places[i].pages, after.places[i].pages,
			   sizeof(after.places[i].pages)))
			return true;
	return false;
}

static void judge(pid_t pid)
{
	uint64_t sum[PLACEMENT_NODES] = {}, placement[PLACEMENT_NODES] = {};
	uint64_t pages[PLACEMENT_NODES] = {}, swap = 0;

	migrating = 0;
	huge = 0;
	interrupted = false;
	told.n = 0;
	read_numa_maps(pid, &before);
	read_smaps(pid, &before);
	walk(TIERSCOPE_CMD_MAPPING_GET, pid, take_mapping, NULL);
	walk(TIERSCOPE_CMD_PLACEMENT_GET, pid, take_placement, placement);
	walk(TIERSCOPE_CMD_PAGE_GET, pid, take_pages, pages);
	read_numa_maps(pid, &after);
	if (changed()) {
		puts("changed");
		return;
	}
	if (interrupted) {
		puts("differs: the module has seen a change");
		return;
	}
	for (size_t i = 0; i < before.n; i++) {
		swap += before.places[i].swap;
		for (unsigned int node = 0; node < PLACEMENT_NODES; node++)
			sum[node] += before.places[i].pages[node];
	}
	if (same_mappings() && same_sums("in all", sum, placement) &&
	    same_sums("page by page", sum, pages))
		printf("equal mappings=%zu pages=%lu huge=%lu swap=%lu\n",
		       before.n, sum[0] + sum[1], huge, swap);
}

int main(int argc, char **argv)
{
	char asked[16];

	if (argc != 2)
		errx(2, "usage: placement-oracle PID");
	probe_open(&probe);
	while (fgets(asked, sizeof(asked), stdin)) {
		judge(atoi(argv[1]));
		fflush(stdout);
	}
	return 0;
}
