/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of one user that ask for the same sampler: in turn, and at once. */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>

#include "probe_request.h"

#define AT_ONCE_MAX	TIERSCOPE_SUBSCRIBERS_MAX

static struct nlattr *find(const struct nlmsghdr *header, int type)
{
	return nlmsg_find_attr((struct nlmsghdr *)header, GENL_HDRLEN, type);
}

/* Of the first counter. */
static uint64_t first_value(const struct nlmsghdr *header, int type)
{
	uint64_t words[TIERSCOPE_READING_WORDS];
	struct nlattr *attr = find(header, type);

	if (!attr || nla_len(attr) < (int)sizeof(words))
		errx(1, "there is no reading");
	memcpy(words, nla_data(attr), sizeof(words));
	return words[TIERSCOPE_READING_VALUE];
}

static const struct nlmsghdr *ask_new(struct probe *probe, char **args, int n)
{
	const struct nlmsghdr *answer;

	probe_require(probe, probe_ask(probe, probe_new_message(probe,
				       strtoull(args[0], NULL, 10), args + 1,
				       n - 1), &answer));
	return answer;
}

/* in-turn MS COUNTER...: two sockets ask for the same, the first one goes. */
static int in_turn(char **args, int n)
{
	static struct probe first, second;
	const struct nlmsghdr *header;
	uint64_t before, base, seq;
	struct nl_msg *msg;
	uint32_t id;

	probe_open(&first);
	probe_open(&second);
	header = ask_new(&first, args, n);
	id = probe_value(header, TIERSCOPE_SAMPLER_ID);
	printf("first %s\n", find(header, TIERSCOPE_SAMPLER_SHARED) ? "shared" : "alone");
	probe_require(&first, probe_subscribe(&first, id));
	for (int i = 0; i < 3; i++)
		before = first_value(probe_next_sample(&first), TIERSCOPE_SAMPLE_READINGS);
	for (int i = 0; i < 2; i++) {
		header = ask_new(&second, args, n);
		printf("second %s, %s\n",
		       probe_value(header, TIERSCOPE_SAMPLER_ID) == id ? "same" : "another",
		       find(header, TIERSCOPE_SAMPLER_SHARED) ? "shared" : "alone");
	}
	base = first_value(header, TIERSCOPE_SAMPLER_READINGS);
	printf("begins %s\n", base >= before && before > 0 ? "later" : "with the first");
	probe_require(&second, probe_subscribe(&second, id));
	seq = probe_value(probe_next_sample(&second), TIERSCOPE_SAMPLE_SEQ);
	probe_close(&first);
	for (int i = 0; i < 5; i++, seq++)
		if (probe_value(probe_next_sample(&second), TIERSCOPE_SAMPLE_SEQ) != seq + 1)
			puts("a gap");
	printf("subscribers %lu\n", probe_value(probe_describe(&second, id),
						TIERSCOPE_SAMPLER_SUBSCRIBERS));
	msg = probe_request(&second, TIERSCOPE_CMD_SAMPLER_DEL, 0);
	nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, id);
	probe_require(&second, probe_ask(&second, msg, &header));
	probe_open(&first);
	printf("deleted %s\n", probe_subscribe(&first, id) == -ENOENT ? "gone" : "there");
	return 0;
}

/* ---- at once -------------------------------------------------------------- */

struct asker {
	pthread_t thread;
	struct probe probe;
	pthread_barrier_t *start;
	char **args;
	int n;
	uint32_t id;
};

static void *ask_at_once(void *data)
{
	struct asker *asker = data;

	pthread_barrier_wait(asker->start);
	probe_require(&asker->probe,
		      probe_new(&asker->probe, strtoull(asker->args[0], NULL, 10),
				asker->args + 1, asker->n - 1, &asker->id));
	return NULL;
}

/* at-once N MS COUNTER...: so many threads ask at one moment; how many samplers
 * there are then.
 */
static int at_once(char **args, int n)
{
	static struct asker askers[AT_ONCE_MAX];
	int wanted = atoi(args[0]), samplers = 0;
	pthread_barrier_t start;

	if (wanted < 1 || wanted > AT_ONCE_MAX)
		errx(2, "1 to %d sockets", AT_ONCE_MAX);
	pthread_barrier_init(&start, NULL, (unsigned int)wanted);
	for (int i = 0; i < wanted; i++) {
		askers[i].start = &start;
		askers[i].args = args + 1;
		askers[i].n = n - 1;
		probe_open(&askers[i].probe);
		errno = pthread_create(&askers[i].thread, NULL, ask_at_once,
				       &askers[i]);
		if (errno)
			err(1, "pthread_create");
	}
	for (int i = 0; i < wanted; i++) {
		int known = 0;

		pthread_join(askers[i].thread, NULL);
		for (int j = 0; j < i; j++)
			known |= askers[j].id == askers[i].id;
		samplers += !known;
	}
	printf("samplers %d\n", samplers);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "in-turn"))
		return in_turn(argv + 2, argc - 2);
	if (argc > 4 && !strcmp(argv[1], "at-once"))
		return at_once(argv + 2, argc - 2);
	errx(2, "usage: sampler-share in-turn|at-once ...");
}
