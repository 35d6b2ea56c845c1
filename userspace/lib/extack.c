// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Layout after include/uapi/linux/netlink.h: an NLMSG_ERROR is struct nlmsgerr
 * and then, unless the kernel capped it, the payload of the request; an
 * NLMSG_DONE is one int. With NLM_F_ACK_TLVS attributes follow either.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>

#include "extack.h"

int tierscope_extack_enable(int fd)
{
	const int on = 1;

	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)))
		return -errno;
	/* The request itself need not come back. */
	if (setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		return -errno;
	return 0;
}

/* The length of what stands before the attributes, or -EBADMSG. */
static int fixed_length(const struct nlmsghdr *header, size_t payload)
{
	const struct nlmsgerr *body = NLMSG_DATA(header);
	size_t length;

	if (header->nlmsg_type == NLMSG_DONE) {
		length = sizeof(int);
	} else {
		length = sizeof(*body);
		if (payload < length)
			return -EBADMSG;
		if (!(header->nlmsg_flags & NLM_F_CAPPED) && body->error) {
			/* nlmsg_len counts the header that is in *body. */
			if (body->msg.nlmsg_len < NLMSG_HDRLEN ||
			    body->msg.nlmsg_len > payload)
				return -EBADMSG;
			length += body->msg.nlmsg_len - NLMSG_HDRLEN;
		}
	}
	length = NLMSG_ALIGN(length);
	return length <= NLMSG_ALIGN(payload) ? (int)length : -EBADMSG;
}

static void parse_attribute(struct nlattr *attribute,
			    struct tierscope_extack *extack)
{
	const char *text = nla_data(attribute);
	int length = nla_len(attribute);

	switch (nla_type(attribute)) {
	case NLMSGERR_ATTR_MSG:
		if (length > 1 && text[length - 1] == '\0')
			extack->message = text;
		break;
	case NLMSGERR_ATTR_OFFS:
		if (length >= (int)sizeof(uint32_t))
			extack->offset = nla_get_u32(attribute);
		break;
	case NLMSGERR_ATTR_MISS_TYPE:
		if (length >= (int)sizeof(uint32_t))
			extack->missing = nla_get_u32(attribute) & NLA_TYPE_MASK;
		break;
	}
}

int tierscope_extack_parse(const struct nlmsghdr *header,
			   struct tierscope_extack *ret)
{
	struct tierscope_extack extack = { .missing = -1 };
	size_t payload = header->nlmsg_len - NLMSG_HDRLEN;
	struct nlattr *attribute;
	int fixed, rest;

	if (payload < sizeof(int))
		return -EBADMSG;
	fixed = fixed_length(header, payload);
	if (fixed < 0)
		return fixed;
	/* Both bodies begin with it. */
	memcpy(&extack.error, NLMSG_DATA(header), sizeof(extack.error));
	if (extack.error > 0 || extack.error < -4095)
		return -EBADMSG;
	if (header->nlmsg_flags & NLM_F_ACK_TLVS) {
		struct nlattr *first = (struct nlattr *)
			((char *)NLMSG_DATA(header) + fixed);

		nla_for_each_attr(attribute, first, (int)payload - fixed, rest)
			parse_attribute(attribute, &extack);
	}
	*ret = extack;
	return 0;
}
