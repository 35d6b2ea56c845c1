/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be moved where, and what cannot be and why, before anything is.
 */
#pragma once

#include "cli/cpuset.h"
#include "cli/machine.h"
#include "cli/pin_room.h"
#include "cli/process.h"
#include "tierscope/move.h"

enum pin_verdict {
	PIN_MOVE,
	PIN_THERE,		/* on a node that will do */
	PIN_SHARED,		/* mapped more than once, and no CAP_SYS_NICE */
	PIN_POOL,		/* the target's pool of huge pages has no room */
	PIN_DAX,
	PIN_SPECIAL,
	PIN_SWAPPED,

	PIN_VERDICTS,
};

/* "move", "there", "shared" and so on, and why in a few words. */
const char *pin_verdict_name(enum pin_verdict verdict);
const char *pin_verdict_reason(enum pin_verdict verdict);

struct pin_ranges {
	size_t n, room;
	struct tierscope_range *at;
};

int pin_ranges_add(struct pin_ranges *ranges, const struct tierscope_range *range);

/**
 * struct pin_process - one process of a plan or ledger
 * @move: what is to be moved
 * @stay: what cannot be, but a cpuset may make the kernel move it
 * @cpuset: if it has a @group
 */
struct pin_process {
	struct process process;
	struct pin_ranges move;
	struct pin_ranges stay;
	struct cpuset cpuset;
};

void pin_process_clear(struct pin_process *process);

/* Pages of one process that go the same way; @from, @to may be -1. */
struct pin_row {
	pid_t pid;
	int from;
	int to;
	uint64_t page_bytes;
	enum pin_verdict verdict;
	uint64_t pages;
};

struct pin_plan {
	size_t n;
	struct pin_process *processes;
	size_t n_rows;
	struct pin_row *rows;
};

void pin_plan_clear(struct pin_plan *plan);

/* Which mappings. */
enum pin_mappings {
	PIN_MAPPINGS_ALL,
	PIN_MAPPINGS_HEAP,
	PIN_MAPPINGS_ANON,
	PIN_MAPPINGS_FILE,
	PIN_MAPPINGS_RANGE,
};

struct pin_choice {
	enum pin_mappings by;
	const char *file;
	uint64_t start, end;
};

/**
 * pin_plan_make() - look at processes
 * @pids: the first must be there, the others may have gone
 * @ret: pin_plan_clear() it, whatever is returned
 *
 * Says what is wrong. Returns the exit status.
 */
int pin_plan_make(const struct cli_machine *machine, struct pin_room *room,
		  const struct pin_choice *choice, const pid_t *pids, size_t n,
		  struct pin_plan *ret);

/* Adds to the row that is the same but for @pages. 0 or -ENOMEM. */
int pin_plan_count(struct pin_plan *plan, const struct pin_row *row);

uint64_t pin_plan_bytes(const struct pin_plan *plan, enum pin_verdict verdict);
