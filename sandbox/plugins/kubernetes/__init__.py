"""Stand-in for the engine's Kubernetes plugin (`pulumi-resource-kubernetes`), which no registry serves.

It follows the official plugin's documented behaviour over server-side apply, for every kind that the API
server knows. What differs on purpose: names are always explicit; an existing object is adopted when it
carries this stack's mark (see ownership.py); a Service waits for its load balancer's address only, not for
endpoints; Patch resources, lists, Helm, YAML and Kustomize are refused. With the official plugin on PATH the
same programs run unchanged.
"""
