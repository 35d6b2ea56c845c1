/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bus that the daemon is on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

/**
 * cli_bus_open() - a connection of our own, said hello on
 * @address: NULL for the system bus
 * @timeout_us: of each call, 0 for what sd-bus has
 * @ret: to be closed by sd_bus_close_unref()
 *
 * Returns 0 or -errno.
 */
int cli_bus_open(const char *address, uint64_t timeout_us, sd_bus **ret);

/* Whether a call failed because no daemon is there. */
bool cli_bus_is_absent(const sd_bus_error *error);

/**
 * cli_bus_ping() - whether the daemon is there; the bus starts it if it can
 * @address: NULL for the system bus
 * @timeout_us: of each call
 *
 * Returns 0; -ESRCH: there is a bus and no daemon; or another -errno.
 */
int cli_bus_ping(const char *address, uint64_t timeout_us);

/* Closes without a flush, which would wait for who does not read. */
static inline void cli_bus_close(sd_bus **bus)
{
	sd_bus_close_unref(*bus);
}

#define scope_bus	__attribute__((cleanup(cli_bus_close)))
