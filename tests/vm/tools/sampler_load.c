/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samplers at work: many listeners, a short interval, one that two have. */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <netlink/attr.h>

#include "probe_request.h"

#define MS_NS		1000000ULL
#define SECOND_NS	1000000000ULL
#define LISTENERS_MAX	TIERSCOPE_SUBSCRIBERS_MAX

/* A socket that listens, and what it has heard. */
struct listener {
	struct probe probe;
	uint64_t heard, next, gaps;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

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

static void require(const struct probe *probe, int error)
{
	if (error)
		errx(1, "%s: %s", strerrorname_np(-error), probe->sentence);
}

static const struct nlmsghdr *describe(struct probe *probe, uint32_t id)
{
	struct nl_msg *msg = probe_request(probe, TIERSCOPE_CMD_SAMPLER_GET, 0);
	const struct nlmsghdr *answer;

	nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, id);
	require(probe, probe_ask(probe, msg, &answer));
	return answer;
}

/* All that waits in a socket; then -EAGAIN. */
static int hear(struct listener *listener)
{
	const struct nlmsghdr *header;
	uint64_t seq;
	int error;

	while (!(error = probe_receive(&listener->probe, 0, &header)) ||
	       error == -ENOBUFS) {
		if (error)
			continue;
		seq = probe_value(header, TIERSCOPE_SAMPLE_SEQ);
		if (listener->heard)
			listener->gaps += seq - listener->next;
		listener->next = seq + 1;
		listener->heard++;
	}
	return error;
}

/* Until whoever holds the other end of stdin says a word, or lets go of it. */
static void hear_all(struct listener *listeners, int n)
{
	struct pollfd waited[LISTENERS_MAX + 1] = { { STDIN_FILENO, POLLIN, 0 } };

	for (int i = 0; i < n; i++)
		waited[1 + i] = (struct pollfd){
			.fd = listeners[i].probe.fd, .events = POLLIN,
		};
	while (!waited[0].revents) {
		if (poll(waited, 1 + n, PROBE_SAMPLE_MS) <= 0)
			errx(1, "there is neither a sample nor a word");
		for (int i = 0; i < n; i++)
			if (waited[1 + i].revents)
				hear(&listeners[i]);
	}
}

static bool word_waits(void)
{
	struct pollfd word = { STDIN_FILENO, POLLIN, 0 };

	return poll(&word, 1, 0) > 0;
}

/* One sampler, and so many sockets that listen, its maker among them. */
static uint32_t gather(struct listener *all, int wanted, char **args, int n)
{
	uint32_t id;

	if (wanted < 1 || wanted > LISTENERS_MAX)
		errx(2, "1 to %d listeners", LISTENERS_MAX);
	for (int i = 0; i < wanted; i++)
		probe_open(&all[i].probe);
	require(&all[0].probe, probe_new(&all[0].probe, strtoull(args[0], NULL, 10),
					 args + 1, n - 1, &id));
	for (int i = 0; i < wanted; i++)
		require(&all[i].probe, probe_subscribe(&all[i].probe, id));
	return id;
}

/* hear N MS COUNTER...: so many sockets listen until a word comes. */
static int hear_until_word(char **args, int n)
{
	static struct listener all[LISTENERS_MAX];
	int wanted = atoi(args[0]);

	printf("ready sampler %u\n", gather(all, wanted, args + 1, n - 1));
	fflush(stdout);
	hear_all(all, wanted);
	return 0;
}

/* listeners N MS COUNTER...: the same, and one more that does not read until all
 * is over; and then what each has heard and lost.
 */
static int listeners(char **args, int n)
{
	static struct listener all[LISTENERS_MAX], deaf;
	int wanted = atoi(args[0]), small = 4096;
	uint64_t fewest = UINT64_MAX, lost = 0, gaps = 0;
	uint32_t id;

	id = gather(all, wanted, args + 1, n - 1);
	probe_open(&deaf.probe);
	if (setsockopt(deaf.probe.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)))
		err(1, "SO_RCVBUF");
	require(&deaf.probe, probe_subscribe(&deaf.probe, id));
	printf("ready sampler %u\n", id);
	fflush(stdout);
	hear_all(all, wanted);

	for (int i = 0; i < wanted; i++) {
		hear(&all[i]);
		fewest = all[i].heard < fewest ? all[i].heard : fewest;
		gaps += all[i].gaps;
		lost += probe_value(describe(&all[i].probe, id), TIERSCOPE_SAMPLER_LOST);
	}
	printf("listeners %d\nfewest %lu\ngaps %lu\nlost %lu\n", wanted, fewest,
	       gaps, lost);
	/* One more sample ends the gap, which is counted by its number. */
	hear(&deaf);
	gaps = probe_value(probe_next_sample(&deaf.probe), TIERSCOPE_SAMPLE_SEQ) - deaf.next;
	printf("deaf_arrived %lu\ndeaf_gap %lu\ndeaf_lost %lu\n", deaf.heard, gaps,
	       probe_value(describe(&deaf.probe, id), TIERSCOPE_SAMPLER_LOST));
	return 0;
}

