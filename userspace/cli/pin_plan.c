/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pin_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "lib/scope.h"

#define SMALL_PAGE	4096ULL
#define HUGE_PAGE	(2ULL << 20)

/**
 * struct planner - a process whose mappings are gone through
 * @may_share: CAP_SYS_NICE
 * @guessed: huge pages of this mapping and node that may be small ones, less
 *	those that are there: these are counted small
 * @sentence: what the search said, before the dump says that it was ended
 */
struct planner {
	const struct cli_machine *machine;
	struct pin_room *room;
	const struct pin_choice *choice;
	struct tierscope_finder *finder;
	bool may_share;
	struct pin_plan *plan;
	struct pin_process *process;
	const struct tierscope_mapping *mapping;
	char sentence[512];
};

static bool is_chosen(const struct pin_choice *choice,
		      const struct tierscope_mapping *mapping)
{
	switch (choice->by) {
	case PIN_MAPPINGS_ALL:
		break;
	case PIN_MAPPINGS_HEAP:
		return !strcmp(mapping->name, "[heap]");
	case PIN_MAPPINGS_ANON:
		return !(mapping->flags & TIERSCOPE_MAPPING_SHARED) &&
		       (!*mapping->name || *mapping->name == '[');
	case PIN_MAPPINGS_FILE:
		return !strcmp(mapping->name, choice->file);
	case PIN_MAPPINGS_RANGE:
		return mapping->start < choice->end && mapping->end > choice->start;
	}
	return true;
}

static int count(struct planner *planner, int from, int to, uint64_t page_bytes,
		 enum pin_verdict verdict, uint64_t pages)
{
	const struct pin_row row = {
		planner->process->process.pid, from, to, page_bytes, verdict, pages,
	};

	return pin_plan_count(planner->plan, &row);
}

/* Huge pages of the mapping on that node. */
static uint64_t huge_pages(const struct tierscope_mapping *mapping, int node)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < mapping->n_cells; i++)
		if (mapping->cells[i].node == node &&
		    mapping->cells[i].page_bytes == HUGE_PAGE)
			pages += mapping->cells[i].pages;
	return pages;
}

/* Guessed pages so far, of that mapping and node. */
static uint64_t guessed_pages(const struct pin_ranges *ranges, size_t n,
			      const struct tierscope_mapping *mapping, int node)
{
	uint64_t pages = 0;

	for (size_t i = n; i-- > 0 && ranges->at[i].address >= mapping->start;)
		if (ranges->at[i].flags & TIERSCOPE_RANGE_GUESSED &&
		    ranges->at[i].from == node)
			pages += ranges->at[i].pages;
	return pages;
}

/* Which of the guessed ones are huge nobody knows yet, but how many. */
static int count_moved(struct planner *planner, const struct tierscope_range *part,
		       size_t before)
{
	uint64_t huge = part->pages;

	if (part->flags & TIERSCOPE_RANGE_GUESSED) {
		uint64_t all = huge_pages(planner->mapping, part->from);
		uint64_t had = guessed_pages(&planner->process->move, before,
					     planner->mapping, part->from);

		all = all > had ? all - had : 0;
		huge = all < huge ? all : huge;
	}
	return count(planner, part->from, part->to, part->page_bytes, PIN_MOVE,
		     huge) ?:
	       count(planner, part->from, part->to, SMALL_PAGE, PIN_MOVE,
		     (part->pages - huge) * (part->page_bytes / SMALL_PAGE));
}

static int add_part(const struct tierscope_range *part, bool fits, void *data)
{
	struct planner *planner = data;
	struct pin_process *process = planner->process;
	enum pin_verdict verdict = !fits ? PIN_POOL : PIN_MOVE;
	size_t before = process->move.n;

	if (verdict == PIN_MOVE)
		return pin_ranges_add(&process->move, part) ?:
		       count_moved(planner, part, before);
	return pin_ranges_add(&process->stay, part) ?:
	       count(planner, part->from, part->to, part->page_bytes, verdict,
		     part->pages);
}

