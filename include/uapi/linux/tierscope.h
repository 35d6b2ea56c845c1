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
 * sentence names the attribute or the missing capability; only ENOMEM, and what
 * generic netlink refuses by itself, may come without.
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
 *   in     PID (of a process, in the sender's pid namespace), SHARING?
 *          SHARING: also tell pages that are mapped more than once. struct page
 *          of every leaf is asked for that, which costs about ten times as much.
 *   reply  PID, COMM, UID, CELL*, SWAP_PAGES, MIGRATING_PAGES, SPECIAL_PAGES,
 *          HINTED_PAGES, TIME_NS, DURATION_NS
 *          CELL = { NODE, PAGE_SHIFT, KIND, PAGES, SHARED_PAGES? }: PAGES leaf
 *          entries of the page table, each mapping 1 << PAGE_SHIFT bytes.
 *          Sorted by node, size, kind; cells without a page are left out.
 *          SHARED_PAGES of them map what is mapped more than once, by several
 *          processes or twice by one: a small page by its own count though it
 *          be part of a larger folio, a huge page if any part of it is. Only
 *          with SHARING, and never for DAX, whose mappings nobody counts.
 *   errors ESRCH   no such process, or it has no memory of its own any more
 *                  (a zombie, or one that is exiting)
 *          EINVAL  a kernel thread
 *          EPERM   somebody else's process; the sentence says what is missing
 *          ETIME   the walk took longer than TIERSCOPE_WALK_MAX_NS, or than the
 *                  less that the module's parameter walk_max_ms says
 *          EBUSY   the process held its mmap lock all that time
 *          EAGAIN  it was starting another program all that time
 *          EOVERFLOW  more cells than a message can hold (1024, or 85 nodes
 *                  full of every size and kind)
 *          A fatal signal to the caller ends the walk, without an answer.
 *   who    the owner of the process, by the rule of ptrace(2)
 *          PTRACE_MODE_READ_FSCREDS, else CAP_SYS_PTRACE in the target's user
 *          namespace. Rules of security modules cannot be consulted.
 *
 * PLACEMENT_GET (dump)
 *   in     SHARING?, as above
 *   reply  one message a process that the sender may see, ascending by PID;
 *          processes that are not the sender's to see, kernel threads, zombies
 *          and those that are starting another program are left out without an
 *          error. A process that ETIME or EBUSY is about has a message without
 *          a CELL, which says so in ERROR.
 *   errors EINTR, EOVERFLOW as above, of any one process; they end it
 *   who    anyone
 *
 * MAPPING_GET (dump)
 *   in     PID, SHARING?, as PLACEMENT_GET (do)
 *   reply  one message a mapping, ascending by START:
 *          PID, START, END, FLAGS, OFFSET, NAME?, CELL*, SWAP_PAGES,
 *          MIGRATING_PAGES, SPECIAL_PAGES, HINTED_PAGES, GENERATION
 *          The dump goes on by address: a mapping that changes between two
 *          messages is seen as it is when its turn comes, and then the last
 *          message carries NLM_F_DUMP_INTR.
 *          So does the end of a dump whose process ended or ran another
 *          program meanwhile.
 *          GENERATION is 1, and grows as soon as a change of what was sent
 *          already is noticed: there is no need to read on.
 *   errors as PLACEMENT_GET (do); EOPNOTSUPP without NLM_F_DUMP; ETIME, EBUSY
 *          of all its mappings' walks together
 *   who    as PLACEMENT_GET (do)
 *
 * NEARMEM_GET (do)
 *   in     PID? (absent: all memory of the machine that is in use), CACHE*
 *          CACHE = { NODE, BYTES }: how large the DRAM cache in front of that
 *          node's memory is
 *   reply  PID?, SLOT_BYTES, USED_PAGES, OTHER_PAGES, COMPETING_PAGES, BIN*,
 *          TIME_NS, DURATION_NS
 *          BIN = { PAGES, SLOTS }: SLOTS slots are shared by exactly PAGES
 *          pages; 0 is a number too, TIERSCOPE_NEARMEM_PAGES_MAX means "or
 *          more". Ascending by PAGES; bins without a slot are left out.
 *          USED_PAGES are those on a node with a CACHE, OTHER_PAGES all others
 *          (other nodes, DAX devices), COMPETING_PAGES those that share their
 *          slot with another. A page that a process maps twice counts twice;
 *          without PID a page is in use if anybody holds a reference to it,
 *          and pages of DAX devices are not looked at.
 *   errors EINVAL  no CACHE, two for one node, BYTES that are 0 or no multiple
 *                  of TIERSCOPE_NEARMEM_GRAIN_BYTES
 *          ENODEV  no such node, or it has no memory
 *          ERANGE  BYTES larger than the node's memory
 *          EBUSY   another one is being made: its table, a byte a slot, is
 *                  accounted to the asker and there is one at a time
 *          ETIME   it was not done within TIERSCOPE_WALK_MAX_NS
 *          ESRCH, EINVAL, EPERM, EINTR, EAGAIN, EOVERFLOW  as PLACEMENT_GET
 *                  (do), whose EBUSY it may be too
 *   who    CAP_SYS_ADMIN, since it reveals which memory conflicts with which;
 *          with PID also as PLACEMENT_GET (do)
 *   The mapping is assumed, since real machines do not publish theirs: slot =
 *   page of the node's memory modulo BYTES / SLOT_BYTES, where the node's
 *   sections (128 MiB on x86) that have memory follow each other without the
 *   holes between them. A section that has memory of two nodes counts for both.
 *
 * SAMPLER_NEW (do)
 *   in     INTERVAL_NS, COUNTER*
 *          COUNTER = { TYPE, CONFIG, CONFIG1?, CONFIG2?, CPU }: what
 *          perf_event_attr and its CPU would say. Nothing is scaled, grouped
 *          or resolved here: user space does that.
 *   reply  ID; if it is a sampler that there was already, also SHARED, TICKS,
 *          TICKS_LOST, READINGS
 *   errors ERANGE  interval outside TIERSCOPE_INTERVAL_MIN_NS to _MAX_NS,
 *                  no counter, more than TIERSCOPE_COUNTERS_MAX of them
 *          EINVAL  a PMU type that counts no register but places in code or
 *                  data (tracepoint, breakpoint, kprobe, uprobe); the
 *                  kernel's own counters (PERF_TYPE_SOFTWARE) are taken
 *          ENOENT, ENODEV, EINVAL, EOPNOTSUPP  the PMU refused a counter, the
 *                  sentence says which; nothing is left behind
 *          EDQUOT  the user's samplers are used up (TIERSCOPE_SAMPLERS_MAX),
 *                  or would read too much (TIERSCOPE_READINGS_MAX)
 *   who    CAP_PERFMON or CAP_SYS_ADMIN
 *   The counters of each package of CPUs are read by a thread of its own, on
 *   the CPU that they are on; all begin at the same tick. They are neither
 *   pinned nor exclusive: other users of a PMU take turns with them.
 *   Whoever asks for the same (interval, and counters in the same order) as the
 *   same user (real uid) gets the same sampler, and holds it, too, once however
 *   often it asks: SHARED. Its totals began before: READINGS (as in SAMPLE),
 *   TICKS and TICKS_LOST are where the new holder's own begin, read while it was
 *   asking. A sample whose TIME_NS is before that of one of these readings is
 *   one that was under way. Not shared is a sampler with no place left
 *   (TIERSCOPE_SUBSCRIBERS_MAX), or one of whose counters has lost its CPUs.
 *   A sampler dies with the last socket that holds it. The maker is not
 *   subscribed by this command. While a sampler lives, its PMUs cannot be
 *   unloaded.
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
 *   reply  an ACK; this socket neither holds it nor is subscribed any more, and
 *          if no other one holds it, it is gone
 *   errors ENOENT as above, EPERM a sampler that this socket did not ask for
 *   who    a socket that asked for it
 *
 * SAMPLER_SUBSCRIBE (do)
 *   in     ID
 *   reply  an ACK; from now on SAMPLE messages come to the asking socket
 *   errors ENOENT as above, EEXIST already subscribed
 *          EDQUOT  as many sockets as may hold the sampler or listen to it
 *                  (TIERSCOPE_SUBSCRIBERS_MAX; a holder has its place whether
 *                  it listens or not), or the user's subscriptions are used up
 *                  (TIERSCOPE_SUBSCRIPTIONS_MAX)
 *   who    CAP_PERFMON or CAP_SYS_ADMIN
 *   A subscription ends with its socket or with its sampler.
 *
 * SAMPLE (from the module to each subscriber, unicast, nlmsg_seq 0)
 *   SAMPLER, SEQ, TIME_NS, TICKS_LOST, READINGS
 *   READINGS is an array of u64, TIERSCOPE_READING_WORDS for each counter in the
 *   order of SAMPLER_NEW: TIME_NS, VALUE, ENABLED_NS, RUNNING_NS, as enum
 *   tierscope_reading_word numbers them. (A nest each would be four times as
 *   long, and most of what a sample costs.) TIME_NS is
 *   CLOCK_MONOTONIC: of a reading, when it was taken; of the sample, when the
 *   first thread began, so that no reading is earlier. VALUE, ENABLED_NS,
 *   RUNNING_NS and TICKS_LOST are totals since the sampler was made. SEQ counts
 *   the samples taken, from 0: a gap is exactly the number of samples that this
 *   subscriber lost because it did not read. TICKS_LOST counts the ticks at
 *   which no sample was taken because a thread came late or was not done: the
 *   first tick is one interval after the start, and each since then is in SEQ or
 *   in TICKS_LOST.
 *
 * PAGE_GET (dump)
 *   in     PID, START?, END? (addresses, multiples of 4096; all if absent)
 *   reply  messages with
 *          PAGE* = { ADDRESS, FRAME, NODE?, PAGE_SHIFT, FLAGS }, one for each
 *          leaf of the page table that is present in the range, ascending. It
 *          maps 1 << PAGE_SHIFT bytes at ADDRESS, from page frame FRAME (of
 *          4096 bytes) on. NODE is absent for what is nobody's memory. A leaf
 *          that begins before START is told whole.
 *          The dump goes on by address, and pages move meanwhile: each is told
 *          as it was when its turn came. A huge page that takes the place of
 *          pages that were told already is told whole, and so overlaps them.
 *          If the process ended or ran another program meanwhile, the last
 *          message carries NLM_F_DUMP_INTR.
 *   errors EINVAL  START is not below END, or one is not a multiple of 4096
 *          ERANGE  END is beyond the process's address space
 *          others as PLACEMENT_GET (do)
 *   who    CAP_SYS_ADMIN, and who may ask PLACEMENT_GET (do): frames tell which
 *          pages compete for a cache, or are a good target of Rowhammer
 *
 * WATCH_NEW (do)
 *   in     PID
 *   reply  ID
 *   errors ESRCH, EINVAL, EPERM as PLACEMENT_GET (do)
 *          EAGAIN  as PLACEMENT_GET (do), or a child of vfork(2): its memory
 *                  is its parent's until it runs a program of its own
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
 *   ID, PID, COMM, UID, REASON, CELL*, SWAP_PAGES, MIGRATING_PAGES,
 *   SPECIAL_PAGES, HINTED_PAGES, TIME_NS, DURATION_NS, PARTIAL?
 *   The last look: taken when nothing uses the memory any more and every page
 *   is still mapped, however the process ended. PID and UID are as they were
 *   when the watch was made. PARTIAL: not all was counted, since the look would
 *   have taken longer than TIERSCOPE_LAST_LOOK_MAX_NS, for which the exit
 *   waits, or needed more cells than a message can hold.
 *   Memory that processes share (CLONE_VM) goes with the last of them.
 *   An event that its socket has no room for is lost, and its watch is gone all
 *   the same: WATCH_DEL says ENOENT.
 *
 * PROBE_NEW (do)
 *   in     FUNCTION*, COUNTER*
 *          FUNCTION = { FILE, OFFSET }: FILE is a descriptor of the sender's, a
 *          regular file open for reading, OFFSET where in it the function's
 *          first instruction is. COUNTER is a descriptor of the sender's, too, a
 *          perf event on a task (perf_event_open(2)) with attr.inherit.
 *   reply  an ACK; from now on PROBE_EDGE messages come to the asking socket
 *   errors ERANGE  no FUNCTION or COUNTER, or more than TIERSCOPE_FUNCTIONS_MAX,
 *                  TIERSCOPE_PROBE_COUNTERS_MAX
 *          EBADF   no such descriptor, or FILE is not open for reading
 *          EINVAL  FILE is no regular file, OFFSET is not in it, COUNTER is no
 *                  perf event or counts no task and all that it starts
 *          EEXIST  this socket has probes already
 *          EDQUOT  as many sockets of the user have (TIERSCOPE_PROBES_MAX)
 *          EIO, ENOSYS and others  the kernel's uprobes refused the place
 *   who    CAP_PERFMON or CAP_SYS_ADMIN
 *   Probed is who counts for the first COUNTER: its task and all that has
 *   inherited it since. Of these only what is mapped after this command: that of
 *   a process that is yet to run its program. No other process is changed or
 *   slowed down, but while a probe is set or taken back the kernel takes, for a
 *   moment, the mmap lock of each process that has FILE mapped. Who loses the
 *   counter (a set-user-ID program, in exec) is not probed, nor, even if it keeps
 *   it (fs.suid_dumpable 1), one with an effective uid or gid other than its real
 *   one, or with capabilities in the initial user namespace and not root's uid.
 *   Probes end by PROBE_DEL or with their socket, which waits for the edges that
 *   are under way. While there are any, the module cannot be unloaded.
 *
 * PROBE_DEL (do)
 *   in     nothing
 *   reply  EDGES, LOST: all edges there were, and those of them that the socket
 *          had no room for; no edge comes after it
 *   errors ENOENT  this socket has no probes
 *   who    the socket that made them
 *
 * PROBE_EDGE (from the module to the socket that made the probes, unicast,
 * nlmsg_seq 0)
 *   INDEX, BEGIN?, THREAD, TIME_NS, LOST, READINGS
 *   A thread has entered (BEGIN) or left the function INDEX, the number of its
 *   FUNCTION in PROBE_NEW, from 0. THREAD is its id in the pid namespace of the
 *   maker. TIME_NS is CLOCK_MONOTONIC, after the counters were read at a begin,
 *   before that at an end. READINGS is an array of u64, for each COUNTER in
 *   order: VALUE, ENABLED_NS, RUNNING_NS, of the task and all that inherited it.
 *   They are read one after the other, in the thread. LOST: edges so far that
 *   the socket had no room for; it tells of those before this one at the latest
 *   in the next edge. Edges of one thread come in order.
 *   A function that is left by longjmp(3) or an exception, or calls itself
 *   deeper than the kernel follows (64), has begins without an end; a child that
 *   was forked within one has an end without a begin.
 *
 * Why unicast: a multicast group can neither ask for CAP_PERFMON nor keep out
 * a user who owns a user and a network namespace.
 */
#ifndef _UAPI_LINUX_TIERSCOPE_H
#define _UAPI_LINUX_TIERSCOPE_H

#define TIERSCOPE_FAMILY_NAME		"tierscope"
#define TIERSCOPE_FAMILY_VERSION	1

#define TIERSCOPE_INTERVAL_MIN_NS	1000000ULL
#define TIERSCOPE_INTERVAL_MAX_NS	60000000000ULL
#define TIERSCOPE_COUNTERS_MAX		512
/* Of one user. */
#define TIERSCOPE_SAMPLERS_MAX		16
/*
 * Of one user: counters read a second, over all samplers. They are read by
 * real-time threads; a reading of an uncore counter takes about a microsecond,
 * so this is a quarter of a CPU. Twelve boxes with seven events each at the
 * shortest interval are a third of it.
 */
#define TIERSCOPE_READINGS_MAX		256000
/* Of one sampler: sockets that hold it or listen. */
#define TIERSCOPE_SUBSCRIBERS_MAX	64
/* Of one user, to all samplers. */
#define TIERSCOPE_SUBSCRIPTIONS_MAX	256
/* Of one user. */
#define TIERSCOPE_WATCHES_MAX		1024
/* Of one user: sockets that have probes. */
#define TIERSCOPE_PROBES_MAX		16
/* Of one socket. */
#define TIERSCOPE_FUNCTIONS_MAX		32
/* All are read at each edge, in the thread that is probed. */
#define TIERSCOPE_PROBE_COUNTERS_MAX	64
/* Several hundred gigabytes of 4 KiB pages. */
#define TIERSCOPE_LAST_LOOK_MAX_NS	2000000000ULL

/* Longest NAME of a mapping and COMM of a process, final NUL included. */
#define TIERSCOPE_NAME_MAX		4096
#define TIERSCOPE_COMM_MAX		16

/* A walk of one process, or of the machine, ends after that with ETIME or EBUSY. */
#define TIERSCOPE_WALK_MAX_NS		30000000000ULL

/* What a slot holds, and what the size of a near memory is a multiple of. */
#define TIERSCOPE_NEARMEM_GRAIN_BYTES	4096
/* The last bin: that many pages share a slot, or more. */
#define TIERSCOPE_NEARMEM_PAGES_MAX	255

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
	TIERSCOPE_CMD_PAGE_GET,
	TIERSCOPE_CMD_NEARMEM_GET,
	TIERSCOPE_CMD_WATCH_NEW,
	TIERSCOPE_CMD_WATCH_DEL,
	TIERSCOPE_CMD_WATCH_EVENT,
	TIERSCOPE_CMD_PROBE_NEW,
	TIERSCOPE_CMD_PROBE_DEL,
	TIERSCOPE_CMD_PROBE_EDGE,

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
 *	one without is slower memory, one without memory is unknown)
 * @TIERSCOPE_TIER_SOURCE_SET: NODE_SET
 */
