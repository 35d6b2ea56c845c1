// SPDX-License-Identifier: GPL-2.0-or-later
#include "experiment/template.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scope.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define NAME_MAX_BYTES 63

bool experiment_is_variable(const char *name)
{
	size_t n = strlen(name);

	return n && n <= NAME_MAX_BYTES && strchr(LETTERS, name[0]) &&
	       strspn(name, LETTERS "0123456789") == n;
}

/* What stands at "${"; @ret_end is behind the "}". */
static int variable(const char *text, const struct experiment_pairs *variables,
		    char **ret_unknown, const char **ret_value,
		    const char **ret_end)
{
	const char *end = strchr(text, '}');
	char name[NAME_MAX_BYTES + 1];
	size_t n = end ? (size_t)(end - text - 2) : 0;
	const char *value;

	if (!n || n >= sizeof(name))
		return -EINVAL;
	memcpy(name, text + 2, n);
	name[n] = '\0';
	if (!experiment_is_variable(name))
		return -EINVAL;
	value = experiment_pairs_find(variables, name);
	if (!value) {
		*ret_unknown = strdup(name);
		return *ret_unknown ? -ENOENT : -ENOMEM;
	}
	*ret_value = value;
	*ret_end = end + 1;
	return 0;
}

static int expand(const char *text, const struct experiment_pairs *variables,
		  char **ret_unknown, FILE *out)
{
	while (*text) {
		const char *value, *end;
		int r;

		if (text[0] == '$' && text[1] == '{') {
			r = variable(text, variables, ret_unknown, &value, &end);
			if (r < 0)
				return r;
			fputs(value, out);
			text = end;
			continue;
		}
		if (text[0] == '$' && text[1] == '$')
			text++;
		fputc(*text++, out);
	}
	return 0;
}

int experiment_template(const char *text, const struct experiment_pairs *variables,
			char **ret_unknown, char **ret)
{
	char *buffer scope_free = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&buffer, &size);
	bool failed;
	int r;

	*ret_unknown = NULL;
	if (!out)
		return -ENOMEM;
	r = expand(text, variables, ret_unknown, out);
	failed = ferror(out);
	failed |= fclose(out) != 0;
	if (r < 0)
		return r;
	if (failed || !buffer)
		return -ENOMEM;
	*ret = scope_take(buffer);
	return 0;
}
