import { join } from 'node:path'
import type { ChainPort } from '../chain/port.ts'
import type { Config } from '../config.ts'
import { intakeStore, knowledge, touch } from './knowledge.ts'
import { joinNetwork, type Network, type NetworkComponents, type NetworkOptions } from './network.ts'
import type { Opening } from './opening.ts'
import { servedSamples } from './served-samples.ts'
import { isSettled, type Tracked } from './tracked.ts'

const ADDRESS_BOOK_FILE = 'peers.json'

/** Joins the peers of the deployment, who are told what the store and the loop know. Throws the network's errors. */
export function joinPeers({ parts, state, domain, networkKey, verification }: Opening): Promise<Network> {
  const { config, clock, log, signal, store, chain, book, roll, known } = parts
  return joinNetwork(
    {
      clock,
      log,
      signal,
      privateKey: networkKey,
      store: intakeStore(parts, state),
      context: { domain, now: () => clock.now(), ...knowledge(store, state, known), book, roll },
      verification,
      openFixings: () => [...state.tracked.values()].filter(isOpen).map(({ id }) => id),
      isRegistered: (peerId) => known.isPeer(peerId),
      registered: () => known.peers(),
      samples: servedSamples(store.samples),
      onEvidence: evidenceLog({ parts, state }),
    },
    optionsOf(config, chain),
  )
}

function evidenceLog({
  parts: { chain, log },
  state,
}: Pick<Opening, 'parts' | 'state'>): NetworkComponents['onEvidence'] {
  return ({ first }) => {
    const fields = { fixingId: first.signed.fixingId, signer: first.signer }
    if (first.signer === chain.account) log.error(fields, 'our key signed twice: another node uses it')
    else log.warn(fields, 'a reporter signed twice')
    touch(state, first.signed.fixingId)
  }
}

function optionsOf(config: Config, { chainId }: Pick<ChainPort, 'chainId'>): NetworkOptions {
  return {
    deployment: { chainId, oracle: config.oracle },
    listen: config.listen,
    announce: config.announce,
    bootstrap: config.bootstrap,
    test: config.gossip.test,
    addressBook: join(config.dataDir, ADDRESS_BOOK_FILE),
    ...(config.gossip.test ? {} : { limits: config.connections }),
    discovery: config.discovery,
    relay: config.relay,
    schedule: { afterMs: config.gossip.syncAfterMs, everyMs: config.gossip.syncEveryMs },
  }
}

function isOpen(tracked: Tracked): boolean {
  return tracked.ripe !== undefined && !isSettled(tracked)
}
