// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <linux/kernel.h>

#include "dev_3215.h"
#include "dev_3270.h"
#include "dev_3390.h"
#include "dev_3505.h"
#include "dev_3525.h"
#include "sim_devices.h"

static const struct sim_device_type *const types[] = {
	&sim_device_3270,
	&sim_device_3215,
	&sim_device_3505,
	&sim_device_3525,
	&sim_device_3390,
};

const struct sim_device_type *sim_device_type(unsigned int n)
{
	return n < ARRAY_SIZE(types) ? types[n] : NULL;
}

const struct sim_device_type *sim_device_needed(unsigned long needs)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i]->offers & needs)
			return types[i];
	return NULL;
}

/* Append to the error. What does not fit is cut off. */
static void __attribute__((format(printf, 2, 3)))
complain(struct sim_device_error *error, const char *format, ...)
{
	size_t length = strlen(error->text);
	va_list args;

	va_start(args, format);
	vsnprintf(error->text + length, sizeof(error->text) - length, format,
		  args);
	va_end(args);
}

static void complain_unknown(struct sim_device_error *error, const char *text)
{
	complain(error, "found '%s', expected one of", text);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		complain(error, "%s %s%s%s", i ? "," : "", types[i]->name,
			 types[i]->argument ? "=" : "",
			 types[i]->argument ?: "");
}

const struct sim_device_type *
sim_device_parse(const char *text, const char **argument,
		 struct sim_device_error *error)
{
	size_t length = strcspn(text, "=");

	error->text[0] = '\0';
	*argument = text[length] ? text + length + 1 : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strlen(types[i]->name) != length ||
		    memcmp(types[i]->name, text, length))
			continue;
		if (!*argument || types[i]->argument)
			return types[i];
		complain(error, "found '%s', expected '%s' alone: it takes "
			 "no argument", text, types[i]->name);
		return NULL;
	}
	complain_unknown(error, text);
	return NULL;
}

int sim_device_press(const struct sim_device_type *type, void *device,
		     const char *key)
{
	const struct sim_device_key *row = type->keys;

	while (row && row->name && strcmp(row->name, key))
		row++;
	if (!row || !row->name)
		return -EINVAL;
	return row->press(device, row->value);
}
