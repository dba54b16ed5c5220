/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file guest_form.h
 * A page with colours on the guest's terminal, which asks for a name.
 */
#ifndef VM_GUEST_FORM_H
#define VM_GUEST_FORM_H

#include <stdio.h>

/**
 * Show the page again for each line that is typed, until an empty one.
 * @param say told what was read, as by printf()
 */
void guest_form(FILE *tty, void (*say)(const char *fmt, ...));

#endif /* VM_GUEST_FORM_H */
