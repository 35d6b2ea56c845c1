/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "cli/client_request.h"
#include "cli/command.h"
#include "cli/message.h"
#include "tierscope/bus.h"

/* Launching opens counters and makes a cgroup and a file; on an emulated
 * machine that takes seconds. */
#define LAUNCH_TIMEOUT_US (120ULL * 1000000)

struct client {
	sd_event *event;
	sd_bus *bus;
	sd_bus_slot *finished;
	sd_bus_track *daemon;
	struct client_result *result;
	char *unique_name;	/* the daemon's connection */
	uint64_t id;
	bool done;
};

static void client_clear(struct client *client)
{
	sd_bus_slot_unref(client->finished);
	sd_bus_track_unref(client->daemon);
	sd_bus_flush_close_unref(client->bus);
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
	if (strcmp(sd_bus_message_get_sender(message), client->unique_name))
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

static int on_signal(sd_event_source *source,
		     const struct signalfd_siginfo *info, void *data)
{
	struct client *client = data;

	(void)source;
	/* Its answer is nothing to wait for: the run may end meanwhile. */
	sd_bus_call_method_async(client->bus, NULL, TIERSCOPE_BUS_SERVICE,
				 TIERSCOPE_BUS_PATH, TIERSCOPE_BUS_INTERFACE,
				 "Signal", NULL, NULL, "ti", client->id,
				 (int)info->ssi_signo);
	return 0;
}

static int connect_bus(struct client *client, const char *address)
{
	int r;

	if (!address)
		return sd_bus_open_system(&client->bus);
	r = sd_bus_new(&client->bus);
	if (r < 0)
		return r;
	r = sd_bus_set_address(client->bus, address);
	if (r < 0)
		return r;
	r = sd_bus_set_bus_client(client->bus, true);
	if (r < 0)
		return r;
	return sd_bus_start(client->bus);
}

/* Whatever may happen from the call on must find its handler in place. */
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
		r = sd_bus_match_signal(client->bus, &client->finished,
					TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
					TIERSCOPE_BUS_INTERFACE, "Finished",
					on_finished, client);
	if (r >= 0)
		r = sd_bus_match_signal(client->bus, NULL, "org.freedesktop.DBus.Local",
					"/org/freedesktop/DBus/Local",
					"org.freedesktop.DBus.Local", "Disconnected",
					on_disconnected, client);
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

	if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER)) {
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

static int launch(struct client *client, sd_bus_message *message,
		  const char *command)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	const char *name, *path;
	int r, status = 0;

	r = sd_bus_call(client->bus, message, LAUNCH_TIMEOUT_US, &error, &reply);
	if (r < 0) {
		status = refused(&error, r, command);
		goto out;
	}
	r = sd_bus_message_read(reply, "tss", &client->id, &name, &path);
	if (r >= 0) {
		client->result->name = strdup(name);
		client->result->path = strdup(path);
		client->unique_name = strdup(sd_bus_message_get_sender(reply));
		r = sd_bus_track_new(client->bus, &client->daemon, on_daemon_gone,
				     client);
	}
	/* The unique name: another daemon under the same name is not ours. */
	if (r >= 0)
		r = sd_bus_track_add_name(client->daemon,
					  sd_bus_message_get_sender(reply));
	if (r < 0 || !client->result->name || !client->result->path ||
	    !client->unique_name) {
		cli_error("cannot follow '%s': %s", command,
			  r < 0 ? strerror(-r) : "out of memory");
		status = CLI_RUN_FAILURE;
	}
out:
	sd_bus_error_free(&error);
	sd_bus_message_unref(reply);
	return status;
}

int client_run(const struct client_request *request, struct client_result *ret)
{
	struct client client __attribute__((cleanup(client_clear))) = {
		.result = ret,
	};
	const char *command = request->argv[0];
	sd_bus_message *message = NULL;
	int r, status;

	r = connect_bus(&client, request->bus_address);
	if (r < 0) {
		cli_error("cannot run '%s': cannot reach the bus '%s': %s, is dbus running",
			  command, request->bus_address ? request->bus_address : "system",
			  strerror(-r));
		return CLI_RUN_FAILURE;
	}
	r = prepare(&client);
	if (r < 0) {
		cli_error("cannot run '%s': %s", command, strerror(-r));
		return CLI_RUN_FAILURE;
	}
	status = client_request_message(client.bus, request, &message);
	if (!status)
		status = launch(&client, message, command);
	sd_bus_message_unref(message);
	if (status)
		return status;
	/* As long as the command takes; the daemon's end is noticed. */
	r = sd_event_loop(client.event);
	if (client.done)
		return 0;
	cli_error("the daemon went away while '%s' ran%s%s; what it had recorded is in run '%s'",
		  command, r < 0 ? ": " : "", r < 0 ? strerror(-r) : "", ret->name);
	return CLI_RUN_FAILURE;
}
