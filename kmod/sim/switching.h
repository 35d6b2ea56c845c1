/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SIM_SWITCHING_H
#define TIERSCOPE_SIM_SWITCHING_H

/*
 * The scheduler calls perf at a switch of tasks while there is an event of a
 * task, and the kernel patches its code when the first one comes and when the
 * last one has gone. This machine had better not do that often: QEMU 7.2 drops
 * what it has translated of a place before the new bytes are written, and a
 * vCPU that comes by in between, on a busy host, translates the old ones for
 * good. Then it meets a breakpoint that the kernel has taken away, and dies.
 *
 * So there is one event of a task for as long as it is held: the code is
 * patched once at the start and once after the end.
 */
int tierscope_sim_switching_hold(void);
void tierscope_sim_switching_release(void);

#endif /* TIERSCOPE_SIM_SWITCHING_H */
