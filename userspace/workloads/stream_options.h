/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of tierscope-stream.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/output.h"
#include "workloads/traffic.h"

enum stream_action {
	STREAM_RUN,
	STREAM_HELP,
	STREAM_VERSION,
};

struct stream_options {
	enum stream_action action;
	enum output_format format;
	struct traffic_options traffic;
	uint64_t hold_ns;
};

extern const char stream_usage[];

/**
 * stream_options_parse() - read the command line
 * @error: a sentence, on failure
 *
 * What it accepts, traffic_new() accepts. Returns 0 or -EINVAL.
 */
int stream_options_parse(int argc, char **argv, char *error, size_t error_bytes,
			 struct stream_options *ret);
