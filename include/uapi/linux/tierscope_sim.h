/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The counts of the simulated machine: one region of memory that QEMU shows
 * to the guest as BAR 2 of an ivshmem-plain device (PCI 1af4:1110) and that
 * the plugin maps as a file.
 *
 * Who writes what. The plugin writes the description once, before the first
 * instruction of the guest, and the counters while the machine runs; all but
 * one: it leaves TIERSCOPE_SIM_CLOCKTICKS at 0, because only the guest knows
 * the guest's time. tierscope_sim.ko makes clock ticks from the guest's clock
 * and the rate of each clock. The guest writes `run`, `calibrate_*`, and, only while the
 * model is stopped and quiet, the counters (reset and preset are nothing else).
 * The counters here are 64 bits wide; who shows them as 48 bits cuts them.
 *
 * Stop and quiet. The model counts only while `run` is 1. A vCPU raises its
 * `busy` word, then looks at `run`, and lowers `busy` when its access has
 * been counted in full. So the guest stops the model by writing run = 0, a
 * full barrier, and waiting until it has seen every `busy` at 0 once: from
 * then on nothing changes. One access is counted wholly or not at all, which
 * is why the identities between the counters hold exactly.
 *
 * Sync. Before a vCPU's accesses and instructions are counted, they wait in
 * the plugin. When its kernel executes TIERSCOPE_SIM_SYNC, a no-op, those of
 * that vCPU are counted and its `syncs` goes up before the next instruction: so
 * its own words are exact, if it does not leave the kernel meanwhile.
 *
 * Calibration. While calibrate_pages is not 0, the plugin answers every first
 * guest user access to page i of [calibrate_address, + calibrate_pages pages)
 * with the guest-physical address that it worked out, in calibrated[i], or
 * with TIERSCOPE_SIM_NOWHERE if it knows of no memory there. This works
 * whether the model runs or not.
 */
#ifndef _UAPI_LINUX_TIERSCOPE_SIM_H
#define _UAPI_LINUX_TIERSCOPE_SIM_H

#include <linux/types.h>

#define TIERSCOPE_SIM_MAGIC		0x5449455253494d31ULL	/* "TIERSIM1" */
#define TIERSCOPE_SIM_VERSION		3
#define TIERSCOPE_SIM_REGION_BYTES	(1U << 20)

#define TIERSCOPE_SIM_PCI_VENDOR	0x1af4
#define TIERSCOPE_SIM_PCI_DEVICE	0x1110
#define TIERSCOPE_SIM_PCI_BAR		2

#define TIERSCOPE_SIM_SOCKETS_MAX	2
/* Cascade Lake has two memory controllers of three channels each. */
#define TIERSCOPE_SIM_CONTROLLERS	2
#define TIERSCOPE_SIM_CONTROLLER_CHANNELS 3
#define TIERSCOPE_SIM_CHANNELS \
	(TIERSCOPE_SIM_CONTROLLERS * TIERSCOPE_SIM_CONTROLLER_CHANNELS)
#define TIERSCOPE_SIM_VCPUS_MAX		16
#define TIERSCOPE_SIM_CALIBRATE_MAX	512

/* The bytes of nopl 0x4d495354(%rax), which nobody else has a use for. */
#define TIERSCOPE_SIM_SYNC	0x0f, 0x1f, 0x80, 0x54, 0x53, 0x49, 0x4d

/* An answer to calibration: the access went to no block of the machine. */
#define TIERSCOPE_SIM_NOWHERE		(~0ULL)

/* The counters of the uncore of Cascade Lake are 48 bits wide. */
#define TIERSCOPE_SIM_COUNTER_BITS	48

/*
 * The clock of the cores: the base frequency of a Xeon Platinum 8260L (Intel
 * ARK). That of the mesh, in which an M2M counts, is not published and taken
 * to be the same. Both are nominal: nothing of the model depends on them.
 */
#define TIERSCOPE_SIM_CORE_HZ		2400000000ULL
#define TIERSCOPE_SIM_UCLK_HZ		TIERSCOPE_SIM_CORE_HZ

enum tierscope_sim_mode {
	TIERSCOPE_SIM_DRAM_ONLY,
	TIERSCOPE_SIM_MEMORY_MODE,
	TIERSCOPE_SIM_APP_DIRECT,
};

/* What a channel of a memory controller counts, in 64-byte requests. */
enum tierscope_sim_imc {
	TIERSCOPE_SIM_CLOCKTICKS,	/* not written here, see above */
	TIERSCOPE_SIM_CAS_READ,
	TIERSCOPE_SIM_CAS_WRITE,
	TIERSCOPE_SIM_PMM_READ,
	TIERSCOPE_SIM_PMM_WRITE,
	TIERSCOPE_SIM_TAG_HIT,
	TIERSCOPE_SIM_TAG_MISS_CLEAN,
	TIERSCOPE_SIM_TAG_MISS_DIRTY,

	TIERSCOPE_SIM_IMC_COUNTERS,
};

/*
 * What a channel adds to the M2M of its controller, which stands between the
 * mesh and the channels: each request of a last-level cache, once, by what
 * became of it. (Requests to Optane of whatever origin are in enum
 * tierscope_sim_imc. An M2M has clock ticks, too, which are not counted here.)
 */
