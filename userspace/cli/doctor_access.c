/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the caller may do, how much of it, and who else does.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "lib/scope.h"

/* Events of a task, for so many threads: fewer than a small program of ours has
 * files for is too few. */
#define THREADS_MIN 32

/* ---- capabilities ------------------------------------------------------- */

static int effective(uint64_t *ret)
{
	FILE *file scope_fclose = fopen("/proc/self/status", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "CapEff:", 7))
			continue;
		*ret = strtoull(line + 7, NULL, 16);
		return 0;
	}
	return -EIO;
}

/* CAP_SYS_ADMIN stands for CAP_PERFMON too (capabilities(7)). */
static const struct {
	unsigned int bit, instead;
	const char *name;
	const char *what;
} capabilities[] = {
	{ CAP_PERFMON, CAP_SYS_ADMIN, "CAP_PERFMON", "counters" },
	{ CAP_SYS_PTRACE, CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "placement of others' processes" },
	{ CAP_SYS_ADMIN, CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "placement --pages and --nearmem, topology --set" },
	{ CAP_SYS_NICE, CAP_SYS_NICE, "CAP_SYS_NICE", "pin of others' processes and of shared memory" },
};

void doctor_capabilities(struct doctor *doctor)
{
	char lacking[512] = "", remedy[128] = "";
	size_t used = 0, named = 0;
	uint64_t have;

	if (effective(&have) < 0) {
		doctor_say(doctor, "capabilities", DOCTOR_FAILS, "a /proc that is mounted",
			   "cannot read /proc/self/status");
		return;
	}
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (have & (1ULL << capabilities[i].bit | 1ULL << capabilities[i].instead))
			continue;
		used += snprintf(lacking + used, sizeof(lacking) - used, "%s%s",
				 used ? ", no " : "; no ", capabilities[i].what);
		named += snprintf(remedy + named, sizeof(remedy) - named, "%s%s",
				  named ? ", " : "", capabilities[i].name);
	}
	if (used)
		doctor_say(doctor, "capabilities", DOCTOR_PARTLY, remedy,
			   "uid %u: topology, events, placement and pin of own processes, run%s",
			   geteuid(), lacking);
	else
		doctor_say(doctor, "capabilities", DOCTOR_WORKS, "",
			   "uid %u has all that is asked for", geteuid());
}

/* ---- limits -------------------------------------------------------------- */

void doctor_files(struct doctor *doctor)
{
	unsigned long long threads;
	struct rlimit limit;
	char remedy[64];

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		doctor_say(doctor, "files", DOCTOR_FAILS, "", "getrlimit: %s",
			   strerror(errno));
		return;
	}
	threads = limit.rlim_cur / TIERSCOPE_TASK_ROLES;
	snprintf(remedy, sizeof(remedy), "ulimit -n %llu",
		 (unsigned long long)limit.rlim_max);
	doctor_say(doctor, "files", threads < THREADS_MIN ? DOCTOR_PARTLY : DOCTOR_WORKS,
		   threads < THREADS_MIN ? remedy : "",
		   "%llu files may be open, enough for all events of %llu threads; a sampler takes one",
		   (unsigned long long)limit.rlim_cur, threads);
}

/* ---- others --------------------------------------------------------------- */

struct others {
	unsigned int processes, events, hidden;
	int first;
	char name[32];
};

/* How many perf events a process has open, or -errno. */
static int held_by(const char *pid)
{
	char path[300], target[64];
	struct dirent *entry;
	DIR *fds;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	fds = opendir(path);
	if (!fds)
		return -errno;
	while ((entry = readdir(fds))) {
		ssize_t length = readlinkat(dirfd(fds), entry->d_name, target,
					    sizeof(target));

		n += length == (ssize_t)strlen("anon_inode:[perf_event]") &&
		     !memcmp(target, "anon_inode:[perf_event]", (size_t)length);
	}
	closedir(fds);
	return n;
}

static void look_at(const char *pid, struct others *others)
{
	int n = held_by(pid);
	char path[300];

	others->hidden += n == -EACCES || n == -EPERM;
	if (n <= 0)
		return;
	others->events += n;
	if (others->processes++)
		return;
	others->first = atoi(pid);
	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	FILE *file scope_fclose = fopen(path, "re");
	if (file && fgets(others->name, sizeof(others->name), file))
		others->name[strcspn(others->name, "\n")] = '\0';
}

static int look_around(struct others *others)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc)
		return -errno;
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    atoi(entry->d_name) != getpid())
			look_at(entry->d_name, others);
	closedir(proc);
	return 0;
}

static bool watchdog(void)
{
	FILE *file scope_fclose = fopen("/proc/sys/kernel/nmi_watchdog", "re");
	int value;

	return file && fscanf(file, "%d", &value) == 1 && value;
}

void doctor_others(struct doctor *doctor)
{
	static const char seen[] = "samplers of others are not seen";
	struct others others = { .name = "" };
	char hidden[64] = "";

	if (watchdog())
		doctor_say(doctor, "watchdog", DOCTOR_WORKS, "",
			   "nmi_watchdog has one counter of every core, and none of the memory controllers");
	if (look_around(&others) < 0) {
		doctor_say(doctor, "others", DOCTOR_FAILS, "a /proc that is mounted",
			   "cannot read /proc");
		return;
	}
	if (others.hidden)
		snprintf(hidden, sizeof(hidden),
			 "; %u processes may not be looked at", others.hidden);
	if (others.processes)
		doctor_say(doctor, "others", DOCTOR_PARTLY,
			   "wait for them, or count fewer roles: what is more than a box has counters takes turns",
			   "%u processes hold %u perf events, such as %s (%d)%s; %s",
			   others.processes, others.events, others.name,
			   others.first, hidden, seen);
	else
		doctor_say(doctor, "others", DOCTOR_WORKS, "",
			   "nobody holds perf events%s; %s", hidden, seen);
}
