/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Run files: one run, one SQLite file. The only place that knows SQL.
 *
 * A writer holds the file from the start of a run to its end and commits at
 * least once a second, so that a crash of anything loses at most that. A file
 * that was not finished is readable all the same and says so (state
 * "recording"); store_recover() closes it.
 *
 * Conventions as in tierscope.h: 0 or -errno, outputs last, no printing.
 * Sentences for people are in store_error().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tierscope/events.h"
#include "tierscope/tierscope.h"

/* PRAGMA application_id, "TSRN", and user_version of what we write. A reader
 * refuses (-EPROTONOSUPPORT) a file with a higher version. */
#define STORE_APPLICATION_ID	0x5453524e
#define STORE_VERSION		4

/* The roles that are recorded where the machine has them. */
#define STORE_ROLES TIERSCOPE_ROLES_TRAFFIC

enum store_state {
	STORE_RECORDING,	/* not finished: being written, or its writer died */
	STORE_COMPLETE,
	STORE_INTERRUPTED,	/* closed before the command ended */
};

enum store_ending {
	STORE_ENDING_UNKNOWN,
	STORE_EXITED,		/* status is an exit status */
	STORE_KILLED,		/* status is a signal number */
};

struct store_label {
	const char *key;
	const char *value;
};

/**
 * struct store_policy - where memory and threads of a run were to be
 * @mode: "bind", "prefer", "interleave", "weighted-interleave", "" if nobody
 *	asked
 * @tier: what was asked for: "pmem", "interleave:dram=3,pmem=1"
 * @rule: of the configuration, "" if it was the command line
 * @nodes: what that became: "0-1,3"
 * @weights: one for each of these nodes, "3,3,1", "" without any
 * @cpus: "0-3,8", "" for no others than the caller's
 */
struct store_policy {
	const char *mode;
	const char *tier;
	const char *rule;
	const char *nodes;
	const char *weights;
	const char *cpus;
};

/**
 * struct store_last_looks - where the memory of processes was when they ended
 * @n_processes: that were seen; 0: nothing is known
 * @n_reaped: of them, after the OOM reaper had taken some
 * @n_partial: of them, not to the end
 * @n_missed: whose end was not seen, as far as is known: too fast, or they go on
 * @n_cells, @cells: summed over those that were seen; they ended at different
 *	times
 */
struct store_last_looks {
	uint64_t n_processes;
	uint64_t n_reaped;
	uint64_t n_partial;
	uint64_t n_missed;
	size_t n_cells;
	const struct tierscope_cell *cells;
};

/**
 * struct store_task_count - what the command and its children counted
 * @role: of what
 * @event: its name, see struct tierscope_task_event; "" if there is none
 * @value: while it ran, not scaled
 * @enabled_ns: how long there was something to count
 * @running_ns: and was counted; 0: not measured
 * @reason: why it was not; "" if it was
 */
struct store_task_count {
	enum tierscope_task_role role;
	const char *event;
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
	const char *reason;
};

/**
 * struct store_phase_counter - one number that is read at the edges of phases
 * @name: of the role: "load.local_pmm", "dram.read"
 * @cpu: what the command had counted on this one; -1: on all
 * @socket: of a memory controller's roles, which are everybody's; -1: of the
 *	command's
 */
struct store_phase_counter {
	const char *name;
	int cpu;
	int socket;
};

/**
 * struct store_phase_value - what a counter did during a phase
 * @total: as it was counted, not scaled
 * @self: without the phases of the same thread within
 * @enabled_ns: how long there was something to count, of all threads together
 * @running_ns: and was counted
 */
struct store_phase_value {
	uint64_t total;
	uint64_t self;
	uint64_t enabled_ns;
	uint64_t running_ns;
};

/**
 * struct store_phase - a part of a run that has a name
 * @thread: that went through it, by its number or what stands for one
 * @depth: in how many others of the thread it is
 * @calls: 1; more if so many were added up
 * @begin_mono_ns: of the first
 * @time_ns: from begin to end
 * @self_ns: without the phases of the thread within
 * @values: one for each of store_run.phase_counters
 */
struct store_phase {
	const char *name;
	uint32_t thread;
	uint32_t depth;
	uint64_t calls;
	uint64_t begin_mono_ns;
	uint64_t time_ns;
	uint64_t self_ns;
	const struct store_phase_value *values;
};

/* Of one run. */
#define STORE_PHASE_COUNTERS_MAX	256

/**
 * struct store_run - what is known of a run as a whole
 *
 * Strings are never NULL in what a reader hands out. Times: utc_ns since the
 * epoch, mono_ns CLOCK_MONOTONIC. Set by store_create() from the caller's
 * copy up to and including @nodes; the rest by store_finish().
 */
struct store_run {
	const char *name;		/* as `tierscope runs` shows it */
	size_t n_argv;
	const char *const *argv;
	const char *directory;
	uid_t uid;
	const char *user;		/* "" if it has no name */
	size_t n_labels;
	const struct store_label *labels;
	struct store_policy policy;
	uint64_t interval_ns;
	uint64_t start_utc_ns;
	uint64_t start_mono_ns;

