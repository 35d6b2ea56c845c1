/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tierscope-sim-calibrate: does the plugin know where guest memory is? It
 * works addresses out of private structures of QEMU, so every boot asks: this
 * program touches pages on every NUMA node, learns their frames from the
 * kernel, and compares them with the plugin's answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <numa.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "print.h"

/* Far from where Linux puts anything of a program. */
#define CALIBRATE_ADDRESS	0x600000000000UL
#define PAGES_PER_NODE		16
#define PAGE			4096UL
#define LINE			64UL

/* Documentation/admin-guide/mm/pagemap.rst of the kernel. */
#define PAGEMAP_PRESENT		(1ULL << 63)
#define PAGEMAP_FRAME		((1ULL << 55) - 1)

/* The kernel may move a page between the touch and the question. */
#define TRIES			4

struct calibration {
	struct tierscope_sim_region *region;
	volatile char *pages;
	unsigned int n;
	int pagemap;
	unsigned int node[TIERSCOPE_SIM_CALIBRATE_MAX];
};

__attribute__((format(printf, 1, 2)))
static int complain(const char *format, ...)
{
	va_list args;

	fputs("tierscope-sim-calibrate: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -1;
}

static int frame_of(const struct calibration *c, unsigned int page,
		    uint64_t *ret_address)
{
	uint64_t at = (uintptr_t)(c->pages + page * PAGE) / PAGE, entry;

	if (pread(c->pagemap, &entry, sizeof(entry), at * sizeof(entry)) !=
	    sizeof(entry))
		return complain("/proc/self/pagemap cannot be read: %m");
	if (!(entry & PAGEMAP_PRESENT))
		return complain("page %u on node %u is not there, is the node full?",
				page, c->node[page]);
	if (!(entry & PAGEMAP_FRAME))
		return complain("/proc/self/pagemap hides frames, which takes CAP_SYS_ADMIN to see");
	*ret_address = (entry & PAGEMAP_FRAME) * PAGE;
	return 0;
}

/* Each try touches another line, as the plugin's filter hides repeats. */
static uint64_t ask(const struct calibration *c, unsigned int page,
		    unsigned int try)
{
	__u64 *answer = &c->region->calibrated[page];

	__atomic_store_n(answer, 0, __ATOMIC_SEQ_CST);
	c->pages[page * PAGE + try * LINE] = 1;
	return __atomic_load_n(answer, __ATOMIC_SEQ_CST);
}

static int check_page(const struct calibration *c, unsigned int page)
{
	uint64_t before = 0, after = 0, answer = 0;

	for (unsigned int try = 0; try < TRIES; try++) {
		c->pages[page * PAGE + PAGE / 2 + try * LINE] = 1;
		if (frame_of(c, page, &before))
			return -1;
		answer = ask(c, page, try);
		if (frame_of(c, page, &after))
			return -1;
		if (before == after)
			break;
	}
	if (before != after)
		return complain("page %u on node %u was moved %u times while it was asked for",
				page, c->node[page], TRIES);
	if (!answer)
		return complain("the plugin gave no answer for page %u on node %u, is QEMU running with it?",
				page, c->node[page]);
	if (answer == TIERSCOPE_SIM_NOWHERE)
		return complain("page %u on node %u is at %#" PRIx64 ", where the plugin knows of no block: does the machine file have all memory?",
				page, c->node[page], before);
	if (answer != before)
		return complain("page %u on node %u is at %#" PRIx64 ", the plugin takes it to be at %#" PRIx64 ": this QEMU is not laid out as 7.2 is, or a base in the machine file is wrong",
				page, c->node[page], before, answer);
	return 0;
}

/* Pages that will come from each node with memory, in turn by node. */
static int place(struct calibration *c)
{
	unsigned int at = 0;
	void *pages;

	c->n = (unsigned int)numa_bitmask_weight(numa_all_nodes_ptr) *
	       PAGES_PER_NODE;
	if (!c->n || c->n > TIERSCOPE_SIM_CALIBRATE_MAX)
		return complain("%u nodes with memory are none or too many",
				c->n / PAGES_PER_NODE);
	pages = mmap((void *)CALIBRATE_ADDRESS, c->n * PAGE,
		     PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (pages == MAP_FAILED)
		return complain("no memory for %u pages: %m", c->n);
	c->pages = pages;
	numa_set_strict(1);
	for (int node = 0; node <= numa_max_node(); node++) {
		if (!numa_bitmask_isbitset(numa_all_nodes_ptr,
					   (unsigned int)node))
			continue;
		numa_tonode_memory((char *)pages + at * PAGE,
				   PAGES_PER_NODE * PAGE, node);
		for (unsigned int i = 0; i < PAGES_PER_NODE; i++)
			c->node[at++] = (unsigned int)node;
	}
	return 0;
}

static int check_pages(const struct calibration *c)
{
	int err = 0;

	c->region->calibrate_address = CALIBRATE_ADDRESS;
	__atomic_store_n(&c->region->calibrate_pages, c->n, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < c->n && !err; i++)
		err = check_page(c, i);
	__atomic_store_n(&c->region->calibrate_pages, 0, __ATOMIC_SEQ_CST);
	return err;
}

static int calibrate(struct tierscope_sim_region *region)
{
	struct calibration c = { .region = region };
	int err;

	if (numa_available() < 0)
		return complain("this kernel has no NUMA");
	c.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (c.pagemap < 0)
		return complain("/proc/self/pagemap cannot be opened: %m");
	err = place(&c);
	if (!err)
		err = check_pages(&c);
	close(c.pagemap);
	if (!err)
		printf("calibrated: %u pages on %u nodes are where the plugin takes them to be\n",
		       c.n, c.n / PAGES_PER_NODE);
	return err;
}

static int map_region(struct tierscope_sim_region **ret_region)
{
	int err = sim_device_map(ret_region);

	switch (-err) {
	case 0:
		return 0;
	case ENODEV:
		return complain("this is no simulated machine: there is no ivshmem device of 1 MiB");
	case EPROTO:
		return complain("the ivshmem device is not of this simulator's version, is QEMU running with the plugin?");
	case EINVAL:
		return complain("the ivshmem device's memory cannot be mapped: a driver holds it, and the kernel was booted without iomem=relaxed");
	}
	return complain("the ivshmem device's memory cannot be mapped: %s",
			strerror(-err));
}

static void usage(FILE *out)
{
	fputs("usage: tierscope-sim-calibrate [--print]\n"
	      "\n"
	      "In a simulated machine, as root: compare where the simulator takes memory\n"
	      "to be with where the kernel says it is. Exit status 0 if they agree.\n"
	      "\n"
	      "  --print   print the machine and the simulator's counts instead;\n"
	      "            they are read as they are, nothing is stopped\n"
	      "  --help    print this\n", out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "print", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct tierscope_sim_region *region;
	bool print = false;
	int option, err = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'p':
			print = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EXIT_FAILURE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EXIT_FAILURE;
	}
	if (map_region(&region))
		return EXIT_FAILURE;
	if (print)
		sim_print(stdout, region);
	else
		err = calibrate(region);
	sim_device_unmap(region);
	if (!err && fflush(stdout))
		err = complain("standard output cannot be written: %m");
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
