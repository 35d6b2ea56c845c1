/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the module for nodes, placements and mappings, rightly and wrongly, and
 * prints what it says, attribute by attribute, without libtierscope in between.
 *
 *	placement-probe ask COMMAND [WORD]...
 *		COMMAND is node, node-dump, node-set, placement, placement-dump,
 *		mapping, mapping-dump, nearmem, page, page-dump, watch-new or
 *		watch-del; WORD is pid=N,
 *		id=N, tier=N, start=ADDRESS, end=ADDRESS, sharing,
 *		cache=NODE:BYTES, bare-cache, short-pid, long-pid, unknown,
 *		truncated, empty, trailing,
 *		opener=ID (who opens the socket, by effective uid and gid),
 *		sender=ID (who sends) or reader=ID (who reads on, of hold); the
 *		rest is done as who runs this; times=N asks again and again
 *	placement-probe hold COMMAND [WORD]...
 *		begins a dump, reads its first message, says "ready", and reads
 *		the rest once its standard input ends
 *	placement-probe leave COMMAND [WORD]...
 *		the same, but closes the socket instead
 *
 * Prints one line a record, or "refused ERRNO: SENTENCE"; a dump ends with
 * "done" or "interrupted".
 */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netlink/attr.h>

#include "probe_identity.h"
#include "probe_socket.h"

#define ANSWER_MS	60000
#define UNKNOWN_ATTR	200

static const struct command {
	const char *name;
	uint8_t cmd;
	uint16_t flags;
	int id;			/* the attribute that names one */
} commands[] = {
	{ "node", TIERSCOPE_CMD_NODE_GET, 0, TIERSCOPE_NODE_ID },
	{ "node-dump", TIERSCOPE_CMD_NODE_GET, NLM_F_DUMP, TIERSCOPE_NODE_ID },
	{ "node-set", TIERSCOPE_CMD_NODE_SET, 0, TIERSCOPE_NODE_ID },
	{ "placement", TIERSCOPE_CMD_PLACEMENT_GET, 0, TIERSCOPE_PLACEMENT_PID },
	{ "placement-dump", TIERSCOPE_CMD_PLACEMENT_GET, NLM_F_DUMP,
	  TIERSCOPE_PLACEMENT_PID },
	{ "mapping", TIERSCOPE_CMD_MAPPING_GET, 0, TIERSCOPE_MAPPING_PID },
	{ "mapping-dump", TIERSCOPE_CMD_MAPPING_GET, NLM_F_DUMP,
	  TIERSCOPE_MAPPING_PID },
	{ "page", TIERSCOPE_CMD_PAGE_GET, 0, TIERSCOPE_PAGE_PID },
	{ "page-dump", TIERSCOPE_CMD_PAGE_GET, NLM_F_DUMP, TIERSCOPE_PAGE_PID },
	{ "nearmem", TIERSCOPE_CMD_NEARMEM_GET, 0, TIERSCOPE_NEARMEM_PID },
	/* Refusals only: who is to watch something needs watch-probe. */
	{ "watch-new", TIERSCOPE_CMD_WATCH_NEW, 0, TIERSCOPE_WATCH_PID },
	{ "watch-del", TIERSCOPE_CMD_WATCH_DEL, 0, TIERSCOPE_WATCH_ID },
};

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	errx(2, "there is no command %s", name);
}

/* NODE:BYTES, or neither. */
static void put_cache(struct nl_msg *msg, const char *text)
{
	struct nlattr *nest = nla_nest_start(msg, TIERSCOPE_NEARMEM_CACHE);
	char *end;

	if (text) {
		nla_put_u32(msg, TIERSCOPE_NEARMEM_CACHE_NODE,
			    strtoul(text, &end, 0));
		if (*end != ':')
			errx(2, "%s is no NODE:BYTES", text);
		nla_put_u64(msg, TIERSCOPE_NEARMEM_CACHE_BYTES,
			    strtoull(end + 1, NULL, 0));
	}
	nla_nest_end_keep_empty(msg, nest);
}

