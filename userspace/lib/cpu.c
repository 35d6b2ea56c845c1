// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topology.h"

/* The value after "key\t: " on a line of its own, or NULL. */
static const char *field(const char *text, const char *key)
{
	size_t length = strlen(key);

	while (text) {
		if (strncmp(text, key, length) == 0) {
			const char *rest = text + length;

			rest += strspn(rest, " \t");
			if (*rest == ':')
				return rest + 1 + strspn(rest + 1, " ");
		}
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return NULL;
}

static unsigned int number(const char *text, const char *key)
{
	const char *value = field(text, key);

	return value ? strtoul(value, NULL, 10) : 0;
}

int tierscope_cpu_identify(int root, struct tierscope_topology *topology)
{
	/* The first CPU's block, flags included, is below 4 KiB. */
	char text[8192];
	const char *model;
	int error;

	error = tierscope_sysfs_read(root, "proc/cpuinfo", sizeof(text), text);
	if (error)
		return error;
	model = field(text, "model name");
	if (model)
		snprintf(topology->cpu_model, sizeof(topology->cpu_model),
			 "%.*s", (int)strcspn(model, "\n"), model);
	topology->family = number(text, "cpu family");
	topology->model = number(text, "model");
	topology->stepping = number(text, "stepping");
	return 0;
}

int tierscope_cpu_socket(int root, unsigned int cpu)
{
	struct tierscope_path path;
	int socket, error;

	error = tierscope_sysfs_read_int(root, tierscope_path(&path,
		"sys/devices/system/cpu/cpu%u/topology/physical_package_id",
		cpu), &socket);
	/* Firmware that says nothing makes it -1. */
	return error ? error : socket < 0 ? -ENODATA : socket;
}

static int compare(const void *left, const void *right)
{
	const struct tierscope_socket *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

int tierscope_cpu_sockets(int root, struct tierscope_topology *topology)
{
	struct tierscope_ids cpus;
	int error;

	error = tierscope_sysfs_read_ids(root, "sys/devices/system/cpu/online",
					 &cpus);
	if (error)
		return error;
	topology->sockets = calloc(cpus.n + 1, sizeof(*topology->sockets));
	if (!topology->sockets)
		return -ENOMEM;
	for (size_t i = 0; i < cpus.n; i++) {
		int id = tierscope_cpu_socket(root, cpus.id[i]);
		struct tierscope_socket *socket = topology->sockets;

		/* It went offline meanwhile. */
		if (id < 0)
			continue;
		while (socket < topology->sockets + topology->n_sockets &&
		       socket->id != id)
			socket++;
		if (socket == topology->sockets + topology->n_sockets) {
			topology->n_sockets++;
			socket->id = id;
			socket->first_cpu = cpus.id[i];
		}
		socket->cpus++;
	}
	qsort(topology->sockets, topology->n_sockets,
	      sizeof(*topology->sockets), compare);
	return 0;
}
