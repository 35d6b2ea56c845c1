// SPDX-License-Identifier: GPL-2.0-or-later
/* A data owner and a server as processes, and either with others that are
 * none; the path of tierscope-infer is in TIERSCOPE_INFER. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "program.h"
#include "suite.h"
#include "workloads/clock.h"
#include "workloads/wire.h"
#include "workloads/wire_address.h"

#define TINY "--width 0.35 --resolution 96 --ring-degree 4 "
#define LONG_NS	20000000000ull

static struct outcome now;	/* too large for a stack under sanitizers */
static char dir[] = "/tmp/test-owner-XXXXXX";
static char where[64];		/* an address in it */

/* Shell: %s is where. */
static void run(const char *format)
{
	char arguments[900] = "";

	for (char *to = arguments; *format;) {
		if (!strncmp(format, "%s", 2)) {
			to = stpcpy(to, where);
			format += 2;
		} else {
			*to++ = *format++;
		}
		*to = '\0';
	}
	program_run("TIERSCOPE_INFER", arguments, &now);
}

static void check_said(int status, const char *says)
{
	CU_ASSERT_EQUAL(now.status, status);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, says));
	if (now.status != status || !strstr(now.err, says))
		printf("status %d: %s", now.status, now.err);
}

/* What an owner that is none does to a server that came. */
enum conduct {
	CONDUCT_GARBAGE,
	CONDUCT_SILENT,
	CONDUCT_DRIBBLE,
	CONDUCT_DIES,		/* once it has agreed */
	CONDUCT_FORGES,		/* words that are no residues */
};

