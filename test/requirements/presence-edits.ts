import type { DisablingEdit } from './disabling-edit.ts'

const PRESENCE = 'contracts/protocol/presence.ts'
const JUDGE = 'node/gossip/presence.ts'
const INTAKE = 'node/gossip/intake.ts'
const ATTENDANCE = 'node/presence/attendance.ts'

/** Requirements of presence: each rule turned off, one at a time. */
export const PRESENCE_EDITS: readonly DisablingEdit[] = [
  {
    id: 'R-414',
    rule: 'the digest covers the whole presence',
    file: PRESENCE,
    find: 'writeWord(bytes, offset + 4 * WORD, BigInt(presence.meshPeers), 16)',
    replace: 'writeWord(bytes, offset + 4 * WORD, 0n * BigInt(presence.meshPeers), 16)',
  },
  {
    id: 'R-414',
    rule: 'the offset is sign-extended',
    file: PRESENCE,
    find: 'if (BigInt.asIntN(32, value) !== value) throw',
    replace: 'if (BigInt.asIntN(256, value) !== value) throw',
  },
  {
    id: 'R-414',
    rule: 'the calls end at the maturity',
    file: PRESENCE,
    find: 'time < maturity - first || time >= maturity',
    replace: 'time < maturity - first || time > maturity',
  },
  {
    id: 'R-414',
    rule: 'the last call is the second',
    file: PRESENCE,
    find: 'return time < maturity - last ? 0 : 1',
    replace: 'return time < maturity - last ? 1 : 0',
  },
  {
    id: 'R-414',
    rule: 'who is named must have signed',
    file: JUDGE,
    find: "if (signer !== signed.reporter) return reject('not-the-reporter')",
    replace: "if (signer === undefined) return reject('not-the-reporter')",
  },
  {
    id: 'R-414',
    rule: 'what is said after the maturity is late',
    file: JUDGE,
    find: "if (now >= fixing.maturity) return ignore('late')",
    replace: "if (now >= 2n * fixing.maturity) return ignore('late')",
  },
  {
    id: 'R-414',
    rule: 'the first of a reporter at a call counts',
    file: JUDGE,
    find: "if (isHeard) return ignore('heard')",
    replace: "if (isHeard && bytes.length === 0) return ignore('heard')",
  },
  {
    id: 'R-414',
    rule: 'tokens are counted apart',
    file: INTAKE,
    find: 'isPresence ? context.takePresenceToken(peer)',
    replace: 'isPresence ? context.takeToken(peer)',
  },
  {
    id: 'R-414',
    rule: 'a room for presence',
    file: INTAKE,
    find: "if (bytes[1] === WIRE_KIND.presence) return 'presence'",
    replace: "if (bytes[1] === WIRE_KIND.presence) return 'observation'",
  },
  {
    id: 'R-414',
    rule: 'nodes listen to the presence topic',
    file: 'node/gossip/gossip.ts',
    find: '  host.services.pubsub.subscribe(topics.presence)\n',
    replace: '',
  },
  {
    id: 'R-414',
    rule: 'a source that cannot be converted does not count',
    file: 'node/presence/probe.ts',
    find: 'isThere(id) && isThere(convert?.source)',
    replace: 'isThere(id) || isThere(convert?.source)',
  },
  {
    id: 'R-414',
    rule: 'a quorum is enough',
    file: ATTENDANCE,
    find: 'isShort: able.length < need',
    replace: 'isShort: able.length <= need',
  },
  {
    id: 'R-414',
    rule: 'ready are those with enough sources',
    file: ATTENDANCE,
    find: 'signed.sourcesReady >= input.minSources',
    replace: 'signed.sourcesReady >= 0 * input.minSources',
  },
  {
    id: 'R-414',
    rule: 'the last call counts for itself',
    file: ATTENDANCE,
    find: 'presence.call >= call',
    replace: 'presence.call >= 0 * call',
  },
  {
    id: 'R-414',
    rule: 'reporters are given their time',
    file: ATTENDANCE,
    find: 'if (now < firstCount || now >= maturity',
    replace: 'if (now < firstCount - 60n || now >= maturity',
  },
  {
    id: 'R-414',
    rule: 'the block that came quickest counts',
    file: 'node/presence/clock-offset.ts',
    find: 'toSorted((a, b) => (a > b ? -1 : 1))',
    replace: 'toSorted((a, b) => (a > b ? 1 : -1))',
  },
  {
    id: 'R-414',
    rule: 'a reporter speaks at both calls',
    file: 'node/node/roll-call.ts',
    find: 'page.spoken.has(call)',
    replace: 'page.spoken.size > 0',
  },
]
