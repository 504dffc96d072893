/* inputs.c - a value that is not a string is one token without quotation marks
 * in it, so that quotation marks around it make it a string. */
#include "event/inputs.h"

#include <stdint.h>

#include "base/span.h"
#include "base/value.h"
#include "json/string.h"

/* Refuses a member, whose value is not text. The payload may be the whole body
 * of a request by mistake: {"ref": ..., "inputs": {...}}. */
static int
refuse(const struct tree *tree, const struct tree_node *node, const char *kind,
    struct error *e)
{
	char place[ERROR_LINE_SIZE / 2];
	struct value shown;
	struct buffer b;

	buffer_init(&b, place, sizeof(place));
	tree_write_place(tree, node, &b);
	error_set(e, ERROR_PAYLOAD,
	    "%s: the input %s is %s, but inputs are text", place,
	    value_show(&shown, node->key), kind);
	if (node->opener == '{' &&
	    json_equals(node->key, span_text("inputs"))) {
		return error_hint(
		    e, "the payload must be only what inputs contains");
	}
	if (node->opener == 0) {
		return error_hint(e,
		    "leave the input out, so that its default applies, or "
		    "send an empty string");
	}
	return error_hint(e,
	    "send the JSON as a string; the workflow reads it with fromJSON");
}

static int
write_value(const struct tree *tree, const struct tree_node *node,
    struct buffer *b, struct error *e)
{
	const char *around;

	if (node->opener == '{')
		return refuse(tree, node, "an object", e);
	if (node->opener == '[')
		return refuse(tree, node, "an array", e);
	if (span_equal(node->text, span_text("null")))
		return refuse(tree, node, "null", e);
	around = node->text.bytes[0] == '"' ? "" : "\"";
	buffer_text(b, around);
	buffer_append(b, node->text.bytes, node->text.length);
	buffer_text(b, around);
	return 0;
}

int
inputs_write(const struct tree *tree, struct buffer *b, struct error *e)
{
	const struct tree_node *nodes = tree->nodes;
	uint16_t i;

	buffer_byte(b, '{');
	for (i = nodes[0].first; i != 0; i = nodes[i].next) {
		if (i != nodes[0].first)
			buffer_byte(b, ',');
		buffer_append(b, nodes[i].key.bytes, nodes[i].key.length);
		buffer_byte(b, ':');
		if (write_value(tree, &nodes[i], b, e) < 0)
			return -1;
	}
	buffer_byte(b, '}');
	return 0;
}
