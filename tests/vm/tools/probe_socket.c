/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/tierscope.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "probe_socket.h"

#define ANSWER_MS	30000

static void resolve(struct probe *probe)
{
	const struct nlmsghdr *answer;
	struct nl_msg *msg;
	struct nlattr *id;
	int error;

	probe->family = GENL_ID_CTRL;
	msg = probe_request(probe, CTRL_CMD_GETFAMILY, 0);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, TIERSCOPE_FAMILY_NAME);
	error = probe_ask(probe, msg, &answer);
	if (error)
		errx(1, "the family %s cannot be found: %s",
		     TIERSCOPE_FAMILY_NAME, strerror(-error));
	id = nlmsg_find_attr((struct nlmsghdr *)answer, GENL_HDRLEN,
			     CTRL_ATTR_FAMILY_ID);
	if (!id)
		errx(1, "the family has no id");
	probe->family = nla_get_u16(id);
}

void probe_open(struct probe *probe)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int yes = 1;

	memset(probe, 0, sizeof(*probe));
	probe->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (probe->fd < 0 ||
	    bind(probe->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(probe->fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof(yes)) ||
	    setsockopt(probe->fd, SOL_NETLINK, NETLINK_CAP_ACK, &yes, sizeof(yes)) ||
	    setsockopt(probe->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &yes,
		       sizeof(yes)))
		err(1, "no netlink socket");
	resolve(probe);
}

void probe_close(struct probe *probe)
{
	close(probe->fd);
	probe->fd = -1;
}

struct nl_msg *probe_request(const struct probe *probe, uint8_t cmd,
			     uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(PROBE_MESSAGE_MAX);

	if (!msg || !genlmsg_put(msg, 0, 0, probe->family, 0,
				 NLM_F_REQUEST | NLM_F_ACK | flags, cmd,
				 TIERSCOPE_FAMILY_VERSION))
		errx(1, "no memory for a message");
	return msg;
}

void probe_send(struct probe *probe, struct nl_msg *msg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *header = nlmsg_hdr(msg);

	header->nlmsg_seq = ++probe->seq;
	if (sendto(probe->fd, header, header->nlmsg_len, 0,
		   (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		err(1, "cannot send");
}

/* The attributes of an extended ACK follow its error, and under CAP_ACK no
 * copy of the request stands between. A dump may also end with one.
 */
static int refusal(struct probe *probe, struct nlmsghdr *header)
{
	const struct nlmsgerr *error = nlmsg_data(header);
	size_t head = header->nlmsg_type == NLMSG_DONE ? sizeof(error->error) :
							 sizeof(*error);
	struct nlattr *text, *offset;

	probe->sentence[0] = '\0';
	probe->offset = 0;
	if (!error->error)
		return 0;
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return error->error;
	text = nlmsg_find_attr(header, head, NLMSGERR_ATTR_MSG);
	if (text)
		nla_strlcpy(probe->sentence, text, sizeof(probe->sentence));
	offset = nlmsg_find_attr(header, head, NLMSGERR_ATTR_OFFS);
	if (offset)
		probe->offset = nla_get_u32(offset);
	return error->error;
}

static int fill(struct probe *probe, int timeout_ms)
{
	struct pollfd waited = { .fd = probe->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&waited, 1, timeout_ms) <= 0)
		return -EAGAIN;
	n = recv(probe->fd, probe->received, sizeof(probe->received), MSG_TRUNC);
	if (n < 0)
		return -errno;
	if ((size_t)n > sizeof(probe->received))
		errx(1, "a message of %zd bytes is larger than any should be", n);
	probe->filled = n;
	probe->taken = 0;
	return 0;
}

int probe_receive(struct probe *probe, int timeout_ms,
		  const struct nlmsghdr **ret_header)
{
	struct nlmsghdr *header;
	int error;

	*ret_header = NULL;
	if (probe->taken >= probe->filled) {
		error = fill(probe, timeout_ms);
		if (error)
			return error;
	}
	header = (struct nlmsghdr *)(probe->received + probe->taken);
	if (!nlmsg_ok(header, probe->filled - probe->taken))
		errx(1, "what the kernel sent is no message");
	probe->taken += NLMSG_ALIGN(header->nlmsg_len);
	if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE)
		return refusal(probe, header);
	*ret_header = header;
	return 0;
}

bool probe_interrupted(const struct probe *probe)
{
	const struct nlmsghdr *last = NULL, *header;
	size_t at = 0;

	while (at < probe->filled) {
		header = (const struct nlmsghdr *)(probe->received + at);
		at += NLMSG_ALIGN(header->nlmsg_len);
		last = header;
	}
	return last && last->nlmsg_type == NLMSG_DONE &&
	       last->nlmsg_flags & NLM_F_DUMP_INTR;
}

/* Samples that were on their way before the answer are dropped. */
int probe_ask(struct probe *probe, struct nl_msg *msg,
	      const struct nlmsghdr **ret_answer)
{
	const struct nlmsghdr *header;
	int error;

	probe_send(probe, msg);
	nlmsg_free(msg);
	*ret_answer = NULL;
	for (;;) {
		error = probe_receive(probe, ANSWER_MS, &header);
		if (error == -EAGAIN)
			errx(1, "no answer within %d s", ANSWER_MS / 1000);
		if (error == -ENOBUFS)
			continue;
		if (error || !header)
			return error;
		if (header->nlmsg_seq != probe->seq)
			continue;
		memcpy(probe->answer, header, header->nlmsg_len);
		*ret_answer = (const struct nlmsghdr *)probe->answer;
	}
}
