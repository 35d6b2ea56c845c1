// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/request.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/utf8.h"

#define BAD_REQUEST	TIERSCOPE_BUS_ERROR_BAD_REQUEST
#define LIMIT		TIERSCOPE_BUS_ERROR_LIMIT
#define INTERVAL_NS	100000000ULL

static void strv_free(char **strings)
{
	for (char **s = strings; s && *s; s++)
		free(*s);
	free(strings);
}

static int read_labels(sd_bus_message *message, struct request *request,
		       sd_bus_error *error)
{
	int r;

	r = sd_bus_message_enter_container(message, 'v', "a{ss}");
	if (r >= 0)
		r = sd_bus_message_enter_container(message, 'a', "{ss}");
	while (r >= 0 &&
	       (r = sd_bus_message_enter_container(message, 'e', "ss")) > 0) {
		struct store_label label;

		r = sd_bus_message_read(message, "ss", &label.key, &label.value);
		if (r < 0)
			break;
		if (!label.key[0])
			return sd_bus_error_set(error, BAD_REQUEST,
						"a label without a name");
		if (strlen(label.key) + strlen(label.value) >
		    TIERSCOPE_BUS_LABEL_BYTES_MAX)
			return sd_bus_error_setf(error, LIMIT,
				"label '%.*s' is longer than %d bytes",
				UTF8_SHOWN(label.key), TIERSCOPE_BUS_LABEL_BYTES_MAX);
		if (request->n_labels == TIERSCOPE_BUS_LABELS_MAX)
			return sd_bus_error_setf(error, LIMIT,
				"more than %d labels", TIERSCOPE_BUS_LABELS_MAX);
		request->labels[request->n_labels++] = label;
		r = sd_bus_message_exit_container(message);
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

int request_check_interval(uint64_t interval_ns, sd_bus_error *error)
{
	if (interval_ns < TIERSCOPE_RECORD_INTERVAL_MIN_NS ||
	    interval_ns > TIERSCOPE_INTERVAL_MAX_NS)
		return sd_bus_error_setf(error, BAD_REQUEST,
			"an interval of %lu ns is not between 10 ms and 60 s",
			interval_ns);
	return 0;
}

static int read_interval(sd_bus_message *message, struct request *request,
			 sd_bus_error *error)
{
	int r;

	r = sd_bus_message_read(message, "v", "t", &request->interval_ns);
	if (r < 0)
		return sd_bus_error_set(error, BAD_REQUEST,
					"interval_ns is not a number (t)");
	return request_check_interval(request->interval_ns, error);
}

static int read_group(sd_bus_message *message, struct request *request,
		      sd_bus_error *error)
{
	const char *group;
	uint32_t roles;
	int r;

	r = sd_bus_message_read(message, "v", "s", &group);
	if (r < 0)
		return sd_bus_error_set(error, BAD_REQUEST, "group is not a text (s)");
	if (tierscope_roles_of_group(group, &roles))
		return sd_bus_error_setf(error, BAD_REQUEST,
			"there is no group '%.*s', only bandwidth, tags and all",
			UTF8_SHOWN(group));
	request->roles = roles & STORE_ROLES;
	return 0;
}

/* One of the three functions. */
static const struct {
	const char *key;
	int (*read)(sd_bus_message *, struct request *, sd_bus_error *);
	int (*read_policy)(sd_bus_message *, struct policy *, sd_bus_error *);
	int (*read_functions)(sd_bus_message *, struct functions_request *,
			      sd_bus_error *);
} options[] = {
	{ "interval_ns", read_interval, NULL, NULL },
	{ "group", read_group, NULL, NULL },
	{ "labels", read_labels, NULL, NULL },
	{ "policy", NULL, policy_read_mode, NULL },
	{ "nodes", NULL, policy_read_nodes, NULL },
	{ "weights", NULL, policy_read_weights, NULL },
	{ "cpus", NULL, policy_read_cpus, NULL },
	{ "tier", NULL, policy_read_tier, NULL },
	{ "rule", NULL, policy_read_rule, NULL },
	{ "phase_files", NULL, NULL, functions_read_files },
	{ "phase_symbols", NULL, NULL, functions_read_symbols },
};

/* @seen: the options so far, a bit each. */
static int read_option(sd_bus_message *message, struct request *request,
		       unsigned int *seen, sd_bus_error *error)
{
	const char *key;
	int r;

	r = sd_bus_message_read(message, "s", &key);
	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(key, options[i].key))
			continue;
		if (*seen & 1U << i)
			return sd_bus_error_setf(error, BAD_REQUEST,
						 "option '%s' is given twice", key);
		*seen |= 1U << i;
		if (options[i].read)
			return options[i].read(message, request, error);
		if (options[i].read_policy)
			return options[i].read_policy(message, &request->policy,
						      error);
		return options[i].read_functions(message, &request->functions,
						 error);
	}
	return sd_bus_error_setf(error, BAD_REQUEST,
				 "option '%.*s' is not known", UTF8_SHOWN(key));
}

