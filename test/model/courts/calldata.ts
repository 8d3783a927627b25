import { type Abi, type Address, type Hex, toHex } from 'viem'
import { type Account, signDigest } from '../accounts.ts'
import { encode } from '../arena.ts'
import type { CourtArtifacts } from '../artifacts.ts'
import type { Call } from '../rpc.ts'
import { word } from '../terms.ts'
import type { ArbitratorTerms, CourtAction, CourtWorld, History, Signed, UmaTerms } from './terms.ts'
import { ASSERT_TRUTH, umaCourtAbi, umaVotersAbi } from './uma-contracts.ts'
import { claimKey } from './uma-model.ts'

/** The order of secp256k1: of s and this less s both fit, for the other parity. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const IS_TRUE = 10n ** 18n

/** What turns an action into a call. */
export type Writer = {
  readonly artifacts: CourtArtifacts
  readonly world: CourtWorld
  readonly history: History
  readonly terms: ArbitratorTerms
  /** The ids of the history's fixings. */
  readonly ids: readonly Hex[]
}

/** The call of the arbitrator, its court or the court's voters. */
export function courtCall(writer: Writer, sender: Address, action: CourtAction): Pick<Call, 'to' | 'data'> {
  const { terms } = writer
  const args = argumentsOf(writer, sender, action)
  if (action.at === 'arbitrator') {
    return { to: terms.address, data: encode(arbitratorAbi(writer), action.name, args) }
  }
  if (terms.kind === 'council') throw new RangeError('Expected an arbitrator that asks a court.')
  if (action.at === 'court') return { to: terms.court, data: encode(courtAbi(writer), action.name, args) }
  if (terms.kind !== 'uma') throw new RangeError('Expected a court that votes.')
  return { to: terms.voters, data: encode(umaVotersAbi(), action.name, args) }
}

/** The ABI of the arbitrator. */
export function arbitratorAbi({ artifacts, terms }: Pick<Writer, 'artifacts' | 'terms'>): Abi {
  return artifacts[terms.kind].abi
}

function courtAbi({ artifacts, terms }: Writer): Abi {
  if (terms.kind === 'uma') return umaCourtAbi()
  return terms.kind === 'erc792' && terms.peer === 'kleros' ? artifacts.kleros.abi : artifacts.court.abi
}

function argumentsOf(writer: Writer, sender: Address, action: CourtAction): readonly unknown[] {
  const { fixings, claims } = writer.history
  const { terms, world } = writer
  const fixing = 'fixing' in action ? fixings[action.fixing] : undefined
  const id = 'fixing' in action ? writer.ids[action.fixing] : undefined
  switch (action.name) {
    case 'submit':
      return [
        fixing,
        action.value,
        action.signatures.map(({ index, signed }) => {
          return { index, signature: signatureBytes(world.accounts, signed) }
        }),
      ]
    case 'withdraw':
      return []
    case 'open':
    case 'bring':
      return [fixing]
    case 'appeal':
      return [id]
    case 'submitEvidence':
      return [id, action.evidence]
    case 'rule':
    case 'giveRuling':
      return [action.disputeId, action.ruling]
    case 'tell':
      return [terms.address, action.disputeId, action.ruling]
    case 'setNext':
    case 'executeRuling':
      return [action.disputeId]
    case 'setArbitrationCost':
      return [action.cost]
    case 'createDispute':
      return [1n, '0x']
    case 'assertValue':
      return [fixing, action.value]
    case 'assertTruth':
      return assertionAt(umaTerms(terms), sender, claims.get(claimKey(action.fixing, action.value)) ?? '0x')
    case 'disputeAssertion':
      return [action.assertion, sender]
    case 'settleAssertion':
    case 'assertionDisputedCallback':
      return [action.assertion]
    case 'assertionResolvedCallback':
      return [action.assertion, true]
    case 'pushPrice':
      return [ASSERT_TRUTH, action.assertedAt, stampOf(action), action.verdict === 'true' ? IS_TRUE : 0n]
  }
}

function umaTerms(terms: ArbitratorTerms): UmaTerms {
  if (terms.kind !== 'uma') throw new RangeError('Expected an adapter to UMA.')
  return terms
}

/** What somebody asserts at UMA himself, and that the adapter be called back. */
function assertionAt({ address, liveness, token, courtBond }: UmaTerms, sender: Address, claim: Hex): unknown[] {
  const nothing = `0x${word(0n)}`
  return [claim, sender, address, `0x${'00'.repeat(20)}`, liveness, token, courtBond, ASSERT_TRUTH, nothing]
}

/** What UMA's voters are asked by (AncillaryData.sol). */
function stampOf({ assertion, asserter }: { readonly assertion: Hex; readonly asserter: Address }): Hex {
  return toHex(`assertionId:${assertion.slice(2)},ooAsserter:${asserter.slice(2).toLowerCase()}`)
}

/** The bytes of a signature; of an account that cannot sign, which is asked itself, any. */
function signatureBytes(accounts: ReadonlyMap<Address, Account>, { by, digest, form }: Signed): Hex {
  const account = accounts.get(by)
  const plain = account === undefined ? (`0x${'11'.repeat(65)}` as const) : signDigest(account, digest)
  if (form === 'plain') return plain
  if (form === 'short') return plain.slice(0, -2) as Hex // still hexadecimal
  const s = BigInt(`0x${plain.slice(66, 130)}`)
  const v = 55 - Number(`0x${plain.slice(130)}`)
  return `${plain.slice(0, 66)}${word(ORDER - s)}${toHex(v).slice(2)}` as Hex // concatenation
}
