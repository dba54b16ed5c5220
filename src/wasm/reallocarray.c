// SPDX-License-Identifier: GPL-2.0-only
/* What emscripten's C library declares, and leaves out. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

void *reallocarray(void *memory, size_t number, size_t size)
{
	if (!size || number <= SIZE_MAX / size)
		return realloc(memory, number * size);
	errno = ENOMEM;
	return NULL;
}
