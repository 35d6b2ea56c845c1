/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/symbol.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <gelf.h>

/**
 * struct search - for a function
 * @complete: there is a table of all functions, not of those only that are
 *	exported
 * @found: @address is one
 * @several: there is another address
 */
struct search {
	const char *function;
	bool complete;
	bool found;
	bool several;
	GElf_Addr address;
};

static void search_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			 struct search *search)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;

	for (size_t i = 0; data && i < n; i++) {
		const char *name;
		GElf_Sym symbol;

		if (!gelf_getsym(data, (int)i, &symbol))
			return;
		if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
		    symbol.st_shndx == SHN_UNDEF)
			continue;
		search->complete |= header->sh_type == SHT_SYMTAB;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (!name || strcmp(name, search->function))
			continue;
		/* Both tables have what is exported. */
		search->several |= search->found &&
				   search->address != symbol.st_value;
		search->found = true;
		search->address = symbol.st_value;
	}
}

static void search_all(Elf *elf, struct search *search)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) &&
		    (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			search_table(elf, section, &header, search);
	}
}

/* Addresses are those of the linker; what is loaded says where they come from. */
static int offset_of(Elf *elf, GElf_Addr address, uint64_t *ret)
{
	size_t n = 0;

	if (elf_getphdrnum(elf, &n))
		return -ENOEXEC;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr part;

		if (!gelf_getphdr(elf, (int)i, &part) || part.p_type != PT_LOAD ||
		    !(part.p_flags & PF_X) || address < part.p_vaddr ||
		    address - part.p_vaddr >= part.p_filesz)
			continue;
		*ret = address - part.p_vaddr + part.p_offset;
		return 0;
	}
	return -ERANGE;
}

static int find(Elf *elf, const char *function, uint64_t *ret)
{
	struct search search = { .function = function };

	if (elf_kind(elf) != ELF_K_ELF)
		return -ENOEXEC;
	search_all(elf, &search);
	if (!search.found)
		return search.complete ? -ESRCH : -ENODATA;
	return search.several ? -ENOTUNIQ : offset_of(elf, search.address, ret);
}

int symbol_find(int fd, const char *function, uint64_t *ret)
{
	Elf *elf;
	int err;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return -ENOEXEC;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return -ENOEXEC;
	err = find(elf, function, ret);
	elf_end(elf);
	return err;
}
