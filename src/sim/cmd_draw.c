// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_draw.h"
#include "trace.h"

enum party {
	ADMIN, GUEST, VMM, DRIVER, HOST, MACHINE, CHANNEL, DEVICE, OPERATOR,
	PARTIES
};

static const char *const parties[PARTIES] = {
	"admin", "guest", "vmm", "driver", "host", "machine", "channel",
	"device", "operator",
};

/* What one party says to another; an empty word fits everything. */
static const struct arrow {
	const char *who, *where, *what;
	enum party from, to;
	bool answer;
} arrows[] = {
	{ "admin", "", "returns", HOST, ADMIN, true },
	{ "admin", "", "", ADMIN, HOST, false },
	{ "vmm", "", "returns", HOST, VMM, true },
	{ "vmm", "device", "", VMM, DRIVER, false },
	{ "vmm", "eventfd", "", HOST, VMM, true },
	{ "vmm", "", "", VMM, HOST, false },
	{ "driver", "", "ends", DRIVER, VMM, true },
	{ "driver", "", "reports", DRIVER, VMM, true },
	{ "driver", "", "channel", DRIVER, VMM, true },
	{ "driver", "", "", DRIVER, DRIVER, false },
	{ "machine", "", "SSCH", DRIVER, MACHINE, false },
	{ "machine", "", "HSCH", DRIVER, MACHINE, false },
	{ "machine", "", "CSCH", DRIVER, MACHINE, false },
	{ "machine", "", "RSCH", DRIVER, MACHINE, false },
	{ "machine", "", "XSCH", DRIVER, MACHINE, false },
	{ "machine", "", "gone", MACHINE, MACHINE, false },
	{ "machine", "", "back", MACHINE, MACHINE, false },
	{ "machine", "", "", HOST, MACHINE, false },
	{ "channel", "", "performs", MACHINE, CHANNEL, false },
	{ "channel", "", "ccw", CHANNEL, DEVICE, false },
	{ "channel", "", "fetch", CHANNEL, DEVICE, false },
	{ "channel", "", "store", DEVICE, CHANNEL, true },
	{ "channel", "", "pending", CHANNEL, MACHINE, true },
	{ "channel", "", "", CHANNEL, CHANNEL, false },
	{ "device", "", "presents", DEVICE, CHANNEL, true },
	{ "device", "", "", DEVICE, DEVICE, false },
	{ "operator", "", "returns", DEVICE, OPERATOR, true },
	{ "operator", "", "", OPERATOR, DEVICE, false },
	{ "kernel", "", "", DRIVER, DRIVER, false },
	{ "", "", "", HOST, HOST, false },
};

enum row_kind { ROW_STEP, ROW_ARROW, ROW_POINT, ROW_STATE };

struct row {
	enum row_kind kind;
	const char *time;	/* NULL: as the row before */
	const struct arrow *arrow;
	enum party from, to;
	const char *where;	/* this and the next in the trace's text */
	const char *label;
	const char *before, *state, *result;	/* of an event of the driver's */
	unsigned int times;	/* so many alike, one behind the other */
};

struct picture {
	struct row *rows;
	size_t nr_rows, room;
	bool used[PARTIES];
	enum party answers[2];	/* who was asked last, by admin and vmm */
	const char *time;
};

static struct row *add_row(struct picture *picture, enum row_kind kind)
{
	struct row *rows = picture->rows;

	if (picture->nr_rows == picture->room) {
		picture->room = picture->room ? 2 * picture->room : 64;
		rows = realloc(rows, picture->room * sizeof(*rows));
		if (!rows)
			return NULL;
		picture->rows = rows;
	}
	rows += picture->nr_rows++;
	*rows = (struct row){ .kind = kind, .times = 1 };
	return rows;
}

static char *cut(char **text, const char *where)
{
	char *word = *text + strspn(*text, " ");

	*text = word + strcspn(word, where);
	if (**text)
		*(*text)++ = '\0';
	return word;
}

