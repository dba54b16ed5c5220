/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: spread keys evenly over the entries of a table. */
#define hash_64(key, bits)	\
	((u32)((u64)(key) * 0x61c8864680b583ebULL >> (64 - (bits))))
