/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: marks for the compiler and for sparse. */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#ifndef __user
#define __user
#endif
#ifndef __force
#define __force
#endif
#define __init
#define __exit
#define __must_check	__attribute__((warn_unused_result))
#define __maybe_unused	__attribute__((unused))
#define __always_unused	__attribute__((unused))
#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#ifndef fallthrough
#define fallthrough	__attribute__((fallthrough))
#endif

#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value)	(*(volatile __typeof__(x) *)&(x) = (value))
#define barrier()		__asm__ __volatile__("" ::: "memory")

#endif /* SHIM_LINUX_COMPILER_H */
