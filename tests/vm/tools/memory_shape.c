/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process with memory of a known shape, for tests of placement:
 *
 *	memory-shape WORD...
 *
 * Makes each word's memory in turn, says "ready PID", and keeps still until
 * its standard input ends. SIZE takes K, M, G or T.
 *
 *	anon=SIZE	anonymous, 4 KiB pages
 *	thp=SIZE	anonymous, huge pages where the kernel has them
 *	zero=SIZE	anonymous, read but never written
 *	huge-zero=SIZE	the same, where one huge page of zeros serves
 *	private=FILE	a private mapping of a file, read
 *	copy=FILE	the same, every second page written
 *	file=FILE	a shared mapping of a file or block device, read
 *	write=FILE	a shared mapping of a file, written
 *	shared=SIZE	shared anonymous memory
 *	shmem=SIZE	memory of a memfd
 *	sysv=SIZE	System V shared memory
 *	sparse=SIZE	anonymous, ten pages of it written
 *	hugetlb=SIZE	private huge pages from the pool of 2 MiB
 *	hugetlb-shared=SIZE	and shared ones
 *	hugetlb-table=SIZE	the same at the start of 1 GiB, which a process can
 *			share with its page table
 *	dax=DEVICE,SIZE	a shared mapping of a DAX device, written
 *	many=N		N mappings of one page each
 *	swapped=SIZE	anonymous, written, and then paged out
 *	protected=SIZE	anonymous, written, and then PROT_NONE
 *	bind=NODE	where what follows is put (none: anywhere again)
 *	fork		a child that shares everything; it is the one that is shown
 *	again		reads the first 4 MiB of all shared mappings, which fork leaves
 *			to page faults
 *	rewrite		the first page of the last anonymous memory is written again
 *	drop		the lowest of all mappings, which goes at SIGUSR1
 *	exec		maps more and runs sleep(1), at SIGUSR1
 *	crowd=N		N children that share everything and live as long
 *	thread		the leader ends, another thread lives on
 *	zombie		a child that has ended; it is the one that is shown
 *	undumpable	as a set-uid program is
 *	churn		maps and unmaps for ever, instead of keeping still
 *	spin		runs for ever and touches nothing, instead of keeping still
 */
#include <err.h>
#include <fcntl.h>
#include <numaif.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE		4096UL
#define HUGE_PAGE	(2UL << 20)
#define TABLE		(1UL << 30)	/* what one table of 2 MiB pages maps */
#define AGAIN		(4UL << 20)
#define LOWEST		(1UL << 20)

static bool churns, spins;
static pid_t shown;
static char *last_anonymous;

static size_t size_of(const char *text)
{
	char *end;
	size_t size = strtoull(text, &end, 0);

	switch (*end) {
	case 'T':
		size <<= 10;
		/* fall through */
	case 'G':
		size <<= 10;
		/* fall through */
	case 'M':
		size <<= 10;
		/* fall through */
	case 'K':
		size <<= 10;
		break;
	case '\0':
		break;
	default:
		errx(2, "%s is no size", text);
	}
	return size;
}

