/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * module-rounds ROUNDS SETTLED TIERSCOPE_SIM.KO TIERSCOPE.KO: loads both
 * modules and unloads them again, ROUNDS times, each time with a client
 * connected, and asks for each unload while something is in use, when it must
 * be refused, and when nothing is. Says what the kernel's memory was after
 * SETTLED rounds and at the end. One process, because under emulation starting
 * programs would take longer than all of the rest.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/perf_event.h>
#include <linux/tierscope.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netlink/attr.h>

#include "counter_spec.h"
#include "probe_request.h"

#define ANSWER_MS 30000

static const char *const counters[] = {
	"uncore_imc_0:0x0304:0", "uncore_imc_5:0x0304:2",
};

static struct probe client, user;
static unsigned int wrong;

static void expect(unsigned int round, const char *what, bool met)
{
	if (met)
		return;
	wrong++;
	printf("wrong in round %u: %s: %s\n", round, what, strerror(errno));
}

static bool load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool loaded;

	if (fd < 0)
		err(1, "%s", path);
	loaded = !syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return loaded;
}

static bool unload(const char *name)
{
	return !syscall(SYS_delete_module, name, O_NONBLOCK);
}

/* What rmmod calls "in use". */
static bool busy(const char *name)
{
	return !unload(name) && errno == EWOULDBLOCK;
}

static void hold_sampler(unsigned int round)
{
	uint32_t id;

	probe_open(&user);
	expect(round, "a sampler is made",
	       !probe_new(&user, 10, (char **)counters, 2, &id) &&
	       !probe_subscribe(&user, id));
	expect(round, "tierscope stays while a sampler lives", busy("tierscope"));
	expect(round, "tierscope_sim stays while a sampler lives",
	       busy("tierscope_sim"));
}

/* Nothing of it is read, so it stands after its first message. */
static void hold_dump(unsigned int round)
{
	struct pollfd begun;
	struct nl_msg *msg;

	probe_open(&user);
	msg = probe_request(&user, TIERSCOPE_CMD_PLACEMENT_GET, NLM_F_DUMP);
	probe_send(&user, msg);
	nlmsg_free(msg);
	begun = (struct pollfd){ .fd = user.fd, .events = POLLIN };
	expect(round, "a dump begins", poll(&begun, 1, ANSWER_MS) == 1);
	expect(round, "tierscope stays while a dump is open", busy("tierscope"));
}

static void hold_event(unsigned int round)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	struct counter_spec spec;
	int fd;

	if (counter_spec_parse(counters[0], &spec))
		errx(1, "there is no PMU for %s", counters[0]);
	attr.type = spec.type;
	attr.config = spec.config;
	fd = syscall(SYS_perf_event_open, &attr, -1, spec.cpu, -1,
		     PERF_FLAG_FD_CLOEXEC);
	expect(round, "perf opens an event", fd >= 0);
	expect(round, "tierscope_sim stays while perf has an event",
	       busy("tierscope_sim"));
	close(fd);
}

/* Somebody else's sampler, whose death is the only end of it. */
static void hold_victim(unsigned int round)
{
	int pipes[2], status;
	char byte;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		err(1, "pipe2");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		uint32_t id;

		probe_open(&user);
		if (!probe_new(&user, 10, (char **)counters, 2, &id))
			(void)!write(pipes[1], "", 1);
		pause();
		_exit(1);
	}
	close(pipes[1]);
	expect(round, "a process makes a sampler", read(pipes[0], &byte, 1) == 1);
	close(pipes[0]);
	expect(round, "tierscope stays while it lives", busy("tierscope"));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static void one_round(unsigned int round, const char *sim, const char *module)
{
	expect(round, "tierscope_sim loads", load(sim));
	expect(round, "tierscope loads", load(module));
	probe_open(&client);

	hold_sampler(round);
	probe_close(&user);
	hold_dump(round);
	probe_close(&user);
	hold_event(round);
	hold_victim(round);

	expect(round, "tierscope goes with a client connected",
	       unload("tierscope"));
	expect(round, "tierscope_sim goes", unload("tierscope_sim"));
	probe_close(&client);
}

static unsigned long kib(const char *key)
{
	unsigned long value, found = 0;
	char line[128], name[64];
	FILE *file = fopen("/proc/meminfo", "re");

	if (!file)
		err(1, "/proc/meminfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63[^:]: %lu", name, &value) == 2 &&
		    !strcmp(name, key))
			found = value;
	fclose(file);
	return found;
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file))
		err(1, "%s", path);
}

/* Slabs keep pages that hold nothing any more, more of them the faster the
 * rounds follow each other.
 */
static void shrink_slabs(void)
{
	glob_t found;

	if (glob("/sys/kernel/slab/*/shrink", GLOB_NOSORT, NULL, &found))
		errx(1, "there is no /sys/kernel/slab/*/shrink");
	for (size_t i = 0; i < found.gl_pathc; i++)
		put(found.gl_pathv[i], "1\n");
	globfree(&found);
}

static void print_memory(const char *when)
{
	sync();
	put("/proc/sys/vm/drop_caches", "3\n");
	sleep(1);	/* what RCU frees later */
	shrink_slabs();
	printf("%s Slab %lu VmallocUsed %lu Percpu %lu\n", when, kib("Slab"),
	       kib("VmallocUsed"), kib("Percpu"));
}

int main(int argc, char **argv)
{
	unsigned int rounds, settled;

	if (argc != 5)
		errx(2, "usage: module-rounds ROUNDS SETTLED TIERSCOPE_SIM.KO TIERSCOPE.KO");
	rounds = atoi(argv[1]);
	settled = atoi(argv[2]);
	for (unsigned int round = 1; round <= rounds && wrong < 20; round++) {
		one_round(round, argv[3], argv[4]);
		if (round == settled)
			print_memory("settled");
	}
	print_memory("ended");
	printf("wrong %u\n", wrong);
	return wrong ? 1 : 0;
}
