/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: marks for the compiler and for sparse. */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#ifndef __user
#define __user
#endif
#define __init
#define __exit
#define noinline	__attribute__((__noinline__))
#define __flatten	__attribute__((__flatten__))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#ifndef fallthrough
#define fallthrough	__attribute__((fallthrough))
#endif

#endif /* SHIM_LINUX_COMPILER_H */
