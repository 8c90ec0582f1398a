"""How a command is told which stack it is about: the arguments that several commands share."""

import typer

NAME = typer.Argument(help="The stack: dev, nexia-dev, and so on. With --project, the stack's own name.")
PROJECT = typer.Option(help="A folder with a Pulumi.yaml, for a project outside this checkout.")
