/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who does a part of what a probe does: opens its socket, sends, reads on.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe_identity.h"

bool probe_identity_of(const char *role, char **words, int n,
		       unsigned int *ret_id)
{
	size_t length = strlen(role);

	for (int i = 0; i < n; i++) {
		if (strncmp(words[i], role, length) || words[i][length] != '=')
			continue;
		*ret_id = strtoul(words[i] + length + 1, NULL, 0);
		return true;
	}
	return false;
}

void probe_identity_take(const char *role, char **words, int n)
{
	unsigned int id;

	if (!probe_identity_of(role, words, n, &id))
		return;
	if (setegid(id) || seteuid(id))
		err(1, "cannot become %u", id);
}

void probe_identity_give_back(void)
{
	if (seteuid(getuid()) || setegid(getgid()))
		err(1, "cannot become oneself again");
}