static bool fits(const char *pattern, const char *word)
{
	return !*pattern || !strcmp(pattern, word);
}

static const struct arrow *find_arrow(const char *who, const char *where,
				      const char *what, size_t length)
{
	const struct arrow *arrow = arrows;

	while (!(fits(arrow->who, who) && fits(arrow->where, where) &&
		 (!*arrow->what || (strlen(arrow->what) == length &&
				    !strncmp(arrow->what, what, length)))))
		arrow++;
	return arrow;
}

static void resolve(struct picture *picture, struct row *row)
{
	const struct arrow *arrow = row->arrow;
	bool answer = arrow->answer && arrow->from == HOST;

	row->from = arrow->from;
	row->to = arrow->to;
	if (answer && !strcmp(arrow->what, "returns"))
		row->from = picture->answers[row->to == VMM];
	if (row->from == ADMIN || row->from == VMM)
		picture->answers[row->from == VMM] = row->to;
	if (row->from == row->to && row->kind == ROW_ARROW)
		row->kind = ROW_POINT;
	picture->used[row->from] = picture->used[row->to] = true;
}

static void take_state(struct row *row, char *label)
{
	char *rest = strstr(label, " from ");
	int length = 0;

	if (!rest || row->arrow->from != DRIVER ||
	    sscanf(rest, " from %*s to %*s result %n", &length) || !length)
		return;
	*rest = '\0';
	rest += strlen(" from ");
	row->before = cut(&rest, " ");
	cut(&rest, " ");
	row->state = cut(&rest, " ");
	cut(&rest, " ");
	row->result = rest;
	if (strcmp(row->before, row->state))
		row->kind = ROW_STATE;
}

static bool repeats(const struct picture *picture, const struct row *row)
{
	const struct row *last = row - 1;

	return row > picture->rows && last->arrow == row->arrow &&
	       !row->state && !strcmp(last->label, row->label);
}

static int take_event(struct picture *picture, char *line)
{
	struct row *row = add_row(picture, ROW_ARROW);
	const char *time, *who;

	if (!row)
		return -ENOMEM;
	time = cut(&line, " ");
	who = cut(&line, " ");
	row->where = cut(&line, " ");
	line += strspn(line, " ");
	row->label = line;
	row->arrow = find_arrow(who, row->where, line, strcspn(line, " "));
	resolve(picture, row);
	take_state(row, line);
	if (repeats(picture, row)) {
		picture->nr_rows--;
		row[-1].times++;
	}
	if (!picture->time || strcmp(picture->time, time))
		picture->time = row->time = time;
	return 0;
}

static const struct arrow guest_arrow = { "guest", "", "", GUEST, VMM, false };

static bool is_instruction(const char *deed)
{
	static const char *const verbs[] = {
		"ssch", "hsch", "csch", "stsch", "tsch", "enable", "interrupt",
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strncmp(deed, verbs[i], strlen(verbs[i])))
			return true;
	return false;
}

static int take_step(struct picture *picture, char *line)
{
	const char *deed = strstr(line, "guest: ");
	struct row *row = add_row(picture, ROW_STEP);

	if (!row)
		return -ENOMEM;
	row->label = line + strspn(line, " ");
	if (!deed || !is_instruction(deed + 7))
		return 0;
	row = add_row(picture, ROW_ARROW);
	if (!row)
		return -ENOMEM;
	row->label = deed + 7;
	row->arrow = &guest_arrow;
	resolve(picture, row);
	return 0;
}

static int take_line(struct picture *picture, char *line)
{
	unsigned long long us;
	unsigned int ns;
	char *comment = strstr(line, "  # "), *end;

	if (sscanf(line, "%llu.%3u ", &us, &ns) == 2)
		return take_event(picture, line);
	end = comment ?: line + strlen(line);
	while (end > line && end[-1] == ' ')
		end--;
	*end = '\0';
	return *line ? take_step(picture, line) : 0;
}

