// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames, what is in them, and addresses: between the ends of real sockets. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "suite.h"
#include "workloads/clock.h"
#include "workloads/wire.h"
#include "workloads/wire_address.h"
#include "workloads/wire_message.h"

#define TIMEOUT_NS	200000000ull

static void make_pair(struct wire *a, int *ret_other)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
					 SOCK_CLOEXEC, 0, fds), 0);
	wire_init(a, fds[0], TIMEOUT_NS, "the other side");
	*ret_other = fds[1];
}

static void test_header(void)
{
	static const uint8_t want[WIRE_HEADER_BYTES] = {
		'T', 'S', 'C', 'K', 1, 0, 4, 0, 3, 2, 1, 0, 0, 4, 0, 0,
	};
	struct wire_header h = { WIRE_FRESH, 0x010203, 0x400 }, got;
	uint8_t bytes[WIRE_HEADER_BYTES];
	char error[256];

	wire_header_put(&h, bytes);
	CU_ASSERT_EQUAL(memcmp(bytes, want, sizeof(want)), 0);
	CU_ASSERT_EQUAL(wire_header_get(bytes, 0x400, error, sizeof(error),
					&got), 0);
	CU_ASSERT_EQUAL(got.type, WIRE_FRESH);
	CU_ASSERT_EQUAL(got.count, 0x010203);
	CU_ASSERT_EQUAL(got.length, 0x400);
	CU_ASSERT_EQUAL(wire_header_get(bytes, 0x3ff, error, sizeof(error),
					&got), -EPROTO);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "1024 bytes where at most 1023"));
	for (size_t i = 0; i < 8; i++) {
		memcpy(bytes, want, sizeof(want));
		bytes[i] ^= 0x80;
		CU_ASSERT_EQUAL(wire_header_get(bytes, 0x400, error,
						sizeof(error), &got), -EPROTO);
	}
	memcpy(bytes, want, sizeof(want));
	bytes[4] = 2;
	CU_ASSERT_EQUAL(wire_header_get(bytes, 0x400, error, sizeof(error),
					&got), -EPROTO);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "version 2"));
}

/* A byte at a time, two frames in one piece, an end in the middle. */
static void test_pieces(void)
{
	uint8_t frame[2 * (WIRE_HEADER_BYTES + 3)];
	struct wire_header h = { WIRE_BUSY, 7, 3 };
	struct wire w;
	int other;

	make_pair(&w, &other);
	for (size_t i = 0; i < 2; i++) {
		wire_header_put(&h, frame + i * (WIRE_HEADER_BYTES + 3));
		memcpy(frame + i * (WIRE_HEADER_BYTES + 3) + WIRE_HEADER_BYTES,
		       i ? "def" : "abc", 3);
	}
	CU_ASSERT_EQUAL(send(other, frame, 5, 0), 5);
	CU_ASSERT_EQUAL(wire_receive(&w, &h), -ETIMEDOUT);
	CU_ASSERT_PTR_NOT_NULL(strstr(w.failure, "--owner-timeout"));
	CU_ASSERT_EQUAL(send(other, frame + 5, sizeof(frame) - 6, 0),
			(ssize_t)sizeof(frame) - 6);
	CU_ASSERT_EQUAL(wire_receive(&w, &h), 0);
	CU_ASSERT_EQUAL(h.length, 3);
	CU_ASSERT_EQUAL(memcmp(wire_payload(&w), "abc", 3), 0);
	close(other);
	CU_ASSERT_EQUAL(wire_receive(&w, &h), -ECONNRESET);
	CU_ASSERT_PTR_NOT_NULL(strstr(w.failure, "the other side is gone"));
	CU_ASSERT_EQUAL(wire_send(&w, WIRE_BUSY, 0, NULL, 0), -ECONNRESET);
	wire_close(&w);
}

/* A length is refused before there is memory for it, and a sentence comes
 * without what a terminal would obey. */
static void test_garbage(void)
{
	struct wire_header h = { WIRE_FRESH, 1, UINT32_MAX };
	uint8_t bytes[WIRE_HEADER_BYTES];
	struct wire w, back;
	int other;

	make_pair(&w, &other);
	wire_header_put(&h, bytes);
	CU_ASSERT_EQUAL(send(other, bytes, sizeof(bytes), 0), 16);
	CU_ASSERT_EQUAL(wire_receive(&w, &h), -EPROTO);
	CU_ASSERT_TRUE(w.in.capacity < 4096);
	wire_close(&w);
	close(other);
	make_pair(&w, &other);
	wire_init(&back, other, TIMEOUT_NS, "back");
	wire_refuse(&back, "no \033[31mred\n");
	CU_ASSERT_EQUAL(wire_receive(&w, &h), -ECONNREFUSED);
	CU_ASSERT_STRING_EQUAL(w.failure,
			       "the other side refuses: no ?[31mred?");
	wire_close(&w);
	wire_close(&back);
}

/* Who does not read is not waited for longer than was said. */
static void test_not_read(void)
{
	static uint8_t much[8 << 20];
	uint64_t start = clock_ns();
	struct wire w;
	int other;

	make_pair(&w, &other);
	CU_ASSERT_EQUAL(wire_send(&w, WIRE_FRESH, 1, much, sizeof(much)),
			-ETIMEDOUT);
	CU_ASSERT_TRUE(clock_ns() - start >= TIMEOUT_NS);
	CU_ASSERT_TRUE(clock_ns() - start < 20 * TIMEOUT_NS);
	wire_close(&w);
	close(other);
}

