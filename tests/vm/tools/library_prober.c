/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes in the program SYMBOL_LOAD of the environment (symbol_load.c). */
#include "library_check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/perf_event.h>
#include <linux/tierscope.h>

#include <tierscope/prober.h>

#include "cli/symbol.h"

#define FUNCTION "leaves"
/* More than its socket has room for. */
#define MANY	20000

static const char *program(void)
{
	const char *path = getenv("SYMBOL_LOAD");

	hold(path, "SYMBOL_LOAD is not set");
	return path;
}

static struct tierscope_function place(void)
{
	struct tierscope_function function = {
		.file = open(program(), O_RDONLY | O_CLOEXEC),
	};

	hold(symbol_find(function.file, FUNCTION, &function.offset) == 0,
	     "no " FUNCTION);
	return function;
}

/* A child's, that is made next; 0: ours. */
static uid_t uid;

/* A child that runs the program once it is told to by end of file. */
static pid_t make(const char *mode, uint64_t times, int *ret_gate)
{
	char text[24], told;
	int gate[2];
	pid_t child;

	hold(!pipe2(gate, O_CLOEXEC), "pipe");
	child = fork();
	hold(child >= 0, "fork");
	snprintf(text, sizeof(text), "%" PRIu64, times);
	if (!child) {
		close(gate[1]);
		if (read(gate[0], &told, 1) == 0 &&
		    (!uid || !setresuid(uid, uid, uid)))
			execl(program(), program(), mode, text, NULL);
		_exit(127);
	}
	close(gate[0]);
	*ret_gate = gate[1];
	return child;
}

static void end(pid_t child)
{
	int status;

	hold(waitpid(child, &status, 0) == child && !status, "status %d", status);
}

static int open_counter(pid_t pid, unsigned int inherit)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.inherit = inherit,
	};

	return (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1,
			    PERF_FLAG_FD_CLOEXEC);
}

/* What came: edges that begin and end, of whom, and whether time and the
 * counter only go on. */
struct seen {
	uint64_t begins, ends;
	uint32_t thread;
	bool others;
	uint64_t time_ns, value;
};

static void see(const struct tierscope_edge *edge, void *data)
{
	struct seen *seen = data;

	seen->begins += edge->begin;
	seen->ends += !edge->begin;
	seen->others |= seen->thread && seen->thread != edge->thread;
	hold(edge->time_ns >= seen->time_ns, "time went back");
	hold(edge->readings[0].value >= seen->value, "the counter went back");
	seen->thread = edge->thread;
	seen->time_ns = edge->time_ns;
	seen->value = edge->readings[0].value;
}

/* Returns what was lost. */
static uint64_t probe(const char *mode, uint64_t times, struct seen *seen,
		      pid_t *ret_child)
{
	struct tierscope_function function = place();
	struct tierscope_prober *prober;
	uint64_t lost = UINT64_MAX;
	int gate, counter;
	pid_t child = make(mode, times, &gate);

	*seen = (struct seen){ 0 };
	counter = open_counter(child, 1);
	hold(counter >= 0, "no counter");
	expect(tierscope_prober_new(ts, child, &function, 1, &counter, 1, &prober),
	       0, "");
	/* The module has its own. */
	close(counter);
	close(function.file);
	close(gate);
	end(child);
	expect(tierscope_prober_stop(ts, prober, see, seen, &lost), 0, "");
	tierscope_prober_free(prober);
	*ret_child = child;
	return lost;
}

/* Its end while a thread goes in and out as fast as it can. */
static void end_in_the_middle(void)
{
	struct tierscope_function function = place();
	const struct timespec moment = { .tv_nsec = 200000000 };
	struct tierscope_prober *prober;
	const struct tierscope_edge *edge;
	int gate, status;
	pid_t child = make("calls", UINT64_MAX, &gate);

	expect(tierscope_prober_new(ts, child, &function, 1, NULL, 0, &prober), 0, "");
	close(gate);
	nanosleep(&moment, NULL);
	hold(!tierscope_prober_read(prober, &edge), "it was not probed");
	tierscope_prober_free(prober);
	nanosleep(&moment, NULL);
	hold(waitpid(child, &status, WNOHANG) == 0, "it ended: %d", status);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	close(function.file);
}

void case_prober(void)
{
	struct seen seen;
	uint64_t lost;
	pid_t child;

	lost = probe("calls", 100, &seen, &child);
	hold(!lost && seen.begins == 100 && seen.ends == 100, "%ju and %ju, lost %ju",
	     (uintmax_t)seen.begins, (uintmax_t)seen.ends, (uintmax_t)lost);
	hold(seen.thread == (uint32_t)child && !seen.others, "of %u", seen.thread);
	hold(seen.value, "nothing was counted");
	lost = probe("forks", 10, &seen, &child);
	hold(!lost && seen.begins == 10 && seen.ends == 10, "%ju and %ju, lost %ju",
	     (uintmax_t)seen.begins, (uintmax_t)seen.ends, (uintmax_t)lost);
	hold(seen.thread != (uint32_t)child && !seen.others, "of %u", seen.thread);
	lost = probe("calls", MANY, &seen, &child);
	hold(lost && seen.begins + seen.ends + lost == 2 * MANY, "%ju and %ju, lost %ju",
	     (uintmax_t)seen.begins, (uintmax_t)seen.ends, (uintmax_t)lost);
	printf("# of %d edges that nobody read %ju were lost\n", 2 * MANY,
	       (uintmax_t)lost);
	end_in_the_middle();
}