static int read_trace(struct picture *picture, char *trace)
{
	while (*trace) {
		char *line = trace;
		int ret;

		trace += strcspn(trace, "\n");
		if (*trace)
			*trace++ = '\0';
		ret = take_line(picture, line);
		if (ret)
			return ret;
	}
	return 0;
}

#define TIME_WIDTH	56	/* left of the first lifeline's column */
#define COLUMN		118	/* from lifeline to lifeline */
#define MARGIN		24
#define HEAD		34	/* the parties' names */
#define ROW		23
#define LETTER		6.2	/* the average one of a label */
#define TITLE_LETTER	7.8	/* and of a name or a state */

struct canvas {
	FILE *out;
	const struct picture *picture;
	int x[PARTIES];		/* of the lifelines */
	int width, height;
	int y;			/* of the row that is drawn */
};

static void escape(FILE *out, const char *text, size_t length)
{
	const char *end = text + length;
	size_t size;

	for (; text < end && *text; text += size ?: 1) {
		size = trace_utf8_length(text);
		if (!size || (unsigned char)*text < ' ')
			fputs("\xef\xbf\xbd", out);
		else if (strchr("<>&", *text))
			fprintf(out, "&#%d;", *text);
		else
			fwrite(text, 1, size, out);
	}
}

static size_t letters(const char *text)
{
	size_t count = 0, size;

	for (; *text; text += size ?: 1, count++)
		size = trace_utf8_length(text);
	return count;
}

static void label(struct canvas *canvas, double x, const char *text,
		  const char *style)
{
	size_t room = (canvas->width - TIME_WIDTH) / LETTER;
	size_t count = letters(text), length = strlen(text);
	double last = canvas->width - 4 - LETTER * (count < room ? count : room);

	fprintf(canvas->out, "<text x=\"%.1f\" y=\"%d\" stroke=\"white\" "
		"stroke-width=\"3\" paint-order=\"stroke\"%s>",
		x < last ? x : last, canvas->y - 5, style);
	escape(canvas->out, text, count > room ? room - 1 : length);
	fputs(count > room ? "\xe2\x80\xa6</text>\n" : "</text>\n",
	      canvas->out);
}

static void draw_arrow(struct canvas *canvas, const struct row *row)
{
	int from = canvas->x[row->from], to = canvas->x[row->to];
	int step = from < to ? -1 : 1;

	fprintf(canvas->out, "<path d=\"M%d %dH%d\" fill=\"none\" "
		"stroke=\"black\"%s/>\n", from, canvas->y, to + 6 * step,
		row->arrow->answer ? " stroke-dasharray=\"5 3\"" : "");
	fprintf(canvas->out, "<path d=\"M%d %dl%d -4v8z\" fill=\"black\"/>\n",
		to, canvas->y, 8 * step);
	label(canvas, (from < to ? from : to) + 6, row->label, "");
}

static void draw_point(struct canvas *canvas, const struct row *row)
{
	int x = canvas->x[row->from];

	fprintf(canvas->out, "<circle cx=\"%d\" cy=\"%d\" r=\"3\" "
		"fill=\"black\"/>\n", x, canvas->y - 8);
	label(canvas, x + 8, row->label, " font-style=\"italic\"");
}

static void draw_state(struct canvas *canvas, const struct row *row)
{
	double width = TITLE_LETTER * strlen(row->state) + 14;
	int x = canvas->x[DRIVER];

	fprintf(canvas->out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
		"height=\"18\" rx=\"5\" fill=\"#f6eedd\" stroke=\"black\"/>\n",
		x - width / 2, canvas->y - 18, width);
	fprintf(canvas->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" "
		"font-weight=\"bold\">%s</text>\n", x, canvas->y - 5,
		row->state);
	label(canvas, x + width / 2 + 6, row->label, " font-style=\"italic\"");
}

