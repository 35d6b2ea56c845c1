/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtierscope: where memory lives, what the memory controllers do.
 *
 * Conventions. Functions return 0 or a negative errno; predicates return bool.
 * Outputs come last, are named ret or ret_..., and are untouched on failure.
 * What a function hands out through ret is the caller's to free with the
 * matching _free, which accepts NULL. The library never prints, never exits
 * and keeps no globals; a handle belongs to one thread at a time.
 *
 * After a failure tierscope_error() says, in one sentence, what failed, on
 * what, why and what would help; for refusals by the kernel it is the kernel's
 * own sentence (extended ACK).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/tierscope.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- handle ------------------------------------------------------------ */

struct tierscope;

/**
 * tierscope_new() - make a handle
 * @sysfs_root: what stands for "/" when sysfs and procfs are read (tests give
 *	a captured tree), or NULL for "/"
 * @ret: the handle; tierscope_free() it
 *
 * Does not touch the kernel module: that happens at the first call that needs
 * it, and then fails with -ENOENT and a sentence if the module is not loaded.
 *
 * Returns 0, -ENOMEM, or -errno of opening @sysfs_root.
 */
int tierscope_new(const char *sysfs_root, struct tierscope **ret);
void tierscope_free(struct tierscope *ts);

/**
 * tierscope_error() - the sentence for the last call that failed on @ts
 *
 * Lower case, no full stop. Owned by @ts, valid until the next call; "" if no
 * call has failed yet.
 */
const char *tierscope_error(const struct tierscope *ts);

/**
 * tierscope_module_check() - whether the kernel module can be asked
 *
 * Returns 0, -ENOENT if it is not loaded, -EPROTONOSUPPORT if it is of another
 * release, or -errno of the socket.
 */
int tierscope_module_check(struct tierscope *ts);

/* ---- names ------------------------------------------------------------- */

/* Stable names for output and files: "dram", "pmem", "memory-mode",
 * "unknown"; "anon", "file", "shmem", "dax". NULL for a value out of range. */
const char *tierscope_tier_name(enum tierscope_tier tier);
const char *tierscope_kind_name(enum tierscope_kind kind);
/* -EINVAL if @name is none of them. */
int tierscope_tier_from_name(const char *name, enum tierscope_tier *ret);
int tierscope_kind_from_name(const char *name, enum tierscope_kind *ret);

/* ---- topology ---------------------------------------------------------- */

enum tierscope_mode {
	TIERSCOPE_MODE_UNKNOWN,
	TIERSCOPE_MODE_DRAM_ONLY,
	TIERSCOPE_MODE_MEMORY_MODE,
	TIERSCOPE_MODE_APP_DIRECT,
};

/* "unknown", "dram-only", "memory-mode", "app-direct". */
const char *tierscope_mode_name(enum tierscope_mode mode);

#define TIERSCOPE_EVIDENCE_MAX 256
#define TIERSCOPE_BYTES_UNKNOWN UINT64_MAX

/**
 * struct tierscope_node - one NUMA node with memory or CPUs
 * @id: the kernel's number
 * @socket: physical package of its CPUs, or of the nearest node with CPUs;
 *	-1 if nothing says
 * @has_cpus: false for memory without CPUs (Optane through kmem, CXL)
 * @total_bytes: MemTotal of the node, TIERSCOPE_BYTES_UNKNOWN if it cannot be
 *	read
 * @free_bytes: MemFree of the node, likewise
 * @tier: what stands behind it
 * @near_bytes: DRAM cache in front of it, 0 if there is none or, with @tier
 *	cached or unknown, its size is not known
 * @evidence: why @tier: a sentence naming the files that said so
 */
struct tierscope_node {
	int id;
	int socket;
	bool has_cpus;
	uint64_t total_bytes;
	uint64_t free_bytes;
	enum tierscope_tier tier;
	uint64_t near_bytes;
	char evidence[TIERSCOPE_EVIDENCE_MAX];
};

/**
 * struct tierscope_socket - one physical package
 * @id: physical_package_id
 * @cpus: how many online CPUs
 * @first_cpu: the lowest of them
 */
struct tierscope_socket {
	int id;
	unsigned int cpus;
	unsigned int first_cpu;
};

