// SPDX-License-Identifier: GPL-2.0-or-later
/* Weights in a file: that it is as documented, and what is wrong with others. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "suite.h"
#include "workloads/mobilenetv2.h"
#include "workloads/weights_file.h"

/* 2 numbers in, 1 out: the smallest file by hand, as the header documents it. */
#define HEADER	72
#define TINY	(HEADER + 16 + 2 * 4 + 4 + 4)

struct tiny {
	struct network *net;
	unsigned char bytes[TINY];
	char path[64];
	char error[512];
};

static void put32(unsigned char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

static void put_float(unsigned char *to, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	put32(to, bits);
}

/* Bit by bit, by RFC 1952's polynomial. */
static uint32_t crc(const unsigned char *bytes, size_t n)
{
	uint32_t sum = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		sum ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			sum = (sum >> 1) ^ (sum & 1 ? 0xedb88320 : 0);
	}
	return ~sum;
}

static void seal(struct tiny *t)
{
	put32(t->bytes + TINY - 4, crc(t->bytes, TINY - 4));
}

static void set_up(struct tiny *t)
{
	*t = (struct tiny){ .path = "/tmp/test-weights-file-XXXXXX" };
	CU_ASSERT_EQUAL_FATAL(close(mkstemp(t->path)), 0);
	CU_ASSERT_EQUAL_FATAL(network_new("tiny", (struct network_shape){ 1, 1, 2 },
					  &t->net), 0);
	network_add_fully_connected(t->net, "logits", 0, 1);
	CU_ASSERT_EQUAL_FATAL(network_finish(t->net), 0);
	memcpy(t->bytes, "TIERSCWT", 8);
	put32(t->bytes + 8, 1);
	put32(t->bytes + 12, 1);
	put32(t->bytes + 16, TINY);
	memcpy(t->bytes + 24, "tiny", 4);
	put32(t->bytes + HEADER, 3);
	put32(t->bytes + HEADER + 4, 1);
	put32(t->bytes + HEADER + 8, 2);
	put32(t->bytes + HEADER + 12, 1);
	put_float(t->bytes + HEADER + 16, 0.5f);
	put_float(t->bytes + HEADER + 20, -2.0f);
	put_float(t->bytes + HEADER + 24, 0.125f);
	seal(t);
}

static void tear_down(struct tiny *t)
{
	unlink(t->path);
	network_free(t->net);
}

static void write_bytes(const struct tiny *t, size_t n)
{
	FILE *file = fopen(t->path, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(t->bytes, 1, n, file), n);
	fclose(file);
}

static void check_refused(struct tiny *t, size_t n, const char *says)
{
	struct weights *w = NULL;

	write_bytes(t, n);
	t->error[0] = '\0';
	CU_ASSERT_EQUAL(weights_load(t->net, t->path, t->error,
				     sizeof(t->error), &w), -EINVAL);
	CU_ASSERT_PTR_NULL(w);
	CU_ASSERT_PTR_NOT_NULL(strstr(t->error, says));
	if (!strstr(t->error, says))
		printf("wanted '%s', got '%s'\n", says, t->error);
}

static void test_by_hand(void)
{
	struct weights *w = NULL;
	unsigned char saved[TINY + 1];
	struct tiny t;
	FILE *file;

	set_up(&t);
	write_bytes(&t, TINY);
	CU_ASSERT_EQUAL_FATAL(weights_load(t.net, t.path, t.error,
					   sizeof(t.error), &w), 0);
	CU_ASSERT_EQUAL(weights_of(w, 1)[0], 0.5f);
	CU_ASSERT_EQUAL(weights_of(w, 1)[1], -2.0f);
	CU_ASSERT_EQUAL(weights_biases_of(w, 1)[0], 0.125f);
	CU_ASSERT_EQUAL(weights_save(t.net, w, t.path, t.error,
				     sizeof(t.error)), 0);
	file = fopen(t.path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fread(saved, 1, sizeof(saved), file), TINY);
	fclose(file);
	CU_ASSERT_EQUAL(memcmp(saved, t.bytes, TINY), 0);
	weights_free(w);
	tear_down(&t);
}

