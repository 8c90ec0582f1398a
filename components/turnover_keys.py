"""What hands the staging keys from one app to the next: a shell script and a step on the server. Pure text.

The cache is shared with production: the keys are walked a thousand at a time, never all at once, and each
step looks at the keys of staging only. Nothing is deleted before the whole room has been looked at.
"""

import re
from collections.abc import Iterable

from catalogue.models.shape import AppShape
from components.tenant_job import FOLDER

HOLDER = "blueocean-staging-holder"
"""The key with the last owner's name; no tenant's prefix reaches it."""
STEP = """-- ARGV: cursor, find or drop, the prefix of whoever is excused
local reply = redis.call('SCAN', ARGV[1], 'MATCH', '*:staging:*', 'COUNT', 1000)
local answer = {reply[1]}
for _, key in ipairs(reply[2]) do
  local own = ARGV[3] ~= '' and string.sub(key, 1, #ARGV[3]) == ARGV[3]
  if own and ARGV[2] == 'drop' then
    redis.call('UNLINK', key)
  elseif not own and ARGV[2] == 'find' then
    answer[#answer + 1] = (string.gsub(key, '%c', '?'))
  end
end
return answer
"""
SCRIPT = f"""set -f
cli() {{ valkey-cli -h "$REDIS_HOST" -p "$REDIS_PORT" --user "$REDIS_USERNAME" -e "$@"; }}
conflict() {{ echo "slot conflict: $(echo "$1" | head -n 20 | tr '\\n' ';') $2" >&2; exit 1; }}
walk() {{
  cursor=0
  while :; do
    reply=$(cli EVAL "$(cat {FOLDER}/step.lua)" 0 "$cursor" "$1" "$2") || return 1
    cursor=$(echo "$reply" | head -n 1)
    echo "$reply" | tail -n +2
    [ "$cursor" != 0 ] || return 0
  done
}}
connected() {{
  list=$(cli CLIENT LIST) || return 1
  for user in $1; do echo "$list" | grep -q " user=$user " && echo "a connection of $user"; done; true
}}
leaving=$(cli GET {HOLDER})
user= prefix= others= locked=
while read -r app its_user its_prefix; do
  if [ "$app" = "$leaving" ]; then user=$its_user prefix=$its_prefix; else others="$others $its_user"; fi
  [ "$app" = "$COMING" ] || locked="$locked $its_user"
done < {FOLDER}/tenants
users=$(cli ACL LIST)
for one in $locked; do
  echo "$users" | grep -q "^user $one off " || conflict "$one may still log in" "- nothing was changed."
done
found=$(walk find "$prefix" && connected "$others")
[ -z "$found" ] || conflict "$found" "- nothing was changed: whoever made it removes it, then run again."
if [ "$leaving" = "$COMING" ]; then kept=$prefix; else
  kept=
  [ -z "$user" ] || cli CLIENT KILL USER "$user"
  [ -z "$prefix" ] || walk drop "$prefix"
fi
[ "$leaving" = "$COMING" ] || others="$others $user"
found=$(walk find "$kept" && connected "$others")
[ -z "$found" ] || conflict "$found" "- it came back while staging was being emptied: run again."
cli SET {HOLDER} "$COMING"
echo "staging is clean and belongs to ${{COMING:-nobody}} since $SLOT"
"""
_WORD = re.compile(r"[a-z0-9:-]+")


def tenants_file(apps: Iterable[AppShape]) -> str:
    """A line an app: name, user, key prefix. Raises ValueError for one that isn't a plain word."""
    lines = []
    for app in apps:
        if app.redis:
            words = (app.name, app.redis.user, app.redis.prefix)
            if not all(_WORD.fullmatch(word) for word in words):
                raise ValueError(f"{' '.join(words)!r}: use lower-case letters, digits, dashes and colons")
            lines.append(f"{' '.join(words)}\n")
    return "".join(lines)