static void behave(enum conduct conduct, int fd)
{
	static const char garbage[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	uint8_t patience[4] = { 0x10, 0x27, 0, 0 };
	static uint8_t forged[192];
	struct wire_header h;
	struct wire w;

	wire_init(&w, fd, LONG_NS, "the server");
	w.payload_max = 1 << 20;
	if (wire_receive(&w, &h))
		_exit(1);
	if (conduct == CONDUCT_GARBAGE)
		send(fd, garbage, sizeof(garbage), MSG_NOSIGNAL);
	if (conduct == CONDUCT_SILENT)
		wire_poll(fd, POLLIN, clock_ns() + LONG_NS);
	while (conduct == CONDUCT_DRIBBLE &&
	       send(fd, "TSCK\1", 1, MSG_NOSIGNAL) == 1 && w.sent++ < 15)
		poll(NULL, 0, 200);
	if (conduct != CONDUCT_DIES && conduct != CONDUCT_FORGES)
		return;
	if (wire_send(&w, WIRE_WELCOME, 0, patience, 4) ||
	    wire_receive(&w, &h))
		_exit(1);
	memset(forged, 0xff, sizeof(forged));
	if (conduct == CONDUCT_FORGES &&
	    (wire_send(&w, WIRE_FRESH, 1, forged, sizeof(forged)) ||
	     wire_poll(fd, POLLIN, clock_ns() + LONG_NS)))
		_exit(1);
}

static pid_t begin(void)
{
	pid_t pid = fork();

	CU_ASSERT_NOT_EQUAL_FATAL(pid, -1);
	if (!pid)
		alarm(60);
	return pid;
}

static void reap(pid_t pid)
{
	int status;

	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

static void check_conduct(enum conduct conduct, const char *says)
{
	struct wire_listener l;
	struct wire_address a;
	uint64_t start;
	char error[512];
	pid_t pid;
	int fd;

	CU_ASSERT_EQUAL_FATAL(wire_address_parse(where, error, sizeof(error),
						 &a), 0);
	CU_ASSERT_EQUAL_FATAL(wire_listen(&a, error, sizeof(error), &l), 0);
	pid = begin();
	if (!pid) {
		if (wire_accept(&l, clock_ns() + LONG_NS, &fd))
			_exit(1);
		behave(conduct, fd);
		_exit(0);
	}
	start = clock_ns();
	run("--backend ckks " TINY "--owner %s --owner-timeout 1s");
	CU_ASSERT_TRUE(clock_ns() - start < 15000000000ull);
	check_said(1, says);
	CU_ASSERT_STRING_EQUAL(now.out, "");
	CU_ASSERT_EQUAL(program_count_lines(now.err), 1);
	reap(pid);
	wire_listener_close(&l);
}

static void test_bad_owners(void)
{
	check_conduct(CONDUCT_GARBAGE, "what is no frame of this protocol");
	check_conduct(CONDUCT_SILENT, "was not heard of in 1 s");
	check_conduct(CONDUCT_DRIBBLE, "was not heard of in 1 s");
	check_conduct(CONDUCT_DIES, "is gone");
	check_conduct(CONDUCT_FORGES, "a ciphertext that is none");
	run("--backend ckks " TINY "--owner %s --owner-timeout 300ms");
	check_said(1, "cannot reach a data owner at unix:");
}

/* Whoever is no server, or does not fit, is sent away, and the next is served;
 * its result is the experiment's. */
static void test_whole(void)
{
	struct wire_address a;
	char error[512], text[32], *checksum;
	pid_t pid;
	int fd;

	CU_ASSERT_EQUAL_FATAL(wire_address_parse(where, error, sizeof(error),
						 &a), 0);
	pid = begin();
	if (!pid) {
		if (wire_connect(&a, where, clock_ns() + LONG_NS, error,
				 sizeof(error), &fd) ||
		    send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL) != 18 ||
		    wire_poll(fd, POLLIN, clock_ns() + LONG_NS))
			_exit(1);
		_exit(0);
	}
	run("--data-owner %s " TINY "--key-seed 1 & "
	    "X=%s; until [ -S ${X#unix:} ]; do sleep 0.1; done; sleep 1; "
	    "\"$TIERSCOPE_INFER\" --backend ckks --owner %s " TINY "--batch 1; echo mismatch $?; "
	    "\"$TIERSCOPE_INFER\" --backend ckks --owner %s " TINY "--format json; echo server $?; wait $!");
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, "sent away: the server sent what is no frame"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, "refuses: the server wants 1 images"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "mismatch 1"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "server 0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "\"logits_checksum\": null"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "this process never has it"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "\"checksums_reason\": \"the data owner has them\""));
	checksum = strstr(now.out, "checksum    logits ");
	CU_ASSERT_PTR_NOT_NULL_FATAL(checksum);
	snprintf(text, sizeof(text), "%.16s", checksum + 19);
	reap(pid);
	run("--backend ckks " TINY "--key-seed 1");
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, text));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "nothing is hidden from it"));
}

static void test_owner_fails(void)
{
	run("--data-owner tcp:127.0.0.1:0 " TINY "--owner-timeout 200ms");
	check_said(1, "no server came to tcp:127.0.0.1:");
	run("--data-owner %s " TINY "& \"$TIERSCOPE_INFER\" --backend ckks --owner %s " TINY
	    "--repeat 9 & sleep 2; kill -9 $!; wait %1");
	check_said(1, "the server is gone");
	run("--data-owner %s --backend ckks");
	check_said(2, "--owner ADDRESS");
	run("--backend ckks --owner nowhere");
	check_said(2, "'nowhere' is no address");
	run("--backend ckks --owner %s --key-seed 1");
	check_said(2, "--key-seed is for who has the keys");
	run("--owner-timeout 1s");
	check_said(2, "--owner-timeout is for two processes");
	run("--owner %s");
	check_said(2, "--owner is for encrypted inference");
}

static const struct suite_test tests[] = {
	{ "owners that are none", test_bad_owners },
	{ "an inference in two processes", test_whole },
	{ "owners that are left alone, and wrong options", test_owner_fails },
};

int main(void)
{
	int status;

	if (!mkdtemp(dir))
		return EXIT_FAILURE;
	snprintf(where, sizeof(where), "unix:%s/s", dir);
	status = suite_run("workloads/owner_program", tests,
			   sizeof(tests) / sizeof(tests[0]));
	unlink(where + 5);
	rmdir(dir);
	return status;
}
