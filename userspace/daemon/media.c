// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/media.h"

#include <unistd.h>

void media_open(struct media *media, struct tierscope *ts)
{
	media->n = 0;
	for (unsigned int socket = 0; socket < MEDIA_SOCKETS_MAX; socket++) {
		if (tierscope_media_open(ts, socket, media->fds[media->n]))
			continue;
		media->sockets[media->n++] = socket;
	}
}

void media_close(struct media *media)
{
	for (size_t i = 0; i < media->n; i++)
		for (int j = 0; j < TIERSCOPE_MEDIA_EVENTS; j++)
			close(media->fds[i][j]);
	media->n = 0;
}
