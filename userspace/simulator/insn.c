/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include <linux/tierscope_sim.h>

#include "insn.h"

static bool is_prefix(uint8_t byte)
{
	switch (byte) {
	case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
	case 0x66: case 0x67: case 0xf0: case 0xf2: case 0xf3:
		return true;
	}
	return (byte & 0xf0) == 0x40;	/* REX */
}

bool sim_insn_flushes_tlb(const uint8_t *bytes, size_t n)
{
	bool memory;
	uint8_t reg;

	while (n && is_prefix(*bytes)) {
		bytes++;
		n--;
	}
	if (n < 3 || bytes[0] != 0x0f)
		return false;
	/* Of the ModRM byte; that of INVPCID is not asked. */
	memory = bytes[2] < 0xc0;
	reg = bytes[2] >> 3 & 7;
	switch (bytes[1]) {
	case 0x22:
		return reg == 3 || reg == 4;
	case 0x01:
		return memory && reg == 7;
	case 0x38:
		return bytes[2] == 0x82;
	}
	return false;
}

bool sim_insn_is_pause(const uint8_t *bytes, size_t n)
{
	return n == 2 && bytes[0] == 0xf3 && bytes[1] == 0x90;
}

bool sim_insn_is_sync(const uint8_t *bytes, size_t n)
{
	static const uint8_t sync[] = { TIERSCOPE_SIM_SYNC };

	return n == sizeof(sync) && !memcmp(bytes, sync, n);
}
