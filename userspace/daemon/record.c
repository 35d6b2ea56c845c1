// SPDX-License-Identifier: GPL-2.0-or-later
/* What is written while a run goes on. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "daemon/clock.h"
#include "daemon/closing.h"
#include "daemon/log.h"
#include "daemon/residence.h"
#include "daemon/run.h"

/* Short commands have placement too: the first look after 100 ms, then ever
 * later until the cadence is reached. */
#define PLACE_FIRST_NS	(NS_PER_SECOND / 10)
#define PLACE_SLOWEST(interval_ns) \
	((interval_ns) > NS_PER_SECOND ? (interval_ns) : NS_PER_SECOND)
/* Walking costs at most a twentieth of a CPU, however large the run is. */
#define PLACE_SHARE	20

/* The workload goes on whatever becomes of its record. */
static void stop_recording(struct run *run, const char *what)
{
	note_add(&run->note, "recording stopped %.1f s after the start: %s",
		 (double)(clock_ns(CLOCK_MONOTONIC) - run->start_ns) /
		 NS_PER_SECOND, what);
	log_error("run '%s': %s", run->name, what);
	run->recording = false;
	sampling_stop(&run->sampling);
	watching_stop(&run->watching);
}

void record_check(struct run *run, int err)
{
	if (err && run->recording)
		stop_recording(run, err == -EINVAL ? "a sample ran backwards" :
			       store_writer_error(run->writer));
}

/* Steps of a slow interval are finer than what is kept: count what is kept. */
static void keep_sample(struct run *run, const struct tierscope_sample *sample)
{
	struct tierscope_sample kept = *sample;
	unsigned int every = run->sampling.every;

	kept.seq = (sample->seq + every - 1) / every;
	record_check(run, store_sample(run->writer, &kept));
	if (run->recording)
		record_check(run, store_commit(run->writer, false));
}

static bool on_sample(const struct tierscope_sample *sample, bool keep,
		      void *data)
{
	struct run *run = data;
	bool last;

	if (!sample) {
		note_add(&run->note, "the counters could not be read any more");
		sampling_stop(&run->sampling);
		if (run->state == RUN_WAITING)
			run_release(run);
		else if (run->state == RUN_DRAINING)
			run_finish(run);
		return false;
	}
	last = run->state == RUN_DRAINING && sample->time_ns >= run->end_ns;
	if (keep || last)
		keep_sample(run, sample);
	if (run->state == RUN_WAITING) {
		run_release(run);
	} else if (last || (run->state == RUN_DRAINING && !run->recording)) {
		run_finish(run);
		return false;
	}
	return run->recording;
}

static void place(struct run *run)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), took;
	struct tierscope *ts = run->daemon->ts;
	pid_t pids[RESIDENCE_PIDS_MAX];
	struct residence residence;
	uint64_t slowest;
	size_t n;
	int err;

	if (!run->placing || !run->recording || now < run->place_due_ns)
		return;
	n = residence_pids(&run->cgroup, run->launch.pid, pids);
	watching_see(&run->watching, pids, n);
	err = residence_take(ts, pids, n, &residence);
	if (err) {
		note_add(&run->note, "placement was not recorded%s: %s",
			 run->placed_ns > PLACE_FIRST_NS ? " to the end" : "",
			 err == -ENOMEM ? strerror(-err) : tierscope_error(ts));
		run->placing = false;
		return;
	}
	took = clock_ns(CLOCK_MONOTONIC) - now;
	if (residence.n_processes)
		record_check(run, store_placement(run->writer, residence.time_ns,
					   residence.n_processes,
					   residence.cells, residence.n_cells));
	residence_free(&residence);
	slowest = PLACE_SLOWEST(run->interval_ns);
	run->placed_ns *= 2;
	if (run->placed_ns > slowest)
		run->placed_ns = slowest;
	if (run->placed_ns < took * PLACE_SHARE)
		run->place_due_ns = now + took * PLACE_SHARE;
	else
		run->place_due_ns = now + run->placed_ns;
}

static int on_tick(sd_event_source *source, uint64_t usec, void *data)
{
	struct run *run = data;
	uint64_t now, next;

	(void)source;
	(void)usec;
	if (run->state != RUN_RUNNING || !run->recording)
		return 0;
	place(run);
	if (run->recording)
		record_phases_flush(run);
	if (run->recording)
		record_check(run, store_commit(run->writer, false));
	/* Commits come with the samples too; this is for slow ones. */
	now = clock_ns(CLOCK_MONOTONIC);
	next = now + NS_PER_SECOND;
	if (run->placing && run->place_due_ns < next)
		next = run->place_due_ns > now ? run->place_due_ns : now;
	run_timer(run, &run->tick, next - now, on_tick);
	return 0;
}

