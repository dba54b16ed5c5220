/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file port.h
 * The system calls that a virtual machine monitor makes: the line between what
 * simulator and real kernel share and what each must supply.
 */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

/** What one home has and another may not have. A scenario names its needs. */
enum port_offer {
	PORT_3270,	/**< the device is a 3270 terminal */
	PORT_3215,	/**< it is a 3215 console */
	PORT_3505,	/**< it is a 3505 card reader */
	PORT_3525,	/**< it is a 3525 card punch */
	PORT_3390,	/**< the device is a 3390 disk */
	PORT_SIMULATOR,	/**< everything round the driver is simulated */
	PORT_KERNEL,	/**< the driver runs in a real kernel */
	PORT_HOLD,	/**< the device can be told to hesitate */
	PORT_FAULTS,	/**< condition codes and losses on demand */
	PORT_STATE,	/**< the driver's state can be seen */
	PORT_ORDER,	/**< between two steps nothing happens unless awaited */
	PORT_TASKS,	/**< several can act at the same time */
	PORT_OPERATOR,	/**< somebody can type, press and look at the device */
	PORT_BARE,	/**< a program can run on the machine, without a host */
};

/** What can be provoked in machine and device. */
enum port_fault {
	PORT_DEVICE_HOLD,	/**< stop before ending the next command */
	PORT_DEVICE_RELEASE,	/**< end it now, and behave again */
	PORT_DEVICE_DEAF,	/**< hold, and ignore the halt signal as well */
	PORT_DEVICE_MODIFY,	/**< end all commands with status modifier */
	PORT_DEVICE_SILENT,	/**< accept commands and never end them */
	PORT_DEVICE_DELAY,	/**< end all commands later */
	PORT_DEVICE_CHECK,	/**< refuse the next command: unit check */
	PORT_DEVICE_LENGTH,	/**< move so many bytes with the next command */
	PORT_DEVICE_DATA_CHECK,	/**< fail after so many */
	PORT_DEVICE_DOUBLE,	/**< present its ending status twice */
	PORT_DEVICE_RETRY,	/**< ask for it once more */
	PORT_DEVICE_BUSY,	/**< be busy for a while */
	PORT_DEVICE_PRESENT,	/**< present a status now, unasked */
	PORT_DEVICE_ATTENTION,	/**< present unsolicited attention */
	PORT_NEXT_CC,		/**< an instruction answers once a given cc */
	PORT_DEVICE_GONE,	/**< the device vanishes from its subchannel */
	PORT_DEVICE_BACK,	/**< and comes back */
	PORT_PATH_OFF,		/**< the channel path is gone */
	PORT_PATH_ON,		/**< and there again */
	PORT_FAIL_ALLOC,	/**< the n-th allocation from now on fails */
	PORT_FAIL_PIN,		/**< the n-th page cannot be pinned */
	PORT_FAIL_COPY,		/**< the n-th copy from or to a user fails */
	PORT_FAIL_FETCH,	/**< guest memory cannot be read the n-th time */
};

/** How a device is to misbehave. */
struct port_manner {
	enum port_fault fault;	/**< one of PORT_DEVICE_HOLD ... _PRESENT */
	u64 ns;			/**< for DELAY and BUSY: simulated nanoseconds */
	u32 bytes;		/**< for LENGTH and DATA_CHECK */
	u8 status;		/**< for PRESENT: bits of enum device_status */
	bool control_unit;	/**< for BUSY: not the device, its control unit is */
	u8 sense[32];		/**< for CHECK: what the next SENSE returns */
};

/** The instructions; PORT_NEXT_CC can be asked about those up to PORT_XSCH. */
enum port_instruction {
	PORT_SSCH, PORT_HSCH, PORT_CSCH, PORT_STSCH, PORT_MSCH, PORT_RSCH,
	PORT_XSCH, PORT_TSCH, PORT_TPI, PORT_STCRW, PORT_RCHP, PORT_SCHM,
	PORT_SAL, PORT_CHSC,
};

/** Size of guest memory in bytes; it starts at guest absolute address 0. */
#define PORT_GUEST_MEMORY	0x100000ULL

/** Room for a line that an operator can see, in bytes. */
#define PORT_LINE		133

/** One device as one home shows it. Embedded in the home's own structure. */
struct port {
	const struct port_ops *ops;	/**< the calls; never NULL */
	unsigned long offers;		/**< set of BIT(enum port_offer) */
	const char *home;		/**< for messages: "simulator", ... */
};

/** One of several who act at the same time. */
struct port_task {
	const char *name;		/**< for traces */
	void (*fn)(void *arg);
	void *arg;
};

