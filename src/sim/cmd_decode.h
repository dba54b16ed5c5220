/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file cmd_decode.h
 * Take the structures of channel I/O apart, field by field.
 */
#ifndef SIM_CMD_DECODE_H
#define SIM_CMD_DECODE_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

/** Words whose masks have one prefix. */
struct decode_part {
	const char *name;	/**< "scsw" */
	const char *prefix;	/**< "SCSW"; "": words without fields */
	unsigned int words;	/**< 0 ends the list */
};

/** A structure that can be taken apart. */
struct decode_format {
	const char *name;	/**< as the user says it */
	const char *title;	/**< what it is */
	struct decode_part parts[5];
	unsigned int least;	/**< bytes that there must be */
	unsigned int more;	/**< or that many; least and more for a range */
	bool any;		/**< any number between the two */
};

/** Bytes of the longest form of a structure, an IRB's. */
#define DECODE_LONGEST	96

/** @return the format of this name, or NULL */
const struct decode_format *decode_find(const char *name);

/** @return format number @a i, or NULL: there are no more */
const struct decode_format *decode_format(size_t i);

/** @return whether a structure of this format can have @a size bytes */
bool decode_fits(const struct decode_format *format, size_t size);

/**
 * Print a structure: a line for each field, or one JSON object.
 * @param size one that decode_fits()
 */
void decode(FILE *out, const struct decode_format *format, const u8 *bytes,
	    size_t size, bool json);

/**
 * List the bits that are one in a field, by their names: "SCH DEV"; "-": none.
 * @param mask of the field, which holds others
 */
void decode_bits(char *buf, size_t size, const char *prefix, unsigned int word,
		 u32 mask, u32 value);

#endif /* SIM_CMD_DECODE_H */
