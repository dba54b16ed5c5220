// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <linux/vfio.h>
#include <linux/vfio_ccw.h>
#include <linux/bitfield.h>

#include "vmm.h"

/** An answer about a region, and room for its capabilities. */
union region_answer {
	struct vfio_region_info info;
	u8 space[256];
};

static int ask(struct vmm *vmm, unsigned long request, void *arg)
{
	return vmm->port->ops->ioctl(vmm->port, request, arg);
}

static int region_info(struct vmm *vmm, unsigned int index,
		       union region_answer *answer)
{
	u32 size = sizeof(answer->info);
	int ret;

	do {
		memset(answer, 0, sizeof(*answer));
		answer->info.argsz = size;
		answer->info.index = index;
		ret = ask(vmm, VFIO_DEVICE_GET_REGION_INFO, answer);
		if (ret || answer->info.argsz <= size)
			return ret;
		size = answer->info.argsz;
	} while (size <= sizeof(*answer));
	return -E2BIG;
}

static void capability_at(const union region_answer *answer, u32 at,
			  struct vfio_region_info_cap_type *cap)
{
	memset(cap, 0, sizeof(*cap));
	if (at + sizeof(*cap) <= sizeof(*answer))
		memcpy(cap, answer->space + at, sizeof(*cap));
}

static int region_subtype(const union region_answer *answer)
{
	struct vfio_region_info_cap_type cap;
	u32 at, next;

	if (!(answer->info.flags & VFIO_REGION_INFO_FLAG_CAPS))
		return -ENOENT;
	for (at = answer->info.cap_offset; at; at = next) {
		capability_at(answer, at, &cap);
		if (cap.header.id == VFIO_REGION_INFO_CAP_TYPE &&
		    cap.type == VFIO_REGION_TYPE_CCW)
			return cap.subtype;
		next = cap.header.next > at ? cap.header.next : 0;
	}
	return -ENOENT;
}

static const struct {
	int subtype;
	u64 size;
} regions[VMM_REGIONS] = {
	[VMM_IO]	= { -ENOENT, sizeof(struct ccw_io_region) },
	[VMM_ASYNC]	= { VFIO_REGION_SUBTYPE_CCW_ASYNC_CMD,
			    sizeof(struct ccw_cmd_region) },
	[VMM_SCHIB]	= { VFIO_REGION_SUBTYPE_CCW_SCHIB,
			    sizeof(struct ccw_schib_region) },
	[VMM_CRW]	= { VFIO_REGION_SUBTYPE_CCW_CRW,
			    sizeof(struct ccw_crw_region) },
};

int vmm_describe(struct vmm *vmm, u32 index, struct vfio_region_info *info)
{
	union region_answer answer;
	int ret = region_info(vmm, index, &answer);

	if (ret)
		return ret;
	*info = answer.info;
	return region_subtype(&answer);
}

static int note_region(struct vmm *vmm, const union region_answer *answer)
{
	int subtype = region_subtype(answer);

	for (unsigned int kind = 0; kind < VMM_REGIONS; kind++) {
		if (regions[kind].subtype != subtype)
			continue;
		if (answer->info.size != regions[kind].size)
			return -EPROTO;
		vmm->region[kind].offset = answer->info.offset;
		vmm->region[kind].size = answer->info.size;
	}
	return 0;
}

static int find_regions(struct vmm *vmm)
{
	const u32 flags = VFIO_DEVICE_FLAGS_CCW | VFIO_DEVICE_FLAGS_RESET;
	struct vfio_device_info device = { .argsz = sizeof(device) };
	union region_answer answer;
	int ret;

	ret = ask(vmm, VFIO_DEVICE_GET_INFO, &device);
	if (ret)
		return ret;
	if ((device.flags & flags) != flags ||
	    device.num_irqs < VFIO_CCW_NUM_IRQS)
		return -EPROTO;

	for (u32 i = 0; !ret && i < device.num_regions; i++) {
		ret = region_info(vmm, i, &answer);
		if (!ret)
			ret = note_region(vmm, &answer);
	}
	return ret ?: vmm->region[VMM_IO].size ? 0 : -EPROTO;
}

static int find_irq(struct vmm *vmm, unsigned int index)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = index };
	int ret = ask(vmm, VFIO_DEVICE_GET_IRQ_INFO, &info);

	return ret ?: info.count ? 0 : -EPROTO;
}

static int set_irq(struct vmm *vmm, unsigned int index, s32 fd)
{
	union {
		struct vfio_irq_set set;
		u8 space[sizeof(struct vfio_irq_set) + sizeof(fd)];
	} arg = { .set = {
		.argsz = sizeof(arg),
		.flags = VFIO_IRQ_SET_DATA_EVENTFD |
			 VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = index,
		.count = 1,
	} };

	memcpy(arg.set.data, &fd, sizeof(fd));
	return ask(vmm, VFIO_DEVICE_SET_IRQS, &arg);
}

