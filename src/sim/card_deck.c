// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card_deck.h"
#include "ebcdic.h"

int card_deck_add(struct card_deck *deck, const u8 card[CARD_COLUMNS])
{
	u8 (*cards)[CARD_COLUMNS] = reallocarray(deck->cards, deck->count + 1,
						 CARD_COLUMNS);

	if (!cards)
		return -ENOMEM;
	deck->cards = cards;
	memcpy(cards[deck->count++], card, CARD_COLUMNS);
	return 0;
}

void card_deck_free(struct card_deck *deck)
{
	free(deck->cards);
	*deck = (struct card_deck){ 0 };
}

unsigned int card_punch(u8 card[CARD_COLUMNS], const char *text, size_t length)
{
	memset(card, ebcdic_from_ascii(' '), CARD_COLUMNS);
	for (size_t i = 0; i < length; i++) {
		card[i] = ebcdic_from_ascii(text[i]);
		if (!card[i])
			return i + 1;
	}
	return 0;
}

void card_text(const u8 card[CARD_COLUMNS], char text[PORT_LINE])
{
	unsigned int length = 0;

	for (unsigned int i = 0; i < CARD_COLUMNS; i++) {
		text[i] = ascii_from_ebcdic(card[i]) ?: '?';
		if (text[i] != ' ')
			length = i + 1;
	}
	text[length] = '\0';
}

static int __attribute__((format(printf, 2, 3)))
refuse(struct sim_device_error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return -EINVAL;
}

int card_file_parse(const char *argument, struct card_file *file,
		    struct sim_device_error *error)
{
	file->ascii = !strncmp(argument, "ascii:", 6);
	file->path = argument + (file->ascii ? 6 : 7);
	if (!file->ascii && strncmp(argument, "ebcdic:", 7))
		return refuse(error, "found '%s', expected ascii:FILE or "
			      "ebcdic:FILE", argument);
	return 0;
}

static int punch_line(const char *path, const char *line, size_t length,
		      struct card_deck *deck, struct sim_device_error *error)
{
	unsigned int number = deck->count + 1, wrong;
	u8 card[CARD_COLUMNS];

	if (length && line[length - 1] == '\n')
		length--;
	if (length > CARD_COLUMNS)
		return refuse(error, "%s:%u: found a line of %zu characters, "
			      "expected at most %u", path, number, length,
			      CARD_COLUMNS);
	wrong = card_punch(card, line, length);
	if (wrong)
		return refuse(error, "%s:%u:%u: found the byte 0x%02x, "
			      "expected a printable ASCII character",
			      path, number, wrong, (u8)line[wrong - 1]);
	return card_deck_add(deck, card);
}

static int read_lines(const char *path, FILE *in, struct card_deck *deck,
		      struct sim_device_error *error)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int ret = 0;

	while (!ret && (length = getline(&line, &room, in)) >= 0)
		ret = punch_line(path, line, length, deck, error);
	free(line);
	return ret;
}

static int read_cards(const char *path, FILE *in, struct card_deck *deck,
		      struct sim_device_error *error)
{
	u8 card[CARD_COLUMNS];
	size_t length;
	int ret = 0;

	while (!ret && (length = fread(card, 1, sizeof(card), in)) ==
		       sizeof(card))
		ret = card_deck_add(deck, card);
	if (ret || !length)
		return ret;
	return refuse(error, "%s: offset %zu: found %zu bytes, expected a card "
		      "of %u", path, (size_t)deck->count * CARD_COLUMNS, length,
		      CARD_COLUMNS);
}

bool card_file_is_plain(int fd, const struct card_file *file,
			struct sim_device_error *error)
{
	struct stat st;

	if (fstat(fd, &st)) {
		refuse(error, "%s: %s", file->path, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode))
		refuse(error, "%s: found no regular file, expected a deck of "
		       "cards", file->path);
	return S_ISREG(st.st_mode);
}

static FILE *open_deck(const struct card_file *file,
		       struct sim_device_error *error)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *in = NULL;

	if (fd < 0 || (card_file_is_plain(fd, file, error) &&
		       !(in = fdopen(fd, "r"))))
		refuse(error, "%s: %s", file->path, strerror(errno));
	if (fd >= 0 && !in)
		close(fd);
	return in;
}

int card_file_read(const struct card_file *file, struct card_deck *deck,
		   struct sim_device_error *error)
{
	FILE *in = open_deck(file, error);
	int ret;

	if (!in)
		return -EINVAL;
	error->text[0] = '\0';
	ret = file->ascii ? read_lines(file->path, in, deck, error) :
			    read_cards(file->path, in, deck, error);
	if (ferror(in))
		ret = refuse(error, "%s: %s", file->path, strerror(errno));
	else if (ret == -ENOMEM)
		refuse(error, "%s: no memory", file->path);
	fclose(in);
	return ret;
}
