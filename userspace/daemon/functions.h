/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of a run that are phases: the module reads the counters where the
 * run's processes enter and leave them, and tells us.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "daemon/phase_pairs.h"
#include "tierscope/bus.h"
#include "tierscope/prober.h"

/**
 * struct functions_request - what was asked for
 * @files: descriptors, which belong to the message
 * @functions: and places in them
 * @names: theirs, cut to what a phase has
 */
struct functions_request {
	size_t n_files;
	int files[TIERSCOPE_BUS_PHASE_FILES_MAX];
	size_t n;
	struct {
		uint32_t file;
		uint64_t offset;
		char name[TIERSCOPE_PHASE_NAME_BYTES];
	} functions[TIERSCOPE_BUS_PHASE_SYMBOLS_MAX];
};

/**
 * struct functions - of one run
 * @prober: NULL if there are none
 * @pairs: their own: phases that a program marks itself come by another way, and
 *	later, and so are neither within these nor around them
 * @n_counters: that are read at the edge; the rest of what a phase has is not
 * @names: by the prober's number
 * @entered: by the same
 * @n_lost: edges that were lost
 * @err: of the end; 0 if @n_lost is all of them
 */
struct functions {
	struct tierscope *ts;
	struct tierscope_prober *prober;
	sd_event_source *source;
	struct phase_pairs pairs;
	size_t n_counters;
	size_t n;
	char names[TIERSCOPE_BUS_PHASE_SYMBOLS_MAX][TIERSCOPE_PHASE_NAME_BYTES];
	bool entered[TIERSCOPE_BUS_PHASE_SYMBOLS_MAX];
	uint64_t n_lost;
	int err;
};

/* For a child that has not come to its exec yet. @counters: descriptors, the
 * first of the @n_all values that @keep gets; others are not measured. -errno, of
 * which tierscope_error() has a sentence unless it is -ENOMEM. */
int functions_start(struct functions *functions, struct tierscope *ts,
		    sd_event *event, pid_t pid,
		    const struct functions_request *request,
		    const int *counters, size_t n_counters, size_t n_all,
		    phase_keep_fn keep, void *data);
/* Keeps what has been added up since the last time. */
void functions_flush(struct functions *functions);
/* The run is over: takes the last. The figures stay. */
void functions_end(struct functions *functions);

/* ---- functions_request.c: options of Run; 0, or sets @error ---- */

int functions_read_files(sd_bus_message *message,
			 struct functions_request *request, sd_bus_error *error);
int functions_read_symbols(sd_bus_message *message,
			   struct functions_request *request,
			   sd_bus_error *error);
/* When all options are read. */
int functions_check(const struct functions_request *request,
		    sd_bus_error *error);
