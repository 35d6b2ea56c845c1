/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a data owner can be reached: "unix:PATH" or "tcp:HOST:PORT", with a
 * literal IPv6 address in brackets.
 *
 * All sockets here are close-on-exec and do not block.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WIRE_ADDRESS_HOST_MAX	254	/* a name in the DNS has 253 */
#define WIRE_ADDRESS_PATH_MAX	108	/* of struct sockaddr_un */
#define WIRE_ADDRESS_TEXT_MAX	280

enum wire_address_kind {
	WIRE_ADDRESS_UNIX,
	WIRE_ADDRESS_TCP,
};

struct wire_address {
	enum wire_address_kind kind;
	char path[WIRE_ADDRESS_PATH_MAX];
	char host[WIRE_ADDRESS_HOST_MAX];
	uint16_t port;		/* 0: any that is free, to listen at */
};

/**
 * struct wire_listener - a socket that waits for a connection
 * @text: where, as the other side has to write it
 * @device, @inode: of the file of a unix socket, which is only removed if it
 *	is still that one
 */
struct wire_listener {
	struct wire_address address;
	int fd;
	char text[WIRE_ADDRESS_TEXT_MAX];
	dev_t device;
	ino_t inode;
};

/* @error: buffer for a sentence on failure. 0 or -EINVAL. */
int wire_address_parse(const char *text, char *error, size_t error_bytes,
		       struct wire_address *ret);

/**
 * wire_listen() - wait for connections at @address
 * @error: buffer for a sentence on failure
 *
 * The file of a unix socket is its owner's only (mode 0600). One that nobody
 * listens at any more is replaced; anything else that is in the way is left.
 *
 * Returns 0 or -errno.
 */
int wire_listen(const struct wire_address *address, char *error,
		size_t error_bytes, struct wire_listener *ret);
void wire_listener_close(struct wire_listener *l);

/* The next connection. 0, -ETIMEDOUT at @deadline_ns of clock_ns(), or another
 * -errno. */
int wire_accept(const struct wire_listener *l, uint64_t deadline_ns, int *ret);

/**
 * wire_connect() - connect to @address
 * @error: buffer for a sentence on failure
 *
 * Who is not there yet is tried again until @deadline_ns. Names are looked up
 * by the system's resolver, which has its own deadlines.
 *
 * Returns 0 or -errno.
 */
int wire_connect(const struct wire_address *address, const char *text,
		 uint64_t deadline_ns, char *error, size_t error_bytes,
		 int *ret);
