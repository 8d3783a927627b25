import type { Address } from 'viem'
import { claimCall, proposeCall, stakeCall } from '#client/oracle-writer.ts'
import { attestCall, proposeAttestedCall } from '#client/cosigned-report.ts'
import { publishRosterCall } from '#client/roster.ts'
import { claimRewardCall, claimRewardsCall } from '#client/rewards.ts'
import type { Call } from '#client/send.ts'
import { approveCall, wrapCall } from '#client/weth.ts'
import type { ChainWrites, Sent, Terms } from './port.ts'
import type { Sender } from './sender.ts'

/** The contracts that a node calls. */
export type Contracts = { readonly oracle: Address; readonly registry: Address; readonly bondToken: Address }

/** What a node sends, as calls of the contracts; without a sender everything throws {@link NoAccountError}. */
export function writesOf(contracts: Contracts, sender: Sender | undefined): Omit<ChainWrites, 'outlook'> {
  const { oracle, registry, bondToken } = contracts
  const send = sendingBy(sender)
  return {
    propose: (fixing, value, maxBond, terms) => send(proposeCall(oracle, fixing, { value, maxBond }), terms),
    proposeAttested: (fixing, cosigned, maxBond, terms) =>
      send(proposeAttestedCall(registry, fixing, cosigned, maxBond), terms),
    publishRoster: (maturity, terms) => send(publishRosterCall(registry, maturity), terms),
    stake: (fixing, { kind, ...contribution }, terms) =>
      send(stakeCall(oracle, kind === 'stake' ? 'contribute' : 'appeal', fixing, contribution), terms),
    claim: (fixing, receipt, terms) => send(claimCall(oracle, fixing, receipt), terms),
    attest: (fixing, cosigned, terms) => send(attestCall(registry, fixing, cosigned), terms),
    claimRewards(fixing, { value, signers }, places, terms) {
      const [place, ...others] = places
      // Alone it reverts if it was paid already: nothing is sent for nothing.
      return place !== undefined && others.length === 0
        ? send(claimRewardCall(registry, fixing, { value, signers, place }), terms)
        : send(claimRewardsCall(registry, fixing, { value, signers, places }), terms)
    },
    wrap: (amount, terms) => send(wrapCall(bondToken, amount), terms),
    async fillNonce(terms) {
      if (sender === undefined) throw new NoAccountError()
      return sender.send({ name: 'fill', to: sender.address, data: '0x' }, terms)
    },
    approve: (spender, amount, terms) => send(approveCall(bondToken, contracts[spender], amount), terms),
    pursue: async (slot, terms) => (sender === undefined ? { kind: 'pending' } : sender.pursue(slot, terms)),
  }
}

/** Sends any call; without a sender it throws {@link NoAccountError}. */
export function sendingBy(sender: Sender | undefined): (call: Call, terms: Terms) => Promise<Sent> {
  return async (call, terms) => {
    if (sender === undefined) throw new NoAccountError()
    return sender.send(call, terms)
  }
}

/** A node without a key was asked to send something. */
export class NoAccountError extends Error {
  override readonly name = 'Chain.NoAccountError'
  constructor() {
    super('Expected a keystore, got none: this node only watches. Set keystore and password_file.')
  }
}
