// SPDX-License-Identifier: GPL-2.0-or-later
#include "oracle_report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "kernel_mapping.h"

static const struct kernel_mapping *current;
static unsigned int differences;

void oracle_begin(const struct kernel_mapping *mapping)
{
	current = mapping;
}

unsigned int oracle_differences(void)
{
	return differences;
}

static void say_where(const char *what)
{
	printf("%s %" PRIx64 "-%" PRIx64 "%s%s: ", what, current->start,
	       current->end, current->name[0] ? " " : "", current->name);
}

void oracle_must_be(uint64_t ours, uint64_t theirs, const char *what, ...)
{
	va_list arguments;

	if (ours == theirs)
		return;
	differences++;
	say_where("differs");
	va_start(arguments, what);
	vprintf(what, arguments);
	va_end(arguments);
	printf(": the module has %" PRIu64 ", the kernel %" PRIu64 "\n", ours, theirs);
}

void oracle_explain(uint64_t pages, const char *why, ...)
{
	va_list arguments;

	if (!pages)
		return;
	say_where("explained");
	printf("%" PRIu64 " pages ", pages);
	va_start(arguments, why);
	vprintf(why, arguments);
	va_end(arguments);
	putchar('\n');
}
