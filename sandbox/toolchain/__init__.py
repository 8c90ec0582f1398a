"""The programs that no registry serves ready made, each built once from its Go module and cached."""
