/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The networks that can be asked for by name.
 */
#pragma once

#include <stdint.h>

#include "workloads/network.h"

enum catalogue_network {
	CATALOGUE_MOBILENETV2,
	CATALOGUE_RESNET50,
};

/* "mobilenetv2", "resnet50". */
const char *catalogue_name(enum catalogue_network network);

/* 0, or -ENOENT for a name that is none of those. */
int catalogue_parse(const char *name, enum catalogue_network *ret);

/**
 * struct catalogue_entry - one network that can be made
 * @width_hundredths: 100 for a network that has no width multiplier
 */
struct catalogue_entry {
	enum catalogue_network network;
	uint32_t width_hundredths;
	uint32_t resolution;
};

/* All that were published: the entry @i, from 0, or -ENOENT after the last. */
int catalogue_entry_at(size_t i, struct catalogue_entry *ret);

/* 0, -ENOENT (there is none of that width or resolution), -ENOMEM. */
int catalogue_new(const struct catalogue_entry *entry, struct network **ret);
