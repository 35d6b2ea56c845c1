/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samplers at work: many listeners, a short interval. */
#include <err.h>
#include <errno.h>
#include <linux/tierscope.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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
	probe_require(&all[0].probe, probe_new(&all[0].probe, strtoull(args[0], NULL, 10),
					 args + 1, n - 1, &id));
	for (int i = 0; i < wanted; i++)
		probe_require(&all[i].probe, probe_subscribe(&all[i].probe, id));
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
	probe_require(&deaf.probe, probe_subscribe(&deaf.probe, id));
	printf("ready sampler %u\n", id);
	fflush(stdout);
	hear_all(all, wanted);

	for (int i = 0; i < wanted; i++) {
		hear(&all[i]);
		fewest = all[i].heard < fewest ? all[i].heard : fewest;
		gaps += all[i].gaps;
		lost += probe_value(probe_describe(&all[i].probe, id), TIERSCOPE_SAMPLER_LOST);
	}
	printf("listeners %d\nfewest %lu\ngaps %lu\nlost %lu\n", wanted, fewest,
	       gaps, lost);
	/* One more sample ends the gap, which is counted by its number. */
	hear(&deaf);
	gaps = probe_value(probe_next_sample(&deaf.probe), TIERSCOPE_SAMPLE_SEQ) - deaf.next;
	printf("deaf_arrived %lu\ndeaf_gap %lu\ndeaf_lost %lu\n", deaf.heard, gaps,
	       probe_value(probe_describe(&deaf.probe, id), TIERSCOPE_SAMPLER_LOST));
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
	probe_require(&probe, probe_new(&probe, strtoull(args[0], NULL, 10), args + 2,
				  n - 2, &id));
	answered = now_ns();
	probe_require(&probe, probe_subscribe(&probe, id));
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
			probe_require(&sockets[made], probe_new(&sockets[made],
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
		{ "subscriptions", subscriptions, 1 },
		{ "ticks", ticks, 3 },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name) &&
		    argc - 2 >= commands[i].min_args)
			return commands[i].run(argv + 2, argc - 2);
	errx(2, "usage: sampler-load hear|listeners|subscriptions|ticks ...");
}
