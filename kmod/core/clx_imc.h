/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of a memory-controller channel (IMC) of Cascade Lake: which
 * config of the perf PMU uncore_imc counts what.
 */
#ifndef TIERSCOPE_CORE_CLX_IMC_H
#define TIERSCOPE_CORE_CLX_IMC_H

#include <linux/types.h>

/*
 * Fields of config, as in the format/ directory of the kernel's uncore_imc on
 * Skylake-SP and its successors up to Cooper Lake (uncore_snbep.c).
 */
#define TIERSCOPE_CLX_IMC_EVENT		0x000000ffULL	/* config:0-7 */
#define TIERSCOPE_CLX_IMC_UMASK		0x0000ff00ULL	/* config:8-15 */
#define TIERSCOPE_CLX_IMC_EDGE		0x00040000ULL	/* config:18 */
#define TIERSCOPE_CLX_IMC_INV		0x00800000ULL	/* config:23 */
#define TIERSCOPE_CLX_IMC_THRESH	0xff000000ULL	/* config:24-31 */

/*
 * tierscope_clx_imc_decode() - what does @config count?
 * @ret_set: one bit for each enum tierscope_sim_imc that adds to the event
 *
 * Bits outside the fields above are ignored, as the driver of the real one
 * does. An umask of several bits counts their sum where the model tells them
 * apart: any of the three of TAGCHK, RD and WR together of CAS_COUNT.
 *
 * Returns 0, or -EINVAL for an event that the model does not have, for half
 * an event (RD_REG without RD_UNDERFILL: the model has no underfill reads),
 * and for edge, inv and thresh, which count cycles where the model has none.
 * Silicon counts 0 then; here 0 could pass for a measurement.
 */
int tierscope_clx_imc_decode(__u64 config, __u32 *ret_set);

#endif /* TIERSCOPE_CORE_CLX_IMC_H */
