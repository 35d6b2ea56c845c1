/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement_last_look.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "cli/placement.h"
#include "report/stream.h"

#define TIERS (TIERSCOPE_TIER_MAX + 1)

/* A child of vfork(2) runs a program of its own soon, or never. */
#define AGAIN_NS	10000000
#define AGAIN_TIMES	500

static const struct report_column columns[] = {
	{ "pid", "pid", REPORT_INTEGER, 0 },
	{ "command", "command", REPORT_STRING, 0 },
	{ "look", "look", REPORT_STRING, 0 },
	{ "partial", "partial", REPORT_FLAG, REPORT_NO_TABLE },
	{ "mono_ns", "time", REPORT_DURATION, REPORT_NO_TABLE },
	{ "walk_ns", "walk", REPORT_DURATION, REPORT_NO_TABLE },
	{ "resident_bytes", "resident", REPORT_BYTES, 0 },
	{ "dram_bytes", "dram", REPORT_BYTES, 0 },
	{ "pmem_bytes", "pmem", REPORT_BYTES, 0 },
	{ "memory_mode_bytes", "memory-mode", REPORT_BYTES, 0 },
	{ "unknown_bytes", "unknown", REPORT_BYTES, 0 },
	{ "swap_bytes", "swapped", REPORT_BYTES, 0 },
	{ "snapshots", "snapshots", REPORT_INTEGER, 0 },
	{ "peak_dram_bytes", "peak dram", REPORT_BYTES, 0 },
	{ "peak_pmem_bytes", "peak pmem", REPORT_BYTES, 0 },
	{ "peak_memory_mode_bytes", "peak mem-mode", REPORT_BYTES, 0 },
	{ "peak_unknown_bytes", "peak unknown", REPORT_BYTES, 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct following - one process, and how far it has been followed
 * @snapshots: that were taken of the program that it runs
 * @peak_bytes: highest of them, of each tier by itself
 * @lost: its end was not seen, and that has been said
 */
struct following {
	struct cli_machine machine;
	struct tierscope_watcher *watcher;
	struct report_stream stream;
	pid_t pid;
	uint64_t snapshots;
	uint64_t peak_bytes[TIERS];
	bool lost;
};

static int show(const struct following *f, const char *look, bool partial,
		const struct tierscope_placement *placement)
{
	uint64_t bytes[TIERS];

	placement_tier_bytes(f->machine.topology, placement, bytes);
	const struct report_value values[] = {
		report_number((uint64_t)placement->pid),
		report_string(placement->comm),
		report_string(look),
		report_flag(partial),
		report_number(placement->time_ns),
		report_number(placement->duration_ns),
		report_number(placement_bytes(placement)),
		report_number(bytes[TIERSCOPE_TIER_DRAM]),
		report_number(bytes[TIERSCOPE_TIER_PMEM]),
		report_number(bytes[TIERSCOPE_TIER_CACHED]),
		report_number(bytes[TIERSCOPE_TIER_UNKNOWN]),
		report_number(placement->swap_bytes),
		report_number(f->snapshots),
		report_number(f->peak_bytes[TIERSCOPE_TIER_DRAM]),
		report_number(f->peak_bytes[TIERSCOPE_TIER_PMEM]),
		report_number(f->peak_bytes[TIERSCOPE_TIER_CACHED]),
		report_number(f->peak_bytes[TIERSCOPE_TIER_UNKNOWN]),
	};

	_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
	return report_stream_row(&f->stream, values);
}

/* Shows a snapshot that is higher than those before on any tier. A process that
 * cannot be looked at has ended, and its last look says so. */
static int snapshot(struct following *f)
{
	struct tierscope_placement *placement;
	uint64_t bytes[TIERS];
	bool higher = !f->snapshots;
	int r;

	if (tierscope_placement_get(f->machine.ts, f->pid, 0, &placement))
		return 0;
	placement_tier_bytes(f->machine.topology, placement, bytes);
	for (int tier = 0; tier < TIERS; tier++) {
		if (bytes[tier] <= f->peak_bytes[tier])
			continue;
		f->peak_bytes[tier] = bytes[tier];
		higher = true;
	}
	f->snapshots++;
	r = higher ? show(f, "snapshot", false, placement) : 0;
	tierscope_placement_free(placement);
	return r;
}

static int watch(struct following *f)
{
	const struct timespec moment = { .tv_nsec = AGAIN_NS };
	int r = -EAGAIN;
	uint32_t id;

	for (int i = 0; i < AGAIN_TIMES && (r == -EAGAIN || r == -EINTR); i++) {
		if (i)
			nanosleep(&moment, NULL);
		r = tierscope_watcher_add(f->machine.ts, f->watcher, f->pid,
					  &id);
	}
	return r;
}

static int lose(struct following *f, const char *why)
{
	cli_error("the end of process %d was not seen: %s", f->pid, why);
	f->lost = true;
	return 1;
}

/* 1 if it has ended, 0 if it goes on, or -errno of the output. */
static int look(struct following *f)
{
	const struct tierscope_last_look *last;
	int r = tierscope_watcher_read(f->watcher, 0, &last);

	if (r == -EAGAIN || r == -EINTR)
		return 0;
	if (r < 0)
		return lose(f, strerror(-r));
	r = show(f, tierscope_watch_reason_name(last->reason), last->partial,
		 &last->placement);
	if (r < 0)
		return r;
	if (last->reason != TIERSCOPE_WATCH_REASON_EXEC)
		return 1;
	f->snapshots = 0;
	for (int tier = 0; tier < TIERS; tier++)
		f->peak_bytes[tier] = 0;
	/* The new program may be over before. */
	return watch(f) ? lose(f, tierscope_error(f->machine.ts)) : 0;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Returns 0 or -errno of the output. */
static int follow(struct following *f, uint64_t interval_ns, int stops)
{
	struct pollfd fds[] = {
		{ .fd = tierscope_watcher_fd(f->watcher), .events = POLLIN },
		{ .fd = stops, .events = POLLIN },
	};
	uint64_t due_ns = now_ns();
	int r = report_stream_begin(&f->stream);

	while (!r && !fds[1].revents) {
		struct timespec timeout = { 0 };
		uint64_t now;

		r = look(f);
		if (r)
			break;
		now = now_ns();
		if (now >= due_ns) {
			r = snapshot(f);
			due_ns = now + interval_ns;
			/* It may have ended under our eyes. */
			continue;
		}
		timeout.tv_sec = (time_t)((due_ns - now) / 1000000000);
		timeout.tv_nsec = (long)((due_ns - now) % 1000000000);
		if (ppoll(fds, COUNT(fds), &timeout, NULL) < 0)
			fds[1].revents = 0;
	}
	return r < 0 ? r : 0;
}

/* SIGINT and SIGTERM are read from it instead of ending us. */
static int take_stops(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int placement_last_look(pid_t pid, uint64_t interval_ns,
			enum report_format format)
{
	struct following f = {
		.stream = {
			.file = stdout,
			.format = format,
			.schema = "tierscope.last_look",
			.version = 1,
			.columns = columns,
			.n_columns = COUNT(columns),
		},
		.pid = pid,
	};
	int status, stops, r;

	status = cli_machine_read(&f.machine);
	if (status)
		return status;
	stops = take_stops();
	r = stops < 0 ? -errno : tierscope_watcher_new(f.machine.ts, &f.watcher);
	if (stops < 0) {
		cli_error("cannot wait for signals: %s", strerror(-r));
		status = CLI_FAILURE;
	} else if (r < 0) {
		cli_error("%s", tierscope_error(f.machine.ts));
		status = CLI_FAILURE;
	} else if (watch(&f)) {
		cli_error("cannot watch process %d: %s", pid,
			  tierscope_error(f.machine.ts));
		status = CLI_FAILURE;
	} else {
		r = follow(&f, interval_ns, stops);
		if (r == -ENOMEM)
			status = cli_oom();
		else if (r < 0)
			status = cli_output_failed(r);
		else if (f.lost)
			status = CLI_FAILURE;
	}
	tierscope_watcher_free(f.watcher);
	cli_machine_clear(&f.machine);
	if (stops >= 0)
		close(stops);
	return status;
}