static void drop_event(struct vmm *vmm, unsigned int index)
{
	if (vmm->event[index] >= 0)
		vmm->port->ops->event_close(vmm->port, vmm->event[index]);
	vmm->event[index] = -1;
}

int vmm_irq(struct vmm *vmm, unsigned int index, bool arm)
{
	bool known = index < VFIO_CCW_NUM_IRQS;
	int fd = -1, ret;

	if (arm) {
		fd = vmm->port->ops->event_create(vmm->port);
		if (fd < 0)
			return fd;
	}
	ret = set_irq(vmm, index, fd);
	if (known && !ret) {
		drop_event(vmm, index);
		vmm->event[index] = fd;
	} else if (arm) {
		vmm->port->ops->event_close(vmm->port, fd);
	}
	return ret;
}

void vmm_init(struct vmm *vmm, struct port *port)
{
	*vmm = (struct vmm){ .port = port };
	for (unsigned int i = 0; i < VFIO_CCW_NUM_IRQS; i++)
		vmm->event[i] = -1;
}

int vmm_open(struct vmm *vmm)
{
	int ret;

	ret = vmm->port->ops->open(vmm->port);
	if (ret || vmm->opened)
		return ret;
	vmm->opened = true;

	ret = find_regions(vmm);
	for (unsigned int i = 0; !ret && i < VFIO_CCW_NUM_IRQS; i++)
		ret = find_irq(vmm, i) ?: vmm_irq(vmm, i, true);
	if (ret)
		vmm_die(vmm);
	return ret;
}

int vmm_die(struct vmm *vmm)
{
	int ret = vmm->port->ops->close(vmm->port);

	for (unsigned int i = 0; i < VFIO_CCW_NUM_IRQS; i++)
		drop_event(vmm, i);
	memset(vmm->region, 0, sizeof(vmm->region));
	vmm->reports = false;
	vmm->opened = false;
	return ret;
}

int vmm_close(struct vmm *vmm)
{
	for (unsigned int i = VFIO_CCW_NUM_IRQS; i--;) {
		if (vmm->event[i] >= 0)
			vmm_irq(vmm, i, false);
	}
	return vmm_die(vmm);
}

static u64 region_offset(const struct vmm *vmm, unsigned int region)
{
	if (region < VMM_REGIONS && vmm->region[region].size)
		return vmm->region[region].offset;
	return (u64)region * 1024;
}

ssize_t vmm_read(struct vmm *vmm, unsigned int region, void *buf,
		 size_t count, u64 offset)
{
	return vmm->port->ops->pread(vmm->port, buf, count,
				     region_offset(vmm, region) + offset);
}

ssize_t vmm_write(struct vmm *vmm, unsigned int region, const void *buf,
		  size_t count, u64 offset)
{
	return vmm->port->ops->pwrite(vmm->port, buf, count,
				      region_offset(vmm, region) + offset);
}

/** How often a request is repeated when the driver says -EAGAIN. */
#define RETRIES	1000

static int write_whole(struct vmm *vmm, enum vmm_region_kind kind,
		       const void *buf, size_t size)
{
	ssize_t ret = -EAGAIN;

	for (int i = 0; ret == -EAGAIN && i < RETRIES; i++)
		ret = vmm_write(vmm, kind, buf, size, 0);
	if (ret < 0)
		return ret;
	return ret == (ssize_t)size ? 0 : -EIO;
}

int vmm_start(struct vmm *vmm, const struct ccw_orb *orb)
{
	struct ccw_scsw scsw = { { cpu_to_be32(SCSW0_FC_START) } };
	struct ccw_io_region region = { 0 };

	memcpy(region.orb_area, orb, sizeof(region.orb_area));
	memcpy(region.scsw_area, &scsw, sizeof(region.scsw_area));
	return write_whole(vmm, VMM_IO, &region, sizeof(region));
}

int vmm_async(struct vmm *vmm, u32 command)
{
	struct ccw_cmd_region region = { .command = command };

	return write_whole(vmm, VMM_ASYNC, &region, sizeof(region));
}

int vmm_interrupt(struct vmm *vmm, unsigned int timeout_ms,
		  struct ccw_irb *irb)
{
	struct ccw_io_region region = { 0 };
	struct port *port = vmm->port;
	ssize_t ret;

