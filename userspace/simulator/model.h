/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a machine, counted per 64-byte line: a last-level cache for
 * each socket, and behind them the memory controllers of the socket whose
 * memory the line is. It knows nothing of QEMU. What it leaves out is listed
 * in Documentation/design/simulator.md.
 *
 * Locks, in the order in which they are taken: the last-level cache of the
 * accessing vCPU's socket (sim_model_enter), then the controllers of one
 * socket at a time (inside sim_model_count).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "machine.h"

struct sim_model;

/**
 * sim_model_new - make the model of a machine, all caches empty
 * @machine: its description, copied
 * @counts: where to count: its vcpu[] but for busy, and channel[][], which
 *	must live as long as the model
 * @ret_model: the model; the caller frees it with sim_model_free()
 *
 * Return: 0 or -ENOMEM.
 */
int sim_model_new(const struct sim_machine *machine,
		  struct tierscope_sim_region *counts,
		  struct sim_model **ret_model);

/** sim_model_free - free a model; NULL is fine */
void sim_model_free(struct sim_model *model);

/**
 * sim_model_enter - keep the other vCPUs of this one's socket out
 * @model: the model
 * @vcpu: below the machine's vcpus
 *
 * A full barrier.
 */
void sim_model_enter(struct sim_model *model, unsigned int vcpu);

/** sim_model_leave - the end of sim_model_enter() */
void sim_model_leave(struct sim_model *model, unsigned int vcpu);

/**
 * sim_model_count - a vCPU loads from and stores to lines
 * @model: the model, entered by @vcpu
 * @vcpu: below the machine's vcpus
 * @batch: the accesses, in their order
 *
 * A store that misses reads its line first (RFO) and makes it dirty. A dirty
 * victim is written back before the line is read. What goes to no block of
 * the machine is counted as unplaced.
 */
void sim_model_count(struct sim_model *model, unsigned int vcpu,
		     const struct sim_batch *batch);
