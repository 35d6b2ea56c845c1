// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/closing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"

#define AGAIN_FIRST_US	1000000ULL
#define AGAIN_LAST_US	60000000ULL
#define ACCURACY_US	100000ULL

struct closing {
	struct closing *next;
	struct daemon *daemon;
	sd_event_source *timer;
	uint64_t again_us;	/* doubled each time */
	uid_t uid;
	gid_t gid;
	char path[];
};

static void forget(struct closing *closing)
{
	struct closing **at = &closing->daemon->closings;

	while (*at && *at != closing)
		at = &(*at)->next;
	if (*at)
		*at = closing->next;
	sd_event_source_disable_unref(closing->timer);
	free(closing);
}

static int on_again(sd_event_source *source, uint64_t usec, void *data);

static int again(struct closing *closing)
{
	closing->timer = sd_event_source_disable_unref(closing->timer);
	return sd_event_add_time_relative(closing->daemon->event,
					  &closing->timer, CLOCK_MONOTONIC,
					  closing->again_us, ACCURACY_US,
					  on_again, closing);
}

static int on_again(sd_event_source *source, uint64_t usec, void *data)
{
	struct closing *closing = data;
	int err;

	(void)source;
	(void)usec;
	err = store_recover(closing->path);
	if (err == -EBUSY) {
		closing->again_us *= 2;
		if (closing->again_us > AGAIN_LAST_US)
			closing->again_us = AGAIN_LAST_US;
		err = again(closing);
		if (err >= 0)
			return 0;
	}
	if (!err)
		err = archive_give(closing->path, closing->uid, closing->gid);
	if (err < 0)
		log_error("cannot close '%s': %s", closing->path,
			  strerror(-err));
	forget(closing);
	return 0;
}

int closing_later(struct daemon *daemon, const char *path, uid_t uid, gid_t gid)
{
	struct closing *closing = calloc(1, sizeof(*closing) + strlen(path) + 1);
	int r;

	if (!closing)
		return -ENOMEM;
	closing->daemon = daemon;
	closing->again_us = AGAIN_FIRST_US;
	closing->uid = uid;
	closing->gid = gid;
	strcpy(closing->path, path);
	closing->next = daemon->closings;
	daemon->closings = closing;
	r = again(closing);
	if (r < 0)
		forget(closing);
	return r < 0 ? r : 0;
}

void closing_stop(struct daemon *daemon)
{
	while (daemon->closings)
		forget(daemon->closings);
}