/**
 * struct tierscope_topology - the machine
 * @mode: how its Optane is used
 * @mode_evidence: why
 * @near_bytes: near memory of the whole machine, 0 if there is none or its
 *	size is not known
 * @near_evidence: where that number comes from, or which of the two it is
 * @cpu_model: as in /proc/cpuinfo
 * @family, @model, @stepping: of the first CPU
 * @simulated: the counters come from tierscope_sim, not from silicon
 */
struct tierscope_topology {
	enum tierscope_mode mode;
	char mode_evidence[TIERSCOPE_EVIDENCE_MAX];
	uint64_t near_bytes;
	char near_evidence[TIERSCOPE_EVIDENCE_MAX];
	char cpu_model[64];
	unsigned int family;
	unsigned int model;
	unsigned int stepping;
	bool simulated;

	size_t n_nodes;
	struct tierscope_node *nodes;		/* ascending by id */
	size_t n_sockets;
	struct tierscope_socket *sockets;	/* ascending by id */
};

/**
 * tierscope_topology_read() - read the machine from sysfs
 *
 * Tiers that an administrator has set win over what sysfs says: those in the
 * module, if it is loaded, then those in the configuration; the evidence says
 * so. Needs neither the module nor privilege. Returns 0, -ENOMEM, -errno of a
 * sysfs file without which there is no answer (node/online), as
 * tierscope_config_read(), or -errno of asking a module that is loaded.
 */
int tierscope_topology_read(struct tierscope *ts,
			    struct tierscope_topology **ret);
void tierscope_topology_free(struct tierscope_topology *topology);

/**
 * tierscope_topology_doubts() - what speaks against the mode of @topology
 * @size: of @ret
 * @ret: what firmware, CPU and sizes say that does not agree with it, "; "
 *	between them; "" if nothing does. Cut if there is no room
 *
 * Returns 0 or -errno of sysfs.
 */
int tierscope_topology_doubts(struct tierscope *ts,
			      const struct tierscope_topology *topology,
			      size_t size, char *ret);

/* NULL if @id is not there. */
const struct tierscope_node *
tierscope_topology_node(const struct tierscope_topology *topology, int id);

/**
 * tierscope_node_set() - say what stands behind a node
 * @tier: TIERSCOPE_TIER_UNKNOWN takes it back
 *
 * Holds for everybody, over the configuration and over what sysfs says, for as
 * long as the module is loaded (NODE_SET). Returns 0, -EPERM without
 * CAP_SYS_ADMIN, -ENODEV if there is no such node, -ENOENT without the module.
 */
int tierscope_node_set(struct tierscope *ts, int id, enum tierscope_tier tier);

/* ---- configuration ----------------------------------------------------- */

#define TIERSCOPE_CONFIG	"/etc/tierscope/tierscope.conf"

/**
 * struct tierscope_config_node - what the configuration says of a node
 * @line: of the file
 */
struct tierscope_config_node {
	int id;
	enum tierscope_tier tier;
	unsigned int line;
};

/**
 * struct tierscope_rule - where the memory of new processes is to be
 * @name: of the rule
 * @program: path of the program it is for, or NULL
 * @cgroup: path of the cgroup it is for, from the root of version 2, or NULL;
 *	with both, both must hold
 * @tier: as `tierscope run --tier` takes it
 * @line: of the file, where it begins
 */
struct tierscope_rule {
	char *name;
	char *program;
	char *cgroup;
	char *tier;
	unsigned int line;
};

/**
 * struct tierscope_config - TIERSCOPE_CONFIG
 * @file: where it was read from
 * @nodes, @rules: in the order of the file
 */
struct tierscope_config {
	char *file;
	size_t n_nodes;
	struct tierscope_config_node *nodes;
	size_t n_rules;
	struct tierscope_rule *rules;
};

/* Another file than TIERSCOPE_CONFIG, for this handle; NULL for that one again.
 * Returns 0 or -ENOMEM. */
int tierscope_config_from(struct tierscope *ts, const char *file);

/**
 * tierscope_config_read() - read the configuration
 *
 * It is empty if there is no TIERSCOPE_CONFIG; another file must be there.
 * Returns 0, -EBADMSG if a line is wrong (the sentence names it), -ENOMEM, or
 * -errno of opening it.
 */
int tierscope_config_read(struct tierscope *ts, struct tierscope_config **ret);
void tierscope_config_free(struct tierscope_config *config);

/* ---- sets of nodes ------------------------------------------------------ */

