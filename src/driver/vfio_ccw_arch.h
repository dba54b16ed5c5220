/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of z/Architecture channel I/O that this project touches, as
 * big-endian words. A mask is named after structure, word and field: ORB1_KEY
 * is the field KEY of word 1 of the operation-request block. The Principles of
 * Operation number bits from the left; GENMASK() and BIT() from the right.
 */
#ifndef VFIO_CCW_ARCH_H
#define VFIO_CCW_ARCH_H

#include <linux/bits.h>
#include <linux/types.h>

/* Operation-request block: what START SUBCHANNEL is given. */
struct ccw_orb {
	__be32 word[8];
};

/* ORB word 0 */
#define ORB0_INTPARM	GENMASK(31, 0)	/* interruption parameter */
/* ORB word 1 */
#define ORB1_KEY	GENMASK(31, 28)	/* storage key */
#define ORB1_S		BIT(27)		/* suspend control */
#define ORB1_C		BIT(26)		/* streaming-mode control */
#define ORB1_M		BIT(25)		/* modification control */
#define ORB1_Y		BIT(24)		/* synchronization control */
#define ORB1_F		BIT(23)		/* CCW format: 0 or 1 */
#define ORB1_P		BIT(22)		/* prefetch control */
#define ORB1_I		BIT(21)		/* initial-status interruption */
#define ORB1_A		BIT(20)		/* address-limit checking */
#define ORB1_U		BIT(19)		/* suppress suspended interruption */
#define ORB1_B		BIT(18)		/* transport mode */
#define ORB1_H		BIT(17)		/* format-2-IDAW control */
#define ORB1_T		BIT(16)		/* 2K-IDAW control */
#define ORB1_LPM	GENMASK(15, 8)	/* logical-path mask */
#define ORB1_L		BIT(7)		/* suppress incorrect length */
#define ORB1_D		BIT(6)		/* modified indirect data addressing */
#define ORB1_X		BIT(0)		/* ORB-extension control */
/* ORB word 2 */
#define ORB2_CPA	GENMASK(30, 0)	/* channel-program address */

/* Channel-command word, format 1. */
struct ccw_format1 {
	__be32 word[2];
};

/* CCW word 0 */
#define CCW0_CMD	GENMASK(31, 24)	/* command code */
#define CCW0_CD		BIT(23)		/* chain data */
#define CCW0_CC		BIT(22)		/* chain command */
#define CCW0_SLI	BIT(21)		/* suppress length indication */
#define CCW0_SKIP	BIT(20)		/* skip: nothing goes to storage */
#define CCW0_PCI	BIT(19)		/* program-controlled interruption */
#define CCW0_IDA	BIT(18)		/* indirect data address */
#define CCW0_S		BIT(17)		/* suspend */
#define CCW0_MIDA	BIT(16)		/* modified indirect data address */
#define CCW0_COUNT	GENMASK(15, 0)	/* byte count */
/* CCW word 1 */
#define CCW1_CDA	GENMASK(30, 0)	/* data address */

/* Modified indirect-data-address word: one piece of a CCW's data. */
struct ccw_midaw {
	__be32 word[2];
	__be64 address;
};

/* MIDAW word 1 */
#define MIDAW1_LAST	BIT(23)		/* there are no more */
#define MIDAW1_SKIP	BIT(22)		/* nothing goes to storage */
#define MIDAW1_DTI	BIT(21)		/* data-transfer interruption: not supported */
#define MIDAW1_COUNT	GENMASK(15, 0)	/* bytes of this piece */

/* Subchannel-status word: what became of it. */
struct ccw_scsw {
	__be32 word[3];
};

