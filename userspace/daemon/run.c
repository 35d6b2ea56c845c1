// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/count.h"
#include "daemon/log.h"
#include "daemon/session.h"

/* For a sample beyond its step, on a machine that is busy or emulated. */
#define SAMPLE_DEADLINE_NS	(5 * NS_PER_SECOND)
/* From the release to exec: the command may be on a slow network. */
#define EXEC_DEADLINE_NS	(60 * NS_PER_SECOND)
/* As everything that is the launcher's failure: env(1). */
#define STATUS_UNKNOWN		125
/* For a last look that a worker of the kernel takes: somebody, we perhaps, was
 * reading the memory when its process ended. */
#define LAST_LOOK_DEADLINE_NS	(NS_PER_SECOND / 2)
/* Timers may come so much late. */
#define TIMER_ACCURACY_US	10000

struct run *run_find(struct daemon *daemon, uint64_t id)
{
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_MAX; i++)
		if (daemon->runs[i] && daemon->runs[i]->id == id)
			return daemon->runs[i];
	return NULL;
}

size_t run_count(const struct daemon *daemon, uid_t uid, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_MAX; i++)
		n += daemon->runs[i] &&
		     (all || daemon->runs[i]->client.uid == uid);
	return n;
}

int run_timer(struct run *run, sd_event_source **source, uint64_t ns,
	      sd_event_time_handler_t fn)
{
	*source = sd_event_source_disable_unref(*source);
	return sd_event_add_time_relative(run->daemon->event, source,
					  CLOCK_MONOTONIC, ns / 1000,
					  TIMER_ACCURACY_US, fn, run);
}

void run_free(struct run *run)
{
	struct daemon *daemon = run->daemon;

	sd_event_source_disable_unref(run->channel);
	sd_event_source_disable_unref(run->child);
	sd_event_source_disable_unref(run->tick);
	sd_event_source_disable_unref(run->deadline);
	sampling_stop(&run->sampling);
	watching_stop(&run->watching);
	phases_end(&run->phases);
	phase_pairs_free(&run->phases.pairs);
	functions_end(&run->functions);
	phase_pairs_free(&run->functions.pairs);
	launch_close(&run->launch);
	loads_close(&run->loads);
	media_close(&run->media);
	cgroup_leave(&daemon->cgroups, &run->cgroup);
	request_free(&run->request);
	for (size_t i = 0; i < TIERSCOPE_BUS_RUNS_MAX; i++)
		if (daemon->runs[i] == run)
			daemon->runs[i] = NULL;
	free(run);
	/* Children of earlier runs may have ended since. */
	cgroup_base_sweep(&daemon->cgroups);
}

/* ---- the end --------------------------------------------------------------- */

void run_finish(struct run *run)
{
	bool killed = run->collected && WIFSIGNALED(run->wait_status);
	sd_bus_message *signal = NULL;
	pid_t left[1];
	int r;

	if ((run->cgroup.fd >= 0 ? cgroup_pids(&run->cgroup, left, 1) :
				   session_pids(run->session, left, 1)) > 0)
		note_add(&run->note, "children of the command went on after it, which is not in the record");
	record_close(run, STORE_COMPLETE);
	/* Whoever is told may start the next one: its sampler and a look at the
	 * cgroups are not to meet this one's. */
	sampling_stop(&run->sampling);
	cgroup_leave(&run->daemon->cgroups, &run->cgroup);
	r = sd_bus_message_new_signal(run->daemon->bus, &signal,
				      TIERSCOPE_BUS_PATH,
				      TIERSCOPE_BUS_INTERFACE, "Finished");
	if (r >= 0)
		r = sd_bus_message_set_destination(signal, run->peer);
	if (r >= 0)
		r = sd_bus_message_append(signal, "tsis", run->id,
			!run->collected ? "unknown" : killed ? "killed" : "exited",
			!run->collected ? STATUS_UNKNOWN :
			killed ? WTERMSIG(run->wait_status) :
				 WEXITSTATUS(run->wait_status),
			run->note.text);
	if (r >= 0)
		r = sd_bus_send(run->daemon->bus, signal, NULL);
	if (r < 0)
		log_error("cannot tell the end of run '%s': %s", run->name,
			  strerror(-r));
	sd_bus_message_unref(signal);
	run_free(run);
}

static int on_no_last_sample(sd_event_source *source, uint64_t usec, void *data)
{
	struct run *run = data;

	(void)source;
	(void)usec;
	note_add(&run->note, "no sample came after the end of the command, the last one is from before it");
	run_finish(run);
	return 0;
}

