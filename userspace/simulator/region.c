/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "region.h"

_Static_assert(sizeof(struct tierscope_sim_region) <= TIERSCOPE_SIM_REGION_BYTES,
	       "the region does not fit into its BAR");
_Static_assert(sizeof(struct tierscope_sim_vcpu) % 64 == 0,
	       "two vCPUs share a cache line");

static int map(int fd, struct tierscope_sim_region **ret_region)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (!st.st_size && ftruncate(fd, TIERSCOPE_SIM_REGION_BYTES))
		return -errno;
	if (st.st_size && st.st_size != TIERSCOPE_SIM_REGION_BYTES)
		return -EINVAL;
	at = mmap(NULL, TIERSCOPE_SIM_REGION_BYTES, PROT_READ | PROT_WRITE,
		  MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	memset(at, 0, TIERSCOPE_SIM_REGION_BYTES);
	*ret_region = at;
	return 0;
}

int sim_region_open(const char *path, struct tierscope_sim_region **ret_region)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return -errno;
	err = map(fd, ret_region);
	close(fd);
	return err;
}

void sim_region_close(struct tierscope_sim_region *region)
{
	if (region)
		munmap(region, TIERSCOPE_SIM_REGION_BYTES);
}

void sim_region_describe(struct tierscope_sim_region *region,
			 const struct sim_machine *machine)
{
	region->version = TIERSCOPE_SIM_VERSION;
	region->mode = machine->mode;
	region->sockets = machine->sockets;
	region->vcpus = machine->vcpus;
	region->llc_bytes = machine->llc_bytes;
	region->llc_ways = machine->llc_ways;
	region->fetch_on_write_miss = machine->fetch_on_write_miss;
	region->near_bytes = machine->near_bytes;
	region->ddo_percent = machine->ddo_percent;
	region->dclk_hz = machine->dclk_hz;
	__atomic_store_n(&region->magic, TIERSCOPE_SIM_MAGIC, __ATOMIC_RELEASE);
}
