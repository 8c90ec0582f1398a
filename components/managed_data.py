"""Managed database servers at DigitalOcean. Off unless the catalogue names them.

The tenants' Jobs work in them as they do in the cluster's own servers, as the administrator whose
credentials stand here. DigitalOcean manages no users of Valkey: the cache tenants' ACLs need a server that
lets its administrator set them.
"""

import pulumi
from pulumi_digitalocean import DatabaseCluster, DatabaseDb, DatabaseFirewall, DatabaseFirewallRuleArgs

from catalogue.models.cloud import CloudDatabase
from catalogue.models.shape import ManagedDataShape


class ManagedData(pulumi.ComponentResource):
    """The servers of `what`, each reached by the trusted sources only."""

    postgres: DatabaseCluster | None
    valkey: DatabaseCluster | None

    def __init__(
        self,
        what: ManagedDataShape,
        cluster: pulumi.Output[str] | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`cluster` is the managed cluster's id, a trusted source where there is one."""
        super().__init__("blueocean:components:ManagedData", "data", None, opts)
        self._what = what
        self._sources = self._rules(cluster)
        self.postgres = self._server("pg", what.postgres) if what.postgres else None
        self.valkey = self._server("valkey", what.valkey) if what.valkey else None
        if self.postgres:
            self._databases(self.postgres)
        self.register_outputs({})

    def _server(self, engine: str, what: CloudDatabase) -> DatabaseCluster:
        made = DatabaseCluster(
            what.name,
            name=what.name,
            engine=engine,
            version=what.version,
            size=what.size,
            node_count=what.nodes,
            region=self._what.region,
            opts=self._kept(),
        )
        DatabaseFirewall(
            f"{what.name}-sources",
            cluster_id=made.id,
            rules=self._sources,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return made

    def _databases(self, server: DatabaseCluster) -> None:
        for name in self._what.databases:
            DatabaseDb(name, cluster_id=server.id, name=name, opts=self._kept())

    def _rules(self, cluster: pulumi.Output[str] | None) -> list[DatabaseFirewallRuleArgs]:
        found = [DatabaseFirewallRuleArgs(type="ip_addr", value=one) for one in self._what.sources]
        if cluster is not None:
            found.append(DatabaseFirewallRuleArgs(type="k8s", value=cluster))
        return found

    def _kept(self) -> pulumi.ResourceOptions:
        """Data outlives mistakes: protected from deletion, kept when forgotten."""
        return pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