static void draw_step(struct canvas *canvas, const struct row *row)
{
	fprintf(canvas->out, "<rect x=\"0\" y=\"%d\" width=\"%d\" "
		"height=\"19\" fill=\"#e8e8e8\"/>\n", canvas->y - 18,
		canvas->width);
	label(canvas, 6, row->label, " font-weight=\"bold\"");
}

static void complete_label(const struct row *row, char *buf, size_t size)
{
	if (row->state && row->kind == ROW_STATE)
		snprintf(buf, size, "%s: %s", row->label, row->result);
	else if (row->state)
		snprintf(buf, size, "%s in %s: %s", row->label, row->state,
			 row->result);
	else if (row->where && !*row->arrow->who)
		snprintf(buf, size, "%s %s", row->where, row->label);
	else if (row->times > 1)
		snprintf(buf, size, "%s \xc3\x97 %u", row->label, row->times);
	else
		snprintf(buf, size, "%s", row->label);
}

static void draw_row(struct canvas *canvas, const struct row *row)
{
	static void (*const draw[])(struct canvas *, const struct row *) = {
		[ROW_STEP] = draw_step, [ROW_ARROW] = draw_arrow,
		[ROW_POINT] = draw_point, [ROW_STATE] = draw_state,
	};
	struct row whole = *row;
	char text[512];

	complete_label(row, text, sizeof(text));
	whole.label = text;
	canvas->y += ROW;
	if (row->time)
		fprintf(canvas->out, "<text x=\"%d\" y=\"%d\" "
			"text-anchor=\"end\">%s</text>\n", TIME_WIDTH - 8,
			canvas->y - 5, row->time);
	draw[row->kind](canvas, &whole);
}

static void draw_names(struct canvas *canvas, int y)
{
	for (int i = 0; i < PARTIES; i++)
		if (canvas->picture->used[i])
			fprintf(canvas->out, "<text x=\"%d\" y=\"%d\" "
				"text-anchor=\"middle\" font-weight=\"bold\" "
				"font-size=\"13\">%s</text>\n", canvas->x[i], y,
				parties[i]);
	fprintf(canvas->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">"
		"\xc2\xb5s</text>\n", TIME_WIDTH - 8, y);
}

static void draw_lifelines(struct canvas *canvas)
{
	for (int i = 0; i < PARTIES; i++)
		if (canvas->picture->used[i])
			fprintf(canvas->out, "<path d=\"M%d %dV%d\" "
				"fill=\"none\" stroke=\"#999999\"/>\n",
				canvas->x[i], HEAD - 6,
				canvas->height - HEAD + 6);
}

static void measure(struct canvas *canvas)
{
	int columns = 0;

	for (int i = 0; i < PARTIES; i++)
		if (canvas->picture->used[i])
			canvas->x[i] = TIME_WIDTH + COLUMN / 2 +
				       COLUMN * columns++;
	canvas->width = TIME_WIDTH + COLUMN * (columns ?: 1) + MARGIN;
	canvas->height = 2 * HEAD + ROW * canvas->picture->nr_rows + ROW;
	canvas->y = HEAD;
}

static void draw(struct canvas *canvas)
{
	measure(canvas);
	fprintf(canvas->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		"font-family=\"sans-serif\" font-size=\"11\" fill=\"black\">\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
		canvas->width, canvas->height, canvas->width, canvas->height,
		canvas->width, canvas->height);
	draw_names(canvas, HEAD - 14);
	draw_names(canvas, canvas->height - 10);
	draw_lifelines(canvas);
	for (size_t i = 0; i < canvas->picture->nr_rows; i++)
		draw_row(canvas, &canvas->picture->rows[i]);
	fputs("</svg>\n", canvas->out);
}

int draw_sequence(FILE *out, char *trace)
{
	struct picture picture = { .answers = { HOST, HOST } };
	struct canvas canvas = { .out = out, .picture = &picture };
	int ret = read_trace(&picture, trace);

	if (!ret && !picture.nr_rows)
		ret = -ENODATA;
	if (!ret)
		draw(&canvas);
	free(picture.rows);
	return ret;
}
