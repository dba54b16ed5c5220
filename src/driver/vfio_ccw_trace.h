/* SPDX-License-Identifier: GPL-2.0-only */
/* The driver's tracepoints: /sys/kernel/tracing/events/vfio_ccw */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vfio_ccw

#if !defined(VFIO_CCW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VFIO_CCW_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(vfio_ccw_fsm_event,
	TP_PROTO(u32 schid, unsigned int state, unsigned int event,
		 unsigned int next, int ret),
	TP_ARGS(schid, state, event, next, ret),
	TP_STRUCT__entry(
		__field(u32, schid)
		__field(unsigned int, state)
		__field(unsigned int, event)
		__field(unsigned int, next)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->schid = schid;
		__entry->state = state;
		__entry->event = event;
		__entry->next = next;
		__entry->ret = ret;
	),
	TP_printk("sch=0.%x.%04x %s: %s -> %s ret=%d",
		  __entry->schid >> 17 & 3, __entry->schid & 0xffff,
		  vfio_ccw_event_name(__entry->event),
		  vfio_ccw_state_name(__entry->state),
		  vfio_ccw_state_name(__entry->next), __entry->ret)
);

TRACE_EVENT(vfio_ccw_start,
	TP_PROTO(u32 schid, u32 cpa, unsigned int ccws, unsigned int pages,
		 int ret),
	TP_ARGS(schid, cpa, ccws, pages, ret),
	TP_STRUCT__entry(
		__field(u32, schid)
		__field(u32, cpa)
		__field(unsigned int, ccws)
		__field(unsigned int, pages)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->schid = schid;
		__entry->cpa = cpa;
		__entry->ccws = ccws;
		__entry->pages = pages;
		__entry->ret = ret;
	),
	TP_printk("sch=0.%x.%04x cpa=0x%08x ccws=%u pages=%u ret=%d",
		  __entry->schid >> 17 & 3, __entry->schid & 0xffff,
		  __entry->cpa, __entry->ccws, __entry->pages, __entry->ret)
);

TRACE_EVENT(vfio_ccw_result,
	TP_PROTO(u32 schid, u32 word0, u32 cpa, u32 word2, bool final),
	TP_ARGS(schid, word0, cpa, word2, final),
	TP_STRUCT__entry(
		__field(u32, schid)
		__field(u32, word0)
		__field(u32, cpa)
		__field(u32, word2)
		__field(bool, final)
	),
	TP_fast_assign(
		__entry->schid = schid;
		__entry->word0 = word0;
		__entry->cpa = cpa;
		__entry->word2 = word2;
		__entry->final = final;
	),
	TP_printk("sch=0.%x.%04x scsw=%08x.%08x.%08x%s",
		  __entry->schid >> 17 & 3, __entry->schid & 0xffff,
		  __entry->word0, __entry->cpa, __entry->word2,
		  __entry->final ? " final" : "")
);

TRACE_EVENT(vfio_ccw_crw,
	TP_PROTO(u32 schid, u32 crw),
	TP_ARGS(schid, crw),
	TP_STRUCT__entry(
		__field(u32, schid)
		__field(u32, crw)
	),
	TP_fast_assign(
		__entry->schid = schid;
		__entry->crw = crw;
	),
	TP_printk("sch=0.%x.%04x crw=%08x", __entry->schid >> 17 & 3,
		  __entry->schid & 0xffff, __entry->crw)
);

#endif /* VFIO_CCW_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vfio_ccw_trace
#include <trace/define_trace.h>
