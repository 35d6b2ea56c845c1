// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a weights file: first whether it is whole, then what it holds. */
#include "workloads/weights_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "workloads/weights_format.h"

struct reader {
	FILE *file;
	const char *path;
	const struct network *net;
	char network[NETWORK_NAME_MAX + 1];	/* in the file, fit to print */
	uint32_t layers;
	char *error;
	size_t error_bytes;
};

__attribute__((format(printf, 2, 3)))
static int refuse(const struct reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, r->error_bytes, format, args);
	va_end(args);
	return -EINVAL;
}

static int take(const struct reader *r, void *to, size_t bytes)
{
	int err;

	errno = 0;
	if (fread(to, 1, bytes, r->file) == bytes)
		return 0;
	err = errno ? errno : EIO;	/* it shrank meanwhile */
	refuse(r, "cannot read the weights in %s: %s", r->path, strerror(err));
	return -err;
}

/* A name out of a file goes to a terminal. */
static void keep_name(const struct weights_header *header, char *name)
{
	size_t i;

	for (i = 0; i < sizeof(header->network) && header->network[i]; i++)
		name[i] = header->network[i] > ' ' && header->network[i] < 127 ?
			  header->network[i] : '?';
	name[i] = '\0';
}

static int check_header(struct reader *r, uint64_t bytes)
{
	struct weights_header header = { 0 };
	uint64_t want;
	int err;

	if (bytes < sizeof(header) + sizeof(uint32_t))
		return refuse(r, "%s is too short for a file of weights: %" PRIu64 " bytes; --save-weights writes one",
			      r->path, bytes);
	err = take(r, &header, sizeof(header));
	if (err)
		return err;
	if (memcmp(header.magic, WEIGHTS_MAGIC, sizeof(header.magic)))
		return refuse(r, "%s is not a file of weights: it does not begin with " WEIGHTS_MAGIC "; --save-weights writes one",
			      r->path);
	if (le32toh(header.version) != WEIGHTS_VERSION)
		return refuse(r, "the weights in %s are in version %u of the format, this program reads version %d",
			      r->path, le32toh(header.version), WEIGHTS_VERSION);
	want = le64toh(header.file_bytes);
	if (bytes != want)
		return refuse(r, "the weights in %s are not whole: the file has %" PRIu64 " bytes and says it should have %" PRIu64 "; copy it once more",
			      r->path, bytes, want);
	keep_name(&header, r->network);
	r->layers = le32toh(header.layers);
	return 0;
}

static int check_sum(const struct reader *r, uint64_t bytes)
{
	uint64_t left = bytes - sizeof(uint32_t);
	unsigned char buffer[1 << 14];
	uLong sum = crc32_z(0, NULL, 0);
	uint32_t stored;
	int err;

	rewind(r->file);
	while (left) {
		size_t n = left < sizeof(buffer) ? (size_t)left : sizeof(buffer);

		err = take(r, buffer, n);
		if (err)
			return err;
		sum = crc32_z(sum, buffer, n);
		left -= n;
	}
	err = take(r, &stored, sizeof(stored));
	if (err)
		return err;
	if (le32toh(stored) != sum)
		return refuse(r, "the weights in %s are damaged: their checksum is %08lx, the file says %08x; copy it once more",
			      r->path, sum, le32toh(stored));
	return 0;
}

static int take_numbers(const struct reader *r, const char *node, float *to,
			uint64_t n)
{
	int err = take(r, to, n * sizeof(*to));

	if (err)
		return err;
	for (uint64_t i = 0; i < n; i++)
		if (!isfinite(to[i]))
			return refuse(r, "the weights in %s have a number for %s that is infinite or none",
				      r->path, node);
	return 0;
}

static int take_layer(const struct reader *r, size_t i, struct weights *w)
{
	const struct network_node *node = &r->net->nodes[i];
	struct weights_layer layer, wanted = weights_layer_of(node);
	int err;

	err = take(r, &layer, sizeof(layer));
	if (err)
		return err;
	if (memcmp(&layer, &wanted, sizeof(layer)))
		return refuse(r, "%s has weights of %s, which do not fit %s from %s on",
			      r->path, r->network, r->net->name, node->name);
	err = take_numbers(r, node->name, weights_at(w, i), node->weights);
	if (err)
		return err;
	return take_numbers(r, node->name, weights_biases_at(w, i),
			    node->biases);
}

static int take_layers(const struct reader *r, struct weights *w)
{
	uint32_t want = le32toh(weights_header_of(r->net).layers);
	int err = 0;

	if (r->layers != want)
		return refuse(r, "%s has weights of %s, which has %u layers, not the %u of %s",
			      r->path, r->network, r->layers, want, r->net->name);
	if (fseek(r->file, sizeof(struct weights_header), SEEK_SET))
		return refuse(r, "cannot read the weights in %s twice: %s",
			      r->path, strerror(errno));
	for (size_t i = 0; i < r->net->n_nodes && !err; i++)
		if (r->net->nodes[i].weights)
			err = take_layer(r, i, w);
	return err;
}

static int load(struct reader *r, struct weights **ret)
{
	struct weights *w;
	struct stat st;
	int err;

	if (fstat(fileno(r->file), &st) || !S_ISREG(st.st_mode))
		return refuse(r, "cannot read weights from %s: it is not a regular file",
			      r->path);
	err = check_header(r, (uint64_t)st.st_size);
	if (!err)
		err = check_sum(r, (uint64_t)st.st_size);
	if (err)
		return err;
	err = weights_new(r->net, &w);
	if (err) {
		refuse(r, "out of memory for the weights in %s", r->path);
		return err;
	}
	err = take_layers(r, w);
	if (err) {
		weights_free(w);
		return err;
	}
	*ret = w;
	return 0;
}

/* For the other end of a pipe, that is, before it is known to be one. */
static FILE *open_without_waiting(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");

	if (fd >= 0 && !file)
		close(fd);
	return file;
}

int weights_load(const struct network *net, const char *path, char *error,
		 size_t error_bytes, struct weights **ret)
{
	struct reader r = {
		.file = open_without_waiting(path),
		.path = path,
		.net = net,
		.error = error,
		.error_bytes = error_bytes,
	};
	int err;

	if (!r.file) {
		err = -errno;
		refuse(&r, "cannot open the weights %s: %s", path,
		       strerror(-err));
		return err;
	}
	err = load(&r, ret);
	fclose(r.file);
	return err;
}
