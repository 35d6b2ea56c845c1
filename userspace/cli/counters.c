/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/counters.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/stop.h"
#include "report/stream.h"
#include "report/traffic.h"

/* Beyond two intervals a sample is late; beyond this much more none comes. */
#define PATIENCE_NS 10000000000ULL

/* A clock would only take a turn from those that have a column. */
#define SHOWN (TIERSCOPE_ROLES_ALL & ~TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_CLOCKTICKS))

enum {
	OPTION_COUNT = 'n',
	OPTION_FORMAT = 'f',
	OPTION_INTERVAL = 'i',
	OPTION_ROLES = 'r',
};

struct counters_options {
	uint64_t interval_ns;
	uint64_t count;		/* 0 for no end */
	uint32_t roles;
	enum report_format format;
};

static int parse_roles(const struct cli_command *command, const char *argument,
		       uint32_t *ret)
{
	char list[256], *rest = list, *word;
	enum tierscope_role role;
	uint32_t roles = 0;

	if (snprintf(list, sizeof(list), "%s", argument) >= (int)sizeof(list))
		return cli_usage(command, "the list of roles is too long");
	while ((word = strsep(&rest, ","))) {
		if (tierscope_role_from_name(word, &role) < 0)
			return cli_usage(command, "there is no role '%s'", word);
		if (!(TIERSCOPE_ROLE_BIT(role) & SHOWN))
			return cli_usage(command, "role '%s' is not shown here", word);
		roles |= TIERSCOPE_ROLE_BIT(role);
	}
	*ret = roles;
	return 0;
}

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct counters_options *options = data;
	char *end;

	switch (id) {
	case OPTION_INTERVAL:
		return cli_interval(command, argument, &options->interval_ns);
	case OPTION_COUNT:
		errno = 0;
		options->count = strtoull(argument, &end, 10);
		if (errno || !*argument || argument[strspn(argument, "0123456789")] ||
		    !options->count)
			return cli_usage(command, "'%s' is not a number of samples", argument);
		break;
	case OPTION_ROLES:
		return parse_roles(command, argument, &options->roles);
	case OPTION_FORMAT:
		return cli_format(command, argument, &options->format);
	}
	return 0;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Waits for the sampler with the stopping signals let in only here, so that
 * none can come between a look at stop_wanted() and the wait. Returns 1 if there
 * is something to read, 0 if the time is over, -EINTR, -errno. */
static int wait_for(const struct tierscope_sampler *sampler, uint64_t interval_ns,
		    const sigset_t *let_in)
{
	uint64_t ns = 2 * interval_ns + PATIENCE_NS;
	struct timespec timeout = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};
	struct pollfd fd = {
		.fd = tierscope_sampler_fd(sampler),
		.events = POLLIN,
	};
	int n;

	if (stop_wanted())
		return -EINTR;
	n = ppoll(&fd, 1, &timeout, let_in);
	return n < 0 ? -errno : n;
}

/* Rows, with the stopping signals let in as well: a pipe that nobody reads
 * blocks for ever. Returns 0, -ENOMEM or -errno of the file. */
static int write_rows(const struct report_stream *stream,
		      struct report_tracker *tracker,
		      const struct counters_moment *at, const sigset_t *let_in)
{
	sigset_t held;
	int r;

	sigprocmask(SIG_SETMASK, let_in, &held);
	r = counters_add(stream, tracker, at);
	sigprocmask(SIG_SETMASK, &held, NULL);
	/* What exit() would write of a row that nobody takes blocks again. */
	if (stop_wanted() && r == -EINTR)
		__fpurge(stream->file);
	return r;
}

/* The next sample. Returns 0, -EINTR to look again, or another negative errno
 * after a sentence. */
static int next(const struct counters_options *options,
		struct tierscope_sampler *sampler, const sigset_t *let_in,
		const struct tierscope_sample **ret)
{
	int r = wait_for(sampler, options->interval_ns, let_in);

	if (r == -EINTR)
		return r;
	if (!r) {
		cli_error("no sample came within %llu s of its time: is the machine overloaded",
			  (unsigned long long)(PATIENCE_NS / 1000000000));
		return -ETIMEDOUT;
	}
	if (r > 0)
		r = tierscope_sampler_read(sampler, 0, ret);
	if (r == -EAGAIN)
		return -EINTR;
	if (r < 0 && r != -EINTR)
		cli_error("the sampler ended: %s", strerror(-r));
	return r;
}

