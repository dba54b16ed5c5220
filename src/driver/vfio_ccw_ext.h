/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What this driver's command region knows beyond <linux/vfio_ccw.h>. */
#ifndef VFIO_CCW_EXT_H
#define VFIO_CCW_EXT_H

#define VFIO_CCW_CMD_RSCH	0x4	/* RESUME SUBCHANNEL */
#define VFIO_CCW_CMD_XSCH	0x8	/* CANCEL SUBCHANNEL */

#endif /* VFIO_CCW_EXT_H */
