/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file ckd_image.h
 * A 3390 as Hercules keeps it in a file: header, tracks, records.
 */
#ifndef CKD_IMAGE_H
#define CKD_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define CKD_HEADS		15
#define CKD_TRACK_BYTES		56832u	/**< of a track in the file */
#define CKD_TRACK_CELLS		1729u	/**< of a track on the disk, for records */
#define CKD_HOME_BYTES		5u	/**< of a home address */
#define CKD_COUNT_BYTES		8u	/**< of a count area, or the end's mark */

/** A record of a track, as its count area describes it. */
struct ckd_record {
	u32 offset;		/**< of the count area in the track */
	u16 cylinder, head;
	u8 number;		/**< R */
	u8 key_length;
	u16 data_length;
};

/** @return the offset of the key, of the data, and of what follows them */
static inline u32 ckd_key(const struct ckd_record *record)
{
	return record->offset + CKD_COUNT_BYTES;
}

static inline u32 ckd_data(const struct ckd_record *record)
{
	return ckd_key(record) + record->key_length;
}

static inline u32 ckd_end(const struct ckd_record *record)
{
	return ckd_data(record) + record->data_length;
}

/**
 * Go to the next record of a track; to R0 if @a record is all zero.
 * @return 1; 0: the track ends, @a record->offset is that of the mark;
 *	-EILSEQ: neither a record nor the mark fits at @a record->offset
 */
int ckd_next(const u8 track[CKD_TRACK_BYTES], struct ckd_record *record);

/** @return the cells that a record with such a key and data takes */
unsigned int ckd_cells(unsigned int key_length, unsigned int data_length);

/** @return whether a track begins with its home address, and can be walked */
bool ckd_is_track(const u8 track[CKD_TRACK_BYTES], u16 cylinder, u16 head);

/** Put the home address and R0 on a track, and its end behind them. */
void ckd_blank_track(u8 track[CKD_TRACK_BYTES], u16 cylinder, u16 head);

struct ckd_image;

/** Why an image was not opened; names file and offset. */
struct ckd_error {
	char text[512];
};

/**
 * Open the file, or the first of several. For writing it is locked against
 * everybody else, for reading against writers, and a write that a killed
 * run has left unfinished is finished.
 * @return NULL: see @a error
 */
struct ckd_image *ckd_image_open(const char *path, bool read_only,
				 struct ckd_error *error);

/** @return a blank disk in memory, or NULL: no memory */
struct ckd_image *ckd_image_blank(unsigned int cylinders);

/** Close it; NULL is allowed. */
void ckd_image_close(struct ckd_image *image);

unsigned int ckd_image_cylinders(const struct ckd_image *image);
bool ckd_image_read_only(const struct ckd_image *image);

/**
 * Read a track. It must be on the disk.
 * @return 0; -EIO: the host cannot read it; -EILSEQ: that is no track, or
 *	another one
 */
int ckd_image_read(struct ckd_image *image, u16 cylinder, u16 head,
		   u8 track[CKD_TRACK_BYTES]);

/**
 * Write the bytes [from, to) of a track that was read and changed. When it
 * returns, they survive the end of this process, whatever ends it.
 * @return 0; -EROFS; -EIO or another error of the host; -ENOMEM
 */
int ckd_image_write(struct ckd_image *image, u16 cylinder, u16 head,
		    const u8 track[CKD_TRACK_BYTES], u32 from, u32 to);
#endif /* CKD_IMAGE_H */
