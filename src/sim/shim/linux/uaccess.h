/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: copies from and to the memory of the system call's caller. */
#ifndef SHIM_LINUX_UACCESS_H
#define SHIM_LINUX_UACCESS_H

#include <linux/errno.h>
#include <linux/types.h>

unsigned long host_copy(void *to, const void *from, unsigned long size,
			const void *user, const char *where);

#define copy_from_user(to, from, size)	host_copy(to, from, size, from, __func__)
#define copy_to_user(to, from, size)	host_copy(to, from, size, to, __func__)
#define get_user(value, from)						\
	({ __typeof__(*(from)) _v = 0;					\
	   int _r = copy_from_user(&_v, from, sizeof(_v)) ? -EFAULT : 0;	\
	   (value) = _v; _r; })

#endif /* SHIM_LINUX_UACCESS_H */
