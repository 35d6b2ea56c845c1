/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process with memory of a known shape, for tests of placement:
 *
 *	memory-shape WORD...
 *
 * Makes each word's memory in turn, says "ready PID", and keeps still until
 * its standard input ends. SIZE takes K, M, G or T.
 *
 *	anon=SIZE	anonymous, 4 KiB pages
 *	thp=SIZE	anonymous, huge pages where the kernel has them
 *	zero=SIZE	anonymous, read but never written
 *	huge-zero=SIZE	the same, where one huge page of zeros serves
 *	sparse=SIZE	anonymous, ten pages of it written
 *	many=N		N mappings of one page each
 *	protected=SIZE	anonymous, written, and then PROT_NONE
 *
 *	locked=SIZE	anonymous, brought in and kept by mlock
 *	free=SIZE	anonymous, written, and given up (MADV_FREE)
 *	merged=SIZE	anonymous, all pages alike, for KSM to merge
 *	merged-zero=SIZE	the same, all zeros
 *	swapped=SIZE	anonymous, written, and then paged out
 *	shared-swapped=SIZE	the same of shared anonymous memory
 *	poisoned=SIZE	anonymous, written, the first page of it broken
 *	marked=SIZE	shared, never touched, kept by userfaultfd from being written
 *
 *	private=FILE	a private mapping of a file, read
 *	copy=FILE	the same, every second page written
 *	file=FILE	a shared mapping of a file or block device, read
 *	write=FILE	a shared mapping of a file, written
 *	dax=DEVICE,SIZE[,STEP]	a shared mapping of a DAX device, a byte of each
 *			STEP written (of each page otherwise)
 *	device=DEVICE,SIZE[,OFFSET]	a shared mapping of some of a device, read
 *	packets=SIZE	a ring of packets, pages of a driver
 *	io-ring=N	entries of an io_uring
 *
 *	shared=SIZE	shared anonymous memory
 *	shared-huge=SIZE	the same by huge pages
 *	shmem=SIZE	memory of a memfd
 *	sysv=SIZE	System V shared memory
 *	hugetlb=SIZE	private huge pages from the pool of 2 MiB
 *	hugetlb-shared=SIZE	and shared ones
 *	hugetlb-table=SIZE	the same at the start of 1 GiB, which a process can
 *			share with its page table
 *	gigantic=SIZE	private huge pages from the pool of 1 GiB
 *	gigantic-shared=SIZE	and shared ones
 *
 *	bind=NODE	where what follows is put (none: anywhere again)
 *	fork		a child that shares everything; it is the one that is shown
 *	again		reads the first 4 MiB of all shared mappings, which fork leaves
 *			to page faults
 *	rewrite		the first page of the last memory is written again
 *	deny		the last memory becomes PROT_NONE
 *	drop		the lowest of all mappings, which goes at SIGUSR1
 *	exec		maps more and runs sleep(1), at SIGUSR1
 *	crowd=N		N children that share everything and live as long
 *	thread		the leader ends, another thread lives on
 *	zombie		a child that has ended; it is the one that is shown
 *	undumpable	as a set-uid program is
 *	churn		maps and unmaps for ever, instead of keeping still
 *	spin		runs for ever and touches nothing, instead of keeping still
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "shape.h"

static const struct {
	const char *name;
	void (*make)(const char *value);
} words[] = {
	{ "anon", shape_anonymous },
	{ "thp", shape_huge },
	{ "zero", shape_zero },
	{ "huge-zero", shape_huge_zero },
	{ "sparse", shape_sparse },
	{ "many", shape_many },
	{ "protected", shape_protected },
	{ "locked", shape_locked },
	{ "free", shape_free },
	{ "merged", shape_merged },
	{ "merged-zero", shape_merged_zero },
	{ "swapped", shape_swapped },
	{ "shared-swapped", shape_shared_swapped },
	{ "poisoned", shape_poisoned },
	{ "marked", shape_marked },
	{ "private", shape_private },
	{ "copy", shape_copy },
	{ "file", shape_file },
	{ "write", shape_write },
	{ "dax", shape_dax },
	{ "device", shape_device },
	{ "packets", shape_packets },
	{ "io-ring", shape_io_ring },
	{ "shared", shape_shared },
	{ "shared-huge", shape_shared_huge },
	{ "shmem", shape_shmem },
	{ "sysv", shape_sysv },
	{ "hugetlb", shape_pool },
	{ "hugetlb-shared", shape_pool_shared },
	{ "hugetlb-table", shape_pool_table },
	{ "gigantic", shape_gigantic },
	{ "gigantic-shared", shape_gigantic_shared },
	{ "bind", shape_bind },
	{ "fork", shape_fork },
	{ "again", shape_again },
	{ "rewrite", shape_rewrite },
	{ "deny", shape_deny },
	{ "drop", shape_drop },
	{ "exec", shape_exec },
	{ "crowd", shape_crowd },
	{ "thread", shape_thread },
	{ "zombie", shape_zombie },
	{ "undumpable", shape_undumpable },
	{ "churn", shape_churn },
	{ "spin", shape_spin },
};

static void make(const char *word)
{
	const char *value = strchr(word, '=');
	size_t length = value ? (size_t)(value - word) : strlen(word);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (length == strlen(words[i].name) &&
		    !strncmp(word, words[i].name, length)) {
			words[i].make(value ? value + 1 : "");
			return;
		}
	}
	errx(2, "there is no shape %s", word);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		make(argv[i]);
	printf("ready %d\n", shape_shown());
	fflush(stdout);
	shape_stay();
	return 0;
}
