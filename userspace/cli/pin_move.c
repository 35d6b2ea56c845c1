/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pin_move.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/rate.h"
#include "cli/stop.h"
#include "report/human.h"

#define BAR_WIDTH	30
#define REDRAW_NS	100000000

/**
 * struct carrier - what the mover calls back with
 * @before_bytes: tried in the processes before this one
 * @drawn_ns: when the bar was drawn
 */
struct carrier {
	const sigset_t *let_in;
	uint64_t rate;
	uint64_t began_ns;
	uint64_t before_bytes;
	uint64_t total_bytes;
	bool bar;
	uint64_t drawn_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void draw(struct carrier *carrier, uint64_t done, uint64_t now)
{
	char have[REPORT_CELL_MAX], all[REPORT_CELL_MAX], speed[REPORT_CELL_MAX];
	const struct report_value values[] = {
		report_number(done), report_number(carrier->total_bytes),
		report_real((double)done * 1e9 / (double)(now - carrier->began_ns + 1)),
	};
	int width = carrier->total_bytes ?
		    (int)((double)done / (double)carrier->total_bytes * BAR_WIDTH) : 0;

	fprintf(stderr, "\r[%-*.*s] %s of %s, %s\033[K", BAR_WIDTH, width,
		"##############################",
		report_human(REPORT_BYTES, &values[0], have),
		report_human(REPORT_BYTES, &values[1], all),
		report_human(REPORT_RATE, &values[2], speed));
	fflush(stderr);
	carrier->drawn_ns = now;
}

/* A batch goes once its bytes are due, so that the rate is never above. */
static int before(uint64_t done_bytes, uint64_t next_bytes, void *data)
{
	struct carrier *carrier = data;
	uint64_t done = carrier->before_bytes + done_bytes;
	uint64_t due, now = now_ns();

	if (carrier->bar && now - carrier->drawn_ns >= REDRAW_NS)
		draw(carrier, done, now);
	due = carrier->rate ?
	      carrier->began_ns + rate_due_ns(carrier->rate, done + next_bytes) : now;
	/* Signals are let in here alone, and then also without a wait. */
	return stop_sleep(due > now ? due - now : 0, carrier->let_in) ? 0 : -ECANCELED;
}

static int told(struct tierscope *ts, const struct pin_process *process, int r)
{
	if (r == -ECANCELED)
		cli_error("stopped by a signal");
	else if (r == -ESRCH)
		cli_error("process %d has ended before all of it was moved",
			  process->process.pid);
	else
		cli_error("cannot move process %d: %s", process->process.pid,
			  tierscope_error(ts));
	return CLI_FAILURE;
}

static int count_all(struct tierscope_move_tally *tally,
		     const struct pin_process *process, enum tierscope_moved outcome)
{
	int r = 0;

	for (size_t i = 0; i < process->move.n && !r; i++)
		r = tierscope_move_tally_add(tally, process->move.at[i].from,
					     process->move.at[i].to,
					     process->move.at[i].page_bytes, outcome,
					     process->move.at[i].pages);
	return r;
}

static int move_all(struct tierscope *ts, const struct pin_plan *plan,
		    struct carrier *carrier, struct pin_outcome *ret)
{
	struct tierscope_move_options options = {
		.shared = tierscope_move_may_shared(),
		.batch_bytes = rate_batch_bytes(carrier->rate),
		.before = before,
		.data = carrier,
	};
	int status = CLI_OK;

	for (size_t i = 0; i < plan->n; i++) {
		const struct pin_process *process = &plan->processes[i];
		struct tierscope_move_tally *tally = &ret->tallies[i];
		int r;

		if (status)
			r = count_all(tally, process, TIERSCOPE_MOVED_NOT_TRIED);
		else if (!process_lives(&process->process))
			r = count_all(tally, process, TIERSCOPE_MOVED_GONE) ?: -ESRCH;
		else
			r = tierscope_move(ts, process->process.pid,
					   process->move.at, process->move.n,
					   &options, tally);
		/* The process that was asked for is missed; its children come and go. */
		if (r < 0 && (r != -ESRCH || !i)) {
			if (carrier->bar)
				fputs("\r\033[K", stderr);
			status = told(ts, process, r);
		}
		for (int outcome = 0; outcome < TIERSCOPE_MOVED_OUTCOMES; outcome++)
			carrier->before_bytes += tierscope_move_tally_bytes(tally, outcome);
		ret->moved_bytes += tierscope_move_tally_bytes(tally, TIERSCOPE_MOVED);
	}
	return status;
}

int pin_move(struct tierscope *ts, const struct pin_plan *plan, uint64_t rate,
	     struct pin_outcome *ret)
{
	struct carrier carrier = {
		.rate = rate, .bar = isatty(STDERR_FILENO), .began_ns = now_ns(),
	};
	sigset_t let_in;
	int status;

	*ret = (struct pin_outcome){ .n = plan->n };
	ret->tallies = calloc(plan->n, sizeof(*ret->tallies));
	if (!ret->tallies)
		return cli_oom();
	for (size_t i = 0; i < plan->n; i++)
		for (size_t j = 0; j < plan->processes[i].move.n; j++)
			carrier.total_bytes += plan->processes[i].move.at[j].pages *
					       plan->processes[i].move.at[j].page_bytes;
	stop_catch(&let_in);
	carrier.let_in = &let_in;
	status = move_all(ts, plan, &carrier, ret);
	ret->elapsed_ns = now_ns() - carrier.began_ns;
	if (carrier.bar)
		fputs("\r\033[K", stderr);
	return status;
}

void pin_outcome_clear(struct pin_outcome *outcome)
{
	for (size_t i = 0; i < outcome->n && outcome->tallies; i++)
		tierscope_move_tally_clear(&outcome->tallies[i]);
	free(outcome->tallies);
	*outcome = (struct pin_outcome){ 0 };
}
