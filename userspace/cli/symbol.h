/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of programs and libraries, by name, for tierscope run. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tierscope/bus.h"

/**
 * symbol_find() - where a function is in an ELF file
 * @fd: the file; its own position is used
 * @ret: offset of its first instruction in the file
 *
 * Looks in .symtab and .dynsym. Returns 0, -ENOEXEC (no ELF file, or a broken
 * one), -ENODATA (it is stripped, and exports no such function), -ESRCH (no such
 * function in it), -ENOTUNIQ (several of that name), -ERANGE (it is in no part of the file that
 * is loaded to be executed).
 */
int symbol_find(int fd, const char *function, uint64_t *ret);

/**
 * struct symbols - what was asked for
 * @paths: of the files, each once
 * @files: descriptors of them
 */
struct symbols {
	size_t n_files;
	char *paths[TIERSCOPE_BUS_PHASE_FILES_MAX];
	int files[TIERSCOPE_BUS_PHASE_FILES_MAX];
	size_t n;
	struct {
		uint32_t file;
		uint64_t offset;
		const char *name;
	} functions[TIERSCOPE_BUS_PHASE_SYMBOLS_MAX];
};

void symbols_clear(struct symbols *symbols);

/* @text: BINARY:FUNCTION, which is kept by reference. Returns 0, or -1 after a
 * sentence on stderr. */
int symbols_add(struct symbols *symbols, const char *text);
