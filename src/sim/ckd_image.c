// SPDX-License-Identifier: GPL-2.0-only
/* Tracks of count, key and data, and the file they are kept in. */
#define _GNU_SOURCE 1		/* asprintf() */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asm/byteorder.h>
#include <linux/kernel.h>
#include "ckd_image.h"
#include "ckd_redo.h"

static const u8 end_mark[CKD_COUNT_BYTES] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};

static u16 get_u16(const u8 *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

int ckd_next(const u8 track[CKD_TRACK_BYTES], struct ckd_record *record)
{
	u32 offset = record->offset ? ckd_end(record) : CKD_HOME_BYTES;
	const u8 *count = track + offset;

	*record = (struct ckd_record){ .offset = offset };
	if (offset > CKD_TRACK_BYTES - CKD_COUNT_BYTES)
		return -EILSEQ;
	if (!memcmp(count, end_mark, sizeof(end_mark)))
		return 0;
	record->cylinder = get_u16(count);
	record->head = get_u16(count + 2);
	record->number = count[4];
	record->key_length = count[5];
	record->data_length = get_u16(count + 6);
	return ckd_end(record) > CKD_TRACK_BYTES - CKD_COUNT_BYTES ?
	       -EILSEQ : 1;
}

static unsigned int area_cells(unsigned int length)
{
	unsigned int segments = DIV_ROUND_UP(length + 6, 232);

	return 9 + DIV_ROUND_UP(length + 6 * segments + 6, 34);
}

unsigned int ckd_cells(unsigned int key_length, unsigned int data_length)
{
	return 10 + (key_length ? area_cells(key_length) : 0) +
	       area_cells(data_length);
}

bool ckd_is_track(const u8 track[CKD_TRACK_BYTES], u16 cylinder, u16 head)
{
	struct ckd_record record = { 0 };
	int ret;

	if (track[0] || get_u16(track + 1) != cylinder ||
	    get_u16(track + 3) != head)
		return false;
	do {
		ret = ckd_next(track, &record);
	} while (ret > 0);
	return !ret;
}

static u8 *put_count(u8 *to, u16 cylinder, u16 head, u8 number, u8 key_length,
		     u16 data_length)
{
	const u8 count[CKD_COUNT_BYTES] = {
		cylinder >> 8, cylinder, head >> 8, head, number, key_length,
		data_length >> 8, data_length
	};

	memcpy(to, count, sizeof(count));
	memset(to + sizeof(count), 0, key_length + data_length);
	return to + sizeof(count);
}

void ckd_blank_track(u8 track[CKD_TRACK_BYTES], u16 cylinder, u16 head)
{
	const u8 home[CKD_HOME_BYTES] = {
		0, cylinder >> 8, cylinder, head >> 8, head
	};
	u8 *r0;

	memcpy(track, home, sizeof(home));
	r0 = put_count(track + sizeof(home), cylinder, head, 0, 0, 8);
	memcpy(r0 + 8, end_mark, sizeof(end_mark));
}

#define EBCDIC_BLANK	0x40

static const struct {
	u8 key[4];
	u16 data_length;
	u8 data[16];		/* how the data begin; the rest is fill */
	u8 fill;
} labels[] = {
	{ { 0xc9, 0xd7, 0xd3, 0xf1 }, 24,	/* IPL1 */
	  { 0, 0x06, 0, 0, 0, 0, 0, 0x0f, 0x03, 0, 0, 0, 0, 0, 0, 1 }, 0 },
	{ { 0xc9, 0xd7, 0xd3, 0xf2 }, 144, { 0 }, 0 },	/* IPL2 */
	{ { 0xe5, 0xd6, 0xd3, 0xf1 }, 80,	/* VOL1, volume 111111, VTOC */
	  { 0xe5, 0xd6, 0xd3, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1,
	    EBCDIC_BLANK, 0, 0, 0, 1, 1 }, EBCDIC_BLANK },
};

static void label_track(u8 track[CKD_TRACK_BYTES])
{
	struct ckd_record r0 = { 0 };
	u8 *to;

	ckd_next(track, &r0);
	to = track + ckd_end(&r0);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		u8 *key = put_count(to, 0, 0, i + 1, sizeof(labels[i].key),
				    labels[i].data_length);
		u8 *data = key + sizeof(labels[i].key);

		memcpy(key, labels[i].key, sizeof(labels[i].key));
		memset(data, labels[i].fill, labels[i].data_length);
		memcpy(data, labels[i].data, sizeof(labels[i].data));
		to = data + labels[i].data_length;
	}
	memcpy(to, end_mark, sizeof(end_mark));
}

#define HEADER_BYTES	512
#define DEVICE_TYPE	0x90

/* One file. */
struct part {
	int fd;
	char *path;
	unsigned int first;	/* track of it */
	unsigned int tracks;
	struct ckd_redo redo;
};

struct ckd_image {
	bool read_only;
	unsigned int tracks;
	unsigned int nr_parts;
	struct part *parts;
	u8 **memory;		/* or the tracks, those that were written */
};

