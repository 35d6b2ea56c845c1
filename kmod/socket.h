/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of user space's sockets: what they made goes with them.
 *
 * Sockets are known by net and portid, both of which stay theirs until their
 * release has been told: so nothing of ours keeps a reference on a namespace.
 * (Between leaving netlink's table and telling us, for a few instructions, a
 * new socket may take the same port and be taken for the old one. It can gain
 * one message by that.)
 */
#ifndef TIERSCOPE_SOCKET_H
#define TIERSCOPE_SOCKET_H

/* Before the family is registered, and after it is unregistered. */
int tierscope_socket_init(void);
void tierscope_socket_exit(void);

#endif /* TIERSCOPE_SOCKET_H */
