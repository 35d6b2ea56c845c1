/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every command of the module, asked once by whoever runs this; and what came
 * of it, which a table of who may do what is held against.
 *
 *	access-probe ask SAMPLER [opener=ID] [sender=ID] [NAME=PID]...
 *		SAMPLER is the id of another socket's; opener and sender are as
 *		in placement-probe; NAME is what to call that process
 *	access-probe operations
 *		prints "NUMBER do" or "NUMBER dump" for what the family has
 *
 * And as a judge, whether he may read /proc/PID/maps, which is the same rule.
 *
 * Prints "COMMAND do|dump WHOSE OUTCOME" a line: the outcome is "ok", "empty"
 * (a dump without a record), "ERRNO: SENTENCE", "-" (nothing to ask about), or
 * of the dump of placements "seen" or "unseen", "some" or "none".
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netlink/attr.h>

#include "probe_family.h"
#include "probe_identity.h"
#include "probe_socket.h"

#define ANSWER_MS	60000
#define TARGETS_MAX	32
#define CACHE_BYTES	(1 << 20)
#define INTERVAL_NS	1000000000ULL

/* What names a process; the rules are of one kind. */
static const struct operation {
	const char *name;
	uint8_t cmd;
	uint16_t flags;
	int pid;	/* its attribute */
} of_process[] = {
	{ "PLACEMENT_GET do", TIERSCOPE_CMD_PLACEMENT_GET, 0,
	  TIERSCOPE_PLACEMENT_PID },
	{ "MAPPING_GET dump", TIERSCOPE_CMD_MAPPING_GET, NLM_F_DUMP,
	  TIERSCOPE_MAPPING_PID },
	{ "WATCH_NEW do", TIERSCOPE_CMD_WATCH_NEW, 0, TIERSCOPE_WATCH_PID },
	{ "PAGE_GET dump", TIERSCOPE_CMD_PAGE_GET, NLM_F_DUMP,
	  TIERSCOPE_PAGE_PID },
	{ "NEARMEM_GET do", TIERSCOPE_CMD_NEARMEM_GET, 0,
	  TIERSCOPE_NEARMEM_PID },
};

/* What names nothing, or node 0. */
static const struct operation of_machine[] = {
	{ "NODE_GET dump", TIERSCOPE_CMD_NODE_GET, NLM_F_DUMP, 0 },
	{ "NODE_GET do", TIERSCOPE_CMD_NODE_GET, 0, 0 },
	{ "NODE_SET do", TIERSCOPE_CMD_NODE_SET, 0, 0 },
	{ "NEARMEM_GET do", TIERSCOPE_CMD_NEARMEM_GET, 0, 0 },
	{ "MAPPING_GET do", TIERSCOPE_CMD_MAPPING_GET, 0, 0 },
	{ "PAGE_GET do", TIERSCOPE_CMD_PAGE_GET, 0, 0 },
	{ "SAMPLE do", TIERSCOPE_CMD_SAMPLE, 0, 0 },
	{ "WATCH_EVENT do", TIERSCOPE_CMD_WATCH_EVENT, 0, 0 },
	{ "PROBE_NEW do", TIERSCOPE_CMD_PROBE_NEW, 0, 0 },
	{ "PROBE_DEL do", TIERSCOPE_CMD_PROBE_DEL, 0, 0 },
	{ "PROBE_EDGE do", TIERSCOPE_CMD_PROBE_EDGE, 0, 0 },
};

static struct probe probe, other;
static char **words;
static int n_words;

static struct target {
	const char *name;
	uint32_t pid;
	bool seen;
} targets[TARGETS_MAX];
static size_t n_targets;

static uint32_t id, my_uid;	/* of the last answer; of who asks */
static bool strangers;		/* were seen */

static uint32_t u32_of(const struct nlmsghdr *header, int type)
{
	struct nlattr *attr = nlmsg_find_attr((struct nlmsghdr *)header,
					      GENL_HDRLEN, type);

	if (!attr || nla_len(attr) != sizeof(uint32_t))
		errx(1, "attribute %d is missing in an answer", type);
	return nla_get_u32(attr);
}

