/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtierscope: counters of a process, read where it enters and leaves functions.
 *
 * The module does that, in the thread that calls. Conventions are those of
 * tierscope.h.
 */
#pragma once

#include <tierscope/tierscope.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct tierscope_function - where a function begins
 * @file: a descriptor of the program or library, open for reading
 * @offset: of the first instruction, in the file
 */
struct tierscope_function {
	int file;
	uint64_t offset;
};

/* A counter at an edge: not scaled. */
struct tierscope_edge_reading {
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
};

/**
 * struct tierscope_edge - a thread entered a function, or left it
 * @function: which, as they were given, from 0
 * @thread: its id
 * @begin: it entered
 * @time_ns: CLOCK_MONOTONIC
 * @lost: edges so far, of any thread, that nobody took in time
 * @readings: of the counters as they were given
 */
struct tierscope_edge {
	uint32_t function;
	uint32_t thread;
	bool begin;
	uint64_t time_ns;
	uint64_t lost;
	const struct tierscope_edge_reading *readings;
};

typedef void (*tierscope_edge_fn)(const struct tierscope_edge *edge, void *data);

struct tierscope_prober;

/**
 * tierscope_prober_new() - read counters where a process enters and leaves functions
 * @pid: a process that has not run its program yet: what it and its children
 *	map from now on is probed
 * @functions: TIERSCOPE_FUNCTIONS_MAX at most; whoever gives them may close them
 *	then
 * @counters: perf events of @pid that its children inherit, below
 *	TIERSCOPE_PROBE_COUNTERS_MAX; the same
 *
 * It has a socket of its own, and outlives @ts. Freeing it ends its probes.
 * Returns 0, -ENOENT (no module), -ERANGE, -EPERM (needs CAP_PERFMON), -EDQUOT
 * (the user has TIERSCOPE_PROBES_MAX), what uprobes said, -ENOMEM, or -errno.
 */
int tierscope_prober_new(struct tierscope *ts, pid_t pid,
			 const struct tierscope_function *functions,
			 size_t n_functions, const int *counters,
			 size_t n_counters, struct tierscope_prober **ret);
void tierscope_prober_free(struct tierscope_prober *prober);

/* For poll(2). */
int tierscope_prober_fd(const struct tierscope_prober *prober);

/**
 * tierscope_prober_read() - the next edge that is there
 * @ret: the prober's, valid until the next read
 *
 * Returns 0, -EAGAIN, -EINTR, -EBADMSG if the message cannot be read, -ENOMEM.
 */
int tierscope_prober_read(struct tierscope_prober *prober,
			  const struct tierscope_edge **ret);

/**
 * tierscope_prober_stop() - no edge any more
 * @fn: called for those that are left
 * @ret_lost: edges that nobody took in time, all told
 *
 * Only freeing is left to do. Returns 0, or -errno.
 */
int tierscope_prober_stop(struct tierscope *ts, struct tierscope_prober *prober,
			  tierscope_edge_fn fn, void *data, uint64_t *ret_lost);

#ifdef __cplusplus
}
#endif
