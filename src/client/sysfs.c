// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

/* Make char path[PATH_MAX] from the format and what follows it. */
#define make_path(path, fmt)					\
	do {							\
		va_list ap;					\
								\
		va_start(ap, fmt);				\
		vsnprintf(path, sizeof(path), fmt, ap);		\
		va_end(ap);					\
	} while (0)

int sysfs_write(const char *word, const char *fmt, ...)
{
	char path[PATH_MAX];
	int fd, ret;

	make_path(path, fmt);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, word, strlen(word)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int sysfs_read(char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX];
	ssize_t len;
	int fd, ret;

	*buf = '\0';
	make_path(path, fmt);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	ret = len < 0 ? -errno : 0;
	close(fd);
	buf[len < 0 ? 0 : len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return ret;
}

int sysfs_target(char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *last;
	ssize_t len;

	*buf = '\0';
	make_path(path, fmt);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = '\0';
	last = strrchr(target, '/');
	snprintf(buf, size, "%s", last ? last + 1 : target);
	return 0;
}

bool sysfs_exists(const char *fmt, ...)
{
	char path[PATH_MAX];

	make_path(path, fmt);
	return !access(path, F_OK);
}
