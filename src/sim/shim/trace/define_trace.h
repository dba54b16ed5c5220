/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: <linux/tracepoint.h> has done everything. */
