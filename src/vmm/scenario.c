// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>

#include "ebcdic.h"
#include "port.h"
#include "scenario.h"
#include "vfio_ccw_fsm.h"
#include "vmm.h"

struct name {
	const char *name;
	u64 value;
	unsigned long offer;	/* of the device whose word it is; 0: of any */
};

enum param_kind {
	PARAM_NUMBER,		/* 0 .. limit */
	PARAM_NAME,		/* one of names, or a number up to limit */
	PARAM_FLAGS,		/* any of names, their values united */
	PARAM_CHOICE,		/* at most one of names, wherever it stands */
	PARAM_BYTES,		/* hexadecimal pairs up to the end */
	PARAM_ADDRESSES,	/* numbers up to the end, kept as be64 */
	PARAM_TEXT,		/* a word, or anything in quotes, kept as bytes */
};

struct param {
	const char *what;	/* for the reference: "ADDRESS" */
	const char *word;	/* keyword before it; NULL: by position */
	enum param_kind kind;
	enum scenario_field field;
	u64 limit;
	const struct name *names;
	bool required;		/* its keyword stands in order, as if by position */
};

#define TERMINAL	BIT(PORT_3270)
#define CONSOLE		BIT(PORT_3215)
#define READER		BIT(PORT_3505)
#define DISK		BIT(PORT_3390)

static const struct name commands[] = {
	{ "noop", 0x03 }, { "sense", 0x04 }, { "sense-id", 0xe4 },
	{ "tic", 0x08 }, { "write", 0x01 },
	{ "erase-write", 0x05, TERMINAL },
	{ "erase-write-alternate", 0x0d, TERMINAL },
	{ "write-structured-field", 0x11, TERMINAL },
	{ "erase-all-unprotected", 0x0f, TERMINAL },
	{ "read-buffer", 0x02, TERMINAL }, { "read-modified", 0x06, TERMINAL },
	{ "read-card", 0x02, READER }, { "read-card-only", 0xc2, READER },
	{ "feed", 0x23, READER }, { "feed-stacker-2", 0x63, READER },
	{ "feed-stacker-3", 0xa3, READER },
	{ "write-acr", 0x09, CONSOLE }, { "read-inquiry", 0x0a, CONSOLE },
	{ "alarm", 0x0b, CONSOLE },
	{ "read-ipl", 0x02, DISK }, { "write-data", 0x05, DISK },
	{ "read-data", 0x06, DISK }, { "seek", 0x07, DISK },
	{ "seek-cylinder", 0x0b, DISK }, { "seek-head", 0x1b, DISK },
	{ "write-key-data", 0x0d, DISK }, { "read-key-data", 0x0e, DISK },
	{ "erase", 0x11, DISK }, { "read-count", 0x12, DISK },
	{ "write-record-zero", 0x15, DISK }, { "read-record-zero", 0x16, DISK },
	{ "read-home-address", 0x1a, DISK },
	{ "write-count-key-data", 0x1d, DISK },
	{ "read-count-key-data", 0x1e, DISK }, { "set-file-mask", 0x1f, DISK },
	{ "read-sector", 0x22, DISK }, { "set-sector", 0x23, DISK },
	{ "perform-subsystem-function", 0x27, DISK },
	{ "search-key-equal", 0x29, DISK }, { "search-id-equal", 0x31, DISK },
	{ "sense-path-group-id", 0x34, DISK },
	{ "search-home-address-equal", 0x39, DISK },
	{ "read-subsystem-data", 0x3e, DISK }, { "locate-record", 0x47, DISK },
	{ "search-key-equal-or-high", 0x69, DISK },
	{ "read-multiple-count-key-data", 0x5e, DISK },
	{ "define-extent", 0x63, DISK },
	{ "read-device-characteristics", 0x64, DISK },
	{ "write-update-data", 0x85, DISK },
	{ "read-data-multitrack", 0x86, DISK },
	{ "read-count-multitrack", 0x92, DISK }, { "release", 0x94, DISK },
	{ "write-count-key-data-next-track", 0x9d, DISK },
	{ "set-path-group-id", 0xaf, DISK },
	{ "search-id-equal-multitrack", 0xb1, DISK }, { "reserve", 0xb4, DISK },
	{ "read-track", 0xde, DISK }, { "read-configuration-data", 0xfa, DISK },
	{ }
};

static const struct name regions[] = {
	{ "io", VMM_IO }, { "async", VMM_ASYNC },
	{ "schib", VMM_SCHIB }, { "crw", VMM_CRW },
	{ }
};

static const struct name irqs[] = {
	{ "io", VFIO_CCW_IO_IRQ_INDEX }, { "crw", VFIO_CCW_CRW_IRQ_INDEX },
	{ "req", VFIO_CCW_REQ_IRQ_INDEX },
	{ }
};

static const struct name questions[] = {
	{ "device", VFIO_DEVICE_GET_INFO },
	{ "region", VFIO_DEVICE_GET_REGION_INFO },
	{ "irq", VFIO_DEVICE_GET_IRQ_INFO },
	{ }
};

static const struct name irq_flags[] = {
	{ "none", VFIO_IRQ_SET_DATA_NONE }, { "bool", VFIO_IRQ_SET_DATA_BOOL },
	{ "eventfd", VFIO_IRQ_SET_DATA_EVENTFD },
	{ "mask", VFIO_IRQ_SET_ACTION_MASK },
	{ "unmask", VFIO_IRQ_SET_ACTION_UNMASK },
	{ "trigger", VFIO_IRQ_SET_ACTION_TRIGGER },
	{ "unknown", BIT(31) },		/* VFIO has given it no meaning yet */
	{ }
};

static const struct name lenience[] = { { "any-device-status", 1 }, { } };
static const struct name nowhere[] = { { "nowhere", 1 }, { } };
static const struct name read_only[] = { { "read-only", 1 }, { } };
static const struct name switches[] = { { "off", 0 }, { "on", 1 }, { } };

static const struct name instructions[] = {
	{ "ssch", PORT_SSCH }, { "hsch", PORT_HSCH }, { "csch", PORT_CSCH },
	{ "stsch", PORT_STSCH }, { "msch", PORT_MSCH },
	{ "rsch", PORT_RSCH }, { "xsch", PORT_XSCH },
	{ }
};

static const struct name offers[] = {
	{ "3270", PORT_3270 }, { "3390", PORT_3390 },
	{ "simulator", PORT_SIMULATOR },
	{ "kernel", PORT_KERNEL }, { "hold", PORT_HOLD },
	{ "faults", PORT_FAULTS }, { "state", PORT_STATE },
	{ "order", PORT_ORDER }, { "operator", PORT_OPERATOR },
	{ "3215", PORT_3215 }, { "3505", PORT_3505 }, { "3525", PORT_3525 },
	{ "tasks", PORT_TASKS }, { "bare-machine", PORT_BARE },
	{ }
};

static const struct name ccw_flags[] = {
	{ "cd", CCW0_CD }, { "cc", CCW0_CC }, { "sli", CCW0_SLI },
	{ "skip", CCW0_SKIP }, { "pci", CCW0_PCI }, { "ida", CCW0_IDA },
	{ "suspend", CCW0_S }, { "mida", CCW0_MIDA },
	{ }
};

static const struct name orb_flags[] = {
	{ "prefetch", ORB1_P }, { "suspend", ORB1_S },
	{ "format-2-idaws", ORB1_H }, { "2k-idaws", ORB1_T },
	{ "initial-status", ORB1_I }, { "suppress-suspended", ORB1_U },
	{ "address-limit", ORB1_A }, { "streaming", ORB1_C },
	{ "modification", ORB1_M }, { "synchronization", ORB1_Y },
	{ "no-length-check", ORB1_L }, { "mida", ORB1_D },
	{ "transport", ORB1_B }, { "plain", 0 },
	{ }
};

static const struct name midaw_flags[] = {
	{ "last", MIDAW1_LAST }, { "skip", MIDAW1_SKIP },
	{ "interrupt", MIDAW1_DTI },
	{ }
};