/**
 * struct tierscope_nodes - some nodes of the machine
 * @ids: the kernel's numbers, ascending
 */
struct tierscope_nodes {
	size_t n;
	int *ids;
};

/**
 * tierscope_nodes_parse() - which nodes a text names
 * @topology: of tierscope_topology_read(), on any handle
 * @text: numactl's grammar, with tiers by name
 * @ret: tierscope_nodes_clear() it
 *
 * Terms, with commas between them:
 *
 *   0, 0-3    nodes by number
 *   +0, +0-1  by place among those that the caller's cpuset grants
 *   all       all of these
 *   dram, pmem, memory-mode (or cached), unknown
 *             the nodes of that tier
 *   dram@0    those of them on socket 0
 *
 * and one "!" before everything: all that the caller's cpuset grants but
 * these. Nodes without memory are in no set.
 *
 * Returns 0, -EINVAL if @text is no such list, -ENODEV if a node or tier is not
 * there, has no memory, or nothing is left, -ENOMEM.
 */
int tierscope_nodes_parse(struct tierscope *ts,
			  const struct tierscope_topology *topology,
			  const char *text, struct tierscope_nodes *ret);

/* "0-1,3"; free() it. Returns 0 or -ENOMEM. */
int tierscope_nodes_format(const struct tierscope_nodes *nodes, char **ret);

bool tierscope_nodes_have(const struct tierscope_nodes *nodes, int id);

/* Leaves it empty; an empty one is fine. */
void tierscope_nodes_clear(struct tierscope_nodes *nodes);

/**
 * struct tierscope_cpus - some CPUs of the machine
 * @ids: the kernel's numbers, ascending
 */
struct tierscope_cpus {
	size_t n;
	int *ids;
};

/**
 * tierscope_cpus_parse() - which CPUs a text names: "0-3,8"
 * @ret: tierscope_cpus_clear() it
 *
 * Returns 0, -EINVAL if @text is no such list, -ENODEV if one of them is not
 * online, -ENOMEM.
 */
int tierscope_cpus_parse(struct tierscope *ts, const char *text,
			 struct tierscope_cpus *ret);
void tierscope_cpus_clear(struct tierscope_cpus *cpus);

/* ---- placement --------------------------------------------------------- */

/**
 * struct tierscope_cell - resident pages of one node, size and kind
 * @node: NUMA node, for DAX the target node
 * @page_bytes: 4096, 2 MiB or 1 GiB: what one page-table leaf maps
 * @kind: what they belong to
 * @pages: leaves; bytes are @pages * @page_bytes
 * @sharing: @shared_pages was asked for and is known: of DAX it never is
 * @shared_pages: of @pages, those that are mapped more than once, by several
 *	processes or twice by one; 0 without @sharing
 */
struct tierscope_cell {
	int node;
	uint64_t page_bytes;
	enum tierscope_kind kind;
	uint64_t pages;
	bool sharing;
	uint64_t shared_pages;
};

/* Flags of what is asked for: also what is mapped more than once. That costs
 * the kernel about ten times as much. */
#define TIERSCOPE_WITH_SHARING	(1U << 0)

/**
 * tierscope_topology_tier() - what stands behind the pages of a cell
 *
 * The tier of its node; for DAX in App Direct pmem whatever the node: that of
 * an NVDIMM is offline, or the DRAM beside it. Unknown if nothing says.
 */
enum tierscope_tier
tierscope_topology_tier(const struct tierscope_topology *topology,
			const struct tierscope_cell *cell);

/**
 * struct tierscope_placement - one process
 * @swap_bytes: swapped out
 * @migrating_bytes: between two places
 * @special_bytes: mapped but nobody's memory: zero page, vdso, device memory
 * @hinted_bytes: within the cells, waiting for a NUMA-hinting fault
 * @time_ns: CLOCK_MONOTONIC at the start of the walk
 * @duration_ns: how long the walk took
 * @error: 0; or, of one process of a dump, -ETIME or -EBUSY as
 *	tierscope_placement_get() says them: then nothing is known of its pages
 */
struct tierscope_placement {
	pid_t pid;
	uid_t uid;
	char comm[TIERSCOPE_COMM_MAX];
	uint64_t swap_bytes;
	uint64_t migrating_bytes;
	uint64_t special_bytes;
	uint64_t hinted_bytes;
	uint64_t time_ns;
	uint64_t duration_ns;
	int error;

