// SPDX-License-Identifier: GPL-2.0-or-later
/* The methods of tierscope/bus.h. */
#include <signal.h>
#include <unistd.h>

#include "daemon/count.h"
#include "daemon/daemon.h"
#include "daemon/kill.h"
#include "daemon/run.h"

static int on_run(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct daemon *daemon = data;
	struct request request;
	struct client client;
	int r;

	r = client_identify(message, &client, error);
	if (r < 0)
		return r;
	r = request_read(message, &request, error);
	if (r < 0)
		return r;
	r = run_start(daemon, &request, &client, error);
	return r < 0 ? r : 1;	/* answered later */
}

static int on_signal(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct daemon *daemon = data;
	struct run *run;
	uint64_t id;
	int signal, r;
	uid_t uid;

	r = client_uid(message, &uid, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "ti", &id, &signal);
	if (r < 0)
		return r;
	run = run_find(daemon, id);
	/* Somebody else's run is no more to be known of than none. */
	if (!run || (uid && run->client.uid != uid) ||
	    run->state != RUN_RUNNING)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_REFUSED,
			"user %u has no run %lu that is active", uid, id);
	if (signal < 1 || signal > SIGRTMAX)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_BAD_REQUEST,
					 "%d is not a signal", signal);
	r = kill_command(run, uid, signal, error);
	if (r < 0)
		return r;
	return sd_bus_reply_method_return(message, "");
}

static int on_count(sd_bus_message *message, void *data, sd_bus_error *error)
{
	return count_answer(message, data, error);
}

static int on_status(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct daemon *daemon = data;
	const char *cgroup = daemon->cgroups.fd < 0 ? "" : daemon->cgroups.path;

	(void)error;
	return sd_bus_reply_method_return(message, "a{sv}", 4,
		"version", "s", TIERSCOPE_VERSION,
		"runs", "u", (uint32_t)run_count(daemon, 0, true),
		"module", "b", !access("/sys/module/tierscope", F_OK),
		"cgroup", "s", cgroup);
}

/* sd-bus asks for CAP_SYS_ADMIN where a method is not said to be unprivileged:
 * whom a method serves is decided above. */
static const sd_bus_vtable methods[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Run",
		SD_BUS_ARGS("a{sv}", options, "as", argv, "as", environment,
			    "h", directory, "h", in, "h", out, "h", err),
		SD_BUS_RESULT("t", id, "s", name, "s", path),
		on_run, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Signal",
		SD_BUS_ARGS("t", id, "i", signal), SD_BUS_NO_RESULT,
		on_signal, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Count",
		SD_BUS_ARGS("t", interval_ns, "as", roles),
		SD_BUS_RESULT("h", socket, "u", sampler, "a(uut)", counters),
		on_count, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Status", SD_BUS_NO_ARGS,
		SD_BUS_RESULT("a{sv}", status),
		on_status, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL_WITH_ARGS("Finished",
		SD_BUS_ARGS("t", id, "s", how, "i", status, "s", note), 0),
	SD_BUS_VTABLE_END
};

int bus_offer(struct daemon *daemon)
{
	int r;

	r = sd_bus_add_object_vtable(daemon->bus, NULL, TIERSCOPE_BUS_PATH,
				     TIERSCOPE_BUS_INTERFACE, methods, daemon);
	if (r < 0)
		return r;
	r = sd_bus_request_name(daemon->bus, TIERSCOPE_BUS_SERVICE, 0);
	return r < 0 ? r : 0;
}
