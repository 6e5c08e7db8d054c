#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every shell script to the liking of shellcheck, and Python that at least compiles.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0

mapfile -t shells < <(grep -rlE '^#!/bin/(ba)?sh|^# shellcheck shell=' --include='*.sh' --include=init --include=run \
	tests tools .ci 2>/dev/null | sort)
if said=$(shellcheck -x -S warning "${shells[@]}"); then
	echo "ok    shellcheck has nothing to say about ${#shells[@]} scripts"
else
	echo "FAIL  shellcheck has nothing to say"
	sed 's/^/        /' <<<"$said" | head -n 60
	failed=1
fi

mapfile -t pythons < <(find tests tools -name '*.py' | sort)
if said=$(python3 -W error - "${pythons[@]}" 2>&1 <<'END'
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name)
END
); then
	echo "ok    ${#pythons[@]} Python files compile without a warning"
else
	echo "FAIL  Python files compile without a warning"
	sed 's/^/        /' <<<"$said"
	failed=1
fi
exit $failed