enum tierscope_tier_source {
	TIERSCOPE_TIER_SOURCE_INFERRED,
	TIERSCOPE_TIER_SOURCE_SET,
};

/**
 * enum tierscope_kind - what a resident page belongs to, told by its mapping
 * @TIERSCOPE_KIND_ANON: anonymous memory, copies in private file mappings too
 * @TIERSCOPE_KIND_FILE: the page cache of a file or block device, and what the
 *	driver of another device maps
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
	TIERSCOPE_CELL_SHARED_PAGES,	/* u64, those of them that are mapped more than once */

	__TIERSCOPE_CELL_MAX,
	TIERSCOPE_CELL_MAX = __TIERSCOPE_CELL_MAX - 1,
};

enum tierscope_placement_attr {
	TIERSCOPE_PLACEMENT_UNSPEC,
	TIERSCOPE_PLACEMENT_PAD,
	TIERSCOPE_PLACEMENT_PID,	/* u32, in the sender's pid namespace */
	TIERSCOPE_PLACEMENT_SHARING,	/* flag */
	TIERSCOPE_PLACEMENT_COMM,	/* string */
	TIERSCOPE_PLACEMENT_UID,	/* u32, real uid, in the sender's user namespace */
	TIERSCOPE_PLACEMENT_CELL,	/* multi, nest of TIERSCOPE_CELL_* */
	TIERSCOPE_PLACEMENT_SWAP_PAGES,	/* u64, base pages, swapped out */
	TIERSCOPE_PLACEMENT_MIGRATING_PAGES, /* u64, base pages, between two places */
	TIERSCOPE_PLACEMENT_SPECIAL_PAGES, /* u64, base pages: the zero page, vdso, device memory */
	TIERSCOPE_PLACEMENT_HINTED_PAGES, /* u64, base pages in the cells that wait for a NUMA-hinting fault */
	TIERSCOPE_PLACEMENT_TIME_NS,	/* u64, CLOCK_MONOTONIC at the start of the walk */
	TIERSCOPE_PLACEMENT_DURATION_NS, /* u64, how long the walk took */
	TIERSCOPE_PLACEMENT_ERROR,	/* u32, errno: why nothing is known of its pages */

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
	TIERSCOPE_MAPPING_SHARING,	/* flag */
	TIERSCOPE_MAPPING_START,	/* u64, address */
	TIERSCOPE_MAPPING_END,		/* u64, address after the last */
	TIERSCOPE_MAPPING_FLAGS,	/* u32, TIERSCOPE_MAPPING_READ and so on */
	TIERSCOPE_MAPPING_OFFSET,	/* u64, bytes into the file, 0 without one */
	TIERSCOPE_MAPPING_NAME,		/* string: a path, "[heap]", "[stack]" */
	TIERSCOPE_MAPPING_CELL,		/* multi, nest of TIERSCOPE_CELL_* */
	TIERSCOPE_MAPPING_SWAP_PAGES,	/* u64, as in a placement */
	TIERSCOPE_MAPPING_MIGRATING_PAGES, /* u64, as in a placement */
	TIERSCOPE_MAPPING_SPECIAL_PAGES, /* u64, as in a placement */
	TIERSCOPE_MAPPING_HINTED_PAGES,	/* u64, as in a placement */
	TIERSCOPE_MAPPING_GENERATION,	/* u32, 1 until what was sent is seen to change */