static char *map(size_t size, int protection, int flags, int fd)
{
	char *memory = mmap(NULL, size, protection, flags, fd, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap of %zu bytes", size);
	return memory;
}

static void touch(char *memory, size_t size, size_t step, bool write)
{
	volatile char *at = memory;

	for (size_t i = 0; i < size; i += step)
		if (write)
			at[i] = 1;
		else
			(void)at[i];
}

/* Aligned, so that huge pages fit, with or without the advice to use them. */
static char *anonymous(size_t size, int advice)
{
	char *memory = map(size + HUGE_PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	memory += HUGE_PAGE - (size_t)memory % HUGE_PAGE;
	if (madvise(memory, size, advice))
		err(1, "madvise");
	last_anonymous = memory;
	return memory;
}

static void map_file(const char *path, int flags, bool write, size_t step)
{
	int fd = open(path, flags == MAP_SHARED && write ? O_RDWR : O_RDONLY);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char *memory;

	if (size < 0)
		err(1, "%s", path);
	memory = map(size, write ? PROT_READ | PROT_WRITE : PROT_READ, flags, fd);
	touch(memory, size, PAGE, false);
	if (write)
		touch(memory, size, step, true);
	close(fd);
}

static void map_memfd(size_t size)
{
	int fd = memfd_create("shape", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, size))
		err(1, "memfd");
	touch(map(size, PROT_READ | PROT_WRITE, MAP_SHARED, fd), size, PAGE, true);
	close(fd);
}

static void map_sysv(size_t size)
{
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
	char *memory;

	if (id < 0)
		err(1, "shmget");
	memory = shmat(id, NULL, 0);
	if (memory == (void *)-1)
		err(1, "shmat");
	shmctl(id, IPC_RMID, NULL);
	touch(memory, size, PAGE, true);
}

static void map_sparse(size_t size)
{
	char *memory = anonymous(size, MADV_NOHUGEPAGE);

	for (size_t i = 0; i < 10; i++)
		touch(memory + size / 10 / PAGE * PAGE * i, PAGE, PAGE, true);
}

/* Only a mapping of all that a table maps can share it. */
static void map_table(size_t size)
{
	int fd = memfd_create("table", MFD_CLOEXEC | MFD_HUGETLB);
	char *memory = map(2 * TABLE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	memory += TABLE - (size_t)memory % TABLE;
	if (fd < 0 || ftruncate(fd, TABLE) ||
	    mmap(memory, TABLE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd, 0) == MAP_FAILED)
		err(1, "a table of huge pages");
	touch(memory, size, PAGE, true);
	close(fd);
}

static void touch_shared(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4096], permissions[5];
	size_t start, end;

	if (!maps)
		err(1, "maps");
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%zx-%zx %4s", &start, &end, permissions) == 3 &&
		    permissions[0] == 'r' && permissions[3] == 's')
			touch((char *)start, end - start < AGAIN ? end - start : AGAIN,
			      PAGE, false);
	fclose(maps);
}

static void drop(int signal)
{
	(void)signal;
	munmap((void *)LOWEST, PAGE);
}

