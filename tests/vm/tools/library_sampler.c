/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases of library-check: counters and samplers. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "library_check.h"

#define INTERVAL_NS	10000000ULL
#define SLEEP_S		15
#define SLEEP_MAX_S	60

struct tierscope_counters *resolve(void)
{
	struct tierscope_counters *counters = NULL;
	size_t channels = 0;

	hold(tierscope_counters_resolve(ts, TIERSCOPE_ROLES_ALL,
					&counters) == 0, "%s",
	     tierscope_error(ts));
	for (size_t i = 0; i < counters->n; i++) {
		enum tierscope_box box;

		hold(tierscope_counter_box(&counters->counters[i], &box) == 0,
		     "%s is no box", counters->counters[i].pmu);
		channels += box == TIERSCOPE_BOX_IMC;
	}
	hold(channels == 2 * 6 * 8, "%zu counters of %zu", channels,
	     counters->n);
	return counters;
}

void case_sampler(void)
{
	struct tierscope_counters *counters = resolve();
	struct tierscope_sampler *sampler = NULL;
	const struct tierscope_sample *sample;
	uint64_t seq = 0, first = 0, ticks = 0, time_ns = 0;

	expect(tierscope_sampler_new(ts, counters, 1, &sampler), -ERANGE,
	       "INTERVAL_NS");
	hold(tierscope_sampler_new(ts, counters, INTERVAL_NS, &sampler) == 0,
	     "%s", tierscope_error(ts));
	hold(fcntl(tierscope_sampler_fd(sampler), F_GETFD) & FD_CLOEXEC,
	     "the socket survives exec");
	/* It outlives its handle. */
	tierscope_free(ts);
	ts = NULL;
	for (int i = 0; i < 20; i++) {
		int error = tierscope_sampler_read(sampler, 10000, &sample);

		hold(error == 0, "read: %d", error);
		hold(sample->n_readings == counters->n, "%zu readings",
		     sample->n_readings);
		hold(i == 0 || sample->seq == seq + 1, "seq");
		hold(sample->time_ns > time_ns, "time");
		hold(sample->samples_lost == 0, "lost");
		hold(sample->readings[0].value >= ticks, "DRAM clock goes back");
		seq = sample->seq;
		time_ns = sample->time_ns;
		/* Clockticks of the first box are the first in order. */
		ticks = sample->readings[0].value;
		if (i == 0)
			first = ticks;
	}
	hold(ticks > first, "DRAM clock stands still");
	/* Eight events on four counters. */
	hold(sample->readings[0].running_ns < sample->readings[0].enabled_ns,
	     "not multiplexed");
	tierscope_sampler_free(sampler);
	tierscope_counters_free(counters);
}

/* Between the two lines somebody reloads the PMUs' driver. */
void case_reload(void)
{
	struct tierscope_counters *counters = resolve();
	struct tierscope_sampler *sampler = NULL;
	const struct tierscope_sample *sample;

	printf("resolved %u\n", counters->counters[0].type);
	fflush(stdout);
	hold(getchar() == '\n', "no word");
	hold(tierscope_sampler_new(ts, counters, INTERVAL_NS, &sampler) == 0,
	     "%s", tierscope_error(ts));
	hold(tierscope_sampler_read(sampler, 10000, &sample) == 0, "no sample");
	hold(sample->readings[0].value > 0, "the DRAM clock is not counted");
	tierscope_sampler_free(sampler);
	tierscope_counters_free(counters);
}

static struct tierscope_sample first_of(struct tierscope_sampler *sampler,
					int samples)
{
	const struct tierscope_sample *sample = NULL;

	for (int i = 0; i < samples; i++)
		hold(tierscope_sampler_read(sampler, 10000, &sample) == 0, "read");
	return *sample;
}

