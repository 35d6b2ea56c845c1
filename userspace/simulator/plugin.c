/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tierscope-simulator.so: shows every memory access of guest user space to
 * the model. Arguments: region=PATH and machine=PATH (see region.h and
 * machine.h).
 *
 * The way of an access, from the cheap to the dear: the vCPU's filter; is the
 * model running; where is it in guest-physical memory; the vCPU's batch; the
 * model, when the batch is full, the guest tells it to (TIERSCOPE_SIM_SYNC), or
 * flushes the vCPU's TLB, which it does at least whenever it changes to another
 * process. Instructions are counted by blocks of them, and shown at the same
 * moments.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter.h"
#include "host_map.h"
#include "insn.h"
#include "machine.h"
#include "model.h"
#include "qemu_plugin.h"
#include "region.h"

#define LINE_BYTES	(1U << SIM_LINE_SHIFT)
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/*
 * One plugin a process, and QEMU hands its callbacks a vCPU number: so this
 * state is global. `sim` is written before the first vCPU runs, each of `vcpus`
 * by its own vCPU only.
 */
static struct {
	struct sim_machine machine;
	struct tierscope_sim_region *region;
	struct sim_model *model;
	struct sim_host_map map;
	qemu_plugin_meminfo_t store_bits;	/* set in the info of a store */
} sim;

static _Alignas(64) struct {
	_Alignas(64) struct sim_filter filter;
	struct sim_batch batch;
	uint64_t instructions;	/* that the region does not know of yet */
} vcpus[TIERSCOPE_SIM_VCPUS_MAX];

