/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands that go on until somebody has seen enough. SIGINT and SIGTERM end
 * them between two things that they print; the second one ends them at once.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* From here on the two signals are held back; @ret_let_in is a mask for
 * ppoll(2) that lets them in, so that none can come between a look at
 * stop_wanted() and the wait. */
void stop_catch(sigset_t *ret_let_in);

bool stop_wanted(void);

/* Sleeps, with the signals let in; false if one came. */
bool stop_sleep(uint64_t ns, const sigset_t *let_in);