static const struct name idaw_formats[] = { { "1", 1 }, { "2", 2 }, { } };

#define DEVICE_STATUSES							\
	{ "attention", SCSW2_DSTAT_ATTN },				\
	{ "status-modifier", SCSW2_DSTAT_SM },				\
	{ "control-unit-end", SCSW2_DSTAT_CUE },			\
	{ "busy", SCSW2_DSTAT_BUSY },					\
	{ "channel-end", SCSW2_DSTAT_CE }, { "device-end", SCSW2_DSTAT_DE }, \
	{ "unit-check", SCSW2_DSTAT_UC }, { "unit-exception", SCSW2_DSTAT_UX }

static const struct name device_statuses[] = { DEVICE_STATUSES, { } };

static const struct name statuses[] = {
	DEVICE_STATUSES,
	{ "program-controlled", SCSW2_CSTAT_PCI },
	{ "incorrect-length", SCSW2_CSTAT_IL },
	{ "program-check", SCSW2_CSTAT_PROG },
	{ "protection-check", SCSW2_CSTAT_PROT },
	{ "channel-data-check", SCSW2_CSTAT_CDC },
	{ "channel-control-check", SCSW2_CSTAT_CCC },
	{ "interface-control-check", SCSW2_CSTAT_ICC },
	{ "chaining-check", SCSW2_CSTAT_CHC },
	{ }
};

static const struct name functions[] = {
	{ "start", SCSW0_FC_START }, { "halt", SCSW0_FC_HALT },
	{ "clear", SCSW0_FC_CLEAR },
	{ }
};

static const struct name controls[] = {
	{ "alert", SCSW0_SC_ALERT }, { "intermediate", SCSW0_SC_INTER },
	{ "primary", SCSW0_SC_PRIM }, { "secondary", SCSW0_SC_SEC },
	{ "suspended", SCSW0_AC_SUSP }, { "path-not-operational", SCSW0_N },
	{ }
};

static const struct name validities[] = {
	{ "valid", 1 }, { "no-device", 2 }, { }
};
static const struct name enablements[] = {
	{ "enabled", 1 }, { "disabled", 2 }, { }
};

static const struct name crw_flags[] = {
	{ "solicited", CRW0_S }, { "overflow", CRW0_R },
	{ "chained", CRW0_C },
	{ }
};
static const struct name crw_sources[] = {
	{ "subchannel", CRW_RSC_SUBCHANNEL }, { "path", CRW_RSC_PATH }, { }
};
static const struct name crw_news[] = {
	{ "initialized", CRW_ERC_INITIALIZED },
	{ "parameters", CRW_ERC_PARAMETERS },
	{ "permanent-error", CRW_ERC_PERMANENT },
	{ }
};

static const struct name exceptions[] = {
	{ "ok", 0 }, { "privileged", 0x02 }, { "protection", 0x04 },
	{ "addressing", 0x05 }, { "specification", 0x06 },
	{ "operand", 0x15 },
	{ }
};

#define ERRNO(name)	{ #name, name }
static const struct name results[] = {
	{ "ok", 0 },
	ERRNO(EPERM), ERRNO(ENOENT), ERRNO(EIO), ERRNO(ENXIO), ERRNO(E2BIG),
	ERRNO(EBADF), ERRNO(EAGAIN), ERRNO(ENOMEM), ERRNO(EACCES),
	ERRNO(EFAULT), ERRNO(EBUSY), ERRNO(EEXIST), ERRNO(ENODEV),
	ERRNO(EINVAL), ERRNO(ENOTTY), ERRNO(EFBIG), ERRNO(ENOSPC),
	ERRNO(ERANGE), ERRNO(ELOOP), ERRNO(EPROTO), ERRNO(EUSERS),
	ERRNO(EOPNOTSUPP), ERRNO(ETIMEDOUT), ERRNO(EINPROGRESS),
	ERRNO(ETXTBSY),
	{ }
};

static const struct name nothing[] = { { "none", 1 }, { } };

static const struct name states[] = {
#define STATE(name, kind, meaning) { #name, VFIO_CCW_STATE_##name },
#include "vfio_ccw_table.h"
	{ "UNBOUND", VFIO_CCW_NR_STATES },
	{ }
};

#define NUMBER(w, k, f, l) { .what = w, .word = k, .kind = PARAM_NUMBER, \
			     .field = f, .limit = l }
#define NAME(w, f, n, l) { .what = w, .kind = PARAM_NAME, .field = f, \
			   .names = n, .limit = l }
#define FLAGS(w, f, n) { .what = w, .kind = PARAM_FLAGS, .field = f, \
			 .names = n }
#define CHOICE(w, f, n) { .what = w, .kind = PARAM_CHOICE, .field = f, \
			  .names = n }
#define NOWHERE FLAGS("nowhere", FIELD_NOWHERE, nowhere)
#define ADDRESS NUMBER("ADDRESS", NULL, FIELD_ADDRESS, ADDRESS_LIMIT)
#define CC { .what = "N", .word = "cc", .kind = PARAM_NUMBER, \
	     .field = FIELD_CC, .limit = 3, .required = true }

/** No channel program sees beyond 31 bits. */
#define ADDRESS_LIMIT	0x7fffffff

static const struct param no_args[] = { { } };
static const struct param address_args[] = { ADDRESS, { } };

static const struct param ccw_args[] = {
	ADDRESS,
	NAME("COMMAND", FIELD_COMMAND, commands, 0xff),
	NUMBER("ADDRESS", "to", FIELD_DATA, ADDRESS_LIMIT),
	NUMBER("ADDRESS", "from", FIELD_DATA, ADDRESS_LIMIT),
	NUMBER("BYTES", "count", FIELD_COUNT, 0xffff),
	NUMBER("N", "times", FIELD_TIMES, 0x10000),
	FLAGS("FLAG", FIELD_CCW, ccw_flags),
	{ }
};

static const struct param idaws_args[] = {
	ADDRESS,
	{ .what = "N", .word = "format", .kind = PARAM_NAME,
	  .field = FIELD_FORMAT, .names = idaw_formats, .required = true },
	{ .what = "ADDRESS...", .word = "to", .kind = PARAM_ADDRESSES,
	  .limit = ~0ULL, .required = true },
	{ }
};

static const struct param midaw_args[] = {
	ADDRESS,
	NUMBER("ADDRESS", "to", FIELD_DATA, ~0ULL),
	NUMBER("BYTES", "count", FIELD_COUNT, 0xffff),
	FLAGS("FLAG", FIELD_CCW, midaw_flags),
	{ }
};

static const struct param orb_args[] = {
	NUMBER("N", "format", FIELD_FORMAT, 1),
	NUMBER("N", "key", FIELD_KEY, 15),
	NUMBER("MASK", "lpm", FIELD_LPM, 0xff),
	NUMBER("WORD", "intparm", FIELD_INTPARM, 0xffffffff),
	FLAGS("FLAG", FIELD_ORB, orb_flags),
	{ }
};

static const struct param region_args[] = {
	NAME("REGION", FIELD_REGION, regions, 0xffff),
	NUMBER("BYTES", "size", FIELD_SIZE, 4096),
	NUMBER("OFFSET", "at", FIELD_OFFSET, 0xffffffff),
	NOWHERE, { }
};

static const struct param wait_args[] = {
	NUMBER("MILLISECONDS", NULL, FIELD_TIME, 10000), { }
};

static const struct param irq_args[] = {
	NAME("IRQ", FIELD_IRQ, irqs, 0xffff), { }
};

static const struct param info_args[] = {
	NAME("WHAT", FIELD_REQUEST, questions, 0),
	NUMBER("N", "index", FIELD_INDEX, 0xffffffff),
	NUMBER("BYTES", "argsz", FIELD_ARGSZ, 256),
	NOWHERE, { }
};

