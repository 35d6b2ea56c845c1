/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which event of the memory controller's PMUs means what, by generation.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <tierscope/events.h>

#include "boxes.h"
#include "generation.h"

/**
 * struct tierscope_encoding - one event
 * @generations: TIERSCOPE_GENERATION_BIT()s that share it
 * @role: what it means
 * @box: who counts it
 * @event, @umask: to be placed by the format/ files of the PMU
 * @listing: who has it in a list
 * @name: in that list
 */
struct tierscope_encoding {
	uint32_t generations;
	enum tierscope_role role;
	enum tierscope_box box;
	uint64_t event;
	uint64_t umask;
	enum tierscope_listing listing;
	const char *name;
};

/**
 * tierscope_encoding_find() - how a generation counts a role
 * @boxes: TIERSCOPE_BOX_BIT()s that there are
 *
 * The best one, if there are several ways, or NULL.
 */
const struct tierscope_encoding *
tierscope_encoding_find(enum tierscope_generation generation,
			enum tierscope_role role, uint32_t boxes);

/* The next best after @encoding, or NULL. */
const struct tierscope_encoding *
tierscope_encoding_next(const struct tierscope_encoding *encoding,
			enum tierscope_generation generation);
