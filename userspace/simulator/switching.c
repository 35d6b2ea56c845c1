// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tierscope-sim-switching: holds one counter of a task for as long as the
 * machine runs. It goes into the background once it has it, and counts nothing.
 *
 * The scheduler calls perf at a switch of tasks while there is an event of a
 * task, and the kernel patches its code when the first one comes and when the
 * last one has gone. This machine had better not do that: QEMU before 8.1 drops
 * what it has translated of a place before the new bytes are written, and a
 * vCPU that comes by in between, on a busy host, translates the old ones for
 * good. Then it meets a breakpoint that the kernel has taken away, and dies
 * ("Oops: int3"). With one event at boot, when nothing else runs, nothing is
 * patched again.
 */
#include <err.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

int main(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
	};

	/* Of this process: both keep it. */
	if (syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) < 0)
		err(1, "no counter of a task");
	/* Ends its parent, which the event is of; the descriptor stays open. */
	if (daemon(0, 0))
		err(1, "no background");
	for (;;)
		pause();
}