__attribute__((format(printf, 1, 2)))
static int complain(const char *format, ...)
{
	va_list args;

	fputs("tierscope-simulator: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -1;
}

/* ---- an access that the filter let pass ---------------------------------- */

static uint64_t physical_address(qemu_plugin_meminfo_t info, uint64_t vaddr)
{
	struct qemu_plugin_hwaddr *where = qemu_plugin_get_hwaddr(info, vaddr);

	if (!where || where->is_io)
		return TIERSCOPE_SIM_NOWHERE;
	return sim_host_map_find(&sim.map, (uintptr_t)where->hostaddr);
}

static void calibrate(qemu_plugin_meminfo_t info, uint64_t vaddr, uint64_t pages)
{
	uint64_t page, physical;

	page = (vaddr - __atomic_load_n(&sim.region->calibrate_address,
					__ATOMIC_RELAXED)) / SIM_PAGE_BYTES;
	if (page >= pages || page >= TIERSCOPE_SIM_CALIBRATE_MAX ||
	    sim.region->calibrated[page])
		return;
	physical = physical_address(info, vaddr);
	if (physical != TIERSCOPE_SIM_NOWHERE)
		physical -= physical % SIM_PAGE_BYTES;
	__atomic_store_n(&sim.region->calibrated[page], physical,
			 __ATOMIC_RELEASE);
}

static inline bool is_running(void)
{
	return __atomic_load_n(&sim.region->run, __ATOMIC_RELAXED) == 1;
}

/*
 * What the filter hides must have been seen since the model was started. What
 * still waits when it is stopped is not counted any more.
 */
static void forget(unsigned int vcpu)
{
	vcpus[vcpu].batch.n = 0;
	vcpus[vcpu].instructions = 0;
	sim_filter_flush(&vcpus[vcpu].filter);
}

/*
 * `busy` is raised before `run` is looked at, with the full barrier of
 * sim_model_enter() between: see <linux/tierscope_sim.h>.
 */
static void count(unsigned int vcpu)
{
	struct tierscope_sim_vcpu *counts = &sim.region->vcpu[vcpu];

	__atomic_store_n(&counts->busy, 1, __ATOMIC_RELAXED);
	sim_model_enter(sim.model, vcpu);
	if (is_running()) {
		sim_model_count(sim.model, vcpu, &vcpus[vcpu].batch);
		vcpus[vcpu].batch.n = 0;
		counts->core[TIERSCOPE_SIM_INSTRUCTIONS] +=
			vcpus[vcpu].instructions;
		vcpus[vcpu].instructions = 0;
	} else {
		forget(vcpu);
	}
	sim_model_leave(sim.model, vcpu);
	__atomic_store_n(&counts->busy, 0, __ATOMIC_RELEASE);
}

static void __attribute__((noinline))
access_line(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr)
{
	uint64_t pages = __atomic_load_n(&sim.region->calibrate_pages,
					 __ATOMIC_RELAXED);
	bool store = info & sim.store_bits;

	if (unlikely(vcpu >= sim.machine.vcpus || vaddr >> 47))
		return;
	if (unlikely(pages))
		calibrate(info, vaddr, pages);
	if (!is_running()) {
		forget(vcpu);
		return;
	}
	sim_batch_add(&vcpus[vcpu].batch, physical_address(info, vaddr), store);
	sim_filter_remember(&vcpus[vcpu].filter, vaddr >> SIM_LINE_SHIFT, store);
	if (sim_batch_is_full(&vcpus[vcpu].batch))
		count(vcpu);
}

/* ---- every access of user space ------------------------------------------ */

/* May end in the next line. The second may be on another page. */
static void __attribute__((noinline))
access_end_of_line(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr)
{
	uint64_t last = vaddr + (1ULL << qemu_plugin_mem_size_shift(info)) - 1;
	bool store = info & sim.store_bits;

	if (!sim_filter_hides(&vcpus[vcpu].filter, vaddr >> SIM_LINE_SHIFT,
			      store))
		access_line(vcpu, info, vaddr);
	if (vaddr >> SIM_LINE_SHIFT != last >> SIM_LINE_SHIFT &&
	    !sim_filter_hides(&vcpus[vcpu].filter, last >> SIM_LINE_SHIFT,
			      store))
		access_line(vcpu, info, last);
}

/*
 * QEMU 7.2 makes wider accesses out of 8-byte ones, but for CMPXCHG16B, which
 * is aligned: what starts in the first 57 bytes of a line ends there.
 */
static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info,
		      uint64_t vaddr, void *data)
{
	(void)data;
	if (unlikely(vaddr % LINE_BYTES > LINE_BYTES - 8))
		access_end_of_line(vcpu, info, vaddr);
	else if (!sim_filter_hides(&vcpus[vcpu].filter, vaddr >> SIM_LINE_SHIFT,
				   info & sim.store_bits))
		access_line(vcpu, info, vaddr);
}

/* ---- blocks of instructions ---------------------------------------------- */

static void count_what_waits(unsigned int vcpu)
{
	if (vcpus[vcpu].batch.n || vcpus[vcpu].instructions)
		count(vcpu);
}

static void on_tlb_flush(unsigned int vcpu, void *data)
{
	(void)data;
	count_what_waits(vcpu);
	sim_filter_flush(&vcpus[vcpu].filter);
}

static void on_sync(unsigned int vcpu, void *data)
{
	(void)data;
	count_what_waits(vcpu);
	sim.region->vcpu[vcpu].syncs++;
}

/* A block in which an instruction faults is counted in full all the same. */
static void on_block(unsigned int vcpu, void *instructions)
{
	vcpus[vcpu].instructions += (uintptr_t)instructions;
}

static void on_kernel_instruction(struct qemu_plugin_insn *insn)
{
	const void *bytes = qemu_plugin_insn_data(insn);
	size_t n = qemu_plugin_insn_size(insn);

	if (sim_insn_flushes_tlb(bytes, n))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_tlb_flush,
						       QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
	else if (sim_insn_is_sync(bytes, n))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_sync,
						       QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	bool user = !(qemu_plugin_tb_vaddr(tb) >> 63);
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (user)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block,
						     QEMU_PLUGIN_CB_NO_REGS,
						     (void *)n);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (user)
			qemu_plugin_register_vcpu_mem_cb(insn, on_access,
							 QEMU_PLUGIN_CB_NO_REGS,
							 QEMU_PLUGIN_MEM_RW,
							 NULL);
		else
			on_kernel_instruction(insn);
	}
}

