/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file complaint.h
 * What went wrong, in a sentence for a person, beside the errno for a program.
 */
#ifndef COMPLAINT_H
#define COMPLAINT_H

/** The last thing that went wrong. Zero it before its first use. */
struct complaint {
	char text[512];		/**< one line without its end; "" if nothing */
};

/**
 * Put "WHAT: error (ADVICE)" into @a complaint.
 * @param err negative errno
 * @param advice what to do about it, or NULL
 * @param fmt what was tried, and on what
 * @return @a err
 */
__attribute__((format(printf, 4, 5)))
int complain(struct complaint *complaint, int err, const char *advice,
	     const char *fmt, ...);

#endif /* COMPLAINT_H */
