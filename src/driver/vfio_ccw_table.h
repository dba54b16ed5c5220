/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver's state machine, as rows. Define the kinds of row you want, then
 * include this file; it may be included as often as there are uses for it.
 *
 * STATE(name, kind, meaning)           kind: STABLE or TRANSIENT
 * EVENT(name, origin, meaning)         origin: ADMINISTRATOR, USER or MACHINE
 * CELL(state, event, action, next, why)
 *      action: vfio_ccw_fsm_<action>() answers the event;
 *      next: the states it may return, as TO(state) | ...
 */
#ifndef STATE
#define STATE(name, kind, meaning)
#endif
#ifndef EVENT
#define EVENT(name, origin, meaning)
#endif
#ifndef CELL
#define CELL(state, event, action, next, why)
#endif
STATE(UNCONFIGURED, STABLE, "bound to a subchannel; no VM has opened it")
STATE(STANDBY, STABLE, "a VM has opened it; the subchannel is still disabled")
STATE(IDLE, STABLE, "reset has enabled the subchannel; ready for a program")
STATE(BUSY, TRANSIENT, "a channel program belongs to the subchannel")
STATE(QUIESCING, TRANSIENT, "going offline: cancel, halt and clear under way")
EVENT(INIT, ADMINISTRATOR, "a VM opens the device")
EVENT(ONLINE, ADMINISTRATOR, "VFIO_DEVICE_RESET: enable the subchannel")
EVENT(OFFLINE, ADMINISTRATOR, "release, reset while online, unbind, shutdown")
EVENT(SSCH, USER, "start: a write to the I/O region")
EVENT(HSCH, USER, "halt: a write to the command region")
EVENT(CSCH, USER, "clear: a write to the command region")
EVENT(RSCH, USER, "resume: a write to the command region")
EVENT(XSCH, USER, "cancel: a write to the command region")
EVENT(INTERRUPT, MACHINE, "the subchannel has presented status")
EVENT(SCH_EVENT, MACHINE, "the subchannel has changed, is gone or is back")
EVENT(CHP_EVENT, MACHINE, "a channel path has changed")
CELL(UNCONFIGURED, INIT, open, TO(STANDBY) | TO(UNCONFIGURED),
	"a VM opens the device; a subchannel that does not answer is refused")
CELL(UNCONFIGURED, ONLINE, refuse_inval, TO(UNCONFIGURED),
	"there is no VM to reset anything for")
CELL(UNCONFIGURED, OFFLINE, ignore, TO(UNCONFIGURED),
	"it is as far down as it goes")
CELL(UNCONFIGURED, SSCH, refuse_io, TO(UNCONFIGURED),
	"nobody has opened the device")
CELL(UNCONFIGURED, HSCH, refuse_io, TO(UNCONFIGURED),
	"nobody has opened the device")
CELL(UNCONFIGURED, CSCH, refuse_io, TO(UNCONFIGURED),
	"nobody has opened the device")
CELL(UNCONFIGURED, RSCH, refuse_io, TO(UNCONFIGURED),
	"nobody has opened the device")
CELL(UNCONFIGURED, XSCH, refuse_io, TO(UNCONFIGURED),
	"nobody has opened the device")
CELL(UNCONFIGURED, INTERRUPT, silence, TO(UNCONFIGURED),
	"a disabled subchannel should not speak: disable it again")
CELL(UNCONFIGURED, SCH_EVENT, note, TO(UNCONFIGURED),
	"a device that is gone takes its subchannel along")
CELL(UNCONFIGURED, CHP_EVENT, ignore, TO(UNCONFIGURED),
	"the next open reads the path masks afresh")
CELL(STANDBY, INIT, refuse_inval, TO(STANDBY),
	"one VM at a time holds a subchannel")
CELL(STANDBY, ONLINE, online, TO(IDLE) | TO(STANDBY),
	"enable the subchannel; on failure the VM may reset again")
CELL(STANDBY, OFFLINE, offline, TO(STANDBY) | TO(UNCONFIGURED),
	"a reset stops here, a release goes on down")
CELL(STANDBY, SSCH, refuse_io, TO(STANDBY),
	"after open the VM must reset before it does I/O")
CELL(STANDBY, HSCH, refuse_io, TO(STANDBY),
	"after open the VM must reset before it does I/O")
CELL(STANDBY, CSCH, refuse_io, TO(STANDBY),
	"after open the VM must reset before it does I/O")
CELL(STANDBY, RSCH, refuse_io, TO(STANDBY),
	"after open the VM must reset before it does I/O")
CELL(STANDBY, XSCH, refuse_io, TO(STANDBY),
	"after open the VM must reset before it does I/O")
CELL(STANDBY, INTERRUPT, silence, TO(STANDBY),
	"a late interrupt after quiescing belongs to nobody")
