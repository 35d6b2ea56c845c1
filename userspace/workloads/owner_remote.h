/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real configuration, the server's side: the data owner is another process,
 * and what is here of it is a socket.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/parameters.h"
#include "workloads/network.h"
#include "workloads/owner_ckks.h"
#include "workloads/wire_address.h"

/**
 * struct owner_remote_want - whom to ask, and for what
 * @text: the address as it was written
 * @timeout_ns: of each wait, for the connection too
 */
struct owner_remote_want {
	struct wire_address address;
	const char *text;
	uint64_t timeout_ns;
	struct ckks_parameters parameters;
	uint64_t batch;
	uint64_t inferences;
};

/**
 * owner_remote_new() - connect to a data owner and agree with it
 * @error: buffer for a sentence on failure
 *
 * Returns 0 or -errno.
 */
int owner_remote_new(const struct network *net,
		     const struct owner_remote_want *want, char *error,
		     size_t error_bytes, struct owner_ckks **ret);

/* Tells it that there are no more inferences. 0, or -errno and a failure of
 * @owner. */
int owner_remote_end(struct owner_ckks *owner);

/* Bytes that were sent and received so far. */
void owner_remote_traffic(const struct owner_ckks *owner, uint64_t *ret_sent,
			  uint64_t *ret_received);
