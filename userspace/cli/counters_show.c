/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/bus.h"
#include "cli/command.h"
#include "cli/counters_daemon.h"
#include "cli/counters_live.h"
#include "cli/counters_rows.h"
#include "cli/counters_sources.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "cli/stop.h"
#include "cli/terminal.h"
#include "lib/scope.h"
#include "report/mode.h"

/* Beyond two intervals a sample is late; beyond this much more none comes. */
#define PATIENCE_NS 10000000000ULL

/**
 * struct showing - a view that goes on
 * @in_place: rows are drawn over the last sample's
 * @total: all that was counted so far
 * @contradicted: it was said that the counters contradict the mode
 */
struct showing {
	struct counters_options options;
	struct cli_machine machine;
	struct counters_sources sources;
	struct tierscope_sampler *sampler;
	sd_bus *bus;			/* of the daemon whose sampler it is */
	struct report_tracker *tracker;
	sigset_t let_in;

	struct counters_view view;
	struct report_stream stream;
	struct counters_live live;
	bool in_place;
	struct report_traffic total;
	bool contradicted;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Waits for the sampler with the stopping signals let in only here, so that
 * none can come between a look at stop_wanted() and the wait. Returns 1 if there
 * is something to read, 0 if the time is over, -EINTR, -errno. */
static int wait_for(const struct showing *showing)
{
	uint64_t ns = 2 * showing->options.interval_ns + PATIENCE_NS;
	struct timespec timeout = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};
	struct pollfd fd = {
		.fd = tierscope_sampler_fd(showing->sampler),
		.events = POLLIN,
	};
	int n;

	if (stop_wanted())
		return -EINTR;
	n = ppoll(&fd, 1, &timeout, &showing->let_in);
	return n < 0 ? -errno : n;
}

/* The next sample. Returns 0, -EINTR to look again, or another negative errno
 * after a sentence. */
static int next(const struct showing *showing, const struct tierscope_sample **ret)
{
	int r = wait_for(showing);

	if (r == -EINTR)
		return r;
	if (!r) {
		cli_error("no sample came within %llu s of its time: is the machine overloaded",
			  PATIENCE_NS / 1000000000);
		return -ETIMEDOUT;
	}
	if (r > 0)
		r = tierscope_sampler_read(showing->sampler, 0, ret);
	if (r == -EAGAIN)
		return -EINTR;
	if (r < 0 && r != -EINTR)
		cli_error("the sampler ended: %s", strerror(-r));
	return r;
}

static int add_rows(struct showing *showing, const struct counters_moment *at,
		    const struct report_traffic *all)
{
	const struct report_traffic *places;
	size_t n = report_tracker_sockets(showing->tracker, &places);
	int r = 0;

	for (size_t i = 0; !r && i < n; i++)
		r = counters_view_row(&showing->view, &showing->stream, at, &places[i]);
	if (!r && showing->options.per == COUNTERS_PER_DEFAULT)
		r = counters_view_row(&showing->view, &showing->stream, at, all);
	return r;
}

static int draw_rows(struct showing *showing, const struct counters_moment *at,
		     const struct report_traffic *all)
{
	int r, ended;

	r = counters_live_begin(&showing->live, &showing->options, at,
				&showing->stream.file);
	if (r < 0)
		return r;
	r = report_stream_begin(&showing->stream);
	if (!r)
		r = add_rows(showing, at, all);
	ended = counters_live_end(&showing->live);
	return r ? r : ended;
}

/* Rows, with the stopping signals let in as well: a pipe that nobody reads
 * blocks for ever. Returns 0, -ENOMEM or -errno of the file. */
static int write_rows(struct showing *showing, const struct counters_moment *at,
		      const struct report_traffic *all)
{
	sigset_t held;
	int r;

	sigprocmask(SIG_SETMASK, &showing->let_in, &held);
	r = showing->in_place ? draw_rows(showing, at, all) :
				add_rows(showing, at, all);
	sigprocmask(SIG_SETMASK, &held, NULL);
	/* What exit() would write of a row that nobody takes blocks again. */
	if (stop_wanted() && r == -EINTR)
		__fpurge(stdout);
	return r;
}

static void say(struct showing *showing, const char *sentence)
{
	cli_error("%s", sentence);
	counters_live_leave(&showing->live);
}

/* Once, as soon as enough was counted to tell. */
static void look_at_mode(struct showing *showing, const struct report_traffic *all)
{
	struct report_mode mode;

	if (showing->contradicted)
		return;
	report_traffic_add_time(&showing->total, all);
	report_mode_find(&showing->total, showing->machine.topology, &mode);
	if (!*mode.contradiction)
		return;
	say(showing, mode.contradiction);
	showing->contradicted = true;
}

