// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/count.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/credentials.h"
#include "daemon/run.h"
#include "daemon/utf8.h"
#include "tierscope/events.h"

#define FAILED	TIERSCOPE_BUS_ERROR_FAILED
#define REFUSED	TIERSCOPE_BUS_ERROR_REFUSED
#define BAD	TIERSCOPE_BUS_ERROR_BAD_REQUEST
#define LIMIT	TIERSCOPE_BUS_ERROR_LIMIT

struct count {
	struct daemon *daemon;
	uid_t uid;
	struct tierscope_sampler *sampler;
	sd_bus_track *caller;
};

static void count_free(struct count *count)
{
	if (count->sampler)
		tierscope_sampler_end(count->sampler);
	tierscope_sampler_free(count->sampler);
	sd_bus_track_unref(count->caller);
	free(count);
}

static int on_caller_gone(sd_bus_track *track, void *data)
{
	struct count *count = data;
	struct daemon *daemon = count->daemon;

	(void)track;
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_MAX; i++)
		if (daemon->counts[i] == count)
			daemon->counts[i] = NULL;
	count_free(count);
	return 0;
}

static size_t count_active(const struct daemon *daemon, uid_t uid, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_MAX; i++)
		n += daemon->counts[i] &&
		     (all || daemon->counts[i]->uid == uid);
	return n;
}

int count_check_room(const struct daemon *daemon, sd_bus_error *error)
{
	if (run_count(daemon, 0, true) + count_active(daemon, 0, true) >=
	    TIERSCOPE_BUS_RUNS_MAX)
		return sd_bus_error_setf(error, LIMIT,
			"%d runs and readers of counters are active already, one of them must end first",
			TIERSCOPE_BUS_RUNS_MAX);
	return 0;
}

void count_stop_all(struct daemon *daemon)
{
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_MAX; i++) {
		if (daemon->counts[i])
			count_free(daemon->counts[i]);
		daemon->counts[i] = NULL;
	}
}

static bool is_member(const struct group *group, const gid_t *groups, size_t n)
{
	for (size_t i = 0; group && i < n; i++)
		if (groups[i] == group->gr_gid)
			return true;
	return false;
}

bool count_is_for(uid_t uid, const gid_t *groups, size_t n_groups)
{
	return !uid || is_member(getgrnam(TIERSCOPE_BUS_COUNT_GROUP), groups,
				 n_groups);
}

/* Who is in the group is asked of the caller's connection, as it was made. */
static int check_caller(const struct credentials *caller, sd_bus_error *error)
{
	const struct group *group;

	if (!caller->uid)
		return 0;
	group = getgrnam(TIERSCOPE_BUS_COUNT_GROUP);
	if (!group)
		return sd_bus_error_setf(error, REFUSED,
			"who may read counters is in the group %s, and there is none: groupadd --system %s",
			TIERSCOPE_BUS_COUNT_GROUP, TIERSCOPE_BUS_COUNT_GROUP);
	if (is_member(group, caller->groups, caller->n_groups))
		return 0;
	return sd_bus_error_setf(error, REFUSED,
		"user %u is not in the group %s, which may read counters: usermod -a -G %s USER, then a new login",
		caller->uid, TIERSCOPE_BUS_COUNT_GROUP,
		TIERSCOPE_BUS_COUNT_GROUP);
}

static int check_limits(const struct daemon *daemon, uid_t uid,
			sd_bus_error *error)
{
	if (count_active(daemon, uid, false) >= TIERSCOPE_BUS_COUNTS_PER_USER)
		return sd_bus_error_setf(error, LIMIT,
			"user %u reads counters %d times already, one of them must end first",
			uid, TIERSCOPE_BUS_COUNTS_PER_USER);
	return count_check_room(daemon, error);
}

static int read_request(sd_bus_message *message, uint64_t *ret_interval_ns,
			uint32_t *ret_roles, sd_bus_error *error)
{
	enum tierscope_role role;
	uint64_t interval_ns;
	uint32_t roles = 0;
	const char *name;
	int r;

	r = sd_bus_message_read(message, "t", &interval_ns);
	if (r >= 0)
		r = sd_bus_message_enter_container(message, 'a', "s");
	while (r >= 0 && (r = sd_bus_message_read(message, "s", &name)) > 0) {
		if (tierscope_role_from_name(name, &role))
			return sd_bus_error_setf(error, BAD,
				"there is no role '%.*s'", UTF8_SHOWN(name));
		roles |= TIERSCOPE_ROLE_BIT(role);
	}
	if (r < 0)
		return r;
	if (!roles)
		return sd_bus_error_set(error, BAD, "a role is missing");
	r = request_check_interval(interval_ns, error);
	if (r < 0)
		return r;
	*ret_interval_ns = interval_ns;
	*ret_roles = roles;
	return 0;
}

static int reply(sd_bus_message *message, const struct count *count,
		 const struct tierscope_counters *counters)
{
	__attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *answer = NULL;
	int r;

	r = sd_bus_message_new_method_return(message, &answer);
	if (r >= 0)
		r = sd_bus_message_append(answer, "hu",
					  tierscope_sampler_fd(count->sampler),
					  tierscope_sampler_id(count->sampler));
	if (r >= 0)
		r = sd_bus_message_open_container(answer, 'a', "(uut)");
	for (size_t i = 0; r >= 0 && i < counters->n; i++)
		r = sd_bus_message_append(answer, "(uut)",
					  counters->counters[i].type,
					  counters->counters[i].cpu,
					  counters->counters[i].config);
	if (r >= 0)
		r = sd_bus_message_close_container(answer);
	return r < 0 ? r : sd_bus_send(NULL, answer, NULL);
}

/* Whoever is gone by now is told of as well. */
static int follow_caller(struct count *count, sd_bus_message *message)
{
	int r;

	r = sd_bus_track_new(count->daemon->bus, &count->caller,
			     on_caller_gone, count);
	return r < 0 ? r : sd_bus_track_add_sender(count->caller, message);
}

static int start(struct count *count, sd_bus_message *message,
		 uint64_t interval_ns, uint32_t roles, sd_bus_error *error)
{
	struct tierscope *ts = count->daemon->ts;
	struct tierscope_counters *counters = NULL;
	int r;

	r = tierscope_counters_resolve_fitting(ts, &roles, &counters);
	if (!r)
		r = tierscope_sampler_new(ts, counters, interval_ns,
					  &count->sampler);
	if (r)
		sd_bus_error_set(error, FAILED, tierscope_error(ts));
	else
		r = follow_caller(count, message);
	if (r >= 0)
		r = reply(message, count, counters);
	tierscope_counters_free(counters);
	return r;
}

int count_answer(sd_bus_message *message, struct daemon *daemon,
		 sd_bus_error *error)
{
	struct credentials caller;
	struct count *count;
	uint64_t interval_ns = 0;
	uint32_t roles = 0;
	size_t slot = 0;
	int r;

	r = credentials_get(message, &caller, error);
	if (r >= 0)
		r = check_caller(&caller, error);
	if (r >= 0)
		r = read_request(message, &interval_ns, &roles, error);
	if (r >= 0)
		r = check_limits(daemon, caller.uid, error);
	if (r < 0)
		return r;
	count = calloc(1, sizeof(*count));
	if (!count)
		return -ENOMEM;
	count->daemon = daemon;
	count->uid = caller.uid;
	r = start(count, message, interval_ns, roles, error);
	if (r < 0) {
		count_free(count);
		return r;
	}
	while (daemon->counts[slot])
		slot++;
	daemon->counts[slot] = count;
	return 1;
}