static int sample(const struct counters_options *options,
		  const struct report_stream *stream, struct report_tracker *tracker,
		  struct tierscope_sampler *sampler, bool simulated,
		  const sigset_t *let_in)
{
	struct counters_moment at = { .simulated = simulated };
	uint64_t taken = 0, last_ns = 0;
	int r;

	r = report_stream_begin(stream);
	while (!r && (!options->count || taken < options->count)) {
		const struct tierscope_sample *now = NULL;

		r = next(options, sampler, let_in, &now);
		if (r == -EINTR && !stop_wanted()) {
			r = 0;
			continue;
		}
		if (r < 0)
			return stop_wanted() ? CLI_OK : CLI_FAILURE;
		/* The first interval began when the counters were opened. */
		if (!taken)
			last_ns = report_sample_began_ns(now);
		at.mono_ns = now->time_ns;
		at.utc_ns = clock_ns(CLOCK_REALTIME) -
			    (clock_ns(CLOCK_MONOTONIC) - now->time_ns);
		at.interval_ns = now->time_ns > last_ns ? now->time_ns - last_ns : 0;
		at.ticks_lost = now->ticks_lost;
		at.samples_lost = now->samples_lost;
		last_ns = now->time_ns;
		taken++;
		r = report_tracker_feed(tracker, now);
		if (r == -ERANGE) {
			cli_error("a counter went backwards: this sample is left out");
			r = 0;
			continue;
		}
		if (r < 0) {
			cli_error("the sampler's samples are not of its counters");
			return CLI_FAILURE;
		}
		r = write_rows(stream, tracker, &at, let_in);
	}
	if (r == -EINTR && stop_wanted())
		return CLI_OK;
	if (r == -ENOMEM)
		return cli_oom();
	return r < 0 ? cli_output_failed(r) : CLI_OK;
}

static int show(const struct counters_options *options)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	const struct report_stream stream = {
		.file = stdout,
		.format = options->format,
		.schema = "tierscope.counters",
		.version = 1,
		.columns = counters_columns,
		.n_columns = counters_n_columns,
	};
	struct tierscope_counters *counters = NULL;
	struct tierscope_sampler *sampler = NULL;
	struct report_tracker *tracker = NULL;
	sigset_t let_in;
	int status, r;

	status = cli_machine_read(&machine);
	if (status)
		return status;
	r = tierscope_counters_resolve(machine.ts, options->roles, &counters);
	if (!r) {
		stop_catch(&let_in);
		r = tierscope_sampler_new(machine.ts, counters,
					  options->interval_ns, &sampler);
	}
	if (r < 0) {
		cli_error("%s", tierscope_error(machine.ts));
		status = CLI_FAILURE;
	} else if (report_tracker_new(counters->counters, counters->n,
				      options->roles, &tracker) < 0) {
		status = cli_oom();
	} else {
		status = sample(options, &stream, tracker, sampler,
				machine.topology->simulated, &let_in);
	}
	report_tracker_free(tracker);
	if (sampler)
		tierscope_sampler_free(sampler);
	if (counters)
		tierscope_counters_free(counters);
	return status;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct counters_options options = {
		.interval_ns = 1000000000,
		.roles = SHOWN,
		.format = REPORT_TABLE,
	};
	int first, status;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first < argc)
		return cli_usage(command, "there is nothing to do with '%s'", argv[first]);
	return show(&options);
}

static const struct cli_option options_list[] = {
	{ OPTION_INTERVAL, "interval", "DURATION", "between samples, 10ms to 60s; 1s if not given" },
	{ OPTION_COUNT, "count", "N", "end after N samples; otherwise SIGINT ends it" },
	{ OPTION_ROLES, "roles", "LIST", "count only these, such as dram.read,pmm.read: up to four need no turns" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_counters = {
	.name = "counters",
	.arguments = "",
	.summary = "traffic of the memory controllers and the hit ratio, live",
	.details =
		"A row for each socket and one for all at each sample. The hit ratio is hits /\n"
		"all tag checks. A box has four counters: more roles than that take turns, and\n"
		"counts are then scaled (method: estimated). csv and json carry the counts too,\n"
		"a line being 64 bytes: those of a role whose turn came late are of several\n"
		"intervals, and its rates of the time that they took. json is one document a\n"
		"line. Lost samples and late ticks are totals. Needs the kernel module and\n"
		"CAP_PERFMON or CAP_SYS_ADMIN.\n\n"
		"roles: dram.read dram.write pmm.read pmm.write tag.hit tag.miss_clean\n"
		"tag.miss_dirty",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
