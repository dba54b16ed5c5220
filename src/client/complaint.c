// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "complaint.h"

int complain(struct complaint *complaint, int err, const char *advice,
	     const char *fmt, ...)
{
	char what[256];
	va_list ap;

	if (!advice && (err == -EACCES || err == -EPERM))
		advice = "this needs root";
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(complaint->text, sizeof(complaint->text), "%s: %s%s%s%s",
		 what, strerror(-err),
		 advice ? " (" : "", advice ? advice : "", advice ? ")" : "");
	return err;
}