	__TIERSCOPE_MAPPING_MAX,
	TIERSCOPE_MAPPING_MAX = __TIERSCOPE_MAPPING_MAX - 1,
};

enum tierscope_nearmem_cache_attr {
	TIERSCOPE_NEARMEM_CACHE_UNSPEC,
	TIERSCOPE_NEARMEM_CACHE_PAD,
	TIERSCOPE_NEARMEM_CACHE_NODE,	/* u32 */
	TIERSCOPE_NEARMEM_CACHE_BYTES,	/* u64 */

	__TIERSCOPE_NEARMEM_CACHE_MAX,
	TIERSCOPE_NEARMEM_CACHE_MAX = __TIERSCOPE_NEARMEM_CACHE_MAX - 1,
};

enum tierscope_nearmem_bin_attr {
	TIERSCOPE_NEARMEM_BIN_UNSPEC,
	TIERSCOPE_NEARMEM_BIN_PAD,
	TIERSCOPE_NEARMEM_BIN_PAGES,	/* u32 */
	TIERSCOPE_NEARMEM_BIN_SLOTS,	/* u64 */

	__TIERSCOPE_NEARMEM_BIN_MAX,
	TIERSCOPE_NEARMEM_BIN_MAX = __TIERSCOPE_NEARMEM_BIN_MAX - 1,
};

