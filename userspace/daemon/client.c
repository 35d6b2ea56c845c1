// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/client.h"

#include <errno.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "daemon/credentials.h"
#include "lib/scope.h"
#include "tierscope/bus.h"

#define REFUSED	TIERSCOPE_BUS_ERROR_REFUSED

int client_uid(sd_bus_message *message, uid_t *ret, sd_bus_error *error)
{
	struct credentials credentials;
	int r = credentials_get(message, &credentials, error);

	if (r < 0)
		return r;
	*ret = credentials.uid;
	return 0;
}

static bool contains(const gid_t *groups, size_t n, gid_t gid)
{
	for (size_t i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/* A launcher must not lend its own freedom to somebody who has less. */
static int check_confinement(const struct process *process, pid_t pid,
			     sd_bus_error *error)
{
	struct process own;
	int root, r;
	static const struct {
		const char *file, *name;
	} namespaces[] = {
		{ "user", "user" }, { "pid", "pid" }, { "mnt", "mount" },
		{ "net", "network" }, { "ipc", "IPC" },
	};

	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		int same = process_same_namespace(pid, namespaces[i].file);

		if (same < 0)
			return sd_bus_error_setf(error, REFUSED,
				"cannot tell which %s namespace process %d is in: %s",
				namespaces[i].name, (int)pid, strerror(-same));
		if (!same)
			return sd_bus_error_setf(error, REFUSED,
				"process %d is in another %s namespace than tierscoped, its command would run outside of it",
				(int)pid, namespaces[i].name);
	}
	root = process_same_root(pid);
	if (root < 0)
		return sd_bus_error_setf(error, REFUSED,
			"cannot tell which root directory process %d has: %s",
			(int)pid, strerror(-root));
	if (!root)
		return sd_bus_error_setf(error, REFUSED,
			"process %d has another root directory than tierscoped, its command would run outside of it",
			(int)pid);
	/* A filter over both of us (a container's) stays over the command. */
	r = process_read(getpid(), &own);
	if (r)
		return sd_bus_error_setf(error, REFUSED,
			"cannot tell the seccomp filters of tierscoped: %s",
			strerror(-r));
	if (process->seccomp != own.seccomp ||
	    process->n_filters != own.n_filters)
		return sd_bus_error_setf(error, REFUSED,
			"process %d is under a seccomp filter, its command would run without it",
			(int)pid);
	if (process_confined(pid))
		return sd_bus_error_setf(error, REFUSED,
			"process %d is confined by a security module, its command would run without that",
			(int)pid);
	return 0;
}

/* One user throughout, and the one that the bus knows: not a program that
 * changed its user, nor another process that got the number of a dead one. */
static int check_identity(const struct process *process,
			  const struct credentials *bus, sd_bus_error *error)
{
	for (int i = 0; i < 4; i++)
		if (process->uids[i] != bus->uid ||
		    process->gids[i] != process->gids[0])
			return sd_bus_error_setf(error, REFUSED,
				"process %d is not (or not only) user %u, who opened the connection",
				(int)bus->pid, bus->uid);
	if (bus->has_groups && bus->uid &&
	    !contains(bus->groups, bus->n_groups, process->gids[0]))
		return sd_bus_error_setf(error, REFUSED,
			"process %d has group %u, which it did not have when it opened the connection",
			(int)bus->pid, process->gids[0]);
	return 0;
}

static int read_limits(struct client *client)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (prlimit(client->pid, (__rlimit_resource_t)i, NULL,
			    &client->limits[i]))
			return -errno;
	client->has_cpus = !sched_getaffinity(client->pid, sizeof(client->cpus),
					      &client->cpus);
	errno = 0;
	client->nice = getpriority(PRIO_PROCESS, (id_t)client->pid);
	return -errno;
}

static void take_rights(struct client *client, const struct process *process,
			const struct credentials *bus)
{
	client->uid = bus->uid;
	client->gid = process->gids[0];
	for (size_t i = 0; i < process->n_groups; i++)
		if (!bus->has_groups || !bus->uid ||
		    contains(bus->groups, bus->n_groups, process->groups[i]))
			client->groups[client->n_groups++] = process->groups[i];
	client->umask = process->umask;
	client->no_new_privs = process->no_new_privs;
	client->cap_bounding = process->cap_bounding;
	/* A root that took itself capabilities away (SECBIT_NOROOT keeps exec
	 * from giving them back) has the rest; we cannot see those bits. */
	if (!client->uid)
		client->cap_bounding &= process->cap_permitted;
}

int client_identify(sd_bus_message *message, struct client *ret,
		    sd_bus_error *error)
{
	struct client client = { 0 };
	struct credentials bus;
	struct process process;
	int pidfd scope_close = -1, r;

	r = credentials_get(message, &bus, error);
	if (r < 0)
		return r;
	client.pid = bus.pid;
	pidfd = pidfd_open(bus.pid, 0);
	if (pidfd < 0)
		return sd_bus_error_setf(error, REFUSED,
			"process %d, which opened the connection, is gone: %s",
			(int)bus.pid, strerror(errno));
	r = process_read(bus.pid, &process);
	if (r)
		return sd_bus_error_setf(error, REFUSED,
			"cannot tell the rights of process %d: %s",
			(int)bus.pid, r == -E2BIG ? "it is in too many groups" :
			strerror(-r));
	r = check_identity(&process, &bus, error);
	if (r < 0)
		return r;
	r = check_confinement(&process, bus.pid, error);
	if (r < 0)
		return r;
	if (geteuid() && bus.uid != geteuid())
		return sd_bus_error_setf(error, REFUSED,
			"this tierscoped runs as user %u and launches for that user only",
			geteuid());
	r = read_limits(&client);
	if (r)
		return sd_bus_error_setf(error, REFUSED,
			"cannot read the resource limits of process %d: %s",
			(int)bus.pid, strerror(-r));
	/* All of the above was said of a number; it was that process if the
	 * process is still there. */
	if (!process_alive(pidfd))
		return sd_bus_error_setf(error, REFUSED,
			"process %d ended while it asked", (int)bus.pid);
	take_rights(&client, &process, &bus);
	*ret = client;
	return 0;
}
