/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By terminfo(5). Alone in its file: term.h makes macros of many words.
 */
#include "cli/terminal.h"

#include <curses.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

/* NULL or (char *)-1 of tigetstr(3) are none. */
static const char *ability(const char *name)
{
	const char *string = tigetstr(name);

	return string == (const char *)-1 ? NULL : string;
}

int terminal_open(void)
{
	int error;

	if (!isatty(STDOUT_FILENO) ||
	    setupterm(NULL, STDOUT_FILENO, &error) != OK ||
	    !ability("cuu") || !ability("ed"))
		return -ENOTTY;
	return 0;
}

void terminal_size(size_t *ret_rows, size_t *ret_columns)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*ret_rows = size.ws_row ? size.ws_row : 24;
	*ret_columns = size.ws_col ? size.ws_col : 80;
}

void terminal_back(size_t up)
{
	putchar('\r');
	if (up)
		putp(tiparm(ability("cuu"), (int)up));
	putp(ability("ed"));
}