enum tierscope_nearmem_attr {
	TIERSCOPE_NEARMEM_UNSPEC,
	TIERSCOPE_NEARMEM_PAD,
	TIERSCOPE_NEARMEM_PID,		/* u32, in the sender's pid namespace */
	TIERSCOPE_NEARMEM_CACHE,	/* multi, nest of TIERSCOPE_NEARMEM_CACHE_* */
	TIERSCOPE_NEARMEM_SLOT_BYTES,	/* u32, TIERSCOPE_NEARMEM_GRAIN_BYTES */
	TIERSCOPE_NEARMEM_USED_PAGES,	/* u64, base pages, as are the others */
	TIERSCOPE_NEARMEM_OTHER_PAGES,	/* u64 */
	TIERSCOPE_NEARMEM_COMPETING_PAGES, /* u64 */
	TIERSCOPE_NEARMEM_BIN,		/* multi, nest of TIERSCOPE_NEARMEM_BIN_* */
	TIERSCOPE_NEARMEM_TIME_NS,	/* u64, CLOCK_MONOTONIC at the start */
	TIERSCOPE_NEARMEM_DURATION_NS,	/* u64, how long it took */

	__TIERSCOPE_NEARMEM_MAX,
	TIERSCOPE_NEARMEM_MAX = __TIERSCOPE_NEARMEM_MAX - 1,
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
	TIERSCOPE_SAMPLER_SHARED,	/* flag */
	TIERSCOPE_SAMPLER_READINGS,	/* array of u64 */

