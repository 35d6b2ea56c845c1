/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "probe_socket.h"

/* "NUMBER do" or "NUMBER dump" a line; the socket is of no other use then. */
void probe_family_print(struct probe *probe);
