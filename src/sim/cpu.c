// SPDX-License-Identifier: GPL-2.0-only
/* A processor for I/O instructions: checks operands, then asks the machine. */
#include <errno.h>
#include <string.h>
#include <linux/bits.h>

#include "cpu.h"

#define ORB_BYTES	12u
#define IRB_BYTES	64u
#define CODE_LOW	184u	/* where interruption codes are stored */

/* What an instruction may have in storage. */
union operand {
	struct ccw_orb orb;
	struct ccw_schib schib;
	struct ccw_irb irb;
	struct ccw_crw crw;
	struct machine_interruption code;
	u8 block[MACHINE_CHSC_BYTES];
};

static int hand_on(const struct cpu *cpu, enum machine_insn insn,
		   union operand *operand)
{
	struct machine *m = cpu->machine;

	switch (insn) {
	case MACHINE_SSCH:
		return machine_ssch(m, cpu->gr1, &operand->orb);
	case MACHINE_TSCH:
		return machine_tsch(m, cpu->gr1, &operand->irb);
	case MACHINE_STSCH:
		return machine_stsch(m, cpu->gr1, &operand->schib);
	case MACHINE_MSCH:
		return machine_msch(m, cpu->gr1, &operand->schib);
	case MACHINE_HSCH:
		return machine_hsch(m, cpu->gr1);
	case MACHINE_CSCH:
		return machine_csch(m, cpu->gr1);
	case MACHINE_RSCH:
		return machine_rsch(m, cpu->gr1);
	case MACHINE_XSCH:
		return machine_xsch(m, cpu->gr1);
	case MACHINE_TPI:
		return machine_tpi(m, cpu->iscs, &operand->code);
	case MACHINE_STCRW:
		return machine_stcrw(m, &operand->crw);
	case MACHINE_RCHP:
		return machine_rchp(m, cpu->gr1);
	case MACHINE_SCHM:
		return machine_schm(m, cpu->gr1, cpu->gr2);
	case MACHINE_SAL:
		return machine_sal(m, cpu->gr1);
	case MACHINE_CHSC:
		return machine_chsc(m, operand->block);
	case MACHINE_INSNS:
		break;
	}
	return MACHINE_OPERAND;
}

/* Where it lies, and after which condition codes (bits) it is stored. */
static const struct form {
	u32 bytes, boundary;
	u8 stored;
} forms[MACHINE_INSNS] = {
	[MACHINE_SSCH]	= { ORB_BYTES, 4, 0 },
	[MACHINE_MSCH]	= { sizeof(struct ccw_schib), 4, 0 },
	[MACHINE_STSCH]	= { sizeof(struct ccw_schib), 4, BIT(0) },
	[MACHINE_TSCH]	= { IRB_BYTES, 4, BIT(0) | BIT(1) },
	[MACHINE_TPI]	= { 8, 4, BIT(1) },
	[MACHINE_STCRW]	= { sizeof(struct ccw_crw), 4, BIT(0) | BIT(1) },
	[MACHINE_CHSC]	= { MACHINE_CHSC_BYTES, MACHINE_CHSC_BYTES, BIT(0) },
};

static struct form form_of(enum machine_insn insn, u64 *operand)
{
	struct form form = forms[insn];

	if (insn == MACHINE_TPI && !*operand) {
		*operand = CODE_LOW;
		form.bytes = sizeof(struct machine_interruption);
	}
	return form;
}

/* Return: 0 with the operand fetched, or why it cannot be reached. */
static int access_operand(const struct cpu *cpu, const struct form *form,
			  u64 address, union operand *operand)
{
	int ret = cpu->storage(cpu->ctx, address, operand, form->bytes, 0,
			       false);

	if (!ret && form->stored)
		ret = cpu->storage(cpu->ctx, address, operand, form->bytes, 0,
				   true);
	if (ret == -EACCES)
		return MACHINE_PROTECTION;
	return ret ? MACHINE_ADDRESSING : 0;
}

static int check(const struct cpu *cpu, const struct form *form, u64 address,
		 union operand *operand)
{
	if (cpu->problem)
		return MACHINE_PRIVILEGED;
	if (!form->bytes)
		return 0;
	if (address % form->boundary)
		return MACHINE_SPECIFICATION;
	return access_operand(cpu, form, address, operand);
}

int cpu_execute(struct cpu *cpu, enum machine_insn insn, u64 address)
{
	struct form form = form_of(insn, &address);
	union operand operand = { 0 };
	int cc = check(cpu, &form, address, &operand);

	if (cc)
		return machine_refuse(cpu->machine, cpu->gr1, insn, cc);
	cc = hand_on(cpu, insn, &operand);
	if (cc >= 0 && form.stored & BIT(cc))
		cpu->storage(cpu->ctx, address, &operand, form.bytes, 0, true);
	return cc;
}

bool cpu_interrupt(struct cpu *cpu, struct machine_interruption *code)
{
	if (!machine_interrupt(cpu->machine, cpu->iscs, code))
		return false;
	cpu->storage(cpu->ctx, CODE_LOW, code, sizeof(*code), 0, true);
	return true;
}
