/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the channel instructions; each returns its condition code. */
#ifndef SHIM_IOASM_H
#define SHIM_IOASM_H

#include "cio.h"
#include "orb.h"

int ssch(struct subchannel_id schid, union orb *orb);
int stsch(struct subchannel_id schid, struct schib *schib);
int msch(struct subchannel_id schid, struct schib *schib);
int tsch(struct subchannel_id schid, struct irb *irb);
int hsch(struct subchannel_id schid);
int csch(struct subchannel_id schid);
int xsch(struct subchannel_id schid);
int rsch(struct subchannel_id schid);

#endif /* SHIM_IOASM_H */
