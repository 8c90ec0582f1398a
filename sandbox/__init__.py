"""The platform on one machine: a real control plane and data services, simulated containers.

Real: etcd, the Kubernetes API server, controller manager and scheduler, Postgres, Valkey, the Pulumi engine.
Simulated: nodes and containers (kwok), what a Job's container runs in (`sandbox.containers`), the servers
behind dev ports and hosts (`sandbox.processes.apps`), and the engine's plugins (`sandbox.plugins`).
"""
