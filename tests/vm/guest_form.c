// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file guest_form.c
 * The form says what is between the reader and the guest, how the screen was
 * drawn and what the last key brought, and asks for a name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "ebcdic.h"
#include "guest_form.h"

#define SCREEN		"/dev/3270/tub1"
#define COLUMNS		80

/* Linux's driver for whole screens is told which commands to use. */
#define SET_READ_COMMAND	_IO('3', 3)
#define SET_WRITE_COMMAND	_IO('3', 4)
#define ERASE_WRITE		0x05	/* it makes ERASE/WRITE ALTERNATE of it */
#define READ_MODIFIED		0x06

/* Orders of the 3270 data stream, and the codes of keys. */
enum {
	ORDER_SBA = 0x11,	/* set buffer address: go there */
	ORDER_IC = 0x13,	/* insert cursor */
	ORDER_SFE = 0x29,	/* start field extended: an attribute byte, pairs */
	UNLOCK = 0xc3,		/* write control character: keyboard is free */
	PAIR_FIELD = 0xc0,	/* the pair's value is the field's attribute */
	PAIR_HIGHLIGHT = 0x41,
	PAIR_COLOUR = 0x42,
	PROTECTED = 0xf0,	/* the cursor skips it */
	TO_FILL_IN = 0x40,
	UNDERSCORE = 0xf4,
	KEY_ENTER = 0x7d,
	KEY_PF3 = 0xf3,
};

enum colour {
	BLUE = 0xf1, RED, PINK, GREEN, TURQUOISE, YELLOW, WHITE,
};

#define NAME_ROW	18
#define NAME_COLUMN	15
#define NAME_LENGTH	24

static const struct label {
	unsigned int row, column;
	enum colour colour;
	const char *text;
} labels[] = {
	{  1,  1, WHITE,	"A CHANNEL OF ONE'S OWN" },
	{  1, 44, TURQUOISE,	"a 3270 passed through vfio_ccw" },
	{  3,  1, GREEN,	"Who is between you and the program that draws:" },
	{  5,  3, YELLOW,	"you" },
	{  5, 17, TURQUOISE,	"QEMU" },
	{  5, 33, PINK,		"Linux" },
	{  5, 48, TURQUOISE,	"QEMU" },
	{  5, 64, PINK,		"Linux" },
	{  6,  3, YELLOW,	"a terminal" },
	{  6, 17, TURQUOISE,	"emulates" },
	{  6, 33, RED,		"vfio_ccw.ko" },
	{  6, 48, TURQUOISE,	"emulates" },
	{  6, 64, PINK,		"a guest" },
	{  7,  3, YELLOW,	"emulator" },
	{  7, 17, TURQUOISE,	"a machine" },
	{  7, 33, RED,		"passes it on" },
	{  7, 48, TURQUOISE,	"a machine" },
	{  7, 64, PINK,		"this program" },
	{  9,  1, GREEN,	"Channel programs of the guest:" },
	{ 15,  1, GREEN,	"Interrupts from here so far:" },
	{ NAME_ROW, 1, GREEN,	"Your name?" },
	/* What is behind the field that is to be filled in cannot be. */
	{ NAME_ROW, NAME_COLUMN + NAME_LENGTH + 1, GREEN, "" },
	{ 22,  1, BLUE,		"ENTER sends    PF3 leaves" },
};

/* What is written to the terminal, as far as it has been put together. */
struct stream {
	unsigned char data[2048];
	size_t len;
};

/* What the last key brought. */
struct answer {
	unsigned char data[128];
	ssize_t len;
	char name[NAME_LENGTH + 1];
};

static void put(struct stream *stream, unsigned char byte)
{
	if (stream->len < sizeof(stream->data))
		stream->data[stream->len++] = byte;
}

static void put_text(struct stream *stream, const char *text)
{
	while (*text)
		put(stream, ebcdic_from_ascii(*text++));
}

static void go_to(struct stream *stream, unsigned int row, unsigned int column)
{
	unsigned int position = row * COLUMNS + column;

	put(stream, ORDER_SBA);
	put(stream, position >> 8);
	put(stream, position);
}