static struct report_traffic sum_of_places(const struct report_tracker *tracker)
{
	struct report_traffic all = {
		.socket = REPORT_ALL_SOCKETS,
		.controller = REPORT_ALL,
		.channel = REPORT_ALL,
	};
	const struct report_traffic *places;
	size_t n = report_tracker_sockets(tracker, &places);

	for (size_t i = 0; i < n; i++)
		report_traffic_add_socket(&all, &places[i]);
	return all;
}

/* Shows a sample. Returns 0, -EINTR, -ENOMEM or -errno of the file, or -EBADMSG
 * after a sentence. */
static int show_sample(struct showing *showing, const struct tierscope_sample *now,
		       uint64_t last_ns)
{
	const struct counters_moment at = {
		.simulated = showing->machine.topology->simulated,
		.mode = showing->machine.topology->mode,
		.utc_ns = clock_ns(CLOCK_REALTIME) -
			  (clock_ns(CLOCK_MONOTONIC) - now->time_ns),
		.mono_ns = now->time_ns,
		.interval_ns = now->time_ns > last_ns ? now->time_ns - last_ns : 0,
		.ticks_lost = now->ticks_lost,
		.samples_lost = now->samples_lost,
	};
	struct report_traffic all;
	int r = report_tracker_feed(showing->tracker, now);

	if (r == -ERANGE) {
		say(showing, "a counter went backwards: this sample is left out");
		return 0;
	}
	if (r < 0) {
		say(showing, "the sampler's samples are not of its counters");
		return -EBADMSG;
	}
	all = sum_of_places(showing->tracker);
	look_at_mode(showing, &all);
	return write_rows(showing, &at, &all);
}

static int show_samples(struct showing *showing)
{
	const struct counters_options *options = &showing->options;
	uint64_t taken = 0, began_ns = 0, last_ns = 0;
	int r = showing->in_place ? 0 : report_stream_begin(&showing->stream);

	while (!r && (!options->count || taken < options->count) &&
	       (!options->duration_ns || last_ns - began_ns < options->duration_ns)) {
		const struct tierscope_sample *now = NULL;

		r = next(showing, &now);
		if (r == -EINTR && !stop_wanted()) {
			r = 0;
			continue;
		}
		if (r < 0)
			return stop_wanted() ? CLI_OK : CLI_FAILURE;
		/* The first interval began when the counters were opened. */
		if (!taken++)
			began_ns = last_ns = report_sample_began_ns(now);
		r = show_sample(showing, now, last_ns);
		last_ns = now->time_ns;
	}
	if (r == -EINTR && stop_wanted())
		return CLI_OK;
	if (r == -EBADMSG)
		return CLI_FAILURE;
	if (r == -ENOMEM)
		return cli_oom();
	return r < 0 ? cli_output_failed(r) : CLI_OK;
}

/* Who may not count asks the daemon. Returns the exit status. */
static int open_sampler(struct showing *showing)
{
	struct tierscope *ts = showing->machine.ts;
	scope_free char *why = NULL;
	int r;

	r = tierscope_sampler_new(ts, &showing->sources.counters,
				  showing->options.interval_ns, &showing->sampler);
	if (!r)
		return CLI_OK;
	if (r != -EPERM) {
		cli_error("%s", tierscope_error(ts));
		return CLI_FAILURE;
	}
	why = strdup(tierscope_error(ts));
	return why ? counters_by_daemon(ts, &showing->options,
					&showing->sources.counters, why,
					&showing->bus, &showing->sampler) :
		     cli_oom();
}

int counters_show(const struct counters_options *options)
{
	struct showing showing = {
		.options = *options,
		.in_place = options->format == REPORT_TABLE && !terminal_open(),
		.stream = {
			.file = stdout,
			.format = options->format,
			.schema = "tierscope.counters",
			.version = 1,
		},
	};
	int status;

	status = cli_machine_read(&showing.machine);
	if (!status && options->loads)
		status = counters_loads_find(showing.machine.ts, &showing.options);
	counters_view_init(&showing.view, &showing.options, showing.in_place);
	showing.stream.columns = showing.view.columns;
	showing.stream.n_columns = showing.view.n;
	if (!status)
		status = counters_sources_find(showing.machine.ts, &showing.options,
					       &showing.sources);
	if (!status && report_tracker_new_of(showing.sources.of,
					     showing.sources.counters.n,
					     showing.view.slots,
					     &showing.tracker) < 0)
		status = cli_oom();
	if (!status) {
		stop_catch(&showing.let_in);
		status = open_sampler(&showing);
	}
	if (!status)
		status = show_samples(&showing);
	report_tracker_free(showing.tracker);
	if (showing.sampler)
		tierscope_sampler_free(showing.sampler);
	cli_bus_close(&showing.bus);
	counters_sources_clear(&showing.sources);
	cli_machine_clear(&showing.machine);
	return status;
}
