/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What NEARMEM_GET must say of a process that keeps still, from
 * /proc/PID/pagemap and sysfs:
 *
 *	aliasing-oracle PID NODE:BYTES...
 *
 * Prints "used PAGES", "other PAGES", and "bin PAGES SLOTS" for each number of
 * pages that slots are shared by.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "frame_slot.h"

#define PAGE	4096UL
#define BINS	256
#define CACHES	8
#define PAGES_AT_ONCE 512UL

static struct frame_slots caches[CACHES];
static uint32_t *pages[CACHES];
static int n_caches;
static uint64_t used, other, zero_frame;

static int open_of(const char *pid, const char *file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/* What a page is mapped to that was read and never written. */
static uint64_t find_zero_frame(void)
{
	int pagemap = open_of("self", "pagemap");
	volatile char *page = mmap(NULL, PAGE, PROT_READ,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t frame;

	if (page == MAP_FAILED)
		err(1, "mmap");
	(void)*page;
	frames_of(pagemap, (uintptr_t)page, 1, &frame);
	close(pagemap);
	if (!frame)
		errx(1, "frames are not shown: this needs CAP_SYS_ADMIN");
	return frame;
}

static void count(uint64_t frame)
{
	if (!frame || frame == zero_frame)
		return;
	for (int i = 0; i < n_caches; i++) {
		uint64_t slot = frame_slot(&caches[i], frame);

		if (slot == FRAME_SLOT_NONE)
			continue;
		pages[i][slot]++;
		used++;
		return;
	}
	other++;
}

/* All but what is nobody's memory. */
static bool counts(const char *name)
{
	return strncmp(name, "[vvar", 5) && strcmp(name, "[vdso]") &&
	       strcmp(name, "[vsyscall]");
}

static void count_process(const char *pid)
{
	int pagemap = open_of(pid, "pagemap");
	FILE *maps = fdopen(open_of(pid, "maps"), "r");
	char line[4096 + 256];

	if (!maps)
		err(1, "maps");
	while (fgets(line, sizeof(line), maps)) {
		uint64_t start, end, frame[PAGES_AT_ONCE], n;
		char name[4096] = "";

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %*s %4095s",
			   &start, &end, name) < 2)
			errx(1, "cannot read the mapping %s", line);
		for (; counts(name) && start < end; start += n * PAGE) {
			n = (end - start) / PAGE;
			if (n > PAGES_AT_ONCE)
				n = PAGES_AT_ONCE;
			frames_of(pagemap, start, n, frame);
			for (uint64_t i = 0; i < n; i++)
				count(frame[i]);
		}
	}
	fclose(maps);
	close(pagemap);
}

int main(int argc, char **argv)
{
	uint64_t bins[BINS] = { 0 };

	if (argc < 3 || argc - 2 > CACHES)
		errx(2, "usage: aliasing-oracle PID NODE:BYTES...");
	zero_frame = find_zero_frame();
	for (n_caches = 0; n_caches < argc - 2; n_caches++) {
		frame_slots_read(argv[2 + n_caches], &caches[n_caches]);
		pages[n_caches] = calloc(caches[n_caches].slots,
					 sizeof(*pages[n_caches]));
		if (!pages[n_caches])
			errx(1, "out of memory");
	}
	count_process(argv[1]);
	printf("used %" PRIu64 "\nother %" PRIu64 "\n", used, other);
	for (int i = 0; i < n_caches; i++)
		for (uint64_t slot = 0; slot < caches[i].slots; slot++)
			bins[pages[i][slot] < BINS ? pages[i][slot] : BINS - 1]++;
	for (int i = 0; i < BINS; i++)
		if (bins[i])
			printf("bin %d %" PRIu64 "\n", i, bins[i]);
	return 0;
}