static void put_word(struct nl_msg *msg, const struct command *command,
		     const char *word)
{
	const char *value = strchr(word, '=');
	struct nlmsghdr *header = nlmsg_hdr(msg);

	if (!strncmp(word, "pid=", 4) || !strncmp(word, "id=", 3))
		nla_put_u32(msg, command->id, strtoul(value + 1, NULL, 0));
	else if (!strncmp(word, "tier=", 5))
		nla_put_u32(msg, TIERSCOPE_NODE_TIER,
			    strtoul(value + 1, NULL, 0));
	else if (!strcmp(word, "sharing"))
		nla_put_flag(msg, command->cmd == TIERSCOPE_CMD_MAPPING_GET ?
				  (int)TIERSCOPE_MAPPING_SHARING :
				  (int)TIERSCOPE_PLACEMENT_SHARING);
	else if (!strncmp(word, "start=", 6))
		nla_put_u64(msg, TIERSCOPE_PAGE_START,
			    strtoull(value + 1, NULL, 0));
	else if (!strncmp(word, "end=", 4))
		nla_put_u64(msg, TIERSCOPE_PAGE_END,
			    strtoull(value + 1, NULL, 0));
	else if (!strncmp(word, "cache=", 6))
		put_cache(msg, value + 1);
	else if (!strcmp(word, "bare-cache"))
		put_cache(msg, NULL);
	else if (!strcmp(word, "short-pid"))
		nla_put_u16(msg, command->id, 1);
	else if (!strcmp(word, "long-pid"))
		nla_put_u64(msg, command->id, 1);
	else if (!strcmp(word, "unknown"))
		nla_put_u32(msg, UNKNOWN_ATTR, 0);
	else if (!strcmp(word, "trailing"))	/* less than an attribute's head */
		header->nlmsg_len += 3;
	else if (!strcmp(word, "truncated"))
		header->nlmsg_len -= NLA_ALIGNTO;
	else if (!strcmp(word, "empty"))	/* not even genetlink's header */
		header->nlmsg_len = NLMSG_HDRLEN;
	else if (strncmp(word, "opener=", 7) && strncmp(word, "sender=", 7) &&
		 strncmp(word, "reader=", 7) && strncmp(word, "times=", 6))
		errx(2, "there is no word %s", word);
}

static void ask(struct probe *probe, const struct command *command,
		char **words, int n)
{
	struct nl_msg *msg = probe_request(probe, command->cmd, command->flags);

	for (int i = 0; i < n; i++)
		put_word(msg, command, words[i]);
	probe_identity_take("sender", words, n);
	probe_send(probe, msg);
	probe_identity_give_back();
	nlmsg_free(msg);
}

static uint64_t number(struct nlattr *attr, const char *what)
{
	if (!attr)
		errx(1, "%s is missing in an answer", what);
	switch (nla_len(attr)) {
	case sizeof(uint32_t):
		return nla_get_u32(attr);
	case sizeof(uint64_t):
		return nla_get_u64(attr);
	}
	errx(1, "%s has %d bytes", what, nla_len(attr));
}

static void print_cells(const struct nlmsghdr *header, int type)
{
	struct nlattr *attr, *tb[TIERSCOPE_CELL_MAX + 1];
	int rest;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header, GENL_HDRLEN, rest) {
		if (nla_type(attr) != type)
			continue;
		if (nla_parse_nested(tb, TIERSCOPE_CELL_MAX, attr, NULL))
			errx(1, "a cell cannot be parsed");
		printf(" cell=%lu:%lu:%lu:%lu",
		       number(tb[TIERSCOPE_CELL_NODE], "NODE"),
		       number(tb[TIERSCOPE_CELL_PAGE_SHIFT], "PAGE_SHIFT"),
		       number(tb[TIERSCOPE_CELL_KIND], "KIND"),
		       number(tb[TIERSCOPE_CELL_PAGES], "PAGES"));
		if (tb[TIERSCOPE_CELL_SHARED_PAGES])
			printf(":%lu", number(tb[TIERSCOPE_CELL_SHARED_PAGES],
					      "SHARED_PAGES"));
	}
}

static void print_node(struct nlattr **tb)
{
	printf("node id=%lu tier=%lu source=%lu cpus=%d present=%lu",
	       number(tb[TIERSCOPE_NODE_ID], "ID"),
	       number(tb[TIERSCOPE_NODE_TIER], "TIER"),
	       number(tb[TIERSCOPE_NODE_TIER_SOURCE], "TIER_SOURCE"),
	       tb[TIERSCOPE_NODE_HAS_CPUS] != NULL,
	       number(tb[TIERSCOPE_NODE_PRESENT_PAGES], "PRESENT_PAGES"));
}

