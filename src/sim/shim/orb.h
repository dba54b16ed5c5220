/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the operand of START SUBCHANNEL. */
#ifndef SHIM_ORB_H
#define SHIM_ORB_H

#include <linux/types.h>

union orb {
	__be32 word[8];
};

#endif /* SHIM_ORB_H */
