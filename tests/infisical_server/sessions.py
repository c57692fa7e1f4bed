"""Access tokens of identities and people: who a bearer is, renewal and revocation (contract, 1.2 and
1.3)."""

import dataclasses
import os

import forms
import jwts
import refusals
import world as model

FOR_EVER = 1000000000  # what a periodic token reports as its maximum


@dataclasses.dataclass
class Row:
    """An access token of an identity."""

    who: model.Identity
    organization: str
    method: str
    created: float
    renewed: float
    uses: int = 0
    id: str = dataclasses.field(default_factory=model.new_id)


class Sessions:
    def __init__(self, world, switches):
        self._world = world
        self._switches = switches
        self._key = os.urandom(32)
        self._rows = {}
        self._people = {}  # id of a person's session: (person, organisation's id or None)

    def start(self, identity, organization, method):
        """The common answer of every login."""
        now = self._world.clock.now()
        row = Row(identity, organization, method, now, now)
        with self._world.lock:
            self._rows[row.id] = row
        return self._answer(row, self._issue(row))

    def start_person(self, person, organization):
        now = int(self._world.clock.now())
        session = model.new_id()
        self._people[session] = (person, organization)
        claims = {"authTokenType": "accessToken", "userId": person.id,
                  "tokenVersionId": session, "iat": now, "exp": now + 10 * 86400}
        if organization:
            claims["organizationId"] = organization
        return self._world.secret(jwts.sign(claims, self._key))

    def authenticate(self, header):
        """The Actor of an Authorization header; raises the refusal of section 1.3."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise refusals.unauthorized("Token missing")
        if token.startswith("st."):
            raise refusals.forbidden("You are not allowed to access this resource with this kind "
                                     "of token")
        claims = self._claims(token)
        with self._world.lock:
            if claims.get("authTokenType") == "accessToken":
                return self._person(claims)
            row = self._row(claims)
            if "exp" not in claims and self._switches["renew"] == "new":
                raise refusals.unauthorized("Identity access token exceeded max age, please "
                                            "re-authenticate")
            self._check_row(row)
            row.uses += 1
            return model.Actor(row.who, row.organization)

    def renew(self, request):
        form = forms.Form(request.content())
        token = form.text("accessToken")
        form.done()
        with self._world.lock:
            row = self._row(self._claims(token))
            if row.who.token_uses and row.uses >= row.who.token_uses:
                raise refusals.bad_request("Unable to renew because access token number of uses "
                                           "limit reached")
            if self._switches["renew"] == "new":
                return self._renew_new(row)
            return self._renew_old(row, token)

    def revoke(self, request):
        form = forms.Form(request.content())
        token = form.text("accessToken")
        form.done()
        with self._world.lock:
            del self._rows[self._row(self._claims(token)).id]
        return {"message": "Successfully revoked access token"}

    def forget(self):
        """Ends every session; returns how many there were."""
        with self._world.lock:
            count = len(self._rows) + len(self._people)
            self._rows.clear()
            self._people.clear()
            return count

    def rekey(self):
        """From now on no signature is right."""
        self._key = os.urandom(32)

    def _claims(self, token):
        try:
            return jwts.verify(token, self._key, self._world.clock.now())
        except jwts.BadToken as error:
            raise refusals.token_error(str(error)) from None

    def _person(self, claims):
        if claims["tokenVersionId"] not in self._people:
            raise refusals.unauthorized("User session not found")
        person, organization = self._people[claims["tokenVersionId"]]
        if organization is None:
            raise refusals.unauthorized("User token has no organization scope")
        return model.Actor(person, organization)

    def person(self, header):
        """Who has logged in, with or without having chosen an organisation."""
        if not header:
            raise refusals.unauthorized("Token missing")
        claims = self._claims(header.partition(" ")[2])
        if claims.get("tokenVersionId") not in self._people:
            raise refusals.unauthorized("User session not found")
        return self._people[claims["tokenVersionId"]][0]

    def _row(self, claims):
        row = self._rows.get(claims.get("identityAccessTokenId"))
        if row is None:
            raise refusals.unauthorized("No identity access token found")
        return row

    def _check_row(self, row):
        who, now = row.who, self._world.clock.now()
        if who.token_uses and row.uses >= who.token_uses:
            raise refusals.unauthorized("Access token number of uses limit reached")
        if self._switches["renew"] != "new" and who.token_ttl and now > row.renewed + _ttl(who):
            del self._rows[row.id]
            raise refusals.unauthorized("Failed to renew MI access token due to TTL expiration")

    def _renew_new(self, row):
        """Clamped to what is left of the longest life."""
        if not row.who.token_period and self._left(row) <= 0:
            raise refusals.unauthorized("Cannot renew: identity access token has reached its max "
                                        "TTL")
        row.renewed = self._world.clock.now()
        return self._answer(row, self._issue(row))

    def _renew_old(self, row, token):
        who, now = row.who, self._world.clock.now()
        self._check_row(row)
        if not who.token_period and who.token_max_ttl:
            end = row.created + who.token_max_ttl
            if now > end or now + who.token_ttl > end:
                del self._rows[row.id]
                raise refusals.unauthorized("Failed to renew MI access token due to Max TTL "
                                            "expiration")
        row.renewed = now
        return self._answer(row, token if self._switches["renew"] == "oldest"
                            else self._issue(row))

    def _left(self, row):
        who = row.who
        if who.token_period or not who.token_max_ttl:
            return float("inf")
        return int(row.created) + who.token_max_ttl - int(self._world.clock.now())

    def _life(self, row):
        """Seconds the next JWT of a row lives; 0 is no end."""
        if self._switches["renew"] == "oldest":
            return row.who.token_max_ttl
        if self._switches["renew"] == "old":
            return _ttl(row.who)
        return int(min(_ttl(row.who) or float("inf"), self._left(row),
                       self._switches["token_max_age"]))

    def _issue(self, row):
        who, now = row.who, int(self._world.clock.now())
        claims = {"identityId": who.id, "identityAccessTokenId": row.id,
                  "authTokenType": "identityAccessToken", "identityName": who.name, "iat": now}
        if self._switches["renew"] == "new":
            claims |= {"jti": model.new_id(), "authMethod": row.method,
                       "orgId": row.organization, "accessTokenTTL": who.token_ttl,
                       "accessTokenMaxTTL": who.token_max_ttl,
                       "accessTokenPeriod": who.token_period, "creationEpoch": int(row.created),
                       "numUsesLimit": who.token_uses}
        else:
            claims["jti"] = model.new_id()
        life = self._life(row)
        if life:
            claims["exp"] = now + life
        return self._world.secret(jwts.sign(claims, self._key))

    def _answer(self, row, token):
        who = row.who
        shown = self._life(row) if self._switches["renew"] == "new" else _ttl(who)
        return {"accessToken": token, "expiresIn": shown,
                "accessTokenMaxTTL": FOR_EVER if who.token_period else who.token_max_ttl,
                "tokenType": "Bearer"}


def _ttl(identity):
    return identity.token_period or identity.token_ttl