static void test_whole_network(void)
{
	struct weights *w = NULL, *back = NULL;
	struct network *net = NULL, *other = NULL;
	struct tiny t;

	set_up(&t);
	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 96, &net), 0);
	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(35, 160, &other), 0);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 4, &w), 0);
	CU_ASSERT_EQUAL(weights_save(net, w, t.path, t.error, sizeof(t.error)),
			0);
	/* weights do not depend on the resolution */
	CU_ASSERT_EQUAL_FATAL(weights_load(other, t.path, t.error,
					   sizeof(t.error), &back), 0);
	for (size_t i = 0; i < net->n_nodes; i++)
		if (net->nodes[i].weights) {
			CU_ASSERT_EQUAL(memcmp(weights_of(w, i), weights_of(back, i),
					       net->nodes[i].weights * sizeof(float)), 0);
			CU_ASSERT_EQUAL(memcmp(weights_biases_of(w, i),
					       weights_biases_of(back, i),
					       net->nodes[i].biases * sizeof(float)), 0);
		}
	weights_free(back);
	back = NULL;
	network_free(other);
	CU_ASSERT_EQUAL_FATAL(mobilenetv2_new(50, 96, &other), 0);
	CU_ASSERT_EQUAL(weights_load(other, t.path, t.error, sizeof(t.error),
				     &back), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.error, "mobilenetv2-0.35-96, which do not fit mobilenetv2-0.50-96 from block1/project on"));
	CU_ASSERT_EQUAL(weights_load(t.net, t.path, t.error, sizeof(t.error),
				     &back), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.error, "which has 53 layers, not the 1 of tiny"));
	CU_ASSERT_PTR_NULL(back);
	weights_free(w);
	network_free(net);
	network_free(other);
	tear_down(&t);
}

/* Any one bit: also those of the checksum itself. */
static void test_damage(void)
{
	struct tiny t;

	set_up(&t);
	for (size_t i = 0; i < 8 * TINY; i++) {
		struct weights *w = NULL;

		t.bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		write_bytes(&t, TINY);
		CU_ASSERT_EQUAL(weights_load(t.net, t.path, t.error,
					     sizeof(t.error), &w), -EINVAL);
		t.bytes[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	t.bytes[HEADER + 20] ^= 1;
	check_refused(&t, TINY, "are damaged");
	tear_down(&t);
}

static void test_lengths(void)
{
	struct tiny t;

	set_up(&t);
	check_refused(&t, 0, "too short");
	check_refused(&t, HEADER + 3, "too short");
	check_refused(&t, TINY - 1, "has 103 bytes and says it should have 104");
	put32(t.bytes + 16, TINY - 1);
	check_refused(&t, TINY, "has 104 bytes and says it should have 103");
	tear_down(&t);
}

/* With a checksum that is right. */
static void test_contents(void)
{
	struct tiny t;

	set_up(&t);
	put32(t.bytes + 8, 2);
	seal(&t);
	check_refused(&t, TINY, "in version 2 of the format");
	put32(t.bytes + 8, 1);
	put_float(t.bytes + HEADER + 20, NAN);
	seal(&t);
	check_refused(&t, TINY, "a number for logits that is infinite or none");
	put_float(t.bytes + HEADER + 20, 1.0f);
	put32(t.bytes + HEADER, 1);
	memcpy(t.bytes + 24, "\033[2Jx", 5);
	seal(&t);
	check_refused(&t, TINY, "weights of ?[2Jx, which do not fit tiny from logits on");
	t.bytes[0] = 'X';
	check_refused(&t, TINY, "does not begin with TIERSCWT");
	tear_down(&t);
}

static void test_no_file(void)
{
	struct weights *w = NULL;
	struct tiny t;

	set_up(&t);
	unlink(t.path);
	CU_ASSERT_EQUAL(weights_load(t.net, t.path, t.error, sizeof(t.error),
				     &w), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.error, "cannot open the weights /tmp"));
	CU_ASSERT_EQUAL(weights_load(t.net, "/tmp", t.error, sizeof(t.error),
				     &w), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.error, "not a regular file"));
	CU_ASSERT_EQUAL_FATAL(mkfifo(t.path, 0600), 0);
	CU_ASSERT_EQUAL(weights_load(t.net, t.path, t.error, sizeof(t.error),
				     &w), -EINVAL);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(t.net, 1, &w), 0);
	CU_ASSERT_EQUAL(weights_save(t.net, w, "/dev/full", t.error,
				     sizeof(t.error)), -ENOSPC);
	CU_ASSERT_EQUAL(weights_save(t.net, w, "/nowhere/file", t.error,
				     sizeof(t.error)), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.error, "cannot write the weights to /nowhere/file"));
	weights_free(w);
	tear_down(&t);
}

static const struct suite_test tests[] = {
	{ "the smallest file by hand", test_by_hand },
	{ "a network there and back", test_whole_network },
	{ "one wrong bit anywhere", test_damage },
	{ "cut short, or too long", test_lengths },
	{ "a file that is whole but does not fit", test_contents },
	{ "no file, a pipe, no space", test_no_file },
};

SUITE_MAIN("workloads/weights_file", tests)