static void print_placement(struct nlattr **tb)
{
	if (!tb[TIERSCOPE_PLACEMENT_COMM])
		errx(1, "COMM is missing in an answer");
	printf("placement pid=%lu uid=%lu comm=%s swap=%lu migrating=%lu special=%lu hinted=%lu duration=%lu",
	       number(tb[TIERSCOPE_PLACEMENT_PID], "PID"),
	       number(tb[TIERSCOPE_PLACEMENT_UID], "UID"),
	       nla_get_string(tb[TIERSCOPE_PLACEMENT_COMM]),
	       number(tb[TIERSCOPE_PLACEMENT_SWAP_PAGES], "SWAP_PAGES"),
	       number(tb[TIERSCOPE_PLACEMENT_MIGRATING_PAGES], "MIGRATING_PAGES"),
	       number(tb[TIERSCOPE_PLACEMENT_SPECIAL_PAGES], "SPECIAL_PAGES"),
	       number(tb[TIERSCOPE_PLACEMENT_HINTED_PAGES], "HINTED_PAGES"),
	       number(tb[TIERSCOPE_PLACEMENT_DURATION_NS], "DURATION_NS"));
	if (!number(tb[TIERSCOPE_PLACEMENT_TIME_NS], "TIME_NS"))
		errx(1, "TIME_NS is 0");
	if (tb[TIERSCOPE_PLACEMENT_ERROR])
		printf(" error=%s",
		       strerrorname_np(number(tb[TIERSCOPE_PLACEMENT_ERROR],
					      "ERROR")));
}

static void print_mapping(struct nlattr **tb)
{
	struct nlattr *name = tb[TIERSCOPE_MAPPING_NAME];

	printf("mapping pid=%lu start=%lx end=%lx flags=%lu offset=%lu swap=%lu migrating=%lu special=%lu hinted=%lu generation=%lu name=%s",
	       number(tb[TIERSCOPE_MAPPING_PID], "PID"),
	       number(tb[TIERSCOPE_MAPPING_START], "START"),
	       number(tb[TIERSCOPE_MAPPING_END], "END"),
	       number(tb[TIERSCOPE_MAPPING_FLAGS], "FLAGS"),
	       number(tb[TIERSCOPE_MAPPING_OFFSET], "OFFSET"),
	       number(tb[TIERSCOPE_MAPPING_SWAP_PAGES], "SWAP_PAGES"),
	       number(tb[TIERSCOPE_MAPPING_MIGRATING_PAGES], "MIGRATING_PAGES"),
	       number(tb[TIERSCOPE_MAPPING_SPECIAL_PAGES], "SPECIAL_PAGES"),
	       number(tb[TIERSCOPE_MAPPING_HINTED_PAGES], "HINTED_PAGES"),
	       number(tb[TIERSCOPE_MAPPING_GENERATION], "GENERATION"),
	       name ? nla_get_string(name) : "");
}

/* One message: many pages. */
static void print_pages(const struct nlmsghdr *header)
{
	struct nlattr *attr, *tb[TIERSCOPE_PAGE_ENTRY_MAX + 1];
	int rest;

	printf("pages");
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header, GENL_HDRLEN, rest) {
		if (nla_type(attr) != TIERSCOPE_PAGE_PAGE ||
		    nla_parse_nested(tb, TIERSCOPE_PAGE_ENTRY_MAX, attr, NULL))
			errx(1, "a page cannot be parsed");
		printf(" page=%lx:%lx:%lu:%lu",
		       number(tb[TIERSCOPE_PAGE_ENTRY_ADDRESS], "ADDRESS"),
		       number(tb[TIERSCOPE_PAGE_ENTRY_FRAME], "FRAME"),
		       number(tb[TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT], "PAGE_SHIFT"),
		       number(tb[TIERSCOPE_PAGE_ENTRY_FLAGS], "FLAGS"));
	}
}