	__TIERSCOPE_SAMPLER_MAX,
	TIERSCOPE_SAMPLER_MAX = __TIERSCOPE_SAMPLER_MAX - 1,
};

/* The words of a reading. */
enum tierscope_reading_word {
	TIERSCOPE_READING_TIME_NS,
	TIERSCOPE_READING_VALUE,	/* not scaled */
	TIERSCOPE_READING_ENABLED_NS,
	TIERSCOPE_READING_RUNNING_NS,
};

#define TIERSCOPE_READING_WORDS		4

enum tierscope_sample_attr {
	TIERSCOPE_SAMPLE_UNSPEC,
	TIERSCOPE_SAMPLE_PAD,
	TIERSCOPE_SAMPLE_SAMPLER,	/* u32 */
	TIERSCOPE_SAMPLE_SEQ,		/* u64 */
	TIERSCOPE_SAMPLE_TIME_NS,	/* u64 */
	TIERSCOPE_SAMPLE_TICKS_LOST,	/* u64 */
	TIERSCOPE_SAMPLE_READINGS,	/* array of u64 */

	__TIERSCOPE_SAMPLE_MAX,
	TIERSCOPE_SAMPLE_MAX = __TIERSCOPE_SAMPLE_MAX - 1,
};

/* TIERSCOPE_PAGE_ENTRY_FLAGS: what the page-table entry says */
#define TIERSCOPE_PAGE_WRITE		(1U << 0)	/* may be written without a fault */
#define TIERSCOPE_PAGE_DIRTY		(1U << 1)
#define TIERSCOPE_PAGE_ACCESSED		(1U << 2)
#define TIERSCOPE_PAGE_HINTED		(1U << 3)	/* waits for a NUMA-hinting fault */
#define TIERSCOPE_PAGE_SPECIAL		(1U << 4)	/* nobody's memory */
#define TIERSCOPE_PAGE_DAX		(1U << 5)