CELL(STANDBY, SCH_EVENT, note, TO(STANDBY),
	"nothing of the subchannel is in use yet; the next reset looks again")
CELL(STANDBY, CHP_EVENT, ignore, TO(STANDBY),
	"the next reset reads the path masks afresh")
CELL(IDLE, INIT, refuse_inval, TO(IDLE),
	"one VM at a time holds a subchannel")
CELL(IDLE, ONLINE, ignore, TO(IDLE),
	"two resets met; the other has done what this one asks")
CELL(IDLE, OFFLINE, quiesce, TO(STANDBY) | TO(QUIESCING) | TO(IDLE),
	"disable at once, or wait for a halt or clear that still runs")
CELL(IDLE, SSCH, start, TO(BUSY) | TO(IDLE),
	"translate and start; a failed start leaves nothing behind")
CELL(IDLE, HSCH, halt, TO(IDLE),
	"halting an idle subchannel is legal; its interrupt comes here")
CELL(IDLE, CSCH, clear, TO(IDLE),
	"clearing an idle subchannel is legal; its interrupt comes here")
CELL(IDLE, RSCH, refuse_inval, TO(IDLE),
	"no program, so none that is suspended")
CELL(IDLE, XSCH, refuse_inval, TO(IDLE),
	"no program, so none that could be withdrawn")
CELL(IDLE, INTERRUPT, deliver, TO(IDLE),
	"unsolicited, or of a halt or clear: the guest's to see")
CELL(IDLE, SCH_EVENT, lose, TO(IDLE),
	"if the device is gone, answer a halt or clear that it will not")
CELL(IDLE, CHP_EVENT, note, TO(IDLE),
	"the next program uses the paths that are left")
CELL(BUSY, INIT, refuse_inval, TO(BUSY),
	"one VM at a time holds a subchannel")
CELL(BUSY, ONLINE, ignore, TO(BUSY),
	"two resets met, and a start has come in between")
CELL(BUSY, OFFLINE, quiesce,
	TO(STANDBY) | TO(QUIESCING) | TO(IDLE) | TO(BUSY),
	"take the program away from the machine before its memory goes")
CELL(BUSY, SSCH, refuse_busy, TO(BUSY),
	"one program at a time")
CELL(BUSY, HSCH, halt, TO(BUSY),
	"the program ends with the interrupt, not with the instruction")
CELL(BUSY, CSCH, clear, TO(BUSY),
	"the program ends with the interrupt, not with the instruction")
CELL(BUSY, RSCH, resume, TO(BUSY),
	"if it is suspended, it goes on with what the guest has there now")
CELL(BUSY, XSCH, cancel, TO(IDLE) | TO(BUSY),
	"a program that has not begun ends here, without an interrupt")
CELL(BUSY, INTERRUPT, complete, TO(IDLE) | TO(BUSY),
	"only a final status of this very program ends it")
CELL(BUSY, SCH_EVENT, lose, TO(IDLE) | TO(BUSY),
	"if the device is gone no interrupt may come: end it for the guest")
CELL(BUSY, CHP_EVENT, reroute, TO(IDLE) | TO(BUSY),
	"a program on a path that is lost is stopped")
CELL(QUIESCING, INIT, refuse_inval, TO(QUIESCING),
	"one VM at a time holds a subchannel")
CELL(QUIESCING, ONLINE, refuse_busy, TO(QUIESCING),
	"it must be down before it can come up")
CELL(QUIESCING, OFFLINE, retry, TO(STANDBY) | TO(QUIESCING) | TO(IDLE),
	"no answer in time: the next step of cancel, halt, clear")
CELL(QUIESCING, SSCH, refuse_busy, TO(QUIESCING),
	"the subchannel is on its way down")
CELL(QUIESCING, HSCH, refuse_busy, TO(QUIESCING),
	"the driver is halting it already")
CELL(QUIESCING, CSCH, refuse_busy, TO(QUIESCING),
	"the driver is clearing it already")
CELL(QUIESCING, RSCH, refuse_busy, TO(QUIESCING),
	"nothing is resumed that is being stopped")
CELL(QUIESCING, XSCH, refuse_busy, TO(QUIESCING),
	"the driver is cancelling it already")
CELL(QUIESCING, INTERRUPT, settle, TO(STANDBY) | TO(QUIESCING) | TO(IDLE),
	"if it can be disabled now, it is silent")
CELL(QUIESCING, SCH_EVENT, settle, TO(STANDBY) | TO(QUIESCING) | TO(IDLE),
	"a device that is gone has nothing left to wait for")
CELL(QUIESCING, CHP_EVENT, ignore, TO(QUIESCING),
	"all I/O is being stopped anyway")
#undef STATE
#undef EVENT
#undef CELL
