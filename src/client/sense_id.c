// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/bitfield.h>

#include "sense_id.h"
#include "vmm.h"

#define PROGRAM		0x1000	/* where the guest keeps its CCW, */
#define DATA		0x2000	/* and where the answer shall go */
#define TIMEOUT_MS	3000

/* Run the program in an opened and reset device. */
static int run_sense_id(struct vmm *vmm, struct sense_id *id)
{
	struct ccw_format1 ccw = { {
		cpu_to_be32(FIELD_PREP(CCW0_CMD, 0xe4) | CCW0_SLI |
			    FIELD_PREP(CCW0_COUNT, sizeof(id->bytes))),
		cpu_to_be32(DATA),
	} };
	struct ccw_orb orb = { {
		0, cpu_to_be32(ORB1_F | ORB1_P | ORB1_LPM),
		cpu_to_be32(PROGRAM),
	} };
	struct ccw_irb irb;
	int ret;

	ret = vmm->port->ops->store(vmm->port, PROGRAM, &ccw, sizeof(ccw));
	if (!ret)
		ret = vmm_start(vmm, &orb);
	if (ret)
		return ret;
	ret = vmm_interrupt(vmm, TIMEOUT_MS, &irb);
	if (ret <= 0)
		return ret ?: -ETIMEDOUT;
	id->scsw = irb.scsw;
	id->len = sizeof(id->bytes) -
		  be32_get_bits(irb.scsw.word[2], SCSW2_COUNT);
	if (be32_get_bits(irb.scsw.word[2], SCSW2_DSTAT | SCSW2_CSTAT) !=
	    (SCSW2_DSTAT_CE | SCSW2_DSTAT_DE) >> 16 ||
	    id->len < 4 || id->len > sizeof(id->bytes))
		return -ENODATA;
	ret = vmm->port->ops->load(vmm->port, DATA, id->bytes, id->len);
	if (ret)
		return ret;
	id->control_unit = id->bytes[1] << 8 | id->bytes[2];
	id->control_unit_model = id->bytes[3];
	if (id->len >= 6)
		id->device = id->bytes[4] << 8 | id->bytes[5];
	return 0;
}

static int ask_device(struct port *port, struct sense_id *id)
{
	struct vmm vmm;
	int ret;

	vmm_init(&vmm, port);
	ret = vmm_open(&vmm);
	if (ret)
		return ret;
	ret = vmm_reset(&vmm);
	if (!ret)
		ret = run_sense_id(&vmm, id);
	vmm_close(&vmm);
	return ret;
}

int sense_id(struct port *port, struct sense_id *id)
{
	int ret;

	*id = (struct sense_id){ .len = 0 };
	ret = port->ops->bind(port);
	if (ret)
		return ret;
	ret = port->ops->create(port);
	if (!ret) {
		ret = ask_device(port, id);
		port->ops->remove(port);
	}
	port->ops->unbind(port);
	return ret;
}
