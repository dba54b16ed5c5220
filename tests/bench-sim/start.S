/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The beginning of the image: the PSWs that the architecture wants there, the
 * way into 64-bit mode, the end. What is at which address, the Principles of
 * Operation, "Assigned Storage Locations", say.
 */
	.section .low, "ax"
	.org	0
	.long	0x00080000, 0x80000000 + start	/* to be entered, ESA/390 */
	.org	0x1b0				/* new PSW: external */
	.quad	0x0000000180000000, served
	.org	0x1d0				/* new PSW: program */
	.quad	0x0002000180000000, 0xdead
	.org	0x2000
	.globl	start
start:
	lhi	%r1, 1			/* z/Architecture, if not yet */
	slr	%r0, %r0
	sigp	%r1, %r0, 0x12
	sam64
	larl	%r15, stack_end - 160
	larl	%r1, control
	lctlg	%c0, %c0, 0(%r1)
	brasl	%r14, benchmark
	larl	%r1, over
	lpswe	0(%r1)

	.globl	wait_for_service
wait_for_service:
	larl	%r1, waiting
	lpswe	0(%r1)
served:	br	%r14

	.balign	16
waiting:
	.quad	0x0102000180000000, 0
over:	.quad	0x0002000180000000, 0
control:
	.quad	0x0000000000000200	/* service signals may interrupt */

	.bss
	.balign	16
	.skip	8192
stack_end:

	.section .note.GNU-stack, "", @progbits
