// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/media.h"

#include <unistd.h>

void media_open(struct media *media, struct tierscope *ts)
{
	/* The simulated ones are numbered from 0: behind the last there is none, and
	 * to look for it takes as long as to open one. */
	media->n = 0;
	while (media->n < MEDIA_SOCKETS_MAX &&
	       !tierscope_media_open(ts, (unsigned int)media->n,
				     media->fds[media->n]))
		media->n++;
}

void media_close(struct media *media)
{
	for (size_t i = 0; i < media->n; i++)
		for (int j = 0; j < TIERSCOPE_MEDIA_EVENTS; j++)
			close(media->fds[i][j]);
	media->n = 0;
}
