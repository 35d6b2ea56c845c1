/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the module counts a process as the kernel does, mapping by mapping:
 *
 *	numa-maps-oracle PID FILE...
 *
 * The files have what placement-probe printed of "placement" and "mapping-dump".
 * The process has kept still since. Whatever numa_maps counts must be counted
 * alike, by node. What it leaves out must be in another file of the kernel as the
 * module has it:
 *
 *	DAX		pagemap has frames that are in a region of persistent memory,
 *			and no memory that is online; sysfs has its target node
 *	DAX, 1 GiB	whoever walks over such a page by means of the kernel takes
 *			it apart, numa_maps too: /proc/vmstat counts that
 *	zeros, vdso	kpageflags says that the frame is a page of zeros, or reserved
 *	poisoned	pagemap has a swap entry of that type
 *	raw frames	smaps has VM_PFNMAP or VM_IO, and no file counts them
 *	swapped out	pagemap has swap entries, smaps counts them
 *
 * And smaps must agree where it can: the resident, the huge, and (of answers to
 * "sharing") what is mapped more than once. Prints a line for all that is
 * explained, and one for each difference; fails if there is a difference.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dax_gigantic.h"
#include "kernel_mapping.h"
#include "kernel_page.h"
#include "module_answer.h"
#include "oracle_report.h"

#define HUGE		21
#define HUGE_PAGES	(1ULL << (HUGE - 12))

static void compare_nodes(const struct kernel_mapping *mapping,
			  const struct module_answer *ours,
			  const struct kernel_pages *pages)
{
	uint64_t counted[NODES_MAX] = { 0 }, dax[NODES_MAX] = { 0 };

	for (size_t i = 0; i < ours->n; i++) {
		const struct module_cell *cell = &ours->cells[i];

		if (cell->node >= NODES_MAX)
			errx(1, "node %" PRIu32, cell->node);
		(cell->kind == KIND_DAX ? dax : counted)[cell->node] +=
			module_cell_base(cell, cell->pages);
	}
	for (int node = 0; node < NODES_MAX; node++) {
		oracle_must_be(counted[node], mapping->nodes[node],
			       "node %d, by numa_maps", node);
		oracle_must_be(counted[node], pages->nodes[node],
			       "node %d, by pagemap", node);
		oracle_must_be(dax[node], pages->dax[node], "node %d, DAX by pagemap", node);
	}
}

/*
 * 6.1's smaps does not see huge pages whose entries are inaccessible, by PROT_NONE
 * or for a hinting fault: neither as huge nor at all. pagemap and numa_maps do.
 */
static uint64_t unseen_by_smaps(const struct kernel_mapping *mapping,
				const struct module_answer *ours, uint64_t huge)
{
	uint64_t inaccessible = mapping->accessible ? ours->hinted : huge;
	uint64_t unseen = huge > mapping->huge ? huge - mapping->huge : 0;

	if (unseen > inaccessible)
		return 0;
	oracle_explain(unseen,
		       "by inaccessible entries of 2 MiB: smaps alone leaves them out");
	return unseen;
}

/*
 * It takes DAX by such entries for resident, which no other size of DAX is: all
 * of them, or the first page of each if it is a file's.
 */
static uint64_t dax_seen_by_smaps(const struct kernel_mapping *mapping,
				  uint64_t resident, uint64_t entries)
{
	uint64_t seen = mapping->resident - resident;

	if (seen != entries && seen != entries * HUGE_PAGES)
		return 0;
	oracle_explain(seen, "of DAX by entries of 2 MiB: smaps alone has them resident");
	return seen;
}

static void compare_kinds(const struct kernel_mapping *mapping,
			  const struct module_answer *ours,
			  const struct kernel_pages *pages)
{
	uint64_t anon = 0, huge = 0, resident = pages->reserved, shared = 0, unseen;
	uint64_t gone = pages->migrating + pages->poisoned, dax_entries = 0;

	for (size_t i = 0; i < ours->n; i++) {
		const struct module_cell *cell = &ours->cells[i];
		uint64_t n = module_cell_base(cell, cell->pages);

		if (cell->kind == KIND_DAX) {
			dax_entries += cell->shift == HUGE ? cell->pages : 0;
			continue;
		}
		resident += n;
		shared += module_cell_base(cell, cell->shared);
		if (cell->kind == KIND_ANON)
			anon += n;
		if (mapping->page_bytes > 4096)
			oracle_must_be(1ULL << cell->shift, mapping->page_bytes,
				       "bytes of its pages");
		else if (cell->shift > 12)
			huge += n;
	}
	oracle_must_be(anon, mapping->anon, "anonymous, by numa_maps");
	unseen = unseen_by_smaps(mapping, ours, huge);
	oracle_must_be(huge - unseen, mapping->huge, "by entries of 2 MiB, by smaps");
	resident -= unseen;
	resident += dax_seen_by_smaps(mapping, resident, dax_entries);
	/* Some of what migrates or is poisoned is resident to smaps. */
	if (mapping->resident - resident > gone)
		oracle_must_be(resident, mapping->resident, "resident, by smaps");
	/* What everybody maps is not the same from one command to the next. */
	if (ours->sharing && strncmp(mapping->name, "/usr/", 5) && !pages->reserved)
		oracle_must_be(shared, mapping->shared, "mapped more than once, by smaps");
}

/* Whether its pages are swapped out by the file, not by the page table. */
static bool is_tmpfs(const struct kernel_mapping *mapping)
{
	return !strncmp(mapping->name, "/memfd:", 7) ||
	       !strncmp(mapping->name, "/dev/zero", 9) ||
	       !strncmp(mapping->name, "/SYSV", 5);
}

