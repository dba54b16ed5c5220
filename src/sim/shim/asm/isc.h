/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: interruption subclasses. */
#ifndef SHIM_ASM_ISC_H
#define SHIM_ASM_ISC_H

#define MAX_ISC		7
#define VFIO_CCW_ISC	3

void isc_register(unsigned int isc);
void isc_unregister(unsigned int isc);

#endif /* SHIM_ASM_ISC_H */
