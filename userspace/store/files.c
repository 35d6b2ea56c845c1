// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/files.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

void store_files_remove(const char *path)
{
	static const char *const suffixes[] = { "-wal", "-shm", "-journal", "" };
	char name[PATH_MAX];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if ((size_t)snprintf(name, sizeof(name), "%s%s", path,
				     suffixes[i]) < sizeof(name))
			unlink(name);
}
