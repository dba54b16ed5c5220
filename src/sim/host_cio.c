/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The common I/O layer: instructions and what is made of them.
 */
#include <errno.h>
#include <string.h>

#include <linux/bitfield.h>

#include "cio.h"
#include "host_css.h"
#include "host_private.h"
#include "ioasm.h"
#include "machine.h"
#include "vfio_ccw_arch.h"

static_assert(sizeof(struct schib) == sizeof(struct ccw_schib), "same bytes");
static_assert(sizeof(union orb) == sizeof(struct ccw_orb), "same bytes");

static int answer(int cc, const char *where)
{
	host_point(where);
	return cc < 0 ? -EIO : cc;
}

int ssch(struct subchannel_id schid, union orb *orb)
{
	struct ccw_orb operand;

	memcpy(&operand, orb, sizeof(operand));
	host_point(__func__);
	return answer(machine_ssch(host_current->machine, host_sid(schid),
				   &operand), __func__);
}

int stsch(struct subchannel_id schid, struct schib *schib)
{
	struct ccw_schib operand = {};
	int cc;

	host_point(__func__);
	cc = machine_stsch(host_current->machine, host_sid(schid), &operand);
	memcpy(schib, &operand, sizeof(operand));
	return answer(cc, __func__);
}

int msch(struct subchannel_id schid, struct schib *schib)
{
	struct ccw_schib operand;

	memcpy(&operand, schib, sizeof(operand));
	host_point(__func__);
	return answer(machine_msch(host_current->machine, host_sid(schid),
				   &operand), __func__);
}

int tsch(struct subchannel_id schid, struct irb *irb)
{
	struct ccw_irb operand = {};
	int cc;

	host_point(__func__);
	cc = machine_tsch(host_current->machine, host_sid(schid), &operand);
	memcpy(irb, &operand, sizeof(*irb));
	return answer(cc, __func__);
}

static int issue(int (*instruction)(struct machine *m, u32 sid),
		 struct subchannel_id schid, const char *where)
{
	host_point(where);
	return answer(instruction(host_current->machine, host_sid(schid)),
		      where);
}

int hsch(struct subchannel_id schid)
{
	return issue(machine_hsch, schid, __func__);
}

int csch(struct subchannel_id schid)
{
	return issue(machine_csch, schid, __func__);
}

int xsch(struct subchannel_id schid)
{
	return issue(machine_xsch, schid, __func__);
}

int rsch(struct subchannel_id schid)
{
	return issue(machine_rsch, schid, __func__);
}

int cio_update_schib(struct subchannel *sch)
{
	struct schib schib;

	lockdep_assert_held(sch->lock);
	if (stsch(sch->schid, &schib))
		return -ENODEV;
	if (!schib.pmcw.dnv) {
		memset(&sch->schib, 0, sizeof(sch->schib));
		return -EACCES;
	}
	sch->schib = schib;
	return 0;
}

static int modify_once(struct subchannel *sch, bool enable, u32 intparm)
{
	struct schib schib;
	struct irb irb;

	if (stsch(sch->schid, &schib) || !schib.pmcw.dnv)
		return -ENODEV;
	{
		__be32 *word = (__be32 *)&schib.pmcw;

		be32p_replace_bits(&word[0], intparm, PMCW0_INTPARM);
		be32p_replace_bits(&word[1], enable, PMCW1_E);
		be32p_replace_bits(&word[1], sch->isc, PMCW1_ISC);
		word[6] |= cpu_to_be32(PMCW6_S);
	}
	switch (msch(sch->schid, &schib)) {
	case 0:
		return cio_update_schib(sch) ? -ENODEV : 0;
	case 1:
		tsch(sch->schid, &irb);
		return -EBUSY;
	case 2:
		return -EBUSY;
	case 3:
		return -ENODEV;
	default:
		return -EIO;
	}
}

static int modify(struct subchannel *sch, bool enable, u32 intparm)
{
	int tries, ret = -EBUSY;

	lockdep_assert_held(sch->lock);
	for (tries = 0; tries < 5 && ret == -EBUSY; tries++)
		ret = modify_once(sch, enable, intparm);
	return ret;
}

int cio_enable_subchannel(struct subchannel *sch, u32 intparm)
{
	sch->config.ena = true;
	return modify(sch, true, intparm);
}

int cio_disable_subchannel(struct subchannel *sch)
{
	int ret = modify(sch, false, be32_to_cpu(sch->schib.pmcw.intparm));

	if (ret != -ENODEV) /* as Linux's, which looks before it writes this */
		sch->config.ena = false;
	return ret;
}

static bool pends(const struct subchannel *sch, u32 mask)
{
	return be32_get_bits(sch->schib.scsw.word[0], mask);
}

static const int error[] = { 0, -EBUSY, -EINVAL, -ENODEV };

/* CANCEL SUBCHANNEL. -EINVAL: it is too late for that */
int cio_cancel(struct subchannel *sch)
{
	int cc = xsch(sch->schid);

	if (cc < 0)
		return -ENODEV;
	return cc ? error[cc] : cio_update_schib(sch) ? -ENODEV : 0;
}

/* RESUME SUBCHANNEL. -EINVAL: nothing is suspended */
int cio_resume(struct subchannel *sch)
{
	int cc = rsch(sch->schid);

	return cc < 0 ? -ENODEV : error[cc];
}

/* HALT SUBCHANNEL. 0: refused, go on to clear */
static int halt(struct subchannel *sch, int *iretry)
{
	int cc;

	if (!*iretry)
		return 0;
	--*iretry;
	cc = hsch(sch->schid);
	if (cc == 1 || cc == 2)
		return 0;
	return cc ? -ENODEV : -EBUSY;
}

/* CLEAR SUBCHANNEL */
static int clear(struct subchannel *sch, int *iretry)
{
	if (!*iretry)
		return -EIO;
	--*iretry;
	return csch(sch->schid) ? -ENODEV : -EBUSY;
}

int cio_cancel_halt_clear(struct subchannel *sch, int *iretry)
{
	int ret;

	if (cio_update_schib(sch))
		return -ENODEV;
	if (!sch->schib.pmcw.ena)
		return 0;
	if (!pends(sch, SCSW0_AC_HALT | SCSW0_AC_CLEAR)) {
		ret = cio_cancel(sch);
		if (ret != -EINVAL)
			return ret;
		*iretry = 3;
	}
	if (!pends(sch, SCSW0_AC_CLEAR)) {
		ret = halt(sch, iretry);
		if (ret)
			return ret;
		*iretry = 255;
	}
	return clear(sch, iretry);
}