enum tierscope_page_attr {
	TIERSCOPE_PAGE_UNSPEC,
	TIERSCOPE_PAGE_PAD,
	TIERSCOPE_PAGE_PID,		/* u32 */
	TIERSCOPE_PAGE_START,		/* u64, address */
	TIERSCOPE_PAGE_END,		/* u64, address after the last */
	TIERSCOPE_PAGE_PAGE,		/* multi, nest of TIERSCOPE_PAGE_ENTRY_* */

	__TIERSCOPE_PAGE_MAX,
	TIERSCOPE_PAGE_MAX = __TIERSCOPE_PAGE_MAX - 1,
};

enum tierscope_page_entry_attr {
	TIERSCOPE_PAGE_ENTRY_UNSPEC,
	TIERSCOPE_PAGE_ENTRY_PAD,
	TIERSCOPE_PAGE_ENTRY_ADDRESS,	/* u64 */
	TIERSCOPE_PAGE_ENTRY_FRAME,	/* u64, of 4096 bytes */
	TIERSCOPE_PAGE_ENTRY_NODE,	/* u32 */
	TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT, /* u32: 12, 21, 30 */
	TIERSCOPE_PAGE_ENTRY_FLAGS,	/* u32, TIERSCOPE_PAGE_WRITE and so on */

