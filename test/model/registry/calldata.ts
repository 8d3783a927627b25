import { type Abi, type Address, type Hex, encodeFunctionData } from 'viem'
import type { Account } from '../accounts.ts'
import type { Fixing } from '../terms.ts'
import type { Quorum, RegistryAction } from './action.ts'
import { blsBytes, keyOf, signatureBytes } from './keys.ts'

/** What turns an action into bytes. */
export type Writer = {
  readonly abi: Abi
  readonly fixings: readonly Fixing[]
  readonly accounts: ReadonlyMap<Address, Account>
  readonly contractOwner: Address
}

/** The calldata of a call of the registry, with every signature made. */
export function encodeRegistryAction(writer: Writer, action: RegistryAction): Hex {
  return encodeFunctionData({ abi: writer.abi, functionName: action.name, args: argumentsOf(writer, action) })
}

function argumentsOf({ fixings, accounts, contractOwner }: Writer, action: RegistryAction): readonly unknown[] {
  const fixing = 'fixing' in action ? fixings[action.fixing] : undefined
  switch (action.name) {
    case 'register': {
      const { owner, signer, secret, peerId, stake, deadline, possession, signerConsent, ownerConsent } = action
      const registration = { owner, signer, peerId, stake, key: keyPoint(keyOf(secret)), deadline }
      const consent = owner === contractOwner ? '0x' : signatureBytes(accounts, ownerConsent)
      return [registration, signaturePoint(blsBytes(possession)), signatureBytes(accounts, signerConsent), consent]
    }
    case 'topUp':
      return [action.index, action.amount]
    case 'rotate': {
      const { index, signer, secret, possession, signerConsent } = action
      const proof = signaturePoint(blsBytes(possession))
      return [index, signer, keyPoint(keyOf(secret)), proof, signatureBytes(accounts, signerConsent)]
    }
    case 'startLeaving':
    case 'withdraw':
      return [action.index]
    case 'publishRoster':
      return [action.time]
    case 'attest':
      return [fixing, ...quorumArguments(action)]
    case 'proposeAttested':
      return [fixing, ...quorumArguments(action), action.maxBond]
    case 'slashAttestation':
      return [fixing, ...quorumArguments(action), action.place]
    case 'fundReporters':
      return [fixing, action.amount]
    case 'claimReward':
      return [fixing, action.value, action.signers, action.place]
    case 'claimRewards':
      return [fixing, action.value, action.signers, action.places]
    case 'refundReward':
      return [fixing, action.value, action.signers]
    case 'slashEquivocation': {
      const { brought, first, firstSigned, second, secondSigned } = action
      const [one, two] = [firstSigned, secondSigned].map((signed) => signatureBytes(accounts, signed))
      return [brought, first, one, second, two]
    }
  }
}

function quorumArguments({ report, signature, signers }: Quorum): readonly unknown[] {
  return [report, signaturePoint(blsBytes(signature)), signers]
}

/** A point of G1 as the ABI has it. */
export function keyPoint(bytes: Hex): Record<string, Hex> {
  return point(bytes, ['x_a', 'x_b', 'y_a', 'y_b'])
}

function signaturePoint(bytes: Hex): Record<string, Hex> {
  return point(bytes, ['x_c0_a', 'x_c0_b', 'x_c1_a', 'x_c1_b', 'y_c0_a', 'y_c0_b', 'y_c1_a', 'y_c1_b'])
}

function point(bytes: Hex, names: readonly string[]): Record<string, Hex> {
  const digits = bytes.slice(2)
  return Object.fromEntries(names.map((name, at) => [name, `0x${digits.slice(64 * at, 64 * at + 64)}`]))
}
