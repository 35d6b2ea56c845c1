/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>

#include "counter_spec.h"
#include "probe_request.h"

#define MS_NS		1000000ULL
#define UNKNOWN_ATTR	200

static void put_spec(struct nl_msg *msg, const char *text)
{
	struct counter_spec spec;

	if (counter_spec_parse(text, &spec))
		errx(2, "%s is no counter (PMU:CONFIG:CPU)", text);
	counter_spec_put(msg, &spec);
}

static int id_of(const struct nlmsghdr *answer, uint32_t *ret)
{
	struct nlattr *id = NULL;

	if (answer)
		id = nlmsg_find_attr((struct nlmsghdr *)answer, GENL_HDRLEN,
				     TIERSCOPE_SAMPLER_ID);
	if (!id)
		return -EBADMSG;
	*ret = nla_get_u32(id);
	return 0;
}

struct nl_msg *probe_new_message(const struct probe *probe,
				 uint64_t interval_ms, char **specs, int n)
{
	struct nl_msg *msg = probe_request(probe, TIERSCOPE_CMD_SAMPLER_NEW, 0);

	nla_put_u64(msg, TIERSCOPE_SAMPLER_INTERVAL_NS, interval_ms * MS_NS);
	for (int i = 0; i < n; i++)
		put_spec(msg, specs[i]);
	return msg;
}

int probe_new(struct probe *probe, uint64_t interval_ms, char **specs, int n,
	      uint32_t *ret_id)
{
	const struct nlmsghdr *answer;
	int error;

	error = probe_ask(probe, probe_new_message(probe, interval_ms, specs, n),
			  &answer);
	return error ? error : id_of(answer, ret_id);
}

int probe_subscribe(struct probe *probe, uint32_t id)
{
	const struct nlmsghdr *answer;
	struct nl_msg *msg;

	msg = probe_request(probe, TIERSCOPE_CMD_SAMPLER_SUBSCRIBE, 0);
	nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, id);
	return probe_ask(probe, msg, &answer);
}

const struct nlmsghdr *probe_next_sample(struct probe *probe)
{
	const struct nlmsghdr *header;
	int error;

	do {
		error = probe_receive(probe, PROBE_SAMPLE_MS, &header);
		if (error && error != -ENOBUFS)
			errx(1, "no sample: %s", strerror(-error));
	} while (!header);
	return header;
}

void probe_require(const struct probe *probe, int error)
{
	if (error)
		errx(1, "%s: %s", strerrorname_np(-error), probe->sentence);
}

const struct nlmsghdr *probe_describe(struct probe *probe, uint32_t id)
{
	struct nl_msg *msg = probe_request(probe, TIERSCOPE_CMD_SAMPLER_GET, 0);
	const struct nlmsghdr *answer;

	nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, id);
	probe_require(probe, probe_ask(probe, msg, &answer));
	return answer;
}

uint64_t probe_value(const struct nlmsghdr *header, int type)
{
	struct nlattr *attr = nlmsg_find_attr((struct nlmsghdr *)header,
					      GENL_HDRLEN, type);

	if (!attr)
		errx(1, "attribute %d is missing in an answer", type);
	return nla_len(attr) == sizeof(uint64_t) ? nla_get_u64(attr) :
						   nla_get_u32(attr);
}

static struct nl_msg *begin(const struct probe *probe, const char *command)
{
	static const struct {
		const char *name;
		uint8_t cmd;
		uint16_t flags;
	} commands[] = {
		{ "new", TIERSCOPE_CMD_SAMPLER_NEW, 0 },
		{ "get", TIERSCOPE_CMD_SAMPLER_GET, 0 },
		{ "dump", TIERSCOPE_CMD_SAMPLER_GET, NLM_F_DUMP },
		{ "del", TIERSCOPE_CMD_SAMPLER_DEL, 0 },
		{ "subscribe", TIERSCOPE_CMD_SAMPLER_SUBSCRIBE, 0 },
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(command, commands[i].name))
			return probe_request(probe, commands[i].cmd,
					     commands[i].flags);
	errx(2, "there is no command %s", command);
}

/* What stands after the = in a word of that name, or NULL. */
static const char *value_of(const char *word, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(word, name, length) && word[length] == '=' ?
	       word + length + 1 : NULL;
}

static void put_nest(struct nl_msg *msg, int inner)
{
	struct nlattr *nest = nla_nest_start(msg, TIERSCOPE_SAMPLER_COUNTER |
						  NLA_F_NESTED);

	if (inner)
		nla_put_u32(msg, inner, 0);
	nla_nest_end_keep_empty(msg, nest);
}

static void put_word(struct nl_msg *msg, const char *word)
{
	const char *value;

	if ((value = value_of(word, "interval")))
		nla_put_u64(msg, TIERSCOPE_SAMPLER_INTERVAL_NS,
			    strtoull(value, NULL, 0));
	else if ((value = value_of(word, "id")))
		nla_put_u32(msg, TIERSCOPE_SAMPLER_ID, strtoul(value, NULL, 0));
	else if ((value = value_of(word, "counter")))
		put_spec(msg, value);
	else if (!strcmp(word, "bare-counter"))
		put_nest(msg, 0);
	else if (!strcmp(word, "unknown-in-counter"))
		put_nest(msg, UNKNOWN_ATTR);
	else if (!strcmp(word, "short-interval"))
		nla_put_u32(msg, TIERSCOPE_SAMPLER_INTERVAL_NS, 0);
	else if (!strcmp(word, "unknown"))
		nla_put_u32(msg, UNKNOWN_ATTR, 0);
	else if (!strcmp(word, "truncated"))
		nlmsg_hdr(msg)->nlmsg_len -= NLA_ALIGNTO;
	else
		errx(2, "there is no word %s", word);
}

static struct nl_msg *put_words(const struct probe *probe, char **words, int n)
{
	struct nl_msg *msg = begin(probe, words[0]);

	for (int i = 1; i < n; i++)
		put_word(msg, words[i]);
	return msg;
}

void probe_words_send(struct probe *probe, char **words, int n)
{
	struct nl_msg *msg = put_words(probe, words, n);

	probe_send(probe, msg);
	nlmsg_free(msg);
}

int probe_words(struct probe *probe, char **words, int n)
{
	bool where = n > 1 && !strcmp(words[n - 1], "where");
	const struct nlmsghdr *answer;
	uint32_t id;
	int error;

	error = probe_ask(probe, put_words(probe, words, n - where), &answer);
	if (error && where)
		printf("%s at %u\n", strerrorname_np(-error), probe->offset);
	else if (error)
		printf("refused %s: %s\n", strerrorname_np(-error),
		       probe->sentence);
	else if (!id_of(answer, &id))
		printf("id %u%s\n", id,
		       nlmsg_find_attr((struct nlmsghdr *)answer, GENL_HDRLEN,
				       TIERSCOPE_SAMPLER_SHARED) ? " shared" : "");
	else
		puts("done");
	return 0;
}
