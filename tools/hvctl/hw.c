// SPDX-License-Identifier: GPL-2.0-only
/* hw check: would hv launch here? */
#include <stdarg.h>
#include <stdio.h>

#include "attr.h"
#include "command.h"
#include "hw.h"
#include "show.h"

static const char *const verdicts[] = { "ok", "warning", "unknown", "missing" };

void hw_find(struct hw *hw, const char *name, enum hw_verdict verdict, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	hw->is_missing = hw->is_missing || verdict == HW_MISSING;
	json_array_append_new(hw->findings, json_pack("{s:s, s:s, s:o}", "name", name, "verdict", verdicts[verdict],
						      "text", json_words(text, sizeof(text))));
}

static void show_findings(const struct hw *hw)
{
	struct table table = { .columns = "lll" };
	json_t *finding;
	size_t i;

	table_add(&table, "WHAT");
	table_add(&table, "VERDICT");
	table_add(&table, "WHY");
	json_array_foreach(hw->findings, i, finding) {
		table_add(&table, "%s", json_text(finding, "name"));
		table_add(&table, "%s", json_text(finding, "verdict"));
		table_add(&table, "%s", json_text(finding, "text"));
	}
	table_show(&table);
	printf("\nhv would %slaunch here, as far as can be seen without trying.\n", hw->is_missing ? "not " : "");
}

int hw_check(const struct arguments *arguments)
{
	struct hw hw = { .findings = json_array() };
	json_t *document;

	(void)arguments;	/* there are none */
	hw_check_system(&hw);
	hw_check_cpu(&hw);
	document = json_pack("{s:b, s:O}", "launches", !hw.is_missing, "findings", hw.findings);
	if (has_option(OPTION_JSON))
		show_json(document);
	else
		show_findings(&hw);
	json_decref(document);
	json_decref(hw.findings);
	return hw.is_missing ? FAILED : DONE;
}