static int add_range(const struct tierscope_range *range, void *data)
{
	struct planner *planner = data;
	struct tierscope_range part = *range;

	if (tierscope_nodes_have(&planner->room->nodes, range->from))
		return count(planner, range->from, range->from, range->page_bytes,
			     PIN_THERE, range->pages);
	if (range->flags & TIERSCOPE_RANGE_SHARED && !planner->may_share) {
		part.to = planner->room->nodes.ids[0];
		return pin_ranges_add(&planner->process->stay, &part) ?:
		       count(planner, range->from, -1, range->page_bytes,
			     PIN_SHARED, range->pages);
	}
	return pin_room_give(planner->room, range, planner->mapping->flags &
			     TIERSCOPE_MAPPING_HUGETLB, add_part, planner);
}

/* What is no page that could be moved. */
static int count_others(struct planner *planner,
			const struct tierscope_mapping *mapping)
{
	int r = 0;

	for (size_t i = 0; !r && i < mapping->n_cells; i++)
		if (mapping->cells[i].kind == TIERSCOPE_KIND_DAX)
			r = count(planner, mapping->cells[i].node, -1,
				  mapping->cells[i].page_bytes, PIN_DAX,
				  mapping->cells[i].pages);
	return r ?: count(planner, -1, -1, SMALL_PAGE, PIN_SPECIAL,
			  mapping->special_bytes / SMALL_PAGE) ?:
		    count(planner, -1, -1, SMALL_PAGE, PIN_SWAPPED,
			  mapping->swap_bytes / SMALL_PAGE);
}

static int add_mapping(const struct tierscope_mapping *mapping, void *data)
{
	const struct pin_choice *choice = ((struct planner *)data)->choice;
	bool by_range = choice->by == PIN_MAPPINGS_RANGE;
	struct planner *planner = data;
	int r;

	if (!is_chosen(choice, mapping))
		return 0;
	planner->mapping = mapping;
	r = tierscope_finder_mapping(planner->machine->ts, planner->finder,
				     planner->process->process.pid, mapping,
				     by_range ? choice->start : 0,
				     by_range ? choice->end : UINT64_MAX,
				     add_range, planner);
	if (r < 0)
		snprintf(planner->sentence, sizeof(planner->sentence), "%s",
			 tierscope_error(planner->machine->ts));
	return r ?: count_others(planner, mapping);
}

static int add_process(struct planner *planner, pid_t pid, bool must)
{
	struct pin_process *process = &planner->plan->processes[planner->plan->n];
	struct tierscope *ts = planner->machine->ts;
	int r;

	*process = (struct pin_process){ 0 };
	*planner->sentence = '\0';
	planner->process = process;
	r = process_read(pid, &process->process);
	if (r < 0 && must)
		cli_error("there is no process %d", pid);
	if (r < 0)
		return must ? CLI_FAILURE : CLI_OK;
	planner->plan->n++;
	r = tierscope_mapping_dump(ts, pid, 0, add_mapping, planner, NULL);
	if (r == -ENOMEM)
		return cli_oom();
	if (r == -ESRCH && !must)
		return CLI_OK;
	if (r < 0)
		cli_error("cannot look at process %d: %s", pid,
			  *planner->sentence ? planner->sentence : tierscope_error(ts));
	return r < 0 ? CLI_FAILURE : CLI_OK;
}

/* Whether KSM has let it share pages, with itself even; Linux 5.19 says. */
static bool is_merged(pid_t pid)
{
	FILE *file scope_fclose = NULL;
	unsigned long pages = 1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ksm_merging_pages", pid);
	file = fopen(path, "re");
	if (!file)
		return errno != ENOENT;
	return fscanf(file, "%lu", &pages) != 1 || pages;
}

int pin_plan_make(const struct cli_machine *machine, struct pin_room *room,
		  const struct pin_choice *choice, const pid_t *pids, size_t n,
		  struct pin_plan *ret)
{
	struct planner planner = {
		.machine = machine, .room = room, .choice = choice, .plan = ret,
		.may_share = tierscope_move_may_shared(),
	};
	int status = CLI_OK;

	ret->processes = calloc(n, sizeof(*ret->processes));
	if (!ret->processes || tierscope_finder_new(&planner.finder) < 0)
		return cli_oom();
	if (n == 1 && planner.may_share && !is_merged(pids[0]))
		tierscope_finder_alone(planner.finder);
	for (size_t i = 0; !status && i < n; i++)
		status = add_process(&planner, pids[i], !i);
	tierscope_finder_free(planner.finder);
	return status;
}
