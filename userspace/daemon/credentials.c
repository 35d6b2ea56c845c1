// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GetConnectionCredentials of the D-Bus specification ("Message Bus
 * Messages"). libsystemd's sd_bus_query_sender_creds() asks for less: it has
 * the groups from /proc only.
 */
#include "daemon/credentials.h"

#include <errno.h>
#include <string.h>

#include "tierscope/bus.h"

#define TIMEOUT_US	(5 * 1000000ULL)
/* Messages that may wait for us when we begin to wait for the bus. */
#define QUEUED_MAX	16

static int read_groups(sd_bus_message *reply, struct credentials *c)
{
	const void *groups;
	size_t bytes;
	int r;

	r = sd_bus_message_enter_container(reply, 'v', "au");
	if (r < 0)
		return r;
	r = sd_bus_message_read_array(reply, 'u', &groups, &bytes);
	if (r < 0)
		return r;
	if (bytes > sizeof(c->groups))
		return -E2BIG;
	if (bytes)
		memcpy(c->groups, groups, bytes);
	c->n_groups = bytes / sizeof(c->groups[0]);
	c->has_groups = true;
	return sd_bus_message_exit_container(reply);
}

static int read_one(sd_bus_message *reply, struct credentials *c,
		    unsigned int *found)
{
	const char *key;
	uint32_t value;
	int r;

	r = sd_bus_message_read(reply, "s", &key);
	if (r < 0)
		return r;
	if (!strcmp(key, "UnixGroupIDs"))
		return read_groups(reply, c);
	if (!strcmp(key, "UnixUserID")) {
		r = sd_bus_message_read(reply, "v", "u", &value);
		c->uid = value;
		*found |= 1;
	} else if (!strcmp(key, "ProcessID")) {
		r = sd_bus_message_read(reply, "v", "u", &value);
		c->pid = (pid_t)value;
		*found |= 2;
	} else {
		r = sd_bus_message_skip(reply, "v");
	}
	return r;
}

static int read_all(sd_bus_message *reply, struct credentials *c)
{
	unsigned int found = 0;
	int r;

	r = sd_bus_message_enter_container(reply, 'a', "{sv}");
	while (r >= 0 &&
	       (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		r = read_one(reply, c, &found);
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	if (r < 0)
		return r;
	return found == 3 && c->pid > 0 ? 0 : -ENODATA;
}

int credentials_get(sd_bus_message *message, struct credentials *ret,
		    sd_bus_error *error)
{
	sd_bus_error refusal __attribute__((cleanup(sd_bus_error_free))) =
		SD_BUS_ERROR_NULL;
	sd_bus *bus = sd_bus_message_get_bus(message);
	__attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *call = NULL;
	__attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *reply = NULL;
	struct credentials credentials = { 0 };
	uint64_t queued;
	int r;

	/* The answer comes after all that was sent to us before it, which
	 * sd_bus_call() puts into its queue, and so with every call of the
	 * queue: who sends faster than we answer must not make it grow. */
	if (sd_bus_get_n_queued_read(bus, &queued) >= 0 && queued > QUEUED_MAX)
		return sd_bus_error_set(error, TIERSCOPE_BUS_ERROR_LIMIT,
			"tierscoped has too many requests waiting, try again later");
	r = sd_bus_message_new_method_call(bus, &call, "org.freedesktop.DBus",
					   "/org/freedesktop/DBus",
					   "org.freedesktop.DBus",
					   "GetConnectionCredentials");
	if (r >= 0)
		r = sd_bus_message_append(call, "s",
					  sd_bus_message_get_sender(message));
	if (r >= 0)
		r = sd_bus_call(bus, call, TIMEOUT_US, &refusal, &reply);
	if (r >= 0)
		r = read_all(reply, &credentials);
	if (r < 0)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_REFUSED,
			"cannot tell who asks: %s", refusal.message ?
			refusal.message : strerror(-r));
	*ret = credentials;
	return 0;
}
