// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an edge of a phase costs: six counters of a process are read together
 * while four of its threads run, and go into the ring. Prints
 * "bench phase.edge_us VALUE us".
 *
 * The kernel's software events stand in for a core's where a virtual machine
 * shows no core PMU: what takes the time is to ask the other CPUs, which is the
 * same (perf_event_read() in kernel/events/core.c). A machine with fewer CPUs
 * than threads asks fewer, and says so.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "phase/connection.h"

#define EVENTS	6
#define OTHERS	3	/* and the thread that marks */
#define EDGES	200
#define ROUNDS	25

static atomic_bool over;

static int open_event(uint32_t type, uint64_t config, int leader)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = type,
		.config = config,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		.inherit = 1,
		.exclude_kernel = type == PERF_TYPE_HARDWARE,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, leader,
			  PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static const char *open_group(int *ret)
{
	static const uint64_t software[EVENTS] = {
		PERF_COUNT_SW_TASK_CLOCK, PERF_COUNT_SW_PAGE_FAULTS,
		PERF_COUNT_SW_CONTEXT_SWITCHES, PERF_COUNT_SW_CPU_MIGRATIONS,
		PERF_COUNT_SW_PAGE_FAULTS_MIN, PERF_COUNT_SW_PAGE_FAULTS_MAJ,
	};
	static const uint64_t hardware[EVENTS] = {
		PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CPU_CYCLES,
		PERF_COUNT_HW_CACHE_REFERENCES, PERF_COUNT_HW_CACHE_MISSES,
		PERF_COUNT_HW_BRANCH_INSTRUCTIONS, PERF_COUNT_HW_BRANCH_MISSES,
	};
	uint32_t type = PERF_TYPE_HARDWARE;
	int leader = open_event(type, hardware[0], -1);

	if (leader < 0) {
		type = PERF_TYPE_SOFTWARE;
		leader = open_event(type, software[0], -1);
	}
	for (int i = 1; leader >= 0 && i < EVENTS; i++)
		if (open_event(type, type == PERF_TYPE_HARDWARE ? hardware[i] :
			       software[i], leader) < 0)
			errx(1, "the kernel refused an event of a group");
	*ret = leader;
	return type == PERF_TYPE_HARDWARE ? "hardware" : "software";
}

static void *spin(void *data)
{
	(void)data;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		;
	return NULL;
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/* Of the rounds the best: a thread that has lost its CPU measures others. */
static double edge_us(struct phase_connection *connection)
{
	double best = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double start = now_us(), each;

		for (int j = 0; j < EDGES; j++)
			if (phase_connection_mark(connection, j % 2 == 0, "phase", 1))
				errx(1, "the ring is full");
		each = (now_us() - start) / EDGES;
		atomic_store(&connection->ring->tail,
			     atomic_load(&connection->ring->head));
		if (!i || each < best)
			best = each;
		usleep(10000);
	}
	return best;
}

int main(void)
{
	struct phase_connection connection = {
		.socket = -1,
		.hello = { .n_groups = 1, .n_records = 2 * EDGES + 1,
			   .record_bytes = phase_record_bytes(1, EVENTS),
			   .n_values = { EVENTS } },
	};
	pthread_t threads[OTHERS];
	const char *kind;

	kind = open_group(&connection.groups[0]);
	if (connection.groups[0] < 0) {
		fprintf(stderr, "phase-bench: this kernel has no perf events: %s\n",
			strerror(-connection.groups[0]));
		return 0;
	}
	connection.ring = mmap(NULL, PHASE_RING_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (connection.ring == MAP_FAILED)
		err(1, "no memory for a ring");
	for (int i = 0; i < OTHERS; i++)
		if (pthread_create(&threads[i], NULL, spin, NULL))
			errx(1, "no thread");
	printf("bench phase.edge_us %.2f us\n", edge_us(&connection));
	fprintf(stderr, "phase-bench: %d %s events, %d threads on %ld CPUs\n",
		EVENTS, kind, OTHERS + 1, sysconf(_SC_NPROCESSORS_ONLN));
	atomic_store(&over, true);
	for (int i = 0; i < OTHERS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