enum tierscope_sim_m2m {
	/* Near memory had the line, as it was in Optane or newer. Without near
	 * memory: DRAM has it, which Cascade Lake counts as a clean hit.
	 */
	TIERSCOPE_SIM_READ_HIT_CLEAN,
	TIERSCOPE_SIM_READ_HIT_DIRTY,
	TIERSCOPE_SIM_READ_MISS,	/* Optane has it */
	TIERSCOPE_SIM_WRITE_TAG,	/* with a tag check of near memory */
	TIERSCOPE_SIM_WRITE_NO_TAG,	/* without */

	TIERSCOPE_SIM_M2M_COUNTERS,
};

/*
 * What an Optane DIMM counts of its medium, in 256-byte lines: what the requests
 * to it (TIERSCOPE_SIM_PMM_READ and _WRITE) cost behind its buffer. On silicon
 * only the DIMM itself knows.
 */
enum tierscope_sim_media {
	TIERSCOPE_SIM_MEDIA_READ,
	TIERSCOPE_SIM_MEDIA_WRITE,

	TIERSCOPE_SIM_MEDIA_COUNTERS,
};

#define TIERSCOPE_SIM_MEDIA_LINE_BYTES	256

/*
 * What a vCPU counts: its loads that missed its socket's last-level cache, by
 * where the line came from (in Memory Mode a near-memory hit is DRAM, a miss
 * PMM), its lookups there, by loads and by stores (which read their line
 * first), and its instructions. All of them in user space.
 */
enum tierscope_sim_core {
	TIERSCOPE_SIM_LOAD_LOCAL_DRAM,
	TIERSCOPE_SIM_LOAD_REMOTE_DRAM,
	TIERSCOPE_SIM_LOAD_LOCAL_PMM,
	TIERSCOPE_SIM_LOAD_REMOTE_PMM,
	TIERSCOPE_SIM_LLC_READ,		/* lookups, of loads and stores */
	TIERSCOPE_SIM_LLC_MISS,		/* and those that missed */
	TIERSCOPE_SIM_INSTRUCTIONS,

	TIERSCOPE_SIM_CORE_COUNTERS,
};

/**
 * struct tierscope_sim_vcpu - what one vCPU writes
 * @busy: 1 while an access is being counted
 * @core: by enum tierscope_sim_core
 * @unplaced: accesses that went to no block of the machine (a device's memory
 *	mapped by a process) or that the emulator could not place; they are
 *	counted nowhere else
 * @syncs: how often TIERSCOPE_SIM_SYNC was executed
 * @reserved: two vCPUs never share a 64-byte line
 */
struct tierscope_sim_vcpu {
	__u64 busy;
	__u64 core[TIERSCOPE_SIM_CORE_COUNTERS];
	__u64 unplaced;
	__u64 syncs;
	__u64 reserved[6];
};

/**
 * struct tierscope_sim_channel - what is counted of one channel
 * @imc: by enum tierscope_sim_imc
 * @m2m: by enum tierscope_sim_m2m, for its controller's M2M
 * @media: by enum tierscope_sim_media, of its Optane DIMM
 * @reserved: fills the 64-byte line
 */
struct tierscope_sim_channel {
	__u64 imc[TIERSCOPE_SIM_IMC_COUNTERS];
	__u64 m2m[TIERSCOPE_SIM_M2M_COUNTERS];
	__u64 media[TIERSCOPE_SIM_MEDIA_COUNTERS];
	__u64 reserved[1];
};

/**
 * struct tierscope_sim_region - the whole of BAR 2
 * @magic: TIERSCOPE_SIM_MAGIC, written last by the plugin
 * @version: TIERSCOPE_SIM_VERSION
 * @mode: enum tierscope_sim_mode
 * @sockets: sockets of the machine
 * @vcpus: virtual CPUs, a multiple of sockets; vCPU v is on socket
 *	v / (vcpus / sockets)
 * @llc_bytes: last-level cache of a socket
 * @llc_ways: and its ways
 * @near_bytes: near memory (DRAM cache) of a socket, 0 unless in Memory Mode
 * @fetch_on_write_miss: 1 for model A, 0 for model B of the cost table
 * @ddo_percent: share of write-backs to a resident line that skip the tag check
 * @dclk_hz: rate of the DRAM clock, for who makes TIERSCOPE_SIM_CLOCKTICKS
 * @run: 1 while the model counts
 * @calibrate_address: guest-virtual address of the first page
 * @calibrate_pages: pages, at most TIERSCOPE_SIM_CALIBRATE_MAX; 0 is off
 * @calibrated: guest-physical address of each page, 0 before it is touched
 * @vcpu: by vCPU
 * @channel: by socket and channel; channel c is of memory controller
 *	c / TIERSCOPE_SIM_CONTROLLER_CHANNELS
 */
struct tierscope_sim_region {
	__u64 magic;
	__u32 version;
	__u32 mode;
	__u32 sockets;
	__u32 vcpus;
	__u64 llc_bytes;
	__u32 llc_ways;
	__u32 fetch_on_write_miss;
	__u64 near_bytes;
	__u32 ddo_percent;
	__u32 reserved0;
	__u64 dclk_hz;
	__u64 reserved1[8];

	__u64 run;
	__u64 calibrate_address;
	__u64 calibrate_pages;
	__u64 reserved2[13];

	__u64 calibrated[TIERSCOPE_SIM_CALIBRATE_MAX];

	struct tierscope_sim_vcpu vcpu[TIERSCOPE_SIM_VCPUS_MAX];
	struct tierscope_sim_channel
		channel[TIERSCOPE_SIM_SOCKETS_MAX][TIERSCOPE_SIM_CHANNELS];
};

#endif /* _UAPI_LINUX_TIERSCOPE_SIM_H */