/* ---- start --------------------------------------------------------------- */

/*
 * QEMU maps its memory backends before it makes vCPUs, and loads plugins
 * before both. There is no way back from here but to end.
 */
static void on_vcpu_init(qemu_plugin_id_t id, unsigned int vcpu)
{
	char why[256];
	FILE *maps;
	int err;

	(void)id;
	if (vcpu)
		return;
	maps = fopen("/proc/self/maps", "re");
	if (!maps) {
		complain("/proc/self/maps cannot be opened: %m");
		_exit(EXIT_FAILURE);
	}
	err = sim_host_map_read(maps, &sim.machine, &sim.map, why, sizeof(why));
	fclose(maps);
	if (err) {
		complain("%s", why);
		_exit(EXIT_FAILURE);
	}
}

static int read_machine(const char *path, const qemu_info_t *info)
{
	FILE *file = fopen(path, "re");
	char why[1024];
	int err;

	if (!file)
		return complain("machine file %s cannot be opened: %m", path);
	err = sim_machine_read(file, &sim.machine, why, sizeof(why));
	fclose(file);
	if (err == -ENOMEM)
		return complain("machine file %s: out of memory", path);
	if (err)
		return complain("machine file %s: %s", path, why);
	if ((unsigned int)info->system.max_vcpus != sim.machine.vcpus)
		return complain("machine file %s says %u vCPUs, QEMU has up to %d",
				path, sim.machine.vcpus, info->system.max_vcpus);
	return 0;
}

/* What of an access's info says "store": asked here once, not per access. */
static void learn_store_bits(void)
{
	for (unsigned int bit = 0; bit < 32; bit++)
		if (qemu_plugin_mem_is_store(1U << bit))
			sim.store_bits |= 1U << bit;
}

static int check_qemu(const qemu_info_t *info)
{
	if (info->version.cur != QEMU_PLUGIN_VERSION)
		return complain("this QEMU's plugin interface is version %d, the simulator knows that of QEMU 7.2, version %d",
				info->version.cur, QEMU_PLUGIN_VERSION);
	if (!info->system_emulation || strcmp(info->target_name, "x86_64"))
		return complain("the simulator models x86_64 machines, this QEMU emulates %s%s",
				info->target_name,
				info->system_emulation ? "" : " programs");
	return 0;
}

static const char *value_of(const char *arg, const char *key)
{
	size_t n = strlen(key);

	return !strncmp(arg, key, n) && arg[n] == '=' ? arg + n + 1 : NULL;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info, int argc,
					   char **argv);
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	const char *region = NULL, *machine = NULL;
	int err;

	for (int i = 0; i < argc; i++) {
		if (!region && value_of(argv[i], "region"))
			region = value_of(argv[i], "region");
		else if (!machine && value_of(argv[i], "machine"))
			machine = value_of(argv[i], "machine");
		else
			return complain("argument %s is unknown or given twice, there are region=PATH and machine=PATH",
					argv[i]);
	}
	if (!region || !machine)
		return complain("%s=PATH is missing", region ? "machine" : "region");
	if (check_qemu(info) || read_machine(machine, info))
		return -1;
	learn_store_bits();
	for (unsigned int v = 0; v < TIERSCOPE_SIM_VCPUS_MAX; v++)
		sim_filter_init(&vcpus[v].filter);
	err = sim_region_open(region, &sim.region);
	if (err)
		return complain("region file %s: %s", region, err == -EINVAL ?
				"it is no file of 1 MiB" : strerror(-err));
	err = sim_model_new(&sim.machine, sim.region, &sim.model);
	if (err)
		return complain("no memory for the model of the machine");
	sim_region_describe(sim.region, &sim.machine);
	qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
