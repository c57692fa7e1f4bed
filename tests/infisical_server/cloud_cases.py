"""Logins that a key of Oracle Cloud, Alibaba Cloud or Google Cloud signs. The signers here are second
ones, made of the program openssl and of hmac."""

import base64
import email.utils
import hmac
import json
import os
import tempfile
import time
import urllib.parse

from case import Case
from tests.support.rsa import RsaKey

OWNER = {"tenancyOcid": "ocid1.tenancy.oc1..t", "userOcid": "ocid1.user.oc1..u",
         "fingerprint": "20:3b:97"}


class CloudCase(Case):
    METHOD = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="leasehold-keys-")
        cls.addClassCleanup(folder.cleanup)
        cls.key = RsaKey(os.path.join(folder.name, "key.pem"))
        cls.other = RsaKey(os.path.join(folder.name, "other.pem"))

    @property
    def path(self):
        return f"/api/v1/auth/{self.METHOD}-auth/login"

    def accepted(self, body):
        self.good("POST", self.path, body)

    def failed(self, body):
        """What a cloud refuses, Infisical tells as a failure of its own."""
        self.refused(500, "InternalServerError", "Something went wrong", "POST", self.path, body)


class OracleCloud(CloudCase):
    METHOD = "oci"

    def setUp(self):
        super().setUp()
        self.infisical.set_method(self.robot, "oci", modulus=self.key.modulus, **OWNER)

    def body(self, key=None, host="identity.eu-frankfurt-1.oraclecloud.com", ago=0,
             fingerprint="20:3b:97", names="date (request-target) host", user=OWNER["userOcid"]):
        values = {"date": email.utils.formatdate(time.time() - ago, usegmt=True), "host": host,
                  "(request-target)": f"get /20160918/users/{user}"}
        text = "\n".join(f"{name}: {values[name]}" for name in names.split())
        signature = base64.b64encode((key or self.key).sign(text.encode())).decode()
        key_id = f"{OWNER['tenancyOcid']}/{user}/{fingerprint}"
        return {"identityId": self.robot, "userOcid": user, "headers": {
            "host": host, "date": values["date"], "authorization":
            f'Signature version="1",headers="{names}",keyId="{key_id}",algorithm="rsa-sha256",'
            f'signature="{signature}"'}}

    def test_a_right_signature(self):
        self.accepted(self.body())
        self.accepted(self.body(names="(request-target) host date"))

    def test_wrong_ones(self):
        for wrong in (self.body(self.other), self.body(ago=400), self.body(names="date host"),
                      self.body(fingerprint="00:00")):
            self.failed(wrong)
        good = self.body()
        self.failed(good | {"headers": good["headers"] | {
            "date": "Thu, 05 Jan 2014 21:31:40 GMT"}})
        self.failed(good | {"headers": good["headers"] | {"authorization": "Signature x"}})

    def test_other_people_and_hosts(self):
        self.refused(401, "UnauthorizedError", "not allowed", "POST", self.path,
                     self.body(user="ocid1.user.oc1..other"))
        for host in ("identity.evil.example", "identity.eu-frankfurt-1.oraclecloud.com.evil"):
            self.refused(400, "BadRequest", "Invalid OCI host format", "POST", self.path,
                         self.body(host=host))
        self.refused(422, "ValidationFailure", "Either date or x-date", "POST", self.path,
                     self.body() | {"headers": {"authorization": "", "host": ""}})


class AlibabaCloud(CloudCase):
    METHOD = "alicloud"

    def setUp(self):
        super().setUp()
        self.infisical.set_method(self.robot, "alicloud", keys={"AK": "alibaba-secret"})

    def body(self, key="alibaba-secret", ago=0, **changes):
        fields = {"Action": "GetCallerIdentity", "Format": "JSON", "Version": "2015-04-01",
                  "AccessKeyId": "AK", "SignatureMethod": "HMAC-SHA1",
                  "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago)),
                  "SignatureVersion": "1.0", "SignatureNonce": os.urandom(8).hex()} | changes
        quote = lambda text: urllib.parse.quote(text, safe="-_.~")  # noqa: E731
        query = "&".join(f"{quote(name)}={quote(fields[name])}" for name in sorted(fields))
        digest = hmac.digest(f"{key}&".encode(), f"GET&%2F&{quote(query)}".encode(), "sha1")
        return {"identityId": self.robot, "Signature": base64.b64encode(digest).decode()} | fields

    def test_a_right_signature_once(self):
        body = self.body()
        self.accepted(body)
        self.failed(body)

    def test_wrong_ones(self):
        for wrong in (self.body("other"), self.body(ago=1000), self.body(AccessKeyId="other"),
                      self.body(Action="ListUsers"), self.body() | {"SignatureNonce": "another"}):
            self.failed(wrong)


class GoogleCloud(CloudCase):
    METHOD = "gcp"
    ACCOUNT = "robot@shop.iam.gserviceaccount.com"

    def setUp(self):
        super().setUp()
        self.infisical.set_method(self.robot, "gcp",
                                  accounts={self.ACCOUNT: {"k1": self.key.modulus}})

    def body(self, key=None, kid="k1", **claims):
        part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()  # noqa: E731
        claims = {"sub": self.ACCOUNT, "aud": self.robot, "exp": int(time.time()) + 60} | claims
        text = ".".join(part(json.dumps(value).encode())
                        for value in ({"alg": "RS256", "kid": kid}, claims))
        return {"identityId": self.robot,
                "jwt": f"{text}.{part((key or self.key).sign(text.encode()))}"}

    def test_a_right_signature(self):
        self.accepted(self.body())

    def test_wrong_ones(self):
        self.refused(401, "UnauthorizedError", "Invalid audience", "POST", self.path,
                     self.body(aud="other"))
        for wrong in (self.body(self.other), self.body(kid="k2"), self.body(sub="other@x"),
                      self.body(exp=1)):
            self.refused(403, "TokenError", "", "POST", self.path, wrong)
        self.refused(403, "TokenError", "malformed", "POST", self.path,
                     {"identityId": self.robot, "jwt": "a.b.c"})