static int on_no_last_look(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	run_finish(data);
	return 0;
}

static int on_collect(sd_event_source *source, uint64_t usec, void *data);

/* The command has ended. A debugger of its user may keep it from us, for as
 * long as it likes: then we come back now and then. */
static void collect(struct run *run)
{
	pid_t pid = wait4(run->launch.pid, &run->wait_status, WNOHANG,
			  &run->usage);
	int err = -EAGAIN;
	bool waits;

	if (pid < 0) {
		/* Somebody else has collected it: it ended, and that is all. */
		log_error("cannot collect the command of run '%s': %s",
			  run->name, strerror(errno));
		note_add(&run->note, "how the command ended is not known");
	} else if (!pid) {
		run_timer(run, &run->deadline, RUN_COLLECT_AGAIN_NS, on_collect);
		return;
	}
	run->collected = pid > 0;
	run->deadline = sd_event_source_disable_unref(run->deadline);
	waits = watching_waits(&run->watching, run->launch.pid);
	run->state = RUN_DRAINING;
	run->launch.pid = 0;
	if (run->sampling.sampler)
		err = run_timer(run, &run->deadline,
				2 * run->sampling.step_ns + SAMPLE_DEADLINE_NS,
				on_no_last_sample);
	else if (waits)
		err = run_timer(run, &run->deadline, LAST_LOOK_DEADLINE_NS,
				on_no_last_look);
	if (err < 0)
		run_finish(run);
}

static int on_collect(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	collect(data);
	return 0;
}

static int on_child(sd_event_source *source, int fd, uint32_t events,
		    void *data)
{
	struct run *run = data;

	(void)fd;
	(void)events;
	run->end_ns = clock_ns(CLOCK_MONOTONIC);
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	collect(run);
	return 0;
}

void run_interrupt(struct run *run)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	switch (run->state) {
	case RUN_WAITING:
	case RUN_LAUNCHING:
		sd_bus_error_set(&error, TIERSCOPE_BUS_ERROR_FAILED,
				 "tierscoped is being stopped");
		run_withdraw(run, &error);
		run_free(run);
		return;
	case RUN_RUNNING:
		run->end_ns = clock_ns(CLOCK_MONOTONIC);
		note_add(&run->note, "tierscoped was stopped while the command ran; the command went on without being recorded");
		record_close(run, STORE_INTERRUPTED);
		run_free(run);
		return;
	case RUN_DRAINING:
		run_finish(run);
		return;
	case RUN_REFUSED:
		run_free(run);
	}
}

/* ---- the start ------------------------------------------------------------- */

static int on_result(sd_event_source *source, int fd, uint32_t events,
		     void *data)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct launch_failure failure;
	struct run *run = data;
	int r;

	(void)fd;
	(void)events;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	r = launch_result(&run->launch, &failure);
	/* Before its release the end of the channel is no exec. */
	if (r || run->state == RUN_WAITING) {
		if (r > 0)
			launch_explain(&failure, run->request.argv[0], &error);
		else if (r < 0)
			sd_bus_error_set_errno(&error, r);
		else
			sd_bus_error_setf(&error, TIERSCOPE_BUS_ERROR_FAILED,
				"the process for '%s' was killed before it started",
				run->request.argv[0]);
		run_refuse(run, &error);
		return 0;
	}
	run->state = RUN_RUNNING;
	run->deadline = sd_event_source_disable_unref(run->deadline);
	sd_bus_reply_method_return(run->request.message, "tss", run->id,
				   run->name, run->path);
	/* With it the caller's streams are closed on our side. */
	request_free(&run->request);
	r = record_started(run);
	if (r >= 0)
		r = sd_event_add_io(run->daemon->event, &run->child,
				    run->launch.pidfd, EPOLLIN, on_child, run);
	if (r < 0)
		log_error("cannot follow run '%s': %s", run->name, strerror(-r));
	return 0;
}

static int on_no_exec(sd_event_source *source, uint64_t usec, void *data)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct run *run = data;

	(void)source;
	(void)usec;
	sd_bus_error_setf(&error, TIERSCOPE_BUS_ERROR_FAILED,
			  "'%s' could not be started within %llu s",
			  run->request.argv[0], EXEC_DEADLINE_NS / NS_PER_SECOND);
	run_refuse(run, &error);
	return 0;
}