/*
 * ticks MS SECONDS COUNTER...: for so long, or if that is 0 until a word comes,
 * whether every tick is a sample or counted as lost. How many were due when a
 * sample was sent lies between what was due when it was begun and what was due
 * when it came. The first one may have been begun before the sampler was known
 * here: a subscription made while the counters are read hears of that reading.
 */
static int ticks(char **args, int n)
{
	uint64_t interval_ns = strtoull(args[0], NULL, 10) * MS_NS;
	uint64_t seconds = strtoull(args[1], NULL, 10);
	uint64_t asked, answered, end, now, next = 0, seq, accounted;
	uint64_t samples = 0, wrong = 0, gaps = 0, begun, least = 0, most = 0;
	const struct nlmsghdr *header;
	static struct probe probe;
	uint32_t id;

	probe_open(&probe);
	asked = now_ns();
	require(&probe, probe_new(&probe, strtoull(args[0], NULL, 10), args + 2,
				  n - 2, &id));
	answered = now_ns();
	require(&probe, probe_subscribe(&probe, id));
	printf("ready sampler %u\n", id);
	fflush(stdout);
	end = now_ns() + seconds * SECOND_NS;
	do {
		header = probe_next_sample(&probe);
		now = now_ns();
		seq = probe_value(header, TIERSCOPE_SAMPLE_SEQ);
		accounted = seq + 1 + probe_value(header, TIERSCOPE_SAMPLE_TICKS_LOST);
		begun = probe_value(header, TIERSCOPE_SAMPLE_TIME_NS);
		least = begun > answered ? (begun - answered) / interval_ns : 0;
		most = (now - asked) / interval_ns;
		wrong += accounted < least || accounted > most;
		gaps += samples ? seq - next : 0;
		next = seq + 1;
		samples++;
	} while (seconds ? now < end : !word_waits());
	printf("samples %lu\ntaken %lu\nlost %lu\ndue %lu to %lu\nwrong %lu\nunread %lu\n",
	       samples, seq + 1, accounted - seq - 1, least, most, wrong, gaps);
	return 0;
}

static const struct nlmsghdr *ask_new(struct probe *probe, char **args, int n)
{
	const struct nlmsghdr *answer;

	require(probe, probe_ask(probe, probe_new_message(probe,
				 strtoull(args[0], NULL, 10), args + 1, n - 1),
				 &answer));
	return answer;
}

/* share MS COUNTER...: two sockets ask for the same, the first one goes. */
static int share(char **args, int n)
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
	require(&first, probe_subscribe(&first, id));
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
	require(&second, probe_subscribe(&second, id));
	seq = probe_value(probe_next_sample(&second), TIERSCOPE_SAMPLE_SEQ);
	probe_close(&first);
	for (int i = 0; i < 5; i++, seq++)
		if (probe_value(probe_next_sample(&second), TIERSCOPE_SAMPLE_SEQ) != seq + 1)
			puts("a gap");
	printf("subscribers %lu\n", probe_value(describe(&second, id),
					     TIERSCOPE_SAMPLER_SUBSCRIBERS));
	msg = probe_request(&second, TIERSCOPE_CMD_SAMPLER_DEL, 0);
	nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, id);
	require(&second, probe_ask(&second, msg, &header));
	probe_open(&first);
	printf("deleted %s\n", probe_subscribe(&first, id) == -ENOENT ? "gone" : "there");
	return 0;
}

/* subscriptions COUNTER: as many as one user may have, and what stops it. */
static int subscriptions(char **args, int n)
{
	static struct probe sockets[TIERSCOPE_SUBSCRIPTIONS_MAX + 1];
	uint32_t id = 0;
	int made = 0, error = 0;

	(void)n;
	for (; !error && made <= TIERSCOPE_SUBSCRIPTIONS_MAX; made += !error) {
		probe_open(&sockets[made]);
		if (made % LISTENERS_MAX == 0)
			require(&sockets[made], probe_new(&sockets[made],
							  10000 + made, args, 1, &id));
		error = probe_subscribe(&sockets[made], id);
	}
	printf("made %d\n", made);
	if (error)
		printf("refused %s: %s\n", strerrorname_np(-error),
		       sockets[made].sentence);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(char **args, int n);
		int min_args;
	} commands[] = {
		{ "hear", hear_until_word, 3 },
		{ "listeners", listeners, 3 },
		{ "share", share, 2 },
		{ "subscriptions", subscriptions, 1 },
		{ "ticks", ticks, 3 },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name) &&
		    argc - 2 >= commands[i].min_args)
			return commands[i].run(argv + 2, argc - 2);
	errx(2, "usage: sampler-load hear|listeners|share|subscriptions|ticks ...");
}