static bool __attribute__((format(printf, 3, 4)))
complain(struct ckd_error *error, const struct part *part, const char *format,
	 ...)
{
	int length = snprintf(error->text, sizeof(error->text), "%s: ",
			      part->path);
	va_list args;

	if (length < 0 || length >= (int)sizeof(error->text))
		return false;
	va_start(args, format);
	vsnprintf(error->text + length, sizeof(error->text) - length, format,
		  args);
	va_end(args);
	return false;
}

static bool check_id(const struct part *part, const u8 *header,
		     struct ckd_error *error)
{
	char id[9] = "";

	if (!memcmp(header, "CKD_P370", 8))
		return true;
	for (int i = 0; i < 8; i++)
		id[i] = header[i] >= 0x20 && header[i] < 0x7f ? header[i] : '?';
	if (!strcmp(id, "CKD_C370") || !strcmp(id, "CKD_S370"))
		return complain(error, part, "offset 0: found '%s', a "
				"compressed image, expected 'CKD_P370'; "
				"'dasdcopy %s PLAIN' makes one", id, part->path);
	return complain(error, part, "offset 0: found '%s', expected "
			"'CKD_P370': a 3390 as dasdinit makes it", id);
}

static u32 get_le(const u8 *bytes, unsigned int length)
{
	u32 value = 0;

	while (length--)
		value = value << 8 | bytes[length];
	return value;
}

static bool check_type(const struct part *part, const u8 *header,
		       struct ckd_error *error)
{
	static const struct {
		unsigned int offset, length;
		u32 value;
		const char *what;
	} fields[] = {
		{ 8, 4, CKD_HEADS, "tracks in a cylinder" },
		{ 12, 4, CKD_TRACK_BYTES, "bytes in a track" },
		{ 16, 1, DEVICE_TYPE, "the type of a 3390" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		u32 found = get_le(header + fields[i].offset, fields[i].length);

		if (found != fields[i].value)
			return complain(error, part, "offset %u: found %u, "
					"expected %u: %s", fields[i].offset,
					found, fields[i].value, fields[i].what);
	}
	return true;
}

static bool check_size(struct part *part, struct ckd_error *error)
{
	const u64 cylinder = (u64)CKD_HEADS * CKD_TRACK_BYTES;
	struct stat st;
	u64 data;

	if (fstat(part->fd, &st))
		return complain(error, part, "%s", strerror(errno));
	data = st.st_size > HEADER_BYTES ? st.st_size - HEADER_BYTES : 0;
	if (!data || data % cylinder || data / cylinder > 0xffff)
		return complain(error, part, "offset %lld: found the end of "
				"the file, expected it %d bytes and 1 to 65535 "
				"times %llu bytes from the start",
				(long long)st.st_size, HEADER_BYTES,
				(unsigned long long)cylinder);
	part->tracks = data / CKD_TRACK_BYTES;
	return true;
}

static bool check_place(const struct part *part, const u8 *header,
			unsigned int number, struct ckd_error *error)
{
	u32 sequence = header[17];
	u32 last = get_le(header + 18, 2);
	u32 ends = (part->first + part->tracks) / CKD_HEADS - 1;

	if (sequence != number && (number > 1 || sequence > 1))
		return complain(error, part, "offset 17: found %u, expected "
				"%u: the number of the file%s", sequence, number,
				number > 1 ? "" : "; open the first of them");
	if (last && (last != ends || !sequence))
		return complain(error, part, "offset 18: found %u, expected "
				"%u: the last cylinder in this file", last,
				sequence ? ends : 0);
	return true;
}

static bool check_part(struct part *part, unsigned int number, bool *goes_on,
		       struct ckd_error *error)
{
	u8 header[HEADER_BYTES] = { 0 };
	ssize_t got = pread(part->fd, header, sizeof(header), 0);

	if (got < 0)
		return complain(error, part, "%s", strerror(errno));
	if (!check_id(part, header, error) || !check_type(part, header, error) ||
	    !check_size(part, error) ||
	    !check_place(part, header, number, error))
		return false;
	*goes_on = header[17] && get_le(header + 18, 2);
	return true;
}

static bool open_part(struct part *part, bool read_only,
		      struct ckd_error *error)
{
	part->fd = open(part->path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (part->fd < 0)
		return complain(error, part, "%s", strerror(errno));
	if (!flock(part->fd, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB))
		return true;
	return complain(error, part, "%s", errno == EWOULDBLOCK ?
			"somebody else has it open, expected nobody" :
			strerror(errno));
}

/* Return: the path of file number n, if path is that of file 1; or NULL. */
static char *path_of(const char *path, unsigned int n)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *end = strrchr(name, '.') ?: name + strlen(name);
	char *result = NULL;

	if (n == 1)
		return strdup(path);
	if (end - name < 2 || end[-2] != '_' || end[-1] != '1')
		return NULL;
	if (asprintf(&result, "%.*s%u%s", (int)(end - 1 - path), path, n,
		     end) < 0)
		return NULL;
	return result;
}

static struct part *new_part(struct ckd_image *image, const char *path)
{
	struct part *parts;

