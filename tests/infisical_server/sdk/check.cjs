// What a user of the official Infisical SDK does, step by step; ends with status 0 if each step works
// as the SDK expects. Reads the variables that sdk_test.py sets; the SDK is in MODULES/node_modules.
"use strict";

const assert = require("node:assert/strict");
const { createRequire } = require("node:module");
const path = require("node:path");

const environment = JSON.parse(process.env.CHECK);
const { InfisicalSDK } = createRequire(path.join(process.env.MODULES, "package.json"))(
  "@infisical/sdk");

const place = { projectSlug: "shop", environmentSlug: "prod", path: "/k8s" };

function client() {
  return new InfisicalSDK({ siteUrl: environment.site });
}

function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
}

/** The request that the SDK has no method for. */
async function listLeases(token, name) {
  const url = new URL(`/api/v1/dynamic-secrets/${name}/leases`, environment.site);
  url.search = new URLSearchParams(place).toString();
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  return (await answer.json()).leases;
}

async function login() {
  const session = await client().auth().universalAuth.login(environment.universal);
  const token = session.auth().getAccessToken();
  assert.equal(claims(token).identityId, environment.identityId);
  const renewed = await session.auth().universalAuth.renew();
  assert.notEqual(renewed.auth().getAccessToken(), token);
  return renewed;
}

async function leaseLife(session) {
  const leases = session.dynamicSecrets().leases;
  const made = await leases.create({ ...place, dynamicSecretName: "deployer", ttl: "20m" });
  assert.equal(claims(made.data.TOKEN).sub, "system:serviceaccount:ci:deployer");
  assert.equal(made.lease.externalEntityId, "deployer");
  assert.equal(made.dynamicSecret.type, "kubernetes");
  const left = Date.parse(made.lease.expireAt) - Date.now();
  assert.ok(left > 19 * 60e3 && left <= 20 * 60e3, `expires in ${left} ms`);

  const listed = await listLeases(session.auth().getAccessToken(), "deployer");
  assert.deepEqual(listed.map((lease) => lease.id), [made.lease.id]);

  const renewed = await leases.renew(made.lease.id, { ...place, ttl: "15m" });
  const gained = Date.parse(renewed.lease.expireAt) - Date.parse(made.lease.expireAt);
  assert.equal(gained, 15 * 60e3);

  const deleted = await leases.delete(made.lease.id, { ...place, isForced: false });
  assert.equal(deleted.lease.id, made.lease.id);
  assert.deepEqual(await listLeases(session.auth().getAccessToken(), "deployer"), []);
  await assert.rejects(leases.delete(made.lease.id, place), /StatusCode=404/);
}

async function definitionLife(session) {
  const secrets = session.dynamicSecrets();
  const made = await secrets.create({
    ...place, name: "second", defaultTTL: "1h", maxTTL: "2h",
    provider: { type: "kubernetes", inputs: environment.inputs },
  });
  assert.equal(made.name, "second");
  const lease = await secrets.leases.create({
    ...place, dynamicSecretName: "second", config: { namespace: "ci" },
  });
  assert.match(lease.lease.externalEntityId, /^dynamic-secret-sa-[a-z0-9]{10}$/);
  const gone = await secrets.delete("second", { ...place, isForced: false });
  assert.equal(gone.id, made.id);
}

async function refusals(session) {
  const leases = session.dynamicSecrets().leases;
  const wanted = { ...place, dynamicSecretName: "deployer" };
  // The SDK looks for a text in `message`; that of a 422 is an array.
  await assert.rejects(leases.create({ ...wanted, ttl: "5s" }), /failed with status 422$/);
  await assert.rejects(leases.create({ ...wanted, ttl: "30h" }),
    /StatusCode=400.*TTL cannot be larger than max TTL/);
  await assert.rejects(leases.create({ ...wanted, projectSlug: "other" }), /StatusCode=404/);
  await assert.rejects(
    client().auth().universalAuth.login({ ...environment.universal, clientSecret: "wrong" }),
    /StatusCode=401.*Invalid credentials/);
  const expired = client().auth().accessToken(environment.foreignToken);
  await assert.rejects(expired.dynamicSecrets().leases.create(wanted), /StatusCode=403/);
}

async function main() {
  const session = await login();
  await leaseLife(session);
  await definitionLife(session);
  await refusals(session);
  const aws = await client().auth().awsIamAuth.login({ identityId: environment.identityId });
  await leaseLife(aws);
  console.log("the SDK is content");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
