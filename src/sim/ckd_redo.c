// SPDX-License-Identifier: GPL-2.0-only
/* Writes to an image that a kill leaves either undone or done. */
#define _GNU_SOURCE 1		/* asprintf() */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <asm/byteorder.h>
#include <linux/kernel.h>
#include "ckd_redo.h"

struct announcement {
	char magic[8];
	__be64 offset;		/* in the image */
	__be64 length;		/* of the old bytes, and of the new ones */
	__be64 sum;		/* over all but this */
};

static const char magic[8] = "CCWREDO1";

static u64 sum_up(u64 sum, const void *bytes, size_t length)
{
	const u8 *byte = bytes;

	while (length--)
		sum = (sum ^ *byte++) * 0x100000001b3ull;
	return sum;
}

static __be64 sum_of(const struct announcement *a, const u8 *old,
		     const u8 *bytes, size_t length)
{
	u64 sum = 0xcbf29ce484222325ull;

	sum = sum_up(sum, a, offsetof(struct announcement, sum));
	sum = sum_up(sum, old, length);
	return cpu_to_be64(sum_up(sum, bytes, length));
}

static int prepare(struct ckd_redo *redo)
{
	if (!redo->old)
		redo->old = malloc(CKD_TRACK_BYTES);
	if (!redo->old)
		return -ENOMEM;
	if (redo->fd < 0)
		redo->fd = open(redo->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	return redo->fd < 0 ? -errno : 0;
}

static int announce(struct ckd_redo *redo, const u8 *bytes, u32 length,
		    u64 offset)
{
	struct announcement a = { .offset = cpu_to_be64(offset),
				  .length = cpu_to_be64(length) };
	const struct iovec pieces[] = {
		{ &a, sizeof(a) }, { redo->old, length },
		{ (void *)bytes, length },
	};

	memcpy(a.magic, magic, sizeof(magic));
	a.sum = sum_of(&a, redo->old, bytes, length);
	if (pwritev(redo->fd, pieces, ARRAY_SIZE(pieces), 0) !=
	    (ssize_t)(sizeof(a) + 2 * length))
		return -EIO;
	return 0;
}

#define PAGE_BYTES	4096	/* the smallest page there is */

static int put(int fd, const u8 *bytes, u32 length, u64 offset)
{
	ssize_t done = pwrite(fd, bytes, length, offset);

	return done == (ssize_t)length ? 0 : done < 0 ? -errno : -EIO;
}

static int withdraw(int redo)
{
	static const u8 nothing[sizeof(magic)];

	return put(redo, nothing, sizeof(nothing), 0);
}

int ckd_redo_write(struct ckd_redo *redo, int fd, const u8 *bytes, u32 length,
		   u64 offset)
{
	int ret;

	if (redo->stuck)
		return -EIO;
	if (offset / PAGE_BYTES == (offset + length - 1) / PAGE_BYTES)
		return put(fd, bytes, length, offset);
	ret = prepare(redo);
	if (!ret && pread(fd, redo->old, length, offset) != (ssize_t)length)
		ret = -EIO;
	if (!ret)
		ret = announce(redo, bytes, length, offset);
	if (ret)
		return ret;
	ret = put(fd, bytes, length, offset);
	redo->stuck = ret;
	return ret ?: withdraw(redo->fd);
}

void ckd_redo_close(struct ckd_redo *redo)
{
	char name[sizeof(magic)];

	if (redo->fd >= 0) {
		if (pread(redo->fd, name, sizeof(name), 0) != sizeof(name) ||
		    memcmp(name, magic, sizeof(magic)))
			unlink(redo->path);
		close(redo->fd);
	}
	free(redo->path);
	free(redo->old);
}

/* Return: the length of what is announced, with its bytes; 0: nothing is. */
static u32 read_announcement(int fd, struct announcement *a, u8 **old)
{
	struct stat st;
	u64 length;

	*old = NULL;
	if (fstat(fd, &st) || pread(fd, a, sizeof(*a), 0) != sizeof(*a) ||
	    memcmp(a->magic, magic, sizeof(magic)))
		return 0;
	length = be64_to_cpu(a->length);
	if (length > CKD_TRACK_BYTES ||
	    st.st_size < (off_t)(sizeof(*a) + 2 * length))
		return 0;
	*old = malloc(2 * length);
	if (*old && pread(fd, *old, 2 * length, sizeof(*a)) ==
	    (ssize_t)(2 * length) &&
	    sum_of(a, *old, *old + length, length) == a->sum)
		return length;
	return 0;
}

/* Return: whether the image has some new bytes, and then the old ones. */
static bool is_half_written(int fd, const u8 *old, u32 length, u64 offset)
{
	const u8 *bytes = old + length;
	u8 *found = malloc(length);
	u32 same = 0;
	bool half;

	half = found && pread(fd, found, length, offset) == (ssize_t)length &&
	       memcmp(found, old, length);
	while (half && same < length && found[same] == bytes[same])
		same++;
	half = half && same < length &&
	       !memcmp(found + same, old + same, length - same);
	free(found);
	return half;
}

static bool finish(int redo, int fd, const char *path, bool read_only,
		   struct ckd_error *error)
{
	struct announcement a = { .length = 0 };
	u8 *old;
	u32 length = read_announcement(redo, &a, &old);
	u64 offset = be64_to_cpu(a.offset);
	int ret = 0;

	if (length && is_half_written(fd, old, length, offset))
		ret = read_only ? -EROFS :
		      put(fd, old + length, length, offset);
	free(old);
	if (ret)
		snprintf(error->text, sizeof(error->text), "%s: offset %llu: "
			 "found a write that a killed run has not finished: "
			 "%s; open it once for writing", path,
			 (unsigned long long)offset, strerror(-ret));
	return !ret;
}

static bool is_ours(int redo)
{
	static const char nothing[sizeof(magic)];
	char name[sizeof(magic)];
	struct stat st;
	ssize_t got;

	if (fstat(redo, &st) || !S_ISREG(st.st_mode))
		return false;
	got = pread(redo, name, sizeof(name), 0);
	return got >= 0 && (!memcmp(name, magic, got) ||
			    !memcmp(name, nothing, got));
}

static bool try_finish(const struct ckd_redo *redo, int old, int fd,
		       const char *path, bool read_only, struct ckd_error *error)
{
	if (is_ours(old))
		return finish(old, fd, path, read_only, error);
	snprintf(error->text, sizeof(error->text), "%s: offset 0: found "
		 "something else, expected '%.8s' or no such file: unfinished "
		 "writes are kept there; move it away", redo->path, magic);
	return false;
}

bool ckd_redo_recover(struct ckd_redo *redo, int fd, const char *path,
		      bool read_only, struct ckd_error *error)
{
	int old, why;
	bool done;

	if (asprintf(&redo->path, "%s.redo", path) < 0) {
		redo->path = NULL;
		snprintf(error->text, sizeof(error->text), "%s: no memory",
			 path);
		return false;
	}
	old = open(redo->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	why = errno;
	if (old < 0 && why != ENOENT)
		snprintf(error->text, sizeof(error->text), "%s: %s",
			 redo->path, strerror(why));
	if (old < 0)
		return why == ENOENT;
	done = try_finish(redo, old, fd, path, read_only, error);
	if (done && !read_only)
		unlink(redo->path);
	close(old);
	return done;
}