	parts = realloc(image->parts, (image->nr_parts + 1) * sizeof(*parts));
	if (!parts)
		return NULL;
	image->parts = parts;
	parts += image->nr_parts++;
	*parts = (struct part){ .fd = -1, .first = image->tracks, .redo.fd = -1,
				.path = path_of(path, image->nr_parts) };
	return parts->path ? parts : NULL;
}

static bool open_parts(struct ckd_image *image, const char *path,
		       struct ckd_error *error)
{
	bool goes_on = false;
	struct part *part;

	do {
		part = new_part(image, path);
		if (!part) {
			snprintf(error->text, sizeof(error->text), "%s: "
				 "expected a name that ends in _1 before its "
				 "last dot: there are several files", path);
			return false;
		}
		if (!open_part(part, image->read_only, error) ||
		    !check_part(part, image->nr_parts, &goes_on, error) ||
		    !ckd_redo_recover(&part->redo, part->fd, part->path,
				      image->read_only, error))
			return false;
		image->tracks += part->tracks;
	} while (goes_on);
	return true;
}

struct ckd_image *ckd_image_open(const char *path, bool read_only,
				 struct ckd_error *error)
{
	struct ckd_image *image = calloc(1, sizeof(*image));

	error->text[0] = '\0';
	if (!image) {
		snprintf(error->text, sizeof(error->text), "%s: no memory",
			 path);
		return NULL;
	}
	image->read_only = read_only;
	if (open_parts(image, path, error))
		return image;
	ckd_image_close(image);
	return NULL;
}

struct ckd_image *ckd_image_blank(unsigned int cylinders)
{
	struct ckd_image *image = calloc(1, sizeof(*image));

	if (!image)
		return NULL;
	image->tracks = cylinders * CKD_HEADS;
	image->memory = calloc(image->tracks, sizeof(*image->memory));
	if (image->memory)
		return image;
	free(image);
	return NULL;
}

void ckd_image_close(struct ckd_image *image)
{
	if (!image)
		return;
	for (unsigned int i = 0; i < image->nr_parts; i++) {
		ckd_redo_close(&image->parts[i].redo);
		if (image->parts[i].fd >= 0)
			close(image->parts[i].fd);
		free(image->parts[i].path);
	}
	for (unsigned int i = 0; image->memory && i < image->tracks; i++)
		free(image->memory[i]);
	free(image->memory);
	free(image->parts);
	free(image);
}

unsigned int ckd_image_cylinders(const struct ckd_image *image)
{
	return image->tracks / CKD_HEADS;
}

bool ckd_image_read_only(const struct ckd_image *image)
{
	return image->read_only;
}

static struct part *find_part(const struct ckd_image *image, unsigned int track)
{
	struct part *part = image->parts;

	while (track >= part->first + part->tracks)
		part++;
	return part;
}

static u64 offset_of(const struct part *part, unsigned int track)
{
	return HEADER_BYTES + (u64)(track - part->first) * CKD_TRACK_BYTES;
}

static void make_track(unsigned int number, u8 track[CKD_TRACK_BYTES])
{
	memset(track, 0, CKD_TRACK_BYTES);
	ckd_blank_track(track, number / CKD_HEADS, number % CKD_HEADS);
	if (!number)
		label_track(track);
}

static int read_track(const struct ckd_image *image, unsigned int number,
		      u8 track[CKD_TRACK_BYTES])
{
	const struct part *part;
	ssize_t got;

	if (image->memory && image->memory[number]) {
		memcpy(track, image->memory[number], CKD_TRACK_BYTES);
		return 0;
	}
	if (image->memory) {
		make_track(number, track);
		return 0;
	}
	part = find_part(image, number);
	got = pread(part->fd, track, CKD_TRACK_BYTES, offset_of(part, number));
	return got == CKD_TRACK_BYTES ? 0 : -EIO;
}

int ckd_image_read(struct ckd_image *image, u16 cylinder, u16 head,
		   u8 track[CKD_TRACK_BYTES])
{
	int ret = read_track(image, cylinder * CKD_HEADS + head, track);

	if (!ret && !ckd_is_track(track, cylinder, head))
		return -EILSEQ;
	return ret;
}

static int write_memory(struct ckd_image *image, unsigned int number,
			const u8 track[CKD_TRACK_BYTES])
{
	u8 *copy = image->memory[number] ?: malloc(CKD_TRACK_BYTES);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, track, CKD_TRACK_BYTES);
	image->memory[number] = copy;
	return 0;
}

int ckd_image_write(struct ckd_image *image, u16 cylinder, u16 head,
		    const u8 track[CKD_TRACK_BYTES], u32 from, u32 to)
{
	unsigned int number = cylinder * CKD_HEADS + head;
	struct part *part;

	if (image->read_only)
		return -EROFS;
	if (image->memory)
		return write_memory(image, number, track);
	part = find_part(image, number);
	return ckd_redo_write(&part->redo, part->fd, track + from, to - from,
			      offset_of(part, number) + from);
}