static const struct param irqs_args[] = {
	FLAGS("FLAG", FIELD_IRQ_FLAGS, irq_flags),
	NUMBER("N", "index", FIELD_INDEX, 0xffffffff),
	NUMBER("N", "start", FIELD_START, 0xffffffff),
	NUMBER("N", "count", FIELD_COUNT, 0xffffffff),
	NUMBER("BYTES", "argsz", FIELD_ARGSZ, 256),
	NUMBER("WORD", "data", FIELD_DATA_WORD, 0xffffffff),
	NOWHERE, { }
};

static const struct param ioctl_args[] = {
	NUMBER("REQUEST", NULL, FIELD_REQUEST, 0xffffffff), { }
};

static const struct param request_args[] = {
	FLAGS("FUNCTION", FIELD_CONTROL, functions), { }
};

static const struct param command_args[] = {
	NUMBER("MASK", NULL, FIELD_MASK, 0xffffffff), { }
};

#define SIZE { .what = "BYTES", .word = "size", .kind = PARAM_NUMBER, \
	       .field = FIELD_SIZE, .limit = 0xffffffff, .required = true }

static const struct param unmap_args[] = { ADDRESS, SIZE, { } };
static const struct param map_args[] = {
	ADDRESS, SIZE, FLAGS("read-only", FIELD_READ_ONLY, read_only), { }
};

static const struct param switch_args[] = {
	NAME("SWITCH", FIELD_SWITCH, switches, 0), { }
};

static const struct param cc_args[] = {
	NAME("INSTRUCTION", FIELD_INSTRUCTION, instructions, 0),
	CC, { }
};

static const struct param store_args[] = {
	ADDRESS, { .what = "BYTES", .kind = PARAM_BYTES }, { }
};

#define STATUS								\
	FLAGS("STATUS", FIELD_STATUS, statuses),			\
	FLAGS("FUNCTION", FIELD_CONTROL, functions),			\
	FLAGS("CONTROL", FIELD_CONTROL, controls),			\
	FLAGS("any-device-status", FIELD_LENIENT, lenience),		\
	NUMBER("ADDRESS", "cpa", FIELD_CPA, 0xffffffff),		\
	NUMBER("BYTES", "residual", FIELD_RESIDUAL, 0xffff),		\
	NUMBER("N", "deferred-cc", FIELD_DEFERRED, 3),			\
	NUMBER("N", "key", FIELD_KEY, 15),				\
	NUMBER("N", "format", FIELD_FORMAT, 1)

#define SCHIB								\
	CHOICE("DEVICE", FIELD_VALID, validities),			\
	CHOICE("ENABLED", FIELD_ENABLED, enablements),			\
	NUMBER("MASK", "pim", FIELD_PIM, 0xff),				\
	NUMBER("MASK", "pam", FIELD_PAM, 0xff),				\
	NUMBER("MASK", "pom", FIELD_POM, 0xff),				\
	NUMBER("MASK", "pnom", FIELD_PNOM, 0xff),			\
	NUMBER("MASK", "lpum", FIELD_LPUM, 0xff)

#define CRW								\
	FLAGS("FLAG", FIELD_CRW, crw_flags),				\
	CHOICE("SOURCE", FIELD_SOURCE, crw_sources),			\
	CHOICE("NEWS", FIELD_NEWS, crw_news),				\
	NUMBER("N", "id", FIELD_ID, 0xffff)

static const struct param schib[] = { SCHIB, { } };
static const struct param crw[] = {
	FLAGS("none", FIELD_NONE, nothing), CRW, { }
};

static const struct param result[] = {
	NAME("RESULT", FIELD_RESULT, results, 0), { }
};
static const struct param status[] = {
	FLAGS("none", FIELD_NONE, nothing), STATUS, { }
};
static const struct param cc[] = { CC, { } };
static const struct param cc_status[] = {
	CC, STATUS, { }
};
static const struct param memory[] = {
	{ .what = "BYTES", .kind = PARAM_BYTES }, { }
};
static const struct param state[] = {
	NAME("STATE", FIELD_STATE, states, 0), { }
};

static const struct name deliveries[] = {
	{ "delivered", 0 }, { "none", 1 }, { }
};
static const struct param delivery[] = {
	NAME("DELIVERY", FIELD_NONE, deliveries, 0), { }
};

static const struct name failures[] = {
	{ "allocation", PORT_FAIL_ALLOC }, { "pin", PORT_FAIL_PIN },
	{ "copy", PORT_FAIL_COPY }, { "fetch", PORT_FAIL_FETCH },
	{ }
};
static const struct param fail_args[] = {
	NAME("CALL", FIELD_CALL, failures, 0),
	{ .what = "N", .word = "nth", .kind = PARAM_NUMBER,
	  .field = FIELD_NTH, .limit = 1000000, .required = true },
	{ }
};

static const struct param bytes_args[] = {
	NUMBER("BYTES", NULL, FIELD_COUNT, 0xffff), { }
};

static const struct name who_is_busy[] = { { "control-unit", 1 }, { } };
static const struct param busy_args[] = {
	NUMBER("MILLISECONDS", NULL, FIELD_TIME, 10000),
	FLAGS("control-unit", FIELD_SWITCH, who_is_busy), { }
};

static const struct param status_args[] = {
	FLAGS("STATUS", FIELD_STATUS, device_statuses), { }
};

static const struct param text_args[] = {
	{ .what = "\"TEXT\"", .kind = PARAM_TEXT }, { }
};
static const struct param key_args[] = {
	{ .what = "KEY", .kind = PARAM_TEXT }, { }
};
static const struct param line_args[] = {
	NUMBER("N", NULL, FIELD_COUNT, 100000), { }
};

static const struct name problem_state[] = { { "problem", 1 }, { } };

static const struct name modes[] = {
	{ "limit-above", FIELD_PREP(PMCW1_LM, 1) },
	{ "limit-below", FIELD_PREP(PMCW1_LM, 2) },
	{ "measure", FIELD_PREP(PMCW1_MM, 2) },
	{ "multipath", PMCW1_D },
	{ }
};

static const struct name monitors[] = { { "off", 0 }, { "update", 2 }, { } };

#define PROBLEM FLAGS("problem", FIELD_PROBLEM, problem_state)
#define SID NUMBER("SID", "sid", FIELD_SID, 0xffffffff)
#define ENDING NUMBER("N", "cc", FIELD_CC, 3), \
	       CHOICE("EXCEPTION", FIELD_EXCEPTION, exceptions)

static const struct param sid_args[] = { SID, PROBLEM, { } };
static const struct param operand_sid_args[] = { ADDRESS, SID, PROBLEM, { } };
static const struct param operand_args[] = { ADDRESS, PROBLEM, { } };
static const struct param register_args[] = {
	NUMBER("WORD", NULL, FIELD_MASK, 0xffffffff), PROBLEM, { }
};
static const struct param monitor_args[] = {
	NAME("MONITOR", FIELD_MASK, monitors, 0xffffffff),
	NUMBER("ADDRESS", "area", FIELD_DATA, ~0ULL), PROBLEM, { }
};

static const struct param run_args[] = {
	ADDRESS, NUMBER("N", "times", FIELD_TIMES, 1000), { }
};
static const struct param orb_at_args[] = {
	ADDRESS, NUMBER("ADDRESS", "program", FIELD_DATA, 0xffffffff), { }
};
static const struct param pmcw_args[] = {
	ADDRESS,
	CHOICE("ENABLED", FIELD_ENABLED, enablements),
	NUMBER("N", "isc", FIELD_ISC, 7),
	NUMBER("WORD", "intparm", FIELD_INTPARM, 0xffffffff),
	NUMBER("N", "index", FIELD_INDEX, 0xffff),
	NUMBER("N", "format", FIELD_FORMAT, 1),
	NUMBER("ADDRESS", "block", FIELD_DATA, ~0ULL),
	FLAGS("MODE", FIELD_MODES, modes),
	NUMBER("WORD", "flip", FIELD_FLIP, 0xffffffff),
	{ }
};

