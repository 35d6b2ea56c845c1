/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events: which of them a machine can count, by what it calls them.
 *
 * Conventions as in tierscope.h. What is said of a machine here comes from its
 * model and sysfs alone: it needs neither the module nor privilege, and whether
 * somebody may open a counter is another question.
 */
#pragma once

#include <sys/types.h>

#include <tierscope/tierscope.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- by name ----------------------------------------------------------- */

/**
 * tierscope_counters_resolve_event() - the counters of one event by its name
 * @text: as perf(1) takes it: "uncore_imc/event=0xd3,umask=0x01/", with fields
 *	of the PMU's format/, config=, or a name from its events/. "uncore_imc"
 *	is every uncore_imc_<number>, "uncore_imc_3" that one; "uncore_" may be
 *	left out. Of "cpu", and where @text is the name of a task role, such as
 *	"load.local_pmm", it is what the cores count of all that runs on them
 * @ret: one for each box and die, or for each CPU that is online, in the order of
 *	tierscope_counters_resolve(), with TIERSCOPE_ROLE_NONE
 *
 * Returns 0, -EINVAL (@text is not of this form), -ENODEV (no such PMU),
 * -ENOENT (the PMU has no such field or event), -ERANGE (a value has more bits
 * than its field), -EOPNOTSUPP (a field outside config, which is all that a
 * sampler takes, or a PMU that has neither boxes nor cores), -errno of sysfs,
 * -ENOMEM.
 */
int tierscope_counters_resolve_event(struct tierscope *ts, const char *text,
				     struct tierscope_counters **ret);

/* ---- of tasks ---------------------------------------------------------- */

/**
 * enum tierscope_task_role - what a core counts for a task
 *
 * Of loads: those that retired and missed all caches, by where the line came
 * from. In Memory Mode a load "from Optane" is one that missed near memory too.
 * Stores and prefetches are in none of them.
 */
enum tierscope_task_role {
	TIERSCOPE_TASK_LOAD_LOCAL_DRAM,
	TIERSCOPE_TASK_LOAD_REMOTE_DRAM,
	TIERSCOPE_TASK_LOAD_LOCAL_PMM,
	TIERSCOPE_TASK_LOAD_REMOTE_PMM,
	TIERSCOPE_TASK_LOAD_L3_MISS,
	TIERSCOPE_TASK_INSTRUCTIONS,
	TIERSCOPE_TASK_CYCLES,

	TIERSCOPE_TASK_ROLES,
};

/* The first of them: the sources of loads. Every load that missed the last-level
 * cache is in one of them, unless another cache had the line. */
#define TIERSCOPE_TASK_SOURCES	(TIERSCOPE_TASK_LOAD_REMOTE_PMM + 1)

/* "load.local_dram", "load.remote_dram", "load.local_pmm", "load.remote_pmm",
 * "load.l3_miss", "instructions", "cycles". NULL for a value out of range. */
const char *tierscope_task_role_name(enum tierscope_task_role role);
/* -EINVAL if @name is none of them. */
int tierscope_task_role_from_name(const char *name,
				  enum tierscope_task_role *ret);

/**
 * struct tierscope_task_event - one event for perf_event_open(2) by task
 * @available: whether this machine has it; if not, @reason says why
 * @assumed: of another generation's list, and nobody has said that it holds
 * @type, @config: of perf_event_attr; @config is 0 if it is not known
 * @exclude_kernel, @exclude_hv: likewise: only user space is counted, which
 *	takes no privilege up to perf_event_paranoid 2
 * @name: in Intel's lists, "MEM_LOAD_RETIRED.LOCAL_PMM"; or "instructions",
 *	"cycles" for what the kernel maps to whatever CPU there is
 * @reason: "" if it is available
 */
struct tierscope_task_event {
	bool available;
	bool assumed;
	bool exclude_kernel;
	bool exclude_hv;
	uint32_t type;
	uint64_t config;
	char name[64];
	char reason[TIERSCOPE_EVIDENCE_MAX];
};

/**
 * tierscope_task_events() - how each task role is counted here
 * @ret: by role
 *
 * Encodings are libpfm4's, looked up for the CPU's own PMU whatever machine the
 * caller runs on. libpfm4 keeps state of the process: the first call of this
 * function, or of tierscope_events_list(), initializes it (pfm_initialize()),
 * once, and nothing ends it. A program that uses libpfm4 itself should have
 * initialized it before, and not at the same time in another thread.
 *
 * Returns 0, or -errno of /proc/cpuinfo. A model that is not known is no
 * failure: instructions and cycles are there all the same.
 */
int tierscope_task_events(struct tierscope *ts,
			  struct tierscope_task_event ret[TIERSCOPE_TASK_ROLES]);

/**
 * tierscope_task_event_open() - have the kernel count @event
 * @event: one that is available
 * @pid: of whom; 0 for the caller
 *
 * It counts from the next exec of that task on, for all that the task starts as
 * well. read(2) gives three uint64_t: the count, for how many ns it was to run
 * and for how many it did. Returns a descriptor, close-on-exec, or -errno of
 * perf_event_open(2).
 */
int tierscope_task_event_open(const struct tierscope_task_event *event,
			      pid_t pid);

/**
 * tierscope_task_event_join() - have the kernel count @event in a group
 * @pid: as above, of all of the group
 * @cpu: only while it runs there; -1: anywhere
 * @leader: of the group; -1: @event leads a new one
 *
 * A group is counted as a whole or not at all, and read at once, for the whole
 * process with all its threads: read(2) of the leader gives, as uint64_t, how
 * many events there are, ns enabled, ns running, and a count each.
 * (PERF_FORMAT_GROUP; what is inherited is added up, perf_read_group() of the
 * kernel's kernel/events/core.c.) Returns a descriptor, close-on-exec, or -errno
 * of perf_event_open(2).
 */
