/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the module for samplers, in the ways that tests need. */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <netlink/attr.h>

#include "probe_request.h"

#define SECOND_NS	1000000000ULL
#define CROWD_MAX	80

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void refused(const struct probe *probe, int error)
{
	printf("refused %s: %s\n", strerrorname_np(-error), probe->sentence);
}

static void ready(const char *what, uint32_t id)
{
	printf("ready %s %u\n", what, id);
	fflush(stdout);
}

/* Until whoever holds the other end says a word, or lets go of it. */
static void wait_for_word(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR)
		;
}

static void print_readings(const struct nlmsghdr *header)
{
	struct nlattr *attr = nlmsg_find_attr((struct nlmsghdr *)header,
					      GENL_HDRLEN,
					      TIERSCOPE_SAMPLE_READINGS);
	uint64_t words[TIERSCOPE_READING_WORDS];

	if (!attr || nla_len(attr) % (int)sizeof(words))
		errx(1, "the readings cannot be parsed");
	for (size_t i = 0; i < nla_len(attr) / sizeof(words); i++) {
		memcpy(words, (char *)nla_data(attr) + i * sizeof(words),
		       sizeof(words));
		printf("reading %zu %lu %lu %lu\n", i,
		       words[TIERSCOPE_READING_VALUE],
		       words[TIERSCOPE_READING_ENABLED_NS],
		       words[TIERSCOPE_READING_RUNNING_NS]);
	}
}

static void make(struct probe *probe, const char *ms, char **specs, int n,
		 uint32_t *ret_id)
{
	int error = probe_new(probe, strtoull(ms, NULL, 10), specs, n, ret_id);

	if (!error)
		error = probe_subscribe(probe, *ret_id);
	if (error)
		errx(1, "%s: %s", strerrorname_np(-error), probe->sentence);
}

static pid_t launch(char **program)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(program[0], program);
		err(127, "%s", program[0]);
	}
	return pid;
}

/* count MS COUNTER... -- PROGRAM [ARG]...: what was counted when it had ended */
static int count(struct probe *probe, char **args, int n)
{
	const struct nlmsghdr *header;
	uint64_t seq, first, samples = 1, ended_ns = 0;
	int separator = 0, status;
	uint32_t id;
	pid_t pid;

	while (separator < n && strcmp(args[separator], "--"))
		separator++;
	if (separator + 1 >= n)
		errx(2, "count: no program");
	make(probe, args[0], args + 1, separator - 1, &id);
	first = probe_value(probe_next_sample(probe), TIERSCOPE_SAMPLE_SEQ);
	pid = launch(args + separator + 1);
	do {
		header = probe_next_sample(probe);
		seq = probe_value(header, TIERSCOPE_SAMPLE_SEQ);
		samples++;
		if (!ended_ns && waitpid(pid, &status, WNOHANG) == pid)
			ended_ns = now_ns();
	} while (!ended_ns ||
		 probe_value(header, TIERSCOPE_SAMPLE_TIME_NS) < ended_ns);
	print_readings(header);
	printf("ticks_lost %lu\n", probe_value(header, TIERSCOPE_SAMPLE_TICKS_LOST));
	printf("samples_lost %lu\n", seq - first + 1 - samples);
	return status ? 1 : 0;
}

/* hold MS COUNTER...: a sampler, until a word comes on stdin */
static int hold(struct probe *probe, char **args, int n)
{
	uint32_t id;

	make(probe, args[0], args + 1, n - 1, &id);
	ready("sampler", id);
	wait_for_word();
	return 0;
}

/* idle: a socket that knows the family, until a word comes */
static int idle(struct probe *probe, char **args, int n)
{
	(void)probe;
	(void)args;
	(void)n;
	ready("socket", 0);
	wait_for_word();
	return 0;
}

/*
 * deaf MS COUNTER...: subscribes with a small buffer and does not read until
 * stdin ends; then says what the module counted as lost and delivered, and
 * what the samples that arrived say themselves.
 */
