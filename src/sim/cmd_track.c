// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "ckd_image.h"
#include "cmd_sim.h"
#include "cmd_track.h"
#include "ebcdic.h"

static void print_bytes(const char *name, const u8 *bytes, unsigned int count)
{
	for (unsigned int at = 0; at < count; at += 16) {
		unsigned int row = count - at < 16 ? count - at : 16;

		printf("  %-5s %5u ", at ? "" : name, at);
		for (unsigned int i = 0; i < 16; i++)
			if (i < row)
				printf("%s%02x", i % 4 ? "" : " ", bytes[at + i]);
			else
				printf("%s  ", i % 4 ? "" : " ");
		printf("  |");
		for (unsigned int i = 0; i < row; i++)
			putchar(ascii_from_ebcdic(bytes[at + i]) ?: '.');
		puts("|");
	}
}

static void print_record(const u8 *track, const struct ckd_record *record)
{
	printf("\nrecord %u  cylinder %u head %u  key %u  data %u%s\n",
	       record->number, record->cylinder, record->head,
	       record->key_length, record->data_length,
	       record->data_length ? "" : ": end of file");
	print_bytes("count", track + record->offset, CKD_COUNT_BYTES);
	print_bytes("key", track + ckd_key(record), record->key_length);
	print_bytes("data", track + ckd_data(record), record->data_length);
}

static void json_bytes(const char *name, const u8 *bytes, unsigned int count)
{
	printf(",\"%s\":\"", name);
	for (unsigned int i = 0; i < count; i++)
		printf("%02x", bytes[i]);
	putchar('"');
}

static void json_record(const u8 *track, const struct ckd_record *record)
{
	printf("%s{\"cylinder\":%u,\"head\":%u,\"record\":%u,\"offset\":%u",
	       record->offset > CKD_HOME_BYTES ? "," : "", record->cylinder,
	       record->head, record->number, record->offset);
	json_bytes("key", track + ckd_key(record), record->key_length);
	json_bytes("data", track + ckd_data(record), record->data_length);
	putchar('}');
}

static int print_track(const u8 *track, bool json)
{
	struct ckd_record record = { 0 };
	int ret;

	if (json)
		fputs(",\"records\":[", stdout);
	else
		print_bytes("home", track, CKD_HOME_BYTES);
	while ((ret = ckd_next(track, &record)) == 1)
		(json ? json_record : print_record)(track, &record);
	if (json)
		printf("],\"end\":%u}\n", record.offset);
	else
		printf("\nend of track at byte %u of %u\n", record.offset,
		       CKD_TRACK_BYTES);
	return ret;
}

static int show_one(const struct cmd *cmd, struct ckd_image *image,
		    char **words, bool json)
{
	u8 track[CKD_TRACK_BYTES];
	u64 cylinder, head;
	int ret;

	if (!cmd_number(cmd, "CYLINDER", words[1], 0,
			ckd_image_cylinders(image) - 1, &cylinder) ||
	    !cmd_number(cmd, "HEAD", words[2], 0, CKD_HEADS - 1, &head))
		return CMD_WRONG;
	ret = ckd_image_read(image, cylinder, head, track);
	if (ret)
		return cmd_wrong(cmd, "%s: cylinder %s head %s: %s", words[0],
				 words[1], words[2], ret == -EILSEQ ?
				 "that is no track, or another one" :
				 strerror(-ret));
	printf(json ? "{\"cylinder\":%u,\"head\":%u" :
	       "track: cylinder %u head %u\n\n", (unsigned int)cylinder,
	       (unsigned int)head);
	if (!print_track(track, json))
		return CMD_OK;
	return cmd_wrong(cmd, "%s: cylinder %s head %s: neither a record nor the "
			 "end of the track", words[0], words[1], words[2]);
}

int track_show(const struct cmd *cmd, char **words, bool json)
{
	struct ckd_error error;
	struct ckd_image *image;
	int count = 0, status;

	while (words[count])
		count++;
	if (count != 3)
		return cmd_wrong(cmd, "track: found %d words, expected IMAGE "
				 "CYLINDER HEAD", count);
	image = ckd_image_open(words[0], true, &error);
	if (!image)
		return cmd_wrong(cmd, "%s", error.text);
	status = show_one(cmd, image, words, json);
	ckd_image_close(image);
	return status;
}
