/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that keeps its own mmap lock for writing nearly all the time: it
 * has much to copy, and forks again and again.
 *
 *	fork-loop MEBIBYTES
 *
 * Says "ready PID", and ends with its standard input.
 */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	size_t bytes;
	char *memory;

	if (argc != 2)
		errx(2, "usage: fork-loop MEBIBYTES");
	bytes = strtoul(argv[1], NULL, 10) << 20;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "%s MiB", argv[1]);
	/* Every page is an entry that fork has to copy. */
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	memset(memory, 1, bytes);
	/* Nobody waits for the children. */
	signal(SIGCHLD, SIG_IGN);
	printf("ready %d\n", getpid());
	fflush(stdout);
	while (poll(&input, 1, 0) == 0) {
		pid_t child = fork();

		if (child < 0)
			usleep(1000);
		else if (!child)
			_exit(0);
	}
	return 0;
}
