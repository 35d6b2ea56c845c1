/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "cli/bus.h"
#include "cli/client_request.h"
#include "cli/command.h"
#include "cli/message.h"
#include "tierscope/bus.h"

/* Launching opens counters and makes a cgroup and a file; on an emulated
 * machine that takes seconds. */
#define LAUNCH_TIMEOUT_US (120ULL * 1000000)
/* From SIGTERM to SIGKILL. */
#define LIMIT_GRACE_US (10ULL * 1000000)

struct client {
	sd_event *event;
	sd_bus *bus;
	sd_bus_slot *launched;
	sd_bus_slot *finished;
	sd_bus_track *daemon;
	struct client_result *result;
	const char *command;
	char *unique_name;	/* the daemon's connection, once it launched */
	uint64_t id;
	uint64_t limit_ns;
	int held;		/* a signal that came before the launch */
	int status;		/* of our own failure */
	bool done;
};

static void client_clear(struct client *client)
{
	sd_bus_slot_unref(client->launched);
	sd_bus_slot_unref(client->finished);
	sd_bus_track_unref(client->daemon);
	/* Nothing is left to say, and a flush would wait for who does not read. */
	sd_bus_close_unref(client->bus);
	sd_event_unref(client->event);
	free(client->unique_name);
}

void client_result_clear(struct client_result *result)
{
	free(result->name);
	free(result->path);
	free(result->note);
	*result = (struct client_result){ 0 };
}

static int on_finished(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct client *client = data;
	const char *how, *note;
	uint64_t id;
	int status;

	(void)error;
	/* Anybody may send us a signal; only the daemon's counts. */
	if (!client->unique_name ||
	    strcmp(sd_bus_message_get_sender(message), client->unique_name))
		return 0;
	if (sd_bus_message_read(message, "tsis", &id, &how, &status, &note) < 0 ||
	    id != client->id)
		return 0;
	client->result->killed = !strcmp(how, "killed");
	client->result->status = status;
	client->result->note = strdup(note);
	client->done = true;
	return sd_event_exit(client->event, 0);
}

static int on_daemon_gone(sd_bus_track *track, void *data)
{
	struct client *client = data;

	(void)track;
	return sd_event_exit(client->event, 0);
}

static int on_disconnected(sd_bus_message *message, void *data,
			   sd_bus_error *error)
{
	struct client *client = data;

	(void)message;
	(void)error;
	return sd_event_exit(client->event, 0);
}

/* Its answer is nothing to wait for: the run may end meanwhile. */
static void forward(struct client *client, int number)
{
	sd_bus_call_method_async(client->bus, NULL, TIERSCOPE_BUS_SERVICE,
				 TIERSCOPE_BUS_PATH, TIERSCOPE_BUS_INTERFACE,
				 "Signal", NULL, NULL, "ti", client->id, number);
}

/* The second time it did not want to hear. */
static int on_limit(sd_event_source *source, uint64_t usec, void *data)
{
	struct client *client = data;

	(void)usec;
	forward(client, client->result->limited ? SIGKILL : SIGTERM);
	if (client->result->limited)
		return 0;
	client->result->limited = true;
	if (sd_event_source_set_time_relative(source, LIMIT_GRACE_US) < 0)
		return 0;
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Until the command runs there is nobody to pass a signal on to: the first
 * waits for it, a second is for us. */
static int on_signal(sd_event_source *source,
		     const struct signalfd_siginfo *info, void *data)
{
	struct client *client = data;

	(void)source;
	if (client->unique_name) {
		forward(client, (int)info->ssi_signo);
		return 0;
	}
	if (!client->held) {
		client->held = (int)info->ssi_signo;
		return 0;
	}
	cli_error("gave up on '%s' before the daemon had launched it; it may still run, see: tierscope runs",
		  client->command);
	client->status = CLI_RUN_FAILURE;
	return sd_event_exit(client->event, 0);
}

/* Waits until the bus has let us in: no signal is held back yet, and a message
 * with descriptors would wait for it as well. */
/* Whatever may happen from the call on must find its handler in place. Nothing
 * waits for the bus: that is the event loop's, where signals come too. */
static int prepare(struct client *client)
{
	static const int forwarded[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t block;
	int r;

	sigemptyset(&block);
	for (size_t i = 0; i < 3; i++)
		sigaddset(&block, forwarded[i]);
	if (sigprocmask(SIG_BLOCK, &block, NULL) < 0)
		return -errno;
	r = sd_event_new(&client->event);
	for (size_t i = 0; r >= 0 && i < 3; i++)
		r = sd_event_add_signal(client->event, NULL, forwarded[i],
					on_signal, client);
	if (r >= 0)
		r = sd_bus_match_signal_async(client->bus, &client->finished,
			TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
			TIERSCOPE_BUS_INTERFACE, "Finished", on_finished, NULL,
			client);
	if (r >= 0)
		r = sd_bus_match_signal_async(client->bus, NULL,
			"org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local",
			"org.freedesktop.DBus.Local", "Disconnected",
			on_disconnected, NULL, client);
	if (r >= 0)
		r = sd_bus_attach_event(client->bus, client->event,
					SD_EVENT_PRIORITY_NORMAL);
	return r < 0 ? r : 0;
}

/* The sentence and the exit status of a refusal. */
static int refused(const sd_bus_error *error, int r, const char *command)
{
	const char *said = error->message && *error->message ? error->message :
			   strerror(-r);

	if (cli_bus_is_absent(error)) {
		cli_error("cannot run '%s': the daemon is not there, start it with 'systemctl start tierscoped' or run tierscoped as root",
			  command);
		return CLI_RUN_FAILURE;
	}
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY)) {
		cli_error("cannot run '%s': the daemon went away or did not answer",
			  command);
		return CLI_RUN_FAILURE;
	}
	cli_error("cannot run '%s': %s", command, said);
	if (sd_bus_error_has_name(error, TIERSCOPE_BUS_ERROR_NOT_FOUND))
		return CLI_RUN_NOT_FOUND;
	if (sd_bus_error_has_name(error, TIERSCOPE_BUS_ERROR_NOT_EXEC))
		return CLI_RUN_NOT_EXECUTABLE;
	return CLI_RUN_FAILURE;
}

