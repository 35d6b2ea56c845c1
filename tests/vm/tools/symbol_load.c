/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbol-load: a program without phases, with functions whose loads and
 * instructions can be told beforehand.
 *
 *   symbol-load THREADS BYTES ROUNDS
 *   symbol-load leap TIMES
 *   symbol-load calls TIMES
 *   symbol-load forks TIMES
 *   symbol-load peek SECONDS
 *
 * The first thread calls loads() and later() within it, and then loop(), while
 * the others do the same without calling them: each loads each 64-byte line of a
 * buffer of its own, ROUNDS times, the last half of them in later(); then goes
 * through a loop. Then the first sorts something by libc's qsort(), which calls
 * compare(), and calls nest(), which calls itself to be there three times. Prints
 * how many loads and how many instructions these are, of all threads.
 *
 * leap: leaves leaves() by longjmp(), and calls it once more to return. calls:
 * calls it, and it returns. forks: the same in a child that it forks. peek:
 * prints the first byte of loads() after so many seconds: cc is a breakpoint.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_BYTES	64
#define THREADS_MAX	64
#define LOOP		UINT64_C(50000000)
#define NESTED		3
/* As it is written: no copy, no part of it elsewhere. */
#define FUNCTION	__attribute__((noipa))

void loads(const volatile char *buffer);
void later(const volatile char *buffer);
void loop(void);
int nest(int depth);
void leaves(int how);
int compare(const void *a, const void *b);

static uint64_t threads, bytes, rounds;
static pthread_barrier_t barrier;
static jmp_buf away;

static uint64_t number(const char *text)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || end == text)
		errx(2, "not a number: %s", text);
	return value;
}

static inline void load(const volatile char *buffer, uint64_t times)
{
	for (uint64_t i = 0; i < times; i++)
		for (uint64_t at = 0; at < bytes; at += LINE_BYTES)
			(void)buffer[at];
}

static inline void turn(void)
{
	uint64_t left = LOOP / 2;

	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
}

FUNCTION void later(const volatile char *buffer)
{
	pthread_barrier_wait(&barrier);
	load(buffer, rounds / 2);
	pthread_barrier_wait(&barrier);
}

FUNCTION void loads(const volatile char *buffer)
{
	pthread_barrier_wait(&barrier);
	load(buffer, rounds - rounds / 2);
	pthread_barrier_wait(&barrier);
	later(buffer);
}

FUNCTION void loop(void)
{
	pthread_barrier_wait(&barrier);
	turn();
	pthread_barrier_wait(&barrier);
}

FUNCTION int nest(int depth)
{
	int below = depth > 1 ? nest(depth - 1) : 0;

	/* Or it would become a loop. */
	__asm__ volatile("" : "+r"(below));
	return below + 1;
}

FUNCTION void leaves(int how)
{
	if (how)
		longjmp(away, 1);
}

FUNCTION int compare(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

static volatile char *make_buffer(void)
{
	volatile char *buffer = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buffer == MAP_FAILED)
		err(1, "no memory for %" PRIu64 " bytes", bytes);
	for (uint64_t at = 0; at < bytes; at += LINE_BYTES)
		buffer[at] = 1;
	return buffer;
}

/* All begin when the function has been entered, and end before it returns. */
static void *help(void *unused)
{
	const volatile char *buffer = make_buffer();

	(void)unused;
	/* What fills the buffers is not to be in the first function. */
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	load(buffer, rounds - rounds / 2);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	load(buffer, rounds / 2);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	turn();
	pthread_barrier_wait(&barrier);
	return NULL;
}

static int leap(uint64_t times)
{
	/* Not in a register that longjmp() sets back. */
	static uint64_t left;

	left = times;
	if (setjmp(away))
		left--;
	if (left)
		leaves(1);
	leaves(0);
	return 0;
}

static int calls(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++)
		leaves(0);
	return 0;
}

static int forks(uint64_t times)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(calls(times));
	return child < 0 || waitpid(child, &status, 0) != child || status;
}

static int peek(uint64_t seconds)
{
	sleep((unsigned int)seconds);
	printf("%02x\n", *(const volatile unsigned char *)(uintptr_t)loads);
	return 0;
}

int main(int argc, char **argv)
{
	char sorted[] = "optane";
	pthread_t others[THREADS_MAX];
	const volatile char *buffer;

	if (argc == 3 && !strcmp(argv[1], "leap"))
		return leap(number(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "calls"))
		return calls(number(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "forks"))
		return forks(number(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "peek"))
		return peek(number(argv[2]));
	if (argc != 4)
		errx(2, "usage: symbol-load THREADS BYTES ROUNDS, or leap, calls or forks TIMES, or peek SECONDS");
	threads = number(argv[1]);
	bytes = number(argv[2]);
	rounds = number(argv[3]);
	if (!threads || threads > THREADS_MAX)
		errx(2, "from 1 to %d threads", THREADS_MAX);
	pthread_barrier_init(&barrier, NULL, (unsigned int)threads);
	for (uint64_t i = 1; i < threads; i++)
		if (pthread_create(&others[i], NULL, help, NULL))
			errx(1, "no thread");
	buffer = make_buffer();
	pthread_barrier_wait(&barrier);
	loads(buffer);
	loop();
	for (uint64_t i = 1; i < threads; i++)
		pthread_join(others[i], NULL);
	qsort(sorted, sizeof(sorted) - 1, 1, compare);
	if (nest(NESTED) != NESTED)
		return 1;
	printf("%" PRIu64 " %" PRIu64 "\n",
	       threads * rounds * (bytes / LINE_BYTES), threads * LOOP);
	return fflush(stdout) ? 1 : 0;
}