static void check_differs(const struct wire_hello *a, struct wire_hello b,
			  const char *says)
{
	char error[512] = "";

	CU_ASSERT_EQUAL(wire_hello_compare(a, &b, error, sizeof(error)),
			-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, says));
}

static void test_agreement(void)
{
	struct wire_hello a = {
		.degree = 16, .n_primes = 3, .primes = { 3, 5, 7 },
		.special = 11, .name = "net", .input = { 2, 3, 4 },
		.logits = 5, .batch = 8, .inferences = 2,
	}, b;
	uint8_t bytes[WIRE_HELLO_BYTES];
	char error[512];

	wire_hello_put(&a, bytes);
	CU_ASSERT_EQUAL(wire_hello_get(bytes, sizeof(bytes), &b), 0);
	CU_ASSERT_EQUAL(b.special, 11);
	CU_ASSERT_EQUAL(b.inferences, 2);
	CU_ASSERT_EQUAL(wire_hello_compare(&a, &b, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(wire_hello_get(bytes, sizeof(bytes) - 1, &b), -EPROTO);
	b.degree = 32;
	check_differs(&a, b, "ring degree 16 and the data owner 32");
	b = a;
	b.primes[2] = 13;
	check_differs(&a, b, "primes");
	b = a;
	b.batch = 4;
	check_differs(&a, b, "--batch");
	b = a;
	b.logits = 6;
	check_differs(&a, b, "5 logits");
	b = a;
	b.name[0] = 'm';
	check_differs(&a, b, "--network");
	memset(bytes + 40, 'x', NETWORK_NAME_MAX);
	CU_ASSERT_EQUAL(wire_hello_get(bytes, sizeof(bytes), &b), -EPROTO);
}

static void test_batch(void)
{
	struct wire_batch b = { GRAPH_MAX_POOL, 2, 2 }, got;
	uint8_t bytes[WIRE_BATCH_BYTES];

	wire_batch_put(&b, bytes);
	CU_ASSERT_EQUAL(wire_batch_get(bytes, sizeof(bytes), &got), 0);
	CU_ASSERT_EQUAL(got.op, GRAPH_MAX_POOL);
	CU_ASSERT_EQUAL(got.primes, 2);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		wire_batch_put(&b, bytes);
		bytes[i] = 4;
		CU_ASSERT_EQUAL(wire_batch_get(bytes, sizeof(bytes), &got),
				-EPROTO);
	}
	CU_ASSERT_EQUAL(wire_batch_get(bytes, 7, &got), -EPROTO);
}

static void test_addresses(void)
{
	static const char *const wrong[] = {
		"", "unix:", "tcp:", "tcp:host", "tcp::1", "tcp:host:65536",
		"tcp:host:-1", "tcp:::1:80", "udp:host:1", "tcp:[]:1",
	};
	struct wire_address a;
	char error[256], text[256];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(wire_address_parse(wrong[i], error,
						   sizeof(error), &a), -EINVAL);
	snprintf(text, sizeof(text), "unix:/%0107d", 0);
	CU_ASSERT_EQUAL(wire_address_parse(text, error, sizeof(error), &a),
			-EINVAL);
	CU_ASSERT_EQUAL(wire_address_parse("tcp:[::1]:80", error,
					   sizeof(error), &a), 0);
	CU_ASSERT_STRING_EQUAL(a.host, "::1");
	CU_ASSERT_EQUAL(a.port, 80);
}

/* Stale files go, living sockets and other files stay. */
static void test_unix_file(void)
{
	char dir[] = "/tmp/test-wire-XXXXXX", path[64], text[80], error[512];
	struct wire_listener l, other;
	struct wire_address a;
	struct stat status;
	int fd;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s", dir);
	snprintf(text, sizeof(text), "unix:%s", path);
	CU_ASSERT_EQUAL(wire_address_parse(text, error, sizeof(error), &a), 0);
	CU_ASSERT_EQUAL(wire_listen(&a, error, sizeof(error), &l), 0);
	CU_ASSERT_EQUAL(stat(path, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL(wire_listen(&a, error, sizeof(error), &other),
			-EADDRINUSE);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "another process"));
	close(l.fd);	/* as if killed: the file stays */
	CU_ASSERT_EQUAL(wire_listen(&a, error, sizeof(error), &l), 0);
	wire_listener_close(&l);
	CU_ASSERT_NOT_EQUAL(stat(path, &status), 0);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	CU_ASSERT_EQUAL(wire_listen(&a, error, sizeof(error), &l), -ENOTSOCK);
	CU_ASSERT_EQUAL(stat(path, &status), 0);
	unlink(path);
	CU_ASSERT_EQUAL(wire_connect(&a, text, clock_ns() + TIMEOUT_NS, error,
				     sizeof(error), &fd), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "--data-owner unix:"));
	rmdir(dir);
}

static const struct suite_test tests[] = {
	{ "headers", test_header },
	{ "frames in pieces", test_pieces },
	{ "garbage", test_garbage },
	{ "what is not read", test_not_read },
	{ "agreement", test_agreement },
	{ "what ciphertexts have in common", test_batch },
	{ "addresses", test_addresses },
	{ "the file of a unix socket", test_unix_file },
};

SUITE_MAIN("workloads/wire", tests)
