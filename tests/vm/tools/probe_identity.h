/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/* The number in the first of the words ROLE=ID; false if there is none. */
bool probe_identity_of(const char *role, char **words, int n,
		       unsigned int *ret_id);

/* Become who the word says, by effective uid and gid; stay oneself without. */
void probe_identity_take(const char *role, char **words, int n);

void probe_identity_give_back(void);
