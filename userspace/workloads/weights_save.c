// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/weights_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "workloads/weights_format.h"

/* The stream keeps the first failure, which is asked for once. */
static void put(FILE *file, const void *bytes, size_t n, uLong *sum)
{
	*sum = crc32_z(*sum, bytes, n);
	fwrite(bytes, 1, n, file);
}

static void put_all(FILE *file, const struct network *net,
		    const struct weights *w)
{
	struct weights_header header = weights_header_of(net);
	uLong sum = crc32_z(0, NULL, 0);
	uint32_t stored;

	put(file, &header, sizeof(header), &sum);
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];
		struct weights_layer layer = weights_layer_of(node);

		if (!node->weights)
			continue;
		put(file, &layer, sizeof(layer), &sum);
		put(file, weights_of(w, i), node->weights * sizeof(float), &sum);
		put(file, weights_biases_of(w, i), node->biases * sizeof(float),
		    &sum);
	}
	stored = htole32((uint32_t)sum);
	fwrite(&stored, 1, sizeof(stored), file);
}

int weights_save(const struct network *net, const struct weights *w,
		 const char *path, char *error, size_t error_bytes)
{
	FILE *file = fopen(path, "wbe");
	int err = 0;

	if (!file) {
		err = -errno;
	} else {
		errno = 0;
		put_all(file, net, w);
		if (fflush(file) || ferror(file))
			err = errno ? -errno : -EIO;
		if (fclose(file) && !err)
			err = errno ? -errno : -EIO;
	}
	if (err)
		snprintf(error, error_bytes, "cannot write the weights to %s: %s",
			 path, strerror(-err));
	return err;
}