	size_t n_cells;
	struct tierscope_cell *cells;	/* ascending by node, size, kind */
};

/**
 * struct tierscope_mapping - one mapping of a process
 * @start, @end: addresses
 * @flags: TIERSCOPE_MAPPING_READ and so on
 * @offset_bytes: into the file
 * @name: path, "[heap]", "[stack]", or "" for anonymous memory
 */
struct tierscope_mapping {
	uint64_t start;
	uint64_t end;
	uint32_t flags;
	uint64_t offset_bytes;
	const char *name;
	uint64_t swap_bytes;
	uint64_t migrating_bytes;
	uint64_t special_bytes;
	uint64_t hinted_bytes;

	size_t n_cells;
	const struct tierscope_cell *cells;
};

/**
 * tierscope_placement_get() - walk one process
 * @flags: TIERSCOPE_WITH_SHARING or 0
 *
 * The module walks while it takes the request, before there is an answer to
 * wait for: how long that may take is the module's own limit, and the minute
 * below is for the answer.
 *
 * Returns 0, -ESRCH, -EPERM, -EINVAL (a kernel thread, an unknown flag), -ENOENT
 * (no module), -ETIME (the module gave the walk up, TIERSCOPE_WALK_MAX_NS), -EBUSY
 * (the process kept its memory locked all that time), -EAGAIN (it was starting
 * another program all that time), -ETIMEDOUT (no answer within a minute), -EINTR.
 */
int tierscope_placement_get(struct tierscope *ts, pid_t pid, unsigned int flags,
			    struct tierscope_placement **ret);
void tierscope_placement_free(struct tierscope_placement *placement);

/**
 * typedef tierscope_placement_fn - called for each process of a dump
 *
 * @placement is the library's and dies with the call. A negative errno ends
 * the dump and is returned by it. Other calls on the same handle are allowed.
 */
typedef int (*tierscope_placement_fn)(const struct tierscope_placement *placement,
				      void *data);
/* The same for each mapping of one. */
typedef int (*tierscope_mapping_fn)(const struct tierscope_mapping *mapping,
				    void *data);

/* Every process that the caller may see, ascending by pid. Look at @error of
 * each. Returns 0, -ENOENT (no module), -ETIMEDOUT, or what @fn returned. */
int tierscope_placement_dump(struct tierscope *ts, unsigned int flags,
			     tierscope_placement_fn fn, void *data);

/**
 * tierscope_mapping_dump() - every mapping of @pid, ascending by address
 * @flags: TIERSCOPE_WITH_SHARING or 0
 * @ret_interrupted: set if the address space changed during the dump, and during
 *	two more that were tried a few milliseconds apart: the mappings are the
 *	last one's, and not one moment's; may be NULL
 *
 * @fn is called once the dump is over, with the mappings of one try only.
 * Returns as tierscope_placement_get(), -ENOMEM, or what @fn returned.
 */
int tierscope_mapping_dump(struct tierscope *ts, pid_t pid, unsigned int flags,
			   tierscope_mapping_fn fn, void *data,
			   bool *ret_interrupted);

/**
 * struct tierscope_page - one page of a process, as its page table has it
 * @address: where it begins, a multiple of @page_bytes
 * @frame: where that is in physical memory, in frames of 4096 bytes
 * @node: NUMA node, for DAX the target node; -1 for what is nobody's memory
 * @page_bytes: 4096, 2 MiB or 1 GiB
 * @flags: TIERSCOPE_PAGE_WRITE and so on
 */
struct tierscope_page {
	uint64_t address;
	uint64_t frame;
	int node;
	uint64_t page_bytes;
	uint32_t flags;
};

/* Called for each page of a dump, as tierscope_placement_fn. */
typedef int (*tierscope_page_fn)(const struct tierscope_page *page, void *data);

/**
 * tierscope_page_dump() - every page of @pid that is present in a range
 * @start: address, a multiple of 4096
 * @end: address after the last, a multiple of 4096, or UINT64_MAX for the end
 *	of the address space
 * @ret_interrupted: set if the process ended or ran another program during the
 *	dump, so that pages are missing; may be NULL
 *
 * Ascending by address. Pages may move during the dump; one that begins below
 * @start is handed over whole. Returns as tierscope_placement_get(), -EPERM
 * without CAP_SYS_ADMIN too, -EINVAL for a range that is empty or not of whole
 * pages, -ERANGE for one beyond the process's address space, or what @fn
 * returned.
 */
