/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot by process, read back from the JSON that `tierscope placement`
 * wrote.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum saved_figure {
	SAVED_RESIDENT,
	SAVED_OPTANE,
	SAVED_DRAM,
	SAVED_PMEM,
	SAVED_MEMORY_MODE,
	SAVED_UNKNOWN,
	SAVED_SWAP,

	SAVED_FIGURES,
};

struct saved_figures {
	uint64_t bytes[SAVED_FIGURES];
};

struct saved_process {
	pid_t pid;
	uid_t uid;
	char *command;
	struct saved_figures figures;
};

/**
 * struct placement_saved - all of it
 * @time_ns: CLOCK_MONOTONIC at its last walk, 0 if it has no process
 */
struct placement_saved {
	uint64_t time_ns;
	size_t n;
	struct saved_process *processes;
};
