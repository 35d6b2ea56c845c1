/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/counters_daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "cli/bus.h"
#include "cli/message.h"
#include "cli/options.h"
#include "lib/scope.h"
#include "tierscope/bus.h"

/* To open counters takes an emulated machine seconds. */
#define TIMEOUT_US (60ULL * 1000000)

static int refused(const char *why, const char *daemon)
{
	cli_error("%s; nor does the daemon do it: %s", why, daemon);
	return CLI_FAILURE;
}

static int ask(sd_bus *bus, const struct counters_options *options,
	       sd_bus_error *error, sd_bus_message **ret)
{
	__attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *call = NULL;
	int r;

	r = sd_bus_message_new_method_call(bus, &call, TIERSCOPE_BUS_SERVICE,
					   TIERSCOPE_BUS_PATH,
					   TIERSCOPE_BUS_INTERFACE, "Count");
	if (r >= 0)
		r = sd_bus_message_append(call, "t", options->interval_ns);
	if (r >= 0)
		r = sd_bus_message_open_container(call, 'a', "s");
	for (unsigned int role = 0; r >= 0 && role < TIERSCOPE_ROLES; role++)
		if (options->roles & TIERSCOPE_ROLE_BIT(role))
			r = sd_bus_message_append(call, "s", tierscope_role_name(role));
	if (r >= 0)
		r = sd_bus_message_close_container(call);
	return r < 0 ? r : sd_bus_call(bus, call, 0, error, ret);
}

/* Whether the daemon counts the same as we would, in the same order. Returns 1,
 * 0, or -errno of the message. */
static int is_same(sd_bus_message *reply, const struct tierscope_counters *counters)
{
	uint32_t type, cpu;
	uint64_t config;
	size_t n = 0;
	int r;

	r = sd_bus_message_enter_container(reply, 'a', "(uut)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "(uut)", &type, &cpu, &config)) > 0) {
		const struct tierscope_counter *ours = &counters->counters[n];

		if (n++ == counters->n || ours->type != type ||
		    ours->cpu != cpu || ours->config != config)
			return 0;
	}
	return r < 0 ? r : n == counters->n;
}

static int adopt(struct tierscope *ts, sd_bus_message *reply,
		 const struct tierscope_counters *counters,
		 const char *why, struct tierscope_sampler **ret)
{
	int fd scope_close = -1;
	int borrowed, r;
	uint32_t id;

	r = sd_bus_message_read(reply, "hu", &borrowed, &id);
	if (r >= 0)
		r = is_same(reply, counters);
	if (r < 0)
		return refused(why, "its answer cannot be read");
	if (!r)
		return refused(why, "it found other counters than we did, as if the machine had changed meanwhile: try again");
	fd = fcntl(borrowed, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return refused(why, strerror(errno));
	if (tierscope_sampler_adopt(ts, fd, id, counters->n, ret) < 0)
		return refused(why, tierscope_error(ts));
	fd = -1;
	return CLI_OK;
}

int counters_by_daemon(struct tierscope *ts, const struct counters_options *options,
		       const struct tierscope_counters *counters, const char *why,
		       sd_bus **ret_bus, struct tierscope_sampler **ret)
{
	__attribute__((cleanup(sd_bus_error_free))) sd_bus_error error = SD_BUS_ERROR_NULL;
	__attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *reply = NULL;
	scope_bus sd_bus *bus = NULL;
	int r, status;

	if (options->n_events)
		return refused(why, "it counts roles for others, and no events");
	r = cli_bus_open(options->bus_address, TIMEOUT_US, &bus);
	if (r < 0)
		return refused(why, "there is no bus");
	r = ask(bus, options, &error, &reply);
	if (r < 0)
		return refused(why, error.message ? error.message : strerror(-r));
	status = adopt(ts, reply, counters, why, ret);
	if (status)
		return status;
	*ret_bus = bus;
	bus = NULL;
	return CLI_OK;
}
