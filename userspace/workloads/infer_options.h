/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of tierscope-infer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/catalogue.h"
#include "workloads/operation_ckks.h"
#include "workloads/output.h"
#include "workloads/schedule.h"
#include "workloads/wire_address.h"

enum infer_action {
	INFER_RUN,
	INFER_LIST,		/* the networks there are */
	INFER_DESCRIBE,		/* the operations of one */
	INFER_SAVE_WEIGHTS,	/* into a file */
	INFER_PLAN,		/* the memory of an encrypted inference */
	INFER_OPERATIONS,	/* and what it does */
	INFER_OWNER,		/* of the data of one that runs elsewhere */
	INFER_HELP,
	INFER_VERSION,
};

enum infer_backend {
	INFER_DNNL,		/* oneDNN, on plain numbers */
	INFER_CKKS,		/* on ciphertexts */
};

#define INFER_BATCH_MAX		65536
#define INFER_REPEAT_MAX	1000000
#define INFER_THREADS_MAX	1024
#define INFER_TIMEOUT_NS	60000000000ull
#define INFER_TIMEOUT_MIN_NS	100000000ull
#define INFER_TIMEOUT_MAX_NS	86400000000000ull

struct infer_options {
	enum infer_action action;
	enum output_format format;
	struct catalogue_entry network;
	uint64_t batch;
	uint64_t repeat;
	uint64_t warmup;
	uint64_t threads;	/* 0: as many as OpenMP would take */
	uint64_t seed;
	const char *weights;		/* a file, or NULL: from the seed */
	const char *save_weights;	/* for INFER_SAVE_WEIGHTS */
	enum infer_backend backend;
	uint32_t ring_degree;		/* for INFER_PLAN and INFER_CKKS, as is */
	enum schedule_policy alloc;	/* this */
	enum operation_ckks_kernel kernel;	/* for INFER_CKKS */
	const char *owner;		/* an address, for INFER_OWNER and INFER_CKKS */
	struct wire_address owner_address;	/* the same */
	uint64_t owner_timeout_ns;
	bool key_seeded;		/* for it, by a number, for tests */
	uint64_t key_seed;
	bool fuse;			/* for INFER_DNNL */
	bool verbose;
};

extern const char infer_usage[];

/* "pool" or "tight". */
const char *infer_alloc_name(enum schedule_policy alloc);

/* "accumulate" or "product". */
const char *infer_kernel_name(enum operation_ckks_kernel kernel);

/**
 * infer_options_parse() - read the command line
 * @error: a sentence, on failure
 *
 * Returns 0 or -EINVAL.
 */
int infer_options_parse(int argc, char **argv, char *error, size_t error_bytes,
			struct infer_options *ret);
