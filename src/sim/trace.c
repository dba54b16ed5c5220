// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

static void text_bytes(FILE *out, const struct trace_field *field)
{
	const unsigned char *bytes = field->data;

	for (u64 i = 0; i < field->number; i++)
		fprintf(out, " %02x", bytes[i]);
}

static void text_field(FILE *out, const struct trace_field *field)
{
	fprintf(out, " %s", field->name);
	if (field->kind == TRACE_NUMBER)
		fprintf(out, " %llu", (unsigned long long)field->number);
	if (field->kind == TRACE_HEX)
		fprintf(out, " %#llx", (unsigned long long)field->number);
	if (field->kind == TRACE_TEXT)
		fprintf(out, " %s", (const char *)field->data);
	if (field->kind == TRACE_BYTES)
		text_bytes(out, field);
}

static void text_event(struct trace *trace, const char *who, const char *where,
		       const char *what, const struct trace_field *fields)
{
	unsigned long long now = trace->now(trace->ctx);

	fprintf(trace->out, "%6llu.%03llu  %-8s %-11s %s", now / 1000,
		now % 1000, who, where, what);
	for (; fields->name; fields++)
		text_field(trace->out, fields);
	fputc('\n', trace->out);
}

size_t trace_utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t length = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 :
			*s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static void json_string(FILE *out, const char *text)
{
	size_t length;

	fputc('"', out);
	for (; *text; text += length ?: 1) {
		length = trace_utf8_length(text);
		if (!length)
			fputs("\\ufffd", out);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (iscntrl((unsigned char)*text))
			fprintf(out, "\\u%04x", *text);
		else
			fwrite(text, 1, length, out);
	}
	fputc('"', out);
}

static void json_field(FILE *out, const struct trace_field *field)
{
	const unsigned char *bytes = field->data;

	fprintf(out, ",\"%s\":", field->name);
	switch (field->kind) {
	case TRACE_NUMBER:
		fprintf(out, "%llu", (unsigned long long)field->number);
		break;
	case TRACE_HEX:
		fprintf(out, "\"%#llx\"", (unsigned long long)field->number);
		break;
	case TRACE_TEXT:
		json_string(out, field->data);
		break;
	case TRACE_BYTES:
		fputc('"', out);
		for (u64 i = 0; i < field->number; i++)
			fprintf(out, "%02x", bytes[i]);
		fputc('"', out);
	}
}

static void json_event(struct trace *trace, const char *who, const char *where,
		       const char *what, const struct trace_field *fields)
{
	FILE *out = trace->out;

	fprintf(out, "{\"ns\":%llu,\"who\":\"%s\",\"where\":",
		(unsigned long long)trace->now(trace->ctx), who);
	json_string(out, where);
	fprintf(out, ",\"what\":\"%s\"", what);
	for (; fields->name; fields++)
		json_field(out, fields);
	fputs("}\n", out);
}

static void hand_over(struct trace *trace)
{
	static const char lost[] = "an event is lost: no memory\n";
	bool whole = !fflush(trace->out) && !ferror(trace->out);

	if (whole)
		trace->text[trace->length] = '\0';
	rewind(trace->out);
	if (whole)
		trace->sink(trace->ctx, trace->text, trace->length);
	else
		trace->sink(trace->ctx, lost, sizeof(lost) - 1);
}

int trace_open(struct trace *trace)
{
	trace->out = open_memstream(&trace->text, &trace->length);
	return trace->out ? 0 : -ENOMEM;
}

void trace_close(struct trace *trace)
{
	if (!trace->out)
		return;
	fclose(trace->out);
	free(trace->text);
	trace->out = NULL;
}

void trace_event(struct trace *trace, const char *who, const char *where,
		 const char *what, const struct trace_field *fields)
{
	if (!trace->out)
		return;
	trace->lines++;
	if (trace->json)
		json_event(trace, who, where, what, fields);
	else
		text_event(trace, who, where, what, fields);
	hand_over(trace);
}

void trace_step(struct trace *trace, unsigned int line, const char *text,
		const char *why)
{
	if (!trace->out)
		return;
	if (trace->json) {
		trace(trace, "scenario", "", "step", trace_number("line", line),
		      trace_text("text", text), trace_text("why", why ?: ""));
		return;
	}
	if (line)
		fprintf(trace->out, "\n%4u  %s", line, text);
	else
		fprintf(trace->out, "\n      %s", text);
	if (why)
		fprintf(trace->out, "%*s  # %s",
			strlen(text) < 40 ? (int)(40 - strlen(text)) : 0, "",
			why);
	fputc('\n', trace->out);
	hand_over(trace);
}