/* Who comes second to the same sampler does not see what was before. */
void case_sharing(void)
{
	struct tierscope_counters *counters = resolve();
	struct tierscope_sampler *first = NULL, *second = NULL;
	struct tierscope_sample past, now;
	struct timespec asked;
	uint64_t asked_ns;

	hold(tierscope_sampler_new(ts, counters, 10 * INTERVAL_NS, &first) == 0,
	     "%s", tierscope_error(ts));
	past = first_of(first, 5);
	hold(clock_gettime(CLOCK_MONOTONIC, &asked) == 0, "clock");
	asked_ns = asked.tv_sec * 1000000000ULL + asked.tv_nsec;
	hold(tierscope_sampler_new(ts, counters, 10 * INTERVAL_NS, &second) == 0,
	     "%s", tierscope_error(ts));
	now = first_of(second, 1);
	hold(now.seq <= 1 && now.samples_lost == 0 && past.seq >= 4,
	     "sample %llu", (unsigned long long)now.seq);
	for (size_t i = 0; i < counters->n; i++) {
		const struct tierscope_reading *reading = &now.readings[i];

		hold(reading->time_ns - asked_ns >= reading->enabled_ns,
		     "counter %zu counts from before: %llu ns", i,
		     (unsigned long long)reading->enabled_ns);
		hold(reading->running_ns <= reading->enabled_ns, "running");
		/* The fastest, the clock, has 1.3 GHz. */
		hold(reading->value <= reading->enabled_ns * 4, "value %llu in %llu ns",
		     (unsigned long long)reading->value,
		     (unsigned long long)reading->enabled_ns);
	}
	tierscope_sampler_free(first);
	past = now;
	now = first_of(second, 5);
	hold(now.seq == past.seq + 5 + now.samples_lost, "goes on");
	hold(now.readings[0].enabled_ns > 0, "counts");
	tierscope_sampler_free(second);
	tierscope_counters_free(counters);
}

/*
 * 512 counters make samples of 32 KiB: the buffer of a reader that sleeps is
 * full within seconds. What it then reads says exactly how many it missed.
 */
void case_losses(void)
{
	struct tierscope_counters *some = resolve();
	struct tierscope_counters many = { .n = TIERSCOPE_COUNTERS_MAX };
	struct tierscope_sampler *sampler = NULL;
	const struct tierscope_sample *sample;
	unsigned int asleep_s = SLEEP_S;
	uint64_t first, seen = 1;
	bool lost = false;

	many.counters = calloc(many.n, sizeof(*many.counters));
	for (size_t i = 0; i < many.n; i++)
		many.counters[i] = some->counters[i % some->n];
	hold(tierscope_sampler_new(ts, &many, INTERVAL_NS, &sampler) == 0,
	     "%s", tierscope_error(ts));
	hold(tierscope_sampler_read(sampler, 10000, &sample) == 0, "read");
	first = sample->seq;
	sleep(asleep_s);
	while (!lost && ++seen < 6000) {
		int error = tierscope_sampler_read(sampler, 0, &sample);
		bool drained = error == -EAGAIN;

		/* What was lost shows in the sample that comes after. */
		if (drained)
			error = tierscope_sampler_read(sampler, 10000, &sample);
		hold(error == 0, "read");
		hold(sample->n_readings == many.n, "%zu readings",
		     sample->n_readings);
		hold(sample->seq + 1 - first == seen + sample->samples_lost,
		     "sample %llu after %llu, %llu seen, %llu lost",
		     (unsigned long long)sample->seq,
		     (unsigned long long)first, (unsigned long long)seen,
		     (unsigned long long)sample->samples_lost);
		lost = sample->samples_lost > 0;
		/* So slow a host gets longer. */
		if (drained && !lost) {
			hold(asleep_s < SLEEP_MAX_S, "nothing was lost");
			asleep_s *= 2;
			sleep(asleep_s);
		}
	}
	hold(lost, "nothing was lost");
	tierscope_sampler_free(sampler);
	tierscope_counters_free(some);
	free(many.counters);
}

static void on_alarm(int signal)
{
	(void)signal;
}

void case_waiting(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval soon = { { 0, 50000 }, { 0, 50000 } }, never = { 0 };
	struct tierscope_counters *counters = resolve();
	struct tierscope_sampler *sampler = NULL;
	const struct tierscope_sample *sample;

	hold(tierscope_sampler_new(ts, counters, TIERSCOPE_INTERVAL_MAX_NS,
				   &sampler) == 0, "%s", tierscope_error(ts));
	/* The first may come at once; then there is none for a minute. */
	tierscope_sampler_read(sampler, 500, &sample);
	hold(tierscope_sampler_read(sampler, 0, &sample) == -EAGAIN, "at once");
	hold(tierscope_sampler_read(sampler, 50, &sample) == -EAGAIN, "in time");
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	hold(tierscope_sampler_read(sampler, 30000, &sample) == -EINTR,
	     "a signal");
	setitimer(ITIMER_REAL, &never, NULL);
	tierscope_sampler_free(sampler);
	tierscope_counters_free(counters);
}
