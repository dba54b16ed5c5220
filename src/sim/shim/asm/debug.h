/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the s390 debug feature. Entries are checked and then forgotten. */
#ifndef SHIM_ASM_DEBUG_H
#define SHIM_ASM_DEBUG_H

#include <linux/compiler.h>

typedef struct debug_info {
	int level;		/* entries above it are dropped */
	int longs;		/* that an entry can hold */
} debug_info_t;

struct debug_view {
	char unused;
};
extern const struct debug_view debug_sprintf_view;

debug_info_t *debug_register(const char *name, int pages, int areas, int size);
int debug_register_view(debug_info_t *id, const struct debug_view *view);
void debug_set_level(debug_info_t *id, int level);
void debug_unregister(debug_info_t *id);

void host_debug_event(const debug_info_t *id, int level, const char *where,
		      const char *format, ...) __printf(4, 5);
#define debug_sprintf_event(id, level, ...) \
	host_debug_event(id, level, __func__, __VA_ARGS__)

/* A variable of the module, likewise. */
debug_info_t **host_module_log(void);
#define vfio_ccw_log	(*host_module_log())

#endif /* SHIM_ASM_DEBUG_H */