	if (vmm->event[VFIO_CCW_IO_IRQ_INDEX] < 0)
		return 0;
	ret = port->ops->event_wait(port, vmm->event[VFIO_CCW_IO_IRQ_INDEX],
				    timeout_ms);
	if (ret <= 0)
		return ret;
	ret = vmm_read(vmm, VMM_IO, &region, sizeof(region), 0);
	if (ret != sizeof(region))
		return ret < 0 ? ret : -EIO;
	memcpy(irb, region.irb_area, sizeof(*irb));
	return 1;
}

static int read_whole(struct vmm *vmm, enum vmm_region_kind kind, void *buf,
		      size_t size)
{
	ssize_t ret = vmm_read(vmm, kind, buf, size, 0);

	if (ret < 0)
		return ret;
	return ret == (ssize_t)size ? 0 : -EIO;
}

int vmm_schib(struct vmm *vmm, struct ccw_schib *schib)
{
	return read_whole(vmm, VMM_SCHIB, schib, sizeof(*schib));
}

static int next_report(struct vmm *vmm, struct ccw_crw *crw)
{
	struct ccw_crw_region region;
	int ret = read_whole(vmm, VMM_CRW, &region, sizeof(region));

	if (ret)
		return ret;
	memcpy(crw, &region.crw, sizeof(*crw));
	vmm->reports = region.crw;
	return vmm->reports;
}

int vmm_crw(struct vmm *vmm, unsigned int timeout_ms, struct ccw_crw *crw)
{
	int fd = vmm->event[VFIO_CCW_CRW_IRQ_INDEX];
	int ret = vmm->reports ? next_report(vmm, crw) : 0;

	while (!ret && fd >= 0) {
		ret = vmm->port->ops->event_wait(vmm->port, fd, timeout_ms);
		if (ret <= 0)
			return ret;
		ret = next_report(vmm, crw);
	}
	return ret;
}

static void set_word(__be32 *word, u32 clear, u32 set)
{
	*word = cpu_to_be32((be32_to_cpu(*word) & ~clear) | set);
}

static void unit_exception(struct vmm *vmm)
{
	struct ccw_scsw *scsw = &vmm->schib.scsw;

	set_word(&scsw->word[0], SCSW0_AC_SCH | SCSW0_AC_DEV,
		 SCSW0_SC_ALERT | SCSW0_SC_PRIM | SCSW0_SC_SEC |
		 SCSW0_SC_PEND);
	scsw->word[1] = cpu_to_be32(vmm->cpa + 8);
	set_word(&scsw->word[2], SCSW2_DSTAT | SCSW2_CSTAT, SCSW2_DSTAT_UX);
	vmm->interrupt = true;
}

static int condition_code(struct vmm *vmm, int ret)
{
	switch (ret) {
	case 0:
		return 0;
	case -EBUSY:
		return 2;
	case -ENODEV:
	case -EACCES:
		return 3;
	}
	unit_exception(vmm);
	return 0;
}

static bool vmm_enabled(const struct vmm *vmm)
{
	return be32_get_bits(vmm->schib.pmcw.word[1], PMCW1_E);
}

static u32 control(const struct vmm *vmm, u32 mask)
{
	return be32_to_cpu(vmm->schib.scsw.word[0]) & mask;
}

int vmm_ssch(struct vmm *vmm, const struct ccw_orb *orb)
{
	struct ccw_scsw before = vmm->schib.scsw;
	int cc;

	if (!vmm_enabled(vmm))
		return 3;
	if (control(vmm, SCSW0_SC_PEND))
		return 1;
	if (control(vmm, SCSW0_FC))
		return 2;

	vmm->cpa = be32_get_bits(orb->word[2], ORB2_CPA);
	vmm->schib.pmcw.word[0] = orb->word[0];
	vmm->schib.scsw = (struct ccw_scsw){
		{ cpu_to_be32(SCSW0_FC_START | SCSW0_AC_START) }
	};
	cc = condition_code(vmm, vmm_start(vmm, orb));
	if (cc)
		vmm->schib.scsw = before;
	return cc;
}

int vmm_hsch(struct vmm *vmm)
{
	const u32 final = SCSW0_SC_ALERT | SCSW0_SC_PRIM | SCSW0_SC_SEC;
	struct ccw_scsw before = vmm->schib.scsw;
	int cc;

	if (!vmm_enabled(vmm))
		return 3;
	if (control(vmm, SCSW0_SC) == SCSW0_SC_PEND || control(vmm, final))
		return 1;
	if (control(vmm, SCSW0_FC_HALT | SCSW0_FC_CLEAR))
		return 2;

	set_word(&vmm->schib.scsw.word[0], 0, SCSW0_FC_HALT | SCSW0_AC_HALT);
	cc = condition_code(vmm, vmm_async(vmm, VFIO_CCW_ASYNC_CMD_HSCH));
	if (cc)
		vmm->schib.scsw = before;
	return cc;
}

