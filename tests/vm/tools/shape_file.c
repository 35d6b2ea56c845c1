// SPDX-License-Identifier: GPL-2.0-or-later
#include "shape.h"

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void map_file(const char *path, int flags, bool write, size_t step)
{
	int fd = open(path, flags == MAP_SHARED && write ? O_RDWR : O_RDONLY);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char *memory;

	if (size < 0)
		err(1, "%s", path);
	memory = shape_map((size_t)size, write ? PROT_READ | PROT_WRITE : PROT_READ,
			   flags, fd, 0);
	shape_touch(memory, (size_t)size, PAGE, false);
	if (write)
		shape_touch(memory, (size_t)size, step, true);
	/* A huge page of DAX goes when a small page of it is copied. */
	shape_touch(memory, (size_t)size, PAGE, false);
	close(fd);
}

void shape_private(const char *value)
{
	map_file(value, MAP_PRIVATE, false, PAGE);
}

void shape_copy(const char *value)
{
	map_file(value, MAP_PRIVATE, true, 2 * PAGE);
}

void shape_file(const char *value)
{
	map_file(value, MAP_SHARED, false, PAGE);
}

void shape_write(const char *value)
{
	map_file(value, MAP_SHARED, true, PAGE);
}

/* FILE,SIZE,MORE: opens the file; *@ret_more is behind the size. */
static int open_sized(const char *value, int flags, size_t *ret_size,
		      const char **ret_more)
{
	const char *comma = strchr(value, ',');
	char path[128], size[32];
	int fd;

	if (!comma)
		errx(2, "%s has no size", value);
	snprintf(path, sizeof(path), "%.*s", (int)(comma - value), value);
	snprintf(size, sizeof(size), "%.*s", (int)strcspn(comma + 1, ","), comma + 1);
	*ret_size = shape_size(size);
	*ret_more = strchr(comma + 1, ',');
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/*
 * The driver finds an address that suits its pages, which bring in all that they
 * map when they are touched once.
 */
void shape_dax(const char *value)
{
	const char *step;
	size_t size;
	int fd = open_sized(value, O_RDWR, &size, &step);

	shape_touch(shape_map(size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), size,
		    step ? shape_size(step + 1) : PAGE, true);
	close(fd);
}

void shape_device(const char *value)
{
	const char *offset;
	size_t size;
	int fd = open_sized(value, O_RDONLY, &size, &offset);

	shape_touch(shape_map(size, PROT_READ, MAP_SHARED, fd,
			      offset ? (off_t)shape_size(offset + 1) : 0),
		    size, PAGE, false);
	close(fd);
}

/* Pages of a driver, put into the mapping one by one. */
void shape_packets(const char *value)
{
	size_t size = shape_size(value);
	struct tpacket_req request = {
		.tp_block_size = 16 * PAGE,
		.tp_block_nr = (unsigned int)(size / 16 / PAGE),
		.tp_frame_size = PAGE,
		.tp_frame_nr = (unsigned int)(size / PAGE),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_LOOPBACK));

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)))
		err(1, "a ring of packets");
	shape_map(size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

/* The same, or (6.1) raw frames. */
void shape_io_ring(const char *value)
{
	struct io_uring_params parameters = { 0 };
	long fd = syscall(SYS_io_uring_setup, shape_size(value), &parameters);

	if (fd < 0)
		err(1, "io_uring");
	shape_map(parameters.sq_entries * sizeof(struct io_uring_sqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, IORING_OFF_SQES);
}