int tierscope_page_dump(struct tierscope *ts, pid_t pid, uint64_t start,
			uint64_t end, tierscope_page_fn fn, void *data,
			bool *ret_interrupted);

/* ---- near memory ------------------------------------------------------- */

/**
 * struct tierscope_nearmem_cache - the DRAM cache in front of a node
 * @node: NUMA node
 * @bytes: its size, a multiple of TIERSCOPE_NEARMEM_GRAIN_BYTES
 */
struct tierscope_nearmem_cache {
	int node;
	uint64_t bytes;
};

/**
 * struct tierscope_nearmem - how the pages of a process share near memory
 * @pid: the process, or 0 for all memory of the machine that is in use
 * @slot_bytes: what a slot holds, one base page
 * @slots: of all caches together
 * @used_bytes: pages on nodes with a cache
 * @other_bytes: pages elsewhere
 * @competing_bytes: those of @used_bytes that share their slot
 * @time_ns: CLOCK_MONOTONIC at the start
 * @duration_ns: how long it took
 * @slots_by_pages: how many slots are shared by exactly so many pages; the
 *	last entry is of those shared by that many or more
 *
 * An estimate: the mapping of pages to slots is assumed, see NEARMEM_GET in
 * linux/tierscope.h. A page that a process maps twice counts twice.
 */
struct tierscope_nearmem {
	pid_t pid;
	uint32_t slot_bytes;
	uint64_t slots;
	uint64_t used_bytes;
	uint64_t other_bytes;
	uint64_t competing_bytes;
	uint64_t time_ns;
	uint64_t duration_ns;
	uint64_t slots_by_pages[TIERSCOPE_NEARMEM_PAGES_MAX + 1];
};

/**
 * tierscope_nearmem_caches() - which near memory there is
 * @topology: of tierscope_topology_read(), also on @ts
 * @socket_bytes: 0 for what sysfs says (memory_side_cache); else this much for
 *	each socket, shared out evenly between its nodes: those whose tier is
 *	Memory Mode, or if there are none, those with CPUs
 * @ret: free() it
 *
 * Returns 0, -ENODATA if sysfs knows no near memory or there is no such node,
 * -EINVAL if a node's part is no multiple of TIERSCOPE_NEARMEM_GRAIN_BYTES,
 * -ENOMEM.
 */
int tierscope_nearmem_caches(struct tierscope *ts,
			     const struct tierscope_topology *topology,
			     uint64_t socket_bytes,
			     struct tierscope_nearmem_cache **ret, size_t *ret_n);

/**
 * tierscope_nearmem_get() - count which pages share a slot of near memory
 * @pid: a process, or 0 for all memory of the machine that is in use
 * @caches: one for each node that has near memory
 *
 * Needs CAP_SYS_ADMIN. Returns 0, -EPERM, -EINVAL, -ENODEV or -ERANGE for a
 * cache that cannot be, -EBUSY if somebody else is at it too, -ETIME after
 * TIERSCOPE_WALK_MAX_NS, or as tierscope_placement_get().
 */
int tierscope_nearmem_get(struct tierscope *ts, pid_t pid,
			  const struct tierscope_nearmem_cache *caches, size_t n,
			  struct tierscope_nearmem **ret);
void tierscope_nearmem_free(struct tierscope_nearmem *nearmem);

/**
 * tierscope_nearmem_hit_ratio() - the highest that uniform access could reach
 * @ret: from 0 to 1
 *
 * Occupied slots over used pages. Let each access go to any of the N pages,
 * equally likely and independent of the others (the independent reference
 * model: Coffman and Denning, Operating Systems Theory, 1973). A slot holds
 * what was touched last of the k pages that share it, which is the page that is
 * touched now in 1 of k cases. An access goes to that slot with k / N; so each
 * occupied slot adds k / N x 1 / k = 1 / N. Whoever else uses near memory
 * takes from it.
 *
 * Returns 0, or -ENODATA if no page is on a node with near memory.
 */
int tierscope_nearmem_hit_ratio(const struct tierscope_nearmem *nearmem,
				double *ret);

/* ---- the last look ------------------------------------------------------ */

