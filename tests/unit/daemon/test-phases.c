// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that hand over their phases, and such as hand over nonsense. */
#include "suite.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "daemon/phases.h"
#include "phase/client.h"
#include "phase/connection.h"

static sd_event *event;
static struct phases phases;
static size_t n_kept;
static uint64_t calls;
static char last_name[TIERSCOPE_PHASE_NAME_BYTES];

static void keep(const struct store_phase *phase, int64_t *id, void *data)
{
	(void)data;
	if (!*id)
		*id = (int64_t)++n_kept;
	calls += phase->calls;
	snprintf(last_name, sizeof(last_name), "%s", phase->name);
}

static void start(void)
{
	n_kept = 0;
	calls = 0;
	phases_init(&phases);
	CU_ASSERT_EQUAL_FATAL(sd_event_new(&event), 0);
	CU_ASSERT_EQUAL_FATAL(phases_listen(&phases, event, getuid()), 0);
	CU_ASSERT_EQUAL(phases.name[0], '@');
	CU_ASSERT_EQUAL_FATAL(phases_serve(&phases, NULL, 0, keep, NULL), 0);
	setenv(PHASE_ENVIRONMENT, phases.name, 1);
}

static void stop(void)
{
	phases_end(&phases);
	phases_end(&phases);
	phase_pairs_free(&phases.pairs);
	sd_event_unref(event);
}

static pid_t program(void (*run)(void))
{
	pid_t pid = fork();

	if (pid)
		return pid;
	run();
	_exit(0);
}

/* Serves @pid to its end. Its exit status. */
static int serve(pid_t pid)
{
	int status = -1;

	for (int i = 0; i < 2000 && !waitpid(pid, &status, WNOHANG); i++)
		sd_event_run(event, 10000);
	for (int i = 0; i < 5; i++)
		sd_event_run(event, 10000);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void many(void)
{
	char name[200];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < 20000; i++) {
		int err = phase_client_mark(i % 2 == 0, "a", 1);

		if (err == -ENOBUFS)
			usleep(1000);
		else if (err)
			_exit(1);
	}
	if (phase_client_mark(true, name, 1) || phase_client_mark(false, name, 1))
		_exit(2);
	if (phase_client_close(5000))
		_exit(3);
}

static void test_many(void)
{
	start();
	CU_ASSERT_EQUAL(serve(program(many)), 0);
	phases_drain(&phases);
	/* What was lost is known to the edge. */
	CU_ASSERT_EQUAL(2 * calls + phases.pairs.n_stray + phases.n_lost +
			phases.pairs.n_unended, 20002);
	CU_ASSERT_TRUE(calls > 5000);
	CU_ASSERT_EQUAL(strlen(last_name), TIERSCOPE_PHASE_NAME_BYTES - 1);
	stop();
}

/* It dies between two edges. */
static void dying(void)
{
	if (phase_client_mark(true, "whole", 1) ||
	    phase_client_mark(false, "whole", 1) ||
	    phase_client_mark(true, "half", 1))
		_exit(1);
	raise(SIGKILL);
}

static void test_dying(void)
{
	start();
	CU_ASSERT_EQUAL(serve(program(dying)), 128);
	CU_ASSERT_EQUAL(n_kept, 1);
	CU_ASSERT_STRING_EQUAL(last_name, "whole");
	phases_end(&phases);
	CU_ASSERT_EQUAL(phases.pairs.n_unended, 1);
	stop();
}

/* All of the ring is noise, its head too. */
static void lying(void)
{
	struct phase_connection connection;
	unsigned int state = 1;
	char *bytes;

	if (phase_connection_open(&connection))
		_exit(1);
	bytes = (char *)connection.ring;
	for (int round = 0; round < 50; round++) {
		for (uint64_t i = 0; i < connection.ring_bytes; i += 1 + (unsigned int)rand_r(&state) % 64)
			bytes[i] = (char)rand_r(&state);
		for (uint32_t i = 0; i < 3000; i++)
			bytes[PHASE_RING_HEAD_BYTES + i * connection.hello.record_bytes + 12] = (char)(rand_r(&state) & 1);
		atomic_store(&connection.ring->head, (uint64_t)rand_r(&state) * 7);
		send(connection.socket, "noise", 5, MSG_NOSIGNAL);
		usleep(1000);
		if (round % 2)
			atomic_store(&connection.ring->head,
				     atomic_load(&connection.ring->tail) + 2000);
		send(connection.socket, "", 1, MSG_NOSIGNAL);
		usleep(1000);
	}
}

static void test_lying(void)
{
	start();
	CU_ASSERT_EQUAL(serve(program(lying)), 0);
	/* Its own record may be full of that; the next one is served. */
	CU_ASSERT_TRUE(phases.pairs.n_open <= PHASE_OPEN_MAX);
	CU_ASSERT_TRUE(phases.pairs.n_rows <= PHASE_ROWS_MAX);
	CU_ASSERT_EQUAL(serve(program(dying)), 128);
	stop();
}

static void waiting(void)
{
	if (phase_client_mark(true, "one", 1))
		_exit(1);
	pause();
}

static void one_more(void)
{
	_exit(phase_client_mark(true, "one", 1) == -ECONNREFUSED ? 0 : 1);
}

static void test_too_many(void)
{
	pid_t pids[PHASES_CONNECTIONS_MAX];

	start();
	for (size_t i = 0; i < PHASES_CONNECTIONS_MAX; i++)
		pids[i] = program(waiting);
	for (int i = 0; i < 1000; i++) {
		size_t n = 0;

		for (size_t j = 0; j < PHASES_CONNECTIONS_MAX; j++)
			n += !!phases.connections[j];
		if (n == PHASES_CONNECTIONS_MAX)
			break;
		sd_event_run(event, 10000);
	}
	CU_ASSERT_EQUAL(serve(program(one_more)), 0);
	CU_ASSERT_EQUAL(phases.n_refused, 1);
	for (size_t i = 0; i < PHASES_CONNECTIONS_MAX; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	stop();
}

static void nobody(void)
{
	_exit(phase_client_mark(true, "one", 1) ? 0 : 1);
}

static void test_over(void)
{
	start();
	phases_end(&phases);
	CU_ASSERT_EQUAL(serve(program(nobody)), 0);
	stop();
}

static const struct suite_test tests[] = {
	{ "more than a ring holds", test_many },
	{ "a program that is killed", test_dying },
	{ "a program that lies", test_lying },
	{ "more programs than are served", test_too_many },
	{ "a run that is over", test_over },
};

SUITE_MAIN("daemon: phases", tests)
