/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file trace.h
 * Lines of a trace, as text for people or as JSON for programs.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

/** Where a trace goes and what it looks like. All zero: it goes nowhere. */
struct trace {
	FILE *out;			/**< the event so far; NULL: no trace */
	char *text;			/**< what is in @a out */
	size_t length;			/**< of @a text, in bytes */
	bool json;
	u64 lines;			/**< written so far */
	u64 (*now)(const void *ctx);	/**< simulated time in nanoseconds */
	/** Takes one event, from a task or from a timer; @a text is its own. */
	void (*sink)(void *ctx, const char *text, size_t length);
	void *ctx;			/**< for @a now and @a sink */
};

/** How a field's value is printed. */
enum trace_kind { TRACE_NUMBER, TRACE_HEX, TRACE_TEXT, TRACE_BYTES };

/** One thing an event says. A list of them ends with a NULL name. */
struct trace_field {
	const char *name;
	enum trace_kind kind;
	u64 number;		/**< value, or length in bytes */
	const void *data;	/**< text or bytes; need only last the call */
};

/** Begin to write; the other members are set. @return 0 or -ENOMEM */
int trace_open(struct trace *trace);

/** Write no more; also if it was never open. */
void trace_close(struct trace *trace);

static inline struct trace_field trace_number(const char *name, u64 number)
{
	return (struct trace_field){ name, TRACE_NUMBER, number, NULL };
}

static inline struct trace_field trace_hex(const char *name, u64 number)
{
	return (struct trace_field){ name, TRACE_HEX, number, NULL };
}

static inline struct trace_field trace_text(const char *name, const char *text)
{
	return (struct trace_field){ name, TRACE_TEXT, 0, text };
}

static inline struct trace_field trace_bytes(const char *name, const void *data,
					     u64 length)
{
	return (struct trace_field){ name, TRACE_BYTES, length, data };
}

/**
 * Write one event.
 * @param who the party that acts: "vmm", "driver", "machine", ...
 * @param where on what: a subchannel, an address, a file
 * @param what in a word: "pwrite", "SSCH", "ccw"
 * @param fields what else there is to say
 */
void trace_event(struct trace *trace, const char *who, const char *where,
		 const char *what, const struct trace_field *fields);

/** Write one event whose fields are listed in the call. */
#define trace(t, who, where, what, ...)				\
	trace_event(t, who, where, what, (const struct trace_field[]) {	\
		__VA_ARGS__ __VA_OPT__(,) { 0 } })

/** Write the heading of a step: its line, its text and its why, or NULL. */
void trace_step(struct trace *trace, unsigned int line, const char *text,
		const char *why);

/** @return bytes of the UTF-8 character at @a text, 0 if it is none */
size_t trace_utf8_length(const char *text);

#endif /* SIM_TRACE_H */
