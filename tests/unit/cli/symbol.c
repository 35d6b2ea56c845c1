// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions in ELF files: those of a program that was built for that, and files
 * that are none.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/symbol.h"
#include "suite.h"

static int find(const char *function, uint64_t *ret)
{
	int fd = open(SYMBOL_PROGRAM, O_RDONLY | O_CLOEXEC), err;

	err = symbol_find(fd, function, ret);
	close(fd);
	return err;
}

/* The program says at which address it is, the headers where that is in the file. */
static void test_place(void)
{
	FILE *program = popen("exec " SYMBOL_PROGRAM, "r");
	unsigned char wanted[16], got[16];
	uint64_t offset = 0;
	uintmax_t address = 0;
	int fd = open(SYMBOL_PROGRAM, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr header;
	bool found = false;

	CU_ASSERT_EQUAL_FATAL(fscanf(program, "%ju", &address), 1);
	pclose(program);
	CU_ASSERT_EQUAL_FATAL(symbol_find(fd, "alone", &offset), 0);
	CU_ASSERT_EQUAL(pread(fd, &header, sizeof(header), 0), sizeof(header));
	for (int i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr part;

		CU_ASSERT_EQUAL(pread(fd, &part, sizeof(part), (off_t)(header.e_phoff +
				(uint64_t)i * sizeof(part))), sizeof(part));
		if (part.p_type == PT_LOAD && part.p_flags & PF_X &&
		    offset >= part.p_offset && offset < part.p_offset + part.p_filesz) {
			found = true;
			CU_ASSERT_EQUAL(offset - part.p_offset + part.p_vaddr, address);
		}
	}
	CU_ASSERT(found);
	CU_ASSERT_EQUAL(pread(fd, wanted, sizeof(wanted), (off_t)offset), sizeof(wanted));
	CU_ASSERT_EQUAL(find("main", &offset), 0);
	CU_ASSERT_EQUAL(pread(fd, got, sizeof(got), (off_t)offset), sizeof(got));
	CU_ASSERT_NOT_EQUAL(memcmp(wanted, got, sizeof(got)), 0);
	close(fd);
}

static void test_refusals(void)
{
	uint64_t offset = 7;

	CU_ASSERT_EQUAL(find("none", &offset), -ESRCH);
	CU_ASSERT_EQUAL(find("", &offset), -ESRCH);
	CU_ASSERT_EQUAL(find("twice", &offset), -ENOTUNIQ);
	/* It has a name, and is no function; nor is one of a library. */
	CU_ASSERT_EQUAL(find("an_object", &offset), -ESRCH);
	CU_ASSERT_EQUAL(find("printf", &offset), -ESRCH);
	CU_ASSERT_EQUAL(offset, 7);
}

static int find_in(const void *bytes, size_t n, const char *function)
{
	uint64_t offset = 7;
	int fd = memfd_create("test", MFD_CLOEXEC), err;

	CU_ASSERT_EQUAL(write(fd, bytes, n), (ssize_t)n);
	err = symbol_find(fd, function, &offset);
	CU_ASSERT(!err || offset == 7);
	close(fd);
	return err;
}

static char *read_program(size_t *ret)
{
	int fd = open(SYMBOL_PROGRAM, O_RDONLY | O_CLOEXEC);
	struct stat status;
	char *bytes;

	fstat(fd, &status);
	bytes = malloc((size_t)status.st_size);
	CU_ASSERT_EQUAL(read(fd, bytes, (size_t)status.st_size), status.st_size);
	close(fd);
	*ret = (size_t)status.st_size;
	return bytes;
}

static void test_files(void)
{
	size_t n;
	char *bytes = read_program(&n);
	Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;

	CU_ASSERT_EQUAL(find_in("", 0, "alone"), -ENOEXEC);
	CU_ASSERT_EQUAL(find_in("#!/bin/sh\n", 10, "alone"), -ENOEXEC);
	CU_ASSERT_EQUAL(find_in("!<arch>\n", 8, "alone"), -ENOEXEC);
	CU_ASSERT_EQUAL(find_in(bytes, n, "alone"), 0);
	/* Without sections it is stripped; without segments, never run. */
	header->e_shoff = 0;
	header->e_shnum = header->e_shstrndx = 0;
	CU_ASSERT_EQUAL(find_in(bytes, n, "alone"), -ENODATA);
	free(bytes);
	bytes = read_program(&n);
	header = (Elf64_Ehdr *)bytes;
	header->e_phnum = 0;
	CU_ASSERT_EQUAL(find_in(bytes, n, "alone"), -ERANGE);
	free(bytes);
}

/* Whatever is broken: an answer, and nothing read that is not there. */
static void test_damage(void)
{
	size_t n;
	char *bytes = read_program(&n);
	Elf64_Ehdr header;

	memcpy(&header, bytes, sizeof(header));
	for (size_t cut = 0; cut < n; cut += n / 97 + 1)
		CU_ASSERT(find_in(bytes, cut, "alone") <= 0);
	srand(1);
	for (int i = 0; i < 300; i++) {
		size_t at = i & 1 ? header.e_shoff + (size_t)rand() %
			(header.e_shnum * sizeof(Elf64_Shdr)) :
			(size_t)rand() % sizeof(header);
		char kept = bytes[at];

		bytes[at] = (char)rand();
		CU_ASSERT(find_in(bytes, n, "alone") <= 0);
		bytes[at] = kept;
	}
	free(bytes);
}

static void test_arguments(void)
{
	struct symbols symbols = { 0 };

	CU_ASSERT_EQUAL(symbols_add(&symbols, SYMBOL_PROGRAM ":alone"), 0);
	CU_ASSERT_EQUAL(symbols_add(&symbols, SYMBOL_PROGRAM ":main"), 0);
	CU_ASSERT_EQUAL(symbols.n_files, 1);
	CU_ASSERT_EQUAL(symbols.n, 2);
	CU_ASSERT_STRING_EQUAL(symbols.functions[1].name, "main");
	CU_ASSERT_EQUAL(symbols_add(&symbols, SYMBOL_PROGRAM ":alone"), -1);
	CU_ASSERT_EQUAL(symbols_add(&symbols, SYMBOL_PROGRAM ":"), -1);
	CU_ASSERT_EQUAL(symbols_add(&symbols, ":alone"), -1);
	CU_ASSERT_EQUAL(symbols_add(&symbols, "alone"), -1);
	CU_ASSERT_EQUAL(symbols_add(&symbols, "/:main"), -1);
	CU_ASSERT_EQUAL(symbols.n, 2);
	symbols_clear(&symbols);
	CU_ASSERT_EQUAL(symbols.n_files, 0);
}

static const struct suite_test tests[] = {
	{ "a function is where the program has it", test_place },
	{ "what is no function of it is refused", test_refusals },
	{ "what is no program is refused", test_files },
	{ "damage is harmless", test_damage },
	{ "arguments are read", test_arguments },
};

SUITE_MAIN("cli symbol", tests)