int vmm_csch(struct vmm *vmm)
{
	struct ccw_scsw before = vmm->schib.scsw;
	int ret, cc;

	if (!vmm_enabled(vmm))
		return 3;
	set_word(&vmm->schib.scsw.word[0],
		 SCSW0_FC | SCSW0_AC | SCSW0_SC,
		 SCSW0_FC_CLEAR | SCSW0_AC_CLEAR);
	ret = vmm_async(vmm, VFIO_CCW_ASYNC_CMD_CSCH);
	cc = condition_code(vmm, ret == -EBUSY ? -EIO : ret);
	if (cc)
		vmm->schib.scsw = before;
	return cc;
}

static void read_failed(struct vmm *vmm, int error)
{
	struct ccw_scsw *scsw = &vmm->schib.scsw;
	const u32 ended = SCSW0_SC_ALERT | SCSW0_SC_PRIM | SCSW0_SC_SEC;
	u32 check = SCSW2_CSTAT_PROG;

	if (error == -EFAULT)
		check = SCSW2_CSTAT_CDC;
	if (error == -EIO)
		check = SCSW2_CSTAT_CCC;
	if (error == -ENODEV) {
		set_word(&scsw->word[0], SCSW0_SC,
			 SCSW0_CC | SCSW0_SC_ALERT | SCSW0_SC_PEND);
		return;
	}
	set_word(&scsw->word[0], SCSW0_SC | SCSW0_AC_START,
		 ended | SCSW0_SC_PEND);
	set_word(&scsw->word[2], SCSW2_CSTAT, check);
}

bool vmm_serve(struct vmm *vmm, unsigned int timeout_ms)
{
	struct ccw_irb irb;
	int ret;

	if (vmm->interrupt)
		return true;
	ret = vmm_interrupt(vmm, timeout_ms, &irb);
	if (!ret)
		return false;
	if (ret < 0) {
		read_failed(vmm, ret);
	} else {
		vmm->irb = irb;
		vmm->schib.scsw = irb.scsw;
	}
	vmm->interrupt = true;
	return true;
}

int vmm_tsch(struct vmm *vmm, struct ccw_irb *irb)
{
	const u32 running = SCSW0_SC_INTER | SCSW0_SC_PEND;
	u32 clear = SCSW0_SC | SCSW0_FC | SCSW0_AC;

	if (!vmm_enabled(vmm))
		return 3;
	vmm->irb.scsw = vmm->schib.scsw;
	*irb = vmm->irb;
	if (!control(vmm, SCSW0_SC_PEND))
		return 1;

	if (control(vmm, SCSW0_SC) == running)
		clear = SCSW0_SC;
	set_word(&vmm->schib.scsw.word[0], clear, 0);
	memset(&vmm->irb, 0, sizeof(vmm->irb));
	vmm->interrupt = false;
	return 0;
}

static void merge(__be32 *to, __be32 from, u32 mask)
{
	set_word(to, mask, be32_to_cpu(from) & mask);
}

int vmm_stsch(struct vmm *vmm, struct ccw_schib *schib)
{
	struct ccw_schib host;

	if (vmm->region[VMM_SCHIB].size && !vmm_schib(vmm, &host)) {
		merge(&vmm->schib.pmcw.word[2], host.pmcw.word[2],
		      PMCW2_PNOM | PMCW2_LPUM);
		merge(&vmm->schib.pmcw.word[3], host.pmcw.word[3],
		      PMCW3_POM | PMCW3_PAM);
		set_word(&vmm->schib.scsw.word[0], 0,
			 be32_to_cpu(host.scsw.word[0]) & SCSW0_N);
	}
	*schib = vmm->schib;
	return 0;
}

int vmm_msch(struct vmm *vmm, const struct ccw_schib *schib)
{
	if (control(vmm, SCSW0_SC_PEND))
		return 1;
	if (control(vmm, SCSW0_FC))
		return 2;
	vmm->schib.pmcw.word[0] = schib->pmcw.word[0];
	merge(&vmm->schib.pmcw.word[1], schib->pmcw.word[1],
	      PMCW1_ISC | PMCW1_E);
	return 0;
}

int vmm_reset(struct vmm *vmm)
{
	int ret = ask(vmm, VFIO_DEVICE_RESET, NULL);
	int fd = vmm->event[VFIO_CCW_IO_IRQ_INDEX];

	if (ret)
		return ret;
	if (fd >= 0)
		vmm->port->ops->event_wait(vmm->port, fd, 0);
	memset(&vmm->schib, 0, sizeof(vmm->schib));
	memset(&vmm->irb, 0, sizeof(vmm->irb));
	vmm->schib.pmcw.word[1] = cpu_to_be32(PMCW1_V);
	vmm->interrupt = false;
	return 0;
}
