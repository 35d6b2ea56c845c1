/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions of the guest that mean something to a plugin: those of its
 * kernel that make a virtual address mean another page, by flushing the TLB
 * (before one of them a changed page table need not be seen, and no kernel lets
 * a page be used for something else), the one by which the simulator is told to
 * count, and the one of who waits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * sim_insn_flushes_tlb - is it mov to CR3 or CR4, INVLPG or INVPCID?
 * @bytes: one whole instruction
 * @n: its length
 *
 * Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual,
 * volume 2: MOV (control registers) 0F 22 /r, INVLPG 0F 01 /7 with a memory
 * operand, INVPCID 66 0F 38 82 /r.
 */
bool sim_insn_flushes_tlb(const uint8_t *bytes, size_t n);

/** sim_insn_is_pause - is it PAUSE, F3 90 (the same manual)? */
bool sim_insn_is_pause(const uint8_t *bytes, size_t n);

/** sim_insn_is_sync - is it TIERSCOPE_SIM_SYNC of <linux/tierscope_sim.h>? */
bool sim_insn_is_sync(const uint8_t *bytes, size_t n);