static void look_at(const struct nlmsghdr *header)
{
	const struct genlmsghdr *genl = nlmsg_data(header);
	uint32_t pid;

	switch (genl->cmd) {
	case TIERSCOPE_CMD_SAMPLER_NEW:
		id = u32_of(header, TIERSCOPE_SAMPLER_ID);
		break;
	case TIERSCOPE_CMD_WATCH_NEW:
		id = u32_of(header, TIERSCOPE_WATCH_ID);
		break;
	case TIERSCOPE_CMD_PLACEMENT_GET:
		pid = u32_of(header, TIERSCOPE_PLACEMENT_PID);
		for (size_t i = 0; i < n_targets; i++)
			targets[i].seen |= targets[i].pid == pid;
		strangers |= u32_of(header, TIERSCOPE_PLACEMENT_UID) != my_uid;
		break;
	}
}

/* How many messages answer, or -errno. */
static int ask(struct probe *asking, struct nl_msg *msg)
{
	const struct nlmsghdr *header;
	int error, n = 0;

	probe_identity_take("sender", words, n_words);
	probe_send(asking, msg);
	probe_identity_give_back();
	nlmsg_free(msg);
	for (;;) {
		error = probe_receive(asking, ANSWER_MS, &header);
		if (error == -EAGAIN)
			errx(1, "no answer within %d s", ANSWER_MS / 1000);
		if (error)
			return error;
		if (!header)
			return n;
		/* Samples and last looks come unasked. */
		if (header->nlmsg_seq != asking->seq)
			continue;
		look_at(header);
		n++;
	}
}

static void say(const char *operation, const char *whose, int n)
{
	printf("%s %s ", operation, whose);
	if (n < 0)
		printf("%s: %s\n", strerrorname_np(-n), probe.sentence);
	else
		puts(!n && strstr(operation, " dump") ? "empty" : "ok");
}

static struct nl_msg *naming(uint8_t cmd, uint16_t flags, int type,
			     uint32_t value)
{
	struct nl_msg *msg = probe_request(&probe, cmd, flags);

	if (type)
		nla_put_u32(msg, type, value);
	return msg;
}

static struct nl_msg *request(const struct operation *operation, uint32_t pid)
{
	struct nl_msg *msg = naming(operation->cmd, operation->flags,
				    operation->pid, pid);
	struct nlattr *nest;

	if (operation->cmd == TIERSCOPE_CMD_NODE_SET ||
	    (operation->cmd == TIERSCOPE_CMD_NODE_GET && !operation->flags))
		nla_put_u32(msg, TIERSCOPE_NODE_ID, 0);
	if (operation->cmd == TIERSCOPE_CMD_NODE_SET)
		nla_put_u32(msg, TIERSCOPE_NODE_TIER, TIERSCOPE_TIER_UNKNOWN);
	if (operation->cmd == TIERSCOPE_CMD_NEARMEM_GET) {
		nest = nla_nest_start(msg, TIERSCOPE_NEARMEM_CACHE);
		nla_put_u32(msg, TIERSCOPE_NEARMEM_CACHE_NODE, 0);
		nla_put_u64(msg, TIERSCOPE_NEARMEM_CACHE_BYTES, CACHE_BYTES);
		nla_nest_end(msg, nest);
	}
	return msg;
}

static void ask_of_processes(void)
{
	for (size_t i = 0; i < sizeof(of_process) / sizeof(of_process[0]); i++)
		for (size_t j = 0; j < n_targets; j++)
			say(of_process[i].name, targets[j].name,
			    ask(&probe, request(&of_process[i], targets[j].pid)));
}

/* What reading PID's memory map needs is PTRACE_MODE_READ_FSCREDS. */
static void ask_the_judge(void)
{
	char path[32];

	for (size_t i = 0; i < n_targets; i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%u/maps", targets[i].pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		printf("maps proc %s %s\n", targets[i].name,
		       fd < 0 ? strerrorname_np(errno) : "ok");
		if (fd >= 0)
			close(fd);
	}
}

static void ask_of_machine(void)
{
	for (size_t i = 0; i < sizeof(of_machine) / sizeof(of_machine[0]); i++)
		say(of_machine[i].name, "-",
		    ask(&probe, request(&of_machine[i], 0)));
}

static void ask_of_all_processes(void)
{
	static const char name[] = "PLACEMENT_GET dump";
	int n = ask(&probe, naming(TIERSCOPE_CMD_PLACEMENT_GET, NLM_F_DUMP, 0, 0));

	if (n < 0)
		say(name, "-", n);
	for (size_t i = 0; i < n_targets; i++)
		printf("%s %s %s\n", name, targets[i].name,
		       targets[i].seen ? "seen" : "unseen");
	printf("%s strangers %s\n", name, strangers ? "some" : "none");
}

