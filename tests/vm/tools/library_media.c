/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases of library-check: what the memory of a socket does. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <tierscope/events.h>

#include "library_check.h"

#define SOCKETS 2

/* Counts from "ready" until there is a line on stdin. */
void case_media(void)
{
	int fds[SOCKETS][TIERSCOPE_MEDIA_EVENTS];
	int none[TIERSCOPE_MEDIA_EVENTS] = { -7, -7 };
	char line[16];

	for (unsigned int s = 0; s < SOCKETS; s++) {
		hold(tierscope_media_open(ts, s, fds[s]) == 0, "%s",
		     tierscope_error(ts));
		for (int i = 0; i < TIERSCOPE_MEDIA_EVENTS; i++)
			hold(fcntl(fds[s][i], F_GETFD) & FD_CLOEXEC,
			     "it survives exec");
	}
	expect(tierscope_media_open(ts, SOCKETS, none), -ENODEV,
	       "no CPU of socket 2");
	hold(none[0] == -7 && none[1] == -7, "outputs of a failure");
	puts("ready");
	fflush(stdout);
	hold(fgets(line, sizeof(line), stdin), "nobody said go");
	for (unsigned int s = 0; s < SOCKETS; s++) {
		struct tierscope_media media;

		hold(tierscope_media_read(fds[s], &media) == 0, "read");
		hold(media.enabled_ns && media.enabled_ns == media.running_ns,
		     "it did not run all the time");
		printf("socket %u", s);
		for (int i = 0; i < TIERSCOPE_MEDIA_EVENTS; i++)
			printf(" %llu", (unsigned long long)media.lines[i]);
		printf("\n");
		for (int i = 0; i < TIERSCOPE_MEDIA_EVENTS; i++)
			close(fds[s][i]);
	}
}

void case_no_media(void)
{
	int fds[TIERSCOPE_MEDIA_EVENTS];

	expect(tierscope_media_open(ts, 0, fds), -ENOENT,
	       "on the simulated machine only");
}
