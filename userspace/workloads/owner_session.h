/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real configuration, the data owner's side: it has the images and the
 * keys, and answers one server.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/keys_ckks.h"
#include "workloads/network.h"

/**
 * struct owner_result - of one inference
 * @encryption_ns: of the images; @refresh_ns: of all refreshes; @decryption_ns:
 *	of the logits. None has the time on the connection.
 * @refreshed: ciphertexts that refreshes made
 */
struct owner_result {
	uint64_t encryption_ns;
	uint64_t refresh_ns;
	uint64_t decryption_ns;
	uint64_t refreshed;
	uint64_t logits_checksum;
	uint64_t classes_checksum;
};

/**
 * struct owner_session - what is served, and what came of it
 * @images: batch x pixels
 * @logits: batch x elements of the result; those of the last inference
 * @agreed: a server was taken that fits; what fails before that has touched
 *	nothing
 * @results: to be freed
 */
struct owner_session {
	const struct network *net;
	struct keys_ckks *keys;
	uint64_t batch;
	uint64_t timeout_ns;
	const float *images;
	float *logits;
	bool agreed;
	struct owner_result *results;
	size_t n_results;
	uint64_t sent;
	uint64_t received;
};

/**
 * owner_session_run() - answer the server at @fd until it ends
 * @fd: taken over
 * @error: buffer for a sentence on failure
 *
 * Returns 0 or -errno.
 */
int owner_session_run(struct owner_session *s, int fd, char *error,
		      size_t error_bytes);
