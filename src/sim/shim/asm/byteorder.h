/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: conversions between the processor's order of bytes and others. */
#ifndef SHIM_ASM_BYTEORDER_H
#define SHIM_ASM_BYTEORDER_H

#include_next <asm/byteorder.h>

#define cpu_to_be16	__cpu_to_be16
#define be16_to_cpu	__be16_to_cpu
#define cpu_to_be32	__cpu_to_be32
#define cpu_to_be64	__cpu_to_be64
#define be32_to_cpu	__be32_to_cpu
#define be64_to_cpu	__be64_to_cpu
#define be32_to_cpup	__be32_to_cpup
#define be64_to_cpup	__be64_to_cpup

#endif /* SHIM_ASM_BYTEORDER_H */
