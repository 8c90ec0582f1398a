"""What the sandbox runs: one module a process, each saying how it starts and how its health is known."""
