// What a relying party does with openid-client, a function each. A scenario yields where the person is sent, is given
// back where they landed, and returns what it got; what the library does not accept, it throws.
//
// `given` is what the operator told the relying party: issuer, client_id, secret, key, addresses.

import * as client from 'openid-client'
import { createRemoteJWKSet, importPKCS8, jwtVerify } from 'jose'
import { createServer } from 'node:https'
import { readFileSync } from 'node:fs'

// Signatures are checked as well, which over TLS the library leaves to whoever wants it.
const strict = [client.enableNonRepudiationChecks]

const discovered = (given, authentication, metadata = {}, execute = strict) =>
  client.discovery(new URL(given.issuer), given.client_id, metadata, authentication, { execute })

const withSecret = (given, metadata, execute) =>
  discovered(given, client.ClientSecretBasic(given.secret), metadata, execute)

const signingKey = async (given) => ({ key: await importPKCS8(given.key, 'ES256'), kid: given.kid })

// An authorization request with all that a careful client sends, and what it keeps until the answer.
async function asks(given, more = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  }
  const parameters = {
    redirect_uri: given.redirect_uri,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  }
  return { checks, parameters }
}

// The code flow from request to tokens; `address` makes the request an address.
async function* signIn(config, given, address = client.buildAuthorizationUrl, options = {}) {
  const { checks, parameters } = await asks(given)
  const landed = yield (await address(config, parameters)).href
  return client.authorizationCodeGrant(config, new URL(landed), checks, undefined, options)
}

// What userinfo says of the person; the library compares `sub`.
const person = (config, tokens, options) =>
  client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, options)

// The error that something is answered with; null when it is not refused.
const refused = (answer) => answer.then(() => null, (error) => error.error ?? error.cause?.[0]?.parameters?.error ?? error.message)

// What an address says in its query, by name.
const parametersOf = (address) => Object.fromEntries(new URL(address).searchParams)

export async function* code(given) {
  const config = await withSecret(given)
  const tokens = yield* signIn(config, given)
  return { claims: tokens.claims(), person: await person(config, tokens), type: tokens.token_type }
}

export async function* refresh(given) {
  const config = await withSecret(given)
  const first = yield* signIn(config, given)
  const second = await client.refreshTokenGrant(config, first.refresh_token)
  const same = await client.fetchUserInfo(config, second.access_token, first.claims().sub)
  return {
    person: same,
    rotated: second.refresh_token !== first.refresh_token,
    replayed: await refused(client.refreshTokenGrant(config, first.refresh_token)),
    family: await refused(client.refreshTokenGrant(config, second.refresh_token)),
  }
}

export async function* logout(given) {
  const config = await withSecret(given)
  const tokens = yield* signIn(config, given)
  const state = client.randomState()
  const landed = yield client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: given.home,
    state,
  }).href
  const { checks, parameters } = await asks(given, { prompt: 'none' })
  const silent = yield client.buildAuthorizationUrl(config, parameters).href
  return {
    landed,
    expected: `${given.home}?state=${state}`,
    silently: await refused(client.authorizationCodeGrant(config, new URL(silent), checks)),
  }
}

export async function* private_key_jwt(given) {
  const config = await discovered(given, client.PrivateKeyJwt(await signingKey(given)))
  const tokens = yield* signIn(config, given)
  const stranger = await client.randomDPoPKeyPair('ES256')
  const posing = await discovered(given, client.PrivateKeyJwt({ key: stranger.privateKey, kid: given.kid }))
  return {
    person: await person(config, tokens),
    stranger: await refused(client.refreshTokenGrant(posing, tokens.refresh_token)),
  }
}

export async function* pushed(given) {
  const config = await withSecret(given)
  const plain = yield client.buildAuthorizationUrl(config, (await asks(given)).parameters).href
  let sent
  const push = async (...request) => (sent = await client.buildAuthorizationUrlWithPAR(...request))
  const tokens = yield* signIn(config, given, push)
  const again = yield sent.href
  return {
    unpushed: plain,
    sent: Object.keys(parametersOf(sent)),
    person: await person(config, tokens),
    again,
  }
}

export async function* request_object(given) {
  const config = await withSecret(given)
  const key = await signingKey(given)
  let sent
  const sign = async (config, parameters) =>
    (sent = await client.buildAuthorizationUrlWithJAR(config, parameters, key))
  const plain = yield client.buildAuthorizationUrl(config, (await asks(given)).parameters).href
  const tokens = yield* signIn(config, given, sign)
  return { unsigned: plain, sent: Object.keys(parametersOf(sent)), person: await person(config, tokens) }
}