/* SCSW word 0 */
#define SCSW0_KEY	GENMASK(31, 28)	/* storage key */
#define SCSW0_S		BIT(27)		/* suspend control */
#define SCSW0_L		BIT(26)		/* extended-status-word format */
#define SCSW0_CC	GENMASK(25, 24)	/* deferred condition code */
#define SCSW0_F		BIT(23)		/* CCW format */
#define SCSW0_P		BIT(22)		/* prefetch */
#define SCSW0_I		BIT(21)		/* initial-status interruption */
#define SCSW0_A		BIT(20)		/* address-limit checking */
#define SCSW0_U		BIT(19)		/* suppress suspended interruption */
#define SCSW0_Z		BIT(18)		/* zero condition code */
#define SCSW0_E		BIT(17)		/* extended control */
#define SCSW0_N		BIT(16)		/* path not operational */
#define SCSW0_FC	GENMASK(14, 12)	/* function control */
#define SCSW0_AC	GENMASK(11, 5)	/* activity control */
#define SCSW0_SC	GENMASK(4, 0)	/* status control */
/* SCSW word 1 */
#define SCSW1_CPA	GENMASK(30, 0)	/* CCW address */
/* SCSW word 2 */
#define SCSW2_DSTAT	GENMASK(31, 24)	/* device status */
#define SCSW2_CSTAT	GENMASK(23, 16)	/* subchannel status */
#define SCSW2_COUNT	GENMASK(15, 0)	/* residual count */

/* The bits of function, activity and status control, in place in word 0 */
#define SCSW0_FC_START	BIT(14)		/* start function */
#define SCSW0_FC_HALT	BIT(13)		/* halt function */
#define SCSW0_FC_CLEAR	BIT(12)		/* clear function */
#define SCSW0_AC_RESUME	BIT(11)		/* resume pending */
#define SCSW0_AC_START	BIT(10)		/* start pending */
#define SCSW0_AC_HALT	BIT(9)		/* halt pending */
#define SCSW0_AC_CLEAR	BIT(8)		/* clear pending */
#define SCSW0_AC_SCH	BIT(7)		/* subchannel active */
#define SCSW0_AC_DEV	BIT(6)		/* device active */
#define SCSW0_AC_SUSP	BIT(5)		/* suspended */
#define SCSW0_SC_ALERT	BIT(4)		/* alert status */
#define SCSW0_SC_INTER	BIT(3)		/* intermediate status */
#define SCSW0_SC_PRIM	BIT(2)		/* primary status */
#define SCSW0_SC_SEC	BIT(1)		/* secondary status */
#define SCSW0_SC_PEND	BIT(0)		/* status pending */

/* Device status, in place in word 2 */
#define SCSW2_DSTAT_ATTN	BIT(31)	/* attention */
#define SCSW2_DSTAT_SM		BIT(30)	/* status modifier */
#define SCSW2_DSTAT_CUE		BIT(29)	/* control-unit end */
#define SCSW2_DSTAT_BUSY	BIT(28)	/* busy */
#define SCSW2_DSTAT_CE		BIT(27)	/* channel end */
#define SCSW2_DSTAT_DE		BIT(26)	/* device end */
#define SCSW2_DSTAT_UC		BIT(25)	/* unit check */
#define SCSW2_DSTAT_UX		BIT(24)	/* unit exception */

/* Subchannel status, in place in word 2 */
#define SCSW2_CSTAT_PCI		BIT(23)	/* program-controlled interruption */
#define SCSW2_CSTAT_IL		BIT(22)	/* incorrect length */
#define SCSW2_CSTAT_PROG	BIT(21)	/* program check */
#define SCSW2_CSTAT_PROT	BIT(20)	/* protection check */
#define SCSW2_CSTAT_CDC		BIT(19)	/* channel-data check */
#define SCSW2_CSTAT_CCC		BIT(18)	/* channel-control check */
#define SCSW2_CSTAT_ICC		BIT(17)	/* interface-control check */
#define SCSW2_CSTAT_CHC		BIT(16)	/* chaining check */

/* Path-management-control word: how the subchannel is set up. */
struct ccw_pmcw {
	__be32 word[7];
};