/* A field begins with its attributes, which are blank on the screen. */
static void start_field(struct stream *stream, unsigned char attribute,
			enum colour colour, unsigned char highlight)
{
	put(stream, ORDER_SFE);
	put(stream, 3);
	put(stream, PAIR_FIELD);
	put(stream, attribute);
	put(stream, PAIR_COLOUR);
	put(stream, colour);
	put(stream, PAIR_HIGHLIGHT);
	put(stream, highlight);
}

__attribute__((format(printf, 5, 6)))
static void show(struct stream *stream, unsigned int row, unsigned int column,
		 enum colour colour, const char *fmt, ...)
{
	char text[COLUMNS];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	go_to(stream, row, column);
	start_field(stream, PROTECTED, colour, 0);
	put_text(stream, text);
}

/* The kernel counts interrupts for each of its drivers. */
static unsigned int interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "re");
	unsigned int count = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (strstr(line, "3270"))
			sscanf(line, "%*s %u", &count);
	}
	if (file)
		fclose(file);
	return count;
}

static void show_answer(struct stream *stream, const struct answer *answer)
{
	char hex[3 * 20 + 1] = "";
	ssize_t i;

	if (!answer->len)
		return;
	for (i = 0; i < answer->len && i < 20; i++)
		sprintf(hex + 3 * i, "%02X ", answer->data[i]);
	show(stream, 12, 3, WHITE, "06  READ MODIFIED          %4zd bytes:",
	     answer->len);
	show(stream, 13, 7, YELLOW, "%s", hex);
	if (*answer->name)
		show(stream, NAME_ROW + 2, 1, YELLOW,
		     "Welcome to the guest, %s.", answer->name);
}

/* Draw everything. The screen tells how many bytes it took. */
static void compose(struct stream *stream, const struct answer *answer,
		    size_t length)
{
	struct utsname name;

	uname(&name);
	stream->len = 0;
	put(stream, UNLOCK);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		show(stream, labels[i].row, labels[i].column, labels[i].colour,
		     "%s", labels[i].text);
	show(stream, 5, 70, PINK, "%.8s", name.release);
	show(stream, 11, 3, WHITE, "0D  ERASE/WRITE ALTERNATE  %4zu bytes: "
	     "this screen", length);
	show_answer(stream, answer);
	show(stream, 15, 30, WHITE, "%u", interrupts());
	go_to(stream, NAME_ROW, NAME_COLUMN);
	start_field(stream, TO_FILL_IN, WHITE, UNDERSCORE);
	put(stream, ORDER_IC);
}

/* The key, the cursor, and of the one field: where it is, what is in it. */
static void take_name(struct answer *answer)
{
	ssize_t i, len = 0;

	for (i = 6; i < answer->len && len < NAME_LENGTH; i++) {
		char c = ascii_from_ebcdic(answer->data[i]);

		answer->name[len++] = c ? c : '?';
	}
	answer->name[len] = '\0';
}

static int converse(int fd, void (*say)(const char *fmt, ...))
{
	struct answer answer = { };
	struct stream stream;

	for (;;) {
		compose(&stream, &answer, 0);
		compose(&stream, &answer, stream.len);
		if (write(fd, stream.data, stream.len) < 0)
			return -1;
		answer.len = read(fd, answer.data, sizeof(answer.data));
		if (answer.len < 0)
			return -1;
		if (answer.data[0] == KEY_PF3)
			return 0;
		if (answer.data[0] == KEY_ENTER) {
			take_name(&answer);
			say("has a visitor: %s", answer.name);
		}
	}
}

int guest_form(void (*say)(const char *fmt, ...))
{
	int fd, ret;

	while ((fd = open(SCREEN, O_RDWR | O_CLOEXEC)) < 0) {
		if (errno != ENOENT)
			return -1;
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	}
	ret = ioctl(fd, SET_WRITE_COMMAND, ERASE_WRITE) ||
	      ioctl(fd, SET_READ_COMMAND, READ_MODIFIED) ||
	      converse(fd, say) ? -1 : 0;
	close(fd);
	return ret;
}