#define CODE NUMBER("SID", "sid", FIELD_SID, 0xffffffff), \
	     NUMBER("WORD", "intparm", FIELD_INTPARM, 0xffffffff), \
	     NUMBER("N", "isc", FIELD_ISC, 7)

static const struct param ending[] = { ENDING, { } };
static const struct param ending_status[] = { ENDING, STATUS, { } };
static const struct param ending_crw[] = { ENDING, CRW, { } };
static const struct param ending_code[] = { ENDING, CODE, { } };
static const struct param ending_schib[] = {
	ENDING, SCHIB, NUMBER("N", "isc", FIELD_ISC, 7),
	NUMBER("WORD", "intparm", FIELD_INTPARM, 0xffffffff),
	FLAGS("MODE", FIELD_MODES, modes), { }
};
static const struct param interruption[] = {
	FLAGS("none", FIELD_NONE, nothing), CODE, { }
};
static const struct param block[] = {
	NUMBER("N", "starts", FIELD_COUNT, 0xffffffff),
	NUMBER("N", "samples", FIELD_TIMES, 0xffffffff), { }
};
static const struct param block_args[] = {
	ADDRESS, NUMBER("N", "format", FIELD_FORMAT, 1), { }
};

#define VERB(a, w, n, take, follow, text) \
	[a] = { a, w, n, take, follow, text }

static const struct scenario_verb verbs[SCENARIO_ACTIONS] = {
	VERB(ADMIN_BIND, "admin", "bind", no_args, result,
	     "give the subchannel to the driver"),
	VERB(ADMIN_UNBIND, "admin", "unbind", no_args, result,
	     "take it back"),
	VERB(ADMIN_CREATE, "admin", "create", no_args, result,
	     "create the mediated device"),
	VERB(ADMIN_REMOVE, "admin", "remove", no_args, result,
	     "remove it"),
	VERB(ADMIN_VARY, "admin", "vary", switch_args, result,
	     "forbid or permit the use of the channel path"),
	VERB(ADMIN_SHUTDOWN, "admin", "shutdown", no_args, result,
	     "call the driver's shutdown, as when the system goes down"),
	VERB(VMM_OPEN, "vmm", "open", no_args, result,
	     "open the device, find its regions, arm its interrupts"),
	VERB(VMM_CLOSE, "vmm", "close", no_args, result,
	     "disarm the interrupts and close"),
	VERB(VMM_DIE, "vmm", "die", no_args, result,
	     "close as a killed process does"),
	VERB(VMM_RESET, "vmm", "reset", no_args, result,
	     "VFIO_DEVICE_RESET"),
	VERB(VMM_START, "vmm", "start", address_args, result,
	     "ask the driver to start the program there"),
	VERB(VMM_HALT, "vmm", "halt", no_args, result,
	     "ask for HALT SUBCHANNEL"),
	VERB(VMM_CLEAR, "vmm", "clear", no_args, result,
	     "ask for CLEAR SUBCHANNEL"),
	VERB(VMM_RESUME, "vmm", "resume", no_args, result,
	     "ask for RESUME SUBCHANNEL"),
	VERB(VMM_CANCEL, "vmm", "cancel", no_args, result,
	     "ask for CANCEL SUBCHANNEL"),
	VERB(VMM_INTERRUPT, "vmm", "interrupt", no_args, status,
	     "wait for the eventfd and read what it announces"),
	VERB(VMM_STORE, "vmm", "schib", no_args, schib,
	     "look at the real subchannel"),
	VERB(VMM_REPORT, "vmm", "crw", no_args, crw,
	     "take the next channel report, or wait for one"),
	VERB(VMM_WAIT, "vmm", "wait", wait_args, NULL,
	     "let time pass"),
	VERB(VMM_MAP, "vmm", "map", map_args, result,
	     "let the device reach guest memory"),
	VERB(VMM_UNMAP, "vmm", "unmap", unmap_args, result,
	     "take guest memory away from it; opening has mapped all, as one"),
	VERB(VMM_READ, "vmm", "read", region_args, result,
	     "read from a region"),
	VERB(VMM_WRITE, "vmm", "write", region_args, result,
	     "write zeros to a region"),
	VERB(VMM_REQUEST, "vmm", "request", request_args, result,
	     "write the I/O region: these functions, an ORB of zeros"),
	VERB(VMM_COMMAND, "vmm", "command", command_args, result,
	     "write the command region: these bits"),
	VERB(VMM_ARM, "vmm", "arm", irq_args, result,
	     "arm an interrupt with a new eventfd"),
	VERB(VMM_DISARM, "vmm", "disarm", irq_args, result,
	     "disarm it"),
	VERB(VMM_IRQS, "vmm", "irqs", irqs_args, result,
	     "VFIO_DEVICE_SET_IRQS with just these numbers"),
	VERB(VMM_INFO, "vmm", "info", info_args, result,
	     "VFIO_DEVICE_GET_INFO, _GET_REGION_INFO or _GET_IRQ_INFO"),
	VERB(VMM_IOCTL, "vmm", "ioctl", ioctl_args, result,
	     "an ioctl by its number, with a null pointer"),
	VERB(GUEST_STORE, "guest", "store", store_args, NULL,
	     "store bytes in memory"),
	VERB(GUEST_CCW, "guest", "ccw", ccw_args, NULL,
	     "store a CCW in memory, in the format the ORB has"),
	VERB(GUEST_IDAWS, "guest", "idaws", idaws_args, NULL,
	     "store a list of indirect-data-address words"),
	VERB(GUEST_MIDAW, "guest", "midaw", midaw_args, NULL,
	     "store a modified indirect-data-address word"),
	VERB(GUEST_ORB, "guest", "orb", orb_args, NULL,
	     "say how the ORBs of all later starts look"),
	VERB(GUEST_MEMORY, "guest", "memory", address_args, memory,
	     "look at memory"),
	VERB(GUEST_SENSE, "guest", "sense", address_args, memory,
	     "fetch sense bytes, with a SENSE program there if need be"),
	VERB(GUEST_ENABLE, "guest", "enable", no_args, cc,
	     "MODIFY SUBCHANNEL, with the enabled bit"),
	VERB(GUEST_SSCH, "guest", "ssch", address_args, cc,
	     "START SUBCHANNEL of the program there"),
	VERB(GUEST_HSCH, "guest", "hsch", no_args, cc,
	     "HALT SUBCHANNEL"),
	VERB(GUEST_CSCH, "guest", "csch", no_args, cc,
	     "CLEAR SUBCHANNEL"),
	VERB(GUEST_STSCH, "guest", "stsch", no_args, cc,
	     "STORE SUBCHANNEL"),
	VERB(GUEST_INTERRUPT, "guest", "interrupt", no_args, delivery,
	     "wait for an I/O interruption"),
	VERB(GUEST_TSCH, "guest", "tsch", no_args, cc_status,
	     "TEST SUBCHANNEL"),
	VERB(DEVICE_HOLD, "device", "hold", no_args, NULL,
	     "stop before ending the next command"),
	VERB(DEVICE_DEAF, "device", "deaf", no_args, NULL,
	     "do so, and do not listen to a halt"),
	VERB(DEVICE_RELEASE, "device", "release", no_args, NULL,
	     "end it now, and behave again"),
	VERB(DEVICE_MODIFY, "device", "modify", no_args, NULL,
	     "end all commands with status modifier: the channel skips"),
	VERB(DEVICE_ATTENTION_KEY, "device", "attention", no_args, NULL,
	     "present attention, as when ENTER is pressed"),
	VERB(DEVICE_SILENT, "device", "silent", no_args, NULL,
	     "accept commands and never say more, whatever comes"),
	VERB(DEVICE_DELAY, "device", "delay", wait_args, NULL,
	     "end each command so much later"),
	VERB(DEVICE_REFUSE, "device", "unit-check", memory, NULL,
	     "refuse the next command; SENSE then returns these bytes"),
	VERB(DEVICE_LENGTH, "device", "length", bytes_args, NULL,
	     "move exactly so many bytes with the next command"),
	VERB(DEVICE_DATA_CHECK, "device", "data-check", bytes_args, NULL,
	     "fail in the next command, behind so many bytes"),
	VERB(DEVICE_DOUBLE, "device", "double", no_args, NULL,
	     "present the next ending status twice"),
	VERB(DEVICE_RETRY_IT, "device", "retry", no_args, NULL,
	     "ask for the next command once more"),
	VERB(DEVICE_BE_BUSY, "device", "busy", busy_args, NULL,
	     "be busy for so long, or have a control unit that is"),
	VERB(DEVICE_PRESENT, "device", "presents", status_args, NULL,
	     "present a status that nobody has asked for"),
	VERB(OPERATOR_TYPE, "operator", "type", text_args, result,
	     "type a text at the device"),
	VERB(OPERATOR_PRESS, "operator", "press", key_args, result,
	     "press a key; 'ccwsim devices' lists them"),
	VERB(OPERATOR_LINE, "operator", "line", line_args, text_args,
	     "look at a line of the screen, or of what was printed; the first is 1"),
	VERB(MACHINE_CC, "machine", "next", cc_args, NULL,
	     "make the next instruction end with a condition code"),
	VERB(MACHINE_GONE, "machine", "gone", no_args, NULL,
	     "take the device from its subchannel"),
	VERB(MACHINE_BACK, "machine", "back", no_args, NULL,
	     "give it back"),
	VERB(MACHINE_PATH, "machine", "path", switch_args, NULL,
	     "the channel path is gone, or there again"),
	VERB(HOST_FAIL, "host", "fail", fail_args, NULL,
	     "make the N-th such call of the driver fail, from now on counted"),
	VERB(DRIVER_STATE, "driver", "state", no_args, state,
	     "look at the driver's state, where it can be seen"),
	VERB(CPU_SSCH, "cpu", "ssch", operand_sid_args, ending,
	     "START SUBCHANNEL with the ORB there"),
	VERB(CPU_TSCH, "cpu", "tsch", operand_sid_args, ending_status,
	     "TEST SUBCHANNEL: store the IRB there"),
	VERB(CPU_STSCH, "cpu", "stsch", operand_sid_args, ending_schib,
	     "STORE SUBCHANNEL: store the SCHIB there"),
	VERB(CPU_MSCH, "cpu", "msch", operand_sid_args, ending,
	     "MODIFY SUBCHANNEL with the SCHIB there"),
	VERB(CPU_HSCH, "cpu", "hsch", sid_args, ending, "HALT SUBCHANNEL"),
	VERB(CPU_CSCH, "cpu", "csch", sid_args, ending, "CLEAR SUBCHANNEL"),
	VERB(CPU_RSCH, "cpu", "rsch", sid_args, ending, "RESUME SUBCHANNEL"),
	VERB(CPU_XSCH, "cpu", "xsch", sid_args, ending, "CANCEL SUBCHANNEL"),
	VERB(CPU_TPI, "cpu", "tpi", operand_args, ending_code,
	     "TEST PENDING INTERRUPTION; at address 0, in low storage"),
	VERB(CPU_STCRW, "cpu", "stcrw", operand_args, ending_crw,
	     "STORE CHANNEL REPORT WORD"),
	VERB(CPU_RCHP, "cpu", "rchp", register_args, ending,
	     "RESET CHANNEL PATH of this number"),
	VERB(CPU_SCHM, "cpu", "schm", monitor_args, ending,
	     "SET CHANNEL MONITOR: register 1, and the origin of the area"),
	VERB(CPU_SAL, "cpu", "sal", register_args, ending,
	     "SET ADDRESS LIMIT"),
	VERB(CPU_CHSC, "cpu", "chsc", operand_args, ending,
	     "CHANNEL SUBSYSTEM CALL with the request there"),
	VERB(CPU_ENABLE, "cpu", "enable", command_args, NULL,
	     "enable these interruption subclasses; all are at first"),
	VERB(CPU_INTERRUPT, "cpu", "interrupt", no_args, interruption,
	     "wait for an I/O interruption"),
	VERB(CPU_RUN, "cpu", "run", run_args, status,
	     "SSCH of the ORB there, interruption, TSCH, all this N times"),
	VERB(CPU_ORB, "cpu", "orb", orb_at_args, NULL,
	     "store an ORB for the program"),
	VERB(CPU_PMCW, "cpu", "pmcw", pmcw_args, NULL,
	     "change these fields of the SCHIB in storage"),
	VERB(CPU_BLOCK, "cpu", "block", block_args, block,
	     "look at a measurement block"),
	VERB(CPU_WAIT, "cpu", "wait", wait_args, NULL, "let time pass"),
};

