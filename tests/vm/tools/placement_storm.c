/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process whose memory changes all the time, in every way, and now and then
 * keeps still:
 *
 *	placement-storm SEED THREADS FILE
 *		THREADS threads operate on memory, fork children that do, children
 *		that run this program, and threads that end. Says "ready PID";
 *		then, again and again, after a second or so, "quiet" and what was
 *		done so far: no thread does anything and there is no child, until
 *		a line comes on standard input. Ends with that.
 *	placement-storm brief SEED FILE
 *		a few operations, and that is all
 *
 * The same SEED draws the same operations in each thread; how the threads meet
 * differs from run to run.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "storm_operation.h"

#define BRIEF		20	/* operations of who does not live long */
#define QUIET_MIN_MS	300
#define QUIET_SPREAD_MS	900

static const char *path;
static _Atomic unsigned long forks, execs, threads;

/* Held for reading by whoever does anything: for writing, all is quiet. */
static pthread_rwlock_t weather;

static struct storm_hand next_hand(struct storm_hand *hand)
{
	return (struct storm_hand){ storm_random(hand, UINT64_MAX) };
}

static void *live_briefly(void *hand)
{
	storm_operate(hand, BRIEF);
	return NULL;
}

static void make_thread(struct storm_hand *hand)
{
	struct storm_hand other = next_hand(hand);
	pthread_t thread;

	if (pthread_create(&thread, NULL, live_briefly, &other))
		return;
	pthread_join(thread, NULL);
	threads++;
}

/* Of many threads only this one goes on: nothing that takes a lock is called. */
static void run_child(struct storm_hand *hand, bool exec, char *seed)
{
	char *const arguments[] = {
		"placement-storm", "brief", seed, (char *)path, NULL,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	storm_operate(hand, exec ? 1 : BRIEF);
	if (exec)
		execv("/proc/self/exe", arguments);
	_exit(exec);
}

static void make_child(struct storm_hand *hand, bool exec)
{
	struct storm_hand other = next_hand(hand);
	char seed[24];
	int status;
	pid_t child;

	snprintf(seed, sizeof(seed), "%lu", other.state);
	child = fork();
	if (child < 0)
		return;
	if (!child)
		run_child(&other, exec, seed);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
	    WEXITSTATUS(status))
		errx(1, "a child ended with %#x", status);
	if (exec)
		execs++;
	else
		forks++;
}

static void *live(void *own)
{
	struct storm_hand *hand = own;

	for (;;) {
		unsigned int drawn = storm_random(hand, 1000);

		pthread_rwlock_rdlock(&weather);
		if (drawn < 5)
			make_child(hand, true);
		else if (drawn < 15)
			make_child(hand, false);
		else if (drawn < 25)
			make_thread(hand);
		else
			storm_operate(hand, 1);
		pthread_rwlock_unlock(&weather);
	}
	return NULL;
}

static void start(struct storm_hand *hand, size_t n)
{
	struct storm_hand *hands = calloc(n, sizeof(*hands));
	pthread_rwlockattr_t attr;
	pthread_t thread;

	/* Or who wants it for writing would wait for ever. */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&weather, &attr);
	for (size_t i = 0; hands && i < n; i++) {
		hands[i] = next_hand(hand);
		if (pthread_create(&thread, NULL, live, &hands[i]))
			errx(1, "no thread");
	}
}

static void sleep_ms(unsigned int ms)
{
	const struct timespec time = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};

	nanosleep(&time, NULL);
}

static void print_quiet(void)
{
	printf("quiet");
	storm_report(stdout);
	printf(" thread=%lu fork=%lu exec=%lu\n", threads, forks, execs);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct storm_hand hand;
	bool brief;
	char byte;

	if (argc != 4)
		errx(2, "usage: placement-storm SEED THREADS FILE | brief SEED FILE");
	brief = !strcmp(argv[1], "brief");
	hand.state = strtoull(argv[brief ? 2 : 1], NULL, 0);
	path = argv[3];
	storm_prepare(path);
	if (brief) {
		storm_operate(&hand, BRIEF);
		return 0;
	}
	printf("ready %d\n", getpid());
	fflush(stdout);
	start(&hand, strtoul(argv[2], NULL, 0));
	do {
		sleep_ms(QUIET_MIN_MS + storm_random(&hand, QUIET_SPREAD_MS));
		pthread_rwlock_wrlock(&weather);
		print_quiet();
		if (read(STDIN_FILENO, &byte, 1) != 1)
			return 0;
		pthread_rwlock_unlock(&weather);
	} while (true);
}
