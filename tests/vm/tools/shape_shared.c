// SPDX-License-Identifier: GPL-2.0-or-later
#include "shape.h"

#include <err.h>
#include <linux/mman.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#define TABLE	(1UL << 30)	/* what one table of 2 MiB pages maps */
#define AGAIN	(4UL << 20)

int shape_memfd(size_t size, unsigned int flags)
{
	int fd = memfd_create("shape", MFD_CLOEXEC | flags);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		err(1, "memfd");
	return fd;
}

static void map_written(const char *value, int flags, int fd, size_t step)
{
	size_t size = shape_size(value);

	shape_touch(shape_map(size, PROT_READ | PROT_WRITE, flags, fd, 0), size, step,
		    true);
}

void shape_shared(const char *value)
{
	map_written(value, MAP_SHARED | MAP_ANONYMOUS, -1, PAGE);
}

void shape_shared_huge(const char *value)
{
	size_t size = shape_size(value);
	char *memory = shape_map_aligned(size, HUGE_PAGE, MAP_SHARED);

	shape_advise(memory, size, MADV_HUGEPAGE);
	shape_touch(memory, size, PAGE, true);
}

void shape_shmem(const char *value)
{
	int fd = shape_memfd(shape_size(value), 0);

	map_written(value, MAP_SHARED, fd, PAGE);
	close(fd);
}

void shape_sysv(const char *value)
{
	size_t size = shape_size(value);
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
	char *memory;

	if (id < 0)
		err(1, "shmget");
	memory = shmat(id, NULL, 0);
	if (memory == (void *)-1)
		err(1, "shmat");
	shmctl(id, IPC_RMID, NULL);
	shape_touch(memory, size, PAGE, true);
}

void shape_pool(const char *value)
{
	map_written(value, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE_PAGE);
}

void shape_pool_shared(const char *value)
{
	map_written(value, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE_PAGE);
}

void shape_gigantic(const char *value)
{
	map_written(value, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_1GB, -1,
		    GIGANTIC_PAGE);
}

void shape_gigantic_shared(const char *value)
{
	map_written(value, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_1GB, -1,
		    GIGANTIC_PAGE);
}

/* Only a mapping of all that a table maps can share it. */
void shape_pool_table(const char *value)
{
	int fd = shape_memfd(TABLE, MFD_HUGETLB);
	char *memory = shape_map_aligned(TABLE, TABLE, MAP_PRIVATE);

	if (mmap(memory, TABLE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd, 0) == MAP_FAILED)
		err(1, "a table of huge pages");
	shape_touch(memory, shape_size(value), HUGE_PAGE, true);
	close(fd);
}

void shape_again(const char *value)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4096], permissions[5];
	size_t start, end;

	(void)value;
	if (!maps)
		err(1, "maps");
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%zx-%zx %4s", &start, &end, permissions) == 3 &&
		    permissions[0] == 'r' && permissions[3] == 's')
			shape_touch((char *)start,
				    end - start < AGAIN ? end - start : AGAIN, PAGE,
				    false);
	fclose(maps);
}