/* PMCW word 0 */
#define PMCW0_INTPARM	GENMASK(31, 0)	/* interruption parameter */
/* PMCW word 1 */
#define PMCW1_ISC	GENMASK(29, 27)	/* interruption subclass */
#define PMCW1_E		BIT(23)		/* enabled */
#define PMCW1_LM	GENMASK(22, 21)	/* limit mode */
#define PMCW1_MM	GENMASK(20, 19)	/* measurement mode */
#define PMCW1_D		BIT(18)		/* multipath mode */
#define PMCW1_T		BIT(17)		/* timing facility */
#define PMCW1_V		BIT(16)		/* device number valid */
#define PMCW1_DEVNO	GENMASK(15, 0)	/* device number */
/* PMCW word 2 */
#define PMCW2_LPM	GENMASK(31, 24)	/* logical-path mask */
#define PMCW2_PNOM	GENMASK(23, 16)	/* path-not-operational mask */
#define PMCW2_LPUM	GENMASK(15, 8)	/* last-path-used mask */
#define PMCW2_PIM	GENMASK(7, 0)	/* path-installed mask */
/* PMCW word 3 */
#define PMCW3_MBI	GENMASK(31, 16)	/* measurement-block index */
#define PMCW3_POM	GENMASK(15, 8)	/* path-operational mask */
#define PMCW3_PAM	GENMASK(7, 0)	/* path-available mask */
/* PMCW word 4 */
#define PMCW4_CHPID0_3	GENMASK(31, 0)	/* channel-path identifiers 0-3 */
/* PMCW word 5 */
#define PMCW5_CHPID4_7	GENMASK(31, 0)	/* channel-path identifiers 4-7 */
/* PMCW word 6 */
#define PMCW6_ST	GENMASK(23, 21)	/* subchannel type */
#define PMCW6_F		BIT(2)		/* measurement-block format */
#define PMCW6_X		BIT(1)		/* extended measurement-word mode */
#define PMCW6_S		BIT(0)		/* concurrent sense */

/* Subchannel-information block: PMCW, SCSW and a model-dependent area. */
struct ccw_schib {
	struct ccw_pmcw pmcw;
	struct ccw_scsw scsw;
	__be32 model[3];
};

/* Interruption-response block: what TEST SUBCHANNEL stores. */
struct ccw_irb {
	struct ccw_scsw scsw;
	__be32 esw[5];	/* extended-status word */
	__be32 ecw[8];	/* extended-control word: concurrent sense */
	__be32 emw[8];	/* extended-measurement word */
};

/* ESW word 1 */
#define ESW1_FSAV	BIT(25)		/* a failing-storage address follows */
#define ESW1_CONS	BIT(24)		/* the ECW holds concurrent sense */
#define ESW1_SCAV	BIT(23)		/* a secondary-CCW address follows */
#define ESW1_FSAF	BIT(22)		/* the storage address has 64 bits */
#define ESW1_SCNT	GENMASK(21, 16)	/* how many bytes of it */

/* Channel-report word: what STORE CHANNEL REPORT WORD stores. */
struct ccw_crw {
	__be32 word[1];
};

/* CRW word 0 */
#define CRW0_S		BIT(30)		/* solicited */
#define CRW0_R		BIT(29)		/* reports have been lost */
#define CRW0_C		BIT(28)		/* the next report belongs to this one */
#define CRW0_RSC	GENMASK(27, 24)	/* what reports: reporting-source code */
#define CRW0_A		BIT(23)		/* ancillary report */
#define CRW0_ERC	GENMASK(21, 16)	/* what has happened: error-recovery code */
#define CRW0_RSID	GENMASK(15, 0)	/* which one reports */

#define CRW_RSC_SUBCHANNEL	3
#define CRW_RSC_PATH		4
#define CRW_ERC_INITIALIZED	2	/* it is there and ready */
#define CRW_ERC_PARAMETERS	4	/* something about it has changed */
#define CRW_ERC_PERMANENT	6	/* permanent error: it is not there */

#endif /* VFIO_CCW_ARCH_H */
