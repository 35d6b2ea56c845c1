/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encodings as the GNU assembler writes them. */
#include "insn.h"
#include "suite.h"

struct code {
	size_t n;
	uint8_t bytes[15];
};

static void flushes(void)
{
	static const struct code codes[] = {
		{ 3, { 0x0f, 0x22, 0xd8 } },		/* mov %rax,%cr3 */
		{ 3, { 0x0f, 0x22, 0xdf } },		/* mov %rdi,%cr3 */
		{ 4, { 0x41, 0x0f, 0x22, 0xdc } },	/* mov %r12,%cr3 */
		{ 3, { 0x0f, 0x22, 0xe0 } },		/* mov %rax,%cr4 */
		{ 3, { 0x0f, 0x01, 0x38 } },		/* invlpg (%rax) */
		{ 4, { 0x41, 0x0f, 0x01, 0x3f } },	/* invlpg (%r15) */
		{ 4, { 0x0f, 0x01, 0x7f, 0x08 } },	/* invlpg 8(%rdi) */
		{ 6, { 0x66, 0x0f, 0x38, 0x82, 0x04, 0x24 } }, /* invpcid (%rsp),%rax */
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		CU_ASSERT(sim_insn_flushes_tlb(codes[i].bytes, codes[i].n));
}

static void others_do_not(void)
{
	static const struct code codes[] = {
		{ 3, { 0x0f, 0x22, 0xc0 } },		/* mov %rax,%cr0 */
		{ 3, { 0x0f, 0x22, 0xd0 } },		/* mov %rax,%cr2 */
		{ 4, { 0x44, 0x0f, 0x22, 0xc0 } },	/* mov %rax,%cr8 */
		{ 3, { 0x0f, 0x20, 0xd8 } },		/* mov %cr3,%rax */
		{ 3, { 0x0f, 0x01, 0xf8 } },		/* swapgs */
		{ 3, { 0x0f, 0x01, 0xf9 } },		/* rdtscp */
		{ 3, { 0x0f, 0x01, 0x10 } },		/* lgdt (%rax) */
		{ 2, { 0x0f, 0x05 } },			/* syscall */
		{ 4, { 0x48, 0x89, 0xd8, 0x90 } },	/* mov %rbx,%rax */
		{ 5, { 0xe8, 0x0f, 0x22, 0xd8, 0x00 } }, /* call */
		{ 5, { 0x66, 0x0f, 0x38, 0x00, 0xc1 } }, /* pshufb %xmm1,%xmm0 */
		{ 1, { 0xc3 } },			/* ret */
		{ 3, { 0x66, 0x66, 0x90 } },		/* data16 nop */
		{ 0, { 0 } },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		CU_ASSERT(!sim_insn_flushes_tlb(codes[i].bytes, codes[i].n));
}

static void pause_is_rep_nop(void)
{
	static const struct code code = { 2, { 0xf3, 0x90 } };
	static const struct code others[] = {
		{ 1, { 0x90 } },			/* nop */
		{ 2, { 0x66, 0x90 } },			/* xchg %ax,%ax */
		{ 3, { 0xf3, 0x90, 0x90 } },
		{ 2, { 0xf3, 0xc3 } },			/* rep ret */
		{ 0, { 0 } },
	};

	CU_ASSERT(sim_insn_is_pause(code.bytes, code.n));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT(!sim_insn_is_pause(others[i].bytes, others[i].n));
}

static void counts_what_waits(void)
{
	static const struct code code = { 7, { 0x0f, 0x1f, 0x80, 'T', 'S', 'I', 'M' } };
	static const struct code others[] = {
		{ 7, { 0x0f, 0x1f, 0x80, 0, 0, 0, 0 } },	/* nopl 0(%rax) */
		{ 7, { 0x0f, 0x1f, 0x81, 'T', 'S', 'I', 'M' } }, /* of %rcx */
		{ 8, { 0x66, 0x0f, 0x1f, 0x80, 'T', 'S', 'I', 'M' } },
		{ 3, { 0x0f, 0x1f, 0x80 } },
		{ 0, { 0 } },
	};

	CU_ASSERT(sim_insn_is_sync(code.bytes, code.n));
	CU_ASSERT(!sim_insn_flushes_tlb(code.bytes, code.n));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT(!sim_insn_is_sync(others[i].bytes, others[i].n));
}

static const struct suite_test tests[] = {
	{ "instructions that flush the TLB", flushes },
	{ "instructions that do not", others_do_not },
	{ "the instruction by which the guest has all counted", counts_what_waits },
	{ "the instruction of who waits", pause_is_rep_nop },
};

SUITE_MAIN("simulator: insn", tests)