static void map_lowest(void)
{
	if (mmap((void *)LOWEST, PAGE, PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		err(1, "mmap at %#lx", LOWEST);
	signal(SIGUSR1, drop);
}

/* Both want the mmap lock for writing, exec its own lock too. */
static void map_and_exec(int signal)
{
	touch(map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1),
	      PAGE, PAGE, true);
	(void)signal;
	execlp("sleep", "sleep", "300", NULL);
	_exit(127);
}

/* A DAX device wants its own alignment; huge pages suit all that exist here. */
static void map_dax(const char *argument)
{
	char path[128];
	const char *comma = strchr(argument, ',');
	size_t size;
	int fd;

	if (!comma)
		errx(2, "dax wants DEVICE,SIZE");
	size = size_of(comma + 1);
	snprintf(path, sizeof(path), "%.*s", (int)(comma - argument), argument);
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(1, "%s", path);
	touch(map(size, PROT_READ | PROT_WRITE, MAP_SHARED, fd), size, PAGE, true);
	close(fd);
}

/* Neighbours that may do different things are not merged into one mapping. */
static void map_many(size_t n)
{
	char *memory = map(n * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1);

	touch(memory, n * PAGE, PAGE, true);
	for (size_t i = 0; i < n; i += 2)
		if (mprotect(memory + i * PAGE, PAGE, PROT_READ))
			err(1, "mprotect");
}

static void page_out(size_t size)
{
	char *memory = anonymous(size, MADV_NOHUGEPAGE);

	touch(memory, size, PAGE, true);
	if (madvise(memory, size, MADV_PAGEOUT))
		err(1, "madvise(MADV_PAGEOUT)");
}

static void protect(size_t size)
{
	char *memory = anonymous(size, MADV_NOHUGEPAGE);

	touch(memory, size, PAGE, true);
	if (mprotect(memory, size, PROT_NONE))
		err(1, "mprotect");
}

static void bind_to(const char *node)
{
	unsigned long mask;

	if (!strcmp(node, "none")) {
		if (set_mempolicy(MPOL_DEFAULT, NULL, 0))
			err(1, "set_mempolicy");
		return;
	}
	mask = 1UL << strtoul(node, NULL, 0);
	if (set_mempolicy(MPOL_BIND, &mask, 8 * sizeof(mask)))
		err(1, "set_mempolicy to node %s", node);
}

static void wait_for_end(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

/* The parent only waits: what is shown is the child. */
static void become_child(void)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		err(1, "fork");
	if (!child)
		return;
	if (waitpid(child, &status, 0) < 0)
		err(1, "waitpid");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static void make_crowd(size_t n)
{
	while (n--) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (child)
			continue;
		if (prctl(PR_SET_PDEATHSIG, SIGKILL))
			err(1, "prctl");
		for (;;)
			pause();
	}
}

/* Nobody waits for the child for good, so that its end stays visible. */
static pid_t leave_zombie(void)
{
	pid_t child = fork();
	siginfo_t end;

	if (child < 0)
		err(1, "fork");
	if (!child)
		_exit(0);
	if (waitid(P_PID, child, &end, WEXITED | WNOWAIT))
		err(1, "waitid");
	return child;
}

static void *stay(void *unused)
{
	wait_for_end();
	_exit(0);
	return unused;
}

static void map_and_unmap(void)
{
	for (;;) {
		char *memory = map(64 * PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1);

		touch(memory, 64 * PAGE, PAGE, true);
		munmap(memory, 64 * PAGE);
	}
}

static void ready(void)
{
	printf("ready %d\n", shown ? shown : getpid());
	fflush(stdout);
}

static void make(const char *word)
{
	const int rw = PROT_READ | PROT_WRITE;
	const char *value = strchr(word, '=');
	size_t length = value ? (size_t)(value - word) : strlen(word);
	size_t size;

#define IS(name) (length == strlen(name) && !strncmp(word, name, length))
	value = value ? value + 1 : "";
	if (IS("anon")) {
		size = size_of(value);
		touch(anonymous(size, MADV_NOHUGEPAGE), size, PAGE, true);
	} else if (IS("thp")) {
		size = size_of(value);
		touch(anonymous(size, MADV_HUGEPAGE), size, PAGE, true);
	} else if (IS("zero")) {
		size = size_of(value);
		touch(anonymous(size, MADV_NOHUGEPAGE), size, PAGE, false);
	} else if (IS("huge-zero")) {
		size = size_of(value);
		touch(anonymous(size, MADV_HUGEPAGE), size, PAGE, false);
	} else if (IS("private")) {
		map_file(value, MAP_PRIVATE, false, PAGE);
	} else if (IS("copy")) {
		map_file(value, MAP_PRIVATE, true, 2 * PAGE);
	} else if (IS("file")) {
		map_file(value, MAP_SHARED, false, PAGE);
	} else if (IS("write")) {
		map_file(value, MAP_SHARED, true, PAGE);
	} else if (IS("shared")) {
		size = size_of(value);
		touch(map(size, rw, MAP_SHARED | MAP_ANONYMOUS, -1), size, PAGE, true);
	} else if (IS("shmem")) {
		map_memfd(size_of(value));
	} else if (IS("sysv")) {
		map_sysv(size_of(value));
	} else if (IS("sparse")) {
		map_sparse(size_of(value));
	} else if (IS("hugetlb")) {
		size = size_of(value);
		touch(map(size, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1),
		      size, PAGE, true);
	} else if (IS("hugetlb-shared")) {
		size = size_of(value);
		touch(map(size, rw, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1),
		      size, PAGE, true);
	} else if (IS("hugetlb-table")) {
		map_table(size_of(value));
	} else if (IS("dax")) {
		map_dax(value);
	} else if (IS("many")) {
		map_many(size_of(value));
	} else if (IS("swapped")) {
		page_out(size_of(value));
	} else if (IS("protected")) {
		protect(size_of(value));
	} else if (IS("bind")) {
		bind_to(value);
	} else if (IS("fork")) {
		become_child();
	} else if (IS("again")) {
		touch_shared();
	} else if (IS("rewrite")) {
		touch(last_anonymous, PAGE, PAGE, true);
	} else if (IS("drop")) {
		map_lowest();
	} else if (IS("exec")) {
		signal(SIGUSR1, map_and_exec);
	} else if (IS("crowd")) {
		make_crowd(size_of(value));
	} else if (IS("zombie")) {
		shown = leave_zombie();
	} else if (IS("undumpable")) {
		if (prctl(PR_SET_DUMPABLE, 0))
			err(1, "prctl");
	} else if (IS("churn")) {
		churns = true;
	} else if (IS("spin")) {
		spins = true;
	} else {
		errx(2, "there is no shape %s", word);
	}
}

int main(int argc, char **argv)
{
	pthread_t thread;

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "thread"))
			make(argv[i]);
	ready();
	if (churns)
		map_and_unmap();
	while (spins)
		__asm__ volatile("");
	if (argc > 1 && !strcmp(argv[argc - 1], "thread")) {
		if (pthread_create(&thread, NULL, stay, NULL))
			errx(1, "no thread");
		pthread_exit(NULL);
	}
	wait_for_end();
	return 0;
}
