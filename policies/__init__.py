"""What no stack may do: the rules, their levels and waivers, and the pack that the engine runs."""