void run_release(struct run *run)
{
	run->state = RUN_LAUNCHING;
	run->start_ns = clock_ns(CLOCK_MONOTONIC);
	/* On failure the deadline ends it. */
	run_timer(run, &run->deadline, EXEC_DEADLINE_NS, on_no_exec);
	launch_release(&run->launch);
}

static int on_no_first_sample(sd_event_source *source, uint64_t usec,
			      void *data)
{
	struct run *run = data;

	(void)source;
	(void)usec;
	note_add(&run->note, "no sample came before the start of the command, the first one is from after it");
	run_release(run);
	return 0;
}

static int check_limits(const struct daemon *daemon, uid_t uid,
			sd_bus_error *error)
{
	if (run_count(daemon, uid, false) >= TIERSCOPE_BUS_RUNS_PER_USER)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_LIMIT,
			"user %u has %d runs already, one of them must end first",
			uid, TIERSCOPE_BUS_RUNS_PER_USER);
	return count_check_room(daemon, error);
}

static struct run *run_new(struct daemon *daemon, struct request *request,
			   const struct client *client)
{
	struct run *run = calloc(1, sizeof(*run));
	size_t slot = 0;

	if (!run) {
		request_free(request);
		return NULL;
	}
	run->daemon = daemon;
	run->id = ++daemon->last_id;
	run->request = *request;
	run->interval_ns = request->interval_ns;
	run->client = *client;
	run->cgroup = CGROUP_NONE;
	run->launch = LAUNCH_NONE;
	loads_init(&run->loads);
	phases_init(&run->phases);
	snprintf(run->peer, sizeof(run->peer), "%s",
		 sd_bus_message_get_sender(request->message));
	while (daemon->runs[slot])
		slot++;
	daemon->runs[slot] = run;
	return run;
}

/* Makes the cgroup and moves the child there at once: the end of another run
 * removes what is empty. Without one the run is recorded all the same. */
static void enter_cgroup(struct run *run)
{
	struct cgroup_base *base = &run->daemon->cgroups;
	int err;

	err = cgroup_make(base, &run->cgroup);
	if (!err) {
		err = cgroup_enter(&run->cgroup, run->launch.pid);
		if (err)
			cgroup_leave(base, &run->cgroup);
	}
	if (err && err != -ENODEV)
		log_error("no cgroup for run '%s': %s", run->name,
			  strerror(-err));
}

/* A policy that only the process holds is less than was asked for: say so. */
static void confine(struct run *run)
{
	const struct policy *policy = &run->request.policy;
	const char *why;

	if ((policy->mode != POLICY_BIND && !policy->n_cpus) ||
	    !cgroup_confine(&run->cgroup, policy, &why))
		return;
	note_add(&run->note, "no cpuset keeps its processes there, only the policy that they inherit and may change: %s",
		 why);
}

static unsigned int cpus_configured(void)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	return n > 0 ? (unsigned int)n : 0;
}

/* File and counters, then the child. */
static int prepare(struct run *run, sd_bus_error *error)
{
	int r;

	r = record_open(run, error);
	if (r < 0)
		return r;
	record_phases_listen(run);
	r = launch_start(&run->client, &run->request, &run->launch);
	if (r >= 0) {
		run->session = run->launch.pid;
		enter_cgroup(run);
		confine(run);
		loads_open(&run->loads, run->daemon->ts, run->launch.pid,
			   run->simulated ? cpus_configured() : 0);
		record_phases_serve(run);
		r = record_functions_start(run, error);
		if (r < 0)
			return r;
		r = sd_event_add_io(run->daemon->event, &run->channel,
				    run->launch.channel, EPOLLIN, on_result, run);
	}
	if (r >= 0 && run->sampling.sampler)
		r = run_timer(run, &run->deadline,
			      run->sampling.step_ns + SAMPLE_DEADLINE_NS,
			      on_no_first_sample);
	if (r < 0)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_FAILED,
			"cannot make a process for '%s': %s",
			run->request.argv[0], strerror(-r));
	return 0;
}

int run_start(struct daemon *daemon, struct request *request,
	      const struct client *client, sd_bus_error *error)
{
	sd_bus_error failure = SD_BUS_ERROR_NULL;
	struct run *run;
	int r;

	r = check_limits(daemon, client->uid, error);
	if (r < 0) {
		request_free(request);
		return r;
	}
	run = run_new(daemon, request, client);
	if (!run)
		return -ENOMEM;
	r = prepare(run, &failure);
	if (r < 0)
		run_refuse(run, &failure);
	else if (!run->sampling.sampler)
		run_release(run);
	return 0;
}
