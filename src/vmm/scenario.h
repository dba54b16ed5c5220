/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file scenario.h
 * The scenario language: a text file of who does what and what must follow,
 * and its form in memory.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>
#include <vfio_ccw_arch.h>

/** What can be done; an index into the table of verbs. */
enum scenario_action {
	ADMIN_BIND, ADMIN_UNBIND, ADMIN_CREATE, ADMIN_REMOVE,
	ADMIN_VARY, ADMIN_SHUTDOWN,
	VMM_OPEN, VMM_CLOSE, VMM_DIE, VMM_RESET,
	VMM_START, VMM_HALT, VMM_CLEAR, VMM_RESUME, VMM_CANCEL,
	VMM_INTERRUPT, VMM_STORE, VMM_REPORT, VMM_WAIT, VMM_MAP, VMM_UNMAP,
	VMM_READ, VMM_WRITE, VMM_REQUEST, VMM_COMMAND,
	VMM_ARM, VMM_DISARM, VMM_IRQS, VMM_INFO, VMM_IOCTL,
	GUEST_STORE, GUEST_CCW, GUEST_IDAWS, GUEST_MIDAW,
	GUEST_ORB, GUEST_MEMORY, GUEST_SENSE,
	GUEST_ENABLE, GUEST_SSCH, GUEST_HSCH, GUEST_CSCH, GUEST_STSCH,
	GUEST_INTERRUPT, GUEST_TSCH,
	DEVICE_HOLD, DEVICE_DEAF, DEVICE_RELEASE, DEVICE_MODIFY,
	DEVICE_SILENT, DEVICE_DELAY, DEVICE_REFUSE, DEVICE_LENGTH,
	DEVICE_DATA_CHECK, DEVICE_DOUBLE, DEVICE_RETRY_IT,
	DEVICE_BE_BUSY, DEVICE_PRESENT,
	DEVICE_ATTENTION_KEY,
	OPERATOR_TYPE, OPERATOR_PRESS, OPERATOR_LINE,
	MACHINE_CC, MACHINE_GONE, MACHINE_BACK, MACHINE_PATH,
	HOST_FAIL,
	CPU_SSCH, CPU_TSCH, CPU_STSCH, CPU_MSCH,
	CPU_HSCH, CPU_CSCH, CPU_RSCH, CPU_XSCH,
	CPU_TPI, CPU_STCRW, CPU_RCHP, CPU_SCHM, CPU_SAL, CPU_CHSC,
	CPU_ENABLE, CPU_INTERRUPT, CPU_RUN, CPU_ORB, CPU_PMCW, CPU_BLOCK, CPU_WAIT,
	DRIVER_STATE,
	SCENARIO_ACTIONS
};

/** What an argument or an expectation can say; an index into a set. */
enum scenario_field {
	FIELD_ADDRESS,		/**< guest address the action is about */
	FIELD_COMMAND,		/**< command code of a CCW */
	FIELD_DATA,		/**< guest address of data, or TIC's target */
	FIELD_COUNT,		/**< byte count of a CCW */
	FIELD_CCW,		/**< flags of a CCW, bits of CCW word 0 */
	FIELD_ORB,		/**< flags of an ORB, bits of ORB word 1 */
	FIELD_FORMAT,		/**< CCW format, 0 or 1 */
	FIELD_KEY,		/**< storage key, 0..15 */
	FIELD_LPM,		/**< logical-path mask */
	FIELD_INTPARM,		/**< interruption parameter */
	FIELD_REGION,		/**< region index */
	FIELD_TIME,		/**< in milliseconds */
	FIELD_SIZE,		/**< bytes to read or write */
	FIELD_OFFSET,		/**< where in the region */
	FIELD_IRQ,		/**< interrupt index */
	FIELD_INSTRUCTION,	/**< enum port_instruction */
	FIELD_CC,		/**< condition code, 0..3 */
	FIELD_RESULT,		/**< 0, or a positive errno */
	FIELD_NONE,		/**< no interrupt */
	FIELD_STATUS,		/**< device and subchannel status, SCSW word 2 */
	FIELD_CONTROL,		/**< function and status control, SCSW word 0 */
	FIELD_CPA,		/**< CCW address of the SCSW */
	FIELD_RESIDUAL,		/**< residual count of the SCSW */
	FIELD_STATE,		/**< enum vfio_ccw_state; the number of them: unbound */
	FIELD_DEFERRED,		/**< deferred condition code of the SCSW */
	FIELD_VALID,		/**< 1: device number valid; 2: not */
	FIELD_ENABLED,		/**< 1: enabled; 2: disabled */
	FIELD_PIM,		/**< paths installed */
	FIELD_PAM,		/**< paths available */
	FIELD_POM,		/**< paths operational */
	FIELD_PNOM,		/**< paths not operational */
	FIELD_LPUM,		/**< last path used */
	FIELD_CRW,		/**< flags of a channel report, bits of CRW word 0 */
	FIELD_SOURCE,		/**< who reports, CRW_RSC_... */
	FIELD_NEWS,		/**< what has happened, CRW_ERC_... */
	FIELD_ID,		/**< of whom who reports */
	FIELD_NOWHERE,		/**< hand in an address where nothing is */
	FIELD_REQUEST,		/**< number of an ioctl */
	FIELD_INDEX,		/**< of a region or an interrupt */
	FIELD_ARGSZ,		/**< the size a structure says it has */
	FIELD_START,		/**< first of the interrupts meant */
	FIELD_DATA_WORD,	/**< what stands behind the structure */
	FIELD_IRQ_FLAGS,	/**< VFIO_IRQ_SET_... */
	FIELD_MASK,		/**< bits of the command region */
	FIELD_READ_ONLY,	/**< the device may only read */
	FIELD_SWITCH,		/**< 1: on, 0: off */
	FIELD_TIMES,		/**< so many copies, one behind the other */
	FIELD_LENIENT,		/**< pass over what the device has said */
	FIELD_CALL,		/**< that fails, enum port_fault */
	FIELD_NTH,		/**< which of them */
	FIELD_SID,		/**< subsystem-identification word */
	FIELD_PROBLEM,		/**< in problem state */
	FIELD_EXCEPTION,	/**< program-interruption code, 0: none */
	FIELD_ISC,		/**< interruption subclass */
	FIELD_MODES,		/**< bits of PMCW word 1 */
	FIELD_FLIP,		/**< such bits that are to change */
	SCENARIO_FIELDS
};