/* "exit", "exec", "reaped"; NULL for a value out of range. */
const char *tierscope_watch_reason_name(enum tierscope_watch_reason reason);

/**
 * struct tierscope_last_look - where the memory of a process was at its end
 * @watch: as tierscope_watcher_add() gave it
 * @reason: why the memory goes
 * @partial: not all of it was counted, the look came to its limit of time
 * @placement: taken with every page still there; pid and uid as of when the
 *	watch was made
 */
struct tierscope_last_look {
	uint32_t watch;
	enum tierscope_watch_reason reason;
	bool partial;
	struct tierscope_placement placement;
};

struct tierscope_watcher;

/**
 * tierscope_watcher_new() - what watches hang on
 *
 * It has a socket of its own, and outlives @ts. Freeing it ends its watches.
 * Returns 0, -ENOENT (no module), -ENOMEM, or -errno of the socket.
 */
int tierscope_watcher_new(struct tierscope *ts, struct tierscope_watcher **ret);
void tierscope_watcher_free(struct tierscope_watcher *watcher);

/**
 * tierscope_watcher_add() - watch a process until its memory goes
 * @ts: for the sentence
 * @ret: names the watch until its last look, of which there is one
 *
 * A process that runs another program loses its memory too: watch it again
 * after that. Returns 0, or as tierscope_placement_get(), -EAGAIN (a child of
 * vfork(2), which has its parent's memory: later), -EDQUOT (the user has
 * TIERSCOPE_WATCHES_MAX already), -EINTR (a signal came: again).
 */
int tierscope_watcher_add(struct tierscope *ts,
			  struct tierscope_watcher *watcher, pid_t pid,
			  uint32_t *ret);

/* No last look any more. Returns 0, or -ENOENT if there has been one: it can
 * be read, unless it was lost. */
int tierscope_watcher_remove(struct tierscope *ts,
			     struct tierscope_watcher *watcher, uint32_t watch);

/* For poll(2). Last looks that came while _add() or _remove() waited for their
 * answer do not show there: after these, read until -EAGAIN. */
int tierscope_watcher_fd(const struct tierscope_watcher *watcher);

/**
 * tierscope_watcher_read() - the next last look
 * @timeout_ms: how long to wait, 0 for not at all
 * @ret: the watcher's, valid until the next read
 *
 * Those that are lost because nobody read are not told: their watches are gone
 * (tierscope_watcher_remove() says -ENOENT). Returns 0, -EAGAIN if none came in
 * time, -EINTR, -EBADMSG if the message cannot be read, -ENOMEM.
 */
int tierscope_watcher_read(struct tierscope_watcher *watcher, int timeout_ms,
			   const struct tierscope_last_look **ret);

/* ---- counters ---------------------------------------------------------- */

/**
 * enum tierscope_role - what a counter means, whatever the machine calls it
 *
 * All but clockticks count 64-byte lines at the memory controller; those of
 * m2m count them where the mesh hands them over to it.
 */
enum tierscope_role {
	TIERSCOPE_ROLE_CLOCKTICKS,
	TIERSCOPE_ROLE_DRAM_READ,
	TIERSCOPE_ROLE_DRAM_WRITE,
	TIERSCOPE_ROLE_PMM_READ,
	TIERSCOPE_ROLE_PMM_WRITE,
	TIERSCOPE_ROLE_TAG_HIT,
	TIERSCOPE_ROLE_TAG_MISS_CLEAN,
	TIERSCOPE_ROLE_TAG_MISS_DIRTY,
	TIERSCOPE_ROLE_M2M_READ_HIT,	/* reads that hit near memory */
	TIERSCOPE_ROLE_M2M_WRITE_NI,	/* writes of lines not known resident */
	TIERSCOPE_ROLE_M2M_READ_PMM,
	TIERSCOPE_ROLE_M2M_WRITE_PMM,

	TIERSCOPE_ROLES,
	/* Of a counter that was asked for by its event, which has no role. */
	TIERSCOPE_ROLE_NONE = TIERSCOPE_ROLES,
};

#define TIERSCOPE_ROLE_BIT(role)	(1U << (role))
#define TIERSCOPE_ROLES_ALL		(TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLES) - 1)
/* Counted by M2M boxes on every machine: they take no turn from the others. */
#define TIERSCOPE_ROLES_M2M				\
	(TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_M2M_READ_HIT) |	\
	 TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_M2M_WRITE_NI) |	\
	 TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_M2M_READ_PMM) |	\
	 TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_M2M_WRITE_PMM))
