/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ten processes that ask for placements over and over, until standard input
 * ends:
 *
 *	placement-readers PID
 *
 * Most ask for PID, which must not end before; some for everybody, or for whoever
 * was started last. Prints a line for each: "reader NAME walks=N gone=N late=N
 * interrupted=N records=N"; walks are those that came to an end. An answer that
 * cannot be, or a refusal that nothing explains, ends the reader, and makes the
 * status 1.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netlink/attr.h>

#include "placement_walk.h"

#define PAGE		4096UL
#define HUGE_PAGES	512UL

enum whom { THIS_ONE, EVERYBODY, THE_NEWEST };

static const struct role {
	const char *name;
	uint8_t cmd;
	bool sharing;
	enum whom whom;
} roles[] = {
	{ "placement", TIERSCOPE_CMD_PLACEMENT_GET, false, THIS_ONE },
	{ "placement-sharing", TIERSCOPE_CMD_PLACEMENT_GET, true, THIS_ONE },
	{ "placement-newest", TIERSCOPE_CMD_PLACEMENT_GET, true, THE_NEWEST },
	{ "all", TIERSCOPE_CMD_PLACEMENT_GET, false, EVERYBODY },
	{ "all-sharing", TIERSCOPE_CMD_PLACEMENT_GET, true, EVERYBODY },
	{ "mappings", TIERSCOPE_CMD_MAPPING_GET, false, THIS_ONE },
	{ "mappings-sharing", TIERSCOPE_CMD_MAPPING_GET, true, THIS_ONE },
	{ "mappings-newest", TIERSCOPE_CMD_MAPPING_GET, false, THE_NEWEST },
	{ "pages", TIERSCOPE_CMD_PAGE_GET, false, THIS_ONE },
	{ "pages-newest", TIERSCOPE_CMD_PAGE_GET, false, THE_NEWEST },
};
#define ROLES (sizeof(roles) / sizeof(roles[0]))

/**
 * struct shared - between the readers and whoever started them
 * @stop: no more walks
 * @counts: what each has done
 */
struct shared {
	_Atomic bool stop;
	struct count {
		unsigned long walks, gone, late, interrupted, records;
	} counts[ROLES];
};

/**
 * struct walk - one of a reader's
 * @role: the reader's
 * @count: its records
 * @last: where what was told so far ends
 */
struct walk {
	const struct role *role;
	struct count *count;
	uint64_t last;
};

static uint64_t all_cells(const struct nlmsghdr *header, int type)
{
	uint64_t pages[PLACEMENT_NODES] = {}, sum = 0;

	placement_add_cells(header, type, pages);
	for (size_t i = 0; i < PLACEMENT_NODES; i++)
		sum += pages[i];
	return sum;
}

static void check_placement(const struct nlmsghdr *header,
			    const struct walk *walk)
{
	if (!all_cells(header, TIERSCOPE_PLACEMENT_CELL) &&
	    walk->role->whom == THIS_ONE)
		errx(1, "%s: nothing is in memory", walk->role->name);
}

/*
 * Mappings ascend, and none has more pages than fit. It may have grown since its
 * end was told, and a huge page be there now.
 */
static void check_mapping(const struct nlmsghdr *header, struct walk *walk)
{
	struct nlattr *tb[TIERSCOPE_MAPPING_MAX + 1];
	uint64_t start, end, pages;

	placement_parse(header, tb, TIERSCOPE_MAPPING_MAX);
	start = placement_number(tb, TIERSCOPE_MAPPING_START);
	end = placement_number(tb, TIERSCOPE_MAPPING_END);
	if (start < walk->last || end <= start)
		errx(1, "%s: %lx-%lx comes after %lx", walk->role->name, start,
		     end, walk->last);
	walk->last = end;
	pages = all_cells(header, TIERSCOPE_MAPPING_CELL) +
		placement_number(tb, TIERSCOPE_MAPPING_SWAP_PAGES) +
		placement_number(tb, TIERSCOPE_MAPPING_MIGRATING_PAGES) +
		placement_number(tb, TIERSCOPE_MAPPING_SPECIAL_PAGES);
	if (pages >= (end - start) / PAGE + HUGE_PAGES)
		errx(1, "%s: %lx-%lx has %lu pages", walk->role->name, start,
		     end, pages);
}

