/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: fields of words, each named by its mask. */
#ifndef SHIM_LINUX_BITFIELD_H
#define SHIM_LINUX_BITFIELD_H

#include <linux/types.h>
#include <asm/byteorder.h>

#define __bf_shf(mask)		(__builtin_ffsll(mask) - 1)
#define FIELD_GET(mask, word)	(((word) & (mask)) >> __bf_shf(mask))
#define FIELD_PREP(mask, value)	\
	(((__typeof__(mask))(value) << __bf_shf(mask)) & (mask))

static inline __be32 be32_encode_bits(u32 value, u32 mask)
{
	return cpu_to_be32((u32)FIELD_PREP(mask, value));
}

static inline u32 be32_get_bits(__be32 word, u32 mask)
{
	return FIELD_GET(mask, be32_to_cpu(word));
}

static inline __be32 be32_replace_bits(__be32 word, u32 value, u32 mask)
{
	return (word & ~cpu_to_be32(mask)) | be32_encode_bits(value, mask);
}

static inline void be32p_replace_bits(__be32 *word, u32 value, u32 mask)
{
	*word = be32_replace_bits(*word, value, mask);
}

#endif /* SHIM_LINUX_BITFIELD_H */