int tierscope_task_event_join(const struct tierscope_task_event *event,
			      pid_t pid, int cpu, int leader);

/* ---- of a simulated socket --------------------------------------------- */

#define TIERSCOPE_MEDIA_LINE_BYTES	256

/* What is counted of a socket, in this order. */
enum tierscope_media_event {
	TIERSCOPE_MEDIA_READ,		/* lines of Optane's medium */
	TIERSCOPE_MEDIA_WRITE,
	TIERSCOPE_MEDIA_DRAM_READ,	/* requests of 64 bytes, of all channels */
	TIERSCOPE_MEDIA_DRAM_WRITE,
	TIERSCOPE_MEDIA_PMM_READ,
	TIERSCOPE_MEDIA_PMM_WRITE,

	TIERSCOPE_MEDIA_EVENTS,
};

/* "media.read", "media.write", "dram.read", "dram.write", "pmm.read",
 * "pmm.write". NULL for a value out of range. */
const char *tierscope_media_event_name(enum tierscope_media_event event);

/**
 * struct tierscope_media - what the memory of a socket did so far
 * @lines: by event; of the medium TIERSCOPE_MEDIA_LINE_BYTES each, the others 64
 * @enabled_ns, @running_ns: for how long it was to be counted, and was; nothing
 *	takes turns with it, so they are the same
 */
struct tierscope_media {
	uint64_t lines[TIERSCOPE_MEDIA_EVENTS];
	uint64_t enabled_ns;
	uint64_t running_ns;
};

/**
 * tierscope_media_open() - have the memory of a socket counted
 * @socket: physical_package_id
 * @ret_fds: perf events of all processes, close-on-exec, that count from now on:
 *	one group, whose leader is the first. The caller closes all
 *
 * Only the simulated machine has them: silicon keeps its medium's lines to the
 * DIMM. read(2) on the leader gives PERF_FORMAT_GROUP with both times, and so
 * does tierscope_media_read().
 *
 * Returns 0, -ENOENT (a machine without them), -ENODEV (no such socket, no CPU
 * of it is online, or @ts is not of this machine), -errno of perf_event_open(2):
 * -EACCES without CAP_PERFMON; or of sysfs.
 */
int tierscope_media_open(struct tierscope *ts, unsigned int socket,
			 int ret_fds[TIERSCOPE_MEDIA_EVENTS]);

/* What they have counted since they were opened. Returns 0, -errno of read(2),
 * or -ENODATA if the kernel counts them no more. */
int tierscope_media_read(const int fds[TIERSCOPE_MEDIA_EVENTS],
			 struct tierscope_media *ret);

/* ---- all of them ------------------------------------------------------- */

/**
 * enum tierscope_listing - on whose word an encoding is what it is
 *
 * None was tried on silicon by us.
 */
enum tierscope_listing {
	TIERSCOPE_LISTING_MAIN,		/* Intel's list of the generation */
	TIERSCOPE_LISTING_EXPERIMENTAL,	/* the one that Intel does not vouch for */
	TIERSCOPE_LISTING_ASSUMED,	/* another generation's list */
	TIERSCOPE_LISTING_KERNEL,	/* the Linux driver */
	TIERSCOPE_LISTING_LIBPFM,	/* libpfm4 */
	TIERSCOPE_LISTING_NONE,		/* nobody's: there is no such event */

	TIERSCOPE_LISTINGS,
};

/* "listed", "experimental", "assumed", "kernel", "libpfm4", "none". NULL for a
 * value out of range. */
const char *tierscope_listing_name(enum tierscope_listing listing);

/**
 * struct tierscope_event - one way to count a role, or why there is none
 * @role: its name, of enum tierscope_role or enum tierscope_task_role
 * @box: "imc", "m2m", "imc_free_running"; "core" for tasks; "" if there is none
 * @supported: this machine can count it
 * @used: it is what the role is resolved to: of several ways the best
 * @n_boxes: how many of them count, on each die; 0 for tasks
 * @cpus: where they are read: "0,24"; "" for tasks
 * @name: Intel's, or the driver's; "" if there is no such event
 * @encoding: as perf(1) takes it; "" likewise, or if the PMU is not there
 * @listing: who says so
 * @source: the file that it was taken from
 * @note: why it is not supported, or what is to be known of it; or ""
 */
struct tierscope_event {
	const char *role;
	const char *box;
	bool supported;
	bool used;
	unsigned int n_boxes;
	char cpus[64];
	char name[64];
	char encoding[96];
	enum tierscope_listing listing;
	char source[96];
	char note[TIERSCOPE_EVIDENCE_MAX];
};

/**
 * struct tierscope_events - what a machine can count
 * @generation: "Cascade Lake", "" if the model is not known
 * @n, @events: by role, its best way first
 */
struct tierscope_events {
	const char *generation;
	size_t n;
	struct tierscope_event *events;
};

/**
 * tierscope_events_list() - every counter, and every one that is lacking
 *
 * libpfm4: see tierscope_task_events(). Returns 0, -errno of /proc/cpuinfo or
 * of /sys/bus/event_source/devices, -ENOMEM.
 */
int tierscope_events_list(struct tierscope *ts, struct tierscope_events **ret);
void tierscope_events_free(struct tierscope_events *events);

#ifdef __cplusplus
}
#endif
