// SPDX-License-Identifier: GPL-2.0-only
/* The table of device types: what it promises about each of its rows. */
#include <errno.h>
#include <stdlib.h>
#include <linux/bits.h>

#include "dev_3270.h"
#include "port.h"
#include "scenario.h"
#include "sim.h"
#include "sim_devices.h"
#include "suite.h"

/* What a scenario cannot do without: a name, a line, a way to make one. */
static void test_rows_are_complete(void)
{
	const struct sim_device_type *type;
	unsigned int n;

	for (n = 0; (type = sim_device_type(n)); n++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(type->name);
		CU_ASSERT_PTR_NOT_NULL(type->about);
		CU_ASSERT_PTR_NOT_NULL(type->example);
		CU_ASSERT_PTR_NOT_NULL(type->ops);
		CU_ASSERT_PTR_NOT_NULL(type->create);
		CU_ASSERT_PTR_NOT_NULL(type->destroy);
		CU_ASSERT_STRING_EQUAL(type->command(0x04), "SENSE");
		CU_ASSERT_STRING_EQUAL(type->command(0xe4), "SENSE ID");
		CU_ASSERT_PTR_NULL(type->command(0xff));
		CU_ASSERT_PTR_EQUAL(sim_device_needed(type->offers), type);
	}
	CU_ASSERT(n > 0);
}

static void test_type_is_found_by_name(void)
{
	struct sim_device_error error;
	const char *argument = "before";

	CU_ASSERT_PTR_EQUAL(sim_device_parse("3270", &argument, &error),
			    &sim_device_3270);
	CU_ASSERT_PTR_NULL(argument);
	CU_ASSERT_PTR_NULL(sim_device_parse("32701", &argument, &error));
	CU_ASSERT_PTR_NULL(sim_device_parse("327", &argument, &error));
	CU_ASSERT_PTR_NULL(sim_device_parse("", &argument, &error));
	CU_ASSERT_PTR_NULL(sim_device_parse("3270=a", &argument, &error));
	CU_ASSERT_STRING_EQUAL(error.text, "found '3270=a', expected '3270' "
			       "alone: it takes no argument");
}

static void test_keys_have_names(void)
{
	const struct sim_device_type *type = &sim_device_3270;
	struct dev_3270 *dev = dev_3270_create();

	CU_ASSERT_EQUAL(sim_device_press(type, dev, "enter"), 0);
	CU_ASSERT_EQUAL(sim_device_press(type, dev, "enter"), -EPERM);
	CU_ASSERT_EQUAL(sim_device_press(type, dev, "any"), -EINVAL);
	CU_ASSERT_EQUAL(sim_device_press(type, dev, "switch-off"), 0);
	dev_3270_destroy(dev);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "rows are complete", test_rows_are_complete },
		{ "type is found by name", test_type_is_found_by_name },
		{ "keys have names", test_keys_have_names },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "devices", tests);
}
