"""The subcommands of `sandbox`: one module each, with one function `command`."""
