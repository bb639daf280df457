// One scenario of a relying party, played with whoever started this process, a line of JSON each way.
//
// The first line in says what the relying party knows of itself and of its provider. Each line out says where the
// person is sent ({"visit": …}), the line in after it where they came back to. The last line out is what came of it.

import { createInterface } from 'node:readline'

// Node 18, which Debian 12 has, keeps both to itself.
const { webcrypto } = await import('node:crypto')
globalThis.crypto ??= webcrypto
globalThis.CryptoKey ??= webcrypto.CryptoKey

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const hear = async () => JSON.parse((await lines.next()).value)
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)

const scenarios = await import('./scenarios.mjs')
const scenario = scenarios[process.argv[2]](await hear())
let turn = await scenario.next()
while (!turn.done) {
  say({ visit: turn.value })
  turn = await scenario.next(await hear())
}
say({ got: turn.value })
process.exit(0)
