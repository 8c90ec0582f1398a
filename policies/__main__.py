"""The pack as the engine starts it: `pulumi preview --policy-pack policies`. Never import it: it serves."""

import catalogue.short_lived  # noqa: F401, I001  first, before what it makes cheaper
from datetime import UTC, datetime

from pulumi_policy import PolicyPack

from policies.clock import evidence_now
from policies.engine import Pack
from policies.judge import Judge
from policies.levels import load_levels
from policies.limits import load_limits
from policies.rule import Context, rules
from policies.waivers import load_waivers

today = datetime.now(UTC).date()
context = Context(load_limits(), evidence_now)
judge = Judge(rules(), context, load_waivers(rules(), today), today)
PolicyPack(name="blueocean", policies=Pack(judge, load_levels()).policies())
