/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases of library-check: placement, mappings, tiers. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library_check.h"

#define ANON_BYTES (16UL << 20)

static uint64_t bytes_of(const struct tierscope_cell *cells, size_t n,
			 enum tierscope_kind kind)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		if (cells[i].kind == kind)
			bytes += cells[i].pages * cells[i].page_bytes;
	return bytes;
}

static struct tierscope_placement *get(pid_t pid)
{
	struct tierscope_placement *placement = NULL;
	int error = tierscope_placement_get(ts, pid, 0, &placement);

	hold(error == 0, "%d: %s", error, tierscope_error(ts));
	return placement;
}

/* A process that sleeps with ANON_BYTES of its own. */
static pid_t sleeper(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	hold(pipe2(ready, O_CLOEXEC) == 0, "pipe: %m");
	pid = fork();
	hold(pid >= 0, "fork: %m");
	if (pid == 0) {
		char *memory = mmap(NULL, ANON_BYTES, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		/* Not to outlive a case that fails. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		memset(memory, 1, ANON_BYTES);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	hold(read(ready[0], &byte, 1) == 1, "the child did not come up");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void case_no_module(void)
{
	struct tierscope_placement *placement;

	expect(tierscope_placement_get(ts, getpid(), 0, &placement), -ENOENT,
	       "load it with modprobe tierscope");
}

void case_placement(void)
{
	pid_t pid = sleeper();
	struct tierscope_placement *placement = get(pid);

	hold(placement->pid == pid, "pid %d", placement->pid);
	hold(placement->uid == getuid(), "uid %u", placement->uid);
	hold(strcmp(placement->comm, "library-check") == 0, "comm %s",
	     placement->comm);
	hold(placement->time_ns > 0 && placement->duration_ns > 0, "times");
	hold(bytes_of(placement->cells, placement->n_cells,
		      TIERSCOPE_KIND_ANON) >= ANON_BYTES, "too few pages");
	hold(bytes_of(placement->cells, placement->n_cells,
		      TIERSCOPE_KIND_FILE) > 0, "no page of a file");
	tierscope_placement_free(placement);
	end(pid);
}

void case_refusals(void)
{
	struct tierscope_placement *placement = NULL;
	pid_t pid = sleeper();
	char sentence[512];

	/* kthreadd */
	expect(tierscope_placement_get(ts, 2, 0, &placement), -EINVAL, "kernel thread");
	end(pid);
	expect(tierscope_placement_get(ts, pid, 0, &placement), -ESRCH, "");
	expect(tierscope_placement_get(ts, 0, 0, &placement), -ESRCH, "");
	expect(tierscope_placement_get(ts, -1, 0, &placement), -ESRCH, "");
	hold(!placement, "an output was touched");
	/* And the handle still works; the sentence stays until the next. */
	snprintf(sentence, sizeof(sentence), "%s", tierscope_error(ts));
	tierscope_placement_free(get(getpid()));
	hold(strcmp(sentence, tierscope_error(ts)) == 0, "sentence changed");
}

void case_unprivileged(void)
{
	struct tierscope_topology *topology = NULL;
	struct tierscope_counters *counters = NULL;
	struct tierscope_placement *placement = NULL;
	struct tierscope_sampler *sampler = NULL;

	hold(getuid() != 0, "run this as somebody else than root");
	tierscope_placement_free(get(getpid()));
	expect(tierscope_placement_get(ts, 1, 0, &placement), -EPERM,
	       "CAP_SYS_PTRACE");
	hold(tierscope_topology_read(ts, &topology) == 0, "topology");
	expect(tierscope_node_set(ts, 0, TIERSCOPE_TIER_PMEM), -EPERM, "CAP_SYS_ADMIN");
	hold(tierscope_counters_resolve(ts, TIERSCOPE_ROLES_ALL,
					&counters) == 0, "%s",
	     tierscope_error(ts));
	expect(tierscope_sampler_new(ts, counters, TIERSCOPE_INTERVAL_MIN_NS, &sampler),
	       -EPERM, "CAP_PERFMON");
	hold(!sampler && !placement, "an output was touched");
	tierscope_counters_free(counters);
	tierscope_topology_free(topology);
}

struct seen {
	pid_t last;
	pid_t wanted;
	bool found;
	unsigned int n;
};

static int see(const struct tierscope_placement *placement, void *data)
{
	struct seen *seen = data;

	hold(placement->pid > seen->last, "%d after %d", placement->pid,
	     seen->last);
	seen->last = placement->pid;
	seen->found |= placement->pid == seen->wanted;
	seen->n++;
	/* A callback may ask something else on the same handle. */
	tierscope_placement_free(get(seen->wanted));
	return 0;
}

static int stop(const struct tierscope_placement *placement, void *data)
{
	(void)placement, (void)data;
	return -ECANCELED;
}

void case_dump(void)
{
	pid_t pid = sleeper();
	struct seen seen = { .wanted = pid };

	hold(tierscope_placement_dump(ts, 0, see, &seen) == 0, "%s",
	     tierscope_error(ts));
	hold(seen.found && seen.n >= 2, "%u processes", seen.n);
	expect(tierscope_placement_dump(ts, 0, stop, NULL), -ECANCELED,
	       "ended by its reader");
	seen = (struct seen){ .wanted = pid };
	hold(tierscope_placement_dump(ts, 0, see, &seen) == 0, "%s",
	     tierscope_error(ts));
	end(pid);
}

struct sum {
	uint64_t last;
	uint64_t anon, file, shmem, special, swap;
	bool named, heap_like;
};

static int add(const struct tierscope_mapping *mapping, void *data)
{
	struct sum *sum = data;

	hold(mapping->start >= sum->last, "addresses go back");
	sum->last = mapping->end;
	sum->anon += bytes_of(mapping->cells, mapping->n_cells,
			      TIERSCOPE_KIND_ANON);
	sum->file += bytes_of(mapping->cells, mapping->n_cells,
			      TIERSCOPE_KIND_FILE);
	sum->shmem += bytes_of(mapping->cells, mapping->n_cells,
			       TIERSCOPE_KIND_SHMEM);
	sum->special += mapping->special_bytes;
	sum->swap += mapping->swap_bytes;
	sum->named |= strstr(mapping->name, "library-check") != NULL;
	sum->heap_like |= mapping->name[0] == '\0' &&
			  mapping->end - mapping->start >= ANON_BYTES;
	return 0;
}

/* The mappings of a process that does nothing add up to its placement. */
void case_mappings(void)
{
	pid_t pid = sleeper();
	struct tierscope_placement *placement = get(pid);
	struct sum sum = { 0 };
	bool interrupted = true;

	hold(tierscope_mapping_dump(ts, pid, 0, add, &sum, &interrupted) == 0,
	     "%s", tierscope_error(ts));
	hold(!interrupted, "nothing changed");
	hold(sum.named && sum.heap_like, "a mapping is missing");
	hold(sum.anon == bytes_of(placement->cells, placement->n_cells,
				  TIERSCOPE_KIND_ANON), "anon");
	hold(sum.file == bytes_of(placement->cells, placement->n_cells,
				  TIERSCOPE_KIND_FILE), "file");
	hold(sum.shmem == bytes_of(placement->cells, placement->n_cells,
				   TIERSCOPE_KIND_SHMEM), "shmem");
	hold(sum.special == placement->special_bytes, "special");
	hold(sum.swap == placement->swap_bytes, "swap");
	tierscope_placement_free(placement);
	end(pid);
	expect(tierscope_mapping_dump(ts, pid, 0, add, &sum, &interrupted),
	       -ESRCH, "");
}

/* One that has many mappings, and another one of another size all the time. */
static pid_t busy(void)
{
	const size_t page = getpagesize(), n = 1000;
	pid_t pid = fork();
	char *memory;

	hold(pid >= 0, "fork: %m");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memory = mmap(NULL, n * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	for (size_t i = 0; i < n; i += 2)
		mprotect(memory + i * page, page, PROT_NONE);
	for (size_t i = 1;; i = i % 64 + 1) {
		memory = mmap(NULL, i * page, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(memory, i * page);
	}
}

static int ascend(const struct tierscope_mapping *mapping, void *data)
{
	uint64_t *last = data;

	hold(mapping->start >= *last, "addresses go back: two tries at once");
	*last = mapping->end;
	return 0;
}

/* Whether a dump meets a change is chance, and that none of many does is not. */
void case_busy(void)
{
	pid_t pid = busy();
	bool interrupted = false;

	for (int i = 0; i < 50 && !interrupted; i++) {
		uint64_t last = 0;

		hold(tierscope_mapping_dump(ts, pid, TIERSCOPE_WITH_SHARING,
					    ascend, &last, &interrupted) == 0,
		     "%s", tierscope_error(ts));
		hold(last > 0, "no mapping at all");
	}
	hold(interrupted, "no dump met a change");
	end(pid);
}

void case_set(void)
{
	struct tierscope_topology *topology = NULL;

	hold(tierscope_node_set(ts, 0, TIERSCOPE_TIER_PMEM) == 0, "%s",
	     tierscope_error(ts));
	hold(tierscope_topology_read(ts, &topology) == 0, "%s",
	     tierscope_error(ts));
	hold(topology->simulated, "tierscope_sim was not seen");
	hold(topology->nodes[0].tier == TIERSCOPE_TIER_PMEM &&
	     strstr(topology->nodes[0].evidence, "set in the kernel module"),
	     "%s", topology->nodes[0].evidence);
	tierscope_topology_free(topology);
	hold(tierscope_node_set(ts, 0, TIERSCOPE_TIER_UNKNOWN) == 0, "%s",
	     tierscope_error(ts));
	hold(tierscope_topology_read(ts, &topology) == 0, "%s",
	     tierscope_error(ts));
	hold(topology->nodes[0].tier != TIERSCOPE_TIER_PMEM, "%s",
	     topology->nodes[0].evidence);
	tierscope_topology_free(topology);
	expect(tierscope_node_set(ts, 1000, TIERSCOPE_TIER_PMEM), -ENODEV, "");
}