/* What the daemon answered to Run. */
static int follow(struct client *client, sd_bus_message *reply)
{
	const char *sender = sd_bus_message_get_sender(reply);
	const char *name, *path;
	int r;

	r = sd_bus_message_read(reply, "tss", &client->id, &name, &path);
	if (r < 0)
		return r;
	client->result->name = strdup(name);
	client->result->path = strdup(path);
	client->unique_name = sender ? strdup(sender) : NULL;
	if (!client->result->name || !client->result->path ||
	    !client->unique_name)
		return -ENOMEM;
	r = sd_bus_track_new(client->bus, &client->daemon, on_daemon_gone,
			     client);
	/* The unique name: another daemon under the same name is not ours. */
	if (r >= 0)
		r = sd_bus_track_add_name(client->daemon, client->unique_name);
	return r;
}

static int on_launched(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	struct client *client = data;
	int r;

	(void)error;
	if (sd_bus_message_is_method_error(reply, NULL)) {
		client->status = refused(sd_bus_message_get_error(reply),
					 -sd_bus_message_get_errno(reply),
					 client->command);
		return sd_event_exit(client->event, 0);
	}
	r = follow(client, reply);
	if (r < 0) {
		cli_error("cannot follow '%s': %s", client->command, strerror(-r));
		client->status = CLI_RUN_FAILURE;
		return sd_event_exit(client->event, 0);
	}
	if (client->held)
		forward(client, client->held);
	if (!client->limit_ns)
		return 0;
	r = sd_event_add_time_relative(client->event, NULL, CLOCK_MONOTONIC,
				       client->limit_ns / 1000, 0, on_limit, client);
	if (r < 0)
		cli_error("'%s' runs without a time limit: %s", client->command,
			  strerror(-r));
	return 0;
}

static int launch(struct client *client, const struct client_request *request)
{
	sd_bus_message *message = NULL;
	int r, status;

	status = client_request_message(client->bus, request, &message);
	if (status)
		return status;
	r = sd_bus_call_async(client->bus, &client->launched, message,
			      on_launched, client, LAUNCH_TIMEOUT_US);
	sd_bus_message_unref(message);
	if (r < 0) {
		cli_error("cannot ask for '%s': %s", client->command, strerror(-r));
		return CLI_RUN_FAILURE;
	}
	return 0;
}

int client_run(const struct client_request *request, struct client_result *ret)
{
	struct client client __attribute__((cleanup(client_clear))) = {
		.result = ret,
		.command = request->argv[0],
		.limit_ns = request->limit_ns,
	};
	int r, status;

	r = cli_bus_open(request->bus_address, 0, &client.bus);
	if (r < 0) {
		cli_error("cannot run '%s': cannot reach the bus '%s': %s, is dbus running",
			  client.command, request->bus_address ? request->bus_address : "system",
			  strerror(-r));
		return CLI_RUN_FAILURE;
	}
	r = prepare(&client);
	if (r < 0) {
		cli_error("cannot run '%s': %s", client.command, strerror(-r));
		return CLI_RUN_FAILURE;
	}
	status = launch(&client, request);
	if (status)
		return status;
	/* As long as the command takes; the daemon's end is noticed. */
	r = sd_event_loop(client.event);
	if (client.done)
		return 0;
	if (client.status)
		return client.status;
	if (!client.unique_name) {
		cli_error("cannot run '%s': the bus went away%s%s", client.command,
			  r < 0 ? ": " : "", r < 0 ? strerror(-r) : "");
		return CLI_RUN_FAILURE;
	}
	cli_error("the daemon went away while '%s' ran%s%s; what it had recorded is in run '%s'",
		  client.command, r < 0 ? ": " : "", r < 0 ? strerror(-r) : "", ret->name);
	return CLI_RUN_FAILURE;
}
