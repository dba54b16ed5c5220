/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file card_deck.h
 * Decks of punched cards, and files that hold them.
 */
#ifndef SIM_CARD_DECK_H
#define SIM_CARD_DECK_H

#include <stdbool.h>
#include <linux/types.h>
#include "sim_devices.h"

#define CARD_COLUMNS	80

/** Cards in their order. All zero: none. */
struct card_deck {
	u8 (*cards)[CARD_COLUMNS];	/**< EBCDIC */
	unsigned int count;
};

/** Add a card at the end. @return 0 or -ENOMEM */
int card_deck_add(struct card_deck *deck, const u8 card[CARD_COLUMNS]);

void card_deck_free(struct card_deck *deck);

/**
 * Punch ASCII text, of at most CARD_COLUMNS characters, into a blank card.
 * @return 0; or the column, from 1, whose character has no code
 */
unsigned int card_punch(u8 card[CARD_COLUMNS], const char *text, size_t length);

/** A card as text: what ASCII lacks is '?', blanks at the end are dropped. */
void card_text(const u8 card[CARD_COLUMNS], char text[PORT_LINE]);

/** A file that an argument "ascii:FILE" or "ebcdic:FILE" names. */
struct card_file {
	const char *path;
	bool ascii;
};

/** @return 0; -EINVAL: it is neither, see @a error */
int card_file_parse(const char *argument, struct card_file *file,
		    struct sim_device_error *error);

/** @return whether @a fd, open, is a file that can keep cards; see @a error */
bool card_file_is_plain(int fd, const struct card_file *file,
			struct sim_device_error *error);

/** Add the cards of a file to a deck. @return 0, or -errno: see @a error */
int card_file_read(const struct card_file *file, struct card_deck *deck,
		   struct sim_device_error *error);

#endif /* SIM_CARD_DECK_H */