/** An instruction as a program on the machine itself executes it. */
struct port_execution {
	enum port_instruction insn;
	bool of_device;		/**< register 1 names the device's subchannel */
	u32 register_1;		/**< if not */
	u64 register_2;
	u64 operand;		/**< its address; storage is guest memory */
	u8 iscs;		/**< interruption subclasses enabled for */
	bool problem;		/**< in problem state */
};

/**
 * Every call returns 0 or a count on success, -errno on failure, and may sleep.
 * They are made by one thread at a time per port, where tasks are not offered.
 */
struct port_ops {
	/** Bind the subchannel to vfio_ccw. @return 0 or the driver's -errno */
	int (*bind)(struct port *port);
	/** Take the subchannel from vfio_ccw. */
	int (*unbind)(struct port *port);
	/** Create the mediated device, as `echo UUID > .../create` does. */
	int (*create)(struct port *port);
	/** Remove the mediated device, as `echo 1 > .../remove` does. */
	int (*remove)(struct port *port);
	/** Vary the subchannel's channel path on or off. */
	int (*vary)(struct port *port, bool on);
	/** Call the driver's shutdown, as when the system goes down. */
	int (*shutdown)(struct port *port);

	/**
	 * Open container, group and device, and map guest memory at IOVA 0. If
	 * the device is open already, try once more as a stranger would, keep
	 * nothing of that attempt, and return what it was answered.
	 */
	int (*open)(struct port *port);
	/** Close device, group and container. */
	int (*close)(struct port *port);
	/** ioctl() on the device; @a arg as <linux/vfio.h> says for @a request. */
	int (*ioctl)(struct port *port, unsigned long request, void *arg);
	/** pread() and pwrite() on the device. @return bytes moved or -errno */
	ssize_t (*pread)(struct port *port, void *buf, size_t count, u64 offset);
	ssize_t (*pwrite)(struct port *port, const void *buf, size_t count,
			  u64 offset);

	/**
	 * Enter guest memory [guest, guest + size) into the container of the open
	 * device, or take it out. @return 0; -EINVAL: not whole pages, or only a
	 * part of a mapping; -EEXIST: mapped already; -EFAULT: no such memory;
	 * -EBADF: not open
	 */
	int (*map)(struct port *port, u64 guest, u64 size, bool read_only);
	int (*unmap)(struct port *port, u64 guest, u64 size);

	/** Make an eventfd. @return the descriptor or -errno */
	int (*event_create)(struct port *port);
	/** @return signals since the last wait; 0 after @a timeout_ms without one */
	int (*event_wait)(struct port *port, int fd, unsigned int timeout_ms);
	/** Close an eventfd. */
	void (*event_close)(struct port *port, int fd);

	/** Copy from guest memory. @return 0, or -EFAULT with nothing copied */
	int (*load)(struct port *port, u64 guest, void *buf, size_t len);
	/** Copy to guest memory. @return 0, or -EFAULT with nothing copied */
	int (*store)(struct port *port, u64 guest, const void *buf, size_t len);

	/** Name of the driver's state, or NULL where it cannot be seen. */
	const char *(*state)(struct port *port);
	/** Provoke a fault; @a insn is for PORT_NEXT_CC alone, whose condition code
	 *  is @a n; for PORT_FAIL_..., @a n is which call fails, from 1 on. */
	int (*provoke)(struct port *port, enum port_fault fault,
		       enum port_instruction insn, unsigned int n);
	/** Make the device misbehave; NULL where nobody can. */
	int (*misbehave)(struct port *port, const struct port_manner *manner);
	/**
	 * Execute it. NULL without PORT_BARE. While nothing is bound.
	 * @return the condition code, or a program-interruption code, negated
	 */
	int (*execute)(struct port *port, const struct port_execution *what);
	/**
	 * Take an I/O interruption of these subclasses, and store its code in @a code.
	 * @return 1, or 0 if there is none now
	 */
	int (*interrupt)(struct port *port, u8 iscs, __be32 code[3]);

	/** Type ASCII text. @return 0; -EINVAL, -EPERM: nothing was typed */
	int (*type)(struct port *port, const char *text);
	/** Press a key. @return 0; -EINVAL: there is none; -EPERM: not now */
	int (*press)(struct port *port, const char *key);
	/** Look at a line, from 0. @return 0; -ENOENT: there is none */
	int (*look)(struct port *port, unsigned int line, char text[PORT_LINE]);

	/** Start all of them; return when all have returned. NULL: not offered.
	 *  @return 0; -ENOMEM: not all could be started, those that were are over */
	int (*together)(struct port *port, const struct port_task *tasks, size_t n);
};

#endif /* PORT_H */