static int create(struct run *run, struct store_run *info)
{
	struct passwd *user = getpwuid(run->client.uid);
	struct policy_text text;
	char directory[PATH_MAX] = "", link[64];
	struct utsname host;
	ssize_t n;

	uname(&host);
	/* Only its name, for the record: nothing is opened by it. */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", run->request.directory);
	n = readlink(link, directory, sizeof(directory) - 1);
	directory[n > 0 ? n : 0] = '\0';
	info->n_argv = run->request.n_argv;
	info->argv = (const char *const *)run->request.argv;
	info->directory = directory;
	info->uid = run->client.uid;
	info->user = user ? user->pw_name : "";
	info->n_labels = run->request.n_labels;
	info->labels = run->request.labels;
	policy_describe(&run->request.policy, &text, &info->policy);
	info->interval_ns = run->interval_ns;
	info->start_utc_ns = clock_ns(CLOCK_REALTIME);
	info->start_mono_ns = run->start_ns = clock_ns(CLOCK_MONOTONIC);
	info->host = host.nodename;
	info->kernel = host.release;
	info->tierscope = TIERSCOPE_VERSION;
	return archive_create(&run->daemon->archive, info, run->name, run->path,
			      &run->writer);
}

int record_open(struct run *run, sd_bus_error *error)
{
	struct tierscope *ts = run->daemon->ts;
	struct tierscope_topology *topology = NULL;
	struct store_run info = { 0 };
	int err;

	err = tierscope_topology_read(ts, &topology);
	if (err)
		note_add(&run->note, "the machine's nodes are not known: %s",
			 tierscope_error(ts));
	err = sampling_start(&run->sampling, ts, run->daemon->event,
			     run->request.roles, run->interval_ns, on_sample,
			     run);
	if (err)
		note_add(&run->note, "memory traffic was not counted: %s",
			 tierscope_error(ts));
	/* What is wrong with it is wrong with placement, too, which says so. */
	watching_start(&run->watching, ts, run->daemon->event);
	info.topology = topology;
	run->simulated = topology && topology->simulated;
	if (run->sampling.counters) {
		info.n_counters = run->sampling.counters->n;
		info.counters = run->sampling.counters->counters;
	}
	err = create(run, &info);
	tierscope_topology_free(topology);
	if (err)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_FAILED,
			"cannot make a run file in '%s': %s",
			run->daemon->archive.path, strerror(-err));
	run->recording = true;
	return 0;
}

int record_started(struct run *run)
{
	uint64_t since = clock_ns(CLOCK_MONOTONIC) - run->start_ns;

	run->placing = true;
	run->placed_ns = PLACE_FIRST_NS;
	run->place_due_ns = run->start_ns + PLACE_FIRST_NS;
	watching_see(&run->watching, &run->launch.pid, 1);
	record_check(run, store_started(run->writer, clock_ns(CLOCK_REALTIME) - since,
				 run->start_ns));
	return run_timer(run, &run->tick, PLACE_FIRST_NS, on_tick);
}

static uint64_t time_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * NS_PER_SECOND +
	       (uint64_t)time->tv_usec * 1000;
}

void record_close(struct run *run, enum store_state state)
{
	struct store_run end = {
		.state = state,
		.end_mono_ns = run->end_ns,
		.peak_method = "",
		.note = run->note.text,
	};
	int err;

	record_phases_end(run);
	end.note = run->note.text;
	loads_read(&run->loads);
	end.n_task_counts = TIERSCOPE_TASK_ROLES;
	end.task_counts = run->loads.counts;
	watching_end(&run->watching);
	end.last_looks = (struct store_last_looks){
		.n_processes = run->watching.seen.n_processes,
		.n_reaped = run->watching.n_reaped,
		.n_partial = run->watching.n_partial,
		.n_missed = run->watching.n_missed,
		.n_cells = run->watching.seen.n_cells,
		.cells = run->watching.seen.cells,
	};
	if (run->collected) {
		end.ending = WIFSIGNALED(run->wait_status) ? STORE_KILLED :
							     STORE_EXITED;
		end.status = WIFSIGNALED(run->wait_status) ?
			     WTERMSIG(run->wait_status) :
			     WEXITSTATUS(run->wait_status);
		/* Of the largest of its processes, in KiB: getrusage(2). */
		end.peak_bytes = (uint64_t)run->usage.ru_maxrss * 1024;
		end.peak_method = "rusage maxrss";
		end.has_cpu_time = true;
		end.user_ns = time_ns(&run->usage.ru_utime);
		end.system_ns = time_ns(&run->usage.ru_stime);
	}
	if (!cgroup_peak_bytes(&run->cgroup, &end.peak_bytes))
		end.peak_method = "cgroup memory.peak";
	if (!cgroup_cpu_ns(&run->cgroup, &end.user_ns, &end.system_ns))
		end.has_cpu_time = true;
	err = store_finish(run->writer, &end);
	run->writer = NULL;
	if (err == -EBUSY &&
	    !closing_later(run->daemon, run->path, run->client.uid, run->client.gid)) {
		note_add(&run->note, "somebody has the run file open, it is given to its owner when they are done");
		return;
	}
	if (err) {
		note_add(&run->note, "the run file could not be closed: %s; it will be when tierscoped starts again",
			 strerror(-err));
		log_error("cannot close '%s': %s", run->path, strerror(-err));
		return;
	}
	err = archive_give(run->path, run->client.uid, run->client.gid);
	if (err) {
		note_add(&run->note, "the run file still belongs to root: %s",
			 strerror(-err));
		log_error("cannot give '%s' to user %u: %s", run->path,
			  run->client.uid, strerror(-err));
	}
}