struct param;

/** A line of the language's table. */
struct scenario_verb {
	enum scenario_action action;
	const char *who;		/**< "vmm" */
	const char *name;		/**< "start" */
	const struct param *args;	/**< what it takes */
	const struct param *expect;	/**< NULL: cannot fail, no arrow */
	const char *about;		/**< one line for the reference */
};

/** A set of values: the arguments of an action, or what must follow it. */
struct scenario_values {
	u64 given;			/**< set of BIT(enum scenario_field) */
	u64 value[SCENARIO_FIELDS];	/**< 0 where not given */
	u8 *bytes;			/**< bytes to store or compare, or NULL */
	size_t nr_bytes;
};

/** One line that does something. */
struct scenario_step {
	unsigned int line;		/**< in the file, from 1 */
	const struct scenario_verb *verb;	/**< who does what */
	struct scenario_values args;
	struct scenario_values expect;
	bool anything;			/**< whatever follows is right */
	unsigned int part;		/**< 0: of none; 1: of the first, ... */
	char *text;			/**< the line, blanks made single */
	char *why;			/**< its comment, or NULL */
};

/** The headings `meanwhile` that a file may have. */
#define SCENARIO_PARTS	16

/** A parsed file. */
struct scenario {
	char *file;			/**< as it was named to the parser */
	char *title;
	unsigned long needs;		/**< set of BIT(enum port_offer) */
	struct scenario_step *steps;
	size_t nr_steps;
	char *part[SCENARIO_PARTS];	/**< their names */
	unsigned int nr_parts;
};

/** Why a file is not a scenario. */
struct scenario_error {
	unsigned int line;		/**< from 1; 0: the file as a whole */
	unsigned int column;		/**< from 1, in bytes */
	char text[1024];		/**< "file:line:column: found ..." */
};

/**
 * Parse a scenario from memory.
 * @param file name for messages; copied
 * @param text need not be terminated; may hold any bytes
 * @param size length of @a text in bytes
 * @param scenario filled on success; the caller frees it
 * @param error filled on -EINVAL
 * @return 0, -EINVAL (not a scenario) or -ENOMEM
 */
int scenario_parse(const char *file, const char *text, size_t size,
		   struct scenario **scenario, struct scenario_error *error);

/** The same from a file. @return as scenario_parse(); @a error always filled */
int scenario_load(const char *path, struct scenario **scenario,
		  struct scenario_error *error);

/** Free a scenario; NULL is allowed. */
void scenario_free(struct scenario *scenario);

/**
 * Write an SCSW in the words of a scenario's status, ending with a zero byte:
 * "channel-end device-end cpa 0x1008 residual 0 start primary secondary".
 */
void scenario_format_status(char *buf, size_t size,
			    const struct ccw_scsw *scsw);

/** @return "ok", "EIO", ... for 0 or a positive errno; else "an unknown errno" */
const char *scenario_result_name(int error);

/** @return the name of a FIELD_STATE */
const char *scenario_state_name(u64 state);

/**
 * @param offers the device's, a set of BIT(enum port_offer)
 * @return the name of a command code, or NULL if it has none
 */
const char *scenario_command_name(unsigned long offers, u8 command);

/** @return the name of a program-interruption code */
const char *scenario_exception_name(unsigned int code);

/** Print the reference of the language, made from its table. */
void scenario_reference(FILE *out);

/** Write a SCHIB, or a CRW, in the words of a scenario. */
void scenario_format_schib(char *buf, size_t size,
			   const struct ccw_schib *schib);
void scenario_format_crw(char *buf, size_t size, const struct ccw_crw *crw);

/** @return the word for an enum port_offer, as in a needs line */
const char *scenario_offer_name(unsigned int offer);

/** Write the names of status bits of SCSW word 2, blanks between. */
void scenario_format_statuses(char *buf, size_t size, u32 bits);
/** Write the names of flag bits of CCW word 0; "none" for none. */
void scenario_format_ccw_flags(char *buf, size_t size, u32 bits);

#endif /* SCENARIO_H */
