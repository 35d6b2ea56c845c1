/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bus of our own with a tierscoped on it, and a client of it: the real
 * dbus-daemon and the real tierscoped (whose path meson gives). */
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "tierscope/bus.h"

/* For whatever should happen soon, on a machine that is busy. */
#define DEADLINE_S	60

struct private_bus {
	char directory[64];	/* of everything but the run files */
	char memory[64];	/* of those, if there is room in memory */
	char state[96];
	char address[256];
	pid_t dbus;
	pid_t daemon;
	sd_bus *client;
};

struct ended {
	uint64_t id;
	char how[16];
	int status;
	char note[1024];
	bool seen;
};

/* @keep: a descriptor that it has beside the streams, or -1. */
static inline pid_t spawn_with(char *const argv[], int keep)
{
	pid_t pid = fork();

	if (!pid) {
		/* A test that crashes leaves none of them behind. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (keep >= 0)
			fcntl(keep, F_SETFD, 0);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static inline pid_t spawn(char *const argv[])
{
	return spawn_with(argv, -1);
}

static inline time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static inline bool soon(bool (*condition)(void *), void *data)
{
	time_t end = seconds() + DEADLINE_S;

	while (!condition(data)) {
		if (seconds() > end)
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	}
	return true;
}

static inline sd_bus *bus_connect(struct private_bus *b)
{
	sd_bus *bus = NULL;

	if (sd_bus_new(&bus) < 0 || sd_bus_set_address(bus, b->address) < 0 ||
	    sd_bus_set_bus_client(bus, true) < 0 ||
	    sd_bus_set_method_call_timeout(bus, DEADLINE_S * 1000000ULL) < 0 ||
	    sd_bus_start(bus) < 0)
		abort();
	return bus;
}

static inline bool served(void *data)
{
	struct private_bus *b = data;

	return sd_bus_call_method(b->client, TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
				  TIERSCOPE_BUS_INTERFACE, "Status", NULL, NULL, "") >= 0;
}

static inline void daemon_start(struct private_bus *b)
{
	char address[300], state[256];

	snprintf(address, sizeof(address), "--bus-address=%s", b->address);
	snprintf(state, sizeof(state), "--state-dir=%s", b->state);
	/* The cgroups of the machine are not the tests'. */
	b->daemon = spawn((char *[]){ TIERSCOPED, address, state, "--no-cgroup", NULL });
	if (!soon(served, b))
		abort();
}

static inline int daemon_stop(struct private_bus *b, int signal)
{
	int status = -1;

	kill(b->daemon, signal);
	waitpid(b->daemon, &status, 0);
	return status;
}

/* SQLite waits for the disk at every commit, and a disk may be slow. */
static inline void make_directories(struct private_bus *b)
{
	/* Not below TMPDIR: a socket's path has 107 characters. */
	strcpy(b->directory, "/tmp/tierscope-bus-XXXXXX");
	if (!mkdtemp(b->directory))
		abort();
	strcpy(b->memory, "/dev/shm/tierscope-bus-XXXXXX");
	if (!mkdtemp(b->memory))
		strcpy(b->memory, b->directory);
	snprintf(b->state, sizeof(b->state), "%s/state", b->memory);
}

/* Returns when it listens: it tells its address then. */
static inline void dbus_start(struct private_bus *b)
{
	static const char config[] =
		"<busconfig><listen>unix:path=%s/socket</listen><auth>EXTERNAL</auth>"
		"<policy context='default'><allow user='*'/><allow own='*'/>"
		"<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/>"
		"</policy></busconfig>";
	char path[128], argument[160], print[32];
	FILE *file;
	int pipes[2];

	snprintf(path, sizeof(path), "%s/config", b->directory);
	file = fopen(path, "we");
	if (!file || pipe2(pipes, O_CLOEXEC))
		abort();
	fprintf(file, config, b->directory);
	fclose(file);
	snprintf(argument, sizeof(argument), "--config-file=%s", path);
	snprintf(print, sizeof(print), "--print-address=%d", pipes[1]);
	b->dbus = spawn_with((char *[]){ "dbus-daemon", argument, print, "--nofork",
					 "--nopidfile", "--nosyslog", NULL }, pipes[1]);
	close(pipes[1]);
	file = fdopen(pipes[0], "r");
	if (!fgets(b->address, sizeof(b->address), file))
		abort();
	b->address[strcspn(b->address, "\n")] = '\0';
	fclose(file);
}

static inline void bus_setup(struct private_bus *b)
{
	make_directories(b);
	dbus_start(b);
	b->client = bus_connect(b);
	daemon_start(b);
}

static inline void bus_teardown(struct private_bus *b)
{
	char *remove[] = { "rm", "-rf", b->directory, b->memory, NULL };
	pid_t pid;

	sd_bus_flush_close_unref(b->client);
	kill(b->dbus, SIGTERM);
	waitpid(b->dbus, NULL, 0);
	pid = spawn(remove);
	waitpid(pid, NULL, 0);
}

/* ---- a client ---- */

struct call {
	char *const *argv;
	char *const *environment;
	int directory, in, out, err;
	uint64_t interval_ns;	/* 0: not given */
	bool twice;		/* the interval is */
	size_t n_labels;
	const char *label;	/* the name of a further one */
	/* Further options, or NULL. */
	int (*options)(sd_bus_message *message);
};

static inline int append_call(sd_bus_message *m, const struct call *call)
{
	char key[32];
	int r;

	r = sd_bus_message_open_container(m, 'a', "{sv}");
	if (r >= 0 && call->interval_ns)
		r = sd_bus_message_append(m, "{sv}", "interval_ns", "t", call->interval_ns);
	if (r >= 0 && call->twice)
		r = sd_bus_message_append(m, "{sv}", "interval_ns", "t", call->interval_ns);
	if (r >= 0 && (call->n_labels || call->label)) {
		sd_bus_message_open_container(m, 'e', "sv");
		sd_bus_message_append(m, "s", "labels");
		sd_bus_message_open_container(m, 'v', "a{ss}");
		sd_bus_message_open_container(m, 'a', "{ss}");
		for (size_t i = 0; i < call->n_labels; i++) {
			snprintf(key, sizeof(key), "key%zu", i);
			sd_bus_message_append(m, "{ss}", key, "value");
		}
		if (call->label)
			sd_bus_message_append(m, "{ss}", call->label, "value");
		for (int i = 0; i < 3; i++)
			r = sd_bus_message_close_container(m);
	}
	if (r >= 0 && call->options)
		r = call->options(m);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	if (r >= 0)
		r = sd_bus_message_append_strv(m, (char **)call->argv);
	if (r >= 0)
		r = sd_bus_message_append_strv(m, (char **)call->environment);
	return r < 0 ? r : sd_bus_message_append(m, "hhhh", call->directory, call->in,
						 call->out, call->err);
}

/* Returns 0 and the run, or -errno with @error set. */
static inline int bus_run(sd_bus *bus, const struct call *call, uint64_t *ret_id,
			  char *ret_path, sd_bus_error *error)
{
	sd_bus_message *m = NULL, *reply = NULL;
	const char *name, *path;
	int r;

	r = sd_bus_message_new_method_call(bus, &m, TIERSCOPE_BUS_SERVICE, TIERSCOPE_BUS_PATH,
					   TIERSCOPE_BUS_INTERFACE, "Run");
	if (r >= 0)
		r = append_call(m, call);
	if (r >= 0)
		r = sd_bus_call(bus, m, DEADLINE_S * 1000000ULL, error, &reply);
	if (r >= 0)
		r = sd_bus_message_read(reply, "tss", ret_id, &name, &path);
	if (r >= 0 && ret_path)
		snprintf(ret_path, 512, "%s", path);
	sd_bus_message_unref(m);
	sd_bus_message_unref(reply);
	return r < 0 ? r : 0;
}

/* The next Finished that comes to @bus. */
static inline struct ended bus_wait(sd_bus *bus)
{
	struct ended ended = { 0 };

	for (int i = 0; i < DEADLINE_S * 10; i++) {
		sd_bus_message *m = NULL;
		const char *how, *note;
		int r = sd_bus_process(bus, &m);

		if (r > 0 && m && sd_bus_message_is_signal(m, TIERSCOPE_BUS_INTERFACE, "Finished") &&
		    sd_bus_message_read(m, "tsis", &ended.id, &how, &ended.status, &note) >= 0) {
			snprintf(ended.how, sizeof(ended.how), "%s", how);
			snprintf(ended.note, sizeof(ended.note), "%s", note);
			ended.seen = true;
		}
		sd_bus_message_unref(m);
		if (ended.seen || r < 0)
			break;
		if (!r)
			sd_bus_wait(bus, 100000);
	}
	return ended;
}
