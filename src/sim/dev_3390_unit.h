/* SPDX-License-Identifier: GPL-2.0-only */
/* The 3390 from within: shared by its four files and by nobody else. */
#ifndef SIM_DEV_3390_UNIT_H
#define SIM_DEV_3390_UNIT_H

#include <linux/bits.h>
#include <linux/kernel.h>
#include "ckd_image.h"
#include "dev_3390.h"
#include "machine.h"

#define SENSE_BYTES	32
#define PARAMETER_BYTES	64
#define ANSWER_BYTES	256

/* Which area has passed under the head last. */
enum area {
	AREA_NONE,		/* unknown: the arm has moved */
	AREA_HOME,
	AREA_COUNT,		/* of the record dev_3390.at */
	AREA_KEY,
	AREA_DATA
};

/* What a search or a write has left behind, so that a write may follow. */
enum found { FOUND_NOTHING, FOUND_HOME, FOUND_ID, FOUND_KEY, FOUND_FORMATTED };

/* What one channel program has set up. All zero when it begins. */
struct chain {
	bool sought;		/* the arm has been told where to go */
	bool masked, limited;	/* by SET FILE MASK, DEFINE EXTENT */
	u8 mask;		/* the file mask */
	u32 first, last;	/* the extent, as numbers of tracks */
	u16 block_size;
	u8 left;		/* commands left in a LOCATE RECORD's domain */
	u8 operation;		/* of the domain: LOCATE_... */
	bool count_suffix;	/* its last command is READ COUNT */
	u16 length;		/* of the records in it; 0: any */
	enum found found;
	bool spent;		/* something was read or written since */
	u8 passes;		/* of the index, in vain */
	u16 prepared;		/* bytes for READ SUBSYSTEM DATA */
};

struct command;

struct dev_3390 {
	struct machine *m;
	u32 sid;
	struct ckd_image *image;
	u8 sense[SENSE_BYTES];
	u8 path_state;		/* what SENSE PATH GROUP ID answers */
	u8 path_group[11];

	u16 cylinder, head;	/* where the arm is */
	u8 owed;		/* status for when it arrives, or 0 */
	unsigned int journeys;	/* of the arm, not ended */

	bool loaded;		/* track[] is the track under the head */
	u8 track[CKD_TRACK_BYTES];
	enum area area;
	struct ckd_record at;

	struct chain chain;
	const struct command *command;	/* in progress */
	u8 code;		/* its code, with the multitrack bit */
	bool inside;		/* it is in a domain */
	u8 in[PARAMETER_BYTES];	/* what it was told */
	u8 *to;			/* output: where it goes; NULL: nowhere */
	u32 want, have;		/* output: bytes wanted, and got */
	bool overflow;		/* a format write: it does not fit */
	u8 *erased;		/* ERASE: from here on */
	const u8 *from;		/* input, and what a search compares with */
	u32 length, given;
	u8 ending;		/* the status that ends the input */
	u8 answer[ANSWER_BYTES];	/* or the argument of a search by key */
};

/* Sense byte 0 in the left half, 1 in the right. */
enum refusal {
	COMMAND_REJECT		= SENSE_COMMAND_REJECT << 8,
	EQUIPMENT_CHECK		= SENSE_EQUIPMENT_CHECK << 8,
	PERMANENT_ERROR		= 0x0080,
	INVALID_TRACK_FORMAT	= 0x0040,
	END_OF_CYLINDER		= 0x0020,
	NO_RECORD_FOUND		= 0x0008,
	FILE_PROTECTED		= 0x0004,
	WRITE_INHIBITED		= 0x0002
};

/* Sense byte 7: format 0, program and system checks. */
enum message {
	NO_MESSAGE,
	INVALID_COMMAND,
	INVALID_SEQUENCE,
	COUNT_TOO_SMALL,
	INVALID_PARAMETER
};

#define DEVICE_ENDS	(DEVICE_CHANNEL_END | DEVICE_END)

/* Where a command may stand, and what it does. */
enum {
	MULTITRACK = 0x01,	/* also with bit 0 of its code */
	ORIENTED = 0x02,	/* the arm must have been sought */
	DOMAIN_ONLY = 0x04,	/* not outside a domain */
	KEEPS = 0x08,		/* what a search has found is still found */
	UPDATES = 0x10,		/* changes the contents of a record */
	FORMATS = 0x20,		/* changes its shape, too */
	FORMATS_ZERO = 0x40	/* or that of record zero */
};
#define WRITES	(UPDATES | FORMATS | FORMATS_ZERO)