static int read_options(sd_bus_message *message, struct request *request,
			sd_bus_error *error)
{
	unsigned int seen = 0;
	int r;

	r = sd_bus_message_enter_container(message, 'a', "{sv}");
	while (r >= 0 &&
	       (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		r = read_option(message, request, &seen, error);
		if (r >= 0)
			r = sd_bus_message_exit_container(message);
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int check_strings(struct request *request, sd_bus_error *error)
{
	size_t bytes = 0, n = 0;

	for (; request->argv && request->argv[n]; n++)
		bytes += strlen(request->argv[n]) + 1;
	request->n_argv = n;
	if (!n)
		return sd_bus_error_set(error, BAD_REQUEST, "a command is missing");
	if (n > TIERSCOPE_BUS_ARGV_MAX)
		return sd_bus_error_setf(error, LIMIT, "more than %d arguments",
					 TIERSCOPE_BUS_ARGV_MAX);
	for (n = 0; request->environment && request->environment[n]; n++) {
		bytes += strlen(request->environment[n]) + 1;
		if (!strchr(request->environment[n], '='))
			return sd_bus_error_setf(error, BAD_REQUEST,
				"'%.*s' in the environment is not NAME=VALUE",
				UTF8_SHOWN(request->environment[n]));
	}
	if (n > TIERSCOPE_BUS_ENVIRONMENT_MAX)
		return sd_bus_error_setf(error, LIMIT,
			"more than %d variables in the environment",
			TIERSCOPE_BUS_ENVIRONMENT_MAX);
	if (bytes > TIERSCOPE_BUS_STRINGS_BYTES_MAX)
		return sd_bus_error_setf(error, LIMIT,
			"arguments and environment of more than %d bytes",
			TIERSCOPE_BUS_STRINGS_BYTES_MAX);
	return 0;
}

int request_read(sd_bus_message *message, struct request *ret,
		 sd_bus_error *error)
{
	struct request request = {
		.interval_ns = INTERVAL_NS,
		.roles = STORE_ROLES,
	};
	int r;

	r = read_options(message, &request, error);
	if (r >= 0)
		r = policy_check(&request.policy, error);
	if (r >= 0)
		r = functions_check(&request.functions, error);
	if (r >= 0)
		r = sd_bus_message_read_strv(message, &request.argv);
	if (r >= 0)
		r = sd_bus_message_read_strv(message, &request.environment);
	if (r >= 0)
		r = sd_bus_message_read(message, "hhhh", &request.directory,
					&request.streams[0], &request.streams[1],
					&request.streams[2]);
	if (r >= 0)
		r = check_strings(&request, error);
	if (r < 0) {
		request_free(&request);
		return sd_bus_error_is_set(error) ? r :
		       sd_bus_error_setf(error, BAD_REQUEST,
			"the arguments of Run cannot be read: %s", strerror(-r));
	}
	request.message = sd_bus_message_ref(message);
	*ret = request;
	return 0;
}

void request_free(struct request *request)
{
	strv_free(request->argv);
	strv_free(request->environment);
	sd_bus_message_unref(request->message);
	*request = (struct request){ 0 };
}
