/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pid_list.h"

#include <errno.h>
#include <stdlib.h>

int pid_list_add(struct pid_list *list, pid_t pid)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 256;
		pid_t *pids = reallocarray(list->pids, room, sizeof(*pids));

		if (!pids)
			return -ENOMEM;
		list->pids = pids;
		list->room = room;
	}
	list->pids[list->n++] = pid;
	return 0;
}
