/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A processor, as far as the I/O instructions need one: registers, masks, and
 * operands in storage. Everything else goes to the machine.
 */
#ifndef SIM_CPU_H
#define SIM_CPU_H

#include <linux/types.h>
#include "machine.h"

/** A processor. Its owner sets everything, at any time. */
struct cpu {
	struct machine *machine;
	/** Storage, as in struct machine_env; the processor uses key 0. */
	int (*storage)(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
		       bool write);
	void *ctx;		/* for storage */
	u64 gr1, gr2;		/* general registers 1 and 2 */
	u8 iscs;		/* subclasses enabled for, as in a TPI */
	bool problem;		/* in problem state */
};

/**
 * Execute one instruction. What it has in a register is in gr1, and for SCHM in
 * gr2, too; operand is the address of what it has in storage, if anything.
 * Return: the condition code, or a (negative) enum machine_exception.
 */
int cpu_execute(struct cpu *cpu, enum machine_insn insn, u64 operand);

/**
 * Take the interruption that is first among those enabled, and store its code
 * in low storage. Return: whether there was one; *code tells which.
 */
bool cpu_interrupt(struct cpu *cpu, struct machine_interruption *code);
#endif /* SIM_CPU_H */
