/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: __init and __exit. */
#include <linux/compiler.h>
