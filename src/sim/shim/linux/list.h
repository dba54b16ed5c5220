/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: rings of links. */
#ifndef SHIM_LINUX_LIST_H
#define SHIM_LINUX_LIST_H

#include <linux/kernel.h>

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	entry->next = head;
	entry->prev = head->prev;
	head->prev->next = entry;
	head->prev = entry;
}

static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	entry->next = entry->prev = NULL;
}

#define list_entry(link, type, member)	container_of(link, type, member)
#define list_for_each_entry(entry, head, member)			\
	for ((entry) = list_entry((head)->next, __typeof__(*(entry)), member); \
	     &(entry)->member != (head);				\
	     (entry) = list_entry((entry)->member.next,			\
				  __typeof__(*(entry)), member))
#define list_for_each_entry_safe(entry, after, head, member)		\
	for ((entry) = list_entry((head)->next, __typeof__(*(entry)), member), \
	     (after) = list_entry((entry)->member.next,			\
				  __typeof__(*(entry)), member);	\
	     &(entry)->member != (head);				\
	     (entry) = (after),						\
	     (after) = list_entry((after)->member.next,			\
				  __typeof__(*(after)), member))

#endif /* SHIM_LINUX_LIST_H */
