/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from elsewhere (names of processes, paths, arguments) made fit to
 * print: any byte may be in it, and a terminal obeys some of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * report_text_utf8() - valid UTF-8 made of @text
 * @ret: a copy with every invalid byte replaced by U+FFFD; the caller frees
 *
 * Returns 0 or -ENOMEM.
 */
int report_text_utf8(const char *text, char **ret);

/**
 * report_text_printable() - @text for one line of a terminal
 * @ret: as report_text_utf8(), control characters replaced by '?'; the caller
 *	frees
 *
 * Returns 0 or -ENOMEM.
 */
int report_text_printable(const char *text, char **ret);

/* Whether sd-bus carries @text: UTF-8 without the noncharacters of Unicode,
 * which utf8_is_valid() in systemd's src/basic/utf8.c refuses. */
bool report_text_for_bus(const char *text);

/* Cuts off the last character if it is not whole, after @text was cut at a
 * number of bytes. */
void report_text_trim(char *text);

/* Columns that valid UTF-8 takes, one a character. */
size_t report_text_width(const char *text);
