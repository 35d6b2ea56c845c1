/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>

#include "cli/bus.h"
#include "cli/doctor.h"
#include "tierscope/bus.h"

/* A bus that is there answers in milliseconds; an emulated machine's in less
 * than this. */
#define TIMEOUT_US (10ULL * 1000000)

#define CHECK "daemon"

/* Whether the bus would start it when it is asked. */
static bool is_activatable(sd_bus *bus)
{
	char **names = NULL;
	bool found = false;

	if (sd_bus_list_names(bus, NULL, &names) < 0)
		return false;
	for (size_t i = 0; names && names[i]; i++) {
		found |= !strcmp(names[i], TIERSCOPE_BUS_SERVICE);
		free(names[i]);
	}
	free(names);
	return found;
}

/* Fields of Status that we do not know are none of our business. */
static int read_status(sd_bus_message *reply, char *version, size_t size,
		       uint32_t *runs, int *module)
{
	const char *key, *text;
	int r;

	r = sd_bus_message_enter_container(reply, 'a', "{sv}");
	while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		r = sd_bus_message_read(reply, "s", &key);
		if (r >= 0 && !strcmp(key, "version")) {
			r = sd_bus_message_read(reply, "v", "s", &text);
			if (r >= 0)
				snprintf(version, size, "%s", text);
		} else if (r >= 0 && !strcmp(key, "runs")) {
			r = sd_bus_message_read(reply, "v", "u", runs);
		} else if (r >= 0 && !strcmp(key, "module")) {
			r = sd_bus_message_read(reply, "v", "b", module);
		} else if (r >= 0) {
			r = sd_bus_message_skip(reply, "v");
		}
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	return r;
}

static int ask(sd_bus *bus, sd_bus_error *error, sd_bus_message **ret)
{
	sd_bus_message *message = NULL;
	int r;

	r = sd_bus_message_new_method_call(bus, &message, TIERSCOPE_BUS_SERVICE,
					   TIERSCOPE_BUS_PATH,
					   TIERSCOPE_BUS_INTERFACE, "Status");
	/* To look is not to start it. */
	if (r >= 0)
		r = sd_bus_message_set_auto_start(message, false);
	if (r >= 0)
		r = sd_bus_call(bus, message, TIMEOUT_US, error, ret);
	sd_bus_message_unref(message);
	return r;
}

static void refused(struct doctor *doctor, sd_bus *bus,
		    const sd_bus_error *error, int r)
{
	bool absent = cli_bus_is_absent(error);

	if (absent && is_activatable(bus))
		doctor_say(doctor, CHECK, DOCTOR_WORKS, "",
			   "it is not running; the bus starts it at the first run");
	else if (absent)
		doctor_say(doctor, CHECK, DOCTOR_FAILS,
			   "systemctl start tierscoped, or tierscoped as root",
			   "it is not running: all but run works without it");
	else
		doctor_say(doctor, CHECK, DOCTOR_FAILS,
			   "systemctl restart tierscoped",
			   "it does not answer: %s",
			   error->message && *error->message ? error->message :
							       strerror(-r));
}

static void answered(struct doctor *doctor, sd_bus_message *reply)
{
	char version[64] = "";
	uint32_t runs = 0;
	int module = 0;
	int r = read_status(reply, version, sizeof(version), &runs, &module);

	if (r < 0)
		doctor_say(doctor, CHECK, DOCTOR_PARTLY,
			   "daemon and tierscope of the same release",
			   "it is running, and its status cannot be read: %s",
			   strerror(-r));
	else if (strcmp(version, TIERSCOPE_VERSION))
		doctor_say(doctor, CHECK, DOCTOR_PARTLY,
			   "daemon and tierscope of the same release",
			   "it is running and is version %s, we are %s",
			   version, TIERSCOPE_VERSION);
	else if (!module)
		doctor_say(doctor, CHECK, DOCTOR_PARTLY,
			   "modprobe tierscope, as root",
			   "version %s is running, without the module: run launches and records no counters",
			   version);
	else
		doctor_say(doctor, CHECK, DOCTOR_WORKS, "",
			   "version %s is running, and records %u runs; a user may have %d at once",
			   version, runs, TIERSCOPE_BUS_RUNS_PER_USER);
}

void doctor_daemon(struct doctor *doctor)
{
	scope_bus sd_bus *bus = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int r = cli_bus_open(doctor->bus_address, TIMEOUT_US, &bus);

	if (r < 0) {
		doctor_say(doctor, CHECK, DOCTOR_FAILS, "a bus: systemctl start dbus",
			   "cannot reach the bus '%s': %s; all but run works without it",
			   doctor->bus_address ? doctor->bus_address : "system",
			   strerror(-r));
		return;
	}
	r = ask(bus, &error, &reply);
	if (r < 0)
		refused(doctor, bus, &error, r);
	else
		answered(doctor, reply);
	sd_bus_message_unref(reply);
	sd_bus_error_free(&error);
}
