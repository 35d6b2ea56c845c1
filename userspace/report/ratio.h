/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How well near memory, the DRAM cache of Memory Mode, does: three things that
 * are all called a hit ratio, need not agree, and have a name each.
 */
#pragma once

#include "report/traffic.h"

/* Hits / all tag checks: reads, and those writes that check a tag. */
struct report_value report_hit_ratio(const struct report_traffic *traffic);
/* Clean and dirty misses / all tag checks. A dirty one costs a write of Optane
 * besides the read. */
struct report_value report_miss_clean_ratio(const struct report_traffic *traffic);
struct report_value report_miss_dirty_ratio(const struct report_traffic *traffic);

/**
 * report_read_hit_ratio() - read hits / reads
 * @mode: of the machine; in Memory Mode only, because the hits of an M2M box
 *	count plain reads of DRAM elsewhere
 *
 * Hits by the M2M boxes. Reads are what DRAM read less the tag checks of writes
 * (IMC_WRITES.NI): each read of DRAM is one or the other, or fills up a
 * partial write (counted as a read).
 */
struct report_value report_read_hit_ratio(const struct report_traffic *traffic,
					  enum tierscope_mode mode);
/* Read hits / all that DRAM read, as pcm-memory prints it for Cascade Lake: too
 * low by the tag checks of writes. */
struct report_value report_pcm_read_hit_ratio(const struct report_traffic *traffic,
					      enum tierscope_mode mode);

/* DRAM bytes / (DRAM + Optane bytes): traffic, not requests. */
struct report_value report_dram_share(const struct report_traffic *traffic);

/* What each is made of. */
#define REPORT_READ_HITS						\
	(REPORT_ROLE(M2M_READ_HIT) | REPORT_ROLE(M2M_WRITE_NI) |	\
	 REPORT_ROLE(DRAM_READ))
#define REPORT_PCM_READ_HITS						\
	(REPORT_ROLE(M2M_READ_HIT) | REPORT_ROLE(DRAM_READ))
