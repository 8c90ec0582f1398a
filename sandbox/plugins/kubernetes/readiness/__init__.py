"""When an object counts as ready, kind by kind: pure functions of the live object."""
