/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file guest_form.h
 * A form on the guest's terminal, drawn as a 3270 data stream.
 */
#ifndef VM_GUEST_FORM_H
#define VM_GUEST_FORM_H

/**
 * Show the form until PF3 is pressed.
 * @param say told what was read, as by printf()
 * @return 0, or -1 with errno
 */
int guest_form(void (*say)(const char *fmt, ...));

#endif /* VM_GUEST_FORM_H */
