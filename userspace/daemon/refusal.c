// SPDX-License-Identifier: GPL-2.0-or-later
/* A run that was asked for and does not come about. */
#include <sys/epoll.h>

#include "daemon/clock.h"
#include "daemon/run.h"

static void bury(struct run *run);

static int on_killed(sd_event_source *source, int fd, uint32_t events,
		     void *data)
{
	(void)fd;
	(void)events;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	bury(data);
	return 0;
}

static int on_bury(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	bury(data);
	return 0;
}

/* The killed child of a refused run counts for its user as long as it is there,
 * or a user could have any number of them. */
static void bury(struct run *run)
{
	int r;

	if (launch_collect(&run->launch)) {
		run_free(run);
		return;
	}
	if (!run->child)
		r = sd_event_add_io(run->daemon->event, &run->child,
				    run->launch.pidfd, EPOLLIN, on_killed, run);
	else	/* It has ended, but somebody traces it. */
		r = run_timer(run, &run->deadline, RUN_COLLECT_AGAIN_NS, on_bury);
	if (r < 0)
		run_free(run);
}

void run_withdraw(struct run *run, sd_bus_error *error)
{
	run->state = RUN_REFUSED;
	run->channel = sd_event_source_disable_unref(run->channel);
	run->deadline = sd_event_source_disable_unref(run->deadline);
	sampling_stop(&run->sampling);
	store_discard(run->writer);
	run->writer = NULL;
	sd_bus_reply_method_error(run->request.message, error);
	sd_bus_error_free(error);
	request_free(&run->request);
	launch_kill(&run->launch);
}

void run_refuse(struct run *run, sd_bus_error *error)
{
	run_withdraw(run, error);
	bury(run);
}
