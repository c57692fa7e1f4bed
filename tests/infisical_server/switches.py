"""How the server behaves, for tests to change. The defaults are what a current server with a
licence does, bugs included; a bug's name (contract, 4.8) set to false gives the sane behaviour."""

DEFAULTS = {
    "renew": "new",  # of access tokens: "new", "old" (rows), "oldest" (the same string comes back)
    "organization_field": "organizationSlug",  # or "subOrganizationName"; the other is ignored
    "licence": True,  # false: dynamic secrets are not in the plan
    "internal_ips": True,  # false: a cluster's URL must not be private or loopback
    "max_leases": 10000,  # of one dynamic secret
    "token_max_age": 7776000,  # seconds; no newer access token lives longer
    "token_seconds": None,  # asks the cluster for tokens of this length, whatever the lease's is
    "B1": True,  # the token is asked for one second short
    "B2": True,  # nothing is rolled back when a lease fails half-way
    "B3": True,  # the scheduled revocation forgets the namespace chosen
    "B4": True,  # TTLs that cannot be read pass, and fail after the token was issued
    "B5": True,  # expireAt is not the token's expiry
    "B6": True,  # DELETE answers 200 when it failed; 404 of the cluster is a failure
    "B9": True,  # what the cluster refuses is always 400
}


class Switches(dict):
    def __init__(self):
        super().__init__(DEFAULTS)

    def turn(self, changes):
        unknown = set(changes) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        if changes.get("renew", "new") not in ("new", "old", "oldest"):
            raise ValueError('"renew" must be new, old or oldest')
        self.update(changes)
