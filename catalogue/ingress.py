"""Where the sandbox's ingress listens on loopback, unshifted: no component's dev port."""

INGRESS = 7080
