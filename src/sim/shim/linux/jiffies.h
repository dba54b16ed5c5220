/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the kernel's coarse clock. */
#ifndef SHIM_LINUX_JIFFIES_H
#define SHIM_LINUX_JIFFIES_H

#define HZ	100	/* per second, as on s390 */
#define time_before(a, b)	((long)((a) - (b)) < 0)
unsigned long host_jiffies(void);
#define jiffies	host_jiffies()

#endif /* SHIM_LINUX_JIFFIES_H */