struct command {
	u8 code;
	u8 flags;
	u8 length;		/* of its parameters */
	u8 after;		/* a write: set of BIT(enum found) */
	u32 domains;		/* set of BIT(LOCATE_...) */
	const char *name;
	/* Return: 0: go on with the data; else the final status. */
	u8 (*begin)(struct dev_3390 *dev);
	/* The data have moved, and the parameters are there. */
	u8 (*end)(struct dev_3390 *dev);
};

/* Operations of a LOCATE RECORD. */
enum {
	LOCATE_ORIENT = 0x00, LOCATE_WRITE = 0x01, LOCATE_FORMAT = 0x03,
	LOCATE_READ_DATA = 0x06, LOCATE_WRITE_TRACK = 0x0b,
	LOCATE_READ_TRACKS = 0x0c, LOCATE_READ = 0x16
};

/* Say no, and remember why. Return: the status to end with. */
u8 refuse(struct dev_3390 *dev, enum refusal refusal, enum message message);

/* Put the heads over a track; nothing has passed under them yet. */
void arm_goes(struct dev_3390 *dev, u16 cylinder, u16 head);

/*
 * The arm has come from another cylinder and the command ends with status.
 * Return: that, or channel end alone, and the rest comes in time.
 */
u8 arm_arrives(struct dev_3390 *dev, u16 from, u8 status);

#define SEEK_CONTROL	0x18	/* bits of the file mask */
#define SECTORS		224

enum { ORIENT_COUNT, ORIENT_HOME, ORIENT_DATA, ORIENT_INDEX };

/* The answer is these bytes; they stay where they are. */
u8 reply(struct dev_3390 *dev, const u8 *from, u32 length);
u8 end_input(struct dev_3390 *dev);
/* The parameters of the command go to dev_3390.in. */
u8 take_parameters(struct dev_3390 *dev);
/* Go on with the track of the next head. Return: 0 or a status. */
u8 next_head(struct dev_3390 *dev);
/* Wait for the record, or area, that LOCATE RECORD names. */
u8 wait_for(struct dev_3390 *dev, u8 orientation, const u8 *argument);
/* Return: the cells between R0 and the record that has passed. */
unsigned int cells_to_record(const struct dev_3390 *dev);
/* A format write may have its count now, and know its length. */
void count_is_there(struct dev_3390 *dev);

u8 begin_read_home(struct dev_3390 *dev);
u8 begin_read_zero(struct dev_3390 *dev);
u8 begin_read_count(struct dev_3390 *dev);
u8 begin_read_data(struct dev_3390 *dev);
u8 begin_read_kd(struct dev_3390 *dev);
u8 begin_read_ckd(struct dev_3390 *dev);
u8 begin_read_multiple(struct dev_3390 *dev);
u8 begin_read_track(struct dev_3390 *dev);
u8 begin_read_ipl(struct dev_3390 *dev);
u8 begin_search_home(struct dev_3390 *dev);
u8 begin_search_id(struct dev_3390 *dev);
u8 begin_search_key(struct dev_3390 *dev);
u8 end_search(struct dev_3390 *dev);
u8 begin_write_data(struct dev_3390 *dev);
u8 begin_write_kd(struct dev_3390 *dev);
u8 begin_write_ckd(struct dev_3390 *dev);
u8 begin_write_next(struct dev_3390 *dev);
u8 begin_write_zero(struct dev_3390 *dev);
u8 begin_erase(struct dev_3390 *dev);
u8 end_update(struct dev_3390 *dev);
u8 end_format(struct dev_3390 *dev);
u8 end_erase(struct dev_3390 *dev);
u8 end_seek(struct dev_3390 *dev);
u8 end_mask(struct dev_3390 *dev);
u8 end_extent(struct dev_3390 *dev);
u8 end_locate(struct dev_3390 *dev);
u8 end_sector(struct dev_3390 *dev);
u8 begin_read_sector(struct dev_3390 *dev);
u8 begin_sense(struct dev_3390 *dev);
u8 begin_sense_id(struct dev_3390 *dev);
u8 begin_characteristics(struct dev_3390 *dev);
u8 begin_configuration(struct dev_3390 *dev);
u8 begin_sense_path_group(struct dev_3390 *dev);
u8 end_path_group(struct dev_3390 *dev);
u8 begin_reserve(struct dev_3390 *dev);
u8 end_subsystem_function(struct dev_3390 *dev);
u8 begin_read_subsystem(struct dev_3390 *dev);
#endif /* SIM_DEV_3390_UNIT_H */