/* All but the clock, which says nothing of traffic and would take turns with the
 * others on the four counters of a box. */
#define TIERSCOPE_ROLES_TRAFFIC				\
	(TIERSCOPE_ROLES_ALL & ~TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_CLOCKTICKS))
#define TIERSCOPE_LINE_BYTES		64

/* "clockticks", "dram.read", "dram.write", "pmm.read", "pmm.write",
 * "tag.hit", "tag.miss_clean", "tag.miss_dirty", "m2m.read_hit",
 * "m2m.write_ni", "m2m.read_pmm", "m2m.write_pmm". NULL for a value out of
 * range. */
const char *tierscope_role_name(enum tierscope_role role);
/* -EINVAL if @name is none of them. */
int tierscope_role_from_name(const char *name, enum tierscope_role *ret);

/*
 * The roles of a group: "bandwidth" (bytes of DRAM and Optane), "tags" (tag checks
 * and what the hit ratios need), neither of which takes turns on any box, or
 * "all" (TIERSCOPE_ROLES_TRAFFIC). -EINVAL if @name is none of them.
 */
int tierscope_roles_of_group(const char *name, uint32_t *ret);

/**
 * enum tierscope_box - which kind of box counts
 *
 * A box of the first two has four counters: more events than that take turns.
 * The free-running ones are always there, one for each of their events.
 */
enum tierscope_box {
	TIERSCOPE_BOX_IMC,		/* a channel: uncore_imc_<number> */
	TIERSCOPE_BOX_M2M,		/* a memory controller: uncore_m2m_<number> */
	TIERSCOPE_BOX_IMC_FREE_RUNNING,	/* a memory controller of Ice Lake-SP:
					 * uncore_imc_free_running_<number> */

	TIERSCOPE_BOXES,
};

/* "imc", "m2m", "imc_free_running". NULL for a value out of range. */
const char *tierscope_box_name(enum tierscope_box box);

/**
 * struct tierscope_counter - one event of one box on one socket
 * @role: its meaning
 * @socket: physical package
 * @unit: number of the box among its kind (uncore_imc_3 is 3: the channel on
 *	Cascade Lake; uncore_m2m_1 is 1: the memory controller)
 * @pmu: its name in sysfs
 * @type, @config, @cpu: what perf_event_open would be told
 */
struct tierscope_counter {
	enum tierscope_role role;
	int socket;
	unsigned int unit;
	char pmu[32];
	uint32_t type;
	uint64_t config;
	unsigned int cpu;
};

struct tierscope_counters {
	size_t n;
	struct tierscope_counter *counters;	/* by socket, box, unit, role */
};

/* The kind of the box that @counter belongs to. -EINVAL if it is none of ours:
 * an event by name may be of any PMU. */
int tierscope_counter_box(const struct tierscope_counter *counter,
			  enum tierscope_box *ret);

/* How many boxes of uncore_imc, numbered one after the other, are of one memory
 * controller here: of three, uncore_imc_4 is the second of controller 1. Returns
 * 0, -EOPNOTSUPP if the model is not known, -errno of /proc/cpuinfo. */
int tierscope_controller_boxes(struct tierscope *ts, unsigned int *ret);

/**
 * tierscope_counters_resolve() - find the counters of this machine
 * @roles: TIERSCOPE_ROLE_BIT()s
 * @ret: those of them that the machine has, one for each box and socket
 *
 * Encodings by generation, see counter tables in the source; PMU types, boxes
 * and collector CPUs from sysfs. A role of boxes other than uncore_imc that
 * cannot be counted here is left out. Returns 0, -ENODEV if the machine has no
 * memory controller PMU or none of @roles, -EOPNOTSUPP if its model is not
 * known.
 */
int tierscope_counters_resolve(struct tierscope *ts, uint32_t roles,
			       struct tierscope_counters **ret);
/**
 * tierscope_counters_resolve_fitting() - those that one sampler takes
 * @roles: those that were resolved in the end
 *
 * As above. The M2M boxes add to the channels: they are what is left out where all
 * together are more than TIERSCOPE_COUNTERS_MAX, as on eight sockets of Sapphire
 * Rapids. What are more without them are all returned.
 */
