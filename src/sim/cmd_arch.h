/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formats that only `ccwsim show` takes apart, in the form of
 * vfio_ccw_arch.h.
 */
#ifndef CMD_ARCH_H
#define CMD_ARCH_H

#include <linux/bits.h>
#include <linux/types.h>

/* Channel-command word, format 0. */
struct ccw_format0 {
	__be32 word[2];
};

/* OLD word 0 */
#define OLD0_CMD	GENMASK(31, 24)	/* command code */
#define OLD0_CDA	GENMASK(23, 0)	/* data address */
/* OLD word 1 */
#define OLD1_CD		BIT(31)		/* chain data */
#define OLD1_CC		BIT(30)		/* chain command */
#define OLD1_SLI	BIT(29)		/* suppress length indication */
#define OLD1_SKIP	BIT(28)		/* skip: nothing goes to storage */
#define OLD1_PCI	BIT(27)		/* program-controlled interruption */
#define OLD1_IDA	BIT(26)		/* indirect data address */
#define OLD1_S		BIT(25)		/* suspend */
#define OLD1_MIDA	BIT(24)		/* modified indirect data address */
#define OLD1_COUNT	GENMASK(15, 0)	/* byte count */

/* Sense bytes: why the device ended with unit check. */
struct ccw_sense {
	__be32 word[8];
};

/* SENSE word 0 */
#define SENSE0_REJECT	BIT(31)		/* command reject */
#define SENSE0_INTERV	BIT(30)		/* intervention required */
#define SENSE0_BUSOUT	BIT(29)		/* bus-out check: bad parity */
#define SENSE0_EQUIP	BIT(28)		/* equipment check */
#define SENSE0_DATA	BIT(27)		/* data check */
#define SENSE0_OVERRUN	BIT(26)		/* overrun */

#endif /* CMD_ARCH_H */
