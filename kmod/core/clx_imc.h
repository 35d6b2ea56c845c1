/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of a memory-controller channel (IMC) of Cascade Lake: which
 * config of the perf PMU uncore_imc counts what.
 */
#ifndef TIERSCOPE_CORE_CLX_IMC_H
#define TIERSCOPE_CORE_CLX_IMC_H

#include "types.h"

/*
 * tierscope_clx_imc_decode() - what does @config count?
 * @ret_set: one bit for each enum tierscope_sim_imc that adds to the event
 *
 * An umask of several bits counts their sum where the model tells them apart:
 * any of the three of TAGCHK, RD and WR together of CAS_COUNT.
 *
 * Returns 0, or -EINVAL for an event that the model does not have, for half
 * an event (RD_REG without RD_UNDERFILL: the model has no underfill reads),
 * and as tierscope_clx_decode() does.
 */
int tierscope_clx_imc_decode(__u64 config, __u32 *ret_set);

#endif /* TIERSCOPE_CORE_CLX_IMC_H */
