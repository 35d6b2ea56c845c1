/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/stop.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t wanted;

static void stop(int number)
{
	(void)number;
	wanted = 1;
}

void stop_catch(sigset_t *ret_let_in)
{
	/* The second time the default holds again. */
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESETHAND };
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, ret_let_in);
	sigdelset(ret_let_in, SIGINT);
	sigdelset(ret_let_in, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool stop_wanted(void)
{
	return wanted;
}

bool stop_sleep(uint64_t ns, const sigset_t *let_in)
{
	const struct timespec timeout = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};

	if (!wanted)
		ppoll(NULL, 0, &timeout, let_in);
	return !wanted;
}