/* A watch of this socket, and one of another that the same person has. */
static void end_watches(void)
{
	const struct operation *new = &of_process[2];
	uint32_t mine = id;
	int made = -ESRCH;

	/* The asker himself is there, as a rule; or what else is his. */
	for (size_t i = 0; made < 0 && i < n_targets; i++)
		made = ask(&other, request(new, targets[i].pid));
	if (made < 0)
		errx(1, "nothing to watch");
	say("WATCH_DEL do", "another's",
	    ask(&probe, naming(TIERSCOPE_CMD_WATCH_DEL, 0, TIERSCOPE_WATCH_ID, id)));
	say("WATCH_DEL do", "one's-own",
	    ask(&probe, naming(TIERSCOPE_CMD_WATCH_DEL, 0, TIERSCOPE_WATCH_ID, mine)));
}

/* cpu-clock, which needs no PMU of hardware. */
static struct nl_msg *new_sampler(void)
{
	struct nl_msg *msg = probe_request(&probe, TIERSCOPE_CMD_SAMPLER_NEW, 0);
	struct nlattr *nest;

	nla_put_u64(msg, TIERSCOPE_SAMPLER_INTERVAL_NS, INTERVAL_NS);
	nest = nla_nest_start(msg, TIERSCOPE_SAMPLER_COUNTER);
	nla_put_u32(msg, TIERSCOPE_COUNTER_TYPE, 1);
	nla_put_u64(msg, TIERSCOPE_COUNTER_CONFIG, 0);
	nla_put_u32(msg, TIERSCOPE_COUNTER_CPU, 0);
	nla_nest_end(msg, nest);
	return msg;
}

static void ask_of_samplers(uint32_t sampler)
{
	int made = ask(&probe, new_sampler());
	const int type = TIERSCOPE_SAMPLER_ID;

	say("SAMPLER_NEW do", "-", made);
	say("SAMPLER_GET do", "-",
	    ask(&probe, naming(TIERSCOPE_CMD_SAMPLER_GET, 0, type, sampler)));
	say("SAMPLER_GET dump", "-",
	    ask(&probe, naming(TIERSCOPE_CMD_SAMPLER_GET, NLM_F_DUMP, 0, 0)));
	say("SAMPLER_SUBSCRIBE do", "-",
	    ask(&probe, naming(TIERSCOPE_CMD_SAMPLER_SUBSCRIBE, 0, type, sampler)));
	say("SAMPLER_DEL do", "another's",
	    ask(&probe, naming(TIERSCOPE_CMD_SAMPLER_DEL, 0, type, sampler)));
	if (made < 0)
		puts("SAMPLER_DEL do one's-own -");
	else
		say("SAMPLER_DEL do", "one's-own",
		    ask(&probe, naming(TIERSCOPE_CMD_SAMPLER_DEL, 0, type, id)));
}

static void add_target(const char *name, uint32_t pid)
{
	if (n_targets == TARGETS_MAX)
		errx(2, "more than %d processes", TARGETS_MAX);
	targets[n_targets++] = (struct target){ .name = name, .pid = pid };
}

static void parse_words(void)
{
	add_target("self", getpid());
	for (int i = 0; i < n_words; i++) {
		char *value = strchr(words[i], '=');

		if (!value)
			errx(2, "%s is no NAME=PID", words[i]);
		if (!strncmp(words[i], "opener=", 7) ||
		    !strncmp(words[i], "sender=", 7))
			continue;
		add_target(strndup(words[i], value - words[i]),
			   strtoul(value + 1, NULL, 0));
	}
	my_uid = getuid();
	if (!probe_identity_of("opener", words, n_words, &my_uid))
		probe_identity_of("sender", words, n_words, &my_uid);
}

int main(int argc, char **argv)
{
	bool asks = argc > 2 && !strcmp(argv[1], "ask");

	if (!asks && (argc != 2 || strcmp(argv[1], "operations")))
		errx(2, "usage: access-probe ask SAMPLER [NAME=PID]... | operations");
	words = argv + 3;
	n_words = asks ? argc - 3 : 0;
	probe_identity_take("opener", words, n_words);
	probe_open(&probe);
	probe_open(&other);
	probe_identity_give_back();
	if (!asks) {
		probe_family_print(&probe);
		return 0;
	}
	parse_words();
	ask_of_machine();
	ask_of_processes();
	ask_the_judge();
	ask_of_all_processes();
	end_watches();
	ask_of_samplers(strtoul(argv[2], NULL, 0));
	return 0;
}
