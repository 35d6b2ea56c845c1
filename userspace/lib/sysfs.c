// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scope.h"
#include "sysfs.h"

const char *tierscope_path(struct tierscope_path *path, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path->text, sizeof(path->text), format, arguments);
	va_end(arguments);
	return path->text;
}

long tierscope_sysfs_read_bytes(int root, const char *file, size_t size,
				void *bytes)
{
	scope_close int fd = openat(root, file, O_RDONLY | O_CLOEXEC);
	size_t length = 0;

	if (fd < 0)
		return -errno;
	while (length < size) {
		ssize_t n = read(fd, (char *)bytes + length, size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += n;
	}
	return length;
}

int tierscope_sysfs_read(int root, const char *file, size_t size, char *text)
{
	long length = tierscope_sysfs_read_bytes(root, file, size - 1, text);

	if (length < 0)
		return length;
	if (length > 0 && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	return 0;
}

int tierscope_sysfs_read_u64(int root, const char *file, uint64_t *ret)
{
	unsigned long long value;
	char text[64], *end;
	int error;

	error = tierscope_sysfs_read(root, file, sizeof(text), text);
	if (error)
		return error;
	if (text[0] < '0' || text[0] > '9')
		return -EBADMSG;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end)
		return -EBADMSG;
	*ret = value;
	return 0;
}

int tierscope_sysfs_read_int(int root, const char *file, int *ret)
{
	char text[64], *end;
	long value;
	int error;

	error = tierscope_sysfs_read(root, file, sizeof(text), text);
	if (error)
		return error;
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < INT_MIN || value > INT_MAX)
		return -EBADMSG;
	*ret = value;
	return 0;
}

/* One number of a list; digits only, which strtoul would not insist on. */
static int parse_id(const char **text, unsigned int *ret)
{
	unsigned long value;
	char *end;

	if (**text < '0' || **text > '9')
		return -EBADMSG;
	errno = 0;
	value = strtoul(*text, &end, 10);
	if (errno || value >= TIERSCOPE_IDS_MAX)
		return -EBADMSG;
	*text = end;
	*ret = value;
	return 0;
}

int tierscope_ids_parse(const char *text, struct tierscope_ids *ret)
{
	unsigned int first, last;
	size_t n = 0;

	while (*text) {
		if (parse_id(&text, &first))
			return -EBADMSG;
		last = first;
		if (*text == '-') {
			text++;
			if (parse_id(&text, &last) || last < first)
				return -EBADMSG;
		}
		/* Ascending, so there can be no more than TIERSCOPE_IDS_MAX. */
		if (n > 0 && first <= ret->id[n - 1])
			return -EBADMSG;
		for (unsigned int id = first; id <= last; id++)
			ret->id[n++] = id;
		if (*text == ',' && text[1])
			text++;
		else if (*text)
			return -EBADMSG;
	}
	ret->n = n;
	return 0;
}

int tierscope_sysfs_read_ids(int root, const char *file,
			     struct tierscope_ids *ret)
{
	char text[4096];
	int error;

	error = tierscope_sysfs_read(root, file, sizeof(text), text);
	if (error)
		return error;
	/* Half a list would be a wrong list. */
	if (strlen(text) >= sizeof(text) - 2)
		return -E2BIG;
	return tierscope_ids_parse(text, ret);
}

bool tierscope_ids_have(const struct tierscope_ids *ids, unsigned int id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->id[i] == id)
			return true;
	return false;
}

bool tierscope_sysfs_exists(int root, const char *file)
{
	struct stat status;

	return fstatat(root, file, &status, 0) == 0;
}

int tierscope_sysfs_read_link(int root, const char *file, size_t size,
			      char *text)
{
	ssize_t length = readlinkat(root, file, text, size - 1);

	if (length < 0)
		return -errno;
	text[length] = '\0';
	return 0;
}

int tierscope_sysfs_list(int root, const char *directory, const char *prefix,
			 struct tierscope_names *ret)
{
	struct tierscope_names names = { 0 };
	struct dirent **entries = NULL;
	int n, error = 0;

	/* versionsort: imc_10 comes after imc_9 */
	n = scandirat(root, directory, &entries, NULL, versionsort);
	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		return -errno;
	if (n > 0) {
		names.name = calloc(n, sizeof(*names.name));
		if (!names.name)
			error = -ENOMEM;
	}
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (!error && name[0] != '.' &&
		    strncmp(name, prefix, strlen(prefix)) == 0) {
			names.name[names.n] = strdup(name);
			if (names.name[names.n])
				names.n++;
			else
				error = -ENOMEM;
		}
		free(entries[i]);
	}
	free(entries);
	if (error) {
		tierscope_names_clear(&names);
		return error;
	}
	*ret = names;
	return 0;
}

void tierscope_names_clear(struct tierscope_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	names->n = 0;
	names->name = NULL;
}
