/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked for: the arguments of Run, within their limits. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/functions.h"
#include "daemon/policy.h"
#include "store/store.h"
#include "tierscope/bus.h"

/* Strings and descriptors belong to the message, which is kept. */
struct request {
	sd_bus_message *message;
	uint64_t interval_ns;
	uint32_t roles;
	size_t n_labels;
	struct policy policy;
	struct functions_request functions;
	struct store_label labels[TIERSCOPE_BUS_LABELS_MAX];
	char **argv;
	size_t n_argv;
	char **environment;
	int directory;
	int streams[3];
};

/* Sets @error if anything is out of its range; then nothing is to be freed. */
int request_read(sd_bus_message *message, struct request *ret,
		 sd_bus_error *error);
void request_free(struct request *request);

/* 0, or sets @error: whether the daemon counts for others at that interval. */
int request_check_interval(uint64_t interval_ns, sd_bus_error *error);
