/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file ckd_redo.h
 * Writes to an image that a kill leaves either undone or done.
 */
#ifndef CKD_REDO_H
#define CKD_REDO_H

#include "ckd_image.h"

/** The announcements for one file. */
struct ckd_redo {
	int fd;			/**< -1: none so far */
	bool stuck;		/**< a write has failed halfway: no more of them */
	char *path;
	u8 *old;		/**< a track's worth of bytes */
};

/**
 * Finish what a killed run has left in the file at @a path, open as @a fd.
 * @return false: see @a error
 */
bool ckd_redo_recover(struct ckd_redo *redo, int fd, const char *path,
		      bool read_only, struct ckd_error *error);

/** Write so that it is done whole or not at all. @return 0 or -errno */
int ckd_redo_write(struct ckd_redo *redo, int fd, const u8 *bytes, u32 length,
		   u64 offset);

/** Nothing is announced any more: remove the file. */
void ckd_redo_close(struct ckd_redo *redo);

#endif /* CKD_REDO_H */
