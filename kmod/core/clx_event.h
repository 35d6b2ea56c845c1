/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the events of all the PMUs of Cascade Lake have in common: the fields of
 * their config, and umasks whose bits name parts of an event.
 */
#ifndef TIERSCOPE_CORE_CLX_EVENT_H
#define TIERSCOPE_CORE_CLX_EVENT_H

#include "types.h"

/*
 * Fields of config, as in the format/ directories of the kernel's own PMUs:
 * uncore_imc and uncore_m2m on Skylake-SP and its successors up to Cooper Lake
 * (uncore_snbep.c), and cpu, where thresh is called cmask (events/intel/core.c).
 */
#define TIERSCOPE_CLX_EVENT	0x000000ffULL	/* config:0-7 */
#define TIERSCOPE_CLX_UMASK	0x0000ff00ULL	/* config:8-15 */
#define TIERSCOPE_CLX_EDGE	0x00040000ULL	/* config:18 */
#define TIERSCOPE_CLX_INV	0x00800000ULL	/* config:23 */
#define TIERSCOPE_CLX_THRESH	0xff000000ULL	/* config:24-31 */

/**
 * struct tierscope_clx_event - an event, or a part of one
 * @event: its code
 * @umask: its umask
 * @part: an umask that has all these bits and others counts this and others;
 *	else it must be this umask and no other
 * @set: the counters that it adds up, one bit each; none for what the model
 *	has no case of, so that it counts 0
 */
struct tierscope_clx_event {
	__u8 event;
	__u8 umask;
	bool part;
	__u32 set;
};

/*
 * tierscope_clx_decode() - what does @config count?
 * @events: what there is, @n of them; the parts of an event share no bit
 * @ret_set: the counters that it adds up, untouched on failure
 *
 * Bits outside the fields above are ignored, as the drivers of the real ones
 * do.
 *
 * Returns 0, or -EINVAL for what is not in @events, and for edge, inv and
 * thresh, which count cycles where the model has none. Silicon counts 0 then;
 * here 0 could pass for a measurement.
 */
int tierscope_clx_decode(__u64 config, const struct tierscope_clx_event *events,
			 unsigned int n, __u32 *ret_set);

#endif /* TIERSCOPE_CORE_CLX_EVENT_H */
