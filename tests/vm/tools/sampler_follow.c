/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sampler-follow MS: reads the seven roles' counters by libtierscope, so often,
 * until it is killed: what any program does that wants samples.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <tierscope/tierscope.h>

/* Of the channels: what perf is given beside. */
#define ROLES (TIERSCOPE_ROLES_ALL & ~TIERSCOPE_ROLES_M2M & \
	       ~TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_CLOCKTICKS))

int main(int argc, char **argv)
{
	const struct tierscope_sample *sample;
	struct tierscope_counters *counters;
	struct tierscope_sampler *sampler;
	struct tierscope *ts;
	int error;

	if (argc != 2)
		errx(2, "usage: sampler-follow MS");
	if (tierscope_new(NULL, &ts))
		errx(1, "no handle");
	if (tierscope_counters_resolve(ts, ROLES, &counters) ||
	    tierscope_sampler_new(ts, counters,
				  strtoull(argv[1], NULL, 10) * 1000000ULL,
				  &sampler))
		errx(1, "%s", tierscope_error(ts));
	printf("counters %zu\n", counters->n);
	fflush(stdout);
	do
		error = tierscope_sampler_read(sampler, 60000, &sample);
	while (!error || error == -EINTR);
	errx(1, "no sample came: error %d", error);
}