int tierscope_counters_resolve_fitting(struct tierscope *ts, uint32_t *roles,
				       struct tierscope_counters **ret);
void tierscope_counters_free(struct tierscope_counters *counters);

/* ---- samplers ---------------------------------------------------------- */

/**
 * struct tierscope_reading - one counter at one moment, totals since
 *	tierscope_sampler_new()
 * @time_ns: CLOCK_MONOTONIC at this reading
 * @value: counted while it ran, not scaled
 * @enabled_ns, @running_ns: running < enabled means multiplexed
 */
struct tierscope_reading {
	uint64_t time_ns;
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
};

/**
 * struct tierscope_sample - all counters of a sampler, once
 * @seq: counts samples from 0
 * @time_ns: CLOCK_MONOTONIC; no reading is from before
 * @ticks_lost: ticks at which the sampler came late, total
 * @samples_lost: samples that were taken and did not reach us, total
 * @n_readings: as many as the sampler has counters
 * @readings: in the order of the counters that the sampler was made with
 */
struct tierscope_sample {
	uint64_t seq;
	uint64_t time_ns;
	uint64_t ticks_lost;
	uint64_t samples_lost;
	size_t n_readings;
	const struct tierscope_reading *readings;
};

struct tierscope_sampler;

/* The shortest interval of a recording, and of placement that is watched: below,
 * keeping or writing what comes is no longer small beside it. */
#define TIERSCOPE_RECORD_INTERVAL_MIN_NS 10000000ULL

/**
 * tierscope_sampler_new() - have the module count, and listen
 * @counters: what to count; copied
 * @interval_ns: TIERSCOPE_INTERVAL_MIN_NS to TIERSCOPE_INTERVAL_MAX_NS
 *
 * PMUs are taken by their names, where they have one: the number of one whose driver was reloaded since
 * @counters was resolved is looked up again. A sampler keeps drivers loaded.
 *
 * The sampler has a socket of its own, and outlives @ts. Who asks for the same as
 * the same user shares one in the module, and notices nothing: numbers, counts
 * and times begin with this call. Returns 0, -EPERM without CAP_PERFMON, -ERANGE,
 * -EDQUOT if the user has as much as one may, -ENOENT without the module or one of
 * the PMUs, or what the PMU said.
 */
int tierscope_sampler_new(struct tierscope *ts,
			  const struct tierscope_counters *counters,
			  uint64_t interval_ns,
			  struct tierscope_sampler **ret);
void tierscope_sampler_free(struct tierscope_sampler *sampler);

/* ---- a sampler that another process reads: its socket is handed over ---- */

/* The module's number of it. */
uint32_t tierscope_sampler_id(const struct tierscope_sampler *sampler);

/* It samples no more, for whoever has the socket still; to be freed as usual. */
void tierscope_sampler_end(struct tierscope_sampler *sampler);

/**
 * tierscope_sampler_adopt() - listen by a socket that somebody else made
 * @fd: what tierscope_sampler_fd() gave there, by whatever passes descriptors;
 *	belongs to the sampler afterwards, but not on failure
 * @id: of the sampler that it listens to
 * @n: how many counters that has
 *
 * Needs no right, and gives none. Numbers, counts and times begin with the first
 * sample that comes, which is not one that is read. Returns 0, -ERANGE, -EINVAL if
 * @fd is no netlink socket, -ENOENT without the module, -ENOMEM.
 */
int tierscope_sampler_adopt(struct tierscope *ts, int fd, uint32_t id,
			    size_t n, struct tierscope_sampler **ret);

/* For poll(2); readable when tierscope_sampler_read() will not wait. */
int tierscope_sampler_fd(const struct tierscope_sampler *sampler);

/**
 * tierscope_sampler_read() - the next sample
 * @timeout_ms: how long to wait, 0 for not at all
 * @ret: the sampler's, valid until the next read
 *
 * Samples that are lost because nobody read are no failure: samples_lost of
 * the next one counts them. Nobody else can take a sampler away: it lives as
 * long as its socket. Returns 0, -EAGAIN if none came in time, -EINTR, -EBADMSG
 * if the message cannot be read.
 */
int tierscope_sampler_read(struct tierscope_sampler *sampler, int timeout_ms,
			   const struct tierscope_sample **ret);

#ifdef __cplusplus
}
#endif