struct parser {
	const char *file;
	const char *at;			/* behind the current word */
	const char *end;		/* of the text */
	const char *line_start;
	unsigned int line;
	const char *word;		/* the current word */
	size_t length;			/* 0: the line is over */
	unsigned int part;		/* that the next step is of */
	struct scenario *scenario;
	struct scenario_error *error;
};

__attribute__((format(printf, 3, 4)))
static void append(char *buf, size_t size, const char *format, ...)
{
	size_t used = strlen(buf);
	va_list args;

	va_start(args, format);
	vsnprintf(buf + used, size - used, format, args);
	va_end(args);
}

static bool at_line_end(const struct parser *p)
{
	return p->at == p->end || *p->at == '\n' || *p->at == '#';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void advance(struct parser *p)
{
	while (p->at < p->end && is_blank(*p->at))
		p->at++;
	p->word = p->at;
	if (!at_line_end(p))
		while (p->at < p->end && !is_blank(*p->at) && *p->at != '\n')
			p->at++;
	p->length = p->at - p->word;
}

static bool is(const struct parser *p, const char *text)
{
	return strlen(text) == p->length && !memcmp(p->word, text, p->length);
}

#define say(p, ...) \
	append((p)->error->text, sizeof((p)->error->text), __VA_ARGS__)

static void say_found(struct parser *p)
{
	if (!p->length) {
		say(p, "found the end of the line, expected ");
		return;
	}
	say(p, "found '");
	for (size_t i = 0; i < p->length && i < 32; i++) {
		unsigned char c = p->word[i];

		say(p, c > ' ' && c < 0x7f ? "%c" : "\\x%02x", c);
	}
	say(p, "%s', expected ", p->length > 32 ? "..." : "");
}

static void begin_complaint(struct parser *p)
{
	p->error->line = p->line;
	p->error->column = p->word - p->line_start + 1;
	p->error->text[0] = '\0';
	say(p, "%s:%u:%u: ", p->file, p->error->line, p->error->column);
	say_found(p);
}

/* Say what was found, and what would have been right. */
#define complain(p, ...) \
	({ begin_complaint(p); say(p, __VA_ARGS__); -EINVAL; })

static int complain_names(struct parser *p, const struct name *names)
{
	complain(p, "one of:");
	for (; names->name; names++)
		say(p, " %s", names->name);
	return -EINVAL;
}

static int complain_empty(struct parser *p)
{
	p->error->line = 0;
	p->error->column = 0;
	p->error->text[0] = '\0';
	say(p, "%s: found no step, expected at least one line WHO: ACTION",
	    p->file);
	return -EINVAL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool read_number(const struct parser *p, u64 limit, u64 *value)
{
	bool hex = p->length > 2 && p->word[0] == '0' && p->word[1] == 'x';
	u64 base = hex ? 16 : 10;

	*value = 0;
	for (size_t i = hex ? 2 : 0; i < p->length; i++) {
		u64 next = digit(p->word[i]);

		if (next >= base || *value > (limit - next) / base ||
		    next > limit)
			return false;
		*value = *value * base + next;
	}
	return p->length;
}

static const struct name *find_name(const struct parser *p,
				    const struct name *names)
{
	for (; names->name; names++)
		if (is(p, names->name))
			return names;
	return NULL;
}

static int take_number(struct parser *p, const struct param *param,
		       u64 *value)
{
	if (read_number(p, param->limit, value))
		return 0;
	return complain(p, "%s, a number from 0 to %#llx", param->what,
			(unsigned long long)param->limit);
}

static int take_name(struct parser *p, const struct param *param, u64 *value)
{
	const struct name *name = find_name(p, param->names);

	if (name) {
		*value = name->value;
		return 0;
	}
	if (param->limit && read_number(p, param->limit, value))
		return 0;
	complain_names(p, param->names);
	if (param->limit)
		say(p, ", or a number from 0 to %#llx",
		    (unsigned long long)param->limit);
	return -EINVAL;
}

static int add_byte(struct scenario_values *values, u8 byte)
{
	u8 *grown = realloc(values->bytes, values->nr_bytes + 1);

	if (!grown)
		return -ENOMEM;
	values->bytes = grown;
	grown[values->nr_bytes++] = byte;
	return 0;
}

/* Return: the length of the text behind the quote, or -EINVAL. */
static int take_quoted(struct parser *p)
{
	const char *end = p->word + 1;

	while (end < p->end && *end != '"' && *end != '\n')
		end++;
	if (end == p->end || *end != '"')
		return complain(p, "a text that ends with a quote");
	p->at = end + 1;
	p->length = p->at - p->word;
	return end - p->word - 1;
}

static int take_ebcdic(struct parser *p, struct scenario_values *values)
{
	int length = take_quoted(p), ret = 0;

	if (length < 0)
		return length;
	for (int i = 0; !ret && i < length; i++) {
		u8 code = ebcdic_from_ascii(p->word[1 + i]);

		if (!code)
			return complain(p, "characters that EBCDIC has");
		ret = add_byte(values, code);
	}
	return ret;
}

static int take_byte(struct parser *p, struct scenario_values *values)
{
	if (p->word[0] == '"')
		return take_ebcdic(p, values);
	if (p->length != 2 || digit(p->word[0]) > 15 || digit(p->word[1]) > 15)
		return complain(p, "two hexadecimal digits, or a text in quotes");
	return add_byte(values, digit(p->word[0]) * 16 + digit(p->word[1]));
}

static int take_bytes(struct parser *p, struct scenario_values *values)
{
	int ret = 0;

	for (; !ret && p->length && !is(p, "=>"); advance(p))
		ret = take_byte(p, values);
	if (!ret && !values->nr_bytes)
		return complain(p, "two hexadecimal digits, or a text in quotes");
	return ret;
}

static int take_string(struct parser *p, const struct param *param,
		       struct scenario_values *values)
{
	bool quoted = p->length && p->word[0] == '"';
	int length = quoted ? take_quoted(p) : (int)p->length, ret = 0;
	const char *text = p->word + quoted;

	if (!p->length || is(p, "=>"))
		return complain(p, "%s", param->what);
	if (length < 0)
		return length;
	for (int i = 0; !ret && i < length; i++)
		ret = add_byte(values, text[i]);
	if (!ret)
		ret = add_byte(values, '\0');
	advance(p);
	return ret;
}

static int take_addresses(struct parser *p, const struct param *param,
			  struct scenario_values *values)
{
	struct param one = *param;
	__be64 *grown;
	u64 value;

	if (values->value[FIELD_FORMAT] == 1)
		one.limit = 0xffffffff;
	do {
		if (take_number(p, &one, &value))
			return -EINVAL;
		grown = realloc(values->bytes, values->nr_bytes + 8);
		if (!grown)
			return -ENOMEM;
		values->bytes = (u8 *)grown;
		grown[values->nr_bytes / 8] = cpu_to_be64(value);
		values->nr_bytes += 8;
		advance(p);
	} while (p->length && !is(p, "=>"));
	return 0;
}

static int take_value(struct parser *p, const struct param *param,
		      struct scenario_values *values)
{
	u64 value;
	int ret;

	if (param->word && !is(p, param->word))
		return complain(p, "%s %s", param->word, param->what);
	if (param->word)
		advance(p);
	if (param->kind == PARAM_BYTES)
		return take_bytes(p, values);
	if (param->kind == PARAM_ADDRESSES)
		return take_addresses(p, param, values);
	if (param->kind == PARAM_TEXT)
		return take_string(p, param, values);
	ret = param->kind == PARAM_NUMBER ? take_number(p, param, &value) :
					    take_name(p, param, &value);
	if (ret)
		return ret;
	values->given |= BIT_ULL(param->field);
	values->value[param->field] |= value;
	advance(p);
	return 0;
}

static bool by_names(const struct param *param)
{
	return param->kind == PARAM_FLAGS || param->kind == PARAM_CHOICE;
}

static bool by_position(const struct param *param)
{
	return param->required || (!param->word && !by_names(param));
}

static const struct param *find_param(const struct parser *p,
				      const struct param *param)
{
	for (; param->what; param++) {
		if (param->word && is(p, param->word))
			return param;
		if (by_names(param) && find_name(p, param->names))
			return param;
	}
	return NULL;
}

static bool given_twice(const struct parser *p, const struct param *param,
			const struct scenario_values *values)
{
	if (!(values->given & BIT_ULL(param->field)))
		return false;
	return param->kind != PARAM_FLAGS ||
	       values->value[param->field] & find_name(p, param->names)->value;
}

static int complain_params(struct parser *p, const struct param *param)
{
	complain(p, "the end of the line, or, each once:");
	for (; param->what; param++) {
		if (param->word && !param->required)
			say(p, " %s %s,", param->word, param->what);
		if (by_names(param))
			for (const struct name *n = param->names; n->name; n++)
				say(p, " %s,", n->name);
	}
	p->error->text[strlen(p->error->text) - 1] = '\0';
	return -EINVAL;
}

static int take_keyword(struct parser *p, const struct param *params,
			struct scenario_values *values)
{
	const struct param *param = find_param(p, params);

	if (!param || given_twice(p, param, values))
		return complain_params(p, params);
	return take_value(p, param, values);
}

static int take_values(struct parser *p, const struct param *params,
		       struct scenario_values *values)
{
	const struct param *param = params;
	int ret = 0;

	for (; !ret && param->what && by_position(param); param++)
		ret = take_value(p, param, values);
	while (!ret && param->what && p->length && !is(p, "=>"))
		ret = take_keyword(p, params, values);
	return ret;
}

/** Copy the words from @a from up to @a to, with single blanks between. */
static char *copy_words(const char *from, const char *to)
{
	char *copy = malloc(to - from + 1), *end = copy;

	for (; copy && from < to; from++) {
		if (!is_blank(*from))
			*end++ = *from;
		else if (end > copy && end[-1] != ' ')
			*end++ = ' ';
	}
	if (copy && end > copy && end[-1] == ' ')
		end--;
	if (copy)
		*end = '\0';
	return copy;
}

static int keep_text(struct parser *p, const char *start,
		     struct scenario_step *step)
{
	const char *hash = p->at, *eol = p->at;

	step->text = copy_words(start, hash);
	if (!step->text)
		return -ENOMEM;
	while (eol < p->end && *eol != '\n')
		eol++;
	if (eol == hash)
		return 0;
	step->why = copy_words(hash + 1, eol);
	return step->why ? 0 : -ENOMEM;
}

static bool acts(const struct parser *p, const char *who)
{
	size_t length = strlen(who);

	return p->length == length + 1 && p->word[length] == ':' &&
	       !memcmp(p->word, who, length);
}

static int complain_who(struct parser *p)
{
	const char *last = "";

	complain(p, p->scenario->title ? "one of: needs meanwhile then" :
		    "scenario TITLE before anything else");
	for (size_t i = 0; p->scenario->title && i < SCENARIO_ACTIONS; i++) {
		if (strcmp(verbs[i].who, last))
			say(p, " %s:", verbs[i].who);
		last = verbs[i].who;
	}
	return -EINVAL;
}

static const char *find_who(const struct parser *p)
{
	for (size_t i = 0; i < SCENARIO_ACTIONS; i++)
		if (acts(p, verbs[i].who))
			return verbs[i].who;
	return NULL;
}

/** Is this actor in the right story: on a bare machine, or under a host? */
static bool is_in_place(const struct parser *p, const char *who)
{
	static const char *const hosts[] = { "admin", "vmm", "host", "driver" };

	if (!(p->scenario->needs & BIT(PORT_BARE)))
		return strcmp(who, "cpu");
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (!strcmp(who, hosts[i]))
			return false;
	return true;
}

static int complain_place(struct parser *p, const char *who)
{
	return complain(p, strcmp(who, "cpu") ?
			"cpu:, guest:, device:, operator: or machine:, for "
			"there is no host in a story that needs bare-machine" :
			"'needs bare-machine' before the first step: "
			"only there cpu: can act");
}

static int complain_verb(struct parser *p, const char *who)
{
	complain(p, "one of:");
	for (size_t i = 0; i < SCENARIO_ACTIONS; i++)
		if (!strcmp(verbs[i].who, who))
			say(p, " %s", verbs[i].name);
	return -EINVAL;
}

static int find_verb(struct parser *p, const struct scenario_verb **verb)
{
	const char *who = find_who(p);

	if (!who || !p->scenario->title)
		return complain_who(p);
	if (!is_in_place(p, who))
		return complain_place(p, who);
	advance(p);
	for (*verb = verbs; *verb < verbs + SCENARIO_ACTIONS; (*verb)++)
		if (!strcmp((*verb)->who, who) && is(p, (*verb)->name)) {
			advance(p);
			return 0;
		}
	return complain_verb(p, who);
}

static int check_none(struct parser *p, const struct scenario_values *expect)
{
	if (expect->value[FIELD_NONE] &&
	    expect->given != BIT_ULL(FIELD_NONE))
		return complain(p, "none to stand alone");
	return 0;
}

static int complain_follow(struct parser *p, const struct param *param)
{
	complain(p, "what must follow: anything");
	for (; param->what; param++)
		say(p, " %s", param->word ?: param->what);
	return -EINVAL;
}

static bool says_anything(struct parser *p)
{
	struct parser ahead = *p;

	advance(&ahead);
	if (!is(p, "=>") || !is(&ahead, "anything"))
		return false;
	advance(&ahead);
	*p = ahead;
	return true;
}

static int take_expectation(struct parser *p, struct scenario_step *step)
{
	const struct param *params = step->verb->expect;
	int ret;

	step->anything = says_anything(p);
	if (step->anything)
		return p->length ? complain(p, "the end of the line") : 0;
	if (!params)
		return p->length ? complain(p, "the end of the line") : 0;
	if (!is(p, "=>"))
		return complain(p, "=> and what must follow");
	advance(p);
	if (!p->length && !by_position(params))
		return complain_follow(p, params);
	ret = take_values(p, params, &step->expect);
	if (ret)
		return ret;
	return p->length ? complain(p, "the end of the line") :
			   check_none(p, &step->expect);
}

static struct scenario_step *new_step(struct parser *p)
{
	struct scenario *s = p->scenario;
	struct scenario_step *grown = s->steps;
	size_t n = s->nr_steps;

	if (!(n & (n - 1)))
		grown = reallocarray(grown, n ? 2 * n : 1, sizeof(*grown));
	if (!grown)
		return NULL;
	s->steps = grown;
	grown += s->nr_steps++;
	*grown = (struct scenario_step){ .line = p->line, .part = p->part };
	return grown;
}

static int take_step(struct parser *p)
{
	const struct scenario_verb *verb;
	struct scenario_step *step;
	const char *start = p->word;
	int ret;

	ret = find_verb(p, &verb);
	if (ret)
		return ret;
	step = new_step(p);
	if (!step)
		return -ENOMEM;
	step->verb = verb;
	ret = take_values(p, verb->args, &step->args);
	if (!ret)
		ret = take_expectation(p, step);
	return ret ?: keep_text(p, start, step);
}

static int take_title(struct parser *p)
{
	const char *start = p->at;

	if (p->scenario->title)
		return complain(p, "only one scenario heading in a file");
	advance(p);
	if (!p->length)
		return complain(p, "a title");
	while (p->length)
		advance(p);
	p->scenario->title = copy_words(start, p->at);
	return p->scenario->title ? 0 : -ENOMEM;
}

static int take_needs(struct parser *p)
{
	const struct name *offer;

	if (p->scenario->nr_steps)
		return complain(p, "needs before the first step");
	advance(p);
	do {
		offer = find_name(p, offers);
		if (!offer)
			return complain_names(p, offers);
		p->scenario->needs |= BIT(offer->value);
		advance(p);
	} while (p->length);
	return 0;
}

static int take_meanwhile(struct parser *p)
{
	struct scenario *s = p->scenario;
	const char *start = p->at;

	if (!p->part && s->nr_steps && s->steps[s->nr_steps - 1].part)
		return complain(p, "a step between then and meanwhile");
	if (s->nr_parts == SCENARIO_PARTS)
		return complain(p, "at most %d times meanwhile", SCENARIO_PARTS);
	advance(p);
	if (!p->length)
		return complain(p, "a name");
	while (p->length)
		advance(p);
	s->part[s->nr_parts] = copy_words(start, p->at);
	s->needs |= BIT(PORT_TASKS);
	p->part = ++s->nr_parts;
	return s->part[p->part - 1] ? 0 : -ENOMEM;
}

static int take_then(struct parser *p)
{
	if (!p->part)
		return complain(p, "then behind meanwhile only");
	p->part = 0;
	advance(p);
	return p->length ? complain(p, "the end of the line") : 0;
}

static int check_text(struct parser *p)
{
	p->length = 1;
	for (p->word = p->at; p->word < p->end; p->word++) {
		if (*p->word == '\n')
			break;
		if (iscntrl((unsigned char)*p->word) && !is_blank(*p->word))
			return complain(p, "no control character");
	}
	return 0;
}

static int take_line(struct parser *p)
{
	advance(p);
	if (!p->length)
		return 0;
	if (is(p, "scenario"))
		return take_title(p);
	if (is(p, "needs") && p->scenario->title)
		return take_needs(p);
	if (is(p, "meanwhile") && p->scenario->title)
		return take_meanwhile(p);
	if (is(p, "then") && p->scenario->title)
		return take_then(p);
	return take_step(p);
}

static int take_text(struct parser *p)
{
	int ret;

	for (p->line = 1; p->at < p->end; p->line++) {
		p->line_start = p->at;
		ret = check_text(p);
		if (!ret)
			ret = take_line(p);
		if (ret)
			return ret;
		while (p->at < p->end && *p->at != '\n')
			p->at++;
		if (p->at < p->end)
			p->at++;
	}
	return p->scenario->nr_steps ? 0 : complain_empty(p);
}

int scenario_parse(const char *file, const char *text, size_t size,
		   struct scenario **scenario, struct scenario_error *error)
{
	struct parser p = {
		.file = file, .at = text, .end = text + size, .error = error,
		.scenario = calloc(1, sizeof(struct scenario)),
	};
	int ret = -ENOMEM;

	*error = (struct scenario_error){ 0 };
	if (p.scenario)
		p.scenario->file = strdup(file);
	if (p.scenario && p.scenario->file)
		ret = take_text(&p);
	if (ret == -ENOMEM)
		say(&p, "%s: out of memory", file);
	*scenario = ret ? NULL : p.scenario;
	if (ret)
		scenario_free(p.scenario);
	return ret;
}

/** The longest file taken for a scenario, in bytes. */
#define LONGEST	0x100000

/** @return bytes read into @text, at most @size, or -errno */
static ssize_t read_file(const char *path, char *text, size_t size)
{
	FILE *in = fopen(path, "r");
	ssize_t ret;

	if (!in)
		return -errno;
	ret = fread(text, 1, size, in);
	if (ferror(in))
		ret = -errno;
	fclose(in);
	return ret;
}

int scenario_load(const char *path, struct scenario **scenario,
		  struct scenario_error *error)
{
	struct parser p = { .file = path, .error = error };
	char *text = malloc(LONGEST + 1);
	ssize_t size = text ? read_file(path, text, LONGEST + 1) : -ENOMEM;
	int ret = -EINVAL;

	*error = (struct scenario_error){ 0 };
	*scenario = NULL;
	if (size < 0)
		say(&p, "%s: %s", path, strerror(-size));
	else if (size > LONGEST)
		say(&p, "%s: longer than %d bytes, no scenario is",
		    path, LONGEST);
	else
		ret = scenario_parse(path, text, size, scenario, error);
	free(text);
	return ret;
}

void scenario_free(struct scenario *scenario)
{
	if (!scenario)
		return;
	for (size_t i = 0; i < scenario->nr_steps; i++) {
		free(scenario->steps[i].args.bytes);
		free(scenario->steps[i].expect.bytes);
		free(scenario->steps[i].text);
		free(scenario->steps[i].why);
	}
	for (size_t i = 0; i < scenario->nr_parts; i++)
		free(scenario->part[i]);
	free(scenario->steps);
	free(scenario->title);
	free(scenario->file);
	free(scenario);
}

static const char *name_of(const struct name *names, u64 value)
{
	for (; names->name; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}

const char *scenario_result_name(int error)
{
	return name_of(results, error) ?: "an unknown errno";
}

const char *scenario_state_name(u64 state)
{
	return name_of(states, state);
}

const char *scenario_command_name(unsigned long offers, u8 command)
{
	const char *first = NULL;

	for (const struct name *name = commands; name->name; name++) {
		if (name->value != command)
			continue;
		if (!name->offer || name->offer & offers)
			return name->name;
		first = first ?: name->name;
	}
	return first;
}

const char *scenario_exception_name(unsigned int code)
{
	return name_of(exceptions, code) ?: "an unknown exception";
}

static void append_names(char *buf, size_t size, const struct name *names,
			 u32 bits)
{
	for (; names->name; names++)
		if (bits & names->value)
			append(buf, size, "%s ", names->name);
}

void scenario_format_status(char *buf, size_t size,
			    const struct ccw_scsw *scsw)
{
	u32 cc = be32_get_bits(scsw->word[0], SCSW0_CC);
	u32 key = be32_get_bits(scsw->word[0], SCSW0_KEY);

	buf[0] = '\0';
	append_names(buf, size, statuses, be32_to_cpu(scsw->word[2]));
	if (cc)
		append(buf, size, "deferred-cc %u ", cc);
	append(buf, size, "cpa %#x residual %u ", be32_to_cpu(scsw->word[1]),
	       be32_get_bits(scsw->word[2], SCSW2_COUNT));
	if (key)
		append(buf, size, "key %u ", key);
	append_names(buf, size, functions, be32_to_cpu(scsw->word[0]));
	append_names(buf, size, controls, be32_to_cpu(scsw->word[0]));
	buf[strlen(buf) - 1] = '\0';
}

void scenario_format_schib(char *buf, size_t size,
			   const struct ccw_schib *schib)
{
	const __be32 *word = schib->pmcw.word;

	snprintf(buf, size, "%s %s pim %#x pam %#x pom %#x pnom %#x lpum %#x",
		 name_of(validities, be32_get_bits(word[1], PMCW1_V) ? 1 : 2),
		 name_of(enablements, be32_get_bits(word[1], PMCW1_E) ? 1 : 2),
		 be32_get_bits(word[2], PMCW2_PIM),
		 be32_get_bits(word[3], PMCW3_PAM),
		 be32_get_bits(word[3], PMCW3_POM),
		 be32_get_bits(word[2], PMCW2_PNOM),
		 be32_get_bits(word[2], PMCW2_LPUM));
}

void scenario_format_crw(char *buf, size_t size, const struct ccw_crw *crw)
{
	u32 source = be32_get_bits(crw->word[0], CRW0_RSC);
	u32 news = be32_get_bits(crw->word[0], CRW0_ERC);

	buf[0] = '\0';
	append_names(buf, size, crw_flags, be32_to_cpu(crw->word[0]));
	if (name_of(crw_sources, source) && name_of(crw_news, news))
		append(buf, size, "%s %s", name_of(crw_sources, source),
		       name_of(crw_news, news));
	else
		append(buf, size, "source %#x, news %#x", source, news);
	append(buf, size, " id %#x", be32_get_bits(crw->word[0], CRW0_RSID));
}

/** Print a word; break the line before it if it would not fit. */
static void put_word(FILE *out, int *column, const char *word)
{
	if (*column + strlen(word) > 77)
		*column = fprintf(out, "\n%15s", "") - 1;
	*column += fprintf(out, " %s", word);
}

static void print_names(FILE *out, const char *what, const struct name *names)
{
	int column = fprintf(out, "  %-13s", what);

	for (; names->name; names++)
		put_word(out, &column, names->name);
	fputc('\n', out);
}

static void print_params(FILE *out, int *column, const struct param *param,
			 const char *before, const char *behind)
{
	char word[64];

	for (; param->what; param++) {
		bool must = by_position(param);

		snprintf(word, sizeof(word), "%s%s%s%s%s", must ? "" : before,
			 param->word ?: "", param->word ? " " : "",
			 param->what, must ? "" : behind);
		put_word(out, column, word);
	}
}

static void print_verb(FILE *out, const struct scenario_verb *verb)
{
	int column = fprintf(out, "%s: %s", verb->who, verb->name);

	print_params(out, &column, verb->args, "[", "]");
	if (verb->expect) {
		put_word(out, &column, "=>");
		print_params(out, &column, verb->expect, "", "");
	}
	fprintf(out, "\n\t%s\n", verb->about);
}

void scenario_reference(FILE *out)
{
	fputs("scenario TITLE\nneeds NEED...\nmeanwhile NAME\nthen\n\n"
	      "=> anything\n\twhatever follows is right\n", out);
	for (size_t i = 0; i < SCENARIO_ACTIONS; i++) {
		if (!i || strcmp(verbs[i].who, verbs[i - 1].who))
			fputc('\n', out);
		print_verb(out, &verbs[i]);
	}
	fputc('\n', out);
	print_names(out, "NEED", offers);
	print_names(out, "COMMAND", commands);
	print_names(out, "FLAG of a CCW", ccw_flags);
	print_names(out, "FLAG of orb", orb_flags);
	print_names(out, "FLAG of midaw", midaw_flags);
	print_names(out, "REGION", regions);
	print_names(out, "IRQ", irqs);
	print_names(out, "WHAT", questions);
	print_names(out, "FLAG of irqs", irq_flags);
	print_names(out, "INSTRUCTION", instructions);
	print_names(out, "SWITCH", switches);
	print_names(out, "RESULT", results);
	print_names(out, "STATUS", statuses);
	print_names(out, "FUNCTION", functions);
	print_names(out, "CONTROL", controls);
	print_names(out, "DEVICE", validities);
	print_names(out, "ENABLED", enablements);
	print_names(out, "SOURCE", crw_sources);
	print_names(out, "NEWS", crw_news);
	print_names(out, "EXCEPTION", exceptions);
	print_names(out, "MODE", modes);
	print_names(out, "MONITOR", monitors);
	print_names(out, "DELIVERY", deliveries);
	print_names(out, "STATE", states);
}

const char *scenario_offer_name(unsigned int offer)
{
	return name_of(offers, offer) ?: "something unknown";
}

static void format_names(char *buf, size_t size, const struct name *names,
			 u32 bits)
{
	buf[0] = '\0';
	append_names(buf, size, names, bits);
	if (!buf[0])
		append(buf, size, "none ");
	buf[strlen(buf) - 1] = '\0';
}

void scenario_format_statuses(char *buf, size_t size, u32 bits)
{
	format_names(buf, size, statuses, bits);
}

void scenario_format_ccw_flags(char *buf, size_t size, u32 bits)
{
	format_names(buf, size, ccw_flags, bits);
}