export async function* signed_response(given) {
  const config = await withSecret(given, {}, [...strict, client.useJwtResponseMode])
  const { checks, parameters } = await asks(given)
  const landed = yield client.buildAuthorizationUrl(config, parameters).href
  const tokens = await client.authorizationCodeGrant(config, new URL(landed), checks)
  return { answered: Object.keys(parametersOf(landed)), person: await person(config, tokens) }
}

export async function* dpop(given) {
  const config = await withSecret(given)
  const proves = async () => ({ DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) })
  const [mine, anothers] = [await proves(), await proves()]
  const push = (config, parameters) => client.buildAuthorizationUrlWithPAR(config, parameters, mine)
  const tokens = yield* signIn(config, given, push, mine)
  const { sub } = tokens.claims()
  const bearer = await fetch(config.serverMetadata().userinfo_endpoint, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  })
  return {
    type: tokens.token_type,
    person: await person(config, tokens, mine),
    refreshed: (await client.refreshTokenGrant(config, tokens.refresh_token, undefined, mine)).token_type,
    anothers: await refused(client.fetchUserInfo(config, tokens.access_token, sub, anothers)),
    bearer: bearer.status,
  }
}

export async function* client_credentials(given) {
  const config = await withSecret(given)
  const tokens = await client.clientCredentialsGrant(config, { scope: given.scope, resource: given.resource })
  const told = await client.tokenIntrospection(config, tokens.access_token)
  return { scope: tokens.scope, told, refreshed: tokens.refresh_token ?? null, person: tokens.id_token ?? null }
}

export async function* introspection(given) {
  const config = await withSecret(given)
  const tokens = yield* signIn(config, given)
  const access = await client.tokenIntrospection(config, tokens.access_token)
  const refresh = await client.tokenIntrospection(config, tokens.refresh_token)
  const unknown = await client.tokenIntrospection(config, 'nobody gave this one')
  return { claims: tokens.claims(), access, refresh, unknown }
}

export async function* revocation(given) {
  const config = await withSecret(given)
  const tokens = yield* signIn(config, given)
  await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' })
  await client.tokenRevocation(config, 'nobody gave this one')
  return {
    refreshed: await refused(client.refreshTokenGrant(config, tokens.refresh_token)),
    access: await client.tokenIntrospection(config, tokens.access_token),
  }
}

export async function* device(given) {
  const config = await discovered(given, client.None())
  const started = await client.initiateDeviceAuthorization(config, { scope: 'openid profile email' })
  // As a device does: it asks again and again while the person is busy elsewhere.
  const polled = client.pollDeviceAuthorizationGrant(config, started)
  yield started.verification_uri_complete
  const tokens = await polled
  return { user_code: started.user_code, person: await person(config, tokens) }
}

export async function* registration(given) {
  const metadata = {
    client_name: 'Boutique',
    redirect_uris: [given.redirect_uri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid profile email',
  }
  const registers = (initialAccessToken) =>
    client.dynamicClientRegistration(new URL(given.issuer), metadata, client.ClientSecretBasic(), {
      execute: strict,
      initialAccessToken,
    })
  const config = await registers(given.initial_access_token)
  const tokens = yield* signIn(config, given)
  const { registration_client_uri, registration_access_token } = config.clientMetadata()
  const managed = await fetch(registration_client_uri, {
    headers: { authorization: `Bearer ${registration_access_token}` },
  })
  return {
    client_id: config.clientMetadata().client_id,
    managed: await managed.json(),
    person: await person(config, tokens),
    uninvited: await refused(registers('nobody gave this one')),
  }
}

export async function* back_channel_logout(given) {
  const config = await withSecret(given)
  const heard = posts(given)
  const tokens = yield* signIn(config, given)
  yield client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: given.home }).href
  const { logout_token, ...besides } = await heard
  const { issuer, jwks_uri } = config.serverMetadata()
  const { payload } = await jwtVerify(logout_token, createRemoteJWKSet(new URL(jwks_uri)), {
    issuer,
    audience: given.client_id,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  })
  return { claims: tokens.claims(), told: payload, besides }
}

// The first form that is posted to the relying party's own server.
function posts(given) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('nothing was posted')), 60_000).unref()
    const tls = { cert: readFileSync(given.certificate), key: readFileSync(given.certificate_key) }
    createServer(tls, async (request, response) => {
      const parts = []
      for await (const part of request) parts.push(part)
      response.writeHead(200).end()
      resolve(Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString())))
    })
      .on('error', reject)
      .listen(given.port, '127.0.0.1')
  })
}
