/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Tierscope: generic netlink family "tierscope", version 1.
 *
 * The module counts by NUMA node and never by tier: a node's tier is told to
 * it by user space, or inferred, and every answer says which.
 *
 * Conventions. Integers are in host byte order. All u64 attributes may be
 * preceded by the PAD attribute of their set. "multi" attributes are repeated
 * at their level, once per element. Attributes marked ? may be absent; absent
 * means "not known" and never zero. Unknown attributes and wrong lengths are
 * refused (strict validation), and every refusal carries an extended ACK whose
 * sentence names the attribute or the missing capability.
 *
 * Rights are checked against both the opener and the sender of the socket,
 * in the initial user namespace unless said otherwise. A dump keeps the
 * credentials, pid namespace, user namespace and processes that it had when it
 * started, whoever reads it on. A dump may be refused in its NLMSG_DONE, which
 * then carries the error and the extended ACK.
 *
 * NODE_GET (do)
 *   in     ID
 *   reply  ID, TIER, TIER_SOURCE, HAS_CPUS?, PRESENT_PAGES
 *   errors ENODEV  no such node, or it is offline
 *   who    anyone
 *
 * NODE_GET (dump)
 *   in     nothing
 *   reply  one message a node, ascending by ID, as above
 *   who    anyone
 *
 * NODE_SET (do)
 *   in     ID, TIER
 *   reply  an ACK; from now on the node's TIER_SOURCE is "set", and TIER
 *          "unknown" gives it back to inference
 *   errors ENODEV as above, ERANGE not a tier
 *   who    CAP_SYS_ADMIN
 *
 * PLACEMENT_GET (do)
 *   in     PID (of a process, in the sender's pid namespace)
 *   reply  PID, COMM, UID, CELL*, SWAP_PAGES, SPECIAL_PAGES, HINTED_PAGES,
 *          TIME_NS, DURATION_NS
 *          CELL = { NODE, PAGE_SHIFT, KIND, PAGES }: PAGES leaf entries of the
 *          page table, each mapping 1 << PAGE_SHIFT bytes. Sorted by node,
 *          size, kind; cells without a page are left out.
 *   errors ESRCH   no such process, or it has no memory of its own any more
 *                  (a zombie, or one that is exiting)
 *          EINVAL  a kernel thread
 *          EPERM   somebody else's process; the sentence says what is missing
 *          EINTR   a fatal signal reached the caller during the walk
 *          EOVERFLOW  more cells than a message can hold (1024, or 85 nodes
 *                  full of every size and kind)
 *   who    the owner of the process, by the rule of ptrace(2)
 *          PTRACE_MODE_READ_FSCREDS, else CAP_SYS_PTRACE in the target's user
 *          namespace. Rules of security modules cannot be consulted.
 *
 * PLACEMENT_GET (dump)
 *   in     nothing
 *   reply  one message a process that the sender may see, ascending by PID;
 *          processes that are not the sender's to see, kernel threads and
 *          zombies are left out without an error
 *   who    anyone
 *
 * MAPPING_GET (dump)
 *   in     PID
 *   reply  one message a mapping, ascending by START:
 *          PID, START, END, FLAGS, OFFSET, NAME?, CELL*, SWAP_PAGES,
 *          SPECIAL_PAGES, HINTED_PAGES
 *          The dump goes on by address: a mapping that changes between two
 *          messages is seen as it is when its turn comes, and then the last
 *          message carries NLM_F_DUMP_INTR.
 *          So does the end of a dump whose process ended or ran another
 *          program meanwhile.
 *   errors as PLACEMENT_GET (do)
 *   who    as PLACEMENT_GET (do)
 *
 * SAMPLER_NEW (do)
 *   in     INTERVAL_NS, COUNTER*
 *          COUNTER = { TYPE, CONFIG, CONFIG1?, CONFIG2?, CPU }: what
 *          perf_event_attr and its CPU would say. Nothing is scaled, grouped
 *          or resolved here: user space does that.
 *   reply  ID
 *   errors ERANGE  interval outside TIERSCOPE_INTERVAL_MIN_NS to _MAX_NS,
 *                  no counter, more than TIERSCOPE_COUNTERS_MAX of them
 *          EINVAL  a PMU type that is no counter of hardware (tracepoint,
 *                  breakpoint)
 *          ENOENT, ENODEV, EINVAL, EOPNOTSUPP  the PMU refused a counter, the
 *                  sentence says which; nothing is left behind
 *          EDQUOT  the user's samplers are used up (TIERSCOPE_SAMPLERS_MAX)
 *   who    CAP_PERFMON or CAP_SYS_ADMIN
 *   A sampler dies with the socket that made it. The maker is not subscribed
 *   by this command. While a sampler lives, its PMUs cannot be unloaded.
 *
 * SAMPLER_GET (do, dump)
 *   in     do: ID; dump: nothing
 *   reply  ID, INTERVAL_NS, COUNTER*, SUBSCRIBERS, TICKS, TICKS_LOST,
 *          DELIVERED?, LOST? (the last two: of the asking socket, if it is
 *          subscribed)
 *   errors ENOENT  no such sampler
 *   who    CAP_PERFMON or CAP_SYS_ADMIN
 *
 * SAMPLER_DEL (do)
 *   in     ID
 *   reply  an ACK
 *   errors ENOENT as above, EPERM another socket's sampler
 *   who    the socket that made it
 *
 * SAMPLER_SUBSCRIBE (do)
 *   in     ID
 *   reply  an ACK; from now on SAMPLE messages come to the asking socket
 *   errors ENOENT as above, EEXIST already subscribed, EDQUOT too many
 *          (TIERSCOPE_SUBSCRIBERS_MAX a sampler)
 *   who    CAP_PERFMON or CAP_SYS_ADMIN
 *   A subscription ends with its socket or with its sampler.
 *
 * SAMPLE (from the module to each subscriber, unicast, nlmsg_seq 0)
 *   SAMPLER, SEQ, TIME_NS, TICKS_LOST, READING*
 *   READING = { INDEX, TIME_NS, VALUE, ENABLED_NS, RUNNING_NS }
 *   INDEX is the position of the counter in SAMPLER_NEW, from 0. TIME_NS is
 *   CLOCK_MONOTONIC, taken at the reading. VALUE, ENABLED_NS, RUNNING_NS and
 *   TICKS_LOST are totals since the sampler was made. SEQ counts the samples
 *   taken, from 0: a gap is exactly the number of samples that this
 *   subscriber lost because it did not read. TICKS_LOST counts the ticks at
 *   which no sample was taken because the reader came late.
 *
 * WATCH_NEW (do)
 *   in     PID
 *   reply  ID
 *   errors ESRCH, EINVAL, EPERM as PLACEMENT_GET (do)
 *          EAGAIN  a child of vfork(2): its memory is its parent's until it
 *                  runs a program of its own
 *          EINTR   a signal reached the caller
 *          EDQUOT  the user's watches are used up (TIERSCOPE_WATCHES_MAX)
 *   who    as PLACEMENT_GET (do)
 *   A watch dies with its socket, by WATCH_DEL, or after its one event. Several
 *   may be of one process. While a watch lives, the module cannot be unloaded.
 *
 * WATCH_DEL (do)
 *   in     ID
 *   reply  an ACK; no event comes any more
 *   errors ENOENT  no such watch of this socket; also after its event, whether
 *                  that has been read yet or was lost
 *   who    the socket that made it
 *
 * WATCH_EVENT (from the module to the socket that made the watch, unicast,
 * nlmsg_seq 0)
 *   ID, PID, COMM, UID, REASON, CELL*, SWAP_PAGES, SPECIAL_PAGES,
 *   HINTED_PAGES, TIME_NS, DURATION_NS, PARTIAL?
 *   The last look: taken when nothing uses the memory any more and every page
 *   is still mapped, however the process ended. PID and UID are as they were
 *   when the watch was made. PARTIAL: not all was counted, since the look would
 *   have taken longer than TIERSCOPE_LAST_LOOK_MAX_NS, for which the exit
 *   waits, or needed more cells than a message can hold.
 *   Memory that processes share (CLONE_VM) goes with the last of them.
 *   An event that its socket has no room for is lost, and its watch is gone all
 *   the same: WATCH_DEL says ENOENT.
 *
 * Why unicast: a multicast group can neither ask for CAP_PERFMON nor keep out
 * a user who owns a user and a network namespace.
 */
#ifndef _UAPI_LINUX_TIERSCOPE_H
#define _UAPI_LINUX_TIERSCOPE_H

#define TIERSCOPE_FAMILY_NAME		"tierscope"
#define TIERSCOPE_FAMILY_VERSION	1

/* 10 ms: below, one reading of twelve boxes is no longer small beside it. */
#define TIERSCOPE_INTERVAL_MIN_NS	10000000ULL
#define TIERSCOPE_INTERVAL_MAX_NS	60000000000ULL
#define TIERSCOPE_COUNTERS_MAX		512
#define TIERSCOPE_SAMPLERS_MAX		16
#define TIERSCOPE_SUBSCRIBERS_MAX	64
/* Of one user. */
#define TIERSCOPE_WATCHES_MAX		1024
/* Several hundred gigabytes of 4 KiB pages. */
#define TIERSCOPE_LAST_LOOK_MAX_NS	2000000000ULL

/* Longest NAME of a mapping and COMM of a process, final NUL included. */
#define TIERSCOPE_NAME_MAX		4096
#define TIERSCOPE_COMM_MAX		16

enum tierscope_cmd {
	TIERSCOPE_CMD_UNSPEC,
	TIERSCOPE_CMD_NODE_GET,
	TIERSCOPE_CMD_NODE_SET,
	TIERSCOPE_CMD_PLACEMENT_GET,
	TIERSCOPE_CMD_MAPPING_GET,
	TIERSCOPE_CMD_SAMPLER_NEW,
	TIERSCOPE_CMD_SAMPLER_GET,
	TIERSCOPE_CMD_SAMPLER_DEL,
	TIERSCOPE_CMD_SAMPLER_SUBSCRIBE,
	TIERSCOPE_CMD_SAMPLE,
	TIERSCOPE_CMD_WATCH_NEW,
	TIERSCOPE_CMD_WATCH_DEL,
	TIERSCOPE_CMD_WATCH_EVENT,

	__TIERSCOPE_CMD_MAX,
	TIERSCOPE_CMD_MAX = __TIERSCOPE_CMD_MAX - 1,
};

/**
 * enum tierscope_tier - what stands behind a node
 * @TIERSCOPE_TIER_UNKNOWN: nothing says
 * @TIERSCOPE_TIER_DRAM: DRAM, and nothing slower behind it
 * @TIERSCOPE_TIER_PMEM: Optane as memory of its own (App Direct)
 * @TIERSCOPE_TIER_CACHED: Optane with DRAM in front of it as an invisible
 *	cache (Memory Mode)
 */
enum tierscope_tier {
	TIERSCOPE_TIER_UNKNOWN,
	TIERSCOPE_TIER_DRAM,
	TIERSCOPE_TIER_PMEM,
	TIERSCOPE_TIER_CACHED,

	__TIERSCOPE_TIER_MAX,
	TIERSCOPE_TIER_MAX = __TIERSCOPE_TIER_MAX - 1,
};

/**
 * enum tierscope_tier_source - where the module has a node's tier from
 * @TIERSCOPE_TIER_SOURCE_INFERRED: its own guess (a node with CPUs is DRAM,
 *	one without is slower memory)
 * @TIERSCOPE_TIER_SOURCE_SET: NODE_SET
 */
enum tierscope_tier_source {
	TIERSCOPE_TIER_SOURCE_INFERRED,
	TIERSCOPE_TIER_SOURCE_SET,
};

/**
 * enum tierscope_kind - what a resident page belongs to, told by its mapping
 * @TIERSCOPE_KIND_ANON: anonymous memory, copies in private file mappings too
 * @TIERSCOPE_KIND_FILE: the page cache of a file
 * @TIERSCOPE_KIND_SHMEM: shared memory, tmpfs, shared hugetlb
 * @TIERSCOPE_KIND_DAX: a DAX device or a file on a DAX file system; its node
 *	is the device's target node, which need not be online
 */
enum tierscope_kind {
	TIERSCOPE_KIND_ANON,
	TIERSCOPE_KIND_FILE,
	TIERSCOPE_KIND_SHMEM,
	TIERSCOPE_KIND_DAX,

	__TIERSCOPE_KIND_MAX,
	TIERSCOPE_KIND_MAX = __TIERSCOPE_KIND_MAX - 1,
};

/**
 * enum tierscope_watch_reason - why memory that was watched goes
 * @TIERSCOPE_WATCH_REASON_EXIT: the process ended, however
 * @TIERSCOPE_WATCH_REASON_EXEC: it runs another program now
 * @TIERSCOPE_WATCH_REASON_REAPED: it ended, and the OOM reaper or
 *	process_mrelease(2) took of its memory first: what is counted is what was
 *	left
 */
enum tierscope_watch_reason {
	TIERSCOPE_WATCH_REASON_EXIT,
	TIERSCOPE_WATCH_REASON_EXEC,
	TIERSCOPE_WATCH_REASON_REAPED,

	__TIERSCOPE_WATCH_REASON_MAX,
	TIERSCOPE_WATCH_REASON_MAX = __TIERSCOPE_WATCH_REASON_MAX - 1,
};

enum tierscope_node_attr {
	TIERSCOPE_NODE_UNSPEC,
	TIERSCOPE_NODE_PAD,
	TIERSCOPE_NODE_ID,		/* u32 */
	TIERSCOPE_NODE_TIER,		/* u32, enum tierscope_tier */
	TIERSCOPE_NODE_TIER_SOURCE,	/* u32, enum tierscope_tier_source */
	TIERSCOPE_NODE_HAS_CPUS,	/* flag */
	TIERSCOPE_NODE_PRESENT_PAGES,	/* u64, base pages */

	__TIERSCOPE_NODE_MAX,
	TIERSCOPE_NODE_MAX = __TIERSCOPE_NODE_MAX - 1,
};

enum tierscope_cell_attr {
	TIERSCOPE_CELL_UNSPEC,
	TIERSCOPE_CELL_PAD,
	TIERSCOPE_CELL_NODE,		/* u32 */
	TIERSCOPE_CELL_PAGE_SHIFT,	/* u32: 12, 21, 30 */
	TIERSCOPE_CELL_KIND,		/* u32, enum tierscope_kind */
	TIERSCOPE_CELL_PAGES,		/* u64, pages of 1 << PAGE_SHIFT bytes */

	__TIERSCOPE_CELL_MAX,
	TIERSCOPE_CELL_MAX = __TIERSCOPE_CELL_MAX - 1,
};

enum tierscope_placement_attr {
	TIERSCOPE_PLACEMENT_UNSPEC,
	TIERSCOPE_PLACEMENT_PAD,
	TIERSCOPE_PLACEMENT_PID,	/* u32, in the sender's pid namespace */
	TIERSCOPE_PLACEMENT_COMM,	/* string */
	TIERSCOPE_PLACEMENT_UID,	/* u32, real uid, in the sender's user namespace */
	TIERSCOPE_PLACEMENT_CELL,	/* multi, nest of TIERSCOPE_CELL_* */
	TIERSCOPE_PLACEMENT_SWAP_PAGES,	/* u64, base pages, swapped or migrating */
	TIERSCOPE_PLACEMENT_SPECIAL_PAGES, /* u64, base pages: the zero page, vdso, device memory */
	TIERSCOPE_PLACEMENT_HINTED_PAGES, /* u64, base pages in the cells that wait for a NUMA-hinting fault */
	TIERSCOPE_PLACEMENT_TIME_NS,	/* u64, CLOCK_MONOTONIC at the start of the walk */
	TIERSCOPE_PLACEMENT_DURATION_NS, /* u64, how long the walk took */

	__TIERSCOPE_PLACEMENT_MAX,
	TIERSCOPE_PLACEMENT_MAX = __TIERSCOPE_PLACEMENT_MAX - 1,
};

/* TIERSCOPE_MAPPING_FLAGS */
#define TIERSCOPE_MAPPING_READ		(1U << 0)
#define TIERSCOPE_MAPPING_WRITE		(1U << 1)
#define TIERSCOPE_MAPPING_EXEC		(1U << 2)
#define TIERSCOPE_MAPPING_SHARED	(1U << 3)
#define TIERSCOPE_MAPPING_HUGETLB	(1U << 4)

enum tierscope_mapping_attr {
	TIERSCOPE_MAPPING_UNSPEC,
	TIERSCOPE_MAPPING_PAD,
	TIERSCOPE_MAPPING_PID,		/* u32 */
	TIERSCOPE_MAPPING_START,	/* u64, address */
	TIERSCOPE_MAPPING_END,		/* u64, address after the last */
	TIERSCOPE_MAPPING_FLAGS,	/* u32, TIERSCOPE_MAPPING_READ and so on */
	TIERSCOPE_MAPPING_OFFSET,	/* u64, bytes into the file, 0 without one */
	TIERSCOPE_MAPPING_NAME,		/* string: a path, "[heap]", "[stack]" */
	TIERSCOPE_MAPPING_CELL,		/* multi, nest of TIERSCOPE_CELL_* */
	TIERSCOPE_MAPPING_SWAP_PAGES,	/* u64, as in a placement */
	TIERSCOPE_MAPPING_SPECIAL_PAGES, /* u64, as in a placement */
	TIERSCOPE_MAPPING_HINTED_PAGES,	/* u64, as in a placement */

	__TIERSCOPE_MAPPING_MAX,
	TIERSCOPE_MAPPING_MAX = __TIERSCOPE_MAPPING_MAX - 1,
};

enum tierscope_counter_attr {
	TIERSCOPE_COUNTER_UNSPEC,
	TIERSCOPE_COUNTER_PAD,
	TIERSCOPE_COUNTER_TYPE,		/* u32, perf_event_attr.type */
	TIERSCOPE_COUNTER_CONFIG,	/* u64 */
	TIERSCOPE_COUNTER_CONFIG1,	/* u64 */
	TIERSCOPE_COUNTER_CONFIG2,	/* u64 */
	TIERSCOPE_COUNTER_CPU,		/* u32 */

	__TIERSCOPE_COUNTER_MAX,
	TIERSCOPE_COUNTER_MAX = __TIERSCOPE_COUNTER_MAX - 1,
};

enum tierscope_sampler_attr {
	TIERSCOPE_SAMPLER_UNSPEC,
	TIERSCOPE_SAMPLER_PAD,
	TIERSCOPE_SAMPLER_ID,		/* u32 */
	TIERSCOPE_SAMPLER_INTERVAL_NS,	/* u64 */
	TIERSCOPE_SAMPLER_COUNTER,	/* multi, nest of TIERSCOPE_COUNTER_* */
	TIERSCOPE_SAMPLER_SUBSCRIBERS,	/* u32 */
	TIERSCOPE_SAMPLER_TICKS,	/* u64, samples taken */
	TIERSCOPE_SAMPLER_TICKS_LOST,	/* u64 */
	TIERSCOPE_SAMPLER_DELIVERED,	/* u64, samples that reached this socket */
	TIERSCOPE_SAMPLER_LOST,		/* u64, samples that did not */

	__TIERSCOPE_SAMPLER_MAX,
	TIERSCOPE_SAMPLER_MAX = __TIERSCOPE_SAMPLER_MAX - 1,
};

enum tierscope_reading_attr {
	TIERSCOPE_READING_UNSPEC,
	TIERSCOPE_READING_PAD,
	TIERSCOPE_READING_INDEX,	/* u32 */
	TIERSCOPE_READING_TIME_NS,	/* u64 */
	TIERSCOPE_READING_VALUE,	/* u64, not scaled */
	TIERSCOPE_READING_ENABLED_NS,	/* u64 */
	TIERSCOPE_READING_RUNNING_NS,	/* u64 */

	__TIERSCOPE_READING_MAX,
	TIERSCOPE_READING_MAX = __TIERSCOPE_READING_MAX - 1,
};

enum tierscope_sample_attr {
	TIERSCOPE_SAMPLE_UNSPEC,
	TIERSCOPE_SAMPLE_PAD,
	TIERSCOPE_SAMPLE_SAMPLER,	/* u32 */
	TIERSCOPE_SAMPLE_SEQ,		/* u64 */
	TIERSCOPE_SAMPLE_TIME_NS,	/* u64 */
	TIERSCOPE_SAMPLE_TICKS_LOST,	/* u64 */
	TIERSCOPE_SAMPLE_READING,	/* multi, nest of TIERSCOPE_READING_* */

	__TIERSCOPE_SAMPLE_MAX,
	TIERSCOPE_SAMPLE_MAX = __TIERSCOPE_SAMPLE_MAX - 1,
};

enum tierscope_watch_attr {
	TIERSCOPE_WATCH_UNSPEC,
	TIERSCOPE_WATCH_PAD,
	TIERSCOPE_WATCH_ID,		/* u32 */
	TIERSCOPE_WATCH_PID,		/* u32, in the pid namespace of the watch's maker */
	TIERSCOPE_WATCH_REASON,		/* u32, enum tierscope_watch_reason */
	TIERSCOPE_WATCH_COMM,		/* string */
	TIERSCOPE_WATCH_UID,		/* u32, real uid, in the user namespace of the maker */
	TIERSCOPE_WATCH_CELL,		/* multi, nest of TIERSCOPE_CELL_* */
	TIERSCOPE_WATCH_SWAP_PAGES,	/* u64, as in a placement */
	TIERSCOPE_WATCH_SPECIAL_PAGES,	/* u64, as in a placement */
	TIERSCOPE_WATCH_HINTED_PAGES,	/* u64, as in a placement */
	TIERSCOPE_WATCH_TIME_NS,	/* u64, CLOCK_MONOTONIC at the start of the walk */
	TIERSCOPE_WATCH_DURATION_NS,	/* u64, how long the walk took */
	TIERSCOPE_WATCH_PARTIAL,	/* flag */

	__TIERSCOPE_WATCH_MAX,
	TIERSCOPE_WATCH_MAX = __TIERSCOPE_WATCH_MAX - 1,
};

#endif /* _UAPI_LINUX_TIERSCOPE_H */