/* Of a user's, as many begin as CALLS says. */
void case_prober_user(void)
{
	const char *calls = getenv("CALLS");
	struct seen seen;
	pid_t child;

	hold(calls, "CALLS is not set");
	uid = 65534;
	probe("calls", 10, &seen, &child);
	hold(seen.begins == strtoull(calls, NULL, 10), "%ju", (uintmax_t)seen.begins);
}

/* ---- refusals -------------------------------------------------------------- */

static void refused(struct tierscope_function function, int counter, int error,
		    const char *sentence)
{
	struct tierscope_prober *prober;

	expect(tierscope_prober_new(ts, getpid(), &function, 1, &counter, 1,
				    &prober), error, sentence);
}

static void refuse_more(struct tierscope_function function, int counter)
{
	struct tierscope_prober *probers[TIERSCOPE_PROBES_MAX];
	struct tierscope_prober *prober;
	struct tierscope_function functions[TIERSCOPE_FUNCTIONS_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i <= TIERSCOPE_FUNCTIONS_MAX; i++)
		functions[i] = function;
	expect(tierscope_prober_new(ts, getpid(), functions,
				    TIERSCOPE_FUNCTIONS_MAX + 1, &counter, 1,
				    &prober), -ERANGE, "1 to 32 functions");
	while (n < TIERSCOPE_PROBES_MAX &&
	       !tierscope_prober_new(ts, getpid(), functions,
				     n ? 1 : TIERSCOPE_FUNCTIONS_MAX, &counter,
				     1, &probers[n]))
		n++;
	hold(n == TIERSCOPE_PROBES_MAX, "%zu: %s", n, tierscope_error(ts));
	refused(function, counter, -EDQUOT, "end another one first");
	tierscope_prober_free(probers[--n]);
	expect(tierscope_prober_new(ts, getpid(), &function, 1, &counter, 1,
				    &probers[n]), 0, "");
	for (n = 0; n < TIERSCOPE_PROBES_MAX; n++)
		tierscope_prober_free(probers[n]);
}

void case_prober_refusals(void)
{
	struct tierscope_function good = place(), bad = good;
	int counter = open_counter(getpid(), 1);
	char again[32];
	int pipes[2];

	refused(good, open_counter(getpid(), 0), -EINVAL,
		"counter 1 is no perf event of a task with inherit");
	refused(good, good.file, -EINVAL, "counter 1 is no perf event");
	refused(good, 12345, -EBADF, "counter 1 is no descriptor");
	bad.offset = UINT64_MAX;
	refused(bad, counter, -EINVAL, "function 0: OFFSET is not in FILE");
	bad.offset = INT64_MAX;
	refused(bad, counter, -EINVAL, "function 0: OFFSET is not in FILE");
	bad = good;
	bad.file = 12345;
	refused(bad, counter, -EBADF, "function 0: FILE is no descriptor");
	bad.file = open(program(), O_PATH | O_CLOEXEC);
	refused(bad, counter, -EBADF, "function 0: FILE is no descriptor");
	bad.file = open("/", O_RDONLY | O_CLOEXEC);
	refused(bad, counter, -EINVAL, "function 0: FILE is no regular file");
	hold(!pipe2(pipes, O_CLOEXEC), "pipe");
	bad.file = pipes[0];
	refused(bad, counter, -EINVAL, "function 0: FILE is no regular file");
	bad.file = memfd_create("program", MFD_CLOEXEC);
	hold(!ftruncate(bad.file, (off_t)good.offset + 1), "no file");
	snprintf(again, sizeof(again), "/proc/self/fd/%d", bad.file);
	bad.file = open(again, O_WRONLY | O_CLOEXEC);
	refused(bad, counter, -EBADF, "function 0: FILE is not open for reading");
	/* Empty, as it says. */
	bad.file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	bad.offset = 0;
	refused(bad, counter, -EINVAL, "function 0: OFFSET is not in FILE");
	refuse_more(good, counter);
}

void case_prober_unprivileged(void)
{
	int counter = open_counter(getpid(), 1);

	hold(counter >= 0 || errno == EACCES || errno == EPERM, "no counter");
	if (counter < 0)
		counter = 0;
	refused(place(), counter, -EPERM, "CAP_PERFMON");
}