static int deaf(struct probe *probe, char **args, int n)
{
	const struct nlmsghdr *header;
	uint64_t ticks, seq, delivered, lost, arrived = 0, first = 0, last = 0;
	struct nl_msg *msg;
	int small = 4096, error;
	struct probe other;
	uint32_t id;

	if (setsockopt(probe->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)))
		err(1, "SO_RCVBUF");
	make(probe, args[0], args + 1, n - 1, &id);
	ready("sampler", id);
	wait_for_word();

	/* What waits, until the buffer is empty: then samples come again. */
	while ((error = probe_receive(probe, 0, &header)) != -EAGAIN) {
		if (error)
			continue;
		seq = probe_value(header, TIERSCOPE_SAMPLE_SEQ);
		first = arrived ? first : seq;
		last = seq;
		arrived++;
	}
	/* One more ends the gap; it is counted by its own number. */
	header = probe_next_sample(probe);
	seq = probe_value(header, TIERSCOPE_SAMPLE_SEQ);
	msg = probe_request(probe, TIERSCOPE_CMD_SAMPLER_GET, 0);
	nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, id);
	error = probe_ask(probe, msg, &header);
	if (error || !header)
		errx(1, "SAMPLER_GET: %s", probe->sentence);
	ticks = probe_value(header, TIERSCOPE_SAMPLER_TICKS);
	delivered = probe_value(header, TIERSCOPE_SAMPLER_DELIVERED);
	lost = probe_value(header, TIERSCOPE_SAMPLER_LOST);
	printf("first %lu\nlast_before %lu\nfirst_after %lu\narrived %lu\n",
	       first, last, seq, arrived);
	printf("ticks %lu\ndelivered %lu\nlost %lu\n", ticks, delivered, lost);

	/* A socket that does not listen is told nothing of that. */
	probe_open(&other);
	msg = probe_request(&other, TIERSCOPE_CMD_SAMPLER_GET, 0);
	nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, id);
	error = probe_ask(&other, msg, &header);
	printf("stranger %s\n",
	       !error && header &&
	       !nlmsg_find_attr((struct nlmsghdr *)header, GENL_HDRLEN,
				TIERSCOPE_SAMPLER_LOST) ? "sees none" : "sees");
	probe_close(&other);
	return 0;
}

/*
 * unheard WORD...: the request of these words (as ask takes them) from a socket
 * that has no room for its answer, until a word comes
 */
static int unheard(struct probe *probe, char **args, int n)
{
	char *refused[] = { "get" };	/* what is missing fills the buffer */
	int small = 4096;

	if (setsockopt(probe->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)))
		err(1, "SO_RCVBUF");
	for (int i = 0; i < small / 16; i++)
		probe_words_send(probe, refused, 1);
	probe_words_send(probe, args, n);
	ready("request", 0);
	wait_for_word();
	return 0;
}

/*
 * many N MS COUNTER...: as many samplers as one may have, up to N; the intervals
 * differ, or it would be the same sampler
 */
static int many(struct probe *probe, char **args, int n)
{
	int wanted = atoi(args[0]), made = 0, error = 0;
	uint32_t id = 0;

	while (made < wanted && !error) {
		error = probe_new(probe, strtoull(args[1], NULL, 10) + made,
				  args + 2, n - 2, &id);
		made += !error;
	}
	printf("made %d\n", made);
	if (error)
		refused(probe, error);
	ready("sampler", id);
	wait_for_word();
	return 0;
}

/* crowd N MS COUNTER...: one sampler, and up to N more sockets that subscribe */
static int crowd(struct probe *probe, char **args, int n)
{
	static struct probe listeners[CROWD_MAX];
	int wanted = atoi(args[0]), subscribed = 0, error;
	uint32_t id;

	if (wanted > CROWD_MAX)
		errx(2, "crowd: at most %d", CROWD_MAX);
	error = probe_new(probe, strtoull(args[1], NULL, 10), args + 2, n - 2,
			  &id);
	if (error)
		errx(1, "%s: %s", strerrorname_np(-error), probe->sentence);
	for (int i = 0; i < wanted && !error; i++) {
		probe_open(&listeners[i]);
		error = probe_subscribe(&listeners[i], id);
		if (error)
			printf("subscribed %d\n", subscribed), refused(&listeners[i], error);
		subscribed += !error;
	}
	if (!error)
		printf("subscribed %d\n", subscribed);
	/* All of them hear it. */
	for (int i = 0; i < subscribed; i++)
		probe_next_sample(&listeners[i]);
	printf("heard %d\n", subscribed);
	if (subscribed) {
		error = probe_subscribe(&listeners[0], id);
		refused(&listeners[0], error);
	}
	/* A subscription ends with its socket. */
	for (int i = 0; i < wanted && listeners[i].fd; i++)
		probe_close(&listeners[i]);
	for (error = 0, wanted = 0; wanted < subscribed && !error; wanted++) {
		probe_open(&listeners[wanted]);
		error = probe_subscribe(&listeners[wanted], id);
	}
	printf("again %d\n", error ? wanted - 1 : wanted);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct probe *probe, char **args, int n);
		int min_args;
	} commands[] = {
		{ "ask", probe_words, 1 },
		{ "count", count, 4 },
		{ "crowd", crowd, 3 },
		{ "deaf", deaf, 2 },
		{ "hold", hold, 2 },
		{ "idle", idle, 0 },
		{ "many", many, 3 },
		{ "unheard", unheard, 1 },
	};
	static struct probe probe;

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) ||
		    argc - 2 < commands[i].min_args)
			continue;
		probe_open(&probe);
		return commands[i].run(&probe, argv + 2, argc - 2);
	}
	errx(2, "usage: sampler-probe ask|count|crowd|deaf|hold|idle|many|unheard ...");
}
