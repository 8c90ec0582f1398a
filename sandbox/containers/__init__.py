"""What stands in for containers (simulated): running a Job's command, answering as a component."""
