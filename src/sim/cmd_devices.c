// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <string.h>

#include "ccwsim.h"
#include "cmd_sim.h"
#include "sim_devices.h"

static void print_keys(const struct sim_device_key *key)
{
	int column = printf("    keys:");

	for (; key->name; key++) {
		if (column + strlen(key->name) > 76)
			column = printf("\n         ") - 1;
		column += printf(" %s", key->name);
	}
	putchar('\n');
}

static void print_type(const struct sim_device_type *type)
{
	const char *name;
	int code;

	printf("%s: %s\n", type->name, type->about);
	if (type->argument)
		printf("    --device %s=%s\n", type->name, type->argument);
	for (code = 0; code < 256; code++)
		if ((name = type->command(code)))
			printf("    %02x  %s\n", code, name);
	if (type->keys)
		print_keys(type->keys);
	printf("    try: %s\n\n", type->example);
}

static void print_json(const struct sim_device_type *type)
{
	const struct sim_device_key *key = type->keys;
	const char *name, *comma = "";
	int code;

	printf("{\"name\":\"%s\",\"about\":\"%s\",\"argument\":\"%s\","
	       "\"commands\":{", type->name, type->about,
	       type->argument ?: "");
	for (code = 0; code < 256; code++) {
		if (!(name = type->command(code)))
			continue;
		printf("%s\"%02x\":\"%s\"", comma, code, name);
		comma = ",";
	}
	printf("},\"keys\":[");
	for (comma = ""; key && key->name; key++, comma = ",")
		printf("%s\"%s\"", comma, key->name);
	printf("],\"example\":\"%s\"}\n", type->example);
}

static int devices(int argc, char **argv)
{
	void (*print)(const struct sim_device_type *type) = print_type;
	const struct sim_device_type *type;
	unsigned int n;
	int key;

	while ((key = cmd_option(&cmd_devices, argc, argv))) {
		if (key != 'j')
			return CMD_WRONG;
		print = print_json;
	}
	if (optind < argc)
		return cmd_wrong(&cmd_devices, "found '%s', expected no "
				 "argument", argv[optind]);
	for (n = 0; (type = sim_device_type(n)); n++)
		print(type);
	return CMD_OK;
}

static const struct cmd_option options[] = {
	{ 'j', "json", NULL, "one JSON object per type and line" },
	{ }
};

const struct cmd cmd_devices = {
	.name = "devices",
	.arguments = "",
	.summary = "list the devices that can stand behind the subchannel",
	.text = "For each: what 'ccwsim run --device' calls it, the commands "
		"it understands,\nthe keys an operator can press, and an "
		"example.\n",
	.options = options,
	.example = "  ccwsim devices\n"
		   "  ccwsim devices --json | jq .name\n",
	.run = devices,
};

bool cmd_device(const struct cmd *cmd, const char *text,
		struct sim_config *config)
{
	struct sim_device_error error;
	const char *argument;

	config->device = text;
	if (sim_device_parse(text, &argument, &error))
		return true;
	cmd_wrong(cmd, "--device: %s", error.text);
	return false;
}

static void print_edge(FILE *out, size_t width)
{
	fputs("+-", out);
	for (size_t i = 0; i < width; i++)
		fputc('-', out);
	fputs("-+\n", out);
}

void cmd_view(const struct sim *sim, FILE *out)
{
	char text[PORT_LINE];
	size_t width = 0;
	unsigned int n;

	for (n = 0; sim_view(sim, n, text, sizeof(text)); n++)
		width = strlen(text) > width ? strlen(text) : width;
	if (!n)
		return;
	print_edge(out, width);
	for (n = 0; sim_view(sim, n, text, sizeof(text)); n++)
		fprintf(out, "| %-*s |\n", (int)width, text);
	print_edge(out, width);
}
