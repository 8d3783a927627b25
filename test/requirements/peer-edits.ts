import type { DisablingEdit } from './disabling-edit.ts'

const ADMISSION = 'node/gossip/admission.ts'
const HOST = 'node/gossip/host.ts'
const SYNC = 'node/sync/sync.ts'
const RELAY = 'node/gossip/relay.ts'

/** The requirement of peers: each rule turned off, one at a time. */
export const PEER_EDITS: readonly DisablingEdit[] = [
  {
    id: 'R-415',
    rule: 'room is kept for reporters',
    file: ADMISSION,
    find: 'if (!isPreferred(id) && countOf(',
    replace: 'if (id.length === 0 && countOf(',
  },
  {
    id: 'R-415',
    rule: 'calls of one address are counted',
    file: ADMISSION,
    find: 'if (open >= limits.perAddress) return false',
    replace: 'if (open >= 1_000 * limits.perAddress) return false',
  },
  {
    id: 'R-415',
    rule: 'calls of one IPv6 network are counted together',
    file: ADMISSION,
    find: 'placeOf(getNetConfig(remoteAddr).host)',
    replace: "`${getNetConfig(remoteAddr).host}${placeOf('')}`",
  },
  {
    id: 'R-415',
    rule: 'a shared address costs nothing',
    file: 'node/gossip/score.ts',
    find: 'IPColocationFactorWeight: 0',
    replace: 'IPColocationFactorWeight: -5',
  },
  {
    id: 'R-416',
    rule: 'topics are named',
    file: 'node/gossip/topics.ts',
    find: 'const base = `/assize/1/',
    replace: 'const base = `/assize/2/',
  },
  {
    id: 'R-416',
    rule: 'ids are of the signature, too',
    file: 'node/gossip/message-id.ts',
    find: 'SEPARATOR, data))',
    replace: 'SEPARATOR, data.subarray(0, 2)))',
  },
  {
    id: 'R-416',
    rule: 'messages are sent to all at once',
    file: HOST,
    find: 'floodPublish: true',
    replace: 'floodPublish: false',
  },
  {
    id: 'R-416',
    rule: 'whoever connects is asked',
    file: SYNC,
    find: "'peer:connect'",
    replace: "'peer:disconnect'",
  },
  {
    id: 'R-416',
    rule: 'a sync that was cut off goes on',
    file: SYNC,
    find: "if (signal.aborted || !taken.has('accept')) throw error",
    replace: 'if (signal.aborted || taken.size >= 0) throw error',
  },
  {
    id: 'R-416',
    rule: 'so many are asked for at once',
    file: 'node/sync/messages.ts',
    find: 'export const CHUNK = 64',
    replace: 'export const CHUNK = 32',
  },
  {
    id: 'R-416',
    rule: 'no more is looked at than was asked for',
    file: 'node/sync/fetch.ts',
    find: 'answer.messages.length > 2 * reporters.length',
    replace: 'answer.messages.length > 3 * reporters.length',
  },
  {
    id: 'R-416',
    rule: 'what is accepted costs no token',
    file: 'node/gossip/intake.ts',
    find: "components.giveBack(peer, 'message')",
    replace: "components.giveBack('', 'message')",
  },
  {
    id: 'R-416',
    rule: 'who asks too fast waits',
    file: 'node/sync/channel.ts',
    find: 'while (!takeToken()) await',
    replace: 'if (!takeToken() && PACE_MS === 0) await',
  },
  {
    id: 'R-416',
    rule: 'strangers share what they are served',
    file: 'node/node/serving-tokens.ts',
    find: "shared.take('strangers', nowMs)",
    replace: 'shared.take(peer, nowMs)',
  },
  {
    id: 'R-415',
    rule: 'calls have a pace',
    file: ADMISSION,
    find: 'if (!paces.take(place, clock.monotonicMs())) return false',
    replace: 'if (!paces.take(place, clock.monotonicMs())) calls.get(place)',
  },
  {
    id: 'R-415',
    rule: 'names of strangers lead to no private address',
    file: 'node/gossip/public-lookup.ts',
    find: 'mayBePrivate(host) ? all',
    replace: 'mayBePrivate(host) || host !== "" ? all',
  },
  {
    id: 'R-415',
    rule: 'private addresses of strangers are not dialled',
    file: HOST,
    find: '!dialsPrivate && isPrivate(address) &&',
    replace: '!dialsPrivate && isPrivate(address) && address.toString().length === 0 &&',
  },
  {
    id: 'R-415',
    rule: 'reporters are called again',
    file: 'node/gossip/seek.ts',
    find: 'return [...reporters, ...others.slice(0, room)]',
    replace: 'return [...reporters.slice(0, 0), ...others.slice(0, 0 * room)]',
  },
  {
    id: 'R-415',
    rule: 'a relay is no proxy',
    file: RELAY,
    find: '!isServed(source) && !isServed(destination)',
    replace: '!isServed(source) && !isServed(destination) && source === destination',
  },
  {
    id: 'R-415',
    rule: 'strangers leave reservations to reporters',
    file: RELAY,
    find: 'return strangers.length >= Math.floor(reservations / STRANGERS_PART)',
    replace: 'return strangers.length >= STRANGERS_PART * reservations',
  },
  {
    id: 'R-415',
    rule: 'gossip passes over relayed connections',
    file: HOST,
    find: '    runOnLimitedConnection: true,\n',
    replace: '',
  },
  {
    id: 'R-415',
    rule: 'sync passes over relayed connections',
    file: 'node/sync/sync.ts',
    find: '{ signal: opening, runOnLimitedConnection: true }',
    replace: '{ signal: opening }',
  },
]
