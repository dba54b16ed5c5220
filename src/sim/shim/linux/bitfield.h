/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: fields of words, each named by its mask. */
#ifndef SHIM_LINUX_BITFIELD_H
#define SHIM_LINUX_BITFIELD_H

#include <linux/types.h>
#include <asm/byteorder.h>

#define __bf_shf(mask)		(__builtin_ffsll(mask) - 1)
#define FIELD_MAX(mask)		((mask) >> __bf_shf(mask))
#define FIELD_FIT(mask, value)	(!((value) & ~FIELD_MAX(mask)))
#define FIELD_GET(mask, word)	(((word) & (mask)) >> __bf_shf(mask))
#define FIELD_PREP(mask, value)	\
	(((__typeof__(mask))(value) << __bf_shf(mask)) & (mask))

#define __SHIM_BE_BITS(size)						\
static inline __be##size						\
be##size##_encode_bits(u##size value, u##size mask)			\
{									\
	return cpu_to_be##size((u##size)FIELD_PREP(mask, value));	\
}									\
static inline u##size be##size##_get_bits(__be##size word, u##size mask) \
{									\
	return FIELD_GET(mask, be##size##_to_cpu(word));		\
}									\
static inline __be##size						\
be##size##_replace_bits(__be##size word, u##size value, u##size mask)	\
{									\
	return (word & ~cpu_to_be##size(mask)) |			\
	       be##size##_encode_bits(value, mask);			\
}									\
static inline void							\
be##size##p_replace_bits(__be##size *word, u##size value, u##size mask)	\
{									\
	*word = be##size##_replace_bits(*word, value, mask);		\
}

__SHIM_BE_BITS(16)
__SHIM_BE_BITS(32)
__SHIM_BE_BITS(64)

#endif /* SHIM_LINUX_BITFIELD_H */