/* What is on no node. */
static void compare_rest(const struct kernel_mapping *mapping,
			 const struct module_answer *ours,
			 const struct kernel_pages *pages)
{
	uint64_t special = pages->zero + pages->reserved + pages->outside + pages->poisoned;

	oracle_explain(pages->zero, "of zeros, by kpageflags");
	oracle_explain(pages->reserved, "reserved, by kpageflags");
	oracle_explain(pages->outside, "of no memory");
	oracle_explain(pages->poisoned, "poisoned, by pagemap");
	if (mapping->raw) {
		/* At most all of it. */
		oracle_explain(ours->special, "of raw frames, by the flags in smaps");
		oracle_must_be(ours->special <= (mapping->end - mapping->start) / 4096, 1,
			       "raw frames within the mapping");
	} else {
		oracle_must_be(ours->special, special, "special");
	}
	oracle_must_be(ours->migrating, pages->migrating, "migrating, by pagemap");
	oracle_explain(pages->migrating, "migrating, by pagemap");
	oracle_must_be(ours->swap, pages->swap, "swapped out, by pagemap");
	oracle_explain(pages->swap, "swapped out, by pagemap and smaps");
	oracle_explain(pages->markers, "marked and not there, by pagemap");
	/* A page table has no entry of what others share and is swapped out; a
	 * private mapping of a file that is swapped out has none either, and smaps
	 * counts what the file has there (smap_gather_stats(), fs/proc/task_mmu.c). */
	if ((mapping->may_share || is_tmpfs(mapping)) && mapping->swap > pages->swap)
		oracle_explain(mapping->swap - pages->swap,
			       "shared and swapped out, by smaps: in no page table");
	else
		oracle_must_be(ours->swap, mapping->swap, "swapped out, by smaps");
}

/* Returns how many pages of 1 GiB of DAX it has. */
static uint64_t compare_mapping(const struct kernel_mapping *mapping,
				const struct module_answer *ours)
{
	struct kernel_pages pages;
	uint64_t gigantic;

	oracle_begin(mapping);
	oracle_must_be(ours->start, mapping->start, "start");
	oracle_must_be(ours->end, mapping->end, "end");
	kernel_pages_count(mapping, &pages);
	for (int node = 0; node < NODES_MAX; node++)
		oracle_explain(pages.dax[node], "on node %d: DAX, by pagemap and sysfs", node);
	gigantic = dax_gigantic_add(mapping, ours, &pages);
	compare_nodes(mapping, ours, &pages);
	compare_kinds(mapping, ours, &pages);
	compare_rest(mapping, ours, &pages);
	return gigantic;
}

static void add(struct module_answer *sum, const struct module_answer *answer)
{
	sum->swap += answer->swap;
	sum->migrating += answer->migrating;
	sum->special += answer->special;
	sum->hinted += answer->hinted;
	for (size_t i = 0; i < answer->n; i++) {
		const struct module_cell *cell = &answer->cells[i];
		struct module_cell *to = module_cell_of(sum, cell->node, cell->shift,
							cell->kind);

		to->pages += cell->pages;
		to->shared += cell->shared;
	}
}

/* Here both are the module's: of the process, and of all its mappings. */
static void compare_sum(struct module_answer *process, struct module_answer *sum)
{
	static const struct kernel_mapping whole = { .name = "all mappings together" };

	oracle_begin(&whole);
	oracle_must_be(process->swap, sum->swap, "swapped out");
	oracle_must_be(process->migrating, sum->migrating, "migrating");
	oracle_must_be(process->special, sum->special, "special");
	oracle_must_be(process->hinted, sum->hinted, "hinted");
	oracle_must_be(process->n, sum->n, "cells");
	for (size_t i = 0; i < process->n; i++) {
		const struct module_cell *cell = &process->cells[i];
		const struct module_cell *other = module_cell_of(sum, cell->node, cell->shift,
								 cell->kind);

		oracle_must_be(cell->pages, other->pages, "cell %u:%u:%u",
			       cell->node, cell->shift, cell->kind);
		if (cell->kind != 1)	/* see above of what everybody maps */
			oracle_must_be(cell->shared, other->shared,
				       "shared in cell %u:%u:%u", cell->node,
				       cell->shift, cell->kind);
	}
}

int main(int argc, char **argv)
{
	struct module_answer process = { 0 }, sum = { 0 }, *ours = NULL;
	uint64_t gigantic = 0, splits = dax_gigantic_splits();
	struct kernel_mapping *mappings;
	size_t n_ours = 0, n;

	if (argc < 3)
		errx(2, "usage: numa-maps-oracle PID FILE...");
	for (int i = 2; i < argc; i++)
		module_answers_read(argv[i], &process, &ours, &n_ours);
	n = kernel_mappings_read(argv[1], &mappings);
	splits = dax_gigantic_splits() - splits;
	if (n != n_ours)
		errx(1, "the module has %zu mappings, the kernel %zu", n_ours, n);
	kernel_pages_open(argv[1]);
	for (size_t i = 0; i < n; i++) {
		gigantic += compare_mapping(&mappings[i], &ours[i]);
		add(&sum, &ours[i]);
	}
	compare_sum(&process, &sum);
	oracle_must_be(gigantic, splits, "DAX by 1 GiB, by /proc/vmstat");
	free(ours);
	free(mappings);
	return oracle_differences() != 0;
}
