// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The process's end of its phases. There is one connection a process, hence a
 * state of the process, which only this file has.
 */
#include "tierscope/phase.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "phase/client.h"
#include "phase/connection.h"

int tierscope_phase_recorded;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct phase_connection connection = PHASE_CONNECTION_NONE;
static __thread uint32_t this_thread;

/* A child has the ring of its parent mapped and must not write there. */
static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

static void after_fork_in_child(void)
{
	phase_connection_close(&connection);
	this_thread = 0;
	pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void start(void)
{
	if (!getenv(PHASE_ENVIRONMENT))
		return;
	pthread_atfork(before_fork, after_fork, after_fork_in_child);
	tierscope_phase_recorded = 1;
}

int phase_client_mark(bool begin, const char *name, uint32_t thread)
{
	int err = 0;

	pthread_mutex_lock(&lock);
	if (connection.socket < 0)
		err = phase_connection_open(&connection);
	if (!err)
		err = phase_connection_mark(&connection, begin, name, thread);
	pthread_mutex_unlock(&lock);
	return err;
}

int phase_client_close(int timeout_ms)
{
	struct pollfd fd = { .events = POLLIN };
	int err = 0;

	pthread_mutex_lock(&lock);
	fd.fd = connection.socket;
	if (fd.fd >= 0 && shutdown(fd.fd, SHUT_WR))
		err = -errno;
	/* The daemon closes its end when it has everything. */
	else if (fd.fd >= 0 && poll(&fd, 1, timeout_ms) <= 0)
		err = -ETIMEDOUT;
	phase_connection_close(&connection);
	pthread_mutex_unlock(&lock);
	return err;
}

void tierscope_phase_mark(int begin, const char *name)
{
	int kept = errno, err;

	if (!this_thread)
		this_thread = (uint32_t)gettid();
	err = phase_client_mark(begin, name, this_thread);
	/* Nobody is there who would record it. */
	if (err && err != -ENOBUFS)
		tierscope_phase_recorded = 0;
	errno = kept;
}