static void print_nearmem(const struct nlmsghdr *header, struct nlattr **tb)
{
	struct nlattr *attr, *bin[TIERSCOPE_NEARMEM_BIN_MAX + 1];
	int rest;

	printf("nearmem");
	if (tb[TIERSCOPE_NEARMEM_PID])
		printf(" pid=%lu", number(tb[TIERSCOPE_NEARMEM_PID], "PID"));
	printf(" slot=%lu used=%lu other=%lu competing=%lu duration=%lu",
	       number(tb[TIERSCOPE_NEARMEM_SLOT_BYTES], "SLOT_BYTES"),
	       number(tb[TIERSCOPE_NEARMEM_USED_PAGES], "USED_PAGES"),
	       number(tb[TIERSCOPE_NEARMEM_OTHER_PAGES], "OTHER_PAGES"),
	       number(tb[TIERSCOPE_NEARMEM_COMPETING_PAGES], "COMPETING_PAGES"),
	       number(tb[TIERSCOPE_NEARMEM_DURATION_NS], "DURATION_NS"));
	if (!number(tb[TIERSCOPE_NEARMEM_TIME_NS], "TIME_NS"))
		errx(1, "TIME_NS is 0");
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header, GENL_HDRLEN, rest) {
		if (nla_type(attr) != TIERSCOPE_NEARMEM_BIN)
			continue;
		if (nla_parse_nested(bin, TIERSCOPE_NEARMEM_BIN_MAX, attr, NULL))
			errx(1, "a bin cannot be parsed");
		printf(" bin=%lu:%lu",
		       number(bin[TIERSCOPE_NEARMEM_BIN_PAGES], "PAGES"),
		       number(bin[TIERSCOPE_NEARMEM_BIN_SLOTS], "SLOTS"));
	}
}

static void print_record(const struct nlmsghdr *header)
{
	const struct genlmsghdr *genl = nlmsg_data(header);
	struct nlattr *tb[32];

	if (nlmsg_parse((struct nlmsghdr *)header, GENL_HDRLEN, tb, 31, NULL))
		errx(1, "an answer cannot be parsed");
	switch (genl->cmd) {
	case TIERSCOPE_CMD_NODE_GET:
		print_node(tb);
		break;
	case TIERSCOPE_CMD_PLACEMENT_GET:
		print_placement(tb);
		print_cells(header, TIERSCOPE_PLACEMENT_CELL);
		break;
	case TIERSCOPE_CMD_MAPPING_GET:
		print_mapping(tb);
		print_cells(header, TIERSCOPE_MAPPING_CELL);
		break;
	case TIERSCOPE_CMD_PAGE_GET:
		print_pages(header);
		break;
	case TIERSCOPE_CMD_NEARMEM_GET:
		print_nearmem(header, tb);
		break;
	default:
		errx(1, "an answer to no question: %u", genl->cmd);
	}
	putchar('\n');
}

/* Up to @most records, 0 for all; false once nothing more comes. */
static bool read_records(struct probe *probe, bool dump, unsigned int most)
{
	const struct nlmsghdr *header;

	for (unsigned int n = 0; !most || n < most; n++) {
		int error = probe_receive(probe, ANSWER_MS, &header);

		if (error == -EAGAIN)
			errx(1, "no answer within %d s", ANSWER_MS / 1000);
		if (error) {
			printf("refused %s: %s\n", strerrorname_np(-error),
			       probe->sentence);
			return false;
		}
		if (!header) {
			puts(dump && probe_interrupted(probe) ? "interrupted" : "done");
			return false;
		}
		print_record(header);
	}
	return true;
}

/* How often to ask. */
static unsigned long times(char **words, int n)
{
	for (int i = 0; i < n; i++)
		if (!strncmp(words[i], "times=", 6))
			return strtoul(words[i] + 6, NULL, 0);
	return 1;
}

int main(int argc, char **argv)
{
	static struct probe probe;
	const struct command *command;
	bool dump;
	char byte;

	if (argc < 3)
		errx(2, "usage: placement-probe ask|hold|leave COMMAND [WORD]...");
	command = command_named(argv[2]);
	dump = command->flags & NLM_F_DUMP;
	probe_identity_take("opener", argv + 3, argc - 3);
	probe_open(&probe);
	probe_identity_give_back();
	for (unsigned long n = times(argv + 3, argc - 3); n > 1; n--) {
		ask(&probe, command, argv + 3, argc - 3);
		read_records(&probe, dump, 0);
	}
	ask(&probe, command, argv + 3, argc - 3);
	if (!strcmp(argv[1], "ask")) {
		read_records(&probe, dump, 0);
	} else if (read_records(&probe, dump, 1)) {
		puts("ready");
		fflush(stdout);
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
		probe_identity_take("reader", argv + 3, argc - 3);
		if (!strcmp(argv[1], "hold"))
			read_records(&probe, dump, 0);
	}
	probe_close(&probe);
	return 0;
}
