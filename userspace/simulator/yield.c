/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tierscope-sim-yield.so: a vCPU that waits for another one lets it run.
 *
 * Who spins, for a lock or for another CPU to answer, says so by PAUSE. To a
 * machine with more vCPUs than its host has processors that is the moment to
 * give the processor away: the one that is waited for may be waiting for just
 * that. QEMU does not. It leaves its loop at each PAUSE and comes back through
 * its one big lock (do_pause() in target/i386, accel/tcg/tcg-accel-ops-mttcg.c),
 * which the other vCPU may need to come on: to send an interrupt, for instance,
 * with the guest's lock held. Of a shell's work in the machine that was half of
 * the processor time.
 *
 * It knows nothing of the model, and is loaded with it or alone.
 */
#include <sched.h>

#include "insn.h"
#include "qemu_plugin.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static void on_pause(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	sched_yield();
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (sim_insn_is_pause(qemu_plugin_insn_data(insn),
				      qemu_plugin_insn_size(insn)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_pause,
							       QEMU_PLUGIN_CB_NO_REGS,
							       NULL);
	}
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info, int argc,
					   char **argv);
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	(void)info;
	(void)argc;
	(void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
