// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <linux/bitfield.h>

#include "ccwio.h"
#include "sense_id.h"

static int ask_device(struct vfio_port *vp, void *arg)
{
	struct sense_id id;
	int ret = sense_id(&vp->port, &id);

	(void)arg;
	if (ret == -ENODATA)
		fprintf(stderr, "ccwio: device and subchannel status %04x\n",
			be32_get_bits(id.scsw.word[2], SCSW2_DSTAT | SCSW2_CSTAT));
	if (ret)
		return ccwio_failed(vp, "asking the device behind", ret);
	printf("%s: control unit %04x model %02x (", vp->admin.id,
	       id.control_unit, id.control_unit_model);
	for (unsigned int i = 0; i < id.len; i++)
		printf("%s%02x", i ? " " : "", id.bytes[i]);
	printf(")\n");
	return CMD_OK;
}

static int run_sense_id(int argc, char **argv)
{
	const char *device = NULL;
	int key;

	optind = 0;
	while ((key = cmd_option(&cmd_sense_id, argc, argv))) {
		if (key == '?')
			return CMD_WRONG;
		device = optarg;
	}
	if (optind < argc)
		return cmd_wrong(&cmd_sense_id, "found '%s', expected no "
				 "argument", argv[optind]);
	return ccwio_with(&cmd_sense_id, device, ask_device, NULL);
}

static const struct cmd_option sense_id_options[] = { OPTION_DEVICE, { 0 } };

const struct cmd cmd_sense_id = {
	.name = "sense-id",
	.summary = "ask the device behind a subchannel what it is",
	.arguments = "",
	.text = "Runs one channel program, SENSE ID, and prints the answer.\n",
	.options = sense_id_options,
	.example = "  ccwio sense-id --device 0.0.0001\n",
	.run = run_sense_id,
};
