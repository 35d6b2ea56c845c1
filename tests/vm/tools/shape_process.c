// SPDX-License-Identifier: GPL-2.0-or-later
#include "shape.h"

#include <err.h>
#include <numaif.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool churns, spins, leaves;
static pid_t shown;

pid_t shape_shown(void)
{
	return shown ? shown : getpid();
}

void shape_bind(const char *value)
{
	unsigned long mask;

	if (!strcmp(value, "none")) {
		if (set_mempolicy(MPOL_DEFAULT, NULL, 0))
			err(1, "set_mempolicy");
		return;
	}
	mask = 1UL << strtoul(value, NULL, 0);
	if (set_mempolicy(MPOL_BIND, &mask, 8 * sizeof(mask)))
		err(1, "set_mempolicy to node %s", value);
}

/* The parent only waits: what is shown is the child. */
void shape_fork(const char *value)
{
	pid_t child = fork();
	int status;

	(void)value;
	if (child < 0)
		err(1, "fork");
	if (!child)
		return;
	if (waitpid(child, &status, 0) < 0)
		err(1, "waitpid");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* Both want the mmap lock for writing, exec its own lock too. */
static void map_and_exec(int signal)
{
	(void)signal;
	shape_touch(shape_map(PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		    PAGE, PAGE, true);
	execlp("sleep", "sleep", "300", NULL);
	_exit(127);
}

void shape_exec(const char *value)
{
	(void)value;
	signal(SIGUSR1, map_and_exec);
}

void shape_crowd(const char *value)
{
	for (size_t n = shape_size(value); n; n--) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (child)
			continue;
		if (prctl(PR_SET_PDEATHSIG, SIGKILL))
			err(1, "prctl");
		for (;;)
			pause();
	}
}

/* Nobody waits for the child for good, so that its end stays visible. */
void shape_zombie(const char *value)
{
	siginfo_t end;

	(void)value;
	shown = fork();
	if (shown < 0)
		err(1, "fork");
	if (!shown)
		_exit(0);
	if (waitid(P_PID, (id_t)shown, &end, WEXITED | WNOWAIT))
		err(1, "waitid");
}

void shape_undumpable(const char *value)
{
	(void)value;
	if (prctl(PR_SET_DUMPABLE, 0))
		err(1, "prctl");
}

void shape_churn(const char *value)
{
	(void)value;
	churns = true;
}

void shape_spin(const char *value)
{
	(void)value;
	spins = true;
}

void shape_thread(const char *value)
{
	(void)value;
	leaves = true;
}

static void map_and_unmap(void)
{
	for (;;) {
		char *memory = shape_map(64 * PAGE, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		shape_touch(memory, 64 * PAGE, PAGE, true);
		munmap(memory, 64 * PAGE);
	}
}

static void wait_for_end(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static void *stay(void *unused)
{
	wait_for_end();
	_exit(0);
	return unused;
}

void shape_stay(void)
{
	pthread_t thread;

	if (churns)
		map_and_unmap();
	while (spins)
		__asm__ volatile("");
	if (leaves) {
		if (pthread_create(&thread, NULL, stay, NULL))
			errx(1, "no thread");
		pthread_exit(NULL);
	}
	wait_for_end();
}