/* Pages ascend, but for a huge one that took the place of some. */
static void check_pages(const struct nlmsghdr *header, struct walk *walk)
{
	struct nlattr *attr, *tb[TIERSCOPE_PAGE_ENTRY_MAX + 1];
	int rest;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header, GENL_HDRLEN, rest) {
		uint64_t address, end;

		if (nla_type(attr) != TIERSCOPE_PAGE_PAGE ||
		    nla_parse_nested(tb, TIERSCOPE_PAGE_ENTRY_MAX, attr, NULL))
			errx(1, "a page cannot be parsed");
		address = placement_number(tb, TIERSCOPE_PAGE_ENTRY_ADDRESS);
		end = address +
		      (1UL << placement_number(tb, TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT));
		if (end <= walk->last ||
		    (address < walk->last && end - address == PAGE))
			errx(1, "%s: %lx-%lx comes after %lx", walk->role->name,
			     address, end, walk->last);
		walk->last = end;
	}
}

static void check_record(const struct nlmsghdr *header, void *context)
{
	struct walk *walk = context;

	walk->count->records++;
	switch (walk->role->cmd) {
	case TIERSCOPE_CMD_PLACEMENT_GET:
		check_placement(header, walk);
		break;
	case TIERSCOPE_CMD_MAPPING_GET:
		check_mapping(header, walk);
		break;
	default:
		check_pages(header, walk);
	}
}

/* It may have ended since, be a thread of another one, or the kernel's. */
static pid_t newest(void)
{
	char text[16] = "";
	int fd = open("/proc/sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		err(1, "ns_last_pid");
	close(fd);
	return atoi(text);
}

static pid_t whom(const struct role *role, pid_t pid)
{
	switch (role->whom) {
	case EVERYBODY:
		return 0;
	case THE_NEWEST:
		return newest();
	default:
		return pid;
	}
}

/* What each was asked for may end: a refusal, or an end that says so. */
static void read_on(const struct role *role, pid_t pid,
		    const struct shared *shared, struct count *count)
{
	static struct probe probe;

	probe_open(&probe);
	while (!shared->stop) {
		struct walk walk = { .role = role, .count = count };
		bool may_end = role->whom == THE_NEWEST;
		int error = placement_walk(&probe, role->cmd, whom(role, pid),
					   role->sharing, check_record, &walk);

		if (may_end && (error == -ESRCH || error == -EINVAL))
			count->gone++;
		/* A busy host: the lock was not had, or the walk not done, in time. */
		else if (error == -EBUSY || error == -ETIME || error == -EAGAIN)
			count->late++;
		else if (error)
			errx(1, "%s: refused %s: %s", role->name,
			     strerrorname_np(-error), probe.sentence);
		else if (!probe_interrupted(&probe))
			count->walks++;
		else if (may_end || role->cmd == TIERSCOPE_CMD_MAPPING_GET)
			count->interrupted++;
		else
			errx(1, "%s: interrupted", role->name);
	}
	probe_close(&probe);
}

static pid_t start(const struct role *role, pid_t pid,
		   const struct shared *shared, struct count *count)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	read_on(role, pid, shared, count);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t readers[ROLES];
	bool wrong = false;
	char byte;

	if (argc != 2)
		errx(2, "usage: placement-readers PID");
	if (shared == MAP_FAILED)
		err(1, "mmap");
	for (size_t i = 0; i < ROLES; i++)
		readers[i] = start(&roles[i], atoi(argv[1]), shared,
				   &shared->counts[i]);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	shared->stop = true;
	for (size_t i = 0; i < ROLES; i++) {
		const struct count *count = &shared->counts[i];
		int status;

		if (waitpid(readers[i], &status, 0) < 0)
			err(1, "waitpid");
		wrong |= status != 0;
		printf("reader %s walks=%lu gone=%lu late=%lu interrupted=%lu records=%lu\n",
		       roles[i].name, count->walks, count->gone, count->late,
		       count->interrupted, count->records);
	}
	return wrong;
}