	const char *host;
	const char *kernel;		/* uname release */
	const char *tierscope;		/* version of the recorder */
	const struct tierscope_topology *topology;	/* NULL if not known */

	size_t n_counters;		/* 0: not measured, see @note */
	const struct tierscope_counter *counters;

	enum store_state state;
	uint64_t end_mono_ns;		/* last thing recorded, if not finished */
	enum store_ending ending;
	int status;
	uint64_t peak_bytes;		/* 0 with peak_method "": not measured */
	const char *peak_method;	/* "cgroup memory.peak", "rusage maxrss" */
	bool has_cpu_time;		/* false: not measured */
	uint64_t user_ns, system_ns;	/* CPU time with children */
	const char *note;		/* "" or what the record lacks, and why */
	struct store_last_looks last_looks;
	size_t n_task_counts;		/* a role at most once */
	const struct store_task_count *task_counts;
	size_t n_phase_counters;	/* 0: it has no phases; see store_phase() */
	const struct store_phase_counter *phase_counters;
};

/* ---- writing ----------------------------------------------------------- */

struct store_writer;

/**
 * store_create() - start a run file
 * @path: must not exist; made with mode 0600
 * @run: copied
 *
 * Returns 0, -EEXIST, -errno of the file system, -EIO of SQLite.
 */
int store_create(const char *path, const struct store_run *run,
		 struct store_writer **ret);

/* The command starts now, which may be some time after the file was made:
 * replaces start_utc_ns and start_mono_ns. Saved with the next commit. */
int store_started(struct store_writer *w, uint64_t utc_ns, uint64_t mono_ns);

/* One sample. Its readings are in the order of store_run.counters. Kept in
 * memory until the next commit. Returns 0, -EINVAL (another number of
 * readings, or older than the last one), -ENOMEM, -EIO, -ENOSPC. After a
 * failure other than -EINVAL nothing more is recorded: every later call fails
 * alike, store_finish() excepted, which saves what was committed. */
int store_sample(struct store_writer *w, const struct tierscope_sample *sample);

/* Resident memory of the whole run at one moment: cells summed over its
 * processes. Rows equal to the last moment's take no room. */
int store_placement(struct store_writer *w, uint64_t mono_ns,
		    size_t n_processes, const struct tierscope_cell *cells,
		    size_t n_cells);

/* What is read at the edges of phases: before the first of them, once. Returns 0,
 * -EINVAL (too many, or twice) or what store_sample() does, as do the next. */
int store_phase_counters(struct store_writer *w,
			 const struct store_phase_counter *counters, size_t n);

/* A phase that has ended. *@id is 0 for a new one, and is set to what replaces
 * it later by one with more calls. */
int store_phase(struct store_writer *w, const struct store_phase *phase,
		int64_t *id);

/* Commits if a second has gone since the last commit, or always if @force. */
int store_commit(struct store_writer *w, bool force);

/* Writes the fields after @counters of @run, marks it complete (interrupted,
 * if @run->state says so), commits, leaves one file (no journal). Frees @w, on
 * failure too; the file is then in state "recording". -EBUSY: all is written,
 * but somebody has the file open and keeps the journal; store_recover() folds
 * it in when they are done. */
int store_finish(struct store_writer *w, const struct store_run *run);

/* Gives up and removes the file: there was no run. */
void store_discard(struct store_writer *w);

/* The last failure on @w in a sentence; "" if none. */
const char *store_writer_error(const struct store_writer *w);

/* Closes a file that its writer left (daemon killed, machine crashed): state
 * becomes "interrupted", the journal is folded in. 0, also if there was
 * nothing to do; -ENODATA if its writer had not come to its first row (the file
 * is removed then); -EBUSY (somebody has the file open); -errno otherwise. */
int store_recover(const char *path);

/* ---- reading ----------------------------------------------------------- */

struct store_reader;

/**
 * store_open() - open a run file for reading only
 * @error: buffer for a sentence on failure, or NULL
 *
 * Returns 0, -ENOENT, -EACCES, -EPROTONOSUPPORT (written by a newer version),
 * -EBADMSG (not a run file, or damaged), -EIO.
 */
int store_open(const char *path, char *error, size_t error_bytes,
	       struct store_reader **ret);
void store_close(struct store_reader *r);

/* Owned by @r. */
const struct store_run *store_reader_run(const struct store_reader *r);

/* Samples ascending by time. A negative return of @fn ends the walk and is
 * returned. Samples live during the call only. */
typedef int (*store_sample_fn)(const struct tierscope_sample *sample, void *data);
int store_read_samples(struct store_reader *r, store_sample_fn fn, void *data);

/* The resident memory of the run, ascending by time. */
typedef int (*store_placement_fn)(uint64_t mono_ns, size_t n_processes,
				  const struct tierscope_cell *cells,
				  size_t n_cells, void *data);
int store_read_placements(struct store_reader *r, store_placement_fn fn,
			  void *data);

/* The phases of the run as they ended. */
typedef int (*store_phase_fn)(const struct store_phase *phase, void *data);
int store_read_phases(struct store_reader *r, store_phase_fn fn, void *data);
