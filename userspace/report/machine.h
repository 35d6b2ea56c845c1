/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures of a topology that may be unknown, each with its reason.
 */
#pragma once

#include "report/value.h"
#include "tierscope/tierscope.h"

/* Near memory of the whole machine. */
struct report_value report_near_memory(const struct tierscope_topology *topology);
/* The cache in front of one node. */
struct report_value report_node_near_memory(const struct tierscope_node *node);
/* MemTotal or MemFree, as @bytes of a node. */
struct report_value report_node_bytes(uint64_t bytes);
