/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file sysfs.h
 * One-word files, named by a printf() format.
 */
#ifndef SYSFS_H
#define SYSFS_H

#include <stdbool.h>
#include <stddef.h>

/** Is there such a file? */
__attribute__((format(printf, 1, 2)))
bool sysfs_exists(const char *fmt, ...);

/** Write a word. @return 0, or what open() or the kernel said to it */
__attribute__((format(printf, 2, 3)))
int sysfs_write(const char *word, const char *fmt, ...);

/** Read the first line; "" on failure. @return 0 or -errno */
__attribute__((format(printf, 3, 4)))
int sysfs_read(char *buf, size_t size, const char *fmt, ...);

/** Last component of a symbolic link's target; "" on failure. */
__attribute__((format(printf, 3, 4)))
int sysfs_target(char *buf, size_t size, const char *fmt, ...);

#endif /* SYSFS_H */