	__TIERSCOPE_PAGE_ENTRY_MAX,
	TIERSCOPE_PAGE_ENTRY_MAX = __TIERSCOPE_PAGE_ENTRY_MAX - 1,
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
	TIERSCOPE_WATCH_MIGRATING_PAGES, /* u64, as in a placement */
	TIERSCOPE_WATCH_SPECIAL_PAGES,	/* u64, as in a placement */
	TIERSCOPE_WATCH_HINTED_PAGES,	/* u64, as in a placement */
	TIERSCOPE_WATCH_TIME_NS,	/* u64, CLOCK_MONOTONIC at the start of the walk */
	TIERSCOPE_WATCH_DURATION_NS,	/* u64, how long the walk took */
	TIERSCOPE_WATCH_PARTIAL,	/* flag */

	__TIERSCOPE_WATCH_MAX,
	TIERSCOPE_WATCH_MAX = __TIERSCOPE_WATCH_MAX - 1,
};

enum tierscope_function_attr {
	TIERSCOPE_FUNCTION_UNSPEC,
	TIERSCOPE_FUNCTION_PAD,
	TIERSCOPE_FUNCTION_FILE,	/* u32, a descriptor */
	TIERSCOPE_FUNCTION_OFFSET,	/* u64, bytes into the file */

	__TIERSCOPE_FUNCTION_MAX,
	TIERSCOPE_FUNCTION_MAX = __TIERSCOPE_FUNCTION_MAX - 1,
};

enum tierscope_probe_attr {
	TIERSCOPE_PROBE_UNSPEC,
	TIERSCOPE_PROBE_PAD,
	TIERSCOPE_PROBE_FUNCTION,	/* multi, nest of TIERSCOPE_FUNCTION_* */
	TIERSCOPE_PROBE_COUNTER,	/* multi, u32, a descriptor */
	TIERSCOPE_PROBE_INDEX,		/* u32, of the function */
	TIERSCOPE_PROBE_BEGIN,		/* flag */
	TIERSCOPE_PROBE_THREAD,		/* u32, in the pid namespace of the maker */
	TIERSCOPE_PROBE_TIME_NS,	/* u64 */
	TIERSCOPE_PROBE_EDGES,		/* u64 */
	TIERSCOPE_PROBE_LOST,		/* u64, edges that found no room */
	TIERSCOPE_PROBE_READINGS,	/* array of u64 */

	__TIERSCOPE_PROBE_MAX,
	TIERSCOPE_PROBE_MAX = __TIERSCOPE_PROBE_MAX - 1,
};

/* The words of each of PROBE_READINGS. */
enum tierscope_edge_word {
	TIERSCOPE_EDGE_VALUE,		/* not scaled */
	TIERSCOPE_EDGE_ENABLED_NS,
	TIERSCOPE_EDGE_RUNNING_NS,
};

#define TIERSCOPE_EDGE_WORDS		3

#endif /* _UAPI_LINUX_TIERSCOPE_H */
