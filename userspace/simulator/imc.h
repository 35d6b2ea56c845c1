/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory controllers of one socket: what a request costs in each of the
 * three modes, and on which channel. The cost of a request in Memory Mode is
 * that of a direct-mapped DRAM cache whose tags lie beside the data, so that a
 * tag check is a read of DRAM (Hildebrand et al., ISPASS 2021):
 *
 *                                 CAS_RD CAS_WR PMM_RD PMM_WR  tag check
 *   read, hit                        1                         HIT
 *   read, miss, victim clean         1      1      1           MISS_CLEAN
 *   read, miss, victim dirty         1      1      1      1    MISS_DIRTY
 *   write, hit                       1      1                  HIT
 *   write, miss, victim clean        1      2      1           MISS_CLEAN
 *   write, miss, victim dirty        1      2      1      1    MISS_DIRTY
 *   write, known to be resident             1                  none
 *
 * That is model A. Model B (fetch_on_write_miss=0) does not fetch a line that
 * is about to be written whole: a write that misses costs one CAS_WR and no
 * PMM_RD, as in gem5's policy CascadeLakeNoPartWrs.
 *
 * Each request to Optane also goes through the buffer of the channel's DIMM,
 * which counts what its medium does (media.h).
 *
 * Beside its costs each request is counted once for the M2M of the controller,
 * by enum tierscope_sim_m2m.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lock.h"
#include "machine.h"
#include "media.h"
#include "near_memory.h"

/**
 * struct sim_imc - the memory controllers of one socket
 * @lock: protects all of it, the counters too
 * @mode: what the machine is set up as
 * @fetch_on_write_miss: model A
 * @ddo_percent: share of write-backs that skip the tag check
 * @ddo_due: hundredths of a write-back that have still to skip it
 * @near: near memory, in Memory Mode
 * @media: buffer of each channel's Optane DIMM
 * @channel: where to count
 */
struct sim_imc {
	_Alignas(64) struct sim_lock lock;
	enum tierscope_sim_mode mode;
	bool fetch_on_write_miss;
	unsigned int ddo_percent;
	unsigned int ddo_due;
	struct sim_near_memory near;
	struct sim_media media[TIERSCOPE_SIM_CHANNELS];
	struct tierscope_sim_channel *channel;
};

/**
 * sim_imc_init - set up the controllers of a socket, near memory empty
 * @imc: to be set up
 * @machine: sizes and mode
 * @channel: TIERSCOPE_SIM_CHANNELS of them, kept
 *
 * Return: 0 or -ENOMEM.
 */
int sim_imc_init(struct sim_imc *imc, const struct sim_machine *machine,
		 struct tierscope_sim_channel *channel);

/** sim_imc_release - free what sim_imc_init() took */
void sim_imc_release(struct sim_imc *imc);

/**
 * struct sim_request - what the last-level cache asks of the controllers
 * @line: line of the home socket's memory
 * @medium: of the line's block
 * @write: a write-back, else a read
 * @load: for the asker's own use
 * @ret_source: of a read: where the data came from
 */
struct sim_request {
	uint32_t line;
	enum sim_medium medium;
	bool write;
	bool load;
	enum sim_medium ret_source;
};

/**
 * sim_imc_serve - serve requests in their order, and count them
 * @imc: the controllers of the lines' home socket; takes its lock
 * @request: the requests
 * @n: how many
 */
void sim_imc_serve(struct sim_imc *imc, struct sim_request *request,
		   unsigned int n);
