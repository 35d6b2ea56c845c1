/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"

#define DEVICES "/sys/bus/pci/devices"

static long read_id(int dir, const char *device, const char *file)
{
	char path[300], text[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", device, file);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	return strtol(text, NULL, 16);
}

/* ivshmem-plain, and a BAR of our size: other ivshmem devices may be there. */
static int open_bar(int dir, const char *device)
{
	char path[300];
	struct stat st;
	int fd, err;

	if (read_id(dir, device, "vendor") != TIERSCOPE_SIM_PCI_VENDOR ||
	    read_id(dir, device, "device") != TIERSCOPE_SIM_PCI_DEVICE)
		return -ENODEV;
	snprintf(path, sizeof(path), "%s/resource%d", device,
		 TIERSCOPE_SIM_PCI_BAR);
	fd = openat(dir, path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) ? -errno : 0;
	if (!err && st.st_size != TIERSCOPE_SIM_REGION_BYTES)
		err = -ENODEV;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int map_bar(int fd, struct tierscope_sim_region **ret_region)
{
	struct tierscope_sim_region *region;

	region = mmap(NULL, TIERSCOPE_SIM_REGION_BYTES, PROT_READ | PROT_WRITE,
		      MAP_SHARED, fd, 0);
	if (region == MAP_FAILED)
		return -errno;
	if (region->magic != TIERSCOPE_SIM_MAGIC ||
	    region->version != TIERSCOPE_SIM_VERSION) {
		sim_device_unmap(region);
		return -EPROTO;
	}
	*ret_region = region;
	return 0;
}

int sim_device_map(struct tierscope_sim_region **ret_region)
{
	int err = -ENODEV, fd = -ENODEV;
	struct dirent *entry;
	DIR *dir;

	dir = opendir(DEVICES);
	if (!dir)
		return errno == ENOENT ? -ENODEV : -errno;
	while (fd == -ENODEV && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			fd = open_bar(dirfd(dir), entry->d_name);
	closedir(dir);
	if (fd < 0)
		return fd;
	err = map_bar(fd, ret_region);
	close(fd);
	return err;
}

void sim_device_unmap(struct tierscope_sim_region *region)
{
	if (region)
		munmap(region, TIERSCOPE_SIM_REGION_BYTES);
}
