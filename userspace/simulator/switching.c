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
 *
 * It is held by a mapping and by no descriptor: who asks who counts here
 * (tierscope doctor) is not to hear of the machine itself.
 */
#include <err.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

static void hold(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			      PERF_FLAG_FD_CLOEXEC);

	/* perf_event_open(2): a page alone has no samples, just the event. */
	if (fd < 0 || mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ,
			   MAP_SHARED, fd, 0) == MAP_FAILED)
		err(1, "no counter of a task");
	close(fd);
}

int main(void)
{
	int ready[2];
	char byte = 0;

	if (pipe2(ready, O_CLOEXEC))
		err(1, "no pipe");
	switch (fork()) {
	case -1:
		err(1, "no process");
	case 0:
		break;
	default:
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			errx(1, "no counter of a task");
		return 0;
	}
	/* fork() does not copy such a mapping. */
	if (daemon(0, 0))
		err(1, "no background");
	hold();
	if (write(ready[1], &byte, 1) != 1)
		return 1;
	close(ready[0]);
	close(ready[1]);
	for (;;)
		pause();
}
