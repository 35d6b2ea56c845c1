/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run, from the request to the closed file:
 *
 *   waiting    the child is made and waits for the first sample
 *   launching  released, becomes the command
 *   running    answered to the caller
 *   draining   ended; one sample from after the end is waited for
 *   refused    there was no run; its killed child is waited for
 */
#pragma once

#include <sys/resource.h>

#include "daemon/daemon.h"
#include "daemon/functions.h"
#include "daemon/launch.h"
#include "daemon/loads.h"
#include "daemon/media.h"
#include "daemon/note.h"
#include "daemon/phases.h"
#include "daemon/sampling.h"
#include "daemon/watching.h"

enum run_state {
	RUN_WAITING,
	RUN_LAUNCHING,
	RUN_RUNNING,
	RUN_DRAINING,
	RUN_REFUSED,
};

struct run {
	struct daemon *daemon;
	uint64_t id;
	enum run_state state;
	struct client client;
	struct request request;		/* until it is answered */
	char peer[256];			/* the caller's unique name */
	uint64_t interval_ns;
	char name[ARCHIVE_NAME_BYTES];
	char path[PATH_MAX];

	struct store_writer *writer;
	bool recording;			/* false after the store failed */
	struct note note;
	struct sampling sampling;
	struct watching watching;
	struct cgroup cgroup;
	struct launch launch;
	struct loads loads;
	struct media media;
	struct phases phases;
	struct functions functions;
	bool simulated;			/* no silicon behind the counters */
	pid_t session;			/* of the command, also after its end */

	uint64_t placed_ns;		/* time between placements, growing */
	uint64_t place_due_ns;
	bool placing;

	uint64_t start_ns;
	uint64_t end_ns;
	bool collected;			/* what follows is known */
	int wait_status;
	struct rusage usage;

	sd_event_source *channel;	/* the launch's result */
	sd_event_source *child;		/* its end */
	sd_event_source *tick;		/* placement and commits */
	sd_event_source *deadline;	/* of a state that waits */
};

/* Starts a run; the answer to the caller comes later. Takes @request over,
 * also on failure. Returns 0, or sets @error if there is nothing to come. */
int run_start(struct daemon *daemon, struct request *request,
	      const struct client *client, sd_bus_error *error);

struct run *run_find(struct daemon *daemon, uint64_t id);
size_t run_count(const struct daemon *daemon, uid_t uid, bool all);

/* The daemon stops: closes the file as interrupted, leaves the command. */
void run_interrupt(struct run *run);

/* ---- between the files of a run ---- */

/* After this a child that the debugger of its user keeps is tried again. */
#define RUN_COLLECT_AGAIN_NS	(NS_PER_SECOND / 5)

/* Sets @event of @run to come once in @ns, with @fn. */
int run_timer(struct run *run, sd_event_source **source, uint64_t ns,
	      sd_event_time_handler_t fn);

/* The first sample is there, or will not come. */
void run_release(struct run *run);
/* Frees everything but the file, which is closed or discarded before. A command
 * that runs is left alone. */
void run_free(struct run *run);
/* There was no run: answers with @error and leaves nothing but the child, which
 * is killed. */
void run_withdraw(struct run *run, sd_bus_error *error);
/* And frees the run when the child is gone. */
void run_refuse(struct run *run, sd_bus_error *error);
/* What there is to record after the end is recorded: closes everything. */
void run_finish(struct run *run);

/* record.c: opens file and counters, feeds them, closes the file. */
int record_open(struct run *run, sd_bus_error *error);
int record_started(struct run *run);
void record_close(struct run *run, enum store_state state);
/* Ends the record if @err, of the store, says so. */
void record_check(struct run *run, int err);

/* record_phases.c: before the child is made; when its counters are there; at the
 * end. Without phases the command runs all the same. */
void record_phases_listen(struct run *run);
void record_phases_serve(struct run *run);
/* Functions that are phases were asked for: without them there is no run. 0, or
 * sets @error. */
int record_functions_start(struct run *run, sd_bus_error *error);
void record_phases_flush(struct run *run);
void record_phases_end(struct run *run);
