/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file ebcdic.h
 * The printable ASCII characters in EBCDIC, code page 37, and back.
 */
#ifndef EBCDIC_H
#define EBCDIC_H

#include <linux/types.h>

/** @return the code of an ASCII character; 0: it is not printable */
u8 ebcdic_from_ascii(char c);

/** @return the ASCII character of a code; 0: ASCII has none */
char ascii_from_ebcdic(u8 code);

#endif /* EBCDIC_H */
